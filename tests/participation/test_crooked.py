"""A crooked administrator with every role: through every page of votes, and by SQL."""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import resources
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from habaring.history.models import Change
from habaring.participation import box, closing, urls
from habaring.participation.actions import casting
from habaring.participation.actions.counting import close_vote
from habaring.participation.box import Person
from habaring.participation.choices import Choice, sheet_of
from habaring.participation.models import Ballot, Count, TakesPart, Vote, Voter
from habaring.participation.receipts import Receipt, new_receipt, shown
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account, Membership, Role
from habaring.regions.models import Region
from habaring.shared import sealing, walls
from habaring.shared.models import AuditEntry
from tests import makers as people
from tests.participation import box_makers as makers
from tests.walls.conftest import as_app_role

pytestmark = pytest.mark.django_db
SAID = Choice(("2", "4"))
NAMES = ("Rina", "Sari", "Tono", "Umar", "Wati")


@pytest.fixture
def today() -> datetime:
    """PostgreSQL asks its own clock."""
    return now()


@pytest.fixture
def crook(kotim: Region) -> Account:
    """Everything at once: every role of the platform, everywhere and in this region."""
    person = people.account("Rakus")
    text = resources.files("habaring.people") / "facts" / "roles.toml"
    for role in tomllib.loads(text.read_text())["role"]:
        if role["held_in"] != "nobody":
            Membership.objects.create(
                account=person,
                role=Role.objects.get(code=role["code"]),
                region=None if role["held_in"] == "platform" else kotim,
                since=people.LONG_AGO,
            )
    return person


@pytest.fixture
def cast(kotim: Region, today: datetime) -> tuple[Vote, dict[str, Receipt]]:
    """A vote in which five people voted, each by an entry of the register."""
    register = makers.electorate(kotim, today)
    vote = makers.vote(
        kotim, today, votes_by=TakesPart.REGISTER, register=register, paper=True
    )
    receipts = {}
    for number, name in enumerate(NAMES, start=50):
        entry = makers.entry(register, f"{number:064x}", people.account(name))
        receipts[name] = new_receipt()
        casting.cast(
            sheet=sheet_of(vote),
            person=Person(entry=entry.pk),
            receipt=receipts[name],
            choice=SAID,
            at=today,
        )
    return vote, receipts


def test_the_crook_holds_every_power(
    crook: Account, kotim: Region, today: datetime, client: Client
) -> None:
    crook.passed_second_step = True
    held = access.powers(crook, at=today, region=kotim)
    assert held == frozenset(Power)


# Pages


def addresses(vote: Vote) -> Iterator[str]:
    """Every address of the domain whose parts can be filled for this vote."""
    parts: dict[str, Any] = {
        "vote": vote.pk,
        "call": vote.call_id,
        "number": 1,
        "proposal": 1,
        "form": "csv",
        "place": "semua",
        "option": "1",
        "project": "1",
    }
    for space, patterns in (
        ("participation", urls.public),
        ("participation-work", urls.work),
    ):
        for pattern in patterns:
            wanted = pattern.pattern.converters
            if set(wanted) <= set(parts):
                yield reverse(
                    f"{space}:{pattern.name}",
                    kwargs={"code": vote.region_id} | {n: parts[n] for n in wanted},
                )


def everything_shown(client: Client, vote: Vote) -> str:
    """All that every page says, read and sent to, headers and files included."""
    told = []
    form = {
        "langkah": "tinjau",
        "pilih": ["1"],
        "reason": "Alasan yang cukup panjang.",
        "q": "e",
        "resi": str(new_receipt()),
        "number": new_receipt().number,
    }
    for address in addresses(vote):
        if address.endswith(("/batal/", "/tutup/")):
            continue  # these end the vote: tried on their own
        for answer in (client.get(address), client.post(address, form)):
            body = answer.getvalue()
            told.append(f"{address} {answer.headers}\n{body.decode(errors='replace')}")
    assert len(told) > 20
    return "\n".join(told)


def test_no_page_shows_a_ballot_before_the_close(
    client: Client, crook: Account, cast: tuple[Vote, dict[str, Receipt]]
) -> None:
    vote, receipts = cast
    client.force_login(crook)
    told = everything_shown(client, vote)
    for receipt in receipts.values():
        for secret in (
            receipt.number,
            shown(receipt.number),
            receipt.secret,
            shown(receipt.secret),
        ):
            assert secret not in told
    for row in Ballot.objects.all():
        assert row.secret_hash not in told
        assert str(row.id) not in told
    vote.refresh_from_db()
    assert vote.rules_sha256 == "0" * 64  # none of the forms changed a rule
    assert Ballot.objects.count() == Voter.objects.count() == len(NAMES)


