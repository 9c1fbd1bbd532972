"""Pictures lose what cameras write into them, and stay the same picture."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from habaring.shared.bare_pictures import PictureUnreadable, accept_bare, bare

PLACE = b"GPS 2.53 S 112.95 E"


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _exif(order: str, value: int) -> bytes:
    mark = b"II" if order == "<" else b"MM"
    head = struct.pack(order + "2sHIH", mark, 42, 8, 1)
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, value, 0)
    return b"Exif\0\0" + head + entry + bytes(4) + PLACE


def _jpeg(order: str = "<", value: int = 6) -> bytes:
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            _segment(0xE1, _exif(order, value)),
            _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE),
            _segment(0xFE, PLACE),
            _segment(0xDB, bytes(65)),
            _segment(0xDA, bytes(10)),
            b"\x01\xff\x00\xff\xd0\x02\xff\xd9",
            PLACE,
        )
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return (
        struct.pack(">I", len(body))
        + name
        + body
        + struct.pack(">I", zlib.crc32(name + body))
    )


def png() -> bytes:
    """One red pixel, with a place written beside it."""
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
            _chunk(b"eXIf", PLACE),
            _chunk(b"tEXt", b"Comment\0" + PLACE),
            _chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")),
            _chunk(b"IEND", b""),
        )
    )


def _webp() -> bytes:
    def part(name: bytes, body: bytes) -> bytes:
        return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    rest = (
        part(b"VP8X", bytes([0b00001100]) + bytes(9))
        + part(b"VP8 ", b"picture")
        + part(b"EXIF", PLACE)
        + part(b"XMP ", PLACE)
    )
    return b"RIFF" + struct.pack("<I", len(rest) + 4) + b"WEBP" + rest


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_jpeg_keeps_which_way_up_and_loses_the_rest(order: str) -> None:
    clean = bare(_jpeg(order), "jpeg")
    assert PLACE not in clean
    assert clean.count(b"Exif\0\0") == 1
    assert struct.pack(">HHIH", 0x0112, 3, 1, 6) in clean
    assert clean.endswith(b"\x01\xff\x00\xff\xd0\x02\xff\xd9")
    assert bare(clean, "jpeg") == clean


def test_an_upright_jpeg_has_no_exif_left() -> None:
    assert b"Exif" not in bare(_jpeg(value=1), "jpeg")


def test_png_and_webp_lose_their_text_blocks() -> None:
    assert PLACE not in bare(png(), "png")
    assert b"IDAT" in bare(png(), "png")
    clean = bare(_webp(), "webp")
    assert PLACE not in clean
    assert b"picture" in clean
    assert struct.unpack("<I", clean[4:8])[0] == len(clean) - 8


@pytest.mark.parametrize(
    ("content", "code"),
    [(_jpeg()[:40], "jpeg"), (png()[:30], "png"), (_webp()[:25], "webp")],
)
def test_a_picture_cut_short_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(PictureUnreadable):
        bare(content, code)


def test_the_name_of_the_file_goes_too() -> None:
    given = SimpleUploadedFile("rumah_ibu_siti_0812.png", png())
    accepted = accept_bare(given)
    assert accepted.name == "foto.png"
    assert PLACE not in io.BytesIO(accepted.file.read()).getvalue()
