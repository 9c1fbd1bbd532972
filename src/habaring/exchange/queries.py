"""Practices with what belongs to them, for pages and for those above."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from habaring.exchange import survival
from habaring.exchange.models import (
    Adoption,
    Meeting,
    MeetingState,
    Practice,
    PracticeState,
    PracticeVersion,
    Question,
    SurvivalCheck,
)
from habaring.people.access import Power
from habaring.people.models import Account, Membership
from habaring.portfolio import queries as portfolio
from habaring.portfolio.models import Candidate, CandidateQuerySet, Origin
from habaring.regions.models import Region
from habaring.shared.tables import Bilingual


def newest(practice: Practice) -> PracticeVersion | None:
    """The version that everybody reads."""
    rows = practice.versions.filter(published_at__isnull=False).defer("words")
    return rows.order_by("-number").first()


def draft(practice: Practice) -> PracticeVersion | None:
    """The version that is being written."""
    return practice.versions.filter(published_at__isnull=True).defer("words").first()


def versions_of(practices: Iterable[Practice]) -> dict[int, PracticeVersion]:
    """The newest published version of each practice, by the practice's key."""
    keys = [row.pk for row in practices]
    rows = (
        PracticeVersion.objects.filter(practice__in=keys, published_at__isnull=False)
        .defer("words")
        .order_by("practice_id", "-number")
        .distinct("practice_id")
    )
    return {row.practice_id: row for row in rows}


def practices(region: Region | None = None) -> QuerySet[Practice]:
    """What is published, everywhere or of one region: what regions confirm before what
    is told of them, then the newest first.
    """
    rows = Practice.objects.public().select_related("region")
    if region is not None:
        rows = rows.filter(region=region)
    return with_adopted(rows).order_by("-confirmed", "-published_at", "-pk")


def with_adopted(rows: QuerySet[Practice]) -> QuerySet[Practice]:
    """Practices with `adopted`: by how many regions each is kept."""
    adopted = Count("adoptions", filter=Q(adoptions__undone_at__isnull=True))
    return rows.annotate(adopted=adopted)


@dataclass(frozen=True)
class Adopted:
    """One adoption with where it stands."""

    row: Adoption
    standing: survival.Standing
    checks: tuple[SurvivalCheck, ...] = ()


def adoptions(
    *, practice: Practice | None = None, region: Region | None = None, on: date
) -> list[Adopted]:
    """Who adopted a practice, or what a region adopted, the newest first; undone last."""
    rows = Adoption.objects.select_related(
        "region", "practice__region"
    ).prefetch_related("checks", "thanks")
    if practice is not None:
        rows = rows.filter(practice=practice)
    if region is not None:
        rows = rows.filter(region=region)
    found = [adopted(row, on=on) for row in rows]
    return sorted(found, key=lambda one: one.row.undone_at is not None)


def adopted(row: Adoption, *, on: date) -> Adopted:
    """One adoption with its checks."""
    checks = tuple(sorted(row.checks.all(), key=lambda one: one.asked_on))
    return Adopted(row, standing_of(row, checks, on=on), checks)


def standing_of(
    row: Adoption, checks: Iterable[SurvivalCheck], *, on: date
) -> survival.Standing:
    """Where an adoption stands on a day."""
    asked = [survival.Asked(c.asked_on, c.answered_on, c.running) for c in checks]
    undone = row.undone_at.date() if row.undone_at else None
    return survival.standing(
        survival.Adopted(row.adopted_at.date(), undone), asked, on=on
    )


def origin_of(region: str, candidate: str) -> Adoption | None:
    """The adoption that a candidate came by: the step before it in the thread."""
    rows = Adoption.objects.filter(region=region, candidate=candidate)
    return rows.select_related("practice__region").order_by("-adopted_at").first()


def practice_of(region: str, programme: str) -> Practice | None:
    """What was published of a programme: the step after it in the thread."""
    rows = Practice.objects.public().filter(region=region, programme=programme)
    return rows.order_by("-published_at").first()


def own_programmes(region: Region) -> CandidateQuerySet:
    """Programmes of which a practice can be begun: not adopted ones, nor those of which
    there is one.
    """
    taken = Practice.objects.filter(region=region).exclude(programme="")
    taken = taken.exclude(state=PracticeState.WITHDRAWN)
    rows = portfolio.current_candidates(region)
    return rows.exclude(origin_kind=Origin.PRACTICE).exclude(
        code__in=taken.values("programme")
    )


def adopted_programme(candidate: Candidate) -> bool:
    """Whether a programme came from another region."""
    return candidate.origin_kind == Origin.PRACTICE


def passed_on(practice: Practice) -> list[Adoption]:
    """Who has adopted a practice and keeps it, in the order of time."""
    rows = practice.adoptions.filter(undone_at__isnull=True).select_related("region")
    return list(rows.order_by("adopted_at"))


def sharers(region: Region, *, at: datetime) -> list[Account]:
    """Who answers for a region in the exchange: letters from others go to them."""
    held = Membership.objects.in_force(at).filter(
        region=region,
        department=None,
        body=None,
        role__powers__contains=[str(Power.SHARE_PRACTICES)],
    )
    return list(
        Account.objects.filter(
            pk__in=held.values("account"), is_active=True, erased_at__isnull=True
        ).order_by("pk")
    )


def meetings(region: Region) -> QuerySet[Meeting]:
    """Visits and mentoring that a region asked for or was asked for."""
    rows = Meeting.objects.filter(Q(region=region) | Q(host=region))
    return rows.select_related("region", "host", "practice", "offer")


def open_meetings(region: Region) -> QuerySet[Meeting]:
    """Those in which something is still to be done."""
    return meetings(region).filter(
        state__in=(MeetingState.ASKED, MeetingState.ACCEPTED)
    )


def held_meetings(practice: Practice) -> QuerySet[Meeting]:
    """Visits about a practice that were held, with their reports."""
    rows = practice.meetings.filter(state=MeetingState.HELD)
    return rows.select_related("region", "host").order_by("-held_on")


def counts(region: Region) -> Mapping[str, int]:
    """How many practices of a region there are in each state."""
    rows = Practice.objects.filter(region=region).values("state")
    found = dict(rows.annotate(n=Count("pk")).values_list("state", "n"))
    return {state: found.get(state, 0) for state in PracticeState.values}


def dimension_names() -> dict[str, Bilingual]:
    """The dimensions in force, in their order."""
    return portfolio.dimensions()


def waiting_answers(region: Region) -> list[SurvivalCheck]:
    """The yearly questions that a region has not answered, the oldest first."""
    rows = SurvivalCheck.objects.filter(
        region=region, answered_on__isnull=True, adoption__undone_at__isnull=True
    )
    return list(rows.select_related("adoption__practice__region").order_by("asked_on"))


def open_questions(region: Region) -> QuerySet[Question]:
    """Questions about a region's practices that nobody has answered."""
    rows = Question.objects.filter(practice__region=region, answers__isnull=True)
    return rows.select_related("practice__region", "region")
