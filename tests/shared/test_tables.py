import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import IO

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habaring.shared.refusal import FileRefused, Refusal
from habaring.shared.tables import (
    Bilingual,
    Column,
    Row,
    Rows,
    TableKind,
    Value,
    family,
    kind,
    kinds,
    read,
    register,
    template,
    write_csv,
    write_xlsx,
)
from tests.shared import bad_files

TODAY = date(2026, 11, 2)
SAMPLE = TableKind(
    "sample",
    Bilingual("Contoh", "Sample"),  # type: ignore[arg-type]
    "Data",
    columns=(
        Column("code", Bilingual("Kode", "Code"), "code", required=True),
        Column("name", Bilingual("Nama", "Name"), "text", max_length=200),
        Column("value", Bilingual("Nilai", "Value"), "decimal"),
        Column(
            "share", Bilingual("Bagian", "Share"), "percent", minimum=0, maximum=100
        ),
        Column("cost", Bilingual("Biaya", "Cost"), "rupiah", minimum=0),
        Column("people", Bilingual("Jiwa", "People"), "whole"),
        Column("day", Bilingual("Tanggal", "Date"), "date", not_future=True),
        Column("year", Bilingual("Tahun", "Year"), "year"),
        Column("open", Bilingual("Terbuka", "Open"), "yes_no"),
        Column(
            "kind",
            Bilingual("Jenis", "Kind"),
            "choice",
            choices={
                "road": Bilingual("Jalan", "Road"),
                "school": Bilingual("Sekolah", "School"),
            },
        ),
        Column(
            "region",
            Bilingual("Daerah", "Region"),
            "code",
            pattern=r"\d{2}\.\d{2}",
            help=Bilingual("Tulis seperti 62.02.", "Write it as 62.02."),
        ),
        *family(
            "cost_{source}_{n}",
            "Biaya {source} tahun {n}",
            {"source": ("APBD", "DAK"), "n": range(1, 4)},
            kind="rupiah",
            minimum=0,
        ),
        Column("note", Bilingual("Ket.", "Note"), "text", shown_only=True, sparse=True),
    ),
    key=("code",),
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def rows_of(file: object, **options: object) -> Rows:
    return read(file, SAMPLE, **{"today": TODAY, "language": "en", **options})  # type: ignore[arg-type]


def values_of(text: str) -> list[dict[str, Value]]:
    """The values of a CSV's rows, without the columns that are empty."""
    return [filled(row) for row in rows_of(bad_files.text_file(text))]


def filled(row: Row) -> dict[str, Value]:
    return {code: value for code, value in row.values.items() if value is not None}


def refusal_of(file: object, **options: object) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        rows_of(file, **options)
    return refused.value


def problems_of(text: str) -> list[str]:
    return [str(problem) for problem in refusal_of(bad_files.text_file(text)).problems]


def csv_of(rows: list[dict[str, Value]], language: str = "id") -> bad_files.Named:
    return bad_files.Named(b"".join(write_csv(SAMPLE, rows, language)), "keluar.csv")


def xlsx_of(rows: list[dict[str, Value]], language: str = "id") -> bad_files.Named:
    file = io.BytesIO()
    write_xlsx(SAMPLE, rows, file, language)
    return bad_files.Named(file.getvalue(), "keluar.xlsx")


# Headings


def test_headings_are_known_by_code_and_by_either_label_in_any_case() -> None:
    text = "KODE,name, Nilai ,PEOPLE\nA,Jalan,1.5,3\n"

    assert values_of(text) == [
        {"code": "A", "name": "Jalan", "value": Decimal("1.5"), "people": 3}
    ]


def test_columns_of_a_family_are_known_by_code_and_by_label() -> None:
    text = "code,cost_apbd_1,Biaya DAK tahun 2\nA,100,200\n"

    assert values_of(text) == [{"code": "A", "cost_APBD_1": 100, "cost_DAK_2": 200}]


def test_titles_above_the_headings_are_passed_over_and_row_numbers_stay() -> None:
    rows = list(rows_of(bad_files.text_file("Data 2026\n\nKode,Nilai\n\nA,1\nB,2\n")))

    assert [row.number for row in rows] == [5, 6]


def test_row_numbers_count_rows_of_the_spreadsheet_not_lines_of_the_file() -> None:
    rows = list(rows_of(bad_files.text_file('Kode,Nama\nA,"dua\nbaris"\nB,x\n')))

    assert [(row.number, row["name"]) for row in rows] == [(2, "dua\nbaris"), (3, "x")]


def test_an_unknown_heading_is_named_with_the_nearest_known_one() -> None:
    assert problems_of("Kode,Nilaai,Warna\nA,1,biru\n") == [
        "Row 1, column Nilaai: This table has no column “Nilaai”. Did you mean “Value”?",
        "Row 1, column Warna: This table has no column “Warna”. Delete the column.",
    ]


def test_a_missing_column_is_named() -> None:
    assert problems_of("Nilai\n1\n") == [
        "Row 1, column Code: The column “Code” is missing. Add it, with this heading."
    ]


def test_a_heading_that_stands_twice_is_named_with_both_columns() -> None:
    assert problems_of("Kode,Nilai,Value\nA,1,2\n") == [
        "Row 1, column Value: This heading stands twice, in columns B and C. Keep one."
    ]


def test_a_file_without_the_headings_says_which_are_wanted() -> None:
    refused = refusal_of(bad_files.text_file("apa,saja\n1,2\n"))

    assert str(refused) == (
        "The file “tabel.csv” was not taken in. No row has the headings of this table. It "
        "begins with: “apa”, “saja”. Give it the headings “Code”, as in the template."
    )


def test_merged_header_cells_are_named() -> None:
    file = bad_files.merged_header("Data", ["Kode", "Nilai", "Nama"], ["A", "1", "x"])

    assert [str(problem) for problem in refusal_of(file).problems] == [
        "Sheet Data, row 1: The heading cells A1:B1 are merged. Unmerge them and give "
        "each column a heading of its own.",
        "Sheet Data, row 2, column B: There is no heading above this cell. Delete it, or "
        "give its column a heading (of merged headings only the first cell has one). In a "
        "CSV with commas, write a number such as 1,5 between quotation marks.",
    ]


def test_merged_cells_among_the_rows_are_named() -> None:
    merge = '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
    file = bad_files.raw_workbook(["Kode"], ["A"], after=merge)

    assert [str(problem) for problem in refusal_of(file).problems] == [
        "Sheet Data, row 2: The cells A2:A3 are merged. Unmerge them and write the value "
        "in each cell that it is meant for."
    ]


def test_a_merged_title_above_the_headings_does_no_harm() -> None:
    merge = '<mergeCells><mergeCell ref="A1:C1"/></mergeCells>'
    file = bad_files.raw_workbook(["Data"], ["Kode"], ["A"], after=merge)

    assert [row["code"] for row in rows_of(file)] == ["A"]


def test_a_value_beyond_the_headings_is_not_lost_silently() -> None:
    [problem] = problems_of("Kode,Nilai\nA,1,5\n")

    assert problem.startswith("Row 2, column C: There is no heading above this cell.")


# Rows and keys


def test_two_rows_for_one_key_are_both_named() -> None:
    assert problems_of("Kode,Nilai\nA,1\nB,2\nA,3\n") == [
        "Row 4, column Kode: Rows 2 and 4 have the same Kode “A”. Keep one of them."
    ]


def test_every_problem_is_named_and_those_beyond_the_list_are_counted() -> None:
    text = "Kode,Nilai\n" + "".join(f"K{n},salah\n" for n in range(250))
    refused = refusal_of(bad_files.text_file(text))

    assert (len(refused.problems), refused.count, refused.unlisted) == (200, 250, 50)
    assert str(refused) == (
        "The file “tabel.csv” was not taken in. 250 problems were found in it. The first "
        "200 are listed; there are 50 more. Nothing was saved. Mend the file and send it "
        "again."
    )


def test_a_required_cell_that_is_empty_is_named() -> None:
    assert problems_of("Kode,Nilai\n,1\n") == [
        "Row 2, column Kode: A value is needed here; the cell is empty."
    ]


def test_blank_rows_are_passed_over() -> None:
    assert values_of("Kode;Nilai\nA;1\n;\n  ;\n\n") == [
        {"code": "A", "value": Decimal(1)}
    ]


def test_too_many_rows_are_refused() -> None:
    refused = refusal_of(bad_files.text_file("Kode\nA\nB\nC\n"), max_rows=2)

    assert "It has more than 2 rows. Split the file" in str(refused)


def test_long_tables_are_read_again_and_still_name_repeated_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("habaring.shared.tables.reading.KEPT", 2)
    text = "Kode,Nilai\n" + "".join(f"K{n},{n}\n" for n in range(9))

    rows = rows_of(bad_files.text_file(text))
    assert [row["value"] for row in rows] == list(range(9))
    assert [row.number for row in rows] == list(range(2, 11))
    assert problems_of(text + "K3,1\n") == [
        "Row 11, column Kode: Rows 5 and 11 have the same Kode “K3”. Keep one of them."
    ]


def test_a_domain_names_its_own_problems_with_the_headings_of_the_file() -> None:
    rows = rows_of(bad_files.text_file("Kode\nA\n"))
    [row] = rows

    refused = rows.refused([rows.problem(row, "code", "A waits for itself.")])

    assert [str(problem) for problem in refused.problems] == [
        "Row 2, column Kode: A waits for itself."
    ]


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
):
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


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_with_a_mark_and_separators_are_found(
    encoding: str, separator: str
) -> None:
    text = f"Kode{separator}Nama\nA{separator}Sampit – “kota”\n"
    rows = rows_of(bad_files.text_file(text, encoding=encoding))

    assert [row["name"] for row in rows] == ["Sampit – “kota”"]


