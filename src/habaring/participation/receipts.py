"""Numbers of ballots and their secrets, as people read them and write them down.

Crockford's base 32 has no I, L, O and U, so that nothing is mistaken for 1, 0 or V. The
last character checks the others: a sum over GF(32) with distinct weights, so that one
wrong character, or two that changed places, is always noticed.
"""

import secrets
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER = 8
"""Characters of a number: 35 random bits and the check."""
SECRET = 12
"""Characters of a secret: 55 random bits and the check."""

_MISREAD = str.maketrans("OIL", "011", "- .\u2013\u00a0")


@dataclass(frozen=True)
class Receipt:
    """Both halves: the number is public, the secret is the voter's alone."""

    number: str
    secret: str

    def __str__(self) -> str:
        return f"{shown(self.number)}-{shown(self.secret)}"


def new_receipt() -> Receipt:
    """A fresh number and a fresh secret."""
    return Receipt(new_serial(), _new(SECRET))


def new_serial() -> str:
    """A fresh number: of a ballot on screen, or of a printed sheet."""
    return _new(NUMBER)


def serial_of(value: int) -> str:
    """The number that carries a value below 2 ** 35, with its check."""
    if not 0 <= value < 1 << 5 * (NUMBER - 1):
        raise ValueError(value)
    digits = [value >> 5 * place & 31 for place in reversed(range(NUMBER - 1))]
    return "".join(ALPHABET[digit] for digit in (*digits, _check(digits)))


def value_of(serial: str) -> int:
    """What a number carries; the serial is one that `check_serial` gave."""
    value = 0
    for character in serial[:-1]:
        value = value << 5 | ALPHABET.index(character)
    return value


def check_serial(text: str) -> str:
    """A number as it is kept, from what somebody typed; "" where it cannot be one."""
    return _read(text, NUMBER)


def read_receipt(text: str) -> Receipt | None:
    """Both halves as typed or pasted, with or without dashes; None where mistyped."""
    plain = _plain(text)
    if len(plain) != NUMBER + SECRET:
        return None
    number, secret = _read(plain[:NUMBER], NUMBER), _read(plain[NUMBER:], SECRET)
    return Receipt(number, secret) if number and secret else None


def shown(code: str) -> str:
    """In fours: `K7QM3XRT` → `K7QM-3XRT`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _new(length: int) -> str:
    drawn = [secrets.randbelow(32) for _ in range(length - 1)]
    return "".join(ALPHABET[value] for value in (*drawn, _check(drawn)))


def _plain(text: str) -> str:
    return text.strip().upper().translate(_MISREAD)


def _read(text: str, length: int) -> str:
    plain = _plain(text)
    if len(plain) != length or not set(plain) <= set(ALPHABET):
        return ""
    values = [ALPHABET.index(character) for character in plain]
    return plain if _check(values[:-1]) == values[-1] else ""


def _check(values: list[int]) -> int:
    """The sum of values times powers of x in GF(2)[x] / (x^5 + x^2 + 1)."""
    total = 0
    for value in values:
        total = _doubled(total) ^ value
    return _doubled(total)


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 32 else value
