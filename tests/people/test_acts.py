"""What each act needs, and what is said to who lacks it."""

from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.urls import resolve, reverse

from habaring.people import acts
from habaring.people.acts import Act, CodeNeeded, EntryNeeded, Need
from habaring.people.entitled import actions
from habaring.people.entitled.models import RegisterPurpose
from habaring.people.entitled.tables import Entitled, mask_name, name_mark, number_mark
from habaring.people.follows.views import FOLLOW
from habaring.people.models import Account, RegisterEntry
from habaring.regions.models import Region
from habaring.shared.walls import APP_ROLE
from tests import makers

pytestmark = pytest.mark.django_db
NOBODYS = "6202069901010001"  # day 99: no calendar has it

READ = Act("t.read", "Read", Need.NOTHING, "Public.")
WRITE = Act("t.write", "Write", Need.CODE, "So that you can be answered.")
VOTE = Act("t.vote", "Vote", Need.REGISTER, "Once each.", RegisterPurpose.ELECTORATE)
JOIN = Act("t.join", "Join", Need.REGISTER, "For members.", RegisterPurpose.MEMBERS)


def person(region: Region, nik: str, name: str) -> Entitled:
    mark = number_mark(region.code, nik)
    return Entitled(mark, name_mark(mark, name), mask_name(name), "")


def in_register(
    account: Account, region: Region, at: datetime, by: Account
) -> RegisterEntry:
    register = actions.take_in(
        region=region,
        new=actions.NewRegister(
            "DPT", RegisterPurpose.ELECTORATE, "KPU", "0" * 64, True
        ),
        people=[person(region, NOBODYS, "Alya Putri")],
        by=by,
        at=at,
    )
    actions.put_to_use(register=register, by=by, at=at)
    said = actions.Claim(NOBODYS, "alya putri")
    return actions.claim(account=account, region=region, said=said, at=at)


def test_an_act_that_needs_nothing_lets_everybody_through(
    at: datetime, kotim: Region, alya: Account
) -> None:
    assert acts.require(AnonymousUser(), READ, at=at, region=kotim) is None
    assert acts.require(alya, READ, at=at, region=kotim) == alya


def test_an_act_that_needs_a_code_sends_a_stranger_there(
    at: datetime, kotim: Region, alya: Account
) -> None:
    with pytest.raises(CodeNeeded) as refused:
        acts.require(AnonymousUser(), WRITE, at=at, region=kotim)
    assert refused.value.address == "/masuk/kode/"
    assert refused.value.why == "So that you can be answered."
    assert acts.require(alya, WRITE, at=at, region=kotim) == alya


def test_a_closed_account_is_a_stranger(
    at: datetime, kotim: Region, alya: Account
) -> None:
    alya.is_active = False
    with pytest.raises(CodeNeeded):
        acts.require(alya, WRITE, at=at, region=kotim)


def test_an_act_that_needs_a_register_sends_there_for_its_purpose(
    at: datetime, kotim: Region, alya: Account, budi: Account
) -> None:
    with pytest.raises(CodeNeeded):
        acts.require(AnonymousUser(), VOTE, at=at, region=kotim)
    with pytest.raises(EntryNeeded) as refused:
        acts.require(alya, VOTE, at=at, region=kotim)
    assert refused.value.status == 403
    parts = urlsplit(refused.value.address)
    assert resolve(parts.path).view_name == "people:entry"
    assert parse_qs(parts.query) == {"untuk": ["electorate"]}
    in_register(alya, kotim, at, budi)
    assert acts.require(alya, VOTE, at=at, region=kotim) == alya


def test_an_entry_counts_for_its_purpose_its_region_and_its_person(
    at: datetime, kotim: Region, alya: Account, budi: Account, citra: Account
) -> None:
    in_register(alya, kotim, at, budi)
    with pytest.raises(EntryNeeded):
        acts.require(alya, JOIN, at=at, region=kotim)
    with pytest.raises(EntryNeeded):
        acts.require(alya, VOTE, at=at, region=makers.region("62.01"))
    with pytest.raises(EntryNeeded):
        acts.require(citra, VOTE, at=at, region=kotim)


def test_an_entry_of_a_withdrawn_register_does_not_count(
    at: datetime, kotim: Region, alya: Account, budi: Account
) -> None:
    entry = in_register(alya, kotim, at, budi)
    actions.withdraw(register=entry.register, by=budi, at=at, reason="Old")
    with pytest.raises(EntryNeeded):
        acts.require(alya, VOTE, at=at, region=kotim)


def test_a_citizen_who_is_let_through_has_not_opened_the_region(
    at: datetime, kotim: Region, alya: Account, budi: Account
) -> None:
    """As the role that pages run as: one's own entry is seen, nobody else's."""
    in_register(alya, kotim, at, budi)
    other = person(kotim, "6202069901010002", "Orang Lain")
    RegisterEntry.objects.create(
        region=kotim,
        register=RegisterEntry.objects.get().register,
        number_hash=other.number_hash,
        name_hash=other.name_hash,
        name_masked=other.name_masked,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.region', '', true)")
        cursor.execute("SELECT set_config('app.account', '', true)")
        cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")
        try:
            assert RegisterEntry.objects.count() == 0
            acts.require(alya, VOTE, at=at, region=kotim)
            assert RegisterEntry.objects.get().account == alya
        finally:
            cursor.execute("RESET ROLE")


def test_an_act_is_declared_once_and_says_why() -> None:
    assert acts.register(Act("t.same", "A", Need.CODE, "Why.")) == acts.register(
        Act("t.same", "A", Need.CODE, "Why.")
    )
    with pytest.raises(ValueError, match="Two acts"):
        acts.register(Act("t.same", "B", Need.NOTHING, "Why."))
    with pytest.raises(ValueError, match="no reason"):
        acts.register(Act("t.silent", "A", Need.CODE, ""))
    assert FOLLOW in acts.acts()


def test_a_stranger_is_led_to_the_code_and_back(client: Client, kotim: Region) -> None:
    wanted = reverse("people:follow", args=[kotim.code])
    answer = client.get(wanted)
    assert answer.status_code == 302
    assert (
        answer.headers["Location"] == f"/masuk/kode/?next={wanted.replace('/', '%2F')}"
    )
    sent = client.post(wanted, {"deed": "follow"})
    assert sent.status_code == 401
    assert "/masuk/kode/?next=" in sent.content.decode()
