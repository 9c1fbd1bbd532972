"""The ballot box: who voted in one table, what was voted in another, nothing between.

A choice is sealed (`shared.sealing`) for its region, vote and number, so that rows
cannot trade places, and padded, so that its length tells nothing. PostgreSQL lets rows
in only while the vote is open, and lets one change only to whoever shows its receipt
(migration 0004). What remains for somebody who watches the server at work is told in
docs/decisions/0015-the-secret-ballot.md.

Every function wants the region open (`walls.also`, `walls.within`) and a transaction.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from habaring.participation.choices import Choice
from habaring.participation.models import Ballot, PaperBatch, Vote, Voter, VoteState
from habaring.participation.models.votes import Channel
from habaring.participation.receipts import Receipt
from habaring.participation.receipts import check_serial as check_serial
from habaring.participation.receipts import new_receipt as new_receipt
from habaring.participation.receipts import new_serial as new_serial
from habaring.shared import sealing, walls
from habaring.shared.refusal import Refusal

CLOSED_STATES = (VoteState.CLOSED, VoteState.COUNTED)
STIR_AFTER = 10
"""So many new ballots, and a twentieth of all, before the rows are stirred again."""
_BLOCK = 32


class BoxClosed(Refusal):
    """The vote takes no ballots now."""


class BoxShut(Refusal):
    """The box is opened for the count alone, after the close."""


class NumberTaken(Refusal):
    """Another ballot has this number; nothing was put in."""


class VotedAlready(Refusal):
    """Somebody voted before, on screen or on paper."""


class ReceiptUnknown(Refusal):
    """No ballot has this number, or its secret is another."""


@dataclass(frozen=True)
class Person:
    """Whom a voter's row names: an entry of the register, or an account."""

    entry: int | None = None
    account: int | None = None
    district: str = ""


@dataclass(frozen=True)
class Found:
    """A ballot in the box. `choice` is told to whoever shows the whole receipt."""

    number: str
    channel: str
    district: str
    choice: Choice | None = None


def mark_voter(vote: Vote, person: Person, *, channel: Channel) -> bool:
    """Write down that somebody voted; False where that stands there already.

    Of two at once the second waits for the first, and gets False.
    """
    row = Voter(
        region_id=vote.region_id,
        vote=vote,
        entry=person.entry,
        account_id=person.account,
        channel=channel,
        district=person.district,
    )
    with _opened_box(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO participation_voter"
            " (region_id, id, vote_id, entry, account_id, channel, district)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                row.region_id,
                row.id,
                vote.pk,
                row.entry,
                row.account_id,
                str(channel),
                row.district,
            ],
        )
        return bool(cursor.rowcount == 1)


def mark_paper_voter(vote: Vote, *, entry: int, district: str = "") -> bool:
    """Tick off an entry of the vote's register; False where it has voted already."""
    person = Person(entry=entry, district=district if vote.per_district else "")
    return mark_voter(vote, person, channel=Channel.PAPER)


def has_voted(vote: Vote, person: Person) -> str:
    """How somebody voted (a `Channel`), or ""."""
    rows = Voter.objects.filter(region=vote.region_id, vote=vote)
    if person.entry is not None:
        rows = rows.filter(entry=person.entry)
    else:
        rows = rows.filter(account=person.account)
    return rows.values_list("channel", flat=True).first() or ""


def voters(vote: Vote) -> int:
    """How many have voted so far."""
    return Voter.objects.filter(region=vote.region_id, vote=vote).count()


def put_ballot(
    vote: Vote, receipt: Receipt, choice: Choice, *, district: str = ""
) -> None:
    """Put in a ballot from a screen. Raises BoxClosed, NumberTaken."""
    _put(
        Ballot(
            region_id=vote.region_id,
            vote=vote,
            number=receipt.number,
            secret_hash=_hashed(_proofs(vote, receipt)[0]),
            sealed=_seal(vote, receipt.number, choice),
            channel=Channel.SCREEN,
            district=district if vote.per_district else "",
        )
    )


def put_paper_ballot(
    vote: Vote, *, number: str, choice: Choice, batch: PaperBatch, district: str = ""
) -> None:
    """Put in a sheet under its printed number, which nobody can change later.

    Raises BoxClosed, NumberTaken.
    """
    _put(
        Ballot(
            region_id=vote.region_id,
            vote=vote,
            number=number,
            sealed=_seal(vote, number, choice),
            channel=Channel.PAPER,
            district=district if vote.per_district else "",
            batch=batch,
        )
    )


def _put(row: Ballot) -> None:
    with _opened_box():
        row.save(force_insert=True)


def change_ballot(vote: Vote, receipt: Receipt, choice: Choice) -> None:
    """Replace what a ballot says. Raises ReceiptUnknown, BoxClosed."""
    _row, proof = _with_receipt(vote, receipt)
    rows = Ballot.objects.filter(
        region=vote.region_id, vote=vote, number=receipt.number
    )
    with _opened_box():
        _show_receipt(proof)
        rows.update(sealed=_seal(vote, receipt.number, choice))
        _show_receipt("")


