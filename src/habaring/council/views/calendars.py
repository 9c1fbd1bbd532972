"""Calendars: the public one of a region, and each person's own by a secret address."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from habaring.council import queries
from habaring.council.actions.keys import (
    hashed,
    make_calendar_key,
    revoke_calendar_key,
)
from habaring.council.feeds import calendar_file
from habaring.council.models import CalendarKey, Meeting, Task
from habaring.council.views.rooms import enter, region_of
from habaring.people.access import Power
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import render

MOST = 500  # entries of one calendar, the newest
MEDIA = "text/calendar; charset=utf-8"


@require_safe
def public_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Public meetings, and the days on which public follow-ups are due."""
    region = region_of(code)
    meetings = queries.meetings_of(region, public=True).prefetch_related("agenda")
    tasks = Task.objects.filter(
        region=region, decision__isnull=False, decision__council__public=True
    ).select_related("owner")
    content = calendar_file(
        meetings[:MOST],
        tasks.order_by("-due_on")[:MOST],
        name=_("Meetings · %(place)s") % {"place": region.full_name},
        origin=request.build_absolute_uri("/").rstrip("/"),
    )
    return HttpResponse(content, content_type=MEDIA)


@never_cache
@require_safe
def own_calendar(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The meetings that a person is seated for, and what their posts must do."""
    key = (
        CalendarKey.objects.filter(token_hash=hashed(token), revoked_at=None)
        .select_related("account")
        .first()
    )
    if key is None or not key.account.is_active:
        raise Http404
    region, person = region_of(code), key.account
    meetings = (
        Meeting.objects.filter(region=region, body__seats__account=person)
        .exclude(state="draft")
        .select_related("body")
        .prefetch_related("agenda")
        .distinct()
    )
    tasks = Task.objects.filter(
        region=region,
        owner__holdings__in=person.holdings.in_force(now()),
    ).select_related("owner")
    content = calendar_file(
        meetings[:MOST],
        tasks.order_by("-due_on")[:MOST],
        name=_("My meetings · %(place)s") % {"place": region.full_name},
        origin=request.build_absolute_uri("/").rstrip("/"),
    )
    return HttpResponse(content, content_type=MEDIA)


@never_cache
@require_http_methods(FORM_METHODS)
def calendar_page(request: HttpRequest, code: str) -> HttpResponse:
    """Make, see once, and end the secret address of one's own calendar."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    address = ""
    if request.method == "POST" and "cabut" in request.POST:
        revoke_calendar_key(account=room.officer, region=room.region, at=now())
        messages.success(request, _("The address works no more."))
        return redirect("council-work:calendar", code)
    if request.method == "POST":
        token = make_calendar_key(account=room.officer, region=room.region, at=now())
        address = request.build_absolute_uri(
            reverse("council:own-calendar", args=[code, token])
        )
    context = {
        "region": room.region,
        "address": address,
        "public": request.build_absolute_uri(reverse("council:calendar", args=[code])),
        "key": CalendarKey.objects.filter(
            account=room.officer, revoked_at=None
        ).first(),
    }
    return render(request, "council/calendar.html", context)
