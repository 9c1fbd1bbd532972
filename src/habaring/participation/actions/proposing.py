"""The verbs of proposing: begin, write, send, change, withdraw; photos and co-authors.

A citizen's transaction has the person's own rows open and nothing else; what belongs to
the region (photos, steps, numbers) is written behind `walls.also`, only here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.participation import moderation, numbering, telling
from habaring.participation.models import (
    Author,
    Call,
    CallKind,
    Origin,
    Photo,
    Proposal,
    ProposalState,
    StepKind,
)
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit, limits, walls
from habaring.shared.refusal import Refusal
from habaring.shared.uploads import AcceptedFile, keep

A_DAY = 5
"""How many proposals a person sends a day."""
PHOTOS = 6
COAUTHORS = 20
YOUNG = timedelta(days=14)
"""How long its authors can change a proposal, where no department has begun on it."""
LONGEST_TEXT = 5_000
OWN = "masuk"
"""Where deeds are audited that change no public page."""

_ORIGINS = {
    CallKind.POKIR: Origin.COUNCIL,
    CallKind.BUSINESS: Origin.BUSINESS,
    CallKind.COMMUNITY: Origin.COMMUNITY,
}


class ProposalRefused(Refusal):
    """A proposal that cannot be sent or changed now."""


@dataclass(frozen=True)
class Name:
    """Who is shown: a name, or "warga" where it is empty; which business or group."""

    shown: str = ""
    of: str = ""


@dataclass(frozen=True)
class Idea:
    """What is wrong and what to do about it: plain text."""

    title: str = ""
    problem: str = ""
    idea: str = ""


@dataclass(frozen=True)
class Place:
    """Where: a village or district of the call's place; a point in WGS 84 degrees."""

    region: Region | None = None
    text: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Effect:
    """Who gains, which dimension, what it may cost (whole rupiah)."""

    beneficiaries: str = ""
    dimension_code: str = ""
    rough_cost: int | None = None


@transaction.atomic
def begin(*, call: Call, name: Name, by: Account, at: datetime) -> Proposal:
    """Begin a draft; who has an empty one in this call goes on with it.

    Raises ProposalRefused where the call takes nothing now.
    """
    refuse_closed(call, at=at)
    walls.open_person(by.pk)
    row = Proposal.objects.filter(
        call=call, author=by, state=ProposalState.DRAFT, title="", problem="", idea=""
    ).first()
    if row is None:
        row = Proposal(
            region=call.region,
            call=call,
            number=numbering.next_number(call.region),
            author=by,
            origin=_ORIGINS.get(CallKind(call.kind), Origin.CITIZEN),
            dimension_code=call.dimension_code,
            illustrative=call.illustrative,
            begun_at=at,
        )
    row.author_name, row.origin_text = _line(name.shown, 100), _line(name.of, 200)
    row.changed_at = at
    row.save()
    _recorded(row, "participation.proposal.begun", by=by, at=at, region=OWN)
    return row


def write_idea(
    *, proposal: Proposal, idea: Idea, by: Account, at: datetime
) -> Proposal:
    """Keep title, problem and idea of a draft, or change them while it is young."""
    fields = {
        "title": _line(idea.title, 150),
        "problem": moderation.tidy(idea.problem)[:LONGEST_TEXT],
        "idea": moderation.tidy(idea.idea)[:LONGEST_TEXT],
    }
    return _written(proposal, fields, by=by, at=at)


def write_place(
    *, proposal: Proposal, place: Place, by: Account, at: datetime
) -> Proposal:
    """Keep where it is; ProposalRefused where that lies outside the call's place."""
    code, whole = place.region.pk if place.region else "", proposal.call.place_id
    if code and code != whole and not code.startswith(f"{whole}."):
        raise ProposalRefused(
            what=_("This place is not part of the call."),
            why=_("The call asks about a certain place."),
            next=_("Choose a village from the list."),
        )
    fields = {
        "place": place.region,
        "place_text": _line(place.text, 200),
        "latitude": place.latitude if place.longitude is not None else None,
        "longitude": place.longitude if place.latitude is not None else None,
    }
    return _written(proposal, fields, by=by, at=at)


def write_effect(
    *, proposal: Proposal, effect: Effect, by: Account, at: datetime
) -> Proposal:
    """Keep who gains, the dimension and a rough cost."""
    fields = {
        "beneficiaries": _line(effect.beneficiaries, 300),
        "dimension_code": effect.dimension_code,
        "rough_cost": effect.rough_cost,
    }
    return _written(proposal, fields, by=by, at=at)


