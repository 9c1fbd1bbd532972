"""Set a book as DOCX with python-docx: real headings, tables and a contents field."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from habaring.masterplan.blocks import sheets
from habaring.shared.charts.png import png

INK = RGBColor(0x0F, 0x3D, 0x3E)
QUIET = RGBColor(0x5B, 0x5F, 0x57)
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "centre": WD_ALIGN_PARAGRAPH.CENTER,
}


def set_docx(book: Mapping[str, Any]) -> bytes:
    """One book of an edition's record → a Word file, the same bytes each time."""
    document = Document()
    _styles(document)
    _properties(document, book)
    _cover(document, book)
    _contents(document, book)
    _footer(document, book)
    for chapter in book["chapters"]:
        _chapter(document, chapter)
    buffer = io.BytesIO()
    document.save(buffer)
    return _stable(buffer.getvalue())


def _chapter(document: Any, chapter: Mapping[str, Any]) -> None:
    titled = False
    for sheet in sheets(chapter["blocks"]) or [{"across": False, "blocks": []}]:
        _turn(document, across=sheet["across"])
        if not titled:
            document.add_heading(chapter["title"], level=1)
            titled = True
        for block in sheet["blocks"]:
            _SETTERS[block["type"]](document, block)


def _turn(document: Any, *, across: bool) -> None:
    """Go on in a section that lies across the paper, or upright again."""
    section = document.sections[-1]
    if (section.orientation == WD_ORIENT.LANDSCAPE) == across:
        return
    turned = document.add_section(WD_SECTION.NEW_PAGE)
    turned.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    turned.page_width, turned.page_height = section.page_height, section.page_width


def _room(document: Any) -> int:
    """The width between the margins, in EMU."""
    section = document.sections[-1]
    return int(section.page_width - section.left_margin - section.right_margin)


def _styles(document: Any) -> None:
    normal = document.styles["Normal"]
    normal.font.name = "Calibri"
    normal.font.size = Pt(10.5)
    for level, size in ((1, 20), (2, 14), (3, 11)):
        style = document.styles[f"Heading {level}"]
        style.font.name = "Calibri"
        style.font.size = Pt(size)
        style.font.color.rgb = INK
        style.paragraph_format.page_break_before = level == 1
        style.paragraph_format.keep_with_next = True
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.4)


def _properties(document: Any, book: Mapping[str, Any]) -> None:
    issued = datetime.fromtimestamp(int(book["issued"]), tz=UTC).replace(tzinfo=None)
    core = document.core_properties
    core.title = book["title"]
    core.author = book["author"]
    core.last_modified_by = book["author"]
    core.language = book["language"]
    core.created = core.modified = issued


def _cover(document: Any, book: Mapping[str, Any]) -> None:
    for text, size, colour, before in (
        (book["words"]["programme"], 12, QUIET, 120),
        (book["region"], 32, INK, 6),
        (book["title_short"], 22, RGBColor(0x1B, 0x7F, 0x5C), 0),
        (book["subtitle"], 12, QUIET, 6),
        (book["words"]["example_note"] if book["illustrative"] else "", 10, QUIET, 12),
        (book["edition_line"], 10, INK, 160),
        (book["as_of_line"], 10, QUIET, 0),
    ):
        if not text:
            continue
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(before)
        run = paragraph.add_run(text)
        run.font.size = Pt(size)
        run.font.color.rgb = colour
        run.bold = size > 20


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    run = paragraph.add_run()
    for kind in ("begin", None, "separate"):
        if kind is None:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = instruction
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)
    paragraph.add_run(shown)
    end = OxmlElement("w:fldChar")
    end.set(qn("w:fldCharType"), "end")
    paragraph.add_run()._r.append(end)


def _contents(document: Any, book: Mapping[str, Any]) -> None:
    title = document.add_paragraph()
    title.paragraph_format.page_break_before = True
    run = title.add_run(book["words"]["contents"])
    run.bold, run.font.size, run.font.color.rgb = True, Pt(20), INK
    _field(
        document.add_paragraph(),
        'TOC \\o "1-2" \\h \\z \\u',
        "\n".join(chapter["title"] for chapter in book["chapters"]),
    )


