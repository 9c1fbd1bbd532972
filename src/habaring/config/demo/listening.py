"""The demo of listening, all of it illustrative: three calls, a vote that was counted
and one that is open. Nobody is invented: proposals come without authors, and the voters
of the counted vote are numbers that nobody can have.
"""

import random  # noqa: TID251 - seeded below, so that the demo is the same everywhere
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.timezone import localdate

from habaring.participation import box, closing, vote_rules
from habaring.participation.actions import calls, checks, entering, voting
from habaring.participation.actions.proposing import Effect, Idea, Place
from habaring.participation.choices import Choice
from habaring.participation.models import Call, Check, Option, Proposal, TakesPart, Vote
from habaring.participation.models.votes import Channel
from habaring.people.entitled import actions as registers
from habaring.people.entitled.models import Register, RegisterEntry
from habaring.people.entitled.tables import (
    Entitled,
    mask_name,
    name_mark,
    number_mark,
)
from habaring.regions.models import Department, Region

DAY = timedelta(days=1)
CLOSES = timedelta(seconds=3)
"""The counted vote closes so soon after the demo began: while it is still loading."""
COUNTED, OPEN, BOX = "musrenbang", "quick-win", "kotak-saran"
SEED = 6202


def tell(region: Region, text: str, *, at: datetime) -> None:
    """Open the calls, enter and check proposals, hold the votes."""
    facts = tomllib.loads(text)
    made = {code: _call(region, told, at=at) for code, told in facts["calls"].items()}
    for code, told in facts["proposals"].items():
        _proposals(region, made[code], told, at=at)
    register = _register(region, facts["voters"], at=at)
    opens = min(at, _clock()) - 20 * DAY
    vote = _vote(made[COUNTED], register, opens=opens, closes=_clock() + CLOSES)
    voting.publish(vote=vote, by=None, at=opens)
    _cast(vote, register)
    calls.close_call(call=made[COUNTED], by=None, at=at)
    open_vote = _vote(made[OPEN], None, opens=at, closes=at + 30 * DAY)
    voting.publish(vote=open_vote, by=None, at=at)


def count(*, at: datetime) -> None:
    """Close and count the vote whose time is up, as the worker would within a minute.

    Does nothing inside a transaction: there the close is not over yet.
    """
    if not connection.in_atomic_block:
        closing.close_due(at=at)
        for vote in Vote.objects.filter(state="closed", illustrative=True):
            closing.count_vote(vote=vote.pk, region=vote.region_id, clock=lambda: at)


