"""Receipts of collectors arrive: from the telephone, or from its file in the office.

Money that was taken is never refused. A receipt that is genuine is kept and its money
booked: for its bill where everything fits or what does not fit leaves no doubt whose it
is, for no bill where it may be a copy or comes from a withdrawn telephone. Whatever does
not fit is told and waits for a person. The same receipt again changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import assessing, collectors, issuing, ledger, lookup, slips
from habaring.revenue.actions.collectors import CollectorRefused, SamePerson
from habaring.revenue.models import (
    Bill,
    Device,
    Payment,
    PaymentState,
    Slip,
    SlipState,
)
from habaring.revenue.slips import Signed
from habaring.shared import audit
from habaring.shared.refusal import Refusal, Words

MOST_AT_ONCE = 500
CLOCK = timedelta(minutes=10)
"""So far a telephone's clock may be off before it is said."""

Conflict = dict[str, Any]


@dataclass(frozen=True)
class Sender:
    """Who brings receipts: a collector from the own telephones alone, or the office."""

    by: Account
    at: datetime
    on: date
    own_only: bool = False


@dataclass(frozen=True)
class Received:
    """What became of one line. `outcome`: posted, conflict, settled, or refused (it is
    no receipt of ours; nothing was kept).
    """

    line: str
    outcome: str
    slip: Slip | None = None
    told: tuple[Words, ...] = ()
    new: bool = False


@dataclass
class _Book:
    """What a sync knows while it books: bills by their key, devices, what is new."""

    region: Region
    sender: Sender
    bills: Mapping[tuple[str, int, int], Bill]
    devices: Mapping[int, Device]
    new: list[Slip] = field(default_factory=list)


@transaction.atomic
def receive(*, region: Region, lines: Sequence[str], sender: Sender) -> list[Received]:
    """Take receipts in, each once; answers in the order of the lines.

    Raises CollectorRefused for too many at once. The region is open.
    """
    if len(lines) > MOST_AT_ONCE:
        raise CollectorRefused(
            _("These are too many receipts at once."),
            next=_("Send at most 500 in one go."),
        )
    answers: dict[int, Received] = {}
    genuine: list[tuple[int, Signed]] = []
    devices = _devices(region, lines)
    for place, line in enumerate(lines):
        try:
            genuine.append((place, _genuine(region, line, devices, sender)))
        except Refusal as refused:
            words = tuple(one for one in (refused.what, refused.why) if one)
            answers[place] = Received(line, "refused", told=words)
    book = _Book(region, sender, _bills(region, [one for _p, one in genuine]), devices)
    for place, signed in sorted(
        genuine, key=lambda one: (one[1].device, one[1].number)
    ):
        answers[place] = _receive(book, signed)
    _close_gaps(book)
    _remember(book, refused=sum(a.outcome == "refused" for a in answers.values()))
    return [_as_it_is_now(answers[place], book) for place in range(len(lines))]


def _devices(region: Region, lines: Iterable[str]) -> dict[int, Device]:
    wanted = set()
    for line in lines:
        try:
            wanted.add(slips.read(line).device)
        except slips.NotSigned:
            continue
    rows = Device.objects.select_for_update(of=("self",)).filter(
        region=region, pk__in=wanted, enrolled_at__isnull=False
    )
    return {row.pk: row for row in rows.select_related("collector").order_by("pk")}


def _genuine(
    region: Region, line: str, devices: Mapping[int, Device], sender: Sender
) -> Signed:
    signed = slips.read(line)
    device = devices.get(signed.device)
    if device is None or signed.region != region.code:
        raise slips.NotSigned(
            _("No telephone of a collector here wrote this."),
            _("The region or the telephone that it names is not ours."),
        )
    if sender.own_only and device.collector_id != sender.by.pk:
        raise slips.NotSigned(
            _("This telephone belongs to another collector."),
            _("Only they, or the office, send its receipts."),
        )
    slips.check(signed, device.public_key)
    return signed


def _bills(
    region: Region, signed: Sequence[Signed]
) -> dict[tuple[str, int, int], Bill]:
    """The bills, locked in the order of their ids as everywhere."""
    rows = (
        Bill.objects.select_for_update(of=("self",), no_key=True)
        .select_related("rule")
        .filter(
            region=region,
            tax=issuing.TAX,
            number__in={one.nop for one in signed},
            year__in={one.year for one in signed},
            period=0,
        )
        .order_by("id")
    )
    return {(row.number, row.year, row.seq): row for row in rows}


