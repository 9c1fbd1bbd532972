"""Come in, go out, be asked to go, and be forgotten."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.workshop.actions.rooms import locked, record
from habaring.workshop.models import Participant, Room, Table
from habaring.workshop.refusals import JoiningClosed, NotHere, RoomRefused, WrongCode

MOST = 400
"""People in a room."""


def find(*, region: Region, code: str) -> Room:
    """The open room with that code. Raises WrongCode."""
    clean = "".join(code.split()).upper().replace("-", "")
    rows = Room.objects.filter(region=region, code=clean[:12], closed_at=None)
    room = rows.select_related("region").first()
    if room is None:
        raise WrongCode
    return room


@transaction.atomic
def join(*, room: Room, name: str, table: Table | None, at: datetime) -> Participant:
    """Somebody comes in. Raises JoiningClosed, RoomRefused when the room is full."""
    row = locked(room)
    if not row.joining or row.closed_at is not None:
        raise JoiningClosed
    if Participant.objects.filter(room=row).count() >= MOST:
        raise RoomRefused(
            what=_("The room is full."),
            why=_("So many phones have joined that something is wrong."),
            next=_("Ask the facilitators."),
        )
    return Participant.objects.create(
        region_id=row.region_id,
        room=row,
        name=" ".join(name.split())[:40],
        table=table if table is not None and table.room_id == row.pk else None,
        joined_at=at,
    )


@transaction.atomic
def change_self(*, person: Participant, name: str, table: Table | None) -> None:
    """Another name, or another table: earlier notes stay with the table they came from."""
    row = Participant.objects.select_for_update().get(pk=person.pk)
    present(row)
    row.name = " ".join(name.split())[:40]
    row.table = table if table is not None and table.room_id == row.room_id else None
    row.save(update_fields=["name", "table"])


def present(person: Participant) -> None:
    """Raises NotHere where somebody left or was removed."""
    if person.left_at is not None or person.removed_at is not None:
        raise NotHere


@transaction.atomic
def leave(*, person: Participant, at: datetime) -> None:
    """Go out: the name is forgotten at once, the notes stay."""
    Participant.objects.filter(pk=person.pk, left_at=None).update(left_at=at, name="")


@transaction.atomic
def remove(*, person: Participant, by: Account | None, at: datetime) -> None:
    """Ask somebody to go; the phone can neither read nor write any more."""
    if Participant.objects.filter(pk=person.pk, removed_at=None).update(removed_at=at):
        details: dict[str, object] = {"participant": person.pk}
        record(person.room, "removed", by=by, at=at, details=details)


@transaction.atomic
def let_back(*, person: Participant, by: Account | None, at: datetime) -> None:
    """Undo a removal."""
    rows = Participant.objects.filter(pk=person.pk, removed_at__isnull=False)
    if rows.update(removed_at=None):
        details: dict[str, object] = {"participant": person.pk}
        record(person.room, "let_back", by=by, at=at, details=details)


@transaction.atomic
def forget(*, room: Room, at: datetime) -> int:
    """Forget the names of a room, and let no cookie of it in any more."""
    row = locked(room)
    if row.forgotten_at is not None:
        return 0
    if row.closed_at is None:
        row.closed_at = at
    row.forgotten_at, row.joining = at, False
    row.save(update_fields=["forgotten_at", "closed_at", "joining"])
    people = Participant.objects.filter(room=row)
    named = people.exclude(name="").update(name="")
    people.filter(left_at=None).update(left_at=at)
    audit.record(
        by=None,
        at=at,
        verb="workshop.room.forgotten",
        subject=row,
        region=row.region_id,
        details={"room": row.number, "names": named},
    )
    return named
