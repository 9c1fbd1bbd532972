"""What a token opens, and what closes it."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from habaring.api import actions
from habaring.api.actions import Issued, NewToken, TokenRefused
from habaring.api.models import ApiToken
from habaring.people.models import Account
from habaring.regions.models import Region
from tests import makers as people
from tests.api import makers

DRAFTS = "/api/v1/regions/62.02/candidates"
TOKEN = "/api/v1/token"


def asked(issued: Issued | str, path: str = DRAFTS, **more: Any) -> Any:
    secret = issued if isinstance(issued, str) else issued.secret
    return Client().get(path, HTTP_AUTHORIZATION=f"Bearer {secret}", **more)


def test_a_token_opens_what_its_person_and_its_scopes_allow(issued: Issued) -> None:
    assert asked(issued).status_code == 200
    told = asked(issued, TOKEN).json()
    assert told["region"] == "62.02"
    assert "see_work_room" in told["scopes"]


def test_only_the_hash_is_kept(issued: Issued) -> None:
    row = ApiToken.objects.get()
    kept = " ".join(str(value) for value in vars(row).values())
    assert issued.secret not in kept
    assert issued.secret.startswith(row.prefix)
    assert len(issued.secret) > 50


def test_each_use_is_counted(issued: Issued) -> None:
    for _n in range(3):
        asked(issued, TOKEN)
    row = ApiToken.objects.get()
    assert row.uses == 3
    assert row.last_used_at is not None


def test_a_revoked_token_opens_nothing(issued: Issued, today: datetime) -> None:
    actions.revoke_token(token=issued.token, by=issued.token.account, at=today)
    assert asked(issued).status_code == 401


def test_a_token_that_has_ended_opens_nothing(mighty: Account, kotim: Region) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=31)
    assert asked(makers.token(mighty, kotim, long_ago)).status_code == 401


def test_a_rotated_token_has_another_secret(issued: Issued, today: datetime) -> None:
    again = actions.rotate_token(token=issued.token, by=issued.token.account, at=today)
    assert asked(issued).status_code == 401
    assert asked(again).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header",
    [
        "Bearer ",
        "Bearer hbr_00000000_x",
        "Bearer " + "x" * 5000,
        "Basic YTpi",
        "Bearer hbr_\udcff",
        "x",
    ],
)
def test_a_header_that_is_no_token_is_a_401(header: str) -> None:
    header = header.encode("utf-8", "replace").decode("latin-1")
    response = Client().get("/api/v1/regions", HTTP_AUTHORIZATION=header)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_guessed_end_of_a_known_token_opens_nothing(issued: Issued) -> None:
    assert asked(issued.secret[:-1] + "!").status_code == 401
    assert asked(issued.token.prefix).status_code == 401


def test_an_inactive_person_has_no_tokens(issued: Issued, mighty: Account) -> None:
    Account.objects.filter(pk=mighty.pk).update(is_active=False)
    assert asked(issued).status_code == 401


def test_a_role_that_has_ended_closes_the_token(
    issued: Issued, mighty: Account, today: datetime
) -> None:
    mighty.memberships.update(until=today - timedelta(seconds=1))
    assert asked(issued).status_code == 403


def test_a_token_reaches_down_and_not_beside(
    mighty: Account, kotim: Region, today: datetime
) -> None:
    people.region("62.01")
    issued = makers.token(mighty, kotim, today)
    assert asked(issued, "/api/v1/regions/62.01/candidates").status_code == 403
    people.region("62.02.05")
    assert asked(issued, "/api/v1/regions/62.02.05/candidates").status_code == 200


def test_an_operator_s_token_stays_in_its_region(
    kotim: Region, today: datetime
) -> None:
    """A role for the whole platform does not widen a token of one region."""
    people.region("62.01")
    operator = people.officer("Oper", region=kotim, role="operator")
    issued = makers.token(operator, kotim, today, "see_work_room")
    assert asked(issued).status_code == 200
    assert asked(issued, "/api/v1/regions/62.01/candidates").status_code == 403


def test_a_scope_that_is_missing_is_a_403(
    mighty: Account, kotim: Region, today: datetime
) -> None:
    issued = makers.token(mighty, kotim, today, "record_candidates")
    assert asked(issued).status_code == 403


def test_a_token_never_gets_more_than_its_person_has(
    kotim: Region, today: datetime
) -> None:
    officer = people.officer("Rini", region=kotim, role="council")
    new = NewToken(name="Terlalu banyak", scopes=("adopt_plan", "manage_api"))
    with pytest.raises(TokenRefused):
        actions.issue_token(region=kotim, new=new, by=officer, at=today)
    other = people.region("62.01")
    new = NewToken(name="Daerah lain", scopes=("see_work_room",))
    with pytest.raises(TokenRefused):
        actions.issue_token(region=other, new=new, by=officer, at=today)


@pytest.mark.parametrize(
    "more",
    [
        {"days": 366},
        {"days": 0},
        {"name": " "},
        {"name": "x" * 81},
        {"networks": ("x",)},
    ],
)
def test_a_token_that_makes_no_sense_is_refused(
    mighty: Account, kotim: Region, today: datetime, more: dict[str, Any]
) -> None:
    new = NewToken(**{"name": "Uji", "scopes": (), **more})
    with pytest.raises(TokenRefused):
        actions.issue_token(region=kotim, new=new, by=mighty, at=today)
    assert not ApiToken.objects.exists()


def test_a_token_may_be_bound_to_networks(
    mighty: Account, kotim: Region, today: datetime
) -> None:
    issued = makers.token(mighty, kotim, today, networks=("203.0.113.0/24",))
    assert asked(issued, REMOTE_ADDR="203.0.113.9").status_code == 200
    assert asked(issued, REMOTE_ADDR="203.0.114.9").status_code == 401
    spoofed = asked(
        issued, REMOTE_ADDR="198.51.100.1", HTTP_X_FORWARDED_FOR="203.0.113.9"
    )
    assert spoofed.status_code == 401


def test_a_session_opens_nothing(mighty: Account, kotim: Region) -> None:
    client = Client()
    client.force_login(mighty)
    assert client.get(DRAFTS).status_code == 401
    assert client.get(TOKEN).status_code == 401


def test_no_log_tells_a_token(
    issued: Issued, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("habaring.api.plans.region_of", broken)
    with caplog.at_level(logging.DEBUG):
        assert asked(issued).status_code == 500
    told = caplog.text + str([vars(record) for record in caplog.records])
    assert issued.secret not in told


def test_tokens_have_a_limit_of_their_own(issued: Issued, settings: Any) -> None:
    settings.API_REQUESTS = 2
    assert [asked(issued, TOKEN).status_code for _n in range(3)] == [200, 200, 429]


# Pages


ROOM = "/ruang-kerja/62.02/api/"


@pytest.fixture
def desk(mighty: Account) -> Client:
    client = Client()
    client.force_login(mighty)
    return client


def test_the_page_shows_a_secret_once(desk: Client) -> None:
    data = {"name": "Angka BPS", "scopes": ["see_work_room"], "days": "30"}
    shown = desk.post(f"{ROOM}token/baru/", data)
    row = ApiToken.objects.get()
    assert row.prefix + "_" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    listed = desk.get(ROOM).content.decode()
    assert row.prefix in listed
    assert row.prefix + "_" not in listed


def test_the_pages_rotate_and_revoke(desk: Client, issued: Issued) -> None:
    path = f"{ROOM}token/{issued.token.pk}/"
    assert b"hbr_" in desk.post(f"{path}putar/").content
    assert asked(issued).status_code == 401
    assert desk.post(f"{path}cabut/").status_code == 302
    assert ApiToken.objects.get().revoked_at is not None


def test_strangers_see_no_token(issued: Issued, citra: Account, alya: Account) -> None:
    for person in (citra, alya):
        client = Client()
        client.force_login(person)
        assert client.get(ROOM).status_code == 403
        answer = client.post(f"{ROOM}token/{issued.token.pk}/cabut/")
        assert answer.status_code == 403
        assert "Uji" not in client.get("/akun/token/").content.decode()
    assert ApiToken.objects.get().revoked_at is None
    assert Client().get(ROOM).status_code in {302, 401}


def test_a_person_revokes_their_own_token_after_the_role_ended(
    desk: Client, issued: Issued, mighty: Account, today: datetime
) -> None:
    mighty.memberships.update(until=today - timedelta(seconds=1))
    assert "Uji" in desk.get("/akun/token/").content.decode()
    desk.post(f"{ROOM}token/{issued.token.pk}/cabut/")
    assert ApiToken.objects.get().revoked_at is not None


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_contract_is_a_page(client: Client, db: None, language: str) -> None:
    page = client.get(f"/api/v1/docs?bahasa={language}").content.decode()
    assert page.count("<details") > 40
    assert "curl" in page
    assert " style=" not in page
    assert "<script>" not in page
