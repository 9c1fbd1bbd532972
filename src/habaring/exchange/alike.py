"""Regions like one region, by what the database holds of them, with the reasons.

Population and density from the register; own revenue from the newest figures; island
and province; the scores of the newest index that compares the region with others. What
is not known is named as such and neither helps nor hurts (engines.likeness).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.assessment.league import latest_edition
from habaring.assessment.models import (
    Dimension,
    EditionScore,
    IndexEdition,
    Observation,
)
from habaring.engines import likeness
from habaring.engines.likeness import Feature, Place
from habaring.exchange import pictures
from habaring.regions.models import Region
from habaring.shared.charts.chart import Chart
from habaring.shared.formats import number, percent
from habaring.shared.refusal import Words

PROFILE_WEIGHT = 2.0
"""The whole index profile weighs as much as two features."""
_OWN_SHARE, _LOCAL_TAX = "K33a", "K33b"
_PAD, _REVENUE = "APBD:PAD:R", "APBD:REV:R"
_ISLANDS = (
    ("sumatera", range(11, 22)),
    ("jawa", range(31, 37)),
    ("bali-nusa-tenggara", range(51, 54)),
    ("kalimantan", range(61, 66)),
    ("sulawesi", range(71, 77)),
    ("maluku", range(81, 83)),
    ("papua", range(91, 98)),
)
"""Island groups by the first two digits of the code, as Kemendagri numbers them."""
_PLAIN = (
    Feature("population", 2.0, log=True),
    Feature("density", 2.0, log=True),
    Feature("kind", 1.0, "path"),
    Feature("place", 1.5, "path"),
    Feature("own_share", 1.0),
    Feature("local_tax", 1.0, log=True),
)
LABELS: Mapping[str, Words] = {
    "population": gettext_lazy("Population"),
    "density": gettext_lazy("People per km²"),
    "kind": gettext_lazy("Kabupaten or kota"),
    "place": gettext_lazy("Island and province"),
    "own_share": gettext_lazy("Own revenue as a share of revenue"),
    "local_tax": gettext_lazy("Local tax per person"),
}


@dataclass(frozen=True)
class Line:
    """One feature of a pair in words; `likeness` None: one of the two is not known.

    `part` is what it adds to the score, by its `share` of the whole weight; of what is not
    known, by the mean of those of whom it is.
    """

    code: str
    label: Words
    likeness: float | None
    share: float
    part: float
    own: str
    other: str


@dataclass(frozen=True)
class _Names:
    """Regions, dimensions and provinces by their codes."""

    regions: Mapping[str, Region]
    dimensions: Mapping[str, str]
    provinces: Mapping[str, str]


@dataclass(frozen=True)
class Twin:
    """A region like one's own. `score`, `known` are 0 to 1 as in the engine."""

    region: Region
    found: likeness.Alike
    names: _Names = field(repr=False)

    @property
    def score(self) -> float:
        return self.found.score

    @property
    def low(self) -> float:
        return self.found.low

    @property
    def high(self) -> float:
        return self.found.high

    @property
    def known(self) -> float:
        return self.found.known

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The features in words, in their order; written only for those that are shown."""
        return tuple(_line(reason, self.names) for reason in self.found.reasons)

    @property
    def best(self) -> list[Line]:
        """The features that speak most for it."""
        known = [one for one in self.lines if one.likeness is not None]
        heavy = sorted(known, key=lambda one: -(one.likeness or 0) * one.share)
        return [one for one in heavy if (one.likeness or 0) >= 0.6][:3]

    @property
    def apart(self) -> list[Line]:
        """Those in which the two differ most."""
        known = [one for one in self.lines if one.likeness is not None]
        return sorted(
            (one for one in known if (one.likeness or 0) < 0.4),
            key=lambda one: one.likeness or 0,
        )[:2]

    @property
    def unknown(self) -> list[Line]:
        return [one for one in self.lines if one.likeness is None]

    @property
    def chart(self) -> Chart:
        """Likeness in each feature, drawn."""
        return pictures.likeness_chart(self)


def alike(region: Region) -> tuple[Twin, ...]:
    """All other regions, the most like this one first. Empty for what is no kabupaten
    or kota.
    """
    regions = {
        row.code: row
        for row in Region.objects.local().filter(closed_on=None).defer("decree")
    }
    if region.code not in regions:
        return ()
    edition = latest_edition(region)
    dimensions = _dimensions(edition)
    facts = _facts(regions)
    scores = _scores(edition)
    places = [
        Place(
            code, {**_of_register(row), **facts.get(code, {}), **scores.get(code, {})}
        )
        for code, row in regions.items()
    ]
    weight = PROFILE_WEIGHT / max(1, len(dimensions))
    features = (*_PLAIN, *(Feature(code, weight) for code in dimensions))
    found = likeness.alike(region.code, places, features)
    provinces = dict(Region.objects.provinces().values_list("code", "name"))
    names = _Names(regions, dimensions, provinces)
    return tuple(Twin(regions[one.code], one, names) for one in found)


def _line(reason: likeness.Reason, names: _Names) -> Line:
    return Line(
        reason.feature,
        LABELS.get(reason.feature) or names.dimensions.get(reason.feature, ""),
        reason.likeness,
        reason.share,
        reason.part,
        _shown(reason.feature, reason.own, names),
        _shown(reason.feature, reason.other, names),
    )


def _of_register(row: Region) -> dict[str, float | str | None]:
    people, area = row.population, row.area_km2
    density = people / float(area) if people and area else None
    return {
        "population": float(people) if people else None,
        "density": density,
        "kind": row.kind,
        "place": f"{island_of(row.code)}/{row.code[:2]}",
    }


def island_of(code: str) -> str:
    """The island group of a region's code."""
    province = int(code[:2])
    return next((name for name, codes in _ISLANDS if province in codes), "lain")


