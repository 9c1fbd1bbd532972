"""What a choice tells: records, reasons, progress, prices, what changes."""

import itertools
import json
import time
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.choose_instances import made
from habaring.engines.choosing import (
    Choice,
    Conflict,
    Floor,
    Pool,
    Progress,
    Share,
    Synergy,
    choose,
    compare,
    frontier,
    quick_win_faults,
)
from habaring.engines.choosing._account import Account
from habaring.engines.choosing._choose import _Run
from habaring.engines.choosing._model import make_model
from habaring.engines.choosing._tables import make_tables
from tests.engines.choosing.plain import faults, points
from tests.engines.choosing.reading import case, programme, two_years


def test_a_record_is_json_and_comes_back() -> None:
    candidates, limits, _ = case("pool")
    choice = choose(candidates, limits, gap=0.0)
    text = json.dumps(choice.as_record(), allow_nan=False)
    again = Choice.from_record(json.loads(text))
    assert again.as_record() == choice.as_record()
    assert replace(again, seconds=choice.seconds) == choice


def test_the_same_inputs_give_the_same_record() -> None:
    candidates, limits = made(30, 3)
    first, second = (choose(candidates, limits, gap=0.01) for _ in range(2))
    assert first.proven
    assert first.as_record() == second.as_record()
    other = choose(candidates, replace(limits, service_after=2), gap=0.01)
    assert other.inputs_digest != first.inputs_digest


def test_mapping_order_and_number_type_do_not_change_the_digest() -> None:
    one = programme("A", 5, 1, costs={(1, "APBD"): 5, (1, "DAK"): 1})
    two = programme("A", 5, 1.0, costs={(1, "DAK"): 1, (1, "APBD"): 5})
    limits = two_years(10)
    digests = {choose([c], limits).inputs_digest for c in (one, two)}
    assert len(digests) == 1


def test_no_time_at_all_still_gives_an_answer() -> None:
    candidates, limits = made(400, 5)
    began = time.perf_counter()
    choice = choose(candidates, limits, gap=0.0, seconds=0.0)
    assert time.perf_counter() - began < 20
    assert not choice.proven
    assert choice.bound > 0
    if not choice.feasible:
        assert {r.kind for r in choice.reasons.values()} == {"not_found"}
        assert choice.chosen == ()


def test_progress_is_told() -> None:
    heard: list[Progress] = []
    candidates, limits = made(60, 3)
    choose(candidates, limits, gap=0.02, seconds=5, progress=heard.append)
    assert heard[0].phase == "relaxation"
    assert heard[-1].phase == "reasons"
    assert heard[-1].gap is not None
    best = [p.best for p in heard if p.best is not None]
    assert best == sorted(best)


