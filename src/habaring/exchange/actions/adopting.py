"""Take a practice of another region over, give it back, say thank you."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.exchange import letters, queries, shapes
from habaring.exchange.models import Adoption, Practice, PracticeState, Thanks
from habaring.exchange.shapes import Plans
from habaring.people.models import Account
from habaring.portfolio import actions as portfolio
from habaring.portfolio.models import Candidate, PlanItem
from habaring.portfolio.queries import current_candidates
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.refusal import Refusal


class AdoptionRefused(Refusal):
    """A practice that cannot be adopted, or an adoption that cannot be undone."""


def free_code(region: Region, practice: Practice) -> str:
    """A code for the new candidate that says where it came from."""
    taken = set(Candidate.objects.filter(region=region).values_list("code", flat=True))
    base = found = f"A-{practice.region_id}-{practice.number}"
    n = 1
    while found in taken:
        n += 1
        found = f"{base}-{n}"
    return found


@transaction.atomic
def adopt(
    *,
    region: Region,
    practice: Practice,
    plans: Plans,
    by: Account | None,
    at: datetime,
) -> Adoption:
    """Copy a practice's programme, indicators and lessons into a region's candidates.

    The origin's officers get a letter. Raises AdoptionRefused of one's own practice, of
    one that is not published, or adopted already; CandidatesRefused as
    `portfolio.actions.record_one` does. Then nothing is saved.
    """
    _refuse(region, practice)
    version = queries.newest(practice)
    if version is None:
        raise _not_public()
    origin = f"{practice.region.full_name}, {practice.code}: {version.title}"
    entry = shapes.entry_from(version, plans, origin=origin)
    portfolio.record_one(region=region, entry=entry, by=by, at=at, new=True)
    try:
        with transaction.atomic():
            row = Adoption.objects.create(
                region=region,
                practice=practice,
                version=version,
                candidate=entry.code,
                why=plans.why[:500],
                illustrative=plans.illustrative,
                adopted_at=at,
                adopted_by=by,
            )
    except IntegrityError as error:
        raise _twice() from error
    _record("adopted", row, by=by, at=at)
    address = letters.page_of(practice)
    context = {"adoption": row, "practice": practice, "address": address}
    letters.tell(practice.region, "adopted", context, at=at)
    return row


def _refuse(region: Region, practice: Practice) -> None:
    if practice.region_id == region.pk:
        raise AdoptionRefused(
            _("This practice is your own."),
            why=_("Adopting is for what another region has done."),
            next=_("Look for practices of other regions."),
        )
    if practice.state != PracticeState.PUBLIC:
        raise _not_public()
    there = Adoption.objects.filter(region=region, practice=practice, undone_at=None)
    if there.exists():
        raise _twice()


def _not_public() -> AdoptionRefused:
    return AdoptionRefused(
        _("This practice is not published."),
        why=_("Its region is still writing it, or has withdrawn it."),
        next=_("Look for another one."),
    )


def _twice() -> AdoptionRefused:
    return AdoptionRefused(
        _("Your region has adopted this practice already."),
        next=_("Open it under the adopted practices."),
    )


@transaction.atomic
def undo(*, adoption: Adoption, reason: str, by: Account | None, at: datetime) -> None:
    """Give a practice back: its candidate is withdrawn, the adoption stays as history.

    Raises AdoptionRefused without a reason, when it is undone already, or when a plan
    has taken the candidate up; CandidatesRefused when another candidate requires it.
    """
    row = Adoption.objects.select_for_update().get(pk=adoption.pk)
    if row.undone_at:
        raise AdoptionRefused(_("This adoption is undone already."))
    if not reason.strip():
        raise AdoptionRefused(
            _("Undoing an adoption needs a reason."),
            next=_("Write why, in a sentence: others learn from it."),
        )
    planned = PlanItem.objects.filter(
        candidate__region=row.region_id,
        candidate__code=row.candidate,
        plan__replaced_at=None,
    )
    if planned.exists():
        raise AdoptionRefused(
            format_lazy(_("{code} is in the plan in force."), code=row.candidate),
            why=_("What the council has decided is not undone by a click."),
            next=_("Answer “stopped” at the yearly check instead."),
        )
    candidate = current_candidates(row.region).filter(code=row.candidate).first()
    if candidate is not None:
        portfolio.withdraw_candidate(candidate=candidate, reason=reason, by=by, at=at)
    row.undone_at, row.undone_reason = at, reason.strip()[:500]
    row.save(update_fields=["undone_at", "undone_reason"])
    _record("undone", row, by=by, at=at, reason=row.undone_reason)


@transaction.atomic
def thank(*, adoption: Adoption, text: str, by: Account | None, at: datetime) -> Thanks:
    """Thank the region that the practice came from; everybody reads it, its officers
    get a letter. Raises AdoptionRefused without words.
    """
    words = text.strip()
    if not words:
        raise AdoptionRefused(
            _("The message is empty."), next=_("Write a sentence of thanks.")
        )
    row = Thanks.objects.create(
        region=adoption.region,
        adoption=adoption,
        text=words[:1000],
        illustrative=adoption.illustrative,
        at=at,
        by=by,
    )
    _record("thanked", adoption, by=by, at=at)
    practice = adoption.practice
    context = {
        "adoption": adoption,
        "practice": practice,
        "thanks": row,
        "address": letters.page_of(practice),
    }
    letters.tell(practice.region, "thanks", context, at=at)
    return row


def _record(
    what: str, row: Adoption, *, by: Account | None, at: datetime, reason: str = ""
) -> None:
    """Under both regions: the pages of both tell of it."""
    for region in (row.region_id, row.practice.region_id):
        audit.record(
            by=by,
            at=at,
            verb=f"exchange.adoption.{what}",
            subject=row,
            region=region,
            reason=reason,
            details={
                "region": row.region_id,
                "practice": f"{row.practice.region_id}/{row.practice.code}",
            },
        )
