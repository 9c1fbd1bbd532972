"""Threads of a proposal as readers see them: a fixed number of queries for each page.

The text of what is held, hidden or withdrawn is not even selected, except for its own
author. Counts are of what is shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

from django.db.models import (
    Case,
    Count,
    F,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from habaring.participation.models import (
    Comment,
    Moderation,
    Proposal,
    ProposalState,
    Side,
    Visibility,
)
from habaring.participation.moderation import (
    CHANGE_WITHIN,
    rule_name,
    rule_sentence,
)
from habaring.people.models import Account
from habaring.shared.refusal import Words

Order = Literal["newest", "oldest", "answered"]

PER_COLUMN = 10
"""First contributions a page and column."""
PER_LIST = 25
ANSWERS = 5
"""So many answers are shown below each; the rest on the page of that thread."""
AT_A_GLANCE = 3
_ORDERS: Mapping[Order, tuple[str, ...]] = {
    "newest": ("-at", "-pk"),
    "oldest": ("at", "pk"),
    "answered": ("-answered", "-at", "-pk"),
}
_SEEN = (Visibility.SHOWN, Visibility.HIDDEN, Visibility.WITHDRAWN)


@dataclass(frozen=True)
class Line:
    """One contribution. `text` is "" where the reader may not see it; `rule`,
    `rule_sentence` and `reason` tell why it is hidden. `mine`: the reader wrote it.
    """

    key: int
    proposal: int
    side: Side
    text: str
    author: str
    official: bool
    at: datetime
    changed_at: datetime | None
    visibility: Visibility
    illustrative: bool
    mine: bool
    changeable: bool
    rule: Words = ""
    rule_sentence: Words = ""
    reason: str = ""
    answers: tuple["Line", ...] = ()
    answered: int = 0

    @property
    def shown(self) -> bool:
        return self.visibility == Visibility.SHOWN

    @property
    def further(self) -> int:
        """How many answers stand only on the page of the thread."""
        return max(self.answered - len(self.answers), 0)


@dataclass(frozen=True)
class Counts:
    """How many contributions are shown, answers included."""

    by_side: Mapping[Side, int]

    @property
    def total(self) -> int:
        return sum(self.by_side.values())

    def of(self, side: Side) -> int:
        return self.by_side.get(side, 0)

    @property
    def rows(self) -> list[tuple[Side, int]]:
        """Each side with its number, in their order."""
        return [(side, self.of(side)) for side in Side]


@dataclass(frozen=True)
class Column:
    """The contributions of one side on a page."""

    side: Side
    lines: list[Line]


@dataclass(frozen=True)
class Reader:
    """Who reads, and when."""

    account: Account | None
    at: datetime


@dataclass(frozen=True)
class Asked:
    """What of a discussion is asked for; `side` None: all of them in columns."""

    side: Side | None = None
    order: Order = "newest"
    words: str = ""


@dataclass(frozen=True)
class Glance:
    """The newest of each side, for the proposal's own page; the same for everybody."""

    counts: Counts
    columns: list[Column]
    open: bool

    @property
    def empty(self) -> bool:
        return not self.counts.total


@dataclass
class _Seen:
    """Rows by key with what has to be looked up beside them."""

    hidden: dict[int, Moderation] = field(default_factory=dict)
    answers: dict[int, list[Any]] = field(default_factory=dict)
    answered: dict[int, int] = field(default_factory=dict)


def takes_part(proposal: Proposal) -> bool:
    """Whether somebody can write about a proposal."""
    return proposal.state == ProposalState.PUBLIC and proposal.call.state != "cancelled"


def counts(proposal: Proposal) -> Counts:
    """What is shown of a discussion, by side. One query."""
    rows = (
        Comment.objects.filter(proposal=proposal, visibility=Visibility.SHOWN)
        .order_by()
        .values_list("side")
        .annotate(n=Count("pk"))
    )
    return Counts({Side(side): n for side, n in rows})


def glance(proposal: Proposal) -> Glance:
    """The newest contributions of each side: four queries at most."""
    nobody = Reader(None, proposal.changed_at)
    counted = counts(proposal)
    columns = []
    for side in Side:
        if counted.of(side):
            rows = _tops(proposal, nobody).filter(
                side=side, visibility=Visibility.SHOWN
            )
            found = list(rows.order_by("-at", "-pk")[:AT_A_GLANCE])
            columns.append(Column(side, [_line(row, nobody, _Seen()) for row in found]))
    return Glance(counted, columns, takes_part(proposal))


def side_rows(
    proposal: Proposal, side: Side, asked: Asked, reader: Reader
) -> QuerySet[Comment]:
    """The first contributions of one side, to be cut into pages; see `lines`."""
    rows = _tops(proposal, reader).filter(side=side)
    return _ordered(rows, asked.order)


