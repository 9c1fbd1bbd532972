"""Public: the parts of a region and its budget. Work room: its departments."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.regions import actions, queries, register
from habaring.regions.budget_table import BUDGET
from habaring.regions.forms import CloseForm, DepartmentForm, RenameForm
from habaring.regions.maps import map_of, shaded_by
from habaring.regions.models import Department, Region
from habaring.regions.register_table import REGIONS
from habaring.shared import door
from habaring.shared.audit import history
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import download, paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import TableKind, Value, write_csv, write_xlsx

MANAGE = "manage_region"
SEE = "see_work_room"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _region(code: str) -> Region:
    return get_object_or_404(Region.objects.select_related("parent"), code=code)


# Public


@require_safe
def places(request: HttpRequest, code: str) -> HttpResponse:
    """What a region is made of: its parts with their figures, on a map."""
    region = _region(code)
    parts = queries.parts(region)
    context = {
        "region": region,
        "page": paginate(request, parts, size=60),
        "map": map_of(region, parts),
        "sources": register.sources(),
        "years": queries.budget_years(region),
        "indicative": any(part.has_boundary for part in parts),
        "shaded_by": shaded_by(region),
    }
    return render(request, "regions/places.html", context)


@require_safe
def places_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The region and everything below it, in the form in which it loads again."""
    region = _region(code)
    rows = queries.register_rows(region)
    return _file(REGIONS, rows, form, f"wilayah-{code}")


def _file(
    kind: TableKind, rows: list[dict[str, Value]], form: str, name: str
) -> HttpResponseBase:
    language = get_language() or "id"
    if form == "csv":
        content: Iterator[bytes] = write_csv(kind, rows, language)
        return download(
            content, name=f"{name}.csv", media_type="text/csv; charset=utf-8"
        )
    if form != "xlsx":
        raise Http404
    file = BytesIO()
    write_xlsx(kind, rows, file, language)
    return download(file.getvalue(), name=f"{name}.xlsx", media_type=XLSX)


@require_safe
def budget(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """A budget as published, before and after revision, and what does not add up."""
    region = _region(code)
    found = queries.budget(region, year)
    if found is None:
        raise Http404
    context = {
        "region": region,
        "budget": found,
        "years": queries.budget_years(region),
        "revenue": found.line("revenue"),
        "expenditure": found.line("expenditure"),
    }
    return render(request, "regions/budget.html", context)


@require_safe
def budget_file(
    request: HttpRequest, code: str, year: int, form: str
) -> HttpResponseBase:
    """The budget's lines in whole rupiah."""
    region = _region(code)
    rows = queries.budget_rows(region, year)
    if not rows:
        raise Http404
    return _file(BUDGET, rows, form, f"apbd-{code}-{year}")


# Work room: departments


def _enter(request: HttpRequest, code: str, power: str) -> tuple[Region, Any]:
    region = _region(code)
    return region, door.require(request.user, power, at=now(), region=region)


def _may(request: HttpRequest, region: Region) -> bool:
    try:
        door.require(request.user, MANAGE, at=now(), region=region)
    except Refusal:
        return False
    return True


@require_safe
def departments(request: HttpRequest, code: str) -> HttpResponse:
    """The departments of the region: search, and what can be done with each."""
    region, _account = _enter(request, code, SEE)
    q = request.GET.get("q", "").strip()[:100]
    context = {
        "region": region,
        "q": q,
        "page": paginate(request, queries.departments(region, q)),
        "may": _may(request, region),
    }
    return render(request, "regions/departments.html", context)


@require_http_methods(FORM_METHODS)
def new_department(request: HttpRequest, code: str) -> HttpResponse:
    """Open a department."""
    region, account = _enter(request, code, MANAGE)
    form = DepartmentForm(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_department(
                region=region, new=form.department(), by=account, at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            told = _("%(name)s is open.") % {"name": made.name}
            messages.success(request, told)
            return redirect("regions-work:departments", code=code)
    context = {"region": region, "form": form, "refusal": refusal}
    status = 422 if refusal or form.errors else 200
    return render(request, "regions/new_department.html", context, status=status)


def _department(region: Region, department: str) -> Department:
    return get_object_or_404(Department, region=region, code=department)


@require_http_methods(FORM_METHODS)
def rename_department(request: HttpRequest, code: str, department: str) -> HttpResponse:
    """Give a department other names, with the reason."""
    region, account = _enter(request, code, MANAGE)
    row = _department(region, department)
    names = {name: getattr(row, name) for name in ("name_id", "name_en", "short_name")}
    form = RenameForm(request.POST or None, initial=names)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_department(
                department=row,
                names=form.names(),
                reason=form.cleaned_data["reason"],
                by=account,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The new name is recorded."))
            return redirect("regions-work:departments", code=code)
    context = {
        "region": region,
        "department": row,
        "form": form,
        "refusal": refusal,
        "history": history(row, region=region.code)[:20],
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "regions/rename_department.html", context, status=status)


@require_http_methods(FORM_METHODS)
def close_department(request: HttpRequest, code: str, department: str) -> HttpResponse:
    """Close a department, or merge it into another one."""
    region, account = _enter(request, code, MANAGE)
    row = _department(region, department)
    others = Department.objects.filter(region=region, closed_on=None).exclude(pk=row.pk)
    form = CloseForm(
        request.POST or None, others=others, initial={"on": localdate(now())}
    )
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _end(row, form.cleaned_data, account)
        except Refusal as refused:
            refusal = refused
        else:
            told = _("%(name)s is closed; its past stays.") % {"name": row.name}
            messages.success(request, told)
            return redirect("regions-work:departments", code=code)
    context = {"region": region, "department": row, "form": form, "refusal": refusal}
    status = 422 if refusal or form.errors else 200
    return render(request, "regions/close_department.html", context, status=status)


def _end(row: Department, given: dict[str, Any], account: Any) -> Department:
    into = given["into"]
    what = {"on": given["on"], "reason": given["reason"], "by": account, "at": now()}
    if into is None:
        return actions.close_department(department=row, **what)
    return actions.merge_department(department=row, into=into, **what)
