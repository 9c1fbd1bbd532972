"""What was chosen in the end: the count's winners, or those the council put there."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from habaring.participation.models import Count, Option, Override, Vote
from habaring.shared import audit

_HEAVY = ("ballots", "record", "beside")


@dataclass(frozen=True)
class Winner:
    """A project that is funded. `counted`: the voters chose it; else the council did."""

    option: Option
    counted: bool


def counts_of(vote: Vote) -> list[Count]:
    """The counts of a vote without their long columns, districts first."""
    rows = vote.counts.select_related("district", "override__decision__council")
    return list(rows.defer(*_HEAVY).order_by("district", "pk"))


def override_of(count: Count) -> Override | None:
    """The council's change of a result, where there is one."""
    return getattr(count, "override", None)


def codes(count: Count) -> tuple[str, ...]:
    """The codes of what is funded in the end, in order."""
    changed = override_of(count)
    return tuple(changed.winners if changed else count.told["winners"])


def winners(of: Vote | Count) -> tuple[Winner, ...]:
    """What a vote or one of its counts funds in the end: each with its option.

    Nothing for a vote that is not counted. Two queries for a vote, one more for each
    count that was given without its override.
    """
    counts: Sequence[Count] = counts_of(of) if isinstance(of, Vote) else [of]
    vote = of if isinstance(of, Vote) else of.vote
    by_code = {
        one.code: one for one in vote.options.select_related("proposal", "district")
    }
    return tuple(
        Winner(by_code[code], code in set(count.told["winners"]))
        for count in counts
        for code in codes(count)
    )


@dataclass(frozen=True)
class Proof:
    """Whether the published file of ballots is still the one that was counted.

    `same`: its SHA-256 is the one kept with the count. `sealed`: the trail of the day
    of the count, which the chain of days seals, names that SHA-256 too.
    """

    sha256: str
    same: bool
    sealed: bool


def proof_of(count: Count) -> Proof:
    """Compare the file of a count with its checksums. Reads the whole file."""
    sha256 = hashlib.sha256(bytes(count.ballots)).hexdigest()
    trail = audit.history(count, region=count.region_id)
    entry = trail.filter(verb="participation.count.kept").first()
    sealed = entry.details.get("ballots_sha256", "") if entry else ""
    return Proof(sha256, sha256 == count.ballots_sha256, sha256 == sealed)
