"""The work room of meetings: plan, invite, attendance, minutes."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
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

from habaring.council import queries, tokens
from habaring.council.actions import attendance as came
from habaring.council.actions import meetings as verbs
from habaring.council.actions import minutes as written
from habaring.council.forms.meetings import (
    ApproveForm,
    HandForm,
    ItemForm,
    MeetingForm,
    MinutesForm,
    ReasonForm,
)
from habaring.council.models import (
    AgendaItem,
    Attendance,
    Council,
    Meeting,
    Minutes,
    Summons,
)
from habaring.council.views.decisions import held_by
from habaring.council.views.rooms import Desk, enter, enter_part, form_page, read
from habaring.people.access import Power
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal


def links(request: HttpRequest) -> Callable[[Summons], str]:
    """The full address at which a seat answers its invitation."""

    def address(summons: Summons) -> str:
        token = tokens.answer_token(summons)
        return request.build_absolute_uri(
            reverse("council:answer", args=[summons.region_id, token])
        )

    return address


def _found(code: str, meeting: int) -> Meeting:
    rows = Meeting.objects.select_related("body", "region")
    return get_object_or_404(rows, pk=meeting, region=code)


def _enter(
    request: HttpRequest, code: str, meeting: int, power: Power = Power.RECORD_MEETINGS
) -> tuple[Desk, Meeting]:
    row = _found(code, meeting)
    return enter(request, code, power, body=row.body_id), row


def _trail(row: Meeting) -> tuple[tuple[str, str], ...]:
    return (
        (_("Meetings"), reverse("council-work:meetings", args=[row.region_id])),
        (row.title, reverse("council-work:meeting", args=[row.region_id, row.pk])),
    )


@require_safe
def meetings(request: HttpRequest, code: str) -> HttpResponse:
    """Every meeting of the region's bodies, the newest first."""
    room = read(request, code)
    rows = queries.meetings_of(room.region, public=False)
    context = {
        "region": room.region,
        "may": room.may,
        "page": paginate(request, rows),
    }
    return render(request, "council/meetings.html", context)


@require_http_methods(FORM_METHODS)
def new_meeting(request: HttpRequest, code: str) -> HttpResponse:
    """Plan a meeting of a body; which one is chosen first."""
    asked = request.GET.get("badan", "")
    wanted = int(asked) if asked.isdigit() else None
    if wanted is not None:
        enter(request, code, Power.RECORD_MEETINGS, body=wanted)
    room, within = enter_part(request, code, Power.RECORD_MEETINGS)
    bodies = Council.objects.filter(region=room.region, dissolved_on=None)
    if not within.whole:
        bodies = bodies.filter(pk__in=within.bodies)
    row = bodies.select_related("region").filter(pk=wanted or 0).first()
    if row is None:
        context = {"region": room.region, "bodies": bodies}
        return render(request, "council/choose_body.html", context)
    form = MeetingForm(posted(request))

    def save() -> HttpResponse:
        made = verbs.plan_meeting(
            body=row, plan=form.as_plan(), by=room.officer, at=now()
        )
        messages.success(request, _("The meeting is planned. Write its agenda next."))
        return redirect("council-work:meeting", code, made.pk)

    sheet = Sheet(
        _("Plan a meeting of %(body)s") % {"body": row.name},
        _("Nobody is invited yet; a meeting that was held can be recorded too."),
        _("Plan the meeting"),
        trail=((_("Meetings"), reverse("council-work:meetings", args=[code])),),
    )
    return form_page(request, room.region, form, sheet, save)


@require_safe
def meeting(request: HttpRequest, code: str, meeting: int) -> HttpResponse:
    """One meeting: agenda, who answered how, who came, minutes, what was decided."""
    room, row = _enter(request, code, meeting, Power.SEE_WORK_ROOM)
    at = now()
    summons = list(Summons.objects.filter(meeting=row).select_related("seat"))
    context = {
        "region": room.region,
        "may": room.may,
        "meeting": row,
        "agenda": row.agenda.all(),
        "item_form": ItemForm(),
        "summons": summons,
        "unanswered": sum(one.answer == "none" for one in summons),
        "came": Attendance.objects.filter(meeting=row).count(),
        "quorum": queries.held_quorum(row) or queries.quorum_of(row),
        "versions": Minutes.objects.filter(meeting=row).select_related("approval"),
        "decisions": row.decisions.all(),
        "tasks": row.tasks.select_related("owner"),
        "today": localdate(at),
        "mine": held_by(room),
        "begun": at >= row.starts_at,
        "over": at >= row.ends_at,
        "takes_names": at >= row.starts_at - tokens.BEFORE
        and row.state not in ("approved", "cancelled"),
    }
    return render(request, "council/work_meeting.html", context)