def _facts(regions: Mapping[str, Region]) -> dict[str, dict[str, float]]:
    """What each region takes in itself, of the newest year that is known."""
    newest: dict[tuple[str, str], tuple[int, Decimal]] = {}
    wanted = (_OWN_SHARE, _LOCAL_TAX, _PAD, _REVENUE)
    rows = (
        Observation.objects.filter(indicator__code__in=wanted, value__isnull=False)
        .order_by("region_id", "indicator_id", "year", "revision")
        .values_list("region_id", "indicator__code", "year", "value")
    )
    for code, indicator, year, value in rows:
        if value is not None:
            newest[code, indicator] = (year, value)
    return {code: _fiscal(row, code, newest) for code, row in regions.items()}


def _fiscal(
    row: Region, code: str, newest: Mapping[tuple[str, str], tuple[int, Decimal]]
) -> dict[str, float]:
    def of(indicator: str) -> float | None:
        found = newest.get((code, indicator))
        return float(found[1]) if found else None

    told: dict[str, float] = {}
    share, pad, revenue, tax = (
        of(one) for one in (_OWN_SHARE, _PAD, _REVENUE, _LOCAL_TAX)
    )
    if share is None and pad is not None and revenue:
        share = 100 * pad / revenue
    if share is not None:
        told["own_share"] = share
    if tax and tax > 0 and row.population:
        told["local_tax"] = tax * 1e9 / row.population  # the figure is in billions
    return told


def _dimensions(edition: IndexEdition | None) -> dict[str, str]:
    if edition is None:
        return {}
    rows = Dimension.objects.filter(framework=edition.framework_id, parent=None)
    return {row.code: row.name for row in rows.order_by("order")}


def _scores(edition: IndexEdition | None) -> dict[str, dict[str, float]]:
    if edition is None:
        return {}
    found: dict[str, dict[str, float]] = {}
    rows = EditionScore.objects.filter(edition=edition, score__isnull=False)
    for code, group, score in rows.values_list("region_id", "group", "score"):
        if score is not None:
            found.setdefault(code, {})[group] = score
    return found


def _shown(feature: str, value: float | str | None, names: _Names) -> str:
    """A value as people read it."""
    if value is None:
        return _("not known")
    if isinstance(value, str):
        _island, _slash, province = value.partition("/")
        return names.provinces.get(province, province) or value.capitalize()
    if feature == "own_share":
        return percent(value / 100)
    return number(value, 0 if feature in ("population", "local_tax") else 1)
