"""A roll from a CSV file, as columns; every problem with the line it stands on.

One pass, in pieces; what stays in memory is numbers and short texts as arrays.
Headings are those of `TAXES[…].facts`, or the names that SISMIOP and offices use.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any, TypeAlias

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from habaring.engines.taxing import TAXES, Fact, Rules

PIECE = 50_000  # rows
SHOWN = 1_000
"""Problems listed one by one; the others are counted."""
SEPARATORS = ",;\t|"
NUMBER = ("number", "nop", "nomor", "nopd")
NOP_PARTS = (
    "kd_propinsi",
    "kd_dati2",
    "kd_kecamatan",
    "kd_kelurahan",
    "kd_blok",
    "no_urut",
    "kd_jns_op",
)
TAXPAYER = ("taxpayer", "npwpd", "subjek_pajak_id", "wajib_pajak")
FIRST = ("first", "njoptkp", "dapat_njoptkp")
CLASSES = {
    "land_value": ("kd_kls_tanah", "land_class", "kelas_tanah"),
    "building_value": ("kd_kls_bng", "building_class", "kelas_bangunan"),
}
SIZES = {"land_value": "land_m2", "building_value": "building_m2"}
YES = {"1": True, "ya": True, "yes": True, "true": True}
NO = {"0": False, "tidak": False, "no": False, "false": False}
_WHOLE = re.compile(r"[0-9]{1,18}(?:\.0{1,2})?")
_QUANTITY = re.compile(r"([0-9]{1,14})(?:[.,]([0-9]{1,3}))?")
Texts: TypeAlias = NDArray[np.bytes_]
Reader: TypeAlias = Any  # of csv, which names no type
Classes: TypeAlias = Mapping[str, Mapping[str, int]]


class Unreadable(Exception):  # noqa: N818 - the command tells it as a refusal
    """The file has `problems`, each a line number (0: the file) and a sentence."""

    def __init__(self, problems: Sequence[tuple[int, str]], count: int = 0) -> None:
        super().__init__()
        self.problems = sorted(problems)[:SHOWN]
        self.count = max(count, len(problems))


@dataclass
class Problems:
    """What is wrong so far; beyond `SHOWN` only counted."""

    told: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, sentence: str) -> None:
        self.count += 1
        if len(self.told) < SHOWN:
            self.told.append((line, sentence))

    def refuse(self) -> None:
        """Raise `Unreadable` if there is anything wrong."""
        if self.count:
            raise Unreadable(self.told, self.count)


@dataclass(frozen=True, eq=False)
class Objects:
    """N rows of a file: the line of each, its number, its taxpayer, its facts.

    `table` as `assess_many` takes it. `taxpayer` None where the file names none.
    """

    lines: NDArray[np.int64]
    number: Texts
    taxpayer: Texts | None
    table: Mapping[str, NDArray[Any]]


def read_objects(path: Path, rules: Rules, classes: Classes | None) -> Objects:
    """The objects of a file.

    Raises:
        Unreadable: with every problem and its line.
        OSError: no such file.
    """
    problems = Problems()
    with _opened(path) as file:
        header, rows = _rows(file)
        plan = _Plan(rules, header, classes, problems)
        problems.refuse()
        pieces = [plan.piece(cells) for cells in _pieces(rows, len(header), problems)]
    if not pieces:
        problems.add(0, _("the file has no objects"))
        problems.refuse()
    told = {key: np.concatenate([p[key] for p in pieces]) for key in pieces[0]}
    lines = told.pop("lines")
    number, taxpayer = told.pop("number"), told.pop("taxpayer", None)
    _refuse_twice(number, lines, problems)
    problems.refuse()
    return Objects(lines, number, taxpayer, told)


def read_classes(path: Path) -> Classes:
    """What a square metre is worth, by kind of class: columns kind, class, value.

    `kind` is bumi or tanah, bangunan or bng; `value` whole rupiah.

    Raises:
        Unreadable: with every problem and its line. OSError: no such file.
    """
    kinds = dict.fromkeys(("bumi", "tanah", "land"), "land_value")
    kinds |= dict.fromkeys(("bangunan", "bng", "building"), "building_value")
    names = {
        "kind": ("kind", "jenis"),
        "class": ("class", "kelas", "kode", "kd_kls"),
        "value": ("value", "nilai", "nilai_per_m2"),
    }
    found: dict[str, dict[str, int]] = {"land_value": {}, "building_value": {}}
    problems = Problems()
    with _opened(path) as file:
        header, rows = _rows(file)
        places = {key: _place(header, options) for key, options in names.items()}
        for key, place in places.items():
            if place is None:
                problems.add(1, _("there is no column %(name)s") % {"name": key})
        problems.refuse()
        for line, cells in _numbered(rows, len(header), problems):
            kind, name, value = (cells[place or 0].strip() for place in places.values())
            which = kinds.get(kind.lower())
            if which is None:
                told = {"value": kind}
                problems.add(line, _("no kind of class is called %(value)s") % told)
            elif not _WHOLE.fullmatch(value):
                problems.add(line, _not_whole("value", value))
            elif found[which].setdefault(name, int(float(value))) != int(float(value)):
                told = {"value": name}
                problems.add(line, _("the class %(value)s has two values") % told)
    problems.refuse()
    return found


def _opened(path: Path) -> IO[str]:
    return path.open(encoding="utf-8-sig", newline="", errors="strict")


def _rows(file: IO[str]) -> tuple[list[str], Reader]:
    """The plain headings and a reader of the rows after them."""
    try:
        first = file.readline()
    except UnicodeDecodeError as error:
        raise Unreadable([(0, _("this is not UTF-8 text"))]) from error
    separator = max(SEPARATORS, key=first.count)
    header = next(csv.reader(io.StringIO(first), delimiter=separator), [])
    plain = [name.strip().lower().replace(" ", "_") for name in header]
    twice = {name for name in plain if name and plain.count(name) > 1}
    if twice or not any(plain):
        words = _("the column %(name)s comes twice") % {"name": min(twice, default="")}
        raise Unreadable([(1, words if twice else _("there are no headings"))])
    return plain, csv.reader(file, delimiter=separator, strict=True)


def _place(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _numbered(
    rows: Reader, width: int, problems: Problems
) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line it begins on (the headings: 1)."""
    line = 2
    try:
        for cells in rows:
            if len(cells) == width:
                yield line, cells
            elif cells and any(cells):
                told = {"found": len(cells), "expected": width}
                words = _("%(found)s cells, the headings are %(expected)s") % told
                problems.add(line, words)
            line = rows.line_num + 2
    except UnicodeDecodeError:
        problems.add(line, _("this is not UTF-8 text"))
    except csv.Error:
        problems.add(line, _("quotation marks do not pair up"))


