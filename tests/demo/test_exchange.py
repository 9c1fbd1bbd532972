"""The real practices that the package ships: each with its region and its source, and
nothing about what came of it; the example stays an example.
"""

import tomllib

from habaring.config.demo import story
from habaring.exchange.models import Licence, Result
from habaring.exchange.shipped import shipped
from habaring.regions import register

ROWS = list(shipped())


def test_every_real_practice_has_a_region_a_dimension_and_a_source() -> None:
    regions = {unit.code for unit in register.shipped()}
    assert len(ROWS) >= 30
    for row in ROWS:
        assert row.region in regions
        assert row.draft.dimension_code in {"GOV", "BRA", "ECO", "LIV", "SOC", "ENV"}
        assert row.draft.source_title
        assert row.draft.summary
    titles = [(row.region, row.draft.title) for row in ROWS]
    assert len(set(titles)) == len(titles)


def test_nothing_is_invented_about_what_came_of_them() -> None:
    for row in ROWS:
        draft = row.draft
        assert draft.result == Result.UNMEASURED
        told = (draft.outcome, draft.lessons, draft.contact, draft.regulation)
        assert told == ("", "", "", "")
        assert (draft.cost, draft.running_cost, draft.value_after) == (None,) * 3
        assert draft.licence == Licence.ASK


def test_the_example_names_regions_that_are_there() -> None:
    told = tomllib.loads(story._text("exchange.toml"))
    regions = {unit.code for unit in register.shipped()}
    assert {one["region"] for one in told["adoption"]} <= regions
    real = {(row.region, row.draft.title) for row in ROWS}
    own = told["own_adoption"]
    assert (own["region"], own["title"]) in real
