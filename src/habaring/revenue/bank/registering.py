"""To make the simulator a partner of a region, as the demo does: "contoh", an example."""

from datetime import datetime
from pathlib import Path

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue.actions import partners as verbs
from habaring.revenue.actions.partners import NewPartner
from habaring.revenue.bank.signing import new_key, private_pem, public_pem, read_private
from habaring.revenue.bank.store import Identity, Store
from habaring.revenue.models import Partner, PartnerKind

PREFIX = "77009999"


def register(
    *,
    region: Region,
    folder: Path,
    address: str,
    at: datetime,
    by: Account | None = None,
) -> tuple[Partner, Partner]:
    """Take the simulator on, for virtual accounts and QRIS, and tell it its keys.

    The caller has opened the region. `address`: of the platform, as the bank calls it;
    `folder`: where the bank keeps its file. A bank that is there keeps its keys, so that
    it can be registered in another database, too.
    """
    short = region.code.replace(".", "")
    va = NewPartner(
        "contoh",
        "Bank Contoh",
        PartnerKind.VA,
        partner_id=f"CONTOH-VA-{short}",
        prefix=PREFIX,
    )
    qris = NewPartner(
        "contohqr",
        "QRIS Contoh",
        PartnerKind.QRIS,
        partner_id=f"CONTOH-QR-{short}",
        merchant_pan="936009990000000001",
        merchant_id=f"ID102{int(short):010d}",
    )
    store = Store(folder)
    before = store.known(region.code)
    key = read_private(before.private) if before else new_key()
    rows = []
    for plan in (va, qris):
        row = verbs.add_partner(
            region=region, plan=plan, by=by, at=at, illustrative=True
        )
        verbs.add_public_key(partner=row, pem=public_pem(key), by=by, at=at)
        rows.append(row)
    secret = before.secret if before else ""
    made = verbs.make_secret(partner=rows[0], by=by, at=at, text=secret)
    store.become(
        Identity(
            address=address,
            region=region.code,
            va_id=va.partner_id,
            qris_id=qris.partner_id,
            prefix=PREFIX,
            private=private_pem(key),
            secret=made.secret,
        )
    )
    return rows[0], rows[1]
