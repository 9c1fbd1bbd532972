"""One book from plain blocks: the same bytes each time, readable by machines."""

import io
import zipfile
from typing import Any

import pytest
import typst
from docx import Document
from docx.enum.section import WD_ORIENT
from pypdf import PdfReader

from habaring.masterplan import blocks
from habaring.masterplan.docx import set_docx
from habaring.masterplan.html import set_html
from habaring.masterplan.pdf import hyphenated, set_pdf
from habaring.shared.charts.chart import Chart, Table

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40" width="200" height="40">'
    '<rect width="120" height="20" fill="#1B7F5C"/></svg>'
)


def drawn(alt: str) -> Chart:
    return Chart(SVG, SVG, Table((), ()), "Grafik", alt, "grafik")


def a_book(*extra: blocks.Block, language: str = "id") -> dict[str, Any]:
    return {
        "code": "buku-1",
        "title": "Buku 1, Kabupaten Contoh",
        "title_short": "Buku 1 — Analisis Strategis",
        "subtitle": "Analisis",
        "author": "Pemerintah Kabupaten Contoh",
        "region": "Contoh",
        "language": language,
        "illustrative": True,
        "issued": 1_793_600_000,
        "words": {
            "example": "contoh",
            "example_note": "Berisi baris contoh.",
            "programme": "Program Smart City",
            "contents": "Daftar isi",
            "table": "Tabel",
            "figure": "Gambar",
        },
        "edition_line": "Edisi 1",
        "as_of_line": "Angka per 2 November 2026",
        "footer_line": "Kabupaten Contoh · edisi 1",
        "chapters": [
            {
                "key": "buku-1.bab-1",
                "title": "Bab 1. Pendahuluan",
                "blocks": [
                    blocks.heading("Latar belakang"),
                    *blocks.written("IPM **72,66** pada *2024*.\n\n- satu\n- dua"),
                    blocks.note("Sumber: BPS"),
                    blocks.table(
                        "Indikator",
                        [
                            blocks.column("Nama", width=3),
                            blocks.column("Nilai", "right"),
                        ],
                        [blocks.row(["IPM", "72,66"]), blocks.row(["#x *y*", "1"])],
                        note="BPS 2024",
                    ),
                    blocks.chart("Grafik", drawn("Satu batang")),
                    blocks.card(
                        "Kartu", "Satu kalimat.", [("Pemilik", "Dinas"), ("Kosong", "")]
                    ),
                    *extra,
                ],
            }
        ],
    }


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("setter", [set_pdf, set_docx, set_html])
def test_the_same_book_gives_the_same_bytes(setter: Any) -> None:
    assert setter(a_book()) == setter(a_book())


def test_the_pdf_has_contents_pages_and_tags() -> None:
    reader = PdfReader(io.BytesIO(set_pdf(a_book())))
    words = text_of(set_pdf(a_book()))
    assert reader.metadata is not None
    assert reader.metadata.title == "Buku 1, Kabupaten Contoh"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert "Daftar isi" in words
    assert "Bab 1. Pendahuluan" in words
    assert "72,66" in words
    assert len(reader.pages) >= 4


def test_marks_of_the_setter_in_a_text_stay_text() -> None:
    """A region's words are data: nothing in them can be read as an instruction."""
    nasty = '#import "x.typ"; $1+1$ <label> @ref {{ hack }} <script>'
    book = a_book(blocks.paragraph(nasty))
    assert "#import" in text_of(set_pdf(book))
    assert b"&lt;script&gt;" in set_html(book)
    assert "#import" in "\n".join(
        p.text for p in Document(io.BytesIO(set_docx(book))).paragraphs
    )


def test_a_picture_without_words_for_the_blind_is_refused() -> None:
    with pytest.raises(typst.TypstError, match="alt"):
        set_pdf(a_book(blocks.chart("Grafik", drawn(""))))


def test_the_docx_has_headings_and_a_repeated_table_header() -> None:
    content = set_docx(a_book())
    document = Document(io.BytesIO(content))
    styles = {p.text: p.style.name for p in document.paragraphs if p.style}
    assert styles["Bab 1. Pendahuluan"] == "Heading 1"
    assert styles["Latar belakang"] == "Heading 2"
    xml = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    assert "w:tblHeader" in xml
    assert 'descr="Satu batang"' in xml


def test_the_web_page_marks_illustrative_books() -> None:
    page = set_html(a_book()).decode()
    assert "Berisi baris contoh." in page
    assert '<td class="num" data-label="Nilai">72,66</td>' in page


def test_long_indonesian_words_get_soft_hyphens_and_english_ones_not() -> None:
    assert "\u00ad" in hyphenated("penyelenggaraan pemerintahan", "id")
    assert hyphenated("administration", "en") == "administration"
    assert hyphenated("Rp1.234.567 daerah", "id").startswith("Rp1.234.567 ")


def test_written_text_becomes_blocks() -> None:
    kinds = [
        block["type"]
        for block in blocks.written("## Judul\nisi\n\n### Kecil\n\n- a\n- b\n\nakhir")
    ]
    assert kinds == ["heading", "paragraph", "heading", "list", "paragraph"]


def test_a_wide_table_lies_across_the_paper_with_its_heading() -> None:
    wide = blocks.table(
        "Rencana aksi",
        [blocks.column(name) for name in "abcdefgh"],
        [blocks.row(list("12345678"))],
        wide=True,
    )
    book = a_book(blocks.heading("Aksi"), wide, blocks.paragraph("Sesudahnya."))
    pages = PdfReader(io.BytesIO(set_pdf(book))).pages
    [across] = [p for p in pages if p.mediabox.width > p.mediabox.height]
    words = across.extract_text()
    assert "Aksi" in words
    assert "Sesudahnya" not in words
    sections = Document(io.BytesIO(set_docx(book))).sections
    lying = [s.orientation == WD_ORIENT.LANDSCAPE for s in sections]
    assert lying == [False, True, False]


def test_headings_go_with_the_sheet_that_follows_them() -> None:
    upright = blocks.table("t", [blocks.column("a")], [blocks.row(["1"])])
    wide = {**upright, "wide": True}
    cut = blocks.sheets([upright, blocks.heading("A"), wide, blocks.heading("B"), wide])
    assert [(s["across"], len(s["blocks"])) for s in cut] == [(False, 1), (True, 4)]
    assert blocks.sheets([]) == []
    cut = blocks.sheets([wide, blocks.heading("C"), upright])
    assert [(s["across"], len(s["blocks"])) for s in cut] == [(True, 1), (False, 2)]
