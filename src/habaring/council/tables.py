"""Seats, instruments and decisions as tables: templates, imports and exports."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from habaring.council import words
from habaring.council.actions import Paper, Sitting
from habaring.council.models import Council, Decision, Instrument, Seat
from habaring.shared.pages import XLSX, download
from habaring.shared.tables import (
    Column,
    Row,
    Rows,
    TableKind,
    Value,
    read,
    register,
    template,
)
from habaring.shared.uploads import AcceptedFile

FORMS = ("csv", "xlsx")

SEATS = register(
    TableKind(
        "council-seats",
        _("Seats of a body"),
        _("Seats"),
        (
            Column("name", _("Name"), required=True, max_length=150),
            Column("institution", _("Institution"), required=True, max_length=200),
            Column(
                "pillar", _("Pillar"), "choice", required=True, choices=words.PILLARS
            ),
            Column("post", _("Post in the body"), "choice", choices=words.POSTS),
            Column("from_on", _("From"), "date", required=True),
            Column("to_on", _("Until"), "date"),
            Column("example", _("Example"), "yes_no"),
        ),
        key=("name", "institution", "from_on"),
        help=_("One row a person. Mail addresses are not part of it."),
    )
)
INSTRUMENTS = register(
    TableKind(
        "council-instruments",
        _("Instruments"),
        _("Instruments"),
        (
            Column(
                "kind",
                _("Kind"),
                "choice",
                required=True,
                choices=words.INSTRUMENT_KINDS,
            ),
            Column("number", _("Number"), max_length=100),
            Column("title", _("Title"), required=True, max_length=300),
            Column("signed_on", _("Signed on"), "date", not_future=True),
            Column("signed_by", _("Signed by"), max_length=200),
            Column("in_force_from", _("In force from"), "date"),
            Column("in_force_until", _("In force until"), "date"),
            Column("fixes", _("What it fixes"), shown_only=True),
            Column("public", _("The public sees it"), "yes_no"),
            Column("source", _("Source"), max_length=300),
            Column("example", _("Example"), "yes_no"),
        ),
        key=("kind", "number", "title"),
    )
)
DECISIONS = register(
    TableKind(
        "council-decisions",
        _("Decisions"),
        _("Decisions"),
        (
            Column("number", _("Number")),
            Column("decided_on", _("Day of the decision"), "date"),
            Column("body", _("Body")),
            Column("title", _("Title")),
            Column("reason", _("Reason")),
            Column("about", _("What it decides about")),
            Column("votes_for", _("Votes for"), "whole"),
            Column("votes_against", _("Votes against"), "whole"),
            Column("votes_abstained", _("Abstained"), "whole"),
            Column("without_quorum", _("Without quorum"), "yes_no"),
            Column("tasks", _("Follow-ups"), "whole"),
            Column("done", _("Follow-ups done"), "whole"),
            Column("example", _("Example"), "yes_no"),
        ),
        key=("number",),
    )
)


def blank(kind: TableKind, rows: Iterable[Mapping[str, Value]]) -> HttpResponse:
    """The workbook to fill in, with the rows that are there."""
    content = template(kind, list(rows), language=get_language() or "id")
    answer = download(content, name=f"{kind.code}.xlsx", media_type=XLSX)
    assert isinstance(answer, HttpResponse)  # noqa: S101 - bytes give no stream
    return answer


def rows_of(accepted: AcceptedFile, kind: TableKind, *, today: date) -> Rows:
    """The rows of an uploaded table; FileRefused with every problem named."""
    language = get_language() or "id"
    return read(accepted.file, kind, today=today, language=language)


def seat_rows(seats: Iterable[Seat]) -> list[dict[str, Value]]:
    """Seats as rows that come back unchanged."""
    return [
        {
            "name": seat.person_name,
            "institution": seat.institution,
            "pillar": seat.pillar,
            "post": seat.post,
            "from_on": seat.from_on,
            "to_on": seat.to_on,
            "example": seat.illustrative,
        }
        for seat in seats
    ]


def sittings_in(rows: Rows, body: Council) -> list[Sitting]:
    """The new seats of a file; those there already are left alone.

    Raises FileRefused for a second chair or a day that runs backwards, naming rows.
    """
    there = set(body.seats.values_list("person_name", "institution", "from_on"))
    chaired = body.seats.filter(post="chair", to_on__isnull=True).exists()
    found: list[Sitting] = []
    problems = []
    for row in rows:
        sitting = _sitting(row)
        if (sitting.person_name, sitting.institution, sitting.from_on) in there:
            continue
        if sitting.to_on and sitting.to_on < sitting.from_on:
            problems.append(
                rows.problem(row, "to_on", _("The last day lies before the first."))
            )
        if sitting.post == "chair" and sitting.to_on is None:
            if chaired:
                problems.append(
                    rows.problem(row, "post", _("A body has one chair at a time."))
                )
            chaired = True
        found.append(sitting)
    if problems:
        raise rows.refused(problems)
    return found


def _sitting(row: Row) -> Sitting:
    given: Mapping[str, Any] = row.values
    return Sitting(
        person_name=given["name"],
        institution=given["institution"],
        pillar=given["pillar"],
        post=given.get("post") or "member",
        from_on=given["from_on"],
        to_on=given.get("to_on"),
        illustrative=bool(given.get("example")),
    )


def instrument_rows(rows: Iterable[Instrument]) -> list[dict[str, Value]]:
    """Instruments as rows that come back unchanged."""
    return [
        {
            "kind": row.kind,
            "number": row.number,
            "title": row.title,
            "signed_on": row.signed_on,
            "signed_by": row.signed_by,
            "in_force_from": row.in_force_from,
            "in_force_until": row.in_force_until,
            "fixes": row.fixes_label,
            "public": row.public,
            "source": row.source,
            "example": row.illustrative,
        }
        for row in rows
    ]


def papers_in(rows: Rows, there: Iterable[Instrument]) -> list[Paper]:
    """The new instruments of a file; those there already are left alone."""
    known = {(row.kind, row.number, row.title) for row in there}
    numbers = {(row.kind, row.number) for row in there if row.number}
    found: list[Paper] = []
    problems = []
    for row in rows:
        paper = _paper(row)
        if (paper.kind, paper.number, paper.title) in known:
            continue
        if (paper.kind, paper.number) in numbers:
            taken = _("There is an instrument of this kind with this number.")
            problems.append(rows.problem(row, "number", taken))
        if paper.number:
            numbers.add((paper.kind, paper.number))
        first, last = paper.in_force_from, paper.in_force_until
        if first and last and last < first:
            backwards = _("The last day lies before the first.")
            problems.append(rows.problem(row, "in_force_until", backwards))
        found.append(paper)
    if problems:
        raise rows.refused(problems)
    return found


def _paper(row: Row) -> Paper:
    given: Mapping[str, Any] = row.values
    public = given.get("public")
    return Paper(
        kind=given["kind"],
        title=given["title"],
        number=given.get("number") or "",
        signed_on=given.get("signed_on"),
        signed_by=given.get("signed_by") or "",
        in_force_from=given.get("in_force_from"),
        in_force_until=given.get("in_force_until"),
        public=True if public is None else bool(public),
        source=given.get("source") or "",
        illustrative=bool(given.get("example")),
    )


def decision_rows(rows: Sequence[Decision]) -> list[dict[str, Value]]:
    """Decisions as rows; give them with `council`, `subjects` and `tasks` prefetched."""
    return [
        {
            "number": row.number,
            "decided_on": row.decided_on,
            "body": row.council.name,
            "title": row.title,
            "reason": row.reason,
            "about": "; ".join(one.label for one in row.subjects.all()),
            "votes_for": row.votes_for,
            "votes_against": row.votes_against,
            "votes_abstained": row.votes_abstained,
            "without_quorum": row.without_quorum,
            "tasks": len(row.tasks.all()),
            "done": sum(task.state == "done" for task in row.tasks.all()),
            "example": row.illustrative,
        }
        for row in rows
    ]