def _receive(book: _Book, signed: Signed) -> Received:
    device = book.devices[signed.device]
    known = Slip.objects.filter(device=device, sha256=signed.sha256).first()
    if known is not None:
        return Received(signed.line, known.state, known)
    paid_at, wrong = _believed(book, device, signed)
    wrong += _chained(device, signed)
    wrong += _withdrawn(device, signed)
    bill = book.bills.get((signed.nop, signed.year, signed.seq))
    believed = not any(one["code"] in collectors.UNBELIEVED for one in wrong)
    if believed:
        wrong += _fits(book, bill, signed, paid_at)
    slip = Slip.objects.create(
        region=book.region,
        device=device,
        number=signed.number,
        signed=signed.text,
        signature=signed.signature,
        sha256=signed.sha256,
        before_sha256=signed.before,
        nop=signed.nop,
        year=signed.year,
        seq=signed.seq,
        amount=signed.amount,
        reference=f"{device.pk}-{signed.number}-{signed.sha256[:16]}",
        taken_at=signed.taken_at,
        paid_at=paid_at,
        synced_at=book.sender.at,
        state=SlipState.CONFLICT if wrong else SlipState.POSTED,
        conflicts=wrong,
    )
    _pay(book, slip, bill if believed else None, signed)
    book.new.append(slip)
    return Received(signed.line, slip.state, slip, new=True)


def _pay(book: _Book, slip: Slip, bill: Bill | None, signed: Signed) -> None:
    paid = ledger.pay(
        ledger.Notice(
            region=book.region.code,
            channel=collectors.CHANNEL,
            reference=slip.reference,
            bill=bill.id if bill else None,
            amount=slip.amount,
            paid_at=slip.paid_at,
            body_sha256=signed.digest,
            by=slip.device.collector_id,
        ),
        at=book.sender.at,
        day=book.sender.on,
    )
    if paid.outcome != "posted":
        raise RuntimeError(f"slip {slip.reference}: {paid.outcome}")
    if bill is not None:
        bill.refresh_from_db(fields=["received", "beside"])


# What does not fit


def _believed(
    book: _Book, device: Device, signed: Signed
) -> tuple[datetime, list[Conflict]]:
    """When it counts as paid: the telephone's time, not after its arrival, not before
    the telephone was enrolled or the receipt before was written.
    """
    earliest = device.enrolled_at or device.registered_at
    before = Slip.objects.filter(device=device, number=signed.number - 1).first()
    if before is not None:
        earliest = max(earliest, before.paid_at)
    counts = max(min(signed.taken_at, book.sender.at), earliest)
    if abs(counts - signed.taken_at) <= CLOCK:
        return counts, []
    return counts, [{"code": "clock", "at": counts.isoformat()}]


def _chained(device: Device, signed: Signed) -> list[Conflict]:
    """Numbered without a gap, each leaning on the one before."""
    rows = Slip.objects.filter(device=device)
    found: list[Conflict] = []
    if rows.filter(number=signed.number).exists():
        found.append({"code": "twice"})
    return found + _leaning(device, signed.number, signed.before)


def _leaning(device: Device, number: int, before: str) -> list[Conflict]:
    if number == 1:
        return [{"code": "broken"}] if before else []
    rows = Slip.objects.filter(device=device, number__lt=number).order_by("-number")
    last = rows.first()
    if last is None or last.number != number - 1:
        first = last.number + 1 if last else 1
        return [{"code": "gap", "first": first, "last": number - 1}]
    if rows.filter(number=number - 1, sha256=before).exists():
        return []
    return [{"code": "broken"}]


def _withdrawn(device: Device, signed: Signed) -> list[Conflict]:
    if device.revoked_at is None:
        return []
    code = "revoked" if signed.taken_at > device.revoked_at else "after_revoked"
    return [{"code": code, "at": device.revoked_at.isoformat()}]


def _fits(
    book: _Book, bill: Bill | None, signed: Signed, paid_at: datetime
) -> list[Conflict]:
    """The receipt against its bill, as it stood at that moment."""
    if bill is None:
        return [{"code": "unknown"}]
    if bill.state in assessing.NOT_OWED:
        return [{"code": "not_asked"}]
    day = localdate(paid_at)
    waivers = assessing.waivers_of(book.region.code, day, [bill.id])
    owed = assessing.owed_on(bill, day, waivers=waivers).total
    if owed == signed.amount:
        return []
    if owed == 0:
        return _paid_before(book, bill, signed)
    return [{"code": "amount", "asked": owed, "taken": signed.amount}]


def _paid_before(book: _Book, bill: Bill, signed: Signed) -> list[Conflict]:
    other = (
        Slip.objects.filter(
            region=book.region, nop=signed.nop, year=signed.year, seq=signed.seq
        )
        .select_related("device")
        .order_by("taken_at")
        .first()
    )
    if other is not None:
        receipt = slips.shown(other.device_id, other.number, other.sha256)
        at = other.taken_at.isoformat()
        name = other.device.name
        return [{"code": "two_devices", "receipt": receipt, "device": name, "at": at}]
    last = (
        Payment.objects.filter(
            region=book.region, bill=bill.id, state=PaymentState.POSTED
        )
        .order_by("-paid_at")
        .first()
    )
    if last is None:
        return [{"code": "not_asked"}]
    names = lookup.channel_names(book.region)
    channel = str(names.get(last.channel, last.channel))
    return [{"code": "paid", "channel": channel, "at": last.paid_at.isoformat()}]


