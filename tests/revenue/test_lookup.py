"""Look a bill up by its NOP: what anybody sees, what nobody learns, why it is that sum."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from habaring.regions.models import Region
from habaring.revenue import lookup
from habaring.revenue.models import BillState, ObjectState, TaxObject
from habaring.revenue.nop import NopRefused, read_nop, shown_nop
from tests import makers as people
from tests.revenue import makers
from tests.walls.conftest import as_app_role

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
HOME = "/daerah/62.02/pajak/"
PAGE = f"{HOME}nop/{makers.NOP}/"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def house(kotim: Region) -> TaxObject:
    """Bills of three years: the newest changed, the oldest is paid."""
    row = makers.object(kotim, place=makers.village(kotim).place)
    cheap = makers.FACTS | {"land_value": 320_000}
    makers.bill(kotim, row, year=2024, amount=68_000, received=68_000, facts=cheap)
    makers.bill(
        kotim,
        row,
        year=2025,
        amount=68_000,
        facts=cheap,
        due_on=date(2025, 9, 30),
    )
    makers.bill(kotim, row, before=68_000, due_on=date(2026, 12, 15))
    return row


@pytest.fixture
def reader(client: Client) -> Callable[[str], str]:
    """Reads a page as the public does: behind the walls, with no session."""

    def read(address: str, status: int = 200) -> str:
        with as_app_role():
            answer = client.get(address)
        assert answer.status_code == status, answer.content[:500]
        return answer.content.decode().replace("\xa0", " ")

    return read


@pytest.mark.parametrize(
    "typed",
    [
        "62.02.060.001.012-0034.0",
        "62 02 060 001 012 0034 0",
        "620206000101200340",
        "62.02.060.001.012.0034-0 ",
        "NOP: 62.02.060.001.012-0034.0",
        "62.O2.O6O.OO1.O12-OO34.O",
        "62020600010120034026",
    ],
)
def test_a_nop_is_read_however_it_is_typed(typed: str) -> None:
    assert read_nop(typed) == makers.NOP
    assert shown_nop(makers.NOP) == "62.02.060.001.012-0034.0"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("62.02.060.001.012-034.0", "number of the object"),
        ("62.02.60.001.012-0034.0", "district"),
        ("6202060001012003", "NIK"),
        ("6202", "14 too few"),
        ("rumah", "digits only"),
        ("", "missing"),
    ],
)
def test_a_mistyped_nop_is_told_which_part(typed: str, told: str) -> None:
    with override("en"):
        with pytest.raises(NopRefused) as refused:
            read_nop(typed)
        assert told in str(refused.value)


def test_the_form_leads_to_the_object_and_keeps_what_was_mistyped(
    client: Client, house: TaxObject, reader: Callable[..., str]
) -> None:
    answer = client.get(HOME, {"nop": "62.02.060.001.012-0034.0"})
    assert answer["Location"] == PAGE
    wrong = reader(f"{HOME}?nop=62.02.060.001.012-034.0", 422)
    assert "62.02.060.001.012-034.0" in wrong
    assert "nomor urut objek" in wrong


def test_an_object_shows_what_is_owed_today_and_little_else(
    house: TaxObject, reader: Callable[..., str]
) -> None:
    page = reader(PAGE)
    assert "S••• C•••••" in page
    assert "Siti" not in page
    assert "Jalan Contoh" not in page
    # 68,000 due 30 September 2025, on 2 November 2026: 14 months of 1 %
    assert "Rp 77.520" in page
    assert "Rp 9.520" in page
    assert "Rp 155.120" in page
    assert page.count("lunas") >= 1


@pytest.mark.parametrize("how", ["unknown", "no bill", "held", "cancelled", "closed"])
def test_unknown_and_blocked_numbers_look_alike(
    kotim: Region, reader: Callable[..., str], how: str
) -> None:
    row = makers.object(kotim)
    if how == "held":
        makers.bill(kotim, row, state=BillState.REVIEW)
    if how == "cancelled":
        makers.bill(kotim, row, state=BillState.CANCELLED)
    if how == "closed":
        TaxObject.objects.filter(pk=row.pk).update(state=ObjectState.CLOSED)
    nop = "620206000101299990" if how == "unknown" else row.number
    told = reader(f"{HOME}nop/{nop}/", 404).replace(shown_nop(nop), "").replace(nop, "")
    other = reader(f"{HOME}nop/620206000101288880/", 404)
    other = other.replace("62.02.060.001.012-8888.0", "")
    assert told == other.replace("620206000101288880", "")


def test_who_guesses_is_stopped_and_told_when_to_come_back(
    client: Client, house: TaxObject
) -> None:
    for number in range(lookup.MISSES):
        answer = client.get(f"{HOME}nop/6202060001013{number:05d}/")
        assert answer.status_code == 404
    answer = client.get(PAGE)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_many_look_ups_of_one_network_are_limited(
    client: Client, house: TaxObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "LOOKS", 3)
    for _time in range(3):
        assert client.get(PAGE).status_code == 200
    assert client.get(PAGE).status_code == 429
    assert client.get(PAGE, REMOTE_ADDR="10.1.1.1").status_code == 200


def test_the_region_as_a_whole_is_limited(
    client: Client, house: TaxObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "LOOKS_IN_REGION", 2)
    for host in range(2):
        assert client.get(PAGE, REMOTE_ADDR=f"10.1.1.{host}").status_code == 200
    assert client.get(PAGE, REMOTE_ADDR="10.1.1.9").status_code == 429


def test_a_bill_says_every_step_and_why_it_changed(
    house: TaxObject, reader: Callable[..., str]
) -> None:
    page = reader(f"{PAGE}2026/")
    for told in (
        "300 m² × Rp 400.000",
        "Rp 204.000.000",
        "40% dari Rp 194.000.000",
        "0,1% dari Rp 77.600.000",
        "UU 1/2022 Pasal 41",
        "lebih Rp 9.600",
        "dari Rp 320.000",
        "+Rp 9.600",
        "contoh",
    ):
        assert told in page, told


def test_a_late_bill_says_how_the_interest_grew(
    house: TaxObject, reader: Callable[..., str]
) -> None:
    page = reader(f"{PAGE}2025/")
    assert "14 bulan × 1% × Rp 68.000 = bunga <b>Rp 9.520</b>" in page


def test_trying_other_figures_reckons_and_saves_nothing(
    house: TaxObject, reader: Callable[..., str]
) -> None:
    makers.classes(house.region)
    before = _rows()
    page = reader(
        f"{PAGE}2026/coba/?land_m2=200&land_value=400000&building_m2=70"
        "&building_value=1200000&first=on&use="
    )
    # 164 million, less 10, 40 %, 0.1 %
    assert "Rp 61.600" in page
    assert "−Rp 16.000" in page
    assert _rows() == before
    wrong = reader(f"{PAGE}2026/coba/?land_m2=12,5&building_m2=0", 422)
    assert "12,5" in wrong


def _rows() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM revenue_bill")
        (bills,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM shared_auditentry")
        (audited,) = cursor.fetchone()
    return [bills, audited]


def test_a_look_up_asks_the_database_few_questions(
    house: TaxObject,
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client.get(PAGE)
    with django_assert_max_num_queries(20):
        client.get(PAGE)


def test_another_region_does_not_show_it(
    house: TaxObject, reader: Callable[..., str]
) -> None:
    people.region("62.01")
    reader(f"/daerah/62.01/pajak/nop/{makers.NOP}/", 404)
