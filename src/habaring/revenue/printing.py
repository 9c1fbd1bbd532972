"""Papers of a year, set with typst: the bill (SPPT) and a village's list (DHKP)."""

import io
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from habaring.regions.models import Region
from habaring.revenue import assessing, explanation
from habaring.revenue.lookup import channel_names
from habaring.revenue.models import Bill, Payment, PaymentState
from habaring.revenue.nop import shown_nop
from habaring.shared import fonts, formats
from habaring.shared.refusal import Words
from habaring.shared.tables import Column, TableKind, Value, register

SHEETS_AT_ONCE = 200
"""Bills in one file: what a printer takes, and a few seconds to set."""
LANGUAGE = "id"
"""Bills are for taxpayers, whoever prints them."""
_TEMPLATES = Path(__file__).resolve().parent / "typst"

_BILL_WORDS: Mapping[str, Words] = {
    "title": _("Yearly bill of land and buildings (SPPT)"),
    "year": _("Tax year"),
    "nop": _("NOP"),
    "object": _("What is taxed"),
    "address": _("Address of the object"),
    "village": _("Village"),
    "taxpayer": _("Taxpayer"),
    "number": _("Taxpayer number (NPWPD)"),
    "steps": _("How it was reckoned"),
    "step": _("Step"),
    "how": _("How"),
    "amount": _("Rupiah"),
    "owed": _("To pay"),
    "due": _("At the latest on"),
    "before": _("The year before"),
    "scan": _("Scan it: check this bill, pay it, see every step"),
    "late": _("Later there is interest for each month that has begun."),
    "wrong": _(
        "Is something wrong? Ask the revenue office within three months; it is free of"
        " charge."
    ),
    "rules": _("Rules"),
    "example": _("example"),
    "example_note": _("An example, no bill: nothing has to be paid."),
    "issued": _("Issued on"),
}
_LIST_WORDS: Mapping[str, Words] = {
    "title": _("List of bills to deliver and collect (DHKP)"),
    "year": _("Tax year"),
    "village": _("Village"),
    "row": _("No."),
    "nop": _("NOP"),
    "taxpayer": _("Taxpayer"),
    "address": _("Address of the object"),
    "land": _("Land m²"),
    "building": _("Building m²"),
    "amount": _("To pay (Rp)"),
    "paid": _("Paid on"),
    "total": _("Together"),
    "bills": _("Bills"),
    "example": _("example"),
    "private": _("Personal data: for the village and the revenue office only."),
}


def bill_address(bill: Bill) -> str:
    """The public page of a bill: what its QR code holds."""
    name = "revenue:bill-later" if bill.seq else "revenue:bill"
    args: list[Any] = [bill.region_id, bill.number, bill.year]
    if bill.seq:
        args.append(bill.seq)
    return settings.SITE_ADDRESS + reverse(name, args=args)


def sheets(region: Region, bills: Sequence[Bill], *, village: str = "") -> bytes:
    """Bills, one page each. `bills` with their rule, object and taxpayer."""
    with override(LANGUAGE):
        told = {
            "region": region.full_name,
            "words": {key: str(words) for key, words in _BILL_WORDS.items()},
            "bills": [_sheet(bill, village) for bill in bills],
        }
    return typeset("sppt", told)


def _sheet(bill: Bill, village: str) -> dict[str, Any]:
    # late: only who prints draws codes
    import segno

    told = explanation.tell(assessing.steps_of(bill))
    address = bill_address(bill)
    code = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        code, kind="svg", border=0, scale=4, xmldecl=False
    )
    return {
        "number": shown_nop(bill.number),
        "year": str(bill.year),
        "name": bill.taxpayer.name,
        "npwpd": bill.taxpayer.number,
        "taxpayer_address": bill.taxpayer.address,
        "address": bill.object.address or "–",
        "village": village or (bill.object.place.name if bill.object.place else "–"),
        "amount": formats.rupiah(bill.amount),
        "before": "–" if bill.before is None else formats.rupiah(bill.before),
        "due": formats.day(bill.due_on),
        "issued": formats.day(bill.issued_at.date()),
        "steps": [
            {
                "label": step.label,
                "how": step.reckoning,
                "amount": formats.rupiah(step.amount),
                "article": step.article,
                "total": step.is_total,
            }
            for step in (*told.steps, *told.beside)
        ],
        "by_law": told.by_law,
        "example": bill.illustrative or told.rules_example,
        "link": address,
        "qr": code.getvalue().decode(),
    }


