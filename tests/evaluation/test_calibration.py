"""How assessors read beside each other, and what few entries allow to say."""

from datetime import UTC, datetime, timedelta

import pytest

from habaring.evaluation.calibration import ENOUGH, Read, manners, margin

START = datetime(2026, 6, 1, tzinfo=UTC)


def read(assessor: int, entry: int, level: float, other: float | None = None) -> Read:
    levels = {"a": level, "b": level if other is None else other}
    return Read(assessor, entry, START + timedelta(days=entry), levels)


def test_strictness_is_told_with_its_interval() -> None:
    reads = [read(1, n, 2.0 + n % 2 * 0.5) for n in range(6)]
    reads += [read(2, n, 3.0 + n % 2 * 0.25) for n in range(6)]
    strict, mild = manners(reads)
    assert strict.strictness == pytest.approx(-0.875)
    assert mild.strictness == pytest.approx(0.875)
    assert strict.low is not None
    assert strict.high is not None
    assert strict.low < -0.875 < strict.high < 0
    assert strict.enough
    assert strict.stands_out


def test_few_entries_conclude_nothing() -> None:
    reads = [r for n in range(ENOUGH - 1) for r in (read(1, n, 1.0), read(2, n, 4.0))]
    found, _other = manners(reads)
    assert found.shared == ENOUGH - 1
    assert found.strictness == -3.0
    assert not found.enough
    assert not found.stands_out


def test_one_shared_entry_has_no_interval_and_none_no_strictness() -> None:
    alone, first, second = manners([read(1, 9, 2.0), read(2, 1, 2.0), read(3, 1, 3.0)])
    assert (alone.strictness, alone.shared, alone.low) == (None, 0, None)
    assert first.strictness == -1.0
    assert (first.low, first.drift) == (None, None)
    assert second.spread == 0.0


def test_drift_is_later_minus_earlier() -> None:
    reads = [read(1, n, 2.0 if n < 2 else 3.0) for n in range(4)]
    reads += [read(2, n, 2.0) for n in range(4)]
    assert manners(reads)[0].drift == pytest.approx(1.0)


def test_the_margin_is_students() -> None:
    assert margin([1.0, 2.0, 3.0]) == pytest.approx(4.303 / 3**0.5)
    assert margin([0.0, 1.0] * 50) == pytest.approx(1.96 * 0.502519 / 10, rel=1e-4)
