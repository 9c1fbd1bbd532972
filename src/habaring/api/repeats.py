"""A write that is sent twice is done once: the header Idempotency-Key.

Source: IETF draft "The Idempotency-Key HTTP Header Field".
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from habaring.api.guard import Call
from habaring.api.models import KeptAnswer
from habaring.api.problems import Conflict, Wrong
from habaring.shared import walls

KEPT = timedelta(days=7)
LONGEST = 100


def once(request: Call, view: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer kept for the same key and request, else a fresh one, kept if good.

    Raises Conflict where the key was used for another request.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method == "GET" or request.token is None:
        return view()
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        words = _("A key is 1 to 100 letters, digits and signs.")
        raise Wrong([{"detail": str(words), "parameter": "Idempotency-Key"}])
    _lock(f"{request.token.pk} {key}")
    walls.open_region(request.token.region_id)
    rows = KeptAnswer.objects.filter(token=request.token, key=key)
    known = rows.filter(kept_at__gt=request.at - KEPT).first()
    wanted = _hash(request)
    if known is not None:
        return _again(known, wanted)
    response = view()
    if 200 <= response.status_code < 300 and not response.has_header("Habaring-Secret"):
        walls.open_region(request.token.region_id)
        old = KeptAnswer.objects.filter(
            token=request.token, kept_at__lte=request.at - KEPT
        )
        old.delete()
        KeptAnswer.objects.create(
            token=request.token,
            region_id=request.token.region_id,
            key=key,
            request_hash=wanted,
            status=response.status_code,
            body=response.content.decode(),
            kept_at=request.at,
        )
    return response


def _lock(name: str) -> None:
    """Two requests with one key stand in a row."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _hash(request: Call) -> str:
    parts = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(parts + request.body).hexdigest()


def _again(known: KeptAnswer, wanted: str) -> HttpResponse:
    if known.request_hash != wanted:
        raise Conflict(
            _("This Idempotency-Key was used for another request."),
            _("A key stands for one request; its answer is kept for seven days."),
            _("Use another key, or send the same request again."),
        )
    return HttpResponse(
        known.body,
        status=known.status,
        content_type="application/json; charset=utf-8",
        headers={"Idempotent-Replayed": "true"},
    )
