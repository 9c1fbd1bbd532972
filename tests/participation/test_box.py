"""The ballot box, and what PostgreSQL holds of it."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from habaring.participation import box, receipts
from habaring.participation.box import Person
from habaring.participation.choices import Choice
from habaring.participation.models import (
    Ballot,
    Option,
    TakesPart,
    Vote,
    Voter,
    VoteState,
)
from habaring.participation.models.votes import Channel
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import sealing
from tests.participation import box_makers as makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> datetime:
    """PostgreSQL asks its own clock."""
    return now()


@pytest.fixture
def vote(kotim: Region, today: datetime) -> Vote:
    return makers.vote(kotim, today)


FIRST = Choice(("1",))


def cast(vote: Vote, choice: Choice = FIRST) -> receipts.Receipt:
    receipt = box.new_receipt()
    box.put_ballot(vote, receipt, choice)
    return receipt


def refused(name: str) -> pytest.RaisesExc[IntegrityError]:
    """PostgreSQL says no, under this name."""
    return pytest.RaisesExc(
        IntegrityError,
        check=lambda error: error.__cause__.diag.constraint_name == name,  # type: ignore[union-attr]
    )


def test_a_wrong_character_of_a_number_is_always_noticed() -> None:
    number = box.new_serial()
    for place, right in enumerate(number):
        for other in receipts.ALPHABET:
            typed = number[:place] + other + number[place + 1 :]
            assert box.check_serial(typed) == (number if other == right else "")


def test_two_characters_that_changed_places_are_noticed() -> None:
    number = receipts.ALPHABET[3:10]
    values = [receipts.ALPHABET.index(character) for character in number]
    whole = number + receipts.ALPHABET[receipts._check(values)]
    for first in range(8):
        for second in range(first + 1, 8):
            typed = list(whole)
            typed[first], typed[second] = typed[second], typed[first]
            assert box.check_serial("".join(typed)) == ""


def test_a_receipt_is_read_as_people_write_it() -> None:
    receipt = box.new_receipt()
    assert receipts.read_receipt(str(receipt)) == receipt
    assert (
        receipts.read_receipt(f" {str(receipt).lower().replace('-', ' ')} ") == receipt
    )
    misread = str(receipt).replace("0", "O").replace("1", "l")
    assert receipts.read_receipt(misread) == receipt
    assert receipts.read_receipt(str(receipt)[:-1]) is None
    assert len(str(receipt)) == 24


def test_what_was_put_in_comes_out_after_the_close(vote: Vote) -> None:
    first = cast(vote, Choice(("2", "1")))
    second = cast(vote, Choice(("3",), (5,)))
    with pytest.raises(box.BoxShut):
        box.ballots_of(vote)
    makers.end(vote)
    assert dict(box.ballots_of(vote)) == {
        first.number: Choice(("2", "1")),
        second.number: Choice(("3",), (5,)),
    }


def test_the_receipt_shows_what_lies_in_the_box(vote: Vote) -> None:
    receipt = cast(vote, Choice(("4",)))
    assert box.check_receipt(vote, *_halves(receipt)).choice == Choice(("4",))
    assert box.check_receipt(vote, receipt.number).choice is None
    with pytest.raises(box.ReceiptUnknown):
        box.check_receipt(vote, receipt.number, box.new_receipt().secret)
    with pytest.raises(box.ReceiptUnknown):
        box.check_receipt(vote, box.new_serial())


def _halves(receipt: receipts.Receipt) -> tuple[str, str]:
    return receipt.number, receipt.secret


def test_a_ballot_changes_with_its_receipt_alone(vote: Vote) -> None:
    receipt = cast(vote)
    box.change_ballot(vote, receipt, Choice(("2",)))
    assert box.check_receipt(vote, *_halves(receipt)).choice == Choice(("2",))
    wrong = receipts.Receipt(receipt.number, box.new_receipt().secret)
    with pytest.raises(box.ReceiptUnknown):
        box.change_ballot(vote, wrong, Choice(("3",)))
    with refused("ballot_kept"), transaction.atomic():
        Ballot.objects.filter(number=receipt.number).update(sealed=b"another")
    assert box.check_receipt(vote, *_halves(receipt)).choice == Choice(("2",))


def test_nothing_of_a_ballot_but_its_choice_can_change(vote: Vote) -> None:
    cast(vote)
    for change in (
        {"number": "AAAAAAAA"},
        {"secret_hash": "0" * 64},
        {"district": "62.02.05"},
        {"channel": Channel.PAPER},
    ):
        with refused("ballot_kept"), transaction.atomic():
            Ballot.objects.update(**change)
    with refused("ballot_kept"), transaction.atomic():
        Ballot.objects.all()._raw_delete("default")
    assert Ballot.objects.count() == 1


def test_sealed_rows_cannot_trade_places(vote: Vote) -> None:
    first, second = cast(vote, Choice(("1",))), cast(vote, Choice(("2",)))
    with makers.afterwards():
        one = Ballot.objects.get(number=first.number)
        Ballot.objects.filter(number=second.number).update(sealed=one.sealed)
    makers.end(vote)
    with pytest.raises(sealing.SealError):
        box.ballots_of(vote)


def test_the_length_of_a_ballot_tells_nothing(vote: Vote) -> None:
    cast(vote, Choice(("1",)))
    cast(vote, Choice(("1", "2")))
    assert len({len(bytes(row.sealed)) for row in Ballot.objects.all()}) == 1


def test_a_number_is_taken_once(vote: Vote) -> None:
    receipt = cast(vote)
    with pytest.raises(box.NumberTaken):
        box.put_ballot(vote, receipt, Choice(("2",)))
    assert Ballot.objects.count() == 1


@pytest.mark.parametrize(
    ("opens", "closes", "state"),
    [
        (1, 2, VoteState.PUBLISHED),
        (-2, -1, VoteState.OPEN),
        (-2, 2, VoteState.DRAFT),
        (-2, 2, VoteState.CANCELLED),
        (-2, 2, VoteState.CLOSED),
        (-2, 2, VoteState.COUNTED),
    ],
)
def test_the_box_takes_nothing_out_of_time(
    kotim: Region,
    alya: Account,
    today: datetime,
    opens: int,
    closes: int,
    state: VoteState,
) -> None:
    vote = makers.vote(
        kotim,
        today,
        opens_at=today + timedelta(days=opens),
        closes_at=today + timedelta(days=closes),
        state=state,
        cancelled_reason="Bukan lagi.",
    )
    with pytest.raises(box.BoxClosed):
        cast(vote)
    with pytest.raises(box.BoxClosed):
        box.mark_voter(vote, Person(account=alya.pk), channel=Channel.SCREEN)
    assert not Ballot.objects.exists()
    assert not Voter.objects.exists()


def test_nothing_changes_after_the_close(vote: Vote, alya: Account) -> None:
    receipt = cast(vote)
    box.mark_voter(vote, Person(account=alya.pk), channel=Channel.SCREEN)
    makers.end(vote)
    with pytest.raises(box.BoxClosed):
        box.change_ballot(vote, receipt, Choice(("2",)))
    for rows in (Ballot.objects.all(), Voter.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete("default")
    with refused("vote_goes_forward"), transaction.atomic():
        Vote.objects.update(state=VoteState.OPEN)
    with refused("vote_closed_stays_closed"), transaction.atomic():
        Vote.objects.update(closes_at=vote.closes_at + timedelta(days=1))


def test_somebody_votes_once(vote: Vote, alya: Account) -> None:
    person = Person(account=alya.pk)
    assert box.has_voted(vote, person) == ""
    assert box.mark_voter(vote, person, channel=Channel.SCREEN)
    assert not box.mark_voter(vote, person, channel=Channel.PAPER)
    assert box.has_voted(vote, person) == Channel.SCREEN
    assert box.voters(vote) == 1


def test_only_the_electorate_votes(
    kotim: Region, today: datetime, alya: Account
) -> None:
    register = makers.electorate(kotim, today)
    other = makers.electorate(kotim, today, people=0)
    stranger = makers.entry(other, "f" * 64)
    vote = makers.vote(kotim, today, votes_by=TakesPart.REGISTER, register=register)
    entitled = register.entries.first()
    assert entitled is not None
    assert box.mark_paper_voter(vote, entry=entitled.pk)
    assert not box.mark_paper_voter(vote, entry=entitled.pk)
    for person in (Person(entry=stranger.pk), Person(account=alya.pk)):
        with refused("voter_of_the_electorate"), transaction.atomic():
            box.mark_voter(vote, person, channel=Channel.SCREEN)


RULES = {
    "ballot": "ranking",
    "most": 3,
    "budget": 1,
    "rule": "greedy",
    "measure": "cardinality",
    "completion": "none",
    "ties": ["max_votes"],
    "minimum_votes": 5,
    "conflicts": [["1", "2"]],
    "category_budgets": {"env": 1},
    "per_district": True,
    "votes_by": "officers",
    "paper": True,
    "tie_seed": "b",
    "rules_sha256": "b",
    "beside": "phragmen",
    "name": "Lain",
}


@pytest.mark.parametrize("column", RULES)
def test_the_rules_lock_at_the_first_ballot(vote: Vote, column: str) -> None:
    cast(vote)
    with refused("vote_rules_locked"), transaction.atomic():
        Vote.objects.update(**{column: RULES[column]})


def test_the_options_lock_at_the_first_ballot(vote: Vote) -> None:
    cast(vote)
    with refused("vote_options_locked"), transaction.atomic():
        Option.objects.filter(code="1").update(cost=1)
    with refused("vote_options_locked"), transaction.atomic():
        Option.objects.filter(code="1")._raw_delete("default")


def test_before_the_first_ballot_rules_can_change(vote: Vote) -> None:
    Vote.objects.update(most=3)
    Option.objects.filter(code="1").update(cost=1)


def test_the_close_moves_later_only(vote: Vote) -> None:
    cast(vote)
    Vote.objects.update(closes_at=vote.closes_at + timedelta(days=1))
    with refused("vote_rules_locked"), transaction.atomic():
        Vote.objects.update(closes_at=vote.closes_at)
    with refused("vote_goes_forward"), transaction.atomic():
        Vote.objects.update(state=VoteState.CLOSED)


def test_stirring_leaves_no_order_and_changes_nothing(
    vote: Vote, alya: Account
) -> None:
    said = {cast(vote, Choice((str(n % 4 + 1),))).number: n % 4 + 1 for n in range(30)}
    box.mark_voter(vote, Person(account=alya.pk), channel=Channel.SCREEN)
    before = _places()
    assert box.stir(vote)
    assert not box.stir(vote)
    assert _places() != before
    makers.end(vote)
    counted = {number: int(choice.codes[0]) for number, choice in box.ballots_of(vote)}
    assert counted == said
    assert not Ballot.objects.filter(stirred=0).exists()


def _places() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM participation_ballot ORDER BY ctid")
        return [row[0] for row in cursor.fetchall()]


def test_paper_lies_in_the_same_box_and_never_changes(
    kotim: Region, today: datetime
) -> None:
    register = makers.electorate(kotim, today)
    vote = makers.vote(
        kotim, today, votes_by=TakesPart.REGISTER, register=register, paper=True
    )
    batch = vote.batches.create(region=kotim, kind="ballots", rows=1, recorded_at=today)
    number = box.new_serial()
    box.put_paper_ballot(vote, number=number, choice=Choice(("2",)), batch=batch)
    with pytest.raises(box.ReceiptUnknown):
        box.check_receipt(vote, number, box.new_receipt().secret)
    assert box.check_receipt(vote, number).channel == Channel.PAPER
    makers.end(vote)
    assert box.ballots_of(vote) == [(number, Choice(("2",)))]