def check_receipt(vote: Vote, number: str, secret: str = "") -> Found:
    """The ballot with this number; with its secret also what it says.

    Raises ReceiptUnknown.
    """
    if secret:
        row, _proof = _with_receipt(vote, Receipt(number, secret))
        choice = _opened(vote, row.number, row.sealed)
        return Found(row.number, row.channel, row.district, choice)
    found = Ballot.objects.filter(
        region=vote.region_id, vote=vote, number=number
    ).first()
    if found is None:
        raise _unknown()
    return Found(found.number, found.channel, found.district)


def ballots_of(vote: Vote, *, district: str | None = None) -> list[tuple[str, Choice]]:
    """Every ballot of a closed vote by its number, in the order of numbers.

    `district`: those of one district. Raises BoxShut before the close, and
    `sealing.SealError` where a row was tampered with, or put in by another hand.
    """
    state = Vote.objects.values_list("state", flat=True).get(pk=vote.pk)
    if state not in CLOSED_STATES:
        raise BoxShut(
            what=_("The ballot box stays shut."),
            why=_("It is opened once, after the vote has closed, for the count."),
        )
    return list(_read_all(vote, district))


def _read_all(vote: Vote, district: str | None) -> Iterator[tuple[str, Choice]]:
    rows = Ballot.objects.filter(region=vote.region_id, vote=vote)
    if district is not None:
        rows = rows.filter(district=district)
    pairs = rows.order_by("number").values_list("number", "sealed")
    for number, sealed in pairs.iterator(chunk_size=5_000):
        yield number, _opened(vote, number, sealed)


def stir(vote: Vote, *, everything: bool = False) -> bool:
    """Rewrite both tables' rows of a vote in a random order, if enough are new.

    Afterwards neither the place of a row nor the transaction that wrote it tells which
    voter and which ballot came together. A transaction for each table; opens the region
    itself.
    """
    with walls.within(vote.region_id):
        rows = Ballot.objects.filter(region=vote.region_id, vote=vote)
        fresh = rows.filter(stirred=0).count()
        if not fresh or (not everything and fresh < max(STIR_AFTER, rows.count() / 20)):
            return False
        _call("participation_stir_ballots", vote)
    with walls.within(vote.region_id):
        _call("participation_stir_voters", vote)
    return True


def _call(function: str, vote: Vote) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [vote.region_id, vote.pk])


# Receipts


def _proofs(vote: Vote, receipt: Receipt) -> list[str]:
    """What shows that somebody holds the secret, under each key of the ring, the newest
    first: the database keeps the hash of it, and the key lies elsewhere.
    """
    text = f"receipt {_about(vote, receipt.number)} {receipt.secret}"
    return sealing.keyed_hashes(text)[::-1]


def _hashed(proof: str) -> str:
    return hashlib.sha256(proof.encode()).hexdigest()


def _with_receipt(vote: Vote, receipt: Receipt) -> tuple[Ballot, str]:
    row = Ballot.objects.filter(
        region=vote.region_id, vote=vote, number=receipt.number
    ).first()
    for proof in _proofs(vote, receipt) if row and row.secret_hash else []:
        if row and constant_time_compare(row.secret_hash, _hashed(proof)):
            return row, proof
    raise _unknown()


def _unknown() -> ReceiptUnknown:
    return ReceiptUnknown(
        what=_("No ballot of this vote has this receipt."),
        why=_("A character may be mistyped, or the receipt is of another vote."),
        next=_("Compare it with what you wrote down, character by character."),
    )


def _show_receipt(proof: str) -> None:
    """PostgreSQL compares it with the row before it lets the ballot change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.receipt', %s, true)", [proof])


# Seals


def _about(vote: Vote, number: str) -> str:
    return f"ballot {vote.region_id} {vote.pk} {number}"


def _seal(vote: Vote, number: str, choice: Choice) -> bytes:
    text = json.dumps([choice.codes, choice.points], separators=(",", ":"))
    return sealing.seal(text.ljust(_longest(vote)), about=_about(vote, number))


def _longest(vote: Vote) -> int:
    """No choice of this vote is longer; all are padded to it."""
    options = vote.options.count()
    named = min(vote.most or options, options)
    room = 20 + named * (len(str(options)) + 3 + 7 * bool(vote.points))
    return -(-room // _BLOCK) * _BLOCK


def _opened(vote: Vote, number: str, sealed: bytes | memoryview) -> Choice:
    text = sealing.open_sealed(sealed, about=_about(vote, number))
    codes, points = json.loads(text)
    return Choice(tuple(codes), tuple(points))


@contextmanager
def _opened_box() -> Iterator[None]:
    """A savepoint in which the refusals of PostgreSQL become ours."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if name == "ballot_box_closed":
            raise closed() from error
        if name == "ballot_number_once":
            raise NumberTaken(
                what=_("This number is taken; nothing was cast."),
                why=_("Two ballots never share a number."),
                next=_("Go back one step: you get a fresh receipt."),
            ) from error
        raise


def closed() -> BoxClosed:
    """The refusal of a ballot out of time."""
    return BoxClosed(
        what=_("This vote takes no ballots now."),
        why=_("Ballots are taken only between its opening and its close."),
        next=_("Look at the page of the vote for its days."),
    )
