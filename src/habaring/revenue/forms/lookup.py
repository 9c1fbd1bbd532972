"""Look up a bill by NOP; try what it would be with other facts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from habaring.engines.taxing import TAXES, Fact, Rules
from habaring.revenue.nop import NopRefused, read_nop
from habaring.shared import formats

NUMBER = forms.TextInput(
    attrs={
        "inputmode": "decimal",
        "autocomplete": "off",
        "class": "code-input nop-input",
        "spellcheck": "false",
    }
)
MOST_M2 = 100_000_000
_WHOLE = re.compile(r"^\d{1,3}([.,\s]\d{3})+$|^\d+$")


class NopForm(forms.Form):
    """One number, typed in any way."""

    nop = forms.CharField(
        label=_("Number of the tax object (NOP)"),
        max_length=60,
        help_text=_(
            "18 digits, at the top of the yearly bill (SPPT). Dots, spaces and dashes do"
            " not matter."
        ),
        widget=NUMBER,
    )

    def clean_nop(self) -> str:
        """Eighteen digits; an error names the part that is wrong."""
        try:
            return read_nop(self.cleaned_data["nop"])
        except NopRefused as refused:
            told = " ".join(str(one) for one in (refused.what, refused.why) if one)
            raise forms.ValidationError(told) from refused


class WholeField(forms.CharField):
    """A whole number as people write it: 1.234 or 1 234."""

    def __init__(self, *, most: int, **more: Any) -> None:
        super().__init__(
            max_length=20,
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            **more,
        )
        self.most = most

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "").strip()
        text = re.sub(r"^Rp\.?\s*", "", text, flags=re.I)
        if not text:
            return 0
        if not _WHOLE.match(text):
            raise forms.ValidationError(_("Write a whole number, such as 1.250."))
        number = int(re.sub(r"\D", "", text))
        if number > self.most:
            raise forms.ValidationError(_("This is more than a bill can be made from."))
        return number


@dataclass(frozen=True)
class ValueChoice:
    """A value class that the form offers: its code, rupiah per square metre."""

    kind: str  # "land" or "building"
    code: str
    value: int


class WhatIfForm(forms.Form):
    """The facts of a bill, to be changed for a try: kept nowhere."""

    def __init__(
        self,
        rules: Rules,
        facts: Mapping[str, Any],
        classes: Sequence[ValueChoice],
        sent: Any = None,
    ) -> None:
        super().__init__(sent or None)
        self.rules = rules
        english = (get_language() or "id").startswith("en")
        for fact in TAXES[rules.tax].facts:
            field = self._field(fact, facts.get(fact.key), classes, english=english)
            if field is not None:
                self.fields[fact.key] = field

    def _field(
        self,
        fact: Fact,
        value: Any,
        classes: Sequence[ValueChoice],
        *,
        english: bool,
    ) -> forms.Field | None:
        label = fact.label_en if english else fact.label_id
        unit = f" ({fact.unit})" if fact.unit and fact.unit != "Rp" else ""
        given: dict[str, Any] = {"label": f"{label}{unit}", "initial": value}
        if fact.kind == "use":
            return self._use(given, english=english)
        if fact.kind == "yes":
            return forms.BooleanField(required=False, **given)
        if fact.kind == "rupiah" and fact.key.endswith("_value") and classes:
            return _class_field(fact.key, value, classes, given)
        if fact.kind in ("m2", "rupiah", "count"):
            most = MOST_M2 if fact.kind == "m2" else self.rules.largest
            given["initial"] = formats.number(value or 0)
            return WholeField(most=most, **given)
        return None

    def _use(self, given: dict[str, Any], *, english: bool) -> forms.Field | None:
        if not self.rules.uses:
            return None
        named = [
            (use.key, use.name_en if english else use.name_id)
            for use in self.rules.uses
        ]
        choices = [("", _("general use")), *named]
        return forms.ChoiceField(choices=choices, required=False, **given)

    def changed(self) -> dict[str, Any]:
        """The facts as typed, by their keys."""
        return {
            key: int(value) if key.endswith("_value") and value != "" else value
            for key, value in self.cleaned_data.items()
            if not (key.endswith("_value") and value == "")
        }


def _class_field(
    key: str, value: Any, classes: Sequence[ValueChoice], given: dict[str, Any]
) -> forms.Field:
    kind = key.removesuffix("_value")
    given["initial"] = str(value or 0)
    return forms.ChoiceField(
        choices=list(_class_choices(kind, int(value or 0), classes)),
        **given,
    )


def _class_choices(
    kind: str, now: int, classes: Sequence[ValueChoice]
) -> Iterator[tuple[str, str]]:
    offered = {one.value: one.code for one in classes if one.kind == kind}
    if now not in offered:
        offered[now] = ""
    for value in sorted(offered):
        told = formats.rupiah(value)
        yield str(value), f"{offered[value]}: {told}" if offered[value] else told