def test_the_separator_that_excel_writes_in_the_first_line_is_followed() -> None:
    assert values_of("sep=;\nKode;Nilai\nA;1,5\n")[0]["value"] == Decimal("1.5")


def test_a_wrong_encoding_is_refused_with_byte_row_and_remedy() -> None:
    refused = refusal_of(bad_files.windows_1252("Kode,Nama\nA,x\nB,Café\n"))

    assert str(refused.problems[0]) == (
        "Row 3: Byte 20 of the file (0xE9) is not UTF-8; in the old Windows-1252 encoding "
        "it would be “é”."
    )
    assert "see row 3" in str(refused.why)
    assert "CSV UTF-8 (comma delimited)" in str(refused.next)


def test_a_wrong_byte_far_into_the_file_is_found() -> None:
    text = "Kode,Nama\n" + "".join(f"K{n},x\n" for n in range(300_000)) + "Z,Café\n"
    refused = refusal_of(bad_files.windows_1252(text))

    assert refused.problems[0].row == 300_002


def test_utf16_without_its_mark_is_refused() -> None:
    refused = refusal_of(bad_files.utf16_without_mark("Kode,Nama\nA,x\n" * 20))

    assert "It is written in UTF-16 without the mark that says so." in str(refused)


def test_a_quotation_mark_never_closed_is_named() -> None:
    assert problems_of('Kode,Nama\nA,x\nB,"y\nC,z\n') == [
        'Row 3: A quotation mark (") is opened and not closed in this row, so the rows '
        'after it cannot be told apart. Write it twice ("") inside a text, or delete it.'
    ]


