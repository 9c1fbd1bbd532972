"""Files that people send: judged by their content, kept under their checksum.

A view calls `accept`, which stores nothing; the action that uses the file calls `keep`
inside its transaction. Kept files lie under MEDIA_ROOT/uploads, named by their SHA-256,
without a suffix and not executable; `response` sends one back in a way that no browser
runs it.
"""

import hashlib
import os
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Words
from habaring.shared.tables.content import (
    TYPES,
    Content,
    clean_name,
    not_taken,
    size_of,
    sniff,
    too_large,
    why_not,
)

TABLES = ("xlsx", "csv")
PICTURES = ("png", "jpeg", "webp")
DOCUMENTS = ("pdf", "docx", "odt", "xlsx", "ods")

MAX_BYTES = 25 * 1024**2
_SHOWN_INLINE = {TYPES[code].media_type for code in PICTURES}
_SUFFIXES = {
    "csv": (".csv", ".tsv", ".txt"),
    "jpeg": (".jpg", ".jpeg"),
    "tiff": (".tif", ".tiff"),
}
_BLOCK = 1024**2


@dataclass(frozen=True)
class AcceptedFile:
    """A file that was looked at and may be kept.

    `name` is safe to show and ends as its content does; `media_type` is told by the
    bytes; `path` is where `keep` puts it, below MEDIA_ROOT; `file` is open for reading.
    """

    name: str
    size: int
    sha256: str
    content: Content
    path: str
    file: IO[bytes]

    @property
    def media_type(self) -> str:
        return self.content.media_type


def accept(
    uploaded: UploadedFile, allowed: Collection[str], *, max_bytes: int = MAX_BYTES
) -> AcceptedFile:
    """Look at an uploaded file; FileRefused where it is too large or not `allowed`.

    `allowed` lists codes of contents: TABLES, PICTURES, DOCUMENTS or a choice of them.
    """
    file = cast("IO[bytes]", uploaded)
    name = clean_name(uploaded.name or "")
    size = size_of(file)
    if size > max_bytes:
        raise too_large(
            name,
            size,
            max_bytes,
            _("Make it smaller and send it again."),
        )
    content = sniff(file)
    if content.code == "json" and "csv" in allowed:
        content = TYPES["csv"]  # a table may begin with a bracket
    if content.code not in allowed:
        raise not_taken(name, *_not_allowed(content, allowed))
    digest = _digest(file)
    path = f"uploads/{digest[:2]}/{digest}"
    return AcceptedFile(_suffixed(name, content), size, digest, content, path, file)


def keep(accepted: AcceptedFile) -> str:
    """Store the file under its checksum; the path below MEDIA_ROOT is returned.

    A file already there is left as it is. Half-written files never get the name.
    """
    place = Path(settings.MEDIA_ROOT) / accepted.path
    if place.exists() and place.stat().st_size == accepted.size:
        return accepted.path
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=".keep-")
    try:
        with os.fdopen(handle, "wb") as out:
            accepted.file.seek(0)
            while block := accepted.file.read(_BLOCK):
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
        accepted.file.seek(0)
        Path(temporary).chmod(0o640)
        Path(temporary).replace(place)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return accepted.path


def response(path: str, *, name: str, media_type: str) -> FileResponse:
    """A kept file sent back: a picture to be seen, everything else to be saved.

    Whatever the bytes are, the browser neither guesses a type nor runs a script.
    """
    inline = media_type in _SHOWN_INLINE
    sent = FileResponse(
        (Path(settings.MEDIA_ROOT) / path).open("rb"),
        as_attachment=not inline,
        filename=clean_name(name),
        content_type=media_type if inline else "application/octet-stream",
    )
    sent["X-Content-Type-Options"] = "nosniff"
    sent["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return sent


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(_BLOCK):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def _suffixed(name: str, content: Content) -> str:
    """The name with a suffix of its content: `photo.exe` that is a PNG gets `.png`."""
    suffixes = _SUFFIXES.get(content.code, (f".{content.code}",))
    if name.lower().endswith(suffixes):
        return name
    return clean_name(name[: 120 - len(suffixes[0])] + suffixes[0])


def _not_allowed(content: Content, allowed: Collection[str]) -> tuple[Words, Words]:
    why, then = why_not(content.code)
    if set(allowed) == set(TABLES):
        return why, then
    titles = format_lazy(
        ", ".join("{" + code + "}" for code in allowed),
        **{code: TYPES[code].title for code in allowed},
    )
    return why, format_lazy(_("Send one of these: {titles}."), titles=titles)
