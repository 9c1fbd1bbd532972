"""Numbers as readers expect them, icons, dimension marks, form fields."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from habaring.shared import formats
from habaring.shared.charts.icons import ICONS
from habaring.shared.charts.paint import dimension_token

register = template.Library()

Value = int | float | Decimal | None


@register.filter
def rupiah(value: int | None) -> str:
    return formats.rupiah(value)


@register.filter
def rupiah_short(value: int | None) -> str | SafeString:
    """ "Rp 2,2 triliun" with the exact sum on hover and for screen readers."""
    brief = formats.rupiah_short(value)
    exact = formats.rupiah(value)
    if brief == exact:
        return brief
    return format_html('<abbr title="{}">{}</abbr>', exact, brief)


@register.filter
def rupiah_words(value: int | None) -> str:
    """The brief sum as plain text, for attributes and titles."""
    return formats.rupiah_short(value)


@register.filter
def number(value: Value, decimals: int | None = None) -> str:
    return formats.number(value, decimals)


@register.filter
def number_short(value: Value) -> str | SafeString:
    brief, exact = formats.number_short(value), formats.number(value)
    if brief == exact:
        return brief
    return format_html('<abbr title="{}">{}</abbr>', exact, brief)


@register.filter
def percent(share: Value, decimals: int | None = None) -> str:
    return formats.percent(share, decimals)


@register.filter
def change(value: Value, decimals: int = 1) -> str:
    return formats.change(value, decimals)


@register.filter
def day(value: date | None) -> str:
    """ "21 April 2022"; a moment is first turned to the site's time zone."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return formats.day(value)


@register.filter
def day_short(value: date | None) -> str:
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return formats.day(value, short=True)


@register.filter
def moment(value: datetime | None) -> str:
    if value is not None and timezone.is_aware(value):
        value = timezone.localtime(value)
    return formats.moment(value)


@register.filter
def hour(value: datetime | None) -> str:
    if value is not None and timezone.is_aware(value):
        value = timezone.localtime(value)
    return formats.hour(value)


@register.filter
def period(start: date | None, end: date | None = None) -> str:
    return formats.period(start, end)


@register.filter
def years(first: int | None, last: int | None = None) -> str | SafeString:
    """ "2021–2026", kept on one line."""
    shown = formats.years(first, last)
    return format_html('<span class="nowrap">{}</span>', shown) if last else shown


@register.filter
def listing(items: list[Any]) -> str:
    return formats.listing([str(item) for item in items])


@register.filter
def file_size(size: int | None) -> str:
    return formats.file_size(size)


@register.filter
def cell(value: object) -> object:
    """A raw cell of a table as a reader sees it."""
    if value is None:
        return formats.MISSING
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return formats.number(value)
    if isinstance(value, datetime):
        return moment(value)
    return formats.day(value) if isinstance(value, date) else value


@register.filter
def columns(row: list[object], numeric: list[bool]) -> list[tuple[object, bool]]:
    """A row's cells, each with whether its column holds numbers."""
    flags = [*(numeric or []), *([False] * len(row))]
    return [(value, flags[i]) for i, value in enumerate(row)]


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line icon for the eye only: words beside it or an aria-label say the rest."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" '
        'aria-hidden="true"><path d="{}"/></svg>',
        ICONS[name],
    )


@register.inclusion_tag("components/dimension.html")
def dimension_chip(
    code: str, name: str, order: int = 0, url: str = "", *, small: bool = False
) -> dict[str, object]:
    """A dimension's icon, colour and name. Custom ones take a colour by ``order``."""
    token = dimension_token(code, order)
    return {
        "token": token,
        "icon_name": token if code.lower() == token else "star",
        "name": name,
        "url": url,
        "small": small,
    }


@register.inclusion_tag("components/change.html")
def change_mark(
    value: Value, decimals: int = 1, *, lower_is_better: bool = False
) -> dict[str, object]:
    """A signed change with its arrow; green when it is for the better."""
    shown = formats.change(value, decimals)
    rising = shown.startswith("+")
    still = value is None or shown in ("0", formats.MISSING)
    better = rising != lower_is_better
    return {
        "shown": shown,
        "still": still,
        "rising": rising,
        "tone": "" if still else ("good" if better else "bad"),
    }


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, *, short: bool = False) -> dict[str, object]:
    """A form field: label, hint, error, input, tied together for screen readers."""
    widget = bound.field.widget
    many = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    described = [f"{bound.auto_id}-hint"] if bound.help_text else []
    described += [f"{bound.auto_id}-error"] if bound.errors else []
    attributes: dict[str, str | bool] = {}
    if described and not many:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors and not many:
        attributes["aria-invalid"] = "true"
    return {
        "bound": bound,
        "input": mark_safe("") if many else bound.as_widget(attrs=attributes),
        "many": many,
        "single": isinstance(widget, CheckboxInput),
        "described": " ".join(described),
        "short": short,
    }


@register.simple_block_tag
def disclosure(content: str, summary: str) -> SafeString:
    """A line that opens: ``{% disclosure _("How was this computed") %}…{% end… %}``."""
    return format_html(
        '<details class="more"><summary>{}{}</summary>'
        '<div class="more-body">{}</div></details>',
        icon("chevron"),
        summary,
        content,
    )


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "") -> SafeString:
    """A message in the page; ``tone`` is info, good, warn or bad."""
    signs = {"good": "check", "warn": "warning", "bad": "warning"}
    head = format_html("<h2>{}</h2>", title) if title else ""
    return format_html(
        '<div class="notice {}">{}<div>{}{}</div></div>',
        tone,
        icon(signs.get(tone, "info")),
        head,
        content,
    )
