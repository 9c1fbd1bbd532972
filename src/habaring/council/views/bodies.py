"""The work room of bodies and seats."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.council import actions, pictures, queries, tables
from habaring.council.forms.bodies import CouncilForm, EndForm, SeatForm
from habaring.council.forms.fields import TableForm
from habaring.council.models import Council, Seat, SeatContact, Task
from habaring.council.telling import told
from habaring.council.views.decisions import held_by
from habaring.council.views.rooms import Desk, enter, form_page, kept, read
from habaring.people.access import Power
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import download_table, render
from habaring.shared.uploads import TABLES, accept

MEETINGS_SHOWN = 5


@require_safe
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """How the bodies stand: what assessors would fault, what comes next."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    plans = Power.RECORD_MEETINGS in read(request, code).may
    region, at = room.region, now()
    meetings = queries.meetings_of(region, public=False)
    late = Task.objects.filter(region=region, state="open").select_related("owner")
    found = [told(region, one) for one in queries.warned(region, on=localdate(at))]
    context = {
        "region": region,
        "may": room.may,
        "plans": plans,
        "warnings": found,
        "lesser": [one for one in found if one.tone == "info"],
        "bodies": Council.objects.filter(region=region, dissolved_on=None)
        .exclude(kind="group")
        .select_related("decree"),
        "meetings": queries.upcoming(meetings, at=at)[:MEETINGS_SHOWN],
        "tasks": late[:MEETINGS_SHOWN],
        "today": localdate(at),
        "mine": held_by(room),
    }
    return render(request, "council/desk.html", context)


def _body(room_code: str, body: int) -> Council:
    rows = Council.objects.select_related("region", "decree", "parent")
    return get_object_or_404(rows, pk=body, region=room_code)


@require_safe
def body(request: HttpRequest, code: str, body: int) -> HttpResponse:
    """One body: who sits in it, its groups, its meetings."""
    room = enter(request, code, Power.SEE_WORK_ROOM, body=body)
    row = _body(code, body)
    today = localdate(now())
    seats = list(queries.seats_on(row, today))
    reached = set(
        SeatContact.objects.filter(seat__body=row).values_list("seat_id", flat=True)
    )
    context = {
        "region": room.region,
        "may": room.may,
        "body": row,
        "lines": [
            (seat, bool(seat.account_id) or seat.pk in reached) for seat in seats
        ],
        "former": Seat.objects.filter(body=row, to_on__lt=today)[:50],
        "groups": row.groups.filter(dissolved_on=None),
        "meetings": row.meetings.all()[:MEETINGS_SHOWN],
        "chart": pictures.pillar_chart(seats) if seats else None,
        "groups_missing": row.kind == "team" and _groups_missing(row),
    }
    return render(request, "council/work_body.html", context)


def _groups_missing(team: Council) -> int:
    return max(0, 6 - team.groups.filter(dissolved_on=None).count())


def _trail(room: Desk, body: Council | None = None) -> tuple[tuple[str, str], ...]:
    code = room.region.code
    found = [(_("Bodies"), reverse("council-work:desk", args=[code]))]
    if body is not None:
        url = reverse("council-work:body", args=[code, body.pk])
        found.append((body.name, url))
    return tuple(found)


