"""What was said of a text as a table: comments, answers, suggestions, and their ends."""

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.tables import Column, TableKind, Value, register
from habaring.writing import queries
from habaring.writing.models import Comment, Suggestion
from habaring.writing.queries import Paragraph

REMARKS = register(
    TableKind(
        "writing-remarks",
        gettext_lazy("Comments and suggestions on a text"),
        gettext_lazy("Comments"),
        columns=(
            Column("paragraph", gettext_lazy("Paragraph"), "whole"),
            Column("beginning", gettext_lazy("Paragraph begins")),
            Column("kind", gettext_lazy("Kind")),
            Column("text", gettext_lazy("Text")),
            Column("why", gettext_lazy("Why")),
            Column("author", gettext_lazy("Author")),
            Column("on", gettext_lazy("Day"), "date"),
            Column("state", gettext_lazy("State")),
            Column("decided_by", gettext_lazy("Decided by")),
            Column("decided_on", gettext_lazy("Decided on"), "date"),
            Column("reason", gettext_lazy("Reason")),
            Column("illustrative", gettext_lazy("Example"), "yes_no", sparse=True),
        ),
    )
)


def remark_values(region: Region, key: str) -> list[dict[str, Value]]:
    """Rows of REMARKS in the order of the text; paragraphs taken out come last."""
    text = queries.whole(region, key)
    return [
        value
        for paragraph in (*text.paragraphs, *text.removed)
        for value in _about(paragraph)
    ]


def _about(paragraph: Paragraph) -> list[dict[str, Value]]:
    place: dict[str, Value] = {
        "paragraph": paragraph.number or None,
        "beginning": paragraph.text[:80],
    }
    remarks = (*paragraph.remarks, *paragraph.settled)
    proposals = (*(one.row for one in paragraph.proposals), *paragraph.decided)
    said = [
        _comment(row) for remark in remarks for row in (remark.row, *remark.answers)
    ]
    return [place | found for found in (*said, *map(_suggestion, proposals))]


def _comment(row: Comment) -> dict[str, Value]:
    return {
        "kind": _("Reply") if row.answers_id else _("Comment"),
        "text": row.text,
        "author": _name(row.author),
        "on": localdate(row.at),
        "state": ""
        if row.answers_id
        else _("settled")
        if row.resolved_at
        else _("not settled"),
        "decided_by": _name(row.resolved_by),
        "decided_on": localdate(row.resolved_at) if row.resolved_at else None,
        "illustrative": row.illustrative,
    }


def _suggestion(row: Suggestion) -> dict[str, Value]:
    return {
        "kind": _("New paragraph") if row.adds else _("Other words"),
        "text": row.text,
        "why": row.why,
        "author": _name(row.author),
        "on": localdate(row.at),
        "state": str(row.get_state_display()),
        "decided_by": _name(row.decided_by),
        "decided_on": localdate(row.decided_at) if row.decided_at else None,
        "reason": row.reason,
        "illustrative": row.illustrative,
    }


def _name(account: Account | None) -> str:
    return account.full_name if account else ""
