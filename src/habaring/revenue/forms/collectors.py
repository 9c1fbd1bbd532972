"""What the office fills in about collectors."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue.forms.counter import Rupiah
from habaring.shared.fields import rows_of

MOST_BYTES = 2_000_000


class TermsForm(forms.Form):
    """Where a telephone collects and how much it may hold."""

    name = forms.CharField(
        label=_("Name of the telephone"),
        max_length=60,
        help_text=_("Such as “Hamlet 3” or the make: people read it in lists."),
    )
    places = forms.ModelMultipleChoiceField(
        label=_("Villages"),
        queryset=Region.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Their unpaid bills are carried on the telephone."),
    )
    cash_limit = Rupiah(
        label=_("Cash held at most"),
        initial=5_000_000,
        help_text=_("Above it the telephone takes no more money."),
    )
    deposit_days = forms.IntegerField(
        label=_("Days until a deposit"), min_value=1, max_value=60, initial=7
    )

    def __init__(self, *args: Any, villages: QuerySet[Region], **more: Any) -> None:
        super().__init__(*args, **more)
        field = rows_of(self, "places")
        field.queryset = villages

    @property
    def chosen(self) -> Sequence[Region]:
        return list(self.cleaned_data["places"])


class InviteForm(TermsForm):
    """For whom a telephone is."""

    field_order = ("collector", "name", "places", "cash_limit", "deposit_days")
    collector = forms.ModelChoiceField(
        label=_("Collector"),
        queryset=Account.objects.none(),
        help_text=_("People with the role of a village collector."),
    )

    def __init__(self, *args: Any, people: QuerySet[Account], **more: Any) -> None:
        super().__init__(*args, **more)
        field = rows_of(self, "collector")
        field.queryset = people


class DepositForm(forms.Form):
    """What was counted together with the collector."""

    amount = Rupiah(label=_("Cash counted"))
    bank_reference = forms.CharField(
        label=_("Reference of the bank"),
        required=False,
        max_length=64,
        help_text=_("Only if the collector paid it in at a bank."),
    )
    note = forms.CharField(
        label=_("Why it does not agree"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only if it does not."),
    )

    def clean_amount(self) -> int:
        """Something must have been brought."""
        amount = int(self.cleaned_data["amount"])
        if amount <= 0:
            raise forms.ValidationError(_("Nothing would be deposited."))
        return amount


class ReceiptsForm(forms.Form):
    """The file of a telephone that cannot send, or what QR codes say."""

    file = forms.FileField(
        label=_("File of the telephone"),
        required=False,
        help_text=_("Made with “Save as a file” on the collector's page."),
        widget=forms.FileInput(attrs={"accept": ".txt,text/plain"}),
    )
    text = forms.CharField(
        label=_("Or what the QR codes say"),
        required=False,
        max_length=MOST_BYTES,
        help_text=_("One receipt a line."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two, and not a film."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        file = given.get("file")
        if file is not None and file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too large for receipts."))
        if not file and not given.get("text"):
            raise forms.ValidationError(_("Choose the file, or paste a text."))
        return given

    @property
    def content(self) -> str:
        """All that was given, as text."""
        file = self.cleaned_data["file"]
        sent = file.read().decode("utf-8", errors="replace") if file else ""
        return f"{sent}\n{self.cleaned_data['text']}"


class SettleForm(forms.Form):
    """How it was cleared up."""

    reason = forms.CharField(
        label=_("How it was cleared up"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
