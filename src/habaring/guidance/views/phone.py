"""The desk's telephone: scans badges without a network, and sends them when there is one.

The page holds nobody's name: the telephone keeps the numbers on the list, our public key,
and its queue of what was scanned and when. Who a number is, only the list here knows.
"""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware, now
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from habaring.guidance import badges
from habaring.guidance.actions.attending import Scan, receive
from habaring.guidance.views.rooms import either
from habaring.guidance.views.sittings import sitting_of

MOST_AT_ONCE = 500
_HERE = Path(__file__).resolve()
_WORKER = _HERE.parents[2] / "web" / "static" / "js" / "attendance-worker.js"
_SHELL = _HERE.parents[1] / "templates" / "guidance" / "phone.html"
_FILES = (
    "habaring.css",
    "css/phone.css",
    "favicon.svg",
    "js/attendance.js",
    "vendor/plus-jakarta-sans-latin-wght-normal.woff2",
)


@never_cache
@require_safe
def phone(request: HttpRequest, code: str, sitting: int) -> HttpResponse:
    """The page of the desk."""
    room = either(request, code)
    row = sitting_of(room, sitting)
    context = {"region": room.region, "sitting": row}
    return render(request, "guidance/phone.html", context)


@never_cache
@require_safe
def worker(request: HttpRequest, code: str, sitting: int) -> HttpResponse:
    """The service worker of the page, with the list of what it keeps."""
    room = either(request, code)
    row = sitting_of(room, sitting)
    scope = reverse("guidance-work:phone", args=[code, row.pk])
    kept = [static(name) for name in _FILES]
    body = _WORKER.read_text("utf-8")
    seal = hashlib.sha256(
        "\n".join(
            (body, _SHELL.read_text("utf-8"), *kept, str(get_language()))
        ).encode()
    ).hexdigest()[:16]
    told = json.dumps({"version": seal, "page": scope, "files": kept})
    return HttpResponse(
        f"const KEPT = {told};\n{body}",
        content_type="text/javascript; charset=utf-8",
        headers={"Service-Worker-Allowed": scope},
    )


@never_cache
@require_safe
def state(request: HttpRequest, code: str, sitting: int) -> JsonResponse:
    """What the telephone loads while it is online: numbers, key, days. No names."""
    room = either(request, code)
    row = sitting_of(room, sitting)
    key, raw = badges.public_key()
    people = row.participants.prefetch_related("attendances")
    return JsonResponse(
        {
            "token": get_token(request),
            "region": code,
            "sitting": row.pk,
            "starts": row.starts_on.isoformat(),
            "days": row.days,
            "key": {"id": key, "raw": raw},
            "people": [
                {
                    "number": one.number,
                    "typed": badges.typed(one),
                    "days": [a.day for a in one.attendances.all()],
                }
                for one in people
            ],
            "at": now().isoformat(),
        }
    )


@never_cache
@require_POST
def send(request: HttpRequest, code: str, sitting: int) -> JsonResponse:
    """The queue of a telephone: `{"scans": [{"content": …, "at": …}, …]}`."""
    room = either(request, code)
    row = sitting_of(room, sitting)
    answers = receive(sitting=row, scans=_sent(request), by=room.officer, at=now())
    return JsonResponse(
        {
            "answers": [
                {
                    "content": one.content,
                    "outcome": one.outcome,
                    "told": one.told,
                    "number": one.number,
                }
                for one in answers
            ]
        }
    )


def _sent(request: HttpRequest) -> list[Scan]:
    try:
        told: Any = json.loads(request.body)
    except ValueError:
        return []
    lines = told.get("scans") if isinstance(told, dict) else None
    return [
        Scan(str(one.get("content", ""))[:300], _moment(one.get("at")))
        for one in (lines[:MOST_AT_ONCE] if isinstance(lines, list) else ())
        if isinstance(one, dict)
    ]


def _moment(text: Any) -> datetime:
    """When it was scanned; now, where the telephone tells no moment."""
    try:
        moment = parse_datetime(str(text))
    except ValueError:
        moment = None
    return moment if moment is not None and is_aware(moment) else now()
