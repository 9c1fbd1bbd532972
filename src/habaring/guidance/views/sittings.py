"""The days of a stage in the work room: plan, agenda, people, who came, close."""

from collections import Counter
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.guidance import badges, gates, queries, tables
from habaring.guidance.actions import attending, stages
from habaring.guidance.forms.national import MaybeReasonForm, ReasonForm
from habaring.guidance.forms.region import (
    DaysForm,
    GuestForm,
    ProgrammeForm,
    TableForm,
    days_initial,
    programme_initial,
)
from habaring.guidance.models import Participant, Sitting, Stage
from habaring.guidance.views.room import SEE, trail
from habaring.guidance.views.rooms import Room, either, enter, form_page, guide
from habaring.shared.form_pages import FORM_METHODS, Sheet, files, posted
from habaring.shared.pages import download_table, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import read

FORMS = ("csv", "xlsx")


def sitting_of(room: Room, key: int) -> Sitting:
    """A sitting of this region, or 404."""
    rows = Sitting.objects.select_related("stage", "enrolment__cohort", "region")
    return get_object_or_404(rows, pk=key, region=room.region)


@require_safe
def sitting(request: HttpRequest, code: str, sitting: int) -> HttpResponse:
    """Everything of one stage, and what is missing before it can close."""
    room = enter(request, code, SEE)
    row = sitting_of(room, sitting)
    on = localdate(now())
    context = {
        "region": room.region,
        "may": room.may,
        "takes_part": room.takes_part,
        "guides": room.guides,
        "sitting": row,
        "agenda": list(row.agenda.all()),
        "speakers": list(row.speakers.all()),
        "balance": queries.balance(row),
        "missing": () if row.closed_at else gates.missing(row, on=on),
        "ahead": on < row.starts_on,
        "work": [
            (one, queries.is_late(one.state, one.due_on, on))
            for one in queries.assignments(room.region)
            if one.template.stage_id == row.stage_id
        ],
    }
    return render(request, "guidance/sitting_work.html", context)


