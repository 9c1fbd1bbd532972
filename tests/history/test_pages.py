"""Who may read the history, what it says, and the public chain."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test import Client

from habaring.history import actions
from habaring.history.models import Seal
from habaring.people.models import Account, Membership, Role
from habaring.regions.models import Department, FiscalYear, Region
from habaring.shared.ids import REQUEST
from tests import makers
from tests.history.makers import FIRST, entry, move_everything_to

pytestmark = pytest.mark.django_db
ROOM = "/ruang-kerja/62.02/riwayat/"


@pytest.fixture
def department(budi: Account, kotim: Region) -> Department:
    """A department that was opened and renamed, each with its entry."""
    with transaction.atomic():
        row = Department.objects.create(region=kotim, name_id="Dinas A", code="2.16")
        entry(budi, row, verb="regions.department.opened")
    with transaction.atomic():
        row.name_id = "Dinas B"
        row.save()
        entry(
            budi,
            row,
            verb="regions.department.renamed",
            reason="Perda 3/2026",
            details={"before": "Dinas A"},
        )
    return row


def read(client: Client, url: str, **query: str) -> str:
    answer = client.get(url, query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_only_those_who_may_read_the_history(
    client: Client, alya: Account, citra: Account, department: Department
) -> None:
    assert client.get(ROOM).status_code == 302
    for stranger in (alya, citra):
        client.force_login(stranger)
        for path in (
            "",
            "riwayat.csv",
            "tanpa-catatan/",
            "benda/regions.department/1/",
        ):
            assert client.get(ROOM + path).status_code == 403
        assert client.get("/ruang-kerja/riwayat/").status_code == 403


def test_the_history_says_who_did_what_and_why(
    client: Client, budi: Account, department: Department
) -> None:
    client.force_login(budi)
    page = read(client, ROOM)
    assert "Budi</b> mengganti nama perangkat daerah" in page
    assert "Perda 3/2026" in page
    english = read(client, ROOM, bahasa="en")
    assert "Budi</b> renamed a department" in english


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"q": "perda 3"}, 1),
        ({"q": "tidak ada"}, 0),
        ({"bidang": "regions"}, 2),
        ({"bidang": "portfolio"}, 0),
        ({"jenis": "regions.department"}, 2),
        ({"jenis": "portfolio.plan"}, 0),
        ({"dari": "2000-01-01", "sampai": "2000-12-31"}, 0),
        ({"dari": "2000-01-01"}, 2),
        ({"dari": "bukan hari"}, 2),
        ({"bidang": "bukan"}, 2),
    ],
)
def test_filters_in_the_address(
    client: Client,
    budi: Account,
    department: Department,
    query: dict[str, str],
    shown: int,
) -> None:
    client.force_login(budi)
    assert read(client, ROOM, **query).count("<b>Budi</b>") == shown
    rows = b"".join(client.get(f"{ROOM}riwayat.csv", query))
    assert len(list(csv.reader(io.StringIO(rows.decode("utf-8-sig"))))) == shown + 1


def test_the_person_asked_for(
    client: Client, budi: Account, citra: Account, kotim: Region
) -> None:
    entry(budi, kotim)
    entry(citra, kotim)
    client.force_login(budi)
    page = read(client, ROOM, orang=str(citra.pk))
    assert "<b>Citra</b>" in page
    assert "<b>Budi</b>" not in page


def test_the_workbook(client: Client, budi: Account, department: Department) -> None:
    import openpyxl

    client.force_login(budi)
    answer = client.get(f"{ROOM}riwayat.xlsx", {"bahasa": "en"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))
    rows = list(book.active.values)
    assert rows[0][:4] == ("When", "Region", "Who", "What was done")
    assert rows[1][2:4] == ("Budi", "renamed a department")
    assert client.get(f"{ROOM}riwayat.pdf").status_code == 404


def test_one_deed_shows_each_row_from_what_to_what(
    client: Client, budi: Account, department: Department
) -> None:
    client.force_login(budi)
    page = read(client, ROOM)
    newest = page[page.index(ROOM) :] if f'href="{ROOM}' in page else page
    found = [part.split('"')[0] for part in newest.split(f'href="{ROOM}')[1:]]
    one = next(path for path in found if path.count("-") == 4)
    text = read(client, ROOM + one)
    assert "Dinas A" in text
    assert "Dinas B" in text
    assert "Perda 3/2026" in text
    client.force_login(makers.officer("Dewi", region=Region.objects.get(code="62")))
    assert client.get(f"/ruang-kerja/62/riwayat/{one}").status_code == 404


def test_the_history_of_one_thing(
    client: Client, budi: Account, department: Department
) -> None:
    client.force_login(budi)
    for ref in (str(department.pk), department.code):
        page = read(client, f"{ROOM}benda/regions.department/{ref}/")
        assert "membuka perangkat daerah" in page
        assert "Dinas A" in page
    gone = read(client, f"{ROOM}benda/regions.department/999999/")
    assert "Tidak ada perubahan" in gone
    assert client.get(f"{ROOM}benda/x.y/1/").status_code == 404


def test_a_change_by_hand_is_shown_apart(
    client: Client, budi: Account, kotim: Region
) -> None:
    opened = datetime(2026, 1, 1, tzinfo=UTC)
    FiscalYear.objects.create(region=kotim, year=2031, opened_at=opened)
    with connection.cursor() as cursor:  # the next rows are of another transaction
        cursor.execute("SET LOCAL history.transaction = ''")
    entry(budi, kotim)
    client.force_login(budi)
    assert "2031" in read(client, f"{ROOM}tanpa-catatan/")


def test_the_platform_sees_all(
    client: Client, budi: Account, department: Department
) -> None:
    operator = makers.account("Omar")
    role = Role.objects.filter(platform_wide=True, powers__contains="see_audit").first()
    assert role is not None
    Membership.objects.create(account=operator, role=role, since=makers.LONG_AGO)
    client.force_login(operator)
    page = read(client, "/ruang-kerja/riwayat/")
    assert "mengganti nama perangkat daerah" in page
    assert "62.02" in page
    assert client.get("/ruang-kerja/riwayat/tanpa-catatan/").status_code == 200


def test_everyone_sees_their_own_deeds(
    client: Client, alya: Account, budi: Account, kotim: Region
) -> None:
    assert client.get("/akun/riwayat/").status_code == 302
    entry(alya, kotim, verb="people.joined")
    entry(budi, kotim)
    client.force_login(alya)
    page = read(client, "/akun/riwayat/")
    assert "bergabung sebagai warga" in page
    assert "Budi" not in page
    sheet = b"".join(client.get("/akun/riwayat/riwayat.csv")).decode()
    assert "bergabung sebagai warga" in sheet


def test_the_public_chain(client: Client, budi: Account, kotim: Region) -> None:
    assert "Belum ada hari yang disegel" in read(client, "/rantai/")
    entry(budi, kotim)
    move_everything_to(FIRST)
    actions.seal(at=datetime(2026, 10, 2, 1, tzinfo=UTC))
    whole, own = (Seal.objects.get(region_code=code) for code in ("*", "62.02"))
    assert whole.hash in read(client, "/rantai/")
    page = read(client, "/daerah/62.02/rantai/")
    assert own.hash in page
    assert whole.hash not in page
    rows = json.loads(b"".join(client.get("/rantai/segel.json")))
    assert [row["hash"] for row in rows] == [whole.hash]
    text = b"".join(client.get("/daerah/62.02/rantai/segel.csv")).decode()
    assert [row["hash"] for row in csv.DictReader(io.StringIO(text))] == [own.hash]
    assert client.get("/rantai/segel.xml").status_code == 404
    assert client.get("/daerah/99.99/rantai/").status_code == 404


def test_each_request_has_an_id(client: Client, budi: Account) -> None:
    made = client.get("/rantai/")["X-Request-ID"]
    assert len(made) == 36
    assert (
        client.get("/rantai/", headers={"x-request-id": "abcd-1234"})["X-Request-ID"]
        == "abcd-1234"
    )
    bad = client.get("/rantai/", headers={"x-request-id": "x\tDROP"})["X-Request-ID"]
    assert len(bad) == 36
    assert REQUEST.get() == ""


def test_an_entry_knows_its_request(budi: Account, kotim: Region) -> None:
    before = REQUEST.set("abcd-1234")
    assert entry(budi, kotim).request == "abcd-1234"
    REQUEST.reset(before)
