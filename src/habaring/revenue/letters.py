"""Letters about debts, set with typst: demand, warning, distress warrant."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from habaring.regions.models import Region
from habaring.revenue import assessing, collecting, printing
from habaring.revenue.collecting import LetterLine
from habaring.revenue.models import LetterCause, LetterKind
from habaring.revenue.nop import shown_nop
from habaring.shared import formats
from habaring.shared.refusal import Words

_WORDS: Mapping[str, Words] = {
    "stpd": _("Demand for a regional tax (STPD)"),
    "warning": _("Warning letter (surat teguran)"),
    "warrant": _("Distress warrant (surat paksa)"),
    "number": _("Number"),
    "day": _("Day of the letter"),
    "to": _("Addressed to"),
    "nop": _("NOP or number"),
    "tax": _("Tax"),
    "year": _("Tax year"),
    "what": _("What is asked for"),
    "amount": _("Rupiah"),
    "total": _("Together on the day of this letter"),
    "until": _("Pay at the latest on"),
    "scan": _("Scan it: see the bill and pay it"),
    "basis": _("Rules"),
    "signed": _("Head of the revenue office"),
    "example": _("example"),
    "example_note": _("An example, no letter: nothing has to be paid."),
}
_WHY: Mapping[str, Words] = {
    "stpd": _(
        "The bill named here was not paid by its day. Please pay what is asked for below."
        " Later, interest of each month that has begun is added."
    ),
    "warning": _(
        "After our demand this tax is still not paid. Please pay it by the day named"
        " below. After that day a distress warrant follows."
    ),
    "warrant": _(
        "In the name of justice based on the One Almighty God: this tax is to be paid by"
        " the day named below. After that day goods may be seized."
    ),
    "objection": _(
        "Your objection was decided and brought no or only a part of what you asked. The"
        " law adds a fine on what was not paid before it."
    ),
    "appeal": _(
        "Your appeal was decided and was lost. The law adds a fine on what was not paid"
        " before it."
    ),
    "filing": _("Your tax return came after its day. The law asks for a fine."),
}


def sheets(region: Region, rows: Sequence[LetterLine]) -> bytes:
    """Letters, one page each, in Indonesian. Their bills come with rule and object."""
    with override(printing.LANGUAGE):
        told = {
            "region": region.full_name,
            "words": {key: str(words) for key, words in _WORDS.items()},
            "letters": [_sheet(row) for row in rows],
        }
    return printing.typeset("letter", told)


def _sheet(row: LetterLine) -> dict[str, Any]:
    # late: only who prints draws codes
    import segno

    letter, bill = row.letter, row.bill
    address = printing.bill_address(bill)
    code = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        code, kind="svg", border=0, scale=4, xmldecl=False
    )
    return {
        "kind": letter.kind,
        "number": letter.number,
        "day": formats.day(letter.issued_on),
        "name": bill.taxpayer.name,
        "address": bill.taxpayer.address or bill.object.address or "–",
        "nop": shown_nop(bill.number),
        "tax": assessing.tax_name(bill.tax),
        "year": str(bill.year),
        "why": str(_why(row)),
        "lines": list(_lines(row)),
        "total": formats.rupiah(letter.total),
        "until": formats.day(letter.due_on),
        "basis": str(_basis(row)),
        "example": letter.illustrative or collecting.is_example(),
        "link": address,
        "qr": code.getvalue().decode(),
    }


def _why(row: LetterLine) -> Words:
    fine = row.letter.kind == LetterKind.STPD and row.letter.cause != LetterCause.LATE
    return _WHY[row.letter.cause if fine else row.letter.kind]


def _basis(row: LetterLine) -> Any:
    if row.letter.cause != LetterCause.LATE:
        return collecting.basis("fines", row.letter.cause)
    return collecting.basis("letters", row.letter.kind)


def _lines(row: LetterLine) -> Any:
    letter = row.letter
    if letter.cause == LetterCause.LATE:
        due = formats.day(row.bill.due_on)
        words = str(_("Tax not paid, due on %(day)s")) % {"day": due}
    elif letter.percent:
        words = str(_("Fine: %(percent)s%% of %(base)s")) % {
            "percent": letter.percent,
            "base": formats.rupiah(letter.base),
        }
    else:
        words = str(LetterCause(letter.cause).label).capitalize()
    yield [words, formats.rupiah(letter.principal)]
    if letter.interest:
        yield [
            str(_("Late interest until the day of this letter")),
            formats.rupiah(letter.interest),
        ]
