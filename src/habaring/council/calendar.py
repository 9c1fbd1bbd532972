"""Meetings and due days as an iCalendar file: pure. Source: RFC 5545."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jakarta")
PRODUCT = "-//Habaring//Council//ID"


@dataclass(frozen=True)
class Event:
    """One entry. `begins` with an hour, or a whole day; `uid` never changes, `sequence`
    grows with each change (3.8.7.4); `changed_at` is when the row last changed.
    """

    uid: str
    title: str
    begins: datetime | date
    changed_at: datetime
    ends: datetime | None = None
    place: str = ""
    words: str = ""
    url: str = ""
    sequence: int = 0
    cancelled: bool = False


def written(events: Iterable[Event], *, name: str) -> bytes:
    """The calendar as a file, lines folded and ended as the standard wants."""
    import icalendar

    book = icalendar.Calendar()
    book.add("prodid", PRODUCT)
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", name)
    book.add("x-wr-timezone", str(ZONE))
    book.add_component(_zone())
    for event in events:
        book.add_component(_entry(event))
    return bytes(book.to_ical())


def _zone() -> Any:
    """Asia/Jakarta: UTC+7 without summer time since 1964."""
    import icalendar

    zone = icalendar.Timezone()
    zone.add("tzid", str(ZONE))
    standard = icalendar.TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 - local by RFC 5545
    standard.add("tzoffsetfrom", timedelta(hours=7))
    standard.add("tzoffsetto", timedelta(hours=7))
    standard.add("tzname", "WIB")
    zone.add_component(standard)
    return zone


def _entry(event: Event) -> Any:
    import icalendar

    entry = icalendar.Event()
    entry.add("uid", event.uid)
    entry.add("dtstamp", event.changed_at)
    entry.add("last-modified", event.changed_at)
    entry.add("sequence", event.sequence)
    entry.add("summary", event.title)
    if isinstance(event.begins, datetime):
        entry.add("dtstart", event.begins.astimezone(ZONE))
        entry.add("dtend", (event.ends or event.begins).astimezone(ZONE))
    else:
        entry.add("dtstart", event.begins)
        entry.add("dtend", event.begins + timedelta(days=1))
        entry.add("transp", "TRANSPARENT")
    entry.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    for key, value in (
        ("location", event.place),
        ("description", event.words),
        ("url", event.url),
    ):
        if value:
            entry.add(key, value)
    return entry
