"""Ask and answer, offer to guide, visit each other."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.exchange import letters
from habaring.exchange.models import (
    Answer,
    Meeting,
    MeetingKind,
    MeetingState,
    MeetingStep,
    MentorOffer,
    Practice,
    PracticeState,
    Question,
)
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit, walls
from habaring.shared.refusal import Refusal, Words


class TalkRefused(Refusal):
    """A question, offer or visit that cannot be taken."""


@transaction.atomic
def ask(
    *,
    region: Region,
    practice: Practice,
    text: str,
    by: Account | None,
    at: datetime,
    illustrative: bool = False,
) -> Question:
    """Ask the owner of a practice, for everybody to read; its officers get a letter.

    Raises TalkRefused without words, of one's own or of a practice not published.
    """
    if practice.region_id == region.pk:
        raise TalkRefused(
            _("This practice is your own."),
            next=_("Write what is missing into a new version."),
        )
    if practice.state != PracticeState.PUBLIC:
        raise TalkRefused(_("This practice is not published."))
    row = Question.objects.create(
        region=region,
        practice=practice,
        text=_words(text)[:1000],
        illustrative=illustrative,
        at=at,
        by=by,
    )
    _record(
        "exchange.question.asked", row, (region.pk, practice.region_id), by=by, at=at
    )
    address = letters.work_page("questions", practice.region_id)
    context = {"question": row, "practice": practice, "address": address}
    letters.tell(practice.region, "question", context, at=at)
    return row


@transaction.atomic
def answer(
    *, region: Region, question: Question, text: str, by: Account | None, at: datetime
) -> Answer:
    """Answer a question about one's own practice; who asked gets a letter.

    Raises TalkRefused without words, or about another region's practice.
    """
    practice = question.practice
    if practice.region_id != region.pk:
        raise TalkRefused(
            _("Only the region of the practice answers."),
            next=_("Ask a question of your own instead."),
        )
    row = Answer.objects.create(
        region=region, question=question, text=_words(text)[:2000], at=at, by=by
    )
    _record(
        "exchange.question.answered", row, (region.pk, question.region_id), by=by, at=at
    )
    context = {
        "question": question,
        "answer": row,
        "practice": practice,
        "address": letters.page_of(practice),
    }
    letters.tell(question.region, "answer", context, at=at)
    return row


@dataclass(frozen=True)
class Offer:
    """What a region offers to guide others in, and how many regions a year."""

    title: str
    text: str
    dimensions: tuple[str, ...] = ()
    places: int = 1
    illustrative: bool = False


@transaction.atomic
def open_offer(
    *, region: Region, offer: Offer, by: Account | None, at: datetime
) -> MentorOffer:
    """Offer to guide other regions. Raises TalkRefused without words."""
    row = MentorOffer.objects.create(
        region=region,
        title=_words(offer.title)[:150],
        text=_words(offer.text),
        dimensions=list(offer.dimensions),
        places=max(1, offer.places),
        illustrative=offer.illustrative,
        opened_at=at,
        opened_by=by,
    )
    _record("exchange.offer.opened", row, (region.pk,), by=by, at=at)
    return row


@transaction.atomic
def close_offer(*, offer: MentorOffer, by: Account | None, at: datetime) -> None:
    """Take no more requests; what was agreed stays."""
    row = MentorOffer.objects.select_for_update().get(pk=offer.pk)
    if row.closed_at is None:
        row.closed_at = at
        row.save(update_fields=["closed_at"])
        _record("exchange.offer.closed", row, (row.region_id,), by=by, at=at)


@dataclass(frozen=True)
class Wish:
    """A visit or mentoring that is asked for."""

    host: Region
    kind: str
    purpose: str
    proposed_on: date
    people: int | None = None
    practice: Practice | None = None
    offer: MentorOffer | None = None
    illustrative: bool = False


@transaction.atomic
def ask_meeting(
    *, region: Region, wish: Wish, by: Account | None, at: datetime, on: date
) -> Meeting:
    """Ask another region for a visit or for mentoring; its officers get a letter.

    Raises TalkRefused without a purpose, of oneself, for a day that is past, or of an
    offer that is closed or belongs to another region.
    """
    _refuse_wish(region, wish, on)
    row = Meeting.objects.create(
        region=region,
        host=wish.host,
        kind=wish.kind,
        practice=wish.practice,
        offer=wish.offer,
        purpose=_words(wish.purpose),
        people=wish.people,
        proposed_on=wish.proposed_on,
        illustrative=wish.illustrative,
        asked_at=at,
        asked_by=by,
    )
    done = Done(MeetingState.ASKED, row.purpose, wish.proposed_on)
    _step(row, region, done, by=by, at=at)
    return row


def _refuse_wish(region: Region, wish: Wish, on: date) -> None:
    if wish.host.pk == region.pk:
        raise TalkRefused(
            _("A region cannot visit itself."), next=_("Choose another region.")
        )
    if wish.kind not in MeetingKind.values:
        raise TalkRefused(_("Choose a visit or mentoring."))
    if wish.proposed_on < on:
        raise TalkRefused(
            _("This day is past."), next=_("Propose a day that is to come.")
        )
    offer = wish.offer
    if offer and (offer.closed_at or offer.region_id != wish.host.pk):
        raise TalkRefused(
            _("This offer is closed."), next=_("Ask the region for a visit instead.")
        )


MOVES = {
    # state → what may follow, by who may do it: the one who asked, the host, or both
    MeetingState.ASKED: {
        MeetingState.ACCEPTED: "host",
        MeetingState.DECLINED: "host",
        MeetingState.CANCELLED: "asker",
    },
    MeetingState.ACCEPTED: {
        MeetingState.ACCEPTED: "host",  # another day
        MeetingState.CANCELLED: "both",
        MeetingState.HELD: "both",
    },
}


@dataclass(frozen=True)
class Done:
    """One step of one side: the new state, words, the day agreed or held."""

    state: str
    text: str = ""
    on: date | None = None


def may(meeting: Meeting, region: str) -> list[str]:
    """The steps that a region may take now."""
    side = "asker" if meeting.region_id == region else "host"
    moves = MOVES.get(MeetingState(meeting.state), {})
    return [str(state) for state, who in moves.items() if who in (side, "both")]


@transaction.atomic
def go_on(
    *,
    region: Region,
    meeting: Meeting,
    done: Done,
    by: Account | None,
    at: datetime,
    on: date,
) -> Meeting:
    """Accept with a day, decline, cancel, or report; the other side gets a letter.

    Raises TalkRefused for a step that this side may not take now, without the day or the
    words that it needs, or a report of a day to come.
    """
    if region.pk not in (meeting.region_id, meeting.host_id):
        raise TalkRefused(_("This visit is between other regions."))
    with walls.also(meeting.region_id):  # the row is the asker's; both sides move it
        row = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
        _refuse_step(row, region, done, on)
        row.state = done.state
        if done.state == MeetingState.ACCEPTED:
            row.agreed_on = done.on
        if done.state == MeetingState.HELD:
            row.held_on, row.report = done.on, done.text.strip()
        row.save()
    _step(row, region, done, by=by, at=at)
    return row


def _refuse_step(row: Meeting, region: Region, done: Done, on: date) -> None:
    if done.state not in may(row, region.pk):
        raise TalkRefused(
            _("This step is not open to your region now."),
            why=_("The other side was first, or it is theirs to take."),
            next=_("Open the page again and see where it stands."),
        )
    dated = (MeetingState.ACCEPTED, MeetingState.HELD)
    if done.state in dated and done.on is None:
        raise TalkRefused(_("A day is missing."), next=_("Write the day."))
    if done.state != MeetingState.ACCEPTED and not done.text.strip():
        raise TalkRefused(
            _("Words are missing."), next=_("Write the reason, or the report.")
        )
    if done.state == MeetingState.HELD and done.on and done.on > on:
        raise TalkRefused(
            _("This day is still to come."), next=_("Report once it was held.")
        )
    if done.state == MeetingState.ACCEPTED and done.on and done.on < on:
        raise TalkRefused(
            _("This day is past."), next=_("Propose a day that is to come.")
        )


def _step(
    row: Meeting, region: Region, done: Done, *, by: Account | None, at: datetime
) -> None:
    other = row.host if region.pk == row.region_id else row.region
    MeetingStep.objects.create(
        region=region,
        other=other,
        meeting=row,
        state=done.state,
        text=done.text.strip(),
        on=done.on,
        at=at,
        by=by,
    )
    verb = f"exchange.meeting.{done.state}"
    _record(verb, row, (row.region_id, row.host_id), by=by, at=at)
    address = letters.work_page("meeting", other.pk, row.pk)
    context = {"meeting": row, "done": done, "sender": region, "address": address}
    letters.tell(other, "meeting", context, at=at)


def _words(text: str) -> str:
    words = text.strip()
    if not words:
        empty: Words = _("The message is empty.")
        raise TalkRefused(empty, next=_("Write what you want to say."))
    return words


def _record(
    verb: str,
    row: Question | Answer | MentorOffer | Meeting,
    regions: tuple[str, ...],
    *,
    by: Account | None,
    at: datetime,
) -> None:
    for region in dict.fromkeys(regions):
        audit.record(by=by, at=at, verb=verb, subject=row, region=region)
