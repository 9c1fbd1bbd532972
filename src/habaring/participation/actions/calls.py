"""The verbs of calls: record, change, open, close, cancel."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.participation.models import Call, CallKind, CallState, Proposal, TakesPart
from habaring.people.entitled.models import Register
from habaring.people.models import Account
from habaring.regions.models import Region, RegionKind
from habaring.shared import audit
from habaring.shared.refusal import Refusal, Words

VILLAGES = (RegionKind.VILLAGE, RegionKind.URBAN_VILLAGE)
LEAST_REASON = 10
"""Letters of a public reason; less is no reason."""


class CallRefused(Refusal):
    """A call that makes no sense, or a change that comes too late."""


@dataclass(frozen=True)
class Round:
    """A call as it is recorded. `budget` in whole rupiah, None where none is set;
    `proposals_until` None: no end. `dimension_code` empty: any.
    """

    kind: str
    name: str
    question: str
    place: Region
    proposals_from: datetime
    proposals_until: datetime | None = None
    details: str = ""
    rules: str = ""
    budget: int | None = None
    dimension_code: str = ""
    proposes: str = TakesPart.CODE
    register: Register | None = None
    passes_to: Call | None = None
    illustrative: bool = False


@transaction.atomic
def record_call(
    *, region: Region, plan: Round, by: Account | None, at: datetime
) -> Call:
    """Draft a call; nobody but the work room sees it yet.

    Raises CallRefused where its place is not of the region or does not fit its kind,
    its days run backwards, or the register or the next call is not usable.
    """
    _refuse(region, plan)
    row = Call(region=region, recorded_by=by, recorded_at=at)
    return _saved(row, plan, verb="participation.call.recorded", by=by, at=at)


@transaction.atomic
def change_call(*, call: Call, plan: Round, by: Account, at: datetime) -> Call:
    """Change a call. Once somebody proposed, its kind, place and who may propose stay.

    Raises CallRefused as `record_call` does, and for a call that is over.
    """
    row = Call.objects.select_for_update().get(pk=call.pk)
    if row.state in (CallState.CLOSED, CallState.CANCELLED):
        raise CallRefused(
            what=_("A call that is over stays as it was."),
            why=_("People answered the question as it stood."),
            next=_("Make a new call."),
        )
    _refuse(row.region, plan, but=row)
    fixed = (row.kind, row.place_id, row.proposes, row.register_id)
    wanted = (plan.kind, plan.place.pk, plan.proposes, _key(plan.register))
    if fixed != wanted and Proposal.objects.filter(call=row).exists():
        raise CallRefused(
            what=_("Kind, place and who may propose cannot change any more."),
            why=_("Somebody has begun a proposal under the rules as they are."),
            next=_("Leave them as they are; everything else can change."),
        )
    if row.state == CallState.OPEN:
        _refuse_over(plan.proposals_until, at=at)
    return _saved(row, plan, verb="participation.call.changed", by=by, at=at)


@transaction.atomic
def open_call(*, call: Call, by: Account | None, at: datetime) -> Call:
    """Show the call to everybody; from its first moment on it takes proposals.

    Raises CallRefused where it is no draft, or its last moment has passed.
    """
    row = Call.objects.select_for_update().get(pk=call.pk)
    _refuse_state(row, CallState.DRAFT, _("Only a draft can be opened."))
    _refuse_over(row.proposals_until, at=at)
    row.state, row.opened_at = CallState.OPEN, at
    row.save(update_fields=["state", "opened_at"])
    return _recorded(row, "participation.call.opened", by=by, at=at)


@transaction.atomic
def close_call(*, call: Call, by: Account | None, at: datetime) -> Call:
    """Take no more proposals; CallRefused where it is not open."""
    row = Call.objects.select_for_update().get(pk=call.pk)
    _refuse_state(row, CallState.OPEN, _("Only an open call can be closed."))
    row.state, row.closed_at = CallState.CLOSED, at
    row.save(update_fields=["state", "closed_at"])
    return _recorded(row, "participation.call.closed", by=by, at=at)


@transaction.atomic
def cancel_call(*, call: Call, reason: str, by: Account, at: datetime) -> Call:
    """End a call without a result, for a reason that everybody reads.

    Raises CallRefused where it was never open or is cancelled, or for want of a reason.
    """
    row = Call.objects.select_for_update().get(pk=call.pk)
    if row.state not in (CallState.OPEN, CallState.CLOSED):
        raise CallRefused(
            what=_("This call cannot be cancelled."),
            why=_("It was never open, or it is cancelled already."),
            next=_("Nobody sees a draft; change it instead."),
        )
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise CallRefused(
            what=_("The call stays as it is."),
            why=_("People gave their time to it; they read why it ends."),
            next=_("Write the reason in a sentence."),
        )
    row.state, row.closed_at, row.closed_reason = CallState.CANCELLED, at, reason
    row.save(update_fields=["state", "closed_at", "closed_reason"])
    return _recorded(row, "participation.call.cancelled", by=by, at=at, reason=reason)


def _saved(
    row: Call, plan: Round, *, verb: str, by: Account | None, at: datetime
) -> Call:
    for field in Round.__dataclass_fields__:
        value = getattr(plan, field)
        setattr(row, field, value.strip() if isinstance(value, str) else value)
    row.save()
    return _recorded(row, verb, by=by, at=at)


def _recorded(
    row: Call, verb: str, *, by: Account | None, at: datetime, reason: str = ""
) -> Call:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        reason=reason,
        details={"kind": row.kind, "name": row.name, "place": row.place_id},
    )
    return row


def _key(row: Register | None) -> int | None:
    return row.pk if row else None


def _refuse_state(row: Call, wanted: CallState, what: Words) -> None:
    if row.state != wanted:
        raise CallRefused(
            what=what,
            why=_("Somebody may have changed it meanwhile."),
            next=_("Open the call again and look at its state."),
        )


def _refuse_over(until: datetime | None, *, at: datetime) -> None:
    if until is not None and until <= at:
        raise CallRefused(
            what=_("The last moment for proposals has passed already."),
            why=_("Nobody could answer this call."),
            next=_("Choose a later day, or close the call."),
        )


def _refuse(region: Region, plan: Round, *, but: Call | None = None) -> None:
    _refuse_words(plan)
    _refuse_place(region, plan)
    _refuse_days(plan)
    _refuse_register(region, plan)
    if plan.passes_to is not None:
        _refuse_next(region, plan, plan.passes_to, but)


def _refuse_words(plan: Round) -> None:
    if not plan.name.strip() or not plan.question.strip():
        raise CallRefused(
            what=_("A call needs a name and a question."),
            why=_("People answer a question, not a form."),
            next=_("Ask what you want to know, in one plain sentence."),
        )
    if plan.budget is not None and plan.budget < 0:
        raise CallRefused(
            what=_("A budget cannot be less than nothing."),
            next=_("Write whole rupiah, or leave it empty."),
        )


def _refuse_place(region: Region, plan: Round) -> None:
    code = plan.place.pk
    if code != region.pk and not code.startswith(f"{region.pk}."):
        raise CallRefused(
            what=_("This place does not lie in your region."),
            next=_("Choose the region, or a district or village of it."),
        )
    kinds = {
        CallKind.MUSRENBANG_VILLAGE: VILLAGES,
        CallKind.MUSRENBANG_DISTRICT: (RegionKind.DISTRICT,),
        CallKind.MUSRENBANG_REGION: (region.kind,),
    }
    fitting = kinds.get(CallKind(plan.kind))
    if fitting and plan.place.kind not in fitting:
        raise CallRefused(
            what=_("This kind of musrenbang is not held there."),
            why=_("Each level of the musrenbang has its own place."),
            next=_MUSRENBANG[CallKind(plan.kind)],
        )


_MUSRENBANG = {
    CallKind.MUSRENBANG_VILLAGE: _("Choose a village, or another kind of call."),
    CallKind.MUSRENBANG_DISTRICT: _("Choose a district, or another kind of call."),
    CallKind.MUSRENBANG_REGION: _("Choose the region itself, or another kind of call."),
}


def _refuse_days(plan: Round) -> None:
    if plan.proposals_until is not None and plan.proposals_until <= plan.proposals_from:
        raise CallRefused(
            what=_("The call would end before it begins."),
            next=_("Choose a last moment behind the first one."),
        )


def _refuse_register(region: Region, plan: Round) -> None:
    if plan.kind == CallKind.POKIR and plan.proposes != TakesPart.OFFICERS:
        raise CallRefused(
            what=_("The thoughts of the DPRD come from its members."),
            why=_("Its secretariat enters them; others have calls of their own."),
            next=_("Choose “officers only”, or another kind of call."),
        )
    asked = plan.proposes == TakesPart.REGISTER
    if not asked and plan.register is not None:
        raise CallRefused(
            what=_("A register is named, but nobody is asked to stand in it."),
            next=_("Choose “people in a register”, or take the register away."),
        )
    row = plan.register
    usable = (
        row is not None
        and row.region_id == region.pk
        and row.used_from is not None
        and row.withdrawn_at is None
    )
    if asked and not usable:
        raise CallRefused(
            what=_("No register in use is named."),
            why=_("Without it nobody could propose."),
            next=_("Choose a register that your region uses, or let a code be enough."),
        )


def _refuse_next(
    region: Region, plan: Round, following: Call, but: Call | None
) -> None:
    inside = plan.place.pk == following.place_id or plan.place.pk.startswith(
        f"{following.place_id}."
    )
    wrong = (
        following.region_id != region.pk
        or following.state == CallState.CANCELLED
        or not inside
    )
    if wrong or (but is not None and _leads_to(following, but)):
        raise CallRefused(
            what=_("Proposals cannot go on to that call."),
            why=_("It must hold this place, be alive, and not lead back here."),
            next=_("Choose the call of the next level, or none."),
        )


def _leads_to(call: Call, wanted: Call) -> bool:
    seen: set[int] = set()
    here: Call | None = call
    while here is not None and here.pk not in seen:
        if here.pk == wanted.pk:
            return True
        seen.add(here.pk)
        here = here.passes_to
    return False
