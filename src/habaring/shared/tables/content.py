"""What a file really is, by its bytes and never by its name.

Also the guard in front of every spreadsheet: a ZIP archive is looked at from outside
(its directory: entries, sizes, ratios) before anything in it is unpacked.
"""

import re
import struct
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import IO, Literal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import FileRefused, Problem, Words

SAVE_AS_UTF8 = _(
    "In Excel choose “Save as” and the type “CSV UTF-8 (comma delimited)”; in LibreOffice "
    "choose the character set “Unicode (UTF-8)”. Or send the workbook itself as XLSX."
)

MOST_ENTRIES = 5_000
LARGEST_DIRECTORY = 2 * 1024**2
MOST_UNPACKED = 1024**3
# Deflate reaches 1032:1; a sheet of a million equal rows about 60:1.
STEEPEST_RATIO = 250
SMALL_ENTRY = 20 * 1024**2


@dataclass(frozen=True)
class Content:
    """A type of content: a short code, its media type, and its name for people."""

    code: str
    media_type: str
    title: Words


_TYPES = (
    Content("csv", "text/csv", _("a text table (CSV)")),
    Content(
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _("an Excel workbook (XLSX)"),
    ),
    Content(
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _("a Word document"),
    ),
    Content(
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _("a PowerPoint presentation"),
    ),
    Content(
        "xlsb",
        "application/vnd.ms-excel.sheet.binary.macroenabled.12",
        _("a binary Excel workbook (XLSB)"),
    ),
    Content(
        "ods",
        "application/vnd.oasis.opendocument.spreadsheet",
        _("an OpenDocument spreadsheet (ODS)"),
    ),
    Content(
        "odt",
        "application/vnd.oasis.opendocument.text",
        _("an OpenDocument text (ODT)"),
    ),
    Content("xls", "application/vnd.ms-excel", _("an old Excel workbook (XLS)")),
    Content("locked", "application/x-ole-storage", _("a file protected by a password")),
    Content("zip", "application/zip", _("a ZIP archive")),
    Content("bomb", "application/zip", _("an archive that unpacks to far too much")),
    Content("pdf", "application/pdf", _("a PDF document")),
    Content("png", "image/png", _("a picture (PNG)")),
    Content("jpeg", "image/jpeg", _("a picture (JPEG)")),
    Content("gif", "image/gif", _("a picture (GIF)")),
    Content("webp", "image/webp", _("a picture (WebP)")),
    Content("bmp", "image/bmp", _("a picture (BMP)")),
    Content("tiff", "image/tiff", _("a picture (TIFF)")),
    Content("heic", "image/heic", _("a picture (HEIC)")),
    Content("svg", "image/svg+xml", _("a drawing (SVG)")),
    Content("gzip", "application/gzip", _("a compressed file (GZIP)")),
    Content("rar", "application/vnd.rar", _("a RAR archive")),
    Content("7z", "application/x-7z-compressed", _("a 7z archive")),
    Content("html", "text/html", _("a web page (HTML)")),
    Content("xml", "application/xml", _("an XML document")),
    Content("json", "application/json", _("a JSON document")),
    Content("program", "application/octet-stream", _("a program")),
    Content("empty", "application/x-empty", _("an empty file")),
    Content("binary", "application/octet-stream", _("not text and not a workbook")),
)
TYPES = {content.code: content for content in _TYPES}

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_SHORT_MAGIC = {"bmp", "program"}  # two letters that text may begin with, too
_MARKUP: tuple[tuple[bytes, str], ...] = (
    (b"<!doctype html", "html"),
    (b"<html", "html"),
    (b"<head", "html"),
    (b"<script", "html"),
    (b"<table", "html"),
    (b"<svg", "svg"),
    (b"<?xml", "xml"),
)


