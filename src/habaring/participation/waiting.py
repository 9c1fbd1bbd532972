"""What a moderator looks at: held, reported and hidden contributions, appeals.

Comments and proposals in one list, by one query for the keys of a page and a handful
for what stands on it. The region must be open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Count as CountOf
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from habaring.participation.models import (
    Appeal,
    Comment,
    Flag,
    Moderation,
    Proposal,
    ProposalState,
    Visibility,
)
from habaring.participation.moderation import addresses_in, rule_name, rule_sentence
from habaring.regions.models import Region
from habaring.shared.refusal import Words

Heap = Literal["held", "flagged", "hidden"]
ItemKind = Literal["comment", "proposal"]


@dataclass(frozen=True)
class Wanted:
    """What of a heap is asked for; `kind` "": both."""

    words: str = ""
    kind: str = ""
    newest_first: bool = False


@dataclass(frozen=True)
class Report:
    """One reason that readers gave, how often, and what they added."""

    reason: Words
    times: int
    texts: tuple[str, ...]


@dataclass(frozen=True)
class QueueItem:
    """One contribution as a moderator sees it."""

    kind: ItemKind
    key: int
    proposal: Proposal
    comment: Comment | None
    reports: tuple[Report, ...]
    addresses: int
    hidden_by: Moderation | None

    @property
    def token(self) -> str:
        """Its name in a form: c12, p7."""
        return f"{self.kind[0]}{self.key}"

    @property
    def text(self) -> str:
        if self.comment is not None:
            return self.comment.text
        parts = (self.proposal.problem, self.proposal.idea)
        return "\n\n".join(part for part in parts if part)

    @property
    def at(self) -> datetime | None:
        return self.comment.at if self.comment else self.proposal.sent_at

    @property
    def author(self) -> str:
        return (self.comment or self.proposal).author_name

    @property
    def state(self) -> str:
        """held, public, hidden, or another."""
        if self.comment is None:
            return str(self.proposal.state)
        shown = self.comment.visibility == Visibility.SHOWN
        return "public" if shown else str(self.comment.visibility)

    @property
    def flags(self) -> int:
        return sum(report.times for report in self.reports)


@dataclass(frozen=True)
class Sizes:
    """How much waits in a region."""

    held: int
    flagged: int
    appeals: int
    hidden: int


def sizes(region: Region) -> Sizes:
    """How many wait in each heap."""
    held, flagged, hidden = (
        keys(region, heap, Wanted()).count() for heap in ("held", "flagged", "hidden")
    )
    return Sizes(held, flagged, open_appeals(region).count(), hidden)


def keys(region: Region, heap: Heap, wanted: Wanted) -> QuerySet[Any, Any]:
    """The keys of a heap, to be cut into pages; see `items`."""
    comments, proposals = _heap(region, heap)
    if wanted.words:
        comments = comments.filter(
            Q(text__icontains=wanted.words) | Q(author_name__icontains=wanted.words)
        )
        proposals = proposals.filter(
            Q(title__icontains=wanted.words)
            | Q(problem__icontains=wanted.words)
            | Q(idea__icontains=wanted.words)
            | Q(author_name__icontains=wanted.words)
        )
    if wanted.kind == "proposal":
        comments = comments.none()
    if wanted.kind == "comment":
        proposals = proposals.none()
    first = comments.order_by().annotate(kind=Value("comment"), when=F("at"))
    second = proposals.order_by().annotate(kind=Value("proposal"), when=F("sent_at"))
    names = ("kind", "pk", "when")
    every = first.values_list(*names).union(second.values_list(*names), all=True)
    return every.order_by("-when" if wanted.newest_first else "when")


def _heap(region: Region, heap: Heap) -> tuple[QuerySet[Comment], QuerySet[Proposal]]:
    comments = Comment.objects.filter(region=region)
    proposals = Proposal.objects.filter(region=region)
    if heap == "held":
        return (
            comments.filter(visibility=Visibility.HELD),
            proposals.filter(state=ProposalState.HELD),
        )
    if heap == "hidden":
        return (
            comments.filter(visibility=Visibility.HIDDEN),
            proposals.filter(state=ProposalState.HIDDEN),
        )
    flags = Flag.objects.filter(region=region, settled_at=None)
    return (
        comments.filter(Exists(flags.filter(comment=OuterRef("pk")))),
        proposals.filter(Exists(flags.filter(proposal=OuterRef("pk"), comment=None))),
    )


def items(region: Region, found: Iterable[Sequence[object]]) -> list[QueueItem]:
    """What stands behind keys, in their order; four queries."""
    wanted = [(str(row[0]), int(str(row[1]))) for row in found]
    comments = Comment.objects.filter(region=region).select_related("proposal__call")
    proposals = Proposal.objects.filter(region=region).select_related("call")
    by_key: dict[tuple[str, int], QueueItem] = {}
    reports = _reports(region, wanted)
    deeds = _hidings(region, wanted)
    for row in comments.filter(
        pk__in=[key for kind, key in wanted if kind == "comment"]
    ):
        key = ("comment", row.pk)
        by_key[key] = QueueItem(
            kind="comment",
            key=row.pk,
            proposal=row.proposal,
            comment=row,
            reports=tuple(reports.get(key, ())),
            addresses=addresses_in(row.text),
            hidden_by=deeds.get(key),
        )
    for one in proposals.filter(
        pk__in=[key for kind, key in wanted if kind == "proposal"]
    ):
        key = ("proposal", one.pk)
        by_key[key] = QueueItem(
            kind="proposal",
            key=one.pk,
            proposal=one,
            comment=None,
            reports=tuple(reports.get(key, ())),
            addresses=addresses_in(f"{one.title} {one.problem} {one.idea}"),
            hidden_by=deeds.get(key),
        )
    return [by_key[key] for key in wanted if key in by_key]


def item(region: Region, kind: str, key: int) -> QueueItem | None:
    """One contribution that is not a draft, or None."""
    found = items(region, [(kind, key)])
    return found[0] if found and found[0].state != "draft" else None


def history(found: QueueItem) -> list[Moderation]:
    """What moderators did with it, the newest first."""
    rows = Moderation.objects.filter(proposal=found.proposal, comment=found.comment)
    return list(rows.select_related("by", "appeal"))


def open_appeals(region: Region) -> QuerySet[Appeal]:
    """Appeals that wait, the oldest first."""
    return _appeals(region).filter(outcome="").order_by("at", "pk")


def _appeals(region: Region) -> QuerySet[Appeal]:
    return Appeal.objects.filter(region=region).select_related(
        "moderation__by", "moderation__comment", "moderation__proposal", "decided_by"
    )


def appeal(region: Region, key: int) -> Appeal | None:
    """One appeal, decided or not."""
    return _appeals(region).filter(pk=key).first()


def _reports(
    region: Region, wanted: list[tuple[str, int]]
) -> dict[tuple[str, int], list[Report]]:
    comments = [key for kind, key in wanted if kind == "comment"]
    proposals = [key for kind, key in wanted if kind == "proposal"]
    rows = Flag.objects.filter(
        Q(comment__in=comments) | Q(comment=None, proposal__in=proposals),
        region=region,
        settled_at=None,
    )
    texts: dict[tuple[str, int], dict[str, list[str]]] = {}
    for row in rows:
        key = (
            ("comment", row.comment_id)
            if row.comment_id
            else ("proposal", row.proposal_id)
        )
        texts.setdefault(key, {}).setdefault(row.reason, []).append(row.text)
    return {
        key: [
            Report(rule_name(reason), len(some), tuple(text for text in some if text))
            for reason, some in by_reason.items()
        ]
        for key, by_reason in texts.items()
    }


def _hidings(
    region: Region, wanted: list[tuple[str, int]]
) -> dict[tuple[str, int], Moderation]:
    comments = [key for kind, key in wanted if kind == "comment"]
    proposals = [key for kind, key in wanted if kind == "proposal"]
    rows = Moderation.objects.filter(
        Q(comment__in=comments) | Q(comment=None, proposal__in=proposals),
        region=region,
        deed="hide",
    ).select_related("appeal")
    found: dict[tuple[str, int], Moderation] = {}
    for row in rows.order_by("at", "pk"):
        key = (
            ("comment", row.comment_id)
            if row.comment_id
            else ("proposal", row.proposal_id)
        )
        found[key] = row
    return found


# One's own words


@dataclass(frozen=True)
class Own:
    """Something that a person wrote, with the deed that hid it, where it is hidden."""

    row: Comment | Proposal
    deed: Moderation | None

    @property
    def rule(self) -> Words:
        return rule_name(self.deed.rule) if self.deed else ""

    @property
    def sentence(self) -> Words:
        return rule_sentence(self.deed.rule) if self.deed else ""

    @property
    def appeal(self) -> Appeal | None:
        return getattr(self.deed, "appeal", None)


def own_comments(region: Region, rows: Sequence[Comment]) -> list[Own]:
    """A person's comments with what hides them; one query."""
    hidden = [("comment", row.pk) for row in rows if row.visibility == "hidden"]
    deeds = _hidings(region, hidden)
    return [Own(row, deeds.get(("comment", row.pk))) for row in rows]


