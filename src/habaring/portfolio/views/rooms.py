"""What every page of the work room here does: let in, tell where one is, name a file."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.timezone import now

from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.portfolio import exports
from habaring.portfolio.models import Scenario, ScenarioStatus
from habaring.regions.models import Region

FORMS = ("csv", "xlsx")


def enter(request: HttpRequest, code: str, power: Power) -> tuple[Region, Account]:
    """Let in who holds the power in the whole region."""
    region = get_object_or_404(Region, code=code)
    return region, access.require(request.user, power, at=now(), region=region)


def context(region: Region, here: str, **more: Any) -> dict[str, Any]:
    """What every page shows: the region, the tab, and its own."""
    return {"region": region, "here": here, **more}


def form_name(form: str) -> exports.Form:
    """The kind of file that an address names, or 404."""
    if form not in FORMS:
        raise Http404
    return cast("exports.Form", form)


def done_scenarios(region: Region) -> QuerySet[Scenario]:
    """The scenarios with a result, without their long columns."""
    rows = Scenario.objects.filter(region=region, status=ScenarioStatus.DONE)
    return rows.defer("candidates_csv", "limits_toml", "record", "frontier")
