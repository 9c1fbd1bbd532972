"""The verbs that join and part proposals: merge, take back, split, pass on.

Nobody is lost: authors, co-authors and followers come along and hear of it once. An old
address keeps its page, its comments, and a link to where it goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.participation import ancestry, moderation, numbering, telling
from habaring.participation.models import (
    Author,
    CallState,
    Lineage,
    Photo,
    Proposal,
    ProposalFollow,
    ProposalState,
    StepKind,
    VoteState,
)
from habaring.people.models import Account
from habaring.shared import audit
from habaring.shared.refusal import Refusal

MOST_PARTS = 8
LONGEST_REASON = 1_000


class LineageRefused(Refusal):
    """Proposals that cannot be joined, parted or passed on."""


@dataclass(frozen=True)
class Part:
    """One of the new proposals that come out of a split."""

    title: str
    problem: str
    idea: str
    rough_cost: int | None = None  # whole rupiah


# Merging


@transaction.atomic
def merge(
    *,
    older: Proposal,
    into: Proposal,
    reason: str,
    by: Account,
    at: datetime,
) -> Lineage:
    """Let one proposal go on in another; both keep their page and their comments.

    Who supports both counts once. Raises LineageRefused without a reason, for one and
    the same, across regions, where either is not public (merged already, held, hidden),
    or stands on a ballot.
    """
    reason = _reason(reason)
    first, second = _locked(older, into)
    _refuse_merge(first, second)
    row = Lineage.objects.create(
        region_id=first.region_id,
        older=first,
        newer=second,
        kind="merge",
        reason=reason,
        at=at,
        by=by,
    )
    first.state, first.merged_into = ProposalState.MERGED, second
    first.save(update_fields=["state", "merged_into"])
    _carry(first, second, at=at, supports=True)
    for proposal, details in (
        (second, {"from": first.code}),
        (first, {"into": second.code}),
    ):
        telling.record_step(
            proposal=proposal,
            kind=StepKind.MERGED,
            by=by,
            at=at,
            text=reason,
            details=details,
            path=telling.page_of(second),
        )
    _recorded(
        first, "participation.proposal.merged", row, by=by, at=at, into=second.code
    )
    return row


def _refuse_merge(older: Proposal, into: Proposal) -> None:
    if older.pk == into.pk:
        raise LineageRefused(
            what=_("A proposal cannot be merged into itself."),
            next=_("Choose another one to go on in."),
        )
    if older.region_id != into.region_id:
        raise LineageRefused(
            what=_("These proposals belong to two regions."),
            why=_("Each region listens to its own people."),
            next=_("Choose two proposals of one region."),
        )
    for row in (older, into):
        _refuse_not_public(row)
        _refuse_on_ballot(row)


@transaction.atomic
def take_back_merge(
    *, proposal: Proposal, reason: str, by: Account, at: datetime
) -> Lineage:
    """Undo a wrong merge: the older one stands by itself again, as a new step.

    Who came along with it leaves the other one. Raises LineageRefused without a reason,
    where it is not merged, or where something was built on the merge since: the other
    was itself merged or split, asked to be checked, put on a ballot or passed on.
    """
    reason = _reason(reason)
    before = ancestry.last_merge(Proposal.objects.get(pk=proposal.pk))
    if before is None:
        raise LineageRefused(
            what=_("This proposal is not merged into another one."),
            next=_("Open it again and look at its state."),
        )
    older, newer = _locked(before.older, before.newer)
    _refuse_built_on(newer, since=before.at)
    row = Lineage.objects.create(
        region_id=older.region_id,
        older=older,
        newer=newer,
        kind="undo",
        reason=reason,
        at=at,
        by=by,
    )
    older.state, older.merged_into = ProposalState.PUBLIC, None
    older.save(update_fields=["state", "merged_into"])
    _let_go(older, newer, merged_at=before.at)
    for told, details in (
        (older, {"into": newer.code}),
        (newer, {"from": older.code}),
    ):
        telling.record_step(
            proposal=told,
            kind=StepKind.UNMERGED,
            by=by,
            at=at,
            text=reason,
            details=details,
        )
    _recorded(
        older, "participation.proposal.unmerged", row, by=by, at=at, into=newer.code
    )
    return row


_BUILT = (
    StepKind.CHECK_ASKED,
    StepKind.CHECKED,
    StepKind.ON_BALLOT,
    StepKind.PASSED_ON,
    StepKind.CANDIDATE,
)


def built_on(newer: Proposal, *, since: datetime) -> bool:
    """Whether something stands on a merge by now, so that it cannot be taken back."""
    return (
        newer.state != ProposalState.PUBLIC
        or newer.steps.filter(kind__in=_BUILT, at__gte=since).exists()
        or _on_ballot(newer)
    )


def _refuse_built_on(newer: Proposal, *, since: datetime) -> None:
    if built_on(newer, since=since):
        raise LineageRefused(
            what=_("This merge cannot be taken back any more."),
            why=format_lazy(
                _(
                    "Others have built on {code} since: it was checked, voted on or moved."
                ),
                code=newer.code,
            ),
            next=_("Split that proposal instead; everybody comes along."),
        )


# Splitting


@transaction.atomic
def split(
    *,
    proposal: Proposal,
    parts: Sequence[Part],
    reason: str,
    by: Account,
    at: datetime,
) -> list[Proposal]:
    """Make two to eight new proposals out of one, each with all its people.

    A support was for the whole, so the parts begin without any; who supported follows
    each part and may support it. Raises LineageRefused as `merge` does, and where a part
    has no title, problem or idea.
    """
    reason = _reason(reason)
    (whole,) = _locked(proposal)
    _refuse_not_public(whole)
    _refuse_on_ballot(whole)
    _refuse_parts(parts)
    made = [_made(whole, part, by=by, at=at) for part in parts]
    whole.state = ProposalState.SPLIT
    whole.save(update_fields=["state"])
    codes = [row.code for row in made]
    for row in made:
        line = Lineage.objects.create(
            region_id=whole.region_id,
            older=whole,
            newer=row,
            kind="split",
            reason=reason,
            at=at,
            by=by,
        )
        _carry(whole, row, at=at, supports=False)
        telling.record_step(
            proposal=row,
            kind=StepKind.SPLIT,
            by=by,
            at=at,
            text=reason,
            details={"from": whole.code},
            path=telling.page_of(whole),
        )
    telling.record_step(
        proposal=whole,
        kind=StepKind.SPLIT,
        by=by,
        at=at,
        text=reason,
        details={"into": codes},
    )
    _recorded(whole, "participation.proposal.split", line, by=by, at=at, into=codes)
    return made


def _refuse_parts(parts: Sequence[Part]) -> None:
    if not 2 <= len(parts) <= MOST_PARTS:
        raise LineageRefused(
            what=_("A split gives two to eight proposals."),
            next=_("Write at least two of them, or change nothing."),
        )
    if not all(
        part.title.strip() and part.problem.strip() and part.idea.strip()
        for part in parts
    ):
        raise LineageRefused(
            what=_("A part is not complete."),
            why=_("Each one needs a title, the problem and the idea."),
            next=_("Fill these in, or take that part away."),
        )


_SAME = (
    "region_id",
    "call_id",
    "beneficiaries",
    "dimension_code",
    "place_id",
    "place_text",
    "latitude",
    "longitude",
    "origin",
    "origin_text",
    "meeting_id",
    "author_id",
    "author_name",
    "entered_by_id",
    "on_paper",
    "department_id",
    "illustrative",
)


def _made(whole: Proposal, part: Part, *, by: Account, at: datetime) -> Proposal:
    row = Proposal.objects.create(
        **{name: getattr(whole, name) for name in _SAME},
        number=numbering.next_number(whole.region),
        title=" ".join(part.title.split())[:150],
        problem=moderation.tidy(part.problem),
        idea=moderation.tidy(part.idea),
        rough_cost=part.rough_cost,
        state=ProposalState.PUBLIC,
        begun_at=at,
        changed_at=at,
        sent_at=at,
    )
    Photo.objects.bulk_create(
        Photo(
            region_id=row.region_id,
            proposal=row,
            path=photo.path,
            name=photo.name,
            media_type=photo.media_type,
            caption=photo.caption,
            added_at=photo.added_at,
        )
        for photo in whole.photos.all()
    )
    return row


# Passing on


@transaction.atomic
def pass_on(*, proposal: Proposal, reason: str, by: Account, at: datetime) -> Proposal:
    """Take a proposal from its call to the next one (`Call.passes_to`); its address,
    people, comments and thread stay.

    Raises LineageRefused where its call passes nothing on, the next call is not open,
    or it is not public.
    """
    (row,) = _locked(proposal)
    _refuse_not_public(row)
    before, after = row.call, row.call.passes_to
    if after is None:
        raise LineageRefused(
            what=_("This call passes its proposals to no other."),
            next=_("Name the next call on the page of this one first."),
        )
    if after.state != CallState.OPEN:
        raise LineageRefused(
            what=_("The next call is not open."),
            why=_("What goes there now would be seen by nobody."),
            next=_("Open it first, or wait until it opens."),
        )
    row.call = after
    row.save(update_fields=["call"])
    telling.record_step(
        proposal=row,
        kind=StepKind.PASSED_ON,
        by=by,
        at=at,
        text=_free(reason),
        details={"call": after.name, "from_call": before.pk, "to_call": after.pk},
    )
    _recorded(
        row,
        "participation.proposal.passed_on",
        None,
        by=by,
        at=at,
        into=str(after.pk),
        **{"from": before.pk},
    )
    return row


# The people


def _carry(older: Proposal, newer: Proposal, *, at: datetime, supports: bool) -> None:
    """Bring everybody of one proposal to another; nobody stands there twice."""
    _carry_authors(older, newer, at=at)
    there = {row.account_id: row for row in newer.followers.all()}
    fresh = []
    for row in older.followers.all():
        known = there.get(row.account_id)
        if known is None:
            fresh.append(
                ProposalFollow(
                    region_id=newer.region_id,
                    proposal=newer,
                    account_id=row.account_id,
                    supports=row.supports and supports,
                    hears=row.hears,
                    since=at,
                    from_proposal=older,
                )
            )
        elif row.supports and supports and not known.supports:
            known.supports, known.from_proposal = True, older
            known.save(update_fields=["supports", "from_proposal"])
    ProposalFollow.objects.bulk_create(fresh)


def _carry_authors(older: Proposal, newer: Proposal, *, at: datetime) -> None:
    known = {newer.author_id, *newer.coauthors.values_list("account_id", flat=True)}
    came = [
        (row.account_id, row.name, row.accepted_at) for row in older.coauthors.all()
    ]
    if older.author_id is not None:
        came.insert(0, (older.author_id, older.author_name, older.sent_at))
    Author.objects.bulk_create(
        Author(
            region_id=newer.region_id,
            proposal=newer,
            account_id=account,
            name=name,
            since=at,
            accepted_at=accepted,
            from_proposal=older,
        )
        for account, name, accepted in came
        if account not in known
    )


def _let_go(older: Proposal, newer: Proposal, *, merged_at: datetime) -> None:
    """Take back what `_carry` brought; who came with another merge too stays."""
    Author.objects.filter(proposal=newer, from_proposal=older).delete()
    came = ProposalFollow.objects.filter(proposal=newer, from_proposal=older)
    came.filter(since=merged_at).delete()
    came.update(supports=False, from_proposal=None)
    others = Proposal.objects.filter(merged_into=newer).order_by("number")
    for other in others:
        merged = ancestry.last_merge(other)
        if merged is not None:
            _carry(other, newer, at=merged.at, supports=True)


# What all of them ask


def _locked(*rows: Proposal) -> list[Proposal]:
    """The rows as they are now, locked in one order, so that nobody waits in a ring."""
    found = {
        row.pk: row
        for row in Proposal.objects.select_for_update(of=("self",))
        .filter(pk__in=[row.pk for row in rows])
        .select_related("region", "call__passes_to")
        .order_by("pk")
    }
    return [found[row.pk] for row in rows]


def _refuse_not_public(row: Proposal) -> None:
    if row.state == ProposalState.PUBLIC:
        return
    if row.state == ProposalState.MERGED:
        goes_on = ancestry.living(row)
        raise LineageRefused(
            what=format_lazy(_("{code} was merged already."), code=row.code),
            why=format_lazy(_("It goes on in {code}."), code=goes_on.code),
            next=_("Use that one instead."),
        )
    raise LineageRefused(
        what=format_lazy(_("{code} is not public."), code=row.code),
        why=_("It waits for a moderator, is hidden, was withdrawn or split."),
        next=_("Choose a proposal that everybody can read and support."),
    )


def _on_ballot(row: Proposal) -> bool:
    return row.options.exclude(vote__state=VoteState.CANCELLED).exists()


def _refuse_on_ballot(row: Proposal) -> None:
    if _on_ballot(row):
        raise LineageRefused(
            what=format_lazy(_("{code} stands on a ballot."), code=row.code),
            why=_("People vote on it as it is, and read afterwards what they chose."),
            next=_("Take it off a ballot that is still a draft, or leave it as it is."),
        )


def _free(reason: str) -> str:
    return moderation.tidy(reason)[:LONGEST_REASON]


def _reason(reason: str) -> str:
    tidy = _free(reason)
    if not tidy:
        raise LineageRefused(
            what=_("Say why, in a sentence."),
            why=_("Everybody reads it on both pages, and is told with it."),
            next=_("Write, for example, that both ask for the same road."),
        )
    return tidy


def _recorded(
    row: Proposal,
    verb: str,
    line: Lineage | None,
    *,
    by: Account,
    at: datetime,
    **details: object,
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        reason=line.reason if line else "",
        details=details,
    )
