"""What is kept beside the record of a count, so that pages only read.

Plain values, in no language: money by round, what turned each project, how money and
votes spread, who of the voters got something. Nothing here decides anything.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from habaring.participation.models.votes import Channel

if TYPE_CHECKING:
    from habaring.engines.counting import Election, Outcome

FEWEST_TOGETHER = 5
"""Numbers of a district with fewer ballots are told together with others: a handful of
neighbours know who of them went to vote (docs/decisions/0015-the-secret-ballot.md)."""


@dataclass(frozen=True)
class Facts:
    """What the engine need not know of an option: its words, its proposal."""

    code: str
    title: str
    proposal: int  # its number in the region
    cost: int
    district: str = ""
    dimension: str = ""
    tie_rank: int = 0


@dataclass(frozen=True)
class Turnout:
    """How many voted, by way and by district. `eligible` is None without a register."""

    voters: int
    paper: int
    empty: int
    eligible: int | None
    districts: tuple[tuple[str, int], ...]

    @classmethod
    def of(
        cls,
        channels: Mapping[str, int],
        districts: Mapping[str, int],
        *,
        empty: int = 0,
        eligible: int | None = None,
    ) -> "Turnout":
        """From how many ballots came by each channel, how many voters of each district."""
        return cls(
            voters=sum(channels.values()),
            paper=channels.get(Channel.PAPER, 0),
            empty=empty,
            eligible=eligible,
            districts=_together(districts),
        )


def _together(districts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """By district, the largest first; small ones as one, under no code."""
    rows = sorted(districts.items(), key=lambda row: (-row[1], row[0]))
    rows = [row for row in rows if row[0]]
    rest = districts.get("", 0)
    while rows and (rows[-1][1] < FEWEST_TOGETHER or 0 < rest < FEWEST_TOGETHER):
        rest += rows.pop()[1]
    return (*rows, ("", rest)) if rest else tuple(rows)


def findings(
    outcome: "Outcome",
    beside: "Outcome | None",
    *,
    facts: Mapping[str, Facts],
    turnout: Turnout,
) -> dict[str, Any]:
    """All of it, ready for a JSON column. Whole rupiah, exact sums as text."""
    election, rule = outcome.election, outcome.rule
    money = _Money.of(outcome)
    return {
        "rule": {
            "name": str(rule.name),
            "measure": str(rule.measure),
            "completion": str(rule.completion),
            "ties": list(rule.ties),
        },
        "kind": str(election.kind),
        "minimum_votes": election.limits.minimum_votes,
        "conflicts": [sorted(one) for one in election.limits.conflicts],
        "categories": dict(election.limits.categories),
        "districts": dict(election.limits.districts),
        "budget": election.budget,
        "cost": outcome.cost,
        "endowment": _amount(election, outcome.endowment),
        "steps": outcome.steps,
        "winners": list(outcome.winners),
        "money": money.everybody,
        "rounds": _rounds(outcome, facts),
        "projects": _projects(outcome, facts, money.supporters),
        "turnout": asdict(turnout),
        "satisfied": satisfied(outcome),
        "dimensions": _spread(outcome, facts, "dimension"),
        "places": _spread(outcome, facts, "district"),
        "beside": _other(beside, facts) if beside else None,
    }


def _other(outcome: "Outcome", facts: Mapping[str, Facts]) -> dict[str, Any]:
    return {
        "rule": {
            "name": str(outcome.rule.name),
            "measure": str(outcome.rule.measure),
            "completion": str(outcome.rule.completion),
            "ties": list(outcome.rule.ties),
        },
        "winners": list(outcome.winners),
        "cost": outcome.cost,
        "satisfied": satisfied(outcome),
        "dimensions": _spread(outcome, facts, "dimension"),
        "places": _spread(outcome, facts, "district"),
    }


def _amount(election: "Election", value: Any) -> int | str | None:
    return None if value is None else election.money(value)


def _rounds(outcome: "Outcome", facts: Mapping[str, Facts]) -> list[dict[str, Any]]:
    election = outcome.election
    shares = outcome.endowment is not None
    return [
        {
            "project": one.project,
            "phase": one.phase,
            "price": _amount(election, _price(outcome, one)) if shares else None,
            "effective": _effective(outcome, one),
            "full": one.full,
            "rest": one.rest,
            "from_rest": _amount(election, one.from_rest),
            "spent": one.spent,
            "tied": list(one.tied),
            "decided_by": _decided_by(outcome, one, facts) if one.tied else "",
        }
        for one in outcome.rounds
    ]


def _price(outcome: "Outcome", one: Any) -> Any:
    """What a supporter with enough money paid, where that is one sum for all."""
    story = outcome.stories.get(one.project)
    return story.price if story and one.phase == "main" else None


def _effective(outcome: "Outcome", one: Any) -> str:
    """As many supporters with enough money would have bought it at this price."""
    by_cost = str(outcome.rule.measure) == "cost" and outcome.endowment is not None
    return str(1 / one.rate) if by_cost and one.phase == "main" and one.rate else ""


def _decided_by(outcome: "Outcome", one: Any, facts: Mapping[str, Facts]) -> str:
    """The first question that parted the winner from all that stood equal."""
    stories = outcome.stories

    def answer(tie: str, code: str) -> int:
        story = stories[code]
        return {"max_votes": -story.votes, "min_cost": story.cost}.get(tie, -story.cost)

    left = [code for code in one.tied if code != one.project]
    for tie in outcome.rule.ties:
        own = answer(tie, one.project)
        left = [code for code in left if answer(tie, code) == own]
        if not left:
            return tie
    return "order"


def _projects(
    outcome: "Outcome",
    facts: Mapping[str, Facts],
    supporters: Mapping[str, list[int]],
) -> dict[str, dict[str, Any]]:
    election = outcome.election
    told: dict[str, dict[str, Any]] = {}
    for code, story in outcome.stories.items():
        told[code] = {
            **asdict(facts[code]),
            "votes": story.votes,
            "score": story.score,
            "won": story.won,
            "reason": str(story.reason),
            "round": story.round,
            "price": _amount(election, story.price),
            "money_left": _amount(election, story.money_left),
            "lost_to": story.lost_to,
            "max_cost": _amount(election, story.max_cost),
            "votes_needed": story.votes_needed,
            "money": supporters.get(code, []),
        }
    return told


def satisfied(outcome: "Outcome") -> list[int]:
    """How many voters have 0, 1, 2 … of their projects funded; nobody is named."""
    import numpy as np

    election = outcome.election
    ballots, won = election.ballots, set(outcome.winners)
    wins = np.array([project.id in won for project in election.projects], np.int64)
    group = np.repeat(np.arange(len(ballots.people)), np.diff(ballots.starts))
    hits = np.bincount(
        group, weights=wins[ballots.projects], minlength=len(ballots.people)
    ).astype(np.int64)
    counts = np.bincount(hits, weights=ballots.people, minlength=1)
    return [int(count) for count in counts]


def _spread(
    outcome: "Outcome", facts: Mapping[str, Facts], what: str
) -> list[dict[str, Any]]:
    """Projects, winners, money and votes by dimension or district of the project."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for code, story in outcome.stories.items():
        row = rows[getattr(facts[code], what)]
        row["projects"] += 1
        row["votes"] += story.votes
        row["won"] += story.won
        row["money"] += story.cost if story.won else 0
    return [
        {
            "code": code,
            **{key: row[key] for key in ("projects", "votes", "won", "money")},
        }
        for code, row in sorted(rows.items(), key=lambda pair: (not pair[0], pair[0]))
    ]