# Files that are something else


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            bad_files.picture,
            "it is a picture (PNG), whatever its name says. Send the table",
        ),
        (bad_files.pdf, "By its content it is a PDF document"),
        (
            bad_files.old_xls,
            "it is an old Excel workbook (XLS), whatever its name says. Open",
        ),
        (bad_files.locked_xlsx, "It is protected by a password. Save it without"),
        (bad_files.zip_bomb, "It would unpack to far more than a table can be."),
        (bad_files.many_entries, "It would unpack to far more than a table can be."),
        (bad_files.lying_zip_bomb, "The workbook is damaged. Open it in Excel"),
        (bad_files.entity_bomb, "It declares XML entities"),
        (
            lambda: bad_files.Named(b"", "kosong.csv"),
            "It is empty. Download the template",
        ),
        (lambda: bad_files.text_file("\n\n"), "It is empty."),
        (lambda: bad_files.text_file("Kode,Nilai\n"), "It has headings but no rows"),
        (lambda: bad_files.text_file("<html><table>"), "it is a web page (HTML)"),
        (
            lambda: bad_files.Named(bytes(range(256)) * 9, "x.csv"),
            "not text and not a work",
        ),
        (lambda: bad_files.archive({"a.txt": b"a"}), "it is a ZIP archive"),
        (
            lambda: bad_files.archive({"word/document.xml": b"a"}),
            "it is a Word document",
        ),
        (
            lambda: bad_files.Named(b"PK\x03\x04" + bytes(99), "x.xlsx"),
            "it is a ZIP archive",
        ),
    ],
)
def test_what_is_not_a_table_is_refused_with_its_true_type(
    make: Callable[[], IO[bytes]], words: str
) -> None:
    assert words in str(refusal_of(make()))


