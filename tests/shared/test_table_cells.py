from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from habaring.shared.refusal import FileRefused
from habaring.shared.tables import (
    read,
)
from tests.shared import bad_files
from tests.shared.table_sample import SAMPLE, TODAY, problems_of, values_of


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


# Numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1234.56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1.234.567", "1234567"),
        ("0.834", "0.834"),
        ("0,834", "0.834"),
        ("-1,5", "-1.5"),
        ("−1,5", "-1.5"),
        ("1234.567", "1234.567"),
        ("1e-05", "0.00001"),
        ("12.0", "12"),
    ],
)
def test_numbers_that_read_in_one_way_only_are_taken(text: str, number: str) -> None:
    assert values_of(f'Kode,Nilai\nA,"{text}"\n')[0]["value"] == Decimal(number)


def test_a_number_with_two_readings_is_refused_with_both() -> None:
    assert problems_of("Kode,Nilai\nA,1.234\n") == [
        "Row 2, column Nilai: “1.234” can be read as 1234 or as 1.234. "
        "Write 1234 or 1.2340."
    ]
    with translation.override("id"):
        assert (
            "dapat dibaca 1234 atau 1,234. Tulis 1234 atau 1,2340."
            in problems_of("Kode,Nilai\nA,1.234\n")[0]
        )


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (
            "Kode,Nilai\nA,1.234\nB,8.3\n",
            ["1.234", "8.3"],
        ),  # others show a decimal point
        ("Kode,Nilai\nA,1.234\nB,1.234.567\n", ["1234", "1234567"]),  # and thousands
        ("Kode;Nilai\nA;1.234\n", ["1234"]),  # semicolons: an Indonesian Excel
        ("Kode;Nilai\nA;1,234\n", ["1.234"]),
        ("Kode;Nilai\nA;1.234\nB;1.5\n", ["1.234", "1.5"]),
        ("Kode\tNilai\nA\t1,234\nB\t2,5\n", ["1.234", "2.5"]),
    ],
)
def test_the_rest_of_the_file_tells_how_numbers_are_written(
    text: str, numbers: list[str]
) -> None:
    assert [row["value"] for row in values_of(text)] == [Decimal(n) for n in numbers]


def test_a_file_that_writes_numbers_both_ways_leaves_two_readings_refused() -> None:
    [problem] = problems_of('Kode,Nilai\nA,1.5\nB,"1,5"\nC,1.234\n')

    assert problem.startswith("Row 4, column Nilai: “1.234” can be read as")


