"""The desk of the analysis, its files, what the public reads, and the books."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from habaring.masterplan import actions, gap_hints, situation, tables
from habaring.masterplan.models import Aim, Alignment, Gap, Strategy, SwotItem
from habaring.masterplan.parts import PARTS
from habaring.people.models import Account
from habaring.regions.models import Region
from tests.masterplan import analysis_makers as makers
from tests.masterplan.makers import book_set, development_plan, edition, index, plan

ROOM = "/ruang-kerja/62.02/rencanakan/"
PUBLIC = "/daerah/62.02/rencana/analisis/"


@pytest.fixture
def officer(client: Client, budi: Account) -> Client:
    client.force_login(budi)
    return client


def read(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def filled(region: Region, at: datetime) -> None:
    """One of each."""
    strength, chance = (makers.swot(region, at, kind, f"Uji {kind}") for kind in "SO")
    makers.strategy(region, at, "SO", strength, chance)
    makers.gap(region, at)
    old = development_plan(region, at, first_year=2021, last_year=2026)
    new = development_plan(region, at)
    makers.plan_target(new, at, "2.1", "Layanan publik digital", mission=2)
    goal = makers.aims(region, at)
    makers.target(
        region,
        at,
        goal,
        "Layanan daring",
        makers.plan_target(old, at, "1.1", "Layanan"),
    )
    makers.answer(region, at, "nature.1", 4)
    makers.answer(region, at, "nature.2", 2)
    makers.evidence(region, at, "2026/nature.1")


@pytest.mark.parametrize("part", [*PARTS, "kesiapan"])
def test_each_part_is_a_list_a_form_and_a_file(
    kotim: Region, at: datetime, officer: Client, part: str
) -> None:
    filled(kotim, at)
    if part == "kesiapan":
        assert officer.get(f"{ROOM}analisis/kesiapan/").status_code == 302
        page = read(officer, f"{ROOM}analisis/kesiapan/2026/")
        assert "rancangan: belum ada bukti" in page
        assert "<svg" in page
    else:
        read(officer, f"{ROOM}analisis/{part}/")
        read(officer, f"{ROOM}analisis/{part}/baru/")
        row: Any = PARTS[part].found(kotim).first()
        number = getattr(row, "number", row.pk)
        read(officer, f"{ROOM}analisis/{part}/{number}/")
        assert "Tidak ada yang cocok" in read(
            officer, f"{ROOM}analisis/{part}/?q=takada"
        ) or part in ("swot",)
    read(officer, f"{ROOM}analisis/{part}/impor/")
    answer = officer.get(f"{ROOM}analisis/{part}.xlsx")
    assert answer.status_code == 200
    file = SimpleUploadedFile("isi.xlsx", answer.content)
    answer = officer.post(f"{ROOM}analisis/{part}/impor/", {"file": file})
    assert answer.status_code == 302, answer.content.decode()[-3000:]


def test_what_comes_back_changes_nothing_twice(
    kotim: Region, at: datetime, officer: Client
) -> None:
    filled(kotim, at)
    before = [m.objects.count() for m in (SwotItem, Gap, Strategy, Aim, Alignment)]
    for part in PARTS:
        content = officer.get(f"{ROOM}analisis/{part}.xlsx").content
        file = SimpleUploadedFile("isi.xlsx", content)
        officer.post(f"{ROOM}analisis/{part}/impor/", {"file": file})
    after = [m.objects.count() for m in (SwotItem, Gap, Strategy, Aim, Alignment)]
    assert before == after


def test_a_file_with_a_mistake_is_refused_whole(
    kotim: Region, at: datetime, officer: Client
) -> None:
    makers.ground()
    rows = "kind;dimension;layer;text\nS;GOV;structure;Baik\nS;XYZ;structure;Buruk\n"
    file = SimpleUploadedFile("isi.csv", rows.encode())
    answer = officer.post(f"{ROOM}analisis/swot/impor/", {"file": file})
    assert answer.status_code == 422
    assert not SwotItem.objects.exists()


def test_forms_record_and_refusals_are_told_in_the_page(
    kotim: Region, at: datetime, officer: Client
) -> None:
    makers.ground()
    data = {"kind": "S", "dimension": "GOV", "layer": "structure", "text": "Baik"}
    assert officer.post(f"{ROOM}analisis/swot/baru/", data).status_code == 302
    item = SwotItem.objects.get()
    assert officer.post(f"{ROOM}analisis/swot/{item.number}/suara/").status_code == 302
    assert situation.votes_of(situation.items(kotim).get()) == 1
    way = {
        "kind": "SO",
        "dimension": "GOV",
        "text": "Cara",
        "items": [str(item.number)],
    }
    answer = officer.post(f"{ROOM}analisis/strategi/baru/", way)
    assert answer.status_code == 422
    assert "paling sedikit satu butir" in answer.content.decode()
    answer = officer.post(f"{ROOM}analisis/swot/{item.number}/tarik/")
    assert answer.status_code == 302
    item.refresh_from_db()
    assert item.withdrawn_at is not None


def test_evidence_is_added_on_the_page_and_makes_the_score_count(
    kotim: Region, at: datetime, officer: Client
) -> None:
    page = f"{ROOM}analisis/kesiapan/2026/nature.1/"
    assert officer.post(page, {"score": "4", "note": ""}).status_code == 302
    assert "Rancangan: belum ada bukti" in read(officer, page)
    file = SimpleUploadedFile("peta.pdf", makers.PDF, "application/pdf")
    data = {"prove": "1", "file": file, "title": "Peta potensi"}
    assert officer.post(page, data).status_code == 302
    text = read(officer, f"{ROOM}analisis/kesiapan/2026/")
    assert "Peta potensi" in text
    assert "dihitung" in text


def test_the_old_and_the_new_rpjmd_stand_side_by_side(
    kotim: Region, at: datetime, officer: Client
) -> None:
    filled(kotim, at)
    page = read(officer, f"{ROOM}keselarasan/petakan/")
    assert "Layanan publik digital" in page
    assert "checked" in page, "the likeliest is ticked"
    aim = Aim.objects.get(level="target")
    new = situation.plan_targets(kotim).get(development_plan__first_year=2025)
    answer = officer.post(
        f"{ROOM}keselarasan/petakan/",
        {
            "dari": aim.alignments.get().plan_target.development_plan_id,
            "ke": new.development_plan_id,
            "day": "2027-01-01",
            f"aim-{aim.number}": [new.pk],
        },
    )
    assert answer.status_code == 302
    text = read(officer, f"{ROOM}keselarasan/")
    assert "2021–2026" in text
    assert "2025–2029" in text
    assert Alignment.objects.count() == 2


def test_the_public_reads_what_was_opened_and_nothing_else(
    kotim: Region, at: datetime, client: Client, budi: Account
) -> None:
    filled(kotim, at)
    read(client, PUBLIC)
    for part in ("kesiapan", "swot", "kesenjangan", "tujuan"):
        read(client, f"{PUBLIC}{part}/", 404)
    for part in ("kesiapan", "swot", "kesenjangan", "tujuan"):
        actions.release(region=kotim, part=part, by=budi, at=at)
        read(client, f"{PUBLIC}{part}/")
        assert client.get(f"{PUBLIC}{part}.csv").status_code == 200
    assert "Laporan" in read(client, f"{PUBLIC}kesiapan/")
    actions.close(region=kotim, part="swot", by=budi, at=at)
    read(client, f"{PUBLIC}swot/", 404)


def test_gaps_are_suggested_from_readiness_once(kotim: Region, at: datetime) -> None:
    filled(kotim, at)
    makers.answer(kotim, at, "culture.1", 2)
    makers.evidence(kotim, at, "2026/culture.1")
    found = {hint.about for hint in gap_hints.hints(kotim)}
    assert "readiness:2026/culture" in found
    assert "readiness:2026/nature" not in found
    makers.gap(kotim, at, about="readiness:2026/culture")
    assert "readiness:2026/culture" not in {h.about for h in gap_hints.hints(kotim)}


def test_the_books_take_the_analysis_up(kotim: Region, at: datetime) -> None:
    figures = index(kotim)
    filled(kotim, at)
    plan(kotim, at)
    book_set(at)
    record = str(edition(kotim, at, index_edition=figures).record)
    for words in (
        "Kesiapan 2026",
        "Uji S",
        "Strategi SO",
        "Tidak ada orang",
        "Aparatur",
        "Uji vision",
        "Layanan daring",
        "Peta ke RPJMD",
    ):
        assert words in record, words


def test_readiness_leaves_as_a_table(kotim: Region, at: datetime) -> None:
    filled(kotim, at)
    rows: list[dict[str, Any]] = list(tables.readiness_values(kotim))
    assert rows[0]["score"] == 4
    assert rows[0]["state"] == "dihitung"
