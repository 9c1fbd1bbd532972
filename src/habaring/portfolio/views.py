"""The work room of choosing: candidates, limits, scenarios, comparison, adoption."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.council.models import Decision
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.portfolio import actions, choose_files, exports, pages, queries
from habaring.portfolio.candidates import Entry, table_kind
from habaring.portfolio.forms import (
    AdoptForm,
    CandidateFilter,
    CandidateForm,
    CompareForm,
    DeriveForm,
    DraftForm,
    UploadForm,
    WithdrawForm,
)
from habaring.portfolio.inputs import entry_of
from habaring.portfolio.limits_form import LimitsForm, TomlForm, YearsForm
from habaring.portfolio.models import Candidate, LimitSet, Scenario, ScenarioStatus
from habaring.portfolio.results import result
from habaring.regions.models import Region
from habaring.shared.audit import history
from habaring.shared.pages import download, paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import read
from habaring.shared.uploads import TABLES, accept

FORMS = ("csv", "xlsx")
FORM_METHODS = ["GET", "HEAD", "POST"]


def _enter(request: HttpRequest, code: str, power: Power) -> tuple[Region, Account]:
    region = get_object_or_404(Region, code=code)
    return region, access.require(request.user, power, at=now(), region=region)


def _context(region: Region, here: str, **more: Any) -> dict[str, Any]:
    return {"region": region, "here": here, **more}


def _status(form: Any, refusal: Refusal | None) -> int:
    return 422 if refusal or form.errors else 200


def _form_name(form: str) -> exports.Form:
    if form not in FORMS:
        raise Http404
    return cast("exports.Form", form)


@require_safe
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """Where the choosing stands, and what to do next."""
    region, _officer = _enter(request, code, Power.SEE_WORK_ROOM)
    context = _context(region, "overview", overview=queries.overview(region))
    return render(request, "portfolio/overview.html", context)


# Candidates


@require_safe
def candidates(request: HttpRequest, code: str) -> HttpResponse:
    """The list: search, filters, order, pages."""
    region, officer = _enter(request, code, Power.SEE_WORK_ROOM)
    done = _done_scenarios(region)
    known = queries.known(region)
    form = CandidateFilter(
        request.GET or None, known=known, scenarios=[(s.pk, s.name) for s in done]
    )
    rows = queries.current_candidates(region)
    if form.is_valid():
        rows = queries.narrowed(rows, form.cleaned_data, region)
    page = paginate(request, rows)
    chosen = queries.chosen_codes(_with_record(done.first()))
    context = _context(
        region,
        "candidates",
        form=form,
        page=page,
        lines=[
            pages.candidate_line(row, known, chosen=row.code in chosen)
            for row in page.rows
        ],
        latest=done.first(),
        may=access.powers(officer, at=now(), region=region),
        filtered=bool(request.GET),
        query=request.GET.urlencode(),
    )
    return render(request, "portfolio/candidates.html", context)


def _done_scenarios(region: Region) -> QuerySet[Scenario]:
    rows = Scenario.objects.filter(region=region, status=ScenarioStatus.DONE)
    return rows.defer("candidates_csv", "limits_toml", "record", "frontier")


def _with_record(scenario: Scenario | None) -> Scenario | None:
    return Scenario.objects.get(pk=scenario.pk) if scenario else None


def _candidate(region: Region, programme: str) -> Candidate:
    return get_object_or_404(queries.current_candidates(region), code=programme)


@require_safe
def candidate(request: HttpRequest, code: str, programme: str) -> HttpResponse:
    """All of one candidate: what it costs, brings, answers; its past and its thread."""
    region, officer = _enter(request, code, Power.SEE_WORK_ROOM)
    row = _candidate(region, programme)
    context = _context(
        region,
        "candidates",
        card=pages.card(row, queries.known(region)),
        revisions=Candidate.objects.filter(region=region, code=row.code).select_related(
            "recorded_by", "upload"
        ),
        history=history(row, region=region.code)[:20],
        thread=queries.thread(row),
        may=access.powers(officer, at=now(), region=region),
        withdraw=WithdrawForm(),
    )
    return render(request, "portfolio/candidate.html", context)


@require_http_methods(FORM_METHODS)
def new_candidate(request: HttpRequest, code: str) -> HttpResponse:
    """Record a candidate on a page."""
    return _candidate_form(request, code, None)


@require_http_methods(FORM_METHODS)
def edit_candidate(request: HttpRequest, code: str, programme: str) -> HttpResponse:
    """Change a candidate: a new revision of it."""
    return _candidate_form(request, code, programme)


def _candidate_form(
    request: HttpRequest, code: str, programme: str | None
) -> HttpResponse:
    region, officer = _enter(request, code, Power.RECORD_CANDIDATES)
    row = _candidate(region, programme) if programme else None
    entry = entry_of(row) if row else None
    form = CandidateForm(
        request.POST or None,
        known=queries.known(region),
        sources=queries.used_sources(region),
        entry=entry,
    )
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            told = actions.record_new(
                region=region,
                entry=form.as_entry(),
                new=row is None,
                by=officer,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            _say_recorded(request, told)
            return redirect("portfolio-work:candidate", code, form.as_entry().code)
    context = _context(region, "candidates", form=form, row=row, refusal=refusal)
    status = _status(form, refusal)
    return render(request, "portfolio/candidate_form.html", context, status=status)


def _say_recorded(request: HttpRequest, told: actions.Recorded) -> None:
    if told.new or told.changed:
        messages.success(request, _("The candidate is recorded."))
    else:
        messages.info(request, _("Nothing was different, so nothing was changed."))
    for problem in told.warnings:
        messages.warning(request, str(problem.message))


@require_POST
def withdraw(request: HttpRequest, code: str, programme: str) -> HttpResponse:
    """Take a candidate out, with a reason."""
    region, officer = _enter(request, code, Power.RECORD_CANDIDATES)
    row = _candidate(region, programme)
    actions.withdraw_candidate(
        candidate=row, reason=request.POST.get("reason", ""), by=officer, at=now()
    )
    messages.success(request, _("%(code)s is withdrawn.") % {"code": row.code})
    return redirect("portfolio-work:candidates", code)


@require_http_methods(FORM_METHODS)
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Send a spreadsheet: recorded whole, or every problem told and nothing saved."""
    region, officer = _enter(request, code, Power.RECORD_CANDIDATES)
    form = UploadForm(request.POST or None, request.FILES or None)
    refusal: Refusal | None = None
    told = None
    if request.method == "POST" and form.is_valid():
        try:
            told = _take_in(region, form.cleaned_data["file"], officer)
        except Refusal as refused:
            refusal = refused
    context = _context(
        region,
        "candidates",
        form=form,
        refusal=refusal,
        told=told,
        columns=table_kind(queries.known(region)).columns,
    )
    status = _status(form, refusal)
    return render(request, "portfolio/upload.html", context, status=status)


