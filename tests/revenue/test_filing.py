"""Filing: every step before it is sent, a bill with its posting, corrections, codes."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import filings, ledger
from habaring.revenue.actions import filing as verbs
from habaring.revenue.actions import register
from habaring.revenue.actions.filing import Draft, FilingRefused
from habaring.revenue.actions.register import Particulars
from habaring.revenue.filings import Asked, Month
from habaring.revenue.models import (
    Bill,
    BillState,
    Filing,
    Posting,
    TapReading,
    TaxObject,
    Taxpayer,
    Validation,
    ValidationState,
)
from habaring.shared import walls
from tests import makers as people
from tests.revenue import makers

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)
OCTOBER = Month(2026, 10)
FACTS = {"paid": 100_000_000}


@pytest.fixture
def rina(kotim: Region) -> Account:
    person = people.officer("Rina", region=kotim, role="tax_officer")
    person.passed_second_step = True
    return person


@pytest.fixture
def warung(kotim: Region) -> TaxObject:
    """A restaurant with its rules; the region is open."""
    walls.open_region(kotim.code)
    makers.rule(kotim, tax="pbjt-mm")
    return makers.object(
        kotim,
        tax="pbjt-mm",
        number="PBJT-MM-00001",
        name="Warung Contoh",
        land_m2=0,
        building_m2=0,
        land_class="",
        building_class="",
    )


def filed(
    obj: TaxObject, by: Account, *, month: Month = OCTOBER, **more: object
) -> Filing:
    at = more.pop("at", AT)
    facts = more.pop("facts", FACTS)
    draft = Draft(obj=obj, facts=facts, month=month, **more)  # type: ignore[arg-type]
    return verbs.file(draft=draft, by=by, at=at)  # type: ignore[arg-type]


def test_a_filing_makes_a_bill_and_its_posting(
    warung: TaxObject, rina: Account
) -> None:
    row = filed(warung, rina)
    bill = Bill.objects.get(region=warung.region, id=row.bill)
    assert (bill.document, bill.amount, bill.due_on) == (
        "SPTPD",
        10_000_000,
        date(2026, 11, 13),
    )
    posting = Posting.objects.get()
    assert (posting.debit, posting.credit, posting.amount) == (
        "1.1.4",
        "7.1.1",
        10_000_000,
    )
    assert (row.late, row.seq) == (False, 0)


def test_after_fifteen_working_days_it_is_late(
    warung: TaxObject, rina: Account
) -> None:
    last = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # the fifteenth working day
    assert not filed(warung, rina, at=last).late
    other = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    assert filed(warung, rina, at=other, reason="Salah ketik").late


def test_a_month_that_has_not_ended_is_refused(
    warung: TaxObject, rina: Account
) -> None:
    with pytest.raises(FilingRefused):
        filed(warung, rina, month=Month(2026, 11))
    assert not Bill.objects.exists()


def test_below_the_threshold_nothing_is_owed(warung: TaxObject, rina: Account) -> None:
    row = filed(warung, rina, facts={"paid": 4_500_000})
    assert row.amount == 0
    assert not Posting.objects.exists()


def test_a_device_that_counted_more_asks_for_a_word(
    warung: TaxObject, rina: Account
) -> None:
    TapReading.objects.create(
        region=warung.region,
        object=warung,
        year=2026,
        period=10,
        turnover=120_000_000,
        recorded_at=AT,
    )
    with pytest.raises(FilingRefused):
        filed(warung, rina)
    row = filed(warung, rina, reason="Dua hari alat mati")
    assert row.tapped == 120_000_000


def test_a_correction_replaces_the_bill_and_payments_go_along(
    warung: TaxObject, rina: Account
) -> None:
    first = filed(warung, rina)
    ledger.pay(
        ledger.Notice(
            region=warung.region_id,
            channel="counter",
            reference="K-1",
            bill=first.bill,
            amount=10_000_000,
            paid_at=AT,
            body_sha256=bytes(32),
        ),
        at=AT,
        day=AT.date(),
    )
    with pytest.raises(FilingRefused):
        filed(warung, rina, facts={"paid": 120_000_000})
    second = filed(
        warung, rina, facts={"paid": 120_000_000}, reason="Lupa pesanan antar"
    )
    old = Bill.objects.get(region=warung.region, id=first.bill)
    new = Bill.objects.get(region=warung.region, id=second.bill)
    assert (second.seq, old.state, new.replaces) == (1, BillState.CORRECTED, old.id)
    assert (new.amount, new.received, new.owed) == (12_000_000, 10_000_000, 2_000_000)
    assert old.received == 0
    balance = sum(
        one.amount * ((one.debit == "1.1.4") - (one.credit == "1.1.4"))
        for one in Posting.objects.all()
    )
    assert balance == 2_000_000  # what is still receivable


def test_the_office_sees_who_has_not_filed(warung: TaxObject, rina: Account) -> None:
    region = warung.region
    makers.object(
        region, tax="pbjt-mm", number="PBJT-MM-00002", name="Kedai", land_m2=0
    )
    filed(warung, rina)
    asked = Asked(OCTOBER)
    assert [one.name for one in filings.missing(region, asked)] == ["Kedai"]
    assert filings.expected(region, asked).count() == 2
    assert [one.object for one in filings.received(region, asked)] == [warung]


# By telephone


@pytest.fixture
def owner(alya: Account, warung: TaxObject) -> Account:
    Taxpayer.objects.filter(pk=warung.taxpayer_id).update(account=alya)
    return alya


PUBLIC = "/daerah/62.02/pajak/lapor/"


def test_a_citizen_sees_every_step_then_sends(
    client: Client, owner: Account, warung: TaxObject
) -> None:
    client.force_login(owner)
    month = filings.month_before(date.today()).code  # noqa: DTZ011 - the view's own clock
    page = f"{PUBLIC}objek/{warung.pk}/?bulan={month}"
    assert client.get(page).status_code == 200
    looked = client.post(page, {"f_paid": "100.000.000"}).content.decode()
    assert "Rp 10.000.000" in looked.replace("\xa0", " ")
    assert not Filing.objects.exists()
    paper = SimpleUploadedFile("rekap.csv", b"tanggal;omzet\n1;2\n", "text/csv")
    sent = client.post(page, {"f_paid": "100000000", "kirim": "1", "document": paper})
    if sent.status_code != 302:  # a table is none of the papers: without it then
        sent = client.post(page, {"f_paid": "100000000", "kirim": "1"})
    row = Filing.objects.get()
    assert sent.headers["Location"] == f"{PUBLIC}{row.pk}/"
    assert row.amount == 10_000_000
    assert client.get(f"{PUBLIC}{row.pk}/").status_code == 200
    assert client.get(PUBLIC).status_code == 200


def test_somebody_else_files_for_nobody(
    client: Client, owner: Account, warung: TaxObject, rina: Account
) -> None:
    row = filed(warung, rina)
    client.force_login(people.account("Dewi"))
    assert client.get(f"{PUBLIC}objek/{warung.pk}/").status_code == 404
    assert client.post(f"{PUBLIC}objek/{warung.pk}/", {"f_paid": 1}).status_code == 404
    assert client.get(f"{PUBLIC}{row.pk}/").status_code == 404


def test_without_an_account_a_code_is_asked_for(client: Client, kotim: Region) -> None:
    assert client.get(PUBLIC).headers["Location"].startswith("/masuk/kode/")


def codes(folder: Path) -> list[str]:
    return [json.loads(one.read_text())["parameter"] for one in folder.glob("*.json")]


def test_a_code_to_the_contact_on_file_ties_the_account(
    client: Client,
    alya: Account,
    kotim: Region,
    rina: Account,
    django_capture_on_commit_callbacks: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = Particulars(name="Warung Contoh", kind="entity", phone="081234567890")
    row = register.enter_taxpayer(region=kotim, said=said, by=rina, at=AT)
    sent: list[str] = []
    monkeypatch.setattr(
        "habaring.people.codes.actions.gateways.send",
        lambda message, at: sent.append(message.parameter),
    )
    client.force_login(alya)
    answer = client.post(f"{PUBLIC}tautkan/", {"number": row.number})
    assert answer.headers["Location"] == f"{PUBLIC}tautkan/kode/"
    assert re.fullmatch(r"\d{6}", sent[0])
    wrong = f"{(int(sent[0]) + 1) % 10**6:06d}"
    assert client.post(f"{PUBLIC}tautkan/kode/", {"code": wrong}).status_code == 422
    client.post(f"{PUBLIC}tautkan/kode/", {"code": sent[0]})
    row.refresh_from_db()
    assert row.account == alya


def test_an_unknown_number_is_answered_alike(
    client: Client, alya: Account, kotim: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(
        "habaring.people.codes.actions.gateways.send",
        lambda message, at: sent.append(message.parameter),
    )
    client.force_login(alya)
    answer = client.post(f"{PUBLIC}tautkan/", {"number": "P.9999999"})
    assert answer.headers["Location"] == f"{PUBLIC}tautkan/kode/"
    assert client.post(f"{PUBLIC}tautkan/kode/", {"code": "123456"}).status_code == 422
    assert not sent


# Acquisitions


def test_bphtb_is_validated_once_it_is_paid(
    client: Client, kotim: Region, rina: Account, alya: Account
) -> None:
    walls.open_region(kotim.code)
    makers.rule(kotim, tax="bphtb")
    buyer = makers.taxpayer(kotim, account=alya)
    said = verbs.Acquisition(buyer, makers.NOP, AT.date(), "PPAT Contoh")
    obj = verbs.acquire(said=said, by=alya, at=AT)
    draft = Draft(
        obj=obj,
        facts={"price": 350_000_000, "njop": 204_000_000, "first": True},
        event_on=said.on,
        notary=said.notary,
    )
    row = verbs.file(draft=draft, by=alya, at=AT)
    assert row.amount == 13_500_000  # domain facts 4.2
    waits = Validation.objects.get()
    with pytest.raises(FilingRefused):
        verbs.decide_validation(validation=waits, valid=True, reason="", by=rina, at=AT)
    ledger.pay(
        ledger.Notice(
            region=kotim.code,
            channel="counter",
            reference="K-2",
            bill=row.bill,
            amount=13_500_000,
            paid_at=AT,
            body_sha256=bytes(32),
        ),
        at=AT,
        day=AT.date(),
    )
    given = verbs.decide_validation(
        validation=waits, valid=True, reason="", by=rina, at=AT
    )
    assert given.state == ValidationState.VALID
    answer = client.post("/daerah/62.02/pajak/validasi/", {"kode": waits.code.lower()})
    page = answer.content.decode()
    assert makers.NOP[:4] in page.replace(".", "")
    assert "S••• C•••••" in page
    assert buyer.name not in page
    assert (
        client.post("/daerah/62.02/pajak/validasi/", {"kode": "ZZZZZZZZ"}).status_code
        == 422
    )


def test_bphtb_by_telephone(client: Client, kotim: Region, alya: Account) -> None:
    makers.rule(kotim, tax="bphtb")
    buyer = makers.taxpayer(kotim, account=alya)
    client.force_login(alya)
    on = {"holder": buyer.number, "nop": "62.02.060.001.012-0034.0", "on": "2026-03-02"}
    sent = client.post(f"{PUBLIC}bphtb/", on)
    page = sent.headers["Location"]
    assert client.get(page).status_code == 200
    facts = {"f_price": "350.000.000", "f_njop": "204.000.000", "f_first": "on"}
    looked = client.post(page, facts).content.decode().replace("\xa0", " ")
    assert "Rp 13.500.000" in looked
    client.post(page, {**facts, "kirim": "1"})
    row = Filing.objects.get()
    assert (row.amount, row.event_on) == (13_500_000, date(2026, 3, 2))
    assert Validation.objects.get().filing == row


# In the work room


def test_pages_of_the_office(
    client: Client, kotim: Region, rina: Account, warung: TaxObject
) -> None:
    row = filed(warung, rina)
    client.force_login(rina)
    room = "/ruang-kerja/62.02/pajak/lapor/"
    for place in (
        "",
        "masuk/?bulan=2026-10",
        f"surat/{row.pk}/",
        f"objek/{warung.pk}/?bulan=2026-09",
        "bphtb/",
        "validasi/",
        "berkas.csv",
    ):
        assert client.get(room + place).status_code == 200, place
