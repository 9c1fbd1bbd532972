"""A chart as PNG, by way of typst."""

import functools
from pathlib import Path

import typst

from habaring.shared.refusal import Refusal

MOST_BYTES = 2_000_000
"""An SVG larger than this is not drawn: a map of the whole country is about 0.3 MB."""


class PictureTooLarge(Refusal):
    """The picture is larger than the server will turn into a PNG."""


@functools.cache
def _page() -> str:
    return (
        '#set page(width: auto, height: auto, margin: 12pt, fill: rgb("#FBFAF6"))\n'
        '#image("/chart.svg")\n'
    )


def png(svg: str, *, folder: Path, fonts: Path | None = None, ppi: int = 192) -> bytes:
    """Draw a standalone SVG as PNG at ``ppi`` dots per inch (192 is twice the size).

    ``folder`` is a private working folder the caller makes and removes; ``fonts`` holds
    Plus Jakarta Sans as TTF. Raises :class:`PictureTooLarge`.
    """
    if len(svg) > MOST_BYTES:
        raise PictureTooLarge("The picture is too large.")
    (folder / "chart.svg").write_text(svg, encoding="utf-8")
    (folder / "chart.typ").write_text(_page(), encoding="utf-8")
    drawn = typst.compile(
        str(folder / "chart.typ"),
        root=str(folder),
        format="png",
        ppi=ppi,
        font_paths=[str(fonts)] if fonts else [],
    )
    return drawn if isinstance(drawn, bytes) else drawn[0]
