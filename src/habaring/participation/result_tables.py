"""The projects of a result as a table to keep: CSV and XLSX."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from habaring.participation.explanation import change, why
from habaring.participation.results import Result
from habaring.shared.tables import Column, TableKind, Value, register

PROJECTS = register(
    TableKind(
        "vote-result",
        _("Result of a vote"),
        _("Projects"),
        (
            Column("code", _("Code"), "text"),
            Column("name", _("Project"), "text"),
            Column("place", _("Place"), "text"),
            Column("dimension", _("Dimension"), "text"),
            Column("cost", _("Cost"), "rupiah"),
            Column("votes", _("Supporters"), "whole"),
            Column("won", _("Won the count"), "yes_no"),
            Column("round", _("Round"), "whole"),
            Column("price", _("Price for each supporter"), "text"),
            Column("money_left", _("Money its supporters had left"), "text"),
            Column("max_cost", _("Largest cost at which it wins"), "text"),
            Column("votes_needed", _("Supporters that were missing"), "whole"),
            Column("reason", _("Reason"), "text"),
            Column("change", _("What would change it"), "text"),
            Column("beside", _("Wins by the other rule"), "yes_no"),
            Column("funded", _("Funded in the end"), "yes_no"),
            Column("example", _("Example"), "yes_no"),
        ),
        key=("code",),
    )
)


def rows(result: Result) -> Iterator[dict[str, Value]]:
    """One row a project, winners first. Exact sums that are not whole stay fractions."""
    beside = set((result.beside or {}).get("winners", ()))
    funded = set(result.funded)
    for line in (*result.winners, *result.losers):
        yield {
            "code": line.code,
            "name": line.title,
            "place": result.place_name(line.district, "places"),
            "dimension": result.place_name(line.dimension, "dimensions"),
            "cost": line.cost,
            "votes": line.votes,
            "won": line.won,
            "round": line.round,
            "price": _text(line.price),
            "money_left": _text(line.money_left),
            "max_cost": _text(line.max_cost),
            "votes_needed": line.votes_needed,
            "reason": why(result, line),
            "change": change(line) or None,
            "beside": line.code in beside if result.beside else None,
            "funded": line in funded,
            "example": result.illustrative,
        }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
