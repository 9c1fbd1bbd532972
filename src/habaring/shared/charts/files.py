"""A chart as a file to keep: SVG, PNG or CSV."""

import csv
import io

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from habaring.shared.charts.chart import Cell, Chart
from habaring.shared.charts.png import png

KINDS = ("svg", "png", "csv")


def as_file(chart: Chart, kind: str) -> tuple[bytes, str]:
    """Return the chart's bytes and media type for one of ``KINDS``.

    The CSV holds the values in full, with the marks that a spreadsheet in the reader's
    language expects. Raises ``ValueError`` for another kind and ``PictureTooLarge``.
    """
    if kind == "csv":
        return _csv(chart), "text/csv; charset=utf-8"
    if kind == "png":
        return png(chart.standalone()), "image/png"
    if kind == "svg":
        return chart.standalone().encode(), "image/svg+xml"
    message = f"A chart cannot be kept as {kind!r}."
    raise ValueError(message)


def _csv(chart: Chart) -> bytes:
    english = (get_language() or "id").startswith("en")
    out = io.StringIO()
    writer = csv.writer(out, delimiter="," if english else ";", lineterminator="\r\n")
    mark = [_("example")] if chart.example else []
    writer.writerow([*map(_safe, chart.table.headers), *mark])
    for row in chart.table.rows:
        writer.writerow([*(_cell(value, english=english) for value in row), *mark])
    return f"\ufeff{out.getvalue()}".encode()


def _cell(value: Cell, *, english: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value) if english else repr(value).replace(".", ",")
    return str(value) if isinstance(value, int) else _safe(value)


def _safe(text: str) -> str:
    """Words that a spreadsheet would take for a formula get an apostrophe."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
