"""Follow a region: told once, grouped, in one's language; stop without signing in."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client

from habaring.council.actions import Body, Ruling, record_council, record_decision
from habaring.people.follows import actions
from habaring.people.follows.actions import LinkUnreadable, Published
from habaring.people.follows.models import Follow, News, NewsKind
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.walls import APP_ROLE
from tests import makers
from tests.people.messages import delivered

pytestmark = pytest.mark.django_db
ADDRESS = "https://habaring.example"


@pytest.fixture(autouse=True)
def _site(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SITE_ADDRESS = ADDRESS  # type: ignore[attr-defined]
    monkeypatch.setattr(transaction, "on_commit", lambda send, **_more: send())


def decision(number: int) -> Published:
    return Published(
        NewsKind.DECISION,
        str(number),
        f"Keputusan {number}",
        f"/daerah/62.02/{number}/",
    )


def test_a_follower_gets_one_letter_for_all_that_is_new(
    at: datetime, kotim: Region, alya: Account
) -> None:
    actions.follow(account=alya, region=kotim, at=at)
    actions.follow(account=alya, region=kotim, at=at)
    assert Follow.objects.count() == 1
    for number in (1, 2):
        assert actions.announce(region=kotim, what=decision(number), at=at)
    assert not actions.announce(region=kotim, what=decision(1), at=at)
    assert actions.tell(region=kotim, at=at + timedelta(minutes=15)) == 1
    assert actions.tell(region=kotim, at=at + timedelta(minutes=16)) == 0
    (letter,) = mail.outbox
    assert letter.to == [alya.email]
    assert "Kotawaringin Timur" in letter.subject
    for number in (1, 2):
        assert f"Keputusan dewan: Keputusan {number}" in letter.body
        assert f"{ADDRESS}/daerah/62.02/{number}/" in letter.body


def test_the_letter_comes_in_the_readers_language(
    at: datetime, kotim: Region, alya: Account
) -> None:
    alya.language = "en"
    alya.save()
    actions.follow(account=alya, region=kotim, at=at)
    actions.announce(region=kotim, what=decision(1), at=at)
    actions.tell(region=kotim, at=at)
    assert "A decision of the council: Keputusan 1" in mail.outbox[0].body


def test_who_has_a_telephone_alone_gets_one_message_and_not_at_night(
    at: datetime, kotim: Region, alya: Account
) -> None:
    alya.email, alya.phone = None, "+6281255501234"
    alya.save()
    actions.follow(account=alya, region=kotim, at=at)
    actions.announce(region=kotim, what=decision(1), at=at)
    night = at.replace(hour=16)  # 23:00 in Jakarta
    actions.tell(region=kotim, at=night)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT scheduled_at FROM procrastinate_jobs"
            " WHERE task_name = 'shared.send_message'"
        )
        assert cursor.fetchone() == (night.replace(hour=0) + timedelta(days=1),)
    (message,) = delivered()
    assert f"{ADDRESS}/daerah/62.02/1/" in message["text"]
    assert "/kabar/berhenti/" in message["text"]
    assert "Alya" not in message["text"]


def test_without_followers_nothing_is_kept_to_be_told(
    at: datetime, kotim: Region
) -> None:
    assert not actions.announce(region=kotim, what=decision(1), at=at)
    assert not News.objects.exists()


def test_news_of_one_region_reach_no_follower_of_another(
    at: datetime, kotim: Region, alya: Account
) -> None:
    actions.follow(account=alya, region=makers.region("62.01"), at=at)
    assert not actions.announce(region=kotim, what=decision(1), at=at)
    assert actions.tell(region=kotim, at=at) == 0


def test_closed_accounts_are_not_written_to(
    at: datetime, kotim: Region, alya: Account
) -> None:
    actions.follow(account=alya, region=kotim, at=at)
    actions.announce(region=kotim, what=decision(1), at=at)
    alya.is_active = False
    alya.save()
    assert actions.tell(region=kotim, at=at) == 0


def test_the_link_of_a_letter_ends_the_follow_without_signing_in(
    at: datetime, kotim: Region, alya: Account, client: Client
) -> None:
    row = actions.follow(account=alya, region=kotim, at=at)
    path = f"/kabar/berhenti/{actions.stop_token(row)}/"
    assert client.get(path).status_code == 200
    assert Follow.objects.exists()  # looking, as mail scanners do, ends nothing
    page = client.post(path).content.decode()
    assert "tidak lagi" in page
    assert not Follow.objects.exists()
    assert client.post(path).status_code == 200  # twice is no fault


def test_a_link_that_is_not_ours_ends_nothing(
    at: datetime, kotim: Region, alya: Account, client: Client
) -> None:
    row = actions.follow(account=alya, region=kotim, at=at)
    token = actions.stop_token(row)
    with pytest.raises(LinkUnreadable):
        actions.read_stop_token(token[:-2])
    assert client.get(f"/kabar/berhenti/{token[:-2]}/").status_code == 404


def test_what_one_follows_is_seen_by_nobody_else(
    at: datetime, kotim: Region, alya: Account, citra: Account
) -> None:
    actions.follow(account=alya, region=kotim, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.region', '', true)")
        cursor.execute("SELECT set_config('app.account', '', true)")
        cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")
        try:
            assert actions.following(citra) == []
            assert [row.region for row in actions.following(alya)] == [kotim]
        finally:
            cursor.execute("RESET ROLE")


def test_a_person_follows_and_stops_by_the_pages(
    kotim: Region, alya: Account, client: Client
) -> None:
    client.force_login(alya)
    path = "/daerah/62.02/ikuti/"
    assert "Kabari saya" in client.get(path).content.decode()
    assert client.post(path, {"deed": "follow"}).status_code == 302
    assert "Anda mengikuti" in client.get(path).content.decode()
    own = client.get("/akun/kabar/").content.decode()
    assert "Kotawaringin Timur" in own
    assert client.post("/akun/kabar/62.02/berhenti/").status_code == 302
    assert not Follow.objects.exists()
    client.post(path, {"deed": "follow"})
    client.post(path, {"deed": "stop"})
    assert not Follow.objects.exists()


def test_a_decision_of_the_council_is_announced(
    at: datetime, kotim: Region, alya: Account, budi: Account
) -> None:
    actions.follow(account=alya, region=kotim, at=at)
    council = record_council(
        region=kotim, body=Body("Dewan Smart City"), by=budi, at=at
    )
    ruling = Ruling(
        number="1/2026", decided_on=at.date(), title="Rencana", reason="Paling baik."
    )
    decision = record_decision(
        region=kotim, council=council, ruling=ruling, by=budi, at=at
    )
    news = News.objects.get()
    assert news.title == "Rencana"
    assert news.path == f"/daerah/62.02/dewan/keputusan/{decision.pk}/"
    assert Client().get(news.path).status_code == 200
