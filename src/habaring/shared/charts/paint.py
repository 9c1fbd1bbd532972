"""The colours of charts: one table for the page's CSS, the book and the downloads.

A chart never names a colour, only a token, as a class: ``f-gov`` fills with it and
``s-gov`` draws a line in it. On a page ``habaring.css`` gives the classes the custom
properties below, so a chart follows the dark mode; :func:`standalone` writes the same
colours into the SVG itself for files that live without our CSS.
"""

import re
from typing import Final, Literal
from xml.sax.saxutils import escape

Theme = Literal["light", "dark"]

LIGHT: Final[dict[str, str]] = {
    "paper": "#FBFAF6",
    "surface": "#FFFFFF",
    "sunk": "#F3F1E9",
    "ink": "#142F2E",
    "soft": "#53605C",
    "line": "#E3DFD3",
    "edge": "#7F7B6C",
    "accent": "#0F3D3E",
    "on": "#FFFFFF",
    "gov": "#0F3D3E",
    "bra": "#B07A00",
    "bra-t": "#7D5600",
    "eco": "#1B7F5C",
    "liv": "#2E6F9E",
    "soc": "#7A4B8C",
    "env": "#B4532A",
    "gov-bg": "#DCE5E2",
    "bra-bg": "#F8E8C3",
    "eco-bg": "#D6EADF",
    "liv-bg": "#DAE7F0",
    "soc-bg": "#E9DFEC",
    "env-bg": "#F5E0D5",
    "sun": "#E8A317",
    "sun-bg": "#F7E2B2",
    "good": "#1B7F5C",
    "bad": "#A3262E",
    "bad-bg": "#F7DEDB",
    "band": "#E4E0D4",
    "near": "#A9C6BF",
    "q0": "#D2E6D9",
    "q1": "#A5CFB8",
    "q2": "#6CB092",
    "q3": "#2E8468",
    "q4": "#0F4F4A",
}

DARK: Final[dict[str, str]] = {
    "paper": "#0E1A1A",
    "surface": "#152524",
    "sunk": "#1B2D2C",
    "ink": "#EDF2EE",
    "soft": "#A9B8B3",
    "line": "#2A3D3B",
    "edge": "#748A85",
    "accent": "#8FD3C6",
    "on": "#0E1A1A",
    "gov": "#86C5CB",
    "bra": "#F0B93F",
    "bra-t": "#F0B93F",
    "eco": "#5FCB9C",
    "liv": "#86BDEB",
    "soc": "#CDA2DF",
    "env": "#F09B76",
    "gov-bg": "#1F3C3F",
    "bra-bg": "#413516",
    "eco-bg": "#183E30",
    "liv-bg": "#1E384C",
    "soc-bg": "#382B40",
    "env-bg": "#45291D",
    "sun": "#F0B93F",
    "sun-bg": "#5A4717",
    "good": "#5FCB9C",
    "bad": "#F5978F",
    "bad-bg": "#4A2523",
    "band": "#31433F",
    "near": "#4E7770",
    "q0": "#1C3A36",
    "q1": "#24554C",
    "q2": "#347C6A",
    "q3": "#62AF95",
    "q4": "#BEE5D2",
}

THEMES: Final[dict[Theme, dict[str, str]]] = {"light": LIGHT, "dark": DARK}

DIMENSIONS: Final = ("gov", "bra", "eco", "liv", "soc", "env")
"""The six dimensions in the ministry's order; also the colours of any six things."""

SEQUENCE: Final = (
    "gov",
    "sun",
    "liv",
    "env",
    "eco",
    "soc",
    "edge",
    "near",
    "bra",
    "bad",
)
"""Colours for things that are not dimensions, neighbours unlike each other."""

FONT: Final = "Plus Jakarta Sans"

_CLASS = re.compile(r'class="([^"]*)"')
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def dimension_token(code: str, order: int = 0) -> str:
    """Return the colour token of a dimension.

    One of the six by its code (``GOV``…); a custom dimension gets one of the six by
    its ``order`` in the framework, counted from 0.
    """
    token = code.lower()
    return token if token in DIMENSIONS else DIMENSIONS[order % len(DIMENSIONS)]


def text_token(token: str) -> str:
    """Return the token to write words in: sun is too pale for words on white."""
    return "bra-t" if token in ("bra", "sun") else token


def luminance(colour: str) -> float:
    """Relative luminance of ``#RRGGBB`` (WCAG 2.2, definition of relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two ``#RRGGBB`` colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def standalone(svg: str, theme: Theme = "light", *, mark: str = "") -> str:
    """Return the SVG with its colours, ground and font written into it.

    For downloads and for typst, which reads neither our CSS nor custom properties.
    ``mark`` is written in a dashed box below the picture ("contoh").
    """
    colours = THEMES[theme]
    if mark:
        svg = _marked(svg, mark)

    def attributes(match: re.Match[str]) -> str:
        return " ".join(
            f'{"fill" if kind == "f" else "stroke"}="{colours[token]}"'
            for name in match.group(1).split()
            for kind, _dash, token in [name.partition("-")]
            if kind in ("f", "s") and token in colours
        )

    plain = _CLASS.sub(attributes, svg)
    size = _SIZE.search(plain)
    width, height = (size[1], size[2]) if size else ("100%", "100%")
    end_of_root = plain.index(">")
    return (
        f'{plain[:end_of_root]} font-family="{FONT}, system-ui, sans-serif">'
        f'<rect width="{width}" height="{height}" fill="{colours["paper"]}"/>'
        f"{plain[end_of_root + 1 :]}"
    )


def _marked(svg: str, mark: str) -> str:
    """Make room below the picture and write the mark there."""
    size = _SIZE.search(svg)
    if size is None:
        return svg
    width, height = float(size[1]), float(size[2])
    wide = 7.5 * len(mark) + 16
    left, top, taller = width - wide - 1, height + 6, f"{height + 30:g}"
    svg = svg.replace(f'0 0 {size[1]} {size[2]}"', f'0 0 {size[1]} {taller}"', 1)
    svg = svg.replace(f'height="{size[2]}"', f'height="{taller}"', 1)
    box = (
        f'<rect x="{left:g}" y="{top:g}" width="{wide:g}" height="20" rx="4" '
        'fill="none" stroke-dasharray="3 2" class="s-edge"/>'
        f'<text x="{left + wide / 2:g}" y="{top + 14:g}" font-size="12" '
        f'text-anchor="middle" class="f-soft">{escape(mark)}</text>'
    )
    return svg.replace("</svg>", f"{box}</svg>")
