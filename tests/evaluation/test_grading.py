"""The arithmetic: golden numbers, a plain twin, what has no evidence."""

from fractions import Fraction
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habaring.evaluation import grading, ranking
from habaring.evaluation.grading import grade
from habaring.evaluation.scheme import Scheme, SchemeError, read

FOLDER = files("habaring.evaluation") / "instruments"
KEDIRI = {"baseline": "3.60", "output": "3.21", "outcome": "3.23", "quick_win": "3.65"}
DIMENSIONS = ("2.75", "2.75", "3.5", "3.33", "3.33", "2.75")


def scheme(code: str = "kominfo-2022") -> Scheme:
    return read((FOLDER / f"{code}.toml").read_text())


def kediri(one: Scheme) -> dict[str, Fraction]:
    """Levels by question that give the measures and dimensions that were published."""
    found = {}
    named = dict(zip(one.dimensions, DIMENSIONS, strict=True))
    for code, question in one.questions.items():
        wanted = named.get(question.dimension) or KEDIRI[question.measure]
        found[code] = Fraction(wanted)
    return found


def shown(value: Fraction) -> str:
    """To two places, half up, as the ministry prints."""
    cents = (value * 100 + Fraction(1, 2)) // 1
    return f"{cents // 100}.{cents % 100:02d}"


def test_the_weights_of_2022_reproduce_kediri() -> None:
    one = scheme()
    found = grade(one, kediri(one))
    assert shown(found.measures["impact"]) == "3.07"
    assert shown(found.index) == "3.31"
    before = Fraction("3.06")
    assert shown(Fraction(shown(found.index)) - before) == "0.25"


def test_the_other_weights_give_another_index() -> None:
    one = scheme("kominfo-30-10")
    assert shown(grade(one, kediri(one)).index) == "3.26"


def test_impact_is_the_mean_of_six_dimensions_not_of_its_questions() -> None:
    one = scheme()
    levels = dict.fromkeys(one.questions, Fraction(0)) | {"I-GOV-1": Fraction(3)}
    found = grade(one, levels)
    assert found.dimensions["GOV"] == 1
    assert found.measures["impact"] == Fraction(1, 6)


def plain_twin(one: Scheme, levels: dict[str, float]) -> float:
    """The same by loops and floats."""
    total = 0.0
    for measure in one.measures:
        groups: dict[str, list[float]] = {}
        for question in measure.questions:
            groups.setdefault(question.dimension, []).append(levels[question.code])
        means = [sum(g) / len(g) for g in groups.values()]
        total += float(measure.weight) / 100 * sum(means) / len(means)
    return total


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 16), min_size=39, max_size=39))
def test_it_agrees_with_a_plain_twin(quarters: list[int]) -> None:
    one = scheme()
    levels = dict(zip(one.questions, [Fraction(q, 4) for q in quarters], strict=True))
    twin = plain_twin(one, {code: float(v) for code, v in levels.items()})
    found = grade(one, levels).index
    assert abs(float(found) - twin) < 1e-9
    assert one.low <= found <= one.high


def changed(code: str, old: str, new: str) -> Scheme:
    return read((FOLDER / f"{code}.toml").read_text().replace(old, new))


def test_an_answer_without_evidence_is_worth_the_lowest_level() -> None:
    one = scheme()
    full = dict.fromkeys(one.questions, Fraction(4))
    found = grade(one, full, uncounted={"O1"})
    assert found.measures["output"] == Fraction(4 * 6, 7)
    assert found.uncounted == ("O1",)


def test_what_becomes_of_it_is_for_the_instrument_to_say() -> None:
    out = changed(
        "kominfo-2022", 'without_proof = "lowest"', 'without_proof = "left_out"'
    )
    full = dict.fromkeys(out.questions, Fraction(4)) | {"O1": Fraction(1)}
    assert grade(out, full, uncounted={"O1"}).measures["output"] == 4
    every = {code for code, q in out.questions.items() if q.measure == "output"}
    nothing = grade(out, full, uncounted=every)
    assert nothing.empty == ("output",)
    assert nothing.measures["output"] == 0
    kept = changed(
        "kominfo-2022", 'without_proof = "lowest"', 'without_proof = "counted"'
    )
    assert grade(kept, full, uncounted={"O1"}).measures["output"] < 4


