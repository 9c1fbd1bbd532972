"""The verbs of the programming interface: tokens, and webhooks."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.api import events, outbound, sending
from habaring.api.models import ApiToken, WebhookState, WebhookSubscription
from habaring.people import access
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit, sealing
from habaring.shared.refusal import Refusal

LONGEST = 365  # days
MOST_TOKENS = 20  # live ones of one person in one region
MOST_WEBHOOKS = 10  # of a region
BOTH_SECRETS = timedelta(hours=24)
SCOPES: tuple[access.Power, ...] = (
    access.Power.SEE_WORK_ROOM,
    access.Power.RECORD_OBSERVATIONS,
    access.Power.RECORD_CANDIDATES,
    access.Power.RECORD_DECISIONS,
    access.Power.ADOPT_PLAN,
    access.Power.MANAGE_API,
)
"""The powers that some operation needs; a token carries no other."""

_MARK = "hbr_"


class TokenRefused(Refusal):
    """A token that cannot be issued so."""


class TokenInvalid(Refusal):
    """A token that opens nothing: unknown, ended, revoked or from elsewhere."""

    status = 401


class WebhookRefused(Refusal):
    """A webhook that cannot be kept so."""


@dataclass(frozen=True)
class NewToken:
    """What a token is asked to be. `networks` empty: usable from anywhere."""

    name: str
    scopes: Sequence[str]
    days: int = 90
    networks: Sequence[str] = ()


@dataclass(frozen=True)
class Issued:
    """A token and its secret, which nobody can read again."""

    token: ApiToken
    secret: str


@transaction.atomic
def issue_token(*, region: Region, new: NewToken, by: Account, at: datetime) -> Issued:
    """Issue a token that may do some of what its person may in one region.

    Raises TokenRefused when it would do more than the person may, live longer than a
    year, or when its name or networks make no sense.
    """
    name = " ".join(new.name.split())
    _refuse_token(name, new, region=region, by=by, at=at)
    prefix, secret = _fresh()
    token = ApiToken.objects.create(
        account=by,
        region=region,
        name=name,
        scopes=sorted(set(new.scopes)),
        networks=[str(ip_network(one, strict=False)) for one in new.networks],
        prefix=prefix,
        secret_hash=_hashed(secret),
        issued_at=at,
        expires_at=at + timedelta(days=new.days),
    )
    _record("api.token.issued", token, by, at, scopes=token.scopes)
    return Issued(token, secret)


def _refuse_token(
    name: str, new: NewToken, *, region: Region, by: Account, at: datetime
) -> None:
    what = _("The token was not issued.")
    if not name or len(name) > 80:
        raise TokenRefused(what, _("It needs a name of at most 80 letters."))
    if not 1 <= new.days <= LONGEST:
        raise TokenRefused(what, _("It may live from 1 to 365 days."))
    held = access.powers(by, at=at, region=region)
    more = sorted(set(new.scopes) - held.intersection(SCOPES))
    if more:
        raise TokenRefused(
            what,
            format_lazy(
                _("You cannot give it this here: {scopes}."),
                scopes=", ".join(more),
            ),
            _("A token never does more than its person. Take these out."),
        )
    for network in new.networks:
        try:
            ip_network(network, strict=False)
        except ValueError as error:
            raise TokenRefused(
                what,
                format_lazy(_("“{network}” is no network."), network=network[:50]),
                _("Write addresses such as 203.0.113.0/24, one a line."),
            ) from error
    if (
        ApiToken.objects.live(at).filter(account=by, region=region).count()
        >= MOST_TOKENS
    ):
        raise TokenRefused(
            what,
            _("You have 20 tokens here already."),
            _("Revoke one that nothing uses any more."),
        )


def _fresh() -> tuple[str, str]:
    prefix = _MARK + secrets.token_hex(4)
    return prefix, f"{prefix}_{secrets.token_urlsafe(32)}"


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def rotate_token(*, token: ApiToken, by: Account, at: datetime) -> Issued:
    """Give a token a new secret and its first span of life again; the old one ends now."""
    row = ApiToken.objects.select_for_update().get(pk=token.pk)
    if row.revoked_at is not None:
        raise TokenRefused(
            _("This token is revoked."), next=_("Issue another one instead.")
        )
    if row.account_id != by.pk:
        raise TokenRefused(
            _("Only the person of a token may give it a new secret."),
            next=_("Revoke it, and have that person issue another one."),
        )
    span = min(row.expires_at - row.issued_at, timedelta(days=LONGEST))
    row.prefix, secret = _fresh()
    row.secret_hash = _hashed(secret)
    row.issued_at, row.expires_at = at, at + span
    row.save()
    _record("api.token.rotated", row, by, at)
    return Issued(row, secret)


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Account, at: datetime) -> None:
    """End a token now; ended once, it stays as it is."""
    changed = ApiToken.objects.filter(pk=token.pk, revoked_at=None)
    if changed.update(revoked_at=at):
        _record("api.token.revoked", token, by, at)


def usable_token(*, secret: str, address: str, at: datetime) -> ApiToken:
    """The token of a secret, its use counted; TokenInvalid for any reason not to."""
    prefix = "_".join(secret.split("_")[:2])[:12]
    row = (
        ApiToken.objects.live(at)
        .filter(prefix=prefix.replace("\0", ""))
        .select_related("account", "region")
        .first()
    )
    known = row.secret_hash if row else "0" * 64
    if not hmac.compare_digest(known, _hashed(secret)) or row is None:
        raise _invalid()
    if not row.account.is_active or not _inside(address, row.networks):
        raise _invalid()
    ApiToken.objects.filter(pk=row.pk).update(uses=F("uses") + 1, last_used_at=at)
    return row


def _invalid() -> TokenInvalid:
    return TokenInvalid(
        _("This token opens nothing."),
        _("It is unknown, has ended or been revoked, or may not be used from here."),
        _("Look at it in the work room, or issue another one."),
    )


def _inside(address: str, networks: Sequence[str]) -> bool:
    if not networks:
        return True
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in ip_network(network) for network in networks)


def _record(
    verb: str,
    row: ApiToken | WebhookSubscription,
    by: Account | None,
    at: datetime,
    **details: object,
) -> None:
    audit.record(
        by=by, at=at, verb=verb, subject=row, region=row.region_id, details=details
    )


# Webhooks


@dataclass(frozen=True)
class Opened:
    """A subscription and the secret that its letters are signed with, shown once."""

    subscription: WebhookSubscription
    secret: str


@transaction.atomic
def open_webhook(
    *, region: Region, address: str, kinds: Sequence[str], by: Account, at: datetime
) -> Opened:
    """Send the events of a region from now on to an address. `kinds` empty: all.

    Raises WebhookRefused or AddressRefused.
    """
    outbound.check_address(address, private=settings.WEBHOOKS_TO_PRIVATE)
    _check_kinds(kinds)
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)
    rows = WebhookSubscription.objects.filter(region=region)
    if rows.exclude(state=WebhookState.REMOVED).count() >= MOST_WEBHOOKS:
        raise WebhookRefused(
            _("This region has 10 webhooks already."),
            next=_("Remove one that nothing listens to any more."),
        )
    row = WebhookSubscription.objects.create(
        region=region,
        owner=by,
        address=address,
        kinds=sorted(set(kinds)),
        secret=b"",
        cursor=events.last(region.code),
        created_at=at,
    )
    secret = _seal(row)
    row.save()
    _record("api.webhook.opened", row, by, at, kinds=row.kinds)
    return Opened(row, secret)


def _check_kinds(kinds: Sequence[str]) -> None:
    unknown = sorted(set(kinds) - set(events.NAMES))
    if unknown:
        raise WebhookRefused(
            format_lazy(_("There is no event {name}."), name=unknown[0][:60]),
            next=format_lazy(_("Choose from: {names}."), names=", ".join(events.NAMES)),
        )


def _seal(row: WebhookSubscription) -> str:
    secret = "whsec_" + secrets.token_urlsafe(32)
    row.secret = sealing.seal(secret, about=sending.about(row))
    return secret


@transaction.atomic
def rotate_webhook(
    *, subscription: WebhookSubscription, by: Account, at: datetime
) -> Opened:
    """A new secret; for a day both sign, so that the other side can change over."""
    row = _locked(subscription)
    row.old_secret, row.old_until = row.secret, at + BOTH_SECRETS
    secret = _seal(row)
    row.save()
    _record("api.webhook.rotated", row, by, at)
    return Opened(row, secret)


@transaction.atomic
def pause_webhook(
    *, subscription: WebhookSubscription, by: Account, at: datetime
) -> None:
    """Send nothing until it is resumed; what happens meanwhile waits."""
    row = _locked(subscription)
    row.state, row.next_try_at = WebhookState.PAUSED, None
    row.save()
    _record("api.webhook.paused", row, by, at)


@transaction.atomic
def resume_webhook(
    *, subscription: WebhookSubscription, by: Account, at: datetime
) -> None:
    """Go on with the event that failed, at once."""
    row = _locked(subscription)
    _start_anew(row)
    _record("api.webhook.resumed", row, by, at)


@transaction.atomic
def replay(
    *, subscription: WebhookSubscription, start: int, by: Account, at: datetime
) -> int:
    """Send again from one event on; how many events that is, at most."""
    row = _locked(subscription)
    newest = events.last(row.region_id)
    if not 1 <= start <= newest + 1:
        raise WebhookRefused(
            format_lazy(_("There is no event number {start}."), start=start),
            format_lazy(_("The newest one is number {newest}."), newest=newest),
            _("Choose a number from 1 to the newest."),
        )
    row.cursor = start - 1
    _start_anew(row)
    _record("api.webhook.replayed", row, by, at, start=start)
    return newest - row.cursor


def _start_anew(row: WebhookSubscription) -> None:
    row.state, row.attempts = WebhookState.ACTIVE, 0
    row.failing_since = row.next_try_at = None
    row.save()
    events.wake(row.pk)


@transaction.atomic
def remove_webhook(
    *, subscription: WebhookSubscription, by: Account, at: datetime
) -> None:
    """Send nothing ever again; the row stays for the trail, its secrets go."""
    row = _locked(subscription)
    row.state, row.secret, row.old_secret = WebhookState.REMOVED, b"", None
    row.save()
    _record("api.webhook.removed", row, by, at)


def _locked(subscription: WebhookSubscription) -> WebhookSubscription:
    row = WebhookSubscription.objects.select_for_update().get(pk=subscription.pk)
    if row.state == WebhookState.REMOVED:
        raise WebhookRefused(
            _("This webhook was removed."), next=_("Open another one instead.")
        )
    return row