def test_an_exception_of_progress_stops_the_search() -> None:
    class StoppedError(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.best is not None:
            raise StoppedError

    candidates, limits = made(60, 3)
    with pytest.raises(StoppedError):
        choose(candidates, limits, gap=0.0, seconds=20, progress=stop)


def test_either_or_names_the_rival() -> None:
    rivals = [programme("A", 5, 3, group="g"), programme("B", 5, 2, group="g")]
    reason = choose(rivals, two_years(100)).reasons["B"]
    assert reason.kind == "either_or"
    assert reason.limits == ("group:g",)
    assert reason.displaced_by == ("A",)


def test_reasons_of_those_that_cannot_be_in() -> None:
    candidates = [
        programme("A", 5, 3),
        programme("B", 5, 3),
        programme("C", 5, 3, sustainable={"sdg": True}),
        programme("D", 5, 3, sustainable={"sdg": True}, earliest=2029, latest=2029),
        programme("E", 5, 0, sustainable={"sdg": True}),
    ]
    limits = two_years(100, forbidden=("B",), require_sustainable=("sdg",))
    choice = choose(candidates, limits)
    kinds = {code: reason.kind for code, reason in choice.reasons.items()}
    assert kinds == {
        "A": "not_sustainable",
        "B": "forbidden",
        "C": "chosen",
        "D": "no_time",
        "E": "low_outcome",
    }
    assert choice.reasons["B"].limits == ("forbidden:B", "sustainable:sdg")
    assert choice.statuses["E"] == "left_out"
    assert choice.statuses["A"] == "excluded"


def test_a_programme_that_is_in_for_a_floor_says_so() -> None:
    candidates = [
        programme("A", 60, 9),
        programme("B", 60, 8),
        programme("C", 50, 1, dimension="ENV", outcomes={"ENV": 1}),
    ]
    limits = two_years(0, floors=(Floor("dimension", "ENV", 1),))
    limits = replace(limits, ceilings={("APBD", 2027): 120})
    reason = choose(candidates, limits, gap=0.0).reasons["C"]
    assert reason.chosen
    assert reason.kind == "floor"
    assert reason.limits == ("floor:dimension:ENV",)


def test_a_promise_tells_what_it_costs() -> None:
    candidates = [programme("A", 60, 9), programme("B", 60, 1)]
    limits = replace(two_years(0, promised=("B",)), ceilings={("APBD", 2027): 60})
    choice = choose(candidates, limits, gap=0.0)
    assert choice.reasons["B"].kind == "promised"
    assert choice.reasons["B"].params["points_lost"] > 0
    assert choice.reasons["A"].displaced_by == ()
    assert choice.reasons["A"].limits == ("ceiling:APBD:2027",)


def test_staff_stands_in_the_way() -> None:
    candidates = [programme("A", 1, 9, staff=2.0), programme("B", 1, 8, staff=1.5)]
    limits = two_years(100, staff={("KOM", 2027): 2.0, ("KOM", 2028): 1.0})
    reason = choose(candidates, limits, gap=0.0).reasons["B"]
    assert reason.kind == "staff"
    assert reason.limits == ("staff:KOM:2027",)
    assert reason.displaced_by == ("A",)


def test_a_clash_of_two_keeps_one_out() -> None:
    candidates = [programme("A", 1, 9), programme("B", 1, 2)]
    limits = two_years(100, synergies=(Synergy("A", "B", -5.0),))
    reason = choose(candidates, limits, gap=0.0).reasons["B"]
    assert reason.kind == "synergy"


def test_comparing_two_choices() -> None:
    candidates, limits, _ = case("waiting")
    first = choose(candidates, limits, gap=0.0)
    poorer = {key: amount * 9 // 10 for key, amount in limits.ceilings.items()}
    second = choose(candidates, replace(limits, ceilings=poorer), gap=0.0)
    changed = compare(first, second)
    assert changed.objective_change == second.objective - first.objective
    kept = {*changed.stays, *changed.moved, *changed.out}
    assert kept == set(first.chosen)
    assert compare(first, first).stays == first.chosen


def test_prices_foretell_the_frontier() -> None:
    candidates, limits = made(60, 3)
    points = frontier(candidates, limits, 5, low=0.9, high=1.1)
    assert points[2].factor == pytest.approx(1.0)
    for left, right in itertools.pairwise(points):
        assert left.ceiling is not None
        assert right.ceiling is not None
        assert right.ceiling >= left.ceiling
        assert left.marginal is not None
        step = (right.rupiah - left.rupiah) / 1e9
        assert right.ceiling - left.ceiling <= left.marginal * step + 1e-6


def test_a_frontier_point_without_a_plan_is_empty() -> None:
    candidates, limits, _ = case("waiting")
    limits = replace(limits, promised=("P5",))
    values = [p.ceiling for p in frontier(candidates, limits, 2, low=0.0)]
    assert [value is None for value in values] == [True, False]


def test_whole_programmes_may_clash_where_halves_would_not() -> None:
    candidates = [programme(code, 60, 1, latest=2027) for code in "ABC"]
    limits = replace(
        two_years(0, floors=(Floor("dimension", "GOV", 2),)),
        ceilings={("APBD", 2027): 119},
    )
    with pytest.raises(Conflict) as told:
        choose(candidates, limits)
    amounts = {rule.name: (rule.amount, rule.unit) for rule in told.value.rules}
    assert amounts == {
        "ceiling:APBD:2027": (1, "rupiah"),
        "floor:dimension:GOV": (1, "programmes"),
    }


def test_a_dropped_group_still_lets_a_programme_start_once() -> None:
    pair = [programme("A", 5, 1, group="g"), programme("B", 5, 1, group="g")]
    limits = two_years(100, floors=(Floor("dimension", "GOV", 2),))
    with pytest.raises(Conflict) as told:
        choose(pair, limits)
    assert set(told.value.names) == {"group:g", "floor:dimension:GOV"}
    assert told.value.irreducible
    assert all(rule.sentence.endswith(".") for rule in told.value.rules)
    assert json.dumps(told.value.as_record())


def test_every_kind_of_limit_has_a_sentence() -> None:
    candidates = [
        programme("A", 5, 1, staff=3.0, dimension="ENV", outcomes={"ENV": 1}),
        programme("B", 5, 1, requires=("A",), tags=("t",)),
    ]
    for limits in (
        two_years(100, promised=("A",), staff={("KOM", y): 1 for y in (2027, 2028)}),
        two_years(100, promised=("B",), forbidden=("A",)),
        two_years(100, promised=("A",), require_sustainable=("sdg",)),
        two_years(100, quick_wins_per_dimension=1),
        two_years(100, promised=("A",), shares=(Share("s", "t", "at_least", 60),)),
        two_years(100, floors=(Floor("dimension", "ENV", 9, "outcome"),)),
    ):
        with pytest.raises(Conflict) as told:
            choose(candidates, limits)
        assert len(told.value.rules) <= 10
        assert all(rule.sentence.endswith(".") for rule in told.value.rules)


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"months": 12}, ()),
        ({"months": 13}, ("months",)),
        ({"months": None}, ()),
        ({"months": None, "duration": 2}, ("months",)),
        ({"owner": " "}, ("owner",)),
        ({"costs": {}}, ("unfunded",)),
    ],
)
def test_what_a_quick_win_must_have(
    change: dict[str, object], faults: tuple[str, ...]
) -> None:
    values: dict[str, object] = {"months": 6, "quick_win": True, **change}
    assert quick_win_faults(programme("A", 5, 1, **values)) == faults


