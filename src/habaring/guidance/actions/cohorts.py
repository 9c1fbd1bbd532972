"""The verbs of a cohort: record, open the call, apply, rate, choose, let in later, finish."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.engines.selecting import MethodError
from habaring.guidance import method_files, methods, shipped
from habaring.guidance.models import (
    Application,
    AssignmentTemplate,
    Cohort,
    CohortState,
    Enrolment,
    Sitting,
    Stage,
    Standing,
)
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit, uploads
from habaring.shared.refusal import Refusal, Words
from habaring.shared.uploads import AcceptedFile

LEAST_REASON = 10
"""Letters of a public reason; less is no reason."""


class CohortRefused(Refusal):
    """A cohort, an application or a choice that cannot be, now or at all."""


@dataclass(frozen=True)
class Call:
    """A cohort as it is recorded. `method` empty: the one that comes with the product."""

    year: int
    seats: int = 50
    apply_from: datetime | None = None
    apply_until: datetime | None = None
    method: Mapping[str, Any] = field(default_factory=dict)
    illustrative: bool = False


@dataclass(frozen=True)
class Wish:
    """What a region writes when it applies. `meets`: requirement → as the region says."""

    statement: str
    meets: Mapping[str, bool]
    contact: str = ""
    file: AcceptedFile | None = None
    illustrative: bool = False


@transaction.atomic
def record_cohort(*, call: Call, by: Account | None, at: datetime) -> Cohort:
    """A new year with its four stages and their assignments, as data.

    Raises CohortRefused where the year is there already or the call makes no sense.
    """
    if Cohort.objects.filter(year=call.year).exists():
        raise CohortRefused(
            what=_("There is a cohort of this year already."),
            next=_("Open it in the list and change it."),
        )
    row = Cohort(recorded_at=at, recorded_by=by, year=call.year)
    _fill(row, call)
    row.save()
    lay_out(cohort=row)
    _record(row, "guidance.cohort.recorded", by=by, at=at)
    return row


def lay_out(*, cohort: Cohort) -> None:
    """The four stages and their assignments, where a cohort has none yet."""
    if not cohort.stages.exists():
        for told in shipped.stages():
            _stage(cohort, told)


@transaction.atomic
def change_cohort(*, cohort: Cohort, call: Call, by: Account, at: datetime) -> Cohort:
    """Change seats, days and method; the method stays once somebody could apply."""
    row = Cohort.objects.select_for_update().get(pk=cohort.pk)
    if row.selected_at is not None:
        raise CohortRefused(
            what=_("The regions of this cohort are chosen."),
            why=_("They were chosen by the call as it stood."),
            next=_("Record what changes in a new cohort."),
        )
    fixed = row.state != CohortState.PLANNED
    before = dict(row.method)
    _fill(row, call)
    if fixed and (call.method and dict(call.method) != before):
        raise _method_stays()
    if fixed:
        row.method = before
    row.save()
    _record(row, "guidance.cohort.changed", by=by, at=at)
    return row


@transaction.atomic
def set_method(
    *, cohort: Cohort, text: str, by: Account | None, at: datetime
) -> Cohort:
    """Give a planned cohort its own way to compare, as TOML (guidance.method_files).

    Raises MethodUnreadable with all that is wrong, CohortRefused once the call is open.
    """
    row = Cohort.objects.select_for_update().get(pk=cohort.pk)
    if row.state != CohortState.PLANNED:
        raise _method_stays()
    method = method_files.read_method(text)
    if method == row.method:
        return row
    row.method = method
    _refuse_method(row)
    row.save(update_fields=["method"])
    _record(row, "guidance.cohort.method", by=by, at=at)
    return row


def _method_stays() -> CohortRefused:
    return CohortRefused(
        what=_("The method stays as it was."),
        why=_("Regions applied knowing how they would be compared."),
        next=_("Change the method in a cohort whose call is not open yet."),
    )


def _fill(row: Cohort, call: Call) -> None:
    begins, ends = call.apply_from, call.apply_until
    if begins is not None and ends is not None and ends <= begins:
        raise CohortRefused(
            what=_("The call would end before it begins."),
            next=_("Choose a last moment behind the first one."),
        )
    row.seats = call.seats
    row.apply_from, row.apply_until = begins, ends
    row.method = dict(call.method) or row.method or shipped.method()
    row.illustrative = call.illustrative
    _refuse_method(row)


def _refuse_method(row: Cohort) -> None:
    try:
        methods.as_method(row).check()
    except (MethodError, KeyError, ValueError) as error:
        raise CohortRefused(
            what=_("This method cannot choose anybody."),
            why=_("Weights must be positive and come to 100, each code once."),
            next=_("Mend the weights and the order that parts ties."),
        ) from error


def _stage(cohort: Cohort, told: Mapping[str, Any]) -> None:
    stage = Stage.objects.create(
        cohort=cohort,
        number=told["number"],
        name_id=told["name_id"],
        name_en=told["name_en"],
        about_id=told["about_id"],
        about_en=told["about_en"],
        gates=[dict(one) for one in told["gates"]],
    )
    for order, one in enumerate(told["assignment"]):
        AssignmentTemplate.objects.create(
            stage=stage,
            code=one["code"],
            name_id=one["name_id"],
            name_en=one["name_en"],
            brief_id=one["brief_id"],
            brief_en=one["brief_en"],
            outline=one.get("outline", ""),
            pieces=list(one["pieces"]),
            due_days=one["due_days"],
            owners=one["owners"],
            order=order,
        )


@transaction.atomic
def open_call(*, cohort: Cohort, by: Account | None, at: datetime) -> Cohort:
    """From now on regions can apply, within the days of the call."""
    row = Cohort.objects.select_for_update().get(pk=cohort.pk)
    _refuse_state(row, CohortState.PLANNED)
    if row.apply_until is not None and row.apply_until <= at:
        raise CohortRefused(
            what=_("The last day for applications has passed already."),
            next=_("Choose a later day first."),
        )
    row.state = CohortState.OPEN
    row.save(update_fields=["state"])
    _record(row, "guidance.cohort.opened", by=by, at=at)
    return row


@transaction.atomic
def close_call(*, cohort: Cohort, by: Account | None, at: datetime) -> Cohort:
    """No more applications; they are rated and compared."""
    row = Cohort.objects.select_for_update().get(pk=cohort.pk)
    _refuse_state(row, CohortState.OPEN)
    row.state = CohortState.CLOSED
    row.save(update_fields=["state"])
    _record(row, "guidance.cohort.closed", by=by, at=at)
    return row


@transaction.atomic
def apply(
    *, region: Region, cohort: Cohort, wish: Wish, by: Account | None, at: datetime
) -> Enrolment:
    """A region applies; sent again while the call is open, it replaces what it wrote."""
    row = Cohort.objects.select_for_update().get(pk=cohort.pk)
    _refuse_application(region, row, wish, at=at)
    enrolment, new = Enrolment.objects.get_or_create(
        cohort=row,
        region=region,
        defaults={
            "state": Standing.APPLIED,
            "recorded_at": at,
            "recorded_by": by,
            "illustrative": wish.illustrative,
        },
    )
    if not new and enrolment.state != Standing.APPLIED:
        raise CohortRefused(
            what=_("Your region stands in this cohort already."),
            next=_("Look at how far it is on its page."),
        )
    given: dict[str, Any] = {
        "region": region,
        "statement": wish.statement.strip(),
        "meets": {key: bool(value) for key, value in wish.meets.items()},
        "contact": wish.contact.strip(),
        "sent_at": at,
        "sent_by": by,
    }
    if wish.file is not None:
        given |= kept_file(wish.file)
    Application.objects.update_or_create(enrolment=enrolment, defaults=given)
    audit.record(
        by=by,
        at=at,
        verb="guidance.application.sent",
        subject=enrolment,
        region=region.code,
        details={"cohort": row.year},
    )
    return enrolment


def kept_file(file: AcceptedFile) -> dict[str, str]:
    """Store a file; the columns that name it."""
    return {
        "file_path": uploads.keep(file),
        "file_name": file.name,
        "file_sha256": file.sha256,
        "file_type": file.media_type,
    }


def _refuse_application(
    region: Region, cohort: Cohort, wish: Wish, *, at: datetime
) -> None:
    if not region.is_local:
        raise CohortRefused(
            what=_("Only a kabupaten or kota takes part."),
            next=_("Apply in the work room of the kabupaten or kota."),
        )
    if not cohort.takes_applications(at):
        raise CohortRefused(
            what=_("This call takes no applications now."),
            why=_("It is not open yet, or its last day has passed."),
            next=_("Look at its days, or wait for the next cohort."),
        )
    if len(wish.statement.strip()) < LEAST_REASON:
        raise CohortRefused(
            what=_("The application says nothing yet."),
            next=_("Write in some sentences why your region wants to take part."),
        )
    guided = Enrolment.objects.filter(region=region, state=Standing.GUIDED)
    if other := guided.exclude(cohort=cohort).select_related("cohort").first():
        raise CohortRefused(
            what=_("Your region is in guidance already."),
            why=_("It belongs to the cohort of %(year)s.")
            % {"year": other.cohort.year},
            next=_("Finish that one first."),
        )


@transaction.atomic
def take_back(*, enrolment: Enrolment, by: Account, at: datetime) -> None:
    """A region takes its application back while the call is open."""
    row = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    if row.state != Standing.APPLIED or not row.cohort.takes_applications(at):
        raise CohortRefused(
            what=_("The application cannot be taken back any more."),
            why=_("The call has ended, or the regions are chosen."),
            next=_("Write to the programme office."),
        )
    audit.record(
        by=by,
        at=at,
        verb="guidance.application.taken_back",
        subject=row,
        region=row.region_id,
        details={"cohort": row.cohort.year},
    )
    Application.objects.filter(enrolment=row).delete()
    row.delete()


@dataclass(frozen=True)
class Rating:
    """Points of one application, as text numbers, and what was found to be met."""

    points: Mapping[str, str]
    meets: Mapping[str, bool]


@transaction.atomic
def rate(
    *, enrolment: Enrolment, rating: Rating, by: Account | None, at: datetime
) -> Enrolment:
    """The programme office gives points; CohortRefused for an unknown criterion, points
    out of bounds, or a cohort that is chosen already.
    """
    row = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    if row.cohort.selected_at is not None or row.state != Standing.APPLIED:
        raise CohortRefused(
            what=_("Points cannot change any more."),
            why=_("The regions of this cohort are chosen."),
            next=_("Let a region in or out with a reason instead."),
        )
    row.points = _points(row.cohort, rating.points)
    known = {one.code for one in methods.requirements(row.cohort)}
    row.meets = {key: bool(v) for key, v in rating.meets.items() if key in known}
    row.save(update_fields=["points", "meets"])
    audit.record(
        by=by,
        at=at,
        verb="guidance.application.rated",
        subject=row,
        region=row.region_id,
        details={"cohort": row.cohort.year, "points": row.points},
    )
    return row


def _points(cohort: Cohort, given: Mapping[str, str]) -> dict[str, str]:
    asked = {one.code: one for one in methods.criteria(cohort)}
    found = {}
    for code, text in given.items():
        if text in ("", None):
            continue
        one = asked.get(code)
        try:
            value = Decimal(str(text).replace(",", "."))
        except InvalidOperation:
            value = Decimal(-1)
        if (
            one is None
            or not value.is_finite()
            or (one.kind == "points" and not 0 <= value <= one.most)
        ):
            raise CohortRefused(
                what=_("These points cannot be given."),
                why=_("A criterion takes points from 0 to its greatest number."),
                next=_("Mend the points of “%(code)s”.") % {"code": code},
            )
        found[code] = format(value.normalize(), "f")
    return found


@transaction.atomic
def choose(*, cohort: Cohort, by: Account | None, at: datetime) -> Cohort:
    """Choose by the method; every applicant keeps score, place and reason.

    Raises CohortRefused where the call is not closed or an application has no points.
    """
    row = Cohort.objects.select_for_update().get(pk=cohort.pk)
    _refuse_state(row, CohortState.CLOSED)
    applied = list(row.enrolments.filter(state=Standing.APPLIED))
    if not applied:
        raise CohortRefused(
            what=_("Nobody applied, so nobody can be chosen."),
            next=_("Open a call in another cohort."),
        )
    if any(not one.points for one in applied):
        raise CohortRefused(
            what=_("Some applications have no points yet."),
            why=_("A region that nobody looked at would be left out without a reason."),
            next=_("Give points to every application first."),
        )
    found = {one.code: one for one in methods.selection(row, applied).results}
    for one in applied:
        result = found[one.region_id]
        out = result.reason.why in ("requirement", "missing")
        one.state = (
            Standing.GUIDED
            if result.chosen
            else Standing.REFUSED
            if out
            else Standing.RESERVE
        )
        one.score = None if result.score is None else _decimal(result.score)
        one.place = result.place
        one.why = methods.kept(result.reason, result.parts)
        one.decided_at = at
        one.save()
        audit.record(
            by=by,
            at=at,
            verb=f"guidance.enrolment.{_VERBS[Standing(one.state)]}",
            subject=one,
            region=one.region_id,
            details={"cohort": row.year, "place": one.place},
        )
    row.state, row.selected_at, row.listed_whole = CohortState.GUIDED, at, True
    row.save(update_fields=["state", "selected_at", "listed_whole"])
    _record(row, "guidance.cohort.chosen", by=by, at=at)
    return row


_VERBS = {
    Standing.GUIDED: "chosen",
    Standing.REFUSED: "refused",
    Standing.RESERVE: "reserved",
}


def _decimal(value: Any) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(
        Decimal("0.0001")
    )


@transaction.atomic
def let_in(
    *, enrolment: Enrolment, reason: str, by: Account | None, at: datetime
) -> Enrolment:
    """Somebody decides that a region takes part though the method left it out: it got a
    seat that another one left. The reason is public.
    """
    row = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    if row.state not in (Standing.RESERVE, Standing.REFUSED, Standing.LEFT):
        raise CohortRefused(
            what=_("This region cannot be let in here."),
            why=_("It takes part already, or nothing was decided yet."),
            next=_("Look at the list of the cohort again."),
        )
    seats = Enrolment.objects.filter(
        cohort=row.cohort, state__in=(Standing.GUIDED, Standing.FINISHED)
    ).count()
    if seats >= row.cohort.seats:
        raise CohortRefused(
            what=_("All seats of this cohort are taken."),
            next=_("A region must leave first."),
        )
    return _decided(row, Standing.GUIDED, reason, ("let_in", by, at))


@transaction.atomic
def leave(
    *, enrolment: Enrolment, reason: str, by: Account | None, at: datetime
) -> Enrolment:
    """A region leaves the cohort, for a reason that everybody reads."""
    row = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    if row.state != Standing.GUIDED:
        raise CohortRefused(
            what=_("Only a region in guidance can leave it."),
            next=_("Look at the list of the cohort again."),
        )
    return _decided(row, Standing.LEFT, reason, ("left", by, at))


def _decided(
    row: Enrolment,
    state: Standing,
    reason: str,
    deed: tuple[str, Account | None, datetime],
) -> Enrolment:
    verb, by, at = deed
    if len(reason.strip()) < LEAST_REASON:
        raise CohortRefused(
            what=_("Nothing is changed."),
            why=_("People read why this was decided otherwise than the method says."),
            next=_("Write the reason in a sentence."),
        )
    row.state, row.decided_reason, row.decided_at = state, reason.strip(), at
    row.save(update_fields=["state", "decided_reason", "decided_at"])
    audit.record(
        by=by,
        at=at,
        verb=f"guidance.enrolment.{verb}",
        subject=row,
        region=row.region_id,
        reason=reason.strip(),
        details={"cohort": row.cohort.year},
    )
    return row


@transaction.atomic
def finish(
    *, enrolment: Enrolment, award: str = "", by: Account | None, at: datetime
) -> Enrolment:
    """A region has finished: all stages of its cohort are closed.

    Raises CohortRefused where one is not, naming it.
    """
    row = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    if row.state != Standing.GUIDED:
        raise CohortRefused(
            what=_("Only a region in guidance can finish it."),
            next=_("Look at the list of the cohort again."),
        )
    closed = set(
        Sitting.objects.filter(enrolment=row, closed_at__isnull=False).values_list(
            "stage_id", flat=True
        )
    )
    still = [s.number for s in row.cohort.stages.all() if s.pk not in closed]
    if still:
        raise CohortRefused(
            what=_("The region has not finished all stages."),
            why=_("Not closed yet: %(stages)s.")
            % {"stages": ", ".join(map(str, still))},
            next=_("Close each stage first; what it lacks stands on its page."),
        )
    row.state, row.finished_on = Standing.FINISHED, localdate(at)
    row.award = award.strip() or row.award
    row.save(update_fields=["state", "finished_on", "award"])
    audit.record(
        by=by,
        at=at,
        verb="guidance.enrolment.finished",
        subject=row,
        region=row.region_id,
        details={"cohort": row.cohort.year},
    )
    if not row.cohort.enrolments.filter(state=Standing.GUIDED).exists():
        Cohort.objects.filter(pk=row.cohort_id).update(state=CohortState.FINISHED)
    return row


def _refuse_state(row: Cohort, wanted: CohortState) -> None:
    words: Mapping[CohortState, Words] = {
        CohortState.PLANNED: _("Only a planned cohort can be opened."),
        CohortState.OPEN: _("Only an open call can be closed."),
        CohortState.CLOSED: _("Regions are chosen once the call is closed."),
    }
    if row.state != wanted:
        raise CohortRefused(
            what=words[wanted],
            why=_("Somebody may have changed it meanwhile."),
            next=_("Open the cohort again and look at its state."),
        )


def _record(row: Cohort, verb: str, *, by: Account | None, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        details={"year": row.year, "seats": row.seats},
    )
