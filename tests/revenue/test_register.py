"""Taxpayers and objects: entered, masked, merged, handed over, split."""

from datetime import date, datetime

import pytest
from django.test import Client

from habaring.people.models import Account
from habaring.privacy.looks import LookRefused, Reason
from habaring.privacy.models import Look
from habaring.regions.models import Region
from habaring.revenue.actions import objects, register
from habaring.revenue.actions.objects import Deed, Described, ObjectRefused, Part
from habaring.revenue.actions.register import Particulars, TaxpayerRefused
from habaring.revenue.models import (
    Bill,
    Holding,
    ObjectLineage,
    ObjectState,
    TaxObject,
    Taxpayer,
)
from habaring.shared import walls
from habaring.shared.models import AuditEntry
from habaring.shared.nik import NikRefused
from tests import makers as people
from tests.revenue import makers

pytestmark = pytest.mark.django_db
NIK = "6202064507900001"
"""A woman's: the day is 45, so 5 July 1990."""
DEED = Deed(date(2026, 3, 1), "AJB 12/2026")


@pytest.fixture
def rina(kotim: Region) -> Account:
    """An officer of the revenue office."""
    person = people.officer("Rina", region=kotim, role="tax_officer")
    person.passed_second_step = True
    return person


@pytest.fixture
def room(client: Client, rina: Account) -> Client:
    client.force_login(rina)
    return client


def siti(region: Region, by: Account, at: datetime, **more: str) -> Taxpayer:
    given = {"name": "Siti Rahma", "nik": NIK, "phone": "081234567890"} | more
    return register.enter_taxpayer(
        region=region,
        said=Particulars(**given),  # type: ignore[arg-type]
        by=by,
        at=at,
    )


def test_a_nik_is_sealed_and_masked(kotim: Region, rina: Account, at: datetime) -> None:
    row = siti(kotim, rina, at)
    assert row.nik_masked == "6202**********01"
    assert row.name_masked == "S••• R••••"
    assert NIK.encode() not in bytes(row.nik_sealed or b"")
    assert register.open_nik(row) == NIK
    assert register.contact_of(row).phone == "+6281234567890"


def test_numbers_count_up_by_themselves(
    kotim: Region, rina: Account, at: datetime
) -> None:
    first = siti(kotim, rina, at)
    second = siti(kotim, rina, at, nik="")
    assert int(second.number[2:]) == int(first.number[2:]) + 1


@pytest.mark.parametrize(
    "nik", ["620206450790000", "6202069907900001", "6202064513900001"]
)
def test_a_number_that_is_no_nik_is_refused(
    kotim: Region, rina: Account, at: datetime, nik: str
) -> None:
    with pytest.raises(NikRefused):
        siti(kotim, rina, at, nik=nik)
    assert not Taxpayer.objects.exists()


def test_a_nik_stands_once_in_a_region(
    kotim: Region, rina: Account, at: datetime
) -> None:
    siti(kotim, rina, at)
    with pytest.raises(TaxpayerRefused):
        siti(kotim, rina, at, name="Orang Lain")


def test_what_is_sealed_stays_when_left_empty(
    kotim: Region, rina: Account, at: datetime
) -> None:
    row = siti(kotim, rina, at)
    said = Particulars(name="Siti Rahmawati")
    register.change_taxpayer(taxpayer=row, said=said, reason="KTP", by=rina, at=at)
    row.refresh_from_db()
    assert (row.name, register.open_nik(row)) == ("Siti Rahmawati", NIK)


def test_a_look_needs_a_reason_and_stays_on_record(
    kotim: Region, rina: Account, at: datetime
) -> None:
    row = siti(kotim, rina, at)
    empty = Reason("service", "")
    with pytest.raises(LookRefused):
        register.open_taxpayer(
            taxpayer=row, fields=["nik"], reason=empty, by=rina, at=at
        )
    assert not Look.objects.exists()
    reason = Reason("service", "Membandingkan dengan KTP di loket")
    opened = register.open_taxpayer(
        taxpayer=row, fields=["nik"], reason=reason, by=rina, at=at
    )
    assert opened == {"nik": NIK}
    look = Look.objects.get()
    assert (look.kind, look.fields, look.by, look.subject) == (
        "taxpayer",
        ["nik"],
        rina,
        None,
    )


def test_two_entries_become_one(kotim: Region, rina: Account, at: datetime) -> None:
    kept, gone = siti(kotim, rina, at), siti(kotim, rina, at, nik="")
    bill = makers.bill(kotim, makers.object(kotim, gone))
    moved = register.merge_taxpayers(
        kept=kept, gone=gone, reason="Sama", by=rina, at=at, on=date(2026, 3, 1)
    )
    gone.refresh_from_db()
    assert (moved, gone.merged_into) == (1, kept)
    assert TaxObject.objects.get().taxpayer == kept
    assert Bill.objects.get(region=kotim, id=bill.id).taxpayer_id == kept.pk
    assert Holding.objects.get().basis == f"{gone.number} → {kept.number}"


def test_two_niks_are_two_people(kotim: Region, rina: Account, at: datetime) -> None:
    kept = siti(kotim, rina, at)
    gone = siti(kotim, rina, at, nik="6202060507900002")
    with pytest.raises(TaxpayerRefused):
        register.merge_taxpayers(
            kept=kept, gone=gone, reason="Sama", by=rina, at=at, on=date(2026, 3, 1)
        )


def land(region: Region, by: Account, at: datetime, **more: object) -> TaxObject:
    given = {"tax": "pbb", "number": "62.02.060.001.012-0034.0", "land_m2": 300}
    return objects.enter_object(
        taxpayer=siti(region, by, at),
        said=Described(**(given | more)),  # type: ignore[arg-type]
        deed=DEED,
        by=by,
        at=at,
    )


