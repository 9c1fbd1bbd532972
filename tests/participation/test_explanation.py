"""The sentences of a result, in both languages, from a record made by hand."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from django.utils import translation

from habaring.participation import explanation, pictures
from habaring.participation.models import Count
from habaring.participation.results import Line, Result

BASE: dict[str, Any] = {
    "proposal": 1,
    "district": "",
    "dimension": "",
    "votes": 376,
    "score": 376,
    "won": False,
    "reason": "unaffordable",
    "round": None,
    "price": None,
    "money_left": None,
    "lost_to": "",
    "max_cost": None,
    "votes_needed": None,
    "money": [],
    "tie_rank": 1,
}


def project(code: str, **more: Any) -> dict[str, Any]:
    return BASE | {"code": code, "title": f"Proyek {code}", "cost": 50_000_000} | more


def bought(code: str, **more: Any) -> dict[str, Any]:
    given = {"project": code, "phase": "main", "price": 500_000, "effective": "100"}
    return {
        **given,
        "full": 376,
        "rest": 0,
        "from_rest": 0,
        "spent": 50_000_000,
        "tied": [],
        "decided_by": "",
        **more,
    }


def result(*projects: dict[str, Any], voters: int = 1000, **more: Any) -> Result:
    told: dict[str, Any] = {
        "rule": {
            "name": "equal-shares",
            "measure": "cost",
            "completion": "add1-greedy",
            "ties": [],
        },
        "kind": "approval",
        "minimum_votes": 0,
        "conflicts": [],
        "categories": {},
        "districts": {},
        "budget": 200_000_000,
        "cost": sum(one["cost"] for one in projects if one["won"]),
        "endowment": 200_000,
        "steps": 3,
        "winners": [one["code"] for one in projects if one["won"]],
        "money": [],
        "rounds": [],
        "projects": {one["code"]: one for one in projects},
        "turnout": {
            "voters": voters,
            "paper": 0,
            "empty": 0,
            "eligible": None,
            "districts": [],
        },
        "satisfied": [100, voters - 100],
        "dimensions": [],
        "places": [],
        "beside": None,
    } | more
    paper = told["turnout"]["paper"]
    return Result(Count(told=told, voters=voters, on_paper=paper))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def said(line: dict[str, Any], *others: dict[str, Any], **more: Any) -> str:
    found = result(line, *others, **more)
    return explanation.why(found, found.lines[line["code"]]).replace("\u00a0", " ")


def test_a_loser_hears_what_its_supporters_had_and_what_would_have_been_enough() -> (
    None
):
    line = project(
        "1", money_left="1485/10", max_cost="4953485/100", votes_needed=12, cost=50_000
    )
    found = result(line)
    one = found.lines["1"]
    why = explanation.why(found, one).replace("\u00a0", " ")
    change = explanation.change(one).replace("\u00a0", " ")
    assert why == "Its 376 supporters had Rp 149 left of the Rp 50,000 it costs."
    assert change == (
        "It would have won at Rp 49,534 or less, or with 12 more supporters."
    )


def test_the_same_in_indonesian() -> None:
    line = project("1", money_left=20_000, max_cost=49_534, votes_needed=1, cost=50_000)
    with translation.override("id"):
        found = result(line)
        one = found.lines["1"]
        why = explanation.why(found, one).replace("\u00a0", " ")
        change = explanation.change(one).replace("\u00a0", " ")
    assert why == "Sisa uang 376 pendukungnya Rp 20.000, padahal biayanya Rp 50.000."
    assert change == (
        "Proyek ini akan terpilih dengan biaya Rp 49.534 atau kurang, "
        "atau dengan tambahan 1 pendukung."
    )


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({}, ""),
        ({"max_cost": 0}, ""),
        ({"max_cost": "399/2"}, "It would have won at Rp 199 or less."),
        ({"votes_needed": 1}, "It would have won with 1 more supporter."),
        (
            {"max_cost": 0, "votes_needed": 7},
            "It would have won with 7 more supporters.",
        ),
    ],
)
def test_only_what_is_known_is_said(known: dict[str, Any], words: str) -> None:
    line = Line.of(project("1", **known))
    assert explanation.change(line).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"reason": "no_support", "votes": 0}, "Nobody chose it."),
        (
            {"reason": "dearer_than_budget", "cost": 300_000_000},
            "It costs Rp 300,000,000, more than the whole budget of Rp 200,000,000.",
        ),
        (
            {"reason": "over_budget", "money_left": 1_000_000},
            "Its 376 supporters had Rp 1,000,000 left of the Rp 50,000,000 it costs, "
            "and it did not fit into what remained of the budget.",
        ),
        (
            {"reason": "over_budget", "lost_to": "2"},
            "It costs Rp 50,000,000 and did not fit into what was left once "
            "“Proyek 2” was taken.",
        ),
        (
            {"reason": "conflict", "lost_to": "2"},
            "Only one of it and “Proyek 2” may be funded, and the other won.",
        ),
        (
            {"reason": "not_best"},
            "The voters value another set of projects more, and there is no room for both.",
        ),
        (
            {"reason": "unaffordable", "votes": 1, "money_left": 3},
            "Its one supporter had Rp 3 left of the Rp 50,000,000 it costs.",
        ),
    ],
)
def test_each_reason_has_its_sentence(more: dict[str, Any], words: str) -> None:
    assert said(project("1", **more), project("2", won=True, reason="bought")) == words


def test_too_few_supporters_and_a_spent_limit_name_the_number() -> None:
    few = said(project("1", reason="below_minimum", votes=4), minimum_votes=10)
    assert few == "It had 4 supporters; at least 10 were asked for."
    limit = said(
        project("1", reason="limit", dimension="ENV"), categories={"ENV": 70_000_000}
    )
    assert limit == (
        "The Rp 70,000,000 for Smart Environment were spent on other projects."
    )


def test_a_winner_hears_who_paid_what() -> None:
    line = project("1", won=True, reason="bought", round=1, price=132_979)
    words = said(line, rounds=[bought("1")])
    assert words == "Bought in round 1: each of its 376 supporters paid Rp 132,979."
    words = said(line, rounds=[bought("1", full=300, rest=70, from_rest=9)])
    assert words == (
        "Bought in round 1 by its 376 supporters: 300 paid Rp 132,979 each, "
        "70 gave all they had left and 6 had nothing left."
    )
    assert "left over" in said(project("1", won=True, reason="completed"))
    assert "costs nothing" in said(project("1", won=True, reason="free", cost=0))


@pytest.mark.parametrize(
    ("decided", "words"),
    [
        ("max_votes", "the one with more votes comes first."),
        ("min_cost", "the cheaper one comes first."),
        ("max_cost", "the dearer one comes first."),
        ("order", "there it has place 4."),
    ],
)
def test_a_tie_names_what_decided_it(decided: str, words: str) -> None:
    found = result(
        project("1", won=True, reason="bought", round=1, tie_rank=4),
        project("2"),
        rounds=[bought("1", tied=["2"], decided_by=decided)],
    )
    tie = explanation.tie_words(found.rounds[0])
    assert tie.startswith("It stood equal with “Proyek 2”")
    assert tie.endswith(words)


def test_the_answer_names_what_won_and_what_is_left() -> None:
    found = result(project("1", won=True, reason="bought"), project("2"))
    assert explanation.answer(found).replace("\u00a0", " ") == (
        "1 of 2 projects won. It costs Rp 50,000,000 of the Rp 200,000,000 there is; "
        "Rp 150,000,000 is left."
    )
    assert explanation.answer(result(project("1"), project("2"))) == (
        "None of the 2 projects won."
    )


def test_turnout_tells_screen_paper_and_register() -> None:
    turnout = {
        "voters": 1000,
        "paper": 300,
        "empty": 0,
        "eligible": 4000,
        "districts": [],
    }
    assert explanation.turnout_words(result(project("1"), turnout=turnout)) == (
        "1,000 people voted: 700 on screen, 300 on paper. "
        "That is 25% of the 4,000 in the register."
    )
    assert explanation.turnout_words(result(project("1"), voters=0)) == "Nobody voted."


def test_a_round_is_told_like_a_story() -> None:
    found = result(
        project("1", won=True, reason="bought", round=1, price=132_979),
        rounds=[bought("1", price=132_979, full=376)],
    )
    assert explanation.round_words(found, found.rounds[0]).replace("\u00a0", " ") == (
        "Of the projects that their own supporters could still pay for, “Proyek 1” had "
        "the most support, counting only money that was left. Each of its 376 "
        "supporters paid Rp 132,979: together Rp 50,000,000."
    )


@pytest.mark.parametrize("name", ["equal-shares", "greedy", "phragmen", "max-welfare"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_each_rule_is_told_in_both_languages(name: str, language: str) -> None:
    rule = {"name": name, "measure": "cost", "completion": "none", "ties": []}
    with translation.override(language):
        words = explanation.rule_words(rule)
    assert words.endswith(".")
    assert name not in words
    assert ("pemilih" in words or "suara" in words) is (language == "id")


def test_an_exact_sum_is_written_out_where_it_is_not_whole() -> None:
    assert explanation.exactly(Fraction(5)) == "Rp\u00a05"
    assert explanation.exactly(Fraction(10, 3)) == "Rp\u00a03.33 (10/3)"


def test_money_of_supporters_is_told_by_what_took_it() -> None:
    line = project("1", money=[100, 100, 60, 10])
    others = [
        project(code, won=True, reason="bought", round=int(code) - 1)
        for code in ("2", "3", "4")
    ]
    rounds = [bought(code) for code in ("2", "3", "4")]
    found = result(line, *others, rounds=rounds)
    words = explanation.taken_words(found, found.lines["1"]).replace("\u00a0", " ")
    assert words == (
        "Its supporters' money went above all to “Proyek 4” (Rp 50) and "
        "“Proyek 3” (Rp 40)."
    )


def test_pictures_have_no_more_than_sums_and_a_table_each() -> None:
    found = result(
        project("1", won=True, reason="bought", max_cost=60_000_000, money=[10, 0]),
        project("2", max_cost=40_000_000, money=[7, 3]),
        rounds=[bought("1", rest=1, full=375, from_rest="7/2")],
        money=[20, 5],
    )
    for chart in (
        pictures.ladder_chart(found),
        pictures.money_chart(found),
        pictures.supporters_chart(found, found.lines["2"]),
        pictures.taken_chart(found, found.lines["2"]),
        pictures.round_chart(found, found.rounds[0]),
    ):
        assert chart is not None
        assert chart.table.rows
        assert "style=" not in chart.svg
    assert pictures.chart_of(found, "unknown") is None
