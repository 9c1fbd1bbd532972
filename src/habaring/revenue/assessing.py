"""From a rule and facts to what is owed: the seam between the register and the engine.

A bill keeps the facts it was made from and the rule, whose text never changes, so that
every step can be reckoned again for ever. Nothing is written here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.engines import bookkeeping, taxing
from habaring.regions.models import Region
from habaring.revenue.models import (
    Bill,
    BillState,
    ClassKind,
    Document,
    ObjectState,
    RuleState,
    TaxObject,
    TaxRule,
    ValueClass,
    WaiverProgramme,
    WaiverState,
)
from habaring.shared import formats
from habaring.shared.refusal import Refusal
from habaring.shared.tables import Bilingual

NOT_IN_FORCE = (BillState.CANCELLED, BillState.CORRECTED, BillState.REVIEW)
"""Bills in these states are not last year's bill."""


class NoRule(Refusal):
    """No approved rule of this tax is in force on that day."""


class CannotAssess(Refusal):
    """The facts and the rule do not fit together."""


def rules_of(rule: TaxRule) -> taxing.Rules:
    """What the engine knows of a rule; the same text is read once."""
    return _read(rule.text)


@lru_cache(maxsize=64)
def _read(text: str) -> taxing.Rules:
    return taxing.read_rules(text)


def in_force(region: Region, tax: str, on: date) -> TaxRule:
    """The approved rule of a tax on a day.

    Raises:
        NoRule: where there is none.
    """
    rows = TaxRule.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        region=region,
        tax=tax,
        state=RuleState.APPROVED,
        begins_on__lte=on,
    )
    row = rows.order_by("-begins_on", "-id").first()
    if row is None:
        day = formats.day(on)
        raise NoRule(
            format_lazy(
                _("There is no rule for {tax} on {day}."), tax=tax_name(tax), day=day
            ),
            _("Nothing is assessed without a rule that two people approved."),
            _("Propose the rule with its articles, and have it approved."),
        )
    return row


# Facts


def facts_of(obj: TaxObject, year: int) -> dict[str, Any]:
    """What the engine asks about an object in a year, from the register.

    Raises:
        CannotAssess: a value class that has no value in that year.
    """
    if obj.tax != "pbb":
        return {**obj.facts, **({"use": obj.use} if obj.use else {})}
    values = class_values(obj.region_id, year)
    return {
        "land_m2": obj.land_m2,
        "land_value": _value(values, ClassKind.LAND, obj.land_class, obj.land_m2),
        "building_m2": obj.building_m2,
        "building_value": _value(
            values, ClassKind.BUILDING, obj.building_class, obj.building_m2
        ),
        "use": obj.use,
        "first": _first(obj, values),
    }


def class_values(region: str, year: int) -> dict[tuple[str, str], int]:
    """The value of a square metre by kind and class in a year, rupiah."""
    rows = ValueClass.objects.filter(region=region, year__lte=year).order_by("year")
    return {(row.kind, row.code): row.value for row in rows}


def _value(
    values: Mapping[tuple[str, str], int], kind: ClassKind, code: str, m2: int
) -> int:
    found = values.get((kind, code))
    if found is None and m2:
        raise CannotAssess(
            format_lazy(
                _("The class “{code}” of {kind} has no value."),
                code=code or "–",
                kind=kind.label,
            ),
            _("A square metre without a value cannot be assessed."),
            _("Record the value of the class, or mend the class of the object."),
        )
    return found or 0


def _first(obj: TaxObject, values: Mapping[tuple[str, str], int]) -> bool:
    """Whether the deduction given once a taxpayer falls on this object: the one worth
    most, of equal ones the one with the lowest number (as `taxing.first_objects`).
    """
    rows = TaxObject.objects.filter(
        region=obj.region_id,
        tax=obj.tax,
        taxpayer=obj.taxpayer_id,
        state=ObjectState.ACTIVE,
    ).exclude(pk=obj.pk)

    def worth(row: TaxObject) -> tuple[int, int]:
        land = row.land_m2 * values.get((ClassKind.LAND, row.land_class), 0)
        building = values.get((ClassKind.BUILDING, row.building_class), 0)
        return -(land + row.building_m2 * building), int(row.number)

    excluded = _excluded_uses(obj)
    others = [worth(row) for row in rows if row.use not in excluded]
    return not others or worth(obj) < min(others)


def _excluded_uses(obj: TaxObject) -> frozenset[str]:
    """Uses that are not taxed at all: such an object takes no deduction."""
    row = (
        TaxRule.objects.filter(
            region=obj.region_id, tax=obj.tax, state=RuleState.APPROVED
        )
        .order_by("-begins_on")
        .first()
    )
    if row is None:
        return frozenset()
    exclusions = rules_of(row).exclusions
    return frozenset(
        one.use for one in exclusions if one.use and one.base_at_most is None
    )


