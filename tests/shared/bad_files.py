"""Makers of nasty files, for the reader's own tests and for the journeys.

Each gives an open binary file with a `name`, as a form's upload has. Text makers take
the table's own text, so that a journey can spoil a file of its own kind.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import IO
from xml.sax.saxutils import escape

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


class Named(io.BytesIO):
    """Bytes with a file name."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.name = name


class Endless(io.RawIOBase):
    """A file that claims a size and counts how much of it is read."""

    def __init__(self, size: int, name: str) -> None:
        self.name = name
        self.size = size
        self.at = 0
        self.taken = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def tell(self) -> int:
        return self.at

    def read(self, length: int | None = -1) -> bytes:
        left = self.size - self.at
        count = left if length is None or length < 0 else min(length, left)
        self.at += count
        self.taken += count
        return b"a" * count


def text_file(text: str, name: str = "tabel.csv", encoding: str = "utf-8") -> Named:
    return Named(text.encode(encoding), name)


def huge(megabytes: int = 200, name: str = "besar.csv") -> Endless:
    return Endless(megabytes * 1_000_000, name)


def windows_1252(text: str) -> Named:
    """A CSV in the encoding of old Excel; the text should hold a letter beyond ASCII."""
    return text_file(text, encoding="cp1252")


def utf16_without_mark(text: str) -> Named:
    return text_file(text, encoding="utf-16-le")


def picture(name: str = "foto.csv") -> Named:
    """A real PNG of one pixel, named as the caller likes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    pixel = chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
    return Named(b"\x89PNG\r\n\x1a\n" + header + pixel + chunk(b"IEND", b""), name)


def pdf(name: str = "laporan.xlsx") -> Named:
    return Named(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\n%%EOF\n", name)


def old_xls(name: str = "lama.xls") -> Named:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return Named(head + "Workbook".encode("utf-16-le") + bytes(1000), name)


def locked_xlsx(name: str = "rahasia.xlsx") -> Named:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return Named(head + "EncryptedPackage".encode("utf-16-le") + bytes(1000), name)


def archive(parts: dict[str, bytes], name: str = "tabel.xlsx") -> Named:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for path, data in parts.items():
            out.writestr(path, data)
    return Named(file.getvalue(), name)


def workbook_parts(
    sheet: str, *, name: str = "Data", extra: dict[str, str] | None = None
) -> dict[str, bytes]:
    """The parts of a small workbook around the XML inside `<worksheet>`."""
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{rel}"><sheets>'
        f'<sheet name="{escape(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
        **(extra or {}),
    }
    return {path: data.encode() for path, data in parts.items()}


def inline(row: int, cells: Sequence[str]) -> str:
    """A row of XML; a cell that begins with `<c` is taken as it is."""
    made = (
        cell
        if cell.startswith("<c")
        else f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
        for cell in cells
    )
    return f'<row r="{row}">{"".join(made)}</row>'


def raw_workbook(
    *rows: Sequence[str], after: str = "", name: str = "tabel.xlsx"
) -> Named:
    """A workbook written by hand, with cells such as `<c t="e"><v>#REF!</v></c>`."""
    xml = "".join(inline(number, cells) for number, cells in enumerate(rows, start=1))
    return archive(workbook_parts(f"<sheetData>{xml}</sheetData>{after}"), name)


def merged_header(title: str, headings: Sequence[str], row: Sequence[str]) -> Named:
    """A workbook whose first two headings are one merged cell."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet(title)
        sheet.merge_range(0, 0, 0, 1, headings[0])
        sheet.write_row(0, 2, headings[2:])
        sheet.write_row(1, 0, row)
    return Named(file.getvalue(), "gabung.xlsx")


def zip_bomb(megabytes: int = 300, name: str = "bom.xlsx") -> Named:
    """A workbook whose sheet unpacks a thousandfold, without holding it in memory."""
    parts = workbook_parts("<sheetData/>")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for path, data in parts.items():
            if not path.endswith("sheet1.xml"):
                out.writestr(path, data)
        with out.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _megabyte in range(megabytes):
                sheet.write(b" " * 1024**2)
    return Named(file.getvalue(), name)


def lying_zip_bomb(megabytes: int = 50) -> Named:
    """A workbook whose directory says that the sheet is small when it is not."""
    data = bytearray(zip_bomb(megabytes).getvalue())
    true = struct.pack("<I", megabytes * 1024**2)
    at = data.find(true)
    while at >= 0:
        data[at : at + 4] = struct.pack("<I", 1_000)
        at = data.find(true, at)
    return Named(bytes(data), "bohong.xlsx")


def many_entries(count: int = 6_000) -> Named:
    return archive({f"xl/{n}.xml": b"" for n in range(count)}, "banyak.xlsx")


def entity_bomb() -> Named:
    """A billion laughs: entities that multiply when they are expanded."""
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {new} "{("&" + old + ";") * 10}">'
        for old, new in zip("abcdefghi", "bcdefghij", strict=True)
    )
    parts = workbook_parts("<sheetData/>")
    parts["xl/worksheets/sheet1.xml"] = (
        f'<?xml version="1.0"?><!DOCTYPE worksheet [{entities}]>'
        f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="str"><v>&j;</v></c></row>'
        "</sheetData></worksheet>"
    ).encode()
    return archive(parts, "entitas.xlsx")


def content_of(file: IO[bytes]) -> bytes:
    """All bytes of a file, as the test client wants them."""
    file.seek(0)
    return file.read()