def test_no_page_joins_a_voter_and_a_ballot_after_the_count(
    client: Client, crook: Account, cast: tuple[Vote, dict[str, Receipt]]
) -> None:
    vote, receipts = cast
    _count(vote)
    client.force_login(crook)
    told = everything_shown(client, vote)
    assert any(receipt.number in told for receipt in receipts.values())  # the file
    pages = re.split(r"(?m)^(?=/)", told)
    for page in pages:
        numbers = [r for r in receipts.values() if r.number in page]
        names = [name for name in NAMES if name in page]
        assert not (numbers and names), page[:200]
    for receipt in receipts.values():
        assert receipt.secret not in told


def _count(vote: Vote) -> None:
    """Its time is over, and it is counted as the worker would."""
    over = now() - timedelta(minutes=10)  # before the test's transaction began
    with makers.afterwards():
        Vote.objects.filter(pk=vote.pk).update(opens_at=people.LONG_AGO, closes_at=over)
    vote.refresh_from_db()
    close_vote(vote=vote, by=None, at=now())
    closing.count_vote(vote=vote.pk, region=vote.region_id, clock=now)
    vote.refresh_from_db()


def test_the_crook_cannot_change_rules_or_end_early(
    client: Client, crook: Account, cast: tuple[Vote, dict[str, Receipt]]
) -> None:
    vote, _receipts = cast
    client.force_login(crook)
    before = Vote.objects.filter(pk=vote.pk).values().get()
    form = {
        "name": "Lain",
        "budget": "1",
        "opens_at": "2026-01-01T08:00",
        "closes_at": "2030-01-01T08:00",
        "ballot": "approval",
        "rule": "greedy",
        "votes_by": "code",
        "completion": "none",
    }
    address = reverse("participation-work:edit-vote", args=[vote.region_id, vote.pk])
    assert client.post(address, form).status_code == 422
    address = reverse("participation-work:extend-vote", args=[vote.region_id, vote.pk])
    earlier = {"closes_at": "2026-01-01T08:00", "reason": "Lebih cepat saja."}
    assert client.post(address, earlier).status_code == 422
    assert Vote.objects.filter(pk=vote.pk).values().get() == before


def test_a_crook_who_votes_votes_once_like_everybody(
    client: Client, crook: Account, cast: tuple[Vote, dict[str, Receipt]]
) -> None:
    vote, _receipts = cast
    client.force_login(crook)
    page = client.get(reverse("participation:cast", args=[vote.region_id, vote.pk]))
    assert page.status_code in (302, 403)  # no entry in the register, no ballot


# What is kept


def test_nothing_that_is_kept_joins_them(cast: tuple[Vote, dict[str, Receipt]]) -> None:
    _vote, receipts = cast
    ids = [str(key) for key in Ballot.objects.values_list("id", flat=True)]
    ids += [str(key) for key in Voter.objects.values_list("id", flat=True)]
    kept = repr(
        list(AuditEntry.objects.values_list("details", "subject_ref", "reason"))
    )
    kept += repr(list(Change.objects.values()))
    for secret in [*ids, *(receipt.number for receipt in receipts.values())]:
        assert secret not in kept


def test_after_stirring_neither_place_nor_transaction_joins_them(
    cast: tuple[Vote, dict[str, Receipt]],
) -> None:
    vote, _receipts = cast
    assert box.stir(vote, everything=True)
    for table in ("participation_ballot", "participation_voter"):
        written_by = "SELECT count(DISTINCT xmin::text) FROM "
        assert _asked(written_by + table) == [(1,)]
    shared = _asked(
        "SELECT a.attname FROM pg_attribute a JOIN pg_attribute b USING (attname)"
        " WHERE a.attrelid = 'participation_ballot'::regclass AND a.attnum > 0"
        " AND b.attrelid = 'participation_voter'::regclass AND b.attnum > 0"
    )
    assert {row[0] for row in shared} == {
        "region_id",
        "id",
        "vote_id",
        "channel",
        "district",
    }
    same = _asked(
        "SELECT count(*) FROM participation_ballot JOIN participation_voter USING (id)"
    )
    assert same == [(0,)]


