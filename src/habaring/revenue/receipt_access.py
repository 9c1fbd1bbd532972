"""Who may open a receipt: whoever holds its number and the short secret beside it.

The secret is drawn from the serial by the keyed hash of this platform, so nothing has
to be kept; 40 bits, and guessing is limited. Or the reference that the channel printed
on its own slip, together with the NOP.
"""

import hmac

from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region
from habaring.revenue.codes import ALPHABET, plain, shown
from habaring.revenue.models import Bill, Payment, PaymentState
from habaring.shared import sealing, walls
from habaring.shared.refusal import Refusal

SECRET = 8


class ReceiptUnknown(Refusal):
    """No receipt opens with this."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            what=_("No receipt opens with this."),
            why=_("The number and the secret beside it must belong together."),
            next=_("Compare every character, or use the bank's reference instead."),
        )


def secret_of(region: Region, serial: int) -> str:
    """Eight characters, shown as `K7QM-3XRT`."""
    return shown(_secrets(region, serial)[-1])


def _secrets(region: Region, serial: int) -> list[str]:
    """Under every key of the ring, the one in use last."""
    digests = sealing.keyed_hashes(f"revenue.receipt {region.code} {serial}")
    return [
        "".join(
            ALPHABET[int(digest[4 * i : 4 * i + 4], 16) & 31] for i in range(SECRET)
        )
        for digest in digests
    ]


def opens(region: Region, serial: int, typed: str) -> bool:
    """Whether what was typed is the secret of a receipt."""
    given = plain(typed).encode()
    return any(
        hmac.compare_digest(one.encode(), given) for one in _secrets(region, serial)
    )


def by_secret(region: Region, serial: int, typed: str) -> Payment:
    """The payment of a receipt; ReceiptUnknown."""
    if not opens(region, serial, typed):
        raise ReceiptUnknown
    with walls.also(region.code):
        row = Payment.objects.filter(region=region, serial=serial).first()
    if row is None or row.state == PaymentState.NEVER:
        raise ReceiptUnknown
    return row


def by_reference(region: Region, nop: str, reference: str) -> Payment:
    """The payment that a channel's own slip names, for a bill of this NOP."""
    with walls.also(region.code):
        bills = Bill.objects.filter(region=region, tax="pbb", number=nop)
        rows = Payment.objects.filter(
            region=region, bill__in=list(bills.values_list("id", flat=True)[:80])
        ).exclude(state=PaymentState.NEVER)
        wanted = reference.strip().upper()
        for row in rows[:200]:
            # several bills paid at once share a reference: "…#1", "…#2"
            if wanted in (
                row.reference.upper(),
                row.reference.upper().partition("#")[0],
            ):
                return row
    raise ReceiptUnknown
