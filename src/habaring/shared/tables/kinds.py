"""Kinds of tables: what columns each has, how they are headed, what they hold.

A domain registers its kinds here once; the template, the importer, the export and the
description on the data page are all made from that one entry.
"""

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from django.utils import translation
from django.utils.text import format_lazy

from habaring.shared.refusal import Words

ValueKind = Literal[
    "text",
    "whole",
    "decimal",
    "rupiah",
    "percent",
    "date",
    "moment",
    "year",
    "yes_no",
    "choice",
    "code",
]
Value: TypeAlias = str | int | Decimal | date | bool | None

LANGUAGES = ("id", "en")
LONGEST_TEXT = 32_000  # a cell of Excel holds 32,767 characters
_EMPTY: Mapping[str, Words] = MappingProxyType({})


@dataclass(frozen=True)
class Bilingual:
    """Words of a data row that carries `name_id` and `name_en`: shown in the language
    of the reader.
    """

    id: str
    en: str

    def __str__(self) -> str:
        language = translation.get_language() or "id"
        return self.en if language.startswith("en") else self.id


def in_language(words: Words | Bilingual, language: str) -> str:
    """The words as a reader of that language sees them."""
    with translation.override(language):
        return str(words)


@dataclass(frozen=True)
class Column:
    """One column of a table kind.

    `code` heads the column for programs, `label` for people; either is recognised in a
    file. `kind` decides the type of the value: text, code, choice → str; whole, rupiah,
    year → int; decimal, percent → Decimal (12,5 % is Decimal("12.5")); date → date;
    moment → datetime with its offset (written without one: of the site's time zone; a
    day alone: its midnight); yes_no → bool; an empty cell → None. `required` means the column must be there and
    each row must have a value. `choices` maps codes to labels: for a `choice` either may
    be written and the label is shown; for a `code` the code is shown. `pattern` must
    match the whole text. `minimum` and `maximum` are inclusive. `sparse` columns are
    written only where some row has a value. A `shown_only` column (a name beside a code)
    is written for the reader and ignored when it comes back.
    """

    code: str
    label: Words | Bilingual
    kind: ValueKind = "text"
    required: bool = False
    choices: Mapping[str, Words | Bilingual] = field(default_factory=lambda: _EMPTY)
    pattern: str = ""
    minimum: Decimal | int | date | None = None
    maximum: Decimal | int | date | None = None
    help: Words | Bilingual = ""
    max_length: int | None = None
    not_future: bool = False
    sparse: bool = False
    shown_only: bool = False


def family(
    code: str,
    label: Words,
    parts: Mapping[str, Mapping[str, Words] | Iterable[str | int]],
    **column: Any,
) -> tuple[Column, ...]:
    """The columns named by every combination of `parts`, for columns that are many.

    `family("cost_{source}_{n}", _("Cost {source}, year {n}"), {"source": ("APBD",
    "DAK"), "n": range(1, 6)}, kind="rupiah", minimum=0)` makes cost_APBD_1 … cost_DAK_5.
    A part may be a mapping of codes to labels. The columns are sparse: a file needs only
    those it uses.
    """
    options = [
        list(part.items()) if isinstance(part, Mapping) else [(str(p), p) for p in part]
        for part in parts.values()
    ]
    columns = []
    for chosen in itertools.product(*options):
        codes = dict(zip(parts, (code for code, _label in chosen), strict=True))
        labels = dict(zip(parts, (text for _code, text in chosen), strict=True))
        columns.append(
            Column(
                code.format(**codes),
                format_lazy(label, **labels),
                **{"sparse": True, **column},
            )
        )
    return tuple(columns)


def plain(heading: str) -> str:
    """A heading without case, accents of width, punctuation and doubled spaces."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return re.sub(r"[\W_]+", " ", text).strip()


# What a domain finds wrong in a row whose cells all read well: the sheet, the row's
# number and its values give column codes and messages.
Check: TypeAlias = Callable[
    [str, int, Mapping[str, Value]], Iterable[tuple[str, Words]]
]


@dataclass(frozen=True)
class TableKind:
    """One kind of table: its columns and the key that no two rows may share.

    `sheet` names the worksheet that holds it (at most 31 characters); `key` lists the
    codes of the columns that together must be unique. `check` lets a domain name its
    own problems in the same pass, so that a refused file lists all of them.
    """

    code: str
    title: Words
    sheet: Words
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    help: Words = ""
    check: Check | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        codes = [column.code for column in self.columns]
        repeated = {code for code in codes if codes.count(code) > 1}
        unknown = set(self.key) - set(codes)
        if repeated or unknown:
            raise ValueError(
                f"Table kind {self.code!r}: repeated columns {sorted(repeated)}, "
                f"key columns that do not exist {sorted(unknown)}."
            )

    def column(self, code: str) -> Column:
        """The column with that code; KeyError where there is none."""
        for column in self.columns:
            if column.code == code:
                return column
        raise KeyError(code)

    def with_choices(
        self, code: str, choices: Mapping[str, Words | Bilingual]
    ) -> "TableKind":
        """The same kind with the choices of one column given, as rows of data are."""
        self.column(code)
        columns = (
            replace(column, choices=choices) if column.code == code else column
            for column in self.columns
        )
        return replace(self, columns=tuple(columns))

    def with_check(self, check: Check) -> "TableKind":
        """The same kind with a domain's own look at each row."""
        return replace(self, check=check)

    def headings(self) -> dict[str, Column]:
        """Every heading by which a column is recognised, made plain.

        ValueError where one heading would mean two columns.
        """
        found: dict[str, Column] = {}
        for column in self.columns:
            names = {plain(column.code)}
            names.update(plain(in_language(column.label, lang)) for lang in LANGUAGES)
            for name in names:
                if found.setdefault(name, column) is not column:
                    raise ValueError(
                        f"Table kind {self.code!r}: the heading {name!r} means both "
                        f"{found[name].code} and {column.code}."
                    )
        return found

    def schema(self, language: str) -> dict[str, Any]:
        """What the table is, ready for JSON: for the data page and for programs."""
        with translation.override(language):
            return {
                "code": self.code,
                "title": str(self.title),
                "help": str(self.help),
                "sheet": str(self.sheet),
                "key": list(self.key),
                "columns": [_column_schema(column) for column in self.columns],
            }


def _column_schema(column: Column) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "code": column.code,
        "label": str(column.label),
        "kind": column.kind,
        "required": column.required,
    }
    optional = {
        "help": str(column.help),
        "choices": {code: str(label) for code, label in column.choices.items()},
        "pattern": column.pattern,
        "minimum": _bound(column.minimum),
        "maximum": _bound(column.maximum),
        "max_length": column.max_length,
        "not_future": column.not_future,
        "shown_only": column.shown_only,
    }
    schema.update(
        {
            name: told
            for name, told in optional.items()
            if told not in ("", {}, None, False)
        }
    )
    return schema


def _bound(bound: Decimal | int | date | None) -> str | int | None:
    return bound if bound is None or isinstance(bound, int) else str(bound)


_registry: dict[str, TableKind] = {}


def register(kind: TableKind) -> TableKind:
    """Make a kind known to templates, importers, exports and the data page."""
    if kind.code in _registry and _registry[kind.code] != kind:
        raise ValueError(f"Two table kinds are called {kind.code!r}.")
    _registry[kind.code] = kind
    return kind


def kinds() -> tuple[TableKind, ...]:
    """Every registered kind, in the order of registration."""
    return tuple(_registry.values())


def kind(code: str) -> TableKind:
    """The registered kind with that code; KeyError where there is none."""
    return _registry[code]
