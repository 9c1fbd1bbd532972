"""Observations and targets as tables: their columns, their rows, what is wrong in them.

One row is one value of one indicator in one region and year. The page's form and the
uploaded file become the same `Row` and pass the same checks. Nothing here reads the
database: the action gives the catalogue and what is known already.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import CODE_PATTERN
from habaring.shared import formats
from habaring.shared.refusal import Problem, Words
from habaring.shared.tables.kinds import Column, TableKind, Value, register

FIRST_YEAR = 1990
LAST_TARGET_YEAR = 2100
BIG_JUMP = Decimal("0.5")
"""A value that differs by more than this share from its neighbour needs a note."""

NEIGHBOUR_YEARS = 5  # a neighbour further away says little about a jump

STATUSES: Mapping[str, Words] = {
    "value": _("value"),
    "missing": _("missing"),
    "not_applicable": _("not applicable"),
    "suppressed": _("suppressed"),
}

_COLUMNS = {
    column.code: column
    for column in (
        Column(
            "region",
            _("Region code"),
            kind="code",
            pattern=CODE_PATTERN,
            help=_("The official code with its points, such as 62.02."),
        ),
        Column("indicator", _("Indicator"), kind="code", required=True),
        Column("indicator_name", _("Name of the indicator"), shown_only=True),
        Column("unit", _("Unit"), shown_only=True),
        Column(
            "year",
            _("Year"),
            kind="year",
            required=True,
            minimum=FIRST_YEAR,
            not_future=True,
        ),
        Column(
            "value",
            _("Value"),
            kind="decimal",
            help=_("The number alone, in the unit of the indicator."),
        ),
        Column(
            "status",
            _("Status"),
            kind="choice",
            choices=STATUSES,
            help=_("Why there is no value. Leave it empty where there is one."),
        ),
        Column("provisional", _("Provisional"), kind="yes_no"),
        Column(
            "source",
            _("Source"),
            max_length=300,
            help=_("Who published the number, and in which document."),
        ),
        Column("source_url", _("Address of the source"), max_length=500),
        Column("released_on", _("Released on"), kind="date", not_future=True),
        Column(
            "note",
            _("Note"),
            max_length=500,
            help=_("Why a number was corrected, or why it jumped."),
        ),
        Column("illustrative", _("Example"), kind="yes_no", sparse=True),
    )
}

OBSERVATIONS = register(
    TableKind(
        code="observations",
        title=_("Values of indicators"),
        sheet=_("Values"),
        columns=tuple(_COLUMNS.values()),
        key=("region", "indicator", "year"),
        help=_(
            "One row for each indicator and year. A row without a value and without a "
            "status is skipped; a changed row becomes a new revision."
        ),
    )
)

TARGETS = register(
    TableKind(
        code="targets",
        title=_("Targets of indicators"),
        sheet=_("Targets"),
        columns=(
            _COLUMNS["region"],
            _COLUMNS["indicator"],
            _COLUMNS["indicator_name"],
            _COLUMNS["unit"],
            Column(
                "year",
                _("Year"),
                kind="year",
                required=True,
                minimum=2000,
                maximum=LAST_TARGET_YEAR,
            ),
            Column("value", _("Value"), kind="decimal", required=True),
            Column("source", _("Source"), required=True, max_length=300),
            _COLUMNS["illustrative"],
        ),
        key=("region", "indicator", "year"),
        help=_("One row for each target, with the document that sets it."),
    )
)


@dataclass(frozen=True)
class Place:
    """Where a row stands in its file, for the problems that name it."""

    sheet: str = ""
    row: int | None = None


@dataclass(frozen=True)
class Row:
    """One value of one indicator in one region and year, as given.

    `value` is in the indicator's unit; None with a status that says why there is none.
    An empty `region` means the region that the upload is for. A row with neither value
    nor status was not filled in.
    """

    indicator: str
    year: int
    value: Decimal | None = None
    status: str = ""
    provisional: bool = False
    source: str = ""
    source_url: str = ""
    released_on: date | None = None
    note: str = ""
    illustrative: bool = False
    region: str = ""
    place: Place = field(default=Place(), compare=False)

    @property
    def empty(self) -> bool:
        return self.value is None and not self.status

    @property
    def key(self) -> tuple[str, str, int]:
        return (self.region, self.indicator, self.year)

    def settled(self, region: str) -> "Row":
        """With the region and the status that an empty cell stands for."""
        return replace(
            self, region=self.region or region, status=self.status or "value"
        )


@dataclass(frozen=True)
class Known:
    """What the catalogue says an indicator's value can be."""

    code: str
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 2


