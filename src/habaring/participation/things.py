"""What departments owe here, and what of listening waits for a person."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from habaring.participation import checking, paper, waiting
from habaring.participation.models import (
    Call,
    CallState,
    Check,
    ProposalState,
    Vote,
    VoteState,
)
from habaring.people.access import Power
from habaring.posts.states import Rhythm
from habaring.posts.things import (
    Asked,
    Kind,
    Line,
    Rows,
    Thing,
    Waiting,
    Weight,
    register,
    register_lines,
)
from habaring.regions.models import Region

SHOWN = 5  # lines of one sort on a desk
SOON = timedelta(days=7)


def _open_checks(region: Region) -> QuerySet[Check]:
    return Check.objects.filter(
        region=region, verdict="", proposal__state=ProposalState.PUBLIC
    ).select_related("proposal")


def _checks(region: Region, on: date) -> Iterator[Thing]:
    for row in _open_checks(region):
        yield _thing(row)


def _check(region: Region, ref: str, on: date) -> Thing | None:
    rows = _open_checks(region)
    row = rows.filter(pk=ref).first() if ref.isdigit() else None
    return _thing(row) if row else None


def _thing(row: Check) -> Thing:
    proposal = row.proposal
    return Thing(
        kind="proposal_check",
        ref=str(row.pk),
        title=str(proposal),
        url=reverse("participation-work:check", args=[row.region_id, row.pk]),
        due_on=row.due_on,
        updated_on=localdate(row.asked_at),
        department=row.department_id,
        public_url=reverse(
            "participation:proposal", args=[row.region_id, proposal.number]
        ),
        illustrative=proposal.illustrative,
    )


register(
    Kind(
        code="proposal_check",
        one=gettext_lazy("technical check"),
        many=gettext_lazy("technical checks"),
        things=_checks,
        thing=_check,
        rhythm=Rhythm(remind_before_days=3, escalate_after_days=7),
        power=Power.CHECK_PROPOSALS,
        order=55,
    )
)


def _mine(asked: Asked) -> QuerySet[Check] | None:
    within = asked.extent(Power.CHECK_PROPOSALS)
    return checking.waiting_for(asked.region, within) if within else None


def _checks_waiting(asked: Asked, count: int) -> Iterator[Waiting]:
    rows = _mine(asked)
    if rows is None:
        return
    for row in rows[:SHOWN]:
        yield Waiting(
            _("Check whether it can be done: %(title)s")
            % {"title": row.proposal.title},
            _("%(department)s is asked; the answer is public.")
            % {"department": row.department.name},
            reverse("participation-work:check", args=[asked.region.code, row.pk]),
            on=row.due_on,
            weight=_weight(row.due_on, asked.on),
        )
    more = count - SHOWN
    if more > 0:
        yield Waiting(
            ngettext("One more technical check", "%(n)d more technical checks", more)
            % {"n": more},
            _("The list has all of them."),
            reverse("participation-work:checks", args=[asked.region.code]),
            weight=Weight.CONFIRM,
        )


def _weight(due: date | None, on: date) -> int:
    if due is None or due > on + SOON:
        return Weight.CONFIRM
    if due < on:
        return Weight.LATE
    return Weight.TODAY if due == on else Weight.WEEK


def _to_moderate(asked: Asked) -> list[Rows]:
    region, every = asked.region, waiting.Wanted()
    heaps = [waiting.keys(region, heap, every) for heap in ("held", "flagged")]
    return [*heaps, waiting.open_appeals(region)]


def _moderation(asked: Asked, total: int) -> Iterator[Waiting]:
    yield Waiting(
        ngettext(
            "One text waits for a moderator",
            "%(n)d texts wait for a moderator",
            total,
        )
        % {"n": total},
        _("People wait to be read, or to be heard again."),
        reverse("participation-work:moderation", args=[asked.region.code]),
        weight=Weight.CONFIRM,
    )


def _ending(asked: Asked) -> QuerySet[Call]:
    return Call.objects.filter(
        region=asked.region,
        state=CallState.OPEN,
        proposals_until__date__lte=asked.on + SOON,
    )


def _calls(asked: Asked, _count: int) -> Iterator[Waiting]:
    rows = _ending(asked).order_by("proposals_until")
    for row in rows[:SHOWN]:
        last = localdate(row.proposals_until)
        over = last < asked.on
        yield Waiting(
            (_("Close the call: %(name)s") if over else _("A call ends: %(name)s"))
            % {"name": row.name},
            _("Its last day has passed; say what becomes of the proposals.")
            if over
            else _("Remind people while there is time."),
            reverse("participation-work:call", args=[asked.region.code, row.pk]),
            on=last,
            weight=_weight(last, asked.on),
        )


_WAITS = {
    VoteState.DRAFT: (
        gettext_lazy("Publish the vote: %(name)s"),
        gettext_lazy("Its rules are a draft; people must read them before it opens."),
    ),
    VoteState.PUBLISHED: (
        gettext_lazy("A vote opens: %(name)s"),
        gettext_lazy("Tell people when and how they can vote."),
    ),
    VoteState.OPEN: (
        gettext_lazy("A vote closes: %(name)s"),
        gettext_lazy("Remind people while there is time."),
    ),
    VoteState.CLOSED: (
        gettext_lazy("A vote is being counted: %(name)s"),
        gettext_lazy("The result is published as soon as the count is done."),
    ),
}


def _under_way(asked: Asked) -> QuerySet[Vote]:
    return Vote.objects.filter(region=asked.region, state__in=list(_WAITS))


def _votes(asked: Asked, _count: int) -> Iterator[Waiting]:
    for row in _under_way(asked).order_by("opens_at")[: SHOWN * 2]:
        state = VoteState(row.state)
        opens = localdate(row.opens_at)
        if state == VoteState.PUBLISHED and opens <= asked.on:
            state = VoteState.OPEN  # it opens by itself
        ahead = state in (VoteState.DRAFT, VoteState.PUBLISHED)
        on = opens if ahead else localdate(row.closes_at)
        if on > asked.on + SOON:
            continue
        title, why = _WAITS[state]
        yield Waiting(
            str(title) % {"name": row.name},
            str(why),
            _vote_page(asked.region, row),
            on=on,
            weight=_weight(on, asked.on),
        )
        if row.paper and state == VoteState.OPEN:
            yield _paper(asked, row, on)


def _paper(asked: Asked, row: Vote, on: date) -> Waiting:
    missing = sum(place.missing for place in paper.places(row))
    return Waiting(
        _("Bring the paper in: %(name)s") % {"name": row.name},
        ngettext(
            "One sheet of those who were ticked off is not in the box yet.",
            "%(n)d sheets of those who were ticked off are not in the box yet.",
            missing,
        )
        % {"n": missing}
        if missing
        else _("Lists and sheets can be brought in only until the close."),
        reverse("participation-work:paper", args=[asked.region.code, row.pk]),
        on=on,
        weight=_weight(on, asked.on),
    )


def _vote_page(region: Region, row: Vote) -> str:
    return reverse("participation-work:vote", args=[region.code, row.pk])


register_lines(
    "participation",
    Line(_mine, _checks_waiting),
    Line(_to_moderate, _moderation, Power.MODERATE),
    Line(_ending, _calls, Power.MANAGE_CALLS),
    Line(_under_way, _votes, Power.RUN_VOTES),
)
