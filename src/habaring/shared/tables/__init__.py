"""Tables in and out: one entry makes the template, the importer and the export.

    CANDIDATES = register(TableKind("candidates", _("Candidates"), _("Candidates"),
        columns=(Column("code", _("Code"), "code", required=True), …), key=("code",)))

    rows = read(file, CANDIDATES, today=today, language="id")   # or FileRefused
    for row in rows:
        row["code"], row.get("cost_APBD_1"), row.sheet, row.number
    raise rows.refused([rows.problem(row, "code", _("…"))])     # the domain's own "no"

    StreamingHttpResponse(write_csv(CANDIDATES, values, "id"))
    write_xlsx(CANDIDATES, values, file, "id")
    template(CANDIDATES, values, language="id")

Needs Django's translations and no database.
"""

from habaring.shared.tables.content import Content, sniff
from habaring.shared.tables.kinds import (
    Bilingual,
    Column,
    TableKind,
    Value,
    ValueKind,
    family,
    kind,
    kinds,
    register,
)
from habaring.shared.tables.reading import MAX_BYTES, MAX_ROWS, Row, Rows, read
from habaring.shared.tables.writing import describe, template, write_csv, write_xlsx

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "Bilingual",
    "Column",
    "Content",
    "Row",
    "Rows",
    "TableKind",
    "Value",
    "ValueKind",
    "describe",
    "family",
    "kind",
    "kinds",
    "read",
    "register",
    "sniff",
    "template",
    "write_csv",
    "write_xlsx",
]
