"""What assessors fault in real evaluations, told before they come: pure.

Source: domain.md 0.11 (evaluation of Kab. Malang 2023): no Perbup or Perda that fixes
the master plan, a Dewan and Tim Pelaksana that do not meet; domain.md, capability 9: a
body silent for more than N days (90 unless set), a decree that runs out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

PILLARS = ("government", "dprd", "business", "community", "academia", "media")
EXPIRY_DAYS = (90, 30, 0)
FOLLOW_UP_DAYS = 30
"""A decision may stand so long before somebody must be told to carry it out."""
PLAN_KINDS = frozenset({"masterplan", "edition", "plan"})

Severity = Literal["high", "medium", "low"]
Code = Literal[
    "no_body",
    "no_regulation",
    "silent",
    "never_met",
    "no_decree",
    "decree_expired",
    "instrument_expired",
    "expires_soon",
    "no_seats",
    "pillar_missing",
    "no_chair",
    "no_follow_up",
    "task_late",
]


@dataclass(frozen=True)
class BodyFacts:
    """A body as it stands. `last_met_on` is the day of its last meeting that was held;
    `formed_on` the day from which silence is counted where it never met.
    """

    id: int
    name: str
    kind: str
    rhythm_days: int = 90
    formed_on: date | None = None
    last_met_on: date | None = None
    has_decree: bool = True
    decree: int | None = None  # the id of its instrument
    pillars: frozenset[str] = frozenset()  # of the seats held on the day
    has_chair: bool = True
    public: bool = True


@dataclass(frozen=True)
class InstrumentFacts:
    """An instrument that nothing superseded. `until` is its last day."""

    id: int
    kind: str
    title: str
    fixes: str = ""
    begins: date | None = None
    until: date | None = None
    public: bool = True

    def in_force(self, on: date) -> bool:
        """Begun and not run out."""
        begun = self.begins is None or self.begins <= on
        return begun and (self.until is None or self.until >= on)


@dataclass(frozen=True)
class DecisionFacts:
    """A decision, whether anything followed from it, and its late tasks."""

    id: int
    title: str
    decided_on: date
    followed: bool  # has a task, or what it decided stands (a plan)
    late_tasks: int = 0


@dataclass(frozen=True)
class Snapshot:
    """All that the warnings look at, on one day."""

    on: date
    bodies: tuple[BodyFacts, ...] = ()
    instruments: tuple[InstrumentFacts, ...] = ()
    decisions: tuple[DecisionFacts, ...] = ()


@dataclass(frozen=True)
class Warned:
    """One warning: `name` is of what (empty: the region), `ref` its id, `days` how
    many, `pillar` which.
    """

    code: Code
    severity: Severity
    name: str = ""
    ref: int | None = None
    days: int = 0
    pillar: str = ""
    public: bool = True


_ORDER: dict[str, int] = {"high": 0, "medium": 1, "low": 2}


def warnings(snapshot: Snapshot) -> tuple[Warned, ...]:
    """Every warning of a region, the gravest first."""
    found = [
        *_regulation(snapshot),
        *(one for body in snapshot.bodies for one in _body(body, snapshot)),
        *(one for row in snapshot.instruments for one in _instrument(row, snapshot)),
        *(one for row in snapshot.decisions for one in _decision(row, snapshot.on)),
    ]
    return tuple(sorted(found, key=lambda one: _ORDER[one.severity]))


def _regulation(snapshot: Snapshot) -> Iterator[Warned]:
    if not any(body.kind == "council" for body in snapshot.bodies):
        yield Warned("no_body", "high")
    fixed = any(
        row.kind in ("perbup", "perda")
        and row.fixes in PLAN_KINDS
        and row.in_force(snapshot.on)
        for row in snapshot.instruments
    )
    if not fixed:
        yield Warned("no_regulation", "high")


def _body(body: BodyFacts, snapshot: Snapshot) -> Iterator[Warned]:
    def of(code: Code, severity: Severity, days: int = 0, pillar: str = "") -> Warned:
        return Warned(code, severity, body.name, body.id, days, pillar, body.public)

    if body.kind == "group":  # it works for its team, which is the one that meets
        if not body.pillars:
            yield of("no_seats", "low")
        return
    since = body.last_met_on or body.formed_on
    silent = (snapshot.on - since).days if since else None
    if silent is None:
        yield of("never_met", "medium")
    elif silent > body.rhythm_days:
        yield of("silent", "high", silent)
    yield from _standing(body, of)


def _standing(body: BodyFacts, of: Callable[..., Warned]) -> Iterator[Warned]:
    if not body.has_decree:
        yield of("no_decree", "medium")
    if not body.pillars:
        yield of("no_seats", "medium")
    elif not body.has_chair:
        yield of("no_chair", "medium")
    for pillar in _missing(body):
        yield of("pillar_missing", "medium", pillar=pillar)


def _missing(body: BodyFacts) -> tuple[str, ...]:
    """A council and a forum speak for every pillar; a team is the government's own."""
    if not body.pillars or body.kind not in ("council", "forum"):
        return ()
    return tuple(pillar for pillar in PILLARS if pillar not in body.pillars)


def _instrument(row: InstrumentFacts, snapshot: Snapshot) -> Iterator[Warned]:
    if row.until is None:
        return
    left = (row.until - snapshot.on).days
    decree = any(body.decree == row.id for body in snapshot.bodies)
    if left < 0:
        code: Code = "decree_expired" if decree else "instrument_expired"
        severity: Severity = "high" if decree else "medium"
        yield Warned(code, severity, row.title, row.id, -left, public=row.public)
    elif left <= EXPIRY_DAYS[0]:
        near: Severity = "medium" if left <= EXPIRY_DAYS[1] else "low"
        yield Warned("expires_soon", near, row.title, row.id, left, public=row.public)


def _decision(row: DecisionFacts, on: date) -> Iterator[Warned]:
    age = (on - row.decided_on).days
    if not row.followed and age > FOLLOW_UP_DAYS:
        yield Warned("no_follow_up", "medium", row.title, row.id, age)
    if row.late_tasks:
        yield Warned("task_late", "medium", row.title, row.id, row.late_tasks)
