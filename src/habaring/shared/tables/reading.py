"""Tables in: a file becomes typed rows, or is refused whole with every problem named."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import IO, Protocol

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from habaring.shared.refusal import FileRefused, Problem, Words
from habaring.shared.tables.cells import Taker, unguarded
from habaring.shared.tables.content import (
    clean_name,
    not_taken,
    size_of,
    sniff,
    too_large,
    why_not,
)
from habaring.shared.tables.csv_files import MEND_AND_SEND, CsvTable, refuse_bare_utf16
from habaring.shared.tables.days import Number, Raw, exact
from habaring.shared.tables.kinds import (
    LANGUAGES,
    Column,
    TableKind,
    Value,
    in_language,
    plain,
)
from habaring.shared.tables.numbers import CellRefused, Later, Numbers, shown
from habaring.shared.tables.xlsx_files import XlsxTable, column_letters

MAX_BYTES = 100 * 1024**2
MAX_ROWS = 1_000_000
MOST_COLUMNS = 2_000
MOST_LINES = 3_000_000  # the blank ones included
LISTED = 200
KEPT = 20_000  # rows held in memory; longer tables are read again from the file
_HEADING_ROWS = 10


class _Table(Protocol):
    name: str
    sheet: str

    def rows(self) -> Iterator[tuple[int, list[Raw]]]: ...

    def merged(self) -> tuple[tuple[int, int, str], ...]: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands in the file, and its values by column code."""

    sheet: str
    number: int
    values: dict[str, Value]

    def __getitem__(self, code: str) -> Value:
        return self.values[code]

    def get(self, code: str) -> Value:
        return self.values.get(code)


@dataclass
class _Place:
    """A column of the file that is recognised."""

    index: int
    column: Column
    heading: str


@dataclass
class _Layout:
    """Where the headings stand and what they mean."""

    row: int
    width: int
    places: list[_Place]
    unheaded: list[int]
    problems: list[tuple[str, Words]] = field(default_factory=list)


class Rows:
    """The rows of a file without a problem, typed; they may be walked many times.

    Long tables are not held in memory: each walk reads the file again, which must stay
    open. `columns` are the codes that the file has, in its order.
    """

    def __init__(self, pass_: "_Pass", name: str) -> None:
        self._pass = pass_
        self.name = name
        self.sheet = pass_.table.sheet
        self.columns = tuple(place.column.code for place in pass_.layout.places)

    def __len__(self) -> int:
        return self._pass.count

    def __iter__(self) -> Iterator[Row]:
        if self._pass.kept is not None:
            return iter(self._pass.kept)
        return self._pass.walk()

    def problem(self, row: Row, code: str, message: Words) -> Problem:
        """A problem that the domain finds in a cell, with the heading of the file."""
        headings = {p.column.code: p.heading for p in self._pass.layout.places}
        return Problem(row.sheet, row.number, headings.get(code, code), message)

    def refused(self, problems: Iterable[Problem]) -> FileRefused:
        """The refusal of the file for problems that the domain found."""
        every = list(problems)
        return _refused_for(self.name, every[:LISTED], len(every))


