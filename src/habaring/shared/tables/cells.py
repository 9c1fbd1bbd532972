"""One cell: from what a file holds to a typed value, and from a value to text.

`Taker` turns cells of one column into values; `guarded` and `unguarded` keep a text
from being run as a formula by the spreadsheet that opens it, and restore it exactly.
"""

import difflib
import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Words
from habaring.shared.tables.days import (
    LARGEST_EXACT,
    Broken,
    Number,
    Raw,
    exact,
    read_day,
    read_moment,
    serial_shown,
    typed_as_text,
)
from habaring.shared.tables.kinds import (
    LANGUAGES,
    LONGEST_TEXT,
    Column,
    Value,
    in_language,
)
from habaring.shared.tables.numbers import (
    MOST_DIGITS,
    MOST_WHOLE_DIGITS,
    CellRefused,
    Figure,
    Later,
    Numbers,
    formula_error,
    is_formula_error,
    shown,
)

# What a spreadsheet may run when a cell begins with it (OWASP, CSV injection).
_DANGER = tuple("=+-@\t\r\n＝＋－＠")
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def _needs_guard(text: str) -> bool:
    bare = text.lstrip("'")
    return bare != bare.strip() or bare.startswith(_DANGER) or _is_rich(bare)


def _is_rich(text: str) -> bool:
    """Whether xlsxwriter would write the text as markup of its own."""
    return text.startswith("<r>") and text.endswith("</r>")


def guarded(text: str, *, formulas: bool = True) -> str:
    """The text as a file may hold it: an apostrophe before what could be run.

    With `formulas=False` (a text cell of a workbook is never run) only those texts get
    it that would not come back unchanged without it.
    """
    text = _INVISIBLE.sub("\ufffd", text)
    if formulas:
        return f"'{text}" if _needs_guard(text) else text
    safe = unguarded(text) == text and not _is_rich(text)
    return text if safe else f"'{text}"


def unguarded(text: str) -> str:
    """The text as it was before `guarded`; other texts without outer spaces."""
    if text[:1] == "'" and _needs_guard(text[1:]):
        return text[1:]
    return text.strip()


