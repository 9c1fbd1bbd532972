"""An expected "no", with a sentence for the person who is told.

A refusal says what was refused, why, and what to do next. Domains name their own
kinds by subclassing; the web shell turns each into a designed page or message, and
the command line prints it and leaves with exit code 1. Nothing is saved when one rises.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

# A sentence that may wait until it is shown to choose its language.
Words: TypeAlias = str | Promise


class Refusal(Exception):  # noqa: N818 - a refusal is not an error of the program
    """An expected "no": `what` was refused, `why`, and what to do `next`."""

    status = 422  # the HTTP answer when no form shows the refusal
    headers: Mapping[str, str] = {}  # of that answer

    def __init__(self, what: Words, why: Words = "", next: Words = "") -> None:
        super().__init__(what, why, next)
        self.what = what
        self.why = why
        self.next = next

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.what, self.why, self.next) if part)


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file, and where.

    `sheet` is empty for a CSV; `row` is the number the spreadsheet shows beside the
    row, or None where the whole sheet is meant; `column` is the heading as it stands
    in the file, or empty; `message` says what is wrong and what to write instead.
    """

    sheet: str
    row: int | None
    column: str
    message: Words

    @property
    def place(self) -> str:
        """Where, in words: "Sheet Data, row 14, column Nilai"."""
        parts = [
            format_lazy(_("sheet {sheet}"), sheet=self.sheet) if self.sheet else "",
            format_lazy(_("row {row}"), row=self.row) if self.row is not None else "",
            format_lazy(_("column {column}"), column=self.column)
            if self.column
            else "",
        ]
        words = ", ".join(str(part) for part in parts if part)
        return words[:1].upper() + words[1:]

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else str(self.message)


class FileRefused(Refusal):
    """A file refused whole. `problems` lists what is wrong, up to a limit; `count` is
    how many there are in all.
    """

    def __init__(
        self,
        what: Words,
        why: Words = "",
        next: Words = "",
        *,
        problems: Sequence[Problem] = (),
        count: int | None = None,
    ) -> None:
        super().__init__(what, why, next)
        self.problems = tuple(problems)
        self.count = len(self.problems) if count is None else count

    @property
    def unlisted(self) -> int:
        """How many problems there are beyond those listed."""
        return self.count - len(self.problems)
