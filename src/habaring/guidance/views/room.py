"""The region's room of guidance: where it stands, applying, agreements."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.guidance import queries
from habaring.guidance.actions import cohorts as verbs
from habaring.guidance.forms.region import WishForm
from habaring.guidance.models import Application, Cohort, Enrolment, Standing
from habaring.guidance.views.rooms import Room, enter, form_page
from habaring.people.access import Power
from habaring.shared.form_pages import FORM_METHODS, Sheet, files, posted
from habaring.shared.pages import render

SEE, TAKE = Power.SEE_WORK_ROOM, Power.TAKE_PART_IN_GUIDANCE


def trail(room: Room) -> tuple[tuple[str, str], ...]:
    """The way back to the room."""
    return ((_("Guidance"), reverse("guidance-work:desk", args=[room.region.code])),)


@require_safe
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """What waits in guidance."""
    room = enter(request, code, SEE)
    at = now()
    on = localdate(at)
    enrolment = queries.current(room.region)
    calls = queries.open_calls(room.region, at=at) if room.region.is_local else []
    work = list(queries.assignments(room.region))
    agreements = queries.agreements(room.region, on=on)
    context = {
        "region": room.region,
        "may": room.may,
        "takes_part": room.takes_part,
        "guides": room.guides,
        "enrolment": enrolment,
        "guided": bool(enrolment and enrolment.state == Standing.GUIDED),
        "calls": calls,
        "steps": queries.stage_lines(enrolment, on=on) if enrolment else [],
        "work": [(one, queries.is_late(one.state, one.due_on, on)) for one in work],
        "agreement": next((one for one in agreements if one.holds), None),
        "mentors": [one for one in queries.mentors(room.region) if one.in_force(on)],
        "history": queries.history(room.region),
    }
    return render(request, "guidance/desk.html", context)


def _call(year: int) -> Cohort:
    return get_object_or_404(Cohort, year=year)


@require_http_methods(FORM_METHODS)
def apply(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Apply for a cohort, or change what was sent while the call is open."""
    room, row = enter(request, code, TAKE), _call(year)
    sent = Application.objects.filter(
        enrolment__cohort=row, enrolment__region=room.region
    ).first()
    initial = {"statement": sent.statement, "contact": sent.contact} if sent else {}
    for key, value in (sent.meets if sent else {}).items():
        initial[f"meets_{key}"] = value
    form = WishForm(posted(request), files(request), cohort=row, initial=initial)

    def save() -> HttpResponse:
        verbs.apply(
            region=room.region,
            cohort=row,
            wish=form.as_wish(),
            by=room.officer,
            at=now(),
        )
        messages.success(request, _("The application is sent."))
        return redirect("guidance-work:desk", code)

    sheet = Sheet(
        _("Apply for the cohort of %(year)s") % {"year": year},
        _("You can change it until the call ends. How regions are compared is public."),
        _("Send the application"),
        trail=trail(room),
    )
    return form_page(request, room.region, form, sheet, save)


@require_http_methods(["POST"])
def take_back(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Take the application back."""
    room = enter(request, code, TAKE)
    row = get_object_or_404(Enrolment, cohort__year=year, region=room.region)
    verbs.take_back(enrolment=row, by=room.officer, at=now())
    messages.success(request, _("The application is taken back."))
    return redirect("guidance-work:desk", code)
