"""Why a bill is what it is, in plain words: every step with its article, and what
changed since the year before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from habaring.engines.taxing import TAXES, Assessment, Change, Refused, Step, change
from habaring.engines.taxing import late_interest as reckon_late
from habaring.regions.models import Region
from habaring.revenue.lookup import NothingFound
from habaring.revenue.models import Bill, Document, LetterCause
from habaring.shared import formats, walls


@dataclass(frozen=True)
class StepLine:
    """One step: what it is, how it was reckoned, what came out (rupiah), by which
    article.
    """

    key: str
    label: str
    reckoning: str
    amount: int
    article: str

    @property
    def is_total(self) -> bool:
        return self.key == "total"


@dataclass(frozen=True)
class CauseLine:
    """One reason why a bill differs, and by how many rupiah."""

    sentence: str
    effect: int


@dataclass(frozen=True)
class Late:
    """How interest was reckoned: begun months at a rate, an article."""

    months: int
    capped: bool
    rate: str
    principal: int
    amount: int
    article: str


@dataclass(frozen=True)
class Told:
    """An assessment in words. `rules_example`: the figures stand in no by-law."""

    steps: tuple[StepLine, ...]
    beside: tuple[StepLine, ...]
    total: int
    rules_name: str
    by_law: str
    rules_example: bool


@dataclass(frozen=True)
class Explained:
    """A bill with its steps, and what it was a year before."""

    told: Told
    differs: int | None  # the amount in force, where a decision changed it since
    before_year: int | None
    before_amount: int | None
    before_steps: Mapping[str, int]
    difference: int | None
    causes: tuple[CauseLine, ...]
    late: Late | None
    use_known: bool


def explain(
    region: Region, bill: int, *, on: date
) -> tuple[Explained, Assessment, Bill]:
    """Everything that the page of a bill says; NothingFound."""
    # late: it reads rules, which most processes never do
    from habaring.revenue import assessing

    with walls.also(region.code):
        rows = Bill.objects.filter(region=region).select_related("rule")
        row = rows.filter(id=bill).first()
        if row is None:
            raise NothingFound
        if row.document == Document.STPD:
            now = assessing.steps_of(rows.get(id=row.replaces or 0))
            return _fine(row), now, row
        now = assessing.steps_of(row)
        earlier = assessing.year_before(row)
        then = assessing.steps_of(earlier) if earlier else None
        owed = assessing.owed_on(row, on, waivers=())
        late = _late(now, row, on) if owed.interest else None
    compared = _compared(then, now)
    return (
        Explained(
            told=tell(now),
            differs=row.amount if row.amount != now.payable else None,
            before_year=earlier.year if earlier else None,
            before_amount=earlier.amount if earlier else row.before,
            before_steps={one.key: one.amount for one in then.steps} if then else {},
            difference=_difference(row, earlier),
            causes=_causes(compared) if compared else (),
            late=late,
            use_known=bool(now.rules.uses),
        ),
        now,
        row,
    )


def _fine(row: Bill) -> Explained:
    """A fine tells its base and its share; what it is for is another bill."""
    # late: it reads facts that most pages never need
    from habaring.revenue import collecting

    cause = LetterCause(row.facts["fine"])
    article = str(collecting.basis("fines", cause))
    steps, percent_of = [], row.facts["percent"]
    if percent_of:
        base = row.facts["base"]
        label = _("What the decision left, less what was paid before")
        steps.append(StepLine("base", label, "", base, article))
    how = _("%(percent)s%% of it") % {"percent": percent_of} if percent_of else ""
    total = StepLine("total", str(cause.label).capitalize(), how, row.amount, article)
    example = collecting.is_example()
    name = str(Document.STPD.label)
    told = Told((*steps, total), (), row.amount, name, article, example)
    return Explained(told, None, None, None, {}, None, (), late=None, use_known=False)


def _difference(row: Bill, earlier: Bill | None) -> int | None:
    before = earlier.amount if earlier else row.before
    return None if before is None else row.amount - before


def _compared(then: Assessment | None, now: Assessment) -> Change | None:
    if then is None or then.rules.tax != now.rules.tax:
        return None
    return change(then, now)


def _late(now: Assessment, row: Bill, on: date) -> Late | None:
    try:
        found = reckon_late(now.rules, row.owed, due_on=row.due_on, paid_on=on)
    except Refused:
        return None
    return Late(
        months=found.counted,
        capped=found.capped,
        rate=percent(found.monthly),
        principal=found.principal,
        amount=found.amount,
        article=found.rule.article,
    )


def tell(assessment: Assessment) -> Told:
    """An assessment in the reader's language."""
    rules = assessment.rules
    english = (get_language() or "id").startswith("en")
    names = {
        one.key: one.name_en if english else one.name_id for one in rules.beside
    } | {
        key: words.label_en if english else words.label_id
        for key, words in TAXES[rules.tax].steps.items()
    }
    return Told(
        steps=tuple(_line(step, names) for step in assessment.steps),
        beside=tuple(_line(step, names) for step in assessment.beside),
        total=assessment.payable,
        rules_name=rules.name_en if english else rules.name_id,
        by_law=rules.by_law,
        rules_example=rules.example,
    )


def _line(step: Step, names: Mapping[str, str]) -> StepLine:
    told = _RECKONED.get(step.key, _nothing)(step)
    if step.rounding and step.exact != step.amount:
        unit = formats.rupiah(step.rounding.unit)
        rounded = _("rounded to %(unit)s") % {"unit": unit}
        told = f"{told}, {rounded}" if told else rounded
    label = names.get(step.key, step.key)
    return StepLine(step.key, label, told, step.amount, step.article)


