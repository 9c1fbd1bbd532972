"""Tables out: CSV and XLSX that import back unchanged, and the template to fill in.

Rows are mappings of column codes to values and may be a generator; neither writer
holds more than one row. The files carry no date of making, so equal rows make equal
bytes.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO, Any, Literal, TypeAlias

from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Refusal
from habaring.shared.tables.cells import choice_index, guarded, same
from habaring.shared.tables.days import LARGEST_EXACT
from habaring.shared.tables.kinds import Column, TableKind, Value, in_language
from habaring.shared.tables.numbers import written

Values: TypeAlias = Mapping[str, Value]
Heading = Literal["label", "code"]

MOST_SHEET_ROWS = 1_048_576
LONGEST_CELL = 32_767
_NUMBERED = ("whole", "rupiah", "decimal", "percent", "year")
_SPARE_ROWS = 1_000  # rows of a template that get their drop-downs
_BLOCK = 64 * 1024


class _Writer:
    """One column's values as text for a CSV, in one language."""

    def __init__(self, column: Column, language: str) -> None:
        self.column = column
        self.language = language
        index = choice_index(column) if column.kind == "choice" else {}
        self.labels: dict[str, str] = {}
        for code, label in column.choices.items() if index else ():
            text = in_language(label, language).strip()
            self.labels[code] = text if index.get(same(text)) == code else code
        self.yes, self.no = (
            ("yes", "no") if language.startswith("en") else ("ya", "tidak")
        )

    def text(self, value: Value) -> str:
        """The value in writing, before it is guarded; '' for None."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.yes if value else self.no
        if isinstance(value, (int, Decimal, float)):
            number = written(_decimal(value))
            return (
                number if self.language.startswith("en") else number.replace(".", ",")
            )
        if isinstance(value, date):
            return value.isoformat()  # with its time and offset where it is a moment
        return self.labels.get(value, value)

    def heading(self, heading: Heading) -> str:
        """What stands over the column."""
        if heading == "code":
            return self.column.code
        return in_language(self.column.label, self.language)


def _decimal(value: int | Decimal | float) -> Decimal:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a number a table can hold.")
    return number


def columns_used(
    kind: TableKind, rows: Iterable[Values], given: Sequence[str] | None = None
) -> tuple[Column, ...]:
    """The columns to write: those `given`, else all but the sparse ones without values.

    Sparse columns are looked for in `rows` only where these are a list or tuple, since
    a stream can be walked but once: name the columns for a stream.
    """
    if given is not None:
        return tuple(kind.column(code) for code in given)
    used: set[str] = set()
    if isinstance(rows, (list, tuple)):
        for row in rows:
            used.update(code for code, value in row.items() if value is not None)
    return tuple(c for c in kind.columns if not c.sparse or c.code in used)


def _checked(row: Values, codes: frozenset[str]) -> Values:
    lost = [c for c, value in row.items() if value is not None and c not in codes]
    if lost:
        raise ValueError(f"These columns would be lost: {', '.join(lost)}.")
    return row


def write_csv(
    kind: TableKind,
    rows: Iterable[Values],
    language: str = "id",
    *,
    columns: Sequence[str] | None = None,
    heading: Heading = "label",
) -> Iterator[bytes]:
    """The rows as CSV in UTF-8 with its mark, in blocks, for a streaming response.

    Indonesian files have semicolons and decimal commas, as Excel there expects;
    English ones commas and decimal points. Texts that a spreadsheet could run get an
    apostrophe, which `read` takes off again.
    """
    english = language.startswith("en")
    chosen = columns_used(kind, rows, columns)
    writers = [(c.code, c.kind in _NUMBERED, _Writer(c, language)) for c in chosen]
    codes = frozenset(c.code for c in chosen)
    buffer = io.StringIO(newline="")
    out = csv.writer(buffer, delimiter="," if english else ";", lineterminator="\r\n")
    buffer.write("\ufeff")
    out.writerow([guarded(w.heading(heading)) for _code, _number, w in writers])
    for row in rows:
        _checked(row, codes)
        texts = [
            w.text(row.get(code)) if number else guarded(w.text(row.get(code)))
            for code, number, w in writers
        ]
        out.writerow(texts)
        if buffer.tell() > _BLOCK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def write_xlsx(
    kind: TableKind,
    rows: Iterable[Values],
    file: IO[bytes],
    language: str = "id",
    *,
    columns: Sequence[str] | None = None,
    heading: Heading = "label",
) -> None:
    """The rows as a workbook with one sheet, written to `file` as they come.

    Numbers and days are real ones; texts are texts and never formulas. Refusal where
    there are more rows than a sheet holds, or a text longer than a cell.
    """
    chosen = columns_used(kind, rows, columns)
    with _workbook(file, constant_memory=True) as book:
        sheet = book.add_worksheet(in_language(kind.sheet, language)[:31])
        cells = _Cells(book, sheet, chosen, language)
        cells.headings(heading)
        for number, row in enumerate(rows, start=1):
            cells.write(number, _checked(row, cells.codes))


def template(
    kind: TableKind,
    rows: Iterable[Values] = (),
    *,
    language: str = "id",
    columns: Sequence[str] | None = None,
) -> bytes:
    """A workbook to fill in: headings with their help, drop-downs, a sheet that says
    how, and the rows given (a region's current values).

    Of the sparse columns those used are shown, or all of them while none is.
    """
    rows = list(rows)
    chosen = columns_used(kind, rows, columns)
    if columns is None and not any(column.sparse for column in chosen):
        chosen = tuple(c for c in kind.columns if not (c.sparse and c.shown_only))
    file = io.BytesIO()
    with _workbook(file, constant_memory=False) as book, translation.override(language):
        sheet = book.add_worksheet(in_language(kind.sheet, language)[:31])
        cells = _Cells(book, sheet, chosen, language)
        cells.headings("label")
        for number, row in enumerate(rows, start=1):
            cells.write(number, _checked(row, cells.codes))
        lists = book.add_worksheet(str(_("Lists")))
        for index, column in enumerate(chosen):
            _explain(sheet, index, column)
            _offer(sheet, lists, index, cells.writers[index], len(rows) + _SPARE_ROWS)
        lists.hide()
        _how_to(book, kind, chosen)
    return file.getvalue()


def _workbook(file: IO[bytes], *, constant_memory: bool) -> Any:
    import xlsxwriter  # late: slow to import, and most processes write none

    book = xlsxwriter.Workbook(
        file, {"constant_memory": constant_memory, "in_memory": not constant_memory}
    )
    book.set_properties(
        {"created": datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)}
    )
    return book


class _Cells:
    """Writes headings and values into one sheet of a workbook."""

    def __init__(
        self, book: Any, sheet: Any, columns: Sequence[Column], language: str
    ) -> None:
        self.sheet = sheet
        self.writers = [_Writer(column, language) for column in columns]
        self.codes = frozenset(column.code for column in columns)
        self.bold = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        )
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        form = {"rupiah": "#,##0", "date": "yyyy-mm-dd", "year": "0"}
        for index, column in enumerate(columns):
            is_text = column.kind in ("text", "code", "choice")
            shown = "@" if is_text else form.get(column.kind, "General")
            sheet.set_column(
                index,
                index,
                24 if is_text else 16,
                book.add_format({"num_format": shown}),
            )
        sheet.freeze_panes(1, 0)

    def headings(self, heading: Heading) -> None:
        """The first row; a required column has no mark, the help says so."""
        for index, writer in enumerate(self.writers):
            self.sheet.write_string(
                0, index, guarded(writer.heading(heading), formulas=False), self.bold
            )

    def write(self, number: int, row: Values) -> None:
        """One row of values; `number` counts from 1 below the headings."""
        if number >= MOST_SHEET_ROWS:
            raise Refusal(
                _("The table was not written as XLSX."),
                format_lazy(_("A sheet holds {most} rows."), most=MOST_SHEET_ROWS),
                _("Take it as CSV, or choose fewer rows."),
            )
        for index, writer in enumerate(self.writers):
            value = row.get(writer.column.code)
            if value is not None:
                self._cell(number, index, writer, value)

    def _cell(self, number: int, index: int, writer: _Writer, value: Value) -> None:
        if isinstance(value, bool):
            self._text(number, index, writer.text(value))
        elif isinstance(value, datetime):
            self._text(number, index, value.isoformat())
        elif isinstance(value, date):
            if value.year >= 1901:
                self.sheet.write_datetime(number, index, value, self.day)
            else:
                self._text(number, index, value.isoformat())
        elif isinstance(value, (int, Decimal, float)) and _fits_float(_decimal(value)):
            self.sheet.write_number(number, index, float(value))
        else:
            self._text(number, index, writer.text(value))

    def _text(self, number: int, index: int, text: str) -> None:
        text = guarded(text, formulas=False)
        if len(text) > LONGEST_CELL:
            raise Refusal(
                _("The table was not written as XLSX."),
                format_lazy(
                    _("A text of {length} characters does not fit into a cell."),
                    length=len(text),
                ),
                _("Take it as CSV."),
            )
        self.sheet.write_string(number, index, text)


def _fits_float(number: Decimal) -> bool:
    """Whether a workbook's number (fifteen digits) holds it exactly."""
    if abs(number) > LARGEST_EXACT:
        return False
    return Decimal(format(float(number), ".15g")) == number


# The template's own


def _explain(sheet: Any, index: int, column: Column) -> None:
    sheet.write_comment(
        0, index, describe(column), {"x_scale": 2, "author": "Habaring"}
    )


def describe(column: Column) -> str:
    """What may stand in a column, in the language that is active."""
    parts = [str(column.help), str(_WANTED[column.kind])]
    if column.minimum is not None:
        parts.append(str(format_lazy(_("At least {bound}."), bound=column.minimum)))
    if column.maximum is not None:
        parts.append(str(format_lazy(_("At most {bound}."), bound=column.maximum)))
    if column.not_future:
        parts.append(str(_("Not in the future.")))
    if column.shown_only:
        parts.append(str(_("For your information; changes here are not taken in.")))
    else:
        parts.append(
            str(_("Required.") if column.required else _("May be left empty."))
        )
    return " ".join(part for part in parts if part)


_WANTED = {
    "text": _("A text."),
    "whole": _("A whole number."),
    "decimal": _("A number; decimals are allowed."),
    "rupiah": _("Whole rupiah, such as 1500000."),
    "percent": _("A percentage, such as 12.5; the sign % may be left out."),
    "date": _("A date, such as 2026-04-21 or 21/04/2026."),
    "moment": _("A day with its time, such as 2026-04-21 13:05."),
    "year": _("A year of four digits."),
    "yes_no": _("Yes or no."),
    "choice": _("One of the list."),
    "code": _("A code, written as text."),
}


def _offer(sheet: Any, lists: Any, index: int, writer: _Writer, last: int) -> None:
    """A drop-down of the choices, kept on a hidden sheet since a cell's list is short."""
    column = writer.column
    if column.kind == "yes_no":
        offered = [writer.yes, writer.no]
    elif column.choices:
        offered = [writer.text(code) for code in column.choices]
    else:
        return
    lists.write_string(0, index, column.code)
    for row, text in enumerate(offered, start=1):
        lists.write_string(row, index, guarded(text, formulas=False))
    name = str(_("Lists"))
    from xlsxwriter.utility import xl_col_to_name  # late, as the workbook

    letters = xl_col_to_name(index, col_abs=True)
    sheet.data_validation(
        1,
        index,
        last,
        index,
        {
            "validate": "list",
            "source": f"='{name}'!{letters}$2:{letters}${len(offered) + 1}",
            "error_title": str(_("Not in the list"))[:32],
            "error_message": str(_("Choose one of the list."))[:255],
        },
    )


def _how_to(book: Any, kind: TableKind, columns: Sequence[Column]) -> None:
    sheet = book.add_worksheet(str(_("How to"))[:31])
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    sheet.set_column(0, 1, 26, wrap)
    sheet.set_column(2, 2, 80, wrap)
    sheet.write_string(0, 0, str(kind.title), bold)
    lines = [
        kind.help,
        _(
            "Fill in the first sheet and send the file as it is, or saved as CSV (UTF-8)."
        ),
        _("Do not merge cells and do not change the headings."),
        _("If anything is wrong, nothing is saved and every cell to mend is named."),
    ]
    if kind.key:
        labels = ", ".join(str(kind.column(code).label) for code in kind.key)
        lines.append(
            format_lazy(_("No two rows may have the same: {key}."), key=labels)
        )
    told = [str(line) for line in lines if str(line)]
    for row, line in enumerate(told, start=1):
        sheet.merge_range(row, 0, row, 2, line, wrap)
    head = len(told) + 2
    for index, words in enumerate((_("Column"), _("Code"), _("What it holds"))):
        sheet.write_string(head, index, str(words), bold)
    for row, column in enumerate(columns, start=head + 1):
        sheet.write_string(row, 0, str(column.label))
        sheet.write_string(row, 1, column.code)
        sheet.write_string(row, 2, describe(column))
