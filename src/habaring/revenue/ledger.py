"""Payments and postings: the only ways into them, each one statement of PostgreSQL.

What is guaranteed (docs/algorithms/bookkeeping.md; migration 0008 holds it):

- A payment happens once for its key (region, channel, reference), for ever. The same
  notice again is a "replay" with the first answer; another body is a "conflict" and
  changes nothing. Two at the same moment: one is first, the other waits and is told.
- Money that arrived is never refused: without a bill it is unidentified, beyond what is
  owed it is paid too much, and both are owed back or moved later.
- Bill, payment and ledger change together or not at all. What the payments of a bill
  pay depends on which of them stand and when they were paid, not on their arrival.

After an exception: `django.db.OperationalError` (connection lost, serialization,
deadlock, server shutting down) leaves it open whether the commit happened: call again
with the same notice and the answer tells. Any other exception: nothing was written
(IntegrityError "posting_on_an_open_day": the day closed at this moment, call again).
"Paid" is true only once the transaction around has committed.
"""

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import psycopg
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from psycopg.types.numeric import Int2, Int4, Int8

from habaring.engines.bookkeeping import IN_TIME as IN_TIME
from habaring.engines.bookkeeping import Late, Share
from habaring.engines.bookkeeping import Line as Line
from habaring.revenue.models import (
    Account,
    Bill,
    BillState,
    Payment,
    Posting,
    Source,
)
from habaring.revenue.prepared import Statement, run
from habaring.shared import formats, walls
from habaring.shared.refusal import Refusal

Outcome = Literal["posted", "replay", "conflict", "never", "reversed", "moved"]


def _call(name: str, function: str, forms: str, region: str = "$1") -> Statement:
    places = ", ".join([region, *(f"${n}" for n in range(2, len(forms) + 1))])
    # called in the target list: a function in FROM costs a tenth more
    text = f"SELECT {function}({places})"
    return Statement(name.encode(), text.encode(), tuple(int(form) for form in forms))


# Outside of a transaction the statement itself opens the region, as the argument that the
# function takes first.
_OPENED = "set_config('app.region', $1, true)"
_PAY_FORMS, _REVERSE_FORMS = "1110000100000", "111100"
_PAY_HERE = _call("revenue_pay_here", "revenue_pay", _PAY_FORMS)
_PAY_ALONE = _call("revenue_pay", "revenue_pay", _PAY_FORMS, _OPENED)
_REVERSE_HERE = _call("revenue_reverse_here", "revenue_reverse", _REVERSE_FORMS)
_REVERSE_ALONE = _call("revenue_reverse", "revenue_reverse", _REVERSE_FORMS, _OPENED)
_HEAD = struct.Struct("!iIi")
_REST = struct.Struct("!" + "Iiq" * 4 + "Iii" + "Ii?")
_DAY_0 = date(2000, 1, 1).toordinal()


class ClosedDay(Refusal):
    """The books of that day are closed."""


class NotPossible(Refusal):
    """A payment or bill that is not there, or not in a state for it."""


@dataclass(frozen=True)
class Notice:
    """That money was paid. `paid_at`: the channel's time. `late`: interest on what it
    covers, where the caller knows it (else it is looked up when the bill is overdue).
    """

    region: str
    channel: str
    reference: str
    bill: int | None
    amount: int
    paid_at: datetime
    body_sha256: bytes
    by: int | None = None
    late: Late | None = None

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError(f"{self.amount} rupiah is no payment")
        if len(self.body_sha256) != 32:
            raise ValueError("body_sha256 is not a SHA-256")
        if self.paid_at.tzinfo is None:
            raise ValueError("paid_at has no time zone")


@dataclass(frozen=True)
class Paid:
    """The answer. `serial` numbers the receipt. Rupiah that the bill's position changed
    by: `applied` to principal, `interest`, `surplus` (too much or unidentified); they add
    up to the amount (below 0 after a reversal). `day` of the books; `known`: a bill.
    """

    outcome: Outcome
    serial: int
    applied: int
    interest: int
    surplus: int
    day: date
    known: bool


