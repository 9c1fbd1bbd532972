"""What of local taxes waits for a person: findings, repairs, days to close, tills."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.people.access import Power
from habaring.posts.things import Asked, Waiting, Weight, register_waiting
from habaring.revenue import closing, reconciling, tills
from habaring.shared import formats


def _waiting(asked: Asked) -> Iterator[Waiting]:
    if Power.RECONCILE in asked.powers:
        yield from _findings(asked)
        yield from _days(asked)
    if Power.TAKE_PAYMENTS in asked.powers:
        yield from _mistakes(asked)


def _findings(asked: Asked) -> Iterator[Waiting]:
    sizes = reconciling.sizes(asked.region, on=asked.on, account=asked.account.pk)
    page = reverse("revenue-work:findings", args=[asked.region.code])
    if sizes.proposed:
        yield Waiting(
            ngettext(
                "One repair of the books waits for a second person",
                "%(n)d repairs of the books wait for a second person",
                sizes.proposed,
            )
            % {"n": sizes.proposed},
            _("Somebody proposed it; money moves only when you agree."),
            f"{page}?keadaan=proposed",
            weight=Weight.CONFIRM,
        )
    if sizes.open:
        late = sizes.overdue
        yield Waiting(
            ngettext(
                "One finding of the reconciliation waits",
                "%(n)d findings of the reconciliation wait",
                sizes.open,
            )
            % {"n": sizes.open},
            ngettext("One is overdue.", "%(n)d are overdue.", late) % {"n": late}
            if late
            else _("A bank and the books do not say the same."),
            page,
            weight=Weight.LATE if late else Weight.WEEK,
        )


def _days(asked: Asked) -> Iterator[Waiting]:
    days = [
        day for day in closing.open_days(asked.region, on=asked.on) if day < asked.on
    ]
    if days:
        yield Waiting(
            _("Close the books of %(day)s") % {"day": formats.day(days[0])},
            ngettext("One day is not closed.", "%(n)d days are not closed.", len(days))
            % {"n": len(days)},
            reverse("revenue-work:day", args=[asked.region.code, days[0].isoformat()]),
            on=days[0],
            weight=Weight.TODAY,
        )


def _mistakes(asked: Asked) -> Iterator[Waiting]:
    rows = tills.mistakes(asked.region)
    others = [one for one, _taken in rows if one.proposed_by_id != asked.account.pk]
    if others:
        yield Waiting(
            ngettext(
                "A colleague asks to take a payment back",
                "Colleagues ask to take %(n)d payments back",
                len(others),
            )
            % {"n": len(others)},
            _("A second person decides, on the same day."),
            reverse("revenue-work:counter", args=[asked.region.code]),
            weight=Weight.TODAY,
        )


register_waiting("revenue", _waiting)
