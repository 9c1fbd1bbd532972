"""The first page of local taxes in the work room: where the year stands, what waits."""

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.revenue import bills, issuing
from habaring.revenue.models import (
    Issue,
    IssueState,
    NopPlace,
    ObjectState,
    RuleState,
    TaxObject,
    TaxRule,
    ValueClass,
)
from habaring.revenue.views.rooms import enter
from habaring.shared.pages import render


@require_safe
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """The year's bills in one sentence, and the doors to everything else."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    region, on = room.region, localdate()
    years = bills.years(region)
    year = next((one for one in years if one <= on.year), on.year)
    running = Issue.objects.filter(region=region).exclude(state=IssueState.CANCELLED)
    numbers = bills.year_numbers(region, year) if years else None
    objects = TaxObject.objects.filter(
        region=region, tax=issuing.TAX, state=ObjectState.ACTIVE
    ).count()
    context = {
        "region": region,
        "may": room.may,
        "here": "desk",
        "numbers": numbers,
        "come_in": float(numbers.share * 100) if numbers else 0,
        "before": bills.year_numbers(region, year - 1) if year - 1 in years else None,
        "issue": running.order_by("-year").first(),
        "waiting": TaxRule.objects.filter(
            region=region, state=RuleState.PROPOSED
        ).count(),
        "objects": objects,
        "first": {} if numbers else _first(region, objects),
    }
    return render(request, "revenue/desk.html", context)


def _first(region: Region, objects: int) -> dict[str, bool]:
    """What must be there before a first year can be issued, and whether it is."""
    rules = TaxRule.objects.filter(region=region, tax=issuing.TAX)
    return {
        "rule": rules.filter(state=RuleState.APPROVED).exists(),
        "classes": ValueClass.objects.filter(region=region).exists(),
        "places": NopPlace.objects.filter(region=region).exists(),
        "objects": bool(objects),
    }
