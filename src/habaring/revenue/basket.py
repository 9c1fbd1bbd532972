"""What somebody is about to pay: several objects and years, without an account.

The ids of the bills lie in a signed cookie of this region's tax pages, for a day: on a
telephone that is lent around, the next person finds it empty.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

MOST = 20
"""Bills paid at once: as many as a bank takes in one payment."""
KEPT = timedelta(days=1)
_COOKIE = "keranjang"


def read(request: HttpRequest, code: str) -> tuple[int, ...]:
    """Ids of the bills in it; nothing where it is absent, old or changed by hand."""
    try:
        text = request.get_signed_cookie(
            _COOKIE, salt=_salt(code), max_age=int(KEPT.total_seconds())
        )
        return tuple(int(part) for part in (text or "").split(".") if part)[:MOST]
    except (KeyError, ValueError, signing.BadSignature):
        return ()


def write(response: HttpResponse, code: str, bills: Iterable[int]) -> HttpResponse:
    """Keep these, each once, in their order."""
    kept = list(dict.fromkeys(bills))[:MOST]
    path = reverse("revenue:home", args=[code])
    if not kept:
        response.delete_cookie(_COOKIE, path=path, samesite="Lax")
        return response
    response.set_signed_cookie(
        _COOKIE,
        ".".join(str(bill) for bill in kept),
        salt=_salt(code),
        max_age=int(KEPT.total_seconds()),
        path=path,
        httponly=True,
        secure=_secure(),
        samesite="Lax",
    )
    return response


def _salt(code: str) -> str:
    return f"habaring.revenue.basket.{code}"


def _secure() -> bool:
    # late: settings are read when a page is, not when a module is
    from django.conf import settings

    return bool(settings.SESSION_COOKIE_SECURE)