def _asked(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


# By SQL, as the role that pages and jobs run as, with the region open

REFUSED = {
    "change a ballot": "UPDATE participation_ballot SET sealed = 'x'",
    "swap two ballots": "UPDATE participation_ballot SET sealed ="
    " (SELECT sealed FROM participation_ballot LIMIT 1) || 'x'::bytea",
    "renumber a ballot": "UPDATE participation_ballot SET number = 'AAAAAAAA'",
    "take the secret over": "UPDATE participation_ballot SET secret_hash ="
    " encode(sha256('mine'), 'hex')",
    "throw a ballot away": "DELETE FROM participation_ballot",
    "throw a voter away": "DELETE FROM participation_voter",
    "make somebody else a voter": "UPDATE participation_voter SET entry = entry + 100",
    "empty the box": "TRUNCATE participation_ballot",
    "change the rule": "UPDATE participation_vote SET rule = 'greedy'",
    "change the budget": "UPDATE participation_vote SET budget = budget * 2",
    "change the electorate": "UPDATE participation_vote SET votes_by = 'code'",
    "change the order of ties": "UPDATE participation_vote SET tie_seed = 'mine'",
    "close early": "UPDATE participation_vote SET closes_at = now()",
    "say that it is closed": "UPDATE participation_vote SET state = 'closed'",
    "back to a draft": "UPDATE participation_vote SET state = 'draft'",
    "throw the vote away": "DELETE FROM participation_vote",
    "make an option dearer": "UPDATE participation_option SET cost = 1",
    "drop an option": "DELETE FROM participation_option WHERE code = '4'",
    "redraw the ties": "UPDATE participation_option SET tie_rank = 1",
    "switch the triggers off": "ALTER TABLE participation_ballot DISABLE TRIGGER ALL",
    "look away": "SET session_replication_role = replica",
    "another function": "CREATE OR REPLACE FUNCTION participation_open_vote("
    "vote bigint, region text) RETURNS participation_vote LANGUAGE sql AS"
    " 'SELECT * FROM participation_vote LIMIT 1'",
    "drop a trigger": "DROP TRIGGER participation_ballot_kept ON participation_ballot",
}


@pytest.mark.parametrize("what", REFUSED)
def test_sql_is_refused(what: str, cast: tuple[Vote, dict[str, Receipt]]) -> None:
    walls.give_app_role()
    with as_app_role():
        walls.open_region("62.02")
        with pytest.raises(DatabaseError), transaction.atomic():
            _execute(REFUSED[what])


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_sql_cannot_add_voters_beside_the_register(
    cast: tuple[Vote, dict[str, Receipt]],
) -> None:
    vote, _receipts = cast
    walls.give_app_role()
    with as_app_role():
        walls.open_region("62.02")
        with pytest.raises(DatabaseError), transaction.atomic():
            box.mark_voter(vote, Person(entry=987_654), channel="screen")  # type: ignore[arg-type]


AFTERWARDS = {
    "add a ballot": "INSERT INTO participation_ballot (region_id, id, vote_id, number,"
    " secret_hash, sealed, channel, district, stirred) SELECT region_id,"
    " gen_random_uuid(), id, 'AAAAAAAA', '', 'x', 'screen', '', 0"
    " FROM participation_vote",
    "add a voter": "INSERT INTO participation_voter (region_id, id, vote_id, entry,"
    " channel, district) SELECT vote.region_id, gen_random_uuid(), vote.id, entry.id,"
    " 'paper', '' FROM participation_vote vote, people_registerentry entry"
    " WHERE entry.account_id IS NULL LIMIT 1",
    "open it again": "UPDATE participation_vote SET state = 'open'",
    "more time": "UPDATE participation_vote SET closes_at = now() + interval '1 day'",
    "change the file": "UPDATE participation_count SET ballots = 'x'",
    "change the result": "UPDATE participation_count SET record = '{}'",
    "count again": "DELETE FROM participation_count",
    "change a ballot": "UPDATE participation_ballot SET sealed = 'x'",
}


@pytest.mark.parametrize("what", AFTERWARDS)
def test_after_the_close_sql_is_refused_too(
    what: str, cast: tuple[Vote, dict[str, Receipt]]
) -> None:
    vote, _receipts = cast
    _count(vote)
    assert Count.objects.filter(vote=vote).exists()
    walls.give_app_role()
    with as_app_role():
        walls.open_region("62.02")
        with pytest.raises(DatabaseError), transaction.atomic():
            _execute(AFTERWARDS[what])


def test_the_owner_of_the_tables_is_bound_by_the_triggers_too(
    cast: tuple[Vote, dict[str, Receipt]],
) -> None:
    for what in ("change a ballot", "throw a ballot away", "change the rule"):
        with pytest.raises(DatabaseError), transaction.atomic():
            _execute(REFUSED[what])


def test_a_sealed_choice_tells_nothing_without_the_key(
    cast: tuple[Vote, dict[str, Receipt]], settings: Any, tmp_path: Any
) -> None:
    vote, _receipts = cast
    rows = [bytes(row.sealed) for row in Ballot.objects.all()]
    assert len({len(row) for row in rows}) == 1
    assert len(set(rows)) == len(NAMES)  # equal choices look different
    assert not any(b'"2"' in row or b'[["' in row for row in rows)
    settings.PERSONAL_DATA_KEY = sealing.new_entry()  # the database without its key
    makers.end(vote)
    with pytest.raises(sealing.SealError):
        box.ballots_of(vote)


def test_a_changed_file_no_longer_fits_its_checksum(
    cast: tuple[Vote, dict[str, Receipt]],
) -> None:
    vote, _receipts = cast
    _count(vote)
    count = Count.objects.get(vote=vote)
    kept = AuditEntry.objects.get(verb="participation.count.kept").details
    with makers.afterwards():  # even somebody who switches the triggers off
        Count.objects.filter(pk=count.pk).update(
            ballots=bytes(count.ballots).replace(b"2,4", b"1,4")
        )
    count.refresh_from_db()
    now_sha = hashlib.sha256(bytes(count.ballots)).hexdigest()
    assert now_sha != count.ballots_sha256 == kept["ballots_sha256"]
