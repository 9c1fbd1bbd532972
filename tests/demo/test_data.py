"""The demo's files: real rows have sources, illustrative rows say so, sums hold."""

import csv
import io
import tomllib
from collections import Counter
from decimal import Decimal

from habaring.assessment.catalogue import shipped
from habaring.config.demo import story
from habaring.portfolio.choose_files import candidates_from_csv, limits_from_toml
from habaring.regions import register
from habaring.regions.queries import reconcile


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(story._text(name))))


OBSERVATIONS = _rows("observations.csv")
CANDIDATES = _rows("candidates.csv")
KOTIM = tomllib.loads(story._text("kotim.toml"))
BUDGET = list(story.budget_entries())


def _value(region: str, indicator: str, year: int) -> Decimal:
    found = [
        row["value"]
        for row in OBSERVATIONS
        if (row["region"], row["indicator"], row["year"])
        == (region, indicator, str(year))
    ]
    assert len(found) == 1
    return Decimal(found[0])


def test_every_observation_has_a_source_a_year_and_a_known_place() -> None:
    regions = {unit.code for unit in register.shipped()}
    indicators = {row["code"] for row in shipped().indicators}
    for row in OBSERVATIONS:
        assert row["source"], row
        assert 2010 <= int(row["year"]) <= 2025
        assert row["region"] in regions
        assert row["indicator"] in indicators
        assert bool(row["value"]) == (row["status"] == ""), row
    keys = Counter((r["region"], r["indicator"], r["year"]) for r in OBSERVATIONS)
    assert max(keys.values()) == 1


def test_all_fourteen_regions_have_the_same_series() -> None:
    series = Counter(
        r["region"]
        for r in OBSERVATIONS
        if r["indicator"] not in {"K02", "K09", "K11", "K12", "K23"}
    )
    assert len(series) == 14
    assert len(set(series.values())) == 1


def test_kotim_s_published_figures_stand_as_published() -> None:
    assert _value("62.02", "K01", 2024) == Decimal("72.66")
    assert _value("62.02", "K10a", 2024) == 46_358
    assert _value("62.02", "K06", 2021) == Decimal("5.91")
    assert _value("62.02", "K16a", 2021) == Decimal("72.62")
    assert [_value("62.02", "K23", y) for y in (2021, 2022, 2023, 2024)] == [
        Decimal("1.66"),
        Decimal("2.38"),
        Decimal("3.11"),
        Decimal("3.22"),
    ]
    assert _value("62.02", "K11", 2022) == 47
    assert _value("62.02", "K12", 2022) == 43


def test_derived_shares_follow_from_the_amounts_beside_them() -> None:
    parts = {"K33a": ("PAD:R", "REV:R"), "K38": ("EXP:R", "EXP:B")}
    parts |= {"K39": ("PER:R", "EXP:R"), "K40": ("CAP:R", "EXP:R")}
    for code, (above, below) in parts.items():
        for year in (2022, 2024):
            upper = _value("62.02", f"APBD:{above}", year)
            lower = _value("62.02", f"APBD:{below}", year)
            assert _value("62.02", code, year) == round(upper * 100 / lower, 1)


def test_what_the_source_lacks_is_missing_and_not_zero() -> None:
    gaps = [row for row in OBSERVATIONS if row["status"]]
    assert {row["status"] for row in gaps} == {"missing"}
    assert {(row["region"], row["year"]) for row in gaps} == {("62.05", "2024")}


def test_the_budget_of_2022_comes_out_to_the_rupiah() -> None:
    stages: dict[str, dict[str, int]] = {}
    for entry in BUDGET:
        assert entry.source
        stages.setdefault(entry.stage, {})[entry.account] = entry.amount
    before, after = stages["murni"], stages["perubahan"]
    assert before["revenue"] == 1_869_648_670_200
    assert before["expenditure"] == 1_932_811_373_400
    assert before["deficit"] == 63_162_703_200
    assert after["revenue"] == 2_155_678_487_900
    assert after["expenditure"] == 2_226_465_516_300
    assert after["deficit"] == 70_787_028_400
    assert reconcile("murni", before) == []
    alerts = reconcile("perubahan", after)
    assert [(a.account, a.stated, a.expected) for a in alerts] == [
        ("financing", 185_675_794_268, 70_787_028_400)
    ]


def test_every_candidate_is_marked_as_an_example() -> None:
    assert len(CANDIDATES) == 41
    assert {row["example"] for row in CANDIDATES} == {"ya"}
    assert all(row["origin_text"].endswith("(contoh)") for row in CANDIDATES)


def test_candidates_cover_every_dimension_and_name_what_exists() -> None:
    programmes = candidates_from_csv(story._text("candidates.csv"))
    dimensions = Counter(p.dimension for p in programmes)
    assert set(dimensions) == {"GOV", "BRA", "ECO", "LIV", "SOC", "ENV"}
    assert min(dimensions.values()) >= 6
    quick = Counter(p.dimension for p in programmes if p.quick_win)
    assert set(quick) == set(dimensions)
    codes = {p.code for p in programmes}
    districts = {u.code for u in register.shipped() if u.parent == "62.02"}
    for programme in programmes:
        assert set(programme.requires) <= codes
        assert programme.department in KOTIM["departments"]
        assert programme.district is None or programme.district in districts
        assert programme.total_cost > 0


def test_the_limits_can_be_read() -> None:
    limits = limits_from_toml(story._text("limits.toml"))
    assert (limits.start_year, limits.years) == (2027, 5)


def test_the_missions_are_those_that_were_seen_and_no_other() -> None:
    plans = {plan["first_year"]: plan for plan in KOTIM["development_plans"]}
    assert [m[0] for m in plans[2021]["missions"]] == [1, 2, 3, 4, 5]
    assert [m[0] for m in plans[2025]["missions"]] == [1, 2, 3, 4, 5, 6]
    named = {row["rpjmd_mission"] for row in CANDIDATES}
    assert named <= {f"2025-2029/{n}" for n in range(1, 7)}


def test_no_official_number_is_invented() -> None:
    assert KOTIM["council"]["decree_number"] == ""
    assert KOTIM["decision"]["illustrative"] is True
    assert "CONTOH" in KOTIM["decision"]["number"]
    for key, section in KOTIM["sections"].items():
        if section["illustrative"]:
            assert "contoh" in section["text"].casefold(), key
        elif key != "buku-1.dasar-hukum":
            assert "Sumber:" in section["text"], key
