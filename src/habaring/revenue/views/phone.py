"""The collector's telephone: a page that works without a network, and what it asks for.

Page and script hold nobody's data: those are asked for by themselves, while there is a
network, and lie in the telephone's own database until they are sent.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from habaring.people.access import Power
from habaring.revenue import collectors as queries
from habaring.revenue import slips
from habaring.revenue.actions import collectors as verbs
from habaring.revenue.actions import slips as slip_verbs
from habaring.revenue.models import Deposit, Device, Slip, SlipState
from habaring.revenue.views.rooms import Room, enter
from habaring.shared import limits
from habaring.shared.refusal import Refusal

TRIES = 20
"""Wrong codes of one person in an hour."""
LAST_SHOWN = 300
_HERE = Path(__file__).resolve()
_WORKER = _HERE.parents[2] / "web" / "static" / "js" / "collector-worker.js"
_SHELL = _HERE.parents[1] / "templates" / "revenue" / "collectors" / "phone.html"
_FILES = (
    "habaring.css",
    "css/tax.css",
    "css/phone.css",
    "favicon.svg",
    "js/collector-store.js",
    "js/collector.js",
    "vendor/lean-qr.js",
    "vendor/plus-jakarta-sans-latin-wght-normal.woff2",
)


def _room(request: HttpRequest, code: str) -> Room:
    return enter(request, code, Power.COLLECT_IN_VILLAGE)


@never_cache
@require_safe
def phone(request: HttpRequest, code: str) -> HttpResponse:
    """The page: the same for every collector of a region."""
    room = _room(request, code)
    context = {
        "region": room.region,
        "qr": static("vendor/lean-qr.js"),
        "zone": settings.TIME_ZONE,
    }
    return render(request, "revenue/collectors/phone.html", context)


@never_cache
@require_safe
def worker(request: HttpRequest, code: str) -> HttpResponse:
    """The service worker of the page, with the list of what it keeps."""
    _room(request, code)
    scope = reverse("revenue-work:phone", args=[code])
    files = [static(name) for name in _FILES]
    body = _WORKER.read_text("utf-8")
    seal = hashlib.sha256(
        "\n".join(
            (body, _SHELL.read_text("utf-8"), *files, str(get_language()))
        ).encode()
    ).hexdigest()[:16]
    told = json.dumps({"version": seal, "page": scope, "files": files})
    return HttpResponse(
        f"const KEPT = {told};\n{body}",
        content_type="text/javascript; charset=utf-8",
        headers={"Service-Worker-Allowed": scope},
    )


def _answered(ask: Callable[[], dict[str, Any]]) -> JsonResponse:
    try:
        return JsonResponse(ask())
    except Refusal as refused:
        words = {
            "what": str(refused.what),
            "why": str(refused.why),
            "next": str(refused.next),
        }
        return JsonResponse(words, status=refused.status)


@never_cache
@require_safe
def state(request: HttpRequest, code: str) -> HttpResponse:
    """What a telephone asks for while it is online: its list, its money, its receipts.

    `?alat=7` names the telephone; without it only the token of forms is given.
    """
    room = _room(request, code)
    asked = request.GET.get("alat", "")
    told: dict[str, Any] = {"token": get_token(request)}
    if asked:
        device = get_object_or_404(
            Device,
            pk=int(asked) if asked.isdecimal() and len(asked) < 13 else 0,
            region=room.region,
            collector=room.officer,
        )
        told |= _state(device)
    return JsonResponse(told)


def _state(device: Device) -> dict[str, Any]:
    at = now()
    on = localdate(at)
    standing = queries.standing(device)
    last = standing.last_deposit
    return {
        "device": {
            "id": device.pk,
            "region": device.region_id,
            "name": device.name,
            "collector": device.collector.full_name,
            "limit": device.cash_limit,
            "days": device.deposit_days,
            "revoked": device.revoked_at is not None,
            "villages": list(standing.villages),
        },
        "held": standing.held,
        "due": standing.due_on.isoformat() if standing.due_on else "",
        "deposit": _deposit(last) if last else None,
        "last": {"number": device.last_number, "hash": device.last_hash},
        "at": at.isoformat(),
        "until": (on + queries.AHEAD).isoformat(),
        "bills": []
        if device.revoked_at
        else [_bill(one) for one in queries.carried(device, on=on)],
        "slips": _slips(device),
    }


def _deposit(row: Deposit) -> dict[str, Any]:
    return {"amount": row.amount, "expected": row.expected, "day": str(row.day)}


def _bill(one: queries.Carried) -> dict[str, Any]:
    return {
        "nop": one.nop,
        "name": one.name,
        "year": one.year,
        "seq": one.seq,
        "due": one.due_on.isoformat(),
        "sums": [[day.isoformat(), amount] for day, amount in one.sums],
        "example": one.illustrative,
    }


def _slips(device: Device) -> list[dict[str, Any]]:
    rows = Slip.objects.filter(device=device).order_by("-number")[:LAST_SHOWN]
    return [
        {
            "hash": row.sha256,
            "state": row.state,
            "told": [str(queries.told(one)) for one in row.conflicts]
            if row.state == SlipState.CONFLICT
            else [row.resolution],
        }
        for row in rows
    ]


@never_cache
@require_POST
def enrol(request: HttpRequest, code: str) -> HttpResponse:
    """The telephone made its key: tie it to the invitation."""
    room, at = _room(request, code), now()

    def ask() -> dict[str, Any]:
        who = str(room.officer.pk)
        limits.check("revenue.device.code", who, most=TRIES, at=at)
        sent = _sent(request)
        key = verbs.NewKey(
            str(sent.get("code", ""))[:40],
            json.dumps(sent.get("key")),
            str(sent.get("signature", ""))[:200],
        )
        try:
            device = verbs.enrol(region=room.region, key=key, by=room.officer, at=at)
        except (verbs.CollectorRefused, slips.NotSigned):
            limits.spend(
                "revenue.device.code", who, most=TRIES, per=queries.HOUR, at=at
            )
            raise
        return _state(device)

    return _answered(ask)


@never_cache
@require_POST
def send(request: HttpRequest, code: str) -> HttpResponse:
    """Receipts from the telephone's queue: `{"slips": ["HBR2/…", …]}`."""
    room, at = _room(request, code), now()

    def ask() -> dict[str, Any]:
        sent = _sent(request).get("slips")
        lines = [str(one)[:600] for one in sent] if isinstance(sent, list) else []
        sender = slip_verbs.Sender(room.officer, at, localdate(at), own_only=True)
        answers = slip_verbs.receive(region=room.region, lines=lines, sender=sender)
        return {
            "slips": [
                {
                    "line": one.line,
                    "state": one.outcome,
                    "told": [str(words) for words in one.told],
                }
                for one in answers
            ]
        }

    return _answered(ask)


def _sent(request: HttpRequest) -> dict[str, Any]:
    try:
        told = json.loads(request.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
