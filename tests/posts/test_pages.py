from datetime import datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from pytest_django import DjangoAssertNumQueries

from habaring.people.models import Account
from habaring.posts import actions, handovers, queries
from habaring.posts.models import HandOver, Outcome, Post
from habaring.regions.models import Region
from tests import makers
from tests.posts.makers import Matters, department, hold, post

pytestmark = pytest.mark.django_db
ROOM = "/ruang-kerja/62.02/jabatan/"


@pytest.fixture
def inside(client: Client, budi: Account) -> Client:
    client.force_login(budi)
    return client


def test_the_tree_shows_each_post_with_its_holder_and_what_it_owns(
    inside: Client, kotim: Region, matters: Matters, at: datetime
) -> None:
    one = post(kotim, "kadis", at=at)
    post(kotim, "kabid", at=at, superior=one)
    hold(one, "Dewi", at=at)
    matters.add(kotim, "a", due=-400, post=one)
    page = inside.get(ROOM).content.decode()
    assert "Jabatan kadis" in page
    assert "Dewi" in page
    assert "kosong" in page
    assert "lama terlambat" in page


def test_an_officer_without_the_power_reads_and_changes_nothing(
    client: Client, kotim: Region, matters: Matters, at: datetime
) -> None:
    one = post(kotim, "kadis", at=at)
    dewi = hold(one, "Dewi", at=at).account
    other = hold(post(kotim, "kabid", at=at), "Eka", at=at)
    client.force_login(dewi)
    for path in ("", "milik/", "buka/kadis/", "milik.csv"):
        assert client.get(ROOM + path).status_code == 200, path
    for path in ("baru/", "unggah/", "milik/unggah/", "buka/kadis/ubah/"):
        assert client.get(ROOM + path).status_code == 403, path
    for path in ("milik/alihkan/", "buka/kabid/tutup/", "buka/kabid/serahkan/"):
        assert client.post(ROOM + path).status_code == 403, path
    assert client.post(ROOM + "buka/kabid/akhiri/").status_code == 403
    other.refresh_from_db()
    assert other.until is None


def test_a_stranger_sees_nothing(
    client: Client, kotim: Region, citra: Account, at: datetime
) -> None:
    post(kotim, "kadis", at=at)
    client.force_login(citra)
    for path in ("", "milik/", "buka/kadis/", "daftar.csv"):
        assert client.get(ROOM + path).status_code == 403, path


def test_a_post_of_another_region_is_not_found(
    inside: Client, kotim: Region, at: datetime
) -> None:
    post(makers.region("62.01"), "kadis", at=at)
    assert inside.get(ROOM + "buka/kadis/").status_code == 404


def test_a_post_is_opened_changed_filled_and_closed_on_pages(
    inside: Client, kotim: Region, budi: Account, matters: Matters
) -> None:
    given = {"code": "kabid", "name_id": "Kepala Bidang", "name_en": ""}
    answer = inside.post(ROOM + "baru/", given)
    assert answer.status_code == 302
    assert inside.post(ROOM + "baru/", given).status_code == 422
    inside.post(ROOM + "buka/kabid/ubah/", {"name_id": "Kepala Bidang Satu"})
    assert Post.objects.get(code="kabid").name_id == "Kepala Bidang Satu"
    day = now().date().isoformat()
    fill = {"account": budi.pk, "since": day}
    assert inside.post(ROOM + "buka/kabid/isi/", fill).status_code == 302
    assert inside.post(ROOM + "buka/kabid/isi/", fill).status_code == 422
    assert inside.post(ROOM + "buka/kabid/tutup/").status_code == 422
    assert inside.post(ROOM + "buka/kabid/akhiri/").status_code == 302
    assert inside.post(ROOM + "buka/kabid/tutup/").status_code == 302
    assert Post.objects.get(code="kabid").closed_on is not None
    assert "Ditutup" in inside.get(ROOM + "buka/kabid/").content.decode()