@require_http_methods(FORM_METHODS)
def new_council(request: HttpRequest, code: str) -> HttpResponse:
    """Record a body and the decree that formed it."""
    room = enter(request, code, Power.MANAGE_BODIES)
    form = CouncilForm(posted(request), region=room.region)

    def save() -> HttpResponse:
        row = actions.record_council(
            region=room.region, body=form.as_body(), by=room.officer, at=now()
        )
        messages.success(request, _("The council is recorded."))
        if back := kept(request):
            answer = redirect("council-work:new-decision", code)
            answer["Location"] += "?kembali=" + back
            return answer
        return redirect("council-work:body", code, row.pk)

    sheet = Sheet(
        _("Record a council"),
        _("A body formed by decree: the council, the executing team, a forum."),
        _("Record the council"),
        trail=_trail(room),
    )
    return form_page(request, room.region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def edit_council(request: HttpRequest, code: str, body: int) -> HttpResponse:
    """Correct a body's name, rules or decree."""
    room = enter(request, code, Power.MANAGE_BODIES)
    row = _body(code, body)
    form = CouncilForm(posted(request), region=room.region, body=row)

    def save() -> HttpResponse:
        actions.change_council(
            council=row, body=form.as_body(), by=room.officer, at=now()
        )
        messages.success(request, _("The body is changed."))
        return redirect("council-work:body", code, body)

    sheet = Sheet(
        _("Change the body"),
        _("What it was before stays in the audit trail."),
        _("Save"),
        trail=_trail(room, row),
    )
    return form_page(request, room.region, form, sheet, save)


@require_POST
def make_groups(request: HttpRequest, code: str, body: int) -> HttpResponse:
    """Make the six working groups of a team in one act."""
    room = enter(request, code, Power.MANAGE_BODIES)
    row = _body(code, body)
    made = len(actions.make_groups(team=row, by=room.officer, at=now()))
    words = ngettext(
        "%(n)d working group is made.", "%(n)d working groups are made.", made
    )
    messages.success(request, words % {"n": made})
    return redirect("council-work:body", code, body)


@require_http_methods(FORM_METHODS)
def dissolve(request: HttpRequest, code: str, body: int) -> HttpResponse:
    """End a body and its seats."""
    room = enter(request, code, Power.MANAGE_BODIES)
    row = _body(code, body)
    form = EndForm(posted(request))

    def save() -> HttpResponse:
        actions.dissolve_council(
            council=row,
            on=form.cleaned_data["on"],
            reason=form.cleaned_data["reason"],
            by=room.officer,
            at=now(),
        )
        messages.success(request, _("The body is dissolved."))
        return redirect("council-work:desk", code)

    sheet = Sheet(
        _("Dissolve the body"),
        _("All its seats end on that day; its meetings and decisions stay."),
        _("Dissolve"),
        confirm=_("Dissolve this body? Its seats end."),
        trail=_trail(room, row),
    )
    return form_page(request, room.region, form, sheet, save)


# Seats


@require_http_methods(FORM_METHODS)
def new_seat(request: HttpRequest, code: str, body: int) -> HttpResponse:
    """Seat somebody; an account gets the body's role where one may give roles."""
    room = enter(request, code, Power.MANAGE_BODIES)
    row = _body(code, body)
    form = SeatForm(
        posted(request),
        region=room.region,
        may_link=Power.MANAGE_PEOPLE in room.may,
    )

    def save() -> HttpResponse:
        actions.record_seat(
            body=row, sitting=form.as_sitting(), by=room.officer, at=now()
        )
        messages.success(request, _("The seat is recorded."))
        return redirect("council-work:body", code, body)

    sheet = Sheet(
        _("Seat somebody"),
        _("Name, institution and pillar are public; mail addresses are not."),
        _("Record the seat"),
        trail=_trail(room, row),
    )
    return form_page(request, room.region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def end_seat(request: HttpRequest, code: str, seat: int) -> HttpResponse:
    """End a seat with a day and a reason."""
    room = enter(request, code, Power.MANAGE_BODIES)
    rows = Seat.objects.select_related("body__region")
    row = get_object_or_404(rows, pk=seat, body__region=code)
    form = EndForm(posted(request))

    def save() -> HttpResponse:
        actions.end_seat(
            seat=row,
            on=form.cleaned_data["on"],
            reason=form.cleaned_data["reason"],
            by=room.officer,
            at=now(),
        )
        messages.success(request, _("The seat has ended; the role it gave too."))
        return redirect("council-work:body", code, row.body_id)

    sheet = Sheet(
        _("End the seat of %(name)s") % {"name": row.person_name},
        _("The seat stays in the history of the body."),
        _("End the seat"),
        trail=_trail(room, row.body),
    )
    return form_page(request, room.region, form, sheet, save)


@require_safe
def seats_file(
    request: HttpRequest, code: str, body: int, form: str
) -> HttpResponseBase:
    """The seats of a body as a table, with those that have ended."""
    enter(request, code, Power.SEE_WORK_ROOM, body=body)
    row = _body(code, body)
    if form not in tables.FORMS:
        raise Http404
    rows = tables.seat_rows(row.seats.all())
    name = _("seats") + f"-{code}-{body}"
    return download_table(tables.SEATS, rows, name=name, form=form)


@require_safe
def seats_template(request: HttpRequest, code: str, body: int) -> HttpResponse:
    """The workbook to fill in."""
    enter(request, code, Power.MANAGE_BODIES)
    return tables.blank(tables.SEATS, tables.seat_rows(_body(code, body).seats.all()))


@require_http_methods(FORM_METHODS)
def upload_seats(request: HttpRequest, code: str, body: int) -> HttpResponse:
    """Seats from a spreadsheet: all, or none with every problem named."""
    room = enter(request, code, Power.MANAGE_BODIES)
    row = _body(code, body)
    form = TableForm(posted(request), request.FILES or None)

    def save() -> HttpResponse:
        accepted = accept(form.cleaned_data["file"], TABLES)
        rows = tables.rows_of(accepted, tables.SEATS, today=localdate(now()))
        made = actions.record_seats(
            body=row,
            sittings=tables.sittings_in(rows, row),
            by=room.officer,
            at=now(),
        )
        words = ngettext("%(n)d seat is new.", "%(n)d seats are new.", made)
        messages.success(request, words % {"n": made})
        return redirect("council-work:body", code, body)

    sheet = Sheet(
        _("Seats from a spreadsheet"),
        _("Rows that are there already are left alone; one bad row refuses the file."),
        _("Take the file in"),
        trail=_trail(room, row),
        template="council/upload.html",
        files=(
            (
                _("Get the template") + " (XLSX)",
                reverse("council-work:seats-template", args=[code, body]),
            ),
        ),
    )
    return form_page(request, room.region, form, sheet, save)
