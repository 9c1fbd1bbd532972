import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import IO

import pytest
from django.utils import translation

from habaring.shared.tables import (
    Column,
    TableKind,
    kind,
    kinds,
    register,
)
from tests.shared import bad_files
from tests.shared.table_sample import (
    SAMPLE,
    problems_of,
    refusal_of,
    rows_of,
    values_of,
    xlsx_of,
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


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


@pytest.mark.parametrize(
    ("bound", "text", "words"),
    [
        (
            "reading.MOST_COLUMNS",
            "Kode,a,b,c\nA\n",
            "It has more than 3 columns. Delete",
        ),
        (
            "reading.MOST_LINES",
            "Kode\n\n\n\nA\n",
            "3 rows. Delete the blank rows below",
        ),
        ("csv_files._LONGEST_ROW", "Kode\nAAAAA\n", "It has a line of more than"),
    ],
)
def test_files_made_to_wear_the_reader_out_are_refused(
    monkeypatch: pytest.MonkeyPatch, bound: str, text: str, words: str
) -> None:
    monkeypatch.setattr(
        f"habaring.shared.tables.{bound}", 3 if "LON" not in bound else 5
    )

    assert words in str(refusal_of(bad_files.text_file(text)))


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
