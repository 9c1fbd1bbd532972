"""The map from the smart city's targets to the RPJMD's, and to the next RPJMD."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.masterplan import actions, mapping, situation
from habaring.masterplan.forms.alignment import DayForm, PeriodsForm
from habaring.masterplan.mapping import Suggested
from habaring.masterplan.models import (
    Aim,
    Alignment,
    DevelopmentPlan,
    Level,
    PlanTarget,
)
from habaring.masterplan.views.analysis import enter, may_write
from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal


@require_safe
def alignment(request: HttpRequest, code: str) -> HttpResponse:
    """The map to each RPJMD, old ones too; what waits to be mapped anew."""
    region, reader = enter(request, code, Power.SEE_WORK_ROOM)
    day = localdate()
    plans = list(_plans(region))
    return render(
        request,
        "masterplan/alignment.html",
        {
            "region": region,
            "maps": situation.plan_maps(region, day),
            "plans": plans,
            "can_remap": len(plans) > 1,
            "may_write": may_write(reader, region),
        },
    )


def _plans(region: Region) -> QuerySet[DevelopmentPlan]:
    return DevelopmentPlan.objects.filter(region=region).order_by("-first_year")


@dataclass(frozen=True)
class Side:
    """One target: what it serves in the old RPJMD, what it could serve in the new."""

    aim: Aim
    old: tuple[Alignment, ...]  # ended ones, too
    new: tuple[PlanTarget, ...]  # served already
    suggested: tuple[Suggested, ...]
    chosen: frozenset[int]

    @property
    def field(self) -> str:
        return f"aim-{self.aim.number}"


@require_http_methods(FORM_METHODS)
def remap(request: HttpRequest, code: str) -> HttpResponse:
    """Old → new side by side, with suggestions to take or leave; nothing is lost."""
    region, writer = enter(request, code)
    plans = _plans(region)
    if plans.count() < 2:
        messages.warning(request, _("There is one RPJMD only: record the next first."))
        return redirect("masterplan-work:alignment", code)
    after, before = plans[0], plans[1]
    given = request.POST if request.method == "POST" else request.GET
    periods = PeriodsForm(given if "dari" in given else None, plans=plans)
    if periods.is_bound and periods.is_valid():
        before, after = periods.cleaned_data["dari"], periods.cleaned_data["ke"]
    among = list(PlanTarget.objects.filter(development_plan=after, withdrawn_at=None))
    sides = _sides(region, before, after, among, request)
    day = DayForm(
        request.POST if request.method == "POST" else None,
        initial={"day": _first_day(after)},
    )
    refusal: Refusal | None = None
    if request.method == "POST" and day.is_valid():
        new = actions.Remap(
            before,
            after,
            day.cleaned_data["day"],
            {side.aim.number: tuple(sorted(side.chosen)) for side in sides},
        )
        try:
            made = actions.remap(region=region, new=new, by=writer, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            words = _(
                "%(moved)d targets serve the new RPJMD now; %(left)d still the old."
            )
            messages.success(request, words % {"moved": made.moved, "left": made.left})
            return redirect("masterplan-work:alignment", code)
    context = {
        "region": region,
        "periods": PeriodsForm(plans=plans, initial={"dari": before, "ke": after}),
        "before": before,
        "after": after,
        "among": among,
        "sides": sides,
        "day": day,
        "refusal": refusal,
    }
    status = 422 if refusal or day.errors else 200
    return render(request, "masterplan/remap.html", context, status=status)


def _first_day(plan: DevelopmentPlan) -> date:
    """New Year's Day of the period, and not before today."""
    return max(date(plan.first_year, 1, 1), localdate())


def _sides(
    region: Region,
    before: DevelopmentPlan,
    after: DevelopmentPlan,
    among: list[PlanTarget],
    request: HttpRequest,
) -> list[Side]:
    found = []
    rows = situation.aims(region).filter(level=Level.TARGET)
    for aim in rows:
        lines = list(aim.alignments.all())
        old = tuple(
            one for one in lines if one.plan_target.development_plan_id == before.pk
        )
        new = tuple(
            one.plan_target
            for one in lines
            if not one.until and one.plan_target.development_plan_id == after.pk
        )
        if not old and not new:
            continue
        suggested = tuple(mapping.suggest(aim, [one.plan_target for one in old], among))
        found.append(
            Side(aim, old, new, suggested, _chosen(request, aim, new, suggested))
        )
    return found


def _chosen(
    request: HttpRequest,
    aim: Aim,
    new: tuple[PlanTarget, ...],
    suggested: tuple[Suggested, ...],
) -> frozenset[int]:
    """What was ticked; before anything is sent: what is served, else the likeliest."""
    if request.method == "POST":
        ticked = request.POST.getlist(f"aim-{aim.number}")
        return frozenset(int(key) for key in ticked if key.isdigit())
    if new:
        return frozenset(target.pk for target in new)
    return frozenset(one.target.pk for one in suggested[:1])
