"""A receipt as its holder reads and prints it; anybody's receipt, checked."""

import json
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext

from habaring.regions.models import Region
from habaring.revenue import collectors, lookup, receipts, slips
from habaring.revenue.models import Bill, Payment, PaymentState
from habaring.revenue.nop import shown_nop
from habaring.revenue.receipt_access import ReceiptUnknown
from habaring.shared import fonts, formats, walls
from habaring.shared.refusal import Refusal, Words

_TEMPLATE = Path(__file__).resolve().parent / "typst" / "receipt.typ"


@dataclass(frozen=True)
class Sheet:
    """One receipt. `text` is what was signed (empty once the payment was taken back);
    the name on it is masked.
    """

    serial: int
    number: str
    text: str
    qr_content: str
    tax: str
    object_number: str
    year: int
    holder: str
    village: str
    amount: int
    channel: Words
    reference: str
    paid_at: datetime
    reversed_at: datetime | None
    illustrative: bool

    @property
    def shown_number(self) -> str:
        return shown_nop(self.object_number)


def sheet_of(region: Region, serial: int) -> Sheet:
    """The receipt of a payment; ReceiptUnknown. Who may see it, the caller has asked."""
    with walls.also(region.code):
        payment = Payment.objects.filter(region=region, serial=serial).first()
        if payment is None or payment.state == PaymentState.NEVER:
            raise ReceiptUnknown
        bill = (
            Bill.objects.filter(region=region, id=payment.bill or 0)
            .select_related("taxpayer", "object__place")
            .first()
        )
        stands = payment.state == PaymentState.POSTED
        made = receipts.receipt(payment, bill=bill) if stands else None
        names = lookup.channel_names(region)
    place = bill.object.place if bill else None
    return Sheet(
        serial=serial,
        number=receipts.number_of(payment),
        text=made.text if made else "",
        qr_content=made.qr_content if made else "",
        tax=lookup.tax_name(bill.tax, get_language() or "id") if bill else "",
        object_number=bill.number if bill else "",
        year=bill.year if bill else 0,
        holder=bill.taxpayer.name_masked if bill else "",
        village=place.name if place else "",
        amount=payment.amount,
        channel=names.get(payment.channel, payment.channel),
        reference=payment.reference,
        paid_at=payment.paid_at,
        reversed_at=payment.reversed_at,
        illustrative=bool(bill and bill.illustrative),
    )


@dataclass(frozen=True)
class Checked:
    """What a check found. `kind`: valid, reversed, unknown (signed here, yet no such
    payment), foreign. By its number alone nothing says that a paper is unchanged:
    `by_number`, and `sheet` is to be compared with it.
    """

    kind: str
    sheet: Sheet | None = None
    refusal: Refusal | None = None
    by_number: bool = False
    slip: collectors.Seen | None = None  # a collector's receipt ("slip")


def check(region: Region, text: str) -> Checked:
    """Is this receipt ours, and does its payment still stand?"""
    if slips.is_one(text) or slips.read_shown(text):
        return _check_slip(region, text)
    by_number = False
    try:
        try:
            code, serial = receipts.read_number(text)
            by_number = True
        except receipts.NoSuchNumber:
            verified = receipts.verify(text)
            code, serial = verified.region, verified.serial
    except Refusal as refused:
        return Checked("foreign", refusal=refused)
    if code != region.code:
        return Checked("elsewhere", by_number=by_number)
    try:
        sheet = sheet_of(region, serial)
    except ReceiptUnknown:
        return Checked("unknown", by_number=by_number)
    kind = "reversed" if sheet.reversed_at else "valid"
    return Checked(kind, sheet=sheet, by_number=by_number)


def _check_slip(region: Region, text: str) -> Checked:
    """A collector's receipt: signed by one of our telephones, and here already?"""
    try:
        seen = collectors.seen(region, text)
    except slips.NotSigned as refused:
        return Checked("foreign", refusal=refused)
    return Checked("slip", by_number=seen.by_number, slip=seen)


def as_pdf(region: Region, sheet: Sheet) -> bytes:
    """One page, set with typst, in the reader's language."""
    return _set(json.dumps(_contents(region, sheet)), sheet.qr_content)


def _contents(region: Region, sheet: Sheet) -> dict[str, object]:
    pairs = [
        (gettext("Number"), sheet.number),
        (gettext("Tax"), sheet.tax),
        (gettext("NOP or number"), sheet.shown_number),
        (gettext("Tax year"), str(sheet.year or "")),
        (gettext("Name"), sheet.holder),
        (gettext("Village"), sheet.village),
        (gettext("Paid by"), str(sheet.channel)),
        (gettext("Reference"), sheet.reference),
        (gettext("Paid on"), formats.moment(localtime(sheet.paid_at))),
    ]
    return {
        "title": gettext("Receipt of a tax payment"),
        "region": region.full_name,
        "amount": formats.rupiah(sheet.amount),
        "pairs": [[label, value] for label, value in pairs if value],
        "reversed": gettext("This payment was taken back by its channel.")
        if sheet.reversed_at
        else "",
        "verify": gettext(
            "The code holds this receipt with its signature. Anybody can check it on the"
            " region's page of taxes, and without a connection with the region's public"
            " key."
        ),
        "text": sheet.text,
        "example": gettext("example") if sheet.illustrative else "",
        "language": (get_language() or "id")[:2],
    }


def _set(contents: str, qr_content: str) -> bytes:
    # late: both take a while to load, and most processes print nothing
    import segno
    import typst

    with tempfile.TemporaryDirectory(prefix="habaring-receipt-") as name:
        folder = Path(name)
        (folder / "sheet.json").write_text(contents, encoding="utf-8")
        (folder / "sheet.typ").write_bytes(_TEMPLATE.read_bytes())
        code = segno.make(qr_content or "-", error="m", micro=False)
        code.save(str(folder / "code.png"), kind="png", scale=8, border=0)
        place = fonts.folder()
        result = typst.compile(
            str(folder / "sheet.typ"),
            root=str(folder),
            font_paths=[str(place)] if place else [],
            ignore_system_fonts=True,
            format="pdf",
        )
    if not isinstance(result, bytes):
        raise TypeError("typst gave no single PDF")
    return result