# Assessments


def day_of(year: int, period: int = 0) -> date:
    """The day that decides which rules hold: 1 January, or the last of a month."""
    if not period:
        return date(year, 1, 1)
    after = year * 12 + period
    return date.fromordinal(date(after // 12, after % 12 + 1, 1).toordinal() - 1)


def assess(rule: TaxRule, facts: Mapping[str, Any], *, on: date) -> taxing.Assessment:
    """An assessment by a rule.

    Raises:
        CannotAssess: the facts make no sense, in the engine's words.
    """
    try:
        return taxing.assess(rules_of(rule), facts, on=on)
    except taxing.Refused as refused:
        raise CannotAssess(
            _("This cannot be assessed."),
            str(refused),
            _("Mend the facts, or choose the rule that holds on that day."),
        ) from refused


def steps_of(bill: Bill) -> taxing.Assessment:
    """Every step of a bill, reckoned again from what it kept. Its `payable` is the amount
    at issue; what cases changed since then is not in it.
    """
    rules = rules_of(bill.rule)
    on = max(_day_of_bill(bill), rules.in_force_from)
    if rules.in_force_to is not None:
        on = min(on, rules.in_force_to)
    return taxing.assess(rules, bill.facts, on=on)


def _day_of_bill(bill: Bill) -> date:
    yearly = taxing.TAXES[bill.tax].period == "year"
    if yearly or bill.period:
        return day_of(bill.year, bill.period)
    return localdate(bill.issued_at)


def year_before(bill: Bill) -> Bill | None:
    """Last year's bill of the same object, if one was issued."""
    rows = Bill.objects.filter(
        region=bill.region_id,
        tax=bill.tax,
        number=bill.number,
        year=bill.year - 1,
        period=bill.period,
    ).exclude(state__in=NOT_IN_FORCE)
    rows = rows.exclude(document=Document.STPD)
    return rows.order_by("-seq").select_related("rule").first()


# What is owed on a day


@dataclass(frozen=True)
class Owed:
    """What is still to be paid on a day, in rupiah. `waived`: interest not asked for."""

    principal: int
    interest: int
    waived: int = 0

    @property
    def total(self) -> int:
        return self.principal + self.interest


def owed_on(bill: Bill, day: date, *, waivers: Iterable[WaiverProgramme] = ()) -> Owed:
    """The principal not paid yet and the interest that has grown on it until a day.

    `waivers`: programmes of the region; the best one that holds counts. It is what the
    ledger will take when just this much is paid on that day.
    """
    if not bill.owed or bill.state in NOT_OWED:
        return Owed(0, 0)
    interest = late_of(bill, day, waivers=waivers).on(bill.owed)
    return Owed(bill.owed, interest, late_of(bill, day).on(bill.owed) - interest)


def late_of(
    bill: Bill, day: date, *, waivers: Iterable[WaiverProgramme] = ()
) -> bookkeeping.Late:
    """The interest on principal that is paid on a day, as the ledger reckons it."""
    if bill.document == Document.STPD:
        return bookkeeping.IN_TIME  # a fine bears no interest
    rules = rules_of(bill.rule)
    if "late" not in rules.interest:
        return bookkeeping.IN_TIME
    told = taxing.late_interest(rules, 0, due_on=bill.due_on, paid_on=day)
    asked = told.monthly * told.counted * (100 - _waived(bill, day, waivers)) / 100
    rounding = told.rule.rounding
    return bookkeeping.Late(
        round(asked * bookkeeping.PPM), rounding.unit, rounding.mode
    )


NOT_OWED = frozenset(
    {
        BillState.REVIEW,
        BillState.CORRECTED,
        BillState.CANCELLED,
        BillState.WRITTEN_OFF,
        BillState.EXPIRED,
    }
)
"""Nothing is asked for on bills in these states."""


def _waived(bill: Bill, day: date, waivers: Iterable[WaiverProgramme]) -> int:
    return max(
        (
            one.percent
            for one in waivers
            if one.tax == bill.tax
            and one.bill in (None, bill.id)
            and one.first_year <= bill.year <= one.last_year
            and one.begins_on <= day <= one.ends_on
        ),
        default=0,
    )


def waivers_of(
    region: str, on: date, bills: Iterable[int] = ()
) -> list[WaiverProgramme]:
    """The programmes that run on a day, and what was decided for these bills alone."""
    return list(
        WaiverProgramme.objects.filter(
            Q(bill__isnull=True) | Q(bill__in=list(bills)),
            region=region,
            state=WaiverState.APPROVED,
            begins_on__lte=on,
            ends_on__gte=on,
        )
    )


def tax_name(tax: str) -> str:
    """The name of a tax in the reader's language."""
    found = taxing.TAXES.get(tax)
    return str(Bilingual(found.name_id, found.name_en)) if found else tax
