"""The bank's side of a storm: what it sends, what it was told, what it knows to be true."""

import heapq
import http.client
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.utils.timezone import now

from habaring.revenue.bank.signing import Call, Paid, Signer

CLIENTS = 16
PATIENCE = 90
"""Seconds after the storm in which everything must get its answer."""
SLOWEST = 600
"""Seconds that the kills of a storm may take longer than they should."""
GOOD = 200


@dataclass
class Money:
    """One payment as the bank knows it."""

    paid: Paid
    kind: str  # "va" or "qris"
    bill: int | None
    advice: bool = False
    take_back: bool = False
    sent: int = 0
    acked: bool = False
    refused: str = ""
    back_acked: bool = False
    forged: bool = False

    @property
    def done(self) -> bool:
        return (self.acked or bool(self.refused)) and (
            self.back_acked or not self.take_back or bool(self.refused)
        )


@dataclass(order=True)
class Errand:
    """Something to send, not before its time."""

    at: float
    number: int
    money: Money = field(compare=False)
    what: str = field(compare=False)  # pay, back, forge, again
    call: Call | None = field(compare=False, default=None)


@dataclass(frozen=True)
class Target:
    """What can be paid: a virtual account and a QRIS reference of the same bill."""

    bill: int
    customer: str
    reference: str
    amount: int


