"""`python3 dev.py bench book`: setting the books of Kotim, and a book of 200 pages."""

import io
import sys
from typing import Any

from benchmarks.platform import measured, prepare

PAGES = 200


def main(argv: list[str]) -> int:
    """Print seconds and megabytes; the same bytes twice is checked in the same run."""
    prepare()
    from pypdf import PdfReader

    from habaring.masterplan import setting
    from habaring.masterplan.book import Inputs, assemble
    from habaring.masterplan.models import Edition

    edition = Edition.objects.select_related(
        "region", "plan", "template", "index_edition"
    )
    newest = edition.filter(region="62.02").latest("number")
    inputs = Inputs(
        region=newest.region,
        plan=newest.plan,
        index_edition=newest.index_edition,
        template=newest.template,
        language="id",
        number=newest.number,
        title=newest.title,
        at=newest.issued_at,
    )
    setting.set_book(newest, newest.record["books"][0]["code"], "pdf")  # cuts the fonts
    print(f"{'what':<34}{'pages':>7}{'CPU s':>9}{'wall s':>9}{'peak MB':>9}")
    with measured() as spent:
        record = assemble(inputs)
    row("assemble all books", 0, spent)
    total = 0.0
    for book in record["books"]:
        for form in setting.SETTERS:
            with measured() as spent:
                content = setting.SETTERS[form](book)
            pages = len(PdfReader(io.BytesIO(content)).pages) if form == "pdf" else 0
            row(f"{book['code']}.{form}", pages, spent)
            total += spent.cpu
            if setting.SETTERS[form](book) != content:
                print(f"{book['code']}.{form}: NOT the same bytes twice")
                return 1
    print(f"{'all books, all formats':<34}{'':>7}{total:>9.2f}")
    long = longer(record["books"][1])
    with measured() as spent:
        content = setting.SETTERS["pdf"](long)
    pages = len(PdfReader(io.BytesIO(content)).pages)
    row(f"a book of {PAGES} pages, PDF", pages, spent)
    print(f"pages a CPU second: {pages / spent.cpu:.0f}")
    return 0


def row(name: str, pages: int, spent: Any) -> None:
    print(
        f"{name:<34}{pages or '':>7}{spent.cpu:>9.2f}{spent.wall:>9.2f}{spent.megabytes:>9.0f}"
    )


def longer(book: dict[str, Any]) -> dict[str, Any]:
    """The same chapters over and over, until there are pages enough."""
    from pypdf import PdfReader

    from habaring.masterplan.pdf import set_pdf

    once = len(PdfReader(io.BytesIO(set_pdf(book))).pages)
    times = -(-PAGES // max(1, once - 2))
    return {**book, "chapters": book["chapters"] * times}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
