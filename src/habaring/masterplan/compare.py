"""Revisions of a section side by side, by words, and who wrote which paragraph."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from habaring.masterplan.models import Section
from habaring.people.models import Account
from habaring.writing.differences import Piece, pieces, split

ALIKE = 0.5
"""Two paragraphs that share this part of their words are the same one, changed."""
MOST_REVISIONS = 40
"""So many revisions back a paragraph is traced."""


@dataclass(frozen=True)
class Row:
    """One paragraph of two revisions: "same", "changed", "new" or "gone"."""

    state: str
    pieces: tuple[Piece, ...]

    @property
    def old(self) -> tuple[Piece, ...]:
        """What stood there before."""
        return tuple(one for one in self.pieces if one.kind != "new")

    @property
    def new(self) -> tuple[Piece, ...]:
        """What stands there now."""
        return tuple(one for one in self.pieces if one.kind != "gone")


@dataclass(frozen=True)
class Written:
    """One paragraph as it stands, and who wrote it last."""

    text: str
    by: Account | None
    section: Section


def side_by_side(old: str, new: str) -> tuple[Row, ...]:
    """Two texts, paragraph by paragraph, and by words inside those that changed.

    >>> [row.state for row in side_by_side("a\\n\\nb c d", "a\\n\\nb c e\\n\\nf")]
    ['same', 'changed', 'new']
    """
    before, after = split(old), split(new)
    rows: list[Row] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            rows += [Row("same", (Piece("same", one),)) for one in before[a:b]]
        else:
            rows += _changed(before[a:b], after[c:d])
    return tuple(rows)


def _changed(old: Sequence[str], new: Sequence[str]) -> list[Row]:
    """Paragraphs between two that are the same: pairs that are alike, the rest apart."""
    rows: list[Row] = []
    left = list(old)
    for text in new:
        twin = next((one for one in left if _alike(one, text)), None)
        if twin is None:
            rows.append(Row("new", (Piece("new", text),)))
            continue
        while left[0] != twin:
            rows.append(Row("gone", (Piece("gone", left.pop(0)),)))
        left.pop(0)
        rows.append(Row("changed", tuple(pieces(twin, text))))
    return rows + [Row("gone", (Piece("gone", one),)) for one in left]


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one.split(), other.split(), autojunk=False)
    return matcher.ratio() >= ALIKE


def who_wrote(revisions: Sequence[Section]) -> tuple[Written, ...]:
    """Each paragraph of the newest revision with the one that wrote it so.

    `revisions` newest first, as many as are looked through.
    """
    if not revisions:
        return ()
    standing = split(revisions[0].text)
    found = dict.fromkeys(standing, revisions[0])
    open_still = set(standing)
    for earlier in revisions[1:]:
        open_still &= set(split(earlier.text))
        for text in open_still:
            found[text] = earlier
        if not open_still:
            break
    return tuple(
        Written(text, found[text].recorded_by, found[text]) for text in standing
    )
