"""Spreadsheets through the page: what is wrong is said, and nothing is saved."""

import io
from datetime import datetime
from typing import IO, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from habaring.people.models import Account
from habaring.portfolio import choose_files, queries
from habaring.portfolio.actions import record_candidates
from habaring.portfolio.inputs import entry_of
from habaring.portfolio.models import Candidate
from habaring.regions.models import Region
from habaring.shared.models import Upload
from tests.portfolio import makers
from tests.portfolio.makers import entry
from tests.shared import bad_files

UPLOAD = "/ruang-kerja/62.02/pilih/kandidat/unggah/"
HEAD = "code,name,dimension,earliest_year,latest_year,duration_years,cost_PAD_1,requires,outcome_GOV"
ROW = "A,Program A,GOV,2027,2030,1,2000000000,,5"


@pytest.fixture
def kotim(kotim: Region) -> Region:
    return makers.place()


@pytest.fixture
def office(client: Client, budi: Account) -> Client:
    client.force_login(budi)
    return client


def send(office: Client, file: IO[bytes], lang: str = "en") -> Any:
    sent = SimpleUploadedFile(file.name, bad_files.content_of(file))
    return office.post(f"{UPLOAD}?bahasa={lang}", {"file": sent})


def csv(*rows: str, head: str = HEAD) -> bad_files.Named:
    return bad_files.text_file("\n".join([head, *rows]) + "\n")


def refused(office: Client, file: IO[bytes]) -> str:
    response = send(office, file)
    assert response.status_code == 422
    assert not Candidate.objects.exists()
    assert not Upload.objects.exists()
    return str(response.content.decode())


def test_a_good_file_is_taken_in_and_told(office: Client, kotim: Region) -> None:
    response = send(office, csv(ROW, ROW.replace("A,Program A", "B,Program B")))
    assert response.status_code == 200
    assert "2 new, 0 changed, 0 unchanged" in response.content.decode()
    assert {row.upload and row.upload.name for row in Candidate.objects.all()} == {
        "tabel.csv"
    }
    again = send(office, csv(ROW.replace("5", "6")))
    assert "0 new, 1 changed" in again.content.decode()


def test_warnings_stand_beside_what_was_taken_in(office: Client, kotim: Region) -> None:
    head = HEAD + ",quick_win,months"
    response = send(office, csv(ROW + ",yes,18", head=head), lang="id")
    page = response.content.decode()
    assert response.status_code == 200
    assert "Quick Win paling lama 12 bulan" in page
    assert Candidate.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("A,Program A,XXX,2027,2030,1,1,,", "“XXX” is not known here"),
        ("A,Program A,GOV,2030,2027,1,1,,", "before the earliest start 2030"),
        ("A,Program A,GOV,2027,2030,1,-5,,", "negative"),
        ("A,Program A,GOV,2027,2030,1,1,B,", "requires “B”"),
        ("A,Program A,GOV,2027,2030,1,1,A,", "requires itself"),
        (",Program A,GOV,2027,2030,1,1,,", "value is needed"),
        ("A,Program A,GOV,dua,2030,1,1,,", "is not a year"),
        ('A,Program A,GOV,2027,2030,1,"1.234,56",,', "whole number of rupiah"),
        ("A,Program A,GOV,2027,2030,1,50%,,", "percent sign"),
        ("A,Program A,GOV,2027,2030,1,1,,=1+1", "is not a number"),
    ],
)
def test_a_bad_cell_is_named(
    office: Client, kotim: Region, row: str, told: str
) -> None:
    page = refused(office, csv(ROW.replace("A,Program A", "Z,Program Z"), row))
    assert told in page
    assert '<td class="num">3</td>' in page


def test_a_cycle_in_a_file_is_drawn(office: Client, kotim: Region) -> None:
    rows = [
        "A,Program A,GOV,2027,2030,1,1,B,",
        "B,Program B,GOV,2027,2030,1,1,A,",
    ]
    assert "A → B → A" in refused(office, csv(*rows))


