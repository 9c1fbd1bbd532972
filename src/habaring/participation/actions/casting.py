"""Cast a ballot, and change it until the close.

Nothing here is audited, logged or kept in a session: a row of the trail beside a ballot
would join the voter and the choice. The receipt is made before casting and comes with
it, so that whoever casts again after a lost connection gets the same answer.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.participation import box, choices
from habaring.participation.box import Person
from habaring.participation.choices import Choice, Sheet
from habaring.participation.models import TakesPart, Vote, VoteState
from habaring.participation.models.votes import Channel
from habaring.participation.receipts import Receipt, shown
from habaring.people import access, acts
from habaring.people.access import NotAllowed, Power
from habaring.people.acts import Act, EntryNeeded, Need
from habaring.people.entitled.models import RegisterEntry, RegisterPurpose
from habaring.people.models import Account
from habaring.shared import walls
from habaring.shared.refusal import Refusal

BY_CODE = acts.register(
    Act(
        "participation.vote_by_account",
        _("Vote"),
        Need.CODE,
        reason=_("Each person votes once, and the account shows who has voted."),
    )
)
BY_REGISTER = acts.register(
    Act(
        "participation.vote_by_register",
        _("Vote, where a register says who may"),
        Need.REGISTER,
        reason=_("Each person of the register votes once, on screen or on paper."),
        purpose=RegisterPurpose.ELECTORATE,
    )
)


class NotOfThisVote(NotAllowed):
    """The person stands in a register, and not among the voters of this vote."""


class CastElsewhere(Refusal):
    """A ballot with this receipt lies in the box, and says something else."""


@dataclass(frozen=True)
class Cast:
    """A ballot as acknowledged. `again`: it lay in the box before this request."""

    receipt: Receipt
    choice: Choice
    again: bool = False


def takes_ballots(vote: Vote, at: datetime) -> bool:
    """Whether the box is open at a moment."""
    running = vote.state in (VoteState.PUBLISHED, VoteState.OPEN)
    return running and vote.opens_at <= at < vote.closes_at


def person_of(*, vote: Vote, account: object, at: datetime) -> Person:
    """As whom somebody votes. Opens their own rows, as `acts.require` does.

    Raises CodeNeeded, EntryNeeded, NotOfThisVote.
    """
    known = acts.require(account, BY_CODE, at=at, region=vote.region)
    assert known is not None  # noqa: S101 - the act needs somebody
    if vote.votes_by == TakesPart.OFFICERS and Power.SEE_WORK_ROOM not in access.powers(
        known, at=at, region=vote.region
    ):
        raise NotOfThisVote(what=_("Only officers of this region vote here."))
    if vote.votes_by != TakesPart.REGISTER:
        return Person(account=known.pk)
    entry = _entry(vote, known)
    if entry is None:
        raise EntryNeeded(act=BY_REGISTER, region=vote.region)
    return Person(entry=entry.pk, district=district_of(vote, entry))


def _entry(vote: Vote, account: Account) -> RegisterEntry | None:
    """The person's entry in this vote's register.

    Who showed it in an older register has the same mark in this one: the identity
    number's, of this region.
    """
    own = RegisterEntry.objects.filter(
        region=vote.region_id, account=account, verified_at__isnull=False
    )
    marks = {entry.number_hash: entry for entry in own}
    direct = [one for one in marks.values() if one.register_id == vote.register_id]
    if direct:
        return direct[0]
    with transaction.atomic(), walls.also(vote.region_id):
        same = RegisterEntry.objects.filter(
            region=vote.region_id,
            register=vote.register_id,
            number_hash__in=marks,
            account__isnull=True,
        )
        return same.first()


def district_of(vote: Vote, entry: RegisterEntry) -> str:
    """Where somebody votes; "" where the whole place votes at once.

    Raises NotOfThisVote.
    """
    place = vote.call.place_id
    if place != vote.region_id and not f"{entry.village}.".startswith(f"{place}."):
        raise NotOfThisVote(
            what=_("You cannot vote here."),
            why=_("This vote is for another part of the region than your register's."),
        )
    if not vote.per_district:
        return ""
    district = ".".join(entry.village.split(".")[:3])
    if not vote.district_budgets.get(district):
        raise NotOfThisVote(
            what=_("There is no ballot for your district."),
            why=_("Each district votes on its own projects, and yours has none."),
            next=_("If your village is wrong in the register, ask the secretariat."),
        )
    return district


def voted(*, vote: Vote, person: Person) -> str:
    """How somebody voted already (a `Channel`), or ""."""
    with transaction.atomic(), walls.also(vote.region_id):
        return box.has_voted(vote, person)


@transaction.atomic
def cast(
    *, sheet: Sheet, person: Person, receipt: Receipt, choice: Choice, at: datetime
) -> Cast:
    """Put a ballot in, once. Repeated with the same receipt it gives the same answer.

    `sheet`: that of the person's district. Raises ChoiceRefused, BoxClosed,
    VotedAlready, NumberTaken, CastElsewhere.
    """
    choices.check(sheet, choice)
    vote = sheet.vote
    with walls.also(vote.region_id):
        if not takes_ballots(vote, at):
            return _cast_before(vote, receipt, choice, box.closed())
        if not box.mark_voter(vote, person, channel=Channel.SCREEN):
            how = box.has_voted(vote, person)
            return _cast_before(vote, receipt, choice, _voted_already(how))
        box.put_ballot(vote, receipt, choice, district=person.district)
    return Cast(receipt, choice)


def _cast_before(
    vote: Vote, receipt: Receipt, choice: Choice, refusal: Refusal
) -> Cast:
    """The answer of the first time, for whoever shows its receipt; else the refusal."""
    try:
        found = box.check_receipt(vote, receipt.number, receipt.secret)
    except box.ReceiptUnknown:
        raise refusal from None
    if found.choice != choice:
        raise CastElsewhere(
            what=format_lazy(
                _("Ballot {number} lies in the box, with another choice."),
                number=shown(receipt.number),
            ),
            why=_("It was cast before; this page tried to cast it once more."),
            next=_("To change it, open “Change my ballot” and give the receipt."),
        )
    return Cast(receipt, choice, again=True)


def _voted_already(how: str) -> box.VotedAlready:
    if how == Channel.PAPER:
        return box.VotedAlready(
            what=_("You have voted on paper; nothing was cast now."),
            why=_("Each person votes once, on screen or on paper."),
            next=_("Your sheet is counted. If you did not vote, tell the secretariat."),
        )
    return box.VotedAlready(
        what=_("You have voted already; nothing was cast now."),
        why=_("Each person votes once. Your first ballot is in the box."),
        next=_("To change it, open “Change my ballot” and give the receipt."),
    )


def look_in(*, vote: Vote, receipt: Receipt) -> box.Found:
    """The ballot of a receipt, and what it says. Raises ReceiptUnknown."""
    with transaction.atomic(), walls.also(vote.region_id):
        return box.check_receipt(vote, receipt.number, receipt.secret)


def in_the_box(*, vote: Vote, number: str) -> bool:
    """Whether a ballot has this number; not what it says."""
    with transaction.atomic(), walls.also(vote.region_id):
        try:
            box.check_receipt(vote, number)
        except box.ReceiptUnknown:
            return False
    return True


@transaction.atomic
def change(*, vote: Vote, receipt: Receipt, choice: Choice, at: datetime) -> Cast:
    """Replace what a ballot says, for whoever shows its receipt.

    Raises ReceiptUnknown, ChoiceRefused, BoxClosed.
    """
    with walls.also(vote.region_id):
        found = box.check_receipt(vote, receipt.number, receipt.secret)
        choices.check(choices.sheet_of(vote, district=found.district), choice)
        if not takes_ballots(vote, at):
            raise box.closed()
        box.change_ballot(vote, receipt, choice)
    return Cast(receipt, choice)


def turnout(vote: Vote) -> int:
    """How many have voted so far; nothing else of it leaves the box."""
    with transaction.atomic(), walls.also(vote.region_id):
        return box.voters(vote)
