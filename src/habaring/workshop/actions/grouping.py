"""Move notes into groups, name the groups, take the last step back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from habaring.people.models import Account
from habaring.workshop import news
from habaring.workshop.actions import notes as written
from habaring.workshop.actions.people import present
from habaring.workshop.actions.rooms import locked_board
from habaring.workshop.models import Board, Event, Group, Note, Participant
from habaring.workshop.refusals import NotNow, RoomRefused

MOST_GROUPS = 200


@dataclass(frozen=True)
class Hand:
    """Who groups: a facilitator, or somebody of a table where the board allows it."""

    by: Account | None = None
    person: Participant | None = None


def _let(board: Board, hand: Hand) -> Board:
    """The board, locked, where it may be grouped now. Raises NotNow, NotHere."""
    row = locked_board(board)
    if not row.takes_notes:
        raise NotNow.grouping()
    if hand.person is not None:
        present(hand.person)
        if not row.all_group or row.room.closed_at is not None:
            raise NotNow.grouping()
    return row


@transaction.atomic
def move(
    *, board: Board, notes: Sequence[int], group: Group | None, hand: Hand, at: datetime
) -> int:
    """Put notes into a group, or (None) out of any; how many moved. Raises NotNow."""
    row = _let(board, hand)
    if group is not None and (group.board_id != row.pk or group.dissolved_at):
        raise RoomRefused(
            what=_("Nothing was moved."),
            why=_("The group is not there any more."),
            next=_("Choose another group."),
        )
    target = group.pk if group else None
    rows = Note.objects.filter(board=row, pk__in=notes).select_related("board", "table")
    moving = [
        one for one in rows.select_for_update(of=("self",)) if one.group_id != target
    ]
    for note in moving:
        before = {"group": note.group_id}
        note.group_id = target
        note.save(update_fields=["group"])
        news.tell(note, "moved", at=at, by=hand.by, before=before)
    return len(moving)


@transaction.atomic
def gather(
    *, board: Board, notes: Sequence[int], title: str, hand: Hand, at: datetime
) -> Group:
    """A new group with these notes. Raises NotNow, RoomRefused."""
    row = _let(board, hand)
    top = Group.objects.filter(board=row).aggregate(top=Max("number"))["top"] or 0
    if top >= MOST_GROUPS:
        raise RoomRefused(
            what=_("The group was not made."),
            why=_("A board has at most %(most)d groups.") % {"most": MOST_GROUPS},
            next=_("Use one that is there."),
        )
    group = Group.objects.create(
        region_id=row.region_id,
        board=row,
        number=top + 1,
        title=" ".join(title.split())[:120],
    )
    news.tell(group, "gathered", at=at, by=hand.by, before={"dissolve": True})
    move(board=row, notes=notes, group=group, hand=hand, at=at)
    return group


@transaction.atomic
def retitle(*, group: Group, title: str, hand: Hand, at: datetime) -> None:
    """Another title. Raises NotNow."""
    row = _let(group.board, hand)
    group = Group.objects.select_related("board").get(pk=group.pk, board=row)
    before = {"title": group.title}
    group.title = " ".join(title.split())[:120]
    if group.title != before["title"]:
        group.save(update_fields=["title"])
        news.tell(group, "titled", at=at, by=hand.by, before=before)


@transaction.atomic
def dissolve(*, group: Group, hand: Hand, at: datetime) -> None:
    """Take the group away; its notes stand alone again. Raises NotNow."""
    row = _let(group.board, hand)
    held = list(group.notes.values_list("pk", flat=True))
    move(board=row, notes=held, group=None, hand=hand, at=at)
    group.dissolved_at = at
    group.save(update_fields=["dissolved_at"])
    news.tell(group, "dissolved", at=at, by=hand.by, before={"notes": held})


@transaction.atomic
def undo(*, board: Board, hand: Hand, at: datetime) -> bool:
    """Take the last step of grouping back; again: the one before it. False: none left.

    Raises NotNow.
    """
    row = _let(board, hand)
    last = (
        Event.objects.filter(board=row, before__isnull=False, undone_by__isnull=True)
        .order_by("-pk")
        .first()
    )
    if last is None or last.before is None:
        return False
    before = last.before
    if last.thing == "note":
        note = written.locked(Note(pk=last.ref))
        group = Group.objects.filter(pk=before["group"], dissolved_at=None).first()
        note.group = group
        note.save(update_fields=["group"])
        news.tell(note, "moved", at=at, by=hand.by, undoes=last)
        return True
    group = Group.objects.select_related("board").get(pk=last.ref)
    _restore(group, before, at)
    news.tell(group, "undone", at=at, by=hand.by, undoes=last)
    return True


def _restore(group: Group, before: dict[str, object], at: datetime) -> None:
    if "title" in before:
        group.title = str(before["title"])
    if "dissolve" in before:
        group.notes.update(group=None)
        group.dissolved_at = at
    if "notes" in before:
        group.dissolved_at = None
    group.save(update_fields=["title", "dissolved_at"])
    for key in cast("list[int]", before.get("notes", [])):
        note = written.locked(Note(pk=key))
        if note.group_id is None:
            note.group = group
            note.save(update_fields=["group"])
            news.tell(note, "moved", at=at)
