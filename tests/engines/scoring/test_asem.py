"""The published ASEM Sustainable Connectivity index, every step, and its uncertainty.

Worked example of COINr (European Commission, Joint Research Centre).
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from habaring.engines.scoring import (
    Framework,
    Group,
    Indicator,
    Limits,
    Scores,
    Table,
    denominate,
    group_mean,
    normalise,
    score,
    treat_table,
)
from habaring.engines.scoring._combine import plant
from habaring.engines.scoring._draws import Field, draw_ranks
from habaring.engines.scoring._sensitivity import sensitivity

pytestmark = pytest.mark.real_data

Floats = NDArray[np.float64]
ASIA = "AUS BGD BRN CHN IDN IND JPN KAZ KHM KOR LAO MMR MNG MYS NZL PAK PHL RUS SGP THA VNM"


@dataclass(frozen=True, eq=False)
class Asem:
    folder: Path

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / f"{name}.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def values(self, name: str, columns: tuple[str, ...]) -> Floats:
        return np.array(
            [
                [float("nan") if r[c] in ("NA", "") else float(r[c]) for c in columns]
                for r in self.rows(name)
            ]
        )

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(row["uCode"] for row in self.rows("asem_raw"))

    def indicators(self, order: tuple[str, ...]) -> tuple[Indicator, ...]:
        meta = {row["iCode"]: row for row in self.rows("asem_imeta")}
        return tuple(
            Indicator(
                code,
                meta[code]["Parent"],
                "higher" if meta[code]["Direction"] == "1" else "lower",
                float(meta[code]["Weight"]),
            )
            for code in order
        )

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.rows("asem_raw")[0])[1:]

    @property
    def framework(self) -> Framework:
        groups = tuple(
            Group(
                row["iCode"],
                None if row["Parent"] == "NA" else row["Parent"],
                float(row["Weight"]),
            )
            for row in self.rows("asem_imeta")
            if row["Type"] == "Aggregate"
        )
        return Framework(self.indicators(self.codes), groups, min_coverage=0.0)


@pytest.fixture(scope="module")
def asem(shared_data: Path) -> Asem:
    folder = shared_data / "index"
    if not folder.is_dir():
        pytest.skip("../shared/data/index is absent")
    return Asem(folder)


@pytest.fixture(scope="module")
def scores(asem: Asem) -> Scores:
    treated = treat_table(asem.values("asem_screened", asem.codes))
    values = np.array([column.values for column in treated]).T
    return score(Table(asem.units, asem.codes, values), asem.framework)


def close(found: Floats, expected: Floats, relative: float = 0.0) -> None:
    np.testing.assert_allclose(found, expected, rtol=relative, atol=1e-9)


def test_denominated_as_published(asem: Asem) -> None:
    """The denominators are not in the data; those of one indicator fit all the others."""
    raw = asem.values("asem_raw", asem.codes)
    published = asem.values("asem_denominated", asem.codes)
    of = {r["iCode"]: r["Denominator"] for r in asem.rows("asem_imeta")}
    by = {"GDP": "Goods", "Population": "StMob"}
    checked = 0
    for column, code in enumerate(asem.codes):
        if of[code] in by:
            first = asem.codes.index(by[of[code]])
            per = raw[:, [first]] / published[:, [first]]
            found = denominate(raw[:, [column]], per)
            close(found[:, 0], published[:, column], relative=1e-12)
            checked += code != by[of[code]]
    assert checked == 12


def test_imputed_as_published(asem: Asem) -> None:
    groups = np.array([unit in ASIA.split() for unit in asem.units]).astype(np.intp)
    given = asem.values("asem_denominated", asem.codes)
    assert np.isnan(given).sum() == 65
    close(group_mean(given, groups), asem.values("asem_imputed", asem.codes), 1e-12)


def test_treated_as_published(asem: Asem) -> None:
    treated = treat_table(asem.values("asem_screened", asem.codes))
    found = np.array([column.values for column in treated]).T
    assert np.array_equal(found, asem.values("asem_treated", asem.codes))
    for row in asem.rows("asem_treat_log"):
        column = treated[asem.codes.index(row["iCode"])]
        moved = row["winsorise.nwin"]
        assert column.points == (0 if moved == "NA" else int(moved))
        after = "1" if column.points else "0"
        skewness = float(row[f"check_SkewKurt{after}.Skew"])
        kurtosis = float(row[f"check_SkewKurt{after}.Kurt"])
        assert column.skewness == pytest.approx(skewness, abs=1e-9)
        assert column.kurtosis == pytest.approx(kurtosis, abs=1e-9)
        assert column.within
    assert sum(column.how == "winsorised" for column in treated) == 15


def test_normalised_and_aggregated_as_published(asem: Asem, scores: Scores) -> None:
    close(scores.normalised, asem.values("asem_normalised", scores.indicators))
    close(scores.group_scores, asem.values("asem_aggregated", scores.groups))


def test_no_rank_differs(asem: Asem, scores: Scores) -> None:
    published = {row["uCode"]: int(row["Rank"]) for row in asem.rows("asem_results")}
    found = dict(zip(scores.units, scores.rank.tolist(), strict=True))
    assert found == published


@pytest.fixture(scope="module")
def field(asem: Asem) -> Field:
    """The published study's choices: 1 to 5 points winsorised, two norms, two means,
    weights of the two upper levels ± 25 %.
    """
    framework = asem.framework
    given = asem.values("asem_screened", asem.codes)
    points = []
    for most in range(1, 6):
        treated = treat_table(given, Limits(points=most))
        values = np.array([column.values for column in treated]).T
        minmax = 1.0 + 0.99 * normalise(values, framework.indicators, "minmax")
        points.append([minmax, normalise(values, framework.indicators, "z")])
    tree = plant(framework, framework.indicators)
    spread = np.full(tree.size, 0.25)
    spread[: len(tree.indicators)] = 0.0
    return Field(
        tree=tree,
        points=np.array(points),
        normalisations=("minmax", "z"),
        aggregations=("arithmetic", "geometric"),
        spread=spread,
        floor=1e-9,
        seed=1,
        twins=(np.array([], dtype=np.int64), np.array([], dtype=np.int64)),
    )


def test_ranks_of_draws_as_published(asem: Asem, field: Field) -> None:
    """Published from 100 draws; ours from 4,000 must lie within their sampling error."""
    ranks = draw_ranks(field, 4_000, None).astype(np.float64)
    published = {row["uCode"]: row for row in asem.rows("published_UA_rankstats")}
    mean = np.array([float(published[unit]["Mean"]) for unit in asem.units])
    error = ranks.std(axis=1) / np.sqrt(100)
    apart = np.abs(ranks.mean(axis=1) - mean) <= 2.6 * error + 0.02
    assert apart.mean() >= 0.95
    assert np.corrcoef(ranks.mean(axis=1), mean)[0, 1] > 0.999


def test_shares_of_choices_as_published(
    asem: Asem, scores: Scores, field: Field
) -> None:
    found = sensitivity(field, scores.rank, np.arange(51), 51)
    assert found is not None
    named = {"imputation": "Winmax"}
    published = {row["Variable"]: row for row in asem.rows("published_SA")}
    for share in found.shares:
        row = published[named.get(share.choice, share.choice.capitalize())]
        assert float(row["STi_q5"]) <= share.total <= float(row["STi_q95"])
        assert share.total_low <= share.total <= share.total_high
        assert float(row["Si_q5"]) <= share.first <= float(row["Si_q95"])
