"""How partners are doing: what they called, what was refused, who has gone silent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.timezone import localdate

from habaring.regions.models import Region
from habaring.revenue.gateways import callers, door, owing, wire
from habaring.revenue.gateways.answering import Heard
from habaring.revenue.gateways.codes import CASES, Answer, Case, Refused
from habaring.revenue.models import (
    Call,
    KeyUse,
    Partner,
    PartnerKey,
    PartnerKind,
    RefusedCalls,
)

BUSY_DAYS, OF_DAYS = 3, 7
"""Who called on so many of the last days, and not for a day, has gone silent."""
SILENT_AFTER = timedelta(hours=24)
REFUSED_LEAST, REFUSED_SHARE = 10, 0.2
"""So many refused calls of a day, and this part of all of them, is an alarm."""

_GOOD = Q(code__startswith="2")

Alarm = Literal["silent", "refused", "keyless"]


@dataclass(frozen=True)
class Standing:
    """One partner as the work room shows it. Counts are of today."""

    partner: Partner
    last_at: datetime | None
    calls: int  # that were believed
    good: int
    refused: int  # that were turned away at the door
    days: int  # with calls, of the last seven
    keyed: bool
    alarms: tuple[Alarm, ...] = ()

    @property
    def bad(self) -> int:
        return self.refused + self.calls - self.good


@dataclass(frozen=True)
class Heading:
    """A call in the list: what it was, what was said."""

    call: Call
    case: Case | None

    @property
    def good(self) -> bool:
        return self.call.code.startswith("2")


def standings(region: Region, at: datetime) -> list[Standing]:
    """Every partner of a region, in a number of queries that does not grow with them."""
    rows = Partner.objects.filter(region=region).order_by("-active", "name")
    return _standings(list(rows), at)


def standing(partner: Partner, at: datetime) -> Standing:
    """One of them."""
    return _standings([partner], at)[0]


def _standings(partners: list[Partner], at: datetime) -> list[Standing]:
    ids = [row.pk for row in partners]
    today = localdate(at)
    recent = Call.objects.filter(
        partner__in=ids, day__gt=today - timedelta(days=OF_DAYS)
    )
    last: dict[Any, datetime] = dict(
        recent.values_list("partner")
        .annotate(Max("at"))
        .values_list("partner", "at__max")
    )
    days: dict[Any, int] = dict(
        recent.values_list("partner")
        .annotate(n=Count("day", distinct=True))
        .values_list("partner", "n")
    )
    counted: dict[Any, Any] = {
        row["partner_id"]: row
        for row in recent.filter(day=today)
        .values("partner_id")
        .annotate(calls=Count("id"), good=Count("id", filter=_GOOD))
    }
    refused: dict[Any, int] = dict(
        RefusedCalls.objects.filter(partner__in=ids, day=today)
        .values_list("partner")
        .annotate(Sum("times"))
    )
    keyed = _keyed(ids, at)
    return [
        _judged(
            Standing(
                row,
                last.get(row.pk),
                calls=counted.get(row.pk, {}).get("calls", 0),
                good=counted.get(row.pk, {}).get("good", 0),
                refused=refused.get(row.pk, 0),
                days=days.get(row.pk, 0),
                keyed=row.pk in keyed,
            ),
            at,
        )
        for row in partners
    ]


def _judged(one: Standing, at: datetime) -> Standing:
    alarms: list[Alarm] = []
    if one.partner.active and not one.keyed:
        alarms.append("keyless")
    silent = one.last_at is not None and one.last_at < at - SILENT_AFTER
    if one.partner.active and silent and one.days >= BUSY_DAYS:
        alarms.append("silent")
    if one.bad >= REFUSED_LEAST and one.bad >= REFUSED_SHARE * (one.good + one.bad):
        alarms.append("refused")
    return replace(one, alarms=tuple(alarms))


def _keyed(ids: Sequence[int], at: datetime) -> set[int]:
    """Which of these can be believed at all: a bank needs both kinds of keys."""
    held: dict[int, set[str]] = {}
    rows = PartnerKey.objects.filter(partner__in=ids, begins_at__lte=at)
    for partner, use in rows.exclude(ends_at__lte=at).values_list("partner_id", "use"):
        held.setdefault(partner, set()).add(use)
    kinds = dict(Partner.objects.filter(pk__in=ids).values_list("pk", "kind"))
    needs = {
        PartnerKind.VA: {KeyUse.PUBLIC.value, KeyUse.SECRET.value},
        PartnerKind.QRIS: {KeyUse.PUBLIC.value},
    }
    return {pk for pk in ids if needs[PartnerKind(kinds[pk])] <= held.get(pk, set())}


def calls(partner: Partner, day: date) -> QuerySet[Call]:
    """What a partner called on a day, the newest first."""
    return Call.objects.filter(partner=partner, day=day).order_by("-at", "-id")


def turned_away(partner: Partner, day: date) -> list[tuple[str, int]]:
    """Answers to calls in its name that were not believed, and how often on a day."""
    rows = RefusedCalls.objects.filter(partner=partner, day=day).order_by("code")
    return [(row.code, row.times) for row in rows]


def addresses(partner: Partner) -> list[str]:
    """Where the partner calls, as paths."""
    names = (
        ("token", "inquiry", "payment", "status", "reversal")
        if partner.kind == PartnerKind.VA
        else ("notify", "cancel")
    )
    return [reverse(f"snap:{name}", args=[partner.region_id]) for name in names]


def headings(rows: Sequence[Call]) -> list[Heading]:
    """The same with what each answer means."""
    return [Heading(row, CASES.get(row.code[:3] + row.code[5:])) for row in rows]


@dataclass(frozen=True)
class Tried:
    """One step of a test call, and whether it went as it should."""

    step: str
    good: bool
    said: str = ""


def try_door(partner: Partner, at: datetime) -> list[Tried]:
    """An inquiry for a bill that is not there, signed with the secret in force and taken
    through every check, as if the bank had sent it; nothing is kept. For a bank of
    virtual accounts: a QRIS service signs with a key that only it has.
    """
    steps: list[Tried] = []
    try:
        caller = callers.by_id(partner.partner_id, region=partner.region_id, at=at)
        steps.append(Tried("active", good=True))
        steps.append(Tried("public", good=bool(caller.pems)))
        secrets = caller.secrets()
        steps.append(Tried("secret", good=bool(secrets)))
        if not secrets:
            return steps
        said = wire.Said("POST", "/", at.isoformat(), b"{}", "token")
        callers.check_signed_by_secret(
            caller, partner.partner_id, said, wire.hmac_signature(secrets[0], said)
        )
        steps.append(Tried("signature", good=True))
    except Refused as refused:
        return [*steps, Tried("refused", good=False, said=str(refused))]
    number = "0" * owing.LENGTH
    body = {
        "partnerServiceId": caller.prefix,
        "customerNo": number,
        "virtualAccountNo": f"{caller.prefix}{number}",
        "inquiryRequestId": "TEST",
    }
    route = door.ROUTES["transfer-va/inquiry"]
    try:
        route.act(Heard(partner.region_id, caller, at, at, body))
        code = ""
    except Refused as refused:
        code = Answer(route.service, refused.case).code
    steps.append(Tried("inquiry", good=code == "4042412", said=code))
    return steps