@dataclass(frozen=True)
class Village:
    """Whose list it is."""

    region: Region
    name: str
    year: int


def village_list(village: Village, bills: Iterable[Bill]) -> bytes:
    """The list of a village's bills, with the sum."""
    rows = list(bills)
    with override(LANGUAGE):
        paid = _paid(village.region, rows)
        told = {
            "region": village.region.full_name,
            "village": village.name,
            "year": str(village.year),
            "words": {key: str(words) for key, words in _LIST_WORDS.items()},
            "example": any(row.illustrative for row in rows),
            "total": formats.number(sum(row.amount for row in rows)),
            "count": formats.number(len(rows)),
            "rows": [
                [
                    shown_nop(row.number),
                    row.taxpayer.name,
                    row.object.address,
                    formats.number(row.facts.get("land_m2", 0)),
                    formats.number(row.facts.get("building_m2", 0)),
                    formats.number(row.amount),
                    paid.get(row.id, ""),
                ]
                for row in rows
            ],
        }
    return typeset("dhkp", told)


def _paid(region: Region, bills: Sequence[Bill]) -> dict[int, str]:
    """When and how bills were paid, by their ids; a part that came says so."""
    some = {row.id: row for row in bills if row.received}
    names = channel_names(region)
    found: dict[int, str] = {}
    rows = Payment.objects.filter(
        region=region, bill__in=list(some), state=PaymentState.POSTED
    )
    for one in rows.order_by("paid_at"):
        day = formats.day(localdate(one.paid_at), short=True)
        how = f"{day}, {names.get(one.channel, one.channel)}"
        owed = some[one.bill or 0].owed
        part = _("in part, left: %(sum)s") % {"sum": formats.number(owed)}
        found[one.bill or 0] = f"{how} ({part})" if owed else how
    return found


DHKP = register(
    TableKind(
        "dhkp",
        _("List of bills to deliver and collect (DHKP)"),
        _("DHKP"),
        columns=(
            Column("number", _("NOP"), "text", required=True),
            Column("taxpayer", _("Taxpayer"), "text"),
            Column("address", _("Address of the object"), "text"),
            Column("land_m2", _("Land m²"), "whole"),
            Column("building_m2", _("Building m²"), "whole"),
            Column("amount", _("To pay (Rp)"), "rupiah"),
            Column("received", _("Received (Rp)"), "rupiah"),
            Column("due_on", _("Due on"), "date"),
        ),
        key=("number",),
    )
)


def list_rows(bills: Iterable[Bill]) -> list[dict[str, Value]]:
    """The same list as a spreadsheet."""
    return [
        {
            "number": row.number,
            "taxpayer": row.taxpayer.name,
            "address": row.object.address,
            "land_m2": row.facts.get("land_m2", 0),
            "building_m2": row.facts.get("building_m2", 0),
            "amount": row.amount,
            "received": row.received,
            "due_on": row.due_on,
        }
        for row in bills
    ]


def typeset(template: str, told: Mapping[str, Any]) -> bytes:
    """A paper of `typst/<template>.typ`, told by a file `sheet.json`, as PDF."""
    # late: it takes a while to load, and most processes print nothing
    import typst

    with tempfile.TemporaryDirectory(prefix="habaring-bill-") as name:
        folder = Path(name)
        (folder / "sheet.json").write_text(json.dumps(told), encoding="utf-8")
        (folder / "sheet.typ").write_bytes(
            (_TEMPLATES / f"{template}.typ").read_bytes()
        )
        place = fonts.folder()
        result = typst.compile(
            str(folder / "sheet.typ"),
            root=str(folder),
            font_paths=[str(place)] if place else [],
            ignore_system_fonts=True,
            format="pdf",
            pdf_tags=False,  # half the time and size; they are for paper
        )
    if not isinstance(result, bytes):
        raise TypeError("typst gave no single PDF")
    return result