def test_a_file_of_200_mb_is_refused_before_it_is_read() -> None:
    file = bad_files.huge(200)

    assert str(refusal_of(file)) == (
        "The file “besar.csv” was not taken in. It is 200 MB large; at most 104 MB are "
        "taken. Send only the rows that are needed, or split the file."
    )
    assert file.taken == 0


def test_a_truncated_workbook_is_damaged() -> None:
    whole = xlsx_of([{"code": "A"}]).getvalue()
    at = whole.index(b"xl/worksheets/sheet1.xml") + 60
    spoilt = bad_files.Named(whole[:at] + b"\xff" * 40 + whole[at + 40 :], "rusak.xlsx")

    assert "The workbook is damaged." in str(refusal_of(spoilt))


# XLSX


def test_formulas_without_results_and_errors_are_named() -> None:
    file = bad_files.raw_workbook(
        ["Kode", "Nilai", "Nama"],
        ["A", "<c><f>1+1</f><v></v></c>", '<c t="str"><f>B1</f></c>'],
        ["B", '<c t="e"><v>#REF!</v></c>', "x"],
        ["C", "<c><f>1+1</f><v>2</v></c>", '<c t="str"><f>B1</f><v></v></c>'],
    )
    wanted = (
        "The cell holds a formula whose result was not saved. Open the file in the "
        "spreadsheet, let it calculate, save it, or write the value itself."
    )

    assert [str(problem) for problem in refusal_of(file).problems] == [
        f"Sheet Data, row 2, column Nilai: {wanted}",
        f"Sheet Data, row 2, column Nama: {wanted}",
        "Sheet Data, row 3, column Nilai: “#REF!” is an error of the spreadsheet, not a "
        "value. Mend the formula, or write the value itself.",
    ]


def styled(*rows: list[str]) -> bad_files.Named:
    """A workbook with styles: 1 a date, 2 a percentage, 3 a date of its own making."""
    xml = "".join(bad_files.inline(n, cells) for n, cells in enumerate(rows, start=1))
    styles = (
        '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="dd\\ mmmm\\ yyyy"/>'
        '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="10"/>'
        '<xf numFmtId="170"/></cellXfs></styleSheet>'
    )
    parts = bad_files.workbook_parts(
        f"<sheetData>{xml}</sheetData>", extra={"xl/styles.xml": styles}
    )
    return bad_files.archive(parts)