def _pieces(
    rows: Reader, width: int, problems: Problems
) -> Iterator[tuple[Sequence[int], Sequence[Sequence[str]]]]:
    """Pieces of the file as lines and columns of cells."""
    numbered = _numbered(rows, width, problems)
    while piece := list(islice(numbered, PIECE)):
        lines, cells = zip(*piece, strict=True)
        yield lines, list(zip(*cells, strict=True))


class _Plan:
    """Which column means what, and how its cells become numbers."""

    def __init__(
        self,
        rules: Rules,
        header: Sequence[str],
        classes: Classes | None,
        problems: Problems,
    ) -> None:
        self.rules = rules
        self.header = header
        self.classes = classes or {}
        self.problems = problems
        self.uses = {use.key: place for place, use in enumerate(rules.uses)} | {"": -1}
        self.number = _place(header, NUMBER)
        self.parts = [header.index(name) for name in NOP_PARTS if name in header]
        self.taxpayer = _place(header, TAXPAYER)
        self.facts = tuple(self._columns())

    def _columns(self) -> Iterator[tuple[Fact, int, bool]]:
        """Each fact with its column, and whether that holds a class."""
        once = any(one.once for one in self.rules.deductions)
        for fact in TAXES[self.rules.tax].facts:
            own = FIRST if fact.key == "first" else ()
            place = _place(self.header, (fact.key, *fact.columns, *own))
            classed = _place(self.header, CLASSES.get(fact.key, ()))
            if place is not None:
                yield fact, place, False
            elif classed is not None:
                if not self.classes:
                    told = {"name": self.header[classed]}
                    words = _("the column %(name)s needs --classes FILE")
                    self.problems.add(1, words % told)
                yield fact, classed, True
            elif fact.required:
                names = ", ".join((fact.key, *fact.columns))
                words = _("there is no column %(name)s") % {"name": names}
                self.problems.add(1, words)
            elif fact.key == "first" and once and self.taxpayer is None:
                names = ", ".join((*TAXPAYER, *FIRST))
                words = _(
                    "one of the columns %(names)s is needed: the deduction is given once a taxpayer"
                )
                self.problems.add(1, words % {"names": names})

    def piece(
        self, piece: tuple[Sequence[int], Sequence[Sequence[str]]]
    ) -> dict[str, NDArray[Any]]:
        lines, cells = piece
        told: dict[str, NDArray[Any]] = {"lines": np.array(lines, np.int64)}
        told["number"] = _texts(self._numbers(lines, cells))
        if self.taxpayer is not None:
            told["taxpayer"] = self._taxpayers(lines, cells[self.taxpayer])
        for fact, place, classed in self.facts:
            name = self.header[place]
            column = _Column(name, lines, cells[place], self.problems)
            if classed:
                worth = self.classes[fact.key]
                told[fact.key] = column.classes(worth, told[SIZES[fact.key]])
            elif fact.kind == "use":
                told[fact.key] = column.looked_up(self.uses, np.int16, fact.key)
            elif fact.kind == "yes":
                told[fact.key] = column.looked_up(YES | NO, np.bool_, fact.key)
            else:
                told[fact.key] = column.numbers(fact)
        return told

    def _numbers(
        self, lines: Sequence[int], cells: Sequence[Sequence[str]]
    ) -> list[str]:
        """The number of each object: its own column, the parts of a NOP, or its line."""
        if self.number is not None:
            found = [cell.strip() for cell in cells[self.number]]
        elif len(self.parts) == len(NOP_PARTS):
            columns = [cells[place] for place in self.parts]
            found = ["".join(parts) for parts in zip(*columns, strict=True)]
        else:
            return [str(line) for line in lines]
        for line, cell in zip(lines, found, strict=True):
            if not cell:
                self.problems.add(line, _("the number is missing"))
        return found

    def _taxpayers(self, lines: Sequence[int], cells: Sequence[str]) -> Texts:
        found = [cell.strip() for cell in cells]
        if "" in found:
            for line, cell in zip(lines, found, strict=True):
                if not cell:
                    self.problems.add(line, _("the taxpayer is missing"))
        return _texts(found)


