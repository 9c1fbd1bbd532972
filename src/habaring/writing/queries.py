"""What a text says, who wrote what, what is said of it, and how its versions differ."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Max, Q, QuerySet

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.writing import keeping, kinds
from habaring.writing.differences import Piece, pieces, side_by_side
from habaring.writing.models import (
    Comment,
    Document,
    Suggestion,
    SuggestionState,
    Version,
)
from habaring.writing.weaving import Loom, Strand

COLOURS = 6
"""So many colours for people; more of them share."""


@dataclass(frozen=True)
class Remark:
    """A comment with its answers."""

    row: Comment
    answers: tuple[Comment, ...] = ()


@dataclass(frozen=True)
class Proposed:
    """A suggestion, laid over what its author had read."""

    row: Suggestion
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Paragraph:
    """One paragraph and what stands beside it."""

    id: str
    text: str
    number: int  # which in the text, from 1; 0 for one that was taken out
    remarks: tuple[Remark, ...] = ()
    settled: tuple[Remark, ...] = ()
    proposals: tuple[Proposed, ...] = ()
    decided: tuple[Suggestion, ...] = ()

    @property
    def rows(self) -> int:
        """Lines of a text field that shows it without scrolling, about."""
        lines = self.text.split("\n")
        return max(2, min(30, sum(1 + len(line) // 80 for line in lines)))

    @property
    def past(self) -> int:
        return len(self.settled) + len(self.decided)

    @property
    def waiting(self) -> int:
        return len(self.remarks) + len(self.proposals)


@dataclass(frozen=True)
class Text:
    """A text as it stands. `number`: of the newest update in it, 0 before the first."""

    key: str
    number: int
    paragraphs: tuple[Paragraph, ...]
    removed: tuple[Paragraph, ...] = ()
    document: Document | None = None

    @property
    def plain(self) -> str:
        return "\n\n".join(one.text.strip() for one in self.paragraphs if one.text)


def _strands(region: Region, key: str) -> tuple[list[Strand], int, Document | None]:
    document = keeping.find(region, key)
    if document is None:
        return keeping.seeded(region, key).strands(), 0, None
    loom, number = keeping.read(document)
    return loom.strands(), number, document


def text(region: Region, key: str) -> str:
    """What it says now, as plain text: blank lines part paragraphs."""
    return keeping.plain(one for one in _strands(region, key)[0] if one.place)


def paragraphs(region: Region, key: str) -> list[Paragraph]:
    """Its paragraphs in order, without what stands beside them."""
    standing = [one for one in _strands(region, key)[0] if one.place]
    return [
        Paragraph(one.id, one.text, number) for number, one in enumerate(standing, 1)
    ]


def whole(region: Region, key: str) -> Text:
    """The text with all that stands beside each paragraph."""
    strands, number, document = _strands(region, key)
    sides = _Sides.of(document) if document else _Sides()
    standing = [one for one in strands if one.place]
    return Text(
        key=key,
        number=number,
        paragraphs=tuple(sides.beside(s, i) for i, s in enumerate(standing, 1)),
        removed=tuple(sides.beside(s, 0) for s in strands if not s.place and s.text),
        document=document,
    )


@dataclass(frozen=True)
class _Sides:
    """What was said and proposed, by paragraph."""

    remarks: Mapping[str, list[Remark]] = field(default_factory=dict)
    proposals: Mapping[str, list[Suggestion]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document) -> "_Sides":
        comments: dict[str, list[Remark]] = defaultdict(list)
        rows = list(
            Comment.objects.filter(document=document).select_related(
                "author", "resolved_by"
            )
        )
        answers: dict[int, list[Comment]] = defaultdict(list)
        for row in rows:
            if row.answers_id:
                answers[row.answers_id].append(row)
        for row in rows:
            if not row.answers_id:
                comments[row.paragraph].append(Remark(row, tuple(answers[row.pk])))
        proposals: dict[str, list[Suggestion]] = defaultdict(list)
        found = Suggestion.objects.filter(document=document)
        for one in found.select_related("author", "decided_by"):
            proposals[one.paragraph].append(one)
        return cls(comments, proposals)

    def beside(self, strand: Strand, number: int) -> Paragraph:
        remarks = self.remarks.get(strand.id, [])
        proposals = self.proposals.get(strand.id, [])
        return Paragraph(
            id=strand.id,
            text=strand.text,
            number=number,
            remarks=tuple(r for r in remarks if r.row.resolved_at is None),
            settled=tuple(r for r in remarks if r.row.resolved_at is not None),
            proposals=tuple(
                Proposed(p, tuple(pieces(p.before, p.text)))
                for p in proposals
                if p.state == SuggestionState.OPEN
            ),
            decided=tuple(p for p in proposals if p.state != SuggestionState.OPEN),
        )


@dataclass(frozen=True)
class Share:
    """How much of a text somebody wrote. `colour` 0 is what stood there before."""

    account: Account | None
    colour: int
    characters: int
    share: float


@dataclass(frozen=True)
class Stretch:
    """Characters of one author in a row."""

    text: str
    account: Account | None
    colour: int


@dataclass(frozen=True)
class Authors:
    """Who wrote what: each paragraph in stretches, and what each did in all."""

    paragraphs: tuple[tuple[Stretch, ...], ...]
    shares: tuple[Share, ...]


def colour(account_id: int) -> int:
    """The same for a person everywhere: 1 to COLOURS."""
    return account_id % COLOURS + 1 if account_id else 0


def authors(document: Document) -> Authors:
    """By the account that sent each change, which the sign-in vouches for."""
    loom = keeping.loom_of(document, told=True)
    standing = loom.standing()
    ids = {run[0] for one in standing for run in loom.authors.get(one.id, [])}
    people = Account.objects.in_bulk(ids - {0})
    told = tuple(tuple(_stretches(loom, one, people)) for one in standing)
    counts: dict[int, int] = defaultdict(int)
    for stretch in (one for row in told for one in row):
        counts[stretch.account.pk if stretch.account else 0] += len(stretch.text)
    total = sum(counts.values()) or 1
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return Authors(
        told,
        tuple(
            Share(people.get(who), colour(who), count, count / total)
            for who, count in ranked
        ),
    )


def _stretches(
    loom: Loom, strand: Strand, people: Mapping[int, Account]
) -> Iterable[Stretch]:
    """Runs count bytes of UTF-8; none ends inside a character."""
    data, start = strand.text.encode(), 0
    for who, length in loom.authors.get(strand.id, []):
        piece = data[start : start + length].decode(errors="replace")
        start += length
        yield Stretch(piece, people.get(who), colour(who))
    if start < len(data):
        yield Stretch(data[start:].decode(errors="replace"), None, 0)


def versions(document: Document) -> QuerySet[Version]:
    """Its frozen versions, the newest first."""
    return Version.objects.filter(document=document).select_related("frozen_by")


@dataclass(frozen=True)
class Row:
    """One paragraph of two versions: what became of it, and how."""

    state: str  # same, changed, new, gone
    pieces: tuple[Piece, ...]

    @property
    def old(self) -> tuple[Piece, ...]:
        """What the older one says, with what is gone since."""
        return tuple(one for one in self.pieces if one.kind != "new")

    @property
    def new(self) -> tuple[Piece, ...]:
        """What the newer one says, with what is new in it."""
        return tuple(one for one in self.pieces if one.kind != "gone")


def compared(old: Version, new: Version | None) -> tuple[Row, ...]:
    """Two versions by words; `new` None is the text as it stands."""
    if new is not None:
        after = [(str(p["id"]), str(p["text"])) for p in new.paragraphs]
    else:
        after = [(s.id, s.text) for s in keeping.loom_of(old.document).standing()]
    before = [(str(p["id"]), str(p["text"])) for p in old.paragraphs]
    return tuple(
        Row(state, tuple(found)) for state, found in side_by_side(before, after)
    )


def documents(region: Region, q: str = "") -> "QuerySet[Document]":
    """The texts of a region, the one that was changed last before the others."""
    found = Document.objects.filter(region=region).annotate(
        changed_at=Max("updates__at"),
        writers=Count("updates__author", distinct=True),
    )
    if q:
        known = [
            key
            for key in found.values_list("key", flat=True)
            if q.lower() in f"{key} {title(region, key)}".lower()
        ]
        found = found.filter(key__in=known)
    return found.order_by("-changed_at", "key")


def open_counts(found: Iterable[Document]) -> dict[int, tuple[int, int]]:
    """Open comments and open suggestions, by document."""
    ids = [one.pk for one in found]
    said = dict(
        Comment.objects.filter(
            document__in=ids, resolved_at__isnull=True, answers__isnull=True
        )
        .values_list("document")
        .annotate(Count("pk"))
    )
    proposed = dict(
        Suggestion.objects.filter(Q(document__in=ids), state=SuggestionState.OPEN)
        .values_list("document")
        .annotate(Count("pk"))
    )
    return {one: (said.get(one, 0), proposed.get(one, 0)) for one in ids}


def title(region: Region, key: str) -> str:
    """What people call it; the key where its kind knows no better."""
    kind = kinds.of(key)
    place = kind.place(region, key) if kind else None
    return str(place.title) if place else key
