"""Small elections full of ties, of every kind, with every limit; and rules for them."""

from collections.abc import Sequence

from hypothesis import strategies as st

from habaring.engines.counting._ballots import gather
from habaring.engines.counting._values import (
    Completion,
    Election,
    Kind,
    Limits,
    Measure,
    Project,
    Rule,
    RuleName,
)

APPROVALS = (Kind.APPROVAL, Kind.CHOOSE_ONE)
POINTS = (Kind.CUMULATIVE, Kind.SCORING)
MEASURES = {
    Kind.APPROVAL: (Measure.COST, Measure.CARDINALITY),
    Kind.CHOOSE_ONE: (Measure.COST, Measure.CARDINALITY),
    Kind.CUMULATIVE: (Measure.SCORE, Measure.COST, Measure.CARDINALITY),
    Kind.SCORING: (Measure.SCORE, Measure.COST, Measure.CARDINALITY),
    Kind.ORDINAL: (
        Measure.BORDA,
        Measure.BORDA_ONE,
        Measure.COST,
        Measure.CARDINALITY,
    ),
}


def election(
    costs: dict[str, int],
    ballots: Sequence[str],
    budget: int,
    **more: object,
) -> Election:
    """An approval election by hand: `election({"a": 3}, ["a", "", "2*ab"], 6)`.

    A ballot is a string of one-letter ids, perhaps with how many people cast it.
    """
    place = {id_: n for n, id_ in enumerate(costs)}
    rows = []
    for ballot in ballots:
        times, _, listed = ballot.rpartition("*")
        rows += [([place[c] for c in listed], ())] * int(times or 1)
    projects = tuple(Project(id_, cost) for id_, cost in costs.items())
    kind = more.get("kind", Kind.APPROVAL)
    return Election(budget, projects, gather(Kind(str(kind)), rows), **more)  # type: ignore[arg-type]


@st.composite
def elections(
    draw: st.DrawFn, kinds: Sequence[Kind] = tuple(Kind), *, limits: bool = True
) -> Election:
    """Up to six projects and eight people; costs and budget so small that ties abound.

    Now and then: costs of 0 or above the budget, empty ballots, nobody at all, limits,
    a tie order of its own, cents.
    """
    kind = draw(st.sampled_from(list(kinds)))
    unit = draw(st.sampled_from((10, 1, 7)))  # in finer money add1 has more steps
    many = draw(st.sampled_from((6, 5, 4, 3, 2, 1)))
    costs = draw(st.lists(st.sampled_from((2, 1, 3, 2, 1, 4, 2, 6, 3, 0, 13)), min_size=many, max_size=many))  # fmt: skip
    ids = draw(st.permutations(["10", "2", "b", "a", "B", "1"]))[:many]
    projects = tuple(
        Project(
            id_,
            cost * unit,
            district=draw(st.sampled_from(("", "north", "south"))) if limits else "",
            categories=tuple(
                draw(st.lists(st.sampled_from(("green", "roads")), unique=True))
            )
            if limits
            else (),
        )
        for id_, cost in zip(ids, costs, strict=True)
    )
    voters = draw(st.sampled_from((8, 7, 6, 5, 4, 3, 2, 1, 0)))
    rows = draw(st.lists(_row(kind, many), min_size=voters, max_size=voters))
    points_scale = draw(st.sampled_from((1, 10))) if kind in POINTS else 1
    return Election(
        budget=unit * draw(st.sampled_from((6, 8, 7, 5, 10, 12, 4, 3, 2, 1, 0))),
        projects=projects,
        ballots=gather(kind, rows, points_scale=points_scale),
        kind=kind,
        scale=draw(st.sampled_from((1, 1, 2))),
        limits=draw(_limits(ids, unit)) if limits else Limits(),
        tie_order=tuple(draw(st.permutations(ids))) if draw(st.booleans()) else (),
    )


@st.composite
def _row(draw: st.DrawFn, kind: Kind, many: int) -> tuple[list[int], list[int]]:
    if kind == Kind.CHOOSE_ONE:
        chosen = draw(st.integers(0, many))
        return [chosen] if chosen < many else [], []
    marked = draw(st.lists(st.booleans(), min_size=many, max_size=many))
    listed = [p for p in range(many) if marked[p]]
    if kind == Kind.ORDINAL:
        return draw(st.permutations(listed)), []
    if kind == Kind.APPROVAL:
        return listed, []
    points = st.lists(st.integers(0, 3), min_size=len(listed), max_size=len(listed))
    return listed, draw(points)


@st.composite
def _limits(draw: st.DrawFn, ids: Sequence[str], unit: int) -> Limits:
    if draw(st.booleans()):
        return Limits()
    conflict = st.frozensets(st.sampled_from(ids), min_size=2, max_size=3)
    conflicts = st.lists(conflict, max_size=2) if len(ids) > 1 else st.just([])
    amounts = st.sampled_from((4, 3, 2, 6, 0)).map(unit.__mul__)
    return Limits(
        minimum_votes=draw(st.sampled_from((0, 0, 1, 2, 3))),
        conflicts=tuple(draw(conflicts)),
        categories=draw(
            st.dictionaries(st.sampled_from(("green", "roads")), amounts, max_size=1)
        ),
        districts=draw(
            st.dictionaries(st.sampled_from(("north", "south")), amounts, max_size=1)
        ),
    )


@st.composite
def rules(draw: st.DrawFn, kind: Kind, name: RuleName) -> Rule:
    """A rule that fits the kind of ballot, with every measure and completion."""
    measure = draw(st.sampled_from(MEASURES[kind]))
    completion = Completion.NONE
    if name == RuleName.EQUAL_SHARES:
        completion = draw(st.sampled_from(list(Completion)))
    ties = draw(
        st.lists(st.sampled_from(("max_votes", "min_cost", "max_cost")), max_size=2)
    )
    return Rule(name, measure, completion, tuple(ties))