@dataclass(frozen=True)
class Amended:
    """What a bill asks for now, by how much that changed, and how its payments stand."""

    asked: int
    change: int
    standing: Share
    day: date


def pay(notice: Notice, *, at: datetime, day: date) -> Paid:
    """Book a payment: "posted", "replay", "conflict", or "never" (reversed before).

    `day` of the books, or the next open one. In a transaction the caller has opened the
    region; outside of one it is a commit of its own, in one round trip.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.in_atomic_block:
        return _pay(notice, at, day)
    try:
        paid = _answer(database, _PAY_ALONE, _arguments(notice, at, day))
    except IntegrityError as error:
        if "posting_on_an_open_day" not in str(error.__cause__.diag.constraint_name):  # type: ignore[union-attr]
            raise
        # its day closed at this moment: now it goes to the next one
        paid = _answer(database, _PAY_ALONE, _arguments(notice, at, day))
    if paid is not None:
        return paid
    with walls.within(notice.region):
        return _pay(notice, at, day)


def _pay(notice: Notice, at: datetime, day: date) -> Paid:
    database = connections[DEFAULT_DB_ALIAS]
    paid = _answer(database, _PAY_HERE, _arguments(notice, at, day))
    if paid is None:
        late = _late(notice.region, notice.bill, notice.paid_at)
        paid = _answer(database, _PAY_HERE, _arguments(notice, at, day, late))
    if paid is None:
        raise RuntimeError("it asks for interest that was told")
    return paid


def pay_many(notices: Sequence[Notice], *, at: datetime, day: date) -> list[Paid]:
    """The same for many in one commit and one round trip; answers in their order.

    All or nothing: acknowledge none before it returned (and the transaction around, if
    there is one, committed). For a settlement file or a burst of 50 and more.
    """
    if not notices:
        return []
    if connection.in_atomic_block:
        return _pay_many(notices, at, day)
    regions = {notice.region for notice in notices}
    with walls.within(regions.pop() if len(regions) == 1 else walls.EVERYWHERE):
        return _pay_many(notices, at, day)


def _pay_many(notices: Sequence[Notice], at: datetime, day: date) -> list[Paid]:
    answers: list[Paid | None] = [None] * len(notices)
    late: list[int] = []
    for place, *row in _rows(
        "SELECT * FROM revenue_pay_many(%s::text[], %s::text[], %s::text[], %s::bigint[],"
        " %s::bigint[], %s::timestamptz[], %s::date[], %s::bytea[], %s::bigint[],"
        " %s::int[], %s::smallint[], %s, %s)",
        (
            [one.region for one in notices],
            [one.channel for one in notices],
            [one.reference for one in notices],
            [one.bill for one in notices],
            [one.amount for one in notices],
            [one.paid_at for one in notices],
            [localdate(one.paid_at) for one in notices],
            [one.body_sha256 for one in notices],
            [one.by for one in notices],
            [one.late.ppm if one.late else None for one in notices],
            [one.late.rounding if one.late else None for one in notices],
            at,
            day,
        ),
    ):
        if row[0] == "terms":
            late.append(place - 1)
        else:
            answers[place - 1] = Paid(*row)
    for index in sorted(late, key=lambda i: (notices[i].region, notices[i].bill or 0)):
        answers[index] = _pay(notices[index], at, day)
    return [answer for answer in answers if answer is not None]


def reverse(
    *,
    region: str,
    channel: str,
    reference: str,
    body_sha256: bytes,
    at: datetime,
    day: date,
) -> Paid:
    """Take a payment back: "reversed", or "never" when it has not arrived yet (then it
    will not be booked), or "replay" when that was done before.
    """
    database = connections[DEFAULT_DB_ALIAS]
    statement = _REVERSE_HERE if database.in_atomic_block else _REVERSE_ALONE
    key = (region.encode(), channel.encode(), reference.encode(), body_sha256)
    times = (at.isoformat().encode(), day.isoformat().encode())
    back = _answer(database, statement, key + times)
    if back is None:
        raise RuntimeError("a reversal that asks for interest")
    return back


def move(
    payment: Payment, *, bill: int, source_key: str, at: datetime, day: date
) -> Paid:
    """Give a payment to another bill, or to one at last if it had none ("moved").

    The caller has opened the region, in a transaction.

    Raises:
        NotPossible: it was reversed, or there is no such bill.
    """

    def ask(late: Late | None) -> tuple[Any, ...]:
        return _row(
            "SELECT * FROM revenue_move(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)",
            (
                payment.region_id,
                payment.channel,
                payment.reference,
                Int8(bill),
                None if late is None else Int4(late.ppm),
                None if late is None else Int2(late.rounding),
                localdate(payment.paid_at),
                Source.REPAIR.value,
                source_key,
                at,
                day,
            ),
        )

    row = ask(None)
    if row[0] == "terms":
        row = ask(_late(payment.region_id, bill, payment.paid_at))
    if row[0] == "refused":
        raise NotPossible(
            _("This payment cannot be moved."),
            _("It was reversed meanwhile, or there is no such bill."),
            _("Look at the payment and the bill again."),
        )
    return Paid(*row)


def amend(
    bill: Bill,
    *,
    cause: tuple[Source, str],
    at: datetime,
    day: date,
    amount: int | None = None,
    state: BillState | None = None,
) -> Amended:
    """Let a bill ask for another amount, come into force, or fall away. `cause`: what
    its postings come from, source and key.

    What changes is posted (more: tax; less: reductions, or written off), and payments
    are shared out anew: what is too much now is owed back. A bill on which somebody was
    paid back is not raised again: issue another one. The caller has opened the region,
    in a transaction; `bill` itself is not refreshed.

    Raises:
        NotPossible: no such bill.
    """
    row = _row(
        "SELECT * FROM revenue_amend(%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            bill.region_id,
            Int8(bill.id),
            Int8(bill.amount if amount is None else amount),
            str(bill.state if state is None else state.value),
            cause[0].value,
            cause[1],
            at,
            day,
        ),
    )
    asked, change, principal, interest, surplus, booked = row
    if asked is None:
        raise NotPossible(_("There is no such bill."))
    return Amended(asked, change, Share(principal, interest, surplus), booked)


def post(
    *,
    region: str,
    day: date,
    lines: Iterable[Line],
    source: Source,
    source_key: str,
    at: datetime,
) -> None:
    """Append an entry. The caller has opened the region, in a transaction.

    Raises:
        ClosedDay: the books of the day are closed.
    """
    _post(region, day, list(lines), (source, source_key), at)


def post_once(
    *,
    region: str,
    day: date,
    lines: Iterable[Line],
    source: Source,
    source_key: str,
    at: datetime,
) -> bool:
    """The same; False, and nothing happened, when the source has its postings already."""
    return _post(region, day, list(lines), (source, source_key), at, once=True)


def _post(
    region: str,
    day: date,
    lines: list[Line],
    cause: tuple[Source, str],
    at: datetime,
    *,
    once: bool = False,
) -> bool:
    if not lines:
        raise ValueError("an entry without lines")
    (outcome,) = _row(
        "SELECT revenue_post(%s, %s, %s::text[], %s::text[], %s::bigint[], %s::text[],"
        " %s, %s, %s, %s)",
        (
            region,
            day,
            [str(line.debit) for line in lines],
            [str(line.credit) for line in lines],
            [line.amount for line in lines],
            [line.tax for line in lines],
            cause[0].value,
            cause[1],
            at,
            once,
        ),
    )
    if outcome == "closed":
        raise ClosedDay(
            _("The books of this day are closed."),
            _("Nothing is added to a closed day."),
            _("Post it on the next open day: %(day)s.")
            % {"day": formats.day(open_day(region, day))},
        )
    return bool(outcome == "posted")


def settle(
    *, region: str, channel: str, amount: int, day: date, source_key: str, at: datetime
) -> bool:
    """A channel's money reached the treasury; once for `source_key`. See `post_once`."""
    line = Line(Account.CASH.value, money_account(channel).value, amount)
    return post_once(
        region=region,
        day=day,
        lines=[line],
        source=Source.SETTLEMENT,
        source_key=source_key,
        at=at,
    )


