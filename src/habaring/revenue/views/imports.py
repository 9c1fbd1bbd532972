"""Files for the register: send, look at what is wrong, save."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.revenue import register_files
from habaring.revenue.actions import imports as verbs
from habaring.revenue.forms.imports import ImportForm
from habaring.revenue.models import ImportState, RegisterImport
from habaring.revenue.register_files import KINDS
from habaring.revenue.views.register import room_of
from habaring.revenue.views.rooms import Room, reloaded
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import XLSX, download, download_table, paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import template
from habaring.shared.uploads import TABLES, accept

MAX_BYTES = 80 * 1024**2
RUNNING = (ImportState.READING, ImportState.SAVING)


def _context(room: Room, **more: Any) -> dict[str, Any]:
    return {
        "region": room.region,
        "may": room.may,
        "here": "register",
        "part": "imports",
        **more,
    }


@require_http_methods(FORM_METHODS)
def imports(request: HttpRequest, code: str) -> HttpResponse:
    """Every file that was sent; send another one."""
    room = room_of(request, code)
    form = ImportForm(request.POST or None, request.FILES or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            return _begun(room, form.cleaned_data)
        except Refusal as refused:
            refusal = refused
    rows = RegisterImport.objects.filter(region=room.region).select_related("sent_by")
    context = _context(
        room,
        form=form,
        refusal=refusal,
        page=paginate(request, rows),
        kinds=[(name, table) for name, (table, _needed, _row) in KINDS.items()],
        titles={name: table.title for name, (table, _needed, _row) in KINDS.items()},
    )
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/register/imports.html", context, status=status)


def _begun(room: Room, data: dict[str, Any]) -> HttpResponse:
    new = verbs.NewImport(
        kind=data["kind"],
        accepted=accept(data["file"], TABLES, max_bytes=MAX_BYTES),
        language=get_language() or "id",
        illustrative=data["illustrative"],
    )
    run = verbs.begin(region=room.region, new=new, by=room.officer, at=now())
    if run.size <= verbs.AT_ONCE:
        verbs.look_at(region=room.region.code, run=run.pk, today=localdate())
    else:
        _defer("revenue.read_register_file", run)
    return redirect("revenue-work:import", room.region.code, run.pk)


def _defer(task: str, run: RegisterImport) -> None:
    # late: the tasks' package is needed by few pages
    from procrastinate.contrib.django import app

    app.configure_task(task).defer(region=run.region_id, run=run.pk)


def _run(room: Room, key: int) -> RegisterImport:
    return get_object_or_404(RegisterImport, region=room.region, pk=key)


@never_cache
@require_safe
def one(request: HttpRequest, code: str, run: int) -> HttpResponse:
    """One file: its progress, its problems, what became of it."""
    room = room_of(request, code)
    row = _run(room, run)
    if getattr(request, "htmx", False) and row.state not in RUNNING:
        return reloaded()
    context = _context(
        room,
        run=row,
        title=KINDS[row.kind][0].title,
        running=row.state in RUNNING,
        good=row.rows - row.bad,
        unlisted=row.problems_counted - len(row.problems),
        counts=[(WORDS[key], n) for key, n in row.counts.items() if key in WORDS],
    )
    return render(request, "revenue/register/import.html", context, part="state")


WORDS = register_files.COUNTS


@require_POST
def save(request: HttpRequest, code: str, run: int) -> HttpResponse:
    """Save it, or save it without the rows that cannot be."""
    room = room_of(request, code)
    row = verbs.ask_to_save(
        run=_run(room, run),
        leave_out=bool(request.POST.get("tanpa")),
        by=room.officer,
        at=now(),
    )
    if row.size <= verbs.AT_ONCE:
        verbs.save(region=code, run=row.pk, at=now(), today=localdate())
    else:
        _defer("revenue.save_register_file", row)
    return redirect("revenue-work:import", code, row.pk)


@require_POST
def cancel(request: HttpRequest, code: str, run: int) -> HttpResponse:
    """Nothing of it is saved."""
    room = room_of(request, code)
    verbs.cancel(run=_run(room, run), by=room.officer, at=now())
    return redirect("revenue-work:imports", code)


@require_safe
def blank(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The spreadsheet to fill in."""
    room_of(request, code)
    if kind not in KINDS:
        raise Http404
    content = template(KINDS[kind][0], [], language=get_language() or "id")
    return download(content, name=f"{kind}-{code}.xlsx", media_type=XLSX)


@require_safe
def places_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The mapping of NOPs as a file that comes back unchanged."""
    room = room_of(request, code)
    if form not in ("csv", "xlsx"):
        raise Http404
    rows = register_files.place_rows(room.region)
    name = _("villages-of-nops") + f"-{code}"
    return download_table(register_files.PLACES, rows, name=name, form=form)
