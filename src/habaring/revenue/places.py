"""Where somebody pays in cash: counters of the office, collectors of the villages."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from django.utils.translation import get_language

from habaring.regions.models import Region
from habaring.revenue.models import DeviceVillage
from habaring.shared import walls

COLLECTORS_AT_MOST = 300


@dataclass(frozen=True)
class Counter:
    """A counter with its hours."""

    region: str
    name: str
    address: str
    hours_id: str
    hours_en: str
    illustrative: bool = False

    @property
    def hours(self) -> str:
        """In the reader's language."""
        english = (get_language() or "id").startswith("en")
        return self.hours_en if english else self.hours_id


@dataclass(frozen=True)
class Collector:
    """Who may take money in a village: the only ones who may."""

    village: str
    district: str
    name: str


@cache
def _all() -> tuple[Counter, ...]:
    text = resources.files("habaring.revenue").joinpath("facts/counters.toml")
    return tuple(
        Counter(**row) for row in tomllib.loads(text.read_text("utf-8"))["counter"]
    )


def counters(region: Region) -> list[Counter]:
    """The counters of a region; none known: an empty list."""
    return [one for one in _all() if one.region == region.code]


def collectors(region: Region) -> list[Collector]:
    """Collectors whose device is registered now, by district and village."""
    with walls.also(region.code):
        rows = DeviceVillage.objects.filter(
            region=region,
            device__revoked_at__isnull=True,
            device__enrolled_at__isnull=False,
        ).select_related("device__collector", "place__parent")
        found = {
            Collector(
                village=row.place.name,
                district=row.place.parent.name if row.place.parent else "",
                name=row.device.collector.full_name,
            )
            for row in rows[:COLLECTORS_AT_MOST]
        }
    return sorted(found, key=lambda one: (one.district, one.village, one.name))
