"""The register as a table kind: template, reader and export of `load regions`."""

from dataclasses import fields
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.regions.models import CODE_PATTERN, RegionKind
from habaring.regions.register import Unit
from habaring.shared.tables import Column, Row, TableKind, register

REGIONS = register(
    TableKind(
        code="regions",
        title=_("Register of regions"),
        sheet=_("Regions"),
        columns=(
            Column(
                "code",
                _("Region code"),
                "code",
                required=True,
                pattern=CODE_PATTERN,
                help=_("The official code with its points, such as 62.02."),
            ),
            Column("name", _("Name"), required=True, max_length=120),
            Column(
                "kind",
                _("Kind"),
                "choice",
                required=True,
                choices=dict(RegionKind.choices),
            ),
            Column("parent", _("Lies in"), "code", pattern=CODE_PATTERN),
            Column("population", _("Population"), "whole", minimum=0),
            Column("area_km2", _("Area in km²"), "decimal", minimum=0),
            Column("districts", _("Districts"), "whole", minimum=0, sparse=True),
            Column("urban_villages", _("Kelurahan"), "whole", minimum=0, sparse=True),
            Column("villages", _("Desa"), "whole", minimum=0, sparse=True),
            Column("capital", _("Capital"), max_length=120, sparse=True),
            Column("tile_column", _("Tile, column"), "whole", sparse=True),
            Column("tile_row", _("Tile, row"), "whole", sparse=True),
            Column("opened_on", _("Opened on"), "date", sparse=True),
            Column("closed_on", _("Closed on"), "date", sparse=True),
            Column("decree", _("Decree"), max_length=200, sparse=True),
        ),
        key=("code",),
        help=_(
            "One row a region. Nothing is deleted: give the day on which it closed."
        ),
    )
)


def unit_from(row: Row) -> Unit:
    """A unit from the typed cells of one row."""
    given: dict[str, Any] = {f.name: row.get(f.name) for f in fields(Unit)}
    for name in ("parent", "capital", "decree"):
        given[name] = given[name] or ""
    return Unit(**given)
