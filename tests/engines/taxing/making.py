"""Rule texts for tests: short to write, whole to read."""

from datetime import date
from functools import cache
from typing import Any, TypeAlias

from hypothesis import strategies as st

from habaring.engines.taxing import TAXES, Fact, Rules, read_rules

ON = date(2026, 1, 1)
ART = 'article = "Pasal 1"'


def text(tax: str, *parts: str, rounding: str = "tax", **more: str) -> str:
    """A rule file of `tax` with these parts; `rounding`: its steps, down to 1 rupiah."""
    head = {"in_force_from": "2024-01-01", "code": f'"{tax}-test"'} | more
    lines = [f'tax = "{tax}"', 'region = "62.02"', 'name_id = "Uji"']
    lines += ['name_en = "Test"', 'by_law = "Perda uji"']
    lines += [f"{key} = {value}" for key, value in head.items()]
    lines += ["[base]", ART]
    for step in rounding.split():
        name, _, how = step.partition(":")
        unit, _, mode = how.partition("-")
        lines += [f"[rounding.{name}]", f"unit = {unit or 1}"]
        lines += [f'mode = "{mode or "down"}"', ART]
    return "\n".join([*lines, *parts]) + "\n"


def row(table: str, **values: Any) -> str:
    """`[[table]]` with its article; text values are quoted, percent is taken as it is."""
    told = [f"[[{table}]]"]
    for key, value in values.items():
        quoted = isinstance(value, str) and key != "percent"
        word = str(value).lower() if isinstance(value, bool) else value
        told.append(f'{key} = "{value}"' if quoted else f"{key} = {word}")
    return "\n".join([*told, ART])


def use(key: str, law: str = "") -> str:
    return f'[uses.{key}]\nname_id = "{key}"\nname_en = "{key}"\nlaw = "{law}"'


def late(percent: str = "1", cap: int = 24, mode: str = "down") -> str:
    return (
        f"[interest.late]\npercent = {percent}\ncap_months = {cap}\n{ART}\n"
        f'rounding = {{ unit = 1, mode = "{mode}", {ART} }}'
    )


TEN_MILLION = row("deductions", amount=10_000_000, once_a_taxpayer=True)


@cache
def rules(written: str) -> Rules:
    return read_rules(written)


MODES = st.sampled_from(("down", "up", "half-up", "half-even"))
UNITS = st.sampled_from((1, 1, 1, 10, 100, 500, 1000))


@st.composite
def ladders(draw: st.DrawFn, table: str, low: int, high: int, use: str = "") -> str:
    """Tiers without gaps; percentages between the bounds, with three or two decimals."""
    ends = draw(st.lists(st.integers(1, 10**12), max_size=4, unique=True))
    edges = [0, *sorted(ends)]
    told = []
    for place, above in enumerate(edges):
        values: dict[str, Any] = {"use": use} if use else {}
        if above:
            values["above"] = above
        if place + 1 < len(edges):
            values["up_to"] = edges[place + 1]
        scale = 1000 if table == "rates" else 100
        whole, rest = divmod(draw(st.integers(low * scale, high * scale)), scale)
        values["percent"] = f"{whole}.{rest:0{len(str(scale)) - 1}}"
        told.append(row(table, **values))
    return "\n".join(told)


@st.composite
def texts(draw: st.DrawFn, tax: str = "", *, down: bool = False) -> str:
    """Rules of any tax, within the law, with every part that the tax may have; `down`:
    rounded down to a rupiah everywhere.
    """
    tax = tax or draw(st.sampled_from(sorted(TAXES)))
    steps = ["tax"]
    parts = [use("a"), use("b")]
    for some in (_rates, _deductions, _shares, _prices, _others):
        more, rounded = draw(some(tax))
        parts += more
        steps += rounded
    how = st.just("1-down") if down else st.builds("{}-{}".format, UNITS, MODES)
    rounding = " ".join(f"{step}:{draw(how)}" for step in steps)
    return text(tax, *parts, rounding=rounding, largest="100_000_000_000_000")


