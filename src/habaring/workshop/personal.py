"""What `workshop` holds about people.

Who leads workshops has an account. Participants have none: a name is theirs to give, and
is forgotten a week after the last day.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from habaring.shared import retention
from habaring.shared.holdings import deeds
from habaring.shared.retention import Ageing, Due
from habaring.workshop.actions import people
from habaring.workshop.models import Room

deeds(
    "workshop",
    _("Workshops you opened, notes you grouped, results you carried on"),
    "workshop.Room.opened_by",
    "workshop.Event.by",
    "workshop.Carried.by",
)


def _over(before: datetime, at: datetime, limit: int) -> list[Due]:
    rows = Room.objects.filter(forgotten_at=None, last_day__lt=before.date())
    return [Due(str(row.pk), row.region_id) for row in rows.order_by("pk")[:limit]]


def _forget(refs: Sequence[str], at: datetime) -> None:
    for room in Room.objects.filter(pk__in=[int(ref) for ref in refs]):
        people.forget(room=room, at=at)


retention.register(Ageing("workshop-names", _over, _forget))