class Traffic:
    """Sixteen clients. Until `stop` new payments are made up; then all are brought in."""

    def __init__(self, port: int, signer: Signer, targets: Sequence[Target]) -> None:
        self.port = port
        self.signer = signer
        self.unpaid = list(targets)
        self.targets = list(targets)
        self.chance = random.Random(20261122)  # noqa: S311 - a storm that can be repeated
        self.name = secrets.token_hex(3)  # its references are its own
        self.money: list[Money] = []
        self.waiting: list[Errand] = []
        self.counted: Counter[str] = Counter()
        self.waited: list[float] = []
        self.lock = threading.Lock()
        self.stopping = False
        self.patience = 0.0
        self.open = 0
        self.number = 0
        self.chance.shuffle(self.unpaid)

    # What is sent

    def _put(
        self, money: Money, what: str, after: float, call: Call | None = None
    ) -> None:
        self.number += 1
        self.open += 1
        at = time.monotonic() + after
        heapq.heappush(self.waiting, Errand(at, self.number, money, what, call))

    def _make_up(self) -> None:
        """Another payment, perhaps repeated, late, taken back, for nothing, or forged."""
        chance = self.chance
        kind = "va" if chance.random() < 0.7 else "qris"
        dice = chance.random()
        bill: int | None = None
        amount = 10_000 + chance.randrange(90_000)
        target = "9" * 20 if kind == "va" else "6202-NOBODY"
        if dice > 0.03 and (self.unpaid or self.targets):
            again = dice > 0.93 or not self.unpaid  # somebody else paid it, too
            one = chance.choice(self.targets) if again else self.unpaid.pop()
            bill, amount = one.bill, one.amount
            target = one.customer if kind == "va" else one.reference
        paid_at = now().replace(microsecond=0) - timedelta(seconds=chance.randrange(60))
        reference = f"{kind}-{self.name}-{len(self.money):07d}"
        money = Money(Paid(target, reference, amount, paid_at), kind, bill)
        money.advice = kind == "qris" or bill is None or chance.random() < 0.3
        self.money.append(money)
        self._plan(money)

    def _plan(self, money: Money) -> None:
        chance = self.chance
        if chance.random() < 0.04:
            money.forged = True
            self._put(money, "forge", 0)
            return
        delay = chance.random() * 3 if chance.random() < 0.15 else 0.0
        money.take_back = chance.random() < 0.05
        if money.take_back:
            # before, beside or after it
            self._put(money, "back", chance.choice((0, delay, delay + 1)))
            money.advice = True
        self._put(money, "pay", delay)
        if chance.random() < 0.12:
            money.advice = True
            for _more in range(chance.randrange(1, 4)):
                self._put(money, "pay", delay + chance.random() / 20)

    def _signed(self, errand: Errand) -> Call:
        money, at = errand.money, now()
        paid, signer = money.paid, self.signer
        if errand.what == "back":
            if money.kind == "qris":
                return signer.cancel(paid, at=at)
            return signer.reversal(paid, at=at)
        if errand.what == "forge":
            return self._forged(money)
        if money.kind == "qris":
            return signer.notify(paid, at=at)
        return signer.payment(paid, at=at, advice=money.advice or money.sent > 0)

    def _forged(self, money: Money) -> Call:
        signer, at, paid = self.signer, now(), money.paid
        bad = replace(signer, secret=b"tebakan", key=signer.key)
        if money.kind == "qris":
            call = signer.notify(paid, at=at)
            return replace(call, body=call.body.replace(b".00", b"1.00", 1))
        return self.chance.choice(
            (
                lambda: bad.payment(paid, at=at, advice=True),
                lambda: signer.payment(paid, at=at - timedelta(hours=1), advice=True),
                lambda: replace(signer, va_id="VA-99").payment(
                    paid, at=at, advice=True
                ),
                lambda: _changed(signer.payment(paid, at=at, advice=True)),
            )
        )()

    # Clients

    def run(self, seconds: float, calm: threading.Event) -> None:
        """Blow for so long and until nothing is killed any more (`calm`), then go on
        until everything has its answer.
        """
        clients = [
            threading.Thread(target=self._client, daemon=True) for _ in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        time.sleep(seconds)
        calm.wait(SLOWEST)
        self.stopping = True
        self.patience = time.monotonic() + PATIENCE
        for client in clients:
            client.join(max(1.0, self.patience + 30 - time.monotonic()))

    def _next(self) -> Errand | None:
        with self.lock:
            if not self.stopping and len(self.waiting) < CLIENTS * 3:
                self._make_up()
            if self.waiting and self.waiting[0].at <= time.monotonic():
                return heapq.heappop(self.waiting)
        return None

    def _client(self) -> None:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        while not (self.stopping and self.open == 0):
            if self.stopping and time.monotonic() > self.patience:
                self.counted["NEVER ANSWERED"] = self.open
                break
            errand = self._next()
            if errand is None:
                time.sleep(0.02)
                continue
            call = errand.call or self._signed(errand)
            self.counted["requests"] += 1
            begun = time.monotonic()
            try:
                if errand.what in {"pay", "back"}:
                    errand.money.sent += 1
                link.request("POST", call.path, call.body, dict(call.headers))
                answer = link.getresponse()
                status, body = answer.status, answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.counted[f"line broken: {type(error).__name__}"] += 1
                link.close()
                status, body = 0, b""
                time.sleep(0.1 + self.chance.random() / 5)
            if status == GOOD:
                self.waited.append(time.monotonic() - begun)
            with self.lock:
                self._heard(errand, call, status, body)
                self.open -= 1
        link.close()

    def _heard(self, errand: Errand, call: Call, status: int, body: bytes) -> None:
        money, what = errand.money, errand.what
        self.counted[f"answer {status}"] += 1
        if what == "forge":
            if status == 0 or status >= 500:
                self._put(money, "forge", 0.3)
            else:
                money.refused = str(status)
                self.counted["forged calls refused" if status >= 400 else "FORGED"] += 1
        elif what == "again":  # the very same bytes once more
            self.counted["same call twice"] += 1
        elif status == GOOD:
            self._good(errand, call)
        elif status in (401, 409) or status == 0 or status >= 500:
            if status == 401:
                self.counted["unauthorised"] += 1
            self._put(money, what, 0.2 + self.chance.random())
        elif what == "pay" and not money.acked and not money.advice and money.sent == 1:
            money.refused = body[:60].decode(errors="replace")  # no money moved
            self.counted["asked, and told no"] += 1
        else:
            self.counted[f"UNEXPECTED {body[:120]!r}"] += 1
            money.refused = money.refused or f"unexpected {status}"

    def _good(self, errand: Errand, call: Call) -> None:
        money = errand.money
        if errand.what == "back":
            money.back_acked = True
            return
        first, money.acked = not money.acked, True
        if first and self.chance.random() < 0.12:  # once more, much later
            self._put(money, "pay", self.chance.random() * 3)
            self.counted["redelivered after the answer"] += 1
        if first and self.chance.random() < 0.05:
            self._put(money, "again", 0.01, call)

    @property
    def acked(self) -> list[Money]:
        return [one for one in self.money if one.acked]


def _changed(call: Call) -> Call:
    """Ten times as much, under the signature of the rest."""
    return replace(call, body=call.body.replace(b".00", b"0.00", 1))
