"""What a QRIS code of a charge holds: EMVCo merchant-presented mode, dynamic.

Fields of two digits, two digits of length and the value; the last is a CRC16. The
charge's reference stands in the additional data, where the bank reads it back from.

Source: EMVCo, "QR Code Specification for Payment Systems: Merchant-Presented Mode" 1.1;
Bank Indonesia / ASPI, "Spesifikasi QRIS" (merchant account templates 26 and 51); CRC:
ISO/IEC 13239 polynomial x¹⁶+x¹²+x⁵+1 from FFFF.
"""

import unicodedata
from dataclasses import dataclass

DYNAMIC = "12"
RUPIAH = "360"
TAX_PAYMENTS = "9311"
"""Merchant category code of ISO 18245."""
QRIS = "ID.CO.QRIS.WWW"
_LONGEST = 99


@dataclass(frozen=True)
class Merchant:
    """Whose code it is. `pan` of the acquirer, `id` the national merchant number (NMID),
    `acquirer` its reversed domain name.
    """

    name: str
    city: str
    pan: str
    id: str
    acquirer: str = "ID.CO.CONTOH.WWW"


def content(merchant: Merchant, *, amount: int, reference: str, bill: str) -> str:
    """The text under the code. `amount` in whole rupiah, `reference` and `bill` up to 25
    characters. ValueError for a field that does not fit.
    """
    account = _field("00", merchant.acquirer) + _field("01", merchant.pan)
    national = _field("00", QRIS) + _field("02", merchant.id) + _field("03", "UBE")
    additional = _field("01", _fits(bill, 25)) + _field("05", _fits(reference, 25))
    text = "".join(
        (
            _field("00", "01"),
            _field("01", DYNAMIC),
            _field("26", account + _field("03", "UBE")),
            _field("51", national),
            _field("52", TAX_PAYMENTS),
            _field("53", RUPIAH),
            _field("54", str(amount)),
            _field("58", "ID"),
            _field("59", _plain(merchant.name, 25)),
            _field("60", _plain(merchant.city, 15)),
            _field("62", additional),
            "6304",
        )
    )
    return f"{text}{crc16(text.encode('ascii')):04X}"


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE."""
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _bit in range(8):
            value = (value << 1) ^ (0x1021 if value & 0x8000 else 0)
        value &= 0xFFFF
    return value


def _field(number: str, value: str) -> str:
    if not 0 < len(value) <= _LONGEST:
        raise ValueError(f"field {number} has {len(value)} characters")
    return f"{number}{len(value):02d}{value}"


def _fits(text: str, most: int) -> str:
    if len(text) > most or not text.isascii():
        raise ValueError(text)
    return text


def _plain(text: str, most: int) -> str:
    """ASCII capitals, cut: what every telephone can show."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return bare.upper()[:most].strip()