@require_http_methods(FORM_METHODS)
def edit_meeting(request: HttpRequest, code: str, meeting: int) -> HttpResponse:
    """Change the day, hour or place; those invited are told."""
    room, row = _enter(request, code, meeting)
    form = MeetingForm(posted(request), meeting=row)

    def save() -> HttpResponse:
        verbs.change_meeting(
            meeting=row,
            plan=form.as_plan(),
            by=room.officer,
            at=now(),
            links=links(request),
        )
        messages.success(request, _("The meeting is changed."))
        return redirect("council-work:meeting", code, meeting)

    sheet = Sheet(
        _("Change the meeting"),
        _("Whoever is invited gets a letter when the time or the place changes."),
        _("Save"),
        trail=_trail(row),
    )
    return form_page(request, room.region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def add_item(request: HttpRequest, code: str, meeting: int) -> HttpResponse:
    """Put a point on the agenda."""
    room, row = _enter(request, code, meeting)
    form = ItemForm(posted(request), request.FILES or None)

    def save() -> HttpResponse:
        verbs.add_item(meeting=row, item=form.as_item(), by=room.officer, at=now())
        return redirect("council-work:meeting", code, meeting)

    sheet = Sheet(
        _("Put a point on the agenda"),
        _("What will be talked about, by whom, for how long."),
        _("Put it on the agenda"),
        trail=_trail(row),
    )
    return form_page(request, room.region, form, sheet, save)


@require_POST
def drop_item(request: HttpRequest, code: str, item: int) -> HttpResponse:
    """Take a point off the agenda."""
    rows = AgendaItem.objects.select_related("meeting__region")
    row = get_object_or_404(rows, pk=item, meeting__region=code)
    room = enter(request, code, Power.RECORD_MEETINGS, body=row.meeting.body_id)
    verbs.drop_item(item=row, by=room.officer, at=now())
    return redirect("council-work:meeting", code, row.meeting_id)


@require_POST
def invite(request: HttpRequest, code: str, meeting: int) -> HttpResponse:
    """Invite every seat held on the day, by letter where there is an address."""
    room, row = _enter(request, code, meeting)
    try:
        made = verbs.invite(
            meeting=row, by=room.officer, at=now(), links=links(request)
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext("%(n)d seat is invited.", "%(n)d seats are invited.", made)
        messages.success(request, words % {"n": made})
    return redirect("council-work:meeting", code, meeting)


@require_http_methods(FORM_METHODS)
def cancel(request: HttpRequest, code: str, meeting: int) -> HttpResponse:
    """Call a meeting off, with a reason."""
    room, row = _enter(request, code, meeting)
    form = ReasonForm(posted(request))

    def save() -> HttpResponse:
        verbs.cancel_meeting(
            meeting=row,
            reason=form.cleaned_data["reason"],
            by=room.officer,
            at=now(),
            links=links(request),
        )
        messages.success(request, _("The meeting is cancelled."))
        return redirect("council-work:meeting", code, meeting)

    sheet = Sheet(
        _("Cancel the meeting"),
        _("Whoever is invited gets a letter; the meeting stays in the list."),
        _("Cancel the meeting"),
        confirm=_("Cancel this meeting? This cannot be undone."),
        trail=_trail(row),
    )
    return form_page(request, room.region, form, sheet, save)


@require_POST
def close(request: HttpRequest, code: str, meeting: int) -> HttpResponse:
    """Say that it was held; numbers and quorum are frozen."""
    room, row = _enter(request, code, meeting)
    try:
        verbs.close_meeting(meeting=row, by=room.officer, at=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The meeting is closed. Write its minutes next."))
    return redirect("council-work:meeting", code, meeting)


# Attendance


@require_http_methods(FORM_METHODS)
def attendance(request: HttpRequest, code: str, meeting: int) -> HttpResponse:
    """Who came, with the quorum as it stands; names are written down by hand here."""
    room, row = _enter(request, code, meeting)
    seats = queries.seats_on(row.body, localdate(row.starts_at))
    form = HandForm(posted(request), seats=seats)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _made, new = came.attend(
                meeting=row, arrival=form.as_arrival(), by=room.officer, at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            said = _("Written down.") if new else _("Was on the list already.")
            messages.success(request, said)
            return redirect("council-work:attendance", code, meeting)
    rows = list(Attendance.objects.filter(meeting=row).select_related("seat"))
    there = {one.seat_id for one in rows}
    context = {
        "region": room.region,
        "meeting": row,
        "form": form,
        "refusal": refusal,
        "rows": rows,
        "absent": [seat for seat in seats if seat.pk not in there],
        "quorum": queries.quorum_of(row),
        "open": row.state not in ("approved", "cancelled"),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "council/attendance.html", context, status=status)


@require_http_methods(FORM_METHODS)
def strike(request: HttpRequest, code: str, attendance: int) -> HttpResponse:
    """Take off the list somebody written down by mistake."""
    region = enter(request, code, Power.SEE_WORK_ROOM).region
    rows = Attendance.objects.select_related("meeting__body", "meeting__region")
    row = get_object_or_404(rows, pk=attendance, region=region)
    room = enter(request, code, Power.RECORD_MEETINGS, body=row.meeting.body_id)
    form = ReasonForm(posted(request))
    form.fields["reason"].help_text = ""

    def save() -> HttpResponse:
        came.strike(
            attendance=row,
            reason=form.cleaned_data["reason"],
            by=room.officer,
            at=now(),
        )
        messages.success(request, _("Struck off the list."))
        return redirect("council-work:attendance", code, row.meeting_id)

    sheet = Sheet(
        _("Strike %(name)s off the list") % {"name": row.name},
        _("That it was struck off, when and why, stays in the audit trail."),
        _("Strike off"),
        trail=_trail(row.meeting),
    )
    return form_page(request, room.region, form, sheet, save)


@require_safe
def qr(request: HttpRequest, code: str, meeting: int) -> HttpResponse:
    """The QR code for the projector, with the address in letters beside it."""
    room, row = _enter(request, code, meeting)
    token = tokens.attendance_token(row, at=now())
    address = request.build_absolute_uri(
        reverse("council:attend", args=[code, row.pk, token])
    )
    context = {
        "region": room.region,
        "meeting": row,
        "address": address,
        "picture": _picture(address),
        "closed": tokens.attendance_closed(row, token, at=now()),
    }
    return render(request, "council/qr.html", context)


def _picture(address: str) -> str:
    """The QR code as an SVG without inline style."""
    import segno

    code: str = segno.make(address, error="m", micro=False).svg_inline(
        scale=8, border=4, omitsize=True, svgclass="qr", lineclass=None, light="#fff"
    )
    return code


@require_safe
def signatures(request: HttpRequest, code: str, meeting: int) -> HttpResponse:
    """The list to print: who came, with room for signatures."""
    room, row = _enter(request, code, meeting)
    rows = Attendance.objects.filter(meeting=row).select_related("seat")
    there = {one.seat_id for one in rows}
    seats = queries.seats_on(row.body, localdate(row.starts_at))
    context = {
        "region": room.region,
        "meeting": row,
        "rows": rows,
        "absent": [seat for seat in seats if seat.pk not in there],
        "spare": range(6),
    }
    return render(request, "council/signatures.html", context)


# Minutes


@require_http_methods(FORM_METHODS)
def minutes(request: HttpRequest, code: str, meeting: int) -> HttpResponse:
    """Write a version of the minutes; approved ones are corrected with a reason."""
    room, row = _enter(request, code, meeting)
    last = Minutes.objects.filter(meeting=row).first()
    first = last.text if last else _outline(row)
    form = MinutesForm(posted(request), initial={"text": first})

    def save() -> HttpResponse:
        written.write_minutes(
            meeting=row,
            text=form.cleaned_data["text"],
            reason=form.cleaned_data["reason"],
            by=room.officer,
            at=now(),
        )
        messages.success(request, _("This version of the minutes is kept."))
        return redirect("council-work:meeting", code, meeting)

    sheet = Sheet(
        _("Minutes of %(title)s") % {"title": row.title},
        _("Each version is kept. The public reads one once it is approved."),
        _("Keep this version"),
        trail=_trail(row),
    )
    return form_page(request, room.region, form, sheet, save)


def _outline(meeting: Meeting) -> str:
    """The agenda, to be filled in."""
    return "\n\n".join(f"{item.order}. {item.title}\n" for item in meeting.agenda.all())


@require_http_methods(FORM_METHODS)
def approve(request: HttpRequest, code: str, minutes: int) -> HttpResponse:
    """Record that the newest version was approved."""
    region = enter(request, code, Power.SEE_WORK_ROOM).region
    rows = Minutes.objects.select_related("meeting__body", "meeting__region")
    row = get_object_or_404(rows, pk=minutes, region=region)
    room = enter(request, code, Power.RECORD_MEETINGS, body=row.meeting.body_id)
    later = Meeting.objects.filter(
        body=row.meeting.body_id,
        starts_at__gt=row.meeting.starts_at,
        state__in=["held", "approved"],
    )
    form = ApproveForm(posted(request), meetings=later)

    def save() -> HttpResponse:
        written.approve_minutes(
            minutes=row, later=form.cleaned_data["later"], by=room.officer, at=now()
        )
        messages.success(request, _("The minutes are approved."))
        return redirect("council-work:meeting", code, row.meeting_id)

    sheet = Sheet(
        _("Approve the minutes"),
        _("From then on the public reads them where the meeting is public."),
        _("Record the approval"),
        confirm=_("Were these minutes approved? They become public."),
        trail=_trail(row.meeting),
    )
    return form_page(request, room.region, form, sheet, save)
