"""`habaring load candidates FILE --region CODE`."""

from django.core.files import File
from django.utils.timezone import localdate

from habaring.portfolio.actions import record_candidates
from habaring.portfolio.candidates import entry_from, table_kind
from habaring.portfolio.queries import known
from habaring.regions.loaders import region_of
from habaring.shared.loading import Loader, Request, register
from habaring.shared.tables import read


def _candidates(request: Request) -> str:
    region = region_of(request)
    kind = table_kind(known(region))
    with request.path.open("rb") as file:
        found = read(File(file, request.path.name), kind, today=localdate(request.at))
        rows = [entry_from(r.values, sheet=r.sheet, row=r.number) for r in found]
    told = record_candidates(
        region=region, rows=rows, upload=None, by=None, at=request.at
    )
    return (
        f"{len(told.new)} new, {len(told.changed)} changed, "
        f"{len(told.unchanged)} as before."
    )


register(Loader("candidates", "candidate programmes (CSV, XLSX)", _candidates))