@transaction.atomic
def _written(
    proposal: Proposal, fields: dict[str, Any], *, by: Account, at: datetime
) -> Proposal:
    row = _own(proposal, by)
    draft = row.state == ProposalState.DRAFT
    if not draft:
        refuse_old(row, at=at)
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    if not changed:
        return row
    for name in changed:
        setattr(row, name, fields[name])
    row.changed_at = at
    if not draft:
        _refuse_incomplete(row)
        if moderation.hold(by, _text(row), at):
            row.state = ProposalState.HELD
    row.save(update_fields=[*changed, "changed_at", "state"])
    if draft:
        _recorded(row, "participation.proposal.drafted", by=by, at=at, region=OWN)
        return row
    telling.record_step(
        proposal=row,
        kind=StepKind.CHANGED,
        by=by,
        at=at,
        details={"fields": changed},
    )
    _recorded(row, "participation.proposal.changed", by=by, at=at, fields=changed)
    return row


@transaction.atomic
def add_photo(
    *,
    proposal: Proposal,
    picture: AcceptedFile,
    caption: str,
    by: Account,
    at: datetime,
) -> Photo:
    """Add a picture to a draft or a young proposal; the same one twice is kept once."""
    row = _own(proposal, by)
    if row.state != ProposalState.DRAFT:
        refuse_old(row, at=at)
    with walls.also(row.region_id):
        there = Photo.objects.filter(proposal=row)
        same = there.filter(path=picture.path).first()
        if same is not None:
            return same
        if there.count() >= PHOTOS:
            raise ProposalRefused(
                what=_("There are six pictures already."),
                why=_("More would make the page slow on a phone."),
                next=_("Take one away first."),
            )
        photo = Photo.objects.create(
            region_id=row.region_id,
            proposal=row,
            path=keep(picture),
            name=picture.name,
            media_type=picture.media_type,
            caption=_line(caption, 200),
            added_at=at,
        )
        _recorded(row, "participation.proposal.photo_added", by=by, at=at)
    return photo


@transaction.atomic
def drop_photo(
    *, proposal: Proposal, photo: int, by: Account, at: datetime
) -> Proposal:
    """Take a picture away again."""
    row = _own(proposal, by)
    if row.state != ProposalState.DRAFT:
        refuse_old(row, at=at)
    with walls.also(row.region_id):
        if Photo.objects.filter(proposal=row, pk=photo).delete()[0]:
            _recorded(row, "participation.proposal.photo_dropped", by=by, at=at)
    return row


@transaction.atomic
def send(*, proposal: Proposal, by: Account, at: datetime) -> Proposal:
    """Send a draft in. It is public at once, or held for a moderator where its author
    is new; sent twice it is sent once.

    Raises ProposalRefused where something is missing or the call is over, TooMany
    after A_DAY of a person on a day.
    """
    row = _own(proposal, by)
    if row.state != ProposalState.DRAFT:
        return row
    refuse_closed(row.call, at=at)
    _refuse_incomplete(row)
    limits.spend(
        "participation.send", str(by.pk), most=A_DAY, per=timedelta(days=1), at=at
    )
    held = moderation.hold(by, _text(row), at)
    row.state = ProposalState.HELD if held else ProposalState.PUBLIC
    row.sent_at = row.changed_at = at
    row.save(update_fields=["state", "sent_at", "changed_at"])
    telling.record_step(
        proposal=row,
        kind=StepKind.SENT,
        by=by,
        at=at,
        details={"origin": row.origin, "held": held or ""},
    )
    _recorded(row, "participation.proposal.sent", by=by, at=at, held=held or "")
    return row


@transaction.atomic
def drop_draft(*, proposal: Proposal, by: Account, at: datetime) -> None:
    """Throw a draft away; ProposalRefused where it is none."""
    row = _own(proposal, by)
    if row.state != ProposalState.DRAFT:
        raise ProposalRefused(
            what=_("This proposal was sent already."),
            next=_("You can withdraw it on its page; that stays visible."),
        )
    with walls.also(row.region_id):
        _recorded(row, "participation.proposal.dropped", by=by, at=at, region=OWN)
        row.delete()


@transaction.atomic
def withdraw(*, proposal: Proposal, reason: str, by: Account, at: datetime) -> Proposal:
    """Take a sent proposal back; its page stays and says so. The first author alone.

    Raises ProposalRefused where it is not waiting or public, or stands on a ballot.
    """
    row = _own(proposal, by)
    if row.state not in (ProposalState.PUBLIC, ProposalState.HELD):
        raise ProposalRefused(
            what=_("This proposal cannot be withdrawn."),
            why=_("It is not public, or it went into another one."),
        )
    with walls.also(row.region_id):
        voted_on = row.options.exclude(vote__state__in=("draft", "cancelled")).exists()
    if voted_on:
        raise ProposalRefused(
            what=_("This proposal stands on a ballot."),
            why=_("People have voted or will vote on it."),
            next=_("Write to the secretariat of your region."),
        )
    row.state, row.changed_at = ProposalState.WITHDRAWN, at
    row.save(update_fields=["state", "changed_at"])
    telling.record_step(
        proposal=row,
        kind=StepKind.WITHDRAWN,
        by=by,
        at=at,
        text=moderation.tidy(reason)[:LONGEST_TEXT],
    )
    _recorded(row, "participation.proposal.withdrawn", by=by, at=at)
    return row


