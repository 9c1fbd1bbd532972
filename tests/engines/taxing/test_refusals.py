"""Rules, facts and tables that make no sense: every problem has its name."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from habaring.engines.taxing import (
    TAXES,
    Refused,
    _many,
    assess,
    assess_many,
    first_objects,
    read_rules,
)
from tests.engines.taxing import making, plain
from tests.engines.taxing.making import TEN_MILLION, row, text, use

RATE = row("rates", percent=0.1)
LAND = {"land_m2": 100, "land_value": 1_000_000}
SHIPPED = Path(__file__).parents[3] / "src/habaring/revenue/rules"


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(one.code, one.place) for one in refusal.value.problems]


def wrong(written: str) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refusal:
        read_rules(written)
    assert all(one.text for one in refusal.value.problems)
    return codes(refusal)


def tax_of(path: Path) -> str:
    """A later rule has its year at the end of its name."""
    return path.stem.removesuffix("-2026")


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*/*.toml")), ids=lambda p: p.stem)
def test_the_shipped_rules_are_sound_and_say_that_they_are_examples(path: Path) -> None:
    rules = read_rules(path.read_text(encoding="utf-8"))
    assert rules.example
    assert (rules.tax, rules.region) == (tax_of(path), path.parent.name)
    assert "contoh" in rules.by_law
    assert {"late", "audit"} <= rules.interest.keys() or path.stem.startswith("opsen")


def test_there_are_rules_for_every_tax() -> None:
    assert {tax_of(path) for path in SHIPPED.glob("62.02/*.toml")} == set(TAXES)


def test_all_problems_of_a_text_are_told_at_once() -> None:
    written = """
