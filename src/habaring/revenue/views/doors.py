"""What every public page of taxes begins with: the region, its trail, who asks."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from habaring.regions.models import Region
from habaring.revenue import lookup
from habaring.revenue.lookup import FoundObject, NothingFound
from habaring.shared import limits

Trail = list[tuple[str, str]]


def region_of(code: str) -> Region:
    """The kabupaten or kota of an address, or 404: only these levy taxes here."""
    return get_object_or_404(
        Region.objects.select_related("parent"),
        code=code,
        kind__in=("kabupaten", "kota"),
    )


def trail(region: Region, *more: tuple[str, str]) -> Trail:
    """The way back up from a page of taxes."""
    return [
        (region.name, reverse("web:region", args=[region.code])),
        (_("Taxes"), reverse("revenue:home", args=[region.code])),
        *more,
    ]


def found(request: HttpRequest, region: Region, nop: str) -> FoundObject:
    """The object of a NOP, counted against guessing; NothingFound, TooMany."""
    network, at = limits.client_network(request), now()
    lookup.count_look(network, region, at=at)
    try:
        return lookup.find(region, nop, on=localdate(at))
    except NothingFound:
        lookup.count_miss(network, at=at)
        raise
