"""Tables of guidance in and out: published lists, the country, participants."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.guidance.actions.attending import Guest
from habaring.guidance.actions.lists import ListedRegion
from habaring.guidance.models import Enrolment, Participant, Pillar
from habaring.guidance.progress import Row as CountryRow
from habaring.guidance.standing import CODES, WORDS
from habaring.regions.models import CODE_PATTERN
from habaring.shared.tables import Column, Rows, TableKind, Value, register

STATES = {CODES[one]: WORDS[one] for one in CODES}
KNOWN = {
    "verified_full_list": _("on a whole published list"),
    "verified_partial_list": _("on a part of a published list"),
    "verified_single": _("named by a source"),
    "inferred": _("inferred, to be confirmed"),
}

COHORTS = register(
    TableKind(
        code="cohorts",
        title=_("Regions of earlier cohorts"),
        sheet=_("Cohorts"),
        columns=(
            Column(
                "region_code",
                _("Region code"),
                "code",
                required=True,
                pattern=CODE_PATTERN,
            ),
            Column("region_name", _("Region"), shown_only=True),
            Column("cohort_year", _("Year of the cohort"), "year", required=True),
            Column("status", _("How it is known"), "code", choices=KNOWN),
            Column("source", _("Source"), required=True, max_length=500),
            Column("note", _("Note"), max_length=1_000),
        ),
        key=("region_code", "cohort_year"),
        help=_("One row a region and year, as a source names it."),
    )
)

COUNTRY = register(
    TableKind(
        code="national",
        title=_("Regions in the programme"),
        sheet=_("Regions"),
        columns=(
            Column("code", _("Region code"), "code", required=True),
            Column("name", _("Region")),
            Column("province", _("Province")),
            Column("state", _("Programme standing"), "choice", choices=STATES),
            Column("cohorts", _("Cohorts")),
            Column("sure", _("Confirmed"), "yes_no"),
            Column("stages_closed", _("Stages closed"), "whole"),
            Column("work_total", _("Assignments"), "whole"),
            Column("work_done", _("Approved"), "whole"),
            Column("work_late", _("Late"), "whole"),
            Column("evaluation_year", _("Year of the evaluation"), "year"),
            Column("index", _("Index of the evaluation"), "decimal"),
            Column("improvement", _("Improvement"), "decimal"),
            Column("example", _("Example"), "yes_no"),
        ),
        key=("code",),
    )
)

COHORT = register(
    TableKind(
        code="cohort_regions",
        title=_("Regions of a cohort"),
        sheet=_("Regions"),
        columns=(
            Column("place", pgettext_lazy("rank", "Place"), "whole"),
            Column("code", _("Region code"), "code", required=True),
            Column("name", _("Region")),
            Column("state", _("State")),
            Column("score", _("Score"), "decimal"),
            Column("reason", _("Reason")),
            Column("source", _("Source")),
            Column("example", _("Example"), "yes_no"),
        ),
        key=("code",),
    )
)

PARTICIPANTS = register(
    TableKind(
        code="participants",
        title=_("Participants"),
        sheet=_("Participants"),
        columns=(
            Column(
                "number",
                _("Number"),
                "whole",
                minimum=1,
                maximum=99_999,
                help=_("Leave it empty for somebody new; the badge gets it."),
            ),
            Column("name", _("Name"), required=True, max_length=150),
            Column("institution", _("Institution"), max_length=200),
            Column(
                "pillar",
                _("Pillar"),
                "choice",
                required=True,
                choices=dict(Pillar.choices),
            ),
            Column("role", _("Role"), max_length=120),
            Column("came", _("Days present"), "whole", shown_only=True),
            Column("example", _("Example"), "yes_no"),
        ),
        help=_("One row a person. A number that is on the list is the same person."),
    )
)


def listed_in(rows: Rows) -> Iterator[ListedRegion]:
    """The rows of a published list."""
    for row in rows:
        yield ListedRegion(
            region=str(row["region_code"]),
            year=int(str(row["cohort_year"])),
            source=str(row["source"]),
            sure=row.get("status") != "inferred",
        )


def guests_in(rows: Rows) -> list[Guest]:
    """The rows of a list of participants."""
    return [
        Guest(
            name=str(row["name"]),
            pillar=str(row["pillar"]),
            institution=str(row.get("institution") or ""),
            role=str(row.get("role") or ""),
            number=_number(row.get("number")),
            illustrative=bool(row.get("example")),
        )
        for row in rows
    ]


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def participant_rows(people: Iterable[Participant]) -> Iterator[dict[str, Value]]:
    """Participants as they go out; they come back unchanged."""
    for one in people:
        yield {
            "number": one.number,
            "name": one.name,
            "institution": one.institution,
            "pillar": one.pillar,
            "role": one.role,
            "came": len(one.attendances.all()),
            "example": one.illustrative,
        }


def country_rows(
    rows: Iterable[CountryRow], provinces: Any
) -> Iterator[dict[str, Value]]:
    """The country as it goes out."""
    for row in rows:
        result = row.result
        yield {
            "code": row.code,
            "name": row.name,
            "province": provinces.get(row.province, row.province),
            "state": CODES[row.stands],
            "cohorts": ", ".join(map(str, row.years)),
            "sure": row.sure,
            "stages_closed": row.work.closed,
            "work_total": row.work.total,
            "work_done": row.work.done,
            "work_late": row.work.late,
            "evaluation_year": result.year if result else None,
            "index": result.index if result else None,
            "improvement": result.improvement if result else None,
            "example": row.illustrative,
        }


def cohort_rows(rows: Iterable[Enrolment], reasons: Any) -> Iterator[dict[str, Value]]:
    """A cohort's regions as they go out; `reasons(row)` in words."""
    for row in rows:
        yield {
            "place": row.place,
            "code": row.region_id,
            "name": row.region.full_name,
            "state": str(row.get_state_display()),
            "score": row.score,
            "reason": reasons(row),
            "source": row.source,
            "example": row.illustrative,
        }
