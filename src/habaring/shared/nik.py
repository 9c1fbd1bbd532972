"""The population number (NIK): its shape, what it says, and how it is shown.

Sixteen digits: six of the place of registration, six of the birth date (DDMMYY, 40
added to the day for women), four of a running number. Source: Perpres 40/2019 on UU
24/2013. A number of an example person carries a day that no calendar has, so that it
is nobody's.
"""

import re
from datetime import date

from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Refusal

_LENGTH = 16


class NikRefused(Refusal):
    """The number cannot be a NIK."""


def read_nik(text: str, *, illustrative: bool = False) -> str:
    """Sixteen digits, without blanks and dots; NikRefused when it cannot be a NIK.

    An illustrative number must be impossible: one that could be somebody's is refused.
    """
    digits = re.sub(r"[\s.\-]", "", text)
    if len(digits) != _LENGTH or not (digits.isascii() and digits.isdigit()):
        raise NikRefused(
            _("This is not a NIK."),
            why=_("A NIK has 16 digits."),
            next=_("Copy it from the identity card, digit by digit."),
        )
    possible = _possible(digits)
    if illustrative and possible:
        raise NikRefused(
            _("This NIK could be somebody's."),
            why=_("Example data must use numbers that nobody can have."),
            next=_("Write a day that no calendar has, such as 99."),
        )
    if not illustrative and not possible:
        raise NikRefused(
            _("This is not a NIK."),
            why=_(
                "Digits 7 to 12 must be a birth date: day (40 more for women), month, year."
            ),
            next=_("Copy it from the identity card, digit by digit."),
        )
    return digits


def mask_nik(nik: str) -> str:
    """`6202**********01`: enough to know one's own, too little to find another's."""
    return f"{nik[:4]}{'*' * (len(nik) - 6)}{nik[-2:]}" if len(nik) > 6 else "*" * 16


def _possible(digits: str) -> bool:
    place, running = digits[:6], digits[12:]
    if place.startswith("00") or place[4:] == "00" or running == "0000":
        return False
    day, month, year = (int(digits[n : n + 2]) for n in (6, 8, 10))
    return any(_is_day(century + year, month, day) for century in (1900, 2000))


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day - 40 if day > 40 else day)
    except ValueError:
        return False
    return True
