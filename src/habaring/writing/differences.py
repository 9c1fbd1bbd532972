"""What differs between two texts, by words: to write it, and to show it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\S+\s*|\s+")  # few pieces, so that it is quick
_SHOWN = re.compile(r"\w+|[^\w\s]|\s+")


@dataclass(frozen=True)
class Piece:
    """A piece of two texts laid over each other: "same", "gone" or "new"."""

    kind: str
    text: str


def edits(old: str, new: str) -> list[tuple[int, int, str]]:
    """How to make `new` of `old`: (from, to, words) in characters of `old`, in order."""
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    middle_old = old[head : len(old) - tail]
    middle_new = new[head : len(new) - tail]
    if not middle_old or not middle_new:
        return [(head, head + len(middle_old), middle_new)] if old != new else []
    return [
        (head + start, head + end, words)
        for start, end, words in _by_words(middle_old, middle_new)
    ]


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with together."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _by_words(old: str, new: str) -> list[tuple[int, int, str]]:
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    ends = [0]
    for word in left:
        ends.append(ends[-1] + len(word))
    return [
        (ends[a], ends[b], "".join(right[c:d]))
        for tag, a, b, c, d in _matched(left, right)
        if tag != "equal"
    ]


def _matched(
    left: Sequence[str], right: Sequence[str]
) -> list[tuple[str, int, int, int, int]]:
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return list(matcher.get_opcodes())


def pieces(old: str, new: str) -> list[Piece]:
    """Two texts laid over each other, for <del> and <ins>."""
    left, right = _SHOWN.findall(old), _SHOWN.findall(new)
    found: list[Piece] = []
    for tag, a, b, c, d in _matched(left, right):
        if tag == "equal":
            found.append(Piece("same", "".join(left[a:b])))
            continue
        if b > a:
            found.append(Piece("gone", "".join(left[a:b])))
        if d > c:
            found.append(Piece("new", "".join(right[c:d])))
    return found


def split(text: str) -> list[str]:
    """Paragraphs of a plain text: blank lines part them."""
    whole = text.strip().replace("\r\n", "\n")
    return [one.strip() for one in re.split(r"\n\s*\n", whole) if one.strip()]


def side_by_side(
    old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]
) -> list[tuple[str, list[Piece]]]:
    """Two versions, paragraph by paragraph ((id, text) in order): what became of each.

    "same", "changed", "new", "gone"; what is gone stands behind its last neighbour.
    """
    before, after = dict(old), dict(new)
    rows: list[tuple[str, list[Piece]]] = []
    gone = [key for key, _text in old if key not in after]
    last: dict[str, str] = {}
    anchor = ""
    for key, _text in old:
        if key in after:
            anchor = key
        else:
            last[key] = anchor
    rows += _gone(gone, last, "", before)
    for key, text in new:
        rows.append(_row(before.get(key), text))
        rows += _gone(gone, last, key, before)
    return rows


def _gone(
    gone: list[str], last: dict[str, str], anchor: str, before: dict[str, str]
) -> list[tuple[str, list[Piece]]]:
    return [
        ("gone", [Piece("gone", before[key])]) for key in gone if last[key] == anchor
    ]


def _row(old: str | None, new: str) -> tuple[str, list[Piece]]:
    if old is None:
        return "new", [Piece("new", new)]
    if old == new:
        return "same", [Piece("same", new)]
    return "changed", pieces(old, new)
