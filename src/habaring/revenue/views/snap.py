"""The addresses that banks and QRIS services call: no session, no cookie, no page."""

import json
import re
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import get_default_timezone, localtime, now
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from habaring.regions.codes import RegionCode
from habaring.revenue.gateways import door
from habaring.revenue.gateways.codes import Answer

_CALL = re.compile(rf"/snap/({RegionCode.regex})/v1\.0/({'|'.join(door.ROUTES)})")
_NOT_DIGITS = re.compile(r"[^0-9]")


class BanksFirst:
    """Middleware: a call of a bank goes straight to its view. Sessions, languages and
    pages are nothing to it, and it comes a thousandfold on the day that taxes are due.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = _CALL.fullmatch(request.path_info)
        if found is None or request.method != "POST":
            return self.get_response(request)
        return _heard(request, *found.groups())


def _heard(request: HttpRequest, code: str, path: str) -> HttpResponse:
    return _sent(request, door.answer(request, code, door.ROUTES[path], at=now()))


def _sent(request: HttpRequest, answer: Answer) -> HttpResponse:
    zone = get_default_timezone()
    headers = {
        "Cache-Control": "no-store, private",
        "X-TIMESTAMP": localtime(now(), zone).isoformat(timespec="seconds"),
    }
    external = _NOT_DIGITS.sub("", request.META.get("HTTP_X_EXTERNAL_ID", ""))[:36]
    if external:
        headers["X-EXTERNAL-ID"] = external
    return HttpResponse(
        json.dumps(answer.body()),
        status=answer.case.http,
        content_type="application/json",
        headers=headers,
    )


@csrf_exempt  # no cookie is looked at: a signature says who calls
@require_POST
@transaction.non_atomic_requests  # the door commits by itself before it answers
def token(request: HttpRequest, code: str) -> HttpResponse:
    """An access token for a partner."""
    return _sent(request, door.access(request, code, at=now()))


@csrf_exempt
@require_POST
@transaction.non_atomic_requests
def call(request: HttpRequest, code: str, path: str) -> HttpResponse:
    """Any other call; `path` is one of `door.ROUTES`."""
    return _heard(request, code, path)
