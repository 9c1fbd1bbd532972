"""Pabulib files: what is read, and what is refused on which line."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habaring.engines.counting import (
    Election,
    Kind,
    Limits,
    Refused,
    limits_in,
    read_pabulib,
    rule_in,
)
from habaring.engines.counting._pabulib import read_row_by_row
from habaring.engines.counting._pabulib_text import MAX_LINE

TOWN = """\
META
key;value
description;Two streets
num_projects;3
num_votes;5
budget;1000
vote_type;approval
max_length;3
PROJECTS
project_id;cost;votes;name;category;selected
a;600.50;3;Lamps;light,safety;1
b;300;2;"Trees; of two kinds";green;0
x y;0;1;Paint;;0
VOTES
voter_id;vote;age
1;a,b;30
2;a;31
3;b,a;32
4;x y;
5;;34
"""
"""Line 11 is the first project, line 16 the first voter."""

POINTS = TOWN.replace("approval", "cumulative").replace(
    "voter_id;vote;age\n1;a,b;30\n2;a;31\n3;b,a;32\n4;x y;\n5;;34\n",
    "voter_id;vote;points\n1;a,b;2,1.5\n2;a;3\n3;b,a;1.50,2\n4;x y,a;1,0\n5;;\n",
)


def same(one: Election, other: Election) -> None:
    """Everything equal, bit by bit."""
    for name in ("starts", "projects", "people", "points"):
        ours, theirs = getattr(one.ballots, name), getattr(other.ballots, name)
        assert ours.dtype == theirs.dtype
        assert ours.tolist() == theirs.tolist()
        assert not ours.flags.writeable
    told = (
        "budget",
        "projects",
        "kind",
        "scale",
        "limits",
        "tie_order",
        "meta",
        "notes",
    )
    for name in told:
        assert getattr(one, name) == getattr(other, name), name
    assert one.ballots.points_scale == other.ballots.points_scale


def listed(election: Election) -> list[tuple[list[int], int]]:
    ballots = election.ballots
    ends = pairwise(ballots.starts.tolist())
    groups = [ballots.projects[start:end].tolist() for start, end in ends]
    return list(zip(groups, ballots.people.tolist(), strict=True))


def problems(text: str | bytes, *, lenient: bool = False) -> list[tuple[int, str]]:
    data = text.encode() if isinstance(text, str) else text
    found = []
    for reader in (read_pabulib, read_row_by_row):
        with pytest.raises(Refused) as refused:
            reader(data, lenient=lenient)
        found.append([(one.line, one.code) for one in refused.value.problems])
    assert found[0] == found[1]
    return found[0]


def test_a_file_is_read_in_whole_units() -> None:
    election = read_pabulib(TOWN.encode())
    assert (election.budget, election.scale) == (10000, 10)
    assert [p.cost for p in election.projects] == [6005, 3000, 0]
    assert election.projects[1].name == "Trees; of two kinds"
    assert election.projects[0].categories == ("light", "safety")
    assert election.projects[0].more == {"selected": "1"}
    assert listed(election) == [([0, 1], 2), ([0], 1), ([2], 1), ([], 1)]
    assert election.meta["description"] == "Two streets"
    assert election.notes == ()
    same(election, read_row_by_row(TOWN.encode()))


def test_points_keep_their_decimals_and_no_points_are_no_support() -> None:
    election = read_pabulib(POINTS.encode())
    assert election.ballots.points_scale == 10
    assert election.ballots.points.tolist() == [20, 15, 30, 10]
    assert listed(election) == [([0, 1], 2), ([0], 1), ([2], 1), ([], 1)]


def test_a_ranking_keeps_its_order() -> None:
    election = read_pabulib(TOWN.replace("approval", "ordinal").encode())
    groups = [([0, 1], 1), ([0], 1), ([1, 0], 1), ([2], 1), ([], 1)]
    assert listed(election) == groups


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + TOWN,
        TOWN.replace("\n", "\r\n"),
        TOWN.rstrip("\n"),
        TOWN.replace("1;a,b;", " 1 ; a , b ;"),
        TOWN + "\n\n",
    ],
)
def test_marks_line_ends_and_spaces_change_nothing(text: str) -> None:
    same(read_pabulib(text.encode()), read_pabulib(TOWN.encode()))


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("META\nkey", "Meta data\nkey", 1, "outside"),
        ("budget;1000\n", "", 0, "key_missing"),
        ("budget;1000", "budget;-1", 6, "negative"),
        ("budget;1000", "budget;NaN", 6, "not_money"),
        ("budget;1000", "budget;1e9", 6, "not_money"),
        ("budget;1000", "budget;inf", 6, "not_money"),
        ("budget;1000", "budget;" + "9" * 40, 6, "too_many_digits"),
        ("budget;1000", "budget;1.0000001", 6, "too_many_digits"),
        ("budget;1000", "budget;1000\nbudget;1000", 7, "key_again"),
        ("num_votes;5", "num_votes;6", 5, "num_votes"),
        ("num_votes;5", "num_votes;five", 5, "not_a_count"),
        ("num_projects;3", "num_projects;2", 4, "num_projects"),
        ("approval", "acclaim", 7, "vote_type"),
        ("approval", "cumulative", 15, "column_missing"),
        ("approval", "choose-1", 16, "choose_one"),
        ("max_length;3", "max_length;1", 16, "too_long"),
        ("max_length;3", "min_length;2", 17, "too_short"),
        ("project_id;cost", "project_id;price", 10, "column_missing"),
        ("project_id;cost;votes", "project_id;cost;cost", 10, "column_again"),
        ("a;600.50", "a;-600", 11, "negative"),
        ("a;600.50", "a;", 11, "not_money"),
        ("b;300", "a;300", 12, "project_again"),
        ("b;300", ";300", 12, "id_missing"),
        ("green;0", "green;0;0", 12, "cells"),
        ("voter_id;vote", "voter;vote", 15, "column_missing"),
        ("2;a;31", "2;a;31;more", 17, "cells"),
        ("2;a;31", "2", 17, "cells"),
        ("2;a;31", "1;a;31", 17, "voter_again"),
        ("2;a;31", "2;z;31", 17, "unknown_project"),
        ("2;a;31", "2;a,,b;31", 17, "empty_entry"),
        ("2;a;31", ";a;31", 17, "id_missing"),
        ("2;a;31", "2;a\x00;31", 17, "control_character"),
        ("2;a;31", "2;a\r;31", 17, "control_character"),
        ("2;a;31", '2;"a;31', 17, "quotes"),
        ("2;a;31", "META", 17, "section_again"),
        ("Lamps", '"La"mps', 11, "quotes"),
        ("2;a;31", "2;" + "a," * MAX_LINE + ";31", 17, "line_too_long"),
        ("VOTES\n", "", 19, "section_missing"),
    ],
)
def test_refused_with_the_line(old: str, new: str, line: int, code: str) -> None:
    assert old in TOWN
    assert (line, code) in problems(TOWN.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("2;a;3\n", "2;a;-3\n", 17, "negative"),
        ("2;a;3\n", "2;a;3,1\n", 17, "points_missing"),
        ("2;a;3\n", "2;a;NaN\n", 17, "not_money"),
        ("max_length;3", "max_sum_points;3", 16, "too_many_points"),
        ("max_length;3", "min_sum_points;2", 19, "too_few_points"),
        ("max_length;3", "default_score;1", 8, "default_score"),
    ],
)
def test_points_refused_with_the_line(old: str, new: str, line: int, code: str) -> None:
    assert old in POINTS
    assert (line, code) in problems(POINTS.replace(old, new, 1))


def test_every_problem_at_once_but_no_more_than_twenty() -> None:
    text = TOWN.replace("1;a,b;30\n", "".join(f"v{n};q;\n" for n in range(50)))
    with pytest.raises(Refused) as refused:
        read_pabulib(text.encode())
    assert len(refused.value.problems) == 20
    assert refused.value.more == 31  # the count of votes is wrong, too
    assert str(refused.value).endswith("and 31 more")


def test_text_that_is_not_utf8_is_refused_on_its_line() -> None:
    data = TOWN.encode().replace(b"4;x y;", b"4;x \xff;")
    assert problems(data) == [(19, "not_utf8")]


@pytest.mark.parametrize("length", range(0, len(TOWN) - 7, 7))
def test_a_truncated_file_is_refused(length: int) -> None:
    assert problems(TOWN.encode()[:length])


def test_a_lenient_reader_mends_and_says_so() -> None:
    text = TOWN.replace("2;a;31", "2;a,a,q,;31").replace("num_votes;5", "num_votes;9")
    election = read_pabulib(text.encode(), lenient=True)
    assert listed(election) == [([0, 1], 2), ([0], 1), ([2], 1), ([], 1)]
    notes = [(note.line, note.code) for note in election.notes]
    assert notes == [
        (17, "too_long"),
        (17, "twice_in_ballot"),
        (17, "unknown_project"),
        (17, "empty_entry"),
        (5, "num_votes"),
    ]
    assert problems(TOWN.replace("2;a;31", "1;a;31"), lenient=True)


def test_what_is_odd_in_real_files_is_noted_only() -> None:
    text = TOWN.replace("2;a;31", "2;a,a;31").replace("x y;0;1", "x y;0;7")
    text = text.replace("max_length;3", "max_sum_cost;900")
    election = read_pabulib(text.encode())
    assert [(note.line, note.code) for note in election.notes] == [
        (16, "over_knapsack"),
        (17, "twice_in_ballot"),
        (18, "over_knapsack"),
        (13, "votes_differ"),
    ]


def test_limits_of_other_towns_are_taken_only_when_asked() -> None:
    text = TOWN.replace(
        "max_length;3",
        "min_project_score_threshold;2\ncategories;light,green\n"
        "budget_per_category;700,0.25",
    )
    election = read_pabulib(text.encode())
    assert election.limits == Limits()
    assert rule_in(election) is None
    assert election.scale == 100
    assert limits_in(election) == Limits(2, categories={"light": 70000, "green": 25})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("count_rule", "majority"),
        ("count_measure", "beauty"),
        ("count_completion", "add2"),
        ("count_ties", "max_votes,coin"),
        ("count_minimum_votes", "-1"),
        ("count_conflicts", "a,q"),
    ],
)
def test_a_key_of_ours_that_is_not_known_is_refused(key: str, value: str) -> None:
    rule = "" if key == "count_rule" else "\ncount_rule;greedy"
    text = TOWN.replace("max_length;3", f"{key};{value}{rule}")
    assert [line for line, _ in problems(text)] == [8]


def test_the_order_of_ties_must_number_all_projects() -> None:
    text = TOWN.replace(";selected", ";tie_order").replace(";green;0", ";green;2")
    text = text.replace("x y;0;1;Paint;;0", "x y;0;1;Paint;;3")
    assert read_pabulib(text.encode()).tie_order == ("a", "b", "x y")
    assert problems(text.replace(";;3", ";;2")) == [(10, "tie_column")]


def test_ballots_that_share_a_hash_are_not_joined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = "habaring.engines.counting._pabulib_bulk._hash"
    monkeypatch.setattr(module, lambda values: np.ones(len(values), np.uint64))
    same(read_pabulib(TOWN.encode()), read_row_by_row(TOWN.encode()))


CELLS = st.sampled_from(
    ["a", "b", "x y", "q", "a,b", "b,a", "a,a", "", " ", "1", "2", "99", "-1", "0.5"]
)
LINES = st.sampled_from(
    ["META", "PROJECTS", "VOTES", "", ";", '"', "budget;7", "c;5;0;C;;0", "vote_type;x"]
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([TOWN, POINTS, TOWN.replace("approval", "ordinal")]),
    st.lists(st.tuples(st.integers(0, 19), st.integers(0, 5), CELLS), max_size=3),
    st.lists(st.tuples(st.integers(0, 19), LINES), max_size=1),
    st.booleans(),
)
def test_both_readers_always_say_the_same(
    text: str,
    cells: list[tuple[int, int, str]],
    lines: list[tuple[int, str]],
    lenient: bool,
) -> None:
    rows = text.splitlines()
    for row, column, cell in cells:
        parts = rows[row].split(";")
        parts[column % len(parts)] = cell
        rows[row] = ";".join(parts)
    for row, line in lines:
        rows.insert(row, line)
    _same_of_both("\n".join(rows).encode(), lenient=lenient)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(TOWN)), st.integers(0, 40), st.binary(max_size=12))
def test_no_bytes_break_the_reader(start: int, cut: int, put: bytes) -> None:
    data = TOWN.encode()
    _same_of_both(data[:start] + put + data[start + cut :], lenient=False)


def _same_of_both(data: bytes, *, lenient: bool) -> None:
    told: list[Election | list[str]] = []
    for reader in (read_pabulib, read_row_by_row):
        try:
            told.append(reader(data, lenient=lenient))
        except Refused as refused:
            told.append([problem.text for problem in refused.problems])
    one, other = told
    if isinstance(one, Election) and isinstance(other, Election):
        same(one, other)
    else:
        assert one == other


@pytest.mark.real_data
def test_every_real_file_is_read_both_ways(shared_data: Path) -> None:
    files = sorted((shared_data / "pb").glob("*.pb"))
    assert len(files) == 240
    for file in files:
        data = file.read_bytes()
        election = read_pabulib(data)
        same(election, read_row_by_row(data))
        assert election.ballots.voters == int(election.meta["num_votes"])
        assert election.kind in Kind
