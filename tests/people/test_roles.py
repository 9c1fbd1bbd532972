"""Roles as rows; who may give which; what a person would see; the pages for it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from habaring.people import actions, powers
from habaring.people.access import Place, Power
from habaring.people.models import Account, HeldIn, Invitation, Membership, Role
from habaring.people.register.preview import preview
from habaring.people.roles import put_in_place, rows
from habaring.people.rules import (
    LastKeeper,
    RoleBeyondYours,
    RoleNotGiven,
    Term,
    TermUnusable,
    WrongPlace,
    givable,
)
from habaring.regions.models import Department, Region
from habaring.shared.models import AuditEntry
from tests import makers

# domain.md, "Roles": each of the twenty, diskominfo as two.
DOMAIN = {
    "citizen",  # warga
    "taxpayer",  # wajib_pajak
    "business",  # pelaku_usaha
    "village_operator",  # operator_desa
    "district_officer",  # petugas_kecamatan
    "officer",  # opd
    "secretariat",  # diskominfo(sekretariat)
    "data_steward",  # diskominfo(walidata)
    "planner",  # bappeda
    "revenue_officer",  # bapenda
    "partner",  # bank/mitra
    "council",  # dewan
    "implementation_team",  # tim_pelaksana
    "mentor",  # pendamping
    "assessor",  # asesor
    "inspector",  # inspektorat
    "parliament",  # DPRD
    "head_of_region",  # bupati
    "public",  # publik
    "peer_region",  # daerah_lain
    "operator",  # admin
}
SINCE = {
    "protection_officer",
    "tax_officer",  # bapenda, by what each of its people does, as the next four
    "tax_head",
    "cashier",
    "village_collector",
    "treasurer",
    "programme_office",  # the ministry that coaches the regions
}
KEPT_IN = (
    Power.RECORD_OBSERVATIONS,
    Power.RECORD_CANDIDATES,
    Power.CHECK_PROPOSALS,
    Power.KEEP_EVIDENCE,
)
"""What an officer of a department does in it."""
ADDRESS = "http://testserver/undangan/"
GIVEN = [row["code"] for row in rows() if row["powers"]]


def role(code: str) -> Role:
    return Role.objects.get(code=code)


def operator() -> Account:
    rani = makers.account("Rani")
    Membership.objects.create(
        account=rani, role=role("operator"), since=makers.LONG_AGO
    )
    return rani


def place_for(code: str) -> Place:
    """A place in Kotim where a role is held."""
    village = Region.objects.get_or_create(
        code="62.02.06.1001",
        defaults={
            "name": "Ketapang",
            "kind": "kelurahan",
            "parent": makers.region("62.02.06"),
        },
    )[0]
    return {
        HeldIn.PLATFORM: Place(),
        HeldIn.DISTRICT: Place(makers.region("62.02.06")),
        HeldIn.VILLAGE: Place(village),
    }.get(HeldIn(role(code).held_in), Place(makers.region("62.02")))


def page(client: Client, name: str, *more: object, **asked: str) -> str:
    address = reverse(f"people-work:{name}", args=["62.02", *more])
    return client.get(address, asked).content.decode()


# The rows


def test_every_role_of_the_domain_is_a_row_that_says_what_its_people_do(
    db: None,
) -> None:
    found = {row.code: row for row in Role.objects.all()}
    assert set(found) == DOMAIN | SINCE
    for row in found.values():
        assert row.name_id
        assert row.name_en
        assert row.description_id
        assert row.description_en
        assert row.held_in in HeldIn.values
        assert set(row.powers) <= {str(power) for power in Power}
        assert row.platform_wide == (row.held_in == HeldIn.PLATFORM)


def test_every_power_is_told_in_a_sentence_and_carried_by_a_role_of_a_region(
    db: None,
) -> None:
    assert set(powers.SENTENCES) == set(Power)
    assert set(role("secretariat").powers) == set(Power)


def test_the_facts_bring_the_table_up_to_date(db: None) -> None:
    Role.objects.filter(code="officer").update(powers=[])
    put_in_place(Role)
    assert "record_observations" in role("officer").powers


@pytest.mark.parametrize(
    "code", ["citizen", "taxpayer", "business", "public", "peer_region", "partner"]
)
def test_a_role_that_opens_nothing_is_given_to_nobody(
    kotim: Region, budi: Account, alya: Account, at: datetime, code: str
) -> None:
    with pytest.raises(RoleNotGiven):
        actions.grant(account=alya, role=role(code), place=Place(kotim), by=budi, at=at)
    assert role(code) not in givable(kotim, by=budi, at=at)


# Who may give what: nobody more than they hold


@pytest.mark.parametrize("giver", GIVEN)
def test_nobody_gives_what_they_do_not_hold(
    kotim: Region, alya: Account, at: datetime, giver: str
) -> None:
    """Every role with powers as giver, every role with powers as gift."""
    if giver == "operator":
        eko = operator()
    else:
        eko = makers.officer("Eko", region=kotim, role=giver)
    keeps = "manage_people" in role(giver).powers
    for gift in GIVEN:
        own = keeps and (
            giver == "operator"
            or not (role(gift).platform_wide or role(gift).from_platform)
        )
        given: dict[str, Any] = {
            "account": alya,
            "role": role(gift),
            "place": place_for(gift),
            "at": at,
        }
        if own:
            with transaction.atomic():
                assert actions.grant(**given, by=eko).granted_by == eko
        else:
            with pytest.raises(RoleBeyondYours):
                actions.grant(**given, by=eko)
            with pytest.raises(RoleBeyondYours):
                actions.invite(
                    email="dewi@contoh.id",
                    offer=actions.Offer(role(gift), place_for(gift)),
                    by=eko,
                    at=at,
                    address=ADDRESS,
                )
    if not keeps:
        assert givable(kotim, by=eko, at=at) == []
        assert not Membership.objects.filter(account=alya).exists()


def test_a_keeper_who_holds_less_gives_only_that(
    kotim: Region, alya: Account, at: datetime
) -> None:
    small = Role.objects.create(
        code="small", name_id="Kecil", powers=["manage_people", "see_work_room"]
    )
    eko = makers.officer("Eko", region=kotim, role="small")
    assert {one.code for one in givable(kotim, by=eko, at=at)} == {"small"}
    with pytest.raises(RoleBeyondYours):
        actions.grant(
            account=alya, role=role("planner"), place=Place(kotim), by=eko, at=at
        )
    assert actions.grant(account=alya, role=small, place=Place(kotim), by=eko, at=at)


def test_a_secretariat_gives_nothing_in_another_region_or_above(
    budi: Account, alya: Account, at: datetime
) -> None:
    for code in ("62.01", "62"):
        with pytest.raises(RoleBeyondYours):
            actions.grant(
                account=alya,
                role=role("parliament"),
                place=Place(makers.region(code)),
                by=budi,
                at=at,
            )


@pytest.mark.parametrize("code", ["assessor", "mentor"])
def test_no_region_gives_or_ends_the_role_of_its_assessor(
    kotim: Region, budi: Account, alya: Account, at: datetime, code: str
) -> None:
    held = actions.grant(
        account=alya, role=role(code), place=Place(kotim), by=operator(), at=at
    )
    with pytest.raises(RoleBeyondYours):
        actions.revoke(membership=held, by=budi, at=at, reason="Terlalu ketat")
    with pytest.raises(RoleBeyondYours):
        actions.change_end(
            membership=held, until=at + timedelta(days=1), by=budi, at=at
        )


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("operator", "62.02"),
        ("secretariat", "62.02.06"),
        ("district_officer", "62.02"),
        ("village_operator", "62.02.06"),
        ("planner", ""),
    ],
)
def test_a_role_is_held_only_where_it_belongs(
    alya: Account, at: datetime, code: str, where: str
) -> None:
    place = Place(makers.region(where) if where else None)
    with pytest.raises(WrongPlace):
        actions.grant(account=alya, role=role(code), place=place, by=operator(), at=at)


def test_only_a_role_of_departments_takes_a_department_and_of_bodies_a_body(
    kotim: Region, budi: Account, alya: Account, at: datetime
) -> None:
    own = Department.objects.create(region=kotim, code="2.16", name_id="Kominfo")
    with pytest.raises(WrongPlace):
        actions.grant(
            account=alya, role=role("planner"), place=Place(kotim, own), by=budi, at=at
        )
    with pytest.raises(WrongPlace):
        actions.grant(
            account=alya,
            role=role("officer"),
            place=Place(kotim, body=7),
            by=budi,
            at=at,
        )
    assert actions.grant(
        account=alya, role=role("officer"), place=Place(kotim, own), by=budi, at=at
    )
    assert actions.grant(
        account=alya, role=role("council"), place=Place(kotim, body=7), by=budi, at=at
    )


# From when to when


def test_a_role_is_given_for_a_time_and_never_twice_at_once(
    kotim: Region, budi: Account, alya: Account, at: datetime
) -> None:
    day = timedelta(days=1)

    def give(since: datetime | None, until: datetime | None) -> Membership:
        return actions.grant(
            account=alya,
            role=role("parliament"),
            place=Place(kotim),
            by=budi,
            at=at,
            term=Term(since, until, "Masa sidang"),
        )

    held = give(at + 10 * day, at + 20 * day)
    assert (held.granted_at, held.note) == (at, "Masa sidang")
    for since, until in [(None, None), (at + 19 * day, None), (None, at + 11 * day)]:
        with pytest.raises(actions.AlreadyHeld):
            give(since, until)
    assert give(at + 20 * day, None).until is None
    assert give(None, at + 10 * day).since == at
    for since, until in [(None, at), (at + 5 * day, at + 5 * day)]:
        with pytest.raises(TermUnusable):
            give(since, until)


def test_the_last_day_moves_and_what_is_over_stays(
    kotim: Region, budi: Account, at: datetime
) -> None:
    eko = makers.officer("Eko", region=kotim, role="officer")
    held = Membership.objects.get(account=eko)
    later = at + timedelta(days=30)
    actions.change_end(membership=held, until=later, by=budi, at=at, reason="Kontrak")
    held.refresh_from_db()
    assert held.until == later
    entry = AuditEntry.objects.get(verb="people.role.end_changed")
    assert (entry.reason, entry.details["after"]) == ("Kontrak", later.isoformat())
    with pytest.raises(TermUnusable):
        actions.change_end(membership=held, until=at, by=budi, at=at)
    with pytest.raises(actions.AlreadyOver):
        actions.change_end(membership=held, until=None, by=budi, at=later)
    with pytest.raises(actions.AlreadyOver):
        actions.revoke(membership=held, by=budi, at=later)


def test_a_role_that_never_began_can_be_ended(
    kotim: Region, budi: Account, alya: Account, at: datetime
) -> None:
    soon = at + timedelta(days=9)
    held = actions.grant(
        account=alya,
        role=role("parliament"),
        place=Place(kotim),
        by=budi,
        at=at,
        term=Term(since=soon),
    )
    actions.revoke(membership=held, by=budi, at=at, reason="Batal")
    assert not Membership.objects.in_force(soon).filter(account=alya).exists()


def test_the_last_keeper_neither_ends_nor_dates_the_own_role(
    budi: Account, at: datetime
) -> None:
    own = Membership.objects.get(account=budi)
    with pytest.raises(LastKeeper):
        actions.revoke(membership=own, by=budi, at=at)
    with pytest.raises(LastKeeper):
        actions.change_end(
            membership=own, until=at + timedelta(days=90), by=budi, at=at
        )
    own.refresh_from_db()
    assert own.until is None


def test_keepers_follow_each_other_without_a_gap(
    kotim: Region, budi: Account, at: datetime
) -> None:
    eko = makers.officer("Eko", region=kotim)
    own, next_one = (Membership.objects.get(account=one) for one in (budi, eko))
    starts = at + timedelta(days=10)
    Membership.objects.filter(pk=next_one.pk).update(since=starts)
    with pytest.raises(LastKeeper):
        actions.change_end(
            membership=own, until=starts - timedelta(seconds=1), by=budi, at=at
        )
    actions.change_end(membership=own, until=starts, by=budi, at=at)
    next_one.refresh_from_db()
    with pytest.raises(LastKeeper):
        actions.revoke(membership=next_one, by=budi, at=at)


def test_the_operator_ends_a_regions_last_keeper_but_not_the_platforms(
    budi: Account, at: datetime
) -> None:
    rani = operator()
    with pytest.raises(LastKeeper):
        actions.revoke(membership=Membership.objects.get(account=rani), by=rani, at=at)
    actions.revoke(membership=Membership.objects.get(account=budi), by=rani, at=at)


# What a person would see


def test_a_look_tells_what_opens_and_what_stays_shut(kotim: Region) -> None:
    reader = preview(role("parliament"), Place(kotim))
    assert [str(words) for words in reader.does] == [
        str(powers.sentence(Power.SEE_WORK_ROOM)),
        str(powers.sentence(Power.ENTER_PROPOSALS)),
    ]
    assert len(reader.does_not) == len(Power) - 2
    assert reader.navigation
    assert "orang/" not in "".join(door.url for door in reader.doors)
    opened = {page.path for group in reader.opened for page in group.pages}
    shut = {page.path for group in reader.shut for page in group.pages}
    assert "pilih/kandidat/" in opened
    assert {"orang/", "pilih/kandidat/baru/"} <= shut
    everything = preview(role("secretariat"), Place(kotim))
    assert (everything.shut, everything.does_not) == ((), ())


def test_a_look_keeps_a_department_to_its_own(kotim: Region) -> None:
    own = Department.objects.create(region=kotim, code="2.16", name_id="Kominfo")
    seen = preview(role("officer"), Place(kotim, own))
    assert [str(w) for w in seen.does] == [str(powers.sentence(Power.SEE_WORK_ROOM))]
    keeps = [str(powers.sentence(power)) for power in KEPT_IN]
    assert sorted(str(words) for words in seen.inside) == sorted(keeps)


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("officer", "department"),
        ("revenue_officer", "department"),
        ("implementation_team", "body"),
        ("council", "body"),
    ],
)
def test_what_a_look_tells_of_a_part_is_what_the_doors_do(
    kotim: Region, client: Client, code: str, part: str
) -> None:
    """Pages called open for the own part answer; pages called shut refuse."""
    own = Department.objects.create(region=kotim, code="2.16", name_id="Kominfo")
    held: dict[str, Any] = {"department": own} if part == "department" else {"body": 7}
    client.force_login(makers.officer("Eko", region=kotim, role=code, **held))
    seen = preview(role(code), Place(kotim, **held))
    assert seen.narrowed
    assert seen.doors
    told = [(seen.opened, False), (seen.narrowed, False), (seen.shut, True)]
    for groups, refused in told:
        for group in groups:
            for one in group.pages:
                if not one.pattern:
                    answer = client.get(f"/ruang-kerja/62.02/{one.path}")
                    assert (answer.status_code == 403) is refused, one.path
    for door in seen.doors:
        assert client.get(door.url).status_code == 200, door.url
    elsewhere = makers.region("62.01")
    for one in powers.work_pages(elsewhere):
        if not one.pattern:
            answer = client.get(f"/ruang-kerja/62.01/{one.path}")
            assert answer.status_code in (403, 404), one.path


def test_what_a_look_tells_is_what_the_doors_do(kotim: Region, client: Client) -> None:
    """Pages called open answer; pages called shut refuse."""
    client.force_login(makers.officer("Eko", region=kotim, role="planner"))
    seen = preview(role("planner"), Place(kotim))
    for groups, refused in ((seen.opened, False), (seen.shut, True)):
        for group in groups:
            for one in group.pages:
                if not one.pattern:
                    answer = client.get(f"/ruang-kerja/62.02/{one.path}")
                    assert (answer.status_code == 403) is refused, one.path


def test_asking_the_doors_opens_none(kotim: Region, client: Client) -> None:
    found = powers.work_pages(kotim)
    assert {page.power for page in found} > {Power.SEE_WORK_ROOM, Power.MANAGE_PEOPLE}
    assert not AuditEntry.objects.exists()
    for one in found:
        if not one.pattern:
            answer = client.get(f"/ruang-kerja/62.02/{one.path}")
            assert answer.status_code == 302, one.path


def test_nothing_goes_before_the_look(
    kotim: Region, budi: Account, client: Client
) -> None:
    client.force_login(budi)
    to = reverse("people-work:invite", args=["62.02"])
    typed = {"email": "dewi@contoh.id", "role": "parliament", "note": "Masa sidang"}
    look = client.post(to, typed).content.decode()
    assert "Yang akan dilihat orang ini" in look
    assert "Membaca ruang kerja" in look
    assert 'name="note" value="Masa sidang"' in look
    assert not Invitation.objects.exists()
    back = client.post(to, {**typed, "langkah": "ubah"}).content.decode()
    assert 'value="dewi@contoh.id"' in back
    client.post(to, {**typed, "langkah": "kirim"})
    assert Invitation.objects.get().note == "Masa sidang"
