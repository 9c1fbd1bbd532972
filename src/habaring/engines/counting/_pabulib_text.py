"""Pabulib's text as records with line numbers, and its cells as numbers.

Source: pabulib.org/format (three sections, cells separated by semicolons, quoted as
in RFC 4180). A byte-order mark and Windows line ends are accepted.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from habaring.engines.counting._problems import problem, refused
from habaring.engines.counting._values import Problem

MAX_LINE = 100_000
"""Bytes in a line; a longer one is refused before it is read."""

SECTIONS = ("META", "PROJECTS", "VOTES")
WHOLE_DIGITS = 15
PLACES = 6
_MONEY = re.compile(r"(-?)([0-9]+)(?:[.,]([0-9]+))?", re.ASCII)
_CONTROL = bytes(set(range(32)) - {9, 10, 13})
_BOM = b"\xef\xbb\xbf"


@dataclass
class Found:
    """Problems and notes as they turn up. `lenient`: what can be mended is only noted."""

    lenient: bool = False
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def wrong(self, code: str, line: int = 0, **params: object) -> None:
        """This cannot be read."""
        self.problems.append(problem(code, line, **params))

    def mended(self, code: str, line: int = 0, **params: object) -> None:
        """This is wrong, but a lenient reader knows what to do with it."""
        (self.notes if self.lenient else self.problems).append(
            problem(code, line, **params)
        )

    def noted(self, code: str, line: int = 0, **params: object) -> None:
        """This is odd, and common in real files."""
        self.notes.append(problem(code, line, **params))

    def check(self) -> None:
        """Stop here if anything was wrong.

        Raises:
            Refused: with the problems so far.
        """
        if self.problems:
            raise refused(self.problems)


class Lines(Iterator[str]):
    """Lines one by one, each with its line feed; `place` is where the next begins."""

    def __init__(self, data: bytes):
        self.data = data
        self.place = len(_BOM) if data.startswith(_BOM) else 0
        self.number = 0

    def __next__(self) -> str:
        if self.place >= len(self.data):
            raise StopIteration
        end = self.data.find(b"\n", self.place)
        raw = self.data[self.place : end if end >= 0 else len(self.data)]
        self.place = end + 1 if end >= 0 else len(self.data)
        self.number += 1
        try:
            return raw.removesuffix(b"\r").decode() + "\n"
        except UnicodeDecodeError:
            raise refused([problem("not_utf8", self.number)]) from None


def check_bytes(data: bytes) -> None:
    """Do nothing for text that can be read line by line.

    Raises:
        Refused: a line that is too long, or a control character.
    """
    place = -1
    while place + MAX_LINE < len(data):
        following = data.rfind(b"\n", place + 1, place + 2 + MAX_LINE)
        if following < 0:
            line = data.count(b"\n", 0, place + 1) + 1
            raise refused([problem("line_too_long", line, limit=MAX_LINE)])
        place = following
    bad = len(data.translate(None, _CONTROL)) != len(data)
    if bad or data.count(b"\r") != data.count(b"\r\n"):
        found = re.search(rb"[" + re.escape(_CONTROL) + rb"]|\r(?!\n)", data)
        line = data.count(b"\n", 0, found.start() if found else 0) + 1
        raise refused([problem("control_character", line)])


def records(lines: Lines) -> Iterator[tuple[int, list[str]]]:
    """The line on which each record begins, and its cells without space around them."""
    reader = csv.reader(lines, delimiter=";", strict=True)
    while True:
        start = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise refused([problem("quotes", start)]) from None
        if cells:
            yield start, [cell.strip() for cell in cells]


def heading_of(cells: list[str]) -> str:
    """The name of the section that this record opens, or nothing."""
    name = cells[0].upper()
    return name if name in SECTIONS and not any(cells[1:]) else ""


Amount = tuple[int, int]
"""A decimal number without rounding: digits, and how many of them are decimals."""


def amount(text: str, key: str, line: int, found: Found) -> Amount:
    """Money or points in a cell; 0 where it is wrong, which is put down in `found`."""
    if text.isascii() and text.isdigit() and len(text) <= WHOLE_DIGITS:
        return int(text), 0
    shape = _MONEY.fullmatch(text)
    if shape is None:
        found.wrong("not_money", line, key=key, value=text[:40])
        return 0, 0
    sign, whole, decimals = shape[1], shape[2].lstrip("0"), (shape[3] or "").rstrip("0")
    if sign:
        found.wrong("negative", line, key=key, value=text[:40])
    elif len(whole) > WHOLE_DIGITS or len(decimals) > PLACES:
        found.wrong("too_many_digits", line, key=key, value=text[:40])
    else:
        return int(whole + decimals or "0"), len(decimals)
    return 0, 0


def whole_number(text: str, key: str, line: int, found: Found) -> int:
    """A count in a cell; -1 where it is wrong, which is put down in `found`."""
    if text.isascii() and text.isdigit() and len(text) <= WHOLE_DIGITS:
        return int(text)
    found.wrong("not_a_count", line, key=key, value=text[:40])
    return -1


def scaled(value: Amount, places: int) -> int:
    """The same amount in units of which 10**`places` make one."""
    digits, decimals = value
    return digits * int(10 ** (places - decimals))
