"""The chain of days: what it holds, whether it holds, and one row's place in it."""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from habaring.history import leaves, merkle
from habaring.history.leaves import ENTRY, REGION, ZONE, Leaf
from habaring.history.models import WHOLE, Change, Seal
from habaring.shared.models import AuditEntry
from habaring.shared.refusal import Refusal

START = "0" * 64
"""What the first seal of a chain has for the one before it."""


@dataclass(frozen=True)
class Sum:
    """One day of one chain as its rows give it."""

    region: str
    day: date
    previous: str
    count: int
    root: str

    @property
    def hash(self) -> str:
        """The hash that is published: SHA-256 of canonical JSON of all the rest."""
        told = {
            "region": self.region,
            "day": self.day.isoformat(),
            "previous": self.previous,
            "count": self.count,
            "root": self.root,
        }
        return hashlib.sha256(leaves.canonical(told)).hexdigest()


def sum_of(region: str, day: date, previous: str, rows: list[Leaf]) -> Sum:
    """The sum over rows of one day, given the hash of the chain's seal before it."""
    root = merkle.root([row.hash for row in rows]).hex()
    return Sum(region, day, previous, len(rows), root)


def over(day: date, previous: str, sums: Iterable[Sum]) -> tuple[Sum, list[Leaf]]:
    """The day of the whole platform: a tree over the seals of its regions."""
    start, _end = leaves.span(day)
    rows = [
        Leaf(one.region, start, REGION, _number(one.region), bytes.fromhex(one.hash))
        for one in sums
    ]
    root = merkle.root([merkle.leaf(row.hash) for row in rows]).hex()
    count = sum(one.count for one in sums)
    return Sum(WHOLE, day, previous, count, root), rows


def _number(region: str) -> int:
    """A region's code, "62.02", as a number that fits where ids stand."""
    return int.from_bytes(region.encode(), "big")


def first_day() -> date | None:
    """The day of the oldest row of the history; None while it is empty."""
    found = [
        AuditEntry.objects.aggregate(oldest=Min("recorded_at"))["oldest"],
        Change.objects.aggregate(oldest=Min("at"))["oldest"],
    ]
    times = [one for one in found if one is not None]
    return min(times).astimezone(ZONE).date() if times else None


def last_sealed() -> date | None:
    """The newest day that has a seal."""
    found: date | None = Seal.objects.filter(region_code=WHOLE).aggregate(
        newest=Max("day")
    )["newest"]
    return found


def newest_hashes(before: date | None = None) -> dict[str, str]:
    """For each chain the hash of its last seal (before a day)."""
    rows = Seal.objects.order_by("region_code", "-day").distinct("region_code")
    if before:
        rows = rows.filter(day__lt=before)
    return dict(rows.values_list("region_code", "hash"))