def money_account(channel: str) -> Account:
    """Where money of a channel is until it is settled (also in migration 0008)."""
    if channel.startswith("collector"):
        return Account.COLLECTORS
    return Account.CLEARING


def open_day(region: str, day: date) -> date:
    """The day itself or the next one whose books are open; it stays open until the
    transaction around ends.
    """
    found: date = _row("SELECT revenue_open_day(%s, %s)", (region, day))[0]
    return found


def totals(region: str, day: date) -> dict[str, list[int]]:
    """By account what was debited and credited on a day: `DayClose.totals`, which
    PostgreSQL compares. Waits for postings under way, and makes new ones wait.
    """
    _row("SELECT pg_advisory_xact_lock(revenue_day_lock(%s, %s))", (region, day))
    (told,) = _row("SELECT revenue_totals(%s, %s)::text", (region, day))
    found: dict[str, list[int]] = json.loads(told)  # Django leaves jsonb a text
    return found


def standings(region: str, bills: Iterable[int]) -> Mapping[int, Share]:
    """What the payments that stand come to, for each of these bills."""
    rows = _rows(
        "SELECT b.id, s.* FROM revenue_bill b, revenue_standing(b.region_id, b.id,"
        " revenue_asked(b.state, b.amount)) s"
        " WHERE b.region_id = %s AND b.id = ANY(%s::bigint[])",
        (region, list(bills)),
    )
    return {row[0]: Share(*row[1:]) for row in rows}