def _footer(document: Any, book: Mapping[str, Any]) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    run = paragraph.add_run(f"{book['footer_line']} · ")
    run.font.size, run.font.color.rgb = Pt(8), QUIET
    _field(paragraph, "PAGE", "1")


def _spans(paragraph: Any, parts: list[dict[str, Any]]) -> None:
    for part in parts:
        run = paragraph.add_run(part["text"])
        run.bold = part.get("bold") or None
        run.italic = part.get("italic") or None


def _heading(document: Any, block: Mapping[str, Any]) -> None:
    document.add_heading(block["text"], level=block["level"])


def _paragraph(document: Any, block: Mapping[str, Any]) -> None:
    _spans(document.add_paragraph(), block["spans"])


def _list(document: Any, block: Mapping[str, Any]) -> None:
    for item in block["items"]:
        _spans(document.add_paragraph(style="List Bullet"), item)


def _small(document: Any, text: str) -> None:
    if text:
        run = document.add_paragraph().add_run(text)
        run.font.size, run.font.color.rgb = Pt(8.5), QUIET


def _note(document: Any, block: Mapping[str, Any]) -> None:
    _small(document, block["text"])


def _cell(cell: Any, text: str, *, bold: bool, align: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = _ALIGN[align]
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(8.5), bold


def _table(document: Any, block: Mapping[str, Any]) -> None:
    if block["caption"]:
        caption = document.add_paragraph(style="Caption")
        caption.add_run(block["caption"])
        caption.paragraph_format.keep_with_next = True
    columns = block["columns"]
    table = document.add_table(rows=1, cols=len(columns), style="Light List")
    for cell, column in zip(table.rows[0].cells, columns, strict=True):
        _cell(cell, column["label"], bold=True, align=column["align"])
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in block["rows"]:
        cells = table.add_row().cells
        for cell, column, text in zip(cells, columns, row["cells"], strict=True):
            _cell(cell, text, bold=bool(row.get("strong")), align=column["align"])
    _widths(table, [column["width"] or 1 for column in columns], _room(document))
    _small(document, block.get("note", ""))


def _widths(table: Any, shares: Sequence[int], room: int) -> None:
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        width = room * share // sum(shares)
        column.width = width
        for cell in column.cells:
            cell.width = width


def _chart(document: Any, block: Mapping[str, Any]) -> None:
    picture = document.add_picture(
        io.BytesIO(png(block["svg"])), width=Cm(8 if block.get("half") else 16)
    )
    picture._inline.docPr.set("descr", block["alt"])
    document.add_paragraph(style="Caption").add_run(block["caption"])
    _small(document, block.get("note", ""))


def _card(document: Any, block: Mapping[str, Any]) -> None:
    below_title = document.paragraphs[-1].style.name == "Heading 1"
    heading = document.add_heading(block["title"], level=2)
    heading.paragraph_format.page_break_before = not below_title
    if block["lead"]:
        document.add_paragraph(block["lead"])
    table = document.add_table(rows=0, cols=2, style="Light List")
    for label, value in block["rows"]:
        left, right = table.add_row().cells
        _cell(left, label, bold=True, align="left")
        _cell(right, value, bold=False, align="left")
    _widths(table, (1, 2), _room(document))


_SETTERS: dict[str, Callable[[Any, Mapping[str, Any]], None]] = {
    "heading": _heading,
    "paragraph": _paragraph,
    "list": _list,
    "note": _note,
    "table": _table,
    "chart": _chart,
    "card": _card,
}


def _stable(content: bytes) -> bytes:
    """The same archive with the clock taken out of its entries."""
    source = zipfile.ZipFile(io.BytesIO(content))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(
            source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)
        ):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, source.read(name))
    return target.getvalue()
