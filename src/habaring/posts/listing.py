"""What the pages of posts show: the tree, narrowed lists, lines of a hand-over."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.posts.models import HandOverItem, Outcome, Post
from habaring.posts.queries import Chart, Owned, counts
from habaring.posts.states import ORDER, TONES, WORDS, State
from habaring.posts.things import kinds
from habaring.shared.refusal import Words

URGENT = (State.ESCALATED, State.LATE, State.DUE)


@dataclass(frozen=True)
class StateCount:
    """How many things stand so."""

    state: str
    words: Words
    tone: str
    count: int


@dataclass(frozen=True)
class Branch:
    """A post in the tree, with those below it."""

    post: Post
    holder: Account | None
    acting: bool
    total: int
    urgent: tuple[StateCount, ...]
    below: tuple["Branch", ...]


def state_counts(rows: Sequence[Owned]) -> tuple[StateCount, ...]:
    """Every state with its number, the worst first."""
    found = counts(rows)
    return tuple(
        StateCount(str(state), WORDS[state], TONES[state], found[state])
        for state in ORDER
    )


def tree(chart: Chart, rows: Iterable[Owned]) -> tuple[Branch, ...]:
    """The open posts, each below its superior; who has none stands on top."""
    owned: dict[int | None, list[Owned]] = defaultdict(list)
    for row in rows:
        owned[row.post.pk].append(row)
    below: dict[int | None, list[Post]] = defaultdict(list)
    for post in chart.posts.values():
        above = post.superior_id if post.superior_id in chart.posts else None
        below[above].append(post)

    def branch(post: Post) -> Branch:
        mine = owned[post.pk]
        holding = chart.holdings.get(post.pk)
        return Branch(
            post=post,
            holder=chart.holder(post),
            acting=bool(holding and holding.acting),
            total=len(mine),
            urgent=tuple(
                one for one in state_counts(mine) if one.count and one.state in URGENT
            ),
            below=tuple(branch(one) for one in below[post.pk]),
        )

    return tuple(branch(post) for post in below[None])


def post_choices(chart: Chart) -> list[tuple[str, str]]:
    """Codes and names of the open posts, for a filter."""
    return [(post.code, post.name) for post in chart.posts.values()]


def narrowed(rows: Sequence[Owned], form: Any) -> list[Owned]:
    """The things that fit a filter; a filter that makes no sense narrows nothing."""
    asked = form.cleaned_data if form.is_valid() else {}
    words = asked.get("q", "").casefold().split()
    kind, post, state = (asked.get(name, "") for name in ("kind", "post", "state"))
    return [
        row
        for row in rows
        if (not kind or row.thing.kind == kind)
        and (not post or row.post.code == post)
        and (not state or row.state == state)
        and _fits(row, words)
    ]


def _fits(row: Owned, words: Sequence[str]) -> bool:
    if not words:
        return True
    text = f"{row.thing.title} {row.thing.ref} {row.post.name}".casefold()
    return all(word in text for word in words)


@dataclass(frozen=True)
class Line:
    """A line of a hand-over list with its answer in words."""

    item: HandOverItem
    kind: Words
    answer: Words
    tone: str


_ANSWERS: dict[str, tuple[Words, str]] = {
    Outcome.OPEN: (_("no answer yet"), "warn"),
    Outcome.STAYS: (_("stays with the post"), "good"),
    Outcome.MOVES: (_("moves"), "info"),
    Outcome.DONE: (_("done and closed"), "good"),
}


def lines(items: Iterable[HandOverItem]) -> list[Line]:
    """The lines, those without an answer first."""
    known = kinds()
    found = [
        Line(
            item,
            known[item.kind].one if item.kind in known else item.kind,
            *_ANSWERS[item.outcome],
        )
        for item in items
    ]
    found.sort(key=lambda line: line.item.outcome != Outcome.OPEN)
    return found
