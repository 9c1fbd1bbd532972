"""What is computed without a database: quorum, warnings, calendars."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habaring.council.calendar import Event, written
from habaring.council.quorum import Present, Rule, quorum
from habaring.council.warnings import (
    BodyFacts,
    DecisionFacts,
    InstrumentFacts,
    Snapshot,
    warnings,
)

ON = date(2026, 11, 2)
ALL = frozenset({"government", "dprd", "business", "community", "academia", "media"})


def days_ago(n: int) -> date:
    return ON - timedelta(days=n)


# Quorum


@pytest.mark.parametrize(
    ("code", "seats", "needed"),
    [
        ("more_than_half", 7, 4),
        ("more_than_half", 8, 5),
        ("half", 7, 4),
        ("half", 8, 4),
        ("two_thirds", 7, 5),
        ("two_thirds", 9, 6),
        ("three_quarters", 8, 6),
        ("three_quarters", 9, 7),
    ],
)
def test_how_many_seats_a_rule_asks_for(code: str, seats: int, needed: int) -> None:
    assert Rule(code).needed(seats) == needed


def test_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(ValueError, match="consensus"):
        Rule("consensus").needed(3)


def test_a_quorum_says_who_counted_and_what_is_missing() -> None:
    came = [Present(1), Present(1, True), Present(2, True), Present(None), Present(99)]
    found = quorum(Rule(), [1, 2, 3, 4, 5, 6, 7], came)
    assert (found.counted, found.needed, found.missing) == (2, 4, 2)
    assert (found.substitutes, found.guests, found.former) == (1, 1, 1)
    assert (found.reached, found.reason) == (False, "too_few")


def test_the_quorum_at_its_edge() -> None:
    seats = range(8)
    four, five = ([Present(i) for i in range(n)] for n in (4, 5))
    assert not quorum(Rule(), seats, four).reached
    assert quorum(Rule(), seats, five).reached
    assert quorum(Rule("half"), seats, four).reached


def test_a_body_without_seats_decides_nothing() -> None:
    assert quorum(Rule("half"), [], []).reason == "no_seats"


def test_a_rule_that_asks_for_more_than_there_are_is_out_of_reach() -> None:
    found = quorum(Rule("count", 5), [1, 2], [Present(1), Present(2)])
    assert (found.reached, found.reason, found.missing) == (False, "out_of_reach", 3)


@given(
    st.sampled_from(["more_than_half", "half", "two_thirds", "three_quarters"]),
    st.integers(1, 60),
    st.integers(0, 60),
)
def test_more_people_never_lose_a_quorum(code: str, seats: int, came: int) -> None:
    there = [Present(i) for i in range(min(came, seats))]
    now = quorum(Rule(code), range(seats), there)
    later = quorum(Rule(code), range(seats), [*there, Present(seats - 1)])
    assert later.reached >= now.reached
    assert quorum(Rule(code), range(seats), [Present(i) for i in range(seats)]).reached


# Warnings


def body(**more: object) -> BodyFacts:
    given: dict[str, object] = {
        "id": 1,
        "name": "Dewan",
        "kind": "council",
        "last_met_on": ON,
        "decree": 5,
        "pillars": ALL,
    }
    return BodyFacts(**(given | more))  # type: ignore[arg-type]


PERBUP = InstrumentFacts(9, "perbup", "Perbup 1/2026", fixes="masterplan")


def codes(**more: object) -> list[str]:
    given: dict[str, object] = {"bodies": (body(),), "instruments": (PERBUP,)}
    return [one.code for one in warnings(Snapshot(ON, **(given | more)))]  # type: ignore[arg-type]


def test_a_region_in_order_has_no_warning() -> None:
    assert codes() == []


def test_an_empty_region_lacks_a_council_and_a_regulation() -> None:
    assert codes(bodies=(), instruments=()) == ["no_body", "no_regulation"]


@pytest.mark.parametrize(("days", "silent"), [(89, False), (90, False), (91, True)])
def test_a_body_is_silent_after_ninety_days(days: int, *, silent: bool) -> None:
    assert ("silent" in codes(bodies=(body(last_met_on=days_ago(days)),))) is silent
    formed = body(last_met_on=None, formed_on=days_ago(days))
    assert ("silent" in codes(bodies=(formed,))) is silent


def test_the_rhythm_of_a_body_is_its_own() -> None:
    slow = body(last_met_on=days_ago(100), rhythm_days=180)
    assert codes(bodies=(slow,)) == []


def test_a_body_of_which_nothing_is_known_never_met() -> None:
    assert codes(bodies=(body(last_met_on=None),)) == ["never_met"]


@pytest.mark.parametrize(
    "row",
    [
        InstrumentFacts(1, "sk", "SK", fixes="masterplan"),
        InstrumentFacts(1, "perbup", "Perbup tentang hal lain", fixes="body"),
        InstrumentFacts(1, "perda", "Besok", fixes="plan", begins=ON + timedelta(1)),
        InstrumentFacts(1, "perda", "Usai", fixes="plan", until=days_ago(1)),
    ],
)
def test_only_a_regulation_in_force_fixes_the_plan(row: InstrumentFacts) -> None:
    assert "no_regulation" in codes(instruments=(row,))


def test_a_regulation_holds_on_its_first_and_its_last_day() -> None:
    row = InstrumentFacts(1, "perda", "Perda", fixes="edition", begins=ON, until=ON)
    assert codes(instruments=(row,)) == ["expires_soon"]


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (91, None),
        (90, ("expires_soon", "low")),
        (31, ("expires_soon", "low")),
        (30, ("expires_soon", "medium")),
        (0, ("expires_soon", "medium")),
        (-1, ("decree_expired", "high")),
    ],
)
def test_a_decree_runs_out(left: int, told: tuple[str, str] | None) -> None:
    decree = InstrumentFacts(5, "sk", "SK Dewan", until=ON + timedelta(days=left))
    found = warnings(Snapshot(ON, (body(),), (PERBUP, decree)))
    assert [(one.code, one.severity) for one in found] == ([told] if told else [])


def test_another_paper_that_ran_out_is_told_more_softly() -> None:
    mou = InstrumentFacts(7, "mou", "MoU", until=days_ago(1))
    assert codes(instruments=(PERBUP, mou)) == ["instrument_expired"]


def test_each_pillar_without_a_seat_is_named() -> None:
    found = warnings(Snapshot(ON, (body(pillars=ALL - {"media", "dprd"}),), (PERBUP,)))
    assert [one.pillar for one in found] == ["dprd", "media"]


def test_a_team_may_be_the_governments_own() -> None:
    team = body(id=2, kind="team", pillars=frozenset({"government"}))
    assert codes(bodies=(body(), team)) == []


def test_nobody_in_a_body_is_one_warning_and_not_seven() -> None:
    assert codes(bodies=(body(pillars=frozenset(), has_chair=False),)) == ["no_seats"]
    assert codes(bodies=(body(has_chair=False),)) == ["no_chair"]
    assert codes(bodies=(body(has_decree=False),)) == ["no_decree"]


def test_a_working_group_needs_people_but_no_meetings() -> None:
    group = body(id=3, kind="group", pillars=frozenset(), last_met_on=None)
    found = warnings(Snapshot(ON, (body(), group), (PERBUP,)))
    assert [(one.code, one.severity) for one in found] == [("no_seats", "low")]


@pytest.mark.parametrize(("days", "told"), [(29, False), (30, False), (31, True)])
def test_a_decision_without_follow_up(days: int, *, told: bool) -> None:
    made = DecisionFacts(1, "1/2026", days_ago(days), followed=False)
    assert ("no_follow_up" in codes(decisions=(made,))) is told
    done = DecisionFacts(1, "1/2026", days_ago(days), followed=True)
    assert codes(decisions=(done,)) == []


def test_late_follow_ups_are_counted() -> None:
    made = DecisionFacts(1, "1/2026", days_ago(5), followed=True, late_tasks=3)
    found = warnings(Snapshot(ON, (body(),), (PERBUP,), (made,)))
    assert [(one.code, one.days) for one in found] == [("task_late", 3)]


# Calendars


def lines(content: bytes) -> list[str]:
    """The lines of a calendar, unfolded."""
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_a_calendar_reads_as_the_standard_wants() -> None:
    import icalendar

    at = datetime(2026, 11, 2, 2, tzinfo=UTC)
    event = Event(
        uid="a@habaring",
        title="Rapat, dengan koma; dan titik koma " + "panjang " * 20,
        begins=at,
        ends=at + timedelta(hours=2),
        changed_at=at,
        sequence=3,
        cancelled=True,
    )
    day = Event("b@habaring", "Tenggat", date(2026, 12, 1), at)
    content = written([event, day], name="Rapat")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert content.endswith(b"END:VCALENDAR\r\n")
    told = lines(content)
    assert "TZID:Asia/Jakarta" in told
    assert "DTSTART;TZID=Asia/Jakarta:20261102T090000" in told
    assert "SEQUENCE:3" in told
    assert "STATUS:CANCELLED" in told
    assert "DTSTART;VALUE=DATE:20261201" in told
    read = icalendar.Calendar.from_ical(content)
    meeting, due = read.walk("VEVENT")
    assert (
        meeting["SUMMARY"] == event.title.strip() or meeting["SUMMARY"] == event.title
    )
    assert meeting.decoded("DTSTART") == at
    assert due.decoded("DTEND") == date(2026, 12, 2)
