"""Bodies, their seats and their instruments: formed, filled, ended, refused."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from habaring.council.actions import (
    Body,
    CouncilRefused,
    Fixes,
    InstrumentRefused,
    Paper,
    SeatRefused,
    change_council,
    change_instrument,
    dissolve_council,
    end_seat,
    make_groups,
    record_council,
    record_instrument,
)
from habaring.council.models import Council, Instrument, Seat, SeatContact
from habaring.council.queries import warned
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account, Membership
from habaring.regions.models import Region
from tests import makers as people
from tests.council import makers

W = "/ruang-kerja/62.02/dewan/"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def council(kotim: Region, at: datetime) -> Council:
    return makers.body(kotim, at)


# Bodies


def test_a_decree_becomes_an_instrument(kotim: Region, at: datetime) -> None:
    made = makers.body(kotim, at, decree_number="66/2024", decree_on=date(2024, 3, 1))
    row = Instrument.objects.get()
    assert (row.kind, row.number, row.fixes_ref) == ("sk", "66/2024", str(made.pk))
    assert (made.decree_number, made.decree_on) == ("66/2024", date(2024, 3, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"quorum_rule": "count"},
        {"quorum_rule": "consensus"},
        {"kind": "group"},
    ],
)
def test_a_body_whose_rules_do_not_fit_is_refused(
    kotim: Region, at: datetime, wrong: dict[str, Any]
) -> None:
    with pytest.raises(CouncilRefused):
        makers.body(kotim, at, **wrong)


def test_a_team_of_another_region_is_not_above(kotim: Region, at: datetime) -> None:
    there = makers.body(people.region("62.01"), at, kind="team", name="Tim")
    with pytest.raises(CouncilRefused):
        makers.body(kotim, at, kind="group", parent=there)


def test_six_groups_are_made_in_one_act_and_only_once(
    kotim: Region, at: datetime
) -> None:
    team = makers.body(kotim, at, kind="team", name="Tim Pelaksana")
    assert len(make_groups(team=team, by=None, at=at)) == 6
    assert make_groups(team=team, by=None, at=at) == []
    assert {g.dimension_code for g in team.groups.all()} == {
        "GOV", "BRA", "ECO", "LIV", "SOC", "ENV",
    }  # fmt: skip
    second = makers.body(kotim, at, kind="team", name="Tim Kedua")
    assert len(make_groups(team=second, by=None, at=at)) == 6


def test_a_council_has_no_groups(council: Council, at: datetime) -> None:
    with pytest.raises(CouncilRefused):
        make_groups(team=council, by=None, at=at)


def test_a_body_is_changed_and_keeps_its_name_its_own(
    council: Council, budi: Account, at: datetime
) -> None:
    makers.body(council.region, at, name="Forum", kind="forum")
    changed = change_council(
        council=council, body=Body("Dewan Kota", rhythm_days=30), by=budi, at=at
    )
    assert (changed.name, changed.rhythm_days) == ("Dewan Kota", 30)
    with pytest.raises(CouncilRefused):
        change_council(council=council, body=Body("Forum"), by=budi, at=at)


def test_a_dissolved_body_lets_its_seats_end(
    council: Council, budi: Account, at: datetime
) -> None:
    seat = makers.seat(council, at)
    with pytest.raises(CouncilRefused):
        dissolve_council(council=council, on=at.date(), by=budi, at=at, reason=" ")
    dissolve_council(council=council, on=at.date(), by=budi, at=at, reason="Selesai")
    seat.refresh_from_db()
    assert seat.to_on == at.date()
    with pytest.raises(SeatRefused):
        makers.seat(council, at, "Baru")


# Seats


def test_there_is_one_chair_at_a_time(
    council: Council, budi: Account, at: datetime
) -> None:
    first = makers.seat(council, at, "Ketua", post="chair")
    with pytest.raises(SeatRefused, match="Ketua"):
        makers.seat(council, at, "Lain", post="chair")
    end_seat(seat=first, on=at.date() - timedelta(1), by=budi, at=at)
    second = makers.seat(council, at, "Lain", post="chair", from_on=at.date())
    assert second.post == "chair"
    before = date(2019, 1, 1)
    makers.seat(council, at, "Dulu", post="chair", from_on=before, to_on=before)


@pytest.mark.parametrize(
    "wrong",
    [
        {"person_name": " "},
        {"institution": ""},
        {"pillar": "king"},
        {"post": "emperor"},
        {"to_on": date(2019, 1, 1)},
    ],
)
def test_an_incomplete_seat_is_refused(
    council: Council, at: datetime, wrong: dict[str, Any]
) -> None:
    with pytest.raises(SeatRefused):
        makers.seat(council, at, **wrong)


def test_a_seat_gives_a_role_that_ends_with_it(
    council: Council, budi: Account, alya: Account, at: datetime
) -> None:
    seat = makers.seat(council, at, account=alya)
    held = Membership.objects.get(account=alya)
    assert (held.role_id, held.body) == ("council", council.pk)
    powers = access.powers(alya, at=at, region=council.region, body=council.pk)
    assert Power.RECORD_DECISIONS in powers
    with pytest.raises(SeatRefused):
        makers.seat(council, at, "Dua kali", account=alya)
    end_seat(seat=seat, on=at.date(), by=budi, at=at)
    assert not access.powers(alya, at=at, region=council.region, body=council.pk)
    with pytest.raises(SeatRefused):
        end_seat(seat=seat, on=at.date(), by=budi, at=at)


def test_a_mail_address_goes_with_the_seat(
    council: Council, budi: Account, at: datetime
) -> None:
    seat = makers.seat(council, at, email="Rina@Contoh.id")
    assert SeatContact.objects.get().email == "rina@contoh.id"
    end_seat(seat=seat, on=at.date(), by=budi, at=at)
    assert not SeatContact.objects.exists()


def test_who_may_not_give_roles_is_not_offered_to(
    client: Client, council: Council, budi: Account
) -> None:
    client.force_login(budi)
    page = client.get(f"{W}badan/{council.pk}/kursi/baru/").content.decode()
    assert 'name="account"' in page
    given = {
        "person_name": "Rina",
        "institution": "Kampus",
        "pillar": "academia",
        "post": "member",
        "from_on": "2026-01-01",
        "account": "nobody@contoh.id",
    }
    answer = client.post(f"{W}badan/{council.pk}/kursi/baru/", given)
    assert answer.status_code == 422
    assert 'value="Rina"' in answer.content.decode()
    assert (
        client.post(
            f"{W}badan/{council.pk}/kursi/baru/", given | {"account": ""}
        ).status_code
        == 302
    )
    assert Seat.objects.get().person_name == "Rina"


def table(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["name", "institution", "pillar", "post", "from_on"])
    for row in rows:
        sheet.append(row)
    file = BytesIO()
    book.save(file)
    return SimpleUploadedFile("kursi.xlsx", file.getvalue(), content_type=XLSX)


def test_a_spreadsheet_of_seats_is_taken_whole_or_refused_whole(
    client: Client, council: Council, budi: Account
) -> None:
    client.force_login(budi)
    to = f"{W}badan/{council.pk}/kursi/unggah/"
    first = ("Ani", "Kadin", "business", "chair", "2026-01-01")
    second = ("Oka", "Pers", "media", "chair", "2026-01-01")
    refused = client.post(to, {"file": table(first, second)})
    assert refused.status_code == 422
    assert not Seat.objects.exists()
    wrong = ("Oka", "Pers", "radio", "member", "kemarin")
    page = client.post(to, {"file": table(first, wrong)}).content.decode()
    assert "radio" in page
    assert "kemarin" in page
    good = ("Oka", "Pers", "media", "", "2026-01-01")
    assert client.post(to, {"file": table(first, good)}).status_code == 302
    assert Seat.objects.count() == 2
    assert client.post(to, {"file": table(first, good)}).status_code == 302
    assert Seat.objects.count() == 2
    for form in ("csv", "xlsx"):
        assert client.get(f"{W}badan/{council.pk}/kursi.{form}").status_code == 200
    assert client.get(f"{W}badan/{council.pk}/kursi.doc").status_code == 404
    assert client.get(f"{W}badan/{council.pk}/kursi/templat.xlsx").status_code == 200


def test_bodies_are_formed_changed_and_dissolved_on_their_pages(
    client: Client, kotim: Region, budi: Account
) -> None:
    client.force_login(budi)
    given = {
        "kind": "team",
        "name": "Tim Pelaksana",
        "quorum_rule": "half",
        "rhythm_days": "30",
        "public": "on",
        "decree_number": "12/2026",
        "decree_on": "2026-01-05",
    }
    assert client.post(W + "baru/", given | {"rhythm_days": ""}).status_code == 422
    client.post(W + "baru/", given)
    team = Council.objects.get()
    base = f"{W}badan/{team.pk}/"
    client.post(base + "kelompok/")
    assert team.groups.count() == 6
    for language in ("id", "en"):
        for address in (base, base + "ubah/", base + "bubarkan/", base + "kursi/baru/"):
            assert client.get(f"{address}?bahasa={language}").status_code == 200
    client.post(base + "ubah/", given | {"name": "Tim Baru", "decree_number": ""})
    team.refresh_from_db()
    assert (team.name, team.decree_number) == ("Tim Baru", "12/2026")
    client.post(base + "kursi/baru/", {
        "person_name": "Rina", "institution": "Kampus", "pillar": "academia",
        "post": "chair", "from_on": "2026-01-01",
    })  # fmt: skip
    seat = Seat.objects.get()
    end = {"on": "2026-02-01", "reason": "Pindah tugas"}
    assert client.get(f"{W}kursi/{seat.pk}/akhiri/").status_code == 200
    client.post(f"{W}kursi/{seat.pk}/akhiri/", end)
    client.post(base + "bubarkan/", end)
    team.refresh_from_db()
    assert team.dissolved_on == date(2026, 2, 1)
    assert "Rina" in client.get(base).content.decode()


def test_the_public_sees_public_bodies_only(
    client: Client, council: Council, at: datetime
) -> None:
    makers.seat(council, at, "Rina Terbuka")
    hidden = makers.body(council.region, at, name="Rapat Kecil", public=False)
    page = client.get(f"/daerah/62.02/dewan/badan/{council.pk}/").content.decode()
    assert "Rina Terbuka" in page
    assert client.get(f"/daerah/62.02/dewan/badan/{hidden.pk}/").status_code == 404
    assert "Rapat Kecil" not in client.get("/daerah/62.02/dewan/").content.decode()


# Instruments


def paper(**more: Any) -> Paper:
    given: dict[str, Any] = {
        "kind": "perbup",
        "title": "Masterplan",
        "number": "7/2026",
    }
    return Paper(**(given | more))


def test_a_regulation_that_fixes_the_plan_ends_the_warning(
    council: Council, at: datetime
) -> None:
    region, on = council.region, at.date()
    assert "no_regulation" in {one.code for one in warned(region, on=on)}
    fixes = Fixes("masterplan", "", "Masterplan")
    record_instrument(region=region, paper=paper(fixes=fixes), by=None, at=at)
    assert "no_regulation" not in {one.code for one in warned(region, on=on)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"kind": "bon"},
        {"signed_on": date(2030, 1, 1)},
        {"in_force_from": date(2026, 2, 1), "in_force_until": date(2026, 1, 1)},
    ],
)
def test_an_instrument_that_does_not_hold_is_refused(
    kotim: Region, at: datetime, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InstrumentRefused):
        record_instrument(region=kotim, paper=paper(**wrong), by=None, at=at)


def test_a_number_stands_once_a_kind_and_is_superseded_once(
    kotim: Region, budi: Account, at: datetime
) -> None:
    def record(**more: Any) -> Instrument:
        return record_instrument(region=kotim, paper=paper(**more), by=None, at=at)

    first = record()
    with pytest.raises(InstrumentRefused, match="7/2026"):
        record()
    record(kind="perda")
    second = record(number="8/2026", supersedes=first)
    with pytest.raises(InstrumentRefused):
        record(number="9/2026", supersedes=first)
    assert list(Instrument.objects.filter(kind="perbup").in_force(at.date())) == [
        second
    ]
    with pytest.raises(InstrumentRefused):
        change_instrument(instrument=second, paper=paper(), by=budi, at=at)


def test_instruments_on_their_pages(
    client: Client, kotim: Region, budi: Account, at: datetime
) -> None:
    client.force_login(budi)
    given = {
        "kind": "perbup",
        "title": "Penetapan masterplan",
        "number": "7/2026",
        "fixes": "masterplan:",
        "public": "on",
        "in_force_until": "2026-11-20",
    }
    assert client.post(W + "instrumen/baru/", given | {"title": ""}).status_code == 422
    client.post(W + "instrumen/baru/", given)
    row = Instrument.objects.get()
    assert row.fixes_kind == "masterplan"
    same = client.post(W + "instrumen/baru/", given)
    assert same.status_code == 422
    client.post(f"{W}instrumen/{row.pk}/", given | {"title": "Penetapan rencana induk"})
    public = f"/daerah/62.02/dewan/instrumen/{row.pk}/"
    assert "Penetapan rencana induk" in client.get(public).content.decode()
    for language in ("id", "en"):
        for address in (W + "instrumen/", W + "instrumen/baru/", W + "instrumen/unggah/",
                        f"{W}instrumen/{row.pk}/", public, "/daerah/62.02/dewan/instrumen/"):  # fmt: skip
            assert client.get(f"{address}?bahasa={language}").status_code == 200
    found = client.get("/daerah/62.02/dewan/instrumen/?q=induk&kind=perbup").content
    assert b"Penetapan rencana induk" in found
    assert (
        b"Penetapan rencana induk"
        not in client.get(
            "/daerah/62.02/dewan/instrumen/?standing=ended&kind=perda"
        ).content
    )
    row.public = False
    row.save()
    assert client.get(public).status_code == 404
    for address in (W + "instrumen.csv", W + "instrumen.xlsx",
                    W + "instrumen/templat.xlsx", "/daerah/62.02/dewan/instrumen.csv"):  # fmt: skip
        assert client.get(address).status_code == 200


def test_instruments_come_in_as_a_table(
    client: Client, kotim: Region, budi: Account
) -> None:
    client.force_login(budi)
    text = (
        "kind,number,title,signed_on,in_force_from,in_force_until\n"
        "sk,1/2026,Dewan,2026-01-05,2026-01-05,{until}\n"
    )

    def send(until: str) -> int:
        file = SimpleUploadedFile("a.csv", text.format(until=until).encode())
        return client.post(W + "instrumen/unggah/", {"file": file}).status_code

    assert send("2025-01-01") == 422
    assert not Instrument.objects.exists()
    assert send("2028-01-01") == 302
    assert send("2028-01-01") == 302
    assert Instrument.objects.get().in_force_until == date(2028, 1, 1)


def test_strangers_manage_no_body(
    client: Client, council: Council, alya: Account, citra: Account
) -> None:
    addresses = [
        "baru/", f"badan/{council.pk}/ubah/", f"badan/{council.pk}/kelompok/",
        f"badan/{council.pk}/kursi/baru/", "instrumen/baru/", "instrumen/unggah/",
        f"badan/{council.pk}/bubarkan/",
    ]  # fmt: skip
    for person in (alya, citra):
        client.force_login(person)
        for address in addresses:
            assert client.post(W + address, {}).status_code == 403, address
    assert record_council is not None


def test_a_seat_opens_its_own_body_and_no_other(
    client: Client, kotim: Region, alya: Account, at: datetime
) -> None:
    team = makers.body(kotim, at, kind="team", name="Tim Pelaksana")
    other = makers.body(kotim, at, name="Dewan")
    makers.seat(team, at, "Alya", account=alya)
    own, foreign = makers.meeting(team, at), makers.meeting(other, at)
    client.force_login(alya)
    assert client.get(f"{W}rapat/{own.pk}/ubah/").status_code == 200
    assert client.get(f"{W}rapat/{foreign.pk}/").status_code == 200  # reads the room
    assert client.get(f"{W}rapat/{foreign.pk}/ubah/").status_code == 403
    new = f"{W}rapat/baru/?badan="
    assert client.get(f"{new}{team.pk}").status_code == 200
    assert client.get(f"{new}{other.pk}").status_code == 403
