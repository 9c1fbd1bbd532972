"""Work handed in: parts of the master plan, frozen; the mentor's way with them."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from habaring.evaluation import conflicts
from habaring.guidance import pieces
from habaring.guidance.actions import mentors, work
from habaring.guidance.actions.mentors import Guide
from habaring.guidance.models import Assignment, Standing, Submission, WorkState
from habaring.masterplan.models import SwotItem
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.writing import actions as writing
from tests import makers
from tests.guidance import makers as guidance

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
KEY = "buku-1.kecenderungan"
TEXT = "Penduduk bertambah.\n\nSungai makin keruh."


@pytest.fixture
def row(kotim: Region, at: datetime) -> Assignment:
    sitting = guidance.sitting(guidance.enrolled(kotim, at), at)
    return guidance.assignment(sitting)


@pytest.fixture
def handed_in(
    row: Assignment, kotim: Region, at: datetime, budi: Account
) -> Submission:
    guidance.written(kotim, KEY, TEXT, at)
    return work.hand_in(assignment=row, by=budi, at=at)


def state(row: Assignment) -> str:
    row.refresh_from_db()
    return row.state


def test_a_part_that_is_not_written_cannot_be_handed_in(
    row: Assignment, at: datetime, budi: Account
) -> None:
    with pytest.raises(work.WorkRefused):
        work.hand_in(assignment=row, by=budi, at=at)
    assert state(row) == WorkState.TODO


def test_what_is_handed_in_is_kept_word_for_word_with_its_hash(
    handed_in: Submission, kotim: Region, at: datetime
) -> None:
    guidance.written(kotim, KEY, "Lain sama sekali.", at)
    piece = handed_in.pieces.get()
    assert piece.text == TEXT
    assert piece.revision == 1
    name = f"section:{KEY}\n{TEXT}"
    assert piece.sha256 == hashlib.sha256(name.encode()).hexdigest()


def test_the_way_from_begun_to_the_book(
    row: Assignment, handed_in: Submission, at: datetime, budi: Account
) -> None:
    work.take_up(assignment=row, by=None, at=at)
    assert state(row) == WorkState.REVIEW
    work.approve(assignment=row, by=None, at=at)
    assert state(row) == WorkState.APPROVED
    work.put_in_book(assignment=row, by=None, at=at)
    assert state(row) == WorkState.BOOKED


def test_sent_back_it_comes_again_as_the_next_version(
    row: Assignment, handed_in: Submission, kotim: Region, at: datetime, budi: Account
) -> None:
    work.ask_revision(assignment=row, reason="Sebutkan sumbernya.", by=None, at=at)
    with pytest.raises(work.WorkRefused):  # nothing has changed
        work.hand_in(assignment=row, by=budi, at=at)
    guidance.written(kotim, KEY, f"{TEXT}\n\nSumber: BPS.", at)
    again = work.hand_in(assignment=row, by=budi, at=at)
    assert again.version == 2
    handed_in.refresh_from_db()
    assert handed_in.verdict == "revise"


def test_sending_back_takes_a_reason(
    row: Assignment, handed_in: Submission, at: datetime
) -> None:
    with pytest.raises(work.WorkRefused):
        work.ask_revision(assignment=row, reason=" ", by=None, at=at)


def test_a_remark_names_a_paragraph_and_begins_the_review(
    row: Assignment, handed_in: Submission, at: datetime
) -> None:
    words = work.Words(f"section:{KEY}", 2, "Sejak kapan?")
    found = work.remark(submission=handed_in, words=words, by=None, at=at)
    assert found.quote == "Sungai makin keruh."
    assert state(row) == WorkState.REVIEW


@pytest.mark.parametrize(
    "words",
    [
        work.Words(f"section:{KEY}", 3, "Tidak ada paragrafnya"),
        work.Words("section:buku-9", 1, "Tidak ada bagiannya"),
        work.Words(f"section:{KEY}", 1, "  "),
    ],
)
def test_a_remark_on_nothing_is_refused(
    handed_in: Submission, at: datetime, words: Any
) -> None:
    with pytest.raises(work.WorkRefused):
        work.remark(submission=handed_in, words=words, by=None, at=at)


def test_a_remark_on_a_text_written_together_stands_beside_its_paragraph(
    row: Assignment, kotim: Region, at: datetime, budi: Account
) -> None:
    guidance.written(kotim, KEY, TEXT, at)
    key = f"masterplan/section/{KEY}"
    document = writing.begin(region=kotim, key=key, by=budi, at=at)
    submission = work.hand_in(assignment=row, by=budi, at=at)
    words = work.Words(f"section:{KEY}", 2, "Sejak kapan?")
    work.remark(submission=submission, words=words, by=None, at=at)
    assert document.comments.get().text == "Sejak kapan?"


def test_only_the_newest_version_takes_remarks(
    row: Assignment, handed_in: Submission, kotim: Region, at: datetime, budi: Account
) -> None:
    work.ask_revision(assignment=row, reason="Sebutkan sumbernya.", by=None, at=at)
    guidance.written(kotim, KEY, "Baru sama sekali.", at)
    work.hand_in(assignment=row, by=budi, at=at)
    with pytest.raises(work.WorkRefused):
        work.remark(
            submission=handed_in,
            words=work.Words(f"section:{KEY}", 1, "Terlambat"),
            by=None,
            at=at,
        )


def test_an_answer_says_something(
    handed_in: Submission, at: datetime, budi: Account
) -> None:
    words = work.Words(f"section:{KEY}", 0, "Terlalu pendek.")
    found = work.remark(submission=handed_in, words=words, by=None, at=at)
    with pytest.raises(work.WorkRefused):
        work.answer(remark=found, text=" ", by=budi, at=at)
    assert work.answer(remark=found, text="Sudah kami tambah.", by=budi, at=at).answer


def test_nobody_approves_what_they_handed_in(
    row: Assignment, handed_in: Submission, at: datetime, budi: Account
) -> None:
    with pytest.raises(work.WorkRefused):
        work.approve(assignment=row, by=budi, at=at)


def test_what_was_changed_after_the_approval_does_not_enter_the_book(
    row: Assignment, handed_in: Submission, kotim: Region, at: datetime
) -> None:
    work.approve(assignment=row, by=None, at=at)
    guidance.written(kotim, KEY, "Diam-diam diganti.", at)
    with pytest.raises(work.WorkRefused):
        work.put_in_book(assignment=row, by=None, at=at)
    assert state(row) == WorkState.APPROVED


@pytest.mark.parametrize(
    ("act", "given"),
    [
        (work.take_up, {}),
        (work.approve, {}),
        (work.put_in_book, {}),
        (work.ask_revision, {"reason": "Alasan yang cukup."}),
        (work.open_again, {"reason": "Alasan yang cukup."}),
    ],
)
def test_work_that_was_not_handed_in_is_not_judged(
    row: Assignment, at: datetime, act: Any, given: Any
) -> None:
    with pytest.raises(work.WorkRefused):
        act(assignment=row, by=None, at=at, **given)


def test_the_region_takes_back_what_nobody_has_begun_to_read(
    row: Assignment, handed_in: Submission, at: datetime, budi: Account
) -> None:
    work.take_back(assignment=row, by=budi, at=at)
    assert state(row) == WorkState.DOING
    with pytest.raises(work.WorkRefused):
        work.take_back(assignment=row, by=budi, at=at)


def test_approved_work_is_opened_again_for_a_reason(
    row: Assignment, handed_in: Submission, at: datetime
) -> None:
    work.approve(assignment=row, by=None, at=at)
    with pytest.raises(work.WorkRefused):
        work.open_again(assignment=row, reason="", by=None, at=at)
    work.open_again(assignment=row, reason="RPJMD berganti.", by=None, at=at)
    assert state(row) == WorkState.REVISE


def test_more_time_takes_a_reason_and_leaves_approved_work_alone(
    row: Assignment, handed_in: Submission, at: datetime, budi: Account
) -> None:
    day = localdate(at) + 60 * DAY
    with pytest.raises(work.WorkRefused):
        work.move_due(assignment=row, due_on=day, reason="", by=budi, at=at)
    moved = work.move_due(
        assignment=row, due_on=day, reason="Musim hujan.", by=budi, at=at
    )
    assert moved.due_on == day
    work.approve(assignment=row, by=None, at=at)
    with pytest.raises(work.WorkRefused):
        work.move_due(
            assignment=row, due_on=day + DAY, reason="Masih hujan.", by=budi, at=at
        )


def test_once_the_region_left_its_work_stays_as_it_was(
    row: Assignment, at: datetime, budi: Account
) -> None:
    row.enrolment.state = Standing.LEFT
    row.enrolment.save()
    with pytest.raises(work.WorkRefused):
        work.begin(assignment=row, by=budi, at=at)


def test_items_of_the_analysis_are_frozen_as_paragraphs(
    kotim: Region, at: datetime
) -> None:
    for number, text in enumerate(("Sungai lebar", "Sinyal jarang"), 1):
        SwotItem.objects.create(
            region=kotim,
            number=number,
            kind="SW"[number - 1],
            dimension="GOV",
            layer="structure",
            text=text,
            recorded_at=at,
        )
    found = pieces.freeze(kotim, "swot")
    assert len(pieces.paragraphs(found.text)) == 2
    with pytest.raises(ValueError, match="apa"):
        pieces.freeze(kotim, "apa")


def test_every_piece_that_the_stages_ask_for_is_known(at: datetime) -> None:
    row = guidance.cohort(at)
    for stage in row.stages.all():
        for template in stage.templates.all():
            assert all(pieces.known(word) for word in template.pieces)


def test_a_former_mentor_is_told_to_the_evaluation(kotim: Region, at: datetime) -> None:
    person = makers.account("Mira")
    on = localdate(at)
    mentors.assign_mentor(
        region=kotim,
        guide=Guide("Mira", account=person, since=on - 900 * DAY, until=on - 800 * DAY),
        by=None,
        at=at,
    )
    assert "mentor" in {one.kind for one in conflicts.grounds(person, kotim, on=on)}
