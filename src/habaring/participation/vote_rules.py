"""What a vote's rules are: as they are set, whether they can be counted, as a file.

The file is canonical JSON (sorted keys, no spaces, UTF-8), so that its SHA-256 can be
computed again by anybody; days are not in it, since a close may move later.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.participation.models import (
    BallotKind,
    Call,
    CallState,
    Option,
    TakesPart,
    Vote,
)
from habaring.people.entitled.models import Register
from habaring.regions.models import Region
from habaring.shared.refusal import Refusal, Words

DEFAULT_MEASURE: Mapping[str, str] = {
    BallotKind.APPROVAL: "cost",
    BallotKind.KNAPSACK: "cost",
    BallotKind.RANKING: "borda-1",
    BallotKind.POINTS: "score",
}
"""What a funded project is worth to its supporters, as each kind of ballot says it."""


class RulesRefused(Refusal):
    """Rules that cannot be counted or held; `problems` are sentences."""

    def __init__(self, problems: Sequence[Words]) -> None:
        self.problems = problems
        super().__init__(
            what=_("The vote cannot be held like this."),
            why=" ".join(str(problem) for problem in problems),
            next=_("Change it and save again; nothing was saved."),
        )


@dataclass(frozen=True)
class Rules:
    """A vote as it is set up; money in whole rupiah, codes are those of options."""

    name: str
    budget: int
    opens_at: datetime
    closes_at: datetime
    ballot: str = BallotKind.APPROVAL
    most: int | None = 5
    points: int | None = None
    rule: str = "equal-shares"
    measure: str = "cost"
    completion: str = "add1-greedy"
    ties: tuple[str, ...] = ()
    beside: str = "greedy"
    minimum_votes: int = 0
    conflicts: tuple[tuple[str, ...], ...] = ()
    per_district: bool = False
    district_budgets: Mapping[str, int] = field(default_factory=dict)
    votes_by: str = TakesPart.REGISTER
    register: Register | None = None
    paper: bool = False

    def columns(self) -> dict[str, Any]:
        """As the columns of a `Vote`, without what its ballot and rule do not use."""
        given = {
            **{name: getattr(self, name) for name in self.__dataclass_fields__},
            "ties": list(self.ties),
            "conflicts": [sorted(one) for one in self.conflicts],
            "district_budgets": dict(self.district_budgets)
            if self.per_district
            else {},
        }
        if self.rule != "equal-shares":
            given["completion"] = "none"
        if self.ballot != BallotKind.POINTS:
            given["points"] = None
        if self.ballot == BallotKind.KNAPSACK:
            given["most"] = None
        if self.votes_by != TakesPart.REGISTER:
            given["register"] = None
        return given


def check(rules: Rules, options: Sequence[Option], *, call: Call) -> None:
    """Raise RulesRefused with every reason why this vote cannot be held or counted."""
    problems = [
        *_ballot_problems(rules),
        *_time_problems(rules, call),
        *_voter_problems(rules, call),
        *_option_problems(rules, options),
        *_count_problems(rules, options),
    ]
    if problems:
        raise RulesRefused(problems)


def _ballot_problems(rules: Rules) -> Iterator[Words]:
    if rules.budget <= 0:
        yield _("The budget must be more than zero.")
    if rules.most is not None and rules.most < 1:
        yield _("Voters must be allowed at least one project.")
    if rules.ballot == BallotKind.POINTS and not 1 <= (rules.points or 0) <= 100_000:
        yield _("Say how many points each voter has, from 1 to 100,000.")


def _time_problems(rules: Rules, call: Call) -> Iterator[Words]:
    if rules.closes_at <= rules.opens_at:
        yield _("The vote must close after it opens.")
    if call.state in (CallState.DRAFT, CallState.CANCELLED):
        yield _("The call is a draft or cancelled; nobody can vote on it.")


def _voter_problems(rules: Rules, call: Call) -> Iterator[Words]:
    register = rules.register
    if rules.votes_by != TakesPart.REGISTER:
        if rules.paper:
            yield _("Paper needs a register, so that nobody votes on both.")
        if rules.per_district:
            yield _("Counting by district needs a register that knows each village.")
    elif register is None:
        yield _("Choose the register of the people who may vote.")
    elif not register.in_use or register.purpose != "electorate":
        yield _("This register is not in use, or is none of people who may vote.")
    elif register.region_id != call.region_id:
        yield _("This register is of another region.")


def _option_problems(rules: Rules, options: Sequence[Option]) -> Iterator[Words]:
    if len(options) < 2:
        yield _("A vote needs at least two projects.")
    known = {option.code for option in options}
    for code in sorted({code for one in rules.conflicts for code in one} - known):
        yield format_lazy(_("Project {code} is not on this ballot."), code=code)
    if not rules.per_district:
        return
    for option in options:
        if option.district_id is None:
            yield format_lazy(
                _("Project {code} lies in no district."), code=option.code
            )
    for district in sorted({o.district_id for o in options if o.district_id}):
        if rules.district_budgets.get(district, 0) <= 0:
            yield format_lazy(
                _("District {code} has projects and no budget."), code=district
            )


def _count_problems(rules: Rules, options: Sequence[Option]) -> Iterator[Words]:
    """What the engine would refuse, before anybody votes."""
    # late: the engine loads numpy
    from habaring.engines import counting

    given = rules.columns()
    kind = {
        BallotKind.RANKING: counting.Kind.ORDINAL,
        BallotKind.POINTS: counting.Kind.CUMULATIVE,
    }.get(BallotKind(rules.ballot), counting.Kind.APPROVAL)
    election = counting.Election(
        budget=rules.budget,
        projects=tuple(counting.Project(o.code, o.cost) for o in options),
        ballots=counting.gather(kind, ()),
        kind=kind,
    )
    try:
        rule = counting.Rule(
            counting.RuleName(given["rule"]),
            counting.Measure(given["measure"]),
            counting.Completion(given["completion"]),
            rules.ties,
        )
        counting.check(election, rule)
    except counting.Refused as refused:
        yield from (_told(problem.code) for problem in refused.problems)
    except ValueError:
        yield _("No such rule, measure or completion is known.")


_COUNTED: Mapping[str, Words] = {
    "rule_kind": _(
        "Phragmén's rule counts crosses only: choose another rule, or a ballot with"
        " crosses."
    ),
    "measure_kind": _(
        "What a project is worth does not fit this ballot: places need a ranking,"
        " points a ballot with points."
    ),
    "completion": _("Only equal shares has a way to spend what is left over."),
    "tie": _("One of the tie rules is unknown."),
    "cost": _("A project costs less than zero."),
}


def _told(code: str) -> Words:
    return _COUNTED.get(code, _("The rule cannot count this ballot."))


# The order that breaks ties, and the file


def tie_order(seed: str, codes: Iterable[str]) -> list[str]:
    """Codes in the order of SHA-256 of the seed and the code: nobody chose it."""
    return sorted(
        codes, key=lambda code: hashlib.sha256(f"{seed}{code}".encode()).hexdigest()
    )


def document(vote: Vote) -> dict[str, Any]:
    """All that decides how ballots are counted, and what stands on them."""
    options = vote.options.select_related("proposal").order_by("tie_rank", "id")
    return {
        "format": "habaring-vote-rules-1",
        "region": vote.region_id,
        "vote": vote.pk,
        "name": vote.name,
        "ballot": {"kind": vote.ballot, "most": vote.most, "points": vote.points},
        "budget": vote.budget,
        "rule": vote.rule,
        "measure": vote.measure,
        "completion": vote.completion,
        "ties": vote.ties,
        "beside": vote.beside,
        "minimum_votes": vote.minimum_votes,
        "conflicts": vote.conflicts,
        "category_budgets": vote.category_budgets,
        "per_district": vote.per_district,
        "district_budgets": vote.district_budgets,
        "electorate": _electorate(vote),
        "paper": vote.paper,
        "tie_seed": vote.tie_seed,
        "options": [
            {
                "code": option.code,
                "proposal": option.proposal.code,
                "title": option.title,
                "cost": option.cost,
                "district": option.district_id,
                "dimension": option.dimension_code,
                "tie_rank": option.tie_rank,
            }
            for option in options
        ],
    }


def _electorate(vote: Vote) -> dict[str, Any]:
    register = vote.register
    if register is None:
        return {"by": vote.votes_by}
    return {
        "by": vote.votes_by,
        "register": register.name,
        "sha256": register.sha256,
        "people": register.rows,
    }


def as_file(vote: Vote) -> bytes:
    """The document as the bytes that `Vote.rules_sha256` is of."""
    text = json.dumps(
        document(vote), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return (text + "\n").encode()


def checksum(vote: Vote) -> str:
    """SHA-256 of the rules file."""
    return hashlib.sha256(as_file(vote)).hexdigest()


def rules_of(vote: Vote) -> Rules:
    """A vote's rules as they stand, to be changed."""
    names = set(Rules.__dataclass_fields__)
    given = {name: getattr(vote, name) for name in names}
    given["ties"] = tuple(vote.ties)
    given["conflicts"] = tuple(tuple(one) for one in vote.conflicts)
    return Rules(**given)


@dataclass(frozen=True)
class District:
    """A district with projects on the ballot."""

    region: Region
    options: int


def districts(options: Iterable[Option]) -> list[District]:
    """The districts of the options, in the order of their codes."""
    counted: dict[str, int] = {}
    regions: dict[str, Region] = {}
    for option in options:
        if option.district is not None:
            regions[option.district.code] = option.district
            counted[option.district.code] = counted.get(option.district.code, 0) + 1
    return [District(regions[code], counted[code]) for code in sorted(counted)]


def asked(rules: Rules) -> dict[str, Any]:
    """The rules as plain values, for the audit: nothing about people."""
    given = asdict(rules) | {"register": rules.register and rules.register.pk}
    return {name: str(value) for name, value in given.items()}