def test_a_question_without_a_level_counts_as_the_lowest() -> None:
    assert grade(scheme(), {}).index == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight = 10", "weight = 11", "101"),
        ('code = "O2"', 'code = "O1"', "stands twice"),
        ('proof = "present"', 'proof = "rumour"', "proof must be"),
        ('measured = "improvement"', 'measured = "beauty"', "unknown"),
        ("from = 3.25", "from = 9", "outside"),
        ("max = 4", "max = 4.1", "not on a step"),
        ('dimension = "GOV"', 'dimension = "XXX"', "not listed"),
        ("year = 2022", 'year = "soon"', "no number"),
        ("[scale]", "[scale", "no TOML"),
    ],
)
def test_a_wrong_instrument_is_refused_with_its_faults(
    old: str, new: str, said: str
) -> None:
    with pytest.raises(SchemeError, match=said):
        changed("kominfo-2022", old, new)


def test_scale_and_bands_are_the_instruments() -> None:
    one = scheme()
    assert one.band(Fraction("3.31")).code == "leading"  # type: ignore[union-attr]
    assert one.band(Fraction("2.50")).code == "good"  # type: ignore[union-attr]
    assert one.allows(Fraction("3.25"))
    assert not one.allows(Fraction("3.3"))
    assert not one.allows(Fraction(5))
    assert len(one.choices) == 17


@pytest.mark.parametrize("code", ["kominfo-2022", "kominfo-30-10", "habaring-2026"])
def test_every_packaged_instrument_can_be_used(code: str) -> None:
    one = scheme(code)
    assert one.source
    assert len(one.questions) == 39
    assert len(one.prizes) == 7


def test_two_readings_are_joined_by_the_mean_three_by_the_median() -> None:
    two = grading.join([{"a": Fraction(1)}, {"a": Fraction(2)}])
    three = grading.join([{"a": Fraction(1)}, {"a": Fraction(2)}, {"a": Fraction(4)}])
    assert two == {"a": Fraction(3, 2)}
    assert three == {"a": Fraction(2)}


def test_a_third_read_is_wanted_beyond_the_step() -> None:
    one = scheme()
    low = dict.fromkeys(one.questions, Fraction(2))
    high = dict.fromkeys(one.questions, Fraction("2.5"))
    assert not grading.third_wanted(one, low, high, Fraction(1, 2))
    assert grading.third_wanted(one, low, high, Fraction("0.49"))
    baseline = low | {code: Fraction(4) for code in ("B1", "B2", "B3")}
    assert grading.distance(one, low, baseline).index == Fraction(1, 5)
    assert grading.third_wanted(one, low, baseline, Fraction(1, 2))


def field(code: str, *indices: float) -> ranking.Field:
    rows = [{"a": Fraction(str(i)), "b": Fraction(str(i))} for i in indices]
    mean = sum((row["a"] for row in rows), Fraction(0)) / len(rows)
    return ranking.Field(code, mean, {"a": mean, "b": mean}, rows)


WEIGHTS = {"a": Fraction(60), "b": Fraction(40)}


def test_ranks_come_with_the_range_that_they_could_hold() -> None:
    fields = [field("A", 3.0, 3.4), field("B", 3.1, 3.1), field("C", 1.0, 1.2)]
    found = ranking.ranges(fields, WEIGHTS, seed=7)
    assert [found[c].rank for c in "ABC"] == [1, 2, 3]
    assert (found["A"].low, found["A"].high) == (1, 2)
    assert (found["C"].low, found["C"].high) == (3, 3)
    assert found == ranking.ranges(fields, WEIGHTS, seed=7)


def test_equal_indices_share_the_better_rank() -> None:
    found = ranking.ranges([field("A", 3.0), field("B", 3.0)], WEIGHTS, seed=1)
    assert (found["A"].rank, found["B"].rank) == (1, 1)
    assert ranking.ranges([], WEIGHTS, seed=1) == {}


def test_weights_alone_move_ranks_where_measures_differ() -> None:
    def one(code: str, a: str, b: str) -> ranking.Field:
        levels = {"a": Fraction(a), "b": Fraction(b)}
        index = grading.weighted(levels, WEIGHTS)
        return ranking.Field(code, index, levels, ())

    found = ranking.ranges([one("A", "3", "2"), one("B", "2", "3.4")], WEIGHTS, seed=3)
    assert (found["A"].rank, found["A"].low, found["A"].high) == (1, 1, 2)
