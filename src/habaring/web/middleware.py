"""The reader's language, and expected refusals turned into pages."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from habaring.people.access import SignInNeeded
from habaring.shared.refusal import Refusal

# Whoever asks: what stands there is for one person.
OWN_PLACES = ("/ruang-kerja/", "/akun/", "/masuk/", "/undangan/", "/data-saya/")

Handler = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """Indonesian first: English only when the reader chose it.

    The browser's own list is not asked: most phones here speak English by factory
    setting, and their owners do not.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = dict(settings.LANGUAGES)
        asked = request.GET.get("bahasa", "")
        kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = next(
            (code for code in (asked, kept) if code in known), settings.LANGUAGE_CODE
        )
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response


class PrivateMiddleware:
    """What was made for somebody signed in is kept by no cache on the way."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        told = response.has_header("Cache-Control")
        if not told and (
            request.path.startswith(OWN_PLACES) or SESSION_KEY in request.session
        ):
            patch_cache_control(response, private=True, no_store=True)
        return response


class RefusalMiddleware:
    """A refusal that no form caught becomes a page: what, why, what to do next."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if isinstance(exception, SignInNeeded) and request.method == "GET":
            # an act of a citizen names its own door (`people.acts`)
            door = getattr(exception, "address", "") or reverse("people:sign-in")
            return redirect(_and_back(door, request))
        if isinstance(exception, Refusal):
            door = getattr(exception, "address", "")
            context = {
                "refusal": exception,
                "back": getattr(exception, "back", ""),
                "door": _and_back(door, request) if door else "",
            }
            response = render(request, "refusal.html", context, status=exception.status)
            for name, value in exception.headers.items():
                response.headers[name] = value
            return response
        return None


def _and_back(door: str, request: HttpRequest) -> str:
    """A door, and the page to come back to: what was sent by a form is not repeated."""
    here = request.get_full_path() if request.method == "GET" else request.path
    return f"{door}{'&' if '?' in door else '?'}{urlencode({'next': here})}"
