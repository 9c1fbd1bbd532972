"""Rows of a CSV file: its encoding, its separator, its quotes.

UTF-8 (with or without its mark) and UTF-16 with its mark are read. Everything else is
refused with the byte and the row, because guessing an old encoding loses letters.
"""

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from typing import IO

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import FileRefused, Problem
from habaring.shared.tables.content import SAVE_AS_UTF8, looks_like_utf16, not_taken
from habaring.shared.tables.days import Raw
from habaring.shared.tables.kinds import plain

SEPARATORS = (",", ";", "\t", "|")
_LONGEST_ROW = 1024**2


class _Bytes(io.RawIOBase):
    """Reads another file without ever closing it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self.file.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


class CsvTable:
    """A CSV file as rows of cells; `rows()` may be called again and again.

    `headings` are the plain headings of the kind: they tell which separator is meant.
    """

    sheet = ""

    def __init__(self, file: IO[bytes], headings: Collection[str], name: str) -> None:
        self.file = file
        self.name = name
        self.encoding = self._encoding()
        self.separator, self.skipped = self._separator(headings)

    def rows(self) -> Iterator[tuple[int, list[Raw]]]:
        """Each row with its number as a spreadsheet shows it; empty cells are ''."""
        number = 0
        lines = self._lines()
        reader = csv.reader(lines, delimiter=self.separator, strict=True)
        try:
            for _skipped in range(self.skipped):
                next(lines)
            for number, row in enumerate(reader, start=1):
                yield number, row  # type: ignore[misc]
        except UnicodeDecodeError:
            raise self._wrong_encoding() from None
        except csv.Error:
            raise self._broken_quotes(number + 1) from None

    def merged(self) -> tuple[tuple[int, int, str], ...]:
        """A CSV has no merged cells."""
        return ()

    def _encoding(self) -> str:
        self.file.seek(0)
        head = self.file.read(65_536)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        return "utf-8-sig"

    def _lines(self) -> Iterator[str]:
        self.file.seek(0)
        buffered = io.BufferedReader(_Bytes(self.file), 256 * 1024)
        text = io.TextIOWrapper(buffered, encoding=self.encoding, newline="")
        while line := text.readline(_LONGEST_ROW):
            if len(line) == _LONGEST_ROW and not line.endswith("\n"):
                raise not_taken(
                    self.name,
                    _("It has a line of more than a million characters."),
                    SAVE_AS_UTF8,
                )
            yield line

    def _separator(self, headings: Collection[str]) -> tuple[str, int]:
        """The separator under which most headings are known, and lines to skip."""
        try:
            opening = [line for line, _n in zip(self._lines(), range(12), strict=False)]
        except UnicodeDecodeError:
            raise self._wrong_encoding() from None
        skipped = 1 if opening and opening[0].lower().startswith("sep=") else 0
        if skipped and opening[0][4:5] in SEPARATORS:
            return opening[0][4], 1

        def fit(separator: str) -> tuple[int, int]:
            known = fields = 0
            for line in opening[skipped:]:
                cells = next(csv.reader([line], delimiter=separator), [])
                known = max(known, sum(plain(cell) in headings for cell in cells))
                fields = max(fields, len(cells))
            return known, fields

        return max(SEPARATORS, key=fit), skipped

    def _wrong_encoding(self) -> FileRefused:
        offset, row, byte = self._first_bad_byte()
        letter = bytes([byte]).decode("cp1252", "replace")
        message = format_lazy(
            _(
                "Byte {offset} of the file ({code}) is not UTF-8; in the old Windows-1252 "
                "encoding it would be “{letter}”."
            ),
            offset=offset + 1,
            code=f"0x{byte:02X}",
            letter=letter,
        )
        return not_taken(
            self.name,
            format_lazy(
                _("It is not written in UTF-8: see row {row}. {message}"),
                row=row,
                message=message,
            ),
            SAVE_AS_UTF8,
            (Problem("", row, "", message),),
        )

    def _first_bad_byte(self) -> tuple[int, int, int]:
        """Where decoding first fails: offset, line number, the byte."""
        self.file.seek(0)
        offset = row = 0
        rest = b""
        decoder = "utf-16" if self.encoding == "utf-16" else "utf-8"
        data = rest
        while block := self.file.read(1024**2):
            data = rest + block
            try:
                _text, used = codecs.getdecoder(decoder)(data), len(data)
            except UnicodeDecodeError as error:
                if error.end < len(data) or len(data) - error.start >= 4:
                    bad = data[: error.start]
                    return (
                        offset + error.start,
                        row + bad.count(b"\n") + 1,
                        data[error.start],
                    )
                used = error.start
            row += data[:used].count(b"\n")
            offset, rest = offset + used, data[used:]
        return offset, row + 1, (rest or data or b"\x00")[0]

    def _broken_quotes(self, row: int) -> FileRefused:
        message = _(
            'A quotation mark (") is opened and not closed in this row, so the rows '
            'after it cannot be told apart. Write it twice ("") inside a text, or '
            "delete it."
        )
        return not_taken(
            self.name,
            format_lazy(_("Row {row}: {message}"), row=row, message=message),
            MEND_AND_SEND,
            (Problem("", row, "", message),),
        )


MEND_AND_SEND = _("Nothing was saved. Mend the file and send it again.")


def refuse_bare_utf16(file: IO[bytes], name: str) -> None:
    """FileRefused where the file is UTF-16 without its mark."""
    file.seek(0)
    if looks_like_utf16(file.read(4096)):
        raise not_taken(
            name,
            _("It is written in UTF-16 without the mark that says so."),
            SAVE_AS_UTF8,
        )
