"""What of local taxes waits for a person: payers, findings, repairs, days, tills, rules,
bills held back.
"""

from collections.abc import Iterator

from django.db.models import Count, Max, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.people.access import Power
from habaring.posts.things import Asked, Waiting, Weight, register_waiting
from habaring.revenue import (
    books,
    case_things,
    closing,
    collector_things,
    partner_things,
    reconciling,
    tills,
)
from habaring.revenue.models import Bill, BillState, RuleState, TaxRule
from habaring.revenue.reconciling import Wanted
from habaring.shared import formats


def _waiting(asked: Asked) -> Iterator[Waiting]:
    if Power.RECONCILE in asked.powers:
        yield from _reports(asked)
        yield from _findings(asked)
        yield from _strays(asked)
        yield from _days(asked)
    if Power.TAKE_PAYMENTS in asked.powers:
        yield from _tills(asked)
        yield from _mistakes(asked)
    if Power.MANAGE_TAX_RULES in asked.powers:
        yield from _rules(asked)
    if Power.ISSUE_BILLS in asked.powers:
        yield from _held(asked)
    yield from collector_things.waiting(asked)
    yield from partner_things.waiting(asked)
    yield from case_things.waiting(asked)


def _reports(asked: Asked) -> Iterator[Waiting]:
    """Somebody paid and does not see it: a person waits, with a day."""
    rows = reconciling.findings(asked.region, Wanted(reported=True))
    found = rows.aggregate(count=Count("pk"), first=Min("due_on"))
    if not found["count"]:
        return
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


def _strays(asked: Asked) -> Iterator[Waiting]:
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


def _tills(asked: Asked) -> Iterator[Waiting]:
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


def _rules(asked: Asked) -> Iterator[Waiting]:
    rows = TaxRule.objects.filter(region=asked.region, state=RuleState.PROPOSED)
    count = rows.exclude(proposed_by=asked.account.pk).count()
    if count:
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


def _held(asked: Asked) -> Iterator[Waiting]:
    rows = Bill.objects.filter(
        region=asked.region, state=BillState.REVIEW, issue__isnull=False
    )
    found = rows.aggregate(count=Count("id"), issue=Max("issue"))
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
