"""Days, agenda, gates and the close of a stage; who came, by whatever way."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from habaring.council.actions import instruments
from habaring.council.actions.instruments import Paper
from habaring.guidance import badges, gates, queries
from habaring.guidance.actions import attending, cohorts, stages, work
from habaring.guidance.actions.attending import Scan
from habaring.guidance.models import (
    Assignment,
    Attendance,
    CohortState,
    Sitting,
    Standing,
    WorkState,
)
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import retention
from tests.guidance import makers as guidance

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def sitting(kotim: Region, at: datetime) -> Sitting:
    return guidance.sitting(guidance.enrolled(kotim, at), at, first=localdate(at))


def days(at: datetime, first: int = 0, last: int = 1) -> stages.Days:
    on = localdate(at)
    return stages.Days(on + first * DAY, on + last * DAY, "Balai")


def test_the_days_of_a_stage_bring_its_assignments_with_their_day(
    sitting: Sitting,
) -> None:
    rows = Assignment.objects.filter(enrolment=sitting.enrolment)
    assert {row.template.code for row in rows} == {"data", "readiness", "swot"}
    row = rows.get(template__code="swot")
    assert row.due_on == sitting.ends_on + 21 * DAY


def test_days_are_planned_once_in_order_and_for_two_weeks_at_most(
    at: datetime, sitting: Sitting
) -> None:
    enrolment, stage = sitting.enrolment, sitting.stage
    second = enrolment.cohort.stages.get(number=2)
    for which, wanted in (
        (stage, days(at)),
        (second, days(at, 1, 0)),
        (second, days(at, 0, 20)),
    ):
        with pytest.raises(stages.StageRefused):
            stages.plan_sitting(
                enrolment=enrolment, stage=which, days=wanted, by=None, at=at
            )


def test_a_region_that_was_not_chosen_plans_no_days(
    at: datetime, kotim: Region
) -> None:
    enrolment = guidance.enrolled(kotim, at)
    enrolment.state = Standing.RESERVE
    enrolment.save()
    with pytest.raises(stages.StageRefused):
        guidance.sitting(enrolment, at)


def test_a_stage_of_another_cohort_is_refused(at: datetime, kotim: Region) -> None:
    enrolment = guidance.enrolled(kotim, at)
    other = guidance.cohort(at, year=2030)
    with pytest.raises(stages.StageRefused):
        stages.plan_sitting(
            enrolment=enrolment,
            stage=other.stages.get(number=1),
            days=days(at),
            by=None,
            at=at,
        )


def test_work_that_nobody_has_begun_moves_with_the_days(
    at: datetime, sitting: Sitting, budi: Account
) -> None:
    begun = guidance.assignment(sitting, "swot")
    work.begin(assignment=begun, by=budi, at=at)
    before = begun.due_on
    stages.change_sitting(sitting=sitting, days=days(at, 0, 5), by=budi, at=at)
    begun.refresh_from_db()
    assert begun.due_on == before
    data = guidance.assignment(sitting)
    assert data.due_on == localdate(at) + 19 * DAY


@pytest.mark.parametrize(
    "point",
    [stages.Point(3, "Hari ketiga"), stages.Point(0, "Hari nol")],
)
def test_an_agenda_names_only_days_that_there_are(
    at: datetime, sitting: Sitting, point: Any
) -> None:
    with pytest.raises(stages.StageRefused):
        stages.set_programme(
            sitting=sitting, agenda=[point], speakers=[], by=None, at=at
        )


def test_days_that_lie_ahead_were_not_held(at: datetime, kotim: Region) -> None:
    row = guidance.sitting(
        guidance.enrolled(kotim, at), at, first=localdate(at) + 3 * DAY
    )
    with pytest.raises(stages.StageRefused):
        stages.mark_held(sitting=row, by=None, at=at)


def test_each_gate_that_is_not_met_says_what_and_why(
    at: datetime, sitting: Sitting
) -> None:
    found = gates.missing(sitting, on=localdate(at))
    assert [one.gate for one in found] == [
        "held",
        "agreement",
        "attended",
        "pillars",
        "handed_in",
    ]
    assert all(one.why and one.url for one in found)


def test_a_stage_with_open_gates_closes_only_for_a_reason_which_stays(
    at: datetime, sitting: Sitting
) -> None:
    with pytest.raises(stages.StageRefused):
        stages.close_stage(sitting=sitting, by=None, at=at)
    row = stages.close_stage(
        sitting=sitting, reason="Bencana banjir, dilanjutkan daring.", by=None, at=at
    )
    assert "held" in row.closed_despite
    assert row.closed_reason


def test_a_closed_stage_changes_no_more_until_it_is_opened_again(
    at: datetime, sitting: Sitting, budi: Account
) -> None:
    stages.close_stage(sitting=sitting, reason="Alasan yang jelas.", by=None, at=at)
    with pytest.raises(stages.StageRefused):
        stages.change_sitting(sitting=sitting, days=days(at), by=budi, at=at)
    with pytest.raises(stages.StageRefused):
        stages.reopen_stage(sitting=sitting, reason="", by=budi, at=at)
    stages.reopen_stage(sitting=sitting, reason="Ada yang keliru.", by=budi, at=at)
    stages.change_sitting(sitting=sitting, days=days(at), by=budi, at=at)


def test_with_everything_there_the_stage_closes_without_words(
    at: datetime, kotim: Region, sitting: Sitting
) -> None:
    everything(at, kotim, sitting)
    assert gates.missing(sitting, on=localdate(at)) == ()
    assert stages.close_stage(sitting=sitting, by=None, at=at).closed_despite == []


def everything(at: datetime, kotim: Region, sitting: Sitting) -> None:
    """All that the gates of stage I ask for."""
    instruments.record_instrument(
        region=kotim,
        paper=Paper("mou", "Nota kesepahaman", signed_on=localdate(at) - DAY),
        by=None,
        at=at,
    )
    guidance.guests(sitting, at)
    attending.tick(sitting=sitting, day=1, numbers=range(1, 11), by=None, at=at)
    stages.mark_held(sitting=sitting, by=None, at=at)
    sitting.refresh_from_db()
    Assignment.objects.filter(enrolment=sitting.enrolment).update(
        state=WorkState.APPROVED
    )


def test_four_closed_stages_finish_the_region_and_then_the_cohort(
    at: datetime, kotim: Region
) -> None:
    enrolment = guidance.enrolled(kotim, at)
    for number in (1, 2, 3, 4):
        row = guidance.sitting(enrolment, at, number=number)
        stages.close_stage(sitting=row, reason="Alasan yang jelas.", by=None, at=at)
    done = cohorts.finish(enrolment=enrolment, award="Penghargaan", by=None, at=at)
    assert done.state == Standing.FINISHED
    done.cohort.refresh_from_db()
    assert done.cohort.state == CohortState.FINISHED


# Who came


def test_a_number_on_the_list_is_the_same_person(
    at: datetime, sitting: Sitting
) -> None:
    guidance.guests(sitting, at, 2)
    told = attending.invite(
        sitting=sitting,
        guests=[
            attending.Guest("Peserta 0", "government", "Kantor", number=1),
            attending.Guest("Nama lain", "media", number=2),
            attending.Guest("Baru", "business"),
        ],
        by=None,
        at=at,
    )
    assert (told.new, told.changed, told.unchanged) == (1, 1, 1)


def test_a_pillar_that_there_is_not_and_too_many_people_are_refused(
    at: datetime, sitting: Sitting
) -> None:
    with pytest.raises(attending.AttendanceRefused):
        attending.invite(
            sitting=sitting, guests=[attending.Guest("X", "dprd")], by=None, at=at
        )
    many = [attending.Guest(f"P{n}", "media") for n in range(attending.MOST + 1)]
    with pytest.raises(attending.AttendanceRefused):
        attending.invite(sitting=sitting, guests=many, by=None, at=at)


def test_who_came_stays_on_the_list(
    at: datetime, sitting: Sitting, budi: Account
) -> None:
    guidance.guests(sitting, at, 2)
    attending.tick(sitting=sitting, day=1, numbers=[1], by=None, at=at)
    first, second = sitting.participants.all()
    with pytest.raises(attending.AttendanceRefused):
        attending.strike(participant=first, by=budi, at=at)
    attending.strike(participant=second, by=budi, at=at)


def test_a_tick_taken_away_takes_back_what_the_list_said_but_no_scan(
    at: datetime, sitting: Sitting
) -> None:
    guidance.guests(sitting, at, 2)
    first, _second = sitting.participants.all()
    attending.receive(
        sitting=sitting, scans=[Scan(badges.badge(first), at)], by=None, at=at
    )
    attending.tick(sitting=sitting, day=1, numbers=[1, 2], by=None, at=at)
    assert attending.tick(sitting=sitting, day=1, numbers=[], by=None, at=at) == 1


@pytest.mark.parametrize("day", [0, 2, 3])
def test_a_day_that_lies_ahead_or_is_none_takes_no_ticks(
    at: datetime, sitting: Sitting, day: Any
) -> None:
    with pytest.raises(attending.AttendanceRefused):
        attending.tick(sitting=sitting, day=day, numbers=[], by=None, at=at)


def test_a_badge_says_nothing_but_a_number_and_is_ours(
    at: datetime, sitting: Sitting
) -> None:
    guidance.guests(sitting, at, 1)
    person = sitting.participants.get()
    code = badges.badge(person)
    assert person.name.upper() not in code
    assert badges.read(code) == badges.Badge("62.02", sitting.pk, 1)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda code: code.replace("/1/", "/2/", 1),
        lambda code: code[:-4] + ("AAAA" if code[-4:] != "AAAA" else "BBBB"),
        lambda code: "HBR1/" + code,
        lambda code: code.replace("62.02", "62.01"),
        lambda _code: "apa saja",
    ],
)
def test_a_changed_badge_is_refused(at: datetime, sitting: Sitting, spoil: Any) -> None:
    guidance.guests(sitting, at, 1)
    spoilt = spoil(badges.badge(sitting.participants.get()))
    if spoilt.startswith("HBR1/"):
        assert badges.read(spoilt)  # what stands before the code does not matter
        return
    with pytest.raises(badges.NoBadge):
        badges.read(spoilt)


def test_the_queue_of_a_telephone_may_come_twice_and_in_any_order(
    at: datetime, sitting: Sitting
) -> None:
    guidance.guests(sitting, at, 3)
    scans = [Scan(badges.badge(one), at) for one in sitting.participants.all()]
    first = attending.receive(sitting=sitting, scans=scans, by=None, at=at + DAY)
    again = attending.receive(
        sitting=sitting, scans=scans[::-1], by=None, at=at + 2 * DAY
    )
    assert [one.outcome for one in first] == ["accepted"] * 3
    assert [one.outcome for one in again] == ["again"] * 3
    assert Attendance.objects.count() == 3
    assert {row.came_at for row in Attendance.objects.all()} == {at}


def test_a_line_that_cannot_be_is_told_why_and_the_others_stand(
    at: datetime, sitting: Sitting
) -> None:
    guidance.guests(sitting, at, 1)
    person = sitting.participants.get()
    code, number = badges.badge(person), badges.typed(person)
    found = attending.receive(
        sitting=sitting,
        scans=[
            Scan("tidak ada", at),
            Scan(code, at - 9 * DAY),
            Scan(code, at + DAY),
            Scan("77-00", at),
            Scan(number, at),
        ],
        by=None,
        at=at,
    )
    assert [one.outcome for one in found] == ["refused"] * 4 + ["accepted"]
    assert all(one.told for one in found)


def test_a_badge_of_another_sitting_lets_nobody_in(
    at: datetime, sitting: Sitting
) -> None:
    other = guidance.sitting(sitting.enrolment, at, number=2, first=localdate(at))
    guidance.guests(other, at, 1)
    code = badges.badge(other.participants.get())
    (found,) = attending.receive(
        sitting=sitting, scans=[Scan(code, at)], by=None, at=at
    )
    assert found.outcome == "refused"


def test_the_balance_counts_people_by_pillar_and_names_who_is_missing(
    at: datetime, sitting: Sitting
) -> None:
    guidance.guests(sitting, at, 5)
    attending.tick(sitting=sitting, day=1, numbers=[1, 2], by=None, at=at)
    found = queries.balance(sitting)
    assert found.invited_total == 5
    assert found.came == {"government": 1, "academia": 1}
    assert len(found.pillars_missing) == 3


def test_names_go_two_years_after_and_the_counts_stay(
    at: datetime, sitting: Sitting
) -> None:
    guidance.guests(sitting, at, 5)
    attending.tick(sitting=sitting, day=1, numbers=[1, 2], by=None, at=at)
    ageing = retention.ageings()["guidance-names"]
    assert ageing.due(at, at, 10) == []  # its days are not over
    later = at + 800 * DAY
    refs = [one.ref for one in ageing.due(later, later, 10)]
    ageing.apply(refs, later)
    assert len(refs) == 5
    assert ageing.due(later, later, 10) == []
    assert set(sitting.participants.values_list("name", flat=True)) == {"–"}
    assert queries.balance(sitting).came_total == 2
