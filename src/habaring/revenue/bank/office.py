"""What the simulated bank does: look a bill up, take money, tell of it, take it back,
send its file. It never looks into the platform's database: all goes over the wire.
"""

import csv
import http.client
import io
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from habaring.revenue.bank.scan import Scanned, scan
from habaring.revenue.bank.signing import WIB, Call, Paid, Signer
from habaring.revenue.bank.store import Money, Store

HEADINGS = (
    "date-time",
    "channel",
    "reference",
    "virtual account/NOP",
    "amount",
    "kind",
)
"""Of the settlement file: docs/settlement-file.md."""
TIMEOUT = 30.0
NO_ANSWER = "0000000"


@dataclass(frozen=True)
class Answer:
    """What the region said; `code` is NO_ANSWER where no answer came."""

    code: str
    body: dict[str, Any]

    @property
    def good(self) -> bool:
        return self.code.startswith("2")

    @property
    def doubtful(self) -> bool:
        """Whether to send it again."""
        return self.code.startswith(("0", "5"))


@dataclass(frozen=True)
class Bill:
    """What the bank shows before somebody pays."""

    scanned: Scanned
    amount: int
    name: str
    answer: Answer


class Office:
    """A bank at work. `clock` gives the time: the bank's own, not the platform's."""

    def __init__(self, folder: Path, *, clock: Callable[[], datetime]) -> None:
        self.store = Store(folder)
        self.clock = clock
        self.platform = ""  # where it is, unless as it was registered
        self._signer: Signer | None = None

    @property
    def signer(self) -> Signer:
        if self._signer is None:
            self._signer = self.store.identity().signer()
        return self._signer

    # Calls

    def _send(self, call: Call) -> Answer:
        parts = urlsplit(self.platform or self.store.identity().address)
        kind = (
            http.client.HTTPSConnection
            if parts.scheme == "https"
            else http.client.HTTPConnection
        )
        link = kind(str(parts.hostname), parts.port, timeout=TIMEOUT)
        try:
            link.request("POST", call.path, call.body, dict(call.headers))
            body = json.loads(link.getresponse().read(1_000_000))
            return Answer(str(body.get("responseCode", NO_ANSWER)), body)
        except (OSError, http.client.HTTPException, ValueError):
            return Answer(NO_ANSWER, {})
        finally:
            link.close()

    def _told(self, make: Callable[[datetime], Call]) -> Answer:
        """Send a call of virtual accounts; with another token where the old one ended."""
        if not self.signer.token:
            self._fetch_token()
        answer = self._send(make(self.clock()))
        if answer.code[:3] == "401" and answer.code[5:] == "01":
            self._fetch_token()
            answer = self._send(make(self.clock()))
        return answer

    def _fetch_token(self) -> None:
        answer = self._send(self.signer.access(self.clock()))
        self.signer.token = str(answer.body.get("accessToken", "none"))

    # What customers do

    def look_up(self, text: str) -> Bill:
        """What is to be paid: by inquiry, or as the QRIS code says."""
        scanned = scan(text)
        if scanned.amount is not None:
            return Bill(
                scanned, scanned.amount, scanned.merchant, Answer("2000000", {})
            )
        request = secrets.token_hex(8)
        answer = self._told(
            lambda at: self.signer.inquiry(scanned.target, request=request, at=at)
        )
        data = answer.body.get("virtualAccountData", {})
        written = str(data.get("totalAmount", {}).get("value", "0"))
        amount = int(written.partition(".")[0])
        return Bill(scanned, amount, str(data.get("virtualAccountName", "")), answer)

    def pay(self, scanned: Scanned, amount: int, *, tell: bool = True) -> Money:
        """Take the money, and tell the region (or keep silent for now)."""
        paid_at = self.clock().replace(microsecond=0)
        stamp = paid_at.astimezone(WIB)
        reference = f"SIM{stamp:%y%m%d%H%M%S}{secrets.token_hex(3).upper()}"
        paid = Paid(scanned.target, reference, amount, paid_at)
        money = self.store.take(scanned.kind, paid)
        return self.tell(money) if tell else money

    def tell(self, money: Money) -> Money:
        """Tell the region of a payment: the first time as a question, then as a fact."""
        paid = money.paid
        if money.kind == "qris":
            answer = self._send(self.signer.notify(paid, at=self.clock()))
        else:
            advice = money.times > 0
            answer = self._told(
                lambda at: self.signer.payment(paid, at=at, advice=advice)
            )
        told = self.store.answered(money, answer.code)
        if not answer.good and not answer.doubtful and not told.times > 1:
            self.store.gave_back(told, self.clock())  # the region said no
        return told

    def tell_all(self, *, newest_first: bool = True) -> list[Money]:
        """Bring in what is still on its way; the newest first, out of order."""
        waiting = self.waiting()
        return [self.tell(one) for one in (waiting if newest_first else waiting[::-1])]

    def waiting(self) -> list[Money]:
        """Money of which the region has not said that it knows."""
        rows = self.store.newest(1000)
        return [one for one in rows if not one.known and one.back_at is None]

    def insist(self, money: Money, *, tries: int = 10, pause: float = 1.0) -> Money:
        """Tell until there is an answer without doubt."""
        for _try in range(tries):
            money = self.tell(money)
            if money.answer[:1] not in {"0", "5"}:
                break
            time.sleep(pause)
        return money

    def take_back(self, money: Money) -> Answer:
        """Give the money back to the customer, and tell the region so."""
        paid = money.paid
        if money.kind == "qris":
            answer = self._send(self.signer.cancel(paid, at=self.clock()))
        else:
            answer = self._told(lambda at: self.signer.reversal(paid, at=at))
        if answer.good:
            self.store.gave_back(money, self.clock())
        return answer

    def settle(self, day: date, kind: str = "") -> str:
        """The settlement file of a day, as CSV: of virtual accounts ("va"), of QRIS
        ("qris"), or of both.
        """
        file = io.StringIO()
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(HEADINGS)
        for one in self.store.of_day(day):
            if kind not in ("", one.kind):
                continue
            paid_at = one.paid.paid_at.astimezone(WIB)
            if paid_at.date() == day:
                lines.writerow(_line(one, paid_at, one.paid.amount, "payment", self))
            back_at = one.back_at.astimezone(WIB) if one.back_at else None
            if back_at is not None and back_at.date() == day:
                lines.writerow(_line(one, back_at, -one.paid.amount, "reversal", self))
        return file.getvalue()


def _line(
    money: Money, at: datetime, amount: int, kind: str, office: Office
) -> tuple[object, ...]:
    target = money.paid.target
    number = f"{office.signer.prefix}{target}" if money.kind == "va" else target
    moment = at.strftime("%Y-%m-%d %H:%M:%S")
    channel = office.store.identity().channel(money)
    return moment, channel, money.paid.reference, number, amount, kind
