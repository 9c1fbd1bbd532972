"""The door of the programming interface: what comes in is read, judged and counted.

Only a bearer token says who somebody is; cookies are not looked at. Everything that is
not a success leaves as a problem. The contract behind it (django-ninja, pydantic) is
imported by the first request, since it costs a third of a second.
"""

import hashlib
import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.timezone import now  # noqa: TID251 - the door stands where a view does
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt

from habaring import __version__
from habaring.api import actions, problems, repeats
from habaring.api.guard import Call
from habaring.api.problems import (
    NotAcceptable,
    NotFound,
    NotJson,
    TooLarge,
    Unreadable,
    Wrong,
)
from habaring.shared import audit, limits
from habaring.shared.refusal import Refusal

logger = logging.getLogger(__name__)
MINUTE = timedelta(minutes=1)
WRITING = {"POST", "PUT", "PATCH"}
_OF_REGION = re.compile(
    r"^/api/v1/regions/(\d{2}(?:\.\d{2}(?:\.\d{2}(?:\.\d{4})?)?)?)(?:/|$)"
)


@csrf_exempt  # no cookie is looked at, so no other page can act for anybody
@transaction.non_atomic_requests  # what is refused is rolled back here, by itself
def answer(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer any request below /api/, whatever it is."""
    language = _language(request)
    with translation.override(language):
        head = request.method == "HEAD"
        if head:
            request.method = "GET"
        try:
            response = _answer(cast("Call", request))
        except Refusal as refusal:
            response = problems.of_refusal(refusal)
        except Http404:
            response = problems.of_refusal(NotFound())
        except Exception:  # told as a problem, whatever it was
            logger.exception("the interface failed at %s", request.path)
            response = problems.problem(500)
        return _finish(request, response, language, head=head)


def _language(request: HttpRequest) -> str:
    """Indonesian, unless English is asked for before it."""
    known = dict(settings.LANGUAGES)
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", "")[:200])
    codes = (code.split("-")[0] for code, _weight in asked)
    return next((code for code in codes if code in known), settings.LANGUAGE_CODE)


def _answer(request: Call) -> HttpResponse:
    request.at, request.token = now(), None
    request.is_public = True
    if request.method == "OPTIONS" and "Origin" in request.headers:
        return _preflight()
    view = _view(request)
    _read_manners(request)
    with transaction.atomic():
        _let_in(request)
    request.left = _count(request)
    request.json = _read_body(request)
    tag = _public_tag(request)
    if tag and tag in request.headers.get("If-None-Match", ""):
        return _unchanged(tag, "public, no-cache")
    response = _run(request, view)
    return (
        _tagged(request, response, tag) if _good_read(request, response) else response
    )


def _preflight() -> HttpResponse:
    """Pages of others may read what is public: without cookies, by GET alone."""
    headers = {
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match",
        "Access-Control-Max-Age": "86400",
        "Access-Control-Allow-Origin": "*",
    }
    return HttpResponse(status=204, headers=headers)


def _view(request: HttpRequest) -> Callable[[], HttpResponse]:
    # late: see above
    from habaring.api.contract import resolver

    try:
        found = resolver().resolve(request.path_info)
    except Resolver404 as gone:
        raise NotFound from gone
    if any("\0" in str(value) for value in found.kwargs.values()):
        raise NotFound
    return lambda: found.func(request, *found.args, **found.kwargs)


def _read_manners(request: HttpRequest) -> None:
    """Size, language of the answer, and bytes that are no text."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > _most_bytes():
        raise _too_large()
    accepted = ("application/json", problems.MEDIA_TYPE)
    if not any(request.accepts(kind) for kind in accepted):
        raise NotAcceptable(
            problems.TITLES[406], next=_("Ask for application/json, or for anything.")
        )
    try:
        query = unquote_to_bytes(request.META.get("QUERY_STRING", "")).decode()
    except UnicodeDecodeError as error:
        raise _bad_query() from error
    if "\0" in query:
        raise _bad_query()


def _bad_query() -> Wrong:
    return Wrong([{"detail": str(_("The query is no UTF-8 text.")), "parameter": ""}])


def _most_bytes() -> int:
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 5 * 1024 * 1024


def _too_large() -> TooLarge:
    return TooLarge(
        problems.TITLES[413],
        _("At most 5 MB are read, and at most 10,000 rows."),
        _("Send it in several parts."),
    )


def _let_in(request: Call) -> None:
    header = request.META.pop("HTTP_AUTHORIZATION", "")  # so that no log can hold it
    request.__dict__.pop("headers", None)
    if not header:
        return
    scheme, _space, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(secret) < 200:
        raise actions.TokenInvalid(
            problems.TITLES[401],
            _("It must stand in the header Authorization, after the word Bearer."),
        )
    address = limits.client_address(request)
    request.token = actions.usable_token(
        secret=secret.strip(), address=address, at=request.at
    )


def _count(request: Call) -> dict[str, str]:
    """Count the call; the headers tell how many are left in this minute."""
    if request.token is not None:
        key, most = str(request.token.pk), settings.API_REQUESTS
    else:
        key, most = limits.client_network(request), settings.API_REQUESTS // 4
    policy = f'"minute";q={most};w=60'
    try:
        left = limits.spend("api", key, most=most, per=MINUTE, at=request.at)
    except limits.TooMany as much:
        left_none = f'"minute";r=0;t={much.retry_after}'
        request.left = {"RateLimit-Policy": policy, "RateLimit": left_none}
        raise
    return {"RateLimit-Policy": policy, "RateLimit": f'"minute";r={left}'}


def _read_body(request: HttpRequest) -> Any:
    if request.method not in WRITING:
        return None
    try:
        raw = request.body
    except RequestDataTooBig as error:
        raise _too_large() from error
    except OSError as error:  # the sender went away
        raise Unreadable(problems.TITLES[400]) from error
    if not raw:
        return None
    if request.content_type != "application/json":
        raise NotJson(
            problems.TITLES[415], next=_("Send it with Content-Type: application/json.")
        )
    return read_json(raw)


def read_json(raw: bytes) -> Any:
    """The value of a JSON text (RFC 8259) that a database can keep; Unreadable."""
    try:
        text = raw.decode("utf-8")
        value = json.loads(text, parse_constant=_no_number)
        if "\\u" in text or "\0" in text:
            again = json.dumps(value, ensure_ascii=False)
            again.encode("utf-8")  # refuses half a surrogate pair
            if "\\u0000" in again:
                raise Unreadable(problems.TITLES[400], _("It has a NUL character."))
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            problems.TITLES[400],
            _("The body is no JSON text in UTF-8, or is nested too deep."),
            _("Send JSON as RFC 8259 has it."),
        ) from error
    return value


