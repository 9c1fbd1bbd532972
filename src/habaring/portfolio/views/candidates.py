"""The work room of candidates: the list, one of them, forms and spreadsheets."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
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

from habaring.people import access
from habaring.people.access import EVERYWHERE, Extent, Power
from habaring.people.models import Account
from habaring.portfolio import actions, exports, pages, queries
from habaring.portfolio.candidates import Entry, Known, table_kind
from habaring.portfolio.departments import own, refuse_outside
from habaring.portfolio.forms import (
    CandidateFilter,
    CandidateForm,
    UploadForm,
    WithdrawForm,
)
from habaring.portfolio.inputs import entry_of
from habaring.portfolio.models import Candidate, Scenario
from habaring.portfolio.views import rooms
from habaring.portfolio.views.rooms import done_scenarios, enter, form_name
from habaring.regions.models import Region
from habaring.shared import form_pages
from habaring.shared.audit import history
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import XLSX, download, download_table, paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import read
from habaring.shared.uploads import TABLES, accept


def _enter(request: HttpRequest, code: str) -> tuple[Region, Account, Extent]:
    """Let in who records candidates, of all departments or of some."""
    region = get_object_or_404(Region, code=code)
    power = Power.RECORD_CANDIDATES
    return region, *access.require_part(request.user, power, at=now(), region=region)


@require_safe
def candidates(request: HttpRequest, code: str) -> HttpResponse:
    """The list: search, filters, order, pages."""
    region, officer = enter(request, code, Power.SEE_WORK_ROOM)
    done = done_scenarios(region)
    known = queries.known(region)
    form = CandidateFilter(
        request.GET or None, known=known, scenarios=[(s.pk, s.name) for s in done]
    )
    rows = queries.current_candidates(region)
    if form.is_valid():
        rows = queries.narrowed(rows, form.cleaned_data, region)
    page = paginate(request, rows)
    chosen = queries.chosen_codes(_with_record(done.first()))
    context = rooms.context(
        region,
        "candidates",
        form=form,
        page=page,
        lines=[
            pages.candidate_line(row, known, chosen=row.code in chosen)
            for row in page.rows
        ],
        latest=done.first(),
        may=access.powers_with_parts(officer, at=now(), region=region),
        filtered=bool(request.GET),
        query=request.GET.urlencode(),
    )
    return render(request, "portfolio/candidates.html", context)


def _with_record(scenario: Scenario | None) -> Scenario | None:
    return Scenario.objects.get(pk=scenario.pk) if scenario else None


def _candidate(region: Region, programme: str) -> Candidate:
    return get_object_or_404(queries.current_candidates(region), code=programme)


@require_safe
def candidate(request: HttpRequest, code: str, programme: str) -> HttpResponse:
    """All of one candidate: what it costs, brings, answers; its past and its thread."""
    region, officer = enter(request, code, Power.SEE_WORK_ROOM)
    row = _candidate(region, programme)
    context = rooms.context(
        region,
        "candidates",
        card=pages.card(row, queries.known(region)),
        revisions=Candidate.objects.filter(region=region, code=row.code).select_related(
            "recorded_by", "upload"
        ),
        history=history(row, region=region.code)[:20],
        may=access.powers(officer, at=now(), region=region, department=row.department),
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
    region, officer, within = _enter(request, code)
    row = _candidate(region, programme) if programme else None
    if row is not None:
        refuse_outside(row, within)
    form = CandidateForm(
        request.POST or None,
        known=queries.known(region, within=within),
        sources=queries.used_sources(region),
        entry=entry_of(row) if row else None,
        of_department=not within.whole,
    )
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            told = actions.record_one(
                region=region,
                entry=form.as_entry(),
                new=row is None,
                by=officer,
                at=now(),
                within=within,
            )
        except Refusal as refused:
            refusal = refused
        else:
            _say_recorded(request, told)
            return redirect("portfolio-work:candidate", code, form.as_entry().code)
    context = rooms.context(region, "candidates", form=form, row=row, refusal=refusal)
    status = form_pages.status(form, refusal)
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
    region, officer, within = _enter(request, code)
    row = _candidate(region, programme)
    reason = request.POST.get("reason", "")
    actions.withdraw_candidate(
        candidate=row, reason=reason, by=officer, at=now(), within=within
    )
    messages.success(request, _("%(code)s is withdrawn.") % {"code": row.code})
    return redirect("portfolio-work:candidates", code)


@require_http_methods(FORM_METHODS)
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Send a spreadsheet: recorded whole, or every problem told and nothing saved."""
    region, officer, within = _enter(request, code)
    form = UploadForm(request.POST or None, request.FILES or None)
    refusal: Refusal | None = None
    told = None
    if request.method == "POST" and form.is_valid():
        try:
            told = _take_in(region, form.cleaned_data["file"], officer, within)
        except Refusal as refused:
            refusal = refused
    context = rooms.context(
        region,
        "candidates",
        form=form,
        refusal=refusal,
        told=told,
        own=None if within.whole else ", ".join(own(region, within).values()),
        columns=table_kind(queries.known(region)).columns,
    )
    status = form_pages.status(form, refusal)
    return render(request, "portfolio/upload.html", context, status=status)


def _take_in(
    region: Region, file: Any, officer: Account, within: Extent
) -> actions.Recorded:
    accepted = accept(file, TABLES)
    kind = table_kind(queries.known(region, more_sources=queries.used_sources(region)))
    language = get_language() or "id"
    rows = read(
        accepted.file, kind, today=localdate(), language=language, max_rows=20_000
    )
    entries = exports.entries_in(rows)
    return actions.take_in_file(
        region=region,
        accepted=accepted,
        rows=entries,
        by=officer,
        at=now(),
        within=within,
    )


@require_safe
def candidates_template(request: HttpRequest, code: str) -> HttpResponseBase:
    """The spreadsheet to fill in, with the current candidates that one may change."""
    region, _officer, within = _enter(request, code)
    known, entries = _table(region, within)
    content = exports.candidates_template(known, entries)
    name = _("candidates") + f"-{region.code}.xlsx"
    return download(content, name=name, media_type=XLSX)


@require_safe
def candidates_export(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The current candidates as a file that comes back unchanged."""
    region, _officer = enter(request, code, Power.SEE_WORK_ROOM)
    known, entries = _table(region)
    name = _("candidates") + f"-{region.code}"
    rows = exports.entry_rows(entries)
    return download_table(table_kind(known), rows, name=name, form=form_name(form))


def _table(region: Region, within: Extent = EVERYWHERE) -> tuple[Known, list[Entry]]:
    rows = queries.current_candidates(region)
    entries = [
        entry_of(row) for row in rows if within.has_department(row.department_id)
    ]
    sources = queries.used_sources(region)
    return queries.known(region, more_sources=sources, within=within), entries
