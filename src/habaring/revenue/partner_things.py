"""What of banks and QRIS services waits for a person: who went silent, who is refused."""

from collections.abc import Iterator
from datetime import datetime, time

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from habaring.people.access import Power
from habaring.posts.things import Asked, Line, Waiting, Weight
from habaring.revenue import partners
from habaring.revenue.models import Partner
from habaring.shared import formats


def _partners(asked: Asked) -> QuerySet[Partner]:
    return Partner.objects.filter(region=asked.region)


def _alarms(asked: Asked, _count: int) -> Iterator[Waiting]:
    """Silent: no call on the whole day before."""
    begun = datetime.combine(asked.on, time(), tzinfo=get_current_timezone())
    for one in partners.standings(asked.region, begun):
        page = reverse("revenue-work:partner", args=[asked.region.code, one.partner.pk])
        name = {"name": one.partner.name}
        if "silent" in one.alarms:
            yield Waiting(
                _("%(name)s has gone silent") % name,
                _(
                    "It called on most days of the week, and not since %(since)s. Money"
                    " may be on its way that we do not hear of: call the bank."
                )
                % {"since": formats.moment(one.last_at)},
                page,
                weight=Weight.TODAY,
            )
        if "refused" in one.alarms:
            yield Waiting(
                _("Calls of %(name)s are often refused") % name,
                _(
                    "%(n)s calls in its name were refused today. Look at the codes: a"
                    " wrong clock, an old key, or somebody who guesses."
                )
                % {"n": formats.number(one.bad)},
                page,
                weight=Weight.TODAY,
            )


LINES = (Line(_partners, _alarms, Power.MANAGE_PARTNERS),)
"""For who looks after them."""