def postings_of(payment: Payment) -> list[Posting]:
    """The postings of a payment and of its reversal, in order."""
    key = str(payment.serial)
    own = Posting.objects.filter(
        region=payment.region_id, day=payment.day, source=Source.PAYMENT, source_key=key
    )
    back = Posting.objects.filter(
        region=payment.region_id, source=Source.REVERSAL, source_key=key
    )
    return [*own.order_by("id"), *back.order_by("id")]


def _late(region: str, bill: int | None, paid_at: datetime) -> Late:
    from habaring.revenue import assessing

    row = Bill.objects.select_related("rule").get(region=region, id=bill or 0)
    on = localdate(paid_at)
    return assessing.late_of(
        row, on, waivers=assessing.waivers_of(region, on, [row.id])
    )


def _arguments(
    notice: Notice, at: datetime, day: date, late: Late | None = None
) -> tuple[bytes | None, ...]:
    late = late or notice.late
    ppm, rounding = (late.ppm, late.rounding) if late else (None, None)
    return (
        notice.region.encode(),
        notice.channel.encode(),
        notice.reference.encode(),
        _written(notice.bill),
        b"%d" % notice.amount,
        notice.paid_at.isoformat().encode(),
        localdate(notice.paid_at).isoformat().encode(),
        notice.body_sha256,
        _written(notice.by),
        _written(ppm),
        _written(rounding),
        at.isoformat().encode(),
        day.isoformat().encode(),
    )


def _written(number: int | None) -> bytes | None:
    return None if number is None else b"%d" % number


def _answer(
    database: BaseDatabaseWrapper, statement: Statement, values: Sequence[bytes | None]
) -> Paid | None:
    """What `revenue_pay` or `revenue_reverse` answers; None: it asks for interest.

    A row in PostgreSQL's binary form: for each column its type, length and value.
    """
    raw = run(database, statement, values)
    if raw is None:
        raise RuntimeError("a payment without an answer")
    begin = _HEAD.size
    end = begin + _HEAD.unpack_from(raw)[2]
    outcome: Any = raw[begin:end].decode()
    if outcome == "terms":
        return None
    serial, applied, interest, surplus, day, known = _REST.unpack_from(raw, end)[2::3]
    booked = date.fromordinal(_DAY_0 + day)
    return Paid(outcome, serial, applied, interest, surplus, booked, known)


def _row(statement: str, arguments: Sequence[object]) -> tuple[Any, ...]:
    return _rows(statement, arguments)[0]


def _rows(statement: str, arguments: Sequence[object]) -> list[tuple[Any, ...]]:
    """With values bound on the server, which Django's own cursor does not do. Errors are
    Django's.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = psycopg.Cursor(connection.connection)
        return cursor.execute(statement, arguments, binary=True).fetchall()
