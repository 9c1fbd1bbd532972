"""What a rule says, line by line with its articles; two rules beside each other; the
table of value classes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.engines import taxing
from habaring.regions.models import Region
from habaring.revenue.explanation import percent
from habaring.revenue.models import ClassKind, RuleState, TaxRule, ValueClass
from habaring.shared import formats
from habaring.shared.tables import Bilingual, Column, TableKind, register


@dataclass(frozen=True)
class Line:
    """One figure of a rule in words. `key` finds its twin in another rule."""

    key: str
    label: str
    value: str
    article: str


@dataclass(frozen=True)
class Part:
    """Lines under one heading."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Difference:
    """A figure in two rules; None where one of them has none."""

    label: str
    now: Line | None
    proposed: Line | None

    @property
    def differs(self) -> bool:
        if self.now is None or self.proposed is None:
            return True
        return self.now.value != self.proposed.value


@dataclass(frozen=True)
class ComparedPart:
    """A heading and the figures of both rules under it."""

    title: str
    lines: tuple[Difference, ...]


def parts(rules: taxing.Rules) -> list[Part]:
    """All that a rule says, under headings."""
    found = (
        Part(_("Rates"), tuple(_tiers(rules, rules.rates, "rates"))),
        Part(_("Taken off before the tax"), tuple(_deductions(rules))),
        Part(
            _("Part of the value that is taxed"),
            tuple(_tiers(rules, rules.shares, "shares")),
        ),
        Part(_("Weights"), tuple(_tiers(rules, rules.weights, "weights"))),
        Part(_("Prices"), tuple(_prices(rules))),
        Part(_("Not taxed"), tuple(_exclusions(rules))),
        Part(_("Collected with it for others"), tuple(_beside(rules))),
        Part(_("Least tax and rounding"), tuple(_ends(rules))),
        Part(_("Days to pay and to file"), tuple(_days(rules))),
        Part(_("Interest"), tuple(_interest(rules))),
    )
    return [part for part in found if part.lines]


def compared(now: taxing.Rules, proposed: taxing.Rules) -> list[ComparedPart]:
    """Two rules of one tax beside each other."""
    old = {part.title: part for part in parts(now)}
    new = {part.title: part for part in parts(proposed)}
    found = []
    for title in dict.fromkeys((*old, *new)):
        before = {line.key: line for line in old[title].lines} if title in old else {}
        after = {line.key: line for line in new[title].lines} if title in new else {}
        lines = tuple(
            Difference(
                (after.get(key) or before[key]).label, before.get(key), after.get(key)
            )
            for key in dict.fromkeys((*after, *before))
        )
        found.append(ComparedPart(title, lines))
    return found


def _tiers(rules: taxing.Rules, tiers: tuple[Any, ...], kind: str) -> Iterator[Line]:
    for tier in tiers:
        use = _use(rules, tier.use)
        span = _span(tier.above, tier.up_to)
        label = ", ".join(filter(None, (use, span))) or _("for everything")
        key = f"{kind}/{tier.use or ''}/{tier.above}"
        yield Line(key, label[:1].upper() + label[1:], percent(tier.part), tier.article)


def _span(above: int, up_to: int | None) -> str:
    if above and up_to:
        return _("for a value above %(above)s up to %(up_to)s") % {
            "above": formats.rupiah_short(above),
            "up_to": formats.rupiah_short(up_to),
        }
    if above:
        return _("for a value above %(above)s") % {"above": formats.rupiah_short(above)}
    if up_to:
        return _("for a value up to %(up_to)s") % {"up_to": formats.rupiah_short(up_to)}
    return ""


def _use(rules: taxing.Rules, key: str | None) -> str:
    found = rules.use_called(key) if key else None
    return str(Bilingual(found.name_id, found.name_en)) if found else ""


def _deductions(rules: taxing.Rules) -> Iterator[Line]:
    for one in rules.deductions:
        label = _use(rules, one.use) or _("For everybody")
        value = formats.rupiah(one.amount)
        if one.once:
            value = _("%(amount)s, once a taxpayer") % {"amount": value}
        yield Line(f"deduction/{one.use or ''}", label, value, one.article)


