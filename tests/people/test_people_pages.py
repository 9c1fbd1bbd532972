"""The people pages as the secretariat and the operator meet them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from habaring.people import actions
from habaring.people.access import Place
from habaring.people.models import Account, Invitation, Membership, Role
from habaring.people.rules import Term
from habaring.regions.models import Department, Region
from tests import makers
from tests.people.test_roles import operator, page, role

HEAD = "email,full_name,role,department,place,since,until,note\n"
SOON = datetime(2031, 3, 1, tzinfo=UTC)


def to(name: str, *more: object) -> str:
    return reverse(f"people-work:{name}", args=["62.02", *more])


@pytest.fixture
def kominfo(kotim: Region) -> Department:
    return Department.objects.create(region=kotim, code="2.16", name_id="Kominfo")


@pytest.fixture
def eko(kotim: Region, kominfo: Department) -> Account:
    person = makers.officer("Eko", region=kotim, role="officer")
    Membership.objects.filter(account=person).update(department=kominfo)
    return person


# The list


def test_the_list_is_narrowed_by_its_address(
    kotim: Region, budi: Account, eko: Account, client: Client
) -> None:
    at = datetime.now(UTC)
    mine = Membership.objects.filter(account=eko)
    client.force_login(budi)
    assert "Eko" in page(client, "people", q="eko@")
    assert "Eko" in page(client, "people", q="kominfo")
    assert "Eko" in page(client, "people", peran="officer", opd="2.16")
    assert "Eko" not in page(client, "people", q="tidak ada")
    assert "Eko" not in page(client, "people", peran="planner")
    states: dict[str, dict[str, datetime | None]] = {
        "berlaku": {"since": at - timedelta(days=9), "until": None},
        "segera": {"since": at - timedelta(days=9), "until": at + timedelta(days=9)},
        "nanti": {"since": at + timedelta(days=9), "until": None},
        "berakhir": {"since": at - timedelta(days=9), "until": at},
    }
    for state, span in states.items():
        mine.update(since=span["since"], until=span["until"])
        for asked in states:
            fits = asked == state or (asked, state) == ("berlaku", "segera")
            assert ("Eko" in page(client, "people", keadaan=asked)) is fits
        assert "Eko" in page(client, "people", keadaan="semua")
        assert ("Eko" in page(client, "people")) is (state != "berakhir")


def test_a_filter_that_makes_no_sense_hides_nobody(
    budi: Account, client: Client
) -> None:
    client.force_login(budi)
    assert "Budi" in page(client, "people", keadaan="entah", peran="raja")


def test_the_list_shows_who_works_in_a_village(
    kotim: Region, budi: Account, client: Client
) -> None:
    village = makers.region("62.02.06.1001", "Ketapang", "kelurahan")
    makers.officer("Kartika", region=village, role="village_operator")
    client.force_login(budi)
    assert "Kelurahan Ketapang" in page(client, "people")


def test_the_list_costs_as_many_questions_for_many_people_as_for_few(
    kotim: Region, budi: Account, client: Client, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        makers.officer(f"P{n}", region=kotim, role="officer")
    client.force_login(budi)
    with django_assert_max_num_queries(20):
        text = page(client, "people")
    assert "halaman=2" in text


@pytest.mark.parametrize(
    ("code", "held"),
    [("62.02.06.1001", "village_operator"), ("62.02.06", "district_officer")],
)
def test_who_works_in_a_village_comes_to_its_room_and_into_no_other(
    kotim: Region, client: Client, code: str, held: str
) -> None:
    place = makers.region(code, "Ketapang", "kelurahan")
    client.force_login(makers.officer("Kartika", region=place, role=held))
    room = client.get("/ruang-kerja/", follow=True)
    assert room.redirect_chain[-1][0] == f"/ruang-kerja/{code}/"
    assert room.status_code == 200
    assert client.get(f"/ruang-kerja/{code}/kenali/").status_code == 200
    for path in ("", "kenali/", "orang/"):
        assert client.get(f"/ruang-kerja/62.02/{path}").status_code == 403


# One person


def test_a_persons_page_tells_all_roles_here_and_none_elsewhere(
    kotim: Region, budi: Account, eko: Account, client: Client, at: datetime
) -> None:
    actions.grant(
        account=eko,
        role=role("parliament"),
        place=Place(kotim),
        by=budi,
        at=at,
        term=Term(since=SOON, note="Dilantik"),
    )
    Membership.objects.create(
        account=eko,
        role=role("inspector"),
        region=makers.region("62.01"),
        since=makers.LONG_AGO,
    )
    client.force_login(budi)
    text = page(client, "person", eko.pk)
    for words in ("Petugas perangkat daerah", "Kominfo", "Anggota DPRD", "Dilantik"):
        assert words in text
    assert "Inspektorat" not in text


def test_a_person_who_holds_nothing_here_has_no_page_here(
    budi: Account, citra: Account, alya: Account, client: Client
) -> None:
    client.force_login(budi)
    for stranger in (citra, alya):
        assert client.get(to("person", stranger.pk)).status_code == 404
        assert client.get(to("give", stranger.pk)).status_code == 404


def test_a_role_ends_with_a_reason_and_is_given_again(
    kotim: Region, budi: Account, eko: Account, client: Client
) -> None:
    client.force_login(budi)
    held = Membership.objects.get(account=eko)
    answer = client.post(to("revoke", held.pk), {f"r{held.pk}-reason": ""})
    assert answer.status_code == 422
    client.post(to("revoke", held.pk), {f"r{held.pk}-reason": "Cuti"})
    text = page(client, "person", eko.pk)
    assert "Cuti" in text
    again = re.search(r'href="([^"]+/beri/\?[^"]+)"', text)
    assert again
    form = client.get(again[1].replace("&amp;", "&")).content.decode()
    assert '<option value="officer" selected>' in form
    assert f'<option value="{held.department_id}" selected>' in form
    typed = {"role": "officer", "department": held.department_id}
    look = client.post(to("give", eko.pk), typed)
    assert "Berikan peran ini" in look.content.decode()
    client.post(to("give", eko.pk), {**typed, "langkah": "kirim"})
    assert Membership.objects.filter(account=eko, until=None).count() == 1
    twice = client.post(to("give", eko.pk), {**typed, "langkah": "kirim"})
    assert twice.status_code == 422
    assert "sudah memegang peran ini" in twice.content.decode()


def test_the_last_day_is_changed_on_the_page(
    budi: Account, eko: Account, client: Client
) -> None:
    client.force_login(budi)
    held = Membership.objects.get(account=eko)
    field = f"e{held.pk}-"
    typed = {f"{field}until": "2031-02-28", f"{field}reason": "Kontrak"}
    assert client.post(to("change-end", held.pk), typed).status_code == 302
    held.refresh_from_db()
    assert held.until == SOON - timedelta(hours=7)  # the day after begins in Sampit
    text = page(client, "person", eko.pk).replace("\xa0", " ")
    assert "28 Februari 2031" in text
    typed = {f"{field}until": "2020-02-28", f"{field}reason": "Salah"}
    answer = client.post(to("change-end", held.pk), typed)
    assert answer.status_code == 422
    assert "Hari terakhirnya sebelum hari pertama" in answer.content.decode()


def test_no_page_of_a_region_gives_or_ends_what_the_platform_gives(
    kotim: Region, budi: Account, client: Client
) -> None:
    wing = makers.officer("Wing", region=kotim, role="assessor")
    client.force_login(budi)
    held = Membership.objects.get(account=wing)
    answer = client.post(to("revoke", held.pk), {f"r{held.pk}-reason": "Terlalu ketat"})
    assert answer.status_code == 422
    typed = {"email": "baru@contoh.id", "role": "assessor", "langkah": "kirim"}
    assert client.post(to("invite"), typed).status_code == 422
    assert not Invitation.objects.exists()
    held.refresh_from_db()
    assert held.until is None


# Invitations


def test_a_lost_invitation_is_sent_again_and_the_old_link_dies(
    kotim: Region, budi: Account, client: Client
) -> None:
    at = datetime.now(UTC)
    token = actions.invite(
        email="dewi@contoh.id",
        offer=actions.Offer(role("planner"), Place(kotim)),
        by=budi,
        at=at,
        address="http://testserver/undangan/",
    )
    row = Invitation.objects.get()
    Invitation.objects.update(expires_at=at - timedelta(days=1))
    client.force_login(budi)
    assert "sudah habis" in page(client, "people")
    client.post(to("send-again", row.pk))
    row.refresh_from_db()
    assert row.expires_at > at
    with pytest.raises(actions.InvitationUnusable):
        actions.usable_invitation(token=token, at=at)
    client.post(to("withdraw", row.pk))
    assert client.post(to("send-again", row.pk)).status_code == 404


def test_an_invitation_promises_place_and_time_and_keeps_both(
    kotim: Region, budi: Account, kominfo: Department, at: datetime
) -> None:
    token = actions.invite(
        email="dewi@contoh.id",
        offer=actions.Offer(
            role("officer"),
            Place(kotim, kominfo),
            Term(SOON, SOON + timedelta(days=5), "SK 12"),
        ),
        by=budi,
        at=at,
        address="http://testserver/undangan/",
    )
    new = actions.NewAccount("", "Dewi", "rotan ikan perahu langit")
    dewi = actions.accept_invitation(token=token, new=new, at=at)
    held = Membership.objects.get(account=dewi)
    assert (held.department, held.since, held.until) == (
        kominfo,
        SOON,
        SOON + timedelta(days=5),
    )
    assert (held.note, held.granted_by, held.granted_at) == ("SK 12", budi, at)


# Many at once


def upload(client: Client, rows: str) -> Any:
    file = SimpleUploadedFile("orang.csv", (HEAD + rows).encode())
    return client.post(to("upload"), {"file": file})


def test_a_list_invites_after_a_look(
    kotim: Region, budi: Account, eko: Account, client: Client
) -> None:
    client.force_login(budi)
    answer = upload(
        client,
        "dewi@contoh.id,Dewi,planner,,,,,\n"
        "fitri@contoh.id,Fitri,officer,2.16,,,2031-02-28,SK 12\n"
        "eko@contoh.id,Eko,officer,2.16,,,,\n"
        "lama@contoh.id,Lama,planner,,,2020-01-01,2020-12-31,\n",
    )
    text = answer.content.decode()
    assert answer.status_code == 200, text
    assert "2 surat akan dikirim" in text
    assert "1 peran yang sudah dipegang, 1 yang sudah lewat" in text
    assert not Invitation.objects.exists()
    sealed = re.search(r'name="daftar" value="([^"]+)"', text)
    assert sealed
    assert client.post(to("send-list"), {"daftar": sealed[1]}).status_code == 302
    fitri = Invitation.objects.get(email="fitri@contoh.id")
    assert (fitri.department_id is not None, fitri.note) == (True, "SK 12")
    assert Invitation.objects.count() == 2


def test_a_list_with_a_mistake_is_refused_whole_and_every_mistake_named(
    kotim: Region, budi: Account, client: Client
) -> None:
    client.force_login(budi)
    answer = upload(
        client,
        "dewi@contoh.id,Dewi,planner,,,,,\n"
        "bukan surel,Fitri,planner,,,,,\n"
        "gita@contoh.id,Gita,raja,,,,,\n"
        "hadi@contoh.id,Hadi,assessor,,,,,\n"
        "indra@contoh.id,Indra,district_officer,,,,,\n"
        "joko@contoh.id,Joko,district_officer,,62.01.01,,,\n"
        "kiki@contoh.id,Kiki,planner,,,2031-02-28,2031-02-01,\n",
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    for words in (
        "bukan wewenang Anda",
        "dipegang di kecamatan",
        "tidak ada di daerah ini",
        "tidak akan pernah berlaku",
    ):
        assert words in text
    assert not Invitation.objects.exists()


def test_the_exported_list_comes_back_in_and_asks_for_nothing(
    kotim: Region, budi: Account, eko: Account, client: Client
) -> None:
    makers.officer("Wing", region=kotim, role="assessor")
    client.force_login(budi)
    for form in ("csv", "xlsx"):
        content = b"".join(
            client.get(to("export", form)).streaming_content  # type: ignore[attr-defined]
            if form == "csv"
            else [client.get(to("export", form)).content]
        )
        file = SimpleUploadedFile(f"orang.{form}", content)
        answer = client.post(to("upload"), {"file": file})
        assert answer.status_code == 200, answer.content.decode()
        assert "3 peran yang sudah dipegang" in answer.content.decode()
    assert client.get(to("export", "exe")).status_code == 404
    assert client.get(to("blank")).status_code == 200


def test_a_list_that_somebody_else_looked_at_is_not_sent(
    kotim: Region, budi: Account, client: Client
) -> None:
    client.force_login(budi)
    text = upload(client, "dewi@contoh.id,Dewi,planner,,,,,\n").content.decode()
    sealed = re.search(r'name="daftar" value="([^"]+)"', text)
    assert sealed
    client.force_login(makers.officer("Lia", region=kotim))
    for value in (sealed[1], sealed[1][:-2] + "xx", ""):
        answer = client.post(to("send-list"), {"daftar": value})
        assert answer.status_code == 422
    assert not Invitation.objects.exists()


# The platform


def test_the_operator_invites_the_first_secretariat_of_any_region(
    kotim: Region, client: Client, settings: Any
) -> None:
    client.force_login(operator())
    address = reverse("people-platform:invite")
    typed = {"email": "dewi@contoh.id", "role": "secretariat", "regions": "62.02"}
    look = client.post(address, typed).content.decode()
    assert "Kabupaten Kotawaringin Timur" in look
    client.post(address, {**typed, "langkah": "kirim"})
    row = Invitation.objects.get()
    assert (row.region, row.also_in) == (kotim, [])
    assert (
        "dewi@contoh.id"
        in client.get(reverse("people-platform:people")).content.decode()
    )


def test_a_mentor_is_given_to_several_regions_by_one_invitation(
    kotim: Region, client: Client
) -> None:
    makers.region("62.01")
    client.force_login(operator())
    typed = {
        "email": "wing@contoh.id",
        "role": "mentor",
        "regions": "62.02, 62.01",
        "until": "2031-02-28",
        "langkah": "kirim",
    }
    client.post(reverse("people-platform:invite"), typed)
    row = Invitation.objects.get()
    assert (row.region_id, row.also_in) == ("62.02", ["62.01"])
    at = datetime.now(UTC)
    token = "x" * 24
    Invitation.objects.update(token_hash=actions._hash(token))
    new = actions.NewAccount("", "Wing", "rotan ikan perahu langit")
    wing = actions.accept_invitation(token=token, new=new, at=at)
    held = Membership.objects.filter(account=wing).values_list("region_id", "until")
    assert dict(held) == dict.fromkeys(("62.01", "62.02"), SOON - timedelta(hours=7))


@pytest.mark.parametrize("regions", ["99.99", "62.02, entah", ""])
def test_a_region_that_is_not_there_is_named(
    kotim: Region, client: Client, regions: str
) -> None:
    client.force_login(operator())
    typed = {"email": "a@contoh.id", "role": "mentor", "regions": regions}
    answer = client.post(reverse("people-platform:invite"), typed)
    assert answer.status_code == 422


def test_the_platforms_page_is_shut_to_every_region(
    budi: Account, alya: Account, client: Client
) -> None:
    for person in (budi, alya):
        client.force_login(person)
        for name in ("people", "roles", "invite"):
            assert client.get(reverse(f"people-platform:{name}")).status_code == 403


def test_every_role_is_explained(budi: Account, client: Client) -> None:
    client.force_login(budi)
    text = page(client, "roles")
    for row in Role.objects.all():
        assert row.name in text
        assert row.description_id in text
