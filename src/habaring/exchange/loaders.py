"""`habaring load practices FILE --region CODE`: drafts, as the page's upload makes them."""

from django.core.files import File
from django.utils.timezone import localdate

from habaring.exchange import tables
from habaring.exchange.actions.practices import take_in
from habaring.regions.loaders import region_of
from habaring.shared.loading import Loader, Request, register
from habaring.shared.tables import read


def _practices(request: Request) -> str:
    region = region_of(request)
    with request.path.open("rb") as file:
        found = read(
            File(file, request.path.name), tables.kind(), today=localdate(request.at)
        )
        drafts = [tables.draft_from(row.values) for row in found]
    told = take_in(region=region, drafts=drafts, by=None, at=request.at)
    return f"{told.new} new, {told.changed} changed, {told.unchanged} as before."


register(Loader("practices", "practices as drafts (CSV, XLSX)", _practices))