tax = "pbp"
region = 62
in_force_from = "2024"
example = "yes"
colour = "red"
[base]
[[rates]]
percent = "a tenth"
above = -1
[rounding.tax]
unit = 0
mode = "sideways"
[rounding.mood]
[interest.late]
percent = 1
article = "Pasal 1"
[interest.early]
[due]
kind = "day-of-year"
value = "13-01"
article = "Pasal 1"
"""
    assert wrong(written) == [
        ("unknown_tax", "tax"),
        ("not_day", "in_force_from"),
        ("missing_article", "base.article"),
        ("not_text", "region"),
        ("missing", "code"),
        ("missing", "name_id"),
        ("missing", "name_en"),
        ("missing", "by_law"),
        ("not_yes", "example"),
        ("not_whole", "rates[1].above"),
        ("not_percent", "rates[1].percent"),
        ("missing_article", "rates[1].article"),
        ("not_whole", "rounding.tax.unit"),
        ("not_one_of", "rounding.tax.mode"),
        ("missing_article", "rounding.tax.article"),
        ("unknown_key", "rounding.mood"),
        ("not_day", "due.value"),
        ("no_rounding", "interest.late.rounding"),
        ("unknown_key", "interest.early"),
        ("unknown_key", "colour"),
    ]


def test_a_text_that_is_no_toml() -> None:
    assert wrong("tax = ")[0][0] == "not_toml"
    assert wrong('rates = 1\n[base]\narticle = "x"')[0][0] == "missing"


@pytest.mark.parametrize(
    ("tax", "parts", "expected"),
    [
        ("pbb", [row("rates", percent=0.51)], ("above_law", "rates[1].percent")),
        ("pbb", [RATE, row("shares", percent=19)], ("below_law", "shares[1].percent")),
        ("pbb", [RATE, row("shares", percent=101)], ("above_law", "shares[1].percent")),
        ("pbjt-mm", [row("rates", percent=10.5)], ("above_law", "rates[1].percent")),
        ("opsen-pkb", [row("rates", percent=60)], ("below_law", "rates[1].percent")),
        ("reklame", [row("rates", percent=26)], ("above_law", "rates[1].percent")),
        ("pat", [row("rates", percent=21)], ("above_law", "rates[1].percent")),
        ("mblb", [row("rates", percent=21)], ("above_law", "rates[1].percent")),
        ("walet", [row("rates", percent=11)], ("above_law", "rates[1].percent")),
    ],
)
def test_a_rate_beyond_the_law(
    tax: str, parts: list[str], expected: tuple[str, str]
) -> None:
    more = {"pbb": ("share tax", [TEN_MILLION]), "pbjt-mm": ("tax", [])}
    steps, extra = more.get(tax, ("tax" if "opsen" in tax else "base tax", []))
    if tax == "pbb" and len(parts) == 1:
        steps = "tax"
    with pytest.raises(Refused) as refusal:
        read_rules(text(tax, *extra, *parts, rounding=steps))
    assert codes(refusal) == [expected]
    assert "UU 1/2022 Pasal" in refusal.value.problems[0].text


@pytest.mark.parametrize("percent", [39, 76])
def test_night_life_has_a_floor_and_a_ceiling(percent: int) -> None:
    parts = [
        use("bar", "night"),
        row("rates", percent=10),
        row("rates", percent=percent, use="bar"),
    ]
    kind = "below_law" if percent < 40 else "above_law"
    assert wrong(text("pbjt-kh", *parts)) == [(kind, "rates[2].percent")]


def test_electricity_of_industry_and_made_by_oneself() -> None:
    parts = [
        use("industry", "industry"),
        use("own", "own"),
        row("rates", percent=3.1, use="industry"),
        row("rates", percent=1.6, use="own"),
    ]
    places = ["rates[1].percent", "rates[2].percent"]
    assert wrong(text("pbjt-tl", *parts)) == [("above_law", one) for one in places]


def test_deductions_have_a_floor_in_law() -> None:
    low = row("deductions", amount=9_999_999, once_a_taxpayer=True)
    assert wrong(text("pbb", low, RATE)) == [
        ("deduction_below_law", "deductions[1].amount")
    ]
    assert wrong(text("pbb", RATE)) == [("missing", "deductions")]
    family = row(
        "deductions", amount=299_999_999, once_a_taxpayer=False, use="inheritance"
    )
    buyer = row("deductions", amount=80_000_000, once_a_taxpayer=True)
    parts = [use("inheritance", "family"), buyer, family, row("rates", percent=5)]
    found = wrong(text("bphtb", *parts))
    assert found == [("deduction_below_law", "deductions[2].amount")]


def test_food_land_must_pay_less() -> None:
    parts = [TEN_MILLION, use("food", "food"), RATE]
    same = row("rates", percent=0.1, use="food")
    assert wrong(text("pbb", *parts, same)) == [("food_not_lower", "rates[2].percent")]


WHOLE = f'[brackets]\nkind = "whole"\n{making.ART}'


@pytest.mark.parametrize(
    ("tiers", "expected"),
    [
        ([(0, 10), (11, None)], ("gap", "rates[2]")),
        ([(0, 10), (9, None)], ("overlap", "rates[2]")),
        ([(0, None), (9, None)], ("overlap", "rates[2]")),
        ([(1, None)], ("first_tier", "rates[1].above")),
        ([(0, 10)], ("last_tier", "rates[1].up_to")),
        ([(0, 10), (10, 10), (10, None)], ("tier_ends", "rates[2]")),
    ],
)
def test_tiers_without_gaps(
    tiers: list[tuple[int, int | None]], expected: tuple[str, str]
) -> None:
    rows = [
        row("rates", percent=0.1, above=above, **({"up_to": end} if end else {}))
        for above, end in tiers
    ]
    assert expected in wrong(text("pbb", TEN_MILLION, *rows, WHOLE))


def test_tiers_say_how_they_count() -> None:
    tiers = [
        row("rates", percent=0.1, up_to=5),
        row("rates", percent=0.2, above=5),
    ]
    found = wrong(text("pbb", TEN_MILLION, *tiers))
    assert found == [("brackets_missing", "brackets.kind")]


def test_roundings_are_named_where_parts_of_a_rupiah_arise() -> None:
    share = row("shares", percent=40)
    assert wrong(text("pbb", TEN_MILLION, RATE, share)) == [
        ("no_rounding", "rounding.share")
    ]
    found = wrong(text("pbb", TEN_MILLION, RATE, rounding="tax weight"))
    assert found == [("not_for_tax", "rounding.weight")]
    found = wrong(text("walet", row("rates", percent=5)))
    assert found == [("no_rounding", "rounding.base")]


def test_a_rule_that_64_bits_could_not_hold() -> None:
    """Rp150 trillion × 66,767 / 100,000 passes 2^63 on the way."""
    share = row("shares", percent="66.767")
    parts = [TEN_MILLION, RATE, share]
    found = wrong(text("pbb", *parts, rounding="share tax"))
    assert found == [("too_large", "shares[1].percent")]
    small = read_rules(
        text("pbb", *parts, rounding="share tax", largest="10_000_000_000_000")
    )
    assert small.largest == 10**13
    parts = [TEN_MILLION, RATE]
    found = wrong(text("pbb", *parts, largest="600_000_000_000_000"))
    assert ("too_large", "largest") in found


def test_an_object_of_150_trillion() -> None:
    written = text(
        "pbb", TEN_MILLION, row("rates", percent=0.5), rounding="tax:1-half-up"
    )
    facts = {"land_m2": 150_000_000, "land_value": 1_000_000, "use": "", "first": False}
    told = assess(making.rules(written), facts, on=making.ON)
    assert told.total == 750_000_000_000 == plain.amounts(written, facts)["total"]
    with pytest.raises(Refused, match="more than Rp150000000000000"):
        assess(making.rules(written), facts | {"land_m2": 150_000_001}, on=making.ON)


def test_odds_and_ends_of_rules() -> None:
    both = {"in_force_to": "2023-12-31"}
    assert wrong(text("pbb", TEN_MILLION, RATE, **both)) == [
        ("ends_before", "in_force_to")
    ]
    assert wrong(
        text("pbb", TEN_MILLION, row("rates", percent=0.1, use="x"), RATE)
    ) == [("unknown_use", "rates[1].use")]
    assert wrong(text("pbb", TEN_MILLION, RATE, use("x", "moon"))) == [
        ("unknown_law", "uses.x.law")
    ]
    assert wrong(text("pbb", TEN_MILLION, TEN_MILLION, RATE)) == [
        ("again", "deductions[2]")
    ]
    assert wrong(text("pbb", TEN_MILLION)) == [("no_rate", "rates")]
    lonely = [use("x"), use("y"), row("rates", percent=0.1, use="x")]
    assert wrong(text("pbb", TEN_MILLION, *lonely)) == [("no_rate", "rates")]
    ten = row("rates", percent=10)
    price, share = row("prices", amount=1), row("shares", percent=40)
    assert wrong(text("pbjt-h", ten, price, share, TEN_MILLION)) == [
        ("not_for_tax", "deductions"),
        ("not_for_tax", "shares"),
        ("not_for_tax", "prices"),
        ("no_rounding", "rounding.share"),
    ]


def test_all_problems_of_facts_are_told_at_once() -> None:
    rules = making.rules(text("pbb", TEN_MILLION, use("food", "food"), RATE))
    facts: dict[str, Any] = {
        "land_m2": -1,
        "land_value": 1.5,
        "building_m2": True,
        "use": "sea",
        "first": "yes",
        "depth": 3,
    }
    with pytest.raises(Refused) as refusal:
        assess(rules, facts, on=making.ON)
    assert codes(refusal) == [
        ("facts_unknown", "depth"),
        ("facts_negative", "land_m2"),
        ("facts_not_whole", "land_value"),
        ("facts_not_whole", "building_m2"),
        ("facts_not_yes", "first"),
        ("facts_use", "use"),
    ]
    with pytest.raises(Refused) as refusal:
        assess(rules, {}, on=making.ON)
    assert codes(refusal) == [
        ("facts_missing", "land_m2"),
        ("facts_missing", "land_value"),
    ]


@pytest.mark.parametrize(
    "value", [1.5, "1.2345", "much", Decimal("NaN"), None, "1e999"]
)
def test_quantities_are_exact(value: Any) -> None:
    rules = making.rules(text("walet", row("rates", percent=5), rounding="base tax"))
    with pytest.raises(Refused):
        assess(rules, {"volume": value, "price": 10}, on=making.ON)


def test_prices_come_from_one_place() -> None:
    parts = [row("rates", percent=5), use("a"), row("prices", amount=10, use="a")]
    rules = making.rules(text("walet", *parts, rounding="base tax"))
    with pytest.raises(Refused, match="set the price already"):
        assess(rules, {"volume": 1, "price": 10, "use": "a"}, on=making.ON)
    with pytest.raises(Refused, match="set no price"):
        assess(rules, {"volume": 1}, on=making.ON)


def test_more_discount_than_payment() -> None:
    rules = making.rules(text("pbjt-mm", row("rates", percent=10)))
    with pytest.raises(Refused, match="the base is below zero"):
        assess(rules, {"paid": 1, "discount": 2}, on=making.ON)


def test_rules_that_are_not_in_force() -> None:
    rules = making.rules(text("pbb", TEN_MILLION, RATE, in_force_to="2025-12-31"))
    assert assess(rules, LAND, on=date(2025, 12, 31)).total == 90_000
    for day in (date(2023, 12, 31), date(2026, 1, 1)):
        with pytest.raises(Refused, match="not in force"):
            assess(rules, LAND, on=day)
        with pytest.raises(Refused, match="not in force"):
            assess_many(rules, columns(), on=day)


def columns(**more: Any) -> dict[str, Any]:
    land = np.array([100, 200, 300], np.int64)
    return {"land_m2": land, "land_value": land * 10_000} | more


@pytest.mark.parametrize("few", [0, 10_000])
def test_bad_rows_are_told_with_their_numbers(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_many, "FEW", few)
    rules = making.rules(text("pbb", TEN_MILLION, use("food", "food"), RATE))
    bad = columns(use=np.array(["", "sea", "food"]))
    bad["land_m2"] = np.array([-1, 5, 2**40])
    bad["land_value"] = np.array([1, 1, 2**40])
    with pytest.raises(Refused) as refusal:
        assess_many(rules, bad, on=making.ON)
    told = [(one.row, one.code) for one in refusal.value.problems]
    assert told == [
        (0, "facts_negative"),
        (1, "facts_use"),
        (2, "facts_base_too_large"),
    ]
    assert refusal.value.problems[0].text.startswith("row 0: ")
    places = columns(use=np.array([-1, 0, 1]))
    with pytest.raises(Refused, match="row 2: use"):
        assess_many(rules, places, on=making.ON)


def test_very_many_bad_rows_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_many, "FEW", 0)
    rules = making.rules(text("pbb", TEN_MILLION, RATE))
    land = np.full(5_000, -1)
    with pytest.raises(Refused) as refusal:
        assess_many(rules, {"land_m2": land, "land_value": land}, on=making.ON)
    assert refusal.value.more == 4_900


def test_columns_of_another_kind_or_length() -> None:
    rules = making.rules(text("pbb", TEN_MILLION, RATE))
    bad = columns(
        building_m2=np.array([1.5, 2, 3]),
        building_value=np.array([1, 2]),
        first=np.array([1, 0, 1]),
        depth=np.array([1, 2, 3]),
    )
    del bad["land_value"]
    with pytest.raises(Refused) as refusal:
        assess_many(rules, bad, on=making.ON)
    assert codes(refusal) == [
        ("facts_unknown", "depth"),
        ("facts_missing", "land_value"),
        ("facts_kind", "building_m2"),
        ("facts_length", "building_value"),
        ("facts_kind", "first"),
    ]


@pytest.mark.parametrize("few", [0, 10_000])
def test_the_deduction_is_given_on_one_object_of_each_taxpayer(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_many, "FEW", few)
    exempt = row("exclusions", use="grave")
    rules = making.rules(text("pbb", TEN_MILLION, RATE, use("grave"), exempt))
    table = {
        "land_m2": np.array([100, 200, 200, 900, 50, 70]),
        "land_value": np.full(6, 100_000),
        "use": np.array(["", "", "", "grave", "", "grave"]),
    }
    first = first_objects(
        rules,
        table,
        taxpayer=np.array(["siti", "siti", "siti", "siti", "adi", "grave keeper"]),
        number=np.array(["3", "2", "1", "0", "9", "8"]),
        on=making.ON,
    )
    assert first.tolist() == [False, False, True, False, True, False]
    roll = assess_many(rules, table | {"first": first}, on=making.ON)
    assert roll.steps["deduction"].tolist() == [0, 0, 10_000_000, 0, 5_000_000, 0]
    assert roll.tier.tolist() == [0, 0, 0, -1, 0, -1]
    with pytest.raises(Refused, match="taxpayer has 1 rows"):
        first_objects(
            rules, table, taxpayer=np.array([1]), number=np.arange(6), on=making.ON
        )


def test_an_empty_roll() -> None:
    rules = making.rules(text("pbb", TEN_MILLION, RATE))
    none = np.zeros(0, np.int64)
    roll = assess_many(rules, {"land_m2": none, "land_value": none}, on=making.ON)
    assert len(roll) == 0
    assert roll.total.sum() == roll.payable.sum() == 0
