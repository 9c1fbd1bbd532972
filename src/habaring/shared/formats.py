"""Numbers, money, dates and lists as a reader of Indonesian or English expects them.

Every function takes ``language`` ("id" or "en"); without it, the active language of
Django. Indonesian writes 1.234,5 and English 1,234.5; both write "Rp 1.234.567" with
their own marks and a space that does not break. Rules: Ejaan Bahasa Indonesia yang
Disempurnakan (EYD V, 2022) for the marks; product.md, promise 6.
"""

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import get_language

Number = int | float | Decimal

NBSP = "\u00a0"
MINUS = "−"
MISSING = "–"
"""What stands where there is no value: a dash, never a zero."""

MONTHS = {
    "id": [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
SHORT_MONTHS = {
    "id": [
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "Mei",
        "Jun",
        "Jul",
        "Agu",
        "Sep",
        "Okt",
        "Nov",
        "Des",
    ],
    "en": [
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Oct",
        "Nov",
        "Dec",
    ],
}
_LARGE = {
    "id": ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (10**3, "ribu")),
    "en": (
        (10**12, "trillion"),
        (10**9, "billion"),
        (10**6, "million"),
        (10**3, "thousand"),
    ),
}


def _language(language: str | None) -> str:
    chosen = language or get_language() or "id"
    return "en" if chosen.startswith("en") else "id"


def _missing(value: Number | None) -> bool:
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _rounded(value: Number, decimals: int) -> Decimal:
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def number(
    value: Number | None, decimals: int | None = None, *, language: str | None = None
) -> str:
    """Write a number: 1.234.567 and 3,42 in Indonesian.

    Without ``decimals`` a whole number has none and others at most two, without
    closing zeros. Halves go away from zero. ``None`` and NaN give a dash.
    """
    if value is None or _missing(value):
        return MISSING
    if decimals is None:
        rounded = _rounded(value, 2).normalize()
        exponent = rounded.as_tuple().exponent
        decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    rounded = _rounded(value, decimals)
    text = f"{abs(rounded):,.{decimals}f}"
    if _language(language) == "id":
        text = text.translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{text}" if rounded < 0 else text


def rupiah(value: int | None, *, language: str | None = None) -> str:
    """Write whole rupiah exactly: "Rp 1.234.567"; below zero "−Rp 1.234.567"."""
    if value is None:
        return MISSING
    sign = MINUS if value < 0 else ""
    return f"{sign}Rp{NBSP}{number(abs(value), 0, language=language)}"


def _large(value: Number, language: str) -> tuple[str, str]:
    """The figure and its word, with three significant digits at most."""
    size = abs(Decimal(str(value)))
    for unit, word in _LARGE[language]:
        if size < unit * Decimal("0.9995"):
            continue
        figure = size / unit
        decimals = 0 if figure >= Decimal("99.95") else 1
        rounded = _rounded(figure, decimals)
        decimals = 0 if rounded == rounded.to_integral_value() else decimals
        return number(rounded, decimals, language=language), word
    return number(size, language=language), ""


def rupiah_short(value: int | None, *, language: str | None = None) -> str:
    """Write a large sum in words: "Rp 2,2 triliun", "Rp 378 miliar", "Rp 45 juta".

    Below one million the sum is written whole. The page shows the exact sum on hover.
    """
    if value is None:
        return MISSING
    if abs(value) < 10**6:
        return rupiah(value, language=language)
    figure, word = _large(value, _language(language))
    sign = MINUS if value < 0 else ""
    return f"{sign}Rp{NBSP}{figure}{NBSP}{word}"


def number_short(value: Number | None, *, language: str | None = None) -> str:
    """Write a large number in words: "454,5 ribu", "2,2 juta"; small ones whole."""
    if value is None or _missing(value):
        return MISSING
    size = Decimal(str(value))
    if abs(size) < 10_000:
        return number(size, language=language)
    figure, word = _large(size, _language(language))
    return f"{MINUS if size < 0 else ''}{figure}{NBSP}{word}".rstrip()


def percent(
    share: Number | None, decimals: int | None = None, *, language: str | None = None
) -> str:
    """Write a share as per cent: 0.123 → "12,3%". ``share`` is a part of one.

    Without ``decimals``: one, and none when it is a whole per cent.
    """
    if share is None or _missing(share):
        return MISSING
    hundred = Decimal(str(share)) * 100
    if decimals is None:
        one = _rounded(hundred, 1)
        decimals = 0 if one == one.to_integral_value() else 1
    return f"{number(hundred, decimals, language=language)}%"


def change(
    value: Number | None, decimals: int = 1, *, language: str | None = None
) -> str:
    """Write a change with its sign: "+2,1", "−0,8"; what rounds to nothing is "0"."""
    if value is None or _missing(value):
        return MISSING
    rounded = _rounded(value, decimals)
    if rounded == 0:
        return "0"
    sign = "+" if rounded > 0 else MINUS
    return f"{sign}{number(abs(rounded), decimals, language=language)}"


def day(value: date | None, *, short: bool = False, language: str | None = None) -> str:
    """Write a day: "21 April 2022", or "21 Apr 2022" when ``short``."""
    if value is None:
        return MISSING
    months = (SHORT_MONTHS if short else MONTHS)[_language(language)]
    return f"{value.day}{NBSP}{months[value.month - 1]}{NBSP}{value.year}"


def moment(value: datetime | None, *, language: str | None = None) -> str:
    """Write a day and hour as given (convert to local time first): "…, 14.05"."""
    if value is None:
        return MISSING
    return f"{day(value, language=language)}, {hour(value, language=language)}"


def hour(value: datetime | None, *, language: str | None = None) -> str:
    """Write an hour as given (convert to local time first): "14.05", "14:05"."""
    if value is None:
        return MISSING
    mark = "." if _language(language) == "id" else ":"
    return f"{value.hour:02d}{mark}{value.minute:02d}"


def years(first: int | None, last: int | None = None) -> str:
    """Write years: "2022", "2021–2026"."""
    if first is None:
        return MISSING
    return str(first) if last in (None, first) else f"{first}–{last}"


def period(
    start: date | None, end: date | None = None, *, language: str | None = None
) -> str:
    """Write the days from ``start`` to ``end`` (both counted) as briefly as is true.

    A whole year is "2022", whole years "2021–2026", a whole month "April 2022",
    anything else "3 Mei 2022 – 5 Juni 2022".
    """
    if start is None:
        return MISSING
    if end is None or end == start:
        return day(start, language=language)
    full_end = (end + timedelta(days=1)).day == 1
    if start.day == 1 and full_end:
        if start.month == 1 and end.month == 12:
            return years(start.year, end.year)
        return _months(start, end, _language(language))
    return f"{day(start, language=language)} – {day(end, language=language)}"


def _months(start: date, end: date, language: str) -> str:
    names = MONTHS[language]
    first, last = names[start.month - 1], names[end.month - 1]
    if (start.year, start.month) == (end.year, end.month):
        return f"{first}{NBSP}{start.year}"
    if start.year == end.year:
        return f"{first}–{last}{NBSP}{end.year}"
    return f"{first}{NBSP}{start.year} – {last}{NBSP}{end.year}"


def rank_range(low: int, high: int, *, language: str | None = None) -> str:
    """Write the ranks that can be held, for a sentence: "3 dan 6", or just "4".

    For "antara peringkat 3 dan 6" write the words around it in the page.
    """
    if low == high:
        return str(low)
    join = "dan" if _language(language) == "id" else "and"
    return f"{low}{NBSP}{join}{NBSP}{high}"


def listing(items: Sequence[str], *, language: str | None = None) -> str:
    """Join words as a sentence does: "A dan B", "A, B, dan C" / "A, B and C"."""
    parts = [str(item) for item in items]
    indonesian = _language(language) == "id"
    join = " dan " if indonesian else " and "
    if len(parts) <= 2:
        return join.join(parts)
    comma = "," if indonesian else ""
    return f"{', '.join(parts[:-1])}{comma}{join}{parts[-1]}"


def file_size(size: int | None, *, language: str | None = None) -> str:
    """Write a size in bytes: "850 B", "27 KB", "1,2 MB" (1 KB = 1,000 B)."""
    if size is None:
        return MISSING
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "KB")):
        if size >= unit:
            figure = Decimal(size) / unit
            decimals = 0 if figure >= 10 else 1
            return f"{number(figure, decimals, language=language)}{NBSP}{name}"
    return f"{size}{NBSP}B"
