"""`habaring load regions FILE` and `habaring load boundaries FILE`."""

from collections.abc import Iterable

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from habaring.regions import outlines
from habaring.regions.actions import record_boundaries, record_register
from habaring.regions.models import Region
from habaring.regions.register import Unit
from habaring.regions.register_table import REGIONS, unit_from
from habaring.shared.loading import Loader, Request, register
from habaring.shared.refusal import Refusal
from habaring.shared.tables import read

LAYERS = {"provinsi": 0, "kabkota": 1, "kecamatan": 2, "desa": 3}


class RegionMissing(Refusal):
    """The region that the command names is not in the register, or none is named."""


def region_of(request: Request) -> Region:
    """The region that a file is for; the loaders of other domains ask here too."""
    found = Region.objects.filter(code=request.region).first()
    if found is None:
        raise RegionMissing(
            _("Which region? “%(code)s” is not in the register.")
            % {"code": request.region},
            next=_("Name it with --region, such as --region 62.02."),
        )
    return found


class LayerUnknown(Refusal):
    """The layer asked for does not exist."""


def _regions(request: Request) -> str:
    with request.path.open("rb") as file:
        rows = read(file, REGIONS, today=localdate(request.at))
        units: Iterable[Unit] = [unit_from(row) for row in rows]
    change = record_register(
        units=list(units),
        source=request.source or request.path.name,
        by=None,
        at=request.at,
    )
    return (
        f"{len(change.opened)} new, {len(change.changed)} changed, "
        f"{len(change.closed)} closed, {change.unchanged} as before."
    )


def _boundaries(request: Request) -> str:
    if request.layer and request.layer not in LAYERS:
        raise LayerUnknown(
            _("There is no layer “%(layer)s”.") % {"layer": request.layer},
            next=_("Write one of: %(layers)s.") % {"layers": ", ".join(LAYERS)},
        )
    known = Region.objects.filter(closed_on=None).values_list("code", flat=True)
    found = outlines.read(
        request.path.read_bytes(),
        known=frozenset(known),
        level=LAYERS.get(request.layer),
        progress=request.progress,
    )
    source = request.source or request.path.name
    count = record_boundaries(outlines=found, source=source, by=None, at=request.at)
    return f"{count} boundaries."


register(Loader("regions", "the official register (CSV, XLSX)", _regions))
register(Loader("boundaries", "outlines of regions (TopoJSON, GeoJSON)", _boundaries))
