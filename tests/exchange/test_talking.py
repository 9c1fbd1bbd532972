from datetime import datetime, timedelta

import pytest
from django.core import mail

from habaring.exchange import queries
from habaring.exchange.actions import talking
from habaring.exchange.actions.talking import Done, TalkRefused, Wish
from habaring.exchange.models import Meeting, MeetingKind, MeetingState, Practice
from habaring.people.models import Account
from habaring.regions.models import Region
from tests import makers as people
from tests.exchange import makers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both")]
WEEK = timedelta(days=7)


@pytest.fixture
def practice(origin: Region, citra: Account, at: datetime) -> Practice:
    return makers.published(origin, at, citra)


@pytest.fixture
def visit(
    here: Region, origin: Region, practice: Practice, budi: Account, at: datetime
) -> Meeting:
    wish = Wish(
        host=origin,
        kind=MeetingKind.VISIT,
        purpose="Melihat bank sampah.",
        proposed_on=at.date() + WEEK,
        people=4,
        practice=practice,
    )
    return talking.ask_meeting(region=here, wish=wish, by=budi, at=at, on=at.date())


def step(meeting: Meeting, region: Region, done: Done, at: datetime) -> Meeting:
    return talking.go_on(
        region=region, meeting=meeting, done=done, by=None, at=at, on=at.date()
    )


def test_a_question_is_answered_by_the_owner_alone_and_both_are_told(
    practice: Practice,
    here: Region,
    origin: Region,
    budi: Account,
    citra: Account,
    at: datetime,
    django_capture_on_commit_callbacks: pytest.FixtureRequest,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        asked = talking.ask(
            region=here, practice=practice, text="Siapa pengurusnya?", by=budi, at=at
        )
    assert mail.outbox[-1].to == ["citra@contoh.id"]
    assert list(queries.open_questions(origin)) == [asked]
    with pytest.raises(TalkRefused, match="Only the region"):
        talking.answer(region=here, question=asked, text="Kami.", by=budi, at=at)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        talking.answer(
            region=origin, question=asked, text="Ibu-ibu desa.", by=citra, at=at
        )
    assert mail.outbox[-1].to == ["budi@contoh.id"]
    assert not queries.open_questions(origin).exists()


def test_empty_own_and_unpublished_questions_are_refused(
    practice: Practice, here: Region, origin: Region, at: datetime
) -> None:
    with pytest.raises(TalkRefused, match="empty"):
        talking.ask(region=here, practice=practice, text=" ", by=None, at=at)
    with pytest.raises(TalkRefused, match="your own"):
        talking.ask(region=origin, practice=practice, text="?", by=None, at=at)
    draft = makers.begun(origin, at, title="Belum")
    with pytest.raises(TalkRefused, match="not published"):
        talking.ask(region=here, practice=draft, text="?", by=None, at=at)


def test_a_visit_is_asked_for_accepted_held_and_reported(
    visit: Meeting, here: Region, origin: Region, practice: Practice, at: datetime
) -> None:
    assert talking.may(visit, "62.01") == ["accepted", "declined"]
    assert talking.may(visit, "62.02") == ["cancelled"]
    day = at.date() + WEEK
    row = step(visit, origin, Done(MeetingState.ACCEPTED, "", day), at)
    assert (row.state, row.agreed_on) == ("accepted", day)
    later = at + 2 * WEEK
    row = step(row, here, Done(MeetingState.HELD, "Kami belajar banyak.", day), later)
    assert (row.state, row.held_on) == ("held", day)
    assert list(queries.held_meetings(practice)) == [row]
    assert row.steps.count() == 3
    assert talking.may(row, "62.02") == []


def test_steps_out_of_turn_or_without_their_words_are_refused(
    visit: Meeting, here: Region, origin: Region, at: datetime
) -> None:
    day = at.date() + WEEK
    refused = [
        (here, Done(MeetingState.ACCEPTED, "", day), "not open to your region"),
        (origin, Done(MeetingState.ACCEPTED), "day is missing"),
        (origin, Done(MeetingState.ACCEPTED, "", at.date() - WEEK), "day is past"),
        (origin, Done(MeetingState.DECLINED, " "), "Words are missing"),
        (origin, Done(MeetingState.HELD, "Sudah.", at.date()), "not open"),
        (people.region("62.71"), Done(MeetingState.DECLINED, "x"), "between other"),
    ]
    for region, done, words in refused:
        with pytest.raises(TalkRefused, match=words):
            step(visit, region, done, at)
    row = step(visit, origin, Done(MeetingState.ACCEPTED, "", day), at)
    with pytest.raises(TalkRefused, match="still to come"):
        step(row, here, Done(MeetingState.HELD, "Sudah.", day), at)
    row = step(row, here, Done(MeetingState.CANCELLED, "Jalan putus."), at)
    assert row.state == "cancelled"


def test_what_makes_no_sense_is_not_asked(
    here: Region, origin: Region, at: datetime
) -> None:
    def ask(**more: object) -> None:
        told = {
            "host": origin,
            "kind": MeetingKind.VISIT,
            "purpose": "Belajar.",
            "proposed_on": at.date() + WEEK,
            **more,
        }
        talking.ask_meeting(
            region=here,
            wish=Wish(**told),  # type: ignore[arg-type]
            by=None,
            at=at,
            on=at.date(),
        )

    for more, words in (
        ({"host": here}, "visit itself"),
        ({"kind": "pesta"}, "visit or mentoring"),
        ({"proposed_on": at.date() - WEEK}, "day is past"),
        ({"purpose": " "}, "empty"),
    ):
        with pytest.raises(TalkRefused, match=words):
            ask(**more)


def test_an_offer_is_open_until_it_is_closed(
    here: Region, origin: Region, citra: Account, at: datetime
) -> None:
    offer = talking.open_offer(
        region=origin, offer=talking.Offer("Data", "Kami bantu."), by=citra, at=at
    )
    talking.close_offer(offer=offer, by=citra, at=at)
    offer.refresh_from_db()
    wish = Wish(origin, MeetingKind.MENTORING, "x", at.date() + WEEK, offer=offer)
    with pytest.raises(TalkRefused, match="offer is closed"):
        talking.ask_meeting(region=here, wish=wish, by=None, at=at, on=at.date())
