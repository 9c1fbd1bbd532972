"""The style sheet: small, in step with the charts' colours, readable in both themes."""

import gzip
import re
from pathlib import Path

import pytest

from habaring.shared.charts.paint import (
    DARK,
    DIMENSIONS,
    LIGHT,
    THEMES,
    Theme,
    contrast,
)

WEB = Path(__file__).resolve().parents[2] / "src/habaring/web"
CSS = WEB / "static/habaring.css"
SHEETS = [CSS, *sorted((WEB / "static/css").glob("*.css"))]
# A book kept as one HTML file stands alone, outside our pages and their CSP.
TEMPLATES = sorted(
    path
    for path in WEB.parent.glob("*/templates/**/*.html")
    if path.name != "book_file.html"
)

TINTS = [f"{name}-bg" for name in (*DIMENSIONS, "bad")]
GROUNDS = ["paper", "surface", "sunk"]
WORDS = [
    *((word, ground) for word in ("ink", "soft") for ground in (*GROUNDS, *TINTS)),
    *((word, ground) for word in ("accent", "bra-t", "bad") for ground in GROUNDS),
    *((f"{d}" if d != "bra" else "bra-t", g) for d in DIMENSIONS for g in GROUNDS[:2]),
    ("good", "paper"), ("good", "surface"),
    ("on", "accent"), ("paper", "ink"), ("ink", "sun-bg"), ("accent", "bra-bg"),
    ("accent", "bad-bg"),
]  # fmt: skip
MARKS = [
    *((name, ground) for name in DIMENSIONS for ground in GROUNDS[:2]),
    *(("bra-t" if d == "bra" else d, f"{d}-bg") for d in DIMENSIONS),
    ("edge", "paper"), ("edge", "surface"), ("liv", "paper"), ("bad", "surface"),
]  # fmt: skip


@pytest.fixture(scope="module")
def css() -> str:
    return CSS.read_text(encoding="utf-8")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("word", "ground"), WORDS)
def test_words_are_readable(theme: Theme, word: str, ground: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours[word], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_are_visible(theme: Theme, mark: str, ground: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours[mark], colours[ground]) >= 3


def test_the_style_sheet_is_small(css: str) -> None:
    assert len(gzip.compress(css.encode(), 9)) <= 12_000


@pytest.mark.parametrize("path", SHEETS[1:], ids=lambda p: p.stem)
def test_the_sheet_of_one_domain_is_smaller_still(path: Path) -> None:
    sheet = path.read_text(encoding="utf-8")
    assert len(gzip.compress(sheet.encode(), 9)) <= 2_000
    assert re.sub(r"/\*.*?\*/", "", sheet).strip().startswith("@layer domain {")


def test_the_style_sheet_and_the_charts_name_the_same_colours(css: str) -> None:
    plain = dict(re.findall(r"--([a-z0-9-]+): ?(#[0-9A-Fa-f]{6});", css))
    assert plain == LIGHT
    both = re.findall(
        r"--([a-z0-9-]+): ?light-dark\((#[0-9A-Fa-f]{6}), ?(#[0-9A-Fa-f]{6})\);", css
    )
    assert {name: light for name, light, _dark in both} == LIGHT
    assert {name: dark for name, _light, dark in both} == DARK


def test_every_colour_can_fill_and_draw(css: str) -> None:
    for name in LIGHT:
        assert f".f-{name}{{fill:var(--{name})}}" in css
        assert f".s-{name}{{stroke:var(--{name})}}" in css


def test_every_variable_is_defined(css: str) -> None:
    every = "".join(path.read_text(encoding="utf-8") for path in SHEETS)
    used = set(re.findall(r"var\(--([a-z0-9-]+)", every))
    defined = set(re.findall(r"--([a-z0-9-]+):", css))
    assert used <= defined


@pytest.mark.parametrize("path", SHEETS, ids=lambda p: p.stem)
def test_braces_are_balanced(path: Path) -> None:
    bare = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert bare.count("{") == bare.count("}")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_templates_have_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", text, flags=re.DOTALL)
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"\son[a-z]+=\"", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "<style" not in text
