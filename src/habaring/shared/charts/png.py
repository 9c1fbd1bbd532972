"""A chart as PNG, by way of typst."""

import re
import tempfile
from pathlib import Path

import typst
from django.utils.translation import gettext_lazy as _

from habaring.shared import fonts
from habaring.shared.refusal import Refusal

MOST_BYTES = 2_000_000
"""An SVG larger than this is not drawn: a map of the whole country is about 0.3 MB."""

_GROUND = re.compile(r'<rect [^>]*fill="(#[0-9A-Fa-f]{6})"')


class PictureTooLarge(Refusal):
    """The picture is larger than the server will turn into a PNG."""


def png(svg: str, *, ppi: int = 192) -> bytes:
    """Draw a standalone SVG (``chart.standalone()``) as PNG with a margin around it.

    ``ppi``: dots per inch; 192 is twice the size on the page. Raises
    :class:`PictureTooLarge`.
    """
    if len(svg) > MOST_BYTES:
        raise PictureTooLarge(
            _("This picture is too large to be made into a PNG."),
            next=_("Take the SVG or the CSV instead."),
        )
    ground = _GROUND.search(svg)
    paper = ground[1] if ground else "#FFFFFF"
    page = (
        f'#set page(width: auto, height: auto, margin: 12pt, fill: rgb("{paper}"))\n'
        '#image("/chart.svg")\n'
    )
    lettering = fonts.folder()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "chart.svg").write_text(svg, encoding="utf-8")
        (folder / "chart.typ").write_text(page, encoding="utf-8")
        drawn = typst.compile(
            str(folder / "chart.typ"),
            root=str(folder),
            format="png",
            ppi=ppi,
            font_paths=[str(lettering)] if lettering else [],
        )
    return drawn if isinstance(drawn, bytes) else bytes(drawn[0])