def _no_number(name: str) -> None:
    raise ValueError(name)


def _run(request: Call, view: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer in one transaction, which stands only when the answer is a success."""
    with transaction.atomic():
        response = _as_problem(repeats.once(request, view))
        if response.status_code >= 400:
            transaction.set_rollback(True)
    return response


def _as_problem(response: HttpResponse) -> HttpResponse:
    """What the framework itself answered, such as 405."""
    kind = response.headers.get("Content-Type", "")
    if response.status_code < 400 or kind == problems.MEDIA_TYPE:
        return response
    told = problems.problem(response.status_code)
    if "Allow" in response.headers:
        told.headers["Allow"] = response.headers["Allow"]
    return told


def _public_tag(request: Call) -> str:
    """What the public reads of a region changes with the newest row of its trail, with
    what lies above it, and at the latest after ten minutes.
    """
    region = _OF_REGION.match(request.path_info)
    if request.method != "GET" or request.token is not None or region is None:
        return ""
    stamp = audit.stamp(region[1], at=request.at)
    span = int(request.at.timestamp() // 600)
    said = f"{request.get_full_path()}\n{translation.get_language()}"
    parts = f"{__version__}\n{span}\n{stamp}\n{request.get_host()}\n{said}"
    return f'W/"{hashlib.sha256(parts.encode()).hexdigest()[:32]}"'


def _good_read(request: HttpRequest, response: HttpResponse) -> bool:
    return request.method == "GET" and response.status_code == 200


def _tagged(request: Call, response: HttpResponse, tag: str) -> HttpResponse:
    """With a tag: the one of its region, else of what it says but for the moment."""
    if not tag:
        digest = hashlib.sha256(_lasting(response.content)).hexdigest()[:32]
        tag = f'W/"{digest}"'
    cache = "public, no-cache" if request.is_public else "private, no-store"
    if tag in request.headers.get("If-None-Match", ""):
        return _unchanged(tag, cache)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = cache
    return response


def _unchanged(tag: str, cache: str) -> HttpResponse:
    return HttpResponse(status=304, headers={"ETag": tag, "Cache-Control": cache})


def _lasting(content: bytes) -> bytes:
    told = json.loads(content)
    if isinstance(told, dict):
        told.pop("as_of", None)
    return json.dumps(told).encode()


def _finish(
    request: HttpRequest, response: HttpResponse, language: str, *, head: bool
) -> HttpResponse:
    response.headers["Content-Language"] = language
    for name, value in getattr(request, "left", {}).items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
    patch_vary_headers(response, ["Accept-Language", "Authorization"])
    public = getattr(request, "is_public", True) and request.method == "GET"
    if public:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = (
            "ETag, Link, RateLimit, RateLimit-Policy"
        )
    if head:
        response.headers["Content-Length"] = str(len(response.content))
        response.content = b""
    return response
