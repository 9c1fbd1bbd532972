"""A kind of table with every kind of column, and short ways to read it."""

import io
from datetime import date

import pytest

from habaring.shared.refusal import FileRefused
from habaring.shared.tables import (
    Bilingual,
    Column,
    Row,
    Rows,
    TableKind,
    Value,
    family,
    read,
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
