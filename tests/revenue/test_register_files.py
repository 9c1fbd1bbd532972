"""Files for the register: every problem named, nothing saved before, twice is once."""

from collections.abc import Sequence

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue.actions import imports
from habaring.revenue.actions.register import contact_of, open_nik
from habaring.revenue.models import (
    Holding,
    ImportState,
    RegisterImport,
    TaxObject,
    Taxpayer,
)
from tests import makers as people
from tests.revenue import makers

pytestmark = pytest.mark.django_db
ROOM = "/ruang-kerja/62.02/pajak/"
HEAD = (
    "kd_propinsi,kd_dati2,kd_kecamatan,kd_kelurahan,kd_blok,no_urut,kd_jns_op,"
    "subjek_pajak_id,nm_wp,jalan_wp,telp_wp,jalan_op,luas_bumi,luas_bng,"
    "kd_kls_tanah,kd_kls_bng"
)
ROWS = (
    "62,02,060,001,012,0034,0,6202064507900001,Siti Rahma,Jl. Iskandar 1,081234567890,Jl. Iskandar 1,300,70,A32,085",
    "62,02,060,001,012,0035,0,6202064507900001,Siti Rahma,Jl. Iskandar 1,,Jl. Iskandar 3,150,0,A32,",
    "62,02,060,001,012,0036,0,,Ahmad,,,Jl. Baamang 2,500,0,A30,",
)


@pytest.fixture
def room(client: Client, kotim: Region) -> Client:
    client.force_login(people.officer("Rina", region=kotim, role="tax_officer"))
    return client


