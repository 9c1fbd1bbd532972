"""Write, comment, suggest, freeze, bring back. Every change is kept before it is told."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit, live
from habaring.shared.refusal import Refusal
from habaring.writing import keeping, kinds
from habaring.writing.differences import edits
from habaring.writing.keeping import NotTaken
from habaring.writing.models import (
    Comment,
    Document,
    Suggestion,
    SuggestionState,
    Version,
)
from habaring.writing.weaving import LONGEST_PARAGRAPH, Loom, Strand, between, new_id

__all__ = ["NotTaken"]
LONGEST_COMMENT = 4_000


class NothingSaid(Refusal):
    """An empty comment, or a suggestion that changes nothing."""


class NoParagraph(Refusal):
    """The paragraph is not in this text."""


class Decided(Refusal):
    """What was decided before is not decided again."""


class NothingNew(Refusal):
    """The text is the same as its newest version."""


@dataclass(frozen=True)
class Hand:
    """Who does something, when, and by which open line ("" for a form)."""

    by: Account | None
    at: datetime
    line: str = ""


@transaction.atomic
def begin(*, region: Region, key: str, by: Account | None, at: datetime) -> Document:
    """The document of a key; made of what stood there before, at the first time."""
    document, made = keeping.opened(region, key, by=by, at=at)
    if made:
        _record(document, Hand(by, at), "begun")
    return document


def _record(document: Document, hand: Hand, verb: str, **details: object) -> None:
    audit.record(
        by=hand.by,
        at=hand.at,
        verb=f"writing.document.{verb}",
        subject=document,
        region=document.region_id,
        details=details,
    )


@transaction.atomic
def take(*, document: Document, content: bytes, hand: Hand, first: bool = False) -> int:
    """A change from an editor's line; gives its number. Raises NotTaken.

    `first`: of this line; the trail tells of the line, not of every letter.
    """
    number = keeping.take(document, content, author=hand.by, at=hand.at, line=hand.line)
    if first:
        _record(document, hand, "edited", number=number)
    return number


@transaction.atomic
def write(
    *, region: Region, key: str, paragraph: str, text: str, base: int, hand: Hand
) -> int:
    """A paragraph as a form sends it: what changed since update `base`, which its writer
    had before them, is put into the text as it stands now. Nobody's words are lost.
    """
    document = begin(region=region, key=key, by=hand.by, at=hand.at)
    number = _merge(document, _Wording(paragraph, text, base), hand.by, hand.at)
    _record(document, hand, "edited", number=number)
    return number


@dataclass(frozen=True)
class _Wording:
    """A paragraph as somebody wants it who had read the text at `base`."""

    paragraph: str
    text: str
    base: int


def _merge(
    document: Document, wish: _Wording, author: Account | None, at: datetime
) -> int:
    clean = wish.text.replace("\r\n", "\n").rstrip()
    if len(clean) > LONGEST_PARAGRAPH:
        raise NotTaken("large")
    live.in_order(keeping.topic(document))
    upto = max(1, min(wish.base, keeping.newest(document)))
    loom = keeping.loom_of(document, upto=upto)
    strand = _strand(document, wish.paragraph)
    here = {one.id: one for one in loom.strands()}
    if wish.paragraph in here:
        strand = here[wish.paragraph]
    else:  # it is younger than what its writer says to have read
        loom = keeping.loom_of(document)
    before = loom.vector
    loom.write(wish.paragraph, edits(loom.text(wish.paragraph), clean))
    number = keeping.take(document, loom.since(before), author=author, at=at)
    return _back(document, strand, author, at) or number


def _back(
    document: Document, strand: Strand, author: Account | None, at: datetime
) -> int | None:
    """A paragraph that was taken out meanwhile, but that somebody wants, stands again."""
    loom = keeping.loom_of(document)
    now = {one.id: one for one in loom.strands()}
    if now[strand.id].place:
        return None
    before = loom.vector  # after the removal, not beside it: else either would win
    loom.put(strand.id, strand.place or between(_last(now.values()), ""))
    return keeping.take(document, loom.since(before), author=author, at=at)


def _strand(document: Document, paragraph: str) -> Strand:
    for one in keeping.loom_of(document).strands():
        if one.id == paragraph:
            return one
    raise NoParagraph(
        what=_("Nothing was saved."),
        why=_("This paragraph is not in the text."),
        next=_("Open the page again."),
    )


def _last(strands: Iterable[Strand]) -> str:
    return max((one.place for one in strands), default="")


@transaction.atomic
def arrange(*, region: Region, key: str, paragraph: str, how: str, hand: Hand) -> str:
    """Move a paragraph "up" or "down", "add" one behind it, take it "out" or "back".

    Gives the id of the paragraph that it is about; `paragraph` "" adds at the end.
    """
    document = begin(region=region, key=key, by=hand.by, at=hand.at)
    live.in_order(keeping.topic(document))
    loom = keeping.loom_of(document)
    before = loom.vector
    about = _arranged(document, loom, paragraph, how)
    number = keeping.take(document, loom.since(before), author=hand.by, at=hand.at)
    _record(document, hand, "edited", number=number)
    return about


def _arranged(document: Document, loom: Loom, paragraph: str, how: str) -> str:
    standing = loom.standing()
    names = [one.id for one in standing]
    places = ["", *(one.place for one in standing), ""]
    if how == "add" and not paragraph:
        made = new_id()
        loom.put(made, between(places[-2], ""))
        return made
    strand = _strand(document, paragraph)
    index = names.index(paragraph) + 1 if paragraph in names else len(names)
    if how == "add":
        made = new_id()
        loom.put(made, between(places[index], places[index + 1]))
        return made
    if how == "out":
        loom.put(strand.id, "")
    elif how == "back":
        loom.put(strand.id, between(places[-2], ""))
    elif how == "up" and index > 1:
        loom.put(strand.id, between(places[index - 2], places[index - 1]))
    elif how == "down" and index < len(names):
        loom.put(strand.id, between(places[index + 1], places[index + 2]))
    return strand.id


@transaction.atomic
def comment(  # noqa: PLR0913 - where, what, and who says it
    *,
    by: Account | None,
    at: datetime,
    region: Region,
    key: str,
    paragraph: str,
    text: str,
    answers: Comment | None = None,
) -> Comment:
    """Say something of a paragraph, or answer what somebody said of it."""
    words = text.strip()
    if not words or len(words) > LONGEST_COMMENT:
        raise _nothing_said()
    document = begin(region=region, key=key, by=by, at=at)
    _strand(document, paragraph)
    made = Comment.objects.create(
        region=region,
        document=document,
        paragraph=paragraph,
        number=keeping.newest(document),
        answers=answers,
        text=words,
        author=by,
        at=at,
        illustrative=by is None,  # only the demo speaks without an account
    )
    _aside(document, paragraph)
    _record(document, Hand(by, at), "commented", paragraph=paragraph)
    return made


def _nothing_said() -> Refusal:
    return NothingSaid(
        what=_("Nothing was saved."),
        why=_("There are no words in it, or more than %(count)d characters.")
        % {"count": LONGEST_COMMENT},
        next=_("Write in a few sentences what you mean."),
    )


def _aside(document: Document, paragraph: str) -> None:
    """Those who have it open look anew at what stands beside the paragraph."""
    live.announce(keeping.topic(document), {"k": "aside", "p": paragraph})


@transaction.atomic
def resolve(*, comment: Comment, by: Account | None, at: datetime) -> Comment:
    """A comment is settled; settled once more, it is open again."""
    found = Comment.objects.select_for_update().get(pk=comment.pk)
    again = found.resolved_at is not None
    found.resolved_at = None if again else at
    found.resolved_by = None if again else by
    found.save(update_fields=["resolved_at", "resolved_by"])
    document = found.document
    _aside(document, found.paragraph)
    verb = "comment_reopened" if again else "comment_resolved"
    _record(document, Hand(by, at), verb, paragraph=found.paragraph)
    return found


@transaction.atomic
def suggest(  # noqa: PLR0913 - where, what, why, and on which reading
    *,
    region: Region,
    key: str,
    paragraph: str,
    text: str,
    why: str,
    base: int,
    hand: Hand,
) -> Suggestion:
    """Propose other words for a paragraph; whoever may write decides."""
    document = begin(region=region, key=key, by=hand.by, at=hand.at)
    strand = _strand(document, paragraph)
    number = max(1, min(base, keeping.newest(document)))
    before = keeping.loom_of(document, upto=number).text(paragraph) or strand.text
    clean = text.replace("\r\n", "\n").rstrip()
    if clean == before.rstrip() or len(why) > LONGEST_COMMENT:
        raise NothingSaid(
            what=_("Nothing was suggested."),
            why=_("The words are the same as before."),
            next=_("Change the words of the paragraph in the suggestion."),
        )
    if len(clean) > LONGEST_PARAGRAPH:
        raise NotTaken("large")
    wording = Suggestion(paragraph=paragraph, before=before, text=clean, number=number)
    return _suggested(document, wording, why, hand)


def _suggested(
    document: Document, made: Suggestion, why: str, hand: Hand
) -> Suggestion:
    """Keep a suggestion and tell of it."""
    made.region_id, made.document = document.region_id, document
    made.number = made.number or keeping.newest(document)
    made.why, made.author, made.at = why.strip(), hand.by, hand.at
    made.illustrative = hand.by is None
    made.save()
    _aside(document, made.paragraph)
    _record(document, hand, "suggested", paragraph=made.paragraph)
    return made


@transaction.atomic
def decide(
    *, suggestion: Suggestion, accept: bool, reason: str, hand: Hand
) -> Suggestion:
    """Take a suggestion into the text as its author's words, or say why not.

    What was written since it was made stays: it is merged like a form of that time.
    """
    found = _open(suggestion)
    if not accept and not reason.strip():
        raise NothingSaid(
            what=_("The suggestion was not refused."),
            why=_("Its author has a right to know why."),
            next=_("Write a short reason."),
        )
    if accept and found.adds:
        _put_in(found, hand.at)
    elif accept:
        wish = _Wording(found.paragraph, found.text, found.number)
        _merge(found.document, wish, found.author, hand.at)
    state = SuggestionState.ACCEPTED if accept else SuggestionState.REJECTED
    _close(found, state, reason, hand)
    return found


def _put_in(found: Suggestion, at: datetime) -> None:
    """The suggested paragraph, as its author's, behind the one that it was meant for;
    at the end where that one was taken out meanwhile.
    """
    document = found.document
    live.in_order(keeping.topic(document))
    loom = keeping.loom_of(document)
    before = loom.vector
    here = {one.id for one in loom.standing()}
    behind = found.paragraph if found.paragraph in here else ""
    loom.write(_arranged(document, loom, behind, "add"), [(0, 0, found.text)])
    keeping.take(document, loom.since(before), author=found.author, at=at)


@transaction.atomic
def suggest_new(
    *, region: Region, key: str, wish: "NewParagraph", hand: Hand
) -> Suggestion:
    """Propose a paragraph that is not there yet; whoever may write decides."""
    document = begin(region=region, key=key, by=hand.by, at=hand.at)
    _strand(document, wish.behind)
    clean = wish.text.replace("\r\n", "\n").strip()
    if not clean or len(wish.why) > LONGEST_COMMENT:
        raise NothingSaid(
            what=_("Nothing was suggested."),
            why=_("There are no words in it, or more than %(count)d characters.")
            % {"count": LONGEST_PARAGRAPH},
            next=_("Write the paragraph that you miss."),
        )
    if len(clean) > LONGEST_PARAGRAPH:
        raise NotTaken("large")
    return _suggested(
        document,
        Suggestion(paragraph=wish.behind, text=clean, adds=True),
        wish.why,
        hand,
    )


@dataclass(frozen=True)
class NewParagraph:
    """A paragraph that somebody misses, behind the one whose id is `behind`."""

    behind: str
    text: str
    why: str = ""


@transaction.atomic
def withdraw(*, suggestion: Suggestion, hand: Hand) -> Suggestion:
    """Its author takes it back."""
    found = _open(suggestion)
    _close(found, SuggestionState.WITHDRAWN, "", hand)
    return found


def _open(suggestion: Suggestion) -> Suggestion:
    found = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
    if found.state != SuggestionState.OPEN:
        raise Decided(
            what=_("Nothing was changed."),
            why=_("This suggestion was decided already."),
            next=_("Open the page again to see how."),
        )
    return found


def _close(found: Suggestion, state: SuggestionState, reason: str, hand: Hand) -> None:
    found.state = state
    found.reason = reason.strip()[:LONGEST_COMMENT]
    found.decided_at, found.decided_by = hand.at, hand.by
    found.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    _aside(found.document, found.paragraph)
    _record(
        found.document, hand, f"suggestion_{state.value}", paragraph=found.paragraph
    )


@transaction.atomic
def freeze(
    *, by: Account | None, at: datetime, region: Region, key: str, note: str = ""
) -> int:
    """Keep the text as it stands as the next version, and give its number.

    Raises NothingNew where it is word for word the newest version.
    """
    document = begin(region=region, key=key, by=by, at=at)
    live.in_order(keeping.topic(document))
    loom, number = keeping.read(document)
    standing = loom.standing()
    text = keeping.plain(standing)
    digest = hashlib.sha256(text.encode()).hexdigest()
    versions = Version.objects.filter(document=document)
    last = versions.order_by("-version").first()
    if last is not None and last.sha256 == digest:
        raise NothingNew(
            what=_("No version was made."),
            why=_("The text is the same as version %(number)d.")
            % {"number": last.version},
            next=_("Change the text first."),
        )
    top = versions.aggregate(top=Max("version"))["top"] or 0
    version = Version.objects.create(
        region=region,
        document=document,
        version=top + 1,
        number=number,
        paragraphs=[{"id": one.id, "text": one.text} for one in standing],
        text=text,
        sha256=digest,
        note=note.strip()[:300],
        frozen_by=by,
        frozen_at=at,
    )
    _record(document, Hand(by, at), "frozen", version=version.version, sha256=digest)
    kind = kinds.of(key)
    if kind is not None:
        kind.frozen(kinds.Frozen(region, key, version.version, text, by, at))
    return version.version


@transaction.atomic
def restore(*, version: Version, hand: Hand) -> int:
    """Make the text what it was in a version; what stood there since stays in history."""
    document = version.document
    live.in_order(keeping.topic(document))
    loom = keeping.loom_of(document)
    before = loom.vector
    wanted = [(str(one["id"]), str(one["text"])) for one in version.paragraphs]
    place = ""
    for name, text in wanted:
        place = between(place, "")
        loom.put(name, place)
        loom.write(name, edits(loom.text(name), text))
    keep = {name for name, _text in wanted}
    for strand in loom.standing():
        if strand.id not in keep:
            loom.put(strand.id, "")
    number = keeping.take(document, loom.since(before), author=hand.by, at=hand.at)
    _record(document, hand, "restored", version=version.version, number=number)
    return number
