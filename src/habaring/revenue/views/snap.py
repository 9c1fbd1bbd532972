"""The addresses that banks and QRIS services call: no session, no cookie, no page."""

import re

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import localtime, now
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from habaring.revenue.gateways import door
from habaring.revenue.gateways.codes import Answer

_NOT_DIGITS = re.compile(r"[^0-9]")


def _sent(request: HttpRequest, answer: Answer) -> HttpResponse:
    response = JsonResponse(answer.body(), status=answer.case.http)
    stamp = localtime().isoformat(timespec="seconds")
    response.headers["X-TIMESTAMP"] = stamp
    external = _NOT_DIGITS.sub("", request.headers.get("X-EXTERNAL-ID", ""))[:36]
    if external:
        response.headers["X-EXTERNAL-ID"] = external
    return response


@csrf_exempt  # no cookie is looked at: a signature says who calls
@never_cache
@require_POST
@transaction.non_atomic_requests  # the door commits by itself before it answers
def token(request: HttpRequest, code: str) -> HttpResponse:
    """An access token for a partner."""
    return _sent(request, door.access(request, code, at=now()))


@csrf_exempt
@never_cache
@require_POST
@transaction.non_atomic_requests
def call(request: HttpRequest, code: str, path: str) -> HttpResponse:
    """Any other call; `path` is one of `door.ROUTES`."""
    return _sent(request, door.answer(request, code, door.ROUTES[path], at=now()))
