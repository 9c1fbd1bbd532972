"""My taxes: whose list it is, what gets onto it, what comes out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.timezone import localdate

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import ledger, mine
from habaring.revenue.actions import mine as actions
from habaring.revenue.models import Bill, FamilyLink, ReminderWay, ReminderWish
from habaring.shared import walls
from habaring.shared.limits import TooMany
from habaring.shared.models import AuditEntry
from tests.revenue import makers

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
HOME = "/daerah/62.02/pajak/"
MINE = f"{HOME}saya/"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def bill(kotim: Region) -> Bill:
    return makers.bill(
        kotim, makers.object(kotim), due_on=localdate() + timedelta(days=40)
    )


def add(account: Account, region: Region, proof: str, label: str = "") -> FamilyLink:
    wanted = actions.Wanted(makers.NOP, proof, label)
    return actions.add_object(account=account, region=region, wanted=wanted, at=NOON)


def read(client: Client, address: str = MINE, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode().replace("\xa0", " ")


def test_nobody_without_a_name_has_a_list(client: Client, kotim: Region) -> None:
    answer = client.get(MINE)
    assert answer.status_code == 302
    assert "/masuk/kode/" in answer["Location"]


@pytest.mark.parametrize("proof", ["77.600", "Rp 77.600", "77600"])
def test_an_object_is_added_with_its_amount(
    client: Client, alya: Account, bill: Bill, proof: str
) -> None:
    client.force_login(alya)
    sent = {"nop": "62.02.060.001.012-0034.0", "proof": proof, "label": "Rumah ibu"}
    assert client.post(f"{MINE}tambah/", sent)["Location"] == MINE
    page = read(client)
    assert "Rumah ibu" in page
    assert "Rp 77.600" in page
    assert "Siti" not in page


def test_without_its_papers_no_object_is_added(
    client: Client, alya: Account, bill: Bill
) -> None:
    client.force_login(alya)
    sent = {"nop": makers.NOP, "proof": "77.601"}
    told = client.post(f"{MINE}tambah/", sent).content.decode()
    sent["nop"] = "620206000101299990"
    other = client.post(f"{MINE}tambah/", sent).content.decode()
    assert "Keduanya tidak cocok" in told
    assert "Keduanya tidak cocok" in other
    assert not FamilyLink.objects.exists()


def test_who_guesses_proofs_is_stopped(
    alya: Account, kotim: Region, bill: Bill
) -> None:
    for number in range(actions.TRIES):
        with pytest.raises(actions.NotProven):
            add(alya, kotim, f"{number + 1}")
    with pytest.raises(TooMany):
        add(alya, kotim, "77600")


def test_the_number_of_a_payment_proves_too(
    alya: Account, kotim: Region, bill: Bill
) -> None:
    _pay(bill, "NTB1")
    assert add(alya, kotim, "ntb1").object_id == bill.object_id


def test_another_person_neither_sees_nor_changes_the_list(
    client: Client, alya: Account, budi: Account, kotim: Region, bill: Bill
) -> None:
    link = add(alya, kotim, "77600", "Rumah ibu")
    client.force_login(budi)
    assert "Rumah ibu" not in read(client)
    client.post(f"{MINE}keluarkan/{link.pk}/")
    assert FamilyLink.objects.exists()
    client.force_login(alya)
    client.post(f"{MINE}keluarkan/{link.pk}/")
    assert not FamilyLink.objects.exists()


def test_what_is_registered_to_me_stands_on_my_list_by_itself(
    client: Client, alya: Account, kotim: Region, bill: Bill
) -> None:
    bill.taxpayer.account = alya
    bill.taxpayer.save()
    client.force_login(alya)
    page = read(client)
    assert "terdaftar atas nama Anda" in page
    assert "Rp 204.000.000" in read(client, f"{MINE}tagihan/{bill.id}/")


def test_a_bill_of_somebody_else_is_not_found_by_its_number(
    client: Client, alya: Account, bill: Bill
) -> None:
    client.force_login(alya)
    read(client, f"{MINE}tagihan/{bill.id}/", 404)


def test_the_whole_list_goes_into_the_basket_and_nothing_else(
    client: Client, alya: Account, kotim: Region, bill: Bill
) -> None:
    stranger = makers.bill(kotim, makers.object(kotim))
    add(alya, kotim, "77600")
    client.force_login(alya)
    client.post(f"{MINE}bayar/", {"bill": [bill.id, stranger.id]})
    page = read(client, f"{HOME}keranjang/")
    assert bill.object.number[-5:-1] in page
    assert "62.02.060.001.012-0035.0" not in page


def test_a_year_of_payments_goes_out_as_a_table(
    client: Client, alya: Account, kotim: Region, bill: Bill
) -> None:
    add(alya, kotim, "77600", "Rumah ibu")
    _pay(bill, "NTB1")
    client.force_login(alya)
    assert "Tanda terima" in read(client)
    answer = client.get(f"{MINE}pembayaran-2026.csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Rumah ibu" in text
    assert "77600" in text
    empty = client.get(f"{MINE}pembayaran-2025.csv")
    assert b"77600" not in b"".join(empty.streaming_content)  # type: ignore[attr-defined]


def test_reminders_are_turned_off_and_the_trail_names_no_object(
    client: Client, alya: Account, kotim: Region, bill: Bill
) -> None:
    add(alya, kotim, "77600", "Rumah ibu")
    client.force_login(alya)
    client.post(f"{MINE}pengingat/", {"way": "not"})
    assert ReminderWish.objects.get().way == ReminderWay.NOT
    assert mine.way_of(alya, kotim) == ReminderWay.NOT
    for entry in AuditEntry.objects.filter(verb__startswith="revenue."):
        assert "Rumah" not in str(entry.details)
        assert makers.NOP not in str(entry.details)


def test_a_telephone_that_is_not_known_is_not_offered(
    client: Client, alya: Account, kotim: Region
) -> None:
    client.force_login(alya)
    client.post(f"{MINE}pengingat/", {"way": "phone"})
    assert not ReminderWish.objects.exists()


def _pay(bill: Bill, reference: str) -> None:
    walls.open_region("62.02")
    notice = ledger.Notice(
        region="62.02",
        channel="counter",
        reference=reference,
        bill=bill.id,
        amount=bill.amount,
        paid_at=NOON,
        body_sha256=bytes(32),
    )
    ledger.pay(notice, at=NOON, day=localdate(NOON))
