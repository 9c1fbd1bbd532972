"""Payments from sixteen clients while the web server and PostgreSQL die.

A short form here; `python3 dev.py storm` blows for a minute each way.
"""

import os
from pathlib import Path

import pytest
from django.db import connection

from habaring.shared import sealing
from tests.revenue.storm import blow
from tests.revenue.storm.blow import Report, Town, Weather
from tests.revenue.storm.cluster import can_cut_power

SECONDS = float(os.environ.get("STORM_SECONDS", "8"))
KILLS = max(2, round(SECONDS / 5))
WHOLE = SECONDS >= 30
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
power = pytest.mark.skipif(
    not can_cut_power(), reason="cutting the power needs Linux and gcc"
)
whole = pytest.mark.skipif(not WHOLE, reason="part of `python3 dev.py storm`")


@pytest.fixture
def town(settings: object) -> Town:
    settings.PERSONAL_DATA_KEY = sealing.new_entry()  # type: ignore[attr-defined]
    with connection.cursor() as cursor:  # the ledger is never emptied, but for this
        cursor.execute("SET habaring.may_empty = 'yes'")
    return blow.town(round(SECONDS * 150) + 1000)


def told(report: Report, weather: Weather, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nstorm{' ' + weather.fault if weather.fault else ''}: {report}")


def storm(
    made: Town, folder: Path, capsys: pytest.CaptureFixture[str], weather: Weather
) -> Report:
    report = blow.blow(folder / "pg-storm", blow.dumped(folder), made, weather)
    told(report, weather, capsys)
    return report


def test_each_payment_happens_once_whatever_is_killed(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the same storm finds a fault that was planted, over the same database."""
    weather = Weather(SECONDS, KILLS)
    faulty = Weather(3 if not WHOLE else 12, 0, fault="check-then-insert")
    with blow.sea(tmp_path / "pg-storm", blow.dumped(tmp_path), weather) as server:
        report = blow.over(server, town.part(500), weather)
        told(report, weather, capsys)
        assert report.violations == {}, str(report)
        assert report.acked > 5 * SECONDS
        assert report.kills >= KILLS
        assert not [what for what in report.counted if what[:6].isupper()], str(report)
        found = blow.over(server, town.part(0, 500), faulty, before=report.money)
        told(found, faulty, capsys)
    assert "a payment is there twice" in found.violations


@power
@whole
def test_each_payment_happens_once_though_the_power_is_cut(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = storm(town, tmp_path, capsys, Weather(SECONDS, KILLS, power=True))
    assert report.violations == {}, str(report)
    assert report.acked > 100
    assert report.cuts >= KILLS


@whole
@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("early-answer", "an acknowledged payment is not there"),
        ("memory", "a reversal that is not there"),
    ],
)
def test_the_storm_finds_a_planted_fault(
    town: Town,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    fault: str,
    found: str,
) -> None:
    report = storm(town, tmp_path, capsys, Weather(12, 3, fault=fault))
    assert found in report.violations


@power
@whole
def test_a_power_cut_finds_commits_that_were_not_synced(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weather = Weather(12, 3, power=True, settings=("synchronous_commit = off",))
    report = storm(town, tmp_path, capsys, weather)
    assert "an acknowledged payment is not there" in report.violations
