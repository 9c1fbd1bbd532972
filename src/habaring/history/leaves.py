"""The rows of a day as the seal sees them: text, hash, order.

An entry or a change becomes one line of canonical JSON: a list of texts, in the order
below, without spaces. Its words (an entry's reason and details, a change's old and new
values) go in as a salted SHA-256, so that they can be blacked out later and the seal
still be checked. Order: the database's clock, then kind, then id.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import merge
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from habaring.history.merkle import leaf

ZONE = ZoneInfo("Asia/Jakarta")
"""Where a sealed day begins and ends, whatever the region's own zone."""
WIDTH = 49  # bytes a row in Seal.leaves: kind, id, hash
ENTRY, CHANGE, REGION = b"E", b"C", b"R"


@dataclass(frozen=True, slots=True, order=True)
class Leaf:
    """One row: its region, when it came, which it is, and its hash."""

    region: str
    at: datetime
    kind: bytes
    number: int  # the id; a UUID as its 128-bit number
    hash: bytes
    redacted: bool = False

    @property
    def name(self) -> str:
        """As commands and pages call it: "entry 0190…" or "change 17"."""
        return name_of(self.kind, self.number)

    def packed(self) -> bytes:
        return self.kind + self.number.to_bytes(16, "big") + self.hash


def name_of(kind: bytes, number: int) -> str:
    """The name of a row by its kind and id."""
    if kind == ENTRY:
        return f"entry {UUID(int=number)}"
    return f"change {number}" if kind == CHANGE else "seal"


def unpack(leaves: bytes) -> list[tuple[bytes, int, bytes]]:
    """Kind, id and hash of each row in `Seal.leaves`."""
    return [
        (
            leaves[i : i + 1],
            int.from_bytes(leaves[i + 1 : i + 17], "big"),
            leaves[i + 17 : i + WIDTH],
        )
        for i in range(0, len(leaves), WIDTH)
    ]


def span(day: date) -> tuple[datetime, datetime]:
    """The first moment of a day, and the first of the next."""
    start = datetime.combine(day, time(), ZONE)
    return start, datetime.combine(day + timedelta(days=1), time(), ZONE)


def rows_of(day: date) -> Iterator[tuple[str, list[Leaf]]]:
    """Each region that has rows of this day, with them in their order."""
    both = merge(_rows(_ENTRIES, ENTRY, day), _rows(_CHANGES, CHANGE, day))
    for region, found in groupby(both, key=lambda row: row.region):
        yield region, list(found)


# The words come last, as one array of texts, then their salt, then the hash of those
# that were blacked out. Casts to text in SQL: what JSONB holds is not read as floats.
_ENTRIES = """
    SELECT e.region_code, e.id::text, e.recorded_at, e.at, e.by_id::text, e.verb,
        e.subject_kind, e.subject_ref, e.request, e.transaction::text,
        ARRAY[e.reason, e.details::text], e.salt::text, r.sha256
    FROM shared_auditentry e LEFT JOIN history_redaction r ON r.kind = 'entry'
        AND r.region_code = e.region_code AND r.row = e.id::text
    WHERE e.recorded_at >= %s AND e.recorded_at < %s
    ORDER BY e.region_code COLLATE "C", e.recorded_at, e.id
"""
_CHANGES = """
    SELECT c.region_code, c.id::text, c.at, c.transaction::text, c.account_id::text,
        c.db_role, c.table_name, c.key, c.op, array_to_string(c.hidden, ','),
        ARRAY[c.old::text, c.new::text], c.salt::text, r.sha256
    FROM history_change c LEFT JOIN history_redaction r ON r.kind = 'change'
        AND r.region_code = c.region_code AND r.row = c.id::text
    WHERE c.at >= %s AND c.at < %s
    ORDER BY c.region_code COLLATE "C", c.at, c.id
"""


def _rows(sql: str, kind: bytes, day: date) -> Iterator[Leaf]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, span(day))
        while found := cursor.fetchmany(2000):
            for row in found:
                yield _leaf(kind, row)


def _leaf(kind: bytes, row: tuple[object, ...]) -> Leaf:
    *told, words, salt, redacted = row
    region, own, at = str(row[0]), str(row[1]), row[2]
    assert isinstance(at, datetime)  # noqa: S101 - the third column of both queries
    sealed = str(redacted) if redacted else hash_of_words(words, salt)
    line = canonical([kind.decode(), *(_text(one) for one in told), sealed])
    number = UUID(own).int if kind == ENTRY else int(own)
    return Leaf(region, at, kind, number, leaf(line), redacted=bool(redacted))


def hash_of_words(words: object, salt: object) -> str:
    """What the words of a row go into its leaf as."""
    return hashlib.sha256(canonical([salt, words])).hexdigest()


def canonical(value: object) -> bytes:
    """JSON with one way of writing: UTF-8, no spaces, keys sorted."""
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()


def _text(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
