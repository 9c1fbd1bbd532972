"""Second officers, fines after objections, set-offs, broken plans, programmes."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import assessing, ledger, plans, remedies, waivers
from habaring.revenue.actions import cases as actions
from habaring.revenue.actions import collecting, writeoffs
from habaring.revenue.actions import plans as plan_verbs
from habaring.revenue.actions import waivers as waiver_verbs
from habaring.revenue.actions.collecting import CannotCollect
from habaring.revenue.models import (
    Account,
    Bill,
    BillState,
    Case,
    CaseKind,
    CaseState,
    Instalment,
    LetterCause,
    WaiverState,
    WriteOffKind,
)
from habaring.shared import walls
from tests.revenue import makers
from tests.revenue.makers import AT, balance

pytestmark = pytest.mark.django_db
NEXT = AT + timedelta(days=1)


@pytest.fixture
def bill(kotim: Region, alya: Person) -> Bill:
    walls.open_everywhere()
    return makers.owed(kotim, alya)


def file(bill: Bill, kind: CaseKind, person: Person, **values: int) -> Case:
    asked = actions.Asked(kind, "Luas tanah saya salah dicatat.", values)
    filer = actions.Filer(account=person)
    return actions.file(
        region=bill.region, bill=bill.id, asked=asked, filer=filer, at=NEXT
    )


def decide(case: Case, by: Person, at: datetime = NEXT, **more: Any) -> Case:
    told = {"outcome": CaseState.GRANTED, "text": "Sesuai hasil ukur ulang."} | more
    return actions.decide(
        region=case.region,
        case=case.pk,
        decision=actions.Decision(**told),
        by=by,
        at=at,
    )


def confirm(case: Case, by: Person, at: datetime = NEXT) -> Case:
    return actions.confirm(region=case.region, case=case.pk, by=by, at=at)


def again(bill: Bill) -> Bill:
    return Bill.objects.get(region=bill.region_id, id=bill.id)


def test_who_gives_money_away_does_not_confirm_it(
    bill: Bill, alya: Person, head: Person, clerk: Person
) -> None:
    case = file(bill, CaseKind.REDUCTION, alya, percent=50)
    with pytest.raises(actions.CaseRefused):
        confirm(case, clerk)
    with pytest.raises(actions.CaseRefused):
        decide(case, head, amount=bill.amount + 1)
    row = decide(case, head, amount=38_800)
    assert (row.state, again(bill).amount) == (CaseState.PROPOSED, 77_600)
    assert remedies.to_confirm(bill.region, head) == 0
    assert remedies.to_confirm(bill.region, clerk) == 1
    with pytest.raises(actions.CaseRefused):
        confirm(case, head)
    with pytest.raises(actions.CaseRefused):
        decide(case, clerk, amount=10)
    confirm(case, clerk)
    assert again(bill).amount == 38_800
    assert balance(bill.region, Account.REDUCTION) == 38_800
    with pytest.raises(actions.CaseRefused):
        confirm(case, clerk)


def test_a_decision_that_is_sent_back_did_nothing(
    bill: Bill, alya: Person, head: Person, clerk: Person
) -> None:
    case = file(bill, CaseKind.REDUCTION, alya, percent=50)
    decide(case, head, amount=38_800)
    with pytest.raises(actions.CaseRefused):
        actions.send_back(
            region=bill.region, case=case.pk, text="ya", by=clerk, at=NEXT
        )
    row = actions.send_back(
        region=bill.region, case=case.pk, text="Surat miskin kurang.", by=clerk, at=NEXT
    )
    assert (row.state, row.proposal) == (CaseState.FILED, None)
    assert again(bill).amount == 77_600
    decide(row, clerk, amount=60_000)
    withdrawn = actions.withdraw(region=bill.region, case=row, by=alya, at=NEXT)
    assert withdrawn.state == CaseState.WITHDRAWN
    assert again(bill).amount == 77_600


# Objections that were lost


def test_a_lost_objection_is_fined_after_the_time_to_appeal(
    bill: Bill, alya: Person, head: Person
) -> None:
    makers.paid(bill, 27_600, AT)
    case = decide(file(bill, CaseKind.OBJECTION, alya), head, outcome=CaseState.REFUSED)
    early, late = NEXT + timedelta(days=30), NEXT + timedelta(days=100)
    found = remedies.fine(case, again(bill), early.date())
    assert found is not None
    # 30 % of what the decision left less what was paid before
    assert (found.standing, found.base, found.amount) == ("waits", 50_000, 15_000)
    with pytest.raises(actions.CaseRefused):
        actions.fine(region=bill.region, case=case.pk, by=head, at=early)
    letter = actions.fine(region=bill.region, case=case.pk, by=head, at=late)
    assert (letter.cause, letter.principal) == (LetterCause.OBJECTION, 15_000)
    assert balance(bill.region, Account.FINE) == -15_000
    with pytest.raises(actions.CaseRefused):
        actions.fine(region=bill.region, case=case.pk, by=head, at=late)
    with pytest.raises(actions.CaseRefused):
        note(case, "lodged", head, late)


def note(case: Case, outcome: str, by: Person, at: datetime = NEXT) -> Case:
    return actions.note_appeal(
        region=case.region,
        case=case.pk,
        outcome=outcome,
        text="Putusan pengadilan pajak nomor 5.",
        by=by,
        at=at,
    )


def test_an_appeal_holds_the_fine_and_doubles_it_when_lost(
    bill: Bill, alya: Person, head: Person
) -> None:
    case = decide(file(bill, CaseKind.OBJECTION, alya), head, outcome=CaseState.REFUSED)
    late = NEXT + timedelta(days=100)
    note(case, "lodged", head)
    with pytest.raises(actions.CaseRefused):
        actions.fine(region=bill.region, case=case.pk, by=head, at=late)
    note(case, "lost", head, late)
    letter = actions.fine(region=bill.region, case=case.pk, by=head, at=late)
    assert (letter.cause, letter.principal) == (LetterCause.APPEAL, 46_560)


def test_an_appeal_that_is_won_and_a_paid_bill_bring_no_fine(
    bill: Bill, alya: Person, head: Person
) -> None:
    case = decide(file(bill, CaseKind.OBJECTION, alya), head, outcome=CaseState.REFUSED)
    note(case, "won", head)
    late = NEXT + timedelta(days=100)
    with pytest.raises(actions.CaseRefused):
        actions.fine(region=bill.region, case=case.pk, by=head, at=late)
    makers.paid(bill, 77_600, AT)
    paid = file(again(bill), CaseKind.OBJECTION, alya)
    decide(paid, head, outcome=CaseState.REFUSED)
    paid.refresh_from_db()
    found = remedies.fine(paid, again(bill), late.date())
    assert found is not None
    assert found.standing == "none"
    granted = decide(file(again(bill), CaseKind.OBJECTION, alya), head, amount=70_000)
    assert remedies.fine(granted, again(bill), late.date()) is None
    other = file(again(bill), CaseKind.CORRECTION, alya)
    with pytest.raises(actions.CaseRefused):
        actions.fine(region=bill.region, case=other.pk, by=head, at=late)


# What was paid too much


def test_too_much_pays_another_bill_of_the_same_person(
    bill: Bill, alya: Person, head: Person, clerk: Person
) -> None:
    makers.paid(bill, 100_000, AT)
    other = makers.bill(bill.region, makers.object(bill.region, bill.taxpayer))
    stranger = makers.owed(bill.region, None)
    case = file(bill, CaseKind.REFUND, alya)
    with pytest.raises(actions.CaseRefused):
        decide(case, head, set_off=stranger.id)
    decide(case, head, set_off=other.id)
    confirm(case, clerk)
    assert again(other).received == 22_400
    assert balance(bill.region, Account.OVERPAID) == 0
    assert balance(bill.region, Account.CASH) == 0
    assert balance(bill.region, Account.CLEARING) == 100_000
    assert remedies.refundable(again(bill)) == 0
    assert Case.objects.get(pk=case.pk).asked["set_off"] == other.id


def test_a_set_off_pays_no_more_than_is_owed(
    bill: Bill, alya: Person, head: Person
) -> None:
    makers.paid(bill, 200_000, AT)
    other = makers.bill(bill.region, makers.object(bill.region, bill.taxpayer))
    case = file(bill, CaseKind.REFUND, alya)
    with pytest.raises(actions.CaseRefused, match="77"):
        decide(case, head, set_off=other.id)


def test_a_refund_that_is_late_carries_interest(
    bill: Bill, alya: Person, head: Person, clerk: Person
) -> None:
    makers.paid(bill, 100_000, AT)
    case = file(bill, CaseKind.REFUND, alya)
    until = remedies.compensation(case, 22_400, date(2026, 2, 1)).until
    assert until == date(2027, 3, 6)  # 12 months to decide, 2 to pay
    assert remedies.compensation(case, 22_400, until).amount == 0
    late = AT + timedelta(days=470)  # 20 April 2027: two months begun
    decide(case, head, late)
    confirm(case, clerk, late)
    # 0.6 % of 22,400 for each of two months
    assert balance(bill.region, Account.COMPENSATION) == 268
    assert balance(bill.region, Account.CASH) == -22_668
    assert Case.objects.get(pk=case.pk).asked["compensation"] == 268


# Plans of instalments


@pytest.fixture
def plan(bill: Bill, alya: Person, head: Person) -> Case:
    case = file(bill, CaseKind.INSTALMENT, alya, parts=3)
    return decide(case, head, parts=3, first_on=date(2026, 2, 10))


def stand(case: Case, on: date) -> plans.Plan:
    bill = Bill.objects.get(region=case.region_id, id=case.bill)
    return plans.plan_of(Case.objects.get(pk=case.pk), bill, on)


def end(case: Case, by: Person, at: datetime) -> Case:
    return plan_verbs.end_plan(
        region=case.region, case=case.pk, reason="Tidak dibayar.", by=by, at=at
    )


def test_money_pays_the_oldest_part_first(plan: Case, bill: Bill) -> None:
    makers.paid(again(bill), 26_332, AT)
    now = stand(plan, date(2026, 2, 11))
    assert [one.standing for one in now.parts] == ["paid", "due", "later"]
    assert (now.owed_now, now.ends_on, now.running) == (0, None, True)
    later = stand(plan, date(2026, 3, 11))
    assert [one.standing for one in later.parts] == ["paid", "missed", "due"]
    assert (later.owed_now, later.ends_on) == (26_177, date(2026, 3, 24))


def test_a_plan_whose_part_was_missed_ends_by_a_decision(
    plan: Case, bill: Bill, head: Person
) -> None:
    makers.paid(again(bill), 26_332, AT)
    on_time = datetime(2026, 2, 12, 3, tzinfo=AT.tzinfo)
    with pytest.raises(actions.CaseRefused):
        end(plan, head, on_time)
    late = datetime(2026, 3, 12, 3, tzinfo=AT.tzinfo)
    row = end(plan, head, late)
    now = again(bill)
    assert (row.state, now.state) == (CaseState.ENDED, BillState.ISSUED)
    # the first part's 465 stays; 310 and 155 are dropped
    assert (now.amount, now.owed) == (77_600 + 465, 51_733)
    assert now.due_on == bill.due_on
    assert balance(bill.region, Account.INTEREST) == -465
    assert balance(bill.region, Account.REDUCTION) == 0
    assert balance(bill.region, Account.RECEIVABLE) == 51_733
    # 1 % a month from the day the bill was first due
    owed = assessing.owed_on(now, date(2026, 12, 10))
    assert owed.interest == 51_733 * 3 // 100
    with pytest.raises(actions.CaseRefused):
        end(plan, head, late)
    assert not stand(plan, late.date()).running


def test_the_clock_warns_once_and_then_ends_the_plan(
    plan: Case, bill: Bill, django_capture_on_commit_callbacks: Any
) -> None:
    code = bill.region_id
    missed = datetime(2026, 2, 12, 3, tzinfo=AT.tzinfo)
    with django_capture_on_commit_callbacks(execute=True):
        assert plan_verbs.keep_clocks(code, at=missed) == (1, 0)
    assert "26" in mail.outbox[-1].body
    assert plan_verbs.keep_clocks(code, at=missed) == (0, 0)
    walls.open_everywhere()
    assert Instalment.objects.filter(told_at__isnull=False).count() == 1
    over = datetime(2026, 2, 26, 3, tzinfo=AT.tzinfo)
    assert plan_verbs.keep_clocks(code, at=over) == (0, 1)
    walls.open_everywhere()
    assert Case.objects.get(pk=plan.pk).state == CaseState.ENDED
    assert again(bill).amount == 77_600
    assert balance(bill.region, Account.INTEREST) == 0
    assert plans.regions() == []


# Programmes


def terms(**more: Any) -> waiver_verbs.Terms:
    given: dict[str, Any] = {
        "name": "Bebas denda 2026 (contoh)",
        "tax": "pbb",
        "first_year": 2024,
        "last_year": 2026,
        "percent": 50,
        "begins_on": date(2026, 11, 1),
        "ends_on": date(2026, 12, 31),
        "basis": "Perbup contoh",
    }
    return waiver_verbs.Terms(**(given | more))


def test_a_programme_holds_once_a_second_person_agreed(
    bill: Bill, head: Person, clerk: Person
) -> None:
    region, on = bill.region, date(2026, 12, 10)

    def interest() -> int:
        found = assessing.waivers_of(region.code, on, [bill.id])
        return assessing.owed_on(again(bill), on, waivers=found).interest

    def decided(by: Person, *, agree: bool = True) -> Any:
        return waiver_verbs.decide(
            region=region,
            waiver=row.pk,
            agree=agree,
            text="Sesuai peraturan bupati.",
            by=by,
            at=NEXT,
        )

    row = waiver_verbs.propose(region=region, terms=terms(), by=head, at=NEXT)
    seen = waivers.preview(row, on)
    # 1 % of each of three months begun
    assert (seen.bills, seen.principal, seen.interest, seen.waived) == (
        1,
        77_600,
        2_328,
        1_164,
    )
    assert interest() == 2_328
    with pytest.raises(CannotCollect):
        decided(head)
    decided(clerk)
    assert (interest(), waivers.standing(row, on)) == (1_164, "proposed")
    assert waivers.running(region, on) == [row]
    with pytest.raises(CannotCollect):
        decided(clerk)
    late = datetime(2026, 12, 9, 3, tzinfo=AT.tzinfo)
    waiver_verbs.stop(
        region=region,
        waiver=row.pk,
        text="Anggaran habis tahun ini.",
        by=clerk,
        at=late,
    )
    assert interest() == 2_328
    with pytest.raises(CannotCollect):
        waiver_verbs.stop(
            region=region, waiver=row.pk, text="Sekali lagi saja.", by=clerk, at=late
        )
    makers.paid(
        again(bill), 77_600 + 2_328, datetime(2026, 12, 10, 3, tzinfo=AT.tzinfo)
    )
    assert not ledger.standings(region.code, [bill.id])[bill.id].surplus


def test_a_refused_programme_waives_nothing(
    bill: Bill, head: Person, clerk: Person
) -> None:
    row = waiver_verbs.propose(region=bill.region, terms=terms(), by=head, at=NEXT)
    waiver_verbs.decide(
        region=bill.region,
        waiver=row.pk,
        agree=False,
        text="Belum ada anggaran.",
        by=clerk,
        at=NEXT,
    )
    row.refresh_from_db()
    assert row.state == WaiverState.REFUSED
    assert assessing.waivers_of(bill.region_id, date(2026, 12, 1), [bill.id]) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_year": 2027},
        {"ends_on": date(2026, 10, 1)},
        {"begins_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31)},
    ],
)
def test_a_programme_that_makes_no_sense_is_refused(
    bill: Bill, head: Person, wrong: dict[str, Any]
) -> None:
    with pytest.raises(CannotCollect):
        waiver_verbs.propose(region=bill.region, terms=terms(**wrong), by=head, at=NEXT)


def test_the_app_role_may_do_all_of_it(
    bill: Bill, alya: Person, head: Person, clerk: Person
) -> None:
    region = bill.region
    old = makers.owed(region, alya, year=2019, due_on=date(2019, 9, 30))
    lost = makers.owed(region, alya)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {walls.APP_ROLE}")
        walls.open_region(region.code)
        case = file(bill, CaseKind.INSTALMENT, alya, parts=3)
        decide(case, head, parts=3, first_on=date(2026, 2, 10))
        end(case, head, datetime(2026, 2, 12, 3, tzinfo=AT.tzinfo))
        grounds = writeoffs.Grounds(
            WriteOffKind.EXPIRED, "SK 1 (contoh)", "Lima tahun."
        )
        row = writeoffs.propose(
            region=region, bills=[old.id], grounds=grounds, by=head, at=NEXT
        )
        writeoffs.decide(
            region=region,
            writeoff=row.pk,
            agree=True,
            text="Setuju saja.",
            by=clerk,
            at=NEXT,
        )
        late = NEXT + timedelta(days=300)
        (letter,) = collecting.write(
            region=region, step="stpd", bills=[lost.id], by=head, at=late
        )
        told = collecting.Fine(LetterCause.APPEAL, 10_000, 20_000, 50)
        fined = collecting.fine(
            region=region, bill=lost.id, fine=told, by=head, at=late
        )
        for one in (letter, fined):
            collecting.take_back(
                region=region, letter=one.pk, reason="Salah orang.", by=head, at=late
            )
        cursor.execute("RESET ROLE")
    walls.open_everywhere()
    assert again(old).state == BillState.EXPIRED
    assert again(bill).due_on == bill.due_on
    assert sum(balance(region, one) for one in Account) == 0
