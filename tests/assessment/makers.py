"""Rows of the assessment domain: a small framework, indicators, values."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from habaring.assessment import actions
from habaring.assessment.models import (
    Dimension,
    Framework,
    FrameworkIndicator,
    IndexEdition,
    Indicator,
)
from habaring.assessment.observations import Row
from habaring.assessment.selection import EditionPlan
from habaring.regions.models import Region
from tests import makers

NOON = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
SOURCE = "BPS, Indeks Pembangunan Manusia 2024"
DIMENSIONS = (
    ("GOV", "Tata Kelola", "Governance"),
    ("BRA", "Branding", "Branding"),
    ("ECO", "Ekonomi", "Economy"),
    ("SOC", "Masyarakat", "Society"),
)
# code, dimension, name, unit, direction, bounds, goalposts
INDICATORS = (
    ("K23", "GOV", "Indeks SPBE", "indeks", "higher", (1, 5), (1, 5)),
    ("K01", "SOC", "IPM", "indeks", "higher", (0, 100), (60, 85)),
    ("K06", "ECO", "Kemiskinan", "persen", "lower", (0, 100), (0, 10)),
    ("K02", "SOC", "Rata-rata lama sekolah", "tahun", "higher", (0, 25), (5, 15)),
)


def framework(code: str = "kominfo-2022") -> Framework:
    made = Framework.objects.create(
        code=code,
        year=2022,
        authority="Kominfo",
        status="in_force",
        name_id="Enam dimensi Kominfo",
        name_en="Kominfo's six dimensions",
    )
    dimensions = {
        short: Dimension.objects.create(
            framework=made, code=short, name_id=name_id, name_en=name_en, order=order
        )
        for order, (short, name_id, name_en) in enumerate(DIMENSIONS)
    }
    for row in INDICATORS:
        place = indicator(*row)
        FrameworkIndicator.objects.create(
            framework=made,
            indicator=place,
            dimension=dimensions[row[1]],
            goal_low=row[6][0],
            goal_high=row[6][1],
        )
    return made


def indicator(code: str, *rest: Any) -> Indicator:
    _dimension, name, unit, direction, bounds, _goals = rest
    return Indicator.objects.get_or_create(
        code=code,
        defaults={
            "family": "kabupaten",
            "name_id": name,
            "name_en": f"{name} (en)",
            "unit_id": unit,
            "unit_en": f"{unit} (en)",
            "direction": direction,
            "minimum": bounds[0],
            "maximum": bounds[1],
            "definition_id": f"Definisi {name}.",
            "definition_en": f"Definition of {name}.",
            "producer": "BPS",
        },
    )[0]


def row(
    code: str = "K01", year: int = 2024, value: object = "72.66", **more: Any
) -> Row:
    decimal = None if value is None else Decimal(str(value))
    return Row(code, year, decimal, **{"source": SOURCE, **more})


def record(region: Region, *rows: Row, **more: Any) -> actions.Recorded:
    return actions.record_observations(
        region=region,
        rows=rows,
        upload=None,
        **{"by": None, "at": NOON, **more},
    )


VALUES: Mapping[str, Mapping[str, tuple[object, object, object, object]]] = {
    # region: year: SPBE, IPM, Kemiskinan, RLS
    "62.01": {"2023": (3.0, 74.04, 3.9, 8.7), "2024": (3.1, 74.44, 3.8, 8.9)},
    "62.02": {"2023": (3.11, 72.21, 5.9, 8.2), "2024": (3.22, 72.66, 5.6, 8.3)},
    "62.03": {"2023": (2.5, 70.75, 5.3, 7.6), "2024": (2.6, 71.32, 5.2, 7.7)},
    "62.71": {"2023": (3.4, 81.68, 3.7, 11.5), "2024": (3.5, 82.20, 3.6, 11.6)},
}


def province() -> tuple[Region, ...]:
    """Four regions of Kalimantan Tengah with the values of two years."""
    regions = tuple(makers.region(code) for code in VALUES)
    for region in regions:
        for year, values in VALUES[region.code].items():
            codes = [code for code, *_rest in INDICATORS]
            record(
                region,
                *(row(c, int(year), v) for c, v in zip(codes, values, strict=True)),
            )
    return regions


def plan(peers: tuple[Region, ...], **more: Any) -> EditionPlan:
    return EditionPlan(
        **{
            "framework": Framework.objects.get(code="kominfo-2022"),
            "year": 2024,
            "peers": peers,
            "draws": 200,
            **more,
        }
    )


def edition(region: Region, peers: tuple[Region, ...], **more: Any) -> IndexEdition:
    return actions.publish_edition(
        region=region, plan=plan(peers, **more), by=None, at=NOON
    )
