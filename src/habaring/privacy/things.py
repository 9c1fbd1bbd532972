"""What waits on the desk of the data protection officer: requests and breaches."""

from collections.abc import Iterator
from datetime import datetime, time

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _

from habaring.people.access import Power
from habaring.posts.things import Asked, Line, Waiting, Weight, register_lines
from habaring.privacy.models import Breach, DataRequest


def _unanswered(asked: Asked) -> QuerySet[DataRequest]:
    return DataRequest.objects.filter(region_code=asked.region.code).waiting()


def _requests(asked: Asked, _count: int) -> Iterator[Waiting]:
    today = make_aware(datetime.combine(asked.on, time.min))
    for row in _unanswered(asked).order_by("due_at"):
        late = row.due_at < today
        yield Waiting(
            title=_("Answer: %(what)s") % {"what": row.get_kind_display()},
            why=_("The 3 × 24 hours are over.")
            if late
            else _("The law gives 3 × 24 hours."),
            url=reverse("privacy-work:request", args=[asked.region.code, row.id]),
            on=localdate(row.due_at),
            weight=Weight.ESCALATED if late else Weight.TODAY,
        )


def _open(asked: Asked) -> QuerySet[Breach]:
    return Breach.objects.filter(region_code=asked.region.code, closed_at=None)


def _breaches(asked: Asked, _count: int) -> Iterator[Waiting]:
    for breach in _open(asked):
        told = breach.notified_authority_at and breach.notified_people_at
        yield Waiting(
            title=_("Data breach %(number)s") % {"number": breach.code},
            why=_("Close it when nothing is left to do.")
            if told
            else _("The authority and the people must be told within 3 × 24 hours."),
            url=reverse("privacy-work:breach", args=[asked.region.code, breach.code]),
            on=localdate(breach.due_at),
            weight=Weight.NEXT if told else Weight.ESCALATED,
        )


register_lines(
    "privacy",
    Line(_unanswered, _requests, Power.PROTECT_PERSONAL_DATA),
    Line(_open, _breaches, Power.PROTECT_PERSONAL_DATA),
)
