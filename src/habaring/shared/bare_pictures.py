"""Pictures without what cameras write into them: place, time, device, thumbnails.

Only whole blocks are left out; the picture itself is not touched, so nothing is decoded
and nothing gets worse. Which way up a JPEG is held is kept, and that alone.

Sources: ITU-T T.81 annex B (JPEG), CIPA DC-008 (Exif), W3C PNG (third edition) 11.3,
RFC 9649 (WebP).
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import FileRefused
from habaring.shared.uploads import PICTURES, AcceptedFile, accept

MAX_BYTES = 10 * 1024**2
_PNG_KEPT = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB"),
    *(b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"cICP"),
}
_WEBP_LEFT_OUT = {b"EXIF", b"XMP "}
_WEBP_FLAGS = 0b00001100  # of VP8X: Exif, XMP
_JPEG_KEPT_APPS = {0xE0, 0xEE}  # JFIF, and Adobe's colour transform
_ORIENTATION = 0x0112


class PictureUnreadable(FileRefused):
    """The bytes stop before the picture does."""


def accept_bare(uploaded: UploadedFile, *, max_bytes: int = MAX_BYTES) -> AcceptedFile:
    """Look at a picture and leave out what is not the picture; its name goes too.

    Raises FileRefused where it is no PNG, JPEG or WebP, too large, or cut short.
    """
    given = accept(uploaded, PICTURES, max_bytes=max_bytes)
    content = bare(given.file.read(), given.content.code)
    name = f"foto.{given.content.code}"
    clean = accept(UploadedFile(io.BytesIO(content), name, size=len(content)), PICTURES)
    return replace(clean, name=name)


def bare(content: bytes, code: str) -> bytes:
    """The same picture ("jpeg", "png" or "webp") without its metadata."""
    try:
        return b"".join(_PARTS[code](content))
    except (IndexError, struct.error, EOFError) as error:
        raise PictureUnreadable(
            what=_("This picture cannot be read."),
            why=_("The file is cut short."),
            next=_("Take the picture again, or choose another one."),
        ) from error


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]  # start of image
    turned = b""
    rest: list[bytes] = []
    file = io.BytesIO(content)
    file.seek(2)
    while True:
        marker = _marker(file)
        if marker == 0xDA:  # from the scan on, all of it is picture
            break
        length = struct.unpack(">H", _take(file, 2))[0]
        body = _take(file, length - 2)
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            turned = turned or _orientation(body[6:])
        named = 0xE0 <= marker <= 0xEF and marker not in _JPEG_KEPT_APPS
        profile = marker == 0xE2 and body.startswith(b"ICC_PROFILE\0")
        if (named and not profile) or marker == 0xFE:
            continue
        rest.append(struct.pack(">BBH", 0xFF, marker, length) + body)
    yield turned
    yield from rest
    yield b"\xff\xda"
    yield _scans(file.read())


def _marker(file: IO[bytes]) -> int:
    byte = _take(file, 1)
    if byte != b"\xff":
        raise EOFError
    while byte == b"\xff":
        byte = _take(file, 1)
    return byte[0]


def _scans(data: bytes) -> bytes:
    """Up to the end of the image: phones put second pictures and films behind it."""
    at = 0
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        marker = data[at + 1]
        if marker == 0xD9:
            return data[: at + 2]
        if marker in (0x00, 0xFF) or 0xD0 <= marker <= 0xD7:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return data + b"\xff\xd9"


def _orientation(tiff: bytes) -> bytes:
    """A fresh Exif block that says which way up, or nothing where it is upright."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return b""
    first = struct.unpack(order + "I", tiff[4:8])[0]
    entries = tiff[first + 2 :]
    count = struct.unpack(order + "H", tiff[first : first + 2].ljust(2, b"\0"))[0]
    for i in range(min(count, len(entries) // 12)):
        tag, kind, _n, value = struct.unpack(
            order + "HHIH", entries[12 * i : 12 * i + 10]
        )
        if tag == _ORIENTATION and kind == 3 and 2 <= value <= 8:
            exif = b"Exif\0\0" + struct.pack(
                ">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, value, 0, 0
            )
            return struct.pack(">BBH", 0xFF, 0xE1, len(exif) + 2) + exif
    return b""


def _png(content: bytes) -> Iterator[bytes]:
    file = io.BytesIO(content)
    yield _take(file, 8)
    while True:
        head = _take(file, 8)
        length, name = struct.unpack(">I4s", head)
        body = _take(file, length + 4)
        if name in _PNG_KEPT:
            yield head + body
        if name == b"IEND":
            return


def _webp(content: bytes) -> Iterator[bytes]:
    file = io.BytesIO(content)
    size = struct.unpack("<I", _take(file, 12)[4:8])[0]
    parts: list[bytes] = []
    while file.tell() < size + 8:
        head = _take(file, 8)
        name, length = struct.unpack("<4sI", head)
        body = _take(file, length + length % 2)
        if name == b"VP8X":
            body = bytes([body[0] & ~_WEBP_FLAGS]) + body[1:]
        if name not in _WEBP_LEFT_OUT:
            parts.append(head + body)
    rest = b"".join(parts)
    yield b"RIFF" + struct.pack("<I", len(rest) + 4) + b"WEBP"
    yield rest


def _take(file: IO[bytes], n: int) -> bytes:
    data = file.read(max(n, 0))
    if len(data) != n:
        raise EOFError
    return data


_PARTS = {"jpeg": _jpeg, "png": _png, "webp": _webp}