def test_many_things_move_at_once_and_the_filters_stay(
    inside: Client, kotim: Region, matters: Matters, at: datetime
) -> None:
    one = post(kotim, "kadis", at=at)
    for ref in ("satu", "dua", "tiga"):
        matters.add(kotim, ref)
    answer = inside.post(
        ROOM + "milik/alihkan/",
        {"thing": ["matter/satu", "matter/dua"], "post": one.pk, "query": "q=urusan"},
    )
    assert answer["Location"].endswith("/milik/?q=urusan")
    rows = queries.owned(kotim, at=now(), on=now().date())
    assert {row.thing.ref: row.post.code for row in rows} == {
        "satu": "kadis",
        "dua": "kadis",
        "tiga": "sekretariat",
    }
    page = inside.get(ROOM + "milik/?post=kadis&q=urusan+satu").content.decode()
    assert "Urusan satu" in page
    assert "Urusan dua" not in page
    assert "Urusan tiga" not in page
    nothing = inside.post(ROOM + "milik/alihkan/", {"post": one.pk}, follow=True)
    assert "Pilih tanggungan" in nothing.content.decode()
    assert (
        inside.post(
            ROOM + "milik/alihkan/", {"thing": ["matter/z"], "post": one.pk}
        ).status_code
        == 422
    )


def sheet(rows: list[list[str]], name: str = "berkas.csv") -> SimpleUploadedFile:
    text = "\r\n".join(",".join(row) for row in rows)
    return SimpleUploadedFile(name, text.encode(), content_type="text/csv")