def test_days_whole_numbers_and_percentages_are_read_as_the_sheet_shows_them() -> None:
    file = styled(
        ["Kode", "Tanggal", "Bagian", "Jiwa", "Tahun", "Nilai"],
        [
            "A",
            '<c s="1"><v>44672</v></c>',
            '<c s="2"><v>0.125</v></c>',
            "<c><v>3.0</v></c>",
            "<c><v>2022</v></c>",
            "<c><v>0.30000000000000004</v></c>",
        ],
        [
            "B",
            "<c><v>44672</v></c>",
            "<c><v>12.5</v></c>",
            "3",
            "2022",
            "<c><v>1E-3</v></c>",
        ],
        ["C", '<c s="3"><v>44672</v></c>'],
    )
    first, second, third = [filled(row) for row in rows_of(file)]

    assert first == {
        "code": "A",
        "day": date(2022, 4, 21),
        "share": Decimal("12.5"),
        "people": 3,
        "year": 2022,
        "value": Decimal("0.3"),
    }
    assert second == {**first, "code": "B", "value": Decimal("0.001")}
    assert third == {"code": "C", "day": date(2022, 4, 21)}


def test_cells_with_the_wrong_format_are_named() -> None:
    file = styled(
        ["Kode", "Tanggal", "Nilai", "Daerah", "Nama", "Biaya"],
        [
            "A",
            "<c><v>2022</v></c>",
            '<c s="2"><v>0.125</v></c>',
            "<c><v>62.1</v></c>",
            '<c s="1"><v>44672</v></c>',
            "<c><v>1E+17</v></c>",
        ],
        [
            "B",
            '<c s="1"><v>44672.5</v></c>',
            '<c s="1"><v>44672</v></c>',
            "x",
            "x",
            '<c t="b"><v>1</v></c>',
        ],
    )

    assert [str(problem.message) for problem in refusal_of(file).problems] == [
        "“2022” is not a date. Write it as 2026-04-21 or 21/04/2026.",
        "“12.5 %” is formatted as a percentage, but this column does not hold percentages. "
        "Format the cell as a number and write the value in the unit that the column asks "
        "for.",
        "“62.1” does not have the right form. The cell is a number, so the spreadsheet may "
        "have dropped a zero: format the column as text and write it again. Write it as "
        "62.02.",
        "The spreadsheet has turned this cell into a date (2022-04-21). Format the column "
        "as text and write it again.",
        "100000000000000000 is too large to be held exactly. Check the number, or format "
        "the cell as text and write all digits.",
        "The cell holds a day and a time (2022-04-21 12:00). Write the day alone.",
        "The cell is formatted as a date (2022-04-21), but a number is wanted. Format the "
        "cell as a number and write it again.",
        "“x” does not have the right form. Write it as 62.02.",
        "“TRUE” is a yes or no, not a number.",
    ]


def test_days_of_a_workbook_that_counts_from_1904_are_shifted() -> None:
    parts = bad_files.workbook_parts(
        "<sheetData>"
        + bad_files.inline(1, ["Kode", "Tanggal"])
        + bad_files.inline(2, ["A", '<c s="0"><v>43210</v></c>'])
        + "</sheetData>",
        extra={"xl/styles.xml": '<s><cellXfs><xf numFmtId="14"/></cellXfs></s>'},
    )
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"<sheets>", b'<workbookPr date1904="1"/><sheets>'
    )

    assert [row["day"] for row in rows_of(bad_files.archive(parts))] == [
        date(2022, 4, 21)
    ]


def test_names_with_a_prefix_and_shared_texts_are_read() -> None:
    parts = bad_files.workbook_parts("")
    parts["xl/worksheets/sheet1.xml"] = (
        b'<x:worksheet xmlns:x="m"><x:sheetData><x:row r="4"><x:c r="B4" t="s"><x:v>0</x:v>'
        b'</x:c></x:row><x:row r="6"><x:c r="B6" t="s"><x:v>1</x:v></x:c></x:row>'
        b"</x:sheetData></x:worksheet>"
    )
    parts["xl/sharedStrings.xml"] = (
        b"<sst><si><t>Kode</t></si><si><r><t>A</t></r><r><t>_x0042_</t></r>"
        b"<rPh><t>bunyi</t></rPh></si></sst>"
    )

    assert [(row.number, row["code"]) for row in rows_of(bad_files.archive(parts))] == [
        (6, "AB")
    ]


