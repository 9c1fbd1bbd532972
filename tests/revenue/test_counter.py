"""Taking cash: once, the right sum, by who is told of it; tills and mistakes."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import ledger, tills
from habaring.revenue.actions import counter, reconciling
from habaring.revenue.actions.counter import Count, Taking
from habaring.revenue.actions.reconciling import FindingRefused, SamePerson
from habaring.revenue.models import Bill, CashUp, Finding, Payment, PaymentState
from habaring.shared import walls
from habaring.shared.refusal import Refusal
from tests import makers as people
from tests.revenue import makers

KEY = "0" * 31 + "1"


@pytest.fixture
def dina(kotim: Region) -> Account:
    """A cashier."""
    return people.officer("Dina", region=kotim, role="cashier")


@pytest.fixture
def eko(kotim: Region) -> Account:
    """Another cashier."""
    return people.officer("Eko", region=kotim, role="cashier")


@pytest.fixture
def bill(kotim: Region) -> Bill:
    return makers.bill(kotim, due_on=localdate() + timedelta(days=30))


@pytest.fixture(autouse=True)
def _opened(db: None) -> None:
    walls.open_region("62.02")


def take(
    region: Region, by: Account, amounts: dict[int, int], key: str = KEY
) -> list[Payment]:
    return counter.take(
        region=region, taking=Taking(key, amounts), by=by, at=now(), on=localdate()
    )


def test_cash_for_several_bills_at_once_pays_all(
    kotim: Region, dina: Account, bill: Bill
) -> None:
    other = makers.bill(kotim, due_on=localdate())
    paid = take(kotim, dina, {bill.id: 77_600, other.id: 77_600})
    assert [row.amount for row in paid] == [77_600, 77_600]
    assert {row.by for row in paid} == {dina.pk}
    assert len({row.serial for row in paid}) == 2
    assert Bill.objects.get(region=kotim, id=bill.id).received == 77_600


def test_the_same_form_sent_twice_pays_once(
    kotim: Region, dina: Account, bill: Bill
) -> None:
    first = take(kotim, dina, {bill.id: 77_600})
    again = take(kotim, dina, {bill.id: 77_600})
    assert [row.serial for row in first] == [row.serial for row in again]
    assert Bill.objects.get(region=kotim, id=bill.id).received == 77_600


def test_a_late_bill_asks_for_its_interest(kotim: Region, dina: Account) -> None:
    late = makers.bill(kotim, due_on=localdate() - timedelta(days=10))
    (line,) = tills.owing(kotim, Bill.objects.filter(region=kotim), on=localdate())
    assert line.interest == 776
    with pytest.raises(Refusal) as refused:
        take(kotim, dina, {late.id: 77_600})
    assert "78.376" in str(refused.value)
    take(kotim, dina, {late.id: 78_376})
    assert not tills.owing(kotim, Bill.objects.filter(region=kotim), on=localdate())


def test_a_paid_bill_is_refused_with_who_and_when(
    kotim: Region, dina: Account, eko: Account, bill: Bill
) -> None:
    take(kotim, dina, {bill.id: 77_600})
    with pytest.raises(counter.AlreadyPaid) as refused:
        take(kotim, eko, {bill.id: 77_600}, key="f" * 32)
    assert "Dina" in str(refused.value)
    assert Payment.objects.filter(region=kotim).count() == 1


def test_of_several_bills_one_paid_takes_none(
    kotim: Region, dina: Account, bill: Bill
) -> None:
    other = makers.bill(kotim, due_on=localdate())
    take(kotim, dina, {bill.id: 77_600})
    with pytest.raises(counter.AlreadyPaid):
        take(kotim, dina, {bill.id: 77_600, other.id: 77_600}, key="a" * 32)
    assert Bill.objects.get(region=kotim, id=other.id).received == 0


def test_nothing_ticked_is_refused(kotim: Region, dina: Account) -> None:
    with pytest.raises(counter.CounterRefused):
        take(kotim, dina, {})


def test_a_till_is_counted_once_and_then_takes_no_more(
    kotim: Region, dina: Account, bill: Bill
) -> None:
    take(kotim, dina, {bill.id: 77_600})

    def count(sum_: int, reason: str = "") -> CashUp:
        return counter.cash_up(
            region=kotim,
            cashier=dina,
            count=Count(sum_, dina, reason),
            at=now(),
            on=localdate(),
        )

    with pytest.raises(counter.CounterRefused):
        count(77_000)
    row = count(77_000, "Uang kembalian kurang.")
    assert (row.expected, row.counted, row.payments) == (77_600, 77_000, 1)
    with pytest.raises(counter.CounterRefused):
        count(77_600)
    other = makers.bill(kotim, due_on=localdate())
    with pytest.raises(counter.CounterRefused):
        take(kotim, dina, {other.id: 77_600}, key="b" * 32)


def test_a_mistake_is_taken_back_by_a_second_person(
    kotim: Region, dina: Account, eko: Account, bill: Bill
) -> None:
    (paid,) = take(kotim, dina, {bill.id: 77_600})

    def ask(by: Account) -> Finding:
        return counter.ask_reversal(
            region=kotim,
            serial=paid.serial,
            reason="NOP tetangga.",
            by=by,
            at=now(),
            on=localdate(),
        )

    with pytest.raises(FindingRefused):
        ask(eko)
    row = ask(dina)
    with pytest.raises(SamePerson):
        reconciling.approve(finding=row, by=dina, at=now())
    reconciling.approve(finding=row, by=eko, at=now())
    paid = Payment.objects.get(region=kotim, serial=paid.serial)
    assert paid.state == PaymentState.REVERSED
    assert Bill.objects.get(region=kotim, id=bill.id).received == 0
    totals = ledger.totals("62.02", localdate())
    assert sum(d for d, _c in totals.values()) == sum(c for _d, c in totals.values())


def test_yesterdays_payment_is_no_mistake_of_today(
    kotim: Region, dina: Account, bill: Bill
) -> None:
    (paid,) = take(kotim, dina, {bill.id: 77_600})
    with pytest.raises(FindingRefused):
        counter.ask_reversal(
            region=kotim,
            serial=paid.serial,
            reason="Terlambat.",
            by=dina,
            at=now(),
            on=localdate() + timedelta(days=1),
        )


def test_the_pages_lead_from_a_number_to_receipts(
    client: Client, kotim: Region, dina: Account, bill: Bill
) -> None:
    client.force_login(dina)
    root = "/ruang-kerja/62.02/pajak/loket/"
    page = client.get(root, {"q": "62.02.060.001.012-0034.0"})
    assert "Siti Contoh" in page.text
    assert "77.600" in page.text
    assert "Siti Contoh" in client.get(root, {"q": "siti"}).text
    page = client.get(f"{root}bayar/", {"b": bill.id})
    assert f'value="{bill.id}:77600"' in page.text
    sent = {"key": KEY, "bill": f"{bill.id}:77600", "given": "100.000"}
    done = client.post(f"{root}bayar/", sent, follow=True)
    assert done.redirect_chain[-1][0].endswith(f"kuitansi/{KEY}/")
    assert "22.400" in done.text
    again = client.post(f"{root}bayar/", sent, follow=True)
    assert again.redirect_chain[-1][0] == done.redirect_chain[-1][0]
    assert Payment.objects.filter(region=kotim).count() == 1
    short = client.post(f"{root}bayar/", {**sent, "key": "c" * 32, "given": "1000"})
    assert short.status_code == 409
    assert client.get(f"{root}kas/").status_code == 200
    assert client.post(f"{root}kas/", {"counted": "77.600"}).status_code == 302


def test_a_second_cashier_decides_on_a_page(
    client: Client, kotim: Region, dina: Account, eko: Account, bill: Bill
) -> None:
    (paid,) = take(kotim, dina, {bill.id: 77_600})
    client.force_login(dina)
    root = "/ruang-kerja/62.02/pajak/loket/"
    sent = client.post(f"{root}batal/{paid.serial}/", {"reason": "NOP tetangga."})
    assert sent.status_code == 302
    row = Finding.objects.get(region=kotim)
    own = client.post(f"{root}putusan/{row.pk}/", {"deed": "approve"})
    assert own.status_code == 422
    client.force_login(eko)
    assert "NOP tetangga." in client.get(f"{root}putusan/{row.pk}/").text
    done = client.post(f"{root}putusan/{row.pk}/", {"deed": "approve"})
    assert done.status_code == 302
    walls.open_region("62.02")
    assert Payment.objects.get(region=kotim).state == PaymentState.REVERSED


def test_only_cashiers_come_to_the_counter(client: Client, kotim: Region) -> None:
    client.force_login(people.officer("Fitri", region=kotim, role="treasurer"))
    assert client.get("/ruang-kerja/62.02/pajak/loket/").status_code == 403
