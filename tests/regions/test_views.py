"""The pages of regions: for everyone, and in the work room for those who may."""

import re
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from habaring.config.demo.story import budget_entries
from habaring.people.models import Account
from habaring.regions import actions, register
from habaring.regions.maps import projected
from habaring.regions.models import Boundary, Department, Region
from habaring.regions.outlines import read as read_outlines
from habaring.regions.outlines import thinned
from habaring.regions.register_table import REGIONS, unit_from
from habaring.shared.tables import read
from tests import makers
from tests.regions.test_outlines import collection, feature, square

PLACES = "/daerah/62.02/wilayah/"
WORK = "/ruang-kerja/62.02/wilayah/"


@pytest.fixture
def country(db: None, at: datetime) -> Region:
    units = register.shipped()
    actions.record_register(units=units, source="facts", by=None, at=at)
    return Region.objects.get(code="62.02")


def _text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def _file(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (
            PLACES,
            ["17 kecamatan, 168 desa, dan 17 kelurahan", "454.515", "Antang Kalang"],
        ),
        ("/daerah/62.02.06/wilayah/", ["6 desa dan 5 kelurahan", "Ketapang"]),
        ("/daerah/62/wilayah/", ["Kotawaringin Timur", "Barito Selatan"]),
        ("/daerah/62.01/wilayah/", ["belum ada dalam daftar wilayah"]),
        ("/daerah/62.02.06.1001/wilayah/", ["Terletak di Kecamatan Mentawa Baru"]),
    ],
)
def test_the_parts_of_a_region_are_public(
    client: Client, country: Region, address: str, words: list[str]
) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    text = _text(answer)
    for word in words:
        assert word in text
    assert "Kepmendagri" in text
    assert len(answer.content) < 100_000


def test_an_unknown_region_is_not_found(client: Client, country: Region) -> None:
    assert client.get("/daerah/99.99/wilayah/").status_code == 404