def _nothing(step: Step) -> str:
    return ""


def _area(step: Step) -> str:
    size, value = step.values[f"{step.key}_m2"], step.values[f"{step.key}_value"]
    if not size:
        return _("no building") if step.key == "building" else "0 m²"
    return _("%(size)s m² × %(value)s per m²") % {
        "size": formats.number(size),
        "value": formats.rupiah(value),
    }


def _base(step: Step) -> str:
    values = step.values
    if "land" in values:
        return _("land and building together")
    if "njop" in values:
        return _("the greater one: price %(price)s, NJOP %(njop)s") % {
            "price": formats.rupiah(values["price"]),
            "njop": formats.rupiah(values["njop"]),
        }
    if "paid" in values:
        return _("%(paid)s paid − %(discount)s discounts + %(service)s service") % {
            key: formats.rupiah(values[key]) for key in ("paid", "discount", "service")
        }
    return " × ".join(formats.number(value) for value in values.values())


def _excluded(step: Step) -> str:
    return _("this use is not taxed")


def _deduction(step: Step) -> str:
    if not step.values["first"]:
        return _("already given on another object of the same taxpayer")
    return _("this much of the value is free of tax")


def _taxable(step: Step) -> str:
    base, off = step.values["base"], step.values["deduction"]
    return f"{formats.rupiah(base)} − {formats.rupiah(off)}"


def _share(step: Step) -> str:
    return _part_of(step, step.key)


def _tax(step: Step) -> str:
    if "parts" in step.values:
        parts = [
            f"{percent(part)} × {formats.rupiah(amount)}"
            for amount, part in step.values["parts"]
        ]
        return " + ".join(parts)
    return _part_of(step, "rate")


def _part_of(step: Step, key: str) -> str:
    """ "40% of Rp 194.000.000 (value up to Rp 1 miliar)"."""
    amount = next(
        value
        for name, value in step.values.items()
        if name not in (key, "above", "up_to")
    )
    told = _("%(percent)s of %(amount)s") % {
        "percent": percent(step.values[key]),
        "amount": formats.rupiah(amount),
    }
    tier = _tier(step.values.get("above"), step.values.get("up_to"))
    return f"{told} ({tier})" if tier else told


def _tier(above: int | None, up_to: int | None) -> str:
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


def _minimum(step: Step) -> str:
    return _("nobody pays less than %(minimum)s") % {
        "minimum": formats.rupiah(step.values["minimum"])
    }


def _beside_of(step: Step) -> str:
    return _part_of(step, "part")


_RECKONED: Mapping[str, Callable[[Step], str]] = {
    "land": _area,
    "building": _area,
    "base": _base,
    "excluded": _excluded,
    "deduction": _deduction,
    "taxable": _taxable,
    "share": _share,
    "weight": _share,
    "tax": _tax,
    "minimum": _minimum,
    "opsen-mblb": _beside_of,
}


def percent(part: Fraction) -> str:
    """A rate as its rules write it: 0.1%, 0.075%, 40%."""
    hundred = (Decimal(part.numerator) * 100 / Decimal(part.denominator)).normalize()
    exponent = hundred.as_tuple().exponent
    decimals = min(4, max(0, -exponent if isinstance(exponent, int) else 0))
    return f"{formats.number(hundred, decimals)}%"


def _causes(found: Change) -> tuple[CauseLine, ...]:
    return tuple(
        CauseLine(_sentence(found, cause.keys, cause.before, cause.after), cause.effect)
        for cause in found.causes
    )


def causes(found: Change) -> tuple[CauseLine, ...]:
    """Why two assessments differ, in words."""
    return _causes(found)


def _sentence(
    found: Change,
    keys: tuple[str, ...],
    before: tuple[Any, ...],
    after: tuple[Any, ...],
) -> str:
    told = [
        _one_cause(found, *triple) for triple in zip(keys, before, after, strict=True)
    ]
    return "; ".join(dict.fromkeys(told))


def _one_cause(found: Change, key: str, before: Any, after: Any) -> str:
    if key.startswith("rules."):
        return _RULES.get(key.removeprefix("rules."), _other_rule)()
    fact = TAXES[found.new.rules.tax].fact(key)
    english = (get_language() or "id").startswith("en")
    label = (fact.label_en if english else fact.label_id) if fact else key
    return _("%(what)s: from %(before)s to %(after)s") % {
        "what": label,
        "before": _value(found.old, key, before),
        "after": _value(found.new, key, after),
    }


def _value(assessment: Assessment, key: str, value: Any) -> str:
    fact = TAXES[assessment.rules.tax].fact(key)
    kind = fact.kind if fact else ""
    if kind == "rupiah":
        return formats.rupiah(value)
    if kind == "yes":
        return _("yes") if value else _("no")
    if kind == "use":
        use = assessment.rules.use_called(value) if value else None
        english = (get_language() or "id").startswith("en")
        if use is None:
            return _("general use")
        return use.name_en if english else use.name_id
    unit = f" {fact.unit}" if fact and fact.unit else ""
    return f"{formats.number(value)}{unit}"


def _other_rule() -> str:
    return _("The by-law says it otherwise than the year before.")


_RULES: Mapping[str, Callable[[], str]] = {
    "deductions": lambda: _("The by-law changed the value that is free of tax."),
    "shares": lambda: _("The by-law changed which part of the value is taxed."),
    "rates": lambda: _("The by-law changed the rate."),
    "minimum": lambda: _("The by-law changed the least tax."),
    "exclusions": lambda: _("The by-law changed what is not taxed."),
}
