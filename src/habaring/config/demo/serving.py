"""The demo of local taxes, all of it illustrative: rules, classes, villages, owners,
last year and this year issued, some of it paid. Owners are called "Contoh" and have no
NIK, so nobody is invented who could be somebody.
"""

import hashlib
import random  # noqa: TID251 - seeded below, so that the demo is the same everywhere
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.timezone import localdate

from habaring.config.demo import treasury
from habaring.engines import taxing
from habaring.regions.models import Region
from habaring.revenue import issuing, ledger
from habaring.revenue.actions import issue as runs
from habaring.revenue.actions import objects, register, rules
from habaring.revenue.bank import registering
from habaring.revenue.models import Bill, Issue, TaxObject, Taxpayer
from habaring.shared import walls

SEED = 6202
FIRST_VALUES = 2020
DAY = timedelta(days=1)
_BASIS = "Keputusan contoh tentang NJOP"
_CHANGE = "2026-01-01"
"""From when the changed rule of land and buildings holds: in the demo, from this year, so
that each bill stands beside one that was reckoned by the rule before it."""
_PAID = {0: 0.9, 1: 0.55}
"""Which part of the bills is paid: of last year, of this year."""


@dataclass
class _Telling:
    """The region, the facts, the moment, and chance that is the same everywhere."""

    region: Region
    facts: Mapping[str, Any]
    at: datetime
    dice: random.Random

    @property
    def year(self) -> int:
        return localdate(self.at).year


def tell(region: Region, text: str, *, at: datetime) -> None:
    """Rules, classes, register, two years of bills, payments."""
    told = _Telling(region, tomllib.loads(text), at, random.Random(SEED))  # noqa: S311
    _rules(told)
    _classes(told)
    owners = list(_owners(told))
    made = list(_objects(told, owners))
    _others(told, owners)
    before = _issue(told, told.year - 1)
    _changes(told, made)
    now = _issue(told, told.year)
    for years_ago, issue in ((1, before), (0, now)):
        _payments(told, issue, _PAID[1 - years_ago])
    walls.open_everywhere()  # a run opens one region for itself
    registering.register(  # `habaring bank open` is its app
        region=region,
        folder=Path(settings.DATA_DIR) / "bank",
        address=settings.SITE_ADDRESS or "http://127.0.0.1:8000",
        at=at,
    )
    treasury.tell(region, at=at)


def _rules(told: _Telling) -> None:
    """The oldest first: a later rule of a tax ends the one before it."""
    folder = resources.files("habaring.revenue").joinpath(f"rules/{told.region.code}")
    texts = [
        file.read_text("utf-8").replace(_CHANGE, f"{told.year}-01-01")
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    ]
    for text in sorted(texts, key=lambda one: taxing.read_rules(one).in_force_from):
        row = rules.propose(region=told.region, text=text, by=None, at=told.at)
        rules.approve(rule=row, by=None, at=told.at)


def _classes(told: _Telling) -> None:
    rows = [
        rules.ClassValue(kind, code, year, value, f"{_BASIS} {year}")
        for kind in ("land", "building")
        for code, values in told.facts[kind].items()
        for year, value in zip((FIRST_VALUES, told.year), values, strict=True)
        if year == FIRST_VALUES or values[0] != values[1]
    ]
    rules.record_classes(
        region=told.region, rows=rows, by=None, at=told.at, illustrative=True
    )


def _owners(told: _Telling) -> Iterator[Taxpayer]:
    people = told.facts["people"]
    count = sum(village[1] for village in told.facts["villages"].values()) * 4 // 5
    for n in range(count):
        first = people["first"][n % len(people["first"])]
        said = register.Particulars(
            name=f"{first} {people['last']} {n + 1}",
            address="Alamat contoh",
            illustrative=True,
        )
        yield register.enter_taxpayer(
            region=told.region, said=said, by=None, at=told.at
        )