def test_the_page_takes_few_queries(
    client: Client, country: Region, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(8):
        client.get(PLACES)


def test_the_map_shows_outlines_where_they_are_loaded(
    client: Client, country: Region, at: datetime
) -> None:
    codes = sorted(Region.objects.districts_of(country).values_list("code", flat=True))
    shapes = [
        feature(code, square(112 + i * 0.1, -3, 0.1)) for i, code in enumerate(codes)
    ]
    outlines = read_outlines(collection(*shapes), known=codes)
    actions.record_boundaries(outlines=outlines, source="Contoh", by=None, at=at)
    text = _text(client.get(PLACES))
    assert "Batas ini perkiraan" in text
    assert text.count("<path") >= 17
    assert 'style="' not in text


def test_the_list_goes_out_and_comes_back_unchanged(
    client: Client, country: Region, at: datetime
) -> None:
    for form in ("csv", "xlsx"):
        answer = client.get(f"{PLACES}daftar.{form}")
        file = BytesIO(_file(answer))
        file.name = f"wilayah.{form}"
        rows = read(file, REGIONS, today=localdate(at))
        units = [unit_from(row) for row in rows]
        assert len(units) == 1 + 17 + 185
        change = actions.record_register(units=units, source="x", by=None, at=at)
        assert change.total == 0
    assert client.get(f"{PLACES}daftar.pdf").status_code == 404


def test_the_budget_is_public_with_what_does_not_add_up(
    client: Client, country: Region, at: datetime
) -> None:
    entries = list(budget_entries())
    actions.record_budget(region=country, entries=entries, by=None, at=at)
    text = _text(client.get(f"{PLACES}apbd/2022/"))
    assert "Rp 2.226.465.516.300" in text.replace("\xa0", " ")
    assert "Pembiayaan neto tidak sama dengan defisit" in text
    assert "Kalteng Times" in text
    assert "APBD 2022" in _text(client.get(PLACES))
    content = _file(client.get(f"{PLACES}apbd/2022/daftar.csv")).decode()
    assert "2226465516300" in content.replace(".", "")
    assert client.get(f"{PLACES}apbd/2021/").status_code == 404
    assert client.get(f"{PLACES}apbd/2021/daftar.csv").status_code == 404


def test_the_pages_are_there_in_english(client: Client, country: Region) -> None:
    client.cookies["bahasa"] = "en"
    text = _text(client.get(PLACES))
    assert "17 districts (kecamatan), 168 villages (desa)" in text


# The work room

FORM = {"code": "DISKOMINFO", "name_id": "Dinas Komunikasi", "reason": "Perbup 1"}


@pytest.mark.parametrize("address", [WORK, f"{WORK}baru/"])
def test_nobody_else_gets_in(
    client: Client, kotim: Region, alya: Account, citra: Account, address: str
) -> None:
    assert client.get(address).status_code in (302, 401)
    for person in (alya, citra):
        client.force_login(person)
        assert client.get(address).status_code == 403
        assert client.post(address, FORM).status_code in (403, 405)
    assert not Department.objects.exists()


def test_an_officer_sees_departments_but_does_not_change_them(
    client: Client, kotim: Region
) -> None:
    client.force_login(makers.officer("Dewi", region=kotim, role="officer"))
    answer = client.get(WORK)
    assert answer.status_code == 200
    assert "baru/" not in _text(answer)
    assert client.post(f"{WORK}baru/", FORM).status_code == 403


def test_a_department_is_opened_renamed_and_merged_on_pages(
    client: Client, budi: Account, kotim: Region
) -> None:
    client.force_login(budi)
    assert "Belum ada perangkat daerah" in _text(client.get(WORK))
    assert client.post(f"{WORK}baru/", FORM).status_code == 302
    second = {**FORM, "code": "SANDI", "name_id": "Kantor Sandi"}
    assert client.post(f"{WORK}baru/", second).status_code == 302
    renamed = {**FORM, "name_id": "Dinas Kominfo", "short_name": "Kominfo"}
    assert client.post(f"{WORK}DISKOMINFO/nama/", renamed).status_code == 302
    into = Department.objects.get(code="DISKOMINFO")
    closing = {"into": into.pk, "on": "2026-11-01", "reason": "Perbup 2"}
    assert client.post(f"{WORK}SANDI/tutup/", closing).status_code == 302
    text = _text(client.get(WORK))
    assert "Dinas Kominfo" in text
    assert "digabung ke Dinas Kominfo pada 1 Nov 2026" in text.replace("\xa0", " ")
    assert "Kantor Sandi" not in _text(client.get(f"{WORK}?q=kominfo"))
    assert "Tidak ada perangkat daerah yang cocok" in _text(client.get(f"{WORK}?q=xyz"))
    assert "Perbup 1" in _text(client.get(f"{WORK}DISKOMINFO/nama/"))


def test_a_refusal_keeps_what_was_typed(client: Client, budi: Account) -> None:
    client.force_login(budi)
    client.post(f"{WORK}baru/", FORM)
    answer = client.post(f"{WORK}baru/", {**FORM, "name_id": "Dinas Lain Sekali"})
    assert answer.status_code == 422
    text = _text(answer)
    assert "sudah dipakai" in text
    assert "Dinas Lain Sekali" in text
    assert client.post(f"{WORK}baru/", {"code": "a b"}).status_code == 422
    answer = client.post(f"{WORK}DISKOMINFO/tutup/", {"on": "2026-11-01"})
    assert answer.status_code == 422
    answer = client.post(f"{WORK}DISKOMINFO/nama/", {"name_id": ""})
    assert answer.status_code == 422
    assert client.get(f"{WORK}TIADA/nama/").status_code == 404
    assert Department.objects.get().closed_on is None


@pytest.mark.real_data
def test_real_maps_fit_on_a_small_page(
    client: Client, country: Region, shared_data: Path, at: datetime
) -> None:
    known = frozenset(Region.objects.values_list("code", flat=True))
    for name in ("kotim-6202.topo.json", "kabkota-514.topo.json"):
        content = (shared_data / "boundaries" / name).read_bytes()
        outlines = read_outlines(content, known=known)
        actions.record_boundaries(outlines=outlines, source="x", by=None, at=at)
    assert Boundary.objects.count() == 514 + 38 + 17 + 185
    for code in ("62", "62.02", "62.02.06", "35", "12"):
        answer = client.get(f"/daerah/{code}/wilayah/")
        assert answer.status_code == 200
        assert len(answer.content) < 100_000, code


def test_neighbours_stay_together_in_a_drawing() -> None:
    wave = [[112 + 0.02 * (i % 2), -3 + i / 50] for i in range(51)]
    west = [[111.0, -3.0], *wave, [111.0, -2.0], [111.0, -3.0]]
    east = [[113.0, -3.0], [113.0, -2.0], *reversed(wave), [113.0, -3.0]]
    drawn = projected(thinned({"a": [[west]], "b": [[east]]}, 0.05))
    assert sum(len(ring) for rings in drawn.values() for ring in rings) < 30
    shared = set(drawn["a"][0]) & set(drawn["b"][0])
    assert len(shared) >= 2
    assert max(x for x, _y in drawn["a"][0]) == max(x for x, _y in shared)
