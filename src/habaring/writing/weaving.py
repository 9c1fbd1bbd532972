"""A text as Yjs keeps it: paragraphs that several people change at once, without loss.

The document has a map `places` (paragraph id → its place among the others, a word that
sorts; "" where it was taken out) and one text `p/<id>` for each paragraph. Two people
who add, move and change paragraphs at the same time never meet in one value, but where
they move the same one: then one of the two places stands. A paragraph that is taken out
keeps its text and can be brought back.

Source: Yjs, CRDT after YATA (Nicolaescu and others 2016); pycrdt for the same in Rust.
Positions and lengths that pycrdt gives count bytes of UTF-8; here they are kept so.
"""

import contextlib
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pycrdt
from pycrdt import Doc, Map, Text

PLACES = "places"
PREFIX = "p/"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LONGEST_PARAGRAPH = 20_000
"""Characters: some eight pages."""
MOST_PARAGRAPHS = 1_000
"""Taken out ones included."""
LARGEST_UPDATE = 256 * 1024

_NO_UPDATE = {"ValueError", "RuntimeError", "PanicException"}
_ID = re.compile(r"[a-z0-9]{8,16}")
_PLACE = re.compile(r"[0-9A-Za-z]{0,300}")

Runs: TypeAlias = list[list[int]]
"""[[account or 0, bytes], …]: who wrote a paragraph, from its beginning."""


class Unfit(ValueError):  # noqa: N818 - told to the writer as a refusal
    """An update that is not taken: `garbled`, `incomplete`, `strange` or `large`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@contextlib.contextmanager
def _understood() -> Iterator[None]:
    """Unfit for bytes that pycrdt makes nothing of."""
    try:
        yield
    except BaseException as error:  # a panic in Rust is no Exception
        if type(error).__name__ not in _NO_UPDATE:
            raise
        raise Unfit("garbled") from error


@dataclass(frozen=True)
class Strand:
    """One paragraph. `place` is empty where it was taken out."""

    id: str
    place: str
    text: str


class Loom:
    """A document at work: of one function in one thread, never shared."""

    def __init__(
        self,
        state: bytes = b"",
        *,
        authors: Mapping[str, Sequence[Sequence[int]]] | None = None,
        client: int | None = None,
    ) -> None:
        self._doc: Any = Doc(client_id=client)
        if state:
            self._doc.apply_update(state)
        self._places: Any = self._doc.get(PLACES, type=Map)
        self._texts: dict[str, Any] = {}
        self._learn()
        self.authors: dict[str, Runs] = {
            key: [list(run) for run in runs] for key, runs in (authors or {}).items()
        }

    def _learn(self) -> list[str]:
        """The paragraphs that have come since; raises Unfit for what is none."""
        new = []
        for root in list(self._doc):
            if root == PLACES or root in self._texts:
                continue
            if not root.startswith(PREFIX) or not _ID.fullmatch(root[len(PREFIX) :]):
                raise Unfit("strange")
            new.append(root)
        for root in new:
            self._texts[root] = self._doc.get(root, type=Text)
        return new

    @property
    def vector(self) -> bytes:
        """What is known, in Yjs' words: the state vector."""
        return bytes(self._doc.get_state())

    def since(self, vector: bytes = b"\0") -> bytes:
        """All that somebody with this state vector does not know, as one update."""
        with _understood():
            return bytes(self._doc.get_update(vector))

    def weave(self, update: bytes, *, author: int | None = None) -> set[int]:
        """Add one update; gives the Yjs clients that it brought something of.

        Raises Unfit for bytes that are no update, that build on what is not here, or that
        make something else than paragraphs. The loom is of no use after that.
        """
        before = clocks(self.vector)
        with _understood():
            self._doc.apply_update(update)
            left = pycrdt.get_update(update, self._doc.get_state())
        if left[:1] != b"\0":
            raise Unfit("incomplete")
        self._learn()
        after = clocks(self.vector)
        return {one for one, clock in after.items() if clock != before.get(one, 0)}

    def weave_told(self, updates: Iterable[tuple[bytes, int | None]]) -> None:
        """Add known updates, and keep account of who wrote what."""
        told: dict[str, list[Any]] = {}
        ears = [self._hear(root, told) for root in self._texts]
        for update, author in updates:
            self._doc.apply_update(update)
            for root, deltas in told.items():
                for delta in deltas:
                    self._attribute(root, delta, author or 0)
            told.clear()
            for root in self._learn():
                ears.append(self._hear(root, told))
                length = len(self._texts[root])
                if length:
                    self.authors[root[len(PREFIX) :]] = [[author or 0, length]]
        for text, ear in ears:
            text.unobserve(ear)

    def _hear(self, root: str, told: dict[str, list[Any]]) -> tuple[Any, Any]:
        text = self._texts[root]

        def heard(event: Any) -> None:
            told.setdefault(root, []).append(event.delta)

        return text, text.observe(heard)

    def _attribute(self, root: str, delta: list[dict[str, Any]], who: int) -> None:
        key = root[len(PREFIX) :]
        self.authors[key] = attributed(self.authors.get(key, []), delta, who)

    def strands(self) -> list[Strand]:
        """Every paragraph, those taken out last; ties of place go by id."""
        places = {str(k): str(v) for k, v in self._places.to_py().items()}
        found = [
            Strand(key, places.get(key, ""), str(text))
            for key, text in (
                (root[len(PREFIX) :], text) for root, text in self._texts.items()
            )
        ]
        known = {strand.id for strand in found}
        found += [Strand(key, at, "") for key, at in places.items() if key not in known]
        return sorted(found, key=lambda one: (not one.place, one.place, one.id))

    def standing(self) -> list[Strand]:
        """The paragraphs of the text in their order."""
        return [one for one in self.strands() if one.place]

    def text(self, paragraph: str) -> str:
        """What a paragraph says; empty where there is none."""
        return str(self._text(paragraph))

    def _text(self, paragraph: str) -> Any:
        root = PREFIX + paragraph
        if root not in self._texts:
            self._texts[root] = self._doc.get(root, type=Text)
        return self._texts[root]

    def write(self, paragraph: str, edits: Iterable[tuple[int, int, str]]) -> None:
        """Replace pieces of a paragraph: (from, to, words) in characters, in order."""
        text = self._text(paragraph)
        old = str(text)
        with self._doc.transaction():
            for start, end, words in sorted(edits, reverse=True):
                first = len(old[:start].encode())
                last = first + len(old[start:end].encode())
                if last > first:
                    del text[first:last]
                if words:
                    text.insert(first, words)

    def put(self, paragraph: str, place: str) -> None:
        """Give a paragraph its place; "" takes it out of the text."""
        self._places[paragraph] = place

    def check(self) -> None:
        """Raises Unfit where the whole has become what no text is."""
        strands = self.strands()
        places = self._places.to_py()
        if not all(isinstance(one, str) for one in places.values()):
            raise Unfit("strange")
        odd = any(
            not _ID.fullmatch(one.id) or not _PLACE.fullmatch(one.place)
            for one in strands
        )
        if odd:
            raise Unfit("strange")
        if len(strands) > MOST_PARAGRAPHS or any(
            len(one.text) > LONGEST_PARAGRAPH for one in strands
        ):
            raise Unfit("large")


