"""What of the assessment is owned by posts: each indicator's number in a region."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.assessment.holdings import (
    FRESH_YEARS,
    QualityRow,
    data_quality,
    framework_in_force,
)
from habaring.assessment.league import latest_edition
from habaring.assessment.models import Indicator, Observation
from habaring.people.access import Power
from habaring.posts.states import Rhythm
from habaring.posts.things import (
    Asked,
    Kind,
    Thing,
    Waiting,
    register,
    register_waiting,
)
from habaring.regions.models import Region


def _numbers(region: Region, on: date) -> Iterator[Thing]:
    for row in data_quality(region, on=on).rows:
        yield _thing(region, row.place.indicator, row.year)


def _number(region: Region, ref: str, on: date) -> Thing | None:
    indicator = Indicator.objects.filter(code=ref).first()
    framework = framework_in_force()
    if indicator is None or framework is None:
        return None
    if not framework.places.filter(indicator=indicator).exists():
        return None
    newest = (
        Observation.objects.current()
        .filter(region=region, indicator=indicator)
        .exclude(status="missing")
    )
    return _thing(region, indicator, max((row.year for row in newest), default=None))


def _thing(region: Region, indicator: Indicator, year: int | None) -> Thing:
    """Due on the last day on which `data_quality` still calls the value fresh.

    A number that was never recorded has no day: nobody promised one.
    """
    at = [region.code, indicator.code]
    return Thing(
        kind="number",
        ref=indicator.code,
        title=indicator.name,
        url=reverse("assessment-work:history", args=at),
        due_on=date(year + FRESH_YEARS, 12, 31) if year else None,
        updated_on=date(year, 12, 31) if year else None,
        public_url=reverse("assessment:indicator", args=at),
    )


def _waiting(asked: Asked) -> Iterator[Waiting]:
    """The next steps of the index, for whoever may take them."""
    region = asked.region
    if Power.RECORD_OBSERVATIONS in asked.powers:
        yield from _to_record(region, data_quality(region, on=asked.on).rows)
    if Power.PUBLISH_INDEX in asked.powers and latest_edition(region) is None:
        yield Waiting(
            _("Publish the first index edition"),
            _("The public page cannot say yet where the region stands."),
            reverse("assessment-work:publish", args=[region.code]),
        )


def _to_record(region: Region, rows: tuple[QualityRow, ...]) -> Iterator[Waiting]:
    desk = reverse("assessment-work:overview", args=[region.code])
    stale = sum(row.state == "stale" for row in rows)
    if stale:
        yield Waiting(
            _("Bring %(count)d indicators up to date") % {"count": stale},
            _("Their values are older than their producer's rhythm."),
            desk,
        )
    missing = sum(row.state == "missing" for row in rows)
    if missing:
        yield Waiting(
            _("Record %(count)d indicators that have no value") % {"count": missing},
            _("Without them the index says less about the region."),
            desk,
        )


register(
    Kind(
        code="number",
        one=gettext_lazy("number"),
        many=gettext_lazy("numbers"),
        things=_numbers,
        thing=_number,
        rhythm=Rhythm(remind_before_days=30, escalate_after_days=90),
        power=Power.RECORD_OBSERVATIONS,
        order=10,
    )
)
register_waiting("assessment", _waiting)