@dataclass(frozen=True)
class _Money:
    """Money that voters still had, at the start and after each round, whole rupiah.

    For pictures: computed in floats from the exact prices, then rounded.
    """

    everybody: list[int]
    supporters: Mapping[str, list[int]]

    @classmethod
    def of(cls, outcome: "Outcome") -> "_Money":
        import numpy as np

        if outcome.endowment is None:
            return cls([], {})
        election = outcome.election
        ballots = election.ballots
        people = ballots.people.astype(float)
        left = np.full(len(people), float(outcome.endowment))
        group = np.repeat(np.arange(len(people)), np.diff(ballots.starts))
        worth = _worth(outcome, group)
        index = {project.id: at for at, project in enumerate(election.projects)}
        every: list[Sequence[float]] = []
        sums: list[float] = []

        def note() -> None:
            held = people * left
            sums.append(float(held.sum()))
            every.append(
                np.bincount(
                    ballots.projects, weights=held[group], minlength=len(index)
                ).tolist()
            )

        note()
        for one in outcome.rounds:
            if one.phase != "main":
                break
            mine = ballots.projects == index[one.project]
            payers = group[mine]
            left[payers] -= np.minimum(float(one.rate) * worth[mine], left[payers])
            note()
        scale = election.scale
        return cls(
            [round(total / scale) for total in sums],
            {
                code: [round(row[at] / scale) for row in every]
                for code, at in index.items()
            },
        )


def _worth(outcome: "Outcome", group: Any) -> Any:
    """What each entry of the ballots is worth to its voter: float64, one an entry."""
    import numpy as np

    election, measure = outcome.election, str(outcome.rule.measure)
    ballots = election.ballots
    if measure == "cost":
        costs = np.array([project.cost for project in election.projects], float)
        return costs[ballots.projects]
    if measure == "score":
        return ballots.points / ballots.points_scale
    if measure.startswith("borda"):
        lengths = np.diff(ballots.starts)
        place = np.arange(len(ballots.projects)) - ballots.starts[:-1][group]
        return (lengths[group] - place - (measure == "borda")).astype(float)
    return np.ones(len(ballots.projects))