def test_posts_go_out_and_come_back_as_a_table(
    inside: Client, kotim: Region, matters: Matters, at: datetime
) -> None:
    department(kotim)
    file = sheet(
        [
            ["code", "name_id", "name_en", "department", "superior"],
            ["kabid", "Kepala Bidang", "Head", "diskominfo", "kadis"],
            ["kadis", "Kepala Dinas", "", "DISKOMINFO", ""],
        ]
    )
    answer = inside.post(ROOM + "unggah/", {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    kabid = Post.objects.get(code="kabid")
    assert kabid.superior is not None
    assert kabid.superior.code == "kadis"
    out = inside.get(ROOM + "daftar.xlsx")
    book = openpyxl.load_workbook(BytesIO(out.content))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row]
    assert {"kabid", "kadis", "sekretariat"} <= set(cells)
    again = SimpleUploadedFile("daftar.xlsx", out.content)
    told = inside.post(ROOM + "unggah/", {"file": again}, follow=True)
    assert "0 jabatan dibuka, 0 diubah." in told.content.decode()


def test_a_table_with_a_mistake_is_refused_whole(
    inside: Client, kotim: Region, matters: Matters
) -> None:
    file = sheet(
        [
            ["code", "name_id", "department", "superior"],
            ["kabid", "Kepala Bidang", "TIDAKADA", "entah"],
            ["kadis", "Kepala Dinas", "", ""],
        ]
    )
    answer = inside.post(ROOM + "unggah/", {"file": file})
    assert answer.status_code == 422
    assert not Post.objects.filter(code="kadis").exists()


def test_what_is_owned_goes_out_changed_and_moves_when_it_comes_back(
    inside: Client, kotim: Region, matters: Matters, at: datetime
) -> None:
    post(kotim, "kadis", at=at)
    matters.add(kotim, "a", due=1)
    matters.add(kotim, "b", due=1)
    text = b"".join(inside.get(ROOM + "milik.csv")).decode("utf-8-sig")
    assert "Urusan a" in text
    wrong = sheet([["kind", "ref", "post"], ["matter", "z", "kadis"]])
    assert inside.post(ROOM + "milik/unggah/", {"file": wrong}).status_code == 422
    file = sheet(
        [
            ["kind", "ref", "post"],
            ["matter", "a", "kadis"],
            ["matter", "b", "sekretariat"],
        ]
    )
    told = inside.post(ROOM + "milik/unggah/", {"file": file}, follow=True)
    assert "1 tanggungan dialihkan." in told.content.decode()


def test_a_hand_over_is_played_through_on_pages(
    client: Client, kotim: Region, budi: Account, matters: Matters, at: datetime
) -> None:
    one = post(kotim, "kadis", at=at)
    two = post(kotim, "kabid", at=at)
    dewi = hold(one, "Dewi", at=at).account
    eka = makers.officer("Eka", region=kotim, role="officer")
    matters.add(kotim, "a", post=one)
    matters.add(kotim, "b", post=one)
    client.force_login(dewi)
    day = (now() + timedelta(days=3)).date().isoformat()
    answer = client.post(
        ROOM + "buka/kadis/serahkan/", {"leaves_on": day, "successor": eka.pk}
    )
    handover = HandOver.objects.get()
    path = reverse("posts-work:handover", args=["62.02", handover.pk])
    assert answer["Location"] == path
    assert "2 dari 2 baris" in client.get(path).content.decode()
    assert client.post(path + "selesai/").status_code == 422
    items = list(handover.items.values_list("pk", flat=True))
    bad = {"item": items[:1], "outcome": "moves"}
    assert client.post(path + "jawab/", bad).status_code == 422
    client.post(path + "jawab/", {**bad, "to_post": two.pk, "note": "Map biru."})
    client.post(path + "jawab/", {"item": items[1:], "outcome": Outcome.STAYS})
    assert "Map biru." in client.get(path).content.decode()
    assert client.post(path + "terima/").status_code == 422
    assert client.post(path + "selesai/").status_code == 302
    client.force_login(eka)
    desk = client.get("/ruang-kerja/62.02/").content.decode()
    assert path in desk
    assert client.get(path).status_code == 200
    assert client.post(path + "batalkan/").status_code == 403
    assert client.post(path + "terima/").status_code == 302
    assert path not in client.get("/ruang-kerja/62.02/").content.decode()
    other = makers.officer("Fitri", region=kotim, role="officer")
    client.force_login(other)
    assert client.get(path).status_code == 403


def test_a_successor_reads_an_open_list_but_does_not_answer(
    client: Client, kotim: Region, matters: Matters, at: datetime
) -> None:
    one = post(kotim, "kadis", at=at)
    holding = hold(one, "Dewi", at=at)
    eka = makers.officer("Eka", region=kotim, role="officer")
    matters.add(kotim, "a", post=one)
    handover = handovers.begin_handover(
        holding=holding,
        successor=handovers.Successor(eka),
        leaves_on=at.date(),
        by=None,
        at=at,
    )
    path = reverse("posts-work:handover", args=["62.02", handover.pk])
    client.force_login(eka)
    assert client.get(path).status_code == 200
    for step in ("jawab", "selesai", "batalkan", "pengganti"):
        assert client.post(f"{path}{step}/").status_code == 403, step
    client.force_login(holding.account)
    change = {"leaves_on": at.date().isoformat(), "successor": ""}
    assert client.post(path + "pengganti/", change).status_code == 302
    assert client.post(path + "batalkan/").status_code == 302


def test_a_list_of_another_region_is_not_found(
    inside: Client, kotim: Region, matters: Matters, at: datetime
) -> None:
    kobar = makers.region("62.01")
    holding = hold(post(kobar, "kadis", at=at), "Dewi", at=at)
    handover = handovers.begin_handover(
        holding=holding,
        successor=handovers.Successor(),
        leaves_on=at.date(),
        by=None,
        at=at,
    )
    assert inside.get(f"{ROOM}serah/{handover.pk}/").status_code == 404
    assert inside.post(f"{ROOM}serah/{handover.pk}/batalkan/").status_code == 404


def test_the_list_of_a_large_region_asks_no_more(
    inside: Client,
    kotim: Region,
    matters: Matters,
    at: datetime,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    one = post(kotim, "kadis", at=at)
    for n in range(3000):
        matters.add(kotim, f"{n}", due=n - 1500, post=one if n % 2 else None)
    inside.get(ROOM + "milik/")
    with django_assert_max_num_queries(20):
        page = inside.get(ROOM + "milik/?halaman=3").content.decode()
    assert "3.000" in page
    with django_assert_max_num_queries(24):
        inside.get(ROOM + "buka/kadis/")


def test_the_command_line_actor_needs_no_account(kotim: Region, at: datetime) -> None:
    assert actions.ensure_root(region=kotim, by=None, at=at).code == "sekretariat"
