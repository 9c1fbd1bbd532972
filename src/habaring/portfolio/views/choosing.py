"""The work room of choosing: limits, scenarios, comparison, adoption."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.council.models import Decision
from habaring.people import access
from habaring.people.access import Power
from habaring.portfolio import actions, choose_files, exports, pages, queries
from habaring.portfolio.forms import (
    AdoptForm,
    CompareForm,
    DeriveForm,
    DraftForm,
)
from habaring.portfolio.limits_form import LimitsForm, TomlForm, YearsForm
from habaring.portfolio.models import LimitSet, Scenario, ScenarioStatus
from habaring.portfolio.results import result
from habaring.portfolio.views import rooms
from habaring.portfolio.views.rooms import done_scenarios, enter, form_name
from habaring.regions.models import Region
from habaring.shared import form_pages
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import download, download_table, paginate, render
from habaring.shared.refusal import Refusal


@require_safe
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """Where the choosing stands, and what to do next."""
    region, _officer = enter(request, code, Power.SEE_WORK_ROOM)
    context = rooms.context(region, "overview", overview=queries.overview(region))
    return render(request, "portfolio/overview.html", context)


# Limits


@require_safe
def limits(request: HttpRequest, code: str) -> HttpResponse:
    """Every set of limits, the newest first."""
    region, officer = enter(request, code, Power.SEE_WORK_ROOM)
    rows = LimitSet.objects.filter(region=region).select_related(
        "recorded_by", "changed_from"
    )
    page = paginate(request, rows)
    context = rooms.context(
        region,
        "limits",
        page=page,
        lines=[pages.limits_line(row) for row in page.rows],
        may=access.powers(officer, at=now(), region=region),
    )
    return render(request, "portfolio/limits.html", context)


@require_http_methods(FORM_METHODS)
def new_limits(
    request: HttpRequest, code: str, limit_set: int | None = None
) -> HttpResponse:
    """Limits as tables; a change makes a new set that names the one before."""
    region, officer = enter(request, code, Power.DRAFT_SCENARIOS)
    before = _limit_set(region, limit_set) if limit_set else None
    years = YearsForm(request.GET or None)
    form = LimitsForm(
        request.POST or None,
        base=pages.limits_base(before, years, this_year=localdate().year),
        known=queries.known(region),
        sources=queries.used_sources(region),
        initial={"name": before.name if before else ""},
    )
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        toml = choose_files.limits_to_toml(form.as_limits())
        new = actions.NewLimits(
            form.cleaned_data["name"],
            toml,
            before,
            bool(before and before.illustrative),
        )
        try:
            actions.record_limits(region=region, limits=new, by=officer, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The limits are recorded."))
            return redirect("portfolio-work:limits", code)
    initial = {"mulai": form.base.start_year, "tahun": form.base.years}
    context = rooms.context(
        region,
        "limits",
        form=form,
        before=before,
        refusal=refusal,
        years=years
        if years.is_bound and not years.is_valid()
        else YearsForm(initial=initial),
    )
    status = form_pages.status(form, refusal)
    return render(request, "portfolio/limits_form.html", context, status=status)


def _limit_set(region: Region, pk: int) -> LimitSet:
    return get_object_or_404(LimitSet, pk=pk, region=region)


@require_http_methods(FORM_METHODS)
def upload_limits(request: HttpRequest, code: str) -> HttpResponse:
    """Take in limits as the TOML of `habaring choose`."""
    region, officer = enter(request, code, Power.DRAFT_SCENARIOS)
    form = TomlForm(request.POST or None, request.FILES or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            toml = pages.toml_text(form.cleaned_data["file"])
            new = actions.NewLimits(form.cleaned_data["name"], toml)
            actions.record_limits(region=region, limits=new, by=officer, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The limits are recorded."))
            return redirect("portfolio-work:limits", code)
    context = rooms.context(region, "limits", form=form, refusal=refusal)
    status = form_pages.status(form, refusal)
    return render(request, "portfolio/upload_limits.html", context, status=status)


@require_safe
def limits_file(request: HttpRequest, code: str, limit_set: int) -> HttpResponseBase:
    """One set of limits as TOML."""
    region, _officer = enter(request, code, Power.SEE_WORK_ROOM)
    row = _limit_set(region, limit_set)
    name = f"batas-{region.code}-{row.pk}.toml"
    return download(row.toml.encode(), name=name, media_type="application/toml")


# Scenarios


@require_safe
def scenarios(request: HttpRequest, code: str) -> HttpResponse:
    """Every scenario, and two of them to compare."""
    region, officer = enter(request, code, Power.SEE_WORK_ROOM)
    rows = (
        Scenario.objects.filter(region=region)
        .select_related("limit_set", "requested_by", "derived_from")
        .defer("candidates_csv", "limits_toml", "frontier")
    )
    page = paginate(request, rows)
    context = rooms.context(
        region,
        "scenarios",
        page=page,
        lines=[pages.scenario_line(row) for row in page.rows],
        compare=CompareForm(scenarios=[(s.pk, s.name) for s in done_scenarios(region)]),
        may=access.powers(officer, at=now(), region=region),
    )
    return render(request, "portfolio/scenarios.html", context)


@require_http_methods(FORM_METHODS)
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """Draft a scenario; a worker searches for its plan."""
    region, officer = enter(request, code, Power.DRAFT_SCENARIOS)
    limit_sets = LimitSet.objects.filter(region=region).order_by("-recorded_at", "-pk")
    form = DraftForm(
        request.POST or None,
        limit_sets=limit_sets,
        initial={"limit_set": request.GET.get("batas")},
    )
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        wanted = actions.Draft(**form.cleaned_data)
        try:
            made = actions.draft_scenario(
                region=region, draft=wanted, by=officer, at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            return redirect("portfolio-work:scenario", code, made.pk)
    context = rooms.context(
        region,
        "scenarios",
        form=form,
        refusal=refusal,
        limit_sets=limit_sets.count(),
        count=queries.current_candidates(region).count(),
    )
    status = form_pages.status(form, refusal)
    return render(request, "portfolio/draft.html", context, status=status)


def _scenario(region: Region, pk: int) -> Scenario:
    rows = Scenario.objects.select_related(
        "region", "limit_set", "requested_by", "derived_from"
    )
    return get_object_or_404(rows, pk=pk, region=region)


@require_safe
def scenario(request: HttpRequest, code: str, scenario: int) -> HttpResponse:
    """One scenario: its progress, its result, its conflict, or why it failed."""
    region, officer = enter(request, code, Power.SEE_WORK_ROOM)
    row = _scenario(region, scenario)
    may = access.powers(officer, at=now(), region=region)
    context = rooms.context(region, "scenarios", scenario=row, may=may)
    context["others"] = done_scenarios(region).exclude(pk=row.pk)
    show: Callable[[Scenario], dict[str, Any]] = {
        ScenarioStatus.DONE: pages.done,
        ScenarioStatus.CONFLICT: pages.conflict,
    }.get(ScenarioStatus(row.status), lambda r: pages.running(r, at=now()))
    context.update(show(row))
    template = {"done": "scenario", "conflict": "conflict"}.get(row.status, "running")
    return render(request, f"portfolio/{template}.html", context)


@require_safe
def progress(request: HttpRequest, code: str, scenario: int) -> HttpResponse:
    """The part that htmx asks every second; it reloads the page at the end."""
    region, _officer = enter(request, code, Power.SEE_WORK_ROOM)
    row = _scenario(region, scenario)
    if row.status not in (ScenarioStatus.QUEUED, ScenarioStatus.RUNNING):
        response: HttpResponse = redirect("portfolio-work:scenario", code, scenario)
        if getattr(request, "htmx", False):
            response = HttpResponse()
            response["HX-Refresh"] = "true"
        return response
    context = rooms.context(
        region, "scenarios", scenario=row, **pages.running(row, at=now())
    )
    return render(request, "portfolio/running.html", context, part="progress")


@require_POST
def cancel(request: HttpRequest, code: str, scenario: int) -> HttpResponse:
    """Stop a scenario that waits or runs."""
    region, officer = enter(request, code, Power.DRAFT_SCENARIOS)
    actions.cancel_scenario(scenario=_scenario(region, scenario), by=officer, at=now())
    messages.success(request, _("The scenario is stopped."))
    return redirect("portfolio-work:scenario", code, scenario)


@require_http_methods(FORM_METHODS)
def derive(request: HttpRequest, code: str, scenario: int) -> HttpResponse:
    """The same candidates under other ceilings."""
    region, officer = enter(request, code, Power.DRAFT_SCENARIOS)
    base = _scenario(region, scenario)
    form = DeriveForm(
        request.POST or None,
        limits=queries.limits_of(base),
        initial={"name": _("%(name)s, a tenth less") % {"name": base.name}},
    )
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        scaling = actions.Scaling(
            data["percent"], tuple(data["sources"]), tuple(data["years"])
        )
        try:
            made = actions.derive_scenario(
                scenario=base, name=data["name"], scaling=scaling, by=officer, at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            return redirect("portfolio-work:scenario", code, made.pk)
    context = rooms.context(
        region, "scenarios", scenario=base, form=form, refusal=refusal
    )
    status = form_pages.status(form, refusal)
    return render(request, "portfolio/derive.html", context, status=status)


@require_safe
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Two scenarios side by side; made to be printed."""
    region, _officer = enter(request, code, Power.SEE_WORK_ROOM)
    form, found = _compared(request, region)
    context = rooms.context(region, "scenarios", form=form, found=found)
    return render(request, "portfolio/compare.html", context)


