"""Files that are written: read again they are the same election, under the same rule."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habaring.engines.counting import (
    Completion,
    Election,
    Kind,
    Limits,
    Measure,
    Project,
    Refused,
    Rule,
    RuleName,
    VoteRow,
    audit,
    audit_json,
    count,
    gather,
    read_pabulib,
    rule_in,
    usual_measure,
    write_pabulib,
)
from tests.engines.counting.elections import elections, rules
from tests.engines.counting.test_pabulib import POINTS, TOWN, same

SHARES = Rule(completion=Completion.ADD1_GREEDY, ties=("max_votes", "min_cost"))


def village() -> Election:
    """Three lamps and a road, with every limit."""
    return Election(
        budget=900,
        projects=(
            Project("U1", 300, name="Lamp; first", district="North", categories=("x",)),
            Project("U2", 300, name="Lampu \n dua"),
            Project("U10", 600, name='A "road"', beneficiaries=("young", "old")),
        ),
        ballots=gather(
            Kind.APPROVAL, [([0, 2], ()), ([1], ()), ([2, 0], ()), ([], ())]
        ),
        limits=Limits(
            2,
            (frozenset({"U2", "U1"}), frozenset({"U10", "U2"})),
            {"x": 500},
            {"North": 400},
        ),
        tie_order=("U10", "U2", "U1"),
        meta={"description": "Village", "currency": "IDR"},
    )


FILE = """\
META
key;value
description;Village
currency;IDR
num_projects;3
num_votes;4
budget;900
vote_type;approval
rule;equalshares/add1
count_rule;equal-shares
count_measure;cost
count_completion;add1-greedy
count_ties;max_votes,min_cost
count_minimum_votes;2
count_conflicts;U1,U2,,U10,U2
categories;x
budget_per_category;500
neighborhoods;North
budget_per_neighborhood;400
PROJECTS
project_id;cost;votes;name;category;neighborhood;beneficiaries;tie_order
U1;300;2;"Lamp; first";x;North;;3
U2;300;1;Lampu   dua;;;;2
U10;600;2;"A ""road""\";;;young,old;1
VOTES
voter_id;vote
K7;U1,U10
Q2;
R4;U10,U1
Z9;U2
"""


def test_a_published_file() -> None:
    rows = [
        VoteRow("K7", ("U1", "U10")),
        VoteRow("Q2", ()),
        VoteRow("R4", ("U10", "U1")),
        VoteRow("Z9", ("U2",)),
    ]
    data = write_pabulib(village(), rule=SHARES, rows=rows)
    assert data.decode() == FILE
    again = read_pabulib(data)
    assert rule_in(again) == SHARES
    assert (again.limits, again.tie_order) == (village().limits, village().tie_order)
    assert again.projects[2] == village().projects[2]
    assert write_pabulib(again, rule=SHARES, rows=rows) == data


def test_winners_are_marked() -> None:
    text = write_pabulib(village(), outcome=count(village(), SHARES)).decode()
    marked = [
        project.more["selected"] for project in read_pabulib(text.encode()).projects
    ]
    assert marked == ["1", "0", "1"]


@pytest.mark.parametrize(
    "rows",
    [
        [VoteRow("K7", ("U1",))],
        [VoteRow("K7", ("U1", "U10"))] * 2 + [VoteRow("Q2", ("U2",)), VoteRow("", ())],
        [VoteRow(str(n), ("U2",)) for n in range(4)],
    ],
)
def test_rows_that_are_not_the_ballots_are_refused(rows: list[VoteRow]) -> None:
    with pytest.raises(Refused):
        write_pabulib(village(), rule=SHARES, rows=rows)


@pytest.mark.parametrize("id_", ["", "a,b", " a", "a\nb"])
def test_ids_that_do_not_fit_are_refused(id_: str) -> None:
    projects = (Project(id_, 1), *village().projects[1:])
    with pytest.raises(Refused):
        write_pabulib(replace(village(), projects=projects, tie_order=()))


def test_limits_that_were_not_counted_with_do_not_stay_in_the_file() -> None:
    text = TOWN.replace("max_length;3", "categories;light\nbudget_per_category;1")
    written = write_pabulib(read_pabulib(text.encode()), rule=Rule())
    assert read_pabulib(written).limits == Limits()


@pytest.mark.parametrize("text", [TOWN, POINTS, TOWN.replace("approval", "ordinal")])
def test_a_file_that_was_read_keeps_everything(text: str) -> None:
    election = read_pabulib(text.encode())
    written = write_pabulib(election)
    same(read_pabulib(written), election)
    assert write_pabulib(read_pabulib(written)) == written


@st.composite
def cases(draw: st.DrawFn) -> tuple[Election, Rule]:
    election = draw(elections())
    return election, draw(rules(election.kind, RuleName.GREEDY))


@settings(max_examples=200, deadline=None)
@given(cases())
def test_whatever_is_written_counts_the_same(case: tuple[Election, Rule]) -> None:
    election, rule = case
    outcome = count(election, rule)
    written = write_pabulib(election, outcome=outcome)
    again = read_pabulib(written)
    assert rule_in(again) == rule
    assert audit_json(audit(count(again, rule))) == audit_json(audit(outcome))
    # no points are no support: they are not written a second time
    second = write_pabulib(again, rule=rule)
    assert write_pabulib(read_pabulib(second), rule=rule) == second


@pytest.mark.real_data
def test_real_files_keep_everything(shared_data: Path) -> None:
    for file in sorted((shared_data / "pb").glob("*.pb"))[::12]:
        election = read_pabulib(file.read_bytes())
        measure = usual_measure(election.kind)
        rule = Rule(RuleName.GREEDY, measure)
        again = read_pabulib(write_pabulib(election))
        same(replace(again, notes=()), replace(election, notes=()))
        assert rule_in(read_pabulib(write_pabulib(election, rule=rule))) == rule
        assert measure in Measure
