"""Values of changed rows as readers see them."""

import re
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join

from habaring.history.words import COLUMNS
from habaring.shared import formats

register = template.Library()
LONGEST = 600
MOST = 20
_CODE = re.compile(r"[a-z][a-z_]*")  # a stored choice: draft, quick_win


@register.filter
def history_value(value: object) -> str:
    """A value out of JSON: yes and no, numbers, moments, texts cut at a length."""
    if value is None or value in ("", [], {}):
        return formats.MISSING
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dict):
        pairs = [(history_column(str(k)), history_value(v)) for k, v in value.items()]
        return format_html_join("; ", "{}: {}", pairs)
    if isinstance(value, list):
        shown = [(history_value(one),) for one in value[:MOST]]
        more = "…" if len(value) > MOST else ""
        return format_html("{}{}", format_html_join(", ", "{}", shown), more)
    text = str(value)
    if _CODE.fullmatch(text):
        return format_html("<code>{}</code>", text)
    return _moment(text) or (text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


@register.filter
def history_column(name: str) -> str | Promise:
    """A column's name in words; as code where it has none."""
    found = COLUMNS.get(name)
    return format_html("<code>{}</code>", name) if found is None else found


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
