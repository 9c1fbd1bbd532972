"""The verbs of a practice: begin it, write it, publish a version, withdraw it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from habaring.exchange import letters, queries, shapes
from habaring.exchange.models import (
    Licence,
    Practice,
    PracticeState,
    PracticeVersion,
    Result,
)
from habaring.people.follows.actions import Published, announce
from habaring.people.follows.models import NewsKind
from habaring.people.models import Account
from habaring.portfolio.inputs import entry_of
from habaring.portfolio.models import Candidate
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.refusal import Refusal, Words


class PracticeRefused(Refusal):
    """A practice that cannot be begun, changed, published or withdrawn."""


@dataclass(frozen=True)
class Draft:
    """All that a person writes of a practice. Rupiah are whole."""

    title: str
    dimension_code: str
    summary: str = ""
    problem: str = ""
    solution: str = ""
    steps: str = ""
    lessons: str = ""
    begun_year: int | None = None
    cost: int | None = None
    running_cost: int | None = None
    cost_note: str = ""
    output: str = ""
    result: str = Result.UNMEASURED
    outcome: str = ""
    indicators: tuple[str, ...] = ()
    value_before: Decimal | None = None
    year_before: int | None = None
    value_after: Decimal | None = None
    year_after: int | None = None
    regulation: str = ""
    contact: str = ""
    contact_address: str = ""
    licence: str = Licence.CC_BY
    tags: tuple[str, ...] = ()
    source_title: str = ""
    source_url: str = ""
    change: str = ""

    def columns(self) -> dict[str, Any]:
        """As a version keeps them."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**told, "indicators": list(self.indicators), "tags": list(self.tags)}


def draft_of(version: PracticeVersion) -> Draft:
    """What a version says, to go on writing."""
    told = {one.name: getattr(version, one.name) for one in fields(Draft)}
    told |= {
        "indicators": tuple(version.indicators),
        "tags": tuple(version.tags),
        "change": "",
    }
    return Draft(**told)


@dataclass(frozen=True)
class Origin:
    """Where a practice comes from: the code of its programme and its shape, and whether
    the region itself says so (`confirmed`) or public sources do.
    """

    programme: str = ""
    shape: Mapping[str, Any] = field(default_factory=dict)
    confirmed: bool = True
    illustrative: bool = False


OWN = Origin()


@transaction.atomic
def begin_practice(
    *,
    region: Region,
    draft: Draft,
    by: Account | None,
    at: datetime,
    origin: Origin = OWN,
) -> Practice:
    """Begin a practice of a region as a draft. Raises PracticeRefused without a title."""
    _refuse_nameless(draft)
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)
    rows = Practice.objects.filter(region=region)
    number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    practice = Practice.objects.create(
        region=region,
        number=number,
        title=draft.title,
        dimension_code=draft.dimension_code,
        result=draft.result,
        programme=origin.programme,
        confirmed=origin.confirmed,
        illustrative=origin.illustrative,
        begun_at=at,
        begun_by=by,
    )
    PracticeVersion.objects.create(
        region=region,
        practice=practice,
        shape=dict(origin.shape),
        changed_at=at,
        changed_by=by,
        **draft.columns(),
    )
    _record("begun", practice, by=by, at=at)
    return practice