def test_two_rows_for_one_key_are_named(office: Client, kotim: Region) -> None:
    refused(office, csv(ROW, ROW))


def test_semicolons_and_local_numbers_are_read(office: Client, kotim: Region) -> None:
    head, row = HEAD.replace(",", ";"), "A;Program A;GOV;2027;2030;1;1.250.000;;2,5"
    assert send(office, csv(row, head=head)).status_code == 200
    kept = entry_of(queries.current_candidates(kotim).get())
    assert kept.costs == {(1, "PAD"): 1_250_000}
    assert kept.outcomes == {"GOV": 2.5}


@pytest.mark.parametrize(
    "file",
    [
        lambda: bad_files.windows_1252(
            f"{HEAD}\n{ROW} é\n".replace("Program", "Progräm")
        ),
        lambda: bad_files.picture("kandidat.csv"),
        lambda: bad_files.pdf("kandidat.xlsx"),
        bad_files.old_xls,
        bad_files.zip_bomb,
        lambda: bad_files.merged_header("Program", HEAD.split(","), ROW.split(",")),
        lambda: bad_files.text_file("a" * (26 * 1024**2)),
        lambda: bad_files.text_file(HEAD + "\n"),
        lambda: bad_files.text_file("lain,sekali\n1,2\n"),
    ],
    ids=[
        "encoding",
        "picture",
        "pdf",
        "xls",
        "bomb",
        "merged",
        "huge",
        "empty",
        "other",
    ],
)
def test_a_file_that_is_no_table_is_refused(
    office: Client, kotim: Region, file: Any
) -> None:
    refused(office, file())


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_export_comes_back_unchanged(
    office: Client, kotim: Region, at: datetime, form: str, lang: str
) -> None:
    rows = [
        entry("A", requires=("B",), sdg=(9, 11), tags=("x", "y"), staff=2.5),
        entry(
            "B",
            running={"PAD": 5},
            costs={(1, "PAD"): 10, (1, "CSR"): 7},
            illustrative=True,
        ),
        entry("C", quick_win=True, months=6, district="62.02.05", name="=1+1"),
    ]
    record_candidates(region=kotim, rows=rows, upload=None, by=None, at=at)
    sent = office.get(f"/ruang-kerja/62.02/pilih/kandidat/unduh.{form}?bahasa={lang}")
    content = b"".join(sent) if sent.streaming else sent.content
    file = io.BytesIO(content)
    file.name = f"calon.{form}"
    response = send(office, file, lang)
    assert response.status_code == 200, response.content.decode()
    assert Candidate.objects.count() == 3
    assert {e.code: e for e in map(entry_of, queries.current_candidates(kotim))} == {
        e.code: e for e in rows
    }


def test_the_template_holds_the_current_candidates(
    office: Client, kotim: Region, at: datetime
) -> None:
    record_candidates(region=kotim, rows=[entry("A")], upload=None, by=None, at=at)
    sent = office.get("/ruang-kerja/62.02/pilih/kandidat/templat.xlsx")
    file = io.BytesIO(sent.content)
    file.name = "templat.xlsx"
    assert "0 new, 0 changed, 1 unchanged" in send(office, file).content.decode()


def test_limits_by_toml_are_taken_in_or_told(office: Client, kotim: Region) -> None:
    address = "/ruang-kerja/62.02/pilih/batas/unggah/"
    good = choose_files.limits_to_toml(makers.limits()).encode()
    for content, status in (
        (b"\xff\xfe", 422),
        (b"x = [", 422),
        (b"y = 1", 422),
        (good, 302),
    ):
        file = SimpleUploadedFile("batas.toml", content)
        response = office.post(address, {"name": "Dasar", "file": file})
        assert response.status_code == status
    assert kotim.limits.count() == 1