def own_proposals(region: Region, rows: Sequence[Proposal]) -> list[Own]:
    """The same for proposals."""
    hidden = [("proposal", row.pk) for row in rows if row.state == "hidden"]
    deeds = _hidings(region, hidden)
    return [Own(row, deeds.get(("proposal", row.pk))) for row in rows]


# The public record


@dataclass(frozen=True)
class RuleCount:
    """How often one rule was applied."""

    word: str
    name: Words
    times: int


@dataclass(frozen=True)
class Told:
    """What everybody reads of moderation in a region: numbers only."""

    hidden: int
    shown_again: int
    published: int
    appeals: int
    granted: int
    rules: list[RuleCount]


def told(region: Region) -> Told:
    """Counted over all time; nobody is named. Public rows are enough."""
    deeds = Moderation.objects.filter(region=region).order_by()
    by_deed = dict(deeds.values_list("deed").annotate(n=CountOf("pk")))
    rules = deeds.filter(deed="hide").values_list("rule").annotate(n=CountOf("pk"))
    outcomes = dict(
        Appeal.objects.filter(region=region)
        .exclude(outcome="")
        .order_by()
        .values_list("outcome")
        .annotate(n=CountOf("pk"))
    )
    return Told(
        hidden=by_deed.get("hide", 0),
        shown_again=by_deed.get("show", 0),
        published=by_deed.get("publish", 0),
        appeals=sum(outcomes.values()),
        granted=outcomes.get("granted", 0),
        rules=[
            RuleCount(word, rule_name(word), times)
            for word, times in sorted(rules, key=lambda pair: (-pair[1], pair[0]))
        ],
    )


def hidings(region: Region, *, rule: str = "") -> QuerySet[Moderation]:
    """Each hiding as everybody reads it: where, when, by which rule and why."""
    rows = Moderation.objects.filter(region=region, deed="hide")
    if rule:
        rows = rows.filter(rule=rule)
    return rows.select_related("proposal", "comment", "appeal").order_by("-at", "-pk")