def found_rows(proposal: Proposal, asked: Asked, reader: Reader) -> QuerySet[Comment]:
    """What is shown and holds the words, answers too, as one list."""
    rows = _visible(proposal, reader).filter(
        visibility=Visibility.SHOWN, text__icontains=asked.words
    )
    if asked.side:
        rows = rows.filter(side=asked.side)
    return _ordered(rows, asked.order)


def answer_rows(top: Comment, reader: Reader) -> QuerySet[Comment]:
    """All answers below one contribution, the oldest first."""
    rows = _visible(top.proposal_id, reader).filter(under=top)
    return _ordered(rows, "oldest")


def lines(rows: Iterable[Comment], reader: Reader, *, answers: bool) -> list[Line]:
    """Rows of this module as lines, with their first answers; three queries."""
    every = list(rows)
    seen = _Seen()
    if answers and every:
        _find_answers(every, reader, seen)
    below = [row for some in seen.answers.values() for row in some]
    hidden = [row.pk for row in (*every, *below) if row.visibility == "hidden"]
    if hidden:
        deeds = Moderation.objects.filter(comment__in=hidden, deed="hide")
        for deed in deeds.order_by("at", "pk"):
            seen.hidden[cast("int", deed.comment_id)] = deed
    return [_line(row, reader, seen) for row in every]


def thread(proposal: Proposal, key: int, reader: Reader) -> Comment | None:
    """One first contribution that the reader can see, or None."""
    return _tops(proposal, reader).filter(pk=key).first()


def one(proposal: Proposal, key: int, reader: Reader) -> QuerySet[Comment]:
    """One contribution, first or answer, as rows for `lines`."""
    return _visible(proposal, reader).filter(pk=key)


def tops(proposal: Proposal, reader: Reader) -> Mapping[Side, int]:
    """How many first contributions the reader sees on each side, placeholders too."""
    rows = _tops(proposal, reader).order_by().values_list("side")
    return {Side(side): n for side, n in rows.annotate(n=Count("pk"))}


def own(account: Account, *, region: str) -> QuerySet[Comment]:
    """What a person wrote in a region's discussions, the newest first, with its text.

    The person's own rows must be open.
    """
    return (
        Comment.objects.filter(author=account, region=region)
        .select_related("proposal")
        .order_by("-at", "-pk")
    )


def _visible(proposal: Proposal | int, reader: Reader) -> QuerySet[Comment]:
    seen = Q(visibility__in=_SEEN)
    readable = Q(visibility=Visibility.SHOWN)
    if reader.account is not None:
        seen |= Q(author=reader.account, visibility=Visibility.HELD)
        readable |= Q(author=reader.account) & ~Q(visibility=Visibility.WITHDRAWN)
    rows = Comment.objects.filter(seen, proposal=proposal).defer("text")
    return rows.annotate(
        words=Case(
            When(readable, then=F("text")), default=Value(""), output_field=TextField()
        )
    )


def _tops(proposal: Proposal, reader: Reader) -> QuerySet[Comment]:
    return _visible(proposal, reader).filter(under=None)


def _ordered(rows: QuerySet[Comment], order: Order) -> QuerySet[Comment]:
    if order == "answered":
        shown = Q(answers__visibility=Visibility.SHOWN)
        rows = rows.annotate(answered=Count("answers", filter=shown))
    return rows.order_by(*_ORDERS[order])


def _find_answers(tops: list[Comment], reader: Reader, seen: _Seen) -> None:
    keys = [row.pk for row in tops]
    rows = _visible(tops[0].proposal_id, reader).filter(under__in=keys)
    numbers = rows.order_by().values_list("under").annotate(n=Count("pk"))
    seen.answered = {cast("int", key): n for key, n in numbers}
    place = Window(RowNumber(), partition_by=F("under"), order_by=[F("at"), F("pk")])
    for row in rows.annotate(place=place).filter(place__lte=ANSWERS).order_by("place"):
        seen.answers.setdefault(cast("int", row.under_id), []).append(row)


def _line(row: Any, reader: Reader, seen: _Seen) -> Line:
    mine = reader.account is not None and row.author_id == reader.account.pk
    deed = seen.hidden.get(row.pk)
    withdrawn = row.visibility == Visibility.WITHDRAWN
    fresh = row.visibility in (Visibility.SHOWN, Visibility.HELD)
    below = seen.answers.get(row.pk, [])
    return Line(
        key=row.pk,
        proposal=row.proposal_id,
        side=Side(row.side),
        text=row.words,
        author="" if withdrawn or not row.words else row.author_name,
        official=row.official,
        at=row.at,
        changed_at=row.changed_at,
        visibility=Visibility(row.visibility),
        illustrative=row.illustrative,
        mine=mine,
        changeable=mine and fresh and reader.at < row.at + CHANGE_WITHIN,
        rule=rule_name(deed.rule) if deed else "",
        rule_sentence=rule_sentence(deed.rule) if deed else "",
        reason=deed.reason if deed else "",
        answers=tuple(_line(one, reader, seen) for one in below),
        answered=seen.answered.get(row.pk, 0),
    )
