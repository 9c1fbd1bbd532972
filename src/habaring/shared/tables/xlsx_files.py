"""Rows of an XLSX workbook (ECMA-376), streamed with a bounded parser.

The archive is inspected before it is opened (`content`), each part is unpacked piece by
piece, and document type declarations are refused, so entities cannot grow. Reading the
sheet ourselves shows what faster readers hide: formulas never calculated, errors,
percentages, merged cells; and holds one row at a time, however long the sheet.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import FileRefused, Words
from habaring.shared.tables.content import not_taken
from habaring.shared.tables.days import Broken, Number, Raw

MOST_COLUMNS = 16_384
MOST_ROWS = 1_048_576
MOST_SHARED = 2_000_000
MOST_SHARED_BYTES = 96 * 1024**2
MOST_ELEMENTS = 60_000_000  # a million rows of twenty columns
MOST_SMALL_PART = 16 * 1024**2
_BLOCK = 128 * 1024
_LONGEST_TOKEN = 2 * 1024**2
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_PERCENT_FORMATS = {9, 10}
_NOT_LETTERS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


class _Damaged(Exception):  # noqa: N818 - turned into a refusal at the border
    """The workbook breaks the rules of its format; `why` says how."""

    def __init__(self, why: Words) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class _Sheet:
    name: str
    part: str
    visible: bool


class _Parser:
    """Feeds one part of the archive to expat, in pieces, within bounds.

    `start(name, attributes)`, `end(name)` and `text(data)` are called with names whose
    prefix has been taken off.
    """

    def __init__(
        self,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.StartElementHandler = self._first
        self.parser.EndElementHandler = end
        self.parser.CharacterDataHandler = text
        self.start, self.end = start, end
        self.fed = 0

    def _refuse_doctype(self, *_declaration: object) -> None:
        raise _Damaged(
            _("It declares XML entities, which no workbook does and attackers do.")
        )

    def _first(self, name: str, attributes: dict[str, str]) -> None:
        """The root tells whether names carry a prefix (`x:worksheet`)."""
        prefix, colon, _local = name.rpartition(":")
        if colon:
            cut = len(prefix) + 1
            start, end = self.start, self.end
            self.parser.StartElementHandler = lambda n, a: start(n[cut:], a)
            if end is not None:
                self.parser.EndElementHandler = lambda n: end(n[cut:])
        else:
            self.parser.StartElementHandler = self.start

    def feed(self, block: bytes) -> None:
        self.parser.Parse(block, False)  # noqa: FBT003 - expat's own signature
        self.fed += len(block)
        if self.fed - self.parser.CurrentByteIndex > _LONGEST_TOKEN:
            raise _Damaged(_("It holds a value that is far too long."))

    def close(self) -> None:
        self.parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature


class XlsxTable:
    """One worksheet of a workbook as rows of cells; `rows()` may be called again.

    `wanted` are the names the sheet may have. Where none fits, the only visible sheet
    is taken; where there are several, the refusal lists them.
    """

    def __init__(self, file: IO[bytes], wanted: tuple[str, ...], name: str) -> None:
        self.name = name
        self._merged: list[tuple[int, int, str]] = []
        self.shared: list[str] = []
        self.styles: list[str] = []
        self.shift = 0
        with self._bordered():
            self.archive = zipfile.ZipFile(file)
            sheets = self._sheets()
        self._part = self._choose(sheets, wanted)
        with self._bordered():
            self._read_styles()
            self._read_shared()

    def merged(self) -> tuple[tuple[int, int, str], ...]:
        """First row, last row and range of the merged cells; known after `rows()`."""
        return tuple(self._merged)

    def rows(self) -> Iterator[tuple[int, list[Raw]]]:
        """Each row that has cells, with its number; empty cells are None."""
        with self._bordered():
            sheet = _SheetReader(self)
            parser = _Parser(sheet.start, sheet.end, sheet.text)
            for block in self._blocks(self._part):
                parser.feed(block)
                if sheet.elements > MOST_ELEMENTS:
                    raise _Damaged(_("A part of the workbook is far too large."))
                if sheet.ready:
                    yield from sheet.ready
                    sheet.ready = []
            parser.close()
            yield from sheet.ready
            self._merged = sheet.merged

    def _bordered(self) -> "_Border":
        return _Border(self)

    def refused(self, why: Words, then: Words) -> FileRefused:
        """The refusal of the whole workbook."""
        return not_taken(self.name, why, then)

    # The parts around the sheet

    def _blocks(self, part: str, most: int | None = None) -> Iterator[bytes]:
        try:
            info = self.archive.getinfo(part)
        except KeyError:
            raise _Damaged(_("A part of the workbook is missing.")) from None
        if most is not None and info.file_size > most:
            raise _Damaged(_("A part of the workbook is far too large."))
        with self.archive.open(info) as unpacked:  # stops at the declared size
            while block := unpacked.read(_BLOCK):
                yield block

    def _scan(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
        *,
        most: int = MOST_SMALL_PART,
    ) -> None:
        parser = _Parser(start, end, text)
        for block in self._blocks(part, most):
            parser.feed(block)
        parser.close()

    def _sheets(self) -> list[_Sheet]:
        targets: dict[str, str] = {}
        found: list[tuple[str, str, bool]] = []

        def relation(name: str, given: dict[str, str]) -> None:
            if name == "Relationship" and given.get("TargetMode") != "External":
                target = given.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                targets[given.get("Id", "")] = posixpath.normpath(path)

        def sheet(name: str, given: dict[str, str]) -> None:
            if name == "workbookPr" and given.get("date1904") in ("1", "true"):
                self.shift = 1_462
            if name == "sheet":
                link = next((v for k, v in given.items() if k.endswith(":id")), "")
                visible = given.get("state", "visible") == "visible"
                found.append((given.get("name", ""), link, visible))

        self._scan("xl/_rels/workbook.xml.rels", relation)
        self._scan("xl/workbook.xml", sheet)
        return [
            _Sheet(name, targets[link], visible)
            for name, link, visible in found
            if "worksheets/" in targets.get(link, "")
        ]

    def _choose(self, sheets: list[_Sheet], wanted: tuple[str, ...]) -> str:
        names = {name.casefold() for name in wanted}
        shown = [sheet for sheet in sheets if sheet.visible]
        fitting = [s for s in shown if s.name.strip().casefold() in names] or shown
        if len(fitting) != 1:
            raise self.refused(
                format_lazy(
                    _("It has no sheet named “{wanted}”; its sheets are: {sheets}."),
                    wanted=wanted[0],
                    sheets=", ".join(f"“{s.name}”" for s in shown[:20]) or "–",
                ),
                format_lazy(
                    _("Give the sheet that holds the table the name “{wanted}”."),
                    wanted=wanted[0],
                ),
            )
        self.sheet = fitting[0].name
        return fitting[0].part

    def _read_styles(self) -> None:
        custom: dict[int, str] = {}
        state = {"inside": False}

        def start(name: str, given: dict[str, str]) -> None:
            if name == "numFmt":
                custom[int(given.get("numFmtId", 0))] = given.get("formatCode", "")
            elif name == "cellXfs":
                state["inside"] = True
            elif name == "xf" and state["inside"]:
                self.styles.append(_form(int(given.get("numFmtId", 0)), custom))

        def end(name: str) -> None:
            if name == "cellXfs":
                state["inside"] = False

        if "xl/styles.xml" in self.archive.NameToInfo:
            self._scan("xl/styles.xml", start, end)

    def _read_shared(self) -> None:
        if "xl/sharedStrings.xml" in self.archive.NameToInfo:
            reader = _SharedReader(self.shared)
            self._scan(
                "xl/sharedStrings.xml",
                reader.start,
                reader.end,
                reader.text,
                most=MOST_SHARED_BYTES,
            )


class _SharedReader:
    """Gathers the texts that cells share; how a word sounds (rPh) is left out."""

    def __init__(self, shared: list[str]) -> None:
        self.shared = shared
        self.pieces: list[str] = []
        self.listening = self.sound = False

    def start(self, name: str, _given: dict[str, str]) -> None:
        if name == "t":
            self.listening = not self.sound
        elif name == "rPh":
            self.sound = True

    def text(self, data: str) -> None:
        if self.listening:
            self.pieces.append(data)

    def end(self, name: str) -> None:
        if name == "t":
            self.listening = False
        elif name == "rPh":
            self.sound = False
        elif name == "si":
            self.shared.append(_unescaped("".join(self.pieces)))
            self.pieces.clear()
            if len(self.shared) > MOST_SHARED:
                raise _Damaged(_("A part of the workbook is far too large."))


class _Border:
    """Turns every way a workbook can be broken into one refusal."""

    def __init__(self, table: XlsxTable) -> None:
        self.table = table

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _kind: object, error: BaseException | None, _trace: object
    ) -> None:
        if isinstance(error, _Damaged):
            raise self.table.refused(error.why, OPEN_AND_SAVE) from None
        broken = (
            zipfile.BadZipFile,
            zlib.error,
            expat.ExpatError,
            EOFError,
            NotImplementedError,
            ValueError,
            IndexError,
            RuntimeError,
        )
        if isinstance(error, broken):
            raise self.table.refused(
                _("The workbook is damaged."), OPEN_AND_SAVE
            ) from None


OPEN_AND_SAVE = _(
    "Open it in Excel or LibreOffice, save it again as XLSX, and send that file."
)


def _form(number: int, custom: dict[int, str]) -> str:
    """How a number format shows a number: "date", "percent" or ""."""
    if number in _DATE_FORMATS:
        return "date"
    if number in _PERCENT_FORMATS:
        return "percent"
    letters = _NOT_LETTERS.sub("", custom.get(number, "")).lower()
    if "%" in letters:
        return "percent"
    is_day = "general" not in letters and re.search(r"[dy]|m+[^a-z]*s|h", letters)
    return "date" if is_day else ""


def _unescaped(text: str) -> str:
    """Text with `_x000D_` made the character it stands for (ECMA-376, 22.9.2.19)."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def column_letters(index: int) -> str:
    """The letters over a column, counting from 0: A, B, … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


class _SheetReader:
    """Gathers the cells of a sheet as expat walks through it."""

    def __init__(self, table: XlsxTable) -> None:
        self.shared = table.shared
        self.styles = table.styles
        self.shift = table.shift
        self.ready: list[tuple[int, list[Raw]]] = []
        self.merged: list[tuple[int, int, str]] = []
        self.letters: dict[str, int] = {}
        self.number = self.elements = 0
        self.cells: list[Raw] = []
        self.column = -1
        self.type = self.style = ""
        self.pieces: list[str] = []
        self.listening = self.formula = self.valued = self.sound = False

    def start(self, name: str, given: dict[str, str]) -> None:
        self.elements += 1
        if name == "c":
            self._start_cell(given)
        elif name in ("v", "t"):
            self.listening = self.valued = not self.sound
        elif name == "row":
            self._start_row(given)
        elif name == "f":
            self.formula = True
        elif name == "mergeCell":
            self._merge(given.get("ref", ""))
        elif name == "rPh":
            self.sound = True

    def _start_row(self, given: dict[str, str]) -> None:
        number = int(given["r"]) if "r" in given else self.number + 1
        if not self.number < number <= MOST_ROWS:
            raise ValueError(number)
        self.number = number
        self.cells = []
        self.column = -1

    def _start_cell(self, given: dict[str, str]) -> None:
        reference = given.get("r")
        if reference:
            letters = reference.rstrip("0123456789")
            column = self.letters.get(letters)
            if column is None:
                column = self.letters[letters] = _column_index(letters)
            self.column = column
        else:
            self.column += 1
        if not len(self.cells) <= self.column < MOST_COLUMNS:
            raise ValueError(reference)
        self.type = given.get("t", "n")
        self.style = given.get("s", "")
        self.pieces = []
        self.formula = self.valued = False

    def text(self, data: str) -> None:
        if self.listening:
            self.pieces.append(data)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.listening = False
        elif name == "rPh":
            self.sound = False
        elif name == "c":
            raw = self._value()
            if raw is not None:
                cells = self.cells
                if len(cells) < self.column:
                    cells.extend([None] * (self.column - len(cells)))
                cells.append(raw)
        elif name == "row" and self.cells:
            self.ready.append((self.number, self.cells))

    def _value(self) -> Raw:
        text = "".join(self.pieces)
        if self.type == "n":
            return self._numeric(text)
        if self.type == "s":
            return self._shared(text)
        if self.formula and not self.valued:
            return Broken("")
        if self.type == "b":
            return text.strip() == "1"
        if self.type == "e":
            return Broken(text or "#VALUE!")
        return _unescaped(text) or None

    def _shared(self, text: str) -> Raw:
        index = int(text) if text else 0
        if index < 0:
            raise ValueError(text)
        return self.shared[index] or None if text else None

    def _numeric(self, text: str) -> Raw:
        if not text.strip():
            return Broken("") if self.formula else None
        form = self.styles[int(self.style)] if self.style and self.styles else ""
        number = float(text)
        if number - number != 0:  # not a number, or infinite
            return Broken(text)
        return Number(number + self.shift if form == "date" else number, form)

    def _merge(self, reference: str) -> None:
        first, _colon, last = reference.partition(":")
        begin, until = _REFERENCE.match(first), _REFERENCE.match(last)
        if begin and until and len(self.merged) < 1_000:
            self.merged.append((int(begin[2]), int(until[2]), reference))
