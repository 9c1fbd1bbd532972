"""What the addresses of local taxes need: one of each, made by nobody who asks."""

import hashlib
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.timezone import localdate, now

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import ledger
from habaring.revenue.actions import filing
from habaring.revenue.filings import Month
from habaring.revenue.models import (
    Bill,
    Case,
    CaseKind,
    CollectionLetter,
    FamilyLink,
    FilingDocument,
    Finding,
    Issue,
    IssuePart,
    LetterKind,
    Partner,
    RegisterImport,
    Statement,
    TaxRule,
    WaiverProgramme,
    WaiverState,
    WriteOff,
    WriteOffKind,
)
from habaring.shared import walls
from habaring.shared.models import Upload
from tests.revenue import banks, makers

NOP = "629999999999999990"
PAPER = b"%PDF-1.4\n"


def made(region: Region, keeper: Account) -> None:
    """A bank with a key."""
    partner = banks.partner(region, now(), code="uji", partner_id=f"UJI-{region.code}")
    banks.public(partner, now())
    _books(region, partner, keeper)
    _shown(region, keeper)
    _registered(region, keeper)
    _issued(region, keeper)
    _asked(region, keeper)
    with walls.within(region.code):
        _collected(region, keeper)


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


def _registered(region: Region, keeper: Account) -> None:
    """A taxpayer with a business that filed, land that was acquired, files that wait."""
    at = now()
    with walls.within(region.code):
        holder = makers.taxpayer(region, name="Uji wajib pajak", number="UJI.1")
        for tax in ("pbjt-mm", "bphtb"):
            if not TaxRule.objects.filter(region=region, tax=tax).exists():
                makers.rule(region, tax=tax)
        shop = makers.object(
            region,
            holder,
            tax="pbjt-mm",
            number="UJI-MM-1",
            name="Uji warung",
            recorded_at=at - timedelta(days=400),
        )
        draft = filing.Draft(obj=shop, facts={"paid": 10_000_000}, month=Month(2025, 9))
        sent = filing.file(draft=draft, by=keeper, at=at)
        FilingDocument.objects.create(
            region=region,
            filing=sent,
            path=_paper(),
            name="rekap.pdf",
            media_type="application/pdf",
            size=9,
            added_at=at,
        )
        said = filing.Acquisition(holder, NOP, localdate(at), "Uji PPAT")
        land = filing.acquire(said=said, by=keeper, at=at)
        facts = {"price": 100_000_000, "first": True}
        bought = filing.Draft(obj=land, facts=facts, event_on=localdate(at))
        filing.file(draft=bought, by=keeper, at=at)
        for name, state in (("uji-bersih.csv", "clean"), ("uji-batal.csv", "clean")):
            RegisterImport.objects.create(
                region=region,
                kind="nop-places",
                name=name,
                sha256="0" * 64,
                size=1,
                language="id",
                state=state,
                sent_at=at,
            )


def _asked(region: Region, keeper: Account) -> None:
    """A request about a bill, with a document, by somebody who does not ask here."""
    at = now()
    with walls.within(region.code):
        about = Bill.objects.filter(region=region, number=NOP).earliest("id")
        case = Case.objects.create(
            region=region,
            kind=CaseKind.REDUCTION,
            bill=about.id,
            taxpayer=about.taxpayer,
            reason="Uji permohonan.",
            asked={"percent": 25},
            due_on=localdate(at) + timedelta(days=30),
            account=keeper,
            filed_at=at,
        )
        _paper()
        case.documents.add(
            Upload.objects.create(
                region_code=region.code,
                kind="revenue.case",
                name="uji-permohonan.pdf",
                sha256=hashlib.sha256(PAPER).hexdigest(),
                size=len(PAPER),
                uploaded_at=at,
            )
        )


def _collected(region: Region, keeper: Account) -> None:
    """A letter, a write-off and a programme that wait for a second person."""
    at = now()
    bill = Bill.objects.filter(region=region, number=NOP).earliest("id")
    CollectionLetter.objects.create(
        region=region,
        kind=LetterKind.STPD,
        number="UJI/1",
        bill=bill.id,
        taxpayer_id=bill.taxpayer_id,
        principal=1_000,
        issued_on=localdate(at),
        due_on=localdate(at),
        recorded_at=at,
        recorded_by=keeper,
    )
    WriteOff.objects.create(
        region=region,
        kind=WriteOffKind.EXPIRED,
        basis="Uji SK",
        reason="Uji penghapusan",
        proposed_at=at,
        proposed_by=keeper,
    )
    WaiverProgramme.objects.create(
        region=region,
        name="Uji keringanan",
        tax="pbb",
        first_year=2030,
        last_year=2030,
        begins_on=date(2031, 1, 1),
        ends_on=date(2031, 12, 31),
        basis="Uji Perbup",
        state=WaiverState.PROPOSED,
        recorded_at=at,
        recorded_by=keeper,
    )


def _issued(region: Region, keeper: Account) -> None:
    """A rule that waits for a second person, a year that is prepared."""
    at = now()
    with walls.within(region.code):
        makers.rule(
            region,
            state="proposed",
            begins_on=date(2030, 1, 1),
            proposed_by=keeper,
            decided_at=None,
        )
        in_force = TaxRule.objects.filter(region=region, tax="pbb").earliest("pk")
        issue = Issue.objects.create(
            region=region,
            tax="pbb",
            year=2031,  # the demo has run the years before
            rule=in_force,
            due_on=date(2031, 9, 30),
            prepared_at=at,
            prepared_by=keeper,
        )
        IssuePart.objects.create(
            region=region, issue=issue, prefix=NOP[:10], reckoned_at=at
        )


def _paper() -> str:
    """A file as `shared.uploads` keeps it."""
    digest = hashlib.sha256(PAPER).hexdigest()
    path = Path(settings.MEDIA_ROOT) / "uploads" / digest[:2] / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PAPER)
    return f"uploads/{digest[:2]}/{digest}"
