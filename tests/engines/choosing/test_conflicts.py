"""A contradiction: the named limits clash, each one less does not, and it is told so."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.choose_instances import made
from habaring.engines.choosing import (
    Candidate,
    Conflict,
    Floor,
    Limits,
    Pool,
    Refused,
    Share,
    choose,
)
from habaring.engines.choosing._account import Account
from habaring.engines.choosing._model import make_model
from habaring.engines.choosing._proof import Proof, proof_from
from habaring.engines.choosing._solver import Relaxation
from habaring.engines.choosing._tables import make_tables
from tests.engines.choosing import plain
from tests.engines.choosing.reading import programme, two_years
from tests.engines.choosing.test_against_plain import (
    CODES,
    START,
    check_conflict,
    every_name,
    instances,
    one_candidate,
)

SLOW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def conflict_of(candidates: Sequence[Candidate], limits: Limits) -> Conflict:
    with pytest.raises(Conflict) as told:
        choose(candidates, limits)
    return told.value


@st.composite
def overlapping(draw: st.DrawFn) -> tuple[list[Candidate], Limits]:
    """Floors of dimensions and of districts that ask for the same programmes."""
    years = draw(st.integers(1, 2))
    candidates = [draw(one_candidate(code, years)) for code in CODES]
    floors = [
        Floor(scope, code, draw(st.integers(1, 2)), measure)  # type: ignore[arg-type]
        for scope, code, measure in (
            ("dimension", candidates[0].dimension, "count"),
            ("dimension", candidates[-1].dimension, "outcome"),
            ("district", candidates[0].district or "", "count"),
            ("district", candidates[-1].district or "", "rupiah"),
        )
    ]
    pool = draw(
        st.sampled_from((Pool("all", ("APBD", "DAK"), 0.5), Pool("p", ("DAK",))))
    )
    return candidates, Limits(
        start_year=START,
        years=years,
        ceilings={
            (s, START + y): draw(st.integers(0, 9))
            for s in ("APBD", "DAK")
            for y in range(years)
        },
        pools=(pool,),
        floors=tuple({f.name: f for f in floors}.values()),
        shares=(Share("s", candidates[0].dimension, "at_most", 60.0),),
    )


@SLOW
@given(overlapping())
def test_floors_that_overlap_against_trying_everything(
    instance: tuple[list[Candidate], Limits],
) -> None:
    candidates, limits = instance
    try:
        choose(candidates, limits)
    except Refused:
        return
    except Conflict as conflict:
        check_conflict(candidates, limits, conflict)
    else:
        assert plain.best(candidates, limits) is not None


def without(limits: Limits, dropped: set[str]) -> Limits:
    """The limits with some of their names dropped; a ceiling that is dropped is plenty."""
    pools = {p.name: p.sources[0] for p in limits.pools}
    ceilings = dict(limits.ceilings)
    for name in dropped:
        kind, pool, year = [*name.split(":"), "", ""][:3]
        if kind == "ceiling":
            ceilings[pools.get(pool, pool), int(year)] = 10**13
    return replace(
        limits,
        ceilings=ceilings,
        floors=tuple(f for f in limits.floors if f.name not in dropped),
        promised=tuple(p for p in limits.promised if f"promised:{p}" not in dropped),
    )


def test_each_of_many_overlapping_floors_is_resolved_again() -> None:
    candidates, limits = made(240, 4)
    candidates = [replace(c, requires=(), group=None) for c in candidates]
    limits = replace(
        limits,
        ceilings={k: v // 8 for k, v in limits.ceilings.items()},
        floors=tuple(replace(f, amount=f.amount * 5) for f in limits.floors),
        shares=(),
        staff={},
        quick_wins_per_dimension=0,
    )
    conflict = conflict_of(candidates, limits)
    assert conflict.irreducible
    assert conflict.shown == conflict.names
    assert sum(name.startswith("floor:") for name in conflict.names) >= 2
    every = {f.name for f in limits.floors} | {f"promised:{p}" for p in limits.promised}
    every |= {f"ceiling:{p}:{y}" for p in ("DAK", "KPBU") for y in limits.calendar}
    every |= {f"ceiling:general:{y}" for y in limits.calendar}
    only = every - set(conflict.names)
    assert conflict_of(candidates, without(limits, only)).names == conflict.names
    for name in conflict.names:
        choice = choose(candidates, without(limits, only | {name}), gap=1.0)
        assert choice.feasible


def test_a_set_of_more_than_ten_is_kept_whole_and_told_by_ten() -> None:
    codes = [f"P{k:02d}" for k in range(12)]
    candidates = [programme(c, 5, 1, quick_win=True, months=6) for c in codes]
    conflict = conflict_of(
        candidates,
        two_years(100, forbidden=tuple(codes), quick_wins_per_dimension=1),
    )
    assert conflict.irreducible
    assert len(conflict.names) == 13
    assert len(conflict.shown) == 10
    assert "quick_wins:GOV" in conflict.shown
    record = json.loads(json.dumps(conflict.as_record()))
    assert record["params"] == {"count": 13, "shown": list(conflict.shown)}
    assert len(record["conflict"]) == 13


def test_dear_promises_are_named_before_cheap_ones() -> None:
    costs = {"A": 90, "B": 80, "C": 3, "D": 2}
    candidates = [programme(c, cost, 1) for c, cost in costs.items()]
    limits = replace(
        two_years(0, promised=tuple(costs)), ceilings={("APBD", 2027): 100}
    )
    limits = replace(limits, pools=(Pool("p", ("APBD",), 0.0),))
    one_year = [replace(c, latest=2027) for c in candidates]
    conflict = conflict_of(one_year, limits)
    assert conflict.names == ("ceiling:p:2027", "promised:A", "promised:B")
    amounts = {rule.name: (rule.amount, rule.exact) for rule in conflict.rules}
    assert amounts["ceiling:p:2027"] == (70, True)


def test_what_only_halves_of_programmes_need_is_not_named() -> None:
    # halves of A fit in two years of 50, and only then does B not fit beside them
    candidates = [programme("A", 60, 1), programme("B", 50, 1)]
    conflict = conflict_of(candidates, two_years(50, promised=("A", "B")))
    assert conflict.names == ("ceiling:APBD:2027", "ceiling:APBD:2028", "promised:A")
    assert conflict.irreducible
    amounts = [(rule.amount, rule.exact) for rule in conflict.rules]
    assert amounts == [(10, True), (10, True), (None, True)]


def test_when_only_whole_programmes_clash_the_rest_is_left_out() -> None:
    candidates = [
        programme("A", 60, 1),
        programme("B", 1, 1, staff=1.0),
        programme("C", 1, 1, dimension="ENV", outcomes={"ENV": 1.0}),
    ]
    limits = two_years(
        50,
        promised=("A",),
        forbidden=("C",),
        staff={("KOM", 2027): 1, ("KOM", 2028): 1},
        shares=(Share("s", "GOV", "at_least", 10.0),),
    )
    conflict = conflict_of(candidates, limits)
    assert conflict.names == ("ceiling:APBD:2027", "ceiling:APBD:2028", "promised:A")
    assert conflict.irreducible


def test_a_solver_without_a_proof_still_ends_at_the_contradiction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    candidates = [programme(c, 60, 1, latest=2027) for c in "ABC"]
    limits = two_years(100, promised=("A", "C"), forbidden=("B",))

    def none(relaxation: Relaxation) -> object:
        return np.zeros(len(relaxation.rows))

    monkeypatch.setattr(Relaxation, "proof", none)
    conflict = conflict_of(candidates, limits)
    assert conflict.names == ("ceiling:APBD:2027", "promised:A", "promised:C")
    assert conflict.irreducible
    # and where no weights are believed at all, each limit is left out and solved for
    monkeypatch.setattr(Proof, "holds", False)
    assert conflict_of(candidates, limits).names == conflict.names


def test_no_weights_prove_a_contradiction_where_there_is_none() -> None:
    candidates, limits = made(40, 3)
    assert choose(candidates, limits, gap=0.5, seconds=5).feasible
    model = make_model(make_tables(tuple(candidates), limits))
    rng = np.random.default_rng(0)
    low, high = np.isfinite(model.row_lower), np.isfinite(model.row_upper)
    for spread in (0.1, 1.0, 3.0):
        for _ in range(50):
            weights = np.exp(rng.normal(0.0, spread, len(model.row_lower)))
            weights *= rng.random(len(weights)) < rng.random()
            signs = np.where(low & ~high, 1.0, -1.0)
            assert not proof_from(model, weights * signs).holds


def test_weights_from_a_solver_are_judged_not_believed() -> None:
    candidates = [programme("A", 60, 1), programme("B", 60, 1)]
    limits = replace(two_years(0, promised=("A", "B")), ceilings={("APBD", 2027): 100})
    model = make_model(
        make_tables(tuple(replace(c, latest=2027) for c in candidates), limits)
    )
    place = {r.name: int(r.rows[0]) for r in model.rules}
    weights = np.zeros(len(model.row_lower))
    for name, weight in (
        ("promised:A", 60.0),
        ("promised:B", 60.0),
        ("ceiling:APBD:2027", -1.0),
    ):
        weights[place[name]] = weight
    proof = proof_from(model, weights)
    assert proof.holds
    assert proof.excess(proof.given.sum(axis=0), float(proof.asked.sum())) == 20.0
    assert proof.narrowed(proof.names) == list(proof.names)
    assert not proof_from(model, -weights).holds
    weights[place["promised:B"]] = 40.0  # 60 + 40 is just what there is
    assert not proof_from(model, weights).holds


@SLOW
@given(instances(), st.randoms(use_true_random=False))
def test_a_plan_keeps_named_limits_as_the_plain_account_says(
    instance: tuple[list[Candidate], Limits], chance: st.DataObject
) -> None:
    candidates, limits = instance
    try:
        choose(candidates, limits, seconds=0.1)
    except Refused:
        return
    except Conflict:
        pass
    account = Account(make_tables(tuple(candidates), limits))
    names = sorted(every_name(candidates, limits))
    for plan in list(plain.every_plan(candidates, limits))[:20]:
        kept = {name for name in names if chance.random() < 0.5}  # type: ignore[attr-defined]
        dropped = frozenset(set(names) - kept)
        columns = account.tables.columns(plan)
        faults = plain.faults(candidates, limits, plan, dropped)
        assert account.plan(columns).keeps(kept) == (not faults)
