import gzip
import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habaring.shared.refusal import Refusal
from habaring.shared.tables import (
    Column,
    TableKind,
    Value,
    read,
    template,
    write_csv,
    write_xlsx,
)
from tests.shared import bad_files
from tests.shared.table_sample import (
    SAMPLE,
    TODAY,
    csv_of,
    filled,
    rows_of,
    xlsx_of,
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


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


@pytest.mark.real_data
def test_real_indicators_of_all_regions_come_in_and_go_out_unchanged(
    shared_data: Path,
) -> None:
    with gzip.open(shared_data / "indicators/indicators.csv.gz") as packed:
        file = io.BytesIO(packed.read())
    observations = TableKind(
        "test.observations",
        "Observations",
        "Data",
        (
            Column(
                "region_code", "Region", "code", required=True, pattern=r"\d\d(\.\d\d)?"
            ),
            Column("indicator", "Indicator", "code", required=True),
            Column("year", "Year", "year", required=True, not_future=True),
            Column("value", "Value", "decimal", required=True),
            Column("unit", "Unit"),
            Column("source", "Source"),
        ),
        key=("region_code", "indicator", "year", "source"),
    )
    rows = read(file, observations, today=TODAY)
    values = [row.values for row in rows]
    again = io.BytesIO(b"".join(write_csv(observations, values, "id")))

    assert len({row["region_code"] for row in values}) >= 514
    assert [row.values for row in read(again, observations, today=TODAY)] == values


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


def test_a_hundred_thousand_rows_of_xlsx_stream_in_under_256_mb() -> None:
    count, peak = stream("xlsx", 100_000)

    assert count == 100_000
    assert peak < 256


def test_a_day_of_the_future_depends_on_the_day_given() -> None:
    text = "Kode,Tanggal\nA,2026-11-03\n"

    rows = rows_of(bad_files.text_file(text), today=TODAY + timedelta(days=1))
    assert rows.columns == ("code", "day")
