"""A voter's way: choose, review, cast, change, check; and what the server never keeps."""

import logging
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from habaring.history.models import Change
from habaring.participation import box
from habaring.participation.actions import casting
from habaring.participation.box import Person
from habaring.participation.choices import Choice, ChoiceRefused, sheet_of
from habaring.participation.models import Ballot, TakesPart, Vote, Voter, VoteState
from habaring.participation.models.votes import Channel
from habaring.participation.receipts import Receipt, new_receipt
from habaring.people.acts import CodeNeeded, EntryNeeded
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from tests.makers import account, region
from tests.participation import box_makers as makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> datetime:
    """PostgreSQL asks its own clock."""
    return now()


@pytest.fixture
def vote(kotim: Region, today: datetime) -> Vote:
    return makers.vote(kotim, today)


@pytest.fixture
def phone(client: Client, alya: Account) -> Client:
    client.force_login(alya)
    return client


def at_page(name: str, vote: Vote) -> str:
    return reverse(f"participation:{name}", args=[vote.region_id, vote.pk])


def hidden(page: Any) -> dict[str, list[str]]:
    """The hidden fields of the last form of a page: the one that casts."""
    form = page.content.decode().rpartition("<form")[2]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'type="hidden" name="([a-z]+)" value="([^"]*)"', form
    ):
        found.setdefault(name, []).append(value)
    return found


def review(phone: Client, vote: Vote, **fields: Any) -> dict[str, list[str]]:
    page = phone.post(at_page("cast", vote), {"langkah": "tinjau", **fields})
    assert page.status_code == 200, page.content
    return hidden(page)


def test_a_villager_chooses_reviews_writes_down_and_casts(
    phone: Client, vote: Vote
) -> None:
    page = phone.get(at_page("cast", vote))
    assert page.status_code == 200
    assert page.content.count(b'name="pilih"') == 4
    fields = review(phone, vote, pilih=["1", "3"])
    assert fields["kode"] == ["1", "3"]
    assert not Ballot.objects.exists()  # the receipt is shown before
    done = phone.post(at_page("cast", vote), fields)
    assert done.status_code == 200
    receipt = fields["resi"][0]
    assert receipt[:9].encode() in done.content
    assert "no-store" in done.headers["Cache-Control"]
    assert Ballot.objects.count() == Voter.objects.count() == 1
    number, secret = receipt[:9].replace("-", ""), receipt[10:].replace("-", "")
    found = casting.look_in(vote=vote, receipt=Receipt(number, secret))
    assert found.choice == Choice(("1", "3"))


def test_casting_again_with_the_same_receipt_gives_the_same_answer(
    phone: Client, vote: Vote
) -> None:
    fields = review(phone, vote, pilih=["2"])
    first = phone.post(at_page("cast", vote), fields)
    again = phone.post(at_page("cast", vote), fields)
    assert first.status_code == again.status_code == 200
    assert Ballot.objects.count() == Voter.objects.count() == 1


def test_after_the_close_a_retry_still_hears_that_its_ballot_is_in(
    alya: Account, vote: Vote, today: datetime
) -> None:
    receipt, choice = new_receipt(), Choice(("1",))
    person = Person(account=alya.pk)
    sheet = sheet_of(vote)
    casting.cast(sheet=sheet, person=person, receipt=receipt, choice=choice, at=today)
    makers.end(vote)
    done = casting.cast(
        sheet=sheet_of(vote), person=person, receipt=receipt, choice=choice, at=today
    )
    assert done.again
    with pytest.raises(box.BoxClosed):
        casting.cast(
            sheet=sheet, person=person, receipt=new_receipt(), choice=choice, at=today
        )