def _clock() -> datetime:
    """When this transaction began: PostgreSQL takes ballots by its own clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def _call(region: Region, told: Mapping[str, Any], *, at: datetime) -> Call:
    ends = None if told["kind"] == "suggestion_box" else at + 60 * DAY
    plan = calls.Round(
        kind=told["kind"],
        name=told["name"],
        question=told["question"],
        details=told["details"],
        rules=told["rules"],
        budget=told.get("budget"),
        place=region,
        proposals_from=at - 60 * DAY,
        proposals_until=ends,
        illustrative=True,
    )
    call = calls.record_call(region=region, plan=plan, by=None, at=at - 60 * DAY)
    return calls.open_call(call=call, by=None, at=at - 60 * DAY)


def _proposals(
    region: Region, call: Call, told: list[Mapping[str, Any]], *, at: datetime
) -> None:
    rows = [_entered(call, one) for one in told]
    new = entering.enter(region=region, rows=rows, by=None, at=at - 50 * DAY).new
    for proposal, one in zip(new, told, strict=True):
        if "check" in one:
            _checked(proposal, one["check"], at=at)


def _entered(call: Call, told: Mapping[str, Any]) -> entering.Entered:
    return entering.Entered(
        call=call,
        idea=Idea(told["title"], told["problem"], told["idea"]),
        place=Place(Region.objects.get(code=told["place"])),
        effect=Effect(told["beneficiaries"], told["dimension"], told.get("cost")),
        source=entering.Source(
            origin=told["origin"], text=told["of"], illustrative=True
        ),
    )


def _checked(proposal: Proposal, told: list[Any], *, at: datetime) -> None:
    office, feasible, cost, reason, ground, subactivity = told
    department = Department.objects.get(region=proposal.region_id, code=office)
    asked_at = at - 45 * DAY
    checks.ask(
        proposals=[proposal],
        departments=[department],
        due_on=localdate(asked_at + 14 * DAY),
        by=None,
        at=asked_at,
        on=localdate(asked_at),
    )
    checks.answer(
        check=Check.objects.get(proposal=proposal, verdict=""),
        answer=checks.Answer(
            verdict="feasible" if feasible else "not_feasible",
            reason=reason,
            cost=cost if feasible else None,
            legal_ground=ground,
            subactivity_code=subactivity,
        ),
        by=None,
        at=at - 35 * DAY,
    )


def _register(region: Region, voters: Mapping[str, int], *, at: datetime) -> Register:
    new = registers.NewRegister(
        name="Pemilih contoh",
        purpose="electorate",
        source="Dibuat untuk peragaan; tidak ada orangnya",
        sha256="0" * 64,
        illustrative=True,
    )
    people = list(_voters(region, voters))
    register = registers.take_in(
        region=region, new=new, people=people, by=None, at=at - 30 * DAY
    )
    registers.put_to_use(register=register, by=None, at=at - 30 * DAY)
    register.refresh_from_db()
    return register


def _voters(region: Region, voters: Mapping[str, int]) -> Iterator[Entitled]:
    villages = {
        district: list(
            Region.objects.filter(parent=district).values_list("code", flat=True)
        )
        for district in voters
    }
    number = 0
    for district, many in voters.items():
        for one in range(many + many // 3):  # a quarter does not vote
            number += 1
            nik = f"{district.replace('.', '')}9999{number:06d}"  # the 99th of the 99th
            mark = number_mark(region.code, nik)
            name = f"Pemilih Contoh {number}"
            yield Entitled(
                number_hash=mark,
                name_hash=name_mark(mark, name),
                name_masked=mask_name(name),
                village=villages[district][one % len(villages[district])],
            )


def _vote(
    call: Call, register: Register | None, *, opens: datetime, closes: datetime
) -> Vote:
    rules = vote_rules.Rules(
        name=f"Pilihan warga: {call.name}",
        budget=call.budget or 0,
        opens_at=opens,
        closes_at=closes,
        most=4,
        votes_by=TakesPart.REGISTER if register else TakesPart.CODE,
        register=register,
    )
    return voting.draft_vote(call=call, rules=rules, by=None, at=opens)


def _cast(vote: Vote, register: Register) -> None:
    """Made-up choices: what is near, what is cheap and chance draw each voter."""
    chance = random.Random(SEED)  # noqa: S311 - an example, no secret
    options = list(vote.options.order_by("id"))
    taste = {option.code: chance.uniform(0.4, 1.0) for option in options}
    entries = RegisterEntry.objects.filter(register=register).order_by("id")
    for place, entry in enumerate(entries):
        if place % 4 == 3:
            continue
        box.mark_voter(vote, box.Person(entry=entry.pk), channel=Channel.SCREEN)
        liked = sorted(
            options,
            key=lambda one: -_draw(one, entry.village, taste, chance),
        )
        named = {one.code for one in liked[: chance.randint(1, 4)]}
        codes = tuple(one.code for one in options if one.code in named)
        box.put_ballot(vote, box.new_receipt(), Choice(codes))


def _draw(
    option: Option, village: str, taste: Mapping[str, float], chance: random.Random
) -> float:
    near = option.district is not None and village.startswith(option.district.code)
    return chance.random() * taste[option.code] + (0.6 if near else 0.0)