def _prices(rules: taxing.Rules) -> Iterator[Line]:
    for one in rules.prices:
        label = _use(rules, one.use) or _("For everything")
        value = _("%(price)s a unit") % {"price": formats.rupiah(one.amount)}
        yield Line(f"price/{one.use or ''}", label, value, one.article)


def _exclusions(rules: taxing.Rules) -> Iterator[Line]:
    for one in rules.exclusions:
        label = _use(rules, one.use) or _("Small values")
        value = _("not taxed")
        if one.base_at_most is not None:
            value = _("not taxed up to %(most)s") % {
                "most": formats.rupiah(one.base_at_most)
            }
        yield Line(f"exclusion/{one.use or ''}", label, value, one.article)


def _beside(rules: taxing.Rules) -> Iterator[Line]:
    for one in rules.beside:
        label = str(Bilingual(one.name_id, one.name_en))
        value = _("%(percent)s of the tax") % {"percent": percent(one.part)}
        yield Line(f"beside/{one.key}", label, value, one.article)


_MODES = {
    "down": gettext_lazy("down to %(unit)s"),
    "up": gettext_lazy("up to %(unit)s"),
    "half-up": gettext_lazy("to the nearest %(unit)s, a half up"),
    "half-even": gettext_lazy("to the nearest %(unit)s, a half to the even one"),
}


def _ends(rules: taxing.Rules) -> Iterator[Line]:
    if rules.minimum is not None:
        value = formats.rupiah(rules.minimum.amount)
        yield Line("minimum", _("Least tax"), value, rules.minimum.article)
    steps = taxing.TAXES[rules.tax].steps
    for key, one in rules.roundings.items():
        words = steps.get(key)
        step = str(Bilingual(words.label_id, words.label_en)) if words else key
        label = _("Rounding: %(step)s") % {"step": step}
        value = str(_MODES[one.mode]) % {"unit": formats.rupiah(one.unit)}
        yield Line(f"rounding/{key}", label, value, one.article)


def _days(rules: taxing.Rules) -> Iterator[Line]:
    for key, label, one in (
        ("due", _("Last day to pay"), rules.due),
        ("filing", _("Last day to file"), rules.filing),
    ):
        if one is not None:
            yield Line(key, label, _when(one), one.article)


def _when(one: Any) -> str:
    if one.kind == "day-of-year":
        month, day = str(one.value).split("-")
        told = formats.day(date(2000, int(month), int(day)))
        return told.removesuffix("2000").rstrip()  # a space that does not break
    sentence = {
        "months-after-issue": _("%(n)s months after it was issued"),
        "days-after": _("%(n)s days after"),
        "working-days-after": _("%(n)s working days after"),
    }[one.kind]
    return sentence % {"n": one.value}


_KINDS = {
    "late": gettext_lazy("Paid late"),
    "instalment": gettext_lazy("Instalments"),
    "audit": gettext_lazy("Found by an audit"),
    "ex-officio": gettext_lazy("Assessed by the office"),
}


def _interest(rules: taxing.Rules) -> Iterator[Line]:
    for kind, one in rules.interest.items():
        value = _("%(percent)s a month") % {"percent": percent(one.monthly)}
        if one.cap_months:
            value = _("%(percent)s a month, at most %(n)s months") % {
                "percent": percent(one.monthly),
                "n": one.cap_months,
            }
        yield Line(f"interest/{kind}", str(_KINDS.get(kind, kind)), value, one.article)


# Rules of a region


@dataclass(frozen=True)
class Held:
    """A tax with the rule that holds on a day, and what waits or begins later."""

    tax: taxing.Tax
    now: TaxRule | None
    waiting: tuple[TaxRule, ...]
    later: tuple[TaxRule, ...]

    @property
    def name(self) -> str:
        return str(Bilingual(self.tax.name_id, self.tax.name_en))