class Taker:
    """Takes the cells of one column: `take(raw)` gives the value or CellRefused."""

    def __init__(self, column: Column, numbers: Numbers, today: date) -> None:
        self.column = column
        self.numbers = numbers
        self.today = today
        self.longest = column.max_length or LONGEST_TEXT
        self.pattern = re.compile(column.pattern) if column.pattern else None
        self.choices = choice_index(column)
        makers: dict[str, Callable[[Raw], Value]] = {
            "text": self._text,
            "code": self._code,
            "choice": self._choice,
            "whole": self._whole,
            "rupiah": self._whole,
            "year": self._year,
            "decimal": self._decimal,
            "percent": self._decimal,
            "date": self._date,
            "moment": read_moment,
            "yes_no": self._yes_no,
        }
        self._make = makers[column.kind]

    def take(self, raw: Raw) -> Value:
        """The typed value of a cell; None for an empty one."""
        if type(raw) is str:
            raw = unguarded(raw) if raw[:1] == "'" else raw.strip()
            if not raw or raw.isspace():
                raw = None
            elif raw[0] == "#" and is_formula_error(raw):
                raise CellRefused(formula_error(raw))
        if raw is None:
            if self.column.required:
                raise CellRefused(_("A value is needed here; the cell is empty."))
            return None
        if type(raw) is Broken:
            raise CellRefused(_broken(raw))
        return self._make(raw)

    # Words

    def _text(self, raw: Raw) -> str:
        text = raw if type(raw) is str else typed_as_text(raw)
        if _INVISIBLE.search(text):
            raise CellRefused(
                format_lazy(
                    _(
                        "“{text}” holds an invisible control character. Delete the cell "
                        "and type it again."
                    ),
                    text=shown(_INVISIBLE.sub("\ufffd", text)),
                )
            )
        if len(text) > self.longest:
            raise CellRefused(
                format_lazy(
                    _("The text has {length} characters; at most {most} are allowed."),
                    length=len(text),
                    most=self.longest,
                )
            )
        if self.pattern and not self.pattern.fullmatch(text):
            raise CellRefused(self._unlike_pattern(text, raw))
        return text

    def _unlike_pattern(self, text: str, raw: Raw) -> Words:
        if type(raw) is Number:
            return format_lazy(
                _(
                    "“{text}” does not have the right form. The cell is a number, so the "
                    "spreadsheet may have dropped a zero: format the column as text and "
                    "write it again. {help}"
                ),
                text=shown(text),
                help=self.column.help,
            )
        return format_lazy(
            _("“{text}” does not have the right form. {help}"),
            text=shown(text),
            help=self.column.help,
        )

    def _code(self, raw: Raw) -> str:
        if not self.choices:
            return self._text(raw)
        return self._choice(raw)

    def _choice(self, raw: Raw) -> str:
        text = raw if type(raw) is str else typed_as_text(raw)
        code = self.choices.get(text) or self.choices.get(same(text))
        if code is None:
            raise CellRefused(self._unknown(text, raw))
        return code

    def _unknown(self, text: str, raw: Raw) -> Words:
        number = type(raw) is Number and self.column.kind == "code"
        return format_lazy(
            _("“{text}” is not known here. {hint}"),
            text=shown(text),
            hint=_DROPPED_ZERO if number else Later(partial(self._known, text)),
        )

    def _known(self, text: str) -> Words:
        """Which choices there are, or which is the nearest: slow where there are many."""
        choices = self.column.choices
        if len(choices) <= 12:
            said = choices.values() if self.column.kind == "choice" else choices
            words = ", ".join(str(choice) for choice in said)
            return format_lazy(_("Write one of: {codes}."), codes=words)
        near = difflib.get_close_matches(same(text)[:60], self.choices, n=1, cutoff=0.7)
        if near:
            code = self.choices[near[0]]
            return format_lazy(_("Did you mean {code}?"), code=code)
        return _("The template of this table lists every code.")

    # Numbers

    def _number(self, raw: Raw) -> Decimal:
        if type(raw) is str:
            number = self.numbers.read(raw, self.column.kind)
        elif type(raw) is Number:
            number = self._workbook_number(raw)
        else:
            raise CellRefused(
                format_lazy(
                    _("“{text}” is a yes or no, not a number."),
                    text=typed_as_text(raw),
                )
            )
        if len(number.as_tuple().digits) > MOST_DIGITS:
            raise CellRefused(
                format_lazy(
                    _("“{text}” has too many digits. Write at most {most} digits."),
                    text=shown(str(raw)),
                    most=MOST_DIGITS,
                )
            )
        return number

    def _workbook_number(self, raw: Number) -> Decimal:
        number = exact(raw.value)
        if raw.form == "percent":
            if self.column.kind != "percent":
                raise CellRefused(
                    format_lazy(
                        _(
                            "“{text} %” is formatted as a percentage, but this column does "
                            "not hold percentages. Format the cell as a number and write "
                            "the value in the unit that the column asks for."
                        ),
                        text=Figure((number * 100).normalize()),
                    )
                )
            return number * 100
        if raw.form == "date":
            raise CellRefused(
                format_lazy(
                    _(
                        "The cell is formatted as a date ({day}), but a number is wanted. "
                        "Format the cell as a number and write it again."
                    ),
                    day=serial_shown(raw.value),
                )
            )
        return number

    def _decimal(self, raw: Raw) -> Decimal:
        return self._within(self._number(raw))

    def _whole(self, raw: Raw) -> int:
        number = self._number(raw)
        if number != number.to_integral_value():
            up = number.to_integral_value(ROUND_HALF_UP)
            words = (
                _("{number} is not a whole number of rupiah. Write {whole}.")
                if self.column.kind == "rupiah"
                else _(
                    "{number} is not a whole number. Write {whole} if that is meant."
                )
            )
            raise CellRefused(format_lazy(words, number=Figure(number), whole=up))
        lossy = type(raw) is Number and abs(raw.value) > LARGEST_EXACT
        if lossy or abs(number) >= 10**MOST_WHOLE_DIGITS:
            raise CellRefused(
                format_lazy(
                    _(
                        "{number} is too large to be held exactly. Check the number, or "
                        "format the cell as text and write all digits."
                    ),
                    number=Figure(number),
                )
            )
        return int(self._within(number))

    def _year(self, raw: Raw) -> int:
        if type(raw) is str and not re.fullmatch(r"[0-9]{4}", raw):
            number = None
        else:
            number = self._number(raw)
        if number is None or not 1000 <= number <= 9999 or number % 1:
            raise CellRefused(
                format_lazy(
                    _("“{text}” is not a year. Write four digits, such as 2026."),
                    text=shown(raw if type(raw) is str else str(Figure(number or 0))),
                )
            )
        if self.column.not_future and number > self.today.year:
            raise CellRefused(
                format_lazy(
                    _("The year {year} is in the future; today is {today}."),
                    year=int(number),
                    today=self.today,
                )
            )
        return int(self._within(number))

    def _within(self, number: Decimal) -> Decimal:
        low, high = self.column.minimum, self.column.maximum
        if isinstance(low, (int, Decimal)) and number < low:
            words = (
                _("{number} is negative; the least allowed is {low}.")
                if number < 0 <= low
                else _("{number} is too small; the least allowed is {low}.")
            )
            raise CellRefused(
                format_lazy(words, number=Figure(number), low=Figure(low))
            )
        if isinstance(high, (int, Decimal)) and number > high:
            raise CellRefused(
                format_lazy(
                    _("{number} is too large; the most allowed is {high}."),
                    number=Figure(number),
                    high=Figure(high),
                )
            )
        return number

    # Days, yes and no

    def _date(self, raw: Raw) -> date:
        day = read_day(raw)
        low, high = self.column.minimum, self.column.maximum
        if self.column.not_future and day > self.today:
            raise CellRefused(
                format_lazy(
                    _("{day} is in the future; today is {today}."),
                    day=day,
                    today=self.today,
                )
            )
        if isinstance(low, date) and day < low:
            raise CellRefused(
                format_lazy(
                    _("{day} is too early; the first day is {low}."), day=day, low=low
                )
            )
        if isinstance(high, date) and day > high:
            raise CellRefused(
                format_lazy(
                    _("{day} is too late; the last day is {high}."), day=day, high=high
                )
            )
        return day

    def _yes_no(self, raw: Raw) -> bool:
        if type(raw) is bool:
            return raw
        text = same(raw if type(raw) is str else typed_as_text(raw))
        if text not in _YES_NO:
            raise CellRefused(
                format_lazy(
                    _("“{text}” is neither yes nor no. Write yes or no."),
                    text=shown(text),
                )
            )
        return _YES_NO[text]


