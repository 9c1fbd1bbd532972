"""Sections of the books are written together: what is frozen becomes a revision."""

from contextlib import suppress

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from habaring.masterplan import actions
from habaring.masterplan.models import Section
from habaring.masterplan.queries import section_place
from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.writing.kinds import Frozen, Kind, Place, register

PREFIX = "masterplan/section/"


def key_of(section: str) -> str:
    """The key of a section's text."""
    return PREFIX + section


def _place(region: Region, key: str) -> Place | None:
    place = section_place(region, key.removeprefix(PREFIX))
    if place is None:
        return None
    return Place(
        title=place.heading,
        url=reverse("masterplan-work:desk", args=[region.code]),
        within=_("Master plan"),
    )


def _seed(region: Region, key: str) -> str:
    rows = Section.objects.filter(region=region, key=key.removeprefix(PREFIX))
    newest = rows.order_by("-revision").first()
    return newest.text if newest else ""


def _frozen(frozen: Frozen) -> None:
    with suppress(actions.NothingChanged):  # the text is that of the newest revision
        actions.write_section(
            region=frozen.region,
            key=frozen.key.removeprefix(PREFIX),
            text=frozen.text,
            by=frozen.by,
            at=frozen.at,
        )


register(
    Kind(
        prefix=PREFIX,
        write=frozenset({Power.WRITE_PLAN}),
        speak=frozenset({Power.MENTOR}),
        place=_place,
        seed=_seed,
        frozen=_frozen,
    )
)