@pytest.mark.parametrize(
    ("text", "rupiah"),
    [
        ("Rp 1.234.567", 1_234_567),
        ("Rp1.234.567,-", 1_234_567),
        ("Rp. 12.000", 12_000),
        ("1.500", 1_500),
        ("12.000", 12_000),
        ("1,500,000", 1_500_000),
        ("1.500.000,00", 1_500_000),
        ("1500.0", 1_500),
    ],
)
def test_rupiah_are_taken_as_people_write_them(text: str, rupiah: int) -> None:
    assert values_of(f'Kode,Biaya\nA,"{text}"\n')[0]["cost"] == rupiah


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        ("Biaya", "-5", "-5 is negative; the least allowed is 0."),
        ("Biaya", "1.5", "1.5 is not a whole number of rupiah. Write 2."),
        (
            "Biaya",
            "1,23457E+12",
            "“1,23457E+12” was shortened by the spreadsheet, so its last digits are lost. "
            "Write all digits: format the column as a number.",
        ),
        (
            "Nilai",
            "12,5 %",
            "“12,5 %” has a percent sign, but this column does not hold percentages. Write "
            "the number alone, in the unit that the column asks for.",
        ),
        ("Bagian", "120", "120 is too large; the most allowed is 100."),
        (
            "Nilai",
            "-",
            "“-” is not a number. Leave the cell empty if there is no value.",
        ),
        (
            "Nilai",
            "banyak",
            "“banyak” is not a number. Write digits only, such as 1234 or 12.5.",
        ),
        (
            "Nilai",
            "#REF!",
            "“#REF!” is an error of the spreadsheet, not a value. Mend the formula, or "
            "write the value itself.",
        ),
        ("Jiwa", "3,5", "3.5 is not a whole number. Write 4 if that is meant."),
        ("Tahun", "26", "“26” is not a year. Write four digits, such as 2026."),
        ("Tanggal", "2026-11-03", "2026-11-03 is in the future; today is 2026-11-02."),
        (
            "Tanggal",
            "44672",
            "“44672” is how Excel stores 2022-04-21 inside. Format the column as a date "
            "before saving as CSV, or write 2022-04-21.",
        ),
        (
            "Tanggal",
            "04/21/2022",
            "“04/21/2022” has the month before the day. Write the day first: 21/04/2022.",
        ),
        (
            "Tanggal",
            "2022-02-30",
            "“2022-02-30” is not a day of the calendar. Check the day and the month.",
        ),
        (
            "Tanggal",
            "kemarin",
            "“kemarin” is not a date. Write it as 2026-04-21 or 21/04/2026.",
        ),
        ("Terbuka", "mungkin", "“mungkin” is neither yes nor no. Write yes or no."),
        (
            "Jenis",
            "jembatan",
            "“jembatan” is not known here. Write one of: Road, School.",
        ),
        (
            "Daerah",
            "62.2",
            "“62.2” does not have the right form. Write it as 62.02.",
        ),
        ("Nama", "x" * 201, "The text has 201 characters; at most 200 are allowed."),
        (
            "Nama",
            "a\x00b",
            "“a\ufffdb” holds an invisible control character. Delete the cell and type it "
            "again.",
        ),
    ],
)
def test_each_wrong_cell_says_what_to_write(
    column: str, text: str, message: str
) -> None:
    assert problems_of(f'Kode;{column}\nA;"{text}"\n') == [
        f"Row 2, column {column}: {message}"
    ]


def test_percent_signs_are_taken_in_columns_of_percentages() -> None:
    assert values_of("Kode;Bagian\nA;12,5 %\nB;7%\n") == [
        {"code": "A", "share": Decimal("12.5")},
        {"code": "B", "share": Decimal(7)},
    ]


def test_numbers_too_large_to_be_held_are_refused() -> None:
    assert "too large to be held exactly" in problems_of(f"Kode,Biaya\nA,{10**18}\n")[0]
    assert "too many digits" in problems_of(f"Kode,Nilai\nA,{10**31}\n")[0]


@pytest.mark.parametrize(
    "text",
    [
        "2022-04-21",
        "21/04/2022",
        "21-4-2022",
        "21 April 2022",
        "21 Apr 2022",
        "2022-04-21T00:00:00",
    ],
)
def test_days_are_taken_as_people_write_them(text: str) -> None:
    assert values_of(f"Kode,Tanggal\nA,{text}\n")[0]["day"] == date(2022, 4, 21)


def test_choices_are_taken_by_code_and_by_label_in_any_case() -> None:
    assert [
        row["kind"] for row in values_of("Kode,Jenis\nA,ROAD\nB,sekolah\nC,School\n")
    ] == [
        "road",
        "school",
        "school",
    ]


NAMES = [
    "Pangkalan Bun",
    "Buntok",
    "Tamiang Layang",
    "Sampit",
    "Kasongan",
    "Kuala Kapuas",
    "Kuala Kurun",
] + [f"Lain {n}" for n in range(9)]


def test_the_nearest_of_many_codes_is_offered() -> None:
    table = SAMPLE.with_choices(
        "region", {f"62.{n:02}": name for n, name in enumerate(NAMES)}
    )
    with pytest.raises(FileRefused) as refused:
        read(bad_files.text_file("Kode,Daerah\nA,sampitt\n"), table, today=TODAY)

    assert str(refused.value.problems[0].message) == (
        "“sampitt” is not known here. Did you mean 62.03?"
    )
