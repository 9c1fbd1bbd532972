"""What the simulated bank sends at the end of a day, read and matched by the office."""

import hashlib
import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from habaring.regions.models import Region
from habaring.revenue.actions import statements
from habaring.revenue.actions.statements import NewStatement
from habaring.revenue.bank.office import Answer, Office
from habaring.revenue.bank.registering import register
from habaring.revenue.bank.scan import scan
from habaring.revenue.bank.signing import WIB, Call
from habaring.revenue.gateways import charging
from habaring.revenue.models import (
    Bill,
    Finding,
    Outcome,
    Partner,
    Payment,
    StatementKind,
)
from habaring.revenue.reconciling import Compared, payments_of
from habaring.revenue.statement_files import read_statement
from habaring.shared import walls
from tests.revenue import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    """The gateway lives by the clock."""
    return now().replace(microsecond=0)


@pytest.fixture
def office(
    kotim: Region, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Office:
    register(region=kotim, folder=tmp_path, address="http://platform", at=at)
    client = Client()

    def send(_office: Office, call: Call) -> Answer:
        answer = client.post(
            call.path, call.body, content_type="application/json", headers=call.headers
        )
        body = json.loads(answer.content)
        return Answer(body["responseCode"], body)

    monkeypatch.setattr(Office, "_send", send)
    return Office(tmp_path, clock=lambda: at.astimezone(WIB))


@pytest.fixture
def bills(kotim: Region, at: datetime) -> list[Bill]:
    due = localdate(at) + timedelta(days=30)
    return [makers.bill(kotim, due_on=due) for _n in range(3)]


def asked(kotim: Region, kind: str, bills: list[Bill], at: datetime) -> str:
    bank = Partner.objects.get(kind=kind)
    return charging.charge(region=kotim, partner=bank, bills=bills, at=at).content


def compared(kotim: Region, office: Office, kind: str, at: datetime) -> Compared:
    """The bank's file of the day as it is, through the reader."""
    walls.open_region(kotim.code)
    text, day = office.settle(at.astimezone(WIB).date(), kind), localdate(at)
    bank = Partner.objects.get(kind=kind)
    file = read_statement(
        io.BytesIO(text.encode()),
        StatementKind.SETTLEMENT,
        today=day,
        channel=bank.channel,
    )
    new = NewStatement(
        kind=StatementKind.SETTLEMENT,
        day=day,
        name=f"{kind}.csv",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        partner=bank,
        illustrative=True,
    )
    row = statements.take_in(region=kotim, new=new, file=file, by=None, at=at)
    return statements.match(statement=row, by=None, at=at, on=day)


@pytest.mark.parametrize("kind", ["va", "qris"])
def test_several_bills_paid_at_once_are_one_line_that_matches(
    kotim: Region, office: Office, bills: list[Bill], at: datetime, kind: str
) -> None:
    both = office.pay(scan(asked(kotim, kind, bills[:2], at)), 155_200)
    office.pay(scan(asked(kotim, kind, bills[2:], at)), 77_600)
    parts = Payment.objects.filter(reference__startswith=both.paid.reference)
    assert sorted(one.reference[-2:] for one in parts) == ["#1", "#2"]
    told = compared(kotim, office, kind, at)
    assert told.counts == {Outcome.MATCH: 2}
    assert told.sums == {Outcome.MATCH: 232_800}
    assert not Finding.objects.exists()


def test_what_went_back_matches_in_all_its_parts(
    kotim: Region, office: Office, bills: list[Bill], at: datetime
) -> None:
    both = office.pay(scan(asked(kotim, "va", bills[:2], at)), 155_200)
    assert office.take_back(both).good
    assert not Payment.objects.filter(state="posted").exists()
    assert compared(kotim, office, "va", at).findings == 0


def test_several_bills_that_the_bank_does_not_name_are_one_finding(
    kotim: Region, office: Office, bills: list[Bill], at: datetime
) -> None:
    both = office.pay(scan(asked(kotim, "va", bills[:2], at)), 155_200)
    office.pay(scan(asked(kotim, "va", bills[2:], at)), 77_600)
    whole = office.settle

    def short(day: object, kind: str = "") -> str:
        lines = whole(at.astimezone(WIB).date(), kind).splitlines(keepends=True)
        return "".join(line for line in lines if both.paid.reference not in line)

    office.settle = short  # type: ignore[method-assign]
    told = compared(kotim, office, "va", at)
    assert told.counts[Outcome.ONLY_SYSTEM] == 1
    finding = Finding.objects.get()
    assert (finding.reference, finding.here) == (both.paid.reference, 155_200)
    assert [one.amount for one in payments_of(finding)] == [77_600, 77_600]
