"""Set a book as one self-contained HTML file, from the same blocks as the PDF."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import override


def set_html(book: Mapping[str, Any]) -> bytes:
    """One book of an edition's record → a web page that needs nothing beside it."""
    with override(book["language"]):
        return render_to_string("masterplan/book_file.html", {"book": book}).encode()
