"""Signed links and personal codes of a meeting: computed, never stored.

The QR code of a meeting carries a token that is good only around the meeting; where it
changes every N minutes, a token lives on for `GRACE`, so that a form begun in time can
be sent. A personal code opens nothing but one seat's attendance at one meeting.
"""

from datetime import datetime, timedelta
from typing import Literal

from django.core.signing import BadSignature, Signer
from django.utils.crypto import constant_time_compare, salted_hmac

from habaring.council.models import Meeting, Summons

BEFORE = timedelta(hours=1)
AFTER = timedelta(hours=1)
GRACE = timedelta(minutes=10)
_ATTEND = Signer(salt="habaring.council.attend", sep=".")
_ANSWER = Signer(salt="habaring.council.answer", sep=".")

Closed = Literal["", "false", "early", "late", "stale", "state"]


def _slot(meeting: Meeting, at: datetime) -> int:
    if not meeting.qr_minutes:
        return 0
    return int(at.timestamp()) // (meeting.qr_minutes * 60)


def attendance_token(meeting: Meeting, *, at: datetime) -> str:
    """The token that the QR code carries now."""
    return _ATTEND.sign(f"{meeting.pk}-{_slot(meeting, at)}")


def attendance_closed(meeting: Meeting, token: str, *, at: datetime) -> Closed:
    """Why a token does not open the attendance now; empty: it does."""
    slot = _read(meeting, token)
    if slot is None:
        return "false"
    if meeting.state != "invited":
        return "state"
    if not meeting.starts_at - BEFORE <= at <= meeting.ends_at + AFTER:
        return "early" if at < meeting.starts_at else "late"
    ended = (slot + 1) * meeting.qr_minutes * 60 + GRACE.total_seconds()
    return "stale" if meeting.qr_minutes and at.timestamp() > ended else ""


def _read(meeting: Meeting, token: str) -> int | None:
    """The span of time that a token was made for; None for a false one."""
    try:
        held, _, slot = _ATTEND.unsign(token).partition("-")
    except BadSignature:
        return None
    return int(slot) if held == str(meeting.pk) and slot.isdigit() else None


def answer_token(summons: Summons) -> str:
    """The token of the link by which one seat answers its invitation."""
    return _ANSWER.sign(f"{summons.region_id}-{summons.pk}")


def summons_of(token: str, *, region: str) -> int | None:
    """The id behind such a token, of this region; None for a false one."""
    try:
        held, _, number = _ANSWER.unsign(token).rpartition("-")
    except BadSignature:
        return None
    return int(number) if held == region and number.isdigit() else None


def personal_code(meeting: int, seat: int) -> str:
    """Six digits that stand in one seat's invitation to one meeting."""
    digest = salted_hmac("habaring.council.code", f"{meeting}-{seat}").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def is_code(given: str, *, meeting: int, seat: int) -> bool:
    """Whether a code is the one of this seat and meeting; spaces do not matter."""
    bare = "".join(given.split())
    return constant_time_compare(bare, personal_code(meeting, seat))
