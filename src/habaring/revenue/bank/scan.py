"""What a bank's app reads: the number of a virtual account, or the text of a QRIS code."""

from collections.abc import Iterator
from dataclasses import dataclass

VA_DIGITS = 28
PREFIX = 8
_POLYNOMIAL = 0x1021


class NotReadableError(ValueError):
    """Neither the one nor the other, or cut short."""


@dataclass(frozen=True)
class Scanned:
    """`target`: a customer number or the reference of a QRIS code. `amount`: what the
    code asks for; None where the bank has to inquire.
    """

    kind: str  # "va" or "qris"
    target: str
    amount: int | None
    merchant: str = ""


def scan(text: str) -> Scanned:
    """Read it; NotReadableError where it is none of both."""
    text = text.strip()
    digits = text.replace(" ", "")
    if digits.isascii() and digits.isdigit() and len(digits) == VA_DIGITS:
        return Scanned("va", digits[PREFIX:], None)
    if not text.startswith("0002"):
        raise NotReadableError(
            "This is no virtual account of 28 digits and no QRIS code."
        )
    if f"{_checksum(text[:-4].encode()):04X}" != text[-4:].upper():
        raise NotReadableError("The code was cut or changed: its checksum is wrong.")
    fields = dict(_fields(text))
    additional = dict(_fields(fields.get("62", "")))
    try:
        return Scanned(
            "qris", additional["05"], int(fields["54"]), fields.get("59", "")
        )
    except (KeyError, ValueError) as error:
        raise NotReadableError("The code names no amount or no reference.") from error


def _fields(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text):
        head, size = text[place : place + 2], text[place + 2 : place + 4]
        if not (head + size).isdigit() or len(text) < place + 4 + int(size):
            raise NotReadableError("The code was cut short.")
        yield head, text[place + 4 : place + 4 + int(size)]
        place += 4 + int(size)


def _checksum(data: bytes) -> int:
    """CRC-16/CCITT-FALSE, bit by bit from the highest."""
    left = 0xFFFF
    for bit in (byte >> shift & 1 for byte in data for shift in range(7, -1, -1)):
        left = ((left << 1) & 0xFFFF) ^ (_POLYNOMIAL if (left >> 15) ^ bit else 0)
    return left
