"""What every answer is made of: pages, single things, and the words for parameters."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from django.conf import settings
from ninja import Path, Schema
from pydantic import ConfigDict, Field, StringConstraints

from habaring.api.guard import Call
from habaring.assessment.holdings import plain
from habaring.people.access import Power

Row = TypeVar("Row")
CODE = r"^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$"
LARGEST = 2**63 - 1

RegionCode = Annotated[
    str,
    Path(
        pattern=CODE,
        max_length=13,
        description="Kemendagri's dotted code of a region.",
        examples=["62.02"],
    ),
]
RowId = Annotated[int, Path(ge=1, le=LARGEST, description="The id of the row.")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Query = Annotated[str, Field(max_length=100)]


class Page(Schema, Generic[Row]):
    """One page of a list. `licence` is null where the rows are no public data."""

    items: list[Row]
    total: int = Field(description="How many rows there are in all.")
    limit: int
    offset: int
    next: str | None = Field(description="The address of the next page.")
    previous: str | None
    licence: str | None = Field(description="What may be done with it (SPDX).")
    as_of: datetime = Field(description="The moment at which this was so.")


class Told(Schema):
    """One thing, with what may be done with it and when it was so."""

    licence: str | None = None
    as_of: datetime


class In(Schema):
    """What comes in: a field that nobody knows is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")


class Named(Schema):
    """Something in both languages."""

    id: str
    en: str


class Reason(In):
    """Why, in a sentence that stays in the trail."""

    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)
    ]


def told(request: Call, **values: Any) -> dict[str, Any]:
    """The values of one thing, completed."""
    licence = settings.DATA_LICENCE if request.is_public else None
    return {"licence": licence, "as_of": request.at, **values}


def open_to_all() -> dict[str, Any]:
    """For an operation that anybody may call; a token only raises the limits."""
    return {"security": [{}, {"token": []}]}


def needs(power: Power) -> dict[str, Any]:
    """For an operation that only a token with a scope opens."""
    return {"security": [{"token": []}], "x-scope": power.value}


def exact(value: Decimal | None) -> str | None:
    """A decimal number in full, as text, so that no reader rounds it."""
    short = plain(value)
    return None if short is None else format(short, "f")


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None
