"""Drawing SVG: shapes and words in token colours, measured before they are placed."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from habaring.shared.charts.chart import Anchor, Caption

# Advance widths of Plus Jakarta Sans, in hundredths of the type size, for the
# characters from space to tilde, at weights 400 and 700 (from the font's hmtx table).
_REGULAR = (
    17, 28, 40, 79, 65, 97, 73, 24, 30, 30, 48, 61, 27, 50, 29, 43, 73, 37, 60, 61,
    63, 62, 60, 54, 63, 60, 29, 31, 61, 61, 61, 50, 93, 65, 69, 78, 74, 61, 58, 82,
    74, 26, 38, 65, 53, 84, 74, 88, 64, 88, 64, 65, 51, 70, 65, 98, 60, 62, 58, 32,
    43, 32, 61, 60, 35, 57, 67, 60, 67, 62, 39, 66, 57, 23, 23, 55, 23, 91, 57, 66,
    67, 67, 34, 51, 39, 57, 52, 80, 49, 54, 45, 32, 30, 32, 61,
)  # fmt: skip
_BOLD = (
    18, 37, 50, 92, 65, 105, 79, 31, 38, 38, 54, 66, 36, 60, 38, 51, 71, 40, 60, 61,
    65, 62, 60, 56, 63, 60, 38, 40, 66, 66, 66, 58, 93, 71, 69, 77, 74, 60, 59, 81,
    73, 28, 39, 68, 54, 89, 74, 88, 66, 88, 66, 65, 54, 72, 70, 102, 66, 66, 57, 42,
    51, 42, 66, 66, 46, 58, 67, 61, 67, 61, 41, 65, 59, 25, 25, 58, 25, 92, 59, 65,
    67, 67, 37, 51, 41, 59, 57, 88, 56, 59, 48, 40, 40, 40, 66,
)  # fmt: skip
_OTHER = {"\u00a0": 17, "–": 60, "−": 63, "·": 33, "…": 72}
# System fonts, shown until ours is there, run a little wider on some phones.
_MARGIN = 1.03


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate the width in pixels of ``text`` set in ``size`` pixels."""
    widths = _BOLD if bold else _REGULAR
    hundredths = sum(
        widths[ord(c) - 32] if 32 <= ord(c) < 127 else _OTHER.get(c, 65) for c in text
    )
    return hundredths * size * _MARGIN / 100


def wrap(
    text: str, width: float, size: float, *, lines: int = 2, bold: bool = False
) -> list[str]:
    """Break ``text`` into at most ``lines`` lines of ``width`` pixels, at spaces."""
    done: list[str] = []
    current = ""
    for word in text.split(" "):
        tried = f"{current} {word}".strip()
        if not current or text_width(tried, size, bold=bold) <= width:
            current = tried
            continue
        done.append(current)
        current = word
    done.append(current)
    if len(done) > lines:
        done = [*done[: lines - 1], " ".join(done[lines - 1 :])]
    return [fit(line, width, size, bold=bold) for line in done]


