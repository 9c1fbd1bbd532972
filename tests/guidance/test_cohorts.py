"""A cohort from its call to its regions, and each refusal on the way."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from habaring.guidance import methods
from habaring.guidance.actions import cohorts, lists, mentors
from habaring.guidance.actions.mentors import Guide
from habaring.guidance.models import (
    Application,
    Cohort,
    Enrolment,
    Standing,
)
from habaring.people.models import Account, Membership
from habaring.regions.models import Region
from tests import makers
from tests.guidance import makers as guidance

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_cohort_comes_with_four_stages_and_their_assignments(at: datetime) -> None:
    row = guidance.cohort(at)
    assert [stage.number for stage in row.stages.all()] == [1, 2, 3, 4]
    assert row.stages.get(number=1).templates.count() == 3


def test_a_year_has_one_cohort(at: datetime) -> None:
    guidance.cohort(at)
    with pytest.raises(cohorts.CohortRefused):
        guidance.cohort(at)


def test_a_call_that_ends_before_it_begins_is_refused(at: datetime) -> None:
    with pytest.raises(cohorts.CohortRefused):
        cohorts.record_cohort(
            call=cohorts.Call(2026, apply_from=at, apply_until=at - DAY), by=None, at=at
        )


def test_a_method_whose_weights_are_not_100_is_refused(at: datetime) -> None:
    method = {"criteria": [{"code": "a", "name_id": "A", "weight": 90}]}
    with pytest.raises(cohorts.CohortRefused):
        guidance.cohort(at, method=method)


def test_the_method_stays_once_the_call_is_open(at: datetime, kotim: Region) -> None:
    row = guidance.call(at)
    method = {"criteria": [{"code": "a", "name_id": "A", "weight": 100}]}
    with pytest.raises(cohorts.CohortRefused):
        cohorts.change_cohort(
            cohort=row,
            call=cohorts.Call(2026, method=method),
            by=guidance.office(),
            at=at,
        )


def test_only_an_open_call_within_its_days_takes_applications(
    at: datetime, kotim: Region
) -> None:
    planned = guidance.cohort(at)
    for row, moment in ((planned, at), (guidance.call(at, year=2027), at + 40 * DAY)):
        with pytest.raises(cohorts.CohortRefused):
            cohorts.apply(
                region=kotim, cohort=row, wish=guidance.wish(), by=None, at=moment
            )


def test_a_district_cannot_apply_and_neither_can_an_empty_letter(
    at: datetime, kotim: Region
) -> None:
    row = guidance.call(at)
    for region, wish in (
        (makers.region("62.02.05"), guidance.wish()),
        (kotim, guidance.wish(statement=" ya ")),
    ):
        with pytest.raises(cohorts.CohortRefused):
            cohorts.apply(region=region, cohort=row, wish=wish, by=None, at=at)


def test_a_region_in_guidance_does_not_apply_for_another_cohort(
    at: datetime, kotim: Region
) -> None:
    guidance.enrolled(kotim, at, year=2025)
    with pytest.raises(cohorts.CohortRefused):
        guidance.applied(kotim, guidance.call(at), at)


def test_sent_again_an_application_replaces_what_was_written(
    at: datetime, kotim: Region
) -> None:
    row = guidance.call(at)
    for words in ("Yang pertama kami tulis.", "Yang kedua kami tulis."):
        cohorts.apply(
            region=kotim,
            cohort=row,
            wish=guidance.wish(statement=words),
            by=None,
            at=at,
        )
    assert Application.objects.get().statement.startswith("Yang kedua")


def test_an_application_is_taken_back_while_the_call_is_open_only(
    at: datetime, kotim: Region, budi: Account
) -> None:
    row = guidance.call(at)
    enrolment = guidance.applied(kotim, row, at)
    with pytest.raises(cohorts.CohortRefused):
        cohorts.take_back(enrolment=enrolment, by=budi, at=at + 60 * DAY)
    cohorts.take_back(enrolment=enrolment, by=budi, at=at)
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(
    "points",
    [{"leadership": "5"}, {"leadership": "x"}, {"nobody": "1"}, {"need": "-1"}],
)
def test_points_out_of_bounds_are_refused(
    at: datetime, kotim: Region, points: Any
) -> None:
    enrolment = guidance.applied(kotim, guidance.call(at), at)
    with pytest.raises(cohorts.CohortRefused):
        cohorts.rate(
            enrolment=enrolment, rating=cohorts.Rating(points, {}), by=None, at=at
        )


def chosen(at: datetime, seats: int = 2) -> Cohort:
    row = guidance.call(at, seats=seats)
    for code, points in (("62.01", 4), ("62.02", 3), ("62.03", 1)):
        guidance.applied(makers.region(code), row, at, leadership=points)
    cohorts.close_call(cohort=row, by=None, at=at)
    return cohorts.choose(cohort=row, by=None, at=at)


def test_the_method_chooses_and_every_region_keeps_its_reason(at: datetime) -> None:
    row = chosen(at)
    found = {one.region_id: one for one in row.enrolments.all()}
    assert [found[code].state for code in ("62.01", "62.02", "62.03")] == [
        Standing.GUIDED,
        Standing.GUIDED,
        Standing.RESERVE,
    ]
    assert found["62.03"].place == 3
    assert "67,50" in methods.told(found["62.03"].why, row).replace(".", ",")
    assert row.listed_whole


def test_nobody_is_chosen_while_the_call_is_open_or_without_points(
    at: datetime, kotim: Region
) -> None:
    row = guidance.call(at)
    with pytest.raises(cohorts.CohortRefused):
        cohorts.choose(cohort=row, by=None, at=at)
    cohorts.apply(region=kotim, cohort=row, wish=guidance.wish(), by=None, at=at)
    cohorts.close_call(cohort=row, by=None, at=at)
    with pytest.raises(cohorts.CohortRefused):
        cohorts.choose(cohort=row, by=None, at=at)


def test_points_stay_once_the_regions_are_chosen(at: datetime) -> None:
    enrolment = chosen(at).enrolments.get(region="62.01")
    with pytest.raises(cohorts.CohortRefused):
        cohorts.rate(
            enrolment=enrolment,
            rating=cohorts.Rating({"need": "4"}, {}),
            by=None,
            at=at,
        )


def test_a_seat_goes_to_the_reserve_list_only_once_it_is_free_and_with_a_reason(
    at: datetime,
) -> None:
    row = chosen(at)
    waiting = row.enrolments.get(region="62.03")
    with pytest.raises(cohorts.CohortRefused):  # no seat
        cohorts.let_in(enrolment=waiting, reason="Kursi kosong.", by=None, at=at)
    first = row.enrolments.get(region="62.01")
    with pytest.raises(cohorts.CohortRefused):  # no reason
        cohorts.leave(enrolment=first, reason=" ", by=None, at=at)
    cohorts.leave(enrolment=first, reason="Daerah mengundurkan diri.", by=None, at=at)
    cohorts.let_in(enrolment=waiting, reason="Kursi yang kosong diisi.", by=None, at=at)
    waiting.refresh_from_db()
    assert waiting.state == Standing.GUIDED


def test_a_region_does_not_finish_before_its_stages(
    at: datetime, kotim: Region
) -> None:
    with pytest.raises(cohorts.CohortRefused, match="1, 2, 3, 4"):
        cohorts.finish(enrolment=guidance.enrolled(kotim, at), by=None, at=at)


def test_a_mentor_gets_the_role_with_the_row_and_loses_it_with_it(
    at: datetime, kotim: Region
) -> None:
    person = makers.account("Mira")
    row = mentors.assign_mentor(
        region=kotim, guide=Guide("Mira", account=person), by=None, at=at
    )
    held = Membership.objects.in_force(at).filter(account=person, region=kotim)
    assert held.get().role.code == "mentor"
    mentors.end_mentoring(mentorship=row, on=at.date(), by=None, at=at + DAY)
    assert not held.exists() or not Membership.objects.in_force(at + 2 * DAY).filter(
        account=person
    )


def test_nobody_mentors_twice_or_where_they_work(
    at: datetime, kotim: Region, budi: Account
) -> None:
    person = makers.account("Mira")
    mentors.assign_mentor(
        region=kotim, guide=Guide("Mira", account=person), by=None, at=at
    )
    for account in (person, budi):
        with pytest.raises(mentors.MentorRefused):
            mentors.assign_mentor(
                region=kotim, guide=Guide("X", account=account), by=None, at=at
            )


def test_a_published_list_leaves_what_lives_here_alone(
    at: datetime, kotim: Region
) -> None:
    enrolment = guidance.enrolled(kotim, at)
    counts = lists.record_lists(
        years=[lists.ListedYear(2026, 50, whole=False)],
        rows=[lists.ListedRegion("62.02", 2026, "koran")],
        by=None,
        at=at,
    )
    enrolment.refresh_from_db()
    assert counts == (0, 1)
    assert enrolment.state == Standing.GUIDED
    assert Cohort.objects.get(year=2026).listed_whole
