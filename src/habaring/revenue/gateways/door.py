"""From an HTTP request to an answer of SNAP: read, judge, act, commit, and only then say.

Each call is one transaction of its own. What was forged, is of another moment or cannot
be read changes nothing; an X-EXTERNAL-ID is used up only by a call that was answered for
good. Any doubt (a lost connection, a commit that was not confirmed) is a 5xx: the bank
sends again, and the key of the money sees to it that it happens once.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.http.request import RawPostDataException
from django.utils.timezone import localdate

from habaring.revenue.gateways import answering, callers, codes, taking, wire
from habaring.revenue.gateways.answering import Heard
from habaring.revenue.gateways.callers import Caller
from habaring.revenue.gateways.codes import Answer, Refused, Service
from habaring.revenue.models import PartnerKind
from habaring.shared import limits, walls

logger = logging.getLogger(__name__)
MINUTE = timedelta(minutes=1)
REFUSED_MOST = 120
"""A minute from one network: who is refused more often is told to wait, not counted."""
INQUIRIES_MOST = 600
"""A minute of one partner."""
MOST_TOKEN = 100
TURNED_AWAY = (codes.UNAUTHORIZED, codes.TOKEN, codes.CONFLICT, codes.BAD)

_KEEP = """
INSERT INTO revenue_call (region_id, partner_id, day, external_id, service,
    body_sha256, code, reference, at)
VALUES (%(region)s, %(partner)s, %(day)s, %(external)s, %(service)s, %(body)s, %(code)s,
    %(reference)s, %(at)s) ON CONFLICT DO NOTHING RETURNING 1
"""
_COUNT = """
INSERT INTO revenue_refusedcalls AS held (region_id, partner_id, day, code, times, last_at)
SELECT region_id, id, %(day)s, %(code)s, 1, %(at)s FROM revenue_partner
WHERE partner_id = %(partner)s AND region_id = %(region)s
ON CONFLICT (partner_id, day, code)
DO UPDATE SET times = held.times + 1, last_at = excluded.last_at
"""


@dataclass(frozen=True)
class Route:
    """One address: its service, how it is signed, for which kind of partner, what it
    does; `wanted` reads what may be done `at_once`.
    """

    service: Service
    kind: str
    act: Callable[[Heard], Answer]
    wanted: Callable[[Heard], taking.Wanted | None] | None = None

    @property
    def by_key(self) -> bool:
        """QRIS services sign with their private key and ask for no token."""
        return self.kind == PartnerKind.QRIS


ROUTES = {
    "transfer-va/inquiry": Route(Service.INQUIRY, PartnerKind.VA, answering.inquiry),
    "transfer-va/payment": Route(
        Service.PAYMENT, PartnerKind.VA, answering.payment, taking.payment
    ),
    "transfer-va/status": Route(Service.STATUS, PartnerKind.VA, answering.status),
    "transfer-va/payment-reversal": Route(
        Service.PAYMENT, PartnerKind.VA, answering.reversal
    ),
    "qr/qr-mpm-notify": Route(
        Service.NOTIFY, PartnerKind.QRIS, answering.notify, taking.notify
    ),
    "qr/qr-mpm-cancel": Route(Service.CANCEL, PartnerKind.QRIS, answering.cancel),
}


@cache
def _meta(header: str) -> str:
    return f"HTTP_{header.upper().replace('-', '_')}"


@dataclass(frozen=True)
class Came:
    """What came in: the raw parts of a request that is not believed yet."""

    region: str
    path: str
    meta: Mapping[str, Any]  # of the request: headers are HTTP_…
    body: bytes
    at: datetime

    def header(self, name: str) -> str:
        value = str(self.meta.get(_meta(name), ""))
        if not value:
            raise Refused(codes.MANDATORY, name)
        return value

    @property
    def moment(self) -> datetime:
        """X-TIMESTAMP, if it is of now."""
        try:
            said_at = wire.moment(self.header("X-TIMESTAMP"))
        except wire.WireError as error:
            raise Refused(codes.FORMAT, "X-TIMESTAMP") from error
        if not wire.in_window(said_at, self.at):
            raise Refused(codes.UNAUTHORIZED, "[X-TIMESTAMP is not of now]")
        return said_at

    def said(self, token: str = "") -> wire.Said:
        return wire.Said(
            "POST", self.path, self.header("X-TIMESTAMP"), self.body, token
        )


def take(request: HttpRequest, region: str, *, at: datetime) -> Came:
    """Read a request. Refused where its body is larger than any call, before reading it."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > wire.MOST_BYTES:
        raise Refused(codes.BAD, "[body too large]")
    if request.META.get("QUERY_STRING"):
        raise Refused(codes.BAD, "[query]")
    try:
        body = request.body
    except (OSError, RawPostDataException) as error:  # cut on its way
        raise Refused(codes.BAD, "[body]") from error
    if len(body) != int(length):
        raise Refused(codes.BAD, "[body]")
    return Came(region, request.path, request.META, body, at)


