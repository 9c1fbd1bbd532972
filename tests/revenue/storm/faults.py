"""The web application of the storm, with the fault planted that STORM_FAULT names.

Each is a way in which such software has gone wrong (money.md, section 1b); the storm has
to find each of them. Empty: the application as it is.
"""

import os
import secrets
import threading
import time
from dataclasses import replace
from typing import Any

from django.db import connection

from habaring.config.asgi import application as application
from habaring.revenue import ledger
from habaring.revenue.gateways import codes, door
from habaring.revenue.gateways.codes import Answer
from habaring.revenue.models import Payment

FAULT = os.environ.get("STORM_FAULT", "")


def _never(came: door.Came, route: door.Route) -> Answer | None:
    """Everything goes the long way, where the fault is."""
    return None


def _check_then_insert() -> None:
    """Look whether it is there, and insert if not: without a unique key."""

    def pay(notice: ledger.Notice, **more: Any) -> ledger.Paid:
        there = Payment.objects.filter(
            region=notice.region,
            channel=notice.channel,
            reference__startswith=f"{notice.reference}~",
        ).first()
        if there is not None:
            return ledger.Paid("replay", there.serial, 0, 0, 0, there.day, known=True)
        time.sleep(0.02)
        unique = f"{notice.reference}~{secrets.token_hex(3)}"
        return booked(replace(notice, reference=unique), **more)

    booked, ledger.pay = ledger.pay, pay  # answering has the same module
    door._at_once = _never


def _early_answer() -> None:
    """Say yes first, commit afterwards."""
    real = door._heard

    def heard(came: door.Came, route: door.Route) -> Answer:
        def later() -> None:
            time.sleep(0.3)
            try:
                real(came, route)
            finally:
                connection.close()

        threading.Thread(target=later, daemon=True).start()
        return Answer(route.service, codes.OK)

    door._heard = heard


def _remembers() -> None:
    """What came is remembered by the process, before it is committed."""
    from habaring.shared import walls

    def forgotten(came: door.Came, route: door.Route) -> Answer:
        with walls.within(came.region):
            known = door._let_in(came, route)
        key = (known.heard.caller.id, known.external)
        if key in seen:
            raise codes.Refused(codes.CONFLICT)
        seen.add(key)
        references = set()
        with walls.within(came.region):
            body = known.heard.body
            reference = body.get("paymentRequestId") or body.get("originalReferenceNo")
            references.add(reference)
            if reference in memory:
                return Answer(route.service, codes.OK)
            memory.add(reference)
            return route.act(known.heard)

    seen: set[object] = set()
    memory: set[object] = set()
    door._heard = forgotten


PLANT = {
    "check-then-insert": _check_then_insert,
    "early-answer": _early_answer,
    "memory": _remembers,
}
if FAULT:
    PLANT[FAULT]()
