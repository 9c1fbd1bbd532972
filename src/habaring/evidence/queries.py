"""What the vault answers: what proves a thing, how complete it is, what runs out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from habaring.evidence import words
from habaring.evidence.models import Evidence, EvidenceQuerySet, Link
from habaring.regions.models import Region

SOON = timedelta(days=60)


@dataclass(frozen=True)
class Proof:
    """One piece of evidence for one thing. `state` on a day: valid, waiting, refused,
    or "over" where it has run out.
    """

    link: Link
    evidence: Evidence
    state: str

    @property
    def holds(self) -> bool:
        """Whether it may still prove something: judged valid, or not yet judged."""
        return self.state in (words.VALID, words.WAITING)


@dataclass(frozen=True)
class Meter:
    """How well a set of keys is proven: each key is counted once, by its best proof.

    `valid`: at least one proof was judged valid. `waiting`: one waits for a verdict.
    `refused`: all were refused or have run out. `missing`: there is none. Each holds
    keys, in the order in which they were asked for.
    """

    valid: tuple[str, ...]
    waiting: tuple[str, ...]
    refused: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many keys were asked about."""
        return sum(map(len, (self.valid, self.waiting, self.refused, self.missing)))

    @property
    def complete(self) -> bool:
        """Whether each key has a proof that is valid or waits."""
        return not self.refused and not self.missing

    @property
    def share_valid(self) -> float:
        """The share of keys proven by valid evidence, 0 to 1; 1 of nothing."""
        return len(self.valid) / self.total if self.total else 1.0

    @property
    def share_complete(self) -> float:
        """The share of keys with a proof that is valid or waits."""
        if not self.total:
            return 1.0
        return (len(self.valid) + len(self.waiting)) / self.total


def state_of(evidence: Evidence, on: date) -> str:
    """How one piece stands on a day."""
    return "over" if evidence.runs_out(on) else evidence.verdict


def of(region: Region, thing: str, key: str, *, on: date | None = None) -> list[Proof]:
    """All that is linked to one thing and not withdrawn, oldest link first."""
    return of_many(region, thing, [key], on=on).get(key, [])


def of_many(
    region: Region, thing: str, keys: Iterable[str], *, on: date | None = None
) -> Mapping[str, list[Proof]]:
    """The same for many keys, in one query. Without `on` nothing counts as run out."""
    found: dict[str, list[Proof]] = defaultdict(list)
    rows = Link.objects.filter(
        region=region,
        thing=thing,
        key__in=list(keys),
        ended_at=None,
        evidence__withdrawn_at=None,
    ).select_related("evidence")
    for row in rows.order_by("id"):
        state = state_of(row.evidence, on or date.min)
        found[row.key].append(Proof(row, row.evidence, state))
    return found


def meter(
    region: Region, thing: str, keys: Sequence[str], *, on: date | None = None
) -> Meter:
    """How well these keys of a thing are proven: "valid and complete"."""
    return meter_of(of_many(region, thing, keys, on=on), keys)


def meter_of(proofs: Mapping[str, Sequence[Proof]], keys: Sequence[str]) -> Meter:
    """The same of proofs that were read already."""
    found: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        states = {one.state for one in proofs.get(key, ())}
        if words.VALID in states:
            found[words.VALID].append(key)
        elif words.WAITING in states:
            found[words.WAITING].append(key)
        else:
            found[words.REFUSED if states else "missing"].append(key)
    return Meter(
        tuple(found[words.VALID]),
        tuple(found[words.WAITING]),
        tuple(found[words.REFUSED]),
        tuple(found["missing"]),
    )


def twins(region: Region, sha256: str, *, but: int | None = None) -> EvidenceQuerySet:
    """Other pieces with exactly the same bytes, newest first."""
    rows = Evidence.objects.filter(region=region, sha256=sha256).kept()
    return rows.exclude(pk=but) if but else rows


def doubled(region: Region) -> frozenset[str]:
    """The checksums that are in the vault more than once."""
    seen: dict[str, int] = defaultdict(int)
    for sha in (
        Evidence.objects.filter(region=region).kept().values_list("sha256", flat=True)
    ):
        seen[sha] += 1
    return frozenset(sha for sha, count in seen.items() if count > 1)


def running_out(region: Region, on: date) -> EvidenceQuerySet:
    """What is linked to something and runs out soon, or has: earliest first."""
    rows = Evidence.objects.filter(
        region=region, valid_until__lte=on + SOON, links__ended_at=None
    )
    return rows.filter(links__isnull=False).kept().distinct().order_by("valid_until")


@dataclass(frozen=True)
class Counts:
    """How many pieces a region's vault holds, by how they stand on a day."""

    valid: int
    waiting: int
    refused: int
    over: int

    @property
    def total(self) -> int:
        """All that is not withdrawn."""
        return self.valid + self.waiting + self.refused + self.over


def counts(region: Region, on: date) -> Counts:
    """How the vault stands on a day."""
    found: dict[str, int] = defaultdict(int)
    for row in (
        Evidence.objects.filter(region=region).kept().only("verdict", "valid_until")
    ):
        found[state_of(row, on)] += 1
    return Counts(
        found[words.VALID], found[words.WAITING], found[words.REFUSED], found["over"]
    )


def narrowed(
    rows: EvidenceQuerySet, given: Mapping[str, str], on: date
) -> EvidenceQuerySet:
    """What fits search words and filters: `q`, `kind`, `year`, `state`."""
    if said := given.get("q"):
        rows = rows.filter(title__icontains=said) | rows.filter(name__icontains=said)
    if kind := given.get("kind"):
        rows = rows.filter(kind=kind)
    if year := given.get("year"):
        rows = rows.filter(year=year)
    state = given.get("state")
    if state == "over":
        rows = rows.filter(valid_until__lt=on)
    elif state == "withdrawn":
        return rows.filter(withdrawn_at__isnull=False)
    elif state:
        rows = rows.filter(verdict=state).current(on)
    return rows.kept()
