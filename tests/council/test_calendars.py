"""Calendar feeds: what everyone reads, and what one person reads by a secret address."""

from datetime import datetime, timedelta

import icalendar
import pytest
import time_machine
from django.test import Client

from habaring.council import tokens
from habaring.council.actions import meetings as verbs
from habaring.council.models import Council, Summons
from habaring.people.models import Account
from habaring.regions.models import Region
from tests.council import makers

W = "/ruang-kerja/62.02/dewan/"
P = "/daerah/62.02/dewan/"


@pytest.fixture
def council(kotim: Region, at: datetime) -> Council:
    return makers.body(kotim, at)


def test_the_public_calendar_shows_what_is_public(
    client: Client, council: Council, at: datetime
) -> None:
    makers.seat(council, at)
    meeting = makers.invited(council, at)
    made = makers.decision(council, at)
    makers.task(made, at, makers.post(council.region))
    answer = client.get(P + "kalender.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CONFIRMED"]
    verbs.cancel_meeting(
        meeting=meeting, reason="Banjir", by=None, at=at, links=makers.no_link
    )
    again = icalendar.Calendar.from_ical(client.get(P + "kalender.ics").content)
    told = again.walk("VEVENT")[0]
    assert (str(told["STATUS"]), str(told["SEQUENCE"])) == ("CANCELLED", "1")
    assert str(told["UID"]) == str(events[0]["UID"])


def test_a_secret_calendar_is_made_shown_once_and_ended(
    client: Client, council: Council, budi: Account, at: datetime
) -> None:
    makers.seat(council, at, "Budi", account=budi)
    makers.invited(council, at, title="Rapat tertutup", public=False)
    post = makers.post(council.region)
    makers.holds(budi, post, at)
    makers.task(makers.decision(council, at), at, post)
    client.force_login(budi)
    page = client.post(W + "kalender/").content.decode()
    address = (
        page.split("<code>")[1].split("</code>")[0].removeprefix("http://testserver")
    )
    assert address not in client.get(W + "kalender/").content.decode()
    client.logout()
    with time_machine.travel(at, tick=False):
        feed = client.get(address).content.decode()
    assert "Rapat tertutup" in feed
    assert "Menyusun Perbup" in feed
    assert client.get(P + "kalender/palsu.ics").status_code == 404
    client.force_login(budi)
    client.post(W + "kalender/", {"cabut": "1"})
    assert client.get(address).status_code == 404


def test_a_page_behind_a_signed_link_is_kept_by_no_cache(
    client: Client, council: Council, settings: object, at: datetime
) -> None:
    settings.PUBLIC_CACHE = True  # type: ignore[attr-defined]
    makers.seat(council, at, "Rina Wati")
    makers.invited(council, at)
    token = tokens.answer_token(Summons.objects.get())
    with time_machine.travel(at + timedelta(days=2), tick=False):  # takes no answers
        page = client.get(f"{P}rapat/jawab/{token}/")
    assert "Rina Wati" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "public" not in page["Cache-Control"]
