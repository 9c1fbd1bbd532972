"""On small instances the engine finds what trying everything finds, and says true things."""

from collections.abc import Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habaring.engines.choosing import (
    Candidate,
    Choice,
    Conflict,
    Floor,
    Limits,
    Pool,
    Refused,
    Share,
    Synergy,
    choose,
)
from tests.engines.choosing import plain

CODES = ("A", "B", "C", "D")
DIMENSIONS = ("ENV", "GOV")
START = 2027
STAFF: tuple[Mapping[int, float] | float, ...] = (0.0, 1.0, 2.5, {1: 2.5})


@st.composite
def one_candidate(draw: st.DrawFn, code: str, years: int) -> Candidate:
    duration = draw(st.integers(1, 2))
    earliest = draw(st.integers(START - 1, START + 1))
    before = CODES[: CODES.index(code)]
    lives = st.integers(1, duration)
    sources = st.sampled_from(("APBD", "DAK"))
    return Candidate(
        code=code,
        name=code,
        dimension=draw(st.sampled_from(DIMENSIONS)),
        district=draw(st.sampled_from(("D1", "D2"))),
        department=draw(st.sampled_from(("K", None))),
        duration=duration,
        earliest=earliest,
        latest=earliest + draw(st.integers(0, years)),
        quick_win=draw(st.booleans()),
        months=draw(st.sampled_from((None, 6, 14))),
        owner="x",
        costs=draw(
            st.dictionaries(st.tuples(lives, sources), st.integers(0, 9), max_size=3)
        ),
        running=draw(st.dictionaries(sources, st.integers(0, 2), max_size=1)),
        outcomes=draw(
            st.dictionaries(st.sampled_from(DIMENSIONS), st.integers(0, 5), min_size=1)
        ),
        requires=tuple(
            draw(st.lists(st.sampled_from(before), max_size=1)) if before else ()
        ),
        group=draw(st.sampled_from((None, None, "g"))),
        staff=draw(st.sampled_from(STAFF)),
        sustainable={"sdg": draw(st.booleans())},
        tags=draw(st.sampled_from(((), ("t",)))),
    )


@st.composite
def some_limits(draw: st.DrawFn, candidates: list[Candidate], years: int) -> Limits:
    calendar = range(START, START + years)
    codes = st.sampled_from([c.code for c in candidates])
    pools = draw(
        st.sampled_from(
            (
                (),
                (Pool("general", ("APBD",), 0.1),),
                (Pool("general", ("APBD",), 0.25, ("DAK",)),),
                (Pool("all", ("APBD", "DAK"), 0.5),),
            )
        )
    )
    share = Share(
        "s",
        draw(st.sampled_from((candidates[0].dimension, *candidates[0].tags))),
        draw(st.sampled_from(("at_least", "at_most"))),
        draw(st.sampled_from((20.0, 33.33, 60.0))),
        year=draw(st.sampled_from((None, START))),
        source=draw(st.sampled_from((None, "DAK"))),
    )
    floor = Floor(
        "dimension",
        candidates[-1].dimension,
        draw(st.integers(0, 2)),
        draw(st.sampled_from(("count", "rupiah", "outcome"))),
    )
    place = Floor("district", candidates[0].district or "", 1)
    some = st.lists(codes, max_size=2, unique=True).map(tuple)
    synergies: tuple[Synergy, ...] = ()
    if len(candidates) > 1:
        bonus = draw(st.sampled_from((-3.0, 2.0)))
        synergies = (Synergy(candidates[0].code, candidates[1].code, bonus),)
    return Limits(
        start_year=START,
        years=years,
        ceilings={
            (s, y): draw(st.integers(0, 14)) for s in ("APBD", "DAK") for y in calendar
        },
        pools=pools,
        shares=draw(st.sampled_from(((), (share,)))),
        floors=draw(st.sampled_from(((), (floor,), (floor, place)))),
        staff=draw(
            st.sampled_from(
                (
                    {},
                    {("K", START): 2.0, ("K", START + 1): 3.0},
                    {("K", START): 2.0, ("K", START + 9): 0.0},  # beyond the horizon
                )
            )
        ),
        promised=draw(some),
        forbidden=draw(st.sampled_from(((), (candidates[-1].code,)))),
        synergies=draw(st.sampled_from(((), synergies))),
        require_sustainable=draw(st.sampled_from(((), (), ("sdg",)))),
        quick_wins_per_dimension=draw(st.sampled_from((0, 0, 1))),
        weights=draw(st.sampled_from(({}, {"ENV": 2, "GOV": 1}))),
        service_after=draw(st.integers(0, 2)),
    )


