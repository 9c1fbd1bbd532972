"""The public face of choosing: the adopted plan, and a page for each programme."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from habaring.portfolio import exports, pages, pictures, queries
from habaring.portfolio.funding import source_name
from habaring.portfolio.models import Candidate, Plan, PlanItem
from habaring.portfolio.results import result
from habaring.regions.models import Region
from habaring.shared.pages import download_table, render


def _region(code: str) -> Region:
    return get_object_or_404(Region.objects.select_related("parent"), code=code)


def _plan(code: str) -> Plan:
    plan = queries.plan_in_force(_region(code))
    if plan is None:
        raise Http404
    return plan


@require_safe
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """What the council chose and why, with what was left out; or that nothing is yet."""
    region = _region(code)
    found = queries.plan_in_force(region)
    context: dict[str, Any] = {"region": region, "plan": found}
    if found is None:
        return render(request, "portfolio/no_plan.html", context)
    face = result(found.scenario)
    if face is None:
        raise Http404
    money = queries.money(found)
    context |= {
        "result": face,
        "money": money,
        "money_chart": pictures.money_chart(money, example=found.illustrative),
        "roadmap": pictures.roadmap_chart(face),
        "dimensions": pictures.balance_chart(
            face.dimensions,
            key="dimensi",
            title=_("Money by dimension"),
            example=found.illustrative,
        ),
        "command": pages.command(found.scenario),
        "earlier": Plan.objects.filter(region=region, replaced_at__isnull=False)
        .select_related("decision")
        .order_by("-adopted_at")[:10],
    }
    return render(request, "portfolio/plan.html", context)


@require_safe
def programme(request: HttpRequest, code: str, programme: str) -> HttpResponse:
    """One programme that a plan decided on, with its thread. Others are not public."""
    region = _region(code)
    item = (
        PlanItem.objects.filter(candidate__region=region, candidate__code=programme)
        .select_related(
            "candidate__department",
            "candidate__district",
            "candidate__region",
            "candidate__proposal",
            "plan__decision__council",
            "plan__scenario",
        )
        .order_by("-plan__adopted_at")
        .first()
    )
    row, in_force, line = _standing(region, programme, item)
    context = {
        "region": region,
        "card": pages.card(row, queries.known(region)),
        "item": item,
        "plan": in_force,
        "line": line,
        "money": [
            (one, source_name(one.source))
            for one in (queries.item_money(item) if item else [])
        ],
    }
    return render(request, "portfolio/programme.html", context)


def _standing(
    region: Region, programme: str, item: PlanItem | None
) -> tuple[Candidate, Plan | None, object]:
    """The candidate as it was decided on, the plan in force, its line there."""
    in_force = queries.plan_in_force(region)
    face = result(in_force.scenario) if in_force else None
    lines = {line.code: line for line in face.lines} if face else {}
    if item is not None:
        return item.candidate, in_force, lines.get(programme)
    if in_force is None or programme not in lines:
        raise Http404
    rows = Candidate.objects.filter(pk__in=in_force.scenario.candidate_ids)
    row = get_object_or_404(
        rows.select_related("department", "district", "region", "proposal"),
        code=programme,
    )
    return row, in_force, lines[programme]


@require_safe
def candidates_file(request: HttpRequest, code: str) -> HttpResponseBase:
    """The candidates that the plan was chosen from, for `habaring choose`."""
    return pages.raw_file(_plan(code).scenario, "kandidat.csv")


@require_safe
def limits_file(request: HttpRequest, code: str) -> HttpResponseBase:
    """The limits of the plan, for `habaring choose`."""
    return pages.raw_file(_plan(code).scenario, "batas.toml")


@require_safe
def record_file(request: HttpRequest, code: str) -> HttpResponseBase:
    """The engine's whole result."""
    return pages.raw_file(_plan(code).scenario, "catatan.json")


@require_safe
def result_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """Every programme in or out, with its reason."""
    found = result(_plan(code).scenario)
    if found is None or form not in ("csv", "xlsx"):
        raise Http404
    name = _("plan") + f"-{code}"
    rows = exports.result_rows(found)
    return download_table(
        exports.RESULT, rows, name=name, form=cast("exports.Form", form)
    )


@require_safe
def money_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The money of the plan by year, source and kind."""
    if form not in ("csv", "xlsx"):
        raise Http404
    rows = exports.money_rows(queries.money(_plan(code)))
    name = _("money") + f"-{code}"
    return download_table(
        exports.MONEY, rows, name=name, form=cast("exports.Form", form)
    )
