"""Answers made of several tables of this domain."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, Max, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from habaring.council import subjects, words
from habaring.council.models import (
    Attendance,
    Council,
    Decision,
    Instrument,
    Meeting,
    Minutes,
    Seat,
    Task,
)
from habaring.council.quorum import Present, Quorum, Rule, quorum
from habaring.council.standing import InstrumentQuerySet
from habaring.council.warnings import (
    BodyFacts,
    DecisionFacts,
    InstrumentFacts,
    Snapshot,
    Warned,
    warnings,
)
from habaring.regions.models import Region


def seats_on(body: Council, on: date) -> QuerySet[Seat]:
    """The seats held on a day: the chair first, then the others by post."""
    order = Case(
        *(When(post=post, then=Value(i)) for i, post in enumerate(words.POSTS)),
        default=Value(9),
    )
    rows = Seat.objects.filter(body=body).taken(on)
    return rows.select_related("basis").order_by(order, "id")


def quorum_of(meeting: Meeting) -> Quorum:
    """Whether enough of the body was (or is) there. Needs the region opened."""
    body = meeting.body
    seats = seats_on(body, localdate(meeting.starts_at)).values_list("pk", flat=True)
    present = [
        Present(seat, substitute)
        for seat, substitute in Attendance.objects.filter(meeting=meeting).values_list(
            "seat_id", "substitute"
        )
    ]
    return quorum(Rule(body.quorum_rule, body.quorum_count), seats, present)


def pillars_of(meeting: Meeting) -> dict[str, int]:
    """How many came, by pillar. Needs the region opened."""
    found = Counter(
        Attendance.objects.filter(meeting=meeting).values_list("pillar", flat=True)
    )
    return {pillar: found[pillar] for pillar in words.PILLARS if found[pillar]}


def held_quorum(meeting: Meeting) -> Quorum | None:
    """The quorum as it was frozen with the meeting; None before it was closed."""
    kept = meeting.record.get("quorum")
    return Quorum(**kept) if kept else None


def approved_minutes(meeting: Meeting) -> Minutes | None:
    """The newest version that was approved."""
    return (
        Minutes.objects.filter(meeting=meeting, approval__isnull=False)
        .select_related("approval__meeting", "approval__approved_by")
        .order_by("-version")
        .first()
    )


# Warnings


def snapshot(
    region: Region, *, on: date, plans: frozenset[int] = frozenset()
) -> Snapshot:
    """What the warnings look at. `plans` are ids of decisions that a plan rests on."""
    return Snapshot(
        on=on,
        bodies=tuple(_bodies(region, on)),
        instruments=tuple(
            InstrumentFacts(
                id=row.pk,
                kind=row.kind,
                title=str(row),
                fixes=row.fixes_kind,
                begins=row.in_force_from,
                until=row.in_force_until,
                public=row.public,
            )
            for row in Instrument.objects.filter(
                region=region, superseded_by__isnull=True
            )
        ),
        decisions=tuple(_decisions(region, on, plans)),
    )


def _bodies(region: Region, on: date) -> Iterable[BodyFacts]:
    rows = Council.objects.filter(region=region, dissolved_on__isnull=True)
    met = Max("meetings__starts_at", filter=Q(meetings__state__in=["held", "approved"]))
    pillars: dict[int, set[str]] = {}
    chaired = set()
    taken = Seat.objects.filter(body__region=region).taken(on)
    for body, pillar, post in taken.values_list("body_id", "pillar", "post"):
        pillars.setdefault(body, set()).add(pillar)
        if post == "chair":
            chaired.add(body)
    for row in rows.annotate(met=met):
        yield BodyFacts(
            id=row.pk,
            name=row.name,
            kind=row.kind,
            rhythm_days=row.rhythm_days,
            formed_on=row.formed_on,
            last_met_on=localdate(row.met) if row.met else None,
            has_decree=row.decree_id is not None,
            decree=row.decree_id,
            pillars=frozenset(pillars.get(row.pk, ())),
            has_chair=row.pk in chaired,
            public=row.public,
        )


def _decisions(
    region: Region, on: date, plans: frozenset[int]
) -> Iterable[DecisionFacts]:
    late = Count("tasks", filter=Q(tasks__state="open", tasks__due_on__lt=on))
    rows = Decision.objects.filter(region=region, overruled_by__isnull=True)
    for row in rows.annotate(every=Count("tasks"), late=late).order_by("id"):
        yield DecisionFacts(
            id=row.pk,
            title=str(row),
            decided_on=row.decided_on,
            followed=row.every > 0 or row.pk in plans,
            late_tasks=row.late,
        )


def warned(region: Region, *, on: date) -> tuple[Warned, ...]:
    """Every warning of a region today."""
    decided = followed_elsewhere(region)
    return warnings(snapshot(region, on=on, plans=decided))


def followed_elsewhere(region: Region) -> frozenset[int]:
    """Decisions that something above rests on: an adopted plan (reverse relation)."""
    found = Decision.objects.filter(region=region, plan__isnull=False)
    return frozenset(found.values_list("pk", flat=True))


# Lists


def narrowed_decisions(
    rows: QuerySet[Decision], asked: Mapping[str, Any]
) -> QuerySet[Decision]:
    """Decisions that fit the filters of the list."""
    if text := " ".join(str(asked.get("q") or "").split()):
        rows = rows.filter(
            Q(title__icontains=text)
            | Q(number__icontains=text)
            | Q(reason__icontains=text)
            | Q(subjects__label__icontains=text)
        ).distinct()
    if body := asked.get("body"):
        rows = rows.filter(council=body)
    if year := asked.get("year"):
        rows = rows.filter(decided_on__year=year)
    if kind := asked.get("about"):
        rows = rows.filter(subjects__kind=kind).distinct()
    return rows


def narrowed_instruments(
    rows: InstrumentQuerySet, asked: Mapping[str, Any], *, on: date
) -> InstrumentQuerySet:
    """Instruments that fit the filters of the list."""
    if text := " ".join(str(asked.get("q") or "").split()):
        rows = rows.filter(
            Q(title__icontains=text)
            | Q(number__icontains=text)
            | Q(signed_by__icontains=text)
            | Q(fixes_label__icontains=text)
        )
    if kind := asked.get("kind"):
        rows = rows.filter(kind=kind)
    if asked.get("standing") == "in_force":
        rows = rows.in_force(on)
    elif asked.get("standing") == "ended":
        rows = rows.filter(Q(in_force_until__lt=on) | Q(superseded_by__isnull=False))
    return rows


@dataclass(frozen=True)
class Follow:
    """How a decision's follow-up stands."""

    tasks: tuple[Task, ...]
    done: int
    late: int

    @property
    def open(self) -> int:
        return sum(task.state == "open" for task in self.tasks)


