"""Votes, electorates and ballots with sensible values.

PostgreSQL takes ballots by its own clock, so an open vote is open today. A vote of
another time is filled by `afterwards()`, where its triggers look away.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from habaring.participation import box
from habaring.participation.choices import Choice
from habaring.participation.models import (
    BallotKind,
    Option,
    Proposal,
    TakesPart,
    Vote,
    Voter,
    VoteState,
)
from habaring.participation.models.votes import Channel
from habaring.people.entitled.models import Register, RegisterEntry
from habaring.people.models import Account
from habaring.regions.models import Region
from tests.participation import makers

TITLES = (
    ("Lampu jalan di Gang Mawar", 45_000_000),
    ("Sumur bor di Desa Bagendang", 120_000_000),
    ("Perpustakaan keliling", 80_000_000),
    ("Jembatan titian Sungai Mentaya", 210_000_000),
)


def vote(region: Region, at: datetime, **more: Any) -> Vote:
    """Open for a week: approval of at most two, by account, with four options."""
    call = more.pop("call", None) or makers.call(region, at)
    options: Sequence[tuple[str, int]] = more.pop("options", TITLES)
    given: dict[str, Any] = {
        "name": "Pilih usulan 2027",
        "ballot": BallotKind.APPROVAL,
        "most": 2,
        "budget": 300_000_000,
        "votes_by": TakesPart.CODE,
        "opens_at": at - timedelta(days=1),
        "closes_at": at + timedelta(days=6),
        "tie_seed": "a" * 32,
        "rules_sha256": "0" * 64,
        "recorded_at": at - timedelta(days=2),
        "published_at": at - timedelta(days=2),
    }
    state = more.pop("state", VoteState.OPEN)
    made = Vote.objects.create(
        region=region, call=call, state=VoteState.DRAFT, **(given | more)
    )
    for number, (title, cost) in enumerate(options, start=1):
        option(made, str(number), title, cost, at=at)
    with afterwards():
        Vote.objects.filter(pk=made.pk).update(state=state)
    made.refresh_from_db()
    return made


def option(
    vote: Vote, code: str, title: str, cost: int, *, at: datetime, **more: Any
) -> Option:
    proposal: Proposal = makers.proposal(vote.call, at, title=title)
    return Option.objects.create(
        region=vote.region,
        vote=vote,
        code=code,
        proposal=proposal,
        title=title,
        cost=cost,
        tie_rank=int(code),
        **more,
    )


def electorate(region: Region, at: datetime, *, people: int = 3) -> Register:
    """A register in use, with entries that nobody claimed."""
    register = Register.objects.create(
        region=region,
        name="Daftar pemilih 2026",
        purpose="electorate",
        source="contoh",
        sha256="0" * 64,
        rows=people,
        uploaded_at=at,
        used_from=at,
    )
    for number in range(people):
        entry(register, f"{number:064x}")
    return register


def entry(
    register: Register, mark: str, account: Account | None = None, village: str = ""
) -> RegisterEntry:
    return RegisterEntry.objects.create(
        region=register.region,
        register=register,
        number_hash=mark,
        name_hash="0" * 64,
        name_masked="A•••",
        village=village,
        account=account,
        verified_at=register.used_from if account else None,
    )


@contextmanager
def afterwards() -> Iterator[None]:
    """PostgreSQL's promises about votes look away: to build what time would."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def fill(
    vote: Vote, choices: Sequence[Choice], *, districts: Sequence[str] = ()
) -> list[str]:
    """Ballots on screen and as many voters, whatever the state; their numbers."""
    numbers = []
    with afterwards():
        for place, choice in enumerate(choices):
            district = districts[place] if districts else ""
            receipt = box.new_receipt()
            box.put_ballot(vote, receipt, choice, district=district)
            Voter.objects.create(
                region=vote.region,
                vote=vote,
                entry=10_000_000 + place,
                channel=Channel.SCREEN,
                district=district if vote.per_district else "",
            )
            numbers.append(receipt.number)
    return numbers


def end(vote: Vote, state: VoteState = VoteState.CLOSED) -> Vote:
    """The vote as it stands once its time is over."""
    with afterwards():
        closed = vote.closes_at if state != VoteState.OPEN else None
        Vote.objects.filter(pk=vote.pk).update(state=state, closed_at=closed)
    vote.refresh_from_db()
    return vote
