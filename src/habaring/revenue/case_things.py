"""What waits of requests and debts: on the desk of officers, and in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from habaring.people.access import Power
from habaring.posts.things import Asked, Line, Waiting, Weight
from habaring.revenue import collecting, plans, remedies
from habaring.revenue.models import (
    Case,
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


def to_confirm(count: int) -> str:
    """How many decisions wait for a second person, in words."""
    words = ngettext(
        "One decision on a request waits for a second person",
        "%(n)d decisions on requests wait for a second person",
        count,
    )
    return words % {"n": count}


def _decided(asked: Asked) -> QuerySet[Case]:
    """What somebody else decided, and only another person may confirm."""
    return remedies.for_second(asked.region, asked.account)


def _second(asked: Asked, count: int) -> Iterator[Waiting]:
    yield Waiting(
        to_confirm(count),
        _("It gives money away; nothing moves until you agree."),
        reverse("revenue-work:cases", args=[asked.region.code]) + "?state=proposed",
        weight=Weight.CONFIRM,
    )


def _proposed_offs(asked: Asked) -> QuerySet[WriteOff]:
    rows = WriteOff.objects.filter(region=asked.region, state=WriteOffState.PROPOSED)
    return rows.exclude(proposed_by=asked.account.pk)


def _offs(asked: Asked, count: int) -> Iterator[Waiting]:
    yield Waiting(
        ngettext(
            "One write-off waits for a second person",
            "%(n)d write-offs wait for a second person",
            count,
        )
        % {"n": count},
        _("It gives money away; nothing moves until you agree."),
        reverse("revenue-work:write-offs", args=[asked.region.code]),
        weight=Weight.CONFIRM,
    )


def _proposed_terms(asked: Asked) -> QuerySet[WaiverProgramme]:
    rows = WaiverProgramme.objects.filter(
        region=asked.region, state=WaiverState.PROPOSED
    )
    return rows.exclude(recorded_by=asked.account.pk)


def _terms(asked: Asked, count: int) -> Iterator[Waiting]:
    yield Waiting(
        ngettext(
            "One programme that waives interest waits for a second person",
            "%(n)d programmes that waive interest wait for a second person",
            count,
        )
        % {"n": count},
        _("It gives money away; nothing moves until you agree."),
        reverse("revenue-work:waivers", args=[asked.region.code]),
        weight=Weight.CONFIRM,
    )


def _cases(asked: Asked, _count: int) -> Iterator[Waiting]:
    count, late = remedies.waiting(asked.region, asked.on)
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


def _plans(asked: Asked, _count: int) -> Iterator[Waiting]:
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


def _letter(step: str) -> Line:
    def rows(asked: Asked) -> QuerySet[Any]:
        return collecting.to_write(asked.region, step, asked.on)

    def tell(asked: Asked, count: int) -> Iterator[Waiting]:
        yield Waiting(
            f"{WORDS[step]}: {count}" if count > 1 else str(WORDS[step]),
            _("The next letter can be written for all of them at once."),
            reverse("revenue-work:collect", args=[asked.region.code, step]),
            weight=Weight.WEEK,
        )

    return Line(rows, tell, Power.DECIDE_TAX_CASES)


def _soon(asked: Asked) -> QuerySet[Any]:
    soon = collecting.expiring(asked.region, asked.on, days=90)
    return soon.filter(expires_on__gte=asked.on).order_by()


def _expiring(asked: Asked, _count: int) -> Iterator[Waiting]:
    found = _soon(asked).aggregate(count=Count("id"), first=Min("expires_on"))
    count = found["count"]
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


LINES = (
    Line(_decided, _second, Power.DECIDE_TAX_CASES),
    Line(_proposed_offs, _offs, Power.DECIDE_TAX_CASES),
    Line(_proposed_terms, _terms, Power.DECIDE_TAX_CASES),
    Line(
        lambda asked: remedies.undecided(asked.region),
        _cases,
        Power.DECIDE_TAX_CASES,
    ),
    Line(lambda asked: plans.given(asked.region), _plans, Power.DECIDE_TAX_CASES),
    *map(_letter, collecting.STEPS),
    Line(lambda asked: _soon(asked)[:1], _expiring, Power.DECIDE_TAX_CASES),
)
"""For who decides about requests and debts."""
