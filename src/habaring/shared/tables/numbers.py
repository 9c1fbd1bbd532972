"""How numbers are written: `1.234,56`, `1,234.56`, `Rp 1.234.567`, `12,5 %`.

Indonesians write a point between thousands and a comma before decimals; programs and
English writers do the reverse. `1.234` alone can be either, so a file is asked which of
the two it uses: any number in it that can be read in one way only is evidence.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Literal

from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Words
from habaring.shared.tables.kinds import ValueKind

Convention = Literal["indonesian", "international"]

MOST_DIGITS = 30
_LONGEST = 100
MOST_WHOLE_DIGITS = 18  # what a database's big integer holds

_DIGITS = re.compile(r"-?[0-9]{1,30}\Z")
_INDONESIAN = re.compile(r"(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]+)?\Z")
_INTERNATIONAL = re.compile(r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?\Z")
_SCIENTIFIC = re.compile(r"-?[0-9](?:[.,][0-9]{1,20})?[eE][+-]?[0-9]{1,2}\Z")
_MONEY = re.compile(
    r"(-?)\s*(?:rp|idr)\b\.?\s*(-?)|(-?)\s*rp\.?\s*(?=[0-9])", re.IGNORECASE
)
_ERRORS = re.compile(r"#(?:REF|DIV/0|VALUE|NAME|N/A|NUM|NULL|SPILL|CALC)[!?]?|#{3,}")


class CellRefused(Exception):  # noqa: N818 - it becomes a Problem, not an error
    """A cell cannot be taken as its column wants it; `message` says what to write."""

    def __init__(self, message: Words) -> None:
        super().__init__(message)
        self.message = message


class Figure:
    """A number inside a message, with the decimal mark of the reader's language."""

    def __init__(self, number: Decimal | int) -> None:
        self.number = number

    def __str__(self) -> str:
        text = written(Decimal(self.number))
        english = (translation.get_language() or "id").startswith("en")
        return text if english else text.replace(".", ",")


def written(number: Decimal) -> str:
    """Plain digits with a decimal point that no convention can misread: `1.2340`."""
    text = format(number, "f")
    whole, point, fraction = text.lstrip("-").partition(".")
    if point and len(fraction) == 3 and len(whole) <= 3 and whole[0] != "0":
        text += "0"
    return text


class Numbers:
    """Reads the numbers of one file, and gathers how that file writes them.

    `settled` is the convention to follow, if known. After a reading, `unsettled` tells
    whether a number was met whose meaning hangs on the convention, and `evidence`
    which conventions were seen in use.
    """

    def __init__(
        self,
        settled: Convention | None = None,
        *,
        fallback: Convention | None = None,
        conflict: bool = False,
    ) -> None:
        self.settled = settled
        self.fallback = fallback
        self.conflict = conflict
        self.evidence: set[Convention] = set()
        self.unsettled = False

    def decided(self) -> "Numbers":
        """The reader for another pass over the same file, now that all was seen."""
        if len(self.evidence) == 1:
            return Numbers(next(iter(self.evidence)), fallback=self.fallback)
        if self.evidence:
            return Numbers(conflict=True)
        return Numbers(self.fallback, fallback=self.fallback)

    def read(self, text: str, kind: ValueKind) -> Decimal:
        """The number in `text`, for a column of that kind; CellRefused with the reason."""
        if _DIGITS.match(text):
            return Decimal(text)
        if len(text) > _LONGEST:
            raise CellRefused(_not_a_number(text))
        token, money = _undressed(text, kind)
        if _SCIENTIFIC.match(token):
            return _scientific(text, token, kind)
        negative = token.startswith("-")
        token = token.removeprefix("-").strip()
        local, foreign = _as_indonesian(token), _as_international(token)
        if local is not None and foreign is not None:
            number = local
            if local != foreign:
                number = self._settle((local, foreign), text, kind, money=money)
        elif local is not None:
            self.evidence.add("indonesian")
            number = local
        elif foreign is not None:
            self.evidence.add("international")
            number = foreign
        else:
            raise CellRefused(_not_a_number(text))
        return number.copy_negate() if negative else number  # `-` would round

    def _settle(
        self,
        readings: tuple[Decimal, Decimal],
        text: str,
        kind: ValueKind,
        *,
        money: bool,
    ) -> Decimal:
        """Which of the Indonesian and the international reading is meant."""
        big, small = max(readings), min(readings)
        if money:
            return big
        self.unsettled = True
        if self.settled:
            return readings[0] if self.settled == "indonesian" else readings[1]
        if kind in ("whole", "rupiah") and not self.conflict:
            return big  # a mark between thousands: there is no part of a person
        raise CellRefused(_two_readings(text, big, small))