def _take_in(region: Region, file: Any, officer: Account) -> actions.Recorded:
    accepted = accept(file, TABLES)
    kind = table_kind(queries.known(region, more_sources=queries.used_sources(region)))
    language = get_language() or "id"
    rows = read(
        accepted.file, kind, today=localdate(), language=language, max_rows=20_000
    )
    entries = exports.entries_in(rows)
    return actions.take_in_file(
        region=region, accepted=accepted, rows=entries, by=officer, at=now()
    )


@require_safe
def candidates_template(request: HttpRequest, code: str) -> HttpResponseBase:
    """The spreadsheet to fill in, with the current candidates."""
    region, _officer = _enter(request, code, Power.RECORD_CANDIDATES)
    known, entries = _table(region)
    content = exports.candidates_template(known, entries)
    name = _("candidates") + f"-{region.code}.xlsx"
    return download(content, name=name, media_type=exports.XLSX)


@require_safe
def candidates_export(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The current candidates as a file that comes back unchanged."""
    region, _officer = _enter(request, code, Power.SEE_WORK_ROOM)
    known, entries = _table(region)
    name = _("candidates") + f"-{region.code}"
    rows = exports.entry_rows(entries)
    return exports.sent(table_kind(known), rows, name=name, form=_form_name(form))


def _table(region: Region) -> tuple[Any, list[Entry]]:
    entries = [entry_of(row) for row in queries.current_candidates(region)]
    return queries.known(region, more_sources=queries.used_sources(region)), entries


# Limits


@require_safe
def limits(request: HttpRequest, code: str) -> HttpResponse:
    """Every set of limits, the newest first."""
    region, officer = _enter(request, code, Power.SEE_WORK_ROOM)
    rows = LimitSet.objects.filter(region=region).select_related(
        "recorded_by", "changed_from"
    )
    page = paginate(request, rows)
    context = _context(
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
    region, officer = _enter(request, code, Power.DRAFT_SCENARIOS)
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
    context = _context(
        region,
        "limits",
        form=form,
        before=before,
        refusal=refusal,
        years=years
        if years.is_bound and not years.is_valid()
        else YearsForm(initial=initial),
    )
    status = _status(form, refusal)
    return render(request, "portfolio/limits_form.html", context, status=status)


def _limit_set(region: Region, pk: int) -> LimitSet:
    return get_object_or_404(LimitSet, pk=pk, region=region)


@require_http_methods(FORM_METHODS)
def upload_limits(request: HttpRequest, code: str) -> HttpResponse:
    """Take in limits as the TOML of `habaring choose`."""
    region, officer = _enter(request, code, Power.DRAFT_SCENARIOS)
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
    context = _context(region, "limits", form=form, refusal=refusal)
    status = _status(form, refusal)
    return render(request, "portfolio/upload_limits.html", context, status=status)


@require_safe
def limits_file(request: HttpRequest, code: str, limit_set: int) -> HttpResponseBase:
    """One set of limits as TOML."""
    region, _officer = _enter(request, code, Power.SEE_WORK_ROOM)
    row = _limit_set(region, limit_set)
    name = f"batas-{region.code}-{row.pk}.toml"
    return download(row.toml.encode(), name=name, media_type="application/toml")


# Scenarios


@require_safe
def scenarios(request: HttpRequest, code: str) -> HttpResponse:
    """Every scenario, and two of them to compare."""
    region, officer = _enter(request, code, Power.SEE_WORK_ROOM)
    rows = (
        Scenario.objects.filter(region=region)
        .select_related("limit_set", "requested_by", "derived_from")
        .defer("candidates_csv", "limits_toml", "frontier")
    )
    page = paginate(request, rows)
    context = _context(
        region,
        "scenarios",
        page=page,
        lines=[pages.scenario_line(row) for row in page.rows],
        compare=CompareForm(
            scenarios=[(s.pk, s.name) for s in _done_scenarios(region)]
        ),
        may=access.powers(officer, at=now(), region=region),
    )
    return render(request, "portfolio/scenarios.html", context)


@require_http_methods(FORM_METHODS)
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """Draft a scenario; a worker searches for its plan."""
    region, officer = _enter(request, code, Power.DRAFT_SCENARIOS)
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
    context = _context(
        region,
        "scenarios",
        form=form,
        refusal=refusal,
        limit_sets=limit_sets.count(),
        count=queries.current_candidates(region).count(),
    )
    status = _status(form, refusal)
    return render(request, "portfolio/draft.html", context, status=status)


def _scenario(region: Region, pk: int) -> Scenario:
    rows = Scenario.objects.select_related(
        "region", "limit_set", "requested_by", "derived_from"
    )
    return get_object_or_404(rows, pk=pk, region=region)


@require_safe
def scenario(request: HttpRequest, code: str, scenario: int) -> HttpResponse:
    """One scenario: its progress, its result, its conflict, or why it failed."""
    region, officer = _enter(request, code, Power.SEE_WORK_ROOM)
    row = _scenario(region, scenario)
    may = access.powers(officer, at=now(), region=region)
    context = _context(region, "scenarios", scenario=row, may=may)
    context["others"] = _done_scenarios(region).exclude(pk=row.pk)
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
    region, _officer = _enter(request, code, Power.SEE_WORK_ROOM)
    row = _scenario(region, scenario)
    if row.status not in (ScenarioStatus.QUEUED, ScenarioStatus.RUNNING):
        response: HttpResponse = redirect("portfolio-work:scenario", code, scenario)
        if getattr(request, "htmx", False):
            response = HttpResponse()
            response["HX-Refresh"] = "true"
        return response
    context = _context(
        region, "scenarios", scenario=row, **pages.running(row, at=now())
    )
    return render(request, "portfolio/running.html", context, part="progress")


@require_POST
def cancel(request: HttpRequest, code: str, scenario: int) -> HttpResponse:
    """Stop a scenario that waits or runs."""
    region, officer = _enter(request, code, Power.DRAFT_SCENARIOS)
    actions.cancel_scenario(scenario=_scenario(region, scenario), by=officer, at=now())
    messages.success(request, _("The scenario is stopped."))
    return redirect("portfolio-work:scenario", code, scenario)


@require_http_methods(FORM_METHODS)
def derive(request: HttpRequest, code: str, scenario: int) -> HttpResponse:
    """The same candidates under other ceilings."""
    region, officer = _enter(request, code, Power.DRAFT_SCENARIOS)
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
    context = _context(region, "scenarios", scenario=base, form=form, refusal=refusal)
    status = _status(form, refusal)
    return render(request, "portfolio/derive.html", context, status=status)


@require_safe
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Two scenarios side by side; made to be printed."""
    region, _officer = _enter(request, code, Power.SEE_WORK_ROOM)
    form, found = _compared(request, region)
    context = _context(region, "scenarios", form=form, found=found)
    return render(request, "portfolio/compare.html", context)


def _compared(request: HttpRequest, region: Region) -> tuple[CompareForm, Any]:
    names = [(s.pk, s.name) for s in _done_scenarios(region)]
    form = CompareForm(request.GET or None, scenarios=names)
    if not form.is_valid():
        return form, None
    pair = [_scenario(region, int(form.cleaned_data[name])) for name in ("a", "b")]
    return form, pages.compared(*pair)


@require_safe
def compare_export(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The comparison as a table."""
    region, _officer = _enter(request, code, Power.SEE_WORK_ROOM)
    _compare, found = _compared(request, region)
    if found is None:
        raise Http404
    rows = exports.comparison_rows(found)
    name = _("comparison") + f"-{region.code}"
    return exports.sent(exports.COMPARISON, rows, name=name, form=_form_name(form))


@require_safe
def scenario_export(
    request: HttpRequest, code: str, scenario: int, form: str
) -> HttpResponseBase:
    """The result as a table; the inputs and the record as `habaring choose` has them."""
    region, _officer = _enter(request, code, Power.SEE_WORK_ROOM)
    row = _scenario(region, scenario)
    if form in pages.RAW:
        return pages.raw_file(row, form)
    found = result(row)
    if found is None:
        raise Http404
    rows = exports.result_rows(found)
    name = _("scenario") + f"-{region.code}-{row.pk}"
    return exports.sent(exports.RESULT, rows, name=name, form=_form_name(form))


@require_http_methods(FORM_METHODS)
def adopt(request: HttpRequest, code: str, scenario: int) -> HttpResponse:
    """Make the scenario the plan by a decision of the council; asked twice."""
    region, officer = _enter(request, code, Power.ADOPT_PLAN)
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
    context = _context(
        region,
        "scenarios",
        scenario=row,
        result=found,
        form=form,
        refusal=refusal,
        decisions=decisions.count(),
        plan=queries.plan_in_force(region),
    )
    status = _status(form, refusal)
    return render(request, "portfolio/adopt.html", context, status=status)