def _objects(told: _Telling, owners: list[Taxpayer]) -> Iterator[TaxObject]:
    deed = objects.Deed(date(told.year - 3, 1, 1), "Data contoh")
    for prefix, (place, count, classes, street) in told.facts["villages"].items():
        village = Region.objects.get(code=place)
        objects.map_place(
            region=told.region, prefix=prefix, place=village, by=None, at=told.at
        )
        for n in range(count):
            said = objects.Described(
                tax=issuing.TAX,
                number=f"{prefix}{1 + n // 20:03d}{1 + n:04d}0",
                address=f"{street} {n + 1}",
                place=village,
                illustrative=True,
                **_lot(told, classes, n),
            )
            owner = told.dice.choice(owners)
            yield objects.enter_object(
                taxpayer=owner, said=said, deed=deed, by=None, at=told.at
            )


def _lot(told: _Telling, classes: list[str], n: int) -> dict[str, Any]:
    """Land and perhaps a house on it; here and there a mosque, a grave, a field."""
    dice = told.dice
    use = {7: "worship", 19: "grave"}.get(n, "")
    food = not use and classes[-1] == "B04" and dice.random() < 0.4
    if food:
        return {
            "land_m2": 100 * dice.randint(40, 180),
            "land_class": "B04",
            "use": "food",
        }
    house = use != "grave" and dice.random() < 0.85
    return {
        "land_m2": dice.randint(8, 60) * 10,
        "land_class": dice.choice(classes),
        "building_m2": dice.randint(4, 22) * 10 if house else 0,
        "building_class": dice.choice(list(told.facts["building"])) if house else "",
        "use": use,
    }


def _others(told: _Telling, owners: list[Taxpayer]) -> None:
    deed = objects.Deed(date(told.year - 2, 1, 1), "Pendaftaran contoh")
    for one in told.facts["others"]:
        said = objects.Described(
            tax=one["tax"], name=one["name"], address=one["address"], illustrative=True
        )
        objects.enter_object(
            taxpayer=told.dice.choice(owners), said=said, deed=deed, by=None, at=told.at
        )


def _changes(told: _Telling, made: list[TaxObject]) -> None:
    """What happened since last year: houses were enlarged, and one typing mistake."""
    for n, row in enumerate(told.dice.sample(made, 14)):
        obj = TaxObject.objects.get(pk=row.pk)
        if n == 0:
            obj.land_m2 *= 10
        elif obj.use == "" and obj.building_m2:
            obj.building_m2 += told.dice.randint(2, 12) * 10
        obj.save(update_fields=["land_m2", "building_m2"])


def _issue(told: _Telling, year: int) -> Issue:
    """As an officer would: prepared, looked at, written in January."""
    at = min(told.at, told.at.replace(year=year, month=1, day=12))
    due = issuing.due_on(_pbb(), year) or date(year, 9, 30)
    plan = runs.Plan(year, due, review_percent=50, illustrative=True)
    issue = runs.prepare(region=told.region, plan=plan, by=None, at=at)
    code = told.region.code
    issuing.forecast(issue=issue.pk, region=code, clock=lambda: at)
    runs.start(issue=issue, by=None, at=at)
    issuing.run(issue=issue.pk, region=code, clock=lambda: at)
    return issue


def _pbb() -> taxing.Rules:
    folder = resources.files("habaring.revenue")
    return taxing.read_rules(folder.joinpath("rules/62.02/pbb.toml").read_text("utf-8"))


def _payments(told: _Telling, issue: Issue, part: float) -> None:
    """Some paid, most of them near the last day; a few pay a part, one too much."""
    rows = Bill.objects.filter(region=told.region, issue=issue, state="issued")
    notices = []
    for n, bill in enumerate(rows.filter(amount__gt=0).order_by("number")):
        paid_at = (
            told.at.replace(year=issue.year, month=2, day=1)
            + told.dice.randint(0, 235) * DAY
        )
        if told.dice.random() > part or paid_at >= told.at:
            continue
        amount = {17: bill.amount // 2, 31: bill.amount + 5_000}.get(n, bill.amount)
        reference = f"CONTOH-{issue.year}-{n:05d}"
        notices.append(
            ledger.Notice(
                region=told.region.code,
                channel="counter",
                reference=reference,
                bill=bill.id,
                amount=amount,
                paid_at=paid_at,
                body_sha256=hashlib.sha256(reference.encode()).digest(),
            )
        )
    for notice in sorted(notices, key=lambda one: one.paid_at):
        ledger.pay(notice, at=notice.paid_at, day=localdate(notice.paid_at))
