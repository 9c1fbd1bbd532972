"""Public pages: what they say, in both languages, in few queries, with their files."""

import csv
import io
import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from habaring.assessment import actions
from habaring.assessment.models import IndexEdition
from habaring.regions.models import Region
from tests import makers as house
from tests.assessment import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def peers() -> Any:
    makers.framework()
    return makers.province()


@pytest.fixture
def published(peers: tuple[Region, ...], kotim: Region, at: datetime) -> Any:
    makers.edition(kotim, peers, year=2023)
    edition = makers.edition(kotim, peers, year=2024)
    target = makers.row("K01", 2029, "80", source="RPJMD 2025-2029")
    actions.record_targets(region=kotim, rows=[target], upload=None, by=None, at=at)
    return edition


def page(client: Client, name: str, *args: Any, status: int = 200, **query: Any) -> Any:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == status
    return response


def text(client: Client, name: str, *args: Any, **query: Any) -> Any:
    return page(client, name, *args, **query).content.decode()


def test_the_page_answers_where_the_region_stands(
    client: Client, published: IndexEdition, kotim: Region
) -> None:
    indonesian = text(client, "assessment:standing", "62.02")
    assert "Di mana posisi Kotawaringin Timur?" in indonesian
    assert "peringkat" in indonesian
    assert "72,66" in indonesian
    assert makers.SOURCE in indonesian
    english = text(client, "assessment:standing", "62.02", bahasa="en")
    assert "Where does Kotawaringin Timur stand?" in english
    assert "72.66" in english


def test_an_empty_dimension_is_said_not_hidden(
    client: Client, published: IndexEdition
) -> None:
    assert "tidak punya skor" in text(client, "assessment:standing", "62.02")


def test_a_region_without_anything_has_a_designed_page(
    client: Client, peers: tuple[Region, ...]
) -> None:
    house.region("62.05", "Barito Utara")
    assert "Belum ada" in text(client, "assessment:standing", "62.05")


def test_a_province_shows_the_edition_of_its_regions(
    client: Client, peers: tuple[Region, ...]
) -> None:
    makers.edition(house.region("62"), peers)
    body = text(client, "assessment:standing", "62")
    assert "membandingkan 4 daerah" in body
    assert "tidak punya skor" not in body


def test_the_way_in_is_on_every_page(client: Client, published: IndexEdition) -> None:
    for name, args in (
        ("assessment:standing", []),
        ("assessment:edition", [published.pk]),
        ("assessment:editions", []),
        ("assessment:indicator", ["K01"]),
        ("assessment:framework", []),
        ("assessment:catalogue", []),
    ):
        assert 'href="/masuk/' in text(client, name, "62.02", *args)


def test_a_platform_without_framework_has_a_designed_page(
    client: Client, kotim: Region
) -> None:
    assert "Belum ada kerangka" in text(client, "assessment:standing", "62.02")


def test_an_unknown_region_is_not_found(client: Client, db: Any) -> None:
    page(client, "assessment:standing", "99.99", status=404)


@pytest.mark.parametrize(
    ("query", "found", "absent"),
    [
        ({"q": "spbe"}, "Indeks SPBE", "Kemiskinan"),
        ({"dimensi": "ECO"}, "Kemiskinan", "Indeks SPBE"),
        ({"keadaan": "short"}, "IPM", "Indeks SPBE"),
        ({"q": "zzz"}, "Tidak ada yang cocok", "Indeks SPBE"),
    ],
)
def test_the_search_is_kept_in_the_address(
    client: Client,
    published: IndexEdition,
    query: dict[str, str],
    found: str,
    absent: str,
) -> None:
    body = text(client, "assessment:standing", "62.02", **query)
    body = body[body.index('id="indikator"') :]
    assert found in body
    assert absent not in body


def test_values_go_out_as_csv_and_xlsx(
    client: Client, published: IndexEdition, kotim: Region
) -> None:
    sheet = page(client, "assessment:table", "62.02", "csv")
    body = b"".join(sheet.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body), delimiter=";"))
    assert len(rows) == 9
    assert "attachment" in sheet["Content-Disposition"]
    book = page(client, "assessment:table", "62.02", "xlsx")
    assert book.content[:2] == b"PK"


def test_the_mark_of_examples_is_on_every_page(
    client: Client, peers: tuple[Region, ...], kotim: Region
) -> None:
    makers.record(kotim, makers.row("K01", 2024, "73", illustrative=True))
    edition = makers.edition(kotim, peers)
    for name, args in (
        ("assessment:standing", ["62.02"]),
        ("assessment:edition", ["62.02", edition.pk]),
        ("assessment:editions", ["62.02"]),
        ("assessment:indicator", ["62.02", "K01"]),
    ):
        assert "contoh" in text(client, name, *args)
    sheet = page(client, "assessment:table", "62.02", "csv")
    assert "Contoh" in b"".join(sheet.streaming_content).decode()