def _undressed(text: str, kind: ValueKind) -> tuple[str, bool]:
    """The text without sign of currency or percent, and whether it had one of money."""
    token = (
        text.replace("\u2212", "-")
        .replace("\u00a0", " ")
        .replace("\u202f", " ")
        .strip()
    )
    money = False
    if kind == "rupiah":
        token, found = _MONEY.subn(
            lambda m: "-" if "-" in m.group() else "", token, count=1
        )
        money = bool(found)
        token = token.removesuffix(",-").removesuffix(".-")
    if token.endswith("%"):
        if kind != "percent":
            raise CellRefused(_percent_sign(text))
        token = token[:-1].rstrip()
    return token, money


def _as_indonesian(token: str) -> Decimal | None:
    if not _INDONESIAN.match(token):
        return None
    return _trimmed(token.replace(".", "").replace(",", "."))


def _as_international(token: str) -> Decimal | None:
    return _trimmed(token.replace(",", "")) if _INTERNATIONAL.match(token) else None


def _trimmed(digits: str) -> Decimal:
    """Without zeros after the decimals, so that 1,2340 and 1,234 are one value."""
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return Decimal(digits)


def _scientific(text: str, token: str, kind: ValueKind) -> Decimal:
    if kind not in ("decimal", "percent"):
        raise CellRefused(
            format_lazy(
                _(
                    "“{text}” was shortened by the spreadsheet, so its last digits are "
                    "lost. Write all digits: format the column as a number."
                ),
                text=text,
            )
        )
    return Decimal(token.replace(",", "."))


def shown(text: str) -> str:
    """A cell's text as it is quoted in a message: one line, not too long."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"


class Later:
    """A part of a message that is worked out only when the message is shown."""

    def __init__(self, say: Callable[[], Words]) -> None:
        self.say = say

    def __str__(self) -> str:
        return str(self.say())


def _two_readings(text: str, big: Decimal, small: Decimal) -> Words:
    return format_lazy(
        _("“{text}” can be read as {big} or as {small}. Write {big} or {clear}."),
        text=shown(text),
        big=Figure(big),
        small=_Reading(small),
        clear=Figure(small),
    )


class _Reading(Figure):
    """The smaller reading as a person would say it, without the clarifying zero."""

    def __str__(self) -> str:
        text = format(Decimal(self.number).normalize(), "f")
        english = (translation.get_language() or "id").startswith("en")
        return text if english else text.replace(".", ",")


def _percent_sign(text: str) -> Words:
    return format_lazy(
        _(
            "“{text}” has a percent sign, but this column does not hold percentages. "
            "Write the number alone, in the unit that the column asks for."
        ),
        text=shown(text),
    )


def _not_a_number(text: str) -> Words:
    if _ERRORS.match(text):
        return formula_error(text)
    if text.strip() in ("-", "–", "—", "...", "…") or text.strip().lower() in (
        "n/a",
        "na",
        "nan",
        "null",
    ):
        return format_lazy(
            _("“{text}” is not a number. Leave the cell empty if there is no value."),
            text=shown(text),
        )
    return format_lazy(
        _("“{text}” is not a number. Write digits only, such as 1234 or {example}."),
        text=shown(text),
        example=Figure(Decimal("12.5")),
    )


def formula_error(text: str) -> Words:
    """The message for a cell that holds an error such as #REF!."""
    return format_lazy(
        _(
            "“{text}” is an error of the spreadsheet, not a value. Mend the formula, or "
            "write the value itself."
        ),
        text=shown(text),
    )


def is_formula_error(text: str) -> bool:
    """Whether the text is an error that a spreadsheet leaves in a CSV."""
    return text.startswith("#") and _ERRORS.fullmatch(text) is not None