def test_the_ledger_adds_up() -> None:
    candidates, limits = made(80, 4)
    limits = replace(limits, pools=(*limits.pools, Pool("aid", ("HIBAH",), 0.5)))
    choice = choose(candidates, limits, gap=0.05, seconds=5)
    for use in choice.ledger.values():
        have = use.ceiling + use.carried_in + use.received
        assert have == use.cost + use.topped_up + use.left
        assert min(vars(use).values()) >= 0


def test_a_larger_portfolio_is_searched_in_cores_and_keeps_every_limit() -> None:
    candidates, limits = made(350, 5)
    phases: list[str] = []
    choice = choose(
        candidates,
        limits,
        gap=0.04,
        seconds=6,
        progress=lambda p: phases.append(p.phase),
    )
    assert "core" in phases
    assert choice.feasible
    assert choice.gap < 0.1
    assert faults(candidates, limits, dict(choice.starts)) == set()
    told = points(candidates, limits, dict(choice.starts))
    assert choice.objective == pytest.approx(told)
    for code, reason in list(choice.reasons.items())[:40]:
        for year, names in reason.params.get("starts", {}).items():
            plan = {**choice.starts, code: int(year)}
            assert faults(candidates, limits, plan) <= set(names)


def test_a_large_portfolio_ends_by_the_clock_with_a_sound_plan() -> None:
    candidates, limits = made(900, 5)
    told: list[Progress] = []
    choice = choose(candidates, limits, gap=0.0, seconds=4, progress=told.append)
    assert not choice.proven
    assert choice.gap < 0.05
    assert {p.phase for p in told} == {"relaxation", "core", "reasons"}
    assert faults(candidates, limits, dict(choice.starts)) == set()
    value = points(candidates, limits, dict(choice.starts))
    assert value == pytest.approx(choice.objective)
    assert value <= choice.bound


def test_a_plan_that_the_tolerance_let_through_is_cut_off_alone() -> None:
    candidates = [programme(c, 5, 1, staff=1.0, latest=2027) for c in "ABC"]
    limits = two_years(100, staff={("KOM", 2027): 2})
    tables = make_tables(tuple(candidates), limits)
    run = _Run(
        model=make_model(tables),
        account=Account(tables),
        gap=0.0,
        seed=0,
        began=0.0,
        deadline=float("inf"),
        tell=None,
    )
    every = tables.columns({"A": 2027, "B": 2027, "C": 2027})
    assert run.hear(every, float("inf")) is None
    assert run.best is None
    (cut,) = run.cuts
    for size in range(len(every) + 1):
        for pick in itertools.combinations(every.tolist(), size):
            given = cut.entries[np.isin(cut.columns, pick)].sum()
            assert (given > cut.most) == (size == len(every))