# Co-authors


@transaction.atomic
def invite(
    *, proposal: Proposal, account: Account, by: Account, at: datetime
) -> Author:
    """Ask somebody with an account to stand beside the author; they accept first."""
    row = _own(proposal, by)
    _refuse_crowd(row, account)
    with walls.also(row.region_id):
        author, new = Author.objects.get_or_create(
            proposal=row,
            account=account,
            defaults={"region_id": row.region_id, "since": at},
        )
        if new:
            _recorded(row, "participation.coauthor.invited", by=by, at=at, region=OWN)
    return author


@transaction.atomic
def accept(*, proposal: Proposal, name: str, by: Account, at: datetime) -> Author:
    """Stand beside the author from now on, under this name ("warga" where empty)."""
    _refuse_crowd(proposal, by)
    walls.open_person(by.pk)
    author, _new = Author.objects.get_or_create(
        proposal=proposal,
        account=by,
        defaults={"region_id": proposal.region_id, "since": at},
    )
    if author.accepted_at is None:
        author.accepted_at, author.name = at, _line(name, 100)
        author.save(update_fields=["accepted_at", "name"])
        _recorded(proposal, "participation.coauthor.accepted", by=by, at=at)
    return author


@transaction.atomic
def leave(*, proposal: Proposal, by: Account, at: datetime) -> bool:
    """Stand beside the author no more, or refuse to; whether there was anything."""
    walls.open_person(by.pk)
    gone = Author.objects.filter(proposal=proposal, account=by).delete()[0]
    if gone:
        _recorded(proposal, "participation.coauthor.left", by=by, at=at)
    return bool(gone)


def _refuse_crowd(row: Proposal, account: Account) -> None:
    if row.state not in (ProposalState.PUBLIC, ProposalState.HELD):
        raise ProposalRefused(
            what=_("This proposal takes no more authors."),
            why=_("It is not sent yet, or it has ended."),
        )
    if account.pk == row.author_id:
        raise ProposalRefused(what=_("You are its first author already."))
    with walls.also(row.region_id):
        others = row.coauthors.exclude(account=account)
        crowd = others.count() >= COAUTHORS
    if crowd:
        raise ProposalRefused(
            what=_("This proposal has twenty co-authors already."),
            next=_("More people can support it, without a limit."),
        )


# What is refused everywhere


def refuse_closed(call: Call, *, at: datetime) -> None:
    """ProposalRefused where a call takes no proposals at this moment."""
    if not call.takes_proposals(at):
        raise ProposalRefused(
            what=_("This call takes no proposals now."),
            why=_("It has not begun yet, or it is over."),
            next=_("Your draft is kept. Look at the calls that are open now."),
        )


def refuse_old(row: Proposal, *, at: datetime) -> None:
    """ProposalRefused where its authors cannot change a sent proposal any more."""
    if row.state not in (ProposalState.PUBLIC, ProposalState.HELD):
        raise ProposalRefused(
            what=_("This proposal cannot be changed."),
            why=_("It is not public, or it went into another one."),
        )
    with walls.also(row.region_id):
        begun = row.checks.exists() or row.options.exists()
    if begun or row.sent_at is None or at - row.sent_at > YOUNG:
        raise ProposalRefused(
            what=_("This proposal cannot be changed any more."),
            why=_(
                "Others have built on it: it is older than two weeks, or a department"
                " has begun to check it."
            ),
            next=_("Write below it what you would add."),
        )


def changeable(row: Proposal, *, at: datetime) -> bool:
    """Whether its first author can still change it."""
    try:
        refuse_old(row, at=at)
    except ProposalRefused:
        return False
    return True


def _refuse_incomplete(row: Proposal) -> None:
    if not (row.title and row.problem and row.idea):
        raise ProposalRefused(
            what=_("Something is missing."),
            why=_("Others need a title, the problem and your idea to understand it."),
            next=_("Go back and fill these in. Everything you wrote is kept."),
        )


def _text(row: Proposal) -> str:
    return "\n".join((row.title, row.problem, row.idea, row.beneficiaries))


def _own(proposal: Proposal, by: Account) -> Proposal:
    """The row, locked, where it is this person's own; else it is not there."""
    walls.open_person(by.pk)
    found = Proposal.objects.select_for_update(of=("self",)).select_related("call")
    return found.get(pk=proposal.pk, author=by)


def _line(text: str, most: int) -> str:
    return " ".join(text.split())[:most]


def _recorded(
    row: Proposal,
    verb: str,
    *,
    by: Account,
    at: datetime,
    region: str = "",
    **details: Any,
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=region or row.region_id,
        details={"call": row.call_id, **details},
    )
