import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habaring.engines.likeness import Feature, Place, PlacesRefused, alike
from habaring.engines.likeness._places import Value
from tests.engines.likeness import plain

PEOPLE = Feature("people", 2.0, log=True)
CROWD = Feature("density", 1.0, log=True)
WHERE = Feature("where", 1.0, "path")
FEATURES = [PEOPLE, CROWD, WHERE]


def place(
    code: str,
    people: Value = None,
    density: Value = None,
    where: Value = None,
) -> Place:
    return Place(code, {"people": people, "density": density, "where": where})


def test_a_twin_in_everything_is_wholly_alike_and_says_so_for_each_feature() -> None:
    found = alike(
        "a",
        [
            place("a", 100.0, 5.0, "kal/62"),
            place("b", 100.0, 5.0, "kal/62"),
            place("c", 9000.0, 500.0, "jawa/32"),
        ],
        FEATURES,
    )
    assert [one.code for one in found] == ["b", "c"]
    assert found[0].score == found[0].low == found[0].high == found[0].known == 1
    assert [reason.likeness for reason in found[0].reasons] == [1, 1, 1]
    assert found[1].score < 0.1


def test_the_same_island_is_half_the_way() -> None:
    found = alike(
        "a",
        [place("a", where="kal/62"), place("b", where="kal/64"), place("c", where="x")],
        [WHERE],
    )
    assert {one.code: one.score for one in found} == {"b": 0.5, "c": 0.0}


def test_what_is_not_known_counts_as_the_mean_and_widens_the_range() -> None:
    rows = [
        place("a", 100.0, where="kal/62"),
        place("b", 100.0, where="kal/62"),
        place("c", None, where="kal/62"),
        place("d", 9000.0, where="kal/62"),
    ]
    found = {one.code: one for one in alike("a", rows, [PEOPLE, WHERE])}
    unknown = found["c"]
    assert unknown.reasons[0].likeness is None
    assert unknown.known == pytest.approx(1 / 3)
    assert unknown.low == pytest.approx(1 / 3)
    assert unknown.high == 1
    mean = (1 + (found["d"].reasons[0].likeness or 0)) / 2
    assert unknown.score == pytest.approx((2 * mean + 1) / 3)
    assert found["b"].score > unknown.score > found["d"].score


def test_what_nobody_tells_makes_no_order() -> None:
    found = alike("a", [place("a"), place("c"), place("b")], [PEOPLE])
    assert [(one.code, one.score, one.known) for one in found] == [
        ("b", 0.5, 0),
        ("c", 0.5, 0),
    ]


@pytest.mark.parametrize(
    ("own", "rows", "features", "words"),
    [
        ("x", [place("a")], FEATURES, "x is not among"),
        ("a", [place("a"), place("a")], FEATURES, "twice"),
        ("a", [place("a")], [], "features must be named"),
        ("a", [place("a")], [Feature("people", 0)], "above zero"),
        ("a", [place("a", -1.0)], FEATURES, "cannot be -1.0"),
        ("a", [place("a", "many")], FEATURES, "cannot be 'many'"),
        ("a", [place("a", where=3.0)], FEATURES, "cannot be 3.0"),
    ],
)
def test_a_question_without_sense_is_refused(
    own: str, rows: list[Place], features: list[Feature], words: str
) -> None:
    with pytest.raises(PlacesRefused, match=words):
        alike(own, rows, features)


number = st.one_of(st.none(), st.floats(0.5, 1e7))
path = st.one_of(st.none(), st.sampled_from(["kal/62", "kal/64", "jawa/32", "jawa"]))


@given(st.lists(st.tuples(number, number, path), min_size=2, max_size=12))
def test_the_same_as_the_plain_twin(
    rows: list[tuple[float | None, float | None, str | None]],
) -> None:
    everyone = [place(f"r{i:02}", *row) for i, row in enumerate(rows)]
    ours = alike("r00", everyone, FEATURES)
    theirs = {row[0]: row for row in plain.alike("r00", everyone, FEATURES)}
    for one in ours:
        _code, score, low, high = theirs[one.code]
        assert one.score == pytest.approx(score, abs=1e-7)
        assert one.low == pytest.approx(low, abs=1e-7)
        assert one.high == pytest.approx(high, abs=1e-7)
        assert sum(reason.part for reason in one.reasons) == pytest.approx(one.score)
        assert sum(r.lacks for r in one.reasons) == pytest.approx(1 - one.score)
        assert -1e-9 <= one.low <= one.score + 1e-9 <= one.high + 2e-9 <= 1 + 3e-9
    assert [one.score for one in ours] == sorted((o.score for o in ours), reverse=True)


def test_by_hand_three_regions_two_numbers_and_the_parts_add_up() -> None:
    """Widths: of 21 regions 0, 5, … 100 the middle nine tenths are 5 to 95, so 90.

    r04 (20) and r10 (50) are 30 apart: 1 - 30/90 = 2/3; the same island: 1/2. With
    weights 3 and 1: (3 x 2/3 + 1 x 1/2) / 4 = 0.625.
    """
    rows = [
        Place(f"r{n:02}", {"height": 5.0 * n, "where": f"kal/{n % 2}"})
        for n in range(21)
    ]
    height = Feature("height", 3.0)
    rows[10] = Place("r10", {"height": 50.0, "where": "kal/9"})
    found = {one.code: one for one in alike("r04", rows, [height, WHERE])}
    told = found["r10"]
    assert told.score == pytest.approx(0.625)
    assert [reason.part for reason in told.reasons] == pytest.approx([0.5, 0.125])
    assert [reason.lacks for reason in told.reasons] == pytest.approx([0.25, 0.125])


@given(st.lists(st.tuples(number, number, path), min_size=2, max_size=8))
def test_likeness_is_the_same_seen_from_either_side(
    rows: list[tuple[float | None, float | None, str | None]],
) -> None:
    everyone = [place(f"r{i:02}", *row) for i, row in enumerate(rows)]
    here = {one.code: one for one in alike("r00", everyone, FEATURES)}
    for other in everyone[1:]:
        back = {one.code: one for one in alike(other.code, everyone, FEATURES)}
        ours = [reason.likeness for reason in here[other.code].reasons]
        theirs = [reason.likeness for reason in back["r00"].reasons]
        assert ours == theirs


@pytest.mark.real_data
def test_the_regions_most_like_kotim_are_wide_and_thinly_peopled(
    shared_data: Path,
) -> None:
    with (shared_data / "regions" / "regions_514.csv").open() as file:
        rows = list(csv.DictReader(file))
    everyone = [
        place(
            row["code"],
            float(row["population"]),
            float(row["density_per_km2"]),
            f"{row['island_group']}/{row['province_code']}",
        )
        for row in rows
    ]
    known = {row["code"]: row for row in rows}
    nearest = alike("62.02", everyone, FEATURES)[:8]
    assert len(everyone) == 514
    assert nearest[0].score > 0.9
    assert all(float(known[one.code]["density_per_km2"]) < 120 for one in nearest)
    assert sum(known[one.code]["island_group"] == "Kalimantan" for one in nearest) >= 6
    farthest = alike("62.02", everyone, FEATURES)[-1]
    assert float(known[farthest.code]["density_per_km2"]) > 1000
