"""What each call of a partner does, once it is known who called: one function a service.

Everything here runs in the caller's transaction; an answer leaves after its commit. A
`Refused` changes nothing. Money that moved is never refused: what fits no bill is booked
as unidentified, what is too much as owed back (`ledger`). Only where the bank asks before
it moves money (a payment without flagAdvise) may the answer be no.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from habaring.revenue import ledger
from habaring.revenue.gateways import codes, owing, reading
from habaring.revenue.gateways.callers import Caller
from habaring.revenue.gateways.codes import Answer, Refused, Service
from habaring.revenue.gateways.owing import Asked
from habaring.revenue.gateways.reading import Money, amount_told
from habaring.revenue.models import Bill, Payment, PaymentState

REVERSAL_WINDOW = timedelta(days=1)
"""How long after a payment its bank may take it back by itself; later two people do."""


@dataclass(frozen=True)
class Heard:
    """A call that was understood: from whom, where, when, what."""

    region: str
    caller: Caller
    said_at: datetime
    at: datetime
    body: dict[str, Any]


def inquiry(heard: Heard) -> Answer:
    """What is owed, as of today."""
    asked = reading.read_inquiry(heard.body, heard.caller.prefix)
    found = _payable(heard, asked.number.customer)
    if found.amount == 0:
        raise Refused(codes.PAID)
    data = {
        "inquiryStatus": "00",
        "inquiryReason": {"english": "Success", "indonesia": "Sukses"},
        **asked.number.told,
        "virtualAccountName": _name(found),
        "inquiryRequestId": asked.request_id,
        "totalAmount": amount_told(found.amount),
        "virtualAccountTrxType": "C" if found.least == found.amount else "I",
        "billDetails": [_line(bill, found) for bill in found.bills],
    }
    return Answer(Service.INQUIRY, codes.OK, more={"virtualAccountData": data})


def _payable(heard: Heard, customer: str) -> Asked:
    """What a bank may collect on a virtual account now."""
    found = owing.by_customer(heard.region, customer, on=localdate(heard.at))
    if found is None:
        raise Refused(codes.NO_BILL)
    if found.until is not None and found.until <= heard.at:
        raise Refused(codes.GONE)
    return found


def _name(found: Asked) -> str:
    """Enough to see that it is the right bill, and no more."""
    return found.bills[0].taxpayer.name_masked[:50]


def _line(bill: Bill, found: Asked) -> dict[str, Any]:
    amount = next(part.amount for part in found.parts if part.bill == bill.id)
    return {
        "billNo": str(bill.id),
        "billDescription": {
            "english": f"{bill.tax.upper()} {bill.year}",
            "indonesia": f"{bill.tax.upper()} {bill.year}",
        },
        "billAmount": amount_told(amount),
    }


def payment(heard: Heard) -> Answer:
    """Money for a virtual account: asked first, or told of (flagAdvise)."""
    money = reading.read_payment(heard.body, heard.caller.prefix, said_at=heard.said_at)
    found = owing.by_customer(heard.region, money.target, on=localdate(money.paid_at))
    no = None if money.advice else _objection(found, money)
    if no is not None and not _known(heard, money):
        raise Refused(no)
    outcomes = _book(heard, money, found)
    if not money.advice and any(
        one.outcome == "posted" and one.surplus for one in outcomes
    ):
        raise Refused(codes.PAID)  # somebody else was faster: rolled back whole
    return paid(money, _name(found) if found and found.bills else "")


def paid(money: Money, name: str) -> Answer:
    """That money for a virtual account is booked."""
    data = {
        **money.told,
        "virtualAccountName": name,
        "paymentRequestId": money.reference,
        "paidAmount": amount_told(money.amount),
        "paymentFlagStatus": "00",
        "paymentFlagReason": {"english": "Success", "indonesia": "Sukses"},
    }
    return Answer(
        Service.PAYMENT,
        codes.OK,
        more={"virtualAccountData": data},
        reference=money.reference,
    )


def _objection(found: Asked | None, money: Money) -> codes.Case | None:
    """Why a payment that has not happened yet should not."""
    if found is None:
        return codes.NO_BILL
    if found.until is not None and found.until < money.paid_at:
        return codes.GONE
    if found.amount == 0:
        return codes.PAID
    if not found.least <= money.amount <= found.amount:
        return codes.AMOUNT
    return None


def _known(heard: Heard, money: Money) -> bool:
    """Whether this money came before: then the first answer is given again."""
    return Payment.objects.filter(
        region=heard.region,
        channel=heard.caller.channel,
        reference__in=(money.reference, f"{money.reference}#1"),
    ).exists()


def _parts(found: Asked | None, money: Money) -> list[tuple[str, int | None, int]]:
    """Reference, bill and amount of each payment that the money makes."""
    if found is None:
        return [(money.reference, None, money.amount)]
    given = owing.split(found, money.amount)
    if len(found.parts) == 1:
        return [(money.reference, *given[0])]
    return [
        (f"{money.reference}#{place}", bill, amount)
        for place, (bill, amount) in enumerate(given, start=1)
    ]


def _book(heard: Heard, money: Money, found: Asked | None) -> list[ledger.Paid]:
    """Into the ledger, all parts or none; 404xx18 where the reference stands for other
    money already.
    """
    notices = [
        ledger.Notice(
            region=heard.region,
            channel=heard.caller.channel,
            reference=reference,
            bill=bill,
            amount=amount,
            paid_at=money.paid_at,
            body_sha256=money.sha256,
        )
        for reference, bill, amount in _parts(found, money)
    ]
    notices.sort(key=lambda notice: notice.bill or 0)  # nobody waits crosswise
    day = localdate(heard.at)
    outcomes = [ledger.pay(notice, at=heard.at, day=day) for notice in notices]
    if any(one.outcome == "never" for one in outcomes):
        held = _held(heard, notices[0].reference)
        if held is None or bytes(held.body_sha256) != money.sha256:
            raise Refused(codes.INCONSISTENT)  # other money was taken back
    return _checked(outcomes)


def _held(heard: Heard, reference: str) -> Payment | None:
    return Payment.objects.filter(
        region=heard.region, channel=heard.caller.channel, reference=reference
    ).first()


def _take_back(heard: Heard, money: Money, found: Asked | None) -> None:
    """The other way round; before the payment, it is never booked at all."""
    references = [reference for reference, _bill, _amount in _parts(found, money)]
    held = _held(heard, references[0])
    if held is not None and bytes(held.body_sha256) != money.sha256:
        raise Refused(codes.INCONSISTENT)
    if (
        held is not None
        and held.state == PaymentState.POSTED
        and heard.at > held.received_at + REVERSAL_WINDOW
    ):
        raise Refused(codes.EXPIRED)
    day = localdate(heard.at)
    _checked(
        [
            ledger.reverse(
                region=heard.region,
                channel=heard.caller.channel,
                reference=reference,
                body_sha256=money.sha256,
                at=heard.at,
                day=day,
            )
            for reference in references
        ]
    )


def _checked(outcomes: list[ledger.Paid]) -> list[ledger.Paid]:
    if any(one.outcome == "conflict" for one in outcomes):
        raise Refused(codes.INCONSISTENT)
    return outcomes


def reversal(heard: Heard) -> Answer:
    """The bank took a payment of a virtual account back."""
    money = reading.read_reversal(
        heard.body, heard.caller.prefix, said_at=heard.said_at
    )
    found = owing.by_customer(heard.region, money.target, on=localdate(money.paid_at))
    _take_back(heard, money, found)
    data = {
        **money.told,
        "paymentRequestId": money.reference,
        "paidAmount": amount_told(money.amount),
    }
    return Answer(
        Service.PAYMENT,
        codes.OK,
        more={"virtualAccountData": data},
        reference=money.reference,
    )


def status(heard: Heard) -> Answer:
    """What became of a payment."""
    asked = reading.read_status(heard.body, heard.caller.prefix)
    rows = list(
        Payment.objects.filter(
            region=heard.region,
            channel=heard.caller.channel,
            reference__in=(asked.reference, *_many(asked.reference)),
        )
    )
    if not rows:
        raise Refused(codes.NOT_FOUND)
    good = all(row.state == PaymentState.POSTED for row in rows)
    words = ("Success", "Sukses") if good else ("Reversed", "Dibatalkan")
    data = {
        **asked.number.told,
        "paymentRequestId": asked.reference,
        "paidAmount": amount_told(sum(row.amount for row in rows)),
        "paymentFlagStatus": "00" if good else "01",
        "paymentFlagReason": {"english": words[0], "indonesia": words[1]},
    }
    return Answer(
        Service.STATUS,
        codes.OK,
        more={"virtualAccountData": data},
        reference=asked.reference,
    )


def _many(reference: str) -> list[str]:
    return [f"{reference}#{place}" for place in range(1, 101)]


def notify(heard: Heard) -> Answer:
    """A QRIS service says what became of a code that was shown."""
    notice = reading.read_notice(heard.body, said_at=heard.said_at)
    money = notice.money
    if notice.status == reading.SUCCESS:
        _book(heard, money, _charge(heard, money))
    elif notice.status in (reading.REFUNDED, reading.CANCELLED):
        _take_back(heard, money, _charge(heard, money))
    return noted(money)


def noted(money: Money) -> Answer:
    """That a QRIS service was heard."""
    return Answer(Service.NOTIFY, codes.OK, reference=money.reference)


def cancel(heard: Heard) -> Answer:
    """A QRIS payment was taken back."""
    money = reading.read_cancel(heard.body, said_at=heard.said_at)
    _take_back(heard, money, _charge(heard, money))
    return Answer(
        Service.CANCEL,
        codes.OK,
        more={"originalReferenceNo": money.reference},
        reference=money.reference,
    )


def _charge(heard: Heard, money: Money) -> Asked | None:
    return owing.by_charge(heard.region, money.target, on=localdate(money.paid_at))