def test_the_village_comes_from_the_mapping_alone(
    kotim: Region, rina: Account, at: datetime
) -> None:
    row = land(kotim, rina, at)
    assert (row.number, row.place) == (makers.NOP, None)
    village = people.region("62.02.06.1001", "Mentawa", "kelurahan")
    objects.map_place(
        region=kotim, prefix="62.02.060.001", place=village, by=rina, at=at
    )
    row.refresh_from_db()
    assert row.place == village


def test_land_is_handed_over_by_a_deed(
    kotim: Region, rina: Account, at: datetime
) -> None:
    row = land(kotim, rina, at)
    to = makers.taxpayer(kotim)
    deed = Deed(date(2026, 5, 2), "AJB 77/2026")
    objects.transfer(obj=row, to=to, deed=deed, by=rina, at=at)
    assert [one.taxpayer for one in row.holdings.all()] == [to, row.taxpayer]
    early = Deed(date(2020, 5, 2), "AJB 1/2020")
    with pytest.raises(ObjectRefused):
        objects.transfer(obj=row, to=row.taxpayer, deed=early, by=rina, at=at)


def test_split_land_keeps_its_area_and_leaves_a_trace(
    kotim: Region, rina: Account, at: datetime
) -> None:
    row = land(kotim, rina, at)
    part = Part("620206000101200350", makers.taxpayer(kotim), 120)
    new = objects.split(obj=row, part=part, deed=DEED, by=rina, at=at)
    row.refresh_from_db()
    assert (row.land_m2, new.land_m2) == (180, 120)
    lineage = ObjectLineage.objects.get()
    assert (lineage.older, lineage.newer, lineage.basis) == (row, new, DEED.basis)
    with pytest.raises(ObjectRefused):
        objects.split(obj=row, part=part, deed=DEED, by=rina, at=at)


def test_an_exemption_names_its_article(
    kotim: Region, rina: Account, at: datetime
) -> None:
    row = land(kotim, rina, at)
    with pytest.raises(ObjectRefused):
        objects.set_state(obj=row, state=ObjectState.EXEMPT, reason=" ", by=rina, at=at)
    objects.set_state(
        obj=row,
        state=ObjectState.EXEMPT,
        reason="Pasal 38 ayat (3) huruf b",
        by=rina,
        at=at,
    )
    row.refresh_from_db()
    assert (row.state, row.exempt_reason) == ("exempt", "Pasal 38 ayat (3) huruf b")


def test_the_history_holds_no_personal_data(
    kotim: Region, rina: Account, at: datetime
) -> None:
    land(kotim, rina, at)
    for entry in AuditEntry.objects.all():
        assert NIK not in str(entry.details)
        assert "Siti" not in str(entry.details)


ROOM = "/ruang-kerja/62.02/pajak/"


def test_the_list_finds_names_numbers_and_niks(
    room: Client, kotim: Region, rina: Account, at: datetime
) -> None:
    row = siti(kotim, rina, at)
    makers.taxpayer(kotim, name="Ahmad Contoh")
    page = room.get(ROOM + "wajib-pajak/?q=rahma").content.decode()
    assert "Siti Rahma" in page
    assert "Ahmad" not in page
    assert NIK not in page
    found = room.post(ROOM + "wajib-pajak/cari/", {"nik": NIK})
    assert found.headers["Location"] == f"{ROOM}wajib-pajak/{row.pk}/"


def test_the_export_is_masked(
    room: Client, kotim: Region, rina: Account, at: datetime
) -> None:
    siti(kotim, rina, at)
    answer = room.get(ROOM + "wajib-pajak/berkas.csv")
    text = b"".join(answer).decode()
    assert "6202**********01" in text
    assert NIK not in text
    assert "+62812" not in text


def test_pages_by_which_the_office_works(
    room: Client, kotim: Region, rina: Account, at: datetime
) -> None:
    makers.rule(kotim)
    holder = siti(kotim, rina, at)
    sent = room.post(
        ROOM + "objek/baru/pbb/",
        {
            "holder": holder.number,
            "number": "62.02.060.001.012-0034.0",
            "land_m2": "1.300",
            "land_class": "a32",
            "building_m2": "0",
            "since": "2026-03-01",
            "basis": "AJB 12/2026",
        },
    )
    row = TaxObject.objects.get()
    assert sent.headers["Location"] == f"{ROOM}objek/{row.pk}/"
    assert (row.land_m2, row.land_class, row.facts) == (1300, "A32", {})
    page = room.get(sent.headers["Location"]).content.decode()
    assert "62.02.060.001.012-0034.0" in page
    assert "AJB 12/2026" in page
    for place in ("ubah", "alih", "pecah", "keadaan"):
        assert room.get(f"{ROOM}objek/{row.pk}/{place}/").status_code == 200
    for place in ("objek/", "wajib-pajak/", "desa-nop/", "impor/"):
        assert room.get(ROOM + place).status_code == 200


def test_a_stranger_sees_nothing(client: Client, citra: Account, kotim: Region) -> None:
    row = makers.object(kotim)
    client.force_login(citra)
    assert client.get(f"{ROOM}objek/{row.pk}/").status_code == 403
    assert client.get(f"{ROOM}wajib-pajak/").status_code == 403


def test_the_wall_hides_the_register(kotim: Region, rina: Account) -> None:
    assert walls.protected["revenue_taxpayer"].person == "account_id"
    assert walls.protected["revenue_registerimport"].region == "region_id"
