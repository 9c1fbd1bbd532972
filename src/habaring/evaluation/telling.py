"""Letters of the evaluation; they leave when the transaction commits."""

from datetime import date

from django.conf import settings
from django.urls import reverse

from habaring.evaluation.models import Entry, Reading
from habaring.people.models import Account
from habaring.shared.notices import send_letter


def asked(reading: Reading) -> None:
    """An assessor is asked to read."""
    path = reverse("evaluation-work:reading", args=[reading.region_id, reading.pk])
    row = reading.entry.round
    _send(reading.assessor, "asked", reading.entry, row.readings_until, path)


def announced(entry: Entry) -> None:
    """Who handed the answers in reads the result."""
    path = reverse("evaluation-work:result", args=[entry.region_id, entry.pk])
    until = entry.round.appeals_until
    if entry.submitted_by is not None and until is not None:
        _send(entry.submitted_by, "announced", entry, until, path)


def _send(account: Account, letter: str, entry: Entry, until: date, path: str) -> None:
    if not account.email or not account.is_active:
        return
    send_letter(
        to=[account.email],
        template=f"evaluation/letters/{letter}.txt",
        context={
            "name": account.full_name,
            "region": entry.region.full_name,
            "round": entry.round.name,
            "until": until,
            "address": settings.SITE_ADDRESS + path,
        },
        language=account.language,
    )
