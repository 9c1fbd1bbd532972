"""The engine's reasons and limits in words."""

from collections.abc import Iterator

import pytest
from django.utils.translation import override

from habaring.engines.choosing import Reason
from habaring.portfolio.reasons import (
    Names,
    conflict_ways,
    explain,
    limit_words,
    problem_words,
)

NAMES = Names(
    programmes={"A": "Jaringan", "B": "Layanan"},
    dimensions={"GOV": "Governance"},
    districts={"62.02.05": "Baamang"},
    departments={"2.16": "Diskominfo"},
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ceiling:PAD:2027", "the 2027 ceiling of Own revenue (PAD)"),
        ("ceiling:umum:2027", "the 2027 ceiling of umum"),
        ("staff:2.16:2028", "the 2028 staff of Diskominfo"),
        ("floor:dimension:GOV", "the least number of programmes for Governance"),
        ("floor:district:62.02.05:rupiah", "the least money for Baamang"),
        ("floor:dimension:GOV:outcome", "the least outcome for Governance"),
        ("share:infra", "the mandatory share “infra”"),
        ("promised:A", "the promise of Jaringan (A)"),
        ("forbidden:X", "the ban on X"),
        ("group:jaringan", "the either-or group “jaringan”"),
        ("requires:A:B", "Layanan (B) must be finished before Jaringan (A) begins"),
        ("quick_wins:GOV", "the Quick Wins asked for in Governance"),
        (
            "sustainable:sdg",
            "the requirement to say which Sustainable Development Goals it serves",
        ),
        ("unheard:of", "unheard:of"),
    ],
)
def test_every_kind_of_limit_has_words(name: str, words: str) -> None:
    assert limit_words(name, NAMES) == words


@pytest.mark.parametrize(
    ("reason", "why", "change"),
    [
        (
            Reason(True, "promised", ("promised:A",), params={"points_lost": 2.0}),
            "about 2.0 points",
            "",
        ),
        (Reason(True, "promised", ("promised:A",)), "It was promised.", ""),
        (Reason(True, "chosen", regret=3.0), "lose at least 3.0 points", ""),
        (Reason(True, "chosen"), "more for its money", ""),
        (
            Reason(True, "floor", ("floor:dimension:GOV",)),
            "needed to keep to the least number",
            "",
        ),
        (
            Reason(True, "requires", ("requires:A:B",)),
            "before these begin: Jaringan (A)",
            "",
        ),
        (
            Reason(False, "ceiling", ("ceiling:PAD:2027",), enters_at=800),
            "over the 2027 ceiling",
            "total cost of Rp\u00a0800",
        ),
        (
            Reason(False, "ceiling", ("ceiling:PAD:2027",), enters_at=1),
            "over the 2027 ceiling",
            "Raise the 2027 ceiling",
        ),
        (
            Reason(False, "staff", ("staff:2.16:2027",), displaced_by=("B",)),
            "not enough people",
            "Layanan (B) would have to leave",
        ),
        (
            Reason(False, "forbidden", ("forbidden:A",)),
            "rule it out",
            "Take the ban out",
        ),
        (
            Reason(False, "not_sustainable", ("sustainable:sdg",)),
            "does not say which Sustainable",
            "Answer it",
        ),
        (
            Reason(False, "no_time", params={"last_year": 2031}),
            "end of 2031",
            "earlier start",
        ),
        (
            Reason(False, "requires", ("requires:A:B",)),
            "needs Layanan (B) first",
            "together",
        ),
        (Reason(False, "either_or", ("group:g",)), "group “g”", ""),
        (Reason(False, "low_outcome"), "adds no points", "Give its outcome"),
        (Reason(False, "synergy"), "takes more points", ""),
        (Reason(False, "share", ("share:infra",)), "break the mandatory share", ""),
        (Reason(False, "not_found"), "No plan was found", "more time"),
    ],
)
def test_every_reason_has_words(reason: Reason, why: str, change: str) -> None:
    told = explain(reason, NAMES, cost=1000)
    assert why in told.why
    assert change in told.change


def test_the_rival_of_a_group_is_named() -> None:
    told = explain(Reason(False, "either_or", ("group:g",)), NAMES, rival="B")
    assert told.why.startswith("Layanan (B) is in instead")


def test_many_limits_are_cut_short() -> None:
    limits = tuple(f"ceiling:PAD:{year}" for year in range(2027, 2032))
    assert "2 others" in explain(Reason(False, "ceiling", limits), NAMES).why


@pytest.mark.parametrize(
    ("name", "kind", "amount", "unit", "words"),
    [
        (
            "ceiling:PAD:2027",
            "ceiling",
            12_400_000_000,
            "rupiah",
            "Raise the 2027 ceiling of Own revenue (PAD) by Rp\u00a012.4\u00a0billion.",
        ),
        (
            "staff:2.16:2027",
            "staff",
            2.5,
            "fte",
            "Find 2.5 full-time posts more for Diskominfo in 2027.",
        ),
        (
            "floor:district:62.02.05",
            "floor",
            1,
            "programmes",
            "Ask for 1 programmes less in Baamang.",
        ),
        (
            "quick_wins:GOV",
            "quick_wins",
            1,
            "programmes",
            "fewer Quick Wins in Governance",
        ),
        ("share:infra", "share", 5_000_000, "rupiah", "mandatory share “infra”"),
        (
            "promised:A",
            "promised",
            None,
            None,
            "Take back the promise of Jaringan (A).",
        ),
        ("forbidden:A", "forbidden", None, None, "Allow Jaringan (A)."),
        (
            "sustainable:sdg",
            "not_sustainable",
            None,
            None,
            "Do not require every programme",
        ),
        ("group:g", "either_or", None, None, "group “g”"),
        ("requires:A:B", "requires", None, None, "Let Jaringan (A) begin"),
    ],
)
def test_every_way_out_has_words(
    name: str, kind: str, amount: float | None, unit: str | None, words: str
) -> None:
    clash = {
        "name": name,
        "kind": kind,
        "amount": amount,
        "unit": unit,
        "exact": True,
        "sentence": "",
    }
    (way,) = conflict_ways({"conflict": [clash]}, NAMES)
    assert words in way.way_out


def test_an_amount_that_is_not_exact_is_a_least_amount() -> None:
    clash = {
        "name": "ceiling:PAD:2027",
        "kind": "ceiling",
        "amount": 5_000_000,
        "unit": "rupiah",
        "exact": False,
    }
    assert (
        "by at least Rp\u00a05\u00a0million"
        in conflict_ways({"conflict": [clash]}, NAMES)[0].way_out
    )


def test_problems_without_words_keep_the_engine_s_sentence() -> None:
    problem = {
        "row": "A",
        "code": "strange",
        "sentence": "It is strange.",
        "params": {},
    }
    assert problem_words(problem, NAMES) == "A: It is strange."
    cycle = {"row": "A", "code": "cycle", "params": {"cycle": ["A", "B", "A"]}}
    assert "A → B → A" in problem_words(cycle, NAMES)


def test_of_a_long_contradiction_those_picked_come_first() -> None:
    clashes = [
        {
            "name": f"promised:P{n:02}",
            "kind": "promised",
            "amount": 1,
            "unit": "programme",
        }
        for n in range(12)
    ]
    told = {"conflict": clashes, "params": {"count": 12, "shown": ["promised:P11"]}}
    ways = conflict_ways(told, NAMES)
    assert ways[0].limit == "promised:P11"
    assert [way.limit for way in ways[1:]] == [c["name"] for c in clashes[:11]]
