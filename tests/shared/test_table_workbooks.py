import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation

from tests.shared import bad_files
from tests.shared.table_sample import (
    filled,
    refusal_of,
    rows_of,
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


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


def test_a_sheet_of_too_many_elements_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("habaring.shared.tables.xlsx_files.MOST_ELEMENTS", 5)
    file = bad_files.raw_workbook(["Kode"], ["A"])

    assert "A part of the workbook is far too large." in str(refusal_of(file))
