"""What of the assessment is owned by posts: each indicator's number in a region."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.assessment import owners
from habaring.assessment.holdings import (
    FRESH_YEARS,
    QualityRow,
    data_quality,
    framework_in_force,
)
from habaring.assessment.league import latest_edition
from habaring.assessment.models import (
    Indicator,
    Observation,
    ObservationQuerySet,
)
from habaring.people.access import Power
from habaring.posts.states import Rhythm
from habaring.posts.things import (
    Asked,
    Kind,
    Thing,
    Waiting,
    once,
    register,
    register_waiting,
)
from habaring.regions.models import Region


def _numbers(region: Region, on: date) -> Iterator[Thing]:
    """The numbers of the framework in force, then all others that were recorded."""
    inside = set()
    for row in _quality(region, on):
        inside.add(row.place.indicator_id)
        yield _thing(region, row.place.indicator, row.year)
    newest = dict(
        _recorded(region)
        .exclude(indicator__in=inside)
        .values_list("indicator_id")
        .annotate(newest=Max("year"))
    )
    for indicator in Indicator.objects.filter(pk__in=newest):
        yield _thing(region, indicator, newest[indicator.pk])


def _quality(region: Region, on: date) -> tuple[QualityRow, ...]:
    return once(
        ("assessment.quality", region.code, on),
        lambda: data_quality(region, on=on).rows,
    )


def _recorded(region: Region) -> ObservationQuerySet:
    current = Observation.objects.current().filter(region=region)
    return Observation.objects.filter(
        region=region, pk__in=current.values("pk")
    ).exclude(status="missing")


def _number(region: Region, ref: str, on: date) -> Thing | None:
    indicator = Indicator.objects.filter(code=ref).first()
    if indicator is None:
        return None
    rows = _recorded(region).filter(indicator=indicator)
    year = rows.aggregate(newest=Max("year"))["newest"]
    if year is None:
        framework = framework_in_force()
        if framework is None or not framework.places.filter(indicator=indicator):
            return None
    return _thing(region, indicator, year)


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
    if within := asked.extent(Power.RECORD_OBSERVATIONS):
        mine = owners.share(region, within)
        rows = _quality(region, asked.on)
        if mine is not None:
            rows = tuple(r for r in rows if r.place.indicator.code in mine.indicators)
        yield from _to_record(region, rows)
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
