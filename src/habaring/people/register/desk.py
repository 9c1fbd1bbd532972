"""One desk for a region's people and one for the platform's, with the same pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from habaring.people import access, joined
from habaring.people.access import Power
from habaring.people.models import Account, Role
from habaring.people.rules import givable
from habaring.regions.models import Region


@dataclass(frozen=True)
class Desk:
    """Who keeps which people, at which moment. `region` is None for the platform."""

    region: Region | None
    by: Account
    at: datetime

    def url(self, name: str, *more: object) -> str:
        """The address of one of the people pages."""
        if self.region is None:
            return reverse(f"people-platform:{name}", args=more)
        return reverse(f"people-work:{name}", args=[self.region.code, *more])

    @property
    def bodies(self) -> dict[int, str]:
        return joined.bodies_of(self.region)

    @property
    def roles(self) -> list[Role]:
        """The roles that may be given from here."""
        return givable(self.region, by=self.by, at=self.at)


def enter(user: Any, code: str | None, *, at: datetime) -> Desk:
    """Open the desk to who manages people there; refused to all others."""
    region = get_object_or_404(Region, code=code) if code else None
    by = access.require(user, Power.MANAGE_PEOPLE, at=at, region=region)
    return Desk(region, by, at)


def enter_region(user: Any, code: str | None, *, at: datetime) -> tuple[Desk, Region]:
    """The desk of a region, where the platform has no such page."""
    desk = enter(user, code, at=at)
    if desk.region is None:
        raise Http404
    return desk, desk.region
