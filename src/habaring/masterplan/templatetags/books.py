"""A row of a book's table beside the columns it stands in."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def beside(
    row: Mapping[str, Any], columns: Iterable[Mapping[str, Any]]
) -> list[tuple[str, str, str]]:
    """The cells of one row, each with the alignment and the name of its column."""
    return [
        (cell, column["align"], column["label"])
        for cell, column in zip(row["cells"], columns, strict=True)
    ]
