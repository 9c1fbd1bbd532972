"""Evidence as a table: what is in the vault, never the files."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from habaring.evidence import words
from habaring.evidence.models import Evidence
from habaring.evidence.queries import state_of
from habaring.shared.tables import Column, TableKind, Value, register

STATES = {**words.VERDICTS, "over": _("run out")}
EVIDENCE = register(
    TableKind(
        "evidence",
        _("Evidence"),
        _("Evidence"),
        (
            Column("title", _("Title")),
            Column("kind", _("Kind"), "choice", choices=words.KINDS),
            Column("year", _("Year"), "whole"),
            Column("state", _("Standing"), "choice", choices=STATES),
            Column("valid_from", _("Valid from"), "date"),
            Column("valid_until", _("Valid until"), "date"),
            Column("department", _("Department")),
            Column("confidential", _("Confidential"), "yes_no"),
            Column("sha256", _("Checksum (SHA-256)")),
            Column("example", _("Example"), "yes_no"),
        ),
        key=("sha256", "title"),
    )
)


BUNDLE = register(
    TableKind(
        "evidence_bundle",
        _("Evidence in a ZIP"),
        _("Files"),
        (
            Column(
                "file",
                _("File name"),
                required=True,
                max_length=200,
                help=_("As the file is called in the ZIP, such as perbup-12.pdf."),
            ),
            Column("title", _("Title"), required=True, max_length=300),
            Column("kind", _("Kind"), "choice", required=True, choices=words.KINDS),
            Column("year", _("Year"), "year", help=_("Empty: this year.")),
            Column("valid_from", _("Valid from"), "date"),
            Column("valid_until", _("Valid until"), "date"),
            Column(
                "department",
                _("Department"),
                max_length=200,
                help=_("Its code or its name as it stands on the platform."),
            ),
            Column("confidential", _("Confidential"), "yes_no"),
            Column("note", _("What to look at in it"), max_length=2_000),
            Column("example", _("Example"), "yes_no"),
        ),
        key=("file",),
        help=_("One row a file. Pack this list with the files into one ZIP."),
    )
)


def rows(pieces: Iterable[Evidence], *, on: date) -> list[dict[str, Value]]:
    """Pieces as rows of the table."""
    return [
        {
            "title": one.title,
            "kind": one.kind,
            "year": one.year,
            "state": state_of(one, on),
            "valid_from": one.valid_from,
            "valid_until": one.valid_until,
            "department": one.department.name if one.department else "",
            "confidential": one.confidential,
            "sha256": one.sha256,
            "example": one.illustrative,
        }
        for one in pieces
    ]
