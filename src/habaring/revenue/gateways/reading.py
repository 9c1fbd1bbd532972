"""Bodies of SNAP calls, read into one plain value each. Amounts are whole rupiah.

A field that is missing or cannot be read is a `Refused` that names it, as SNAP has it.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from habaring.revenue.gateways import codes, wire
from habaring.revenue.gateways.codes import Refused

_REFERENCE = re.compile(r"[A-Za-z0-9._:/-]{1,60}", re.ASCII)
_PREFIX = re.compile(r" {0,7}[0-9]{1,8}", re.ASCII)
_CUSTOMER = re.compile(r"[0-9]{1,20}", re.ASCII)
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,14})\.00", re.ASCII)

SUCCESS, REFUNDED, CANCELLED = "00", "04", "05"
"""latestTransactionStatus of a QRIS payment; all others say that no money moved."""


@dataclass(frozen=True)
class Number:
    """A virtual account: the partner's prefix and the customer number behind it."""

    prefix: str
    customer: str
    given: str  # as the bank wrote it, to be answered with

    @property
    def told(self) -> dict[str, str]:
        return {
            "partnerServiceId": self.prefix,
            "customerNo": self.customer,
            "virtualAccountNo": self.given,
        }


@dataclass(frozen=True)
class Inquiry:
    """What is owed on a virtual account?"""

    number: Number
    request_id: str


@dataclass(frozen=True)
class Money:
    """Money that moved, or that moves if we say yes (`advice` false, virtual accounts).

    `target` is the customer number of a virtual account or the reference of a QRIS
    charge; `reference` names the money, once for ever in its channel.
    """

    target: str
    reference: str
    amount: int
    paid_at: datetime
    advice: bool
    told: Mapping[str, str] = field(default_factory=dict)  # the call's own words again

    @property
    def sha256(self) -> bytes:
        """Of what makes it this payment and no other: neither the clock of a repeat nor
        whether it is one stands in it.
        """
        return hashlib.sha256(f"{self.target}\n{self.amount}".encode()).digest()


@dataclass(frozen=True)
class Notice:
    """What a QRIS service says about a charge: paid, taken back, or nothing happened."""

    money: Money
    status: str


@dataclass(frozen=True)
class StatusAsked:
    """What became of a payment?"""

    number: Number
    reference: str


Body = Mapping[str, Any]


def read_inquiry(body: Body, prefix: str) -> Inquiry:
    """Service 24."""
    return Inquiry(_number(body, prefix), _reference(body, "inquiryRequestId"))


def read_payment(body: Body, prefix: str, *, said_at: datetime) -> Money:
    """Service 25. `said_at`: of the call, where the body gives no time of the payment."""
    number = _number(body, prefix)
    flag = _text(body, "flagAdvise", "N")
    if flag not in {"Y", "N"}:
        raise Refused(codes.FORMAT, "flagAdvise")
    return Money(
        target=number.customer,
        reference=_reference(body, "paymentRequestId"),
        amount=_amount(body, "paidAmount"),
        paid_at=_time(body, "trxDateTime", said_at),
        advice=flag == "Y",
        told=number.told
        | {"flagAdvise": flag}
        | _echo(body, "referenceNo", "trxDateTime"),
    )


def read_reversal(body: Body, prefix: str, *, said_at: datetime) -> Money:
    """A payment of a virtual account that the bank took back."""
    number = _number(body, prefix)
    return Money(
        target=number.customer,
        reference=_reference(body, "paymentRequestId"),
        amount=_amount(body, "paidAmount"),
        paid_at=_time(body, "trxDateTime", said_at),
        advice=True,
        told=number.told,
    )


def read_status(body: Body, prefix: str) -> StatusAsked:
    """Service 26."""
    return StatusAsked(_number(body, prefix), _reference(body, "paymentRequestId"))


def read_notice(body: Body, *, said_at: datetime) -> Notice:
    """Service 52."""
    status = _text(body, "latestTransactionStatus")
    if not (len(status) == 2 and status.isdigit()):
        raise Refused(codes.FORMAT, "latestTransactionStatus")
    return Notice(_qris(body, said_at), status)


def read_cancel(body: Body, *, said_at: datetime) -> Money:
    """Service 77."""
    return _qris(body, said_at)


def _qris(body: Body, said_at: datetime) -> Money:
    return Money(
        target=_reference(body, "originalPartnerReferenceNo"),
        reference=_reference(body, "originalReferenceNo"),
        amount=_amount(body, "amount"),
        paid_at=_time(body, "paidTime", said_at),
        advice=True,
    )


def _text(body: Body, name: str, default: str | None = None) -> str:
    value = body.get(name, default)
    if value is None or value == "":
        raise Refused(codes.MANDATORY, name)
    if not isinstance(value, str):
        raise Refused(codes.FORMAT, name)
    return value


def _reference(body: Body, name: str) -> str:
    value = _text(body, name)
    if not _REFERENCE.fullmatch(value):
        raise Refused(codes.FORMAT, name)
    return value


def _number(body: Body, ours: str) -> Number:
    """The three parts must say the same, and the prefix must be the partner's own."""
    prefix = _text(body, "partnerServiceId")
    customer = _text(body, "customerNo")
    whole = _text(body, "virtualAccountNo")
    if not _PREFIX.fullmatch(prefix) or prefix.strip() != ours.strip():
        raise Refused(codes.FORMAT, "partnerServiceId")
    if not _CUSTOMER.fullmatch(customer):
        raise Refused(codes.FORMAT, "customerNo")
    if whole.strip() != prefix.strip() + customer:
        raise Refused(codes.FORMAT, "virtualAccountNo")
    return Number(prefix.strip(), customer, whole)


def _amount(body: Body, name: str) -> int:
    value = body.get(name)
    if value is None:
        raise Refused(codes.MANDATORY, name)
    if not isinstance(value, dict) or value.get("currency") != "IDR":
        raise Refused(codes.FORMAT, name)
    written = value.get("value")
    found = _AMOUNT.fullmatch(written) if isinstance(written, str) else None
    if not found or int(found[1]) == 0:
        raise Refused(codes.FORMAT, name)
    return int(found[1])


def _time(body: Body, name: str, default: datetime) -> datetime:
    """Never later than the call itself could know."""
    if not body.get(name):
        return default
    try:
        found = wire.moment(_text(body, name), name)
    except wire.WireError as error:
        raise Refused(codes.FORMAT, name) from error
    if found > default + wire.WINDOW:
        raise Refused(codes.FORMAT, name)
    return found


def _echo(body: Body, *names: str) -> dict[str, str]:
    found = {name: body.get(name) for name in names}
    return {name: value[:64] for name, value in found.items() if isinstance(value, str)}


def amount_told(amount: int) -> dict[str, str]:
    """An amount as SNAP writes it."""
    return {"value": f"{amount}.00", "currency": "IDR"}
