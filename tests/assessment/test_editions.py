import json
from dataclasses import replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from habaring.assessment import actions
from habaring.assessment.editions import EditionRefused
from habaring.assessment.models import (
    EditionScore,
    EditionValue,
    FrameworkIndicator,
    IndexEdition,
)
from habaring.assessment.selection import EditionPlan
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from tests import makers as house
from tests.assessment import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def peers() -> Any:
    makers.framework()
    return makers.province()


def refused(region: Region, plan: EditionPlan, at: datetime) -> Any:
    with pytest.raises(EditionRefused) as caught:
        actions.publish_edition(region=region, plan=plan, by=None, at=at)
    assert not IndexEdition.objects.exists()
    return caught.value


def test_an_edition_holds_scores_values_files_and_its_checksum(
    peers: tuple[Region, ...], kotim: Region, budi: Account, at: datetime
) -> None:
    edition = actions.publish_edition(
        region=kotim, plan=makers.plan(peers, note="Edisi pertama."), by=budi, at=at
    )
    index = edition.scores.get(group="INDEX", region=kotim)
    assert index.score == pytest.approx(
        # GOV 55.5, ECO 44.0, SOC (50.64 + 33) / 2
        (55.5 + 44.0 + (50.64 + 33.0) / 2) / 3,
        abs=1e-6,
    )
    assert index.rank == 3
    ranks = [1, index.rank_low or 0, index.rank, index.rank_high or 0, 4]
    assert ranks == sorted(ranks)
    assert edition.scores.filter(group="GOV").count() == 4
    used = edition.values_used.get(region=kotim, indicator__code="K01")
    assert (used.year, used.revision, used.source) == (2024, 1, makers.SOURCE)
    assert used.normalised == pytest.approx(50.64)
    assert edition.table_csv.startswith("region_code,name,K23")
    assert len(edition.sha256) == 64
    assert (edition.number, edition.peers, edition.scope) == (1, 4, "province")
    assert AuditEntry.objects.filter(verb="assessment.edition.published").count() == 1


def test_the_downloaded_files_give_the_same_numbers(
    peers: tuple[Region, ...], kotim: Region, tmp_path: Path
) -> None:
    edition = makers.edition(kotim, peers)
    (tmp_path / "table.csv").write_text(edition.table_csv)
    (tmp_path / "framework.toml").write_text(edition.framework_toml)
    out = StringIO()
    call_command(
        "score",
        str(tmp_path / "table.csv"),
        str(tmp_path / "framework.toml"),
        f"--draws={edition.draws}",
        f"--seed={edition.seed}",
        "--json",
        stdout=out,
    )
    again = json.loads(out.getvalue())
    again.pop("year")
    assert again == edition.record
    for unit in again["units"]:
        row = edition.scores.get(group="INDEX", region=unit["unit"])
        assert (row.score, row.rank) == (unit["index"], unit["rank"])


def test_a_group_empty_for_all_is_said(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    edition = makers.edition(kotim, peers)
    notes = {(n["code"], n["params"].get("group")) for n in edition.record["notes"]}
    assert ("group_empty", "BRA") in notes
    assert not edition.scores.filter(group="BRA").exists()


def test_the_latest_value_not_older_than_five_years_is_taken(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    makers.record(kotim, makers.row("K23", 2018, "2.0"))
    old = house.region("62.05")
    makers.record(old, makers.row("K01", 2018, "68"), makers.row("K06", 2019, "5"))
    edition = makers.edition(kotim, (*peers, old))
    values = {v.indicator.code: v for v in edition.values_used.filter(region=old)}
    assert values["K01"].value is None
    assert (values["K01"].status, values["K06"].year) == ("missing", 2019)
    assert edition.values_used.get(region=kotim, indicator__code="K23").year == 2024


def test_a_later_missing_does_not_hide_an_earlier_value(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    makers.record(kotim, makers.row("K23", 2025, None, status="missing"))
    edition = makers.edition(kotim, peers, year=2025)
    assert edition.values_used.get(region=kotim, indicator__code="K23").year == 2024


def test_an_edition_resting_on_an_illustrative_value_is_illustrative(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    assert not makers.edition(kotim, peers).illustrative
    makers.record(kotim, makers.row("K01", 2024, "73", illustrative=True))
    assert makers.edition(kotim, peers).illustrative


def test_later_data_do_not_change_an_edition(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    edition = makers.edition(kotim, peers)
    before = edition.scores.get(group="INDEX", region=kotim).score
    makers.record(kotim, makers.row("K01", 2024, "80"))
    edition.refresh_from_db()
    assert edition.scores.get(group="INDEX", region=kotim).score == before
    second = makers.edition(kotim, peers)
    assert second.number == 2
    after = second.scores.get(group="INDEX", region=kotim).score
    assert before is not None
    assert after is not None
    assert after > before


def test_postgresql_refuses_to_change_an_edition(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    makers.edition(kotim, peers)
    for change in (
        lambda: IndexEdition.objects.update(note="x"),
        lambda: EditionScore.objects.update(score=1),
        lambda: EditionValue.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_same_edition_twice_is_refused(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    makers.edition(kotim, peers)
    with pytest.raises(EditionRefused):
        makers.edition(kotim, peers)
    assert IndexEdition.objects.count() == 1


def test_refused_for_few_peers_future_years_and_absent_self(
    peers: tuple[Region, ...], kotim: Region, at: datetime
) -> None:
    plan = makers.plan(peers)
    for wrong in (
        replace(plan, peers=peers[:2]),
        replace(plan, year=2027),
        replace(plan, peers=tuple(p for p in peers if p != kotim), draws=1000),
        replace(plan, draws=10),
        replace(plan, year=2010),
    ):
        assert refused(kotim, wrong, at).next


def test_refused_in_words_when_the_engine_cannot_score(
    peers: tuple[Region, ...], kotim: Region, at: datetime
) -> None:
    FrameworkIndicator.objects.filter(indicator__code="K01").update(
        goal_low=90, goal_high=80
    )
    assert "K01" in str(refused(kotim, makers.plan(peers), at).why)


def test_refused_without_indicators(
    peers: tuple[Region, ...], kotim: Region, at: datetime
) -> None:
    FrameworkIndicator.objects.all().delete()
    refused(kotim, makers.plan(peers), at)


def test_goalposts_missing_for_one_means_least_and_most_for_all(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    FrameworkIndicator.objects.filter(indicator__code="K01").update(
        goal_low=None, goal_high=None
    )
    edition = makers.edition(kotim, peers)
    assert edition.record["framework"]["normalisation"] == "minmax"


def test_a_geometric_edition_can_be_published(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    edition = makers.edition(kotim, peers, aggregation="geometric")
    assert edition.record["contributions_are"] == "log"


def test_only_the_platform_speaks_for_the_nation(
    peers: tuple[Region, ...], kotim: Region, budi: Account, at: datetime
) -> None:
    house.region("51", "Bali", "provinsi")
    bali = house.region("51.01", "Jembrana")
    makers.record(bali, makers.row(), makers.row("K23", 2024, "3.3"))
    plan = makers.plan((*peers, bali))
    mine = actions.publish_edition(region=kotim, plan=plan, by=budi, at=at)
    ours = actions.publish_edition(
        region=kotim, plan=replace(plan, seed=2), by=None, at=at
    )
    assert (mine.scope, ours.scope) == ("chosen", "national")
