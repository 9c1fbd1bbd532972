"""The verbs of decisions and of what follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.council import queries, subjects
from habaring.council.actions.rules import (
    DecisionRefused,
    TaskRefused,
    kept,
    one_line,
    refuse_future,
)
from habaring.council.models import (
    Council,
    Decision,
    DecisionSubject,
    Meeting,
    Task,
)
from habaring.council.quorum import Quorum
from habaring.people.follows.actions import Published, announce
from habaring.people.follows.models import NewsKind
from habaring.people.models import Account
from habaring.posts.models import Post
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.uploads import AcceptedFile


@dataclass(frozen=True)
class Votes:
    """How the seats voted."""

    given: int
    against: int = 0
    abstained: int = 0

    @property
    def all(self) -> int:
        return self.given + self.against + self.abstained


@dataclass(frozen=True)
class About:
    """One thing that is decided: a kind and ref of `subjects`, and its words."""

    kind: str
    ref: str = ""
    label: str = ""


@dataclass(frozen=True)
class Ruling:
    """What was decided: number, day, title, reason, and the signed paper.

    `paper` is kept with the decision, or not at all; its hash and name are recorded.
    """

    number: str
    decided_on: date
    title: str
    reason: str
    paper: AcceptedFile | None = None
    illustrative: bool = False
    meeting: Meeting | None = None
    votes: Votes | None = None
    about: Sequence[About] = ()
    overrules: Decision | None = None


@dataclass(frozen=True)
class Errand:
    """What is to be done, by which post, until when."""

    title: str
    owner: Post
    due_on: date
    decision: Decision | None = None
    meeting: Meeting | None = None
    illustrative: bool = False


@transaction.atomic
def record_decision(
    *,
    region: Region,
    council: Council,
    ruling: Ruling,
    by: Account | None,
    at: datetime,
) -> Decision:
    """Append a decision; it is never edited afterwards: a later one can overrule it.

    Raises DecisionRefused when the council is of another region, a field is empty, the
    number is used already, the day lies in the future, the meeting was not a meeting of
    this body on that day, it had no quorum (unless the decree allows that: then the
    decision is marked), or there are more votes than seats.
    """
    _refuse_incomplete(region, council, ruling)
    refuse_future(ruling.decided_on, at=at, kind=DecisionRefused)
    number = ruling.number.strip()
    if Decision.objects.filter(region=region, number=number).exists():
        raise DecisionRefused(
            format_lazy(
                _("There is a decision with the number {number} already."),
                number=number,
            ),
            why=_(
                "Decisions are never changed, and each number stands for one of them."
            ),
            next=_("Look it up in the list of decisions, or mend the number."),
        )
    counted = _quorum(council, ruling, at=at)
    _refuse_votes(council, ruling, counted)
    about = [_resolved(region, one) for one in ruling.about]
    decision = _created(region, council, ruling, counted, by=by, at=at)
    DecisionSubject.objects.bulk_create(
        DecisionSubject(decision=decision, kind=one.kind, ref=one.ref, label=one.label)
        for one in about
    )
    audit.record(
        by=by,
        at=at,
        verb="council.decision.recorded",
        subject=decision,
        region=region.code,
        reason=decision.reason,
        details={"number": number, "document": decision.document_sha256},
    )
    page = f"/daerah/{region.code}/dewan/keputusan/{decision.pk}/"
    news = Published(NewsKind.DECISION, str(decision.pk), decision.title, page)
    announce(region=region, what=news, at=at)
    return decision


def _created(
    region: Region,
    council: Council,
    ruling: Ruling,
    counted: Quorum | None,
    *,
    by: Account | None,
    at: datetime,
) -> Decision:
    votes = ruling.votes
    return Decision.objects.create(
        region=region,
        council=council,
        meeting=ruling.meeting,
        number=ruling.number.strip(),
        decided_on=ruling.decided_on,
        title=ruling.title.strip(),
        reason=ruling.reason.strip(),
        votes_for=votes.given if votes else None,
        votes_against=votes.against if votes else None,
        votes_abstained=votes.abstained if votes else None,
        without_quorum=counted is not None and not counted.reached,
        overrules=ruling.overrules,
        recorded_by=by,
        recorded_at=at,
        illustrative=ruling.illustrative,
        **kept(ruling.paper),
    )


def _refuse_incomplete(region: Region, council: Council, ruling: Ruling) -> None:
    if council.region_id != region.pk:
        raise DecisionRefused(
            _("This council belongs to another region."),
            next=_("Choose a council of this region, or record one first."),
        )
    if not (ruling.number.strip() and ruling.title.strip() and ruling.reason.strip()):
        raise DecisionRefused(
            _("The decision is not complete."),
            why=_("The number, the title and the reason are read by the public."),
            next=_("Fill all three in."),
        )
    earlier = ruling.overrules
    if earlier is not None and earlier.region_id != region.pk:
        raise DecisionRefused(
            _("The decision that is overruled belongs to another region."),
            next=_("Choose one of this region."),
        )


def _quorum(council: Council, ruling: Ruling, *, at: datetime) -> Quorum | None:
    """How the meeting's quorum came out; refuses where that forbids to decide."""
    meeting = ruling.meeting
    if meeting is None:
        return None
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    same = meeting.body_id == council.pk
    if not same or localdate(meeting.starts_at) != ruling.decided_on:
        raise DecisionRefused(
            _("This was not decided in that meeting."),
            why=_("The meeting was of another body, or on another day."),
            next=_("Choose the meeting of that day, or leave the meeting empty."),
        )
    if meeting.state in ("draft", "cancelled") or at < meeting.starts_at:
        raise DecisionRefused(
            _("The meeting has not been held."),
            next=_("Record the decision when it was made."),
        )
    counted = queries.quorum_of(meeting)
    if not counted.reached and not council.decides_without_quorum:
        raise DecisionRefused(
            format_lazy(
                _(
                    "The meeting had no quorum: {counted} of {seats} seats came, {needed} are needed."
                ),
                counted=counted.counted,
                seats=counted.seats,
                needed=counted.needed,
            ),
            why=_("Its decree does not let this body decide without a quorum."),
            next=_("Write down who else came, or call a second meeting."),
        )
    return counted


