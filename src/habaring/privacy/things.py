"""What waits on the desk of the data protection officer: requests and breaches."""

from collections.abc import Iterator
from datetime import datetime, time

from django.urls import reverse
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _

from habaring.people.access import Power
from habaring.posts.things import Asked, Waiting, Weight, register_waiting
from habaring.privacy.models import Breach, DataRequest
from habaring.privacy.opening import one_region


def _waiting(asked: Asked) -> Iterator[Waiting]:
    if Power.PROTECT_PERSONAL_DATA not in asked.powers:
        return
    code = asked.region.code
    today = make_aware(datetime.combine(asked.on, time.min))
    with one_region(code):
        rows = DataRequest.objects.filter(region_code=code).waiting()
        requests = list(rows.order_by("due_at"))
        breaches = list(Breach.objects.filter(region_code=code, closed_at=None))
    for row in requests:
        late = row.due_at < today
        yield Waiting(
            title=_("Answer: %(what)s") % {"what": row.get_kind_display()},
            why=_("The 3 × 24 hours are over.")
            if late
            else _("The law gives 3 × 24 hours."),
            url=reverse("privacy-work:request", args=[code, row.id]),
            on=localdate(row.due_at),
            weight=Weight.ESCALATED if late else Weight.TODAY,
        )
    for breach in breaches:
        told = breach.notified_authority_at and breach.notified_people_at
        yield Waiting(
            title=_("Data breach %(number)s") % {"number": breach.code},
            why=_("Close it when nothing is left to do.")
            if told
            else _("The authority and the people must be told within 3 × 24 hours."),
            url=reverse("privacy-work:breach", args=[code, breach.code]),
            on=localdate(breach.due_at),
            weight=Weight.NEXT if told else Weight.ESCALATED,
        )


register_waiting("privacy", _waiting)
