"""Values of changed rows as readers see them."""

import json
from datetime import datetime

from django import template
from django.utils import timezone

from habaring.shared import formats

register = template.Library()
LONGEST = 600


@register.filter
def history_value(value: object) -> str:
    """A value out of JSON: yes and no, numbers, moments, texts cut at a length."""
    if value is None or value in ("", [], {}):
        return formats.MISSING
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, int | float):
        return formats.number(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _moment(text) or (text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def _moment(text: str) -> str:
    """A moment as PostgreSQL writes it into JSON: 2026-11-02T05:00:00+00:00."""
    if len(text) < 19 or text[10:11] != "T":
        return ""
    try:
        return formats.moment(timezone.localtime(datetime.fromisoformat(text)))
    except ValueError:
        return ""
