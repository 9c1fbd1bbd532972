"""The record of a count: its numbers prove each other."""

import hashlib
import json
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from habaring.engines.counting import (
    Election,
    Kind,
    Measure,
    Rule,
    RuleName,
    audit,
    audit_json,
    count,
    differences,
    read_pabulib,
)
from tests.engines.counting.elections import election, elections, rules

TWO = election({"a": 60, "b": 40, "c": 50}, ["3*ab", "2*a", "bc", "c"], 140)


def test_the_fields_of_a_record() -> None:
    record = audit(count(TWO, Rule()), data=b"the file")
    assert record["winners"] == ["a", "b"]
    assert (record["cost"], record["budget"], record["left"]) == (100, 140, 40)
    assert record["endowment"] == 20
    assert (record["rule"], record["measure"]) == ("equal-shares", "cost")
    assert record["completion"] == "none"
    assert record["sha256"] == hashlib.sha256(b"the file").hexdigest()
    first, second = record["rounds"]
    assert (first["price"], first["rate"], first["full"]) == (12, "0.2", 5)
    assert second == {
        "round": 2,
        "project": "b",
        "phase": "main",
        "cost": 40,
        "rate": "0.4",
        "price": 16,
        "full": 1,
        "weight": 1,
        "rest": 3,
        "from_rest": 24,
        "paid_before": {"a": 3},
        "spent": 100,
        "tied": [],
    }
    assert record["projects"]["c"] == {
        "votes": 2,
        "score": 2,
        "cost": 50,
        "won": False,
        "reason": "unaffordable",
        "round": None,
        "price": None,
        "money_left": 24,
        "lost_to": record["projects"]["c"]["lost_to"],
        "max_cost": None,
        "votes_needed": None,
    }


def test_the_same_bytes_whatever_kept_the_record() -> None:
    record = audit(count(TWO, Rule()))
    data = audit_json(record)
    shuffled = dict(reversed(json.loads(data).items()))
    assert audit_json(shuffled) == data
    assert data.endswith(b"}\n")


def test_differences_are_named_by_their_place() -> None:
    record = json.loads(audit_json(audit(count(TWO, Rule()))))
    other = json.loads(audit_json(record))
    assert differences(record, other) == []
    other["rounds"][1]["rate"] = "0.7"
    other["projects"]["c"]["votes"] = 3
    other["projects"]["c"]["max_cost"] = 12  # not asked for here: no difference
    other["winners"].pop()
    wrong = ["projects.c.votes", "rounds.2.rate", "winners"]
    assert differences(record, other) == wrong
    assert differences({"cost": 1}, {"cost": "1"}) == ["cost"]
    assert differences({"won": True}, {"won": 1}) == ["won"]


def test_money_keeps_its_decimals() -> None:
    text = (
        "META\nkey;value\nnum_projects;1\nnum_votes;3\nbudget;10.5\nvote_type;approval\n"
        "PROJECTS\nproject_id;cost\na;0.25\nVOTES\nvoter_id;vote\n1;a\n2;a\n3;a\n"
    )
    record = audit(count(read_pabulib(text.encode()), Rule()))
    assert (record["budget"], record["cost"], record["left"]) == (
        "10.5",
        "0.25",
        "10.25",
    )
    assert record["rounds"][0]["price"] == "1/12"
    assert record["endowment"] == "3.5"


@st.composite
def cases(draw: st.DrawFn) -> tuple[Election, Rule]:
    drawn = draw(elections())
    return drawn, draw(rules(drawn.kind, RuleName.EQUAL_SHARES))


@settings(max_examples=200, deadline=None)
@given(cases())
def test_each_price_is_proved_by_the_counts(case: tuple[Election, Rule]) -> None:
    record = audit(count(*case))
    paid: dict[str, Fraction] = {}
    flat = case[1].measure in (Measure.COST, Measure.CARDINALITY)
    for told in record["rounds"]:
        if told["phase"] == "main":
            rate, price = Fraction(told["rate"]), told["price"]
            paid[told["project"]] = Fraction(price) if flat else rate
            _prove(told, paid, Fraction(record["endowment"]))
    assert Fraction(record["cost"]) + Fraction(record["left"]) == Fraction(
        record["budget"]
    )
    assert case[0].kind in Kind


def _prove(told: dict[str, Any], paid: dict[str, Fraction], gift: Fraction) -> None:
    """cost = weight × price + rest × endowment - Σ paid before × earlier prices."""
    before = sum(Fraction(n) * paid[p] for p, n in told["paid_before"].items())
    from_rest = told["rest"] * gift - before
    assert from_rest == Fraction(told["from_rest"])
    whole = Fraction(told["weight"]) * paid[told["project"]]
    assert whole + from_rest == Fraction(told["cost"])
