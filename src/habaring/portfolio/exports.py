"""What goes out: candidates, results, comparisons and money as CSV and XLSX."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from habaring.portfolio.candidates import Entry, Known, entry_from, row_of, table_kind
from habaring.portfolio.funding import source_name
from habaring.portfolio.queries import Money
from habaring.portfolio.results import Comparison, Line, Result
from habaring.shared.tables import (
    Column,
    Rows,
    TableKind,
    Value,
    register,
    template,
)

Form = Literal["csv", "xlsx"]

RESULT = register(
    TableKind(
        "scenario-result",
        _("Result of a scenario"),
        _("Result"),
        (
            Column("code", _("Code"), "text"),
            Column("name", _("Name"), "text"),
            Column("dimension", _("Dimension"), "text"),
            Column("district", _("District"), "text"),
            Column("department", _("Department"), "text"),
            Column("quick_win", _("Quick Win"), "yes_no"),
            Column("chosen", _("In the plan"), "yes_no"),
            Column("start_year", _("First year"), "year"),
            Column("end_year", _("Last year"), "year"),
            Column("cost", _("Cost to build"), "rupiah"),
            Column("spent", _("Money in the plan"), "rupiah"),
            Column("reason", _("Reason"), "text"),
            Column("change", _("What would change it"), "text"),
            Column("example", _("Example"), "yes_no"),
        ),
        key=("code",),
    )
)
MONEY = register(
    TableKind(
        "plan-money",
        _("Money by year and source"),
        _("Money"),
        (
            Column("year", _("Year"), "year"),
            Column("source", _("Source"), "text"),
            Column("source_name", _("Name of the source"), "text"),
            Column("kind", _("Kind"), "text"),
            Column("amount", _("Rupiah"), "rupiah"),
        ),
        key=("year", "source", "kind"),
    )
)
COMPARISON = register(
    TableKind(
        "scenario-comparison",
        _("Two scenarios side by side"),
        _("Comparison"),
        (
            Column("change", _("What changes"), "text"),
            Column("code", _("Code"), "text"),
            Column("name", _("Name"), "text"),
            Column("before", _("First year before"), "year"),
            Column("after", _("First year after"), "year"),
            Column("cost", _("Cost to build"), "rupiah"),
            Column("reason", _("Reason"), "text"),
        ),
    )
)


def entry_rows(entries: Iterable[Entry]) -> list[dict[str, Value]]:
    """Candidates as rows of their table: what comes back unchanged."""
    return [row_of(entry) for entry in entries]


def candidates_template(known: Known, entries: Iterable[Entry]) -> bytes:
    """A workbook to fill in, with the region's current candidates."""
    return template(
        table_kind(known), entry_rows(entries), language=get_language() or "id"
    )


def entries_in(rows: Rows) -> list[Entry]:
    """The entries of a file that was read."""
    return [entry_from(row.values, sheet=row.sheet, row=row.number) for row in rows]


def result_rows(result: Result) -> Iterator[dict[str, Value]]:
    """One row a programme, the chosen ones first."""
    for line in (*result.chosen, *result.left_out):
        yield _result_row(line, result)


def _result_row(line: Line, result: Result) -> dict[str, Value]:
    programme = line.programme
    return {
        "code": line.code,
        "name": line.name,
        "dimension": result.names.dimension(programme.dimension),
        "district": result.names.district(programme.district or "") or None,
        "department": result.names.department(programme.department or "") or None,
        "quick_win": programme.quick_win,
        "chosen": line.chosen,
        "start_year": line.start,
        "end_year": line.end,
        "cost": line.cost,
        "spent": line.spent,
        "reason": line.explained.why,
        "change": line.explained.change or None,
        "example": line.illustrative,
    }


def money_rows(money: Money) -> list[dict[str, Value]]:
    """One row a year, source and kind."""
    return [
        {**row, "source_name": str(source_name(str(row["source"])))}
        for row in money.rows()
    ]


def comparison_rows(found: Comparison) -> Iterator[dict[str, Value]]:
    """What falls out, comes in and moves."""
    parts: Sequence[tuple[str, tuple[Line, ...]]] = (
        ("out", found.out),
        ("in", found.into),
    )
    starts_a, starts_b = found.a.choice.starts, found.b.choice.starts
    for change, lines in parts:
        for line in lines:
            yield {
                "change": change,
                "code": line.code,
                "name": line.name,
                "before": starts_a.get(line.code),
                "after": starts_b.get(line.code),
                "cost": line.cost,
                "reason": line.explained.why,
            }
    for moved in found.moved:
        yield {
            "change": "moved",
            "code": moved.line.code,
            "name": moved.line.name,
            "before": moved.before,
            "after": moved.after,
            "cost": moved.line.cost,
            "reason": None,
        }