def size_of(file: IO[bytes]) -> int:
    """The size in bytes; the file is left at its beginning."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    return size


def not_taken(
    name: str, why: Words, then: Words, problems: tuple[Problem, ...] = ()
) -> FileRefused:
    """A file refused whole; `problems` where a place in it can be named."""
    what = format_lazy(_("The file “{name}” was not taken in."), name=name)
    return FileRefused(what, why, then, problems=problems)


def too_large(name: str, size: int, max_bytes: int, then: Words) -> FileRefused:
    """A file refused for its size, in bytes, before it is read."""
    why = format_lazy(
        _("It is {size} MB large; at most {most} MB are taken."),
        size=-(-size // 1_000_000),
        most=max_bytes // 1_000_000,
    )
    return not_taken(name, why, then)


def sniff(file: IO[bytes]) -> Content:
    """The type of content, by its bytes; the file is left at its beginning."""
    size = size_of(file)
    head = file.read(65_536)
    file.seek(0)
    code = _by_magic(head)
    if not head:
        code = "empty"
    elif head.startswith(b"PK\x03\x04"):
        code = _zip_code(file, size)
    elif head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        code = "locked" if _holds_encrypted_package(file) else "xls"
    file.seek(0)
    return TYPES[code]


def _by_magic(head: bytes) -> str:
    for magic, code in _MAGIC:
        if head.startswith(magic) and not (code in _SHORT_MAGIC and _is_text(head)):
            return code
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        return "heic"
    return _by_text(head)


def _by_text(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for opening, code in _MARKUP:
        if start.startswith(opening):
            return "svg" if code == "xml" and b"<svg" in start[:4096] else code
    if head.startswith(b"#!/"):
        return "program"
    if start[:1] in (b"{", b"[") and start.rstrip()[-1:] in (b"}", b"]"):
        return "json"
    return (
        "csv" if _is_text(head) or head[:2] in (b"\xff\xfe", b"\xfe\xff") else "binary"
    )


def _is_text(head: bytes) -> bool:
    """Whether the bytes have no control characters but those of text. A few NULs are
    let through: the reader names the cell that holds them.
    """
    odd = sum(head.count(bytes([code])) for code in (*range(1, 9), *range(14, 32), 127))
    return odd <= len(head) // 200 and head.count(0) <= max(1, len(head) // 20)


def looks_like_utf16(head: bytes) -> bool:
    """Whether bytes without a mark alternate with NUL, as UTF-16 does."""
    sample = head[:4096]
    half = max(1, len(sample) // 2)
    return sample[1::2].count(0) > half * 0.6 or sample[0::2].count(0) > half * 0.6


def _holds_encrypted_package(file: IO[bytes]) -> bool:
    """Whether an OLE file wraps a password-protected workbook ([MS-OFFCRYPTO] 2.3)."""
    wanted = "EncryptedPackage".encode("utf-16-le")
    tail = b""
    file.seek(0)
    while block := file.read(1024**2):
        if wanted in tail + block:
            return True
        tail = block[-len(wanted) :]
    return False


def _zip_code(file: IO[bytes], size: int) -> str:
    trouble = archive_trouble(file, size)
    if trouble:
        return trouble
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
            return _open_document(archive.read("mimetype"))
    marks = (
        ("xl/workbook.xml", "xlsx"),
        ("xl/workbook.bin", "xlsb"),
        ("word/document.xml", "docx"),
        ("ppt/presentation.xml", "pptx"),
    )
    return next((code for name, code in marks if name in names), "zip")


def _open_document(mimetype: bytes) -> str:
    for code in ("ods", "odt"):
        if mimetype.decode("latin-1").strip() == TYPES[code].media_type:
            return code
    return "zip"


def archive_trouble(file: IO[bytes], size: int) -> Literal["", "bomb", "zip"]:
    """What speaks against opening an archive: "bomb", "zip" (damaged), or nothing.

    Only the directory at its end is read, and that only when it is small.
    """
    file.seek(max(0, size - 65_557))
    end = file.read()
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) - at < 22:
        return "zip"
    entries, length = struct.unpack("<HI", end[at + 10 : at + 16])
    if end[max(0, at - 20) : at].startswith(b"PK\x06\x07") or entries > MOST_ENTRIES:
        return "bomb"  # a table of this size never needs the 64-bit directory
    if length > LARGEST_DIRECTORY:
        return "bomb"
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        return "zip"
    return "bomb" if _unpacks_to_too_much(infos, size) else ""


def _unpacks_to_too_much(infos: list[zipfile.ZipInfo], size: int) -> bool:
    total = sum(info.file_size for info in infos)
    steep = any(
        info.file_size > SMALL_ENTRY
        and info.file_size > STEEPEST_RATIO * max(1, info.compress_size)
        for info in infos
    )
    # Entries that overlap share compressed bytes: their sum exceeds the file.
    overlap = sum(info.compress_size for info in infos) > size
    names = [info.filename for info in infos]
    return total > MOST_UNPACKED or steep or overlap or len(names) != len(set(names))


def why_not(code: str) -> tuple[Words, Words]:
    """Why a content is no table, and what to do; by the code of the content."""
    if code == "empty":
        return _("It is empty."), _("Download the template and fill it in.")
    if code == "bomb":
        return (
            _("It would unpack to far more than a table can be."),
            _("Open the workbook, copy only the table into a new one, and send that."),
        )
    if code == "locked":
        return (
            _("It is protected by a password."),
            _("Save it without a password and send it again."),
        )
    then: Words = _("Send the table as XLSX or as CSV.")
    if code in ("xls", "xlsb", "ods", "html", "xml"):
        then = _("Open it in Excel or LibreOffice, choose “Save as” and the type XLSX.")
    if code == "binary":
        then = SAVE_AS_UTF8
    is_what = format_lazy(
        _("By its content it is {title}, whatever its name says."),
        title=TYPES[code].title,
    )
    return is_what, then


LONGEST_NAME = 120


def clean_name(name: str) -> str:
    """A file's name fit to be shown and stored: no path, nothing invisible, short."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = " ".join(re.sub(r'[<>:"|?*]', " ", name).split()).lstrip(". ")
    if len(name) > LONGEST_NAME:
        stem, dot, suffix = name.rpartition(".")
        tail = dot + suffix if dot and len(suffix) <= 10 else ""
        name = (stem if tail else name)[: LONGEST_NAME - len(tail)].rstrip() + tail
    return name or "file"
