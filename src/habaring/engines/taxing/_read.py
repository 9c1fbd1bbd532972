"""Rules from a TOML text; every problem is found in one pass.

The keys of a file: docs/algorithms/taxing.md.
"""

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from habaring.engines.money import MODES
from habaring.engines.taxing._law import problems_of
from habaring.engines.taxing._problems import problem, refused
from habaring.engines.taxing._taxes import TAXES
from habaring.engines.taxing._values import (
    LARGEST,
    Beside,
    Deduction,
    DueRule,
    Exclusion,
    InterestRule,
    Minimum,
    Price,
    Problem,
    Rounding,
    Rules,
    Tier,
    Use,
)

T = TypeVar("T")
INTEREST = ("late", "instalment", "audit", "ex-officio")
DUE = ("day-of-year", "months-after-issue", "days-after", "working-days-after")
ROUNDED = ("base", "share", "weight", "tax", "total", "beside")
DAY_OF_YEAR = 5  # letters of "09-30"
_NO_DAY = date(1, 1, 1)


def read_rules(text: str) -> Rules:
    """The rules that a TOML text states.

    Raises:
        Refused: unknown or missing keys, a figure without its article, a rate above
            the ceiling in law, gaps or overlaps in tiers, sums that 64 bits could not
            hold, an end before the beginning; all of them at once.
    """
    try:
        found = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise refused([problem("not_toml", why=error)]) from error
    problems: list[Problem] = []
    rules = _rules(_Keys(found, "", problems), text)
    if not problems:
        problems += problems_of(rules)
    if problems:
        raise refused(problems)
    return replace(rules, brackets=rules.brackets or "whole")


class _Keys:
    """A table of the file; what is wrong with its keys goes into `problems`."""

    def __init__(self, table: Mapping[str, Any], at: str, problems: list[Problem]):
        self.table = table
        self.at = at
        self.problems = problems
        self.asked: set[str] = set()

    def place(self, key: str) -> str:
        return f"{self.at}.{key}" if self.at else key

    def wrong(self, code: str, key: str, **params: Any) -> None:
        self.problems.append(problem(code, self.place(key), **params))

    def get(self, key: str, *, required: bool = True, code: str = "missing") -> Any:
        self.asked.add(key)
        if key not in self.table and required:
            self.wrong(code, key)
        return self.table.get(key)

    def text(self, key: str, *, required: bool = True, missing: str = "missing") -> str:
        value = self.get(key, required=required, code=missing)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong("not_text", key)
            return ""
        if not value.strip() and required:
            self.wrong(missing, key)
        return value.strip()

    def article(self) -> str:
        return self.text("article", missing="missing_article")

    def whole(
        self, key: str, *, least: int = 0, otherwise: int | None = None
    ) -> int | None:
        """A whole number; `otherwise` where the key may be left out."""
        value = self.get(key, required=False)
        if value is None:
            return otherwise
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.wrong("not_whole", key, value=value, least=least)
            return otherwise
        return value

    def amount(self, key: str, *, least: int = 0) -> int:
        """A whole number that must be there."""
        self.get(key)
        found = self.whole(key, least=least, otherwise=least)
        return least if found is None else found

    def percent(self, key: str, *, required: bool = True) -> Fraction:
        """An exact part of one: 0.1, "0.1" or "1/3" in percent."""
        value = self.get(key, required=required)
        if value is None:
            return Fraction(0)
        try:
            part = Fraction(str(value)) / 100
        except (ValueError, ZeroDivisionError):
            part = Fraction(-1)
        if part < 0:
            self.wrong("not_percent", key, value=value)
            return Fraction(0)
        return part

    def day(self, key: str, *, required: bool = True) -> date | None:
        value = self.get(key, required=required)
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            self.wrong("not_day", key, value=value)
            return None
        return value

    def yes(self, key: str, *, required: bool = True, otherwise: bool = False) -> bool:
        value = self.get(key, required=required)
        if value is None:
            return otherwise
        if not isinstance(value, bool):
            self.wrong("not_yes", key, value=value)
            return otherwise
        return value

    def one_of(self, key: str, choices: Iterable[str], otherwise: str) -> Any:
        value = self.text(key)
        if value and value not in choices:
            told = ", ".join(choices)
            self.wrong("not_one_of", key, value=value, choices=told)
            return otherwise
        return value or otherwise

    def inner(self, key: str) -> "_Keys | None":
        """The table called `key`, if it is there."""
        value = self.get(key, required=False)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.wrong("not_table", key)
            return None
        return _Keys(value, self.place(key), self.problems)

    def named(self, key: str) -> "Iterator[tuple[str, _Keys]]":
        """The tables inside the table called `key`."""
        outer = self.inner(key)
        for name in outer.table if outer else ():
            table = outer.inner(name) if outer else None
            if table:
                yield name, table

    def several(self, key: str, read: Callable[["_Keys"], T]) -> tuple[T, ...]:
        """Each `[[key]]` of the file, read and checked for unknown keys."""
        value = self.get(key, required=False)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(
            isinstance(one, Mapping) for one in value
        ):
            self.wrong("not_table", key)
            return ()
        done = []
        for number, table in enumerate(value, 1):
            keys = _Keys(table, f"{self.place(key)}[{number}]", self.problems)
            done.append(read(keys))
            keys.no_more()
        return tuple(done)

    def no_more(self) -> None:
        for key in self.table:
            if key not in self.asked:
                self.wrong("unknown_key", key)


