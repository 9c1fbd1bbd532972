"""The books on the site: shelf, reader, files, and the desk where they are made."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from habaring.masterplan import actions
from habaring.masterplan.models import Edition, Section
from habaring.people.models import Account
from habaring.regions.models import Region
from tests import makers as people
from tests.masterplan import makers

PUBLIC = "/daerah/62.02/rencana/"
DESK = "/ruang-kerja/62.02/rencanakan/"


@pytest.fixture
def edition(kotim: Region, at: datetime) -> Edition:
    index = makers.index(kotim)
    makers.development_plan(kotim, at)
    makers.plan(kotim, at)
    return makers.edition(kotim, at, index_edition=index)


def read(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_region_without_a_plan_says_what_comes_first(
    kotim: Region, client: Client
) -> None:
    page = read(client, PUBLIC)
    assert "belum menerbitkan masterplan" in page
    assert "Belum ada rencana" in page


def test_the_shelf_shows_the_newest_edition_its_vision_and_what_is_being_set(
    edition: Edition, client: Client
) -> None:
    page = read(client, PUBLIC)
    assert "Buku 2 — Masterplan" in page
    assert "Berkasnya sedang disusun." in page
    assert "Maju dan berkelanjutan" in page
    assert "contoh" in page


def test_a_kept_page_shows_the_files_as_soon_as_they_are_set(
    edition: Edition, at: datetime, client: Client, settings: Any
) -> None:
    settings.PUBLIC_CACHE = True
    assert "Berkasnya sedang disusun." in read(client, PUBLIC)
    actions.set_files(edition=edition, at=at)
    assert "Berkasnya sedang disusun." not in read(client, PUBLIC)


def test_a_book_is_read_a_chapter_at_a_time(edition: Edition, client: Client) -> None:
    first = read(client, f"{PUBLIC}edisi/1/buku-2/")
    assert "Bab 1. Pendahuluan" in first
    assert "Bagian ini belum ditulis." in first
    fourth = read(client, f"{PUBLIC}edisi/1/buku-2/?bab=buku-2.bab-4")
    assert "/daerah/62.02/pilihan/program/GOV-01/" in fourth
    assert "?bab=buku-2.bab-3" in fourth
    assert "?bab=buku-2.bab-5" in fourth
    read(client, f"{PUBLIC}edisi/1/buku-2/?bab=tidak-ada", 404)
    read(client, f"{PUBLIC}edisi/1/buku-9/", 404)
    read(client, f"{PUBLIC}edisi/9/", 404)


def test_no_picture_of_a_book_needs_inline_style(
    edition: Edition, client: Client
) -> None:
    for chapter in ("buku-1.bab-4", "buku-2.bab-5", "buku-2.bab-7"):
        book = chapter.split(".")[0]
        page = read(client, f"{PUBLIC}edisi/1/{book}/?bab={chapter}")
        assert "<svg" in page
        assert " style=" not in page
        assert "<style" not in page


def test_a_programme_leads_to_its_page_in_the_book(
    edition: Edition, client: Client
) -> None:
    answer = client.get(f"{PUBLIC}edisi/1/program/GOV-01/")
    assert answer["Location"] == f"{PUBLIC}edisi/1/buku-2/?bab=buku-2.bab-4"
    read(client, f"{PUBLIC}edisi/1/program/GOV-03/", 404)


@pytest.mark.parametrize(
    ("form", "media"),
    [
        ("pdf", "application/pdf"),
        ("docx", "application/vnd.openxmlformats"),
        ("html", "text/html"),
    ],
)
def test_a_file_is_given_as_it_was_issued_and_never_shown_inside_the_site(
    edition: Edition, at: datetime, client: Client, form: str, media: str
) -> None:
    files = actions.set_files(edition=edition, at=at)
    [size] = [f.size for f in files if f.book == "quick-win" and f.format == form]
    answer = client.get(f"{PUBLIC}edisi/1/quick-win.{form}")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith(media)
    assert answer["Content-Disposition"] == (
        f'attachment; filename="6202-edisi-1-quick-win.{form}"'
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert len(answer.content) == size


def test_a_file_that_was_never_set_is_not_found(
    edition: Edition, client: Client
) -> None:
    read(client, f"{PUBLIC}edisi/1/buku-1.pdf", 404)
    read(client, f"{PUBLIC}edisi/1/buku-1.exe", 404)


def test_checksums_and_the_way_to_rebuild_are_public(
    edition: Edition, at: datetime, client: Client
) -> None:
    files = actions.set_files(edition=edition, at=at)
    page = read(client, f"{PUBLIC}edisi/1/")
    assert edition.sha256 in page
    assert all(file.sha256 in page for file in files)
    assert "habaring book 62.02 --edition 1" in page
    record = client.get(f"{PUBLIC}edisi/1/catatan.json")
    assert record["Content-Type"] == "application/json"
    assert record.json() == edition.record


def test_the_pages_ask_few_questions(
    edition: Edition, client: Client, django_assert_max_num_queries: object
) -> None:
    for address, most in (
        (PUBLIC, 9),
        (f"{PUBLIC}edisi/1/", 6),
        (f"{PUBLIC}edisi/1/buku-2/", 11),  # six of them for who owns the chapter
    ):
        with django_assert_max_num_queries(most):  # type: ignore[operator]
            client.get(address)


def test_a_withdrawn_edition_stays_readable_with_its_reason(
    edition: Edition, budi: Account, client: Client
) -> None:
    client.force_login(budi)
    address = f"{DESK}edisi/1/tarik/"
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "Angka APBD keliru."})
    for page in (PUBLIC, f"{PUBLIC}edisi/1/", f"{PUBLIC}edisi/1/buku-2/"):
        assert "Angka APBD keliru." in read(client, page)
    again = client.post(address, {"reason": "Lain"})
    assert again.status_code == 422
    assert "sudah ditarik sebelumnya" in again.content.decode()


# The desk


def test_a_section_is_written_on_the_desk(
    edition: Edition, budi: Account, client: Client
) -> None:
    client.force_login(budi)
    assert "Analisis SWOT" in read(client, DESK)
    address = f"{DESK}bagian/buku-1.swot/"
    saved = client.post(address, {"text": "Kekuatan: gotong royong."}, follow=True)
    assert "Disimpan sebagai revisi baru." in saved.content.decode()
    section = Section.objects.get()
    assert (section.revision, section.recorded_by) == (1, budi)
    same = client.post(address, {"text": "Kekuatan: gotong royong."})
    assert same.status_code == 422
    assert "Teksnya sama dengan sebelumnya." in same.content.decode()
    read(client, f"{DESK}bagian/tidak-ada/", 404)


def test_an_rpjmd_is_recorded_on_the_desk(
    kotim: Region, budi: Account, client: Client
) -> None:
    client.force_login(budi)
    typed = {
        "first_year": "2025",
        "last_year": "2029",
        "vision_id": "Maju",
        "missions_id": "Satu\n\n Dua ",
        "missions_en": "One",
        "source": "Perda",
    }
    address = f"{DESK}rpjmd/"
    wrong = client.post(address, typed)
    assert wrong.status_code == 422
    assert "Ada 2 misi di atas dan 1 baris di sini." in wrong.content.decode()
    client.post(address, {**typed, "missions_en": ""})
    plan = kotim.development_plans.get()
    assert [m.text_id for m in plan.missions.all()] == ["Satu", "Dua"]
    late = client.post(address, {**typed, "missions_en": "", "last_year": "2020"})
    assert late.status_code == 422


def test_an_edition_is_issued_on_the_desk(
    edition: Edition, budi: Account, client: Client
) -> None:
    client.force_login(budi)
    page = read(client, f"{DESK}terbitkan/")
    assert "Masih kosong" in page
    answer = client.post(
        f"{DESK}terbitkan/",
        {
            "title": "Edisi kedua",
            "template": edition.template_id,
            "language": "en",
            "index_edition": edition.index_edition_id,
        },
    )
    assert answer["Location"] == f"{PUBLIC}edisi/2/"
    second = Edition.objects.get(number=2)
    assert (second.language, second.issued_by) == ("en", budi)


def test_issuing_without_a_plan_is_refused_on_the_page(
    kotim: Region, budi: Account, client: Client, at: datetime
) -> None:
    client.force_login(budi)
    template = makers.book_set(at)
    answer = client.post(
        f"{DESK}terbitkan/",
        {"title": "Edisi", "template": template.pk, "language": "id"},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Daerah ini belum punya rencana yang ditetapkan." in page
    assert 'value="Edisi"' in page
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("desk", []),
        ("section", ["buku-1.swot"]),
        ("development-plan", []),
        ("issue", []),
        ("withdraw", [1]),
    ],
)
def test_the_desk_is_shut_to_citizens_and_strangers(
    edition: Edition,
    alya: Account,
    citra: Account,
    client: Client,
    name: str,
    args: list[object],
) -> None:
    address = reverse(f"masterplan-work:{name}", args=["62.02", *args])
    assert client.get(address).status_code == 302
    for person in (alya, citra):
        client.force_login(person)
        assert client.get(address).status_code == 403


def test_a_planner_writes_but_does_not_issue(
    edition: Edition, kotim: Region, client: Client
) -> None:
    client.force_login(people.officer("Eko", region=kotim, role="planner"))
    page = read(client, DESK)
    assert reverse("masterplan-work:issue", args=["62.02"]) not in page
    assert client.get(f"{DESK}terbitkan/").status_code == 403
    assert client.get(f"{DESK}edisi/1/tarik/").status_code == 403
