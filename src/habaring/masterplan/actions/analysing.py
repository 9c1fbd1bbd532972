"""SWOT, issues, gaps and strategies: record them, vote for an item."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.masterplan.actions.recording import (
    AnalysisRefused,
    dimension,
    keep,
    needed,
    row_for,
    words,
)
from habaring.masterplan.models import (
    Aspect,
    Citation,
    Gap,
    Layer,
    Pairing,
    Quadrant,
    StrategicIssue,
    Strategy,
    SwotItem,
    SwotVote,
)
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.refusal import Refusal


class CitesTooLittle(Refusal):
    """A strategy rests on a strength or weakness and on an opportunity or threat."""


class FeedsNoIssue(Refusal):
    """A gap must feed an issue."""


@dataclass(frozen=True)
class NewSwot:
    """One item; `votes` were cast elsewhere, in a workshop; `origin` says where."""

    kind: str  # S, W, O, T
    dimension: str
    layer: str
    text: str
    votes: int = 0
    origin: str = ""
    illustrative: bool = False


@dataclass(frozen=True)
class NewIssue:
    """A priority issue."""

    dimension: str
    title: str
    text: str = ""
    origin: str = ""
    illustrative: bool = False


@dataclass(frozen=True)
class NewGap:
    """A gap, and the issue that it feeds: the number of one, or the title of a new one."""

    dimension: str
    now: str
    expected: str
    cause: str
    need: str
    issue: int | None = None
    issue_title: str = ""
    about: str = ""
    origin: str = ""
    illustrative: bool = False


@dataclass(frozen=True)
class NewStrategy:
    """A strategy and the numbers of the items that it cites."""

    kind: str  # SO, WO, ST, WT
    dimension: str
    text: str
    items: tuple[int, ...]
    aspect: str = ""
    issue: int | None = None
    origin: str = ""
    illustrative: bool = False


@transaction.atomic
def record_swot(
    *,
    region: Region,
    new: NewSwot,
    by: Account | None,
    at: datetime,
    number: int | None = None,
) -> SwotItem:
    """Record an item of SWOT, or change the one with `number`. Raises AnalysisRefused."""
    if new.kind not in Quadrant.values or new.layer not in Layer.values:
        raise AnalysisRefused(
            what=_("Nothing was saved."),
            why=_("An item is S, W, O or T, and belongs to one of three layers."),
            next=_("Choose both."),
        )
    row = row_for(SwotItem, region, number)
    if number is not None and row.kind != new.kind:
        _still_cited(row, new.kind)
    values = {
        "kind": new.kind,
        "dimension": dimension(new.dimension, parts=False),
        "layer": new.layer,
        "votes_carried": new.votes,
        "origin": new.origin[:200],
        "illustrative": new.illustrative,
        **needed(text=new.text),
    }
    keep(row, values, verb="swot", by=by, at=at)
    return row


def _still_cited(row: SwotItem, kind: str) -> None:
    """A strategy that cites it as what it was would lose its ground."""
    rows = Citation.objects.filter(item=row, strategy__withdrawn_at=None)
    if rows.exclude(strategy__kind__contains=kind).exists():
        raise CitesTooLittle(
            what=_("Nothing was saved."),
            why=_("A strategy cites this item as what it was until now."),
            next=_("Change that strategy first."),
        )


@transaction.atomic
def vote(*, item: SwotItem, by: Account, at: datetime) -> bool:
    """Vote for an item, or take the vote back; True where it counts now."""
    mine = SwotVote.objects.filter(item=item, account=by)
    if mine.exists():
        mine.delete()
    else:
        SwotVote.objects.create(region_id=item.region_id, item=item, account=by, at=at)
    counts = mine.exists()
    audit.record(
        by=by,
        at=at,
        verb="masterplan.swot.voted",
        subject=item,
        region=item.region_id,
        details={"counts": counts},
    )
    return counts


@transaction.atomic
def record_issue(
    *,
    region: Region,
    new: NewIssue,
    by: Account | None,
    at: datetime,
    number: int | None = None,
) -> StrategicIssue:
    """Record a priority issue, or change one. Raises AnalysisRefused."""
    row = row_for(StrategicIssue, region, number)
    values = {
        "dimension": dimension(new.dimension),
        "text": words(new.text),
        "origin": new.origin[:200],
        "illustrative": new.illustrative,
        "title": needed(title=new.title)["title"][:300],
    }
    keep(row, values, verb="issue", by=by, at=at)
    return row


@transaction.atomic
def record_gap(
    *,
    region: Region,
    new: NewGap,
    by: Account | None,
    at: datetime,
    number: int | None = None,
) -> Gap:
    """Record a gap and what it feeds, or change one.

    Raises FeedsNoIssue where it names neither an issue in force nor a new one, and
    AnalysisRefused.
    """
    texts = needed(now=new.now, expected=new.expected, cause=new.cause, need=new.need)
    code = dimension(new.dimension)
    row = row_for(Gap, region, number)
    values = {
        "dimension": code,
        "issue": _issue(region, new, by, at),
        "about": new.about[:60],
        "origin": new.origin[:200],
        "illustrative": new.illustrative,
        **texts,
    }
    keep(row, values, verb="gap", by=by, at=at)
    return row


def _issue(
    region: Region, new: NewGap, by: Account | None, at: datetime
) -> StrategicIssue:
    rows = StrategicIssue.objects.filter(region=region, withdrawn_at=None)
    if new.issue is not None:
        found = rows.filter(number=new.issue).first()
        if found is not None:
            return found
    elif new.issue_title.strip():
        same = rows.filter(title__iexact=new.issue_title.strip()).first()
        made = NewIssue(
            new.dimension,
            new.issue_title,
            origin=new.origin,
            illustrative=new.illustrative,
        )
        return same or record_issue(region=region, new=made, by=by, at=at)
    raise FeedsNoIssue(
        what=_("The gap was not saved."),
        why=_("Each gap feeds an issue, so that something comes of it."),
        next=_("Choose an issue, or write the title of a new one."),
    )


@transaction.atomic
def record_strategy(
    *,
    region: Region,
    new: NewStrategy,
    by: Account | None,
    at: datetime,
    number: int | None = None,
) -> Strategy:
    """Record a strategy with the items that it rests on, or change one.

    Raises CitesTooLittle where it does not cite both of what its kind joins (SO: a
    strength and an opportunity), and AnalysisRefused.
    """
    if new.kind not in Pairing.values or new.aspect not in {"", *Aspect.values}:
        raise AnalysisRefused(
            what=_("Nothing was saved."),
            why=_("A strategy is SO, WO, ST or WT."),
            next=_("Choose one of the four."),
        )
    texts = needed(text=new.text)
    items = _cited(region, new)
    row = row_for(Strategy, region, number)
    issues = StrategicIssue.objects.filter(region=region, withdrawn_at=None)
    values = {
        "kind": new.kind,
        "dimension": dimension(new.dimension),
        "aspect": new.aspect,
        "issue": issues.filter(number=new.issue).first() if new.issue else None,
        "origin": new.origin[:200],
        "illustrative": new.illustrative,
        **texts,
    }
    keep(row, values, verb="strategy", by=by, at=at)
    Citation.objects.filter(strategy=row).exclude(item__in=items).delete()
    kept = set(Citation.objects.filter(strategy=row).values_list("item", flat=True))
    Citation.objects.bulk_create(
        Citation(region=region, strategy=row, item=item)
        for item in items
        if item.pk not in kept
    )
    return row


def _cited(region: Region, new: NewStrategy) -> list[SwotItem]:
    rows = SwotItem.objects.filter(
        region=region, withdrawn_at=None, number__in=new.items
    )
    items = [item for item in rows if item.kind in new.kind]
    if {item.kind for item in items} != set(new.kind) or len(items) < len(
        set(new.items)
    ):
        inside, outside = (Quadrant(letter).label for letter in new.kind)
        raise CitesTooLittle(
            what=_("The strategy was not saved."),
            why=_(
                "A strategy of the kind %(kind)s cites at least one item of each: "
                "%(inside)s and %(outside)s, and nothing else."
            )
            % {"kind": new.kind, "inside": inside, "outside": outside},
            next=_("Tick what it rests on, or choose another kind."),
        )
    return items
