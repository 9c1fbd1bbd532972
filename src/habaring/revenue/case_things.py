"""What waits of requests and debts: on the desk of officers, and in words."""

from collections.abc import Iterator, Mapping

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from habaring.people.access import Power
from habaring.posts.things import Asked, Waiting, Weight
from habaring.revenue import collecting, plans, remedies
from habaring.revenue.models import (
    WaiverProgramme,
    WaiverState,
    WriteOff,
    WriteOffState,
)
from habaring.shared.refusal import Words

WORDS: Mapping[str, Words] = {
    "stpd": gettext_lazy("Bills past their day, without a demand (STPD)"),
    "warning": gettext_lazy("Demands past their day, without a warning letter"),
    "warrant": gettext_lazy("Warning letters past their day, without a warrant"),
    "filing": gettext_lazy("Late tax returns, without a fine"),
}


def waiting(asked: Asked) -> Iterator[Waiting]:
    """Lines of the desk for who decides about requests and debts."""
    if Power.DECIDE_TAX_CASES in asked.powers:
        yield from _second(asked)
        yield from _cases(asked)
        yield from _plans(asked)
        yield from _letters(asked)
        yield from _expiring(asked)


def to_confirm(count: int) -> str:
    """How many decisions wait for a second person, in words."""
    words = ngettext(
        "One decision on a request waits for a second person",
        "%(n)d decisions on requests wait for a second person",
        count,
    )
    return words % {"n": count}


def _second(asked: Asked) -> Iterator[Waiting]:
    """What somebody else decided or proposed, and only another person may confirm."""
    code, own = asked.region.code, asked.account.pk
    count = remedies.to_confirm(asked.region, asked.account)
    if count:
        yield Waiting(
            to_confirm(count),
            _("It gives money away; nothing moves until you agree."),
            reverse("revenue-work:cases", args=[code]) + "?state=proposed",
            weight=Weight.CONFIRM,
        )
    offs = WriteOff.objects.filter(region=asked.region, state=WriteOffState.PROPOSED)
    if count := offs.exclude(proposed_by=own).count():
        yield Waiting(
            ngettext(
                "One write-off waits for a second person",
                "%(n)d write-offs wait for a second person",
                count,
            )
            % {"n": count},
            _("It gives money away; nothing moves until you agree."),
            reverse("revenue-work:write-offs", args=[code]),
            weight=Weight.CONFIRM,
        )
    terms = WaiverProgramme.objects.filter(
        region=asked.region, state=WaiverState.PROPOSED
    )
    if count := terms.exclude(recorded_by=own).count():
        yield Waiting(
            ngettext(
                "One programme that waives interest waits for a second person",
                "%(n)d programmes that waive interest wait for a second person",
                count,
            )
            % {"n": count},
            _("It gives money away; nothing moves until you agree."),
            reverse("revenue-work:waivers", args=[code]),
            weight=Weight.CONFIRM,
        )


def _cases(asked: Asked) -> Iterator[Waiting]:
    count, late = remedies.waiting(asked.region, asked.on)
    if count:
        yield Waiting(
            ngettext(
                "One request about a bill waits",
                "%(n)d requests about bills wait",
                count,
            )
            % {"n": count},
            ngettext("One is overdue.", "%(n)d are overdue.", late) % {"n": late}
            if late
            else _("People wait for an answer by a day of the law."),
            reverse("revenue-work:cases", args=[asked.region.code]),
            on=remedies.first_due(asked.region),
            weight=Weight.LATE if late else Weight.WEEK,
        )


def _plans(asked: Asked) -> Iterator[Waiting]:
    missed = [one for one in plans.running(asked.region, asked.on) if one.missed]
    if missed:
        yield Waiting(
            ngettext(
                "In one plan of instalments a part was missed",
                "In %(n)d plans of instalments a part was missed",
                len(missed),
            )
            % {"n": len(missed)},
            _("They end by themselves when their clock runs out."),
            reverse("revenue-work:plans", args=[asked.region.code]),
            on=missed[0].ends_on,
            weight=Weight.WEEK,
        )


def _letters(asked: Asked) -> Iterator[Waiting]:
    for step, count in collecting.to_write(asked.region, asked.on).items():
        yield Waiting(
            f"{WORDS[step]}: {count}" if count > 1 else str(WORDS[step]),
            _("The next letter can be written for all of them at once."),
            reverse("revenue-work:collect", args=[asked.region.code, step]),
            weight=Weight.WEEK,
        )


def _expiring(asked: Asked) -> Iterator[Waiting]:
    soon = collecting.expiring(asked.region, asked.on, days=90)
    rows = soon.filter(expires_on__gte=asked.on).order_by()
    found = rows.aggregate(count=Count("id"), first=Min("expires_on"))
    count = found["count"]
    if count:
        yield Waiting(
            ngettext(
                "One debt expires within 90 days",
                "%(n)d debts expire within 90 days",
                count,
            )
            % {"n": count},
            _("A letter or an admission of the debtor interrupts that."),
            reverse("revenue-work:expiring", args=[asked.region.code]),
            on=found["first"],
            weight=Weight.WEEK,
        )
