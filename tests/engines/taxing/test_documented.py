"""The worked example of docs/algorithms/taxing.md."""

import re
from datetime import date
from pathlib import Path

from habaring.engines.money import MODES
from habaring.engines.taxing import TAXES, assess, late_interest, read_rules
from habaring.engines.taxing._read import DUE, INTEREST
from tests.engines.taxing import making

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/algorithms/taxing.md").read_text(encoding="utf-8")
RULES = ROOT / "src/habaring/revenue/rules/62.02/pbb.toml"
HOUSE = {
    "land_m2": 300,
    "land_value": 400_000,
    "building_m2": 70,
    "building_value": 1_200_000,
}


def rows() -> dict[str, list[str]]:
    """The first table of the page, by step."""
    found = {}
    for line in PAGE.split("## The taxes")[0].splitlines():
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            found[cells[0]] = cells[1:]
    return {key: cells for key, cells in found.items() if key in TAXES["pbb"].steps}


def test_the_steps_of_the_page() -> None:
    rules = read_rules(RULES.read_text(encoding="utf-8"))
    told = assess(rules, HOUSE, on=making.ON)
    assert list(rows()) == [step.key for step in told.steps]
    for step in told.steps:
        name, _, amount = rows()[step.key]
        assert name == TAXES["pbb"].steps[step.key].label_id
        assert int(amount.replace(",", "")) == step.amount


def test_the_interest_of_the_page() -> None:
    due, paid = date(2025, 9, 30), date(2025, 12, 10)
    text = RULES.read_text(encoding="utf-8")
    rules = read_rules(text)
    double = read_rules(text.replace("percent = 1\n", "percent = 2\n"))
    amounts = [
        late_interest(rules, 77_600, due_on=due, paid_on=paid).amount,
        late_interest(rules, 77_600, due_on=due, paid_on=date(2030, 1, 1)).amount,
        late_interest(double, 77_600, due_on=due, paid_on=paid).amount,
    ]
    assert amounts == [2_328, 18_624, 4_656]
    assert all(f"Rp{amount:,}" in PAGE for amount in amounts)


def test_every_tax_key_and_heading_is_on_the_page() -> None:
    for tax in TAXES.values():
        assert tax.code in PAGE or tax.code.removeprefix("pbjt") in PAGE
        for fact in tax.facts:
            assert re.search(rf"\b{fact.key}\b", PAGE), fact.key
    for word in (*INTEREST, *DUE, *MODES):
        assert word in PAGE
