"""Who calls: a partner by its token and secret, or by its public key.

PostgreSQL is asked at each call, so that a key that is revoked opens nothing from the
same moment on. A caller may be `remembered`, but only for `revenue_take`, which does
nothing unless the partner, its token and exactly these keys are still in force. What a
key opens to (an RSA key, a secret that was unsealed) is kept by the bytes it came from.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connection

from habaring.revenue.gateways import codes, wire
from habaring.revenue.gateways.codes import Refused
from habaring.revenue.models import Token
from habaring.shared import sealing

TOKEN_LIFE = timedelta(minutes=15)
REMEMBERED = timedelta(minutes=1)
MOST_REMEMBERED = 1000
SEALED_ABOUT = "revenue partner key"

_PLAIN = (
    *("id", "code", "kind", "partner_id", "prefix", "name", "active"),
    "token_until",
)
_COLUMNS = """
SELECT partner.id, partner.code, partner.kind, partner.partner_id, partner.prefix,
    partner.name, partner.active, {expiry},
    array(SELECT id FROM revenue_partnerkey WHERE partner_id = partner.id
        AND use = 'secret' AND begins_at <= %(at)s
        AND (ends_at IS NULL OR ends_at > %(at)s) ORDER BY id),
    array(SELECT sealed FROM revenue_partnerkey WHERE partner_id = partner.id
        AND use = 'secret' AND begins_at <= %(at)s
        AND (ends_at IS NULL OR ends_at > %(at)s) ORDER BY id),
    array(SELECT id FROM revenue_partnerkey WHERE partner_id = partner.id
        AND use = 'public' AND begins_at <= %(at)s
        AND (ends_at IS NULL OR ends_at > %(at)s) ORDER BY id),
    array(SELECT pem FROM revenue_partnerkey WHERE partner_id = partner.id
        AND use = 'public' AND begins_at <= %(at)s
        AND (ends_at IS NULL OR ends_at > %(at)s) ORDER BY id)
"""
_BY_TOKEN = (
    _COLUMNS.format(expiry="token.expires_at")
    + """
FROM revenue_token AS token JOIN revenue_partner AS partner
    ON partner.id = token.partner_id
WHERE token.sha256 = %(key)s AND token.region_id = %(region)s
"""
)
_BY_ID = (
    _COLUMNS.format(expiry="NULL::timestamptz")
    + """
FROM revenue_partner AS partner
WHERE partner.partner_id = %(key)s AND partner.region_id = %(region)s
"""
)


@dataclass(frozen=True)
class Caller:
    """A partner of this region as it stands at this moment, with the keys in force.
    `came_by`: `token_hash` of its token, else its X-PARTNER-ID.
    """

    came_by: str
    id: int
    code: str
    kind: str
    partner_id: str
    prefix: str
    name: str
    active: bool
    token_until: datetime | None
    sealed_ids: tuple[int, ...]
    sealed: tuple[bytes, ...]
    pem_ids: tuple[int, ...]
    pems: tuple[str, ...]
    seen_at: datetime

    @property
    def channel(self) -> str:
        """As in `Payment.channel`."""
        return f"{self.kind}:{self.code}"

    def secrets(self) -> list[bytes]:
        """Shared secrets in force; two while one is being changed for the next."""
        return [opened(one) for one in self.sealed]


@lru_cache(maxsize=64)
def opened(sealed: bytes) -> bytes:
    """A secret as the partner has it."""
    return sealing.open_sealed(sealed, about=SEALED_ABOUT).encode()


def by_token(token: str, *, region: str, at: datetime) -> Caller:
    """Whose access token this is. Refused (401xx01) where nobody's or run out."""
    key = token_hash(token)
    found = _one(_BY_TOKEN, region=region, key=key, at=at)
    if found is None or found.token_until is None or found.token_until <= at:
        raise Refused(codes.TOKEN)
    return _kept(region, _active(found))


def by_id(partner_id: str, *, region: str, at: datetime) -> Caller:
    """The partner that an X-PARTNER-ID or X-CLIENT-KEY names; Refused (401xx00) else."""
    found = _one(_BY_ID, region=region, key=partner_id, at=at)
    if found is None:
        raise Refused(codes.UNAUTHORIZED, "[unknown client]")
    return _kept(region, _active(found))


def token_hash(token: str) -> str:
    """What the database keeps of an access token."""
    return hashlib.sha256(token.encode()).hexdigest()


_callers: dict[tuple[str, str], Caller] = {}


def remembered(key: str, *, region: str, at: datetime) -> Caller | None:
    """Who came by this `token_hash` or X-PARTNER-ID within the last minute. It may have
    been stopped since: to be believed by `revenue_take` alone.
    """
    found = _callers.get((region, key))
    return found if found is not None and at - found.seen_at < REMEMBERED else None


def _kept(region: str, caller: Caller) -> Caller:
    if len(_callers) >= MOST_REMEMBERED:
        _callers.clear()
    _callers[region, caller.came_by] = caller
    return caller


def _active(caller: Caller) -> Caller:
    if not caller.active:
        raise Refused(codes.UNAUTHORIZED, "[client is not active]")
    return caller


def _one(statement: str, *, region: str, key: str, at: datetime) -> Caller | None:
    row = fetched(statement, {"region": region, "key": key, "at": at})
    if row is None:
        return None
    *plain, sealed_ids, sealed, pem_ids, pems = row
    return Caller(
        came_by=key,
        **dict(zip(_PLAIN, plain, strict=True)),
        sealed_ids=tuple(sealed_ids),
        sealed=tuple(map(bytes, sealed)),
        pem_ids=tuple(pem_ids),
        pems=tuple(pems),
        seen_at=at,
    )


def fetched(statement: str, values: Mapping[str, object]) -> tuple[Any, ...] | None:
    """The first row. Prepared on the server, as the ledger's own statements are."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = psycopg.Cursor(connection.connection)
        return cursor.execute(statement, values, prepare=True).fetchone()


def give_token(caller: Caller, *, region: str, at: datetime) -> str:
    """A fresh access token; the database keeps its hash alone, and those that ran out
    go with the next.
    """
    token = secrets.token_urlsafe(32)
    Token.objects.filter(partner_id=caller.id, expires_at__lt=at).delete()
    Token.objects.create(
        region_id=region,
        partner_id=caller.id,
        sha256=token_hash(token),
        expires_at=at + TOKEN_LIFE,
    )
    return token


def check_signed_by_secret(
    caller: Caller, partner_id: str, said: wire.Said, signature: str
) -> None:
    """Refused (401xx00) where the token is another partner's or the signature is not
    this partner's.
    """
    if partner_id != caller.partner_id:
        raise Refused(codes.UNAUTHORIZED, "[client]")
    if not wire.hmac_good(caller.secrets(), said, signature):
        raise Refused(codes.UNAUTHORIZED, "[signature]")


def check_signed_by_key(caller: Caller, text: bytes, signature: str) -> None:
    """The same for SHA256withRSA."""
    if not wire.rsa_good(caller.pems, text, signature):
        raise Refused(codes.UNAUTHORIZED, "[signature]")