def answer(request: HttpRequest, region: str, route: Route, *, at: datetime) -> Answer:
    """The answer to a call; it may be sent, since all that it says is committed."""
    made = _guarded(
        request,
        route.service,
        lambda: _heard(take(request, region, at=at), route),
    )
    return _counted(request, region, made, at) if made.case in TURNED_AWAY else made


def access(request: HttpRequest, region: str, *, at: datetime) -> Answer:
    """A token for fifteen minutes, to whoever signs with a partner's private key."""
    made = _guarded(
        request, Service.ACCESS, lambda: _token(take(request, region, at=at))
    )
    return _counted(request, region, made, at) if made.case in TURNED_AWAY else made


def _guarded(
    request: HttpRequest, service: Service, work: Callable[[], Answer]
) -> Answer:
    try:
        return work()
    except Refused as refused:
        return Answer(service, refused.case, refused.about)
    except Exception:  # whatever it was: the bank shall ask again
        logger.exception("a call of a partner failed at %s", request.path)
        return Answer(service, codes.ERROR)


@dataclass(frozen=True)
class _Known:
    """A call whose signature is good."""

    heard: Heard
    external: str


def _heard(came: Came, route: Route) -> Answer:
    return _at_once(came, route) or _at_length(came, route)


def _at_once(came: Came, route: Route) -> Answer | None:
    """In one round trip where it can be; what cannot has changed nothing."""
    if route.wanted is None:
        return None
    try:
        known = _let_in(came, route, _remembered)
        wanted = route.wanted(known.heard)
    except Refused:
        return None
    if wanted is None:
        return None
    return taking.take(known.heard, wanted, external=known.external, raw=came.body)


def _at_length(came: Came, route: Route) -> Answer:
    known: _Known | None = None
    try:
        with walls.within(came.region):
            known = _let_in(came, route)
            made = route.act(known.heard)
            _keep(came, known, made)
    except Refused as refused:  # all of it is rolled back by now
        if known is None or refused.case is codes.CONFLICT:
            raise
        made = Answer(route.service, refused.case, refused.about)
        with walls.within(came.region):
            _keep(came, known, made)
    return made


def _asked(came: Came, partner_id: str, token: str) -> Caller:
    """Who calls, as PostgreSQL says now."""
    if token:
        return callers.by_token(token, region=came.region, at=came.at)
    return callers.by_id(partner_id, region=came.region, at=came.at)


def _remembered(came: Came, partner_id: str, token: str) -> Caller:
    """Who called before: `taking` asks whether it still holds."""
    key = callers.token_hash(token) if token else partner_id
    caller = callers.remembered(key, region=came.region, at=came.at)
    if caller is None:
        raise Refused(codes.TOKEN)
    return caller


