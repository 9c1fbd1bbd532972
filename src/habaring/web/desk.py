"""The first page of the work room: what waits for this person today, across domains."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from habaring.assessment.queries import data_quality, latest_edition
from habaring.masterplan.models import Edition
from habaring.masterplan.queries import sections
from habaring.people.access import Power
from habaring.portfolio.models import ScenarioStatus
from habaring.portfolio.queries import Overview, overview
from habaring.regions.models import Region


@dataclass(frozen=True)
class Door:
    """One thing to do: where, what, and why now."""

    title: str
    why: str
    url: str


def waiting(region: Region, powers: frozenset[Power], *, on: date) -> list[Door]:
    """What waits, in the order of the cycle; nothing the person may not do."""
    found: list[Door] = []
    if Power.RECORD_OBSERVATIONS in powers:
        found += _numbers(region, on)
    if Power.PUBLISH_INDEX in powers and latest_edition(region) is None:
        found.append(
            Door(
                _("Publish the first index edition"),
                _("The public page cannot say yet where the region stands."),
                reverse("assessment-work:publish", args=[region.code]),
            )
        )
    if Power.DRAFT_SCENARIOS in powers:
        found += _choosing(region, overview(region))
    if Power.WRITE_PLAN in powers:
        found += _writing(region)
    return found


def _numbers(region: Region, on: date) -> Iterator[Door]:
    quality = data_quality(region, on=on)
    stale = len(quality.stale)
    if stale:
        yield Door(
            _("Bring %(count)d indicators up to date") % {"count": stale},
            _("Their values are missing or older than their producer's rhythm."),
            reverse("assessment-work:overview", args=[region.code]),
        )


def _choosing(region: Region, state: Overview) -> Iterator[Door]:
    desk = reverse("portfolio-work:overview", args=[region.code])
    if state.candidates == 0:
        yield Door(
            _("Bring in the candidate programmes"),
            _("Without candidates there is nothing to choose from."),
            desk,
        )
    elif state.limit_sets == 0:
        yield Door(
            _("Set the limits"),
            _("Ceilings by year and source come before a scenario."),
            desk,
        )
    elif state.plan is None and state.scenarios.get(ScenarioStatus.DONE):
        yield Door(
            _("Put a scenario before the council"),
            _("A scenario is ready, and no plan is in force."),
            desk,
        )


def _writing(region: Region) -> Iterator[Door]:
    empty = [place for place in sections(region) if not place.revision]
    if empty:
        yield Door(
            _("Write %(count)d sections of the books") % {"count": len(empty)},
            _("They say openly that they are not written yet."),
            reverse("masterplan-work:desk", args=[region.code]),
        )
    elif not Edition.objects.filter(region=region).exists():
        yield Door(
            _("Issue the first edition of the books"),
            _("All sections are written."),
            reverse("masterplan-work:issue", args=[region.code]),
        )


def doors(region: Region, powers: frozenset[Power]) -> list[Door]:
    """Everything that the person's roles open in this region."""
    every = (
        (
            Power.RECORD_OBSERVATIONS,
            "assessment-work:overview",
            _("Report numbers"),
            _("Upload or type observations, set targets, publish an index edition."),
        ),
        (
            Power.RECORD_CANDIDATES,
            "portfolio-work:overview",
            _("Choose programmes"),
            _("Candidates, limits, scenarios, the adopted plan."),
        ),
        (
            Power.RECORD_DECISIONS,
            "council-work:decisions",
            _("Council and decisions"),
            _("The body formed by decree, and what it decided."),
        ),
        (
            Power.WRITE_PLAN,
            "masterplan-work:desk",
            _("Write the master plan"),
            _("Sections, missions, editions of the books."),
        ),
        (
            Power.MANAGE_REGION,
            "regions-work:departments",
            _("Departments"),
            _("Open, rename, merge or close a department."),
        ),
        (
            Power.MANAGE_PEOPLE,
            "people-work:people",
            _("People and roles"),
            _("Invite officers, give and end roles."),
        ),
    )
    return [
        Door(title, why, reverse(name, args=[region.code]))
        for power, name, title, why in every
        if power in powers
    ]