def test_an_edition_shows_its_formula_with_the_regions_own_numbers(
    client: Client, published: IndexEdition
) -> None:
    body = text(client, "assessment:edition", "62.02", published.pk)
    assert "(72,66 − 60) ÷ (85 − 60) × 100 = 50,64" in body
    assert "(10 − 5,6) ÷ (10 − 0) × 100 = 44" in body
    assert "(50,64 + 33,00) ÷ 2 = 41,82" in body
    assert published.sha256 in body
    assert f"--draws {published.draws} --seed {published.seed}" in body


def test_the_files_of_an_edition_are_those_that_were_scored(
    client: Client, published: IndexEdition
) -> Any:
    def sent(name: str) -> Any:
        return page(client, "assessment:edition-file", "62.02", published.pk, name)

    assert sent("table.csv").content.decode() == published.table_csv
    assert sent("framework.toml").content.decode() == published.framework_toml
    assert json.loads(sent("record.json").content) == published.record
    assert b"table.csv" in sent("SHA256SUMS").content
    page(client, "assessment:edition-file", "62.02", published.pk, "x.csv", status=404)


def test_an_edition_is_not_shown_under_a_region_that_is_not_in_it(
    client: Client, published: IndexEdition
) -> None:
    house.region("62.05")
    page(client, "assessment:edition", "62.05", published.pk, status=404)


def test_an_edition_of_another_peer_can_be_seen_from_its_own_page(
    client: Client, published: IndexEdition
) -> None:
    assert "Kota Palangka Raya" in text(
        client, "assessment:edition", "62.71", published.pk
    )


def test_an_indicator_has_series_revisions_and_peers(
    client: Client, published: IndexEdition, kotim: Region
) -> None:
    makers.record(kotim, makers.row("K01", 2024, "72.7", note="Ralat BPS."))
    body = text(client, "assessment:indicator", "62.02", "K01")
    assert "Ralat BPS." in body
    assert "Definisi IPM." in body
    assert "Palangka Raya" in body


def test_an_indicator_without_values_has_a_designed_page(
    client: Client, peers: tuple[Region, ...]
) -> None:
    house.region("62.05")
    assert "Belum ada" in text(client, "assessment:indicator", "62.05", "K01")
    page(client, "assessment:indicator", "62.02", "X99", status=404)


@pytest.mark.parametrize("kind", ["svg", "csv", "png"])
def test_pictures_can_be_kept(
    client: Client, published: IndexEdition, kind: str
) -> None:
    for key in ("peringkat", "perubahan"):
        page(client, "assessment:picture", "62.02", key, kind)
    page(client, "assessment:indicator-picture", "62.02", "K01", kind)
    page(client, "assessment:picture", "62.02", "lain", kind, status=404)


def test_framework_catalogue_and_editions_open(
    client: Client, published: IndexEdition
) -> None:
    assert "Enam dimensi" in text(client, "assessment:framework", "62.02")
    page(client, "assessment:framework-named", "62.02", "kominfo-2022")
    page(client, "assessment:framework-named", "62.02", "lain", status=404)
    assert "IPM" in text(client, "assessment:catalogue", "62.02", q="ipm")
    assert "Tidak ada yang cocok" in text(
        client, "assessment:catalogue", "62.02", q="zzz"
    )
    assert "2024" in text(client, "assessment:editions", "62.02")


@pytest.mark.parametrize(
    ("name", "args", "most"),
    [
        ("assessment:standing", [], 16),
        ("assessment:edition", ["edition"], 12),
        ("assessment:editions", [], 5),
        ("assessment:indicator", ["K01"], 15),
        ("assessment:framework", [], 9),
        ("assessment:catalogue", [], 6),
    ],
)
def test_each_page_asks_the_database_little(
    client: Client,
    published: IndexEdition,
    django_assert_max_num_queries: Any,
    name: str,
    args: list[Any],
    most: int,
) -> None:
    args = [published.pk if each == "edition" else each for each in args]
    with django_assert_max_num_queries(most):
        page(client, name, "62.02", *args)


def test_a_page_weighs_little(client: Client, published: IndexEdition) -> None:
    assert len(page(client, "assessment:standing", "62.02").content) < 60_000


def test_english_and_indonesian_are_complete_on_every_page(
    client: Client, published: IndexEdition
) -> None:
    """No English sentence of ours is left on an Indonesian page."""
    edition = IndexEdition.objects.get(pk=published.pk)
    for name, args in (
        ("assessment:standing", []),
        ("assessment:edition", [edition.pk]),
        ("assessment:indicator", ["K01"]),
        ("assessment:catalogue", []),
    ):
        body = text(client, name, "62.02", *args)
        for word in (" the ", " indicators", " value ", " regions", "Every "):
            assert word not in body.split("</head>")[1].replace("habaring score", "")
