"""Letters about debts, fines, expiry, write-offs: what each does to bills and books."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils.timezone import localdate

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import assessing, collecting, ledger, lookup
from habaring.revenue.actions import collecting as verbs
from habaring.revenue.actions import writeoffs
from habaring.revenue.models import (
    Account,
    Bill,
    BillState,
    CollectionLetter,
    Document,
    Filing,
    LetterCause,
    LetterKind,
    Posting,
    WriteOffKind,
    WriteOffState,
)
from habaring.shared import walls
from tests.revenue import makers
from tests.revenue.makers import AT

pytestmark = pytest.mark.django_db
LATE = AT + timedelta(days=300)  # 1 November 2026: a month and a day past due
OLD = datetime.combine(date(2031, 6, 1), AT.timetz())


@pytest.fixture
def bill(kotim: Region, alya: Person) -> Bill:
    walls.open_everywhere()
    return makers.owed(kotim, alya)


def write(bill: Bill, step: str, by: Person, at: datetime = LATE) -> CollectionLetter:
    (made,) = verbs.write(region=bill.region, step=step, bills=[bill.id], by=by, at=at)
    return made


def again(bill: Bill) -> Bill:
    return Bill.objects.get(region=bill.region_id, id=bill.id)


balance = makers.balance


def test_the_ladder_waits_for_each_clock(bill: Bill, head: Person) -> None:
    region = bill.region
    assert not collecting.due(region, "stpd", date(2026, 9, 30)).exists()
    with pytest.raises(verbs.CannotCollect):
        write(bill, "stpd", head, AT)
    demand = write(bill, "stpd", head)
    assert (demand.number, demand.principal) == ("STPD/2026/000001", 77_600)
    # 1 % of each of two months begun
    assert demand.interest == 1_552
    assert again(bill).state == BillState.COLLECTED
    assert balance(region, Account.RECEIVABLE) == 77_600
    with pytest.raises(verbs.CannotCollect):
        write(bill, "stpd", head)
    with pytest.raises(verbs.CannotCollect):
        write(bill, "warning", head, LATE + timedelta(days=30))
    warning = write(bill, "warning", head, LATE + timedelta(days=31))
    assert warning.number == "ST/2026/000001"
    warrant = write(bill, "warrant", head, LATE + timedelta(days=53))
    assert warrant.due_on == localdate(LATE) + timedelta(days=55)
    waits = collecting.waiting(region, localdate(LATE) + timedelta(days=90))
    assert [one.count for one in waits] == [0, 0, 0, 0]


def test_paid_or_held_bills_get_no_letter(bill: Bill, head: Person) -> None:
    on = localdate(LATE)
    ledger.amend(bill, cause=makers.CAUSE, at=AT, day=on, state=BillState.OBJECTION)
    assert not collecting.due(bill.region, "stpd", on).exists()
    ledger.amend(bill, cause=makers.CAUSE, at=AT, day=on, state=BillState.SENT)
    assert collecting.waiting(bill.region, on)[0].amount == 77_600
    makers.paid(bill, 77_600 + 1_552, LATE)
    assert not collecting.due(bill.region, "stpd", on).exists()


def test_a_letter_reaches_the_mail_of_its_taxpayer(
    bill: Bill, head: Person, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        write(bill, "stpd", head)
    assert "STPD/2026/000001" in mail.outbox[-1].body


def test_a_letter_is_taken_back_from_the_top(bill: Bill, head: Person) -> None:
    demand = write(bill, "stpd", head)
    warning = write(bill, "warning", head, LATE + timedelta(days=31))

    def back(letter: CollectionLetter, reason: str = "Dibayar hari yang sama.") -> None:
        verbs.take_back(
            region=bill.region, letter=letter.pk, reason=reason, by=head, at=LATE
        )

    with pytest.raises(verbs.CannotCollect):
        back(demand)
    with pytest.raises(verbs.CannotCollect):
        back(warning, "salah")
    back(warning)
    with pytest.raises(verbs.CannotCollect):
        back(warning)
    back(demand)
    assert again(bill).state == BillState.SENT
    assert write(bill, "stpd", head).number == "STPD/2026/000002"


def test_a_letter_arrives_between_its_day_and_today(bill: Bill, head: Person) -> None:
    letter = write(bill, "stpd", head)

    def arrive(day: date) -> None:
        verbs.deliver(region=bill.region, letter=letter.pk, day=day, by=head, at=LATE)

    for wrong in (localdate(LATE) - timedelta(days=1), date(2027, 1, 1)):
        with pytest.raises(verbs.CannotCollect):
            arrive(wrong)
    arrive(localdate(LATE))
    assert CollectionLetter.objects.get().delivered_on == localdate(LATE)


def test_a_late_return_is_fined_once_by_a_bill_of_its_own(
    kotim: Region, alya: Person, head: Person
) -> None:
    walls.open_everywhere()
    holder = makers.taxpayer(kotim, account=alya)
    shop = makers.object(kotim, holder, tax="pbjt-mm", number="MM-1")
    first = makers.bill(kotim, shop, year=2026, period=3, facts={"paid": 10_000_000})
    filing = Filing.objects.create(
        region=kotim,
        object=shop,
        taxpayer=holder,
        year=2026,
        period=3,
        rule=first.rule,
        facts={},
        amount=first.amount,
        late=True,
        bill=first.id,
        filed_at=AT,
    )
    keys = [filing.pk]
    (letter,) = verbs.fine_late_filings(region=kotim, filings=keys, by=head, at=LATE)
    row = Bill.objects.get(region=kotim, id=letter.bill)
    assert (row.document, row.amount, row.replaces) == ("STPD", 100_000, first.id)
    assert (letter.cause, letter.due_on) == (LetterCause.FILING, row.due_on)
    assert balance(kotim, Account.FINE) == -100_000
    assert balance(kotim, Account.RECEIVABLE) == 100_000
    with pytest.raises(verbs.CannotCollect):
        verbs.fine_late_filings(region=kotim, filings=keys, by=head, at=LATE)
    much_later = LATE + timedelta(days=400)
    assert assessing.owed_on(row, localdate(much_later)).interest == 0
    makers.paid(row, 100_000, much_later)
    assert balance(kotim, Account.RECEIVABLE) == 0
    assert not ledger.standings(kotim.code, [row.id])[row.id].surplus


def test_a_fine_that_is_taken_back_leaves_nothing(bill: Bill, head: Person) -> None:
    told = verbs.Fine(LetterCause.OBJECTION, 23_280, 77_600, 30)
    letter = verbs.fine(region=bill.region, bill=bill.id, fine=told, by=head, at=LATE)
    row = Bill.objects.get(region=bill.region, id=letter.bill)
    assert (row.seq, row.number) == (1, bill.number)
    assert assessing.year_before(Bill(**plain(bill, year=2027))) == bill
    (line,) = lookup.lines(bill.region, [row.id], on=localdate(LATE))
    assert line.total == 23_280
    verbs.take_back(
        region=bill.region,
        letter=letter.pk,
        reason="Banding dikabulkan.",
        by=head,
        at=LATE,
    )
    assert again(row).state == BillState.CANCELLED
    assert balance(bill.region, Account.FINE) == 0
    assert balance(bill.region, Account.REDUCTION) == 0
    assert balance(bill.region, Account.RECEIVABLE) == 77_600
    nothing = verbs.Fine(LetterCause.OBJECTION, 0)
    with pytest.raises(verbs.CannotCollect):
        verbs.fine(region=bill.region, bill=bill.id, fine=nothing, by=head, at=LATE)


def test_a_fine_that_was_paid_is_not_dropped(bill: Bill, head: Person) -> None:
    told = verbs.Fine(LetterCause.APPEAL, 46_560, 77_600, 60)
    letter = verbs.fine(region=bill.region, bill=bill.id, fine=told, by=head, at=LATE)
    makers.paid(Bill.objects.get(region=bill.region, id=letter.bill), 10_000, LATE)
    with pytest.raises(verbs.CannotCollect):
        verbs.take_back(
            region=bill.region,
            letter=letter.pk,
            reason="Salah orang.",
            by=head,
            at=LATE,
        )


def plain(bill: Bill, **more: Any) -> dict[str, Any]:
    names = ("region_id", "tax", "number", "period", "document")
    return {name: getattr(bill, name) for name in names} | more


# Expiry


def ends(bill: Bill) -> date:
    rows = collecting.with_expiry(collecting.owed_bills(bill.region))
    found: date = rows.get(id=bill.id).expires_on
    return found


def test_a_debt_expires_five_years_after_it_arose(bill: Bill) -> None:
    assert ends(bill) == date(2031, 1, 1)
    month = makers.bill(
        bill.region,
        makers.object(bill.region, bill.taxpayer, tax="pbjt-mm", number="MM-2"),
        period=2,
    )
    assert ends(month) == date(2031, 2, 28)
    (soon, later) = collecting.expiring(bill.region, date(2030, 12, 1))
    assert (soon.id, later.id) == (bill.id, month.id)
    assert not collecting.expired(bill.region, date(2031, 1, 1)).exists()
    assert [one.id for one in collecting.expired(bill.region, date(2031, 1, 2))] == [
        bill.id
    ]


def test_letters_and_admissions_interrupt_it(bill: Bill, head: Person) -> None:
    letter = write(bill, "stpd", head)
    assert ends(bill) == date(2031, 11, 1)
    verbs.take_back(
        region=bill.region, letter=letter.pk, reason="Salah alamat.", by=head, at=LATE
    )
    assert ends(bill) == date(2031, 1, 1)
    said = verbs.acknowledge(
        region=bill.region,
        bill=bill.id,
        day=date(2026, 10, 5),
        text="Surat wajib pajak nomor 5.",
        by=head,
        at=LATE,
    )
    assert (said.kind, ends(bill)) == (LetterKind.ACKNOWLEDGED, date(2031, 10, 5))


def test_an_admission_needs_a_debt_a_possible_day_and_a_reason(
    bill: Bill, head: Person
) -> None:
    def admit(day: date, at: datetime = LATE, text: str = "Surat nomor 5.") -> None:
        verbs.acknowledge(
            region=bill.region, bill=bill.id, day=day, text=text, by=head, at=at
        )

    for day in (date(2025, 12, 1), date(2026, 12, 1)):
        with pytest.raises(verbs.CannotCollect):
            admit(day)
    with pytest.raises(verbs.CannotCollect):
        admit(date(2026, 10, 5), text="ya")
    with pytest.raises(verbs.CannotCollect, match=r"2031"):
        admit(date(2031, 5, 5), OLD)
    makers.paid(bill, 77_600 + 1_552, LATE)
    with pytest.raises(verbs.CannotCollect):
        admit(date(2026, 10, 5))


# Write-offs


def propose(
    bills: list[Bill], by: Person, kind: WriteOffKind = WriteOffKind.EXPIRED
) -> Any:
    grounds = writeoffs.Grounds(kind, "SK 5/2031 (contoh)", "Sudah lewat lima tahun.")
    return writeoffs.propose(
        region=bills[0].region,
        bills=[one.id for one in bills],
        grounds=grounds,
        by=by,
        at=OLD,
    )


def decide(row: Any, by: Person, *, agree: bool = True) -> Any:
    return writeoffs.decide(
        region=row.region,
        writeoff=row.pk,
        agree=agree,
        text="Sesuai keputusan bupati.",
        by=by,
        at=OLD,
    )


def test_expired_debts_go_by_two_people_and_come_back_by_two(
    bill: Bill, head: Person, clerk: Person
) -> None:
    region = bill.region
    partly = makers.owed(region, None)
    makers.paid(partly, 30_000, AT)
    row = propose([bill, partly], head)
    assert (row.bills_counted, row.total) == (2, 77_600 + 47_600)
    assert again(bill).state == BillState.ISSUED
    with pytest.raises(verbs.CannotCollect):
        decide(row, head)
    with pytest.raises(verbs.CannotCollect):
        propose([bill], head)
    decide(row, clerk)
    assert again(bill).state == BillState.EXPIRED
    assert (again(partly).amount, again(partly).owed) == (30_000, 0)
    assert not ledger.standings(region.code, [partly.id])[partly.id].surplus
    assert balance(region, Account.RECEIVABLE) == 0
    assert balance(region, Account.WRITTEN_OFF) == 125_200
    assert balance(region, Account.REDUCTION) == 0
    with pytest.raises(verbs.CannotCollect):
        decide(row, clerk)

    back = writeoffs.propose_return(
        region=region,
        writeoff=row.pk,
        reason="Surat teguran 2030 ditemukan.",
        by=clerk,
        at=OLD,
    )
    with pytest.raises(verbs.CannotCollect):
        decide(back, clerk)
    decide(back, head)
    assert (again(bill).state, again(bill).owed) == (BillState.ISSUED, 77_600)
    assert again(partly).owed == 47_600
    assert balance(region, Account.RECEIVABLE) == 125_200
    assert balance(region, Account.WRITTEN_OFF) == 0
    assert balance(region, Account.TAX) == -155_200
    with pytest.raises(verbs.CannotCollect):
        writeoffs.propose_return(
            region=region, writeoff=row.pk, reason="Sekali lagi saja.", by=head, at=OLD
        )


def test_young_debts_are_let_go_only_as_lost(
    bill: Bill, head: Person, clerk: Person
) -> None:
    young = makers.owed(bill.region, None, year=2030, due_on=date(2030, 9, 30))
    with pytest.raises(verbs.CannotCollect, match="2035"):
        propose([young], head)
    row = propose([young], head, WriteOffKind.LOST)
    decide(row, clerk)
    assert again(young).state == BillState.WRITTEN_OFF


def test_a_refused_proposal_changes_nothing(
    bill: Bill, head: Person, clerk: Person
) -> None:
    row = propose([bill], head)
    decide(row, clerk, agree=False)
    assert again(bill).state == BillState.ISSUED
    row.refresh_from_db()
    assert row.state == WriteOffState.REFUSED
    assert propose([bill], clerk).state == WriteOffState.PROPOSED


def test_a_debt_that_changed_since_is_not_let_go(
    bill: Bill, head: Person, clerk: Person
) -> None:
    row = propose([bill], head)
    makers.paid(bill, 1_000, OLD)
    with pytest.raises(verbs.CannotCollect):
        decide(row, clerk)
    assert again(bill).state == BillState.ISSUED


def test_a_write_off_needs_a_decree_debts_and_a_reason(
    bill: Bill, head: Person
) -> None:
    def tried(bills: list[int], basis: str, reason: str) -> None:
        grounds = writeoffs.Grounds(WriteOffKind.EXPIRED, basis, reason)
        writeoffs.propose(
            region=bill.region, bills=bills, grounds=grounds, by=head, at=OLD
        )

    for bills, basis, reason in (
        ([bill.id], " ", "Sudah lewat lima tahun."),
        ([], "SK 5/2031", "Sudah lewat lima tahun."),
        ([bill.id], "SK 5/2031", "lewat"),
        ([bill.id, 999_999], "SK 5/2031", "Sudah lewat lima tahun."),
    ):
        with pytest.raises(verbs.CannotCollect):
            tried(bills, basis, reason)


def test_debits_are_credits_whatever_was_decided(
    bill: Bill, head: Person, clerk: Person
) -> None:
    write(bill, "stpd", head)
    told = verbs.Fine(LetterCause.APPEAL, 46_560, 77_600, 60)
    verbs.fine(region=bill.region, bill=bill.id, fine=told, by=head, at=LATE)
    assert sum(balance(bill.region, one) for one in Account) == 0
    assert Posting.objects.filter(amount__lte=0).count() == 0
    assert Document.STPD in set(Bill.objects.values_list("document", flat=True))
