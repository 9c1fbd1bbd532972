"""Days with a time in tables, as banks write them."""

import io
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from habaring.shared.refusal import FileRefused
from habaring.shared.tables import Column, TableKind, read, write_csv, write_xlsx

WIB = timezone(timedelta(hours=7))
KIND = TableKind("moments", "Waktu", "Waktu", (Column("at", "Waktu", "moment"),))


def _read(text: str) -> list[object]:
    file = io.BytesIO(f"Waktu;\n{text};\n".encode())
    return [row["at"] for row in read(file, KIND, today=date(2026, 11, 2))]


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-02T13:05:00+07:00",
        "2026-11-02 13:05",
        "02/11/2026 13.05.00",
        "2 November 2026 13:05 WIB",
        "2026-11-02T06:05:00Z",
        "2026-11-02 14:05 WITA",
    ],
)
def test_a_moment_is_read_as_banks_write_it(text: str) -> None:
    assert _read(text) == [datetime(2026, 11, 2, 6, 5, tzinfo=UTC)]


def test_a_day_alone_is_its_midnight() -> None:
    assert _read("02/11/2026") == [datetime(2026, 11, 2, tzinfo=WIB)]


@pytest.mark.parametrize("text", ["2026-11-02 25:05", "02/13/2026 10:00", "kemarin"])
def test_no_moment_is_refused(text: str) -> None:
    with pytest.raises(FileRefused):
        _read(text)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_moment_comes_back_unchanged(form: str) -> None:
    at = datetime(2026, 11, 2, 13, 5, 7, tzinfo=WIB)
    file = io.BytesIO()
    if form == "xlsx":
        write_xlsx(KIND, [{"at": at}], file)
    else:
        file.write(b"".join(write_csv(KIND, [{"at": at}])))
    file.seek(0)
    assert [r["at"] for r in read(file, KIND, today=date(2026, 11, 2))] == [at]
