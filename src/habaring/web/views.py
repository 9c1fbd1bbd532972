"""Pages made of several domains: home, a region's public face, the work room."""

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions import queries as regions
from habaring.regions.models import Region
from habaring.regions.views import places
from habaring.shared.pages import render
from habaring.web import desk, face

FOUND_AT_MOST = 30
REGIONS_AT_MOST = 6
"""So many desks are laid out on one page; further regions are linked."""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Find a region; the country at a glance."""
    q = request.GET.get("q", "").strip()[:100]
    found = regions.search(q, limit=FOUND_AT_MOST) if q else []
    return render(
        request,
        "web/home.html",
        {"q": q, "searched": bool(q), "found": found, **face.country()},
    )


@require_safe
def region(request: HttpRequest, code: str) -> HttpResponse:
    """A kabupaten's or kota's public face; others are what they are made of."""
    found = get_object_or_404(Region.objects.select_related("parent"), code=code)
    if not found.is_local:
        return places(request, code=code)
    return render(
        request,
        "web/region.html",
        {"region": found, "face": face.region_face(found, at=now())},
    )


@require_safe
def work_room(request: HttpRequest) -> HttpResponse:
    """What waits in each region of the person; straight in when there is one."""
    if not isinstance(request.user, Account):
        raise access.SignInNeeded(what="")
    at = now()
    mine = access.regions_of(request.user, at=at)
    held = access.powers(request.user, at=at)
    everywhere = bool(held)
    if len(mine) == 1 and not everywhere:
        return redirect("web:work-room-region", code=mine[0].code)
    q = request.GET.get("q", "").strip()[:100]
    return render(
        request,
        "web/work_room.html",
        {
            "desks": desk.desks(request.user, mine[:REGIONS_AT_MOST], at=at),
            "others": mine[REGIONS_AT_MOST:],
            "everywhere": everywhere,
            "audits": Power.SEE_AUDIT in held,
            "runs_cohorts": Power.RUN_COHORTS in held,
            "runs_people": Power.MANAGE_PEOPLE in held,
            "q": q,
            "found": regions.search(q, limit=FOUND_AT_MOST) if everywhere and q else [],
        },
    )


@require_safe
def work_room_region(request: HttpRequest, code: str) -> HttpResponse:
    """What waits for this person today, across all domains."""
    found = get_object_or_404(Region, code=code)
    at = now()
    account = access.require(request.user, Power.SEE_WORK_ROOM, at=at, region=found)
    held = access.powers_with_parts(account, at=at, region=found)
    return render(
        request,
        "web/work_room_region.html",
        {
            "region": found,
            "desk": desk.desk(account, found, at=at, on=timezone.localdate(at)),
            "tasks": desk.doors(found, held),
        },
    )


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """For the supervisor and balancers: the platform and its database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", {}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Stands alone: what failed may be what a page needs, static files included."""
    try:
        return HttpResponse(render_to_string("500.html"), status=500)
    except Exception:
        words = "Ada yang salah di pihak kami. Coba lagi nanti.\nSomething went wrong."
        return HttpResponse(words, status=500, content_type="text/plain; charset=utf-8")


@transaction.non_atomic_requests  # it asks the database nothing
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look when a file of ours names no icon."""
    return redirect(static("favicon.svg"))
