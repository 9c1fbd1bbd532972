"""The register read: who owes, what is taxed, what happened to it. The region must be
open (`people.access.require`); names and numbers are shown masked where they are not
asked for whole.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from habaring.engines.taxing import TAXES, Rules, Tax
from habaring.regions import queries as regions
from habaring.regions.maps import WIDTH, projected
from habaring.regions.models import Region, RegionKind
from habaring.regions.outlines import thinned
from habaring.revenue import assessing
from habaring.revenue.assessing import tax_name
from habaring.revenue.models import (
    Bill,
    Case,
    Holding,
    ObjectLineage,
    TaxObject,
    Taxpayer,
)
from habaring.revenue.nop import DIGITS, shown_nop
from habaring.shared import sealing
from habaring.shared.charts.chart import Caption, Chart
from habaring.shared.charts.maps import Pin, Shape, pinned
from habaring.shared.tables import Column, TableKind, register

NIK_DIGITS = 16
POINT_WIDTH = 520


@dataclass(frozen=True)
class Wanted:
    """How a list is narrowed; empty words narrow nothing."""

    q: str = ""
    kind: str = ""  # of taxpayers
    tax: str = ""
    state: str = ""
    place: str = ""  # a district or village
    missing: str = ""  # "class", "place": what an object lacks


def tax_choices(*, official: bool | None = None) -> list[tuple[str, str]]:
    """The taxes for a list to choose from; those that the office assesses, or not."""
    return [
        (tax.code, str(tax_name(tax.code)))
        for tax in TAXES.values()
        if official is None or tax.official == official
    ]


# Lists


def taxpayers(region: Region, wanted: Wanted) -> QuerySet[Taxpayer]:
    """Those of a region by name; `q` is a name, a number, or a whole NIK."""
    rows = Taxpayer.objects.filter(region=region, merged_into=None)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.q.strip():
        rows = rows.filter(_about(wanted.q.strip()))
    return rows.order_by("name", "pk")


def _about(text: str) -> Q:
    digits = re.sub(r"[\s.\-]", "", text)
    if digits.isdigit() and len(digits) == NIK_DIGITS:
        return Q(nik_hash__in=sealing.keyed_hashes(digits))
    if digits.isdigit() and len(digits) == DIGITS:
        return Q(taxed__number=digits)
    return Q(name__icontains=text) | Q(number__icontains=text) | Q(nib=text)


def counted(rows: Iterable[Taxpayer]) -> list[tuple[Taxpayer, int]]:
    """Taxpayers, each with how many objects they hold."""
    rows = list(rows)
    found = dict(
        TaxObject.objects.filter(
            region__in={row.region_id for row in rows}, taxpayer__in=rows
        )
        .values_list("taxpayer")
        .annotate(Count("pk"))
    )
    return [(row, found.get(row.pk, 0)) for row in rows]


def objects(region: Region, wanted: Wanted) -> QuerySet[TaxObject]:
    """What is taxed in a region, by tax and number; `q` is a NOP or its beginning, a
    local number, a name or an address.
    """
    rows = TaxObject.objects.filter(region=region).select_related("taxpayer", "place")
    exact = {"tax": wanted.tax, "state": wanted.state}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.place:
        rows = rows.filter(place__code__startswith=wanted.place)
    if wanted.missing == "place":
        rows = rows.filter(place=None)
    elif wanted.missing == "class":
        rows = rows.filter(tax="pbb", land_m2__gt=0, land_class="")
    text = wanted.q.strip()
    if text:
        digits = re.sub(r"[\s.\-]", "", text)
        rows = rows.filter(
            Q(number__startswith=digits, tax="pbb")
            if digits.isdigit()
            else Q(number__iexact=text)
            | Q(name__icontains=text)
            | Q(address__icontains=text)
            | Q(taxpayer__name__icontains=text)
        )
    return rows.order_by("tax", "number")


# One object, one taxpayer


@dataclass(frozen=True)
class ObjectPage:
    """Everything about one object."""

    row: TaxObject
    tax: Tax
    holdings: list[Holding]
    bills: list[Bill]
    cases: list[Case]
    parts: list[ObjectLineage]
    origins: list[ObjectLineage]
    map: Chart | None = None
    facts: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def number(self) -> str:
        return shown_nop(self.row.number)


def object_page(row: TaxObject) -> ObjectPage:
    """The object with its holders, bills, requests and mutations."""
    bills = list(
        Bill.objects.filter(region=row.region_id, tax=row.tax, number=row.number)
        .select_related("taxpayer")
        .order_by("-year", "-period", "-seq")
    )
    tax = TAXES[row.tax]
    return ObjectPage(
        row=row,
        tax=tax,
        holdings=list(row.holdings.select_related("taxpayer", "recorded_by")),
        bills=bills,
        cases=list(
            Case.objects.filter(
                region=row.region_id, bill__in=[bill.id for bill in bills]
            ).order_by("-filed_at")
        ),
        parts=list(row.parts.select_related("newer")),
        origins=list(row.origins.select_related("older")),
        map=point_of(row),
        facts=[
            (told(fact), _shown(row.facts[fact.key]))
            for fact in tax.facts
            if fact.key in row.facts
        ],
    )


def _shown(value: Any) -> Any:
    """A fact as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value


