"""The raw cells of files, and the days in them.

Workbooks store a day as the number of days since the end of 1899; people write it in
several ways, the day always before the month.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TypeAlias

from django.utils.text import format_lazy
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Words
from habaring.shared.tables.numbers import CellRefused, shown

_FIRST_SERIAL = 18_264  # 1 January 1950: below it a number is more likely a year
_LAST_SERIAL = 73_415  # 31 December 2100
LARGEST_EXACT = 2**53
_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Number:
    """A number cell of a workbook; `form` is how the workbook shows it."""

    value: float
    form: str = ""  # "", "percent" or "date"


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that holds an error (#REF!), or a formula never calculated (empty)."""

    error: str


# A text is never blank; None is an empty cell.
Raw: TypeAlias = str | Number | Broken | bool | None


def exact(number: float) -> Decimal:
    """The decimal a spreadsheet shows for a stored float: fifteen digits, as Excel.

    Whole numbers up to 2**53 are exact as they are.
    """
    if abs(number) <= LARGEST_EXACT and number == int(number):
        return Decimal(int(number))
    return Decimal(format(number, ".15g"))


def typed_as_text(raw: Raw) -> str:
    """The text of a cell in a column of words; CellRefused for a day."""
    if type(raw) is Number:
        if raw.form == "date":
            raise CellRefused(
                format_lazy(
                    _(
                        "The spreadsheet has turned this cell into a date ({day}). Format "
                        "the column as text and write it again."
                    ),
                    day=serial_shown(raw.value),
                )
            )
        return format(exact(raw.value), "f")
    if type(raw) is bool:
        return "TRUE" if raw else "FALSE"
    return str(raw)


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb pebruari",
            "maret march mar",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu aug ags agt",
            "september sep sept",
            "oktober october okt oct",
            "november nov nopember nop",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?\Z"
)
_DAY_FIRST = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})\Z")
_NAMED = re.compile(r"([0-9]{1,2})[ -]([^\W\d_]+)\.?,?[ -]([0-9]{4})\Z")


def read_day(raw: Raw) -> date:
    """A date from text (2022-04-21, 21/04/2022, 21 April 2022) or from a workbook."""
    if type(raw) is Number:
        return _from_serial(raw)
    text = raw if type(raw) is str else typed_as_text(raw)
    numbers = _day_parts(text.strip())
    if numbers is None:
        raise CellRefused(_not_a_date(text))
    try:
        return date(*numbers)
    except ValueError:
        raise CellRefused(_no_such_day(text, numbers)) from None


_CLOCK = re.compile(
    r"(?P<day>.*?[0-9]{4}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})[T ,]+"
    r"(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:\.[0-9]+)?)?"
    r" ?(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2}|WIB|WITA|WIT)?\Z"
)
_OFFSETS = {"Z": 0, "WIB": 7, "WITA": 8, "WIT": 9}


def read_moment(raw: Raw) -> datetime:
    """A day with a time (2026-04-21T13:05:00+07:00, 21/04/2026 13.05) or a day alone.

    Without an offset it is of the time zone that is active; a day alone its midnight.
    """
    if type(raw) is Number and raw.value != int(raw.value):
        whole = int(raw.value)
        day = _from_serial(Number(float(whole), raw.form))
        seconds = round((raw.value - whole) * 86_400)
        return _placed(datetime.combine(day, time.min) + timedelta(seconds=seconds), "")
    found = _CLOCK.match(raw.strip()) if type(raw) is str else None
    if not found:
        return _placed(datetime.combine(read_day(raw), time.min), "")
    try:
        parts = [int(found[part] or 0) for part in ("hour", "minute", "second")]
        clock = time(parts[0], parts[1], parts[2])
    except ValueError:
        raise CellRefused(_not_a_moment(str(raw))) from None
    return _placed(datetime.combine(read_day(found["day"]), clock), found["offset"])


def _placed(moment: datetime, offset: str | None) -> datetime:
    if not offset:
        return moment.replace(tzinfo=get_current_timezone())
    if offset in _OFFSETS:
        return moment.replace(tzinfo=timezone(timedelta(hours=_OFFSETS[offset])))
    sign = -1 if offset[0] == "-" else 1
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    return moment.replace(
        tzinfo=timezone(sign * timedelta(hours=hours % 24, minutes=minutes % 60))
    )


def _not_a_moment(text: str) -> Words:
    return format_lazy(
        _("“{text}” is not a day with a time. Write it as 2026-04-21 13:05."),
        text=shown(text),
    )


def _day_parts(text: str) -> tuple[int, int, int] | None:
    if found := _ISO.match(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DAY_FIRST.match(text):
        return int(found[4]), int(found[3]), int(found[1])
    found = _NAMED.match(text)
    if found and found[2].casefold() in _MONTHS:
        return int(found[3]), _MONTHS[found[2].casefold()], int(found[1])
    return None


def _no_such_day(text: str, numbers: tuple[int, int, int]) -> Words:
    _year, month, day = numbers
    if month > 12 and day <= 12 and not text[:4].isdigit():
        return format_lazy(
            _("“{text}” has the month before the day. Write the day first: {better}."),
            text=shown(text),
            better=f"{month:02d}/{day:02d}/{numbers[0]}",
        )
    return format_lazy(
        _("“{text}” is not a day of the calendar. Check the day and the month."),
        text=shown(text),
    )


def _not_a_date(text: str) -> Words:
    if re.fullmatch(r"[0-9]{5}", text) and _FIRST_SERIAL <= int(text) <= _LAST_SERIAL:
        return format_lazy(
            _(
                "“{text}” is how Excel stores {day} inside. Format the column as a date "
                "before saving as CSV, or write {day}."
            ),
            text=text,
            day=serial_shown(int(text)),
        )
    return format_lazy(
        _("“{text}” is not a date. Write it as 2026-04-21 or 21/04/2026."),
        text=shown(text),
    )


def _from_serial(raw: Number) -> date:
    serial = raw.value
    lowest = 61 if raw.form == "date" else _FIRST_SERIAL
    if raw.form == "percent" or not lowest <= serial < 2_958_466:
        raise CellRefused(_not_a_date(format(exact(serial), "f")))
    if serial != int(serial):
        raise CellRefused(
            format_lazy(
                _("The cell holds a day and a time ({day}). Write the day alone."),
                day=serial_shown(serial),
            )
        )
    if raw.form != "date" and serial > _LAST_SERIAL:
        raise CellRefused(_not_a_date(format(exact(serial), "f")))
    return _EPOCH + timedelta(days=int(serial))


def serial_shown(serial: float) -> str:
    """The day that a workbook's number stands for, for a message."""
    try:
        moment = datetime(1899, 12, 30) + timedelta(days=serial)  # noqa: DTZ001
    except (OverflowError, ValueError):
        return format(serial, "g")
    whole = moment.hour == moment.minute == moment.second == 0
    return moment.date().isoformat() if whole else moment.isoformat(" ", "minutes")
