"""Proposals that people chose become candidate programmes, with their origin.

`choices` shows what could become one; `gather_proposals` makes them. A candidate takes
name, text, place, department, cost and code from the proposal and its technical check;
where the money comes from, and what it brings, is for the planner to set.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, ngettext, override

from habaring.participation import checking, outcomes, queries, telling
from habaring.participation.checking import Standing
from habaring.participation.models import (
    Proposal,
    ProposalState,
    StepKind,
    Vote,
    VoteState,
)
from habaring.people.access import EVERYWHERE, Extent
from habaring.people.models import Account
from habaring.portfolio.actions import Recorded, record_candidates
from habaring.portfolio.candidates import Entry
from habaring.portfolio.funding import UNSET
from habaring.portfolio.models import Candidate, Origin
from habaring.regions.models import Region
from habaring.shared import formats
from habaring.shared.refusal import Refusal, Words

LONGEST_NAME = 200


class GatheringRefused(Refusal):
    """Proposals that cannot become candidates."""


@dataclass(frozen=True)
class Choice:
    """A proposal that could become a candidate. `votes` is None where none was counted;
    `counted` tells that the voters chose it, not the council over them. `cost` is whole
    rupiah; `candidate` its code, where it is one already. `why_not`: what keeps it out.
    """

    proposal: Proposal
    standing: Standing
    supporters: int
    cost: int | None
    vote: Vote | None = None
    votes: int | None = None
    counted: bool = False
    candidate: str = ""
    why_not: Words = ""

    @property
    def open(self) -> bool:
        return not self.candidate and not self.why_not

    @property
    def origin_text(self) -> str:
        """U-0012 Lampu jalan di Gang Mawar, 312 suara: kept, so in Indonesian."""
        with override("id"):
            return f"{self.proposal.code} {self.proposal.title}, {self.said}"

    @property
    def said(self) -> str:
        """How many voted for it, or support it."""
        if self.votes is not None:
            words = ngettext("%(n)s vote", "%(n)s votes", self.votes)
            return words % {"n": formats.number(self.votes)}
        words = ngettext("%(n)s supporter", "%(n)s supporters", self.supporters)
        return words % {"n": formats.number(self.supporters)}


@dataclass(frozen=True)
class Gathered:
    """What came of it: the codes of new candidates, and how many were there already."""

    new: tuple[str, ...] = ()
    already: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plans:
    """What a planner sets for those that are gathered together: the years in which they
    may begin, and the dimension of each that has none (code of the proposal → code).
    """

    earliest: int
    latest: int
    dimensions: Mapping[str, str] = field(default_factory=dict)


def counted_votes(region: Region) -> list[Vote]:
    """The votes of a region that are counted, the newest first."""
    rows = Vote.objects.filter(region=region, state=VoteState.COUNTED)
    return list(rows.select_related("call").order_by("-closes_at", "-pk"))


def choices(
    region: Region,
    *,
    vote: Vote | None = None,
    proposals: Iterable[Proposal] | None = None,
) -> list[Choice]:
    """What a vote funds in the end (the council's change counts), or some proposals,
    or every one that departments call feasible and no ballot holds; in their order.
    """
    if vote is not None:
        return _of_vote(region, vote)
    rows = list(
        _named(region, proposals) if proposals is not None else _feasible(region)
    )
    counts = queries.supporters(rows)
    made, stands = _made(rows), checking.standings(rows)
    return [
        _choice(row, stands[row.pk], counts.get(row.pk, 0), made.get(row.pk, ""))
        for row in rows
    ]


def _named(region: Region, proposals: Iterable[Proposal]) -> Iterable[Proposal]:
    keys = [row.pk for row in proposals]
    rows = Proposal.objects.filter(region=region, pk__in=keys)
    return rows.select_related("place", "department", "call").order_by("number")


def _feasible(region: Region) -> Iterable[Proposal]:
    rows = checking.feasible(region).exclude(
        options__vote__state__in=(
            VoteState.PUBLISHED,
            VoteState.OPEN,
            VoteState.CLOSED,
            VoteState.COUNTED,
        )
    )
    return rows.select_related("place", "department", "call").order_by("number")


def _of_vote(region: Region, vote: Vote) -> list[Choice]:
    if vote.region_id != region.pk:
        raise GatheringRefused(
            gettext_lazy("This vote belongs to another region."),
            next=gettext_lazy("Choose a vote from the list."),
        )
    won = outcomes.winners(vote)
    rows = {row.pk: row for row in _named(region, [one.option.proposal for one in won])}
    counts = queries.supporters(list(rows.values()))
    votes = _votes(vote)
    made, stands = _made(rows.values()), checking.standings(rows.values())
    found = []
    for one in won:
        row = rows[one.option.proposal_id]
        found.append(
            Choice(
                proposal=row,
                standing=stands[row.pk],
                supporters=counts.get(row.pk, 0),
                cost=one.option.cost,
                vote=vote,
                votes=votes.get(one.option.code),
                counted=one.counted,
                candidate=made.get(row.pk, ""),
            )
        )
    return found


def _votes(vote: Vote) -> dict[str, int]:
    """How many voted for each option, by its code; over all counts of the vote."""
    found: dict[str, int] = {}
    for count in outcomes.counts_of(vote):
        for code, told in count.told.get("projects", {}).items():
            found[code] = found.get(code, 0) + int(told["votes"])
    return found


def _choice(
    row: Proposal, standing: Standing, supporters: int, candidate: str
) -> Choice:
    cost = standing.cost
    why: Words = ""
    if row.state != ProposalState.PUBLIC:
        why = gettext_lazy("It is not public.")
    elif standing.verdict != "feasible":
        why = gettext_lazy("No department has said that it can be done.")
    return Choice(row, standing, supporters, cost, candidate=candidate, why_not=why)


def _made(rows: Iterable[Proposal]) -> dict[int, str]:
    """The candidates that proposals have become already, withdrawn ones left out."""
    found = Candidate.objects.current().filter(proposal__in=[row.pk for row in rows])
    return {
        key: code
        for key, code in found.values_list("proposal", "code")
        if key is not None
    }


@transaction.atomic
def gather_proposals(
    *,
    region: Region,
    chosen: Sequence[Choice],
    plans: Plans,
    by: Account,
    at: datetime,
    within: Extent = EVERYWHERE,
) -> Gathered:
    """Make candidates of chosen proposals; done again it makes none twice.

    `chosen` comes from `choices`. Each proposal gets its public step, and its followers
    are told. Raises GatheringRefused where nothing is chosen, one cannot become a
    candidate or has no dimension, CandidatesRefused as `record_candidates` does.
    """
    Region.objects.select_for_update().get(pk=region.pk)
    if not chosen:
        raise GatheringRefused(
            gettext_lazy("Nothing is chosen."),
            next=gettext_lazy("Tick at least one proposal."),
        )
    made = _made([one.proposal for one in chosen])
    already = [made[one.proposal.pk] for one in chosen if one.proposal.pk in made]
    fresh = [one for one in chosen if one.proposal.pk not in made]
    _refuse(fresh, plans)
    taken = set(_codes(region))
    entries = [_entry(one, plans, taken) for one in fresh]
    if entries:
        told = record_candidates(
            region=region, rows=entries, upload=None, by=by, at=at, within=within
        )
        _tell(fresh, entries, told, by=by, at=at)
    return Gathered(tuple(entry.code for entry in entries), tuple(already))


def _refuse(fresh: Iterable[Choice], plans: Plans) -> None:
    for one in fresh:
        if one.why_not:
            raise GatheringRefused(
                format_lazy(
                    gettext_lazy("{code} cannot become a candidate."),
                    code=one.proposal.code,
                ),
                why=one.why_not,
                next=gettext_lazy("Take it out of what you ticked."),
            )
        if not _dimension(one.proposal, plans):
            raise GatheringRefused(
                format_lazy(
                    gettext_lazy("{code} has no dimension."), code=one.proposal.code
                ),
                why=gettext_lazy("Every programme serves one of the dimensions."),
                next=gettext_lazy("Choose one beside it."),
            )


def _dimension(row: Proposal, plans: Plans) -> str:
    return plans.dimensions.get(row.code, "") or row.dimension_code


def _codes(region: Region) -> Iterator[str]:
    rows = Candidate.objects.filter(region=region).values_list("code", flat=True)
    return iter(rows.distinct().order_by())


def _free(code: str, taken: set[str]) -> str:
    """The proposal's own code; with a number behind it where that is in use."""
    found, n = code, 1
    while found in taken:
        n += 1
        found = f"{code}-{n}"
    taken.add(found)
    return found


def _entry(one: Choice, plans: Plans, taken: set[str]) -> Entry:
    row, check = one.proposal, one.standing.newest_yes
    department = check.department if check else row.department
    return Entry(
        code=_free(row.code, taken),
        name=row.title[:LONGEST_NAME],
        description=f"{row.problem}\n\n{row.idea}",
        dimension=_dimension(row, plans),
        district=_district(row),
        department=department.code if department else "",
        earliest=plans.earliest,
        latest=plans.latest,
        costs={(1, UNSET): one.cost} if one.cost else {},
        origin_kind=Origin.PROPOSAL,
        origin_text=one.origin_text[:300],
        proposal=row.code,
        subactivity_code=check.subactivity_code if check else "",
        illustrative=row.illustrative or bool(one.vote and one.vote.illustrative),
    )


def _district(row: Proposal) -> str:
    """The district of a village or district; empty for the whole region."""
    parts = (row.place_id or "").split(".")
    return ".".join(parts[:3]) if len(parts) > 2 else ""


def _tell(
    fresh: Sequence[Choice],
    entries: Sequence[Entry],
    told: Recorded,
    *,
    by: Account,
    at: datetime,
) -> None:
    new = set(told.new)
    for one, entry in zip(fresh, entries, strict=True):
        if entry.code not in new:
            continue
        telling.record_step(
            proposal=one.proposal,
            kind=StepKind.CANDIDATE,
            by=by,
            at=at,
            details={"candidate": entry.name, "code": entry.code},
        )
