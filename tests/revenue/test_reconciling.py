"""A bank's file against the payments: every outcome, repairs by two, closed days."""

import hashlib
import io
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import books, closing, ledger, reconciling
from habaring.revenue.actions import closing as days
from habaring.revenue.actions import reconciling as actions
from habaring.revenue.actions import statements
from habaring.revenue.actions.statements import NewStatement
from habaring.revenue.models import (
    Account,
    Bill,
    CashUp,
    Finding,
    FindingState,
    Outcome,
    Partner,
    Payment,
    PaymentState,
    Posting,
    Source,
    Statement,
    StatementKind,
)
from habaring.revenue.repairs import MOVE, PAY, POST, REVERSE, Repair, suggested
from habaring.revenue.statement_files import read_statement
from habaring.shared import walls
from habaring.shared.refusal import FileRefused, Refusal
from tests import makers as people
from tests.revenue import makers

DAY = date(2026, 11, 2)
AT = datetime(2026, 11, 2, 12, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
CHANNEL = "va:bk"


@pytest.fixture(autouse=True)
def _opened(db: None) -> None:
    walls.open_region("62.02")


@pytest.fixture
def bank(kotim: Region) -> Partner:
    return Partner.objects.create(
        region=kotim,
        code="bk",
        name="Bank Contoh",
        kind="va",
        partner_id="BK",
        illustrative=True,
        recorded_at=AT,
    )


@pytest.fixture
def fitri(kotim: Region) -> Person:
    """The treasurer."""
    return people.officer("Fitri", region=kotim, role="treasurer")


@pytest.fixture
def gita(kotim: Region) -> Person:
    """The head of revenue: the second person."""
    return people.officer("Gita", region=kotim, role="tax_head")


def pay(
    bill: Bill | None, reference: str, amount: int = 77_600, at: datetime = AT
) -> None:
    ledger.pay(
        ledger.Notice(
            region="62.02",
            channel=CHANNEL,
            reference=reference,
            bill=bill.id if bill else None,
            amount=amount,
            paid_at=at,
            body_sha256=hashlib.sha256(reference.encode()).digest(),
        ),
        at=at,
        day=at.date(),
    )


def bills(region: Region, count: int) -> list[Bill]:
    return [makers.bill(region, due_on=date(2026, 12, 31)) for _n in range(count)]


def statement(
    region: Region, bank: Partner, *rows: str, day: date = DAY, **more: Any
) -> Statement:
    text = "waktu,kanal,referensi,nomor va,jumlah,jenis\n" + "\n".join(rows) + "\n"
    kind = more.pop("kind", StatementKind.SETTLEMENT)
    file = read_statement(
        io.BytesIO(text.encode()), kind, today=date(2026, 12, 1), channel=CHANNEL
    )
    new = NewStatement(
        kind=kind,
        day=day,
        name="berkas.csv",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        partner=bank,
        illustrative=True,
    )
    return statements.take_in(region=region, new=new, file=file, by=None, at=AT)


def row(reference: str, amount: int = 77_600, **more: str) -> str:
    when = more.get("at", "2026-11-02 12:00")
    kind = more.get("kind", "payment")
    return f"{when},{CHANNEL},{reference},{more.get('number', '')},{amount},{kind}"


def match(row: Statement, on: date = DAY) -> dict[str, int]:
    return dict(statements.match(statement=row, by=None, at=AT, on=on).counts)


def found(region: Region) -> dict[str, str]:
    rows = Finding.objects.filter(region=region, state=FindingState.OPEN)
    return {one.reference: one.outcome for one in rows}


def net(account: Account) -> int:
    trial = books.trial_balance(people.region("62.02"), date(2027, 1, 1))
    return next(one.net for one in trial.rows if one.account == account)


def test_every_outcome_is_told_apart(kotim: Region, bank: Partner) -> None:
    ones = bills(kotim, 7)
    for bill, name in zip(ones, "ABCDEFG", strict=True):
        pay(bill, name)
    ledger.reverse(
        region="62.02",
        channel=CHANNEL,
        reference="F",
        body_sha256=b"x" * 32,
        at=AT,
        day=DAY,
    )
    file = statement(
        kotim,
        bank,
        row("A"),
        row("B", 77_000),
        row("C"),
        row("C"),
        row("D"),
        row("D", kind="reversal"),
        row("E", at="2026-11-01 23:59"),
        row("F"),
        row("X", number="620206000101200340"),
    )
    assert file.repeated == 2
    assert match(file) == {
        "match": 1,
        "amount_diff": 1,
        "duplicate": 1,
        "reversed": 2,
        "late_date": 1,
        "only_bank": 1,
        "only_system": 1,
    }
    assert found(kotim) == {
        "B": "amount_diff",
        "C": "duplicate",
        "D": "reversed",
        "E": "late_date",
        "F": "reversed",
        "X": "only_bank",
        "G": "only_system",
    }


def test_compared_again_nothing_doubles_and_what_agrees_is_explained(
    kotim: Region, bank: Partner
) -> None:
    first, second = bills(kotim, 2)
    pay(first, "A")
    file = statement(kotim, bank, row("A"), row("B"))
    match(file)
    assert match(file)["only_bank"] == 1
    assert Finding.objects.filter(region=kotim).count() == 1
    settled = Posting.objects.filter(region=kotim, source="settlement")
    assert [one.amount for one in settled] == [155_200]
    pay(second, "B")
    assert match(file) == {"match": 2}
    assert Finding.objects.get(region=kotim).state == FindingState.EXPLAINED
    assert [one.amount for one in settled.all()] == [155_200]
    assert net(Account.CLEARING) == 0
    assert net(Account.CASH) == 155_200


def test_a_doubled_line_settles_only_once(kotim: Region, bank: Partner) -> None:
    (bill,) = bills(kotim, 1)
    pay(bill, "A")
    match(statement(kotim, bank, row("A"), row("A")))
    assert net(Account.CASH) == 77_600
    assert net(Account.CLEARING) == 0


def test_a_line_of_the_next_days_file_is_no_finding(
    kotim: Region, bank: Partner
) -> None:
    (bill,) = bills(kotim, 1)
    pay(bill, "A")
    match(statement(kotim, bank, row("Z")))
    assert found(kotim)["A"] == "only_system"
    match(statement(kotim, bank, row("A"), day=DAY + timedelta(days=1)))
    assert "A" not in found(kotim)


def test_a_reversal_in_a_later_file_is_seen_in_both(
    kotim: Region, bank: Partner
) -> None:
    (bill,) = bills(kotim, 1)
    pay(bill, "A")
    assert match(statement(kotim, bank, row("A"))) == {"match": 1}
    later = statement(
        kotim,
        bank,
        row("A", kind="reversal", at="2026-11-03 08:00"),
        day=DAY + timedelta(days=1),
    )
    assert match(later)["reversed"] == 1
    ledger.reverse(
        region="62.02",
        channel=CHANNEL,
        reference="A",
        body_sha256=b"x" * 32,
        at=AT,
        day=DAY,
    )
    assert match(later) == {"match": 1}
    assert not found(kotim)
    assert net(Account.CASH) == net(Account.CLEARING) == 0


def test_a_file_counts_once_under_any_name(kotim: Region, bank: Partner) -> None:
    statement(kotim, bank, row("A"))
    with pytest.raises(statements.StatementRefused):
        statement(kotim, bank, row("A"))


def test_a_broken_file_is_refused_whole_with_its_lines() -> None:
    text = "waktu,referensi,jumlah,jenis\n2026-11-02,A,seribu,x\n2027-01-01,B,10,\n"
    with pytest.raises(FileRefused) as refused:
        read_statement(io.BytesIO(text.encode()), StatementKind.SETTLEMENT, today=DAY)
    assert [one.row for one in refused.value.problems] == [2]
    good = text.replace("seribu,x", "1000,payment")
    with pytest.raises(FileRefused) as refused:
        read_statement(io.BytesIO(good.encode()), StatementKind.SETTLEMENT, today=DAY)
    assert [one.row for one in refused.value.problems] == [3]


def test_a_missing_payment_proposes_its_own_repair_and_two_people_book_it(
    kotim: Region, bank: Partner, fitri: Person, gita: Person
) -> None:
    (bill,) = bills(kotim, 1)
    va = f"00008808{bill.number}26"
    file = statement(kotim, bank, row("A", number=va))
    match(file)
    finding = Finding.objects.get(region=kotim)
    repair = suggested(finding)
    assert repair == Repair(PAY, bill=bill.id, amount=77_600)
    assert repair is not None
    actions.propose(
        finding=finding, repair=repair, reason="Ada di bank.", by=fitri, at=AT
    )
    with pytest.raises(actions.SamePerson):
        actions.approve(finding=finding, by=fitri, at=AT)
    actions.approve(finding=finding, by=gita, at=AT)
    assert Bill.objects.get(region=kotim, id=bill.id).received == 77_600
    paid = Payment.objects.get(region=kotim)
    assert (paid.reference, paid.paid_at) == ("A", AT)
    assert match(file) == {"match": 1}
    assert net(Account.CLEARING) == 0


def test_postgresql_refuses_one_person_for_both(
    kotim: Region, bank: Partner, fitri: Person
) -> None:
    match(statement(kotim, bank, row("A")))
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(region=kotim).update(
            proposed_by=fitri, decided_by=fitri, state=FindingState.REPAIRED
        )


def test_the_notice_that_comes_after_the_repair_changes_nothing(
    kotim: Region, bank: Partner, fitri: Person, gita: Person
) -> None:
    (bill,) = bills(kotim, 1)
    match(statement(kotim, bank, row("A", number=bill.number)))
    finding = Finding.objects.get(region=kotim)
    repair = Repair(PAY, bill=bill.id, amount=77_600)
    actions.propose(finding=finding, repair=repair, reason="Ada.", by=fitri, at=AT)
    actions.approve(finding=finding, by=gita, at=AT)
    pay(bill, "A")
    assert Bill.objects.get(region=kotim, id=bill.id).received == 77_600


def test_a_notice_before_the_approval_stops_the_repair(
    kotim: Region, bank: Partner, fitri: Person, gita: Person
) -> None:
    (bill,) = bills(kotim, 1)
    match(statement(kotim, bank, row("A", number=bill.number)))
    finding = Finding.objects.get(region=kotim)
    repair = Repair(PAY, bill=bill.id, amount=77_600)
    actions.propose(finding=finding, repair=repair, reason="Ada.", by=fitri, at=AT)
    pay(bill, "A")
    with pytest.raises(Refusal):
        actions.approve(finding=finding, by=gita, at=AT)
    assert Bill.objects.get(region=kotim, id=bill.id).received == 77_600


def test_a_reversal_is_repaired_here_too(
    kotim: Region, bank: Partner, fitri: Person, gita: Person
) -> None:
    (bill,) = bills(kotim, 1)
    pay(bill, "A")
    file = statement(kotim, bank, row("A"), row("A", kind="reversal"))
    match(file)
    finding = Finding.objects.get(region=kotim)
    assert suggested(finding) == Repair(REVERSE)
    actions.propose(
        finding=finding, repair=Repair(REVERSE), reason="Ditarik bank.", by=fitri, at=AT
    )
    actions.approve(finding=finding, by=gita, at=AT)
    assert Payment.objects.get(region=kotim).state == PaymentState.REVERSED
    assert match(file) == {"match": 1}


def test_money_for_no_bill_is_moved_to_its_bill_by_two(
    kotim: Region, bank: Partner, fitri: Person, gita: Person
) -> None:
    (bill,) = bills(kotim, 1)
    pay(None, "A")
    assert net(Account.UNIDENTIFIED) == -77_600
    (stray,) = books.unidentified(kotim)
    finding = actions.take_up(payment=stray.payment, by=fitri, at=AT, due_on=DAY)
    move = Repair(MOVE, bill=bill.id)
    actions.propose(finding=finding, repair=move, reason="Slip bank.", by=fitri, at=AT)
    actions.approve(finding=finding, by=gita, at=AT)
    assert net(Account.UNIDENTIFIED) == 0
    assert Bill.objects.get(region=kotim, id=bill.id).received == 77_600
    assert not books.unidentified(kotim)


def test_too_much_is_listed_and_moved(
    kotim: Region, bank: Partner, fitri: Person, gita: Person
) -> None:
    bill, other = bills(kotim, 2)
    pay(bill, "A")
    pay(bill, "B", at=AT + timedelta(minutes=1))
    (stray,) = books.overpaid(kotim)
    assert (stray.amount, stray.payment.reference) == (77_600, "B")
    match(statement(kotim, bank, row("A"), row("B")))
    finding = Finding.objects.get(region=kotim, outcome=Outcome.OVERPAID)
    move = Repair(MOVE, bill=other.id)
    actions.propose(finding=finding, repair=move, reason="Dua kali.", by=fitri, at=AT)
    actions.approve(finding=finding, by=gita, at=AT)
    assert not books.overpaid(kotim)
    assert net(Account.OVERPAID) == 0
    assert Bill.objects.get(region=kotim, id=other.id).received == 77_600


def test_a_posting_never_touches_what_bills_ask_for(
    kotim: Region, bank: Partner, fitri: Person
) -> None:
    match(statement(kotim, bank, row("A")))
    finding = Finding.objects.get(region=kotim)
    wrong = Repair(POST, amount=1, debit=Account.CASH, credit=Account.RECEIVABLE)
    with pytest.raises(actions.FindingRefused):
        actions.propose(finding=finding, repair=wrong, reason="x", by=fitri, at=AT)


def test_an_explanation_needs_words(
    kotim: Region, bank: Partner, fitri: Person
) -> None:
    match(statement(kotim, bank, row("A")))
    finding = Finding.objects.get(region=kotim)
    with pytest.raises(actions.FindingRefused):
        actions.explain(finding=finding, reason=" ", by=fitri, at=AT)
    actions.explain(finding=finding, reason="Uji bank.", by=fitri, at=AT)
    match(Statement.objects.get(region=kotim))
    finding.refresh_from_db()
    assert finding.state == FindingState.EXPLAINED
    with pytest.raises(actions.FindingRefused):
        actions.explain(finding=finding, reason="Lagi.", by=fitri, at=AT)


def close(region: Region, by: Person, note: str = "", day: date = DAY) -> Any:
    return days.close_day(region=region, day=day, note=note, by=by, at=AT, on=DAY)


def test_a_closed_day_refuses_postings_and_stays_closed(
    kotim: Region, bank: Partner, fitri: Person
) -> None:
    (bill,) = bills(kotim, 1)
    pay(bill, "A")
    match(statement(kotim, bank, row("A")))
    closed = close(kotim, fitri)
    assert closed.received == 77_600
    assert closed.totals["1.1.1"] == [77_600, 0]
    with pytest.raises(ledger.ClosedDay):
        ledger.post(
            region="62.02",
            day=DAY,
            lines=[ledger.Line("1.1.1", "1.1.2", 1)],
            source=Source.REPAIR,
            source_key="x",
            at=AT,
        )
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO revenue_posting (region_id, day, debit, credit, amount, tax,"
            " source, source_key, recorded_at) VALUES ('62.02', %s, '1.1.1', '1.1.2', 1,"
            " '', 'repair', 'x', now())",
            [DAY],
        )
    with pytest.raises(days.CannotClose):
        close(kotim, fitri)
    pay(None, "late")
    late = Payment.objects.get(region=kotim, reference="late")
    assert late.day == DAY + timedelta(days=1)


def test_a_day_is_not_closed_before_its_files_and_tills(
    kotim: Region, bank: Partner, fitri: Person
) -> None:
    (bill,) = bills(kotim, 1)
    pay(bill, "A")
    with pytest.raises(days.CannotClose):  # the file is missing and nothing says why
        close(kotim, fitri)
    file = statement(kotim, bank, row("A"), row("B"))
    with pytest.raises(days.CannotClose):  # not compared
        close(kotim, fitri, "Besok.")
    match(file)
    with pytest.raises(days.CannotClose):  # a finding waits
        close(kotim, fitri)
    close(kotim, fitri, "Bank ditanya.")
    assert Finding.objects.get(region=kotim).carried == "Bank ditanya."


def test_days_with_money_wait_to_be_closed(
    kotim: Region, bank: Partner, fitri: Person
) -> None:
    pay(None, "A")
    assert closing.open_days(kotim, on=DAY) == [DAY]
    close(kotim, fitri, "Tidak ada berkas.")
    assert closing.open_days(kotim, on=DAY) == []


def cash(region: Region, *rows: str, day: date = DAY) -> Statement:
    text = "tanggal;kanal;uraian;no bukti;debet;kredit;saldo\n" + "\n".join(rows) + "\n"
    file = read_statement(io.BytesIO(text.encode()), StatementKind.CASH, today=day)
    new = NewStatement(
        kind=StatementKind.CASH,
        day=day,
        name="rkud.csv",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    return statements.take_in(region=region, new=new, file=file, by=None, at=AT)


def test_the_treasury_is_compared_with_files_opsen_and_tills(
    kotim: Region, bank: Partner, fitri: Person
) -> None:
    (bill,) = bills(kotim, 1)
    pay(bill, "A")
    match(statement(kotim, bank, row("A")))
    text = "tanggal,pajak,referensi,jumlah\n2026-11-02,opsen-pkb,P1,792000\n"
    advice = statements.take_in(
        region=kotim,
        new=NewStatement(StatementKind.OPSEN, DAY, "opsen.csv", "o" * 64),
        file=read_statement(io.BytesIO(text.encode()), StatementKind.OPSEN, today=DAY),
        by=None,
        at=AT,
    )
    assert match(advice) == {"match": 1}
    match(advice)
    assert net(Account.OPSEN) == -792_000
    CashUp.objects.create(
        region=kotim,
        cashier=fitri,
        day=DAY,
        expected=50_000,
        counted=50_000,
        payments=1,
        recorded_at=AT,
    )
    day = DAY + timedelta(days=1)
    file = cash(
        kotim,
        "03/11/2026;va:bk;Bank;R1;;77.600,00;1",
        "03/11/2026;opsen;Provinsi;R2;;792.000,00;1",
        "03/11/2026;counter;Setoran;R3;;50.000,00;1",
        "03/11/2026;qris:q;?;R4;;1.000,00;1",
        day=day,
    )
    assert match(file, on=day) == {"match": 3, "only_bank": 1}
    assert match(file, on=day) == {"match": 3, "only_bank": 1}
    assert net(Account.CASH) == 77_600 + 792_000 + 50_000
    assert found(kotim) == {"R4": "only_bank"}


def test_money_that_did_not_reach_the_treasury_is_a_finding(
    kotim: Region, bank: Partner
) -> None:
    (bill,) = bills(kotim, 1)
    pay(bill, "A")
    match(statement(kotim, bank, row("A")))
    day = DAY + timedelta(days=4)
    assert match(
        cash(kotim, "06/11/2026;va:bk;Bank;R1;;77.000;1", day=day), on=day
    ) == {
        "match": 0,
        "amount_diff": 1,
    }


def test_the_books_balance_and_agree_with_the_public_figures(
    kotim: Region, bank: Partner
) -> None:
    from habaring.revenue import figures

    ones = bills(kotim, 3)
    for bill, name in zip(ones, "ABC", strict=True):
        pay(bill, name)
    ledger.reverse(
        region="62.02",
        channel=CHANNEL,
        reference="C",
        body_sha256=b"x" * 32,
        at=AT,
        day=DAY,
    )
    trial = books.trial_balance(kotim, DAY)
    assert trial.balanced
    assert trial.debit > 0
    rows = books.receipts(kotim, 2026)
    assert sum(one.amount for one in rows) == 155_200
    public = figures.figures(kotim, 2026, on=DAY)
    walls.open_region("62.02")
    assert public.total == 155_200


def test_arrears_by_age_and_village(kotim: Region) -> None:
    makers.village(kotim)
    makers.bill(kotim, year=2020, due_on=date(2020, 9, 30))
    makers.bill(kotim, due_on=date(2026, 9, 30), received=7_600)
    makers.bill(kotim, due_on=date(2026, 12, 31))
    new, old = books.arrears(kotim, DAY)
    assert (new.year, new.amounts) == (2026, (70_000, 0, 0, 0, 0))
    assert (old.year, old.amounts) == (2020, (0, 0, 0, 0, 77_600))
    (village,) = books.arrears_by_village(kotim, DAY)
    assert (village.name, village.bills, village.amount) == ("Contoh", 2, 147_600)
    rates = {one.year: one.paid for one in books.collection(kotim)}
    assert rates == {2020: 0, 2026: 7_600}


def test_the_queue_is_filtered_and_counted(
    kotim: Region, bank: Partner, fitri: Person
) -> None:
    match(statement(kotim, bank, row("A"), row("B", number="620206000101200340")))
    every = reconciling.findings(kotim, reconciling.Wanted())
    assert every.count() == 2
    one = reconciling.findings(kotim, reconciling.Wanted(words="6202060001"))
    assert [row.reference for row in one] == ["B"]
    actions.assign(region=kotim, findings=[every[0].pk], owner=fitri, by=fitri, at=AT)
    sizes = reconciling.sizes(kotim, on=DAY + timedelta(days=9), account=fitri.pk)
    assert (sizes.open, sizes.overdue, sizes.mine) == (2, 2, 1)
