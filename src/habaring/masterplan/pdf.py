"""Set a book as PDF with typst: tagged (PDF/UA-1), the same bytes each time.

Wide tables lie across the paper: a chapter is cut into sheets, upright or across, and
typst sets each in turn.
"""

import json
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyphen
import typst

from habaring.masterplan.blocks import sheets
from habaring.shared import fonts

_TEMPLATE = Path(__file__).resolve().parent / "typst" / "book.typ"
SOFT_HYPHEN = "\u00ad"


@cache
def _hyphenator(language: str) -> pyphen.Pyphen | None:
    # typst has no Indonesian patterns; English it hyphenates itself.
    return pyphen.Pyphen(lang="id_ID") if language == "id" else None


def hyphenated(text: str, language: str) -> str:
    """Soft hyphens in the long words of a running text."""
    hyphenator = _hyphenator(language)
    if hyphenator is None:
        return text
    return " ".join(
        hyphenator.inserted(word, SOFT_HYPHEN)
        if len(word) > 6 and word.isalpha()
        else word
        for word in text.split(" ")
    )


def _prepared(book: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The book with its pictures as files and its running text hyphenated."""
    language = book["language"]
    chapters = []
    pictures = 0
    for chapter in book["chapters"]:
        blocks = []
        for block in chapter["blocks"]:
            if block["type"] == "chart":
                pictures += 1
                name = f"chart-{pictures}.svg"
                (folder / name).write_text(block["svg"], encoding="utf-8")
                words = {k: v for k, v in block.items() if k not in {"svg", "narrow"}}
                blocks.append({**words, "file": name})
            elif block["type"] == "paragraph":
                blocks.append({**block, "spans": _soft(block["spans"], language)})
            elif block["type"] == "list":
                items = [_soft(item, language) for item in block["items"]]
                blocks.append({**block, "items": items})
            else:
                blocks.append(block)
        chapters.append({**chapter, "blocks": [], "sheets": sheets(blocks)})
    return {**book, "chapters": chapters}


def _soft(parts: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    return [{**part, "text": hyphenated(part["text"], language)} for part in parts]


def set_pdf(book: Mapping[str, Any]) -> bytes:
    """One book of an edition's record → a PDF/UA-1 file.

    `book["issued"]` (seconds since 1970) is the file's date, so that setting it again
    gives the same bytes. Raises typst.TypstError when a picture has no text for
    those who do not see it.
    """
    with tempfile.TemporaryDirectory(prefix="habaring-book-") as name:
        folder = Path(name)
        data = _prepared(book, folder)
        (folder / "book.json").write_text(json.dumps(data), encoding="utf-8")
        (folder / "book.typ").write_bytes(_TEMPLATE.read_bytes())
        place = fonts.folder()
        result = typst.compile(
            str(folder / "book.typ"),
            root=str(folder),
            font_paths=[str(place)] if place else [],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=int(book["issued"]),
        )
    if not isinstance(result, bytes):
        raise TypeError("typst gave no single PDF")
    return result