def _refuse_votes(council: Council, ruling: Ruling, counted: Quorum | None) -> None:
    if ruling.votes is None:
        return
    seats = queries.seats_on(council, ruling.decided_on).count()
    most = counted.counted if counted else seats
    if ruling.votes.all > most:
        raise DecisionRefused(
            format_lazy(
                _("There are {votes} votes, but only {most} seats could vote."),
                votes=ruling.votes.all,
                most=most,
            ),
            next=_("Count again, or write down who else came."),
        )
    if ruling.votes.given <= ruling.votes.against:
        raise DecisionRefused(
            _("The votes do not carry this decision."),
            why=_("There must be more votes for it than against it."),
            next=_("Record what was decided instead, or mend the numbers."),
        )


def _resolved(region: Region, about: About) -> About:
    label = about.label or subjects.label(region, about.kind, about.ref)
    if about.kind not in subjects.kinds() or not label:
        raise DecisionRefused(
            _("It is not known what this decides about."),
            why=format_lazy("{kind} {ref}", kind=about.kind, ref=about.ref),
            next=_("Choose from the list, or describe it in words."),
        )
    return About(about.kind, about.ref, label[:300])


# What follows


@transaction.atomic
def record_task(*, errand: Errand, by: Account | None, at: datetime) -> Task:
    """Give a post something to do that follows from a decision or a meeting.

    Raises TaskRefused when it has no title, comes from nothing, or its post is closed
    or of another region.
    """
    origin = errand.decision or errand.meeting
    if not one_line(errand.title) or origin is None:
        raise TaskRefused(
            _("The follow-up needs a title, and a decision or meeting it comes from."),
            next=_("Write what is to be done."),
        )
    owner = errand.owner
    closed = owner.closed_on is not None and owner.closed_on <= localdate(at)
    if owner.region_id != origin.region_id or closed:
        raise TaskRefused(
            _("This post cannot own the follow-up."),
            why=_("It is closed, or of another region."),
            next=_("Choose an open post of this region."),
        )
    if errand.due_on < _first_day(errand, at):
        raise TaskRefused(
            _("The day lies before the decision."), next=_("Choose a later day.")
        )
    task = Task.objects.create(
        region=origin.region,
        decision=errand.decision,
        meeting=errand.meeting,
        title=one_line(errand.title),
        owner=owner,
        due_on=errand.due_on,
        recorded_at=at,
        recorded_by=by,
        illustrative=errand.illustrative,
    )
    _told(task, "council.task.recorded", by, at)
    return task


def _first_day(errand: Errand, at: datetime) -> date:
    """A follow-up of something long past may be recorded with its day."""
    if errand.decision is not None:
        return errand.decision.decided_on
    return localdate(errand.meeting.starts_at if errand.meeting else at)


@transaction.atomic
def close_task(
    *,
    task: Task,
    state: str,
    proof: str,
    by: Account | None,
    at: datetime,
    document: AcceptedFile | None = None,
) -> Task:
    """Say that a follow-up is done (with what shows it) or cancelled (with a reason).

    Raises TaskRefused when it is closed already or nothing is said.
    """
    row = Task.objects.select_for_update().get(pk=task.pk)
    if row.state != "open" or state not in ("done", "cancelled"):
        raise TaskRefused(
            _("This follow-up is closed already."), next=_("Nothing needs to be done.")
        )
    if not proof.strip():
        raise TaskRefused(
            _("A follow-up is closed with words."),
            why=_("Everyone reads what was done, or why it is not."),
            next=_("Write one sentence, with a link or a file where there is one."),
        )
    row.state, row.proof = state, proof.strip()
    row.closed_at, row.closed_by = at, by
    for field, value in kept(document).items():
        setattr(row, field, value)
    row.save()
    _told(row, f"council.task.{state}", by, at, reason=row.proof)
    return row


def _told(
    task: Task, verb: str, by: Account | None, at: datetime, *, reason: str = ""
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=task,
        region=task.region_id,
        reason=reason,
        details={"decision": task.decision_id, "owner": task.owner_id},
    )
