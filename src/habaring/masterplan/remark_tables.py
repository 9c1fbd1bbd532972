"""Remarks on a draft as tables: what everybody reads, and what the office keeps."""

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.masterplan import consulting
from habaring.masterplan.models import Consultation, Remark
from habaring.shared.tables import Column, TableKind, Value, register

DISPOSITIONS = register(
    TableKind(
        "dispositions",
        _("Remarks and what became of them"),
        _("Remarks"),
        columns=(
            Column("number", _("Number"), "whole"),
            Column("section", _("Section")),
            Column("text", _("Remark")),
            Column("outcome", _("Outcome")),
            Column("reason", _("Reason")),
            Column("illustrative", _("Example"), "yes_no", sparse=True),
        ),
    )
)
REMARKS = register(
    TableKind(
        "remarks-work",
        _("Remarks as the office sees them"),
        _("Remarks"),
        columns=(
            Column("number", _("Number"), "whole"),
            Column("book", _("Book")),
            Column("section", _("Section")),
            Column("text", _("Remark")),
            Column("name", _("Name shown")),
            Column("on", _("Day"), "date"),
            Column("state", _("State")),
            Column("outcome", _("Outcome")),
            Column("reason", _("Reason")),
            Column("answered_on", _("Answered on"), "date"),
            Column("answered_by", _("Answered by")),
            Column("illustrative", _("Example"), "yes_no", sparse=True),
        ),
    )
)


def disposition_values(row: Consultation) -> list[dict[str, Value]]:
    """Rows of DISPOSITIONS."""
    return [
        {
            "number": one.number,
            "section": one.section,
            "text": one.text,
            "outcome": str(one.outcome),
            "reason": one.reason,
            "illustrative": one.illustrative,
        }
        for one in consulting.told(row)
    ]


def remark_values(row: Consultation) -> list[dict[str, Value]]:
    """Rows of REMARKS; of a hidden one the reason for that. The region must be open."""
    return [_value(one) for one in consulting.queue(row, "all")]


def _value(one: Remark) -> dict[str, Value]:
    return {
        "number": one.number,
        "book": one.section.book,
        "section": one.section.heading,
        "text": one.text,
        "name": one.author_name,
        "on": localdate(one.at),
        "state": str(one.get_seen_display()),
        "outcome": str(one.get_disposition_display()),
        "reason": one.reason or one.rule_reason,
        "answered_on": localdate(one.disposed_at) if one.disposed_at else None,
        "answered_by": one.disposed_by.full_name if one.disposed_by else "",
        "illustrative": one.illustrative,
    }