def read(
    file: IO[bytes],
    kind: TableKind,
    *,
    today: date,
    language: str = "id",
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> Rows:
    """Read a CSV or XLSX as rows of `kind`; FileRefused with every problem in it.

    `today` bounds columns that may not lie in the future; `language` names what the
    file lacks. At most `max_bytes` and `max_rows` are taken. Nothing is stored.
    """
    name = clean_name(str(getattr(file, "name", "") or "table"))
    table = _opened(file, kind, name, language, max_bytes)
    layout = _layout(table, kind, name, language)
    excel = isinstance(table, CsvTable) and table.separator == ";"  # Indonesian Excel
    numbers = Numbers(fallback="indonesian" if excel else None)
    first = _Pass(table, layout, kind, numbers, (today, max_rows))
    first.run()
    if first.numbers.unsettled:
        first = _Pass(table, layout, kind, first.numbers.decided(), (today, max_rows))
        first.run()
    first.find_repeated_keys()
    first.find_merged()
    if first.total:
        raise _refused_for(name, sorted(first.problems, key=_by_row), first.total)
    if not first.count:
        raise not_taken(
            name,
            _("It has headings but no rows below them."),
            _("Fill in at least one row and send it again."),
        )
    return Rows(first, name)


def _by_row(problem: Problem) -> int:
    return problem.row or 0


def _refused_for(name: str, problems: list[Problem], count: int) -> FileRefused:
    why = format_lazy(
        ngettext_lazy(
            "{count} problem was found in it.",
            "{count} problems were found in it.",
            count,
        ),
        count=count,
    )
    if count > len(problems):
        why = format_lazy(
            _("{why} The first {listed} are listed; there are {more} more."),
            why=why,
            listed=len(problems),
            more=count - len(problems),
        )
    what = format_lazy(_("The file “{name}” was not taken in."), name=name)
    return FileRefused(what, why, MEND_AND_SEND, problems=problems, count=count)


# What the file is


def _opened(
    file: IO[bytes], kind: TableKind, name: str, language: str, max_bytes: int
) -> _Table:
    size = size_of(file)
    if size > max_bytes:
        raise too_large(
            name,
            size,
            max_bytes,
            _("Send only the rows that are needed, or split the file."),
        )
    content = sniff(file)
    if content.code == "xlsx":
        return XlsxTable(file, _sheet_names(kind, language), name)
    if content.code in ("csv", "json"):
        return CsvTable(file, kind.headings().keys(), name)
    if content.code == "binary":
        refuse_bare_utf16(file, name)
    raise not_taken(name, *why_not(content.code))


def _sheet_names(kind: TableKind, language: str) -> tuple[str, ...]:
    languages = (language, *(other for other in LANGUAGES if other != language))
    return tuple(in_language(kind.sheet, each) for each in languages)


# What its headings mean


def _text_of(raw: Raw) -> str:
    if isinstance(raw, Number):
        return format(exact(raw.value), "f")
    return unguarded(raw) if isinstance(raw, str) else ""


def _layout(table: _Table, kind: TableKind, name: str, language: str) -> _Layout:
    known = kind.headings()
    best, row, cells = -1, 0, [""]
    seen = 0
    for number, raws in table.rows():
        texts = [_text_of(raw) for raw in raws]
        if not any(texts):
            continue
        fit = len({known[plain(t)].code for t in texts if plain(t) in known})
        if fit > best:
            best, row, cells = fit, number, texts
        seen += 1
        if seen == _HEADING_ROWS:
            break
    if not seen:
        raise not_taken(name, *why_not("empty"))
    if not best:
        raise not_taken(name, *_no_headings(cells, kind, language))
    if len(cells) > MOST_COLUMNS:
        raise not_taken(
            name,
            format_lazy(_("It has more than {most} columns."), most=MOST_COLUMNS),
            _("Delete the columns that do not belong to this table."),
        )
    return _placed(kind, language, row, cells)


def _no_headings(
    cells: list[str], kind: TableKind, language: str
) -> tuple[Words, Words]:
    wanted = [c for c in kind.columns if c.required] or list(kind.columns[:8])
    labels = ", ".join(f"“{in_language(c.label, language)}”" for c in wanted)
    found = ", ".join(f"“{shown(cell)}”" for cell in cells[:8] if cell)
    return (
        format_lazy(
            _("No row has the headings of this table. It begins with: {found}."),
            found=found,
        ),
        format_lazy(
            _("Give it the headings {labels}, as in the template."), labels=labels
        ),
    )


def _placed(kind: TableKind, language: str, row: int, cells: list[str]) -> _Layout:
    known = kind.headings()
    layout = _Layout(row, len(cells), [], [])
    taken: dict[str, int] = {}
    for index, text in enumerate(cells):
        column = known.get(plain(text))
        if not text:
            layout.unheaded.append(index)
        elif column is None:
            layout.problems.append((text, _unknown_heading(text, known)))
        elif column.code in taken:
            first = column_letters(taken[column.code])
            layout.problems.append(
                (
                    text,
                    format_lazy(
                        _(
                            "This heading stands twice, in columns {a} and {b}. Keep one."
                        ),
                        a=first,
                        b=column_letters(index),
                    ),
                )
            )
        else:
            taken[column.code] = index
            if not column.shown_only:
                layout.places.append(_Place(index, column, text))
    for column in kind.columns:
        if column.required and column.code not in taken:
            layout.problems.append(_missing(column, language))
    return layout


def _unknown_heading(text: str, known: dict[str, Column]) -> Words:
    return format_lazy(
        _("This table has no column “{text}”. {hint}"),
        text=shown(text),
        hint=Later(partial(_nearest_heading, text, known)),
    )


def _nearest_heading(text: str, known: dict[str, Column]) -> Words:
    near = difflib.get_close_matches(plain(text)[:60], known, n=1, cutoff=0.75)
    if near:
        return format_lazy(_("Did you mean “{label}”?"), label=known[near[0]].label)
    return _("Delete the column.")


def _missing(column: Column, language: str) -> tuple[str, Words]:
    label = in_language(column.label, language)
    return label, format_lazy(
        _("The column “{label}” is missing. Add it, with this heading."), label=label
    )


# One walk over its rows


class _Pass:
    """One walk over all rows: values, problems, keys."""

    def __init__(
        self,
        table: _Table,
        layout: _Layout,
        kind: TableKind,
        numbers: Numbers,
        bounds: tuple[date, int],
    ) -> None:
        self.table, self.layout, self.kind, self.numbers = table, layout, kind, numbers
        self.today, self.max_rows = bounds
        self.takers = [
            (
                place.index,
                place.column.code,
                Taker(place.column, numbers, self.today).take,
            )
            for place in layout.places
        ]
        self.blank: dict[str, Value] = {
            column.code: None
            for column in kind.columns
            if not column.sparse and not column.shown_only
        }
        self.headings = {place.index: place.heading for place in layout.places}
        present = {place.column.code for place in layout.places}
        self.key = kind.key if set(kind.key) <= present else ()
        self.problems: list[Problem] = []
        self.total = self.count = 0
        self.kept: list[Row] | None = []
        self.seen: set[int] = set()
        self.twice: set[int] = set()

    def run(self) -> None:
        """Check every row; what is wrong is in `problems`, counted in `total`."""
        for heading, message in self.layout.problems:
            self.note(self.layout.row, heading, message)
        for number, cells in self.cells():
            self.count += 1
            if self.count > self.max_rows:
                raise not_taken(
                    self.table.name,
                    format_lazy(_("It has more than {most} rows."), most=self.max_rows),
                    _("Split the file and send the parts one after the other."),
                )
            self.check(number, cells)

    def cells(self) -> Iterator[tuple[int, list[Raw]]]:
        """The rows below the headings that are not blank."""
        for number, cells in self.table.rows():
            if number > MOST_LINES:
                raise not_taken(
                    self.table.name,
                    format_lazy(_("It has more than {most} rows."), most=MOST_LINES),
                    _("Delete the blank rows below the table."),
                )
            if number > self.layout.row and not _is_blank(cells):
                yield number, cells

    def walk(self) -> Iterator[Row]:
        """The rows of a file already found to be without problems."""
        sheet = self.table.sheet
        for number, cells in self.cells():
            width = len(cells)
            values = dict(self.blank)
            for index, code, take in self.takers:
                values[code] = take(cells[index] if index < width else None)
            yield Row(sheet, number, values)

    def take(
        self, cells: list[Raw]
    ) -> tuple[dict[str, Value], list[tuple[str, int, Words]]]:
        """The values of one row, and each cell refused: code, index, message."""
        width = len(cells)
        values = dict(self.blank)
        refusals: list[tuple[str, int, Words]] = []
        for index, code, take in self.takers:
            try:
                values[code] = take(cells[index] if index < width else None)
            except CellRefused as refused:
                refusals.append((code, index, refused.message))
        return values, refusals

    def check(self, number: int, cells: list[Raw]) -> None:
        """Take one row, noting each cell that is refused."""
        values, refusals = self.take(cells)
        for _code, index, message in refusals:
            self.note(number, self.heading(index), message)
        if not refusals and not self.layout.problems:
            self.ask_domain(number, values)
        if len(cells) > self.layout.width or self.layout.unheaded:
            self.note_strays(number, cells)
        key = self.key_of(values, refusals)
        if key:
            mark = hash(key)
            if mark in self.seen:
                self.twice.add(mark)
            self.seen.add(mark)
        if self.kept is not None:
            self.kept.append(Row(self.table.sheet, number, values))
            if len(self.kept) > KEPT:
                self.kept = None

    def ask_domain(self, number: int, values: dict[str, Value]) -> None:
        """Note what the domain finds wrong in a row that reads well."""
        if self.kind.check is None:
            return
        for code, message in self.kind.check(self.table.sheet, number, values):
            self.note(number, self.heading_of(code), message)

    def heading_of(self, code: str) -> str:
        """The heading of a column as the file writes it; its label if it has none."""
        for place in self.layout.places:
            if place.column.code == code:
                return place.heading
        return str(self.kind.column(code).label)

    def key_of(
        self, values: dict[str, Value], refusals: list[tuple[str, int, Words]]
    ) -> tuple[Value, ...]:
        """The key of a row; empty where the kind has none or a part was refused."""
        if refusals and {code for code, _i, _m in refusals} & set(self.key):
            return ()
        return tuple([values[code] for code in self.key])

    def heading(self, index: int) -> str:
        return self.headings[index]

    def note(self, row: int | None, column: str, message: Words) -> None:
        """Count a problem, and list it while the list is short."""
        self.total += 1
        if len(self.problems) < LISTED:
            self.problems.append(Problem(self.table.sheet, row, column, message))

    def note_strays(self, number: int, cells: list[Raw]) -> None:
        """Cells with no heading above them would be lost, so they are named."""
        beyond = range(self.layout.width, len(cells))
        for index in (*self.layout.unheaded, *beyond):
            if index < len(cells) and not _is_blank(cells[index : index + 1]):
                self.note(
                    number,
                    column_letters(index),
                    _(
                        "There is no heading above this cell. Delete it, or give its "
                        "column a heading (of merged headings only the first cell has "
                        "one). In a CSV with commas, write a number such as 1,5 between "
                        "quotation marks."
                    ),
                )

    def find_repeated_keys(self) -> None:
        """Name the rows that share a key: read again only where some may."""
        self.seen.clear()
        if not self.twice:
            return
        first: dict[tuple[Value, ...], int] = {}
        for number, cells in self.cells():
            key = self.key_of(*self.take(cells))
            if key and hash(key) in self.twice:
                earlier = first.setdefault(key, number)
                if earlier != number:
                    self.note_repeated(number, earlier, key)

    def note_repeated(self, row: int, earlier: int, key: tuple[Value, ...]) -> None:
        headings = [
            p.heading
            for c in self.key
            for p in self.layout.places
            if p.column.code == c
        ]
        said = ", ".join(
            f"{heading} “{part}”" for heading, part in zip(headings, key, strict=True)
        )
        self.note(
            row,
            headings[0],
            format_lazy(
                _("Rows {earlier} and {row} have the same {key}. Keep one of them."),
                earlier=earlier,
                row=row,
                key=said,
            ),
        )

    def find_merged(self) -> None:
        """Merged cells hide which column or row a value belongs to."""
        for begin, until, reference in self.table.merged():
            if begin <= self.layout.row <= until:
                words = _(
                    "The heading cells {cells} are merged. Unmerge them and give each "
                    "column a heading of its own."
                )
            else:
                words = _(
                    "The cells {cells} are merged. Unmerge them and write the value in "
                    "each cell that it is meant for."
                )
            if until >= self.layout.row:
                self.note(begin, "", format_lazy(words, cells=reference))


def _is_blank(cells: list[Raw]) -> bool:
    for cell in cells:  # a loop: this runs for every row of a long table
        if cell is not None and (type(cell) is not str or cell.strip()):
            return False
    return True
