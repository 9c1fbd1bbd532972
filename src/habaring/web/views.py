"""Pages made of several domains: home, a region's public face, the work room."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now

from habaring.people import access
from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.shared.pages import render


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "web/home.html", {})


def region(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Region.objects.select_related("parent"), code=code)
    return render(request, "web/region.html", {"region": found})


def work_room(request: HttpRequest) -> HttpResponse:
    """The regions in which the person holds a role; straight in when there is one."""
    if not request.user.is_authenticated:
        raise access.SignInNeeded(what="")
    regions = access.regions_of(request.user, at=now())
    if len(regions) == 1:
        return redirect("web:work-room-region", code=regions[0].code)
    return render(request, "web/work_room.html", {"regions": regions})


def work_room_region(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Region, code=code)
    access.require(request.user, Power.SEE_WORK_ROOM, at=now(), region=found)
    return render(request, "web/work_room_region.html", {"region": found})


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
    return render(request, "500.html", {}, status=500)