def fit(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Shorten ``text`` with an ellipsis so that it fits ``width`` pixels."""
    if text_width(text, size, bold=bold) <= width:
        return text
    while text and text_width(text + "…", size, bold=bold) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def pixels(value: float) -> str:
    """Write a coordinate with at most one decimal."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight map from values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the pixel of ``value``; a span of nothing maps to the start."""
        span = self.high - self.low
        share = (value - self.low) / span if span else 0.0
        return self.start + share * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Ink:
    """How words look: colour token, size in pixels, weight, anchor; ``on`` names the token
    they stand on when that is not the page (a test computes the contrast from it)."""

    paint: str = "ink"
    size: float = 13
    bold: bool = False
    anchor: Anchor = "start"
    on: str = ""


SOFT = Ink(paint="soft", size=12)


class Canvas:
    """A picture under way. Coordinates are CSS pixels from the top left."""

    def __init__(self, caption: Caption, width: float) -> None:
        self.caption = caption
        self.width = width
        self._parts: list[str] = []

    @property
    def body(self) -> str:
        """What has been drawn so far."""
        return "".join(self._parts)

    def add(self, part: str) -> None:
        """Add a piece of SVG."""
        self._parts.append(part)

    def text(self, x: float, y: float, words: str, ink: Ink = Ink()) -> None:
        """Write one line of words with its baseline at ``y``."""
        anchor = "" if ink.anchor == "start" else f' text-anchor="{ink.anchor}"'
        weight = ' font-weight="700"' if ink.bold else ""
        ground = f' data-on="{ink.on}"' if ink.on else ""
        self.add(
            f'<text x="{pixels(x)}" y="{pixels(y)}" class="f-{ink.paint}" '
            f'font-size="{pixels(ink.size)}"{weight}{anchor}{ground}>'
            f"{escape(words)}</text>"
        )

    def rect(
        self,
        box: tuple[float, float, float, float],
        paint: str,
        *,
        round_: float = 0,
        title: str = "",
        extra: str = "",
    ) -> None:
        """Draw a box (x, y, width, height) with the classes in ``paint``."""
        x, y, width, height = box
        corner = f' rx="{pixels(round_)}"' if round_ else ""
        more = f" {extra}" if extra else ""
        shape = (
            f'<rect x="{pixels(x)}" y="{pixels(y)}" width="{pixels(max(width, 0))}" '
            f'height="{pixels(max(height, 0))}"{corner} class="{paint}"{more}'
        )
        self.add(f"{shape}>{_title(title)}</rect>" if title else f"{shape}/>")

    def line(
        self, ends: tuple[float, float, float, float], paint: str, extra: str = ""
    ) -> None:
        """Draw a straight line (x1, y1, x2, y2)."""
        x1, y1, x2, y2 = map(pixels, ends)
        more = f" {extra}" if extra else ""
        self.add(
            f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" class="{paint}"{more}/>'
        )

    def dot(
        self, x: float, y: float, radius: float, paint: str, extra: str = ""
    ) -> None:
        """Draw a filled circle."""
        more = f" {extra}" if extra else ""
        self.add(
            f'<circle cx="{pixels(x)}" cy="{pixels(y)}" r="{pixels(radius)}" '
            f'class="{paint}"{more}/>'
        )

    def path(self, d: str, paint: str, *, extra: str = "", title: str = "") -> None:
        """Draw a path from its SVG path data."""
        more = f" {extra}" if extra else ""
        shape = f'<path d="{d}" class="{paint}"{more}'
        self.add(f"{shape}>{_title(title)}</path>" if title else f"{shape}/>")

    def polyline(
        self, points: list[tuple[float, float]], paint: str, width: float = 2
    ) -> None:
        """Draw a line through the points."""
        d = "M" + "L".join(f"{pixels(x)} {pixels(y)}" for x, y in points)
        self.path(
            d,
            paint,
            extra=f'fill="none" stroke-width="{width}" '
            'stroke-linecap="round" stroke-linejoin="round"',
        )

    def svg(self, height: float, *, narrow: bool = False) -> str:
        """Close the picture: its size, its name and its description."""
        key = self.caption.key + ("-n" if narrow else "")
        # what holds links is not one image to a screen reader
        role = "group" if "<a " in self.body else "img"
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {pixels(self.width)} {pixels(height)}" '
            f'width="{pixels(self.width)}" height="{pixels(height)}" role="{role}" '
            f'aria-labelledby="{key}-t {key}-d">'
            f'<title id="{key}-t">{escape(self.caption.title)}</title>'
            f'<desc id="{key}-d">{escape(self.caption.alt)}</desc>'
            f"{self.body}</svg>"
        )


def _title(words: str) -> str:
    return f"<title>{escape(words)}</title>"
