"""What a tax asks for, as fields of a form: made from engines.taxing.TAXES."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from habaring.engines.taxing import Fact, Rules, Tax
from habaring.revenue.registers import told, uses_of

COLUMNS = {
    "use",
    "land_m2",
    "building_m2",
    "land_value",
    "building_value",
    "first",
}
"""Facts that an object keeps in columns of its own, that value classes give, or that
are reckoned over all objects of a taxpayer.
"""


class Rupiah(forms.IntegerField):
    """Whole rupiah; dots and “Rp” are taken as people write them."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(widget=widget, min_value=0, max_value=10**15, **more)

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = value.replace("Rp", "").replace(".", "").replace(" ", "")
        return super().to_python(value)


class Quantity(forms.DecimalField):
    """A number of at most three decimals; a comma is a decimal comma."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(
            widget=widget, min_value=0, max_digits=15, decimal_places=3, **more
        )

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = value.replace(" ", "")
            if "," in value:
                value = value.replace(".", "").replace(",", ".")
            elif get_language() != "en" and _thousands(value):
                value = value.replace(".", "")
        return super().to_python(value)


def _thousands(text: str) -> bool:
    """1.250 and 12.345.678 are groups of three; 12.5 is not."""
    head, *groups = text.split(".")
    return bool(groups) and 0 < len(head) < 4 and all(len(one) == 3 for one in groups)


def standing(tax: Tax) -> list[Fact]:
    """What an object itself keeps: all for taxes that the office assesses; what is
    filed each month is not kept.
    """
    if not tax.official:
        return []
    return [fact for fact in tax.facts if fact.key not in COLUMNS]


def add_facts(
    form: forms.Form, facts: Iterable[Fact], rules: Rules | None, prefix: str = "f_"
) -> None:
    """Put a field for each fact into a form."""
    for fact in facts:
        form.fields[f"{prefix}{fact.key}"] = _field(fact, rules)


def _field(fact: Fact, rules: Rules | None) -> forms.Field:
    label = told(fact)
    unit = fact.unit if fact.unit not in ("", "Rp") else ""
    more: dict[str, Any] = {
        "label": f"{label} ({unit})" if unit else label,
        "required": fact.required,
    }
    if fact.kind == "use":
        choices = [("", _("– none of these –")), *uses_of(rules)]
        return forms.ChoiceField(choices=choices, **more)
    if fact.kind == "yes":
        more["required"] = False
        return forms.BooleanField(initial=fact.default, **more)
    if fact.kind == "quantity":
        return Quantity(**more)
    return Rupiah(**more)


def given(
    data: Mapping[str, Any], facts: Iterable[Fact], prefix: str = "f_"
) -> dict[str, Any]:
    """The facts of a form, ready for JSON: whole numbers, yes or no, text; a decimal as
    its digits. What was left empty is left out.
    """
    found: dict[str, Any] = {}
    for fact in facts:
        value = data.get(f"{prefix}{fact.key}")
        if isinstance(value, Decimal):
            value = format(value.normalize(), "f")
        if value not in (None, ""):
            found[fact.key] = value
    return found