def test_a_late_retry_never_overwrites_a_change(
    alya: Account, vote: Vote, today: datetime
) -> None:
    receipt, person = new_receipt(), Person(account=alya.pk)
    first: dict[str, Any] = {
        "sheet": sheet_of(vote),
        "person": person,
        "receipt": receipt,
        "at": today,
    }
    casting.cast(**first, choice=Choice(("1",)))
    casting.change(vote=vote, receipt=receipt, choice=Choice(("2",)), at=today)
    with pytest.raises(casting.CastElsewhere):
        casting.cast(**first, choice=Choice(("1",)))
    assert casting.look_in(vote=vote, receipt=receipt).choice == Choice(("2",))


def test_a_second_device_is_told_and_casts_nothing(
    phone: Client, vote: Vote, alya: Account
) -> None:
    here, there = (review(phone, vote, pilih=[code]) for code in ("1", "2"))
    assert phone.post(at_page("cast", vote), here).status_code == 200
    second = phone.post(at_page("cast", vote), there)
    assert second.status_code == 422
    assert Ballot.objects.count() == Voter.objects.count() == 1
    told = phone.get(at_page("cast", vote))
    assert at_page("change-ballot", vote).encode() in told.content


def test_who_voted_on_paper_is_told_so(
    vote: Vote, alya: Account, today: datetime
) -> None:
    person = Person(account=alya.pk)
    box.mark_voter(vote, person, channel=Channel.PAPER)
    with pytest.raises(box.VotedAlready, match=r"paper|kertas"):
        casting.cast(
            sheet=sheet_of(vote),
            person=person,
            receipt=new_receipt(),
            choice=Choice(("1",)),
            at=today,
        )


def test_a_taken_number_leads_to_a_fresh_receipt(
    phone: Client, vote: Vote, today: datetime
) -> None:
    taken = new_receipt()
    box.put_ballot(vote, taken, Choice(("4",)))
    number = str(taken)[:9]
    fields = review(phone, vote, pilih=["1"])
    fields["resi"] = [number + fields["resi"][0][9:]]
    answer = phone.post(at_page("cast", vote), fields)
    assert answer.status_code == 422
    assert not Voter.objects.exists()
    assert number not in hidden(answer)["resi"][0]
    assert phone.post(at_page("cast", vote), hidden(answer)).status_code == 200


def test_the_receipt_alone_changes_the_ballot(
    phone: Client, vote: Vote, today: datetime
) -> None:
    receipt = new_receipt()
    box.put_ballot(vote, receipt, Choice(("1",)))
    page = at_page("change-ballot", vote)
    asked = Client().post(page, {"receipt": str(receipt).lower()})
    assert b'value="1" id="p-1" data-cost="45000000" checked' in asked.content
    looked = Client().post(
        page, {"langkah": "tinjau", "resi": str(receipt), "pilih": ["2", "4"]}
    )
    fields = hidden(looked)
    assert fields["resi"] == [str(receipt)]
    assert Client().post(page, fields).status_code == 200
    found = casting.look_in(vote=vote, receipt=receipt)
    assert found.choice == Choice(("2", "4"))
    assert Client().post(page, fields).status_code == 200  # a retry changes nothing


def test_a_wrong_receipt_opens_nothing_and_many_are_stopped(
    client: Client, vote: Vote
) -> None:
    page = at_page("change-ballot", vote)
    assert client.post(page, {"receipt": "K7QM-3XRT"}).status_code == 422
    for _ in range(30):
        wrong = client.post(page, {"receipt": str(new_receipt())})
        assert wrong.status_code == 422
    assert client.post(page, {"receipt": str(new_receipt())}).status_code == 429


def test_anybody_checks_a_number_and_only_the_receipt_opens_it(
    client: Client, vote: Vote
) -> None:
    receipt = new_receipt()
    box.put_ballot(vote, receipt, Choice(("1",)))
    page = at_page("check-ballot", vote)
    title = b"Lampu jalan di Gang Mawar"
    there = client.post(page, {"number": receipt.number})
    assert str(receipt)[:9].encode() in there.content
    assert title not in there.content
    assert title in client.post(page, {"number": str(receipt)}).content
    none = client.post(page, {"number": new_receipt().number})
    assert none.status_code == 200
    assert title not in none.content


