from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from habaring.shared import formats


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "decimals", "indonesian", "english"),
    [
        (1234567, None, "1.234.567", "1,234,567"),
        (3.416, None, "3,42", "3.42"),
        (57.0, None, "57", "57"),
        (0.5, 0, "1", "1"),
        (2.5, 0, "3", "3"),
        (-0.04, 1, "0,0", "0.0"),
        (-1234.5, 1, "−1.234,5", "−1,234.5"),
        (Decimal("3.405"), 3, "3,405", "3.405"),
        (0, None, "0", "0"),
        (1e15, None, "1.000.000.000.000.000", "1,000,000,000,000,000"),
        (None, None, "–", "–"),
        (float("nan"), None, "–", "–"),
        (float("inf"), None, "–", "–"),
    ],
)
def test_numbers_use_the_marks_of_the_language(
    value: Any, decimals: int | None, indonesian: str, english: str
) -> None:
    assert formats.number(value, decimals, language="id") == indonesian
    assert formats.number(value, decimals, language="en") == english


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (1234567, "Rp 1.234.567", "Rp 1,234,567"),
        (-5000, "−Rp 5.000", "−Rp 5,000"),
        (0, "Rp 0", "Rp 0"),
        (None, "–", "–"),
    ],
)
def test_rupiah_are_written_whole_and_do_not_break(
    value: Any, indonesian: str, english: str
) -> None:
    assert plain(formats.rupiah(value, language="id")) == indonesian
    assert plain(formats.rupiah(value, language="en")) == english
    assert " " not in formats.rupiah(value, language="id")


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (2_230_000_000_000, "Rp 2,2 triliun", "Rp 2.2 trillion"),
        (378_000_000_000, "Rp 378 miliar", "Rp 378 billion"),
        (45_600_000, "Rp 45,6 juta", "Rp 45.6 million"),
        (999_999_999_999, "Rp 1 triliun", "Rp 1 trillion"),
        (999_400_000, "Rp 999 juta", "Rp 999 million"),
        (99_960_000, "Rp 100 juta", "Rp 100 million"),
        (850_000, "Rp 850.000", "Rp 850,000"),
        (-1_500_000_000, "−Rp 1,5 miliar", "−Rp 1.5 billion"),
        (0, "Rp 0", "Rp 0"),
        (None, "–", "–"),
    ],
)
def test_large_sums_are_written_in_words(
    value: Any, indonesian: str, english: str
) -> None:
    assert plain(formats.rupiah_short(value, language="id")) == indonesian
    assert plain(formats.rupiah_short(value, language="en")) == english


def test_large_numbers_are_written_in_words() -> None:
    assert plain(formats.number_short(454_515, language="id")) == "455 ribu"
    assert plain(formats.number_short(2_200_000, language="en")) == "2.2 million"
    assert formats.number_short(9_999, language="id") == "9.999"


@pytest.mark.parametrize(
    ("share", "decimals", "indonesian"),
    [
        (0.123, None, "12,3%"),
        (0.5, None, "50%"),
        (0.4999, None, "50%"),
        (0.12345, 2, "12,35%"),
        (-0.05, None, "−5%"),
        (None, None, "–"),
    ],
)
def test_shares_are_written_as_per_cent(
    share: float | None, decimals: int | None, indonesian: str
) -> None:
    assert formats.percent(share, decimals, language="id") == indonesian


@pytest.mark.parametrize(
    ("value", "written"),
    [(2.1, "+2,1"), (-0.8, "−0,8"), (0.04, "0"), (-0.04, "0"), (None, "–")],
)
def test_changes_carry_their_sign(value: Any, written: str) -> None:
    assert formats.change(value, language="id") == written


def test_days_and_moments() -> None:
    april = date(2022, 4, 21)
    assert plain(formats.day(april, language="id")) == "21 April 2022"
    mei = date(2022, 5, 3)
    assert plain(formats.day(mei, language="id")) == "3 Mei 2022"
    assert plain(formats.day(mei, language="en")) == "3 May 2022"
    assert plain(formats.day(date(2022, 8, 17), short=True, language="id")) == (
        "17 Agu 2022"
    )
    time = datetime(2022, 4, 21, 14, 5)  # noqa: DTZ001 - shown as it is
    assert plain(formats.moment(time, language="id")) == "21 April 2022, 14.05"
    assert plain(formats.moment(time, language="en")) == "21 April 2022, 14:05"
    assert formats.hour(time, language="id") == "14.05"
    assert formats.hour(time, language="en") == "14:05"
    assert formats.hour(None) == formats.MISSING
    assert formats.day(None) == "–"


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [
        (date(2022, 1, 1), date(2022, 12, 31), "2022"),
        (date(2021, 1, 1), date(2026, 12, 31), "2021–2026"),
        (date(2024, 2, 1), date(2024, 2, 29), "Februari 2024"),
        (date(2024, 1, 1), date(2024, 3, 31), "Januari–Maret 2024"),
        (date(2023, 10, 1), date(2024, 3, 31), "Oktober 2023 – Maret 2024"),
        (date(2022, 5, 3), date(2022, 6, 5), "3 Mei 2022 – 5 Juni 2022"),
        (date(2022, 5, 3), None, "3 Mei 2022"),
        (None, None, "–"),
    ],
)
def test_periods_are_as_brief_as_is_true(
    start: date | None, end: date | None, written: str
) -> None:
    assert plain(formats.period(start, end, language="id")) == written


def test_lists_and_ranges_of_ranks() -> None:
    assert formats.listing(["A"], language="id") == "A"
    assert formats.listing(["A", "B"], language="id") == "A dan B"
    assert formats.listing(["A", "B", "C"], language="id") == "A, B, dan C"
    assert formats.listing(["A", "B", "C"], language="en") == "A, B and C"
    assert formats.listing([], language="en") == ""
    assert plain(formats.rank_range(3, 6, language="id")) == "3 dan 6"
    assert formats.rank_range(4, 4, language="id") == "4"
    assert formats.years(2021, 2026) == "2021–2026"


def test_file_sizes() -> None:
    assert plain(formats.file_size(850, language="id")) == "850 B"
    assert plain(formats.file_size(27_348, language="id")) == "27 KB"
    assert plain(formats.file_size(1_234_567, language="id")) == "1,2 MB"


def test_the_active_language_is_the_default() -> None:
    with translation.override("en"):
        assert formats.number(1234.5) == "1,234.5"
    with translation.override("id"):
        assert formats.number(1234.5) == "1.234,5"