Some: TypeAlias = tuple[list[str], list[str]]
"""Parts of a file, and steps that are rounded because of them."""


@st.composite
def _rates(draw: st.DrawFn, tax: str) -> Some:
    bound = TAXES[tax].law[""]
    low, high = int(bound.least * 100), int(bound.most * 100)
    parts = [row("rates", percent=0.5), row("rates", percent=0.123, use="a")]
    if high:
        ladder = draw(ladders("rates", low, high))
        parts = [ladder, draw(ladders("rates", low, high, "a"))]
    of = draw(st.sampled_from(("base", "taxable"))) if deducts(tax) else "base"
    kind = draw(st.sampled_from(("whole", "marginal")))
    return [*parts, f'[brackets]\nkind = "{kind}"\nof = "{of}"\n{ART}'], []


def deducts(tax: str) -> bool:
    return bool(TAXES[tax].least_deduction)


@st.composite
def _deductions(draw: st.DrawFn, tax: str) -> Some:
    parts = []
    for more in ({}, {"use": "b"}) if deducts(tax) else ():
        amount = TAXES[tax].least_deduction[""][0] + draw(st.integers(0, 10**8))
        once = draw(st.booleans())
        parts.append(row("deductions", amount=amount, once_a_taxpayer=once, **more))
    return parts, []


@st.composite
def _shares(draw: st.DrawFn, tax: str) -> Some:
    if TAXES[tax].share is None or draw(st.booleans()):
        return [], []
    return [draw(ladders("shares", 20, 100))], ["share"]


@st.composite
def _prices(draw: st.DrawFn, tax: str) -> Some:
    if TAXES[tax].formula != "quantity":
        return [], []
    parts, steps = [], ["base"]
    if draw(st.booleans()):
        parts.append(row("prices", amount=draw(st.integers(1, 10**6)), use="a"))
    if draw(st.booleans()):
        parts.append(draw(ladders("weights", 1, 300)))
        steps.append("weight")
    return parts, steps


@st.composite
def _others(draw: st.DrawFn, tax: str) -> Some:
    parts, steps = [], []
    if draw(st.booleans()):
        most = draw(st.integers(0, 10**9))
        parts.append(row("exclusions", use="b", base_at_most=most))
    if draw(st.booleans()):
        always = str(draw(st.booleans())).lower()
        amount = draw(st.integers(1, 10**5))
        told = f"[minimum]\namount = {amount}\nwhen_nothing_is_due = {always}\n{ART}"
        parts.append(told)
    if tax == "mblb" and draw(st.booleans()):
        names = {"name_id": "Opsen", "name_en": "Opsen"}
        parts.append(row("beside", key="opsen-mblb", percent=25, **names))
        steps.append("beside")
    if draw(st.booleans()):
        steps.append("total")
    return parts, steps


MONEY = st.one_of(st.integers(0, 10**7), st.integers(0, 10**12))


@st.composite
def facts(draw: st.DrawFn, rules: Rules) -> dict[str, Any]:
    """Facts that make sense under `rules`."""
    told: dict[str, Any] = {"use": draw(st.sampled_from(("", "a", "b")))}
    for fact in TAXES[rules.tax].facts:
        if fact.key != "use":
            told[fact.key] = draw(_value(fact))
    if TAXES[rules.tax].formula == "quantity":
        fixed = {one.use for one in rules.prices} & {None, told["use"]}
        told["price"] = 0 if fixed else draw(st.integers(1, 10**6))
    if "discount" in told:
        told["discount"] = min(told["discount"], told["paid"])
    return told


def _value(fact: Fact) -> st.SearchStrategy[Any]:
    if fact.kind == "rupiah":
        return st.integers(0, 10**7) if fact.key.endswith("_value") else MONEY
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "m2": st.integers(0, 200_000),
        "count": st.integers(0, 40),
        "quantity": st.decimals(0, 10_000, places=3),
        "yes": st.booleans(),
    }
    return kinds[fact.kind]
