"""`habaring load observations FILE` and `habaring load targets FILE`."""

from django.core.files import File
from django.utils.timezone import localdate

from habaring.assessment.actions import record_observations, record_targets
from habaring.assessment.observations import OBSERVATIONS, TARGETS, Row, row_from
from habaring.regions.loaders import region_of
from habaring.shared.loading import Loader, Request, register
from habaring.shared.tables import TableKind, read


def _rows(request: Request, kind: TableKind) -> list[Row]:
    with request.path.open("rb") as file:
        found = read(File(file, request.path.name), kind, today=localdate(request.at))
        return [row_from(r.values, sheet=r.sheet, row=r.number) for r in found]


def _observations(request: Request) -> str:
    """Without --region, rows of every region are taken: the platform's own hand."""
    region = region_of(request) if request.region else None
    told = record_observations(
        region=region,
        rows=_rows(request, OBSERVATIONS),
        upload=None,
        by=None,
        at=request.at,
    )
    return f"{told.new} new, {told.corrected} corrected, {told.unchanged} as before."


def _targets(request: Request) -> str:
    count = record_targets(
        region=region_of(request),
        rows=_rows(request, TARGETS),
        upload=None,
        by=None,
        at=request.at,
    )
    return f"{count} changed."


register(Loader("observations", "values of indicators (CSV, XLSX)", _observations))
register(Loader("targets", "targets of indicators (CSV, XLSX)", _targets))