def sent(room: Client, rows: Sequence[str], kind: str = "sismiop") -> RegisterImport:
    heads = {
        "sismiop": HEAD,
        "taxpayers": "number,kind,name,nik,nib,phone,email,address",
        "tax-objects": "tax,number,holder,name,address,place,land_m2,land_class,state,exempt_reason",
        "nop-places": "prefix,place",
        "tap-readings": "tax,number,year,month,turnover",
    }
    text = "\n".join([heads[kind], *rows])
    file = SimpleUploadedFile("data.csv", text.encode(), "text/csv")
    answer = room.post(ROOM + "impor/", {"kind": kind, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return RegisterImport.objects.latest("pk")


def saved(room: Client, run: RegisterImport, **more: str) -> RegisterImport:
    room.post(f"{ROOM}impor/{run.pk}/simpan/", more)
    run.refresh_from_db()
    return run


def test_a_clean_file_waits_for_a_yes(room: Client, kotim: Region) -> None:
    run = sent(room, ROWS)
    assert (run.state, run.rows, run.bad) == (ImportState.CLEAN, 3, 0)
    assert not TaxObject.objects.exists()
    assert "Simpan semua" in room.get(f"{ROOM}impor/{run.pk}/").content.decode()


def test_sismiop_rows_become_objects_and_holders(room: Client, kotim: Region) -> None:
    makers.village(kotim)
    run = saved(room, sent(room, ROWS))
    assert run.counts == {
        "new": 3,
        "changed": 0,
        "same": 0,
        "holders": 3,
        "taxpayers": 2,
        "taxpayers_changed": 0,
    }
    first = TaxObject.objects.get(number=makers.NOP)
    assert (first.land_m2, first.building_m2) == (300, 70)
    assert (first.land_class, first.building_class) == ("A32", "085")
    assert first.place_id == "62.02.06.1001"
    assert first.taxpayer.nik_masked == "6202**********01"
    assert open_nik(first.taxpayer) == "6202064507900001"
    assert contact_of(first.taxpayer).phone == "+6281234567890"
    nobody = TaxObject.objects.get(number="620206000101200360").taxpayer
    assert (nobody.number, nobody.name) == ("N.620206000101200360", "Ahmad")
    assert Holding.objects.count() == 3


def test_the_same_file_again_changes_nothing(room: Client, kotim: Region) -> None:
    saved(room, sent(room, ROWS))
    before = list(Taxpayer.objects.order_by("pk").values())
    run = saved(room, sent(room, ROWS))
    assert {key: n for key, n in run.counts.items() if n} == {"same": 3}
    assert list(Taxpayer.objects.order_by("pk").values()) == before
    assert Holding.objects.count() == 3


def test_another_holder_and_area_are_a_change(room: Client, kotim: Region) -> None:
    saved(room, sent(room, ROWS))
    changed = (
        ROWS[2].replace(",,Ahmad", ",6202060507900002,Ahmad").replace("500", "450")
    )
    run = saved(room, sent(room, [*ROWS[:2], changed]))
    assert (run.counts["changed"], run.counts["holders"]) == (1, 1)
    row = TaxObject.objects.get(number="620206000101200360")
    assert row.land_m2 == 450
    assert row.holdings.count() == 2


def test_bad_rows_are_named_and_left_out_only_by_choice(
    room: Client, kotim: Region
) -> None:
    bad = [
        ROWS[0],
        ROWS[0],
        "62,02,060,001,012,0099,0,,,,,,100,0,,",
        "62,02,060,001,012,00XX,0,,Ani,,,,100,0,,",
        "62,02,060,001,012,0098,0,,Ani,,,,banyak,0,,",
    ]
    run = sent(room, bad)
    assert (run.state, run.rows, run.bad) == (ImportState.PROBLEMS, 5, 4)
    places = [(one["row"], one["column"]) for one in run.problems]
    assert places == [(3, "no_urut"), (4, "nm_wp"), (5, "no_urut"), (6, "luas_bumi")]
    assert saved(room, run).state == ImportState.PROBLEMS
    assert not TaxObject.objects.exists()
    run = saved(room, run, tanpa="1")
    assert (run.state, run.counts["new"]) == (ImportState.SAVED, 1)


def test_the_file_is_sealed_and_gone_afterwards(
    room: Client,
    kotim: Region,
    settings: object,
    django_capture_on_commit_callbacks: object,
) -> None:
    run = sent(room, ROWS)
    path = imports._path(run)
    assert b"Siti" not in path.read_bytes()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        saved(room, run)
    assert not path.exists()


def test_a_file_of_something_else_is_refused(room: Client, kotim: Region) -> None:
    run = sent(room, ["62.02.060.001,62.02.06.1001"], "nop-places")
    assert run.state == ImportState.PROBLEMS  # the village is not in the register
    makers.village(kotim)
    run = saved(room, sent(room, ["62.02.060.001,62.02.06.1001"], "nop-places"))
    assert run.counts["same"] == 1
    file = SimpleUploadedFile("x.csv", b"a,b\n1,2\n", "text/csv")
    room.post(ROOM + "impor/", {"kind": "sismiop", "file": file})
    assert RegisterImport.objects.latest("pk").state == ImportState.REFUSED


def test_taxpayers_and_objects_come_in_and_go_out_unchanged(
    room: Client, kotim: Region
) -> None:
    rows = ["P.1,person,Siti Rahma,6202064507900001,,081234567890,,Jl. Iskandar"]
    rows += ["B.1,entity,Warung Contoh,,1234567890123,,a@contoh.id,"]
    assert saved(room, sent(room, rows, "taxpayers")).counts["new"] == 2
    again = saved(room, sent(room, rows, "taxpayers"))
    assert again.counts == {"new": 0, "changed": 0, "same": 2}
    objects = [
        "pbb,62.02.060.001.012-0034.0,P.1,,Jl. A,,300,A32,active,",
        "pbjt-mm,MM-1,B.1,Warung,Jl. B,,,,active,",
        "pbb,62.02.060.001.012-0035.0,P.1,,Jl. C,,10,A32,exempt,Pasal 38",
    ]
    assert saved(room, sent(room, objects, "tax-objects")).counts["new"] == 3
    out = b"".join(room.get(ROOM + "objek/berkas.csv")).decode()
    file = SimpleUploadedFile("kembali.csv", out.encode(), "text/csv")
    room.post(ROOM + "impor/", {"kind": "tax-objects", "file": file})
    run = saved(room, RegisterImport.objects.latest("pk"))
    assert run.state == ImportState.SAVED
    assert {key: n for key, n in run.counts.items() if n} == {"same": 3}


def test_an_unknown_holder_and_a_taken_nik_are_named(
    room: Client, kotim: Region
) -> None:
    rows = ["P.1,person,A,6202064507900001,,,,", "P.2,person,B,6202064507900001,,,,"]
    run = sent(room, rows, "taxpayers")
    assert [one["column"] for one in run.problems] == ["nik"]
    assert "6202064507900001" not in str(run.problems)
    run = sent(room, ["pbb,620206000101200340,X.9,,,,1,,,"], "tax-objects")
    assert [one["column"] for one in run.problems] == ["holder"]


def test_a_cancelled_file_saves_nothing(room: Client, kotim: Region) -> None:
    run = sent(room, ROWS)
    room.post(f"{ROOM}impor/{run.pk}/batal/")
    assert saved(room, run).state == ImportState.CANCELLED
    assert not TaxObject.objects.exists()


def test_large_files_go_to_a_job(
    room: Client, kotim: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 10)
    run = sent(room, ROWS)
    assert run.state == ImportState.READING
    page = room.get(f"{ROOM}impor/{run.pk}/").content.decode()
    assert 'hx-trigger="every 2s"' in page


def test_citizens_and_strangers_are_kept_out(
    client: Client, alya: Account, citra: Account, kotim: Region
) -> None:
    for person in (alya, citra):
        client.force_login(person)
        assert client.get(ROOM + "impor/").status_code == 403
