"""What of the portfolio is owned by posts: programmes, from candidate to plan item."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TypeAlias

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.people.access import Power
from habaring.portfolio.models import (
    Candidate,
    LimitSet,
    Plan,
    PlanItem,
    Scenario,
    ScenarioStatus,
)
from habaring.portfolio.queries import current_candidates
from habaring.posts.models import Post
from habaring.posts.states import Rhythm
from habaring.posts.things import (
    Asked,
    Kind,
    Thing,
    Waiting,
    register,
    register_waiting,
)
from habaring.regions.models import Region
from habaring.shared.tally import tally

REVIEW_DAYS = 365
"""A candidate's costs are looked at again once a year, as prices move."""


def _programmes(region: Region, on: date) -> Iterator[Thing]:
    """One thing a programme: it keeps its owner when a plan takes it up."""
    posts = _posts(region)
    planned = {item.candidate.code: item for item in _items(region)}
    for item in planned.values():
        yield _in_plan(region, item, posts)
    rows = (
        current_candidates(region)
        .select_related(None)
        .only(
            "region_id",
            "code",
            "name",
            "owner",
            "department_id",
            "recorded_at",
            "illustrative",
        )
    )
    for row in rows:
        if row.code not in planned:
            yield _candidate(region, row, posts)


def _programme(region: Region, ref: str, on: date) -> Thing | None:
    item = _items(region).filter(candidate__code=ref).first()
    if item is not None:
        return _in_plan(region, item, _posts(region))
    row = current_candidates(region).filter(code=ref).first()
    return _candidate(region, row, _posts(region)) if row else None


Posts: TypeAlias = Mapping[tuple[str, int | None], int]


def _posts(region: Region) -> Posts:
    """The open posts by name and department: a proposal names its owner in words."""
    rows = Post.objects.filter(region=region, closed_on__isnull=True)
    return {
        (name.casefold(), department): pk
        for pk, name, department in rows.values_list("pk", "name_id", "department_id")
    }


def _named(row: Candidate, posts: Posts) -> int | None:
    return posts.get((row.owner.strip().casefold(), row.department_id))


def _items(region: Region) -> "QuerySet[PlanItem]":
    return (
        PlanItem.objects.filter(plan__region=region, plan__replaced_at__isnull=True)
        .select_related("plan", "candidate")
        .only(
            "end_year",
            "plan__adopted_at",
            "plan__illustrative",
            "candidate__code",
            "candidate__name",
            "candidate__owner",
            "candidate__department_id",
        )
    )


def _in_plan(region: Region, item: PlanItem, posts: Posts) -> Thing:
    """Due when the plan says that it ends."""
    row = item.candidate
    return Thing(
        kind="programme",
        ref=row.code,
        title=row.name,
        url=reverse("portfolio-work:candidate", args=[region.code, row.code]),
        due_on=date(item.end_year, 12, 31),
        updated_on=localdate(item.plan.adopted_at),
        department=row.department_id,
        post=_named(row, posts),
        public_url=reverse("portfolio:programme", args=[region.code, row.code]),
        illustrative=item.plan.illustrative,
    )


def _candidate(region: Region, row: Candidate, posts: Posts) -> Thing:
    recorded = localdate(row.recorded_at)
    return Thing(
        kind="programme",
        ref=row.code,
        title=row.name,
        url=reverse("portfolio-work:candidate", args=[region.code, row.code]),
        due_on=recorded + timedelta(days=REVIEW_DAYS),
        updated_on=recorded,
        department=row.department_id,
        post=_named(row, posts),
        illustrative=row.illustrative,
    )


def _waiting(asked: Asked) -> Iterator[Waiting]:
    """The next step of choosing, for whoever may take it."""
    if Power.DRAFT_SCENARIOS not in asked.powers:
        return
    region = asked.region
    desk = reverse("portfolio-work:overview", args=[region.code])
    done = Scenario.objects.filter(region=region, status=ScenarioStatus.DONE)
    candidates, limits, plans, ready = tally(
        [
            current_candidates(region),
            LimitSet.objects.filter(region=region),
            Plan.objects.filter(region=region, replaced_at=None),
            done,
        ]
    )
    if not candidates:
        yield Waiting(
            _("Bring in the candidate programmes"),
            _("Without candidates there is nothing to choose from."),
            desk,
        )
    elif not limits:
        yield Waiting(
            _("Set the limits"),
            _("Ceilings by year and source come before a scenario."),
            desk,
        )
    elif ready and not plans:
        yield Waiting(
            _("Put a scenario before the council"),
            _("A scenario is ready, and no plan is in force."),
            desk,
        )


register(
    Kind(
        code="programme",
        one=gettext_lazy("programme"),
        many=gettext_lazy("programmes"),
        things=_programmes,
        thing=_programme,
        rhythm=Rhythm(remind_before_days=30, escalate_after_days=30),
        power=Power.RECORD_CANDIDATES,
        order=30,
    )
)
register_waiting("portfolio", _waiting)
