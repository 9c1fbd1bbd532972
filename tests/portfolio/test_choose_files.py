"""The two files of `habaring choose`: both ways, and what is wrong with them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from benchmarks.choose_instances import made
from habaring.engines.choosing import Candidate, Limits
from habaring.portfolio.choose_files import (
    candidates_from_csv,
    candidates_from_rows,
    candidates_to_csv,
    limits_from_toml,
    limits_to_toml,
)
from habaring.shared.refusal import FileRefused

HEAD = "code,name,dimension,duration_years,earliest_year,latest_year"


def told(text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(FileRefused) as refused:
        candidates_from_csv(text)
    return [(p.row, p.column) for p in refused.value.problems]


def test_candidates_come_back_as_they_went_out() -> None:
    candidates, _ = made(40, 4)
    first = replace(
        candidates[0],
        staff={1: 1.5, 2: 0.0, 3: 2.0},
        sustainable={"sdg": False, "owner_after": True},
        name='With "quotes", commas; and\nlines',
        months=None,
        district=None,
        costs={},
        tags=("a", "b"),
    )
    candidates[0] = first
    assert candidates_from_csv(candidates_to_csv(candidates)) == candidates


def test_limits_come_back_as_they_went_out() -> None:
    _, limits = made(300, 4)
    limits = replace(
        limits,
        forbidden=("P0001",),
        require_sustainable=("sdg",),
        ceilings={**limits.ceilings, ("Dana Desa", 2027): 5},
        shares=(*limits.shares, replace(limits.shares[0], name='"x"', year=2028)),
    )
    assert limits_from_toml(limits_to_toml(limits)) == limits
    empty = Limits(2027, 1, {})
    assert limits_from_toml(limits_to_toml(empty)) == empty


def test_a_semicolon_file_with_points_between_thousands() -> None:
    text = (
        "\ufeffcode;name;dimension;earliest_year;quick_win;outcome_ENV;cost_APBD_1;sdg\n"
        "A;Kebun;ENV;2027;ya;1,5;1.250.000;6; \n"
    )
    with pytest.raises(FileRefused):
        candidates_from_csv(text)
    (found,) = candidates_from_csv(text.replace(";6; ", ";6"))
    assert found.costs == {(1, "APBD"): 1_250_000}
    assert found.outcomes == {"ENV": 1.5}
    assert found.quick_win
    assert found.latest == 2027
    assert found.sustainable == {"sdg": True}


def test_typed_cells_and_the_names_of_the_pages_columns() -> None:
    row = {
        "code": "A",
        "name": "Kebun",
        "dimension": "ENV",
        "duration": 2,
        "earliest": 2027,
        "latest": 2028,
        "staff": Decimal("1.5"),
        "quick_win": False,
        "cost_APBD_2": Decimal(5),
        "running_DAK": 7,
        "running_cost_paid_by": "APBD",
        "environment_effect": "-",
        "origin_text": None,
        "illustrative": True,
    }
    (found,) = candidates_from_rows([row])
    assert isinstance(found, Candidate)
    assert found.duration == 2
    assert found.staff == 1.5
    assert found.costs == {(2, "APBD"): 5}
    assert found.running == {"DAK": 7}
    assert found.sustainable == {"running_cost": True, "environment": False}


def test_every_problem_is_named_by_row_and_column() -> None:
    text = (
        f"{HEAD},cost_APBD_1,quick_win,outcome_ENV,weather\n"
        "A,Kebun,ENV,1,2027,2028,12x,maybe,tall,\n"
        ",Pasar,ECO,1,,2028,5,no,1,\n"
    )
    assert told(text) == [
        (2, "weather"),
        (2, "cost_APBD_1"),
        (2, "outcome_ENV"),
        (2, "quick_win"),
        (3, "earliest_year"),
        (3, "code"),
    ]


def test_a_file_without_its_headings() -> None:
    assert told("") == [(1, "code")]
    assert told("code,name\nA,B\n") == [(1, "dimension")]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("start_year = 2027", ["years", "ceilings"]),
        ("x = 1\nstart_year = 2027\nyears = 1\n[ceilings]", ["x"]),
        ("start_year = '2027'\nyears = true\n[ceilings]", ["start_year", "years"]),
        (
            "start_year=2027\nyears=1\nceilings=3\nstaff=1\nweights=1",
            ["ceilings", "staff", "weights"],
        ),
        ("start_year=2027\nyears=1\n[ceilings]\nAPBD=3", ["ceilings.APBD"]),
        ("start_year=2027\nyears=1\n[ceilings.APBD]\nx=3", ["ceilings.APBD.x"]),
        (
            "start_year=2027\nyears=1\n[ceilings.APBD]\n2027=3.5",
            ["ceilings.APBD.2027"],
        ),
        ("start_year=2027\nyears=1\npromised='A'\n[ceilings]", ["promised"]),
        ("start_year=2027\nyears=1\npools=1\n[ceilings]", ["pools"]),
        ("start_year=2027\nyears=1\npools=[1]\n[ceilings]", ["pools[1]"]),
        (
            "start_year=2027\nyears=1\n[ceilings]\n[[shares]]\nname=1\nsense='x'\n"
            "percent='a'\ntag='t'\ny=1",
            ["shares[1].y", "shares[1].name", "shares[1].sense", "shares[1].percent"],
        ),
        (
            "start_year=2027\nyears=1\n[ceilings]\n[[pools]]\nsources=['A']",
            ["pools[1].name"],
        ),
    ],
)
def test_limits_that_cannot_be_read(text: str, keys: list[str]) -> None:
    with pytest.raises(FileRefused) as refused:
        limits_from_toml(text)
    found = [p.column for p in refused.value.problems]
    assert set(keys) <= set(found)


def test_text_that_is_no_toml() -> None:
    with pytest.raises(FileRefused) as refused:
        limits_from_toml("start_year = ")
    assert refused.value.problems == ()
    assert "Invalid value" in str(refused.value)
