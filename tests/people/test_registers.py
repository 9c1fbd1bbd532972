"""Registers of entitled people: files in, what is kept, finding oneself, walls."""

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from habaring.people.entitled import actions
from habaring.people.entitled.actions import Claim, EntryNotFound, RegisterUnusable
from habaring.people.entitled.models import Register, RegisterEntry
from habaring.people.entitled.tables import mask_name, plain_name
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.limits import TooMany
from habaring.shared.models import AuditEntry
from habaring.shared.nik import NikRefused
from habaring.shared.walls import APP_ROLE

pytestmark = pytest.mark.django_db
ROOM = "/ruang-kerja/62.02/orang/daftar/"
DAY_99 = "62020699010100"  # nobody's: no calendar has the day


def nik(number: int) -> str:
    return f"{DAY_99}{number:02d}"


PEOPLE = [
    (nik(1), "Alya Putri, S.Pd"),
    (nik(2), "Budi Santoso"),
    (nik(3), "Jén Ö'Neil"),
]


def table(people: list[tuple[str, str]] = PEOPLE, more: str = "") -> bytes:
    lines = [f'{number},"{name}"' for number, name in people]
    return ("nik,name\n" + "\n".join(lines) + more).encode()


def send(client: Client, content: bytes, **more: str) -> Any:
    file = SimpleUploadedFile("dpt.csv", content)
    given = {"name": "DPT", "purpose": "electorate", "source": "KPU", "file": file}
    given |= {"illustrative": "on", **more}
    return client.post(ROOM, {key: value for key, value in given.items() if value})


@pytest.fixture
def office(client: Client, budi: Account) -> Client:
    client.force_login(budi)
    return client


@pytest.fixture
def register(office: Client, budi: Account, at: datetime) -> Register:
    assert send(office, table()).status_code == 302
    row = Register.objects.get()
    actions.put_to_use(register=row, by=budi, at=at)
    return row


def claimed(
    account: Account,
    region: Region,
    at: datetime,
    number: int = 1,
    name: str = "Alya Putri S.Pd",
) -> RegisterEntry:
    said = Claim(nik(number), name)
    return actions.claim(account=account, region=region, said=said, at=at)


def test_names_are_compared_without_dots_accents_and_capitals() -> None:
    assert plain_name("ALYA  putri, S.Pd.") == plain_name("Alya Putri S Pd")
    assert plain_name("Jén Ö'Neil") == plain_name("jen o neil")
    assert mask_name("Alya Putri") == "A••• P••••"


def test_a_file_becomes_a_draft_to_look_at(office: Client) -> None:
    answer = send(office, table())
    row = Register.objects.get()
    assert answer.headers["Location"] == f"{ROOM}{row.pk}/"
    assert not row.in_use
    page = office.get(f"{ROOM}{row.pk}/").content.decode()
    assert "Rancangan berisi 3 orang" in page
    assert "A••• P••••" in page
    assert "contoh" in page
    for number, name in PEOPLE:
        assert number not in page
        assert name not in page


def test_neither_number_nor_name_nor_file_is_kept(office: Client) -> None:
    send(office, table())
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM people_registerentry e")
        kept = " ".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT details::text FROM shared_auditentry")
        kept += " ".join(row[0] for row in cursor.fetchall())
    for number, name in PEOPLE:
        assert number not in kept
        assert name not in kept
    media = Path(settings.MEDIA_ROOT)
    assert not [path for path in media.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (table([("6202", "A")]), '<td class="num">2</td>'),
        (table([(nik(1), "A"), (nik(1), "B")]), '<td class="num">3</td>'),
        (table([(nik(1), "")]), '<td class="num">2</td>'),
        (b"nik,name\n", "tidak ada baris"),
        (b"siapa,apa\n1,2\n", "NIK"),
        (b"\x00\x01\x02", ""),
    ],
)
def test_a_bad_file_is_refused_whole(office: Client, content: bytes, told: str) -> None:
    answer = send(office, content)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert told.casefold() in page.casefold()
    assert not Register.objects.exists()
    assert 'value="DPT"' in page  # what was typed stays


def test_real_numbers_are_not_taken_as_examples_nor_examples_as_real(
    office: Client,
) -> None:
    real = table([("6202060101900001", "Alya")])
    assert send(office, real).status_code == 422
    assert send(office, table(), illustrative="").status_code == 422
    assert send(office, real, illustrative="").status_code == 302


def test_a_spreadsheet_with_the_numbers_as_text_is_read(office: Client) -> None:
    from xlsxwriter import Workbook

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([("NIK", "Nama di kartu"), *PEOPLE]):
            for column, text in enumerate(row):
                sheet.write_string(line, column, text)
    assert send(office, file.getvalue()).status_code == 302
    assert Register.objects.get().rows == 3


def test_the_empty_spreadsheet_can_be_had(office: Client) -> None:
    answer = office.get(f"{ROOM}contoh.xlsx")
    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")


def test_one_finds_oneself_by_number_and_name(
    register: Register, kotim: Region, alya: Account, at: datetime
) -> None:
    entry = claimed(alya, kotim, at, name="ALYA PUTRI, S.PD.")
    assert entry.account == alya
    assert entry.verified_at == at
    assert claimed(alya, kotim, at).pk == entry.pk
    told = AuditEntry.objects.filter(verb="people.register.claimed")
    assert told.count() == 1