def _rules(keys: _Keys, text: str) -> Rules:
    tax = keys.text("tax")
    if tax and tax not in TAXES:
        keys.wrong("unknown_tax", "tax", value=tax)
    start, end = keys.day("in_force_from"), keys.day("in_force_to", required=False)
    base = keys.inner("base")
    if base is None:
        keys.wrong("missing", "base")
    article = base.article() if base else ""
    if base:
        base.no_more()
    kind, of = _brackets(keys)
    review = keys.percent("review_percent", required=False)
    rules = Rules(
        tax=tax,
        region=keys.text("region"),
        code=keys.text("code"),
        name_id=keys.text("name_id"),
        name_en=keys.text("name_en"),
        by_law=keys.text("by_law"),
        in_force_from=start or _NO_DAY,
        in_force_to=end,
        example=keys.yes("example", required=False),
        base_article=article,
        rates=keys.several("rates", _tier),
        uses=tuple(_use(name, table) for name, table in keys.named("uses")),
        exclusions=keys.several("exclusions", _exclusion),
        deductions=keys.several("deductions", _deduction),
        shares=keys.several("shares", _tier),
        weights=keys.several("weights", _tier),
        prices=keys.several("prices", _price),
        beside=keys.several("beside", _beside),
        minimum=_one(keys, "minimum", _minimum),
        brackets=kind,
        brackets_of=of,
        roundings=_roundings(keys),
        due=_one(keys, "due", _due),
        filing=_one(keys, "filing", _due),
        interest=_interest(keys),
        review_percent=review or None,
        largest=keys.whole("largest", least=1, otherwise=LARGEST) or LARGEST,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    keys.no_more()
    return rules


def _one(keys: _Keys, key: str, read: Callable[[_Keys], T]) -> T | None:
    table = keys.inner(key)
    if table is None:
        return None
    done = read(table)
    table.no_more()
    return done


def _brackets(keys: _Keys) -> tuple[Any, Any]:
    """How tiers count; `Rules` has the default, `_law` asks where it must be said."""
    table = keys.inner("brackets")
    if table is None:
        return "", "base"
    kind = table.one_of("kind", ("whole", "marginal"), "whole")
    of = "base"
    if "of" in table.table:
        of = table.one_of("of", ("base", "taxable"), "base")
    table.article()
    table.no_more()
    return kind, of


def _use_of(keys: _Keys) -> str | None:
    return keys.text("use", required=False) or None


def _use(name: str, keys: _Keys) -> Use:
    use = Use(
        name,
        keys.text("name_id"),
        keys.text("name_en"),
        keys.text("law", required=False),
    )
    keys.no_more()
    return use


def _tier(keys: _Keys) -> Tier:
    above = keys.whole("above", otherwise=0) or 0
    up_to = keys.whole("up_to", least=1)
    return Tier(above, up_to, keys.percent("percent"), _use_of(keys), keys.article())


def _exclusion(keys: _Keys) -> Exclusion:
    use, most = _use_of(keys), keys.whole("base_at_most")
    if use is None and most is None:
        keys.wrong("missing", "use")
    return Exclusion(use, most, keys.article())


def _deduction(keys: _Keys) -> Deduction:
    amount, once = keys.amount("amount"), keys.yes("once_a_taxpayer")
    return Deduction(amount, once, _use_of(keys), keys.article())


def _price(keys: _Keys) -> Price:
    return Price(keys.amount("amount"), _use_of(keys), keys.article())


def _beside(keys: _Keys) -> Beside:
    return Beside(
        keys.text("key"),
        keys.percent("percent"),
        keys.text("name_id"),
        keys.text("name_en"),
        keys.article(),
    )


def _minimum(keys: _Keys) -> Minimum:
    amount = keys.amount("amount")
    return Minimum(amount, keys.yes("when_nothing_is_due"), keys.article())


def _due(keys: _Keys) -> DueRule:
    kind = keys.one_of("kind", DUE, DUE[0])
    if kind != "day-of-year":
        return DueRule(kind, keys.amount("value"), keys.article())
    value = keys.text("value")
    try:
        known = date.fromisoformat(f"2024-{value}")
    except ValueError:
        known = None
    if known is None or len(value) != DAY_OF_YEAR:
        keys.wrong("not_day", "value", value=value)
    return DueRule(kind, value, keys.article())


def _rounding(keys: _Keys) -> Rounding:
    unit = keys.amount("unit", least=1)
    mode = keys.one_of("mode", MODES, "down")
    rounding = Rounding(unit, mode, keys.article())
    keys.no_more()
    return rounding


def _roundings(keys: _Keys) -> Mapping[str, Rounding]:
    found = {}
    for step, table in keys.named("rounding"):
        if step not in ROUNDED:
            keys.wrong("unknown_key", f"rounding.{step}")
        else:
            found[step] = _rounding(table)
    return found


def _interest(keys: _Keys) -> Mapping[str, InterestRule]:
    found = {}
    for kind, table in keys.named("interest"):
        if kind not in INTEREST:
            keys.wrong("unknown_key", f"interest.{kind}")
            continue
        monthly, cap = table.percent("percent"), table.whole("cap_months", least=1)
        rounding = table.inner("rounding")
        if rounding is None:
            table.wrong("no_rounding", "rounding")
        found[kind] = InterestRule(
            monthly,
            cap,
            _rounding(rounding) if rounding else Rounding(1, "down"),
            table.article(),
        )
        table.no_more()
    return found
