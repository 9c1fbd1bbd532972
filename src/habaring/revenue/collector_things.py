"""What of the collectors in villages waits for a person: receipts, deposits."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.people.access import Power
from habaring.posts.things import Asked, Line, Waiting, Weight
from habaring.revenue import collectors
from habaring.revenue.models import Device, Slip
from habaring.shared import formats

SOON = timedelta(days=2)
"""So long before the day a collector is reminded of the own deposit."""


def _misfits(asked: Asked) -> QuerySet[Slip]:
    """Receipts that nobody looks into, or this person does."""
    me = asked.account.pk
    rows = collectors.conflicts(asked.region).exclude(device__collector=me)
    return rows.filter(Q(owner=None) | Q(owner=me))


def _conflicts(asked: Asked, count: int) -> Iterator[Waiting]:
    if count:
        yield Waiting(
            ngettext(
                "One receipt of a collector does not fit",
                "%(n)d receipts of collectors do not fit",
                count,
            )
            % {"n": count},
            _("Its money is booked; what is wrong, a person finds out."),
            reverse("revenue-work:collector-conflicts", args=[asked.region.code]),
            weight=Weight.WEEK,
        )


def _devices(asked: Asked) -> QuerySet[Device]:
    return Device.objects.filter(region=asked.region)


def _late(asked: Asked, _count: int) -> Iterator[Waiting]:
    rows = [one for one in collectors.standings(asked.region) if one.late(asked.on)]
    if rows:
        yield Waiting(
            ngettext(
                "A collector is late with a deposit",
                "%(n)d collectors are late with a deposit",
                len(rows),
            )
            % {"n": len(rows)},
            _("%(sum)s is not deposited.") % {"sum": _sum(rows)},
            reverse("revenue-work:collectors", args=[asked.region.code]),
            on=min(one.due_on for one in rows if one.due_on),
            weight=Weight.LATE,
        )


def _mine(asked: Asked) -> QuerySet[Device]:
    return _devices(asked).filter(collector=asked.account)


def _own(asked: Asked, _count: int) -> Iterator[Waiting]:
    rows = [
        one
        for one in collectors.standings(asked.region, collector=asked.account)
        if one.due_on and one.due_on <= asked.on + SOON
    ]
    if rows:
        day = min(one.due_on for one in rows if one.due_on)
        yield Waiting(
            _("Bring %(sum)s to the treasurer") % {"sum": _sum(rows)},
            _("Due on %(day)s.") % {"day": formats.day(day)},
            reverse("revenue-work:collectors", args=[asked.region.code]),
            on=day,
            weight=Weight.LATE if day < asked.on else Weight.WEEK,
        )


def _sum(rows: list[collectors.Standing]) -> str:
    return formats.rupiah(sum(one.held for one in rows))


LINES = (
    Line(_misfits, _conflicts, Power.RECONCILE),
    Line(_devices, _late, Power.RECONCILE),
    Line(_mine, _own, Power.COLLECT_IN_VILLAGE),
)
"""For who reconciles, and for each collector."""
