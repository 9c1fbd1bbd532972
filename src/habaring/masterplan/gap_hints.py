"""Gaps that the numbers show by themselves: indicators short of their target, elements
of readiness below what is expected, dimensions that nobody measures. Suggestions only:
cause and need are for people.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from habaring.assessment.models import (
    Direction,
    EditionScore,
    FrameworkIndicator,
    Observation,
    Target,
)
from habaring.masterplan import dimensions, readiness
from habaring.masterplan.models import Gap
from habaring.regions.models import Region
from habaring.shared import formats

LOW_SCORE = 50
"""Below this, a dimension of the index is suggested as a gap."""


@dataclass(frozen=True)
class Hint:
    """A gap that could be recorded; `about` keeps it from being suggested again."""

    about: str
    dimension: str
    now: str
    expected: str
    why: str
    illustrative: bool = False


def hints(region: Region) -> list[Hint]:
    """What the index, the targets and the readiness say, without what is recorded."""
    rows = Gap.objects.filter(region=region, withdrawn_at=None)
    known = set(rows.values_list("about", flat=True))
    every = [*_of_targets(region), *_of_readiness(region), *_of_index(region)]
    return [hint for hint in every if hint.about not in known]


def _of_targets(region: Region) -> Iterator[Hint]:
    values: dict[int, Observation] = {}
    for row in Observation.objects.filter(region=region).current():
        newest = values.get(row.indicator_id)
        if row.value is not None and (newest is None or row.year > newest.year):
            values[row.indicator_id] = row
    places = {
        place.indicator_id: place.dimension.code
        for place in FrameworkIndicator.objects.filter(
            framework__status="in_force"
        ).select_related("dimension")
    }
    targets = Target.objects.filter(region=region).select_related("indicator")
    for target in targets.order_by("indicator__code", "year"):
        value = values.get(target.indicator_id)
        if value is None or value.value is None:
            continue
        higher = target.indicator.direction == Direction.HIGHER
        short = value.value < target.value if higher else value.value > target.value
        if not short:
            continue
        decimals = target.indicator.decimals
        name = target.indicator.name
        yield Hint(
            about=f"target:{target.indicator.code}/{target.year}",
            dimension=dimensions.top_of(places.get(target.indicator_id, "")),
            now=f"{name} {value.year}: {formats.number(value.value, decimals)}",
            expected=f"{name} {target.year}: {formats.number(target.value, decimals)}",
            why=_("The newest value has not reached the target of %(year)d.")
            % {"year": target.year},
            illustrative=target.illustrative or value.illustrative,
        )


_LIVES_IN = {
    "nature": "ENV",
    "structure": "GOV",
    "infrastructure": "LIV",
    "superstructure": "GOV",
    "people": "SOC",
    "culture": "BRA",
}
"""The dimension under which a gap of an element is filed first; people may change it."""


def _of_readiness(region: Region) -> Iterator[Hint]:
    year = next(iter(readiness.years(region)), None)
    if year is None:
        return
    whole = readiness.readiness(region, year)
    for one in whole.elements:
        if one.mean is None or one.mean >= whole.chosen.expected:
            continue
        name = one.element.name
        yield Hint(
            about=f"readiness:{year}/{one.element.code}",
            dimension=_LIVES_IN.get(one.element.code, "GOV"),
            now=_("Readiness %(name)s %(year)d: %(mean)s of %(highest)d")
            % {
                "name": name,
                "year": year,
                "mean": formats.number(one.mean, 1),
                "highest": whole.chosen.highest,
            },
            expected=_("Readiness %(name)s: %(expected)d")
            % {"name": name, "expected": whole.chosen.expected},
            why=_("The element lies below what is expected."),
            illustrative=whole.illustrative,
        )


def _of_index(region: Region) -> Iterator[Hint]:
    known = dimensions.known()
    rows = EditionScore.objects.filter(region=region).select_related("edition")
    newest = rows.order_by("-edition__year", "-edition__published_at").first()
    if newest is None:
        return
    for row in rows.filter(edition=newest.edition_id).order_by("group"):
        if row.group not in known or (row.score is not None and row.score >= LOW_SCORE):
            continue
        year, name = newest.edition.year, known[row.group].name
        if row.score is None:
            now, why = (
                _("%(name)s is not measured") % {"name": name},
                _("No public value is known: closing the gap begins with data."),
            )
        else:
            now = _("Score of %(name)s in the index %(year)d: %(score)s of 100") % {
                "name": name,
                "year": year,
                "score": formats.number(row.score, 1),
            }
            why = _("The score lies below half of the scale.")
        yield Hint(
            about=f"index:{year}/{row.group}",
            dimension=row.group,
            now=now,
            expected=_("Score of %(name)s: %(score)d or more")
            % {"name": name, "score": LOW_SCORE},
            why=why,
            illustrative=newest.edition.illustrative,
        )
