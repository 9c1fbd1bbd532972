"""Each request has an id: in the log, in the audit trail, in the answer's headers."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from habaring.shared.ids import REQUEST, uuid7

_GOOD = re.compile(r"[A-Za-z0-9-]{8,36}")


class RequestId:
    """Middleware: take the id that a proxy gave (X-Request-ID), or make one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        own = given if _GOOD.fullmatch(given) else str(uuid7())
        before = REQUEST.set(own)
        try:
            response = self.get_response(request)
        finally:
            REQUEST.reset(before)
        response.headers["X-Request-ID"] = own
        return response
