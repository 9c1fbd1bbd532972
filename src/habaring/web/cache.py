"""Public pages kept until something of their region changes.

Every write is audited under its region, so the newest audit row tells whether a page
can still be true: one small query instead of all that the page shows. Only readers
without a session are answered from here.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.timezone import now  # noqa: TID251 - a middleware stands where a view does

from habaring.shared import audit

PAGES = 1000
"""How many pages one process keeps: about 10 KB each."""
LONGEST = timedelta(minutes=10)
"""Some words depend on the day; nothing is kept for longer than this."""
FRONT_PAGE = timedelta(seconds=20)
"""The front page, the country and the provinces tell of many regions, so none is asked."""

_REGION = re.compile(r"^/daerah/(\d{2}(?:\.\d{2}(?:\.\d{2}(?:\.\d{4})?)?)?)/")
_OF_ALL = ("/", "/nasional/")
_ASKED_APART = ("bahasa", "theme")  # cookies that change what a page looks like

Handler = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True)
class Kept:
    """A page as it was sent, and when."""

    stamp: str
    at: datetime
    status: int
    headers: dict[str, str]
    content: bytes

    def answer(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("If-None-Match") == self.headers["ETag"]:
            same = HttpResponse(status=304)
            for name in ("ETag", "Cache-Control", "Vary"):
                same.headers[name] = self.headers[name]
            return same
        return HttpResponse(self.content, status=self.status, headers=self.headers)


class PublicPageCache:
    """Middleware: outside compression, so that what is kept is compressed already."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.kept: OrderedDict[str, Kept] = OrderedDict()
        self.lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        region = _REGION.match(request.path)
        if not (region or request.path in _OF_ALL) or not self._public(request):
            return self.get_response(request)
        at = now()
        stamp = audit.stamp(region[1], at=at) if region else ""
        key = self._key(request)
        found = self.kept.get(key)
        # a province tells of its regions, whose writes do not change its stamp
        span = LONGEST if region and "." in region[1] else FRONT_PAGE
        if found and found.stamp == stamp and at - found.at < span:
            return found.answer(request)
        response = self.get_response(request)
        kept = self._keep(key, stamp, at, response)
        return kept.answer(request) if kept else response

    @staticmethod
    def _public(request: HttpRequest) -> bool:
        return (
            settings.PUBLIC_CACHE
            and request.method == "GET"
            and settings.SESSION_COOKIE_NAME not in request.COOKIES
            and "messages" not in request.COOKIES
            and "HX-Request" not in request.headers
        )

    @staticmethod
    def _key(request: HttpRequest) -> str:
        cookies = [request.COOKIES.get(name, "") for name in _ASKED_APART]
        gzip = "gzip" in request.headers.get("Accept-Encoding", "")
        parts = (request.get_host(), request.get_full_path(), *cookies, str(gzip))
        return "\n".join(parts)

    def _keep(
        self, key: str, stamp: str, at: datetime, response: HttpResponse
    ) -> Kept | None:
        plain = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code != 200 or response.streaming or not plain:
            return None
        if response.cookies or "no-store" in response.headers.get("Cache-Control", ""):
            return None
        patch_cache_control(response, no_cache=True, public=True)
        digest = hashlib.sha256(f"{key}\n{stamp}\n{at}".encode()).hexdigest()[:32]
        headers = {**response.headers, "ETag": f'"{digest}"'}
        kept = Kept(stamp, at, response.status_code, headers, response.content)
        with self.lock:
            self.kept[key] = kept
            self.kept.move_to_end(key)
            while len(self.kept) > PAGES:
                self.kept.popitem(last=False)
        return kept