def test_a_workbook_made_by_openpyxl_is_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Kode", "Nilai", "Tanggal", "Terbuka"])
    book.active.append(["A", 1.25, date(2022, 4, 21), True])
    file = io.BytesIO()
    book.save(file)

    assert [filled(row) for row in rows_of(file)] == [
        {"code": "A", "value": Decimal("1.25"), "day": date(2022, 4, 21), "open": True}
    ]


def test_a_workbook_with_several_sheets_must_name_the_one_that_is_meant() -> None:
    book = openpyxl.Workbook()
    book.active.title = "Satu"
    book.create_sheet("Dua")
    file = io.BytesIO()
    book.save(file)

    assert str(refusal_of(file)) == (
        "The file “table” was not taken in. It has no sheet named “Data”; its sheets are: "
        "“Satu”, “Dua”. Give the sheet that holds the table the name “Data”."
    )


@pytest.mark.parametrize(
    "sheet",
    [
        '<sheetData><row r="1"><c t="s"><v>-1</v></c></row></sheetData>',
        '<sheetData><row r="1"><c t="s"><v>9</v></c></row></sheetData>',
        '<sheetData><row r="99999999"/></sheetData>',
        '<sheetData><row r="2"/><row r="1"/></sheetData>',
        '<sheetData><row r="1"><c r="ZZZZ1"/></row></sheetData>',
        '<sheetData><row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row></sheetData>',
        "<sheetData><row>",
        f'<sheetData a="{"x" * 5_000_000}">',
    ],
)
def test_a_workbook_that_breaks_the_rules_is_refused(sheet: str) -> None:
    file = bad_files.archive(bad_files.workbook_parts(sheet))

    assert "Open it in Excel or LibreOffice, save it again" in str(refusal_of(file))


# Tables out, and in again

TEXT = st.one_of(
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"),
        min_size=1,
        max_size=40,
    ),
    st.builds(
        "".join,
        st.lists(
            st.sampled_from(
                [
                    "'",
                    "=",
                    "+",
                    "@",
                    "-",
                    "\t",
                    "\r",
                    "\n",
                    " ",
                    "<r>",
                    "</r>",
                    "_x0041_",
                    "a",
                    '"',
                    ";",
                    ",",
                ]
            ),
            min_size=1,
            max_size=8,
        ),
    ),
).filter(
    lambda text: (
        text.strip()
        and not any((ord(c) < 32 and c not in "\t\r\n") or ord(c) == 127 for c in text)
        and not text.startswith("#")
    )
)
DECIMAL = st.decimals(
    allow_nan=False,
    allow_infinity=False,
    places=5,
    min_value=-(10**15),
    max_value=10**15,
) | st.decimals(
    allow_nan=False, allow_infinity=False, places=3, min_value=-2000, max_value=2000
)
ROW = st.fixed_dictionaries(
    {
        "code": TEXT,
        "name": st.none() | TEXT,
        "value": st.none() | DECIMAL,
        "share": st.none() | st.decimals(0, 100, places=3),
        "cost": st.none() | st.integers(0, 10**17),
        "people": st.none() | st.integers(-(10**17), 10**17),
        "day": st.none() | st.dates(date(1, 1, 1), TODAY),
        "year": st.none() | st.integers(1000, 9999),
        "open": st.none() | st.booleans(),
        "kind": st.none() | st.sampled_from(["road", "school"]),
        "region": st.none() | st.from_regex(r"[0-9]{2}\.[0-9]{2}", fullmatch=True),
        "cost_APBD_1": st.none() | st.integers(0, 10**12),
    }
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(ROW, min_size=1, max_size=4, unique_by=lambda row: row["code"]),
    language=st.sampled_from(["id", "en"]),
)
def test_what_goes_out_comes_in_unchanged(
    rows: list[dict[str, Value]], language: str
) -> None:
    for file in (csv_of(rows, language), xlsx_of(rows, language)):
        back = [{c: row.get(c) for c in rows[0]} for row in rows_of(file)]
        assert back == rows


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(ROW, min_size=1, max_size=3, unique_by=lambda row: row["code"]),
    language=st.sampled_from(["id", "en"]),
)
def test_a_template_comes_in_unchanged(
    rows: list[dict[str, Value]], language: str
) -> None:
    file = bad_files.Named(template(SAMPLE, rows, language=language), "template.xlsx")

    assert [{c: row.get(c) for c in rows[0]} for row in rows_of(file)] == rows


