"""Public proposals as a table: spreadsheet, CSV, and plain values for JSON."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.participation.models import CallKind, Origin, Proposal
from habaring.participation.queries import lines
from habaring.shared.tables import Column, TableKind, register

FORMS = ("csv", "xlsx", "json")

PROPOSALS = register(
    TableKind(
        "participation-proposals",
        _("Proposals"),
        _("Proposals"),
        (
            Column("code", _("Number"), "code"),
            Column("title", _("Title")),
            Column("problem", _("Problem")),
            Column("idea", _("Idea")),
            Column("call", _("Call")),
            Column("kind", _("Kind of call"), "choice", choices=dict(CallKind.choices)),
            Column("place_code", _("Code of the place"), "code"),
            Column("place", _("Place")),
            Column("place_text", _("Place in words")),
            Column("latitude", _("Latitude"), "decimal"),
            Column("longitude", _("Longitude"), "decimal"),
            Column("dimension", _("Dimension"), "code"),
            Column("beneficiaries", _("Who gains")),
            Column("rough_cost", _("Rough cost"), "rupiah"),
            Column("origin", _("Comes from"), "choice", choices=dict(Origin.choices)),
            Column("author", _("Author as shown")),
            Column("supporters", _("Supporters"), "whole"),
            Column("standing", _("How far it came")),
            Column("sent_on", _("Sent on"), "date"),
            Column("example", _("Example"), "yes_no"),
        ),
        key=("code",),
    )
)


def rows(found: Iterable[Proposal]) -> Iterator[dict[str, Any]]:
    """Plain values by column."""
    for line in lines(found):
        row = line.proposal
        yield {
            "code": row.code,
            "title": row.title,
            "problem": row.problem,
            "idea": row.idea,
            "call": row.call.name,
            "kind": row.call.kind,
            "place_code": row.place_id or "",
            "place": row.place.full_name if row.place else "",
            "place_text": row.place_text,
            "latitude": _degrees(row.latitude),
            "longitude": _degrees(row.longitude),
            "dimension": row.dimension_code,
            "beneficiaries": row.beneficiaries,
            "rough_cost": row.rough_cost,
            "origin": row.origin,
            "author": line.author,
            "supporters": line.supporters,
            "standing": str(line.standing),
            "sent_on": row.sent_at.date() if row.sent_at else None,
            "example": row.illustrative,
        }


def _degrees(value: float | None) -> Decimal | None:
    """Four decimals: about eleven metres."""
    return None if value is None else Decimal(f"{value:.4f}")
