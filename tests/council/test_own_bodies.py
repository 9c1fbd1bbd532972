"""Who holds a role in a body plans its meetings and records its decisions, no others."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from habaring.council.models import Council, Decision, Meeting
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.web import desk
from tests import makers as house
from tests.council import makers

W = "/ruang-kerja/62.02/dewan/"


@pytest.fixture
def team(kotim: Region, at: datetime) -> Council:
    return makers.body(kotim, at, kind="team", name="Tim Pelaksana")


@pytest.fixture
def dewan(kotim: Region, at: datetime) -> Council:
    return makers.body(kotim, at, name="Dewan Smart City")


@pytest.fixture
def ika(kotim: Region, team: Council) -> Account:
    return house.officer("Ika", region=kotim, role="implementation_team", body=team.pk)


@pytest.fixture
def dara(kotim: Region, dewan: Council) -> Account:
    return house.officer("Dara", region=kotim, role="council", body=dewan.pk)


def planned(**more: Any) -> dict[str, Any]:
    return {
        "title": "Rapat kelompok",
        "on": "2026-11-10",
        "starts": "09:00",
        "ends": "11:00",
        "place": "Aula Sampit",
        "qr_minutes": "0",
        **more,
    }


def ruled(council: Council, **more: Any) -> dict[str, Any]:
    return {
        "council": council.pk,
        "number": "7/2026",
        "decided_on": "2026-11-01",
        "title": "Menetapkan skenario",
        "reason": "Paling banyak manfaatnya.",
        **more,
    }


# Meetings of the implementation team


def test_a_member_plans_meetings_of_the_own_body(
    client: Client, ika: Account, team: Council, dewan: Council
) -> None:
    client.force_login(ika)
    choose = client.get(f"{W}rapat/baru/").content.decode()
    assert team.name in choose
    assert f"badan={dewan.pk}" not in choose
    assert f"{W}rapat/baru/" in client.get(f"{W}rapat/").content.decode()
    assert f"{W}rapat/baru/" in client.get(W).content.decode()
    sent = client.post(f"{W}rapat/baru/?badan={team.pk}", planned())
    assert sent.status_code == 302
    assert Meeting.objects.get().body == team


@pytest.mark.parametrize("asked", ["", "?badan={dewan}", "?badan=999999", "?badan=x"])
def test_no_address_and_no_field_plans_a_meeting_of_another(
    client: Client, ika: Account, team: Council, dewan: Council, asked: str
) -> None:
    client.force_login(ika)
    address = f"{W}rapat/baru/{asked.format(dewan=dewan.pk)}"
    posed = planned(body=dewan.pk, badan=dewan.pk)
    assert client.post(address, posed).status_code in (200, 403)
    assert not Meeting.objects.exists()


def test_a_meeting_of_another_body_stays_shut(
    client: Client, ika: Account, dewan: Council, at: datetime
) -> None:
    row = makers.meeting(dewan, at)
    client.force_login(ika)
    for name in ("ubah/", "batalkan/"):
        assert client.get(f"{W}rapat/{row.pk}/{name}").status_code == 403
        assert client.post(f"{W}rapat/{row.pk}/{name}", planned()).status_code == 403
    row.refresh_from_db()
    assert (row.title, row.state) == ("Rapat triwulan", "draft")


def test_a_member_of_the_team_decides_nothing(
    client: Client, ika: Account, team: Council, dewan: Council
) -> None:
    client.force_login(ika)
    assert client.get(f"{W}keputusan/baru/").status_code == 403
    for body in (team, dewan):
        sent = client.post(f"{W}keputusan/baru/", ruled(body))
        assert sent.status_code == 403
    assert not Decision.objects.exists()


# Decisions of the council


@time_machine.travel("2026-11-02T05:00:00Z", tick=False)
def test_a_member_records_decisions_of_the_own_body(
    client: Client, dara: Account, team: Council, dewan: Council, at: datetime
) -> None:
    client.force_login(dara)
    makers.meeting(team, at, title="Rapat tim")
    makers.decision(team, at, number="1/TIM")
    page = client.get(f"{W}keputusan/baru/").content.decode()
    assert f'value="{dewan.pk}"' in page
    assert f'<option value="{team.pk}"' not in page
    assert "Rapat tim" not in page
    assert "1/TIM" not in page
    assert f"{W}keputusan/baru/" in client.get(f"{W}keputusan/").content.decode()
    sent = client.post(f"{W}keputusan/baru/", ruled(dewan))
    assert sent.status_code == 302
    assert Decision.objects.get(number="7/2026").council == dewan


@time_machine.travel("2026-11-02T05:00:00Z", tick=False)
def test_a_changed_field_decides_for_no_other_body(
    client: Client, dara: Account, team: Council, dewan: Council, at: datetime
) -> None:
    earlier = makers.decision(team, at, number="1/TIM")
    row = makers.meeting(team, at)
    client.force_login(dara)
    new = f"{W}keputusan/baru/"
    assert client.post(new, ruled(team)).status_code == 403
    assert client.post(f"{new}?badan={dewan.pk}", ruled(team)).status_code == 403
    assert client.post(new, ruled(dewan) | {"council": ""}).status_code == 422
    assert client.post(new, ruled(dewan, overrules=earlier.pk)).status_code == 422
    assert client.post(new, ruled(dewan, meeting=row.pk)).status_code == 422
    follow = f"{W}keputusan/{earlier.pk}/"
    assert client.post(follow, {"title": "Tugas"}).status_code == 403
    assert list(Decision.objects.all()) == [earlier]


def test_a_body_opens_nothing_in_a_region_above_or_below(
    kotim: Region, team: Council, at: datetime
) -> None:
    far = house.officer(
        "Rani", region=house.region("62"), role="implementation_team", body=team.pk
    )
    for code in ("62.02", "62.01"):
        region = house.region(code)
        power = Power.RECORD_MEETINGS
        assert not access.extent(far, power, at=at, region=region)


def test_who_records_for_the_whole_region_keeps_all(
    client: Client, budi: Account, team: Council, dewan: Council
) -> None:
    client.force_login(budi)
    choose = client.get(f"{W}rapat/baru/").content.decode()
    assert f"badan={dewan.pk}" in choose
    assert f"badan={team.pk}" in choose
    page = client.get(f"{W}keputusan/baru/").content.decode()
    assert f'value="{dewan.pk}"' in page
    assert f'value="{team.pk}"' in page


def test_what_waits_is_of_the_own_body(
    ika: Account, team: Council, dewan: Council, at: datetime
) -> None:
    for body, title in ((team, "Rapat tim"), (dewan, "Rapat dewan")):
        makers.seat(body, at)
        makers.invited(body, at, title=title)
    later = at + timedelta(days=5)
    lines = desk.desk(ika, team.region, at=later, on=later.date()).lines
    told = " ".join(str(line.title) for line in lines)
    assert "Rapat tim" in told
    assert "Rapat dewan" not in told