def _compared(request: HttpRequest, region: Region) -> tuple[CompareForm, Any]:
    names = [(s.pk, s.name) for s in done_scenarios(region)]
    form = CompareForm(request.GET or None, scenarios=names)
    if not form.is_valid():
        return form, None
    pair = [_scenario(region, int(form.cleaned_data[name])) for name in ("a", "b")]
    return form, pages.compared(*pair)


@require_safe
def compare_export(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The comparison as a table."""
    region, _officer = enter(request, code, Power.SEE_WORK_ROOM)
    _compare, found = _compared(request, region)
    if found is None:
        raise Http404
    rows = exports.comparison_rows(found)
    name = _("comparison") + f"-{region.code}"
    return download_table(exports.COMPARISON, rows, name=name, form=form_name(form))


@require_safe
def scenario_export(
    request: HttpRequest, code: str, scenario: int, form: str
) -> HttpResponseBase:
    """The result as a table; the inputs and the record as `habaring choose` has them."""
    region, _officer = enter(request, code, Power.SEE_WORK_ROOM)
    row = _scenario(region, scenario)
    if form in pages.RAW:
        return pages.raw_file(row, form)
    found = result(row)
    if found is None:
        raise Http404
    rows = exports.result_rows(found)
    name = _("scenario") + f"-{region.code}-{row.pk}"
    return download_table(exports.RESULT, rows, name=name, form=form_name(form))


@require_http_methods(FORM_METHODS)
def adopt(request: HttpRequest, code: str, scenario: int) -> HttpResponse:
    """Make the scenario the plan by a decision of the council; asked twice."""
    region, officer = enter(request, code, Power.ADOPT_PLAN)
    row = _scenario(region, scenario)
    found = result(row)
    if found is None:
        return redirect("portfolio-work:scenario", code, scenario)
    decisions = Decision.objects.filter(region=region, plan=None).select_related(
        "council"
    )
    form = AdoptForm(request.POST or None, decisions=decisions)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        decision = form.cleaned_data["decision"]
        try:
            actions.adopt_plan(scenario=row, decision=decision, by=officer, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The plan is adopted and public."))
            return redirect("portfolio:plan", code)
    context = rooms.context(
        region,
        "scenarios",
        scenario=row,
        result=found,
        form=form,
        refusal=refusal,
        decisions=decisions.count(),
        plan=queries.plan_in_force(region),
    )
    status = form_pages.status(form, refusal)
    return render(request, "portfolio/adopt.html", context, status=status)
