"""A post changes hands: a list of all that it owns, emptied line by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from habaring.people.models import Account
from habaring.posts.actions import (
    HoldingRefused,
    assign,
    close_holding,
    fill_post,
    owned_by,
    works_in,
)
from habaring.posts.models import HandOver, HandOverItem, Holding, Outcome, Post
from habaring.posts.queries import ROOT_CODE, chart
from habaring.posts.things import kinds
from habaring.shared import audit, notices
from habaring.shared.formats import listing
from habaring.shared.refusal import Refusal

NAMED_AT_MOST = 3


class HandOverRefused(Refusal):
    """A hand-over that cannot begin, change, end or be undone so."""


class ListNotEmpty(Refusal):
    """Lines of the list have no answer yet."""


@dataclass(frozen=True)
class Answer:
    """What becomes of lines of the list: one outcome, and why."""

    outcome: Outcome
    to_post: Post | None = None
    note: str = ""


@dataclass(frozen=True)
class Successor:
    """Who comes: a named person, acting or in full; none: the superior post answers."""

    account: Account | None = None
    acting: bool = False


@transaction.atomic
def begin_handover(
    *,
    holding: Holding,
    successor: Successor,
    leaves_on: date,
    by: Account | None,
    at: datetime,
    address: str = "",
) -> HandOver:
    """Open the list of all that the post owns; letters to who leaves and who comes.

    `address` is the site's own, for the links in the letters. Raises HandOverRefused
    when the holding has ended, a list is open already, or the successor will not do.
    """
    Post.objects.select_for_update().get(pk=holding.post_id)
    holding.refresh_from_db()
    if holding.until is not None or holding.handovers.filter(
        finished_at=None, undone_at=None
    ):
        raise HandOverRefused(
            _("No hand-over was opened."),
            _("One is open already, or the holding has ended."),
            _("Look at the page of the post."),
        )
    _refuse_successor(holding, successor, at)
    handover = HandOver.objects.create(
        region=holding.post.region,
        holding=holding,
        successor=successor.account,
        successor_acts=successor.acting,
        leaves_on=leaves_on,
        begun_at=at,
        begun_by=by,
    )
    refresh(handover=handover, at=at)
    _audit("begun", handover, by=by, at=at, count=handover.items.count())
    _letter(handover, "begun", [holding.account, successor.account], address)
    return handover


def _refuse_successor(holding: Holding, successor: Successor, at: datetime) -> None:
    account = successor.account
    if account is None:
        if holding.post.code == ROOT_CODE:
            raise HandOverRefused(
                _("The secretariat's post needs a successor by name."),
                _("No post stands above it that could answer meanwhile."),
                _("Name the person who comes."),
            )
        return
    if account.pk == holding.account_id:
        raise HandOverRefused(
            _("The successor is the person who leaves."),
            next=_("Name somebody else, or nobody."),
        )
    if not account.is_active or not works_in(account, holding.post.region, at=at):
        raise HandOverRefused(
            _("The successor holds no role in the region."),
            _("Without a role the holder of a post could not open the work room."),
            _("Give the person a role first."),
        )


@transaction.atomic
def choose_successor(
    *,
    handover: HandOver,
    successor: Successor,
    leaves_on: date,
    by: Account | None,
    at: datetime,
) -> None:
    """Name another successor, or none, or another day, while the list is open."""
    _lock_open(handover)
    _refuse_successor(handover.holding, successor, at)
    handover.successor, handover.successor_acts = successor.account, successor.acting
    handover.leaves_on = leaves_on
    handover.save(update_fields=["successor", "successor_acts", "leaves_on"])
    named = successor.account.pk if successor.account else None
    _audit("successor_chosen", handover, by=by, at=at, account=named)


@transaction.atomic
def refresh(*, handover: HandOver, at: datetime) -> int:
    """Bring an open list up to date with what the post owns now; how many lines came.

    A line without an answer whose thing has another owner meanwhile goes.
    """
    _lock_open(handover)
    now_owned = {row.key: row for row in owned_by(handover.holding.post, at=at)}
    listed = {(item.kind, item.ref): item for item in handover.items.all()}
    gone = [item.pk for key, item in listed.items() if key not in now_owned]
    handover.items.filter(pk__in=gone).delete()
    added = HandOverItem.objects.bulk_create(
        HandOverItem(
            handover=handover,
            kind=kind,
            ref=ref,
            title=row.thing.title[:300],
            due_on=row.thing.due_on,
        )
        for (kind, ref), row in now_owned.items()
        if (kind, ref) not in listed
    )
    return len(added)


@transaction.atomic
def deal(
    *,
    handover: HandOver,
    items: Iterable[int],
    answer: Answer,
    by: Account | None,
    at: datetime,
) -> int:
    """Answer lines of the list (or take answers back: Outcome.OPEN). How many.

    Nothing moves before the hand-over ends. Raises HandOverRefused when a line is to
    move to no post, to the same one, to a closed one or elsewhere, or is to be closed
    though its kind cannot be.
    """
    _lock_open(handover)
    rows = list(handover.items.filter(pk__in=list(items)))
    _refuse_answer(handover, answer, rows)
    moves = answer.outcome == Outcome.MOVES
    opened = answer.outcome == Outcome.OPEN
    changed = handover.items.filter(pk__in=[row.pk for row in rows]).update(
        outcome=answer.outcome,
        to_post=answer.to_post if moves else None,
        note=answer.note.strip(),
        dealt_at=None if opened else at,
        dealt_by=None if opened else by,
    )
    if changed:
        outcome = str(answer.outcome)
        _audit("answered", handover, by=by, at=at, outcome=outcome, count=changed)
    return changed


def _refuse_answer(
    handover: HandOver, answer: Answer, rows: Iterable[HandOverItem]
) -> None:
    to = answer.to_post
    if answer.outcome == Outcome.MOVES and (
        to is None
        or to.pk == handover.holding.post_id
        or to.region_id != handover.region_id
        or to.closed_on is not None
    ):
        raise HandOverRefused(
            _("These lines cannot move there."),
            _("They need another open post of this region."),
            _("Choose the post that takes them over."),
        )
    if answer.outcome == Outcome.DONE:
        known = kinds()
        lasting = [
            row for row in rows if not (row.kind in known and known[row.kind].finish)
        ]
        if lasting:
            raise HandOverRefused(
                format_lazy(_("“{title}” cannot be closed."), title=lasting[0].title),
                _(
                    "Numbers, programmes and sections need an owner as long as they are."
                ),
                _("Let it stay with the post, or move it to another."),
            )


@transaction.atomic
def finish_handover(
    *, handover: HandOver, by: Account, at: datetime, address: str = ""
) -> HandOver:
    """Let the answers take effect, end the holding and put the successor in.

    Raises ListNotEmpty with what is left, HandOverRefused when a post that takes lines
    over was closed meanwhile. Then nothing has changed.
    """
    _lock_open(handover)
    _refuse_successor(
        handover.holding, Successor(handover.successor, handover.successor_acts), at
    )
    _refuse_unanswered(handover, at)
    items = list(handover.items.select_related("to_post"))
    _move(handover, items, by=by, at=at)
    _close(handover, items, by=by, at=at)
    handover.finished_at = at
    handover.save(update_fields=["finished_at"])
    holding = handover.holding
    close_holding(holding, by=by, at=at)
    if handover.successor is not None:
        fill_post(
            post=holding.post,
            account=handover.successor,
            acting=handover.successor_acts,
            since=localdate(at),
            by=by,
            at=at,
        )
    _audit("finished", handover, by=by, at=at, count=len(items))
    _letter(handover, "finished", [holding.account, handover.successor], address)
    _tell_receivers(handover, items, at=at, address=address)
    return handover


def _refuse_unanswered(handover: HandOver, at: datetime) -> None:
    left = [item.title for item in handover.items.filter(outcome=Outcome.OPEN)]
    listed = set(handover.items.values_list("kind", "ref"))
    owned_now = owned_by(handover.holding.post, at=at)
    left += [row.thing.title for row in owned_now if row.key not in listed]
    if left:
        raise ListNotEmpty(
            ngettext_lazy(
                "One line has no answer yet.",
                "%(count)d lines have no answer yet.",
                "count",
            )
            % {"count": len(left)},
            format_lazy(_("Among them: {named}."), named=listing(left[:NAMED_AT_MOST])),
            _("Say of each whether it stays, moves or is done."),
        )


def _move(
    handover: HandOver, items: list[HandOverItem], *, by: Account, at: datetime
) -> None:
    owned_now = {row.key for row in owned_by(handover.holding.post, at=at)}
    by_post: dict[Post, list[tuple[str, str]]] = {}
    for item in items:
        key = (item.kind, item.ref)
        if item.outcome == Outcome.MOVES and item.to_post and key in owned_now:
            by_post.setdefault(item.to_post, []).append(key)
    for post, keys in by_post.items():
        assign(region=handover.region, keys=keys, post=post, by=by, at=at)


def _close(
    handover: HandOver, items: list[HandOverItem], *, by: Account, at: datetime
) -> None:
    known = kinds()
    for item in items:
        finish = known[item.kind].finish if item.kind in known else None
        if item.outcome == Outcome.DONE and finish is not None:
            finish(region=handover.region, ref=item.ref, by=by, at=at, note=item.note)


@transaction.atomic
def undo_handover(*, handover: HandOver, by: Account, at: datetime) -> None:
    """Take an open hand-over back: nothing has moved, and the holder stays."""
    _lock_open(handover)
    handover.undone_at = at
    handover.save(update_fields=["undone_at"])
    _audit("undone", handover, by=by, at=at)


@transaction.atomic
def confirm_handover(*, handover: HandOver, by: Account, at: datetime) -> None:
    """The successor has read the list and the notes."""
    row = HandOver.objects.select_for_update().get(pk=handover.pk)
    if row.finished_at is None or row.successor_id != by.pk:
        raise HandOverRefused(
            _("Only the successor confirms a list, and only when it is complete."),
            next=_("Wait for the letter that says so."),
        )
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by = at, by
        row.save(update_fields=["confirmed_at", "confirmed_by"])
        _audit("confirmed", row, by=by, at=at)


def _lock_open(handover: HandOver) -> None:
    row = HandOver.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    if not row.is_open:
        raise HandOverRefused(
            _("This hand-over is closed."),
            _("It was finished or taken back."),
            _("Look at the page of the post."),
        )


def _audit(
    what: str,
    handover: HandOver,
    *,
    by: Account | None,
    at: datetime,
    **details: object,
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"posts.handover.{what}",
        subject=handover,
        region=handover.region_id,
        details={"post": handover.holding.post.code, **details},
    )


def _letter(
    handover: HandOver, what: str, people: Iterable[Account | None], address: str
) -> None:
    for person in people:
        if person is None or not person.email:
            continue
        notices.send_letter(
            to=[person.email],
            template=f"posts/letters/handover_{what}.txt",
            context={
                "handover": handover,
                "post": handover.holding.post,
                "leaves": person.pk == handover.holding.account_id,
                "count": handover.items.count(),
                "address": address,
            },
            language=person.language,
        )


def _tell_receivers(
    handover: HandOver, items: list[HandOverItem], *, at: datetime, address: str
) -> None:
    """One letter to each person whose post took lines over."""
    held = chart(handover.region, at=at)
    received: dict[int, list[HandOverItem]] = {}
    people: dict[int, Account] = {}
    for item in items:
        person = held.answers(item.to_post) if item.to_post else None
        if person is not None and person.email:
            people[person.pk] = person
            received.setdefault(person.pk, []).append(item)
    for pk, person in people.items():
        notices.send_letter(
            to=[str(person.email)],
            template="posts/letters/received.txt",
            context={
                "handover": handover,
                "items": received[pk],
                "address": address,
            },
            language=person.language,
        )


def left_at_the_door(account: Account, *, at: datetime) -> None:
    """Refuse when a person still holds posts: for erasing and closing an account.

    Raises HoldingRefused naming the posts.
    """
    held = Holding.objects.in_force(at).filter(account=account).select_related("post")
    names = [holding.post.name for holding in held]
    if names:
        raise HoldingRefused(
            _("This person still holds posts."),
            format_lazy(_("They are: {named}."), named=listing(names)),
            _("Hand the posts over first: nothing may be left without an owner."),
        )
