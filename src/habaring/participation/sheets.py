"""Proposals as tables: the template that officers fill in, its reader, the exports.

What goes out comes back unchanged: a row with a number is the proposal that it names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from habaring.council.models import Meeting
from habaring.council.words import DIMENSIONS
from habaring.participation.actions.entering import Entered, Source
from habaring.participation.actions.proposing import Effect, Idea, Place
from habaring.participation.models import (
    Call,
    CallState,
    Origin,
    Proposal,
    ProposalState,
)
from habaring.regions.models import Department, Region
from habaring.shared.refusal import Problem, Words
from habaring.shared.tables import (
    Column,
    Row,
    Rows,
    TableKind,
    Value,
    register,
    template,
)

NUMBER = r"U-\d{1,9}"

PROPOSALS = register(
    TableKind(
        code="proposals",
        title=_("Proposals"),
        sheet=_("Proposals"),
        columns=(
            Column(
                "number",
                _("Number"),
                pattern=NUMBER,
                max_length=12,
                help=_("Leave it empty for a new proposal; the number is given here."),
            ),
            Column(
                "call",
                _("Call"),
                "code",
                required=True,
                help=_("The number of the call; the template lists them."),
            ),
            Column("title", _("Title"), required=True, max_length=150),
            Column("problem", _("Problem"), required=True, max_length=5_000),
            Column("idea", _("Idea"), required=True, max_length=5_000),
            Column("beneficiaries", _("Who benefits"), max_length=300),
            Column("dimension", _("Dimension"), "code", choices=DIMENSIONS),
            Column(
                "place",
                _("Code of the place"),
                max_length=13,
                help=_("Village or district, such as 62.02.06.1001; empty: no place."),
            ),
            Column("place_text", _("Where, in words"), max_length=200),
            Column("latitude", _("Latitude"), "decimal", minimum=-90, maximum=90),
            Column("longitude", _("Longitude"), "decimal", minimum=-180, maximum=180),
            Column("rough_cost", _("Rough cost"), "rupiah", minimum=0),
            Column(
                "origin",
                _("Comes from"),
                "choice",
                required=True,
                choices=dict(Origin.choices),
            ),
            Column(
                "origin_text",
                _("Comes from, in words"),
                max_length=200,
                help=_("Which business, community or meeting."),
            ),
            Column(
                "meeting",
                _("Number of the meeting"),
                "whole",
                minimum=1,
                help=_("A meeting of this platform, as in its address; may be empty."),
            ),
            Column(
                "name",
                _("Name shown"),
                max_length=100,
                help=_("Only where the person agrees to be named in public."),
            ),
            Column("consent", _("Agrees to be named"), "yes_no"),
            Column("on_paper", _("Came on paper"), "yes_no"),
            Column("department", _("Department"), "code"),
            Column("example", _("Example"), "yes_no"),
            Column("state", _("State"), shown_only=True),
            Column("place_name", _("Name of the place"), shown_only=True),
            Column("supporters", _("Supporters"), "whole", shown_only=True),
            Column("verdict", _("Technical check"), shown_only=True),
            Column("checked_cost", _("Cost as checked"), "rupiah", shown_only=True),
            Column("sent_on", _("Sent in on"), "date", shown_only=True),
        ),
        help=_(
            "One row a proposal. A row with a number changes that proposal, where an"
            " officer entered it; a row without one is a new proposal."
        ),
    )
)


@dataclass(frozen=True)
class Known:
    """What a row may name: the codes of one region."""

    region: Region
    calls: Mapping[str, Call] = field(default_factory=dict)
    departments: Mapping[str, Department] = field(default_factory=dict)
    meetings: Mapping[int, Meeting] = field(default_factory=dict)


def known(region: Region) -> Known:
    """The calls (drafts left out), departments and meetings of a region."""
    calls = Call.objects.filter(region=region).exclude(state=CallState.DRAFT)
    departments = Department.objects.filter(region=region)
    meetings = Meeting.objects.filter(region=region).order_by("-starts_at")
    return Known(
        region=region,
        calls={str(row.pk): row for row in calls.select_related("place")},
        departments={row.code: row for row in departments},
        meetings={row.pk: row for row in meetings},
    )


def table_kind(given: Known) -> TableKind:
    """The table with a region's own codes."""
    return PROPOSALS.with_choices(
        "call", {code: row.name for code, row in given.calls.items()}
    ).with_choices(
        "department", {code: row.name for code, row in given.departments.items()}
    )