def attributed(runs: Runs, delta: list[dict[str, Any]], who: int) -> Runs:
    """The runs of a text after a change: [{"retain": n}, {"insert": s}, {"delete": n}]."""
    left = [list(run) for run in runs]
    made: Runs = []
    for step in delta:
        if "retain" in step:
            for one, length in _taken(left, int(step["retain"])):
                _join(made, one, length)
        elif "delete" in step:
            _taken(left, int(step["delete"]))
        elif isinstance(step.get("insert"), str):
            _join(made, who, len(step["insert"].encode()))
    for one, length in left:
        _join(made, one, length)
    return made


def _taken(left: Runs, length: int) -> Runs:
    """So many bytes off the beginning."""
    found: Runs = []
    while length > 0 and left:
        head = left[0]
        part = min(length, head[1])
        found.append([head[0], part])
        head[1] -= part
        length -= part
        if not head[1]:
            left.pop(0)
    return found


def _join(runs: Runs, who: int, length: int) -> None:
    if runs and runs[-1][0] == who:
        runs[-1][1] += length
    elif length:
        runs.append([who, length])


def clocks(vector: bytes) -> dict[int, int]:
    """A state vector in numbers: client → how much of it. Raises Unfit."""
    numbers = _numbers(vector)
    count, pairs = numbers[0] if numbers else 0, numbers[1:]
    if len(pairs) != 2 * count:
        raise Unfit("garbled")
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def _numbers(data: bytes) -> list[int]:
    """Numbers of seven bits a byte, the lowest first (lib0's varUint)."""
    found, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(value)
            value, shift = 0, 0
    return found


def between(low: str, high: str) -> str:
    """A place after `low` and before `high`; "" is the beginning, or the end.

    Where the two are the same (two people put something at one place at once) it is the
    next after both.
    """
    if high and low >= high:
        return low + DIGITS[31]
    made = ""
    while True:
        index = len(made)
        down = DIGITS.index(low[index]) if index < len(low) else 0
        up = DIGITS.index(high[index]) if high else len(DIGITS)
        if up - down > 1:
            return made + DIGITS[(down + up) // 2]
        made += DIGITS[down]
        if high and down < up:
            high = ""


def new_id() -> str:
    """For a paragraph that nobody has named yet."""
    return secrets.token_hex(5)


def spread(count: int) -> list[str]:
    """Places for the first paragraphs of a text."""
    made: list[str] = []
    for _one in range(count):
        made.append(between(made[-1] if made else "", ""))
    return made
