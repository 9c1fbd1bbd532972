"""What `api` holds about people: their tokens and webhooks."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.api.models import ApiToken, WebhookState, WebhookSubscription
from habaring.people.models import Account
from habaring.shared import resealing
from habaring.shared.holdings import Column, Holding, register


def _tokens(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in ApiToken.objects.filter(account=account):
        yield {
            "name": row.name,
            "region": row.region_id,
            "issued_at": row.issued_at,
            "last_used_at": row.last_used_at,
            "revoked_at": row.revoked_at,
        }


def _revoke(account: Account, *, by: Account | None, at: datetime) -> int:
    rows = ApiToken.objects.filter(account=account, revoked_at__isnull=True)
    return rows.update(revoked_at=at)


register(
    Holding(
        code="api.tokens",
        purpose="work",
        name=_("Tokens of your programs"),
        columns=(
            Column("name", _("Name")),
            Column("region", _("Region")),
            Column("issued_at", _("Issued")),
            Column("last_used_at", _("Last used")),
            Column("revoked_at", _("Revoked")),
        ),
        covers=("api.ApiToken.account",),
        collect=_tokens,
        erase=_revoke,
        stays=_("That a token was there stays on record; it opens nothing any more."),
        legal_reference="UU 43/2009 (Kearsipan)",
    )
)


def _hooks(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in WebhookSubscription.objects.filter(owner=account):
        yield {
            "address": row.address,
            "region": row.region_id,
            "created_at": row.created_at,
        }


def _remove(account: Account, *, by: Account | None, at: datetime) -> int:
    rows = WebhookSubscription.objects.filter(owner=account)
    return rows.exclude(state=WebhookState.REMOVED).update(
        state=WebhookState.REMOVED, address=""
    )


register(
    Holding(
        code="api.webhooks",
        purpose="work",
        name=_("Addresses to which events are sent for you"),
        columns=(
            Column("address", _("Address")),
            Column("region", _("Region")),
            Column("created_at", _("Made")),
        ),
        covers=("api.WebhookSubscription.owner", "api.WebhookSubscription.address"),
        collect=_hooks,
        erase=_remove,
        stays=_("That events were sent stays on record, without the address."),
        legal_reference="UU 43/2009 (Kearsipan)",
    )
)
for _name in ("secret", "old_secret"):
    resealing.column(
        "api.WebhookSubscription", _name, about=lambda row: f"api.webhook:{row.pk}"
    )