def _close_gaps(book: _Book) -> None:
    """Receipts that were missing may have come: then they are missed no more."""
    for device in book.devices.values():
        waiting = Slip.objects.filter(
            device=device, conflicts__contains=[{"code": "gap"}]
        )
        for slip in waiting.exclude(state=SlipState.SETTLED).order_by("number"):
            rest = [one for one in slip.conflicts if one["code"] != "gap"]
            now = _leaning(device, slip.number, slip.before_sha256) + rest
            if now != slip.conflicts:
                slip.conflicts = now
                slip.state = SlipState.CONFLICT if now else SlipState.POSTED
                slip.save(update_fields=["conflicts", "state"])


def _as_it_is_now(answer: Received, book: _Book) -> Received:
    """After all of them were read: a gap may be closed by a later line."""
    if answer.slip is None:
        return answer
    slip = Slip.objects.select_related("device").get(pk=answer.slip.pk)
    told = tuple(collectors.told(one) for one in slip.conflicts)
    return Received(answer.line, slip.state, slip, told, answer.new)


def _remember(book: _Book, *, refused: int) -> None:
    sender = book.sender
    for device in book.devices.values():
        _move_on(device, sender)
        mine = [row for row in book.new if row.device_id == device.pk]
        if mine:
            audit.record(
                by=sender.by,
                at=sender.at,
                verb="revenue.slips.received",
                subject=device,
                region=book.region.code,
                details={
                    "numbers": [row.number for row in mine],
                    "total": sum(row.amount for row in mine),
                    "conflicts": sum(bool(row.conflicts) for row in mine),
                },
            )
    if refused:
        audit.record(
            by=sender.by,
            at=sender.at,
            verb="revenue.slips.refused",
            subject=book.region,
            region=book.region.code,
            details={"receipts": refused},
        )


def _move_on(device: Device, sender: Sender) -> None:
    last = Slip.objects.filter(device=device).order_by("-number", "id").first()
    if last is not None:
        device.last_number, device.last_hash = last.number, last.sha256
    if sender.own_only:
        device.synced_at = sender.at
    device.save(update_fields=["last_number", "last_hash", "synced_at"])


# What people do about it


@transaction.atomic
def take_up(*, slip: Slip, by: Account, at: datetime) -> Slip:
    """Somebody makes it theirs. Raises SamePerson for one's own receipts."""
    row = _waiting(slip, by)
    row.owner = by
    row.save(update_fields=["owner"])
    return _told(row, "revenue.slip.taken_up", by=by, at=at)


@transaction.atomic
def settle(*, slip: Slip, reason: str, by: Account, at: datetime) -> Slip:
    """Say how it was cleared up. Its money must have its place by then.

    Raises SamePerson, and CollectorRefused without words, for a receipt that waits no
    more, or whose money is still for no bill.
    """
    row = _waiting(slip, by)
    if not reason.strip():
        raise CollectorRefused(_("Say how it was cleared up."))
    if collectors.shown(row.region, [row])[0].without_bill:
        raise CollectorRefused(
            _("Its money still belongs to no bill."),
            _("Two people give it a place, or take it back; then this is settled."),
            _("Take it up under “Money without its place”."),
        )
    row.state, row.resolution = SlipState.SETTLED, reason.strip()[:300]
    row.settled_at, row.settled_by = at, by
    row.save(update_fields=["state", "resolution", "settled_at", "settled_by"])
    return _told(row, "revenue.slip.settled", by=by, at=at, reason=row.resolution)


def _waiting(slip: Slip, by: Account) -> Slip:
    rows = Slip.objects.select_for_update(of=("self",))
    row = rows.select_related("device", "region").get(pk=slip.pk)
    if row.device.collector_id == by.pk:
        raise SamePerson(
            _("Somebody else looks into your receipts."),
            next=_("Ask a colleague who reconciles."),
        )
    if row.state != SlipState.CONFLICT:
        raise CollectorRefused(_("This receipt waits for nobody any more."))
    return row


def _told(
    slip: Slip, verb: str, *, by: Account, at: datetime, reason: str = ""
) -> Slip:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=slip,
        region=slip.region_id,
        reason=reason,
        details={"device": slip.device_id, "number": slip.number},
    )
    return slip


def lines_of(text: str) -> Iterator[str]:
    """The receipts in a file of a telephone or a pasted text, one a line."""
    for line in text.splitlines():
        if slips.is_one(line):
            yield line.strip()
