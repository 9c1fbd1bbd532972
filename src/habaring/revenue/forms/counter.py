"""What a cashier fills in."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from habaring.revenue.actions.counter import Taking

MOST = 10**12


class Rupiah(forms.IntegerField):
    """Whole rupiah; dots and “Rp” are taken as people write them."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(widget=widget, min_value=0, max_value=MOST, **more)

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = re.sub(r"(?i)rp|[.\s]", "", value)
        return super().to_python(value)


class SearchForm(forms.Form):
    """Whose bill it is."""

    q = forms.CharField(
        label=_("NOP, taxpayer's number or name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autofocus": True}),
    )


class TakeForm(forms.Form):
    """What the payer handed over."""

    given = Rupiah(
        label=_("Cash received from the payer"),
        required=False,
        help_text=_("If you write it, the change is worked out for you."),
    )


class CountForm(forms.Form):
    """What lies in the till."""

    counted = Rupiah(
        label=_("Cash counted in the till"),
        help_text=_("Only what you took today, without the float."),
    )
    reason = forms.CharField(
        label=_("Why it does not agree"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only if it does not."),
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


def read_taking(sent: QueryDict) -> Taking:
    """The key and the sums by bill of a sent form; what is no pair is left out."""
    amounts: dict[int, int] = {}
    for text in sent.getlist("bill"):
        if found := re.fullmatch(r"(\d{1,18}):(\d{1,15})", text):
            amounts[int(found[1])] = int(found[2])
    key = sent.get("key", "")
    return Taking(key if re.fullmatch(r"[0-9a-f]{32}", key) else "", amounts)


def read_bills(sent: Mapping[str, Any]) -> list[int]:
    """The bills ticked in a list, by their ids."""
    texts = sent.getlist("b") if isinstance(sent, QueryDict) else []
    return [
        int(one) for one in texts if one.isascii() and one.isdigit() and len(one) < 19
    ]