def _let_in(
    came: Came, route: Route, find: Callable[[Came, str, str], Caller] = _asked
) -> _Known:
    """Who it is, that it is theirs, that it is of now; then what it says."""
    said_at = came.moment
    partner_id, signature = came.header("X-PARTNER-ID"), came.header("X-SIGNATURE")
    token = "" if route.by_key else _bearer(came)
    caller = find(came, partner_id, token)
    if token:
        callers.check_signed_by_secret(caller, partner_id, came.said(token), signature)
    else:
        callers.check_signed_by_key(caller, came.said().to_sign(), signature)
    if caller.kind != route.kind:
        raise Refused(codes.UNAUTHORIZED, "[service]")
    came.header("CHANNEL-ID")
    try:
        external = wire.external_id(came.header("X-EXTERNAL-ID"))
        body = wire.read_object(came.body)
    except wire.WireError as error:
        raise Refused(codes.FORMAT, str(error)) from error
    if route.service == Service.INQUIRY:
        _not_too_often(caller, came.at)
    return _Known(Heard(came.region, caller, said_at, came.at, body), external)


def _bearer(came: Came) -> str:
    kind, _space, token = came.header("Authorization").partition(" ")
    if kind.lower() != "bearer" or not (0 < len(token) <= MOST_TOKEN):
        raise Refused(codes.TOKEN)
    return token


def _not_too_often(caller: Caller, at: datetime) -> None:
    """Inquiries alone: a notice of money is never told to wait."""
    try:
        limits.spend(
            "snap.inquiry", str(caller.id), most=INQUIRIES_MOST, per=MINUTE, at=at
        )
    except limits.TooMany as many:
        raise Refused(codes.TOO_MANY) from many


def _keep(came: Came, known: _Known, made: Answer) -> None:
    """Use the X-EXTERNAL-ID up; Refused (409xx00) where it was, and all is undone."""
    caller = known.heard.caller
    values = {
        "region": came.region,
        "partner": caller.id,
        "day": localdate(came.at),
        "external": known.external,
        "service": made.service.value,
        "body": hashlib.sha256(came.body).digest(),
        "code": made.code,
        "reference": made.reference,
        "at": came.at,
    }
    if callers.fetched(_KEEP, values) is None:
        raise Refused(codes.CONFLICT)


def _token(came: Came) -> Answer:
    client = came.header("X-CLIENT-KEY")
    said_at = came.header("X-TIMESTAMP")
    _moment = came.moment
    with walls.within(came.region):
        caller = callers.by_id(client, region=came.region, at=came.at)
        callers.check_signed_by_key(
            caller, wire.token_text(client, said_at), came.header("X-SIGNATURE")
        )
        if caller.kind != PartnerKind.VA:
            raise Refused(codes.UNAUTHORIZED, "[service]")
        _grant(came)
        token = callers.give_token(caller, region=came.region, at=came.at)
    return Answer(
        Service.ACCESS,
        codes.OK,
        more={
            "accessToken": token,
            "tokenType": "Bearer",
            "expiresIn": str(int(callers.TOKEN_LIFE.total_seconds())),
        },
    )


def _grant(came: Came) -> None:
    try:
        body = wire.read_object(came.body)
    except wire.WireError as error:
        raise Refused(codes.FORMAT, str(error)) from error
    if body.get("grantType") != "client_credentials":
        raise Refused(codes.FORMAT, "grantType")


def _counted(request: HttpRequest, region: str, made: Answer, at: datetime) -> Answer:
    """A call that was turned away is counted under the name it came in, if it is one of
    ours; who is turned away again and again is told to wait.
    """
    headers = request.headers
    name = headers.get("X-PARTNER-ID") or headers.get("X-CLIENT-KEY") or ""
    try:
        network = limits.client_network(request)
        limits.spend("snap.refused", network, most=REFUSED_MOST, per=MINUTE, at=at)
        with walls.within(region), connection.cursor() as cursor:
            cursor.execute(
                _COUNT,
                {
                    "region": region,
                    "partner": name[:36],
                    "day": localdate(at),
                    "code": made.code,
                    "at": at,
                },
            )
    except limits.TooMany:
        return Answer(made.service, codes.TOO_MANY)
    except Exception:  # the count is a help, the refusal stands without it
        logger.exception("a refused call was not counted at %s", request.path)
    return made
