"""The blocks that a book is made of: plain JSON, the same for PDF, DOCX and web.

A block is a dictionary with a `type`: heading, paragraph, list, note, table, chart or
card. Every text in it is plain; `**bold**` and `*italic*` become spans here, so that
no setter has to read marks.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from habaring.shared.charts.chart import Chart

Block = dict[str, Any]
Row = dict[str, Any]
Align = Literal["left", "right", "centre"]

_MARKS = re.compile(r"(\*\*[^*]+\*\*|\*[^*]+\*)")
_BOUND = re.compile("(\ue000[^\ue002]*\ue002)")  # a value and its address (bound.py)


def spans(text: str) -> list[dict[str, Any]]:
    """Cut a line at its bold and italic marks.

    >>> spans("IPM **72,66** pada *2024*")[1]
    {'text': '72,66', 'bold': True}
    """
    found: list[dict[str, Any]] = []
    for part in _MARKS.split(text):
        if part.startswith("**") and part.endswith("**") and len(part) > 4:
            found.extend(_cut(part[2:-2], {"bold": True}))
        elif part.startswith("*") and part.endswith("*") and len(part) > 2:
            found.extend(_cut(part[1:-1], {"italic": True}))
        elif part:
            found.extend(_cut(part, {}))
    return found


def _cut(text: str, marks: dict[str, Any]) -> list[dict[str, Any]]:
    """A piece of a line with its marks, cut at values that are bound to data."""
    found: list[dict[str, Any]] = []
    for piece in _BOUND.split(text):
        if piece.startswith("\ue000"):
            url, _sign, shown = piece[1:-1].partition("\ue001")
            found.append({"text": shown, "url": url, **marks})
        elif piece:
            found.append({"text": piece, **marks})
    return found


def heading(text: str, level: int = 2) -> Block:
    """A heading inside a chapter: level 2 or 3."""
    return {"type": "heading", "level": level, "text": text}


def paragraph(text: str) -> Block:
    """Running text with its bold and italic marks."""
    return {"type": "paragraph", "spans": spans(text)}


def note(text: str) -> Block:
    """A quiet remark: a source, or what is missing."""
    return {"type": "note", "text": text}


def bullets(items: Iterable[str]) -> Block:
    """A list, one line an item."""
    return {"type": "list", "items": [spans(item) for item in items]}


def column(label: str, align: Align = "left", width: int = 0) -> dict[str, Any]:
    """One column of a table; `width` is its share, 0 lets the content decide."""
    return {"label": label, "align": align, "width": width}


def row(cells: Sequence[str], *, strong: bool = False, url: str = "") -> Row:
    """The cells of one table row, as they are shown; on the site `url` is behind the
    first of them.
    """
    return {"cells": list(cells), "strong": strong, "url": url}


def table(
    caption: str,
    columns: Sequence[dict[str, Any]],
    rows: Sequence[Row],
    *,
    note: str = "",
    wide: bool = False,
) -> Block:
    """A table; `note` carries the source and the as-of date of its figures. A `wide` one
    is set across the long side of the paper.
    """
    return {
        "type": "table",
        "caption": caption,
        "columns": list(columns),
        "rows": list(rows),
        "note": note,
        "wide": wide,
    }


def chart(caption: str, drawn: Chart, *, note: str = "", half: bool = False) -> Block:
    """A picture with the words for those who do not see it, and as drawn for a phone
    (`narrow`, on the web only); two `half` ones stand side by side.
    """
    return {
        "type": "chart",
        "caption": caption,
        "svg": drawn.standalone(narrow=half),
        "narrow": "" if half else drawn.standalone(narrow=True),
        "alt": drawn.alt,
        "note": note,
        "half": half,
    }


def card(title: str, lead: str, rows: Iterable[tuple[str, str]]) -> Block:
    """A one-page profile: a title, one sentence, then label and value."""
    return {
        "type": "card",
        "title": title,
        "lead": lead,
        "rows": [[label, value] for label, value in rows if value],
    }


def written(text: str) -> list[Block]:
    """A section as its writer typed it: blank lines part paragraphs, "- " makes a list,
    "## " and "### " make headings.
    """
    found: list[Block] = []
    for piece in re.split(r"\n\s*\n", text.strip().replace("\r\n", "\n")):
        lines = [line.strip() for line in piece.split("\n") if line.strip()]
        if not lines:
            continue
        if all(line.startswith("- ") for line in lines):
            found.append(bullets(line[2:] for line in lines))
        elif lines[0].startswith("### "):
            found.append(heading(lines[0][4:], 3))
            if lines[1:]:
                found.append(paragraph(" ".join(lines[1:])))
        elif lines[0].startswith("## "):
            found.append(heading(lines[0][3:], 2))
            if lines[1:]:
                found.append(paragraph(" ".join(lines[1:])))
        else:
            found.append(paragraph(" ".join(lines)))
    return found


def sheets(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """The blocks of a chapter in runs: `across` the paper for wide tables, with the
    headings just above them, and upright for all else.
    """
    found: list[dict[str, Any]] = [{"across": False, "blocks": []}]
    for block in blocks:
        across = bool(block.get("wide"))
        if across and not found[-1]["across"]:
            found.append({"across": True, "blocks": _headings_of(found[-1]["blocks"])})
        elif found[-1]["across"] and not across and block["type"] != "heading":
            found.append({"across": False, "blocks": _headings_of(found[-1]["blocks"])})
        found[-1]["blocks"].append(block)
    return [sheet for sheet in found if sheet["blocks"]]


def _headings_of(blocks: list[Block]) -> list[Block]:
    """Take the headings off the end: they go with what comes next."""
    last = len(blocks)
    while last and blocks[last - 1]["type"] == "heading":
        last -= 1
    taken = blocks[last:]
    del blocks[last:]
    return taken
