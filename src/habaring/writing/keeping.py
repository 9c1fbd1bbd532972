"""Documents out of their rows and back: read at any number, and one writer at a time."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import live
from habaring.shared.refusal import Refusal
from habaring.writing import kinds
from habaring.writing.differences import split
from habaring.writing.models import Document, Pen, Snapshot, Update
from habaring.writing.weaving import LARGEST_UPDATE, Loom, Strand, Unfit, spread

SNAPSHOT_EVERY = 50
"""Updates that are read behind a snapshot at most, and some that come meanwhile."""
SEED_CLIENT = 1


class NotTaken(Refusal):
    """A change that does not fit; `reason` is one word for the editor."""

    def __init__(self, reason: str) -> None:
        large = reason == "large"
        super().__init__(
            what=_("This change was not taken into the text."),
            why=_("The text, or one paragraph of it, became too long.")
            if large
            else _("It does not fit to the text as it stands."),
            next=_("Make it shorter, or split the paragraph.")
            if large
            else _("Copy what you wrote, open the page again and put it in."),
        )
        self.reason = reason


class WrittenTogether(Refusal):
    """A form of its own would go round those who write this text together."""

    def __init__(self) -> None:
        super().__init__(
            what=_("Nothing was saved."),
            why=_("By now this text is written together, paragraph by paragraph."),
            next=_("Open it there and put your words in."),
        )


def topic_of(region: str, key: str) -> str:
    """What those who have the text open hear."""
    return live.topic("writing.document", region, key)


def topic(document: Document) -> str:
    """The same, of a document that has begun."""
    return topic_of(document.region_id, document.key)


def find(region: Region, key: str) -> Document | None:
    """The document of a key, where anybody wrote in it yet."""
    return Document.objects.filter(region=region, key=key).first()


def newest(document: Document) -> int:
    """The number of its newest update."""
    row = Update.objects.filter(document=document).order_by("-number")
    return row.values_list("number", flat=True).first() or 0


def seed_id(region: Region, key: str, index: int) -> str:
    """The same for everyone who sees a text before its document exists."""
    name = f"{region.pk}/{key}/{index}"
    return hashlib.sha256(name.encode()).hexdigest()[:10]


def seeded(region: Region, key: str) -> Loom:
    """The text that stood there before, as a document."""
    kind = kinds.of(key)
    loom = Loom(client=SEED_CLIENT)
    texts = split(kind.seed(region, key)) if kind else []
    texts = texts or [""]
    for index, (text, place) in enumerate(zip(texts, spread(len(texts)), strict=True)):
        name = seed_id(region, key, index)
        loom.put(name, place)
        loom.write(name, [(0, 0, text)])
    return loom


def opened(
    region: Region, key: str, *, by: Account | None, at: datetime
) -> tuple[Document, bool]:
    """The document of a key, made of what stood there where it is the first time."""
    document, made = Document.objects.get_or_create(
        region=region,
        key=key,
        defaults={"began_at": at, "began_by": by, "illustrative": by is None},
    )
    if made:
        loom = seeded(region, key)
        append(document, loom.since(), author=None, at=at, clients={SEED_CLIENT})
    return document, made


def loom_of(document: Document, *, upto: int | None = None, told: bool = False) -> Loom:
    """The document as it stands, or as it was after update `upto`.

    `told`: with an account of who wrote what, which takes longer.
    """
    loom, _number = read(document, upto=upto, told=told)
    return loom


def read(
    document: Document, *, upto: int | None = None, told: bool = False
) -> tuple[Loom, int]:
    """The loom, and the number of the newest update in it."""
    snapshots = Snapshot.objects.filter(document=document)
    if upto is not None:
        snapshots = snapshots.filter(number__lte=upto)
    base = snapshots.order_by("-number").first()
    number = base.number if base else 0
    updates = Update.objects.filter(document=document, number__gt=number)
    if upto is not None:
        updates = updates.filter(number__lte=upto)
    rows = [
        (one, bytes(content), author)
        for one, content, author in updates.order_by("number").values_list(
            "number", "content", "author_id"
        )
    ]
    loom = Loom(
        bytes(base.state) if base else b"", authors=base.authors if base else None
    )
    if told:
        loom.weave_told((content, author) for _one, content, author in rows)
    else:
        for _one, content, author in rows:
            loom.weave(content, author=author)
    return loom, rows[-1][0] if rows else number


def append(
    document: Document,
    content: bytes,
    *,
    author: Account | None,
    at: datetime,
    clients: Iterable[int] = (),
    line: str = "",
) -> int:
    """Keep one change, tell it, and give its number. The caller holds the document."""
    live.in_order(topic(document))
    number = newest(document) + 1
    Update.objects.create(
        region_id=document.region_id,
        document=document,
        number=number,
        content=content,
        author=author,
        at=at,
    )
    claim(document, clients, author)
    if number % SNAPSHOT_EVERY == 0:
        _snapshot(document)
    live.announce(topic(document), content, number=number, by=line)
    return number


def _snapshot(document: Document) -> None:
    loom, number = read(document, told=True)
    Snapshot.objects.create(
        region_id=document.region_id,
        document=document,
        number=number,
        state=loom.since(),
        authors=loom.authors,
    )


def claim(document: Document, clients: Iterable[int], author: Account | None) -> None:
    """Let a pen belong to whoever writes with it first; refuses that of another."""
    wanted = set(clients)
    if not wanted:
        return
    owner = author.pk if author else None
    known = dict(
        Pen.objects.filter(document=document, client__in=wanted).values_list(
            "client", "account_id"
        )
    )
    if any(whose != owner for whose in known.values()):
        raise NotTaken("foreign")
    Pen.objects.bulk_create(
        Pen(
            region_id=document.region_id,
            document=document,
            client=client,
            account=author,
        )
        for client in wanted - set(known)
    )


def take(
    document: Document,
    content: bytes,
    *,
    author: Account | None,
    at: datetime,
    line: str = "",
) -> int:
    """One change of somebody: checked, kept, told. The number that it got; that of the
    newest where it brought nothing that was not there. Raises NotTaken.
    """
    if len(content) > LARGEST_UPDATE:
        raise NotTaken("large")
    live.in_order(topic(document))
    try:
        loom, number = read(document)
        before = loom.since()
        clients = loom.weave(content)
        loom.check()
    except Unfit as unfit:
        raise NotTaken(unfit.reason) from unfit
    if loom.since() == before:
        return number
    return append(document, content, author=author, at=at, clients=clients, line=line)


def rows_since(region: str, key: str, after: int) -> Sequence[live.News]:
    """The changes above a number, as news."""
    rows = Update.objects.filter(
        document__region=region, document__key=key, number__gt=after
    ).order_by("number")
    return [
        live.News(number, bytes(content))
        for number, content in rows.values_list("number", "content")[: live.BATCH]
    ]


def plain(strands: Iterable[Strand]) -> str:
    """The paragraphs as one text: blank lines part them."""
    return "\n\n".join(one.text.strip() for one in strands if one.text.strip())
