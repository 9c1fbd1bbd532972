"""Set one frozen book: which program makes which format, and whether it is the same."""

import hashlib
import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from habaring import __version__
from habaring.masterplan.html import set_html
from habaring.masterplan.models import Edition, EditionFile
from habaring.masterplan.pdf import set_pdf
from habaring.shared import fonts
from habaring.shared.refusal import Refusal


def _set_docx(book: Mapping[str, Any]) -> bytes:
    from habaring.masterplan.docx import set_docx  # late: slow to import

    return set_docx(book)


SETTERS: dict[str, Callable[[Mapping[str, Any]], bytes]] = {
    "pdf": set_pdf,
    "docx": _set_docx,
    "html": set_html,
}


class OtherBytes(Refusal):
    """A frozen book, set again, is not the file that was issued."""


def software() -> dict[str, str]:
    """What set the books: another version may give other bytes for the same text."""
    return {
        "habaring": __version__,
        "typst": version("typst"),
        "python-docx": version("python-docx"),
        "font": fonts.digest(),
    }


def checksum(record: Mapping[str, Any]) -> str:
    """SHA-256 of the record as canonical JSON."""
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def set_book(edition: Edition, code: str, form: str) -> bytes:
    """One book of a frozen edition in one format, the same bytes each time."""
    book = next(one for one in edition.record["books"] if one["code"] == code)
    short = edition.sha256[:12]
    return SETTERS[form]({**book, "footer_line": f"{book['footer_line']} · {short}"})


def kept_file(file: EditionFile) -> Path:
    """Where the bytes of a set book lie."""
    return Path(settings.MEDIA_ROOT) / "editions" / file.sha256[:2] / file.sha256


def keep(content: bytes, file: EditionFile) -> None:
    """Write the bytes of a set book to their place, whole or not at all."""
    path = kept_file(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_suffix(".part")
    waiting.write_bytes(content)
    waiting.rename(path)


def content_of(file: EditionFile) -> bytes:
    """A set book as it was issued; set again when its kept file is lost.

    Raises OtherBytes when that gives another file.
    """
    path = kept_file(file)
    if path.exists():
        return path.read_bytes()
    content = set_book(file.edition, file.book, file.format)
    refuse_other(file, content)
    keep(content, file)
    return content


def refuse_other(file: EditionFile, content: bytes) -> None:
    """Raise OtherBytes unless the content is what was issued."""
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise other_bytes(file.edition, f"{file.book}.{file.format}")


def other_bytes(edition: Edition, names: str) -> OtherBytes:
    """Why a frozen book came out different: most often another version of a program."""
    then, today = edition.record["software"], software()
    changed = [
        f"{name} {then.get(name)} → {today[name]}"
        for name in today
        if then.get(name) != today[name]
    ]
    return OtherBytes(
        what=_("%(files)s: not what was issued.") % {"files": names},
        why=_("Set with other versions: %(changed)s")
        % {"changed": ", ".join(changed) or "–"},
        next=_(
            "Set it with the versions that the edition names, or read the kept file."
        ),
    )