@dataclass(frozen=True)
class Taken:
    """How many practices of a file are new, changed (a draft was written), unchanged."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@transaction.atomic
def take_in(
    *, region: Region, drafts: Sequence[Draft], by: Account | None, at: datetime
) -> Taken:
    """Take the practices of a file in, all or none; a title that the region has is
    that practice. Raises PracticeRefused as `begin_practice` and `write` do.
    """
    there = {
        row.title: row
        for row in Practice.objects.filter(region=region).exclude(
            state=PracticeState.WITHDRAWN
        )
    }
    told = {"new": 0, "changed": 0, "unchanged": 0}
    for draft in drafts:
        row = there.get(draft.title)
        version = (queries.draft(row) or queries.newest(row)) if row else None
        if row is None or version is None:
            begin_practice(region=region, draft=draft, by=by, at=at)
            told["new"] += 1
        elif draft_of(version) == draft:
            told["unchanged"] += 1
        else:
            write(practice=row, draft=draft, by=by, at=at)
            told["changed"] += 1
    return Taken(**told)


def from_programme(
    *, candidate: Candidate, by: Account | None, at: datetime
) -> Practice:
    """Begin a practice with what a programme's candidate says: name, text, cost, shape.

    What came of it stays "not measured" until the region writes it. Raises
    PracticeRefused where the programme is a practice already, or another region's.
    """
    region = candidate.region
    if queries.adopted_programme(candidate):
        raise PracticeRefused(
            _("This programme was adopted from another region."),
            why=_("The practice stays with where it came from."),
            next=_("Thank them, and tell at the yearly check how it fares here."),
        )
    there = Practice.objects.filter(region=region, programme=candidate.code)
    if there.exclude(state=PracticeState.WITHDRAWN).exists():
        raise PracticeRefused(
            _("This programme is a practice already."),
            next=_("Open that practice and write a new version."),
        )
    entry = entry_of(candidate)
    draft = Draft(
        title=candidate.name[:150],
        dimension_code=candidate.dimension_code,
        summary=candidate.description[:400],
        solution=candidate.description,
        cost=candidate.total_cost or None,
        running_cost=sum(entry.running.values()) or None,
        contact=candidate.owner,
        tags=tuple(candidate.tags),
    )
    origin = Origin(
        candidate.code, shapes.shape_of(entry), illustrative=candidate.illustrative
    )
    return begin_practice(region=region, draft=draft, by=by, at=at, origin=origin)


@transaction.atomic
def write(
    *, practice: Practice, draft: Draft, by: Account | None, at: datetime
) -> PracticeVersion:
    """Change the draft of a practice; where all is published, a new one is begun.

    Raises PracticeRefused without a title, or of a practice that is withdrawn.
    """
    row = _locked(practice)
    if row.state == PracticeState.WITHDRAWN:
        raise PracticeRefused(
            _("This practice is withdrawn."),
            next=_("Begin a new one, and say what is different."),
        )
    _refuse_nameless(draft)
    last = row.versions.defer("words").order_by("-number").first()
    version = queries.draft(row) or PracticeVersion(
        region=row.region,
        practice=row,
        number=last.number + 1 if last else 1,
        shape=last.shape if last else {},
    )
    for name, value in draft.columns().items():
        setattr(version, name, value)
    version.changed_at, version.changed_by = at, by
    version.save()
    if row.state == PracticeState.DRAFT:
        row.title, row.dimension_code = draft.title, draft.dimension_code
        row.save(update_fields=["title", "dimension_code"])
    _record("written", row, by=by, at=at, version=version.number)
    return version


@transaction.atomic
def discard(*, practice: Practice, by: Account | None, at: datetime) -> None:
    """Drop the draft of a new version; what is published stays."""
    row = _locked(practice)
    version = queries.draft(row)
    if version is None or row.state == PracticeState.DRAFT:
        raise PracticeRefused(
            _("There is no new version to drop."),
            next=_("A practice that was never published can stay a draft."),
        )
    _record("draft_dropped", row, by=by, at=at, version=version.number)
    version.delete()


@transaction.atomic
def publish(*, practice: Practice, by: Account | None, at: datetime) -> PracticeVersion:
    """Publish the draft for all regions; it is frozen from then on.

    A practice written from public sources counts as confirmed once somebody of the
    region publishes a version. Raises PracticeRefused with what is missing.
    """
    row = _locked(practice)
    version = queries.draft(row)
    if version is None:
        raise PracticeRefused(
            _("There is nothing new to publish."),
            next=_("Write a new version first."),
        )
    missing = missing_of(version, from_sources=not row.confirmed and by is None)
    if missing:
        raise PracticeRefused(
            _("The practice cannot be published yet."),
            why=" ".join(str(one) for one in missing),
            next=_("Write what is missing, then publish it."),
        )
    version.published_at = at
    version.save(update_fields=["published_at"])
    row.state, row.published_at = PracticeState.PUBLIC, at
    row.title, row.dimension_code = version.title, version.dimension_code
    row.result = version.result
    row.confirmed = row.confirmed or by is not None
    row.save()
    _record("published", row, by=by, at=at, version=version.number)
    if row.confirmed:
        path = reverse("exchange:practice", args=[row.region_id, row.number])
        news = Published(NewsKind.PRACTICE, str(row.pk), row.title, path)
        announce(region=row.region, what=news, at=at)
    return version


def missing_of(version: PracticeVersion, *, from_sources: bool = False) -> list[Words]:
    """What must be said before everybody reads it."""
    wanted: list[tuple[bool, Words]] = [
        (bool(version.summary), _("A summary in one or two sentences is missing."))
    ]
    if from_sources:
        wanted.append((bool(version.source_title), _("The source is missing.")))
    else:
        wanted += _own_words(version)
    return [words for there, words in wanted if not there]


def _own_words(version: PracticeVersion) -> list[tuple[bool, Words]]:
    """What a region says of its own practice: whether it is there, and what to say."""
    measured = version.result != Result.UNMEASURED
    learned = version.result in (Result.FAILED, Result.PARTLY)
    return [
        (bool(version.problem), _("The problem that it solves is missing.")),
        (bool(version.solution), _("What was done is missing.")),
        (
            bool(version.outcome) or not measured,
            _("Say what came of it, or choose “not measured”."),
        ),
        (
            bool(version.lessons) or not learned,
            _("Say what others should do differently."),
        ),
        (
            bool(version.contact or version.contact_address),
            _("A post or office that answers questions is missing."),
        ),
    ]


@transaction.atomic
def withdraw(
    *, practice: Practice, reason: str, by: Account | None, at: datetime
) -> None:
    """Take a practice back: its text is no longer shown, its name and the reason are.

    Who adopted it is told. Raises PracticeRefused without a reason or when it is not
    published.
    """
    row = _locked(practice)
    if row.state != PracticeState.PUBLIC:
        raise PracticeRefused(
            _("Only a published practice can be withdrawn."),
            next=_("A draft can be changed at any time."),
        )
    if not reason.strip():
        raise PracticeRefused(
            _("A withdrawal needs a reason."), next=_("Write why, in a sentence.")
        )
    row.state, row.withdrawn_at = PracticeState.WITHDRAWN, at
    row.withdrawn_reason = reason.strip()[:500]
    row.save()
    for adoption in queries.passed_on(row):
        letters.tell(
            adoption.region,
            "withdrawn",
            {"practice": row, "address": letters.page_of(row)},
            at=at,
        )
    _record("withdrawn", row, by=by, at=at, reason=row.withdrawn_reason)


def _refuse_nameless(draft: Draft) -> None:
    if not draft.title.strip() or not draft.dimension_code:
        raise PracticeRefused(
            _("A practice needs a title and a dimension."),
            next=_("Write a short title and choose the dimension."),
        )


def _locked(practice: Practice) -> Practice:
    return Practice.objects.select_for_update().get(pk=practice.pk)


def _record(
    what: str,
    practice: Practice,
    *,
    by: Account | None,
    at: datetime,
    version: int = 0,
    reason: str = "",
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"exchange.practice.{what}",
        subject=practice,
        region=practice.region_id,
        reason=reason,
        details={"version": version} if version else {},
    )
