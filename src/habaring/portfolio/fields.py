"""Fields for money, numbers and codes, and forms that are tables of inputs."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.shared.formats import number

_GROUPED = re.compile(r"\d+|\d{1,3}(?:[.,]\d{3})+")
_SPLIT = re.compile(r"[;,\s]+")
_DECIMAL = re.compile(r"-?\d+(?:[.,]\d+)?")


class RupiahField(forms.Field):
    """Whole rupiah, with or without marks between the thousands; empty is nothing."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> int:
        text = str(value or "").replace("Rp", "").replace("\u00a0", "").replace(" ", "")
        if not text:
            return 0
        if text.startswith(("-", "−")):
            raise forms.ValidationError(_("Money cannot be negative. Write 0 or more."))
        if not _GROUPED.fullmatch(text) or len(text) > 24:
            raise forms.ValidationError(
                _("Write whole rupiah, digits only, such as 1.500.000.000.")
            )
        return int(re.sub(r"[.,]", "", text))

    def prepare_value(self, value: Any) -> Any:
        return number(value, 0) if isinstance(value, int) and value else value or ""


class DecimalText(forms.Field):
    """A number with a decimal comma or point; empty is nothing."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> float:
        text = str(value or "").strip()
        if not text:
            return 0.0
        if not _DECIMAL.fullmatch(text) or len(text) > 12:
            raise forms.ValidationError(_("Write a number, such as 12 or 2,5."))
        return float(text.replace(",", "."))

    def prepare_value(self, value: Any) -> Any:
        return (
            number(value) if isinstance(value, float | int) and value else value or ""
        )


class Codes(forms.CharField):
    """Codes joined by semicolons, commas or spaces."""

    def to_python(self, value: Any) -> tuple[str, ...]:  # type: ignore[override]
        text = super().to_python(value)
        return tuple(dict.fromkeys(part for part in _SPLIT.split(text or "") if part))

    def prepare_value(self, value: Any) -> Any:
        return (
            "; ".join(str(v) for v in value)
            if isinstance(value, tuple | list)
            else value
        )


@dataclass(frozen=True)
class GridRow:
    """A row of inputs with its heading."""

    label: Any
    cells: Sequence[forms.BoundField]


class Grid(forms.Form):
    """A form with tables of inputs, named after what they hold."""

    def cells(self, names: Iterable[str]) -> list[forms.BoundField]:
        return [self[name] for name in names]