def test_a_voter_must_be_known(client: Client, vote: Vote, today: datetime) -> None:
    with pytest.raises(CodeNeeded):
        casting.person_of(vote=vote, account=None, at=today)
    page = client.get(at_page("cast", vote))
    assert page.status_code in (302, 401)


def test_a_register_vote_asks_for_its_own_entry(
    kotim: Region, today: datetime, alya: Account
) -> None:
    old, new = (makers.electorate(kotim, today, people=2) for _ in range(2))
    vote = makers.vote(kotim, today, votes_by=TakesPart.REGISTER, register=new)
    with pytest.raises(EntryNeeded):
        casting.person_of(vote=vote, account=alya, at=today)
    makers.entry(old, "c" * 64, alya)
    with pytest.raises(EntryNeeded):  # in a register, and not in this one
        casting.person_of(vote=vote, account=alya, at=today)
    same = makers.entry(new, "c" * 64)  # the same identity number
    assert casting.person_of(vote=vote, account=alya, at=today) == Person(same.pk)


def test_an_entry_that_somebody_else_showed_is_not_mine(
    kotim: Region, today: datetime, alya: Account
) -> None:
    old, new = (makers.electorate(kotim, today, people=2) for _ in range(2))
    vote = makers.vote(kotim, today, votes_by=TakesPart.REGISTER, register=new)
    makers.entry(old, "c" * 64, alya)
    makers.entry(new, "c" * 64, account("Rina"))
    with pytest.raises(EntryNeeded):
        casting.person_of(vote=vote, account=alya, at=today)


def test_each_district_sees_its_own_ballot(
    kotim: Region, today: datetime, alya: Account, phone: Client
) -> None:
    baamang, ketapang = region("62.02.05"), region("62.02.06")
    register = makers.electorate(kotim, today)
    entry = makers.entry(register, "c" * 64, alya, village="62.02.05.1001")
    vote = makers.vote(
        kotim,
        today,
        votes_by=TakesPart.REGISTER,
        register=register,
        per_district=True,
        district_budgets={"62.02.05": 100_000_000},
        state=VoteState.DRAFT,
    )
    vote.options.filter(code__in=["1", "2"]).update(district=baamang)
    vote.options.filter(code__in=["3", "4"]).update(district=ketapang)
    with makers.afterwards():
        Vote.objects.filter(pk=vote.pk).update(state=VoteState.OPEN)
    vote.refresh_from_db()
    person = casting.person_of(vote=vote, account=alya, at=today)
    assert person == Person(entry=entry.pk, district="62.02.05")
    page = phone.get(at_page("cast", vote)).content
    assert page.count(b'name="pilih"') == 2
    with pytest.raises(ChoiceRefused):
        casting.cast(
            sheet=sheet_of(vote, district="62.02.05"),
            person=person,
            receipt=new_receipt(),
            choice=Choice(("3",)),
            at=today,
        )
    assert (
        phone.post(at_page("cast", vote), review(phone, vote, pilih=["1"])).status_code
        == 200
    )
    assert Ballot.objects.get().district == Voter.objects.get().district == "62.02.05"


@pytest.mark.parametrize(
    ("rules", "fields", "said"),
    [
        ({}, {"pilih": ["1", "2", "3"]}, b"3"),
        ({}, {}, b"errors"),
        ({}, {"pilih": ["99"]}, b"99"),
        ({"ballot": "knapsack", "most": None}, {"pilih": ["2", "4"]}, b"330"),
        ({"ballot": "ranking"}, {"nilai-1": "1", "nilai-2": "1"}, b"errors"),
        ({"ballot": "ranking"}, {"nilai-1": "satu"}, b"errors"),
        ({"ballot": "points", "points": 5}, {"nilai-1": "6"}, b"6"),
        ({"ballot": "points", "points": 5}, {"nilai-1": "-1"}, b"errors"),
        ({"ballot": "points", "points": 5}, {"nilai-1": "0"}, b"errors"),
    ],
)
def test_a_choice_against_the_rules_is_refused_with_words(
    kotim: Region,
    today: datetime,
    phone: Client,
    rules: dict[str, Any],
    fields: dict[str, Any],
    said: bytes,
) -> None:
    vote = makers.vote(kotim, today, **rules)
    page = phone.post(at_page("cast", vote), {"langkah": "tinjau", **fields})
    assert page.status_code == 422
    assert said in page.content
    assert not Ballot.objects.exists()


