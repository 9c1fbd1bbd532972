"""The number of a tax object (NOP): eighteen digits, read as people write it.

Province 2, kabupaten or kota 2, district 3, village 3, block 3, object 4, mark 1; shown
as `62.02.060.001.012-0034.0`. Its regions are numbered apart from the official register
of regions: nothing is ever derived from one to the other. Source: SE-07/PJ.6/1998.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Refusal, Words

DIGITS = 18
_WITH_YEAR = 20
"""A virtual account's customer number: the NOP and two digits of the year."""
_NIK = 16


@dataclass(frozen=True)
class _Part:
    """A part of the number and how many digits it has."""

    name: Words
    digits: int


_PARTS = (
    _Part(_("province"), 2),
    _Part(_("kabupaten or kota"), 2),
    _Part(_("district"), 3),
    _Part(_("village"), 3),
    _Part(_("block"), 3),
    _Part(_("number of the object"), 4),
    _Part(_("last mark"), 1),
)
_MISREAD = str.maketrans("OoIlL", "00111")


class NopRefused(Refusal):
    """What was typed cannot be a NOP; says which part is wrong."""


def read_nop(text: str) -> str:
    """Eighteen digits from what somebody typed: dots, spaces and dashes do not matter.

    O is read as 0, I and l as 1; a year of two digits behind it is left away. Raises
    NopRefused, which names the part that is too short or too long where it can be told.
    """
    plain = text.strip().translate(_MISREAD)
    plain = re.sub(r"^NOP\s*[.:]?\s*", "", plain.replace("N0P", "NOP"), flags=re.I)
    digits = re.sub(r"[\s.\-\u2010-\u2015/_]", "", plain)
    if not digits:
        raise NopRefused(_("The NOP is missing."), next=_WHERE)
    if not (digits.isascii() and digits.isdigit()):
        raise NopRefused(
            _("This is not a NOP."), why=_("A NOP has digits only."), next=_WHERE
        )
    if len(digits) in (DIGITS, _WITH_YEAR):
        return digits[:DIGITS]
    raise NopRefused(
        _length(len(digits)), why=_wrong_part(plain, len(digits)), next=_WHERE
    )


def shown_nop(nop: str) -> str:
    """`620206000101200340` → `62.02.060.001.012-0034.0`; anything else as it is."""
    if len(nop) != DIGITS or not nop.isdigit():
        return nop
    cuts = (0, 2, 4, 7, 10, 13, 17, 18)
    a, b, c, d, e, f, g = (nop[x:y] for x, y in pairwise(cuts))
    return f"{a}.{b}.{c}.{d}.{e}-{f}.{g}"


_WHERE = _("It stands at the top of the yearly bill (SPPT), behind “NOP”.")


def _length(found: int) -> Words:
    if found < DIGITS:
        return format_lazy(
            _("A NOP has 18 digits; you typed {n}: {missing} too few."),
            n=found,
            missing=DIGITS - found,
        )
    return format_lazy(
        _("A NOP has 18 digits; you typed {n}: {surplus} too many."),
        n=found,
        surplus=found - DIGITS,
    )


def _wrong_part(text: str, count: int) -> Words:
    """The first part of another length, where the parts were kept apart."""
    if count == _NIK:
        return _("16 digits are a population number (NIK), which we do not need here.")
    parts = [part for part in re.split(r"\D+", text) if part]
    if len(parts) != len(_PARTS):
        return ""
    for typed, part in zip(parts, _PARTS, strict=True):
        if len(typed) != part.digits:
            return format_lazy(
                _("The part for the {part} is “{typed}”; it has {n} digits."),
                part=part.name,
                typed=typed,
                n=part.digits,
            )
    return ""
