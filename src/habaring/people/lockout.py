"""The turnstile at the door: who failed too often waits a while.

Six wrong tries for one name from one address, or sixty from one address whatever the
names, close the door to it for fifteen minutes. A name alone closes nothing: otherwise
anybody could shut out a person whose mail address they know. Names are kept as a keyed
hash, since people also type passwords and strangers' addresses there.
"""

from datetime import datetime
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

FROM_ONE_ADDRESS = 60
"""A town hall shares one address: ten people's bad mornings are allowed for."""


def hashed(mail: str) -> str:
    """What stands for a name in the tables of failures."""
    name = mail.strip().lower()
    return salted_hmac("habaring.lockout", name, algorithm="sha256").hexdigest()


def name_of(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The name that was tried, hashed (AXES_USERNAME_CALLABLE)."""
    given = credentials or {}
    tried = given.get("email") or given.get("username") or request.POST.get("login", "")
    return hashed(str(tried))


class Turnstile(AxesDatabaseHandler):  # type: ignore[misc]  # axes has no types
    """Counts failures in the database, so that all processes know of them."""

    def get_failures(
        self, request: HttpRequest, credentials: dict[str, Any] | None = None
    ) -> int:
        """The fuller of both counters, as if each had the limit of the first."""
        of_name, of_address = (
            rows.aggregate(n=Sum("failures_since_start"))["n"] or 0
            for rows in self.get_user_attempts(request, credentials)
        )
        return max(
            of_name, of_address * settings.AXES_FAILURE_LIMIT // FROM_ONE_ADDRESS
        )

    def reset_user_attempts(
        self, request: HttpRequest, credentials: dict[str, Any] | None = None
    ) -> int:
        """A success clears the name at this address, never all of the address: else
        a guesser would clear it with an account of their own.
        """
        of_name = self.filter_user_attempts(request, credentials)[0]
        return int(of_name.delete()[0])


def locked_until(*, name: str, address: str, at: datetime) -> datetime | None:
    """When the door opens again for a name at an address; None while it is open."""
    recent = AccessAttempt.objects.filter(
        ip_address=address or None, attempt_time__gt=at - settings.AXES_COOLOFF_TIME
    )
    ends = []
    for rows, most in (
        (recent.filter(username=name), settings.AXES_FAILURE_LIMIT),
        (recent, FROM_ONE_ADDRESS),
    ):
        found = rows.aggregate(n=Sum("failures_since_start"), last=Max("attempt_time"))
        if found["last"] and found["n"] >= most:
            ends.append(found["last"] + settings.AXES_COOLOFF_TIME)
    return max(ends, default=None)


def page(
    request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Tell until when the door is closed (AXES_LOCKOUT_CALLABLE)."""
    at: datetime = request.axes_attempt_time  # type: ignore[attr-defined]  # axes sets it
    until = locked_until(
        name=name_of(request, credentials),
        address=request.axes_ip_address,  # type: ignore[attr-defined]  # the same
        at=at,
    )
    until = until or at + settings.AXES_COOLOFF_TIME
    wait = max(60, int((until - at).total_seconds()))
    answer = render(
        request,
        "people/locked.html",
        {"until": until, "minutes": -(-wait // 60)},
        status=429,
    )
    answer.headers["Retry-After"] = str(wait)
    return answer


def is_locked(mail: str, *, at: datetime) -> bool:
    """Whether a person's name is shut out at any address."""
    if not mail:
        return False
    return bool(
        AccessAttempt.objects.filter(
            username=hashed(mail), attempt_time__gt=at - settings.AXES_COOLOFF_TIME
        )
        .values("ip_address")
        .annotate(n=Sum("failures_since_start"))
        .filter(n__gte=settings.AXES_FAILURE_LIMIT)
        .exists()
    )
