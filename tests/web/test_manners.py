"""How every page answers: language, headers, errors, refusals, the work room."""

from datetime import datetime

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from habaring.people.models import Account, Membership, Role
from habaring.regions.models import Region
from habaring.shared.refusal import FileRefused, Problem
from habaring.web import views
from habaring.web.middleware import RefusalMiddleware
from tests import makers
from tests.masterplan import makers as masterplan

PAGES = ["/", "/daerah/62.02/", "/daerah/62.02/rencana/", "/masuk/", "/tidak-ada/"]


# Language


def language(client: Client, path: str = "/", **more: str) -> str:
    answer = client.get(path, headers=more)
    content = answer.content.decode()
    found = content.split('<html lang="')[1][:2]
    assert answer["Content-Language"] == found
    return found


def test_indonesian_is_spoken_first_whatever_the_browser_asks(
    client: Client, db: None
) -> None:
    assert language(client, **{"accept-language": "en-US,en;q=0.9"}) == "id"


def test_a_choice_of_language_is_kept_and_leads_back(client: Client, db: None) -> None:
    answer = client.post("/bahasa/", {"language": "en", "next": "/masuk/"})
    assert answer["Location"] == "/masuk/"
    assert client.cookies["bahasa"].value == "en"
    assert language(client) == "en"
    away = client.post("/bahasa/", {"language": "id", "next": "https://jahat.example/"})
    assert "jahat" not in away["Location"]
    assert language(client) == "id"


def test_an_address_can_name_the_language(client: Client, db: None) -> None:
    assert language(client, "/?bahasa=en") == "en"
    assert language(client, "/") == "id"
    assert language(client, "/?bahasa=xx") == "id"
    client.cookies["bahasa"] = "<script>"
    assert language(client) == "id"


# Headers


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_answered_safely(
    client: Client, kotim: Region, path: str
) -> None:
    answer = client.get(path)
    policy = answer["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if rule)
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["style-src"] == rules["script-src"] == "'self'"
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    page = answer.content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page


# Errors and refusals


def test_an_address_that_is_nobodys(client: Client, db: None) -> None:
    answer = client.get("/tidak-ada/")
    assert answer.status_code == 404
    assert "Halaman ini tidak ada" in answer.content.decode()


@pytest.fixture
def anybody(rf: RequestFactory, alya: Account) -> HttpRequest:
    request = rf.get("/daerah/62.02/")
    request.user = alya
    return request


def test_pages_of_no_and_of_error(anybody: HttpRequest) -> None:
    for answer, status in (
        (views.not_allowed(anybody, PermissionError()), 403),
        (views.not_found(anybody, LookupError()), 404),
        (views.server_error(anybody), 500),
    ):
        assert answer.status_code == status
        assert b"<h1>" in answer.content
        assert b"Traceback" not in answer.content


def test_a_broken_page_is_told_without_its_insides(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> dict[str, object]:
        raise RuntimeError("rahasia")

    monkeypatch.setattr("habaring.web.face.country", broken)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "rahasia" not in answer.content.decode()
    assert "Ada yang salah di pihak kami" in answer.content.decode()


def test_a_refusal_that_no_form_caught_is_a_page(anybody: HttpRequest) -> None:
    refusal = FileRefused(
        "Berkas tidak dimuat.",
        "Ada yang perlu diperbaiki.",
        "Perbaiki, lalu unggah lagi.",
        problems=[Problem("Data", 14, "Nilai", "bukan angka")],
    )
    answer = RefusalMiddleware(lambda _request: None).process_exception(  # type: ignore[arg-type, return-value]
        anybody, refusal
    )
    assert answer is not None
    assert answer.status_code == 422
    page = answer.content.decode()
    for words in ("Berkas tidak dimuat.", "Perbaiki, lalu unggah lagi.", "bukan angka"):
        assert words in page


def test_health_asks_the_database(client: Client, db: None) -> None:
    answer = client.get("/sehat/")
    assert answer.json() == {"status": "ok"}


# The work room


def test_the_work_room_needs_somebody(client: Client, kotim: Region) -> None:
    for path in ("/ruang-kerja/", "/ruang-kerja/62.02/"):
        assert client.get(path)["Location"].startswith("/masuk/?next=")
    answer = client.post("/ruang-kerja/62.02/orang/undang/", {})
    assert answer.status_code == 401
    assert "Masuk dulu" in answer.content.decode()


def test_a_person_without_a_role_is_told_whom_to_ask(
    client: Client, alya: Account, kotim: Region
) -> None:
    client.force_login(alya)
    page = client.get("/ruang-kerja/").content.decode()
    assert "Anda belum memegang peran" in page
    assert client.get("/ruang-kerja/62.02/").status_code == 403


def test_an_operator_searches_for_any_region(client: Client, kotim: Region) -> None:
    rani = makers.account("Rani")
    Membership.objects.create(
        account=rani, role=Role.objects.get(code="operator"), since=makers.LONG_AGO
    )
    client.force_login(rani)
    page = client.get("/ruang-kerja/", {"q": "kotim"}).content.decode()
    assert 'href="/ruang-kerja/62.02/"' in page


def doors(client: Client) -> str:
    return client.get("/ruang-kerja/62.02/").content.decode()


def test_the_work_room_shows_what_waits_and_only_what_one_may_do(
    client: Client, budi: Account, kotim: Region, at: datetime
) -> None:
    masterplan.book_set(at)
    client.force_login(budi)
    page = doors(client)
    assert "Masukkan calon program" in page
    assert "Tulis 10 bagian buku" in page
    assert reverse("people-work:people", args=["62.02"]) in page
    client.force_login(makers.officer("Eko", region=kotim, role="officer"))
    page = doors(client)
    assert "Laporkan angka" in page
    assert "Tulis 10 bagian buku" not in page
    assert reverse("people-work:people", args=["62.02"]) not in page
    client.force_login(makers.officer("Ina", region=kotim, role="inspector"))
    assert doors(client).count("<h1>") == 1


def test_the_work_room_asks_few_questions(
    client: Client,
    budi: Account,
    kotim: Region,
    at: datetime,
    django_assert_max_num_queries: object,
) -> None:
    index = masterplan.index(kotim)
    masterplan.plan(kotim, at)
    masterplan.edition(kotim, at, index_edition=index)
    client.force_login(budi)
    # what is owned, what waits, who may: each kind of thing asks once for all its rows,
    # and all kinds of lines together whether there is anything to tell
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        doors(client)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL")


def test_a_failure_is_told_even_where_no_page_can_be_drawn(
    monkeypatch: pytest.MonkeyPatch, rf: RequestFactory
) -> None:
    assert b"<h1>" in views.server_error(rf.get("/")).content

    def broken(*_: object, **__: object) -> str:
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr(views, "render_to_string", broken)
    response = views.server_error(rf.get("/"))
    assert response.status_code == 500
    assert b"Something went wrong." in response.content


def test_browsers_find_the_icon(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"].endswith("favicon.svg")
