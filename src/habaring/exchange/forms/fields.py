"""Fields that the forms here share."""

from collections.abc import Mapping
from typing import Any

from django import forms

from habaring.portfolio.fields import RupiahField


class Day(forms.DateInput):
    """A day, with the browser's calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Money(RupiahField):
    """Whole rupiah; empty is not known, which is not nothing."""

    def clean(self, value: Any) -> int | None:
        return super().clean(value) if str(value or "").strip() else None


class Words(forms.CharField):
    """Short words and phrases, joined by commas."""

    def to_python(self, value: Any) -> tuple[str, ...]:  # type: ignore[override]
        text = super().to_python(value) or ""
        parts = (
            " ".join(part.split())[:40] for part in text.replace(";", ",").split(",")
        )
        return tuple(dict.fromkeys(part for part in parts if part))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, tuple | list) else value


def choices(names: Mapping[str, Any], empty: Any) -> list[tuple[str, Any]]:
    """Codes and names for a field, with what stands for none of them."""
    return [("", empty), *names.items()]