Key = tuple[str, str, int]  # region, indicator, year


@dataclass(frozen=True)
class Share:
    """The numbers of one region that somebody may record who may not record all.

    `owners` names the post that owns a number by the indicator's code, `otherwise` the
    one that owns all others.
    """

    region: str
    indicators: frozenset[str]
    owners: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""

    def owner(self, indicator: str) -> str:
        """The name of the post that owns a number."""
        return self.owners.get(indicator, self.otherwise)


@dataclass(frozen=True)
class Ground:
    """What rows are checked against.

    `regions` are the codes that may be written; `today` is the day of the recording;
    `current` are the newest revisions known before, as rows; `share` is what may be
    recorded, None: every number.
    """

    indicators: Mapping[str, Known]
    regions: frozenset[str]
    today: date
    current: Mapping[Key, Row] = field(default_factory=dict)
    share: Share | None = None

    def changes(self, row: Row) -> bool:
        """Whether the row says something other than what is known."""
        return self.current.get(row.key) != row


def row_from(
    values: Mapping[str, Value], *, sheet: str = "", row: int | None = None
) -> Row:
    """A row of a table that was read, as a `Row`."""

    def text(code: str) -> str:
        return str(values.get(code) or "")

    value, released = values.get("value"), values.get("released_on")
    return Row(
        indicator=text("indicator"),
        year=int(text("year")),
        value=value if isinstance(value, Decimal) else None,
        status=text("status"),
        provisional=bool(values.get("provisional")),
        source=text("source"),
        source_url=text("source_url"),
        released_on=released if isinstance(released, date) else None,
        note=text("note"),
        illustrative=bool(values.get("illustrative")),
        region=text("region"),
        place=Place(sheet, row),
    )


def problems_of(rows: Sequence[Row], ground: Ground) -> list[Problem]:
    """Everything wrong in observations, in the order of the rows.

    Rows must be settled. What is known already is not asked about again.
    """
    known = _values_by_year([*ground.current.values(), *rows])
    found: list[Problem] = []
    seen: set[Key] = set()
    for row in rows:
        found += _twice(row, seen)
        found += wrong_in(row, ground)
        if ground.changes(row):
            found += _jumps(row, known.get((row.region, row.indicator), {}))
    return found


def wrong_in(row: Row, ground: Ground) -> Iterator[Problem]:
    """What is wrong in one settled row alone, whatever the others say."""
    yield from _wrong_keys(row, ground)
    if not ground.changes(row):
        return
    if row.year > ground.today.year:
        yield _problem(row, "year", _future(row.year, ground.today.year))
    yield from _wrong_words(row, ground.today)
    yield from _wrong_value(row, ground.indicators.get(row.indicator))


def checked(kind: TableKind, ground: Ground, region: str) -> TableKind:
    """The kind with a look at each row while the file is read, so that a refused file
    lists unreadable cells and wrong values together.
    """
    by_label = {str(column.label): column.code for column in kind.columns}

    def check(
        sheet: str, number: int, values: Mapping[str, Value]
    ) -> Iterator[tuple[str, Words]]:
        row = row_from(values, sheet=sheet, row=number)
        if row.empty:
            return
        for problem in wrong_in(row.settled(region), ground):
            yield by_label[problem.column], problem.message

    return kind.with_check(check)


def target_problems(rows: Sequence[Row], ground: Ground) -> list[Problem]:
    """Everything wrong in targets. A target may lie in the future."""
    found: list[Problem] = []
    seen: set[Key] = set()
    for row in rows:
        found += _twice(row, seen)
        found += _wrong_keys(row, ground)
        if row.value is None:
            found.append(_problem(row, "value", _("A target needs a value.")))
        if not row.source:
            found.append(
                _problem(row, "source", _("Name the document that sets the target."))
            )
        if not 2000 <= row.year <= LAST_TARGET_YEAR:
            found.append(
                _problem(row, "year", _("The year must be between 2000 and 2100."))
            )
        found += _wrong_value(row, ground.indicators.get(row.indicator))
    return found


def _problem(row: Row, column: str, message: Words) -> Problem:
    heading = str(_COLUMNS[column].label)
    return Problem(row.place.sheet, row.place.row, heading, message)


def _future(year: int, now: int) -> Words:
    return format_lazy(
        _("The year {year} has not come yet; a value can be at most of {now}."),
        year=year,
        now=now,
    )


