"""Taxpayers, objects, rules, classes and bills with sensible values."""

import hashlib
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import ledger
from habaring.revenue.models import (
    Account,
    Bill,
    BillState,
    ClassKind,
    Document,
    NopPlace,
    Payment,
    Posting,
    RuleState,
    Source,
    TaxObject,
    Taxpayer,
    TaxpayerKind,
    TaxRule,
    ValueClass,
)
from tests import makers as people

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
NOP = "620206000101200340"
"""In the notation of bills: 62.02.060.001.012-0034.0."""
FACTS = {
    "land_m2": 300,
    "land_value": 400_000,
    "building_m2": 70,
    "building_value": 1_200_000,
    "use": "",
    "first": True,
}
"""With the shipped rules: 204 million, less 10 million, 40 %, 0.1 %: Rp77,600."""
AMOUNT = 77_600


def rule_text(tax: str = "pbb") -> str:
    """The shipped rules of 62.02, all of them "contoh"."""
    file = resources.files("habaring.revenue").joinpath(f"rules/62.02/{tax}.toml")
    return file.read_text("utf-8")


def rule(region: Region, **more: Any) -> TaxRule:
    """Approved, in force since 5 January 2024, without an end."""
    tax = str(more.get("tax", "pbb"))
    text = str(more.pop("text", "")) or rule_text(tax)
    given: dict[str, Any] = {
        "tax": tax,
        "begins_on": date(2024, 1, 5),
        "text": text,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "bylaw": "Perda 1/2024 (contoh)",
        "illustrative": True,
        "state": RuleState.APPROVED,
        "proposed_at": AT,
        "decided_at": AT,
    }
    return TaxRule.objects.create(region=region, **(given | more))


def taxpayer(region: Region, **more: Any) -> Taxpayer:
    """A person called Siti Contoh."""
    given: dict[str, Any] = {
        "number": f"P.{Taxpayer.objects.filter(region=region).count() + 1:07d}",
        "kind": TaxpayerKind.PERSON,
        "name": "Siti Contoh",
        "name_masked": "S••• C•••••",
        "illustrative": True,
        "recorded_at": AT,
    }
    return Taxpayer.objects.create(region=region, **(given | more))


def object(region: Region, owner: Taxpayer | None = None, **more: Any) -> TaxObject:
    """Land of 300 m² with a house of 70 m²; the next number of its block."""
    count = TaxObject.objects.filter(region=region).count()
    given: dict[str, Any] = {
        "tax": "pbb",
        "number": f"{int(NOP) + 10 * count}",
        "address": "Jalan Contoh 1",
        "taxpayer": owner or taxpayer(region),
        "land_m2": 300,
        "building_m2": 70,
        "land_class": "A32",
        "building_class": "085",
        "illustrative": True,
        "recorded_at": AT,
    }
    return TaxObject.objects.create(region=region, **(given | more))


def classes(region: Region, **more: Any) -> tuple[ValueClass, ValueClass]:
    """What a square metre of the object's land and building is worth since 2020."""
    given: dict[str, Any] = {
        "year": 2020,
        "basis": "Keputusan contoh",
        "illustrative": True,
        "recorded_at": AT,
    } | more
    land = ValueClass.objects.create(
        region=region, kind=ClassKind.LAND, code="A32", value=400_000, **given
    )
    building = ValueClass.objects.create(
        region=region, kind=ClassKind.BUILDING, code="085", value=1_200_000, **given
    )
    return land, building


def village(region: Region, prefix: str = NOP[:10], place: str = "") -> NopPlace:
    """Which village the first ten digits of the NOP mean."""
    where = people.region(place or f"{region.code}.06.1001", "Contoh", "kelurahan")
    return NopPlace.objects.get_or_create(
        region=region, prefix=prefix, defaults={"place": where}
    )[0]


def bill(region: Region, obj: TaxObject | None = None, **more: Any) -> Bill:
    """The yearly bill of 2026 for Rp77,600, due on 30 September."""
    obj = obj or object(region)
    rule_of = more.pop("rule", None) or (
        TaxRule.objects.filter(region=region, tax=obj.tax).first()
        or rule(region, tax=obj.tax)
    )
    given: dict[str, Any] = {
        "document": Document.SPPT if obj.tax == "pbb" else Document.SKPD,
        "tax": obj.tax,
        "year": 2026,
        "object": obj,
        "taxpayer": obj.taxpayer,
        "number": obj.number,
        "rule": rule_of,
        "facts": dict(FACTS),
        "amount": AMOUNT,
        "due_on": date(2026, 9, 30),
        "state": BillState.ISSUED,
        "illustrative": True,
        "issued_at": AT,
    }
    return Bill.objects.create(region=region, **(given | more))


CAUSE = (Source.BILL, "uji")


def owed(region: Region, person: Person | None, **more: Any) -> Bill:
    """A bill of its own taxpayer, posted as a run posts it."""
    made = bill(region, object(region, taxpayer(region, account=person)), **more)
    line = ledger.Line(Account.RECEIVABLE, Account.TAX, made.amount, made.tax)
    ledger.post(
        region=region.code,
        day=made.issued_at.date(),
        lines=[line],
        source=Source.BILL,
        source_key=str(made.id),
        at=made.issued_at,
    )
    return Bill.objects.get(region=region, id=made.id)


def paid(bill: Bill, amount: int, at: datetime) -> None:
    """Money of a bank for a bill."""
    count = Payment.objects.filter(region=bill.region_id).count()
    notice = ledger.Notice(
        bill.region_id, "va:bank", f"uji-{count}", bill.id, amount, at, b"x" * 32
    )
    assert ledger.pay(notice, at=at, day=at.date()).outcome == "posted"


def balance(region: Region, account: Account) -> int:
    """Debits less credits."""
    rows = Posting.objects.filter(region=region)
    debit = sum(rows.filter(debit=account).values_list("amount", flat=True))
    return debit - sum(rows.filter(credit=account).values_list("amount", flat=True))
