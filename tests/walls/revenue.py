"""What the addresses of local taxes need: one of each, made by nobody who asks."""

import hashlib
from datetime import date

from django.utils.timezone import localdate, now

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import ledger
from habaring.revenue.models import FamilyLink, Finding, Partner, Statement
from habaring.shared import walls
from tests.revenue import banks, makers

NOP = "629999999999999990"


def made(region: Region, keeper: Account) -> None:
    """A bank with a key."""
    partner = banks.partner(region, now())
    banks.public(partner, now())
    _books(region, partner, keeper)
    _shown(region, keeper)


def _books(region: Region, partner: Partner, keeper: Account) -> None:
    """A payment at the counter for no bill, a file, what waits about them."""
    at = now()
    with walls.within(region.code):
        ledger.pay(
            ledger.Notice(
                region=region.code,
                channel="counter",
                reference="uji-loket",
                bill=None,
                amount=1_000,
                paid_at=at,
                body_sha256=hashlib.sha256(b"uji").digest(),
                by=keeper.pk,
            ),
            at=at,
            day=localdate(at),
        )
        Statement.objects.create(
            region=region,
            kind="settlement",
            partner=partner,
            day=date(2026, 11, 2),
            name="uji.csv",
            sha256=hashlib.sha256(region.code.encode()).hexdigest(),
            lines_counted=0,
            total=0,
            recorded_at=at,
            recorded_by=keeper,
        )
        for outcome, state in (("no_bill", "open"), ("mistake", "proposed")):
            Finding.objects.create(
                region=region,
                day=localdate(at),
                outcome=outcome,
                channel="counter",
                reference="uji-loket",
                due_on=localdate(at),
                state=state,
                repair={"do": "reverse"} if state == "proposed" else None,
                proposed_by=keeper if state == "proposed" else None,
                proposed_at=at if state == "proposed" else None,
                found_at=at,
            )


def _shown(region: Region, keeper: Account) -> None:
    """A bill that anybody looks up, on the list of somebody who does not ask."""
    with walls.within(region.code):
        row = makers.bill(region, makers.object(region, number=NOP)).object
        FamilyLink.objects.create(
            region=region, account=keeper, object=row, added_at=now()
        )