@require_http_methods(FORM_METHODS)
def plan(request: HttpRequest, code: str, stage: int) -> HttpResponse:
    """Plan the days of a stage."""
    room = either(request, code)
    enrolment = queries.current(room.region)
    if enrolment is None:
        raise Http404
    row = get_object_or_404(Stage, number=stage, cohort=enrolment.cohort)
    form = DaysForm(posted(request))

    def save() -> HttpResponse:
        made = stages.plan_sitting(
            enrolment=enrolment,
            stage=row,
            days=form.as_days(),
            by=room.officer,
            at=now(),
        )
        messages.success(
            request, _("The days are planned; the assignments have a day.")
        )
        return redirect("guidance-work:sitting", code, made.pk)

    sheet = Sheet(
        _("Plan the days: %(stage)s") % {"stage": row.name},
        _("When and where. The assignments of the stage fall due after the last day."),
        _("Plan them"),
        trail=trail(room),
    )
    return form_page(request, room.region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def change(request: HttpRequest, code: str, sitting: int) -> HttpResponse:
    """Change the days."""
    room = either(request, code)
    row = sitting_of(room, sitting)
    form = DaysForm(posted(request), initial=days_initial(row))

    def save() -> HttpResponse:
        stages.change_sitting(
            sitting=row, days=form.as_days(), by=room.officer, at=now()
        )
        messages.success(request, _("The days are changed."))
        return redirect("guidance-work:sitting", code, row.pk)

    sheet = Sheet(
        _("Change the days"),
        _("Work that nobody has begun moves with the last day."),
        _("Save"),
        trail=trail(room),
    )
    return form_page(request, room.region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def programme(request: HttpRequest, code: str, sitting: int) -> HttpResponse:
    """Agenda and speakers."""
    room = either(request, code)
    row = sitting_of(room, sitting)
    form = ProgrammeForm(posted(request), initial=programme_initial(row))

    def save() -> HttpResponse:
        stages.set_programme(
            sitting=row,
            agenda=form.cleaned_data["agenda"],
            speakers=form.cleaned_data["speakers"],
            by=room.officer,
            at=now(),
        )
        messages.success(request, _("Agenda and speakers are kept."))
        return redirect("guidance-work:sitting", code, row.pk)

    sheet = Sheet(
        _("Agenda and speakers"),
        _("Everybody sees them on the page of the stage."),
        _("Save"),
        trail=trail(room),
    )
    return form_page(request, room.region, form, sheet, save)


@require_POST
def held(request: HttpRequest, code: str, sitting: int) -> HttpResponse:
    """The days took place."""
    room = either(request, code)
    stages.mark_held(sitting=sitting_of(room, sitting), by=room.officer, at=now())
    messages.success(request, _("Noted: the days were held."))
    return redirect("guidance-work:sitting", code, sitting)


@require_http_methods(FORM_METHODS)
def close(request: HttpRequest, code: str, sitting: int) -> HttpResponse:
    """Close the stage, where its gates allow it or a reason stands for them."""
    room = guide(request, code)
    row = sitting_of(room, sitting)
    form = MaybeReasonForm(posted(request))

    def save() -> HttpResponse:
        stages.close_stage(
            sitting=row,
            reason=form.cleaned_data["reason"],
            by=room.officer,
            at=now(),
        )
        messages.success(request, _("The stage is closed."))
        return redirect("guidance-work:sitting", code, row.pk)

    lacking = gates.missing(row, on=localdate(now()))
    sheet = Sheet(
        _("Close the stage"),
        " ".join(one.what for one in lacking)
        if lacking
        else _("Nothing is missing: the stage can be closed."),
        _("Close the stage"),
        trail=trail(room),
    )
    return form_page(request, room.region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def reopen(request: HttpRequest, code: str, sitting: int) -> HttpResponse:
    """Open it again."""
    room = guide(request, code)
    row = sitting_of(room, sitting)
    form = ReasonForm(posted(request))

    def save() -> HttpResponse:
        stages.reopen_stage(
            sitting=row, reason=form.cleaned_data["reason"], by=room.officer, at=now()
        )
        messages.success(request, _("The stage is open again."))
        return redirect("guidance-work:sitting", code, row.pk)

    sheet = Sheet(
        _("Open the stage again"),
        _("Everybody reads the reason."),
        _("Open it again"),
        trail=trail(room),
    )
    return form_page(request, room.region, form, sheet, save)


# People


@require_http_methods(FORM_METHODS)
def people(request: HttpRequest, code: str, sitting: int) -> HttpResponse:
    """The list of participants; add one, or a table of them."""
    room = either(request, code)
    row = sitting_of(room, sitting)
    form, table = GuestForm(), TableForm()
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            if "file" in request.FILES:
                table = TableForm(request.POST, files(request))
                if table.is_valid():
                    return _invited_table(request, room, row, table)
            else:
                form = GuestForm(request.POST)
                if form.is_valid():
                    return _invited(request, room, row, [form.as_guest()])
        except Refusal as refused:
            refusal = refused
    context = {
        "region": room.region,
        "sitting": row,
        "rows": list(row.participants.prefetch_related("attendances")),
        "balance": queries.balance(row),
        "form": form,
        "table": table,
        "refusal": refusal,
    }
    status = 422 if refusal or form.errors or table.errors else 200
    return render(request, "guidance/people.html", context, status=status)


def _invited(
    request: HttpRequest, room: Room, row: Sitting, guests: list[attending.Guest]
) -> HttpResponse:
    told = attending.invite(sitting=row, guests=guests, by=room.officer, at=now())
    messages.success(
        request,
        _("%(new)s new, %(changed)s changed, %(same)s as before.")
        % {"new": told.new, "changed": told.changed, "same": told.unchanged},
    )
    return redirect("guidance-work:people", room.region.code, row.pk)


def _invited_table(
    request: HttpRequest, room: Room, row: Sitting, table: TableForm
) -> HttpResponse:
    rows = read(
        table.cleaned_data["file"],
        tables.PARTICIPANTS,
        today=localdate(now()),
        max_rows=attending.MOST,
    )
    return _invited(request, room, row, tables.guests_in(rows))


@require_safe
def people_file(
    request: HttpRequest, code: str, sitting: int, form: str
) -> HttpResponseBase:
    """The list as a file that comes back."""
    room = either(request, code)
    row = sitting_of(room, sitting)
    if form not in FORMS:
        raise Http404
    rows = tables.participant_rows(row.participants.prefetch_related("attendances"))
    name = _("participants") + f"-{code}-{row.stage.number}"
    return download_table(tables.PARTICIPANTS, rows, name=name, form=form)


@require_POST
def strike(request: HttpRequest, code: str, sitting: int, number: int) -> HttpResponse:
    """Take somebody off the list."""
    room = either(request, code)
    row = get_object_or_404(
        Participant.objects.select_related("sitting"),
        sitting=sitting_of(room, sitting),
        number=number,
    )
    attending.strike(participant=row, by=room.officer, at=now())
    messages.success(request, _("Taken off the list."))
    return redirect("guidance-work:people", code, sitting)


@require_http_methods(FORM_METHODS)
def attendance(request: HttpRequest, code: str, sitting: int) -> HttpResponse:
    """Who came, day by day: ticked here, or by the desk's telephone."""
    room = either(request, code)
    row = sitting_of(room, sitting)
    day = _asked_day(request, row)
    refusal: Refusal | None = None
    if request.method == "POST":
        numbers = {
            int(one) for one in request.POST.getlist("number") if one.isdecimal()
        }
        try:
            came = attending.tick(
                sitting=row, day=day, numbers=numbers, by=room.officer, at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("%(came)s came on this day.") % {"came": came})
            return redirect(f"{request.path}?hari={day}")
    people = list(row.participants.prefetch_related("attendances"))
    context = {
        "region": room.region,
        "sitting": row,
        "day": day,
        "days": [
            (number, row.starts_on + timedelta(days=number - 1))
            for number in range(1, row.days + 1)
        ],
        "rows": [
            (one, next((a for a in one.attendances.all() if a.day == day), None))
            for one in people
        ],
        "came": Counter(a.day for one in people for a in one.attendances.all())[day],
        "balance": queries.balance(row),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return render(request, "guidance/attendance.html", context, status=status)


def _asked_day(request: HttpRequest, row: Sitting) -> int:
    asked = request.GET.get("hari", "")
    today = (localdate(now()) - row.starts_on).days + 1
    day = int(asked) if asked.isdecimal() and len(asked) < 3 else today
    return min(max(day, 1), row.days)


@require_safe
def badge_sheet(request: HttpRequest, code: str, sitting: int) -> HttpResponse:
    """Badges to print: a number and a code, and the name for the person who wears it."""
    room = either(request, code)
    row = sitting_of(room, sitting)
    context = {
        "region": room.region,
        "sitting": row,
        "rows": [
            (one, badges.typed(one), drawn(badges.badge(one)))
            for one in row.participants.all()
        ],
    }
    return render(request, "guidance/badges.html", context)


def drawn(content: str) -> SafeString:
    """A QR code as SVG."""
    # late: drawing a code is needed by few processes
    import segno

    picture: str = segno.make(content, error="m", micro=False).svg_inline(
        border=2, omitsize=True, svgclass="qr-code", lineclass="qr-dark"
    )
    return mark_safe(picture)  # noqa: S308 - drawn by segno from our own text
