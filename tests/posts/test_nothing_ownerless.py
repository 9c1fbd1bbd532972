"""Whatever people do in whatever order: every thing has an open post, every post that
was left was handed over.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from habaring.people.models import Account
from habaring.posts import actions, handovers, queries, things
from habaring.posts.models import Charge, HandOver, Holding, Outcome, Post
from habaring.regions.models import Region
from habaring.shared.refusal import Refusal
from tests import makers
from tests.conftest import NOON
from tests.posts.makers import TODAY, Matters, department

NAMES = ("Dewi", "Eka", "Fitri")
CODES = ("p1", "p2", "p3", "p4")
REFS = tuple("abcdef")
STEPS = (
    "open",
    "close",
    "fill",
    "end",
    "assign",
    "begin",
    "deal",
    "finish",
    "undo",
    "arrive",
    "move_up",
)
FIRST = (  # so that most examples have a list to work on
    ("open", 0, 2),
    ("open", 1, 3),
    ("fill", 0, 0),
    ("assign", 0, 0),
    ("begin", 0, 1),
)


class World:
    """A region with three officers and six things, and what they may try."""

    def __init__(self, matters: Matters) -> None:
        self.matters = matters
        self.region: Region = makers.region("62.02")
        self.people = [makers.officer(name, region=self.region) for name in NAMES]
        self.offices = [department(self.region, code) for code in ("A", "B")]
        self.at: datetime = NOON
        for n, ref in enumerate(REFS[:4]):
            office = self.offices[n % 2] if n < 3 else None
            matters.add(self.region, ref, department=office)

    def post(self, n: int) -> Post | None:
        return Post.objects.filter(region=self.region, code=CODES[n % 4]).first()

    def person(self, n: int) -> Account:
        return Account.objects.get(pk=self.people[n % 3].pk)

    def act(self, step: str, a: int, b: int) -> None:
        self.at += timedelta(seconds=1)
        does: Callable[[int, int], Any] = getattr(self, f"_{step}")
        with suppress(Refusal):  # an expected "no": nothing may have changed
            does(a, b)
            event(f"not refused: {step}")

    def _open(self, a: int, b: int) -> None:
        office = self.offices[b % 2] if b % 3 else None
        new = actions.NewPost(CODES[a % 4], "Jabatan", "", office, self.post(b))
        actions.open_post(region=self.region, new=new, by=None, at=self.at)

    def _close(self, a: int, b: int) -> None:
        if post := self.post(a):
            actions.close_post(post=post, by=None, at=self.at)

    def _move_up(self, a: int, b: int) -> None:
        if post := self.post(a):
            new = actions.NewPost("", "Jabatan", "", self.offices[b % 2], self.post(b))
            actions.change_post(post=post, new=new, by=None, at=self.at)

    def _fill(self, a: int, b: int) -> None:
        if post := self.post(a):
            actions.fill_post(
                post=post,
                account=self.person(b),
                acting=False,
                since=TODAY,
                by=None,
                at=self.at,
            )

    def _end(self, a: int, b: int) -> None:
        for holding in Holding.objects.filter(post=self.post(a), until=None):
            actions.end_holding(holding=holding, by=None, at=self.at)

    def _assign(self, a: int, b: int) -> None:
        if post := self.post(a):
            keys = [("matter", REFS[b % 6]), ("matter", REFS[(b + a) % 6])]
            actions.assign(
                region=self.region, keys=keys, post=post, by=None, at=self.at
            )

    def _arrive(self, a: int, b: int) -> None:
        self.matters.add(self.region, REFS[a % 6], department=self.offices[b % 2])

    def _begin(self, a: int, b: int) -> None:
        for holding in Holding.objects.filter(post=self.post(a), until=None):
            successor = self.person(b) if b % 2 else None
            handovers.begin_handover(
                holding=holding,
                successor=handovers.Successor(successor),
                leaves_on=TODAY,
                by=None,
                at=self.at,
            )

    def _list(self) -> HandOver | None:
        return HandOver.objects.filter(finished_at=None, undone_at=None).first()

    def _deal(self, a: int, b: int) -> None:
        if handover := self._list():
            handovers.refresh(handover=handover, at=self.at)
            outcome = (Outcome.STAYS, Outcome.MOVES, Outcome.DONE)[a % 3]
            to = self.post(b) if outcome == Outcome.MOVES else None
            handovers.deal(
                handover=handover,
                items=[item.pk for item in handover.items.all()[: b % 6 + 1]],
                answer=handovers.Answer(outcome, to),
                by=None,
                at=self.at,
            )

    def _finish(self, a: int, b: int) -> None:
        if handover := self._list():
            handovers.finish_handover(handover=handover, by=self.person(b), at=self.at)

    def _undo(self, a: int, b: int) -> None:
        if handover := self._list():
            handovers.undo_handover(handover=handover, by=self.person(b), at=self.at)

    def check(self) -> None:
        rows = queries.owned(self.region, at=self.at, on=TODAY)
        there = set(self.matters.rows["62.02"])
        assert {row.thing.ref for row in rows} == there
        assert len(rows) == len(there)
        for row in rows:
            assert row.post.region_id == self.region.code
            assert row.post.closed_on is None
        loose = Charge.objects.filter(until=None).exclude(post__closed_on=None)
        assert not loose.exists()
        for holding in Holding.objects.exclude(until=None):
            left = Charge.objects.filter(
                post=holding.post, until=None, since__lte=holding.until
            )
            handed = holding.handovers.exclude(finished_at=None).exists()
            assert handed or not left.exists()


@pytest.mark.usefixtures("matters")
class NothingOwnerless(TestCase):
    """Each example in its own transaction."""

    @pytest.fixture(autouse=True)
    def _kind(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )
    @given(
        st.lists(
            st.tuples(st.sampled_from(STEPS), st.integers(0, 11), st.integers(0, 11)),
            max_size=30,
        )
    )
    def test_whatever_happens(self, steps: list[tuple[str, int, int]]) -> None:
        matters = Matters()
        self.monkeypatch.setattr(things, "_kinds", {"matter": matters.kind()})
        world = World(matters)
        for step, a, b in [*FIRST, *steps]:
            world.act(step, a, b)
            world.check()