def writers() -> frozenset[str]:
    """The transactions of this database that are writing now, besides our own.

    A row of yesterday can only come from a transaction that wrote before midnight: the
    database's clock stamps it. When those that wrote at a moment after midnight have
    ended, yesterday is whole.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.transactionid::text FROM pg_locks l"
            " LEFT JOIN pg_stat_activity a ON a.pid = l.pid"
            " WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock'"
            " AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()"
            " AND (a.pid IS NULL OR a.datname = current_database())"
        )
        return frozenset(number for (number,) in cursor.fetchall())


@dataclass(frozen=True)
class Finding:
    """What does not hold, in which day and chain, and in which row."""

    day: date
    region: str
    what: str
    row: str = ""

    def __str__(self) -> str:
        place = "" if self.region == WHOLE else f" {self.region}"
        return f"{self.day}{place}: {self.what}" + (
            f" ({self.row})" if self.row else ""
        )


@dataclass
class Verdict:
    """What a check of the chain found."""

    days: int = 0
    rows: int = 0
    redacted: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    compared: int = 0

    @property
    def holds(self) -> bool:
        return not self.findings


Published = Mapping[tuple[str, date], str]


def read_seals(text: str) -> dict[tuple[str, date], str]:
    """Region and day → hash, from the CSV that the public page gives."""
    try:
        return {
            (row["region"], date.fromisoformat(row["day"])): row["hash"]
            for row in csv.DictReader(text.splitlines())
        }
    except (KeyError, TypeError, ValueError):
        raise Refusal(
            _("The file of seals cannot be read."),
            _("It must be CSV with the columns day, region and hash."),
            _("Take it from the public page of the chain (/rantai/)."),
        ) from None


def verify(*, since: date | None = None, published: Published | None = None) -> Verdict:
    """Compute every sealed day again from its rows; compare it with what is stored.

    `published`: seals kept elsewhere; those must be the stored ones too.
    """
    verdict = Verdict()
    first, last = first_day(), last_sealed()
    if last is not None:
        start = since or _first_sealed() or last
        if first is not None and first < start and since is None:
            verdict.findings.append(
                Finding(first, WHOLE, _("rows stand before the first sealed day"))
            )
        before = newest_hashes(before=start)
        for number in range((last - start).days + 1):
            day = start + timedelta(days=number)
            before |= _check_day(day, before, verdict)
    if published is not None:
        _compare(published, since, verdict)
    verdict.findings.sort(key=lambda one: one.day)
    return verdict


def _first_sealed() -> date | None:
    found: date | None = Seal.objects.filter(region_code=WHOLE).aggregate(
        oldest=Min("day")
    )["oldest"]
    return found


def _check_day(day: date, before: dict[str, str], verdict: Verdict) -> dict[str, str]:
    """Check one day; gives the newest hash of each chain, as it is stored."""
    stored = {seal.region_code: seal for seal in Seal.objects.filter(day=day)}
    sums = []
    found = set()
    for region, rows in leaves.rows_of(day):
        made = sum_of(region, day, before.get(region, START), rows)
        verdict.rows += len(rows)
        verdict.redacted += [f"{region} {row.name}" for row in rows if row.redacted]
        sums.append(made)
        found.add(region)
        verdict.findings += _differences(made, stored.get(region), rows)
    for region, seal in stored.items():
        if region != WHOLE and region not in found:
            gone = sum_of(region, day, before.get(region, START), [])
            verdict.findings += _differences(gone, seal, [])
    made, _rows = over(day, before.get(WHOLE, START), sums)
    top = stored.get(WHOLE)
    if top is None:
        verdict.findings.append(
            Finding(day, WHOLE, _("the seal of the day is missing"))
        )
    elif not any(one.day == day for one in verdict.findings) and not _same(made, top):
        verdict.findings.append(Finding(day, WHOLE, _("the seal was altered")))
    verdict.days += 1
    return {region: seal.hash for region, seal in stored.items()}


def _same(made: Sum, seal: Seal) -> bool:
    return (made.previous, made.count, made.root, made.hash) == (
        seal.previous,
        seal.count,
        seal.root,
        seal.hash,
    )


def _differences(made: Sum, seal: Seal | None, rows: list[Leaf]) -> Iterator[Finding]:
    """What differs between the rows of one region and its seal, row by row."""
    day, region = made.day, made.region
    if seal is None:
        for row in rows[:1]:
            told = _("rows stand in a day that was sealed without them")
            yield Finding(day, region, told, row.name)
        return
    if _same(made, seal):
        return
    kept = leaves.unpack(bytes(seal.leaves))
    if merkle.root([one for _kind, _number, one in kept]).hex() != seal.root:
        yield Finding(day, region, _("the list of hashes in the seal was altered"))
        return
    if made.root == seal.root:
        yield Finding(day, region, _("the seal was altered"))
        return
    was = {(kind, number): one for kind, number, one in kept}
    now = {(row.kind, row.number): row.hash for row in rows}
    yield from (
        Finding(day, region, what, leaves.name_of(*key))
        for key, what in _by_row(was, now)
    )
    if was == now:
        place = next(i for i, row in enumerate(rows) if kept[i][2] != row.hash)
        told = _("the order of the rows was changed")
        yield Finding(day, region, told, rows[place].name)


def _by_row(
    was: Mapping[tuple[bytes, int], bytes], now: Mapping[tuple[bytes, int], bytes]
) -> Iterator[tuple[tuple[bytes, int], str]]:
    for key, one in was.items():
        if key not in now:
            yield key, _("the row was deleted")
        elif now[key] != one:
            yield key, _("the row was changed")
    for key in now:
        if key not in was:
            yield key, _("the row was added after the seal")


def _compare(published: Published, since: date | None, verdict: Verdict) -> None:
    stored = {
        (region, day): kept
        for region, day, kept in Seal.objects.values_list("region_code", "day", "hash")
    }
    for (region, day), kept in published.items():
        if since and day < since:
            continue
        verdict.compared += 1
        if (region, day) not in stored:
            told = _("the published seal is not in the database")
            verdict.findings.append(Finding(day, region, told))
        elif stored[region, day] != kept:
            told = _("the seal in the database is not the published one")
            verdict.findings.append(Finding(day, region, told))


class NotSealed(Refusal):
    """There is no such row, or its day has no seal yet."""

    status = 404


def prove(entry: UUID) -> dict[str, Any]:
    """The short path from one audit entry to the published hash of its day."""
    row = AuditEntry.objects.filter(id=entry).first()
    seals = _seals_of(row) if row else {}
    if row is None or len(seals) < 2:
        raise NotSealed(
            _("There is no proof for this entry."),
            _("It is not in the history, or its day is not sealed yet."),
            _("Days are sealed in the night after them."),
        )
    own, whole = seals[row.region_code], seals[WHOLE]
    kept = leaves.unpack(bytes(own.leaves))
    hashes = [one for _kind, _number, one in kept]
    place = next(i for i, one in enumerate(kept) if one[:2] == (ENTRY, entry.int))
    regions = leaves.unpack(bytes(whole.leaves))
    at = next(i for i, one in enumerate(regions) if one[1] == _number(row.region_code))
    return {
        "entry": str(entry),
        "leaf": hashes[place].hex(),
        "path": _steps(merkle.path(hashes, place)),
        "seal": told(own),
        "path_of_the_day": _steps(
            merkle.path([merkle.leaf(one) for _k, _n, one in regions], at)
        ),
        "seal_of_the_day": told(whole),
    }


def _seals_of(row: AuditEntry) -> dict[str, Seal]:
    day = row.recorded_at.astimezone(ZONE).date()
    found = Seal.objects.filter(day=day, region_code__in=(row.region_code, WHOLE))
    return {seal.region_code: seal for seal in found}


def told(seal: Seal) -> dict[str, Any]:
    """A seal as it is published."""
    return {
        "day": seal.day.isoformat(),
        "region": seal.region_code,
        "count": seal.count,
        "root": seal.root,
        "previous": seal.previous,
        "hash": seal.hash,
    }


def _steps(path: list[merkle.Step]) -> list[list[str]]:
    return [[side, one.hex()] for side, one in path]


def proof_holds(proof: Mapping[str, Any]) -> bool:
    """Whether a proof leads from its leaf to the hash of its day; needs no database."""
    own, whole = proof["seal"], proof["seal_of_the_day"]
    root = merkle.climb(bytes.fromhex(proof["leaf"]), _read(proof["path"]))
    top = merkle.climb(
        merkle.leaf(bytes.fromhex(own["hash"])), _read(proof["path_of_the_day"])
    )
    return (
        root.hex() == own["root"]
        and top.hex() == whole["root"]
        and all(_hash(seal) == seal["hash"] for seal in (own, whole))
    )


def _hash(seal: Mapping[str, Any]) -> str:
    day = date.fromisoformat(seal["day"])
    words = (seal["previous"], seal["count"], seal["root"])
    return Sum(seal["region"], day, *words).hash


def _read(steps: Iterable[tuple[str, str]]) -> list[merkle.Step]:
    return [(side, bytes.fromhex(one)) for side, one in steps]
