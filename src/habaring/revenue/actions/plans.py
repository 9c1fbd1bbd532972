"""What becomes of a plan of instalments whose parts are not paid."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import ledger, plans
from habaring.revenue.actions.cases import CaseRefused, reason_in
from habaring.revenue.models import (
    Account,
    Bill,
    BillState,
    Case,
    CaseKind,
    CaseState,
    Instalment,
    Source,
)
from habaring.shared import audit, notices, walls


@transaction.atomic
def end_plan(
    *, region: Region, case: int, reason: str, by: Person | None, at: datetime
) -> Case:
    """End a plan of which a part was missed: by a decision, or (`by` None) by its clock.

    The interest of the parts that were not paid is dropped; the bill is due as before
    the plan, so that late interest counts from then on what is still owed.

    Raises CaseRefused: no part was missed, or it ended already.
    """
    text = reason_in(reason)
    plan = _broken(region, case, localdate(at))
    row, bill = plan.case, plan.bill
    _drop_interest(plan, at)
    before = row.asked.get("state_before", BillState.ISSUED)
    state = BillState.SENT if before == BillState.INSTALMENT else BillState(before)
    due_on = date.fromisoformat(row.asked["due_before"])
    Bill.objects.filter(region=region, id=bill.id).update(due_on=due_on)
    cause = (Source.CASE, str(row.pk))
    ledger.amend(bill, cause=cause, at=at, day=localdate(at), state=state)
    row.asked = row.asked | {"ended_on": localdate(at).isoformat(), "ended_for": text}
    row.state = CaseState.ENDED
    row.save(update_fields=["asked", "state"])
    audit.record(
        by=by,
        at=at,
        verb="revenue.plan.ended",
        subject=row,
        region=region.code,
        reason=text,
        details={"parts": len(plan.missed)},
    )
    _write(row, "plan_ended")
    return row


def _broken(region: Region, case: int, on: date) -> plans.Plan:
    """The plan of a request, locked; CaseRefused where no part of it was missed."""
    rows = Case.objects.select_for_update(of=("self",)).filter(
        region=region, pk=case, kind=CaseKind.INSTALMENT
    )
    row = rows.select_related("taxpayer", "account", "region").first()
    if row is not None:
        bills = Bill.objects.select_for_update(of=("self",)).filter(region=region)
        plan = plans.plan_of(row, bills.get(id=row.bill), on)
        if plan.running and plan.missed:
            return plan
    raise CaseRefused(
        _("This plan cannot be ended."),
        _("No part of it was missed, or it is paid or ended already."),
        _("Look at its parts again."),
    )


def _drop_interest(plan: plans.Plan, at: datetime) -> None:
    """Out of the bill, and out of the interest in the books, what no part brought."""
    bill, row = plan.bill, plan.case
    dropped = sum(one.part.interest for one in plan.parts if one.standing != "paid")
    dropped = min(dropped, bill.owed)
    if not dropped:
        return
    cause, day = (Source.CASE, str(row.pk)), localdate(at)
    amount = bill.amount - dropped
    ledger.amend(bill, cause=cause, at=at, day=day, amount=amount)
    bill.amount = amount
    ledger.post(
        region=bill.region_id,
        day=ledger.open_day(bill.region_id, day),
        lines=[
            ledger.Line(Account.INTEREST, Account.REDUCTION, dropped, bill.tax),
        ],
        source=cause[0],
        source_key=cause[1],
        at=at,
    )


def keep_clocks(region: str, *, at: datetime) -> tuple[int, int]:
    """Tell people of a part that they missed, once each, and end the plans whose clock
    ran out: how many were told, how many plans ended. For the nightly task.
    """
    told = ended = 0
    with walls.within(region):
        place = Region.objects.get(pk=region)
        for plan in plans.running(place, localdate(at)):
            if plan.ends_on is None:
                continue
            if localdate(at) > plan.ends_on:
                with override("id"):
                    reason = str(
                        _("A part was not paid in time; the plan ended by itself.")
                    )
                end_plan(region=place, case=plan.case.pk, reason=reason, by=None, at=at)
                ended += 1
                continue
            told += _tell_missed(plan, at)
    return told, ended


def _tell_missed(plan: plans.Plan, at: datetime) -> int:
    keys = [one.part.pk for one in plan.missed if one.part.told_at is None]
    if not keys:
        return 0
    Instalment.objects.filter(pk__in=keys).update(told_at=at)
    _write(plan.case, "plan_missed", plan)
    return 1


def _write(case: Case, letter: str, plan: plans.Plan | None = None) -> None:
    if case.account is None or not case.account.email:
        return
    notices.send_letter(
        to=[case.account.email],
        template=f"revenue/letters/{letter}.txt",
        context={"case": case, "region": case.region, "plan": plan},
        language=case.account.language,
    )
