"""`habaring load proposals FILE --region CODE`."""

from django.core.files import File
from django.utils.timezone import localdate

from habaring.participation.actions.entering import MOST_AT_ONCE, enter
from habaring.participation.sheets import entries_in, known, table_kind
from habaring.regions.loaders import region_of
from habaring.shared import walls
from habaring.shared.loading import Loader, Request, register
from habaring.shared.tables import read


def _proposals(request: Request) -> str:
    region = region_of(request)
    with walls.within(region.code), request.path.open("rb") as file:
        given = known(region)
        rows = read(
            File(file, request.path.name),
            table_kind(given),
            today=localdate(request.at),
            max_rows=MOST_AT_ONCE,
        )
        told = enter(
            region=region, rows=entries_in(rows, given), by=None, at=request.at
        )
    return (
        f"{len(told.new)} new, {len(told.changed)} changed, {told.unchanged} as before."
    )


register(Loader("proposals", "proposals that officers enter (CSV, XLSX)", _proposals))
