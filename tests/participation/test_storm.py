"""Ballots from 50 telephones while the server is killed again and again.

2,000 of them here; `python3 dev.py storm` casts 10,000.
"""

import asyncio
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils.timezone import now

from habaring.participation import box
from habaring.participation.choices import Choice
from habaring.participation.models import Ballot, TakesPart, Vote
from habaring.participation.models import Voter as Voted
from habaring.participation.receipts import new_receipt
from habaring.people.entitled.models import RegisterEntry
from habaring.people.models import Account
from habaring.shared import sealing, walls
from tests.makers import region
from tests.participation import box_makers as makers
from tests.participation.storm import PATIENCE, Server, Storm, Voter, session_key

PEOPLE = int(os.environ.get("STORM_BALLOTS", "2000"))
TWICE = PEOPLE // 50
"""So many also try from a second device, with another receipt."""
KILLS = 3
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def server(settings: object) -> Iterator[Server]:
    settings.PERSONAL_DATA_KEY = sealing.new_entry()  # type: ignore[attr-defined]
    made = Server()
    yield made
    made.kill()


def people(vote: Vote, at: datetime) -> list[str]:
    """As many accounts, each in the register and signed in; their sessions."""
    accounts = Account.objects.bulk_create(
        Account(email=f"w{n}@contoh.id", full_name=f"Warga {n}", password="!")
        for n in range(PEOPLE)
    )
    assert vote.register is not None
    RegisterEntry.objects.bulk_create(
        RegisterEntry(
            region=vote.region,
            register=vote.register,
            number_hash=f"{n:064x}",
            name_hash="0" * 64,
            name_masked="W•••",
            account=account,
            verified_at=at,
        )
        for n, account in enumerate(accounts)
    )
    rows = [
        Session(
            session_key=session_key(),
            session_data=SessionStore().encode(
                {
                    SESSION_KEY: str(account.pk),
                    BACKEND_SESSION_KEY: BACKEND,
                    HASH_SESSION_KEY: account.get_session_auth_hash(),
                    "traced_at": int(time.time()),
                }
            ),
            expire_date=at + timedelta(days=1),
        )
        for account in accounts
    ]
    return [row.session_key for row in Session.objects.bulk_create(rows)]


def telephones(sessions: Sequence[str]) -> list[Voter]:
    chance = random.Random(7)  # noqa: S311 - the same choices each time
    codes = [str(n) for n in range(1, 21)]
    made = [
        Voter(
            session,
            tuple(
                sorted(
                    chance.sample(codes, k=chance.randint(1, 5)),
                    key=int,
                )
            ),
            new_receipt(),
        )
        for session in (*sessions, *sessions[:TWICE])
    ]
    chance.shuffle(made)
    return made


def _kill_again_and_again(server: Server, storm: Storm, over: threading.Event) -> None:
    """Whenever another part of the ballots is in, the server dies and is started."""
    for time_ in range(1, KILLS + 1):
        while storm.counted["answer 200"] < PEOPLE * time_ / (KILLS + 1):
            if over.wait(0.1):
                return
        server.kill()
        server.start()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_each_acknowledged_ballot_is_counted_once_whatever_is_killed(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    at = now()
    kotim = region("62.02")
    register = makers.electorate(kotim, at, people=0)
    vote = makers.vote(
        kotim,
        at,
        most=5,
        budget=1_000_000_000,
        votes_by=TakesPart.REGISTER,
        register=register,
        options=[(f"Usulan {n}", n * 10_000_000) for n in range(1, 21)],
    )
    voters = telephones(people(vote, at))
    walls.give_app_role()
    server.start()
    server.wait()
    path = reverse("participation:cast", args=[kotim.code, vote.pk])
    storm = Storm(path, server.port, patience=PATIENCE * max(1, PEOPLE / 2000))
    over = threading.Event()
    killer = threading.Thread(
        target=_kill_again_and_again, args=(server, storm, over), daemon=True
    )
    begun = time.monotonic()
    killer.start()
    asyncio.run(storm.blow(voters))
    seconds = time.monotonic() - begun
    over.set()
    killer.join()
    server.kill()

    told = {voter.receipt.number: voter for voter in voters if voter.told}
    assert len(told) == PEOPLE
    assert Counter(voter.session for voter in told.values()).most_common(1)[0][1] == 1
    assert Voted.objects.count() == Ballot.objects.count() == PEOPLE
    with walls.within(kotim.code):
        for _ in range(2):
            box.stir(vote, everything=True)
    makers.end(vote)
    counted = dict(box.ballots_of(vote))
    assert counted == {number: Choice(voter.codes) for number, voter in told.items()}
    assert server.starts == KILLS + 1
    with capsys.disabled():
        print(
            f"\nstorm: {PEOPLE:,} ballots from {storm.clients} clients in"
            f" {seconds:.0f} s ({PEOPLE / seconds:.0f}/s), server killed {KILLS} times,"
            f" {dict(storm.counted)}; in the box: {len(counted):,}, voters:"
            f" {Voted.objects.count():,}, each once"
        )
