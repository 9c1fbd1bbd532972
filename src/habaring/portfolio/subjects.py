"""What a council can decide about here: scenarios, and the plan in force."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from habaring.council.subjects import Choice, SubjectKind, register
from habaring.portfolio.models import Plan, Scenario, ScenarioStatus
from habaring.regions.models import Region

MOST = 100


def _scenarios(region: Region) -> Iterable[Choice]:
    rows = Scenario.objects.filter(region=region, status=ScenarioStatus.DONE)
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")[:MOST]]


def _scenario_url(region: Region, ref: str) -> str:
    """A scenario is read by everyone once it is the plan."""
    adopted = Plan.objects.filter(region=region, replaced_at=None)
    adopted = adopted.filter(scenario=int(ref)) if ref.isdigit() else adopted.none()
    return reverse("portfolio:plan", args=[region.code]) if adopted.exists() else ""


def _plans(region: Region) -> Iterable[Choice]:
    rows = Plan.objects.filter(region=region).select_related("scenario")
    return [(str(row.pk), row.scenario.name) for row in rows[:MOST]]


def _plan_url(region: Region, ref: str) -> str:
    plans = Plan.objects.filter(region=region, replaced_at=None)
    plans = plans.filter(pk=int(ref)) if ref.isdigit() else plans.none()
    return reverse("portfolio:plan", args=[region.code]) if plans.exists() else ""


register(SubjectKind("scenario", _("scenario"), _scenarios, _scenario_url, order=10))
register(SubjectKind("plan", _("adopted plan"), _plans, _plan_url, order=20))
