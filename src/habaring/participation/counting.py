"""From a vote's rows to the engine's values, and from its outcome to what is published.

The file of ballots is written first; what is counted is read back from that very file,
so that whoever downloads it and counts again starts where we did.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from habaring.participation.findings import Facts, Turnout, findings
from habaring.participation.models import BallotKind, Option, Vote
from habaring.regions.models import Region

if TYPE_CHECKING:
    from habaring.engines.counting import Election, Rule
    from habaring.participation.choices import Choice


@dataclass(frozen=True)
class Part:
    """What is counted on its own: the whole vote, or one district of it."""

    district: Region | None
    budget: int
    options: tuple[Option, ...]

    @property
    def place(self) -> str:
        """Its word in addresses."""
        return self.district.code if self.district else WHOLE


Box: TypeAlias = "Sequence[tuple[str, Choice]]"
"""Ballots out of the box: their public numbers, and what they say."""

WHOLE = "semua"
"""How addresses call a count that is not of one district."""


@dataclass(frozen=True)
class Counted:
    """A count, ready to be kept: the bytes as published, and what pages read."""

    ballots: bytes
    record: dict[str, Any]
    record_sha256: str
    beside: dict[str, Any] | None
    told: dict[str, Any]
    voters: int
    on_paper: int

    @property
    def ballots_sha256(self) -> str:
        return hashlib.sha256(self.ballots).hexdigest()


def parts(vote: Vote) -> list[Part]:
    """What is counted each on its own, in the order of the districts' codes."""
    options = list(vote.options.select_related("district", "proposal"))
    if not vote.per_district:
        return [Part(None, vote.budget, tuple(options))]
    budgets: Mapping[str, int] = vote.district_budgets
    districts = {one.district_id: one.district for one in options if one.district}
    return [
        Part(
            district,
            int(budgets.get(code or "", 0)),
            tuple(one for one in options if one.district_id == code),
        )
        for code, district in sorted(districts.items())
    ]


def rule_of(vote: Vote) -> "Rule":
    """The rule that was published with the vote."""
    from habaring.engines.counting import Completion, Measure, Rule, RuleName

    name = RuleName(vote.rule)
    shares = name == RuleName.EQUAL_SHARES
    return Rule(
        name,
        Measure(vote.measure),
        Completion(vote.completion) if shares else Completion.NONE,
        tuple(vote.ties),
    )


def rule_beside(vote: Vote) -> "Rule | None":
    """The rule shown beside it, by the same measure and ties."""
    from habaring.engines.counting import Completion, Measure, Rule, RuleName

    if not vote.beside or vote.beside == vote.rule:
        return None
    name = RuleName(vote.beside)
    shares = name == RuleName.EQUAL_SHARES
    last = Completion.ADD1_GREEDY if shares else Completion.NONE
    return Rule(name, Measure(vote.measure), last, tuple(vote.ties))


def election_of(vote: Vote, part: Part, opened: Box) -> "Election":
    """The election of one part: its options, its ballots, its limits, its tie order."""
    from habaring.engines.counting import Election, Kind, Limits, Project, gather

    kind = {
        BallotKind.RANKING: Kind.ORDINAL,
        BallotKind.POINTS: Kind.CUMULATIVE,
    }.get(BallotKind(vote.ballot), Kind.APPROVAL)
    options = sorted(part.options, key=lambda one: one.code)
    index = {one.code: at for at, one in enumerate(options)}
    known = set(index)
    conflicts = [frozenset(one) for one in vote.conflicts if set(one) <= known]
    return Election(
        budget=part.budget,
        projects=tuple(
            Project(
                one.code,
                one.cost,
                name=one.title,
                district=one.district_id or "",
                categories=(one.dimension_code,) if one.dimension_code else (),
            )
            for one in options
        ),
        ballots=gather(
            kind,
            (
                ([index[code] for code in choice.codes], choice.points)
                for _number, choice in opened
            ),
        ),
        kind=kind,
        limits=Limits(
            minimum_votes=vote.minimum_votes,
            conflicts=tuple(sorted(conflicts, key=sorted)),
            categories=dict(sorted(vote.category_budgets.items())),
            districts={}
            if vote.per_district
            else dict(sorted(vote.district_budgets.items())),
        ),
        tie_order=tuple(
            one.code
            for one in sorted(options, key=lambda one: (one.tie_rank, one.code))
        ),
        meta=_meta(vote, part),
    )


def _meta(vote: Vote, part: Part) -> dict[str, str]:
    place = part.district.full_name if part.district else vote.region.full_name
    return {
        "description": vote.name.replace(";", ","),
        "country": "Indonesia",
        "unit": place.replace(";", ","),
        "instance": f"{vote.region_id}-{vote.pk}-{part.place}",
        "currency": "IDR",
        "date_begin": vote.opens_at.date().isoformat(),
        "date_end": vote.closes_at.date().isoformat(),
    }


def count_part(vote: Vote, part: Part, opened: Box, *, turnout: Turnout) -> Counted:
    """Count one part by both rules. The longest step of a close, no row is written."""
    from habaring.engines import counting

    ballots = published(vote, part, opened)
    election = counting.read_pabulib(ballots)
    rule = counting.rule_in(election) or rule_of(vote)
    outcome = counting.count(election, rule, explain=True)
    other = rule_beside(vote)
    beside = counting.count(election, other) if other else None
    # as `habaring count --json` prints it: the explanation is kept apart, in `told`
    record = counting.audit(counting.count(election, rule), data=ballots)
    return Counted(
        ballots=ballots,
        record=record,
        record_sha256=hashlib.sha256(counting.audit_json(record)).hexdigest(),
        beside=counting.audit(beside, data=ballots) if beside else None,
        told=findings(outcome, beside, facts=facts_of(part.options), turnout=turnout),
        voters=turnout.voters,
        on_paper=turnout.paper,
    )


def facts_of(options: Iterable[Option]) -> dict[str, Facts]:
    """The words of the options, as they stood on the ballot."""
    return {
        one.code: Facts(
            code=one.code,
            title=one.title,
            proposal=one.proposal.number,
            cost=one.cost,
            district=one.district_id or "",
            dimension=one.dimension_code,
            tie_rank=one.tie_rank,
        )
        for one in options
    }


def published(vote: Vote, part: Part, opened: Box) -> bytes:
    """The file of ballots: one row each by its public number, in the numbers' order.

    Neither how nor where somebody voted stands in it: only what was chosen.
    """
    from habaring.engines import counting

    rows = sorted(opened, key=lambda row: row[0])
    return counting.write_pabulib(
        election_of(vote, part, rows),
        rule=rule_of(vote),
        rows=[
            counting.VoteRow(number, choice.codes, choice.points)
            for number, choice in rows
        ],
    )