def held(region: Region, on: date) -> list[Held]:
    """All taxes of a kabupaten or kota with their rules."""
    rows = list(
        TaxRule.objects.filter(
            Q(state=RuleState.PROPOSED)
            | Q(state=RuleState.APPROVED)
            & (Q(ends_on__isnull=True) | Q(ends_on__gte=on)),
            region=region,
        ).select_related("proposed_by", "decided_by")
    )
    found = []
    for code, tax in taxing.TAXES.items():
        own = [row for row in rows if row.tax == code]
        approved = [row for row in own if row.state == RuleState.APPROVED]
        found.append(
            Held(
                tax,
                next((row for row in approved if row.begins_on <= on), None),
                tuple(row for row in own if row.state == RuleState.PROPOSED),
                tuple(row for row in approved if row.begins_on > on),
            )
        )
    return found


def public_rule(region: Region, tax: str, on: date) -> TaxRule | None:
    """The rule of a tax that everybody may read on a day."""
    rows = TaxRule.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        region=region,
        tax=tax,
        state=RuleState.APPROVED,
        begins_on__lte=on,
    )
    return rows.order_by("-begins_on").first()


def rates_in_short(rules: taxing.Rules) -> str:
    """`0.07% to 0.2%`, or the one rate."""
    shares = {tier.part for tier in rules.rates}
    low, high = percent(min(shares)), percent(max(shares))
    if low == high:
        return low
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


# Value classes

CLASSES = register(
    TableKind(
        "value_classes",
        gettext_lazy("Value classes"),
        gettext_lazy("Value classes"),
        columns=(
            Column(
                "kind",
                gettext_lazy("Land or building"),
                "choice",
                required=True,
                choices=dict(ClassKind.choices),
            ),
            Column(
                "code",
                gettext_lazy("Class"),
                "text",
                required=True,
                max_length=4,
                help=gettext_lazy("As on the bill: A32, 085."),
            ),
            Column(
                "year",
                gettext_lazy("From year"),
                "year",
                required=True,
                minimum=1985,
                maximum=2100,
                help=gettext_lazy("The first year for which the value holds."),
            ),
            Column(
                "value",
                gettext_lazy("Value of a square metre (Rp)"),
                "rupiah",
                required=True,
                minimum=0,
            ),
            Column(
                "basis",
                gettext_lazy("Decree"),
                "text",
                required=True,
                max_length=200,
                help=gettext_lazy("The decree that sets the value."),
            ),
        ),
        key=("kind", "code", "year"),
    )
)


@dataclass(frozen=True)
class ClassLine:
    """A class with its value in a year and what it was before."""

    row: ValueClass
    before: ValueClass | None

    @property
    def change(self) -> Decimal | None:
        if self.before is None or not self.before.value:
            return None
        return Decimal(self.row.value) / self.before.value - 1


def class_lines(
    region: Region, year: int, *, kind: str = "", q: str = ""
) -> list[ClassLine]:
    """The classes that hold in a year, each with the value before it."""
    rows = ValueClass.objects.filter(region=region, year__lte=year)
    if kind:
        rows = rows.filter(kind=kind)
    if q:
        rows = rows.filter(code__icontains=q)
    found: dict[tuple[str, str], list[ValueClass]] = {}
    for row in rows.order_by("-kind", "code", "-year"):
        found.setdefault((row.kind, row.code), []).append(row)
    return [
        ClassLine(several[0], several[1] if len(several) > 1 else None)
        for several in found.values()
    ]


def class_years(region: Region) -> list[int]:
    """The years in which values changed, newest first."""
    rows = ValueClass.objects.filter(region=region).values_list("year", flat=True)
    return sorted(set(rows), reverse=True)


def class_rows(region: Region) -> list[dict[str, Any]]:
    """Every class as the spreadsheet has it."""
    rows = ValueClass.objects.filter(region=region).order_by("-kind", "code", "year")
    return [
        {
            name: getattr(row, name)
            for name in ("kind", "code", "year", "value", "basis")
        }
        for row in rows
    ]