@pytest.mark.parametrize(
    "danger", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1"]
)
def test_no_text_is_run_by_the_spreadsheet_that_opens_the_export(danger: str) -> None:
    rows: list[dict[str, Value]] = [{"code": danger, "value": Decimal(-1)}]
    text = csv_of(rows).getvalue().decode("utf-8-sig")
    sheet = openpyxl.load_workbook(xlsx_of(rows)).active

    assert text.splitlines()[1].lstrip('"').startswith("'")
    assert ";-1;" in text  # a number stays a number
    assert sheet is not None
    assert sheet["A2"].data_type == "s"


def test_indonesian_and_english_files_look_as_excel_there_expects() -> None:
    rows: list[dict[str, Value]] = [
        {"code": "A", "value": Decimal("1.234"), "open": True, "kind": "road"}
    ]
    columns = ["code", "value", "open", "kind"]
    local = b"".join(write_csv(SAMPLE, rows, "id", columns=columns)).decode()
    english = b"".join(write_csv(SAMPLE, rows, "en", columns=columns)).decode()
    codes = b"".join(write_csv(SAMPLE, [], "en", columns=columns, heading="code"))

    assert local == "\ufeffKode;Nilai;Terbuka;Jenis\r\nA;1,2340;ya;Jalan\r\n"
    assert english == "\ufeffCode,Value,Open,Kind\r\nA,1.2340,yes,Road\r\n"
    assert codes.decode() == "\ufeffcode,value,open,kind\r\n"


def test_equal_rows_make_equal_bytes() -> None:
    rows: list[dict[str, Value]] = [{"code": "A", "day": date(2022, 4, 21)}]

    assert xlsx_of(rows).getvalue() == xlsx_of(rows).getvalue()


def test_a_value_without_its_column_is_not_dropped() -> None:
    rows: list[dict[str, Value]] = [{"code": "A", "cost_DAK_1": 5}]

    with pytest.raises(ValueError, match="cost_DAK_1"):
        list(write_csv(SAMPLE, iter(rows)))


def test_columns_for_information_are_written_and_ignored_when_they_return() -> None:
    rows: list[dict[str, Value]] = [{"code": "A", "note": "hanya keterangan"}]

    assert "hanya keterangan" in csv_of(rows).getvalue().decode()
    assert [filled(row) for row in rows_of(csv_of(rows))] == [{"code": "A"}]


def test_a_sheet_that_is_full_is_refused_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("habaring.shared.tables.writing.MOST_SHEET_ROWS", 3)
    rows = ({"code": str(n)} for n in count())

    with pytest.raises(Refusal, match=r"A sheet holds 3 rows\. Take it as CSV"):
        write_xlsx(SAMPLE, rows, io.BytesIO())
    with pytest.raises(Refusal, match="40000 characters does not fit"):
        write_xlsx(SAMPLE, [{"code": "x" * 40_000}], io.BytesIO())