@st.composite
def instances(draw: st.DrawFn) -> tuple[list[Candidate], Limits]:
    years = draw(st.integers(2, 3))
    count = draw(st.integers(1, 4))
    candidates = [draw(one_candidate(code, years)) for code in CODES[:count]]
    return candidates, draw(some_limits(candidates, years))


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(instances())
def test_it_finds_what_trying_everything_finds(
    instance: tuple[list[Candidate], Limits],
) -> None:
    candidates, limits = instance
    try:
        choice = choose(candidates, limits, gap=0.0)
    except Refused:
        return
    except Conflict as conflict:
        assert plain.best(candidates, limits) is None
        check_conflict(candidates, limits, conflict)
        return
    found = plain.best(candidates, limits)
    assert found is not None
    assert choice.proven
    assert abs(choice.objective - found[0]) < 1e-6
    assert abs(choice.bound - found[0]) < 1e-6
    starts = dict(choice.starts)
    assert plain.faults(candidates, limits, starts) == set()
    assert abs(plain.points(candidates, limits, starts) - found[0]) < 1e-6
    _check_reasons(candidates, limits, choice)


def check_conflict(
    candidates: list[Candidate], limits: Limits, conflict: Conflict
) -> None:
    """The named limits alone allow no plan, and each one less allows some plan."""
    assert conflict.irreducible
    names = set(conflict.names)
    plans = list(plain.every_plan(candidates, limits))

    def possible(kept: set[str]) -> bool:
        dropped = frozenset(every_name(candidates, limits) - kept)
        return any(not plain.faults(candidates, limits, p, dropped) for p in plans)

    assert not possible(names)
    for name in names:
        assert possible(names - {name})


def every_name(candidates: list[Candidate], limits: Limits) -> set[str]:
    names = set()
    for plan in plain.every_plan(candidates, limits):
        names |= plain.faults(candidates, limits, plan)
    pools = {p.name for p in limits.pools} | {"APBD", "DAK"}
    years = range(START, START + limits.years)
    return names | {f"ceiling:{p}:{y}" for p in pools for y in years}


def _check_reasons(candidates: list[Candidate], limits: Limits, choice: Choice) -> None:
    """What a reason says breaks, breaks; what it says fits, adds nothing."""
    for c in candidates:
        reason = choice.reasons[c.code]
        assert reason.chosen == (choice.starts[c.code] is not None)
        if reason.chosen:
            broken = plain.faults(candidates, limits, {**choice.starts, c.code: None})
            assert set(reason.limits) == broken
            continue
        if reason.kind == "no_time":
            assert plain.every_start(c, limits) == []
            continue
        for year in plain.every_start(c, limits):
            plan = {**choice.starts, c.code: year}
            broken = plain.faults(candidates, limits, plan)
            if reason.kind in {"forbidden", "not_sustainable"}:
                assert set(reason.limits) <= broken
                continue
            told = set(reason.params["starts"][str(year)])
            # a source that asks for more than it has is told beside the pool that pays
            assert broken <= told
            assert all(name.startswith("ceiling:DAK") for name in told - broken)
            if not told:
                more = plain.points(candidates, limits, plan)
                assert more <= choice.objective + 1e-6
        _check_room(candidates, limits, choice, c)


def _check_room(
    candidates: list[Candidate], limits: Limits, choice: Choice, c: Candidate
) -> None:
    """When those named leave, it fits in some year."""
    leaving = choice.reasons[c.code].displaced_by
    if not leaving:
        return
    rest = {**choice.starts, **dict.fromkeys(leaving)}
    assert any(
        not plain.faults(candidates, limits, {**rest, c.code: year})
        for year in plain.every_start(c, limits)
    )
