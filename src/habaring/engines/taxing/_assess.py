"""One assessment with all its steps, in whole numbers and exact fractions."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from habaring.engines.taxing._facts import check_facts
from habaring.engines.taxing._problems import problem, refused
from habaring.engines.taxing._taxes import TAXES
from habaring.engines.taxing._values import (
    Assessment,
    Deduction,
    Exclusion,
    Facts,
    Price,
    Rounding,
    Rules,
    Step,
    Tier,
)

Row = TypeVar("Row", Tier, Deduction, Price)


def assess(rules: Rules, facts: Facts, *, on: date) -> Assessment:
    """What is owed under rules in force `on` a day, step by step.

    `facts`: the keys of `TAXES[rules.tax].facts`. `on` is the day that decides which
    rules hold: 1 January for a yearly tax, the acquisition, the end of the month.

    Raises:
        Refused: rules not in force on that day, facts that make no sense.

    The formulas: docs/algorithms/taxing.md (Law 1/2022, articles 38 to 84).
    """
    refuse_out_of_force(rules, on)
    known = check_facts(rules, facts)
    work = Work(rules, known)
    work.run()
    steps, beside = tuple(work.steps), tuple(work.beside)
    return Assessment(rules, known, on, steps, beside, work.tier)


def refuse_out_of_force(rules: Rules, on: date) -> None:
    """Do nothing if the rules are in force on that day.

    Raises:
        Refused: they are not.
    """
    start, end = rules.in_force_from, rules.in_force_to
    if on < start or (end is not None and on > end):
        told = problem("not_in_force", day=on, start=start, end=end or "…")
        raise refused([told])


def of_use(rows: Iterable[Row], use: str) -> tuple[Row, ...]:
    """The rows of a use; where it has none, the general ones."""
    rows = tuple(rows)
    own = tuple(row for row in rows if row.use == use)
    return own or tuple(row for row in rows if row.use is None)


class Work:
    """The steps of one assessment as they come."""

    def __init__(self, rules: Rules, facts: Mapping[str, Any]):
        self.rules = rules
        self.facts = facts
        self.use: str = facts["use"]
        self.steps: list[Step] = []
        self.beside: list[Step] = []
        self.tier: Tier | None = None

    def run(self) -> None:
        base = self._base()
        excluded = self._excluded(base)
        if excluded:
            article = excluded.article
            self._add("excluded", base, "base", {"base": base}, article=article)
            self._add("total", 0, "0", {}, article=article)
            self._beside(0)
            return
        taxable = self._deducted(base)
        assessed, name = self._part(base, taxable)
        tax = self._tax(base, taxable, (assessed, name))
        tax = self._minimum(tax, assessed)
        self._total(tax)
        self._beside(self.steps[-1].amount)

    def _add(
        self,
        key: str,
        exact: Fraction | int,
        formula: str,
        values: Mapping[str, Any],
        *,
        article: str,
    ) -> int:
        rounding = self.rules.roundings.get(key)
        exact = Fraction(exact)
        amount = rounding.apply(exact) if rounding else int(exact)
        step = Step(key, amount, formula, dict(values), exact, article, rounding)
        self.steps.append(step)
        return amount

    def _base(self) -> int:
        formula = TAXES[self.rules.tax].formula
        base = {
            "land-building": self._land_building,
            "greater": self._greater,
            "paid": self._paid,
            "quantity": self._product,
            "tax": self._other_tax,
        }[formula]()
        if base < 0:
            raise refused([problem("facts_base_negative", "base", value=base)])
        if base > self.rules.largest:
            largest = self.rules.largest
            raise refused([problem("facts_base_too_large", "base", largest=largest)])
        return base

    def _given(self, *keys: str) -> dict[str, Any]:
        return {key: self.facts[key] for key in keys}

    def _land_building(self) -> int:
        article, facts = self.rules.base_article, self.facts
        parts = {}
        for part in ("land", "building"):
            size, value = f"{part}_m2", f"{part}_value"
            exact = facts[size] * facts[value]
            values = self._given(size, value)
            formula = f"{size} * {value}"
            parts[part] = self._add(part, exact, formula, values, article=article)
        together = parts["land"] + parts["building"]
        return self._add("base", together, "land + building", parts, article=article)

    def _greater(self) -> int:
        values = self._given("price", "njop")
        exact = max(values.values())
        article = self.rules.base_article
        return self._add("base", exact, "max(price, njop)", values, article=article)

    def _paid(self) -> int:
        values = self._given("paid", "discount", "service")
        exact = values["paid"] - values["discount"] + values["service"]
        formula, article = "paid - discount + service", self.rules.base_article
        return self._add("base", exact, formula, values, article=article)

    def _product(self) -> int:
        keys = [
            fact.key
            for fact in TAXES[self.rules.tax].facts
            if fact.kind in {"quantity", "count"}
        ]
        values = self._given(*keys)
        article = self.rules.base_article
        price = next(iter(of_use(self.rules.prices, self.use)), None)
        values["price"] = price.amount if price else self.facts["price"]
        if price and price.article != article:
            article = f"{article}; {price.article}"
        exact = Fraction(1)
        for value in values.values():
            exact *= Fraction(value)
        formula = " * ".join(values)
        return self._add("base", exact, formula, values, article=article)

    def _other_tax(self) -> int:
        values = self._given("tax")
        article = self.rules.base_article
        return self._add("base", values["tax"], "tax", values, article=article)

    def _excluded(self, base: int) -> Exclusion | None:
        for one in self.rules.exclusions:
            used = one.use is None or one.use == self.use
            small = one.base_at_most is None or base <= one.base_at_most
            if used and small:
                return one
        return None

    def _deducted(self, base: int) -> int:
        found = next(iter(of_use(self.rules.deductions, self.use)), None)
        if found is None:
            return base
        given = not found.once or self.facts["first"]
        off = min(base, found.amount) if given else 0
        values = {"base": base, "amount": found.amount, "first": given}
        formula = "min(base, amount)" if given else "0"
        self._add("deduction", off, formula, values, article=found.article)
        values = {"base": base, "deduction": off}
        article = self.rules.base_article
        return self._add(
            "taxable", base - off, "base - deduction", values, article=article
        )

    def _part(self, base: int, taxable: int) -> tuple[int, str]:
        """What the rate is put on: the share (NJKP) or the weighted value, if any."""
        name = (
            "taxable" if any(step.key == "taxable" for step in self.steps) else "base"
        )
        for key, tiers in (
            ("share", self.rules.shares),
            ("weight", self.rules.weights),
        ):
            found = [t for t in of_use(tiers, self.use) if t.holds(base)]
            if found:
                tier = found[0]
                values = {name: taxable, key: tier.part, **_ends(tier)}
                formula, article = f"{name} * {key}", tier.article
                exact = taxable * tier.part
                return self._add(key, exact, formula, values, article=article), key
        return taxable, name

    def _tax(self, base: int, taxable: int, on: tuple[int, str]) -> int:
        assessed, name = on
        tiers = of_use(self.rules.rates, self.use)
        if self.rules.brackets == "marginal" and len(tiers) > 1:
            return self._marginal(tiers, assessed, name)
        decides = base if self.rules.brackets_of == "base" else taxable
        found = [tier for tier in tiers if tier.holds(decides)]
        if not found:
            raise refused([problem("facts_use_missing", "use")])
        self.tier = tier = found[0]
        values = {name: assessed, "rate": tier.part, **_ends(tier)}
        exact = assessed * tier.part
        return self._add("tax", exact, f"{name} * rate", values, article=tier.article)

    def _marginal(self, tiers: tuple[Tier, ...], assessed: int, name: str) -> int:
        exact = Fraction(0)
        reached = [
            tier for tier in tiers if tier.holds(assessed) or _below(tier, assessed)
        ]
        parts = []
        for tier in sorted(reached, key=lambda one: one.above):
            end = assessed if tier.up_to is None else min(assessed, tier.up_to)
            exact += (end - tier.above) * tier.part
            parts.append((end - tier.above, tier.part))
        self.tier = max(reached, key=lambda one: one.above)
        values = {name: assessed, "parts": tuple(parts)}
        article = "; ".join(dict.fromkeys(tier.article for tier in reached))
        return self._add("tax", exact, "sum(part * rate)", values, article=article)

    def _minimum(self, tax: int, assessed: int) -> int:
        least = self.rules.minimum
        if least is None or (assessed == 0 and not least.when_nothing_is_due):
            return tax
        if tax >= least.amount:
            return tax
        values = {"tax": tax, "minimum": least.amount}
        formula, article = "max(tax, minimum)", least.article
        return self._add("minimum", least.amount, formula, values, article=article)

    def _total(self, tax: int) -> None:
        before = self.steps[-1]
        rounding = self.rules.roundings.get("total")
        article = rounding.article if rounding else before.article
        self._add("total", tax, before.key, {before.key: tax}, article=article)

    def _beside(self, total: int) -> None:
        rounding = self.rules.roundings.get("beside") or Rounding(1, "down")
        for one in self.rules.beside:
            exact = total * one.part
            amount = rounding.apply(exact)
            values = {"total": total, "part": one.part}
            self.beside.append(
                Step(
                    one.key,
                    amount,
                    "total * part",
                    values,
                    exact,
                    one.article,
                    rounding,
                )
            )


def _below(tier: Tier, amount: int) -> bool:
    """Whether an amount has passed this tier altogether."""
    return tier.up_to is not None and amount > tier.up_to


def _ends(tier: Tier) -> dict[str, int | None]:
    return {"above": tier.above, "up_to": tier.up_to}
