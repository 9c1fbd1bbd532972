import hashlib
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from habaring.shared.refusal import FileRefused
from habaring.shared.tables.content import clean_name
from habaring.shared.uploads import DOCUMENTS, PICTURES, TABLES, accept, keep, response
from tests.shared import bad_files


@pytest.fixture(autouse=True)
def _files_of_the_test(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield


def uploaded(file: io.BytesIO, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, bad_files.content_of(file))


def test_a_table_is_accepted_with_its_size_checksum_and_true_type() -> None:
    file = uploaded(bad_files.text_file("Kode;Nilai\nA;1\n"), "nilai 2026.csv")
    accepted = accept(file, TABLES)

    assert accepted.name == "nilai 2026.csv"
    assert accepted.media_type == "text/csv"
    assert accepted.size == 15
    assert accepted.sha256 == hashlib.sha256(b"Kode;Nilai\nA;1\n").hexdigest()
    assert accepted.path == f"uploads/{accepted.sha256[:2]}/{accepted.sha256}"
    assert accepted.file.read() == b"Kode;Nilai\nA;1\n"


def test_nothing_is_stored_until_it_is_kept(tmp_path: Path) -> None:
    accepted = accept(uploaded(bad_files.picture(), "foto.png"), PICTURES)
    assert list(tmp_path.iterdir()) == []

    path = keep(accepted)
    place = tmp_path / path

    assert place.read_bytes() == bad_files.picture().getvalue()
    assert stat.S_IMODE(place.stat().st_mode) == 0o640
    assert [file.name for file in place.parent.iterdir()] == [accepted.sha256]


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    first = keep(accept(uploaded(bad_files.picture(), "a.png"), PICTURES))
    second = keep(accept(uploaded(bad_files.picture(), "b.png"), PICTURES))

    assert first == second
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_half_written_file_never_gets_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted = accept(uploaded(bad_files.picture(), "a.png"), PICTURES)
    monkeypatch.setattr(os, "fsync", lambda _handle: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        keep(accepted)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_picture_named_csv_is_refused_as_what_it_is() -> None:
    with pytest.raises(FileRefused) as refused:
        accept(uploaded(bad_files.picture(), "nilai.csv"), TABLES)

    assert str(refused.value) == (
        "The file “nilai.csv” was not taken in. By its content it is a picture (PNG), "
        "whatever its name says. Send the table as XLSX or as CSV."
    )


def test_what_is_not_wanted_is_refused_with_what_is() -> None:
    with pytest.raises(FileRefused) as refused:
        accept(uploaded(bad_files.pdf(), "surat.pdf"), PICTURES)

    assert str(refused.value) == (
        "The file “surat.pdf” was not taken in. By its content it is a PDF document, "
        "whatever its name says. Send one of these: a picture (PNG), a picture (JPEG), a "
        "picture (WebP)."
    )


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html><script>alert(1)</script>",
        b'<?xml version="1.0"?><svg onload="alert(1)"/>',
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ\x90\x00" + bytes(200),
        b"\x7fELF" + bytes(200),
        b"#!/bin/sh\nrm -rf /\n",
        b"",
    ],
)
def test_what_a_browser_or_a_machine_would_run_is_never_a_document(data: bytes) -> None:
    for allowed in (DOCUMENTS, PICTURES, TABLES):
        with pytest.raises(FileRefused):
            accept(SimpleUploadedFile("surat.pdf", data), allowed)


def test_a_file_too_large_is_refused() -> None:
    with pytest.raises(FileRefused, match="It is 1 MB large; at most 0 MB are taken"):
        accept(SimpleUploadedFile("a.csv", b"a" * 1000), TABLES, max_bytes=999)


def test_a_zip_bomb_is_refused() -> None:
    with pytest.raises(FileRefused, match="far more than a table can be"):
        accept(uploaded(bad_files.zip_bomb(), "bom.xlsx"), TABLES)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\budi\\nilai.csv", "nilai.csv"),
        ("nilai\x00\n\u202egnp.csv", "nilaignp.csv"),
        ("  ..rahasia  .csv", "rahasia .csv"),
        ('a"b<c>.csv', "a b c .csv"),
        ("", "file"),
        ("...", "file"),
        ("x" * 300 + ".xlsx", "x" * 115 + ".xlsx"),
        ("Data Jalan – Sampit.csv", "Data Jalan – Sampit.csv"),
    ],
)
def test_names_are_cleaned(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_a_name_ends_as_its_content_does() -> None:
    accepted = accept(uploaded(bad_files.picture(), "foto.exe"), PICTURES)

    assert accepted.name == "foto.exe.png"


@pytest.mark.django_db  # closing a response closes old connections too
def test_a_picture_is_shown_and_everything_else_is_saved() -> None:
    path = keep(accept(uploaded(bad_files.picture(), "a.png"), PICTURES))
    picture = response(path, name="a.png", media_type="image/png")
    other = response(path, name="a.html", media_type="text/html")

    assert picture["Content-Type"] == "image/png"
    assert picture["Content-Disposition"].startswith("inline")
    assert other["Content-Type"] == "application/octet-stream"
    assert other["Content-Disposition"] == 'attachment; filename="a.html"'
    for sent in (picture, other):
        assert sent["X-Content-Type-Options"] == "nosniff"
        assert sent["Content-Security-Policy"] == "default-src 'none'; sandbox"
        sent.close()
