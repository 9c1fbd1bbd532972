"""The call that nearly all are, a payment of one bill in time, in one round trip.

`revenue_take` (migration 0015) does in one statement, which is one commit, what the long
way of `door` does in many: that the partner still stands, find, book, use the
X-EXTERNAL-ID up. Where anything is otherwise it does nothing at all, and the long way
says what it is: so no refusal is decided here.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import psycopg
from django.utils.timezone import get_default_timezone, localdate

from habaring.revenue.gateways import codes, owing, reading
from habaring.revenue.gateways.answering import Heard, noted, paid
from habaring.revenue.gateways.codes import Answer, Service
from habaring.revenue.gateways.lines import Lines, written
from habaring.revenue.gateways.reading import Money

_lines = Lines(
    "SELECT revenue_take(set_config('app.region', $1, true),"
    f" {', '.join(f'${place}' for place in range(2, 22))})"
)


@dataclass(frozen=True)
class Wanted:
    """Money for the bill of a NOP and year, or for that of a charge."""

    money: Money
    service: Service
    answer: Callable[[str], Answer]  # with the taxpayer's masked name
    number: str | None = None
    year: int | None = None
    charge: str | None = None


def payment(heard: Heard) -> Wanted | None:
    """Service 25, where the virtual account is a NOP and the year."""
    money = reading.read_payment(heard.body, heard.caller.prefix, said_at=heard.said_at)
    named = owing.nop_of(money.target)
    if named is None:
        return None
    return Wanted(money, Service.PAYMENT, partial(paid, money), *named)


def notify(heard: Heard) -> Wanted | None:
    """Service 52, where money moved."""
    notice = reading.read_notice(heard.body, said_at=heard.said_at)
    if notice.status != reading.SUCCESS:
        return None
    money = notice.money
    return Wanted(
        money, Service.NOTIFY, lambda _name: noted(money), charge=money.target
    )


def take(heard: Heard, wanted: Wanted, *, external: str, raw: bytes) -> Answer | None:
    """Book it and commit; None where nothing was done. An exception leaves it open."""
    caller, money = heard.caller, wanted.money
    by_token = caller.token_until is not None
    keys = caller.sealed_ids if by_token else caller.pem_ids
    zone = get_default_timezone()
    values = (
        heard.region,
        caller.id,
        "secret" if by_token else "public",
        f"{{{','.join(map(str, keys))}}}",
        caller.came_by if by_token else None,
        caller.channel,
        wanted.number,
        wanted.year,
        wanted.charge,
        money.reference,
        money.amount,
        money.paid_at.isoformat(),
        localdate(money.paid_at, zone).isoformat(),
        money.sha256,
        str(money.advice),
        heard.at.isoformat(),
        localdate(heard.at, zone).isoformat(),
        external,
        wanted.service.value,
        hashlib.sha256(raw).digest(),
        codes.OK.code(wanted.service),
    )
    try:
        name = _lines.ask(*map(written, values))
    except psycopg.IntegrityError:
        return None
    return None if name is None else wanted.answer(name)


def close() -> None:
    """Give the connections back; the next payment opens them again."""
    _lines.close()