@pytest.mark.parametrize(
    ("number", "name"), [(1, "Budi Santoso"), (9, "Alya Putri, S.Pd"), (2, "")]
)
def test_another_name_and_an_unknown_number_are_refused_alike(
    register: Register,
    kotim: Region,
    alya: Account,
    at: datetime,
    number: int,
    name: str,
) -> None:
    with pytest.raises(EntryNotFound) as refused:
        claimed(alya, kotim, at, number=number, name=name)
    told = str(refused.value)
    with pytest.raises(EntryNotFound) as again:
        claimed(alya, kotim, at, number=8, name="X")
    assert str(again.value) == told


def test_what_somebody_else_claimed_is_refused_alike(
    register: Register, kotim: Region, alya: Account, citra: Account, at: datetime
) -> None:
    claimed(citra, kotim, at)
    with pytest.raises(EntryNotFound):
        claimed(alya, kotim, at)


def test_one_person_is_one_entry(
    register: Register, kotim: Region, alya: Account, at: datetime
) -> None:
    claimed(alya, kotim, at)
    with pytest.raises(EntryNotFound):
        claimed(alya, kotim, at, number=2, name="Budi Santoso")


def test_nonsense_is_said_to_be_no_number(
    register: Register, kotim: Region, alya: Account, at: datetime
) -> None:
    with pytest.raises(NikRefused):
        actions.claim(account=alya, region=kotim, said=Claim("123", "A"), at=at)


def test_guessing_ends_after_five_tries_a_day(
    register: Register, kotim: Region, alya: Account, at: datetime
) -> None:
    for _ in range(5):
        with pytest.raises(EntryNotFound):
            claimed(alya, kotim, at, name="Wrong")
    with pytest.raises(TooMany):
        claimed(alya, kotim, at)
    assert claimed(alya, kotim, at + timedelta(days=1)).account == alya


def test_a_draft_and_a_withdrawn_register_hold_nobody(
    office: Client, kotim: Region, alya: Account, budi: Account, at: datetime
) -> None:
    send(office, table())
    with pytest.raises(EntryNotFound):
        claimed(alya, kotim, at)
    row = Register.objects.get()
    actions.put_to_use(register=row, by=budi, at=at)
    with pytest.raises(RegisterUnusable):
        actions.put_to_use(register=row, by=budi, at=at)
    claimed(alya, kotim, at)
    assert actions.withdraw(register=row, by=budi, at=at, reason="Old") == 2
    assert RegisterEntry.objects.get().account == alya
    with pytest.raises(RegisterUnusable):
        actions.withdraw(register=row, by=budi, at=at, reason="Old")


def test_the_same_number_has_another_mark_in_another_region(
    office: Client, citra: Account
) -> None:
    send(office, table())
    there = Client()
    there.force_login(citra)
    file = SimpleUploadedFile("dpt.csv", table())
    there.post(
        "/ruang-kerja/62.01/orang/daftar/",
        {
            "name": "DPT",
            "purpose": "electorate",
            "source": "KPU",
            "file": file,
            "illustrative": "on",
        },
    )
    marks = RegisterEntry.objects.values_list("number_hash", flat=True)
    assert len(marks) == len(set(marks)) == 6


def test_the_office_of_another_region_sees_nothing(
    register: Register, citra: Account
) -> None:
    there = Client()
    there.force_login(citra)
    assert there.get(ROOM).status_code == 403
    assert there.get(f"{ROOM}{register.pk}/").status_code == 403
    other = f"/ruang-kerja/62.01/orang/daftar/{register.pk}/"
    assert there.get(other).status_code == 404


def test_the_pages_work_as_the_role_that_row_security_binds(
    register: Register, kotim: Region, alya: Account, at: datetime
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.region', '', true)")
        cursor.execute("SELECT set_config('app.account', '', true)")
        cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")
        try:
            assert RegisterEntry.objects.count() == 0
            claimed(alya, kotim, at)
            assert RegisterEntry.objects.count() == 0  # the region is shut again
        finally:
            cursor.execute("RESET ROLE")
    assert RegisterEntry.objects.filter(account=alya).count() == 1


def test_a_citizen_shows_who_they_are_by_the_page(
    register: Register, alya: Account, kotim: Region
) -> None:
    visitor = Client()
    path = "/daerah/62.02/daftar-saya/"
    assert visitor.get(path).headers["Location"].startswith("/masuk/kode/")
    visitor.force_login(alya)
    page = visitor.get(path).content.decode()
    assert 'inputmode="numeric"' in page
    wrong = visitor.post(path, {"nik": nik(1), "name": "Bukan Saya"})
    assert wrong.status_code == 422
    right = visitor.post(
        f"{path}?next=/daerah/62.02/", {"nik": nik(1), "name": "Alya Putri, S.Pd"}
    )
    assert right.headers["Location"] == "/daerah/62.02/"
    assert "Anda tercatat di daftar" in visitor.get(path).content.decode()
    assert nik(1) not in visitor.get(path).content.decode()


def test_a_register_is_put_to_use_and_withdrawn_by_the_pages(office: Client) -> None:
    send(office, table())
    row = Register.objects.get()
    page = f"{ROOM}{row.pk}/"
    assert office.post(f"{page}pakai/").status_code == 302
    assert "Dipakai sejak" in office.get(page).content.decode()
    assert office.post(f"{page}tarik/", {"reason": ""}).status_code == 422
    assert office.post(f"{page}tarik/", {"reason": "Lama"}).status_code == 302
    assert "ditarik" in office.get(ROOM).content.decode()
    assert AuditEntry.objects.get(verb="people.register.withdrawn").reason == "Lama"


def test_a_large_register_is_taken_in_quickly(office: Client) -> None:
    many = [
        (f"62020699{month:02d}01{n:04d}", f"Orang {n}")
        for month in (1, 2)
        for n in range(1, 1001)
    ]
    assert send(office, table(many)).status_code == 302
    assert Register.objects.get().rows == 2000
