"""The catalogue that comes with the package: whole, bilingual, sourced, idempotent."""

from collections import Counter
from datetime import datetime

import pytest

from habaring.assessment.catalogue import framework_from, shipped
from habaring.assessment.catalogue_actions import record_catalogue
from habaring.assessment.models import (
    Crosswalk,
    Dimension,
    DimensionAlias,
    Framework,
    FrameworkIndicator,
    Indicator,
)
from habaring.shared.models import AuditEntry

CATALOGUE = shipped()
BY_CODE = {row["code"]: row for row in CATALOGUE.indicators}
FRAMEWORKS = {entry.code: entry for entry in CATALOGUE.frameworks}


def test_each_family_is_whole() -> None:
    assert Counter(row["family"] for row in CATALOGUE.indicators) == {
        "kabupaten": 62,
        "apbd": 13,
        "spbe": 47,
        "u4ssc": 91,
    }
    domains = Counter(c[:2] for c, r in BY_CODE.items() if r["family"] == "u4ssc")
    assert domains == {"EC": 45, "EN": 17, "SC": 29}
    heads = {c[:3] for c, r in BY_CODE.items() if r["family"] == "kabupaten"}
    assert {f"K{n:02d}" for n in range(1, 43)} == heads


def test_every_indicator_says_what_it_is_in_both_languages() -> None:
    for code, row in BY_CODE.items():
        for column in ("name", "unit"):
            assert row[f"{column}_id"], code
            assert row[f"{column}_en"], code
        assert row["direction"] in {"higher", "lower"}, code
        assert row["source"], code
        assert row["frequency"], code
        told = row["definition_id"] or (row["numerator_id"] and row["denominator_id"])
        assert told, code
        for column in ("definition", "numerator", "denominator"):
            assert bool(row[f"{column}_id"]) == bool(row[f"{column}_en"]), code
        if row["maximum"] is not None:
            assert row["minimum"] < row["maximum"], code


def test_a_framework_s_places_name_known_indicators_and_ordered_goalposts() -> None:
    for entry in CATALOGUE.frameworks:
        codes = {d.code for d in entry.dimensions}
        assert {d.parent for d in entry.dimensions} - {""} <= codes
        for place in entry.places:
            assert place.indicator in BY_CODE
            assert place.dimension in codes
            assert place.goal_low is not None
            assert place.goal_high is not None
            assert place.goal_low < place.goal_high
            assert place.goal_source


def test_kominfo_has_six_dimensions_and_eighteen_parts_with_their_aliases() -> None:
    entry = FRAMEWORKS["kominfo-2022"]
    tops = [d.code for d in entry.dimensions if not d.parent]
    assert tops == ["GOV", "BRA", "ECO", "LIV", "SOC", "ENV"]
    assert Counter(d.parent for d in entry.dimensions if d.parent) == dict.fromkeys(
        tops, 3
    )
    aliases = {a.alias: d.code for d in entry.dimensions for a in d.aliases}
    assert aliases["Smart Infrastructure"] == "BRA"
    assert aliases["Smart People"] == "SOC"
    assert aliases["Smart Mobility"] == "LIV.3"


def test_hdi_is_not_counted_beside_its_own_parts() -> None:
    placed = {p.indicator for p in FRAMEWORKS["kominfo-2022"].places}
    assert "K01" not in placed
    assert {"K02a", "K03", "K05"} <= placed


def test_the_draft_of_2026_stands_beside_with_crosswalks() -> None:
    entry = FRAMEWORKS["rpm-2026"]
    assert entry.values["status"] == "draft"
    assert len(entry.dimensions) == 6
    known = {d.code for d in FRAMEWORKS["kominfo-2022"].dimensions}
    assert {c.source for c in entry.crosswalks} <= known
    assert {c.target for c in entry.crosswalks} == {d.code for d in entry.dimensions}


def test_spbe_weights_give_the_published_number_of_kalteng() -> None:
    entry = FRAMEWORKS["spbe-2020"]
    parents = {d.code: d.parent for d in entry.dimensions}
    weight: Counter[str] = Counter()
    for place in entry.places:
        weight[parents[place.dimension]] += place.weight  # type: ignore[assignment]
    assert weight == pytest.approx({"KEB": 13, "TKL": 25, "MAN": 16.5, "LAY": 45.5})
    own = {d.code: d.weight for d in entry.dimensions if not d.parent}
    assert own == {"KEB": 13, "TKL": 25, "MAN": 16.5, "LAY": 45.5}
    levels = {"KEB": 3.50, "TKL": 2.70, "MAN": 2.73, "LAY": 4.01}
    index = sum(own[code] * level for code, level in levels.items()) / 100
    assert round(index, 3) == 3.405


@pytest.mark.django_db
def test_loading_twice_writes_nothing_the_second_time(at: datetime) -> None:
    first = record_catalogue(catalogue=CATALOGUE, by=None, at=at)
    again = record_catalogue(catalogue=CATALOGUE, by=None, at=at)
    assert first.written["indicators"] == Indicator.objects.count() == 213
    assert Framework.objects.count() == 3
    assert Dimension.objects.count() == 24 + 12 + 6
    assert FrameworkIndicator.objects.count() == 15 + 47
    assert DimensionAlias.objects.count() == 4
    assert Crosswalk.objects.count() == 10
    assert again.total == 0
    assert AuditEntry.objects.filter(verb="assessment.catalogue.recorded").count() == 1


@pytest.mark.django_db
def test_a_changed_name_is_written_and_nothing_else(at: datetime) -> None:
    record_catalogue(catalogue=CATALOGUE, by=None, at=at)
    Indicator.objects.filter(code="K01").update(name_en="Something else")
    again = record_catalogue(catalogue=CATALOGUE, by=None, at=at)
    assert (again.total, again.written["indicators"]) == (1, 1)
    assert Indicator.objects.get(code="K01").name_en == "Human development index"


def test_a_framework_file_without_dimensions_is_refused() -> None:
    with pytest.raises(KeyError):
        framework_from('code = "x"')
