"""The verbs of a person's secret calendar address."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from habaring.council.models import CalendarKey
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit


def hashed(token: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_calendar_key(*, account: Account, region: Region, at: datetime) -> str:
    """A new secret address; the one before stops working. Shown once."""
    CalendarKey.objects.filter(account=account, revoked_at=None).update(revoked_at=at)
    token = secrets.token_urlsafe(24)
    key = CalendarKey.objects.create(
        account=account, token_hash=hashed(token), made_at=at
    )
    audit.record(
        by=account,
        at=at,
        verb="council.calendar_key.made",
        subject=key,
        region=region.code,
    )
    return token


@transaction.atomic
def revoke_calendar_key(*, account: Account, region: Region, at: datetime) -> bool:
    """End the secret address; False where there was none."""
    key = CalendarKey.objects.filter(account=account, revoked_at=None).first()
    if key is None:
        return False
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    audit.record(
        by=account,
        at=at,
        verb="council.calendar_key.revoked",
        subject=key,
        region=region.code,
    )
    return True
