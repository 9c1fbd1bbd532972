"""Forged forms, foreign hosts, links that lead away, fields nobody asked for, caches."""

from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client

from habaring.people.models import Account, Membership
from habaring.portfolio.actions import record_one
from habaring.portfolio.models import Candidate
from habaring.regions.models import Department, Region
from tests.makers import account
from tests.portfolio import makers as portfolio

PASSWORD = "empat kata yang jauh"
LEADING_AWAY = (
    "https://jahat.example/",
    "//jahat.example/",
    "/\\jahat.example/",
    "javascript:alert(1)",
    "https:jahat.example",
    "///jahat.example",
)


# Forged forms


@pytest.mark.parametrize(
    "path", ["/masuk/", "/keluar/", "/ruang-kerja/62.02/orang/", "/masuk/kode/"]
)
def test_a_form_from_elsewhere_is_refused(budi: Account, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(budi)
    before = Membership.objects.count()
    answer = client.post(path, {"email": "x@contoh.id"})
    assert answer.status_code == 403
    assert Membership.objects.count() == before


def test_only_the_choice_of_language_needs_no_token(db: None) -> None:
    """It changes a cookie and nothing else."""
    client = Client(enforce_csrf_checks=True)
    assert client.post("/bahasa/", {"language": "en"}).status_code == 302


# Foreign hosts


@pytest.mark.parametrize("host", ["jahat.example", "127.0.0.1.jahat.example", "a b"])
def test_a_foreign_host_is_refused(client: Client, db: None, host: str) -> None:
    answer = client.get("/masuk/", headers={"host": host})
    assert answer.status_code == 400
    assert "jahat" not in answer.content.decode()


def test_letters_never_carry_a_host_that_a_request_named(db: None) -> None:
    assert "*" not in settings.ALLOWED_HOSTS
    assert settings.USE_X_FORWARDED_HOST is False


# Links that lead away


@pytest.mark.parametrize("away", LEADING_AWAY)
def test_sign_in_leads_only_to_our_own_pages(db: None, away: str) -> None:
    account("Alya")
    client = Client()
    answer = client.post(
        f"/masuk/?next={away}",
        {
            "username": "alya@contoh.id",
            "login": "alya@contoh.id",
            "password": PASSWORD,
            "next": away,
        },
    )
    assert answer.status_code == 302, "signed in"
    assert "jahat" not in answer["Location"]
    assert not answer["Location"].startswith(("//", "javascript"))


# Sessions


def test_the_session_key_changes_at_sign_in(db: None) -> None:
    account("Alya")
    client = Client()
    client.get("/masuk/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    fixed = session.session_key
    client.post(
        "/masuk/",
        {"username": "alya@contoh.id", "login": "alya@contoh.id", "password": PASSWORD},
    )
    assert client.session.session_key != fixed
    assert "_auth_user_id" in client.session
    stranger = Client()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = str(fixed)
    assert "_auth_user_id" not in stranger.session


def test_cookies_are_kept_from_scripts_and_other_sites(db: None) -> None:
    account("Alya")
    client = Client()
    client.post(
        "/masuk/",
        {"username": "alya@contoh.id", "login": "alya@contoh.id", "password": PASSWORD},
    )
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


# Fields nobody asked for


def test_a_form_takes_only_its_own_fields(client: Client, budi: Account) -> None:
    client.force_login(budi)
    other = Region.objects.get_or_create(
        code="62.01", defaults={"name": "Kotawaringin Barat", "kind": "kabupaten"}
    )[0]
    client.post(
        "/ruang-kerja/62.02/wilayah/baru/",
        {
            "code": "9.99",
            "name_id": "Dinas Sisipan",
            "name_en": "",
            "region": other.pk,
            "region_id": other.pk,
            "illustrative": "on",
            "closed_on": "2020-01-01",
            "id": "1",
        },
    )
    made = Department.objects.filter(name_id="Dinas Sisipan").first()
    assert made is not None
    assert made.region_id == "62.02"
    assert made.closed_on is None


def test_an_invitation_cannot_name_what_the_form_does_not(
    client: Client, budi: Account
) -> None:
    client.force_login(budi)
    client.post(
        "/ruang-kerja/62.02/orang/",
        {
            "email": "baru@contoh.id",
            "role": "operator",
            "region": "62.01",
            "platform_wide": "1",
        },
    )
    assert not Membership.objects.filter(role_id="operator").exists()


# Pages of one person in the caches of others


def test_what_is_made_for_somebody_is_kept_by_nobody(
    client: Client, budi: Account
) -> None:
    client.force_login(budi)
    for path in ("/akun/", "/ruang-kerja/62.02/", "/ruang-kerja/62.02/orang/"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        told = answer["Cache-Control"]
        assert "no-store" in told, path
        assert "private" in told, path


def test_public_pages_for_somebody_signed_in_are_not_shared(
    client: Client, budi: Account, settings: object
) -> None:
    settings.PUBLIC_CACHE = True  # type: ignore[attr-defined]
    signed_out = client.get("/daerah/62.02/")
    assert "no-store" not in signed_out.get("Cache-Control", "")
    client.force_login(budi)
    answer = client.get("/daerah/62.02/")
    assert "no-store" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]
    again = Client().get("/daerah/62.02/")
    assert "Budi" not in again.content.decode()


# Text with a script in it


def test_what_people_write_is_shown_as_words(
    client: Client, budi: Account, kotim: Region, at: datetime
) -> None:
    client.force_login(budi)
    attack = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    portfolio.place(kotim.code)
    entry = portfolio.entry("A")
    record_one(region=kotim, entry=entry, by=budi, at=at)
    Candidate.objects.filter(code="A").update(name=attack, description=attack)
    page = client.get("/ruang-kerja/62.02/pilih/kandidat/A/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page
