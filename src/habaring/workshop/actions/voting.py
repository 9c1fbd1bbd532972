"""Give dots and take them back: never more than the board gives, secret until shown."""

from datetime import datetime

from django.db import transaction

from habaring.workshop import news
from habaring.workshop.actions.people import present
from habaring.workshop.models import Board, Dot, Group, Note, Participant, Phase
from habaring.workshop.refusals import NoDotsLeft, NotNow

Target = Note | Group


@transaction.atomic
def place(
    *, board: Board, person: Participant, target: Target, count: int, at: datetime
) -> int:
    """So many dots of this person on the group or note; how many are left.

    The number is what shall be there, not what is added: sent again, it changes nothing.
    Raises NotHere, NotNow, NoDotsLeft.
    """
    # one change of a person at a time: two at once would see the same dots free
    person = Participant.objects.select_for_update(of=("self",)).get(pk=person.pk)
    present(person)
    row = Board.objects.select_related("room").get(pk=board.pk)
    if row.phase != Phase.VOTE or row.room.closed_at or not _stands(row, target):
        raise NotNow.voting()
    own = list(Dot.objects.filter(board=row, participant=person))
    on = [dot for dot in own if _holds(dot, target)]
    count = max(count, 0)
    free = sorted(set(range(1, row.dots + 1)) - {dot.nth for dot in own})
    if count - len(on) > len(free):
        raise NoDotsLeft(row.dots)
    for nth in free[: max(count - len(on), 0)]:
        Dot.objects.create(
            region_id=row.region_id,
            board=row,
            participant=person,
            nth=nth,
            note=target if isinstance(target, Note) else None,
            group=target if isinstance(target, Group) else None,
        )
    for dot in on[count:]:
        dot.delete()
    now = len(own) + count - len(on)
    if bool(own) != bool(now):
        news.tell(row, "voters", at=at)
    return row.dots - now


def _holds(dot: Dot, target: Target) -> bool:
    if isinstance(target, Note):
        return dot.note_id == target.pk
    return dot.group_id == target.pk


def _stands(board: Board, target: Target) -> bool:
    """Whether it can be voted for: on this board, there, and a note of no group."""
    if target.board_id != board.pk:
        return False
    if isinstance(target, Group):
        return target.dissolved_at is None
    return not target.gone and target.group_id is None