@pytest.mark.parametrize(
    ("rules", "fields", "choice"),
    [
        (
            {"ballot": "knapsack", "most": None},
            {"pilih": ["1", "4"]},
            Choice(("1", "4")),
        ),
        (
            {"ballot": "ranking", "most": 3},
            {"nilai-1": "3", "nilai-4": "1", "nilai-2": ""},
            Choice(("4", "1")),
        ),
        (
            {"ballot": "points", "points": 5, "most": None},
            {"nilai-2": "2", "nilai-3": "3", "nilai-4": "0"},
            Choice(("2", "3"), (2, 3)),
        ),
    ],
)
def test_every_kind_of_ballot_comes_into_the_box(
    kotim: Region,
    today: datetime,
    phone: Client,
    rules: dict[str, Any],
    fields: dict[str, Any],
    choice: Choice,
) -> None:
    vote = makers.vote(kotim, today, **rules)
    sent = review(phone, vote, **fields)
    back = phone.post(at_page("cast", vote), {**sent, "langkah": "kembali"})
    assert back.status_code == 200
    assert phone.post(at_page("cast", vote), sent).status_code == 200
    makers.end(vote)
    assert [said for _number, said in box.ballots_of(vote)] == [choice]


def test_before_and_after_its_time_there_is_no_ballot(
    kotim: Region, today: datetime, phone: Client
) -> None:
    later = makers.vote(
        kotim, today, opens_at=today + timedelta(days=1), state=VoteState.PUBLISHED
    )
    over = makers.end(makers.vote(kotim, today, call=later.call))
    for vote in (later, over):
        for name in ("cast", "change-ballot"):
            assert phone.get(at_page(name, vote)).status_code == 422
        assert phone.get(at_page("vote", vote)).status_code == 200
    draft = makers.vote(kotim, today, call=later.call, state=VoteState.DRAFT)
    for name in ("vote", "cast", "check-ballot", "vote-rules"):
        assert phone.get(at_page(name, draft)).status_code == 404


def test_nothing_that_stays_holds_the_person_and_the_ballot(
    phone: Client, vote: Vote, caplog: pytest.LogCaptureFixture
) -> None:
    audited, changed = AuditEntry.objects.count(), Change.objects.count()
    with caplog.at_level(logging.DEBUG):
        fields = review(phone, vote, pilih=["3"])
        done = phone.post(at_page("cast", vote), fields)
        phone.post(at_page("cast", vote), fields)
    assert AuditEntry.objects.count() == audited
    assert Change.objects.count() == changed
    receipt = fields["resi"][0]
    kept = caplog.text + "".join(
        str(row.get_decoded()) for row in Session.objects.all()
    )
    kept += "".join(f"{morsel}" for morsel in done.cookies.values())
    for secret in (receipt, receipt[:9], receipt[10:], receipt.replace("-", "")):
        assert secret not in kept
    for table in ("participation_voter", "participation_ballot"):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = %s",
                [table],
            )
            columns = {row[0] for row in cursor.fetchall()}
        assert not {name for name in columns if name.endswith(("_at", "_on"))}
    shared = {f.attname for f in Voter._meta.fields} & {
        f.attname for f in Ballot._meta.fields
    }
    assert shared == {"pk", "region_id", "id", "vote_id", "channel", "district"}


def test_the_cast_itself_asks_the_database_little(
    phone: Client, vote: Vote, django_assert_max_num_queries: Any
) -> None:
    fields = review(phone, vote, pilih=["1", "2"])
    with django_assert_max_num_queries(22):
        phone.post(at_page("cast", vote), fields)