def test_the_template_helps_with_comments_drop_downs_and_a_sheet_that_says_how() -> (
    None
):
    book = openpyxl.load_workbook(io.BytesIO(template(SAMPLE, language="en")))
    sheet = book["Data"]
    comment = sheet["A1"].comment

    assert book.sheetnames == ["Data", "Lists", "How to"]
    assert book["Lists"].sheet_state == "hidden"
    assert comment is not None
    assert comment.text == "A code, written as text. Required."
    offered = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    assert offered["J2:J1001"] == "'Lists'!$J$2:$J$3"
    assert [book["Lists"]["J2"].value, book["Lists"]["J3"].value] == ["Road", "School"]
    told = [
        cell.value for row in book["How to"].iter_rows() for cell in row if cell.value
    ]
    assert "No two rows may have the same: Code." in told
    assert "Write it as 62.02. A code, written as text. May be left empty." in told


# The registry


def test_kinds_are_registered_once_and_described_for_programs() -> None:
    small = TableKind(
        "test.small", "Small", "S", (Column("a", "A", "whole", minimum=1),)
    )

    assert register(small) is register(small) is kind("test.small")
    assert small in kinds()
    assert json.loads(json.dumps(SAMPLE.schema("en")))["columns"][0] == {
        "code": "code",
        "label": "Code",
        "kind": "code",
        "required": True,
    }
    with pytest.raises(ValueError, match="Two table kinds"):
        register(TableKind("test.small", "Other", "S", ()))


def test_a_kind_whose_headings_clash_is_an_error_of_the_program() -> None:
    with pytest.raises(ValueError, match="repeated columns"):
        TableKind("x", "X", "X", (Column("a", "A"), Column("a", "B")))
    with pytest.raises(ValueError, match="means both"):
        TableKind("x", "X", "X", (Column("a", "Same"), Column("b", "same"))).headings()


# A million rows

MILLION = """
import io, sys, tempfile, time
from django.conf import settings
settings.configure(USE_I18N=False)  # no database, no apps: the tables need none
from datetime import date
from habaring.shared.tables import *
form, count = sys.argv[1], int(sys.argv[2])
kind = TableKind("big", "Big", "Data", (
    Column("code", "Code", "code", required=True), Column("name", "Name"),
    Column("cost", "Cost", "rupiah", minimum=0)), key=("code",))
rows = ({"code": f"K{n}", "name": f"Program {n}", "cost": n * 1000} for n in range(count))
start = time.monotonic()
with tempfile.TemporaryFile() as file:
    if form == "csv":
        for block in write_csv(kind, rows, "id"):
            file.write(block)
    else:
        write_xlsx(kind, rows, file, "id")
    written = time.monotonic()
    read_rows = read(file, kind, today=date(2026, 1, 1))
    checked = time.monotonic()
    assert sum(row["cost"] for row in read_rows) == 1000 * count * (count - 1) // 2
    walked = time.monotonic()
status = open("/proc/self/status").read()  # getrusage would count the parent's too
peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
print(len(read_rows), peak, round(written - start, 1), round(checked - written, 1),
    round(walked - checked, 1))
"""


def stream(form: str, rows: int) -> tuple[int, int]:
    """Write and read so many rows in a process of its own: rows read, peak in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", MILLION, form, str(rows)],
        check=True,
        capture_output=True,
        text=True,
    )
    print(form, done.stdout)
    count, peak, *_seconds = done.stdout.split()
    return int(count), int(peak)


@pytest.mark.slow
def test_a_million_rows_of_csv_stream_in_under_256_mb() -> None:
    count, peak = stream("csv", 1_000_000)

    assert count == 1_000_000
    assert peak < 256


def test_two_hundred_thousand_rows_of_xlsx_stream_in_under_256_mb() -> None:
    count, peak = stream("xlsx", 200_000)

    assert count == 200_000
    assert peak < 256


def test_a_day_of_the_future_depends_on_the_day_given() -> None:
    text = "Kode,Tanggal\nA,2026-11-03\n"

    rows = rows_of(bad_files.text_file(text), today=TODAY + timedelta(days=1))
    assert rows.columns == ("code", "day")
