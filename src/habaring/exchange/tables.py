"""Practices as a table: what a file brings in, and what goes out the same way."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.exchange.actions.practices import Draft
from habaring.exchange.models import Licence, Practice, PracticeVersion, Result
from habaring.portfolio.queries import dimensions
from habaring.shared.tables import Bilingual, Column, TableKind, Value

_TEXTS = (
    ("problem", _("The problem that it solves")),
    ("solution", _("What was done")),
    ("steps", _("How to do it")),
    ("lessons", _("What others should do differently")),
)


def practice_table(names: Mapping[str, Bilingual]) -> TableKind:
    """The columns of a practice, with the dimensions that are in force."""
    return TableKind(
        code="practices",
        title=_("Practices"),
        sheet=_("Practices"),
        columns=(
            Column("title", _("Title"), "text", required=True, max_length=150),
            Column(
                "dimension_code", _("Dimension"), "code", required=True, choices=names
            ),
            Column("summary", _("Summary"), "text", max_length=400),
            *(Column(code, label, "text") for code, label in _TEXTS),
            Column("begun_year", _("Begun in"), "year", minimum=2000, maximum=2100),
            Column("cost", _("Cost to set up"), "rupiah", minimum=0),
            Column("running_cost", _("Running cost a year"), "rupiah", minimum=0),
            Column(
                "cost_note",
                _("What the cost holds, and who paid"),
                "text",
                max_length=300,
            ),
            Column("output", _("Output"), "text"),
            Column(
                "result",
                _("What came of it"),
                "choice",
                choices={one.value: one.label for one in Result},
            ),
            Column("outcome", _("The outcome, in words"), "text"),
            Column("indicators", _("Indicators"), "text"),
            Column("value_before", _("Value before"), "decimal"),
            Column(
                "year_before",
                _("Year of the value before"),
                "year",
                minimum=2000,
                maximum=2100,
            ),
            Column("value_after", _("Value after"), "decimal"),
            Column(
                "year_after",
                _("Year of the value after"),
                "year",
                minimum=2000,
                maximum=2100,
            ),
            Column("regulation", _("Regulation"), "text"),
            Column(
                "contact", _("Who answers questions (a post)"), "text", max_length=200
            ),
            Column(
                "contact_address", _("Address of the office"), "text", max_length=200
            ),
            Column(
                "licence",
                _("Licence"),
                "choice",
                choices={one.value: one.label for one in Licence},
            ),
            Column("tags", _("Words to find it by"), "text"),
            Column("source_title", _("Source"), "text", max_length=300),
            Column("source_url", _("Address of the source"), "text", max_length=500),
        ),
        key=("title",),
        help=_("One row a practice. Rows come in as drafts; nothing is published."),
    )


def public_table(names: Mapping[str, Bilingual]) -> TableKind:
    """What everybody downloads: whose it is, then the same columns."""
    own = practice_table(names)
    before = (
        Column("region", _("Region"), "text"),
        Column("code", _("Number"), "text"),
        Column("version", _("Version"), "whole"),
        Column("published_on", _("Published on"), "text"),
        Column("confirmed", _("Confirmed by the region"), "yes_no"),
        Column("adopted", _("Adopted by"), "whole"),
        Column("example", _("Example"), "yes_no"),
    )
    return TableKind(
        code="practices_public",
        title=own.title,
        sheet=own.sheet,
        columns=(*before, *own.columns),
        key=("region", "code"),
        help="",
    )


@cache
def _names() -> tuple[str, ...]:
    return tuple(one.name for one in fields(Draft) if one.name != "change")


def values_of(version: PracticeVersion) -> dict[str, Value]:
    """A version as a row of the table."""
    told: dict[str, Any] = {name: getattr(version, name) for name in _names()}
    told["indicators"] = ", ".join(version.indicators)
    told["tags"] = ", ".join(version.tags)
    return {name: value if value != "" else None for name, value in told.items()}


def public_rows(
    practices: Iterable[Practice], versions: Mapping[int, PracticeVersion]
) -> Iterator[dict[str, Value]]:
    """Rows for everybody; `practices` come from `queries.practices`."""
    for row in practices:
        version = versions.get(row.pk)
        if version is None:
            continue
        yield {
            "region": row.region_id,
            "code": row.code,
            "version": version.number,
            "published_on": f"{version.published_at:%Y-%m-%d}",
            "confirmed": row.confirmed,
            "adopted": getattr(row, "adopted", 0),
            "example": row.illustrative,
            **values_of(version),
        }


def draft_from(values: Mapping[str, Any]) -> Draft:
    """A row that came in, as a draft."""
    known = {name: values.get(name) for name in _names()}
    told = {name: value for name, value in known.items() if value is not None}
    for name in ("indicators", "tags"):
        text = str(told.get(name, "")).replace(";", ",")
        told[name] = tuple(part.strip() for part in text.split(",") if part.strip())
    return Draft(**told)


def kind() -> TableKind:
    """The table with the dimensions in force."""
    return practice_table(dimensions())
