"""What stands between a session and the work room: the second step, and its trace."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now  # noqa: TID251 - a middleware stands where a view does

from habaring.people import second_step
from habaring.people.models import Account

Handler = Callable[[HttpRequest], HttpResponse]
WORK_ROOM = "/ruang-kerja/"
OWN_ACCOUNT = "/akun/"
TRACED_EVERY = 300  # seconds


class SecondStepMiddleware:
    """Marks the account of a session that has not passed a second step, and leads it
    away from the work room: to the page where one is set up, or is proved.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY not in request.session or second_step.passed(request):
            return self.get_response(request)
        if isinstance(request.user, Account):
            request.user.passed_second_step = False
            if elsewhere := self._elsewhere(request, request.user):
                return elsewhere
        return self.get_response(request)

    def _elsewhere(self, request: HttpRequest, account: Account) -> HttpResponse | None:
        working = request.path.startswith(WORK_ROOM)
        if not working and not request.path.startswith(OWN_ACCOUNT):
            return None
        if second_step.is_set_up(account):
            return self._to("mfa_reauthenticate", request)
        if working and second_step.asked_of(account, at=now()):
            return self._to("mfa_index", request)
        return None

    @staticmethod
    def _to(name: str, request: HttpRequest) -> HttpResponse:
        wanted = request.get_full_path() if request.method == "GET" else ""
        query = f"?{urlencode({'next': wanted})}" if wanted else ""
        if getattr(request, "htmx", False):
            return HttpResponse(headers={"HX-Redirect": reverse(name) + query})
        return redirect(reverse(name) + query)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """A door elsewhere that asked for the second step leads to it too."""
        needed = isinstance(exception, second_step.SecondStepNeeded)
        if needed and request.method == "GET" and isinstance(request.user, Account):
            set_up = second_step.is_set_up(request.user)
            return self._to("mfa_reauthenticate" if set_up else "mfa_index", request)
        return None


class SessionTraceMiddleware:
    """Keeps where and when a session was last used, a few minutes exact."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session:
            moment = int(now().timestamp())
            seen = request.session.get("traced_at", 0)
            if moment - seen > TRACED_EVERY and request.user.is_authenticated:
                # late: allauth's models are ready only after ours
                from allauth.usersessions.models import UserSession

                UserSession.objects.create_from_request(request)
                request.session["traced_at"] = moment
        return self.get_response(request)