def blank(given: Known, rows: Iterable[Mapping[str, Value]]) -> bytes:
    """A workbook to fill in, with these rows in it."""
    return template(table_kind(given), list(rows), language=get_language() or "id")


def entries_in(rows: Rows, given: Known) -> list[Entered]:
    """The proposals of a file; FileRefused with every cell that names nothing."""
    places = _places(rows)
    problems: list[Problem] = []
    found: list[Entered] = []
    for row in rows:
        wrong = list(_unknown(rows, row, given, places))
        problems += wrong
        if not wrong:
            found.append(_entry(row, given, places))
    if problems:
        raise rows.refused(problems)
    return found


def _places(rows: Rows) -> dict[str, Region]:
    codes = {str(row.get("place")) for row in rows if row.get("place")}
    return {row.pk: row for row in Region.objects.filter(pk__in=codes)}


def _unknown(
    rows: Rows, row: Row, given: Known, places: Mapping[str, Region]
) -> Iterable[Problem]:
    code = str(row.get("place") or "")
    if code and code not in places:
        words: Words = _("There is no village or district with this code.")
        yield rows.problem(row, "place", words)
    meeting = row.get("meeting")
    if meeting is not None and meeting not in given.meetings:
        words = format_lazy(_("There is no meeting {number} here."), number=meeting)
        yield rows.problem(row, "meeting", words)


def _entry(row: Row, given: Known, places: Mapping[str, Region]) -> Entered:
    values: Mapping[str, Any] = row.values
    number = str(values.get("number") or "").removeprefix("U-")
    return Entered(
        call=given.calls[values["call"]],
        idea=Idea(*(str(values[name]) for name in ("title", "problem", "idea"))),
        place=Place(
            region=places.get(str(values.get("place") or "")),
            text=values.get("place_text") or "",
            latitude=_degrees(values.get("latitude")),
            longitude=_degrees(values.get("longitude")),
        ),
        effect=Effect(
            beneficiaries=values.get("beneficiaries") or "",
            dimension_code=values.get("dimension") or "",
            rough_cost=values.get("rough_cost"),
        ),
        source=Source(
            origin=values["origin"],
            text=values.get("origin_text") or "",
            meeting=given.meetings.get(values.get("meeting") or 0),
            name=values.get("name") or "",
            consent=bool(values.get("consent")),
            on_paper=bool(values.get("on_paper")),
            department=given.departments.get(values.get("department") or ""),
            illustrative=bool(values.get("example")),
        ),
        number=int(number or 0),
        sheet=row.sheet,
        row=row.number,
    )


def _degrees(value: Any) -> float | None:
    return None if value is None else float(value)


def rows_of(
    proposals: Sequence[Proposal],
    *,
    verdicts: Mapping[int, tuple[str, int | None]],
    supporters: Mapping[int, int],
) -> list[dict[str, Value]]:
    """Proposals as rows of the table. `verdicts`: key → words and cost as checked."""
    return [_row(one, verdicts, supporters) for one in proposals]


def _row(
    one: Proposal,
    verdicts: Mapping[int, tuple[str, int | None]],
    supporters: Mapping[int, int],
) -> dict[str, Value]:
    verdict, cost = verdicts.get(one.pk, ("", None))
    return {
        "number": one.code,
        "call": str(one.call_id),
        "title": one.title,
        "problem": one.problem,
        "idea": one.idea,
        "beneficiaries": one.beneficiaries or None,
        "dimension": one.dimension_code or None,
        "place": one.place_id,
        "place_text": one.place_text or None,
        "latitude": _decimal(one.latitude),
        "longitude": _decimal(one.longitude),
        "rough_cost": one.rough_cost,
        "origin": one.origin,
        "origin_text": one.origin_text or None,
        "meeting": one.meeting_id,
        "name": one.author_name or None,
        "consent": bool(one.author_name) or None,
        "on_paper": one.on_paper or None,
        "department": one.department.code if one.department else None,
        "example": one.illustrative or None,
        "state": str(ProposalState(one.state).label),
        "place_name": one.place.name if one.place else None,
        "supporters": supporters.get(one.pk, 0),
        "verdict": verdict or None,
        "checked_cost": cost,
        "sent_on": _day(one),
    }


def _decimal(value: float | None) -> Value:
    return None if value is None else Decimal(repr(value))


def _day(one: Proposal) -> Value:
    return localdate(one.sent_at) if one.sent_at else None
