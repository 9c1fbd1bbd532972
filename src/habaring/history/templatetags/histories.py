"""Values of changed rows as readers see them."""

from datetime import datetime

from django import template
from django.utils import timezone

from habaring.history.words import column
from habaring.shared import formats

register = template.Library()
LONGEST = 600


@register.filter
def history_value(value: object) -> str:
    """A value out of JSON: yes and no, numbers, moments, texts cut at a length."""
    if value is None or value in ("", [], {}):
        return formats.MISSING
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dict):
        return "; ".join(
            f"{column(str(name))}: {history_value(one)}" for name, one in value.items()
        )
    if isinstance(value, list):
        return ", ".join(history_value(one) for one in value)[:LONGEST]
    text = str(value)
    return _moment(text) or (text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def _number(value: float) -> str:
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, int) and 0 <= value < 10_000:  # years and keys, as they are
        return str(value)
    return formats.number(value)


def _moment(text: str) -> str:
    """A moment as PostgreSQL writes it into JSON: 2026-11-02T05:00:00+00:00."""
    if len(text) < 19 or text[10:11] != "T":
        return ""
    try:
        return formats.moment(timezone.localtime(datetime.fromisoformat(text)))
    except ValueError:
        return ""