def told(fact: Any) -> str:
    """The label of a fact, a use or a step, in the reader's language."""
    english = get_language() == "en"
    if hasattr(fact, "label_en"):
        return str(fact.label_en if english else fact.label_id)
    return str(fact.name_en if english else fact.name_id)


def uses_of(rules: Rules | None) -> list[tuple[str, str]]:
    """The uses that rules tell apart, for a list to choose from."""
    return [(use.key, told(use)) for use in rules.uses] if rules else []


def rules_on(region: Region, tax: str, on: date) -> Rules | None:
    """The rules in force on a day; None where the region has none."""
    try:
        return assessing.rules_of(assessing.in_force(region, tax, on))
    except assessing.NoRule:
        return None


def villages(region: Region) -> list[tuple[str, list[tuple[str, str]]]]:
    """The villages of a region by district, for a list to choose from."""
    rows = list(
        Region.objects.within(region).filter(closed_on=None).select_related("parent")
    )
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in sorted(rows, key=lambda one: one.code):
        if row.kind in (RegionKind.VILLAGE, RegionKind.URBAN_VILLAGE) and row.parent:
            groups.setdefault(row.parent.name, []).append((row.pk, row.name))
    return list(groups.items())


@dataclass(frozen=True)
class Unmapped:
    """Objects whose first ten digits mean no village yet."""

    prefix: str
    objects: int


def unmapped(region: Region) -> list[Unmapped]:
    """Prefixes of NOPs that nobody wrote a village down for, the most used first."""
    rows = (
        TaxObject.objects.filter(region=region, tax="pbb", place=None)
        .annotate(prefix=Left("number", 10))
        .values_list("prefix")
        .annotate(n=Count("pk"))
        .order_by("-n", "prefix")
    )
    return [Unmapped(prefix, n) for prefix, n in rows[:50]]


def point_of(row: TaxObject) -> Chart | None:
    """Where the object lies in its region; None without a point or outlines."""
    if row.latitude is None or row.longitude is None:
        return None
    parts = regions.parts(row.region)
    drawn = regions.outlines([part.code for part in parts])
    if not drawn:
        return None
    xs = [x for rings in drawn.values() for part in rings for x, _y in part[0]]
    ys = [y for rings in drawn.values() for part in rings for _x, y in part[0]]
    x, y = row.longitude, row.latitude
    if not (min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys)):
        return None
    narrow = math.cos(math.radians((min(ys) + max(ys)) / 2))  # as `projected` does
    rings = projected(thinned(drawn, 3 * (max(xs) - min(xs)) / WIDTH))
    shapes = [
        Shape(code=part.code, label=part.name, rings=rings.get(part.code, ()))
        for part in parts
    ]
    caption = Caption(
        "object-map",
        _("Where it lies"),
        _("The place of the object in %(region)s.") % {"region": row.region.full_name},
        row.illustrative,
    )
    pin = Pin(shown_nop(row.number), (x * narrow, -y))
    return pinned(shapes, pin, caption, width=POINT_WIDTH)


# Out as files

TAXPAYERS = register(
    TableKind(
        "taxpayers-masked",
        _("Taxpayers (masked)"),
        _("Taxpayers"),
        columns=(
            Column("number", _("NPWPD"), "code", required=True),
            Column("kind", _("Kind"), "code"),
            Column("name", _("Name"), "text"),
            Column("nik", _("NIK, masked"), "text"),
            Column("nib", _("NIB"), "text"),
            Column("address", _("Address"), "text"),
            Column("objects", _("Objects"), "whole"),
            Column("linked", _("Has an account"), "yes_no"),
        ),
        key=("number",),
    )
)


def taxpayer_rows(rows: QuerySet[Taxpayer]) -> Iterator[dict[str, Any]]:
    """Taxpayers as a file: no whole NIK and no contact leaves the register this way."""
    for row in rows.annotate(held=Count("taxed")).iterator(5_000):
        yield {
            "number": row.number,
            "kind": row.kind,
            "name": row.name,
            "nik": row.nik_masked or None,
            "nib": row.nib or None,
            "address": row.address or None,
            "objects": row.held,
            "linked": row.account_id is not None,
        }
