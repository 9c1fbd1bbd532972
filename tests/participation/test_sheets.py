"""Proposals as spreadsheets: what goes out comes back unchanged, errors by cell."""

import csv
import io
from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from habaring.participation import loaders, sheets
from habaring.participation.models import Call, Proposal
from habaring.people.models import Account
from habaring.regions.models import Department, Region
from habaring.shared.loading import Request
from habaring.shared.refusal import FileRefused
from habaring.shared.tables import read
from tests import makers as people
from tests.participation import makers

pytestmark = pytest.mark.django_db
ROOM = "/ruang-kerja/62.02/dengar/"
TODAY = date(2026, 11, 2)


@pytest.fixture
def call(kotim: Region, at: datetime) -> Call:
    return makers.call(kotim, at)


def _sheet(call: Call, *rows: dict[str, str]) -> bytes:
    first = {
        "number": "",
        "call": str(call.pk),
        "title": "Sumur bor",
        "problem": "Keruh.",
        "idea": "Bor.",
        "origin": "citizen",
        "place": "",
        "name": "",
        "consent": "",
        "meeting": "",
    }
    file = io.StringIO()
    writer = csv.DictWriter(file, list(first))
    writer.writeheader()
    writer.writerows({**first, **row} for row in rows)
    return file.getvalue().encode()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_everything_exported_imports_back_unchanged(
    form: str,
    client: Client,
    call: Call,
    kotim: Region,
    alya: Account,
    budi: Account,
    at: datetime,
) -> None:
    office = Department.objects.create(region=kotim, code="pu", name_id="Dinas PU")
    makers.proposal(call, at, author=alya, latitude=-2.53197, longitude=112.9501)
    makers.proposal(
        call,
        at,
        title="=SUM(1;2) bukan rumus",
        problem='Baris satu\nbaris "dua"; lalu, tiga',
        department=office,
        on_paper=True,
        entered_by=budi,
        author_name="Pak Karto",
        rough_cost=None,
        place=None,
        illustrative=True,
    )
    makers.proposal(call, at, author=alya, state="held")
    makers.proposal(call, at, author=alya, state="withdrawn", dimension_code="ENV")
    client.force_login(budi)
    answer = client.get(f"{ROOM}usulan/unduh.{form}")
    content = b"".join(answer) if answer.streaming else answer.content
    file = SimpleUploadedFile(f"usulan.{form}", content)
    page = client.post(f"{ROOM}masukkan/unggah/", {"file": file})
    assert page.status_code == 200, page.content.decode()
    assert page.context["told"].unchanged == 4
    assert Proposal.objects.count() == 4


def test_filters_are_kept_in_the_file(
    client: Client, call: Call, budi: Account, at: datetime
) -> None:
    makers.proposal(call, at)
    makers.proposal(call, at, title="Jembatan gantung")
    client.force_login(budi)
    answer = client.get(f"{ROOM}usulan/unduh.csv?q=jembatan")
    text = b"".join(answer).decode()
    assert "Jembatan gantung" in text
    assert "Lampu jalan" not in text
    assert client.get(f"{ROOM}usulan/unduh.exe").status_code == 404


def test_a_bad_file_is_refused_whole_with_its_cells(
    client: Client, call: Call, budi: Account
) -> None:
    content = _sheet(
        call,
        {},
        {"place": "99.99.99.9999"},
        {"meeting": "7"},
        {"name": "Pak Karto"},
        {"number": "U-0099"},
    )
    client.force_login(budi)
    file = SimpleUploadedFile("usulan.csv", content)
    page = client.post(f"{ROOM}masukkan/unggah/", {"file": file})
    assert page.status_code == 422
    assert not Proposal.objects.exists()
    found = page.context["refusal"].problems
    assert [one.row for one in found] == [3, 4]
    mended = _sheet(call, {}, {"name": "Pak Karto"}, {"number": "U-0099"})
    file = SimpleUploadedFile("usulan.csv", mended)
    page = client.post(f"{ROOM}masukkan/unggah/", {"file": file})
    assert [one.row for one in page.context["refusal"].problems] == [3, 4]


def test_the_template_reads_and_lists_the_calls(
    client: Client, call: Call, kotim: Region, budi: Account
) -> None:
    client.force_login(budi)
    answer = client.get(f"{ROOM}masukkan/templat.xlsx")
    assert answer.status_code == 200
    kind = sheets.table_kind(sheets.known(kotim))
    file = ContentFile(answer.content, "templat.xlsx")
    with pytest.raises(FileRefused, match="kolom"):  # headings, and no row yet
        read(file, kind, today=TODAY)


def test_the_command_loads_a_file(
    tmp_path: Path, call: Call, kotim: Region, at: datetime
) -> None:
    people.region("62.02.05")
    path = tmp_path / "usulan.csv"
    path.write_bytes(_sheet(call, {"place": "62.02.05"}, {"title": "Titian"}))
    told = loaders._proposals(Request(path, at, region="62.02"))
    assert told == "2 new, 0 changed, 0 as before."
    numbers = list(Proposal.objects.order_by("number").values_list("number", flat=True))
    assert numbers == [1, 2]
