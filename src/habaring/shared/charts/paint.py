"""The colours of charts: one table for the page's CSS, the book and the downloads.

A chart never names a colour, only a token, as a class: ``f-gov`` fills with it and
``s-gov`` draws a line in it. On a page ``habaring.css`` gives the classes the custom
properties below, so a chart follows the dark mode; :func:`standalone` writes the same
colours into the SVG itself for files that live without our CSS.
"""

import re
from typing import Final, Literal

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
    "q0": "#E4EFE6",
    "q1": "#B9D9C6",
    "q2": "#7DB99C",
    "q3": "#3B8C72",
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

FONT: Final = "Plus Jakarta Sans"

_CLASS = re.compile(r'class="([^"]*)"')
_ROOT_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


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


def standalone(svg: str, theme: Theme = "light", *, ground: bool = True) -> str:
    """Return the SVG with its colours and font written into it.

    For downloads and for typst, which reads neither our CSS nor custom properties.
    ``ground`` paints the paper behind the picture.
    """
    colours = THEMES[theme]

    def attributes(match: re.Match[str]) -> str:
        return " ".join(
            f'{"fill" if kind == "f" else "stroke"}="{colours[token]}"'
            for name in match.group(1).split()
            for kind, _, token in [name.partition("-")]
            if kind in ("f", "s") and token in colours
        )

    plain = _CLASS.sub(attributes, svg)
    size = _ROOT_SIZE.search(plain)
    end_of_root = plain.index(">") + 1
    root = plain[: end_of_root - 1].rstrip()
    back = (
        f'<rect width="{size[1]}" height="{size[2]}" fill="{colours["paper"]}"/>'
        if ground and size
        else ""
    )
    return (
        f'{root} font-family="{FONT}, system-ui, sans-serif">'
        f"{back}{plain[end_of_root:]}"
    )
