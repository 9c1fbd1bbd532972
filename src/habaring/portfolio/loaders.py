"""`habaring load candidates FILE --region CODE`."""

from django.core.files import File
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from habaring.portfolio.actions import record_candidates
from habaring.portfolio.candidates import entry_from, table_kind
from habaring.portfolio.queries import known
from habaring.regions.models import Region
from habaring.shared.loading import Loader, Request, register
from habaring.shared.refusal import Refusal
from habaring.shared.tables import read


class RegionMissing(Refusal):
    """The region that the command names is not in the register, or none is named."""


def _candidates(request: Request) -> str:
    region = Region.objects.filter(code=request.region).first()
    if region is None:
        raise RegionMissing(
            _("Which region? “%(code)s” is not in the register.")
            % {"code": request.region},
            next=_("Name it with --region, such as --region 62.02."),
        )
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