def _wrong_keys(row: Row, ground: Ground) -> Iterator[Problem]:
    if row.region not in ground.regions:
        yield _problem(
            row,
            "region",
            format_lazy(
                _("You cannot write for the region {region} from this page."),
                region=row.region,
            ),
        )
    if row.indicator not in ground.indicators:
        yield _problem(
            row,
            "indicator",
            format_lazy(
                _("“{code}” is not in the catalogue of indicators."), code=row.indicator
            ),
        )
    elif ground.share is not None and row.indicator not in ground.share.indicators:
        yield _problem(
            row,
            "indicator",
            format_lazy(
                _(
                    "{code} is not of your department: it belongs to {owner}. Take the "
                    "row out."
                ),
                code=row.indicator,
                owner=ground.share.owner(row.indicator),
            ),
        )


def _twice(row: Row, seen: set[Key]) -> Iterator[Problem]:
    if row.key in seen:
        yield _problem(
            row,
            "indicator",
            format_lazy(
                _("{code} of {year} stands in the file twice. Keep one row."),
                code=row.indicator,
                year=row.year,
            ),
        )
    seen.add(row.key)


def _wrong_words(row: Row, today: date) -> Iterator[Problem]:
    status = row.status
    if status not in STATUSES:
        yield _problem(row, "status", _("This status is not known."))
    elif status == "value" and row.value is None:
        yield _problem(
            row,
            "value",
            _("The status says that there is a value, but the value is empty."),
        )
    elif status != "value" and row.value is not None:
        yield _problem(
            row,
            "status",
            format_lazy(
                _(
                    "The status says “{status}”, but there is a value. Clear one of them."
                ),
                status=STATUSES[status],
            ),
        )
    if row.value is not None and not row.source:
        yield _problem(
            row, "source", _("A value needs its source: who published it, and where.")
        )
    if row.released_on is not None and row.released_on > today:
        yield _problem(row, "released_on", _("The day of release is in the future."))
    if row.source_url and not row.source_url.startswith(("https://", "http://")):
        yield _problem(
            row, "source_url", _("Write the whole address, from https:// on.")
        )


def _wrong_value(row: Row, known: Known | None) -> Iterator[Problem]:
    if known is None or row.value is None:
        return
    number = _Shown(row.value)
    if known.minimum is not None and row.value < Decimal(str(known.minimum)):
        yield _problem(
            row,
            "value",
            format_lazy(
                _("{number} cannot be: the least that {code} can be is {least}."),
                number=number,
                code=row.indicator,
                least=_Shown(known.minimum),
            ),
        )
    elif known.maximum is not None and row.value > Decimal(str(known.maximum)):
        yield _problem(
            row,
            "value",
            format_lazy(
                _("{number} cannot be: the most that {code} can be is {most}."),
                number=number,
                code=row.indicator,
                most=_Shown(known.maximum),
            ),
        )
    elif (
        row.value != row.value.quantize(Decimal("0.000001")) or abs(row.value) >= 10**18
    ):
        yield _problem(
            row, "value", _("Write at most 18 digits before the mark and 6 after it.")
        )


def _jumps(row: Row, years: Mapping[int, Decimal]) -> Iterator[Problem]:
    if row.note or row.value is None:
        return
    near = [y for y in years if 0 < row.year - y <= NEIGHBOUR_YEARS]
    if not near:
        return
    before = years[max(near)]
    if before == 0 or abs(row.value - before) <= BIG_JUMP * abs(before):
        return
    yield _problem(
        row,
        "note",
        format_lazy(
            _(
                "{number} is far from the {before} of {year} ({share}). If it is right, "
                "write why in the note."
            ),
            number=_Shown(row.value),
            before=_Shown(before),
            year=max(near),
            share=_Change((row.value - before) / abs(before)),
        ),
    )


def _values_by_year(rows: Iterable[Row]) -> dict[tuple[str, str], dict[int, Decimal]]:
    """(region, indicator) → year → value; a later row replaces an earlier one."""
    known: dict[tuple[str, str], dict[int, Decimal]] = {}
    for row in rows:
        years = known.setdefault((row.region, row.indicator), {})
        if row.value is None:
            years.pop(row.year, None)
        else:
            years[row.year] = row.value
    return known


class _Shown:
    """A number inside a message, in the language in which the message is read."""

    def __init__(self, number: Decimal | float) -> None:
        self.number = number

    def __str__(self) -> str:
        return formats.number(self.number)


class _Change(_Shown):
    """A change as a share, with its sign."""

    def __str__(self) -> str:
        sign = "+" if self.number > 0 else ""
        return sign + formats.percent(self.number, 0)