def follow_up(decision: Decision, *, on: date) -> Follow:
    """What follows from a decision, and how far it is."""
    tasks = tuple(decision.tasks.select_related("owner").order_by("due_on", "id"))
    return Follow(
        tasks=tasks,
        done=sum(task.state == "done" for task in tasks),
        late=sum(task.state == "open" and task.due_on < on for task in tasks),
    )


def meetings_of(region: Region, *, public: bool) -> QuerySet[Meeting]:
    """A region's meetings; for the public those invited or held, of public bodies."""
    rows = Meeting.objects.filter(region=region).select_related("body")
    if public:
        rows = rows.filter(public=True, body__public=True).exclude(state="draft")
    return rows


def upcoming(rows: QuerySet[Meeting], *, at: datetime) -> QuerySet[Meeting]:
    """Those neither over, nor closed early, nor cancelled; the next first."""
    open_ones = rows.filter(ends_at__gte=at, state__in=("draft", "invited"))
    return open_ones.order_by("starts_at")


def over(rows: QuerySet[Meeting], *, at: datetime) -> QuerySet[Meeting]:
    """Those whose time is over, or that were closed before it; cancelled ones too."""
    return rows.filter(Q(ends_at__lt=at) | Q(state__in=("held", "approved")))


def needed(body: Council, seats: int) -> int:
    """How many of so many seats must be there."""
    return Rule(body.quorum_rule, body.quorum_count).needed(seats)


@dataclass(frozen=True)
class Step:
    """One step of a decision's thread, as `components/thread.html` shows it."""

    label: str
    text: str
    url: str
    on: date | None
    state: str


def thread(decision: Decision, follow: Follow, *, region: str) -> list[Step]:
    """Where a decision came from, what it decided, and what followed."""
    meeting = decision.meeting
    steps = []
    if meeting is not None:
        public = meeting.public and meeting.body.public
        url = reverse("council:meeting", args=[region, meeting.pk]) if public else ""
        day = localdate(meeting.starts_at)
        steps.append(Step(_("Meeting"), meeting.title, url, day, "done"))
    steps.append(Step(_("Decision"), str(decision), "", decision.decided_on, "now"))
    for one in decision.subjects.all():
        address = subjects.url(decision.region, one.kind, one.ref)
        steps.append(Step(_("What it decided"), one.label, address, None, "done"))
    steps += [
        Step(
            _("Follow-up"),
            task.title,
            "",
            localdate(task.closed_at) if task.closed_at else task.due_on,
            "done" if task.state == "done" else "next",
        )
        for task in follow.tasks
    ]
    return steps
