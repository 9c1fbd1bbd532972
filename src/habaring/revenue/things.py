"""What of local taxes waits for a person: payers, findings, repairs, days, tills, rules,
bills held back.
"""

from collections.abc import Iterator

from django.db.models import Count, Max, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.people.access import Power
from habaring.posts.things import Asked, Line, Rows, Waiting, Weight, register_lines
from habaring.revenue import (
    books,
    case_things,
    closing,
    collector_things,
    partner_things,
    reconciling,
    tills,
)
from habaring.revenue.models import (
    Bill,
    BillState,
    Finding,
    Payment,
    Posting,
    RuleState,
    Statement,
    TaxRule,
)
from habaring.revenue.reconciling import WAITS, Wanted
from habaring.shared import formats


def _asked_for(asked: Asked) -> QuerySet[Finding]:
    return reconciling.findings(asked.region, Wanted(reported=True)).order_by()


def _reports(asked: Asked, _count: int) -> Iterator[Waiting]:
    """Somebody paid and does not see it: a person waits, with a day."""
    found = _asked_for(asked).aggregate(count=Count("pk"), first=Min("due_on"))
    late = found["first"] < asked.on
    page = reverse("revenue-work:findings", args=[asked.region.code])
    yield Waiting(
        ngettext(
            "A payer asks where the payment is",
            "%(n)d payers ask where their payments are",
            found["count"],
        )
        % {"n": found["count"]},
        _("They were promised an answer by %(day)s.")
        % {"day": formats.day(found["first"])},
        f"{page}?keadaan=dilaporkan",
        on=found["first"],
        weight=Weight.LATE if late else Weight.CONFIRM,
    )


def _strays(asked: Asked, _count: int) -> Iterator[Waiting]:
    count, amount = books.untouched(asked.region)
    if count:
        yield Waiting(
            ngettext(
                "One payment is for no bill that is known",
                "%(n)d payments are for no bill that is known",
                count,
            )
            % {"n": count},
            _("%(sum)s belongs to somebody; nobody looks for the bill yet.")
            % {"sum": formats.rupiah(amount)},
            reverse("revenue-work:strays", args=[asked.region.code]),
            weight=Weight.WEEK,
        )


def _tills(asked: Asked, _count: int) -> Iterator[Waiting]:
    days = tills.uncounted(asked.region, asked.account, before=asked.on)
    if days:
        page = reverse("revenue-work:till", args=[asked.region.code])
        yield Waiting(
            _("Count your till of %(day)s") % {"day": formats.day(days[0])},
            _("Until it is counted, the day cannot be closed."),
            f"{page}?hari={days[0].isoformat()}",
            on=days[0],
            weight=Weight.LATE,
        )


def _proposed(asked: Asked) -> QuerySet[TaxRule]:
    rows = TaxRule.objects.filter(region=asked.region, state=RuleState.PROPOSED)
    return rows.exclude(proposed_by=asked.account.pk)


def _rules(asked: Asked, count: int) -> Iterator[Waiting]:
    yield Waiting(
        ngettext(
            "A tax rule waits for a second person",
            "%(n)d tax rules wait for a second person",
            count,
        )
        % {"n": count},
        _("Read every figure beside the rule that holds now, then decide."),
        reverse("revenue-work:rules", args=[asked.region.code]),
        weight=Weight.CONFIRM,
    )


def _in_review(asked: Asked) -> QuerySet[Bill]:
    return Bill.objects.filter(
        region=asked.region, state=BillState.REVIEW, issue__isnull=False
    )


def _held(asked: Asked, _count: int) -> Iterator[Waiting]:
    found = _in_review(asked).aggregate(count=Count("id"), issue=Max("issue"))
    if found["count"]:
        yield Waiting(
            ngettext(
                "One bill is held back for a look",
                "%(n)d bills are held back for a look",
                found["count"],
            )
            % {"n": found["count"]},
            _("They changed much since last year: release them, or mend the object."),
            reverse(
                "revenue-work:held-bills", args=[asked.region.code, found["issue"]]
            ),
            weight=Weight.WEEK,
        )


def _findings(asked: Asked, _count: int) -> Iterator[Waiting]:
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


def _days(asked: Asked, _count: int) -> Iterator[Waiting]:
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


def _mistakes(asked: Asked, _count: int) -> Iterator[Waiting]:
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


def _cash(asked: Asked) -> QuerySet[Payment]:
    return tills.taken_before(asked.region, asked.account, before=asked.on)


def _waits(asked: Asked) -> QuerySet[Finding]:
    return Finding.objects.filter(region=asked.region, state__in=WAITS)


def _booked(asked: Asked) -> list[Rows]:
    """Without postings and files there is no day to close."""
    models: tuple[type[Posting | Statement], ...] = (Posting, Statement)
    return [one.objects.filter(region=asked.region)[:1] for one in models]


def _billless(asked: Asked) -> QuerySet[Payment]:
    return books.forgotten(asked.region)[:1]


register_lines(
    "revenue",
    Line(lambda asked: _asked_for(asked)[:1], _reports, Power.RECONCILE),
    Line(lambda asked: _waits(asked)[:1], _findings, Power.RECONCILE),
    Line(_billless, _strays, Power.RECONCILE),
    Line(_booked, _days, Power.RECONCILE),
    Line(lambda asked: _cash(asked)[:1], _tills, Power.TAKE_PAYMENTS),
    Line(lambda asked: tills.asked_back(asked.region), _mistakes, Power.TAKE_PAYMENTS),
    Line(_proposed, _rules, Power.MANAGE_TAX_RULES),
    Line(lambda asked: _in_review(asked)[:1], _held, Power.ISSUE_BILLS),
    *collector_things.LINES,
    *partner_things.LINES,
    *case_things.LINES,
)