_YES_NO = {
    **dict.fromkeys(("ya", "y", "yes", "true", "benar", "1"), True),
    **dict.fromkeys(("tidak", "tdk", "t", "n", "no", "false", "salah", "0"), False),
}


_DROPPED_ZERO = _(
    "The cell is a number, so the spreadsheet may have dropped a zero: format the column "
    "as text and write the code again."
)


def same(text: str) -> str:
    """The text without case and doubled spaces, to compare choices by."""
    return " ".join(text.split()).casefold()


def choice_index(column: Column) -> dict[str, str]:
    """Each way to write a choice → its code; labels of two codes are left out."""
    labels: dict[str, str | None] = {}
    if column.kind == "choice" or len(column.choices) <= 2_000:
        for code, label in column.choices.items():
            for language in LANGUAGES:
                name = same(in_language(label, language))
                labels[name] = code if labels.get(name, code) == code else None
    index = {name: code for name, code in labels.items() if name and code}
    index.update({same(code): code for code in column.choices})
    index.update({code: code for code in column.choices})
    return index


def _broken(raw: Broken) -> Words:
    if raw.error:
        return formula_error(raw.error)
    return _(
        "The cell holds a formula whose result was not saved. Open the file in the "
        "spreadsheet, let it calculate, save it, or write the value itself."
    )