@dataclass(frozen=True, eq=False)
class _Column:
    """One column of a piece of the file."""

    name: str
    lines: Sequence[int]
    cells: Sequence[str]
    problems: Problems

    def numbers(self, fact: Fact) -> NDArray[np.int64]:
        if fact.kind == "quantity":
            return self._each(lambda cell: self._quantity(cell, fact))
        try:
            return np.fromiter(map(_digits, self.cells), np.int64, len(self.cells))
        except ValueError:  # the slow way finds which
            return self._each(lambda cell: self._whole(cell, fact))

    def _each(self, read: Callable[[str], int | str]) -> NDArray[np.int64]:
        """Cells read one by one; a text is what is wrong with the cell."""
        found = np.zeros(len(self.cells), np.int64)
        for place, cell in enumerate(self.cells):
            value = read(cell.strip())
            if isinstance(value, str):
                self.problems.add(self.lines[place], value)
            else:
                found[place] = value
        return found

    def _whole(self, cell: str, fact: Fact) -> int | str:
        if _WHOLE.fullmatch(cell):
            return int(cell.partition(".")[0])
        if not cell and not fact.required:
            return int(fact.default)
        return _not_whole(self.name, cell) if cell else self._missing()

    def _quantity(self, cell: str, fact: Fact) -> int | str:
        found = _QUANTITY.fullmatch(cell)
        if found:
            return int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))
        if not cell and not fact.required:
            return int(fact.default) * 1000
        if not cell:
            return self._missing()
        words = _("%(name)s is not a number with at most three decimals: %(value)s")
        return words % {"name": self.name, "value": cell}

    def _missing(self) -> str:
        return _("%(name)s is missing") % {"name": self.name}

    def looked_up(self, known: Mapping[str, int], kind: Any, key: str) -> NDArray[Any]:
        """Places of words; an empty cell counts as "", if that is known."""
        found = np.zeros(len(self.cells), kind)
        for place, cell in enumerate(self.cells):
            word = cell.strip() if key == "use" else cell.strip().lower()
            value = known.get(word)
            if value is None:
                told = {"name": self.name, "value": word}
                told["choices"] = ", ".join(one for one in known if one) or "–"
                words = _("%(name)s is %(value)s; it can be one of these: %(choices)s")
                self.problems.add(self.lines[place], words % told)
            else:
                found[place] = value
        return found

    def classes(
        self, worth: Mapping[str, int], sizes: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """What the classes are worth; where there is no area none is needed."""
        found = np.zeros(len(self.cells), np.int64)
        for place, cell in enumerate(self.cells):
            value = worth.get(cell.strip())
            if value is not None:
                found[place] = value
            elif sizes[place] > 0:
                told = {"name": self.name, "value": cell.strip()}
                words = _("%(name)s: the file of classes has no class %(value)s")
                self.problems.add(self.lines[place], words % told)
        return found


def _digits(cell: str) -> int:
    """Digits alone: int() would take signs, spaces, underlines."""
    if cell.isdecimal() and cell.isascii() and len(cell) <= 18:
        return int(cell)
    raise ValueError


def _not_whole(name: str, value: str) -> str:
    words = _(
        "%(name)s is not a whole number: %(value)s (write digits only, without dots)"
    )
    return words % {"name": name, "value": value}


def _texts(cells: Sequence[str]) -> Texts:
    """Texts as bytes of equal width: a tenth of what Python's own would take."""
    return np.array([cell.encode() for cell in cells], dtype=np.bytes_)


def _refuse_twice(number: Texts, lines: NDArray[np.int64], problems: Problems) -> None:
    """Each object stands once: a second bill for it would be wrong."""
    order = np.argsort(number, kind="stable")
    same = np.flatnonzero(number[order][1:] == number[order][:-1])
    for place in same[:SHOWN].tolist():
        told = {"number": number[order[place]].decode(), "line": lines[order[place]]}
        words = _("the number %(number)s stands on line %(line)s already") % told
        problems.add(int(lines[order[place + 1]]), words)
    problems.count += max(0, len(same) - SHOWN)
