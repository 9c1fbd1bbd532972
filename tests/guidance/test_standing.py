"""Where a region stands, now and in a year of the past; never absent where unknown."""

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils.timezone import localdate

from habaring.guidance import progress, shipped, standing
from habaring.guidance.actions import lists
from habaring.guidance.models import Enrolment
from habaring.guidance.standing import Listed, Stands
from habaring.regions.models import Region
from habaring.shared.refusal import FileRefused
from tests import makers
from tests.guidance import makers as guidance

DAY = timedelta(days=1)


def one(year: int, state: str = "finished") -> Listed:
    return Listed("62.02", year, state)


@pytest.mark.parametrize(
    ("listed", "partial", "evaluated", "year", "stands"),
    [
        ([], False, [], None, Stands.NOT_YET),
        ([], True, [], None, Stands.UNKNOWN),
        ([one(2022)], True, [], None, Stands.FINISHED),
        ([one(2022)], True, [2024], None, Stands.EVALUATED),
        ([one(2022)], True, [2024], 2023, Stands.FINISHED),
        ([one(2022)], True, [], 2022, Stands.GUIDED),
        ([one(2022)], False, [], 2021, Stands.NOT_YET),
        ([one(2022)], True, [], 2021, Stands.UNKNOWN),
        ([one(2026, "guided")], True, [], None, Stands.GUIDED),
        ([one(2026, "applied")], True, [], None, Stands.APPLYING),
        ([one(2026, "refused")], False, [], None, Stands.NOT_YET),
        ([one(2026, "refused")], True, [], None, Stands.UNKNOWN),
        ([one(2019), one(2026, "left")], True, [], None, Stands.FINISHED),
    ],
)
def test_where_a_region_stands(
    listed: Any, partial: Any, evaluated: Any, year: Any, stands: Any
) -> None:
    found = standing.stands(listed, partial=partial, evaluated=evaluated, year=year)
    assert found == stands


def test_the_shipped_lists_are_as_many_as_published_where_they_are_whole() -> None:
    for told in shipped.cohorts():
        codes = [code for one in told["list"] for code in one["codes"]]
        assert len(codes) == len(set(codes))
        assert (len(codes) == told["official_count"]) == told["whole"]
        assert all(one["source"] for one in told["list"])
    assert {told["year"]: told["whole"] for told in shipped.cohorts()} == {
        2017: True,
        2018: True,
        2019: True,
        2021: False,
        2022: False,
        2023: False,
        2024: True,
    }


@pytest.mark.django_db
def test_before_the_first_list_that_is_not_whole_everybody_is_known(
    at: datetime, kotim: Region
) -> None:
    other = makers.region("62.01")
    lists.record_lists(
        years=[lists.ListedYear(2019, 1, whole=True), lists.ListedYear(2022, 50)],
        rows=[lists.ListedRegion("62.02", 2019, "koran")],
        by=None,
        at=at,
    )
    on = localdate(at)
    then = {row.code: row for row in progress.facts(on=on).country(2019).rows}
    now = {row.code: row for row in progress.facts(on=on).country().rows}
    assert then[other.code].stands == Stands.NOT_YET
    assert now[other.code].stands == Stands.UNKNOWN
    assert now[kotim.code].stands == Stands.FINISHED


@pytest.mark.django_db
def test_progress_tells_late_work_and_closed_stages(
    at: datetime, kotim: Region
) -> None:
    guidance.sitting(guidance.enrolled(kotim, at), at)
    later = localdate(at) + 60 * DAY
    row = next(r for r in progress.facts(on=later).country().rows if r.code == "62.02")
    assert (row.work.total, row.work.late, row.work.stages) == (3, 3, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("regions", [1, 12])
def test_the_country_takes_as_many_queries_with_one_region_as_with_twelve(
    at: datetime, django_assert_num_queries: Any, regions: Any
) -> None:
    for n in range(regions):
        guidance_region = makers.region(f"61.{n + 1:02d}")
        lists.record_lists(
            years=[],
            rows=[lists.ListedRegion(guidance_region.code, 2019, "koran")],
            by=None,
            at=at,
        )
    with django_assert_num_queries(7):
        facts = progress.facts(on=localdate(at))
        assert facts.country().rows
        assert facts.country(2019).rows
        assert facts.lines


@pytest.mark.django_db
@pytest.mark.real_data
def test_the_published_lists_load_and_what_is_not_listed_stays_unknown(
    at: datetime, shared_data: Path
) -> None:
    call_command("load_regions", verbosity=0, stdout=io.StringIO())
    path = shared_data / "smartcity" / "cohorts.csv"
    call_command("load", "cohorts", str(path), verbosity=0, stdout=io.StringIO())
    lines = {line.year: line for line in progress.facts(on=localdate(at)).lines}
    assert [lines[y].named for y in (2017, 2018, 2019, 2022, 2024)] == [
        25,
        50,
        25,
        1,
        10,
    ]
    assert lines[2019].total == 98  # Depok and Banyumas stand in two lists
    assert [lines[y].whole for y in (2017, 2018, 2019, 2021, 2022, 2023, 2024)] == [
        True,
        True,
        True,
        False,
        False,
        False,
        True,
    ]
    country = progress.facts(on=localdate(at)).country()
    assert country.counts[Stands.NOT_YET] == 0
    assert len(country.rows) == 514
    assert not Enrolment.objects.get(region="33.12").sure


@pytest.mark.django_db
def test_a_list_with_a_code_that_is_no_region_is_refused_whole(
    at: datetime, tmp_path: Any
) -> None:
    makers.region("62.02")
    path = tmp_path / "daftar.csv"
    path.write_text(
        "region_code,cohort_year,status,source\n"
        "62.02,2022,verified_single,koran\n"
        "99.99,2022,verified_single,koran\n"
    )
    with pytest.raises((FileRefused, SystemExit, Exception)):
        call_command("load", "cohorts", str(path), verbosity=0)
    assert not Enrolment.objects.exists()
