"""Time-ordered identifiers: rows that grow with citizens need no shared sequence."""

import os
import time
import uuid
from contextvars import ContextVar
from datetime import datetime

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id of the request that is being answered; "" in tasks and commands."""


def uuid7() -> uuid.UUID:
    """A version 7 UUID (RFC 9562): 48 bits of milliseconds, then 74 random bits.

    The standard library has it from Python 3.14 only.
    """
    milliseconds = time.time_ns() // 1_000_000
    noise = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76
    value |= ((noise >> 62) & 0xFFF) << 64
    value |= 0b10 << 62
    value |= noise & 0x3FFF_FFFF_FFFF_FFFF
    return uuid.UUID(int=value)


def first_uuid7(at: datetime) -> uuid.UUID:
    """The smallest version 7 UUID of a moment: what was made since sorts after it."""
    milliseconds = int(at.timestamp() * 1000)
    return uuid.UUID(
        int=(milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | 0b10 << 62
    )
