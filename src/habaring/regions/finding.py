"""Find a region by what people write: a name, a short name, a code, a slip of the pen.

Pure: names in, the best first out. It works without database extensions, on any server;
some five hundred names take a few milliseconds.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

KIND_WORDS = {
    "kab": "kabupaten",
    "kabupaten": "kabupaten",
    "regency": "kabupaten",
    "kota": "kota",
    "city": "kota",
    "prov": "provinsi",
    "provinsi": "provinsi",
    "province": "provinsi",
    "kec": "kecamatan",
    "kecamatan": "kecamatan",
    "kel": "kelurahan",
    "kelurahan": "kelurahan",
    "desa": "desa",
}
ALIKE = 0.45
"""Names that share less of their trigrams than this are other names."""


@dataclass(frozen=True)
class Name:
    """A region as it can be found: all its names, and the name of what it lies in."""

    code: str
    kind: str
    names: tuple[str, ...]
    within: str = ""


@dataclass(frozen=True)
class _Wanted:
    """What was written, taken apart."""

    words: tuple[str, ...]
    kinds: frozenset[str]

    @property
    def joined(self) -> str:
        return "".join(self.words)


def words_of(text: str) -> list[str]:
    """Lower-case words without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain.casefold())


def find(text: str, names: Iterable[Name], *, limit: int) -> list[str]:
    """The codes of the regions that fit, best first; empty where nothing does."""
    if re.fullmatch(r"[\d.\s]+", text) and any(c.isdigit() for c in text):
        return _by_code(re.sub(r"\D", "", text), names)[:limit]
    written = words_of(text)
    kinds = frozenset(KIND_WORDS[w] for w in written if w in KIND_WORDS)
    rest = tuple(w for w in written if w not in KIND_WORDS)
    wanted = _Wanted(rest or tuple(written), kinds)
    if not wanted.joined:
        return []
    ranked = []
    for name in names:
        rank = _rank(wanted, name)
        if rank is not None:
            other_kind = bool(kinds) and name.kind not in kinds
            depth = name.code.count(".")
            ranked.append((rank, other_kind, depth, name.code))
    return [code for *_, code in sorted(ranked)[:limit]]


def _by_code(digits: str, names: Iterable[Name]) -> list[str]:
    found = [n.code for n in names if n.code.replace(".", "").startswith(digits)]
    return sorted(found, key=lambda code: (code.count("."), code))


def _rank(wanted: _Wanted, name: Name) -> float | None:
    """0 the name itself, 1 its beginning, 2 its words, 3 a part, 4–5 alike."""
    best: float | None = None
    for one in name.names:
        words = words_of(one)
        rank = _rank_one(wanted, words, words_of(name.within))
        if rank is not None and (best is None or rank < best):
            best = rank
    return best


def _rank_one(
    wanted: _Wanted, words: Sequence[str], within: Sequence[str]
) -> float | None:
    joined = "".join(words)
    if joined == wanted.joined:
        return 0
    if joined.startswith(wanted.joined):
        return 1
    if _all_begin(wanted.words, words):
        return 2
    if len(wanted.words) > 1 and _all_begin(wanted.words, [*words, *within]):
        return 2.5
    if len(wanted.joined) > 2 and wanted.joined in joined:
        return 3
    alike = _likeness(wanted.joined, joined)
    return 5 - alike if alike >= ALIKE else None


def _all_begin(wanted: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in wanted)


def _likeness(first: str, second: str) -> float:
    """Share of trigrams in common, the ends marked (as PostgreSQL's pg_trgm does)."""
    one, two = _trigrams(first), _trigrams(second)
    return len(one & two) / len(one | two)


def _trigrams(text: str) -> set[str]:
    marked = f"  {text} "
    return {marked[i : i + 3] for i in range(len(marked) - 2)}
