"""Every chart, wide and narrow: well-formed, readable in light and dark, inside its
box. axe does not look into SVG, so the contrast is computed here."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from habaring.shared.charts import (
    areas,
    bars,
    bullets,
    files,
    flow,
    lines,
    maps,
    png,
    radar,
    ranges,
    roadmap,
)
from habaring.shared.charts.canvas import text_width
from habaring.shared.charts.chart import Caption, Chart, Series, Table, Years
from habaring.shared.charts.icons import ICONS
from habaring.shared.charts.paint import (
    LIGHT,
    THEMES,
    Theme,
    contrast,
    standalone,
)
from habaring.shared.formats import rupiah_short


def parse(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - drawn by ourselves


SVG = "{http://www.w3.org/2000/svg}"
LONG = "Kabupaten Kepulauan Siau Tagulandang Biaro dan sekitarnya"
YEARS = tuple(range(2017, 2025))
VALUES = (62.0, 60.5, None, 56.0, 59.0, 63.0, 67.0, 68.2)


def caption(key: str) -> Caption:
    return Caption(key, "Judul & nama", "Isi <gambar>.", example=True)


def money(value: float) -> str:
    return rupiah_short(round(value))


def all_charts() -> dict[str, Chart]:
    rank = [
        ranges.RankRow("Palangka Raya", 1, 1, 1),
        ranges.RankRow(LONG, 2, 3, 5, own=True),
        ranges.RankRow("Seruyan", 4, 12, 14),
    ]
    nodes = [
        flow.Node("all", 0, "Belanja 2022", 2230, "Rp 2,23 triliun", "gov"),
        flow.Node("cap", 1, LONG, 378, "Rp 378 miliar", "eco", LONG),
        flow.Node("op", 1, "Operasi", 1852, "Rp 1,85 triliun", "env"),
        flow.Node("out", 2, "42 keluaran", 378, "Rp 378 miliar", "sun"),
    ]
    links = [
        flow.Link("all", "cap", 378),
        flow.Link("all", "op", 1852),
        flow.Link("cap", "out", 378),
    ]
    series = (
        Series("APBD kabupaten", (9e9, 14e9, None), "gov"),
        Series("Dana lain", (1e9, 2e9, 3e9), "sun"),
    )
    stack = bars.Stack((2025, 2026, 2027), series, (15e9, None, 2e9), money)
    points = [lines.Point(x * 1e9, x**0.5) for x in range(1, 30, 4)]
    here = lines.Point(29e9, 4.0, LONG[:24], here=True)
    words = lines.FrontierWords("Uang", "Nilai", "Anda di sini", money)
    trend = Years(YEARS, (Series("Kotim", VALUES, "bra"), Series("Kalteng", VALUES)))
    tasks = [
        roadmap.Task(LONG * 2, "gov", 2025, 2025, quick_win=True, group="Tata Kelola"),
        roadmap.Task("Pasar daring", "eco", 2026, 2029, group="Ekonomi"),
    ]
    tiles = [
        maps.Tile(f"62.{i:02d}", f"Daerah {i}", i % 7, i // 7, i or None, own=i == 3)
        for i in range(14)
    ]
    square = ((0.0, 0.0), (9.0, 1.0), (8.0, 9.0), (0.0, 8.0))
    shapes = [
        maps.Shape("62.02", "Kotim", (square,), 3.0, "/daerah/62.02/", own=True),
        maps.Shape("62.01", "Kobar", (tuple((x + 9, y) for x, y in square),)),
    ]
    return {
        "ladder": ranges.rank_ladder(rank, caption("ladder"), width=520),
        "bullets": bullets.bullet_bars(
            [
                bullets.Bullet(LONG, 68.2, 72, "gov"),
                bullets.Bullet("Branding", None, 55, "bra"),
                bullets.Bullet("Lebih", 140, 120, "env", "140 dari 100"),
            ],
            caption("bullets"),
        ),
        "trend": lines.trend(trend, caption("trend"), target=("Sasaran", 80)),
        "multiples": lines.small_multiples(
            [lines.Panel(LONG, VALUES, c, 70) for c in ("gov", "bra", "eco")],
            YEARS,
            caption("multiples"),
        ),
        "frontier": lines.frontier([*points, here], caption("frontier"), words),
        "flow": flow.money_flow(nodes, links, caption("flow"), width=1120),
        "areas": areas.budget_areas(
            [
                areas.Area(f"{LONG} {i}", 1000 / (i + 1) ** 2, f"Rp {i} miliar")
                for i in range(12)
            ],
            caption("areas"),
        ),
        "bars": bars.bars(
            [bars.Bar(LONG, 9, own=True), bars.Bar("Nol", 0), bars.Bar("Tiada", None)],
            caption("bars"),
        ),
        "stack": bars.stacked_years(stack, caption("stack")),
        "waterfall": bars.waterfall(
            [bars.Part(LONG, 18, "gov"), bars.Part("Turun", -4, "bad")],
            caption("waterfall"),
        ),
        "inout": bars.in_out(
            [
                bars.Choice(LONG, 9, chosen=True, shown="9"),
                bars.Choice("Videotron", 5, chosen=False, shown="5"),
            ],
            caption("inout"),
        ),
        "roadmap": roadmap.roadmap(tasks, caption("roadmap")),
        "radar": radar.radar(
            [radar.Axis(LONG, 50, 70), radar.Axis("B", None), radar.Axis("C", 120)],
            caption("radar"),
        ),
        "tiles": maps.tile_map(
            tiles, caption("tiles"), maps.Levels.quantiles([t.value for t in tiles])
        ),
        "shapes": maps.choropleth(shapes, caption("shapes"), maps.Levels((1.0, 2.0))),
    }


@pytest.fixture(scope="module", params=["id", "en"])
def charts(request: pytest.FixtureRequest) -> dict[str, Chart]:
    with translation.override(request.param):
        return all_charts()


NAMES = tuple(all_charts())


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float
    fill: str

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom


def pictures(chart: Chart) -> list[ET.Element]:
    return [parse(svg) for svg in (chart.svg, chart.svg_narrow)]


def fill_of(element: ET.Element) -> str:
    names = element.get("class", "").split()
    return next((name[2:] for name in names if name.startswith("f-")), "")


def extent(text: ET.Element) -> tuple[float, float]:
    """Left and right end of a line of words."""
    x, size = float(text.get("x", 0)), float(text.get("font-size", 0))
    bold = text.get("font-weight") == "700"
    wide = text_width(text.text or "", size, bold=bold)
    before = {"middle": wide / 2, "end": wide}.get(text.get("text-anchor", ""), 0.0)
    return x - before, x - before + wide


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_is_named_for_screen_readers(
    charts: dict[str, Chart], name: str
) -> None:
    for picture in pictures(charts[name]):
        linked = picture.find(f".//{SVG}a") is not None
        assert picture.get("role") == ("group" if linked else "img")
        ids = (picture.get("aria-labelledby") or "").split()
        title, description = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
        assert title is not None
        assert description is not None
        assert ids == [title.get("id"), description.get("id")]
        assert title.text == "Judul & nama"
        assert description.text == "Isi <gambar>."


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_has_no_inline_style_or_colour_of_its_own(
    charts: dict[str, Chart], name: str
) -> None:
    for svg in (charts[name].svg, charts[name].svg_narrow):
        assert "style=" not in svg
        assert "<style" not in svg
        assert not re.search(r"#[0-9a-fA-F]{6}", svg)
        tokens = set(re.findall(r"[fs]-([a-z0-9-]+)", " ".join(
            re.findall(r'class="([^"]*)"', svg)
        )))  # fmt: skip
        assert tokens <= set(LIGHT)


@pytest.mark.parametrize("name", NAMES)
def test_words_stay_inside_the_picture(charts: dict[str, Chart], name: str) -> None:
    for picture in pictures(charts[name]):
        _, _, width, height = map(float, (picture.get("viewBox") or "").split())
        for text in picture.iter(f"{SVG}text"):
            left, right = extent(text)
            assert left >= -1, text.text
            assert right <= width + 1, text.text
            assert 8 <= float(text.get("y", 0)) <= height, text.text


@pytest.mark.parametrize("name", NAMES)
def test_words_do_not_run_into_each_other(charts: dict[str, Chart], name: str) -> None:
    for picture in pictures(charts[name]):
        placed: list[tuple[Box, str]] = []
        for text in picture.iter(f"{SVG}text"):
            left, right = extent(text)
            base, size = float(text.get("y", 0)), float(text.get("font-size", 0))
            box = Box(left, base - size * 0.7, right, base, "")
            for other, words in placed:
                apart = (
                    box.left >= other.right - 1
                    or box.right <= other.left + 1
                    or box.top >= other.bottom
                    or box.bottom <= other.top
                )
                assert apart, (text.text, words)
            placed.append((box, text.text or ""))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_stand_out_from_what_they_stand_on(
    charts: dict[str, Chart], name: str, theme: Theme
) -> None:
    colours = THEMES[theme]
    for picture in pictures(charts[name]):
        boxes: list[Box] = []
        for element in picture.iter():
            if element.tag == f"{SVG}rect":
                x, y = float(element.get("x", 0)), float(element.get("y", 0))
                wide, tall = (float(element.get(k, 0)) for k in ("width", "height"))
                boxes.append(Box(x, y, x + wide, y + tall, fill_of(element)))
            if element.tag != f"{SVG}text":
                continue
            left, right = extent(element)
            y = float(element.get("y", 0)) - 4
            grounds = {"paper", "surface"}
            for x in (left + 1, (left + right) / 2, right - 1):
                under = [box.fill for box in boxes if box.fill and box.holds(x, y)]
                grounds |= {under[-1]} if under else set()
            ink = colours[fill_of(element)]
            for ground in grounds:
                assert contrast(ink, colours[ground]) >= 4.5, (element.text, ground)


@pytest.mark.parametrize("name", NAMES)
def test_words_are_large_enough_on_a_phone(charts: dict[str, Chart], name: str) -> None:
    picture = parse(charts[name].svg_narrow)
    if float(picture.get("width", 0)) > 328:
        pytest.skip("one picture serves both")
    sizes = [float(text.get("font-size", 0)) for text in picture.iter(f"{SVG}text")]
    assert min(sizes) >= 11.5


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_alone_carries_its_colours_and_its_mark(
    charts: dict[str, Chart], name: str
) -> None:
    for theme, colours in THEMES.items():
        alone = charts[name].standalone(theme)
        picture = parse(alone)
        assert "class=" not in alone
        assert "var(" not in alone
        ground = picture.find(f"{SVG}rect")
        assert ground is not None
        assert ground.get("fill") == colours["paper"]
        words = [text.text for text in picture.iter(f"{SVG}text")]
        assert words[-1] in ("example", "contoh")
        _, _, width, height = (picture.get("viewBox") or "").split()
        assert picture.get("height") == height
        assert picture.get("width") == width


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_comes_with_its_values_as_a_table(
    charts: dict[str, Chart], name: str
) -> None:
    table = charts[name].table
    assert table.rows
    assert all(len(row) == len(table.headers) for row in table.rows)
    assert all(len(row) == len(table.headers) for row in table.body)
    assert len(table.numeric) == len(table.headers)


def test_missing_values_break_the_line_and_are_not_zero() -> None:
    assert lines.runs([(1, 5), (2, None), (3, 6), (4, 7)]) == [
        [(1, 5)],
        [(3, 6), (4, 7)],
    ]
    assert lines.sparkline([None, None], "gov").count("<path") == 0
    assert lines.sparkline([1, None, 2, 3], "gov").count("<path") == 1


def test_areas_are_in_proportion() -> None:
    values = [600.0, 300.0, 100.0, 50.0]
    boxes = areas.squarify(values, (0, 0, 720, 330))
    for value, (_x, _y, wide, tall) in zip(values, boxes, strict=True):
        assert wide * tall == pytest.approx(value / sum(values) * 720 * 330)


def test_ranges_that_overlap_are_shaded_as_equal() -> None:
    rows = [
        ranges.RankRow("A", 1, 1, 2),
        ranges.RankRow("Own", 3, 4, 6, own=True),
        ranges.RankRow("B", 5, 7, 9),
        ranges.RankRow("C", 8, 9, 10),
    ]
    svg = ranges.rank_ladder(rows, caption("k")).svg
    before_legend = svg.split('font-size="12">Own')[0]
    assert before_legend.count('class="f-near"') >= 1
    assert svg.count('rx="5" class="f-near"') == 1
    assert svg.count('rx="5" class="f-band"') == 2


def test_sources_that_bring_nothing_are_left_out_and_the_rest_told_apart() -> None:
    series = (
        Series("APBD", (5.0, 6.0), "gov"),
        Series("Tiada", (0.0, None), "eco"),
        Series("Hibah", (1.0, 0.0), "gov"),
    )
    chart = bars.stacked_years(bars.Stack((2025, 2026), series), caption("k"))
    assert chart.table.headers[1:3] == ("APBD", "Hibah")
    assert "f-gov" in chart.svg
    assert "f-sun" in chart.svg


def test_a_radar_needs_three_axes() -> None:
    with pytest.raises(ValueError, match="three"):
        radar.radar([radar.Axis("A", 1), radar.Axis("B", 2)], caption("r"))


@pytest.mark.parametrize(
    ("values", "breaks"), [([], ()), ([5], ()), ([3, 3, 3], ()), ([None, 1], ())]
)
def test_levels_of_too_few_values_are_one_class(
    values: list[float | None], breaks: tuple[float, ...]
) -> None:
    assert maps.Levels.equal(values).breaks == breaks
    assert maps.Levels.quantiles(values).breaks == breaks


def test_levels_name_each_class_once() -> None:
    levels = maps.Levels((10.0, 20.0, 30.0, 40.0))
    assert [levels.level(v) for v in (5, 10, 25, 39.9, 40, None)] == [
        "q0", "q1", "q2", "q3", "q4", "sunk"
    ]  # fmt: skip
    assert len(levels.words) == 6


@pytest.mark.parametrize(
    "draw",
    [
        lambda: ranges.rank_ladder([], caption("k")),
        lambda: bullets.bullet_bars([], caption("k")),
        lambda: bars.bars([], caption("k")),
        lambda: bars.waterfall([], caption("k")),
        lambda: bars.in_out([], caption("k")),
        lambda: bars.stacked_years(bars.Stack((), ()), caption("k")),
        lambda: areas.budget_areas([], caption("k")),
        lambda: areas.budget_areas([areas.Area("x", 0, "Rp 0")], caption("k")),
        lambda: roadmap.roadmap([], caption("k")),
        lambda: flow.money_flow([], [], caption("k")),
        lambda: lines.trend(Years(()), caption("k")),
        lambda: lines.trend(Years((2024,), (Series("A", (None,)),)), caption("k")),
        lambda: lines.trend(Years((2024,), (Series("A", (3.0,)),)), caption("k")),
        lambda: lines.small_multiples([], (), caption("k")),
        lambda: lines.frontier([], caption("k"), lines.FrontierWords("x", "y", "z")),
        lambda: maps.tile_map([], caption("k"), maps.Levels(())),
        lambda: maps.choropleth([], caption("k"), maps.Levels(())),
    ],
)
def test_a_chart_of_nothing_is_still_a_picture(draw: Callable[[], Chart]) -> None:
    for picture in pictures(draw()):
        assert picture.get("role") == "img"


def test_hostile_words_are_only_words() -> None:
    bad = '"><script>alert(1)</script>'
    row = bullets.Bullet(bad, 1, 1, "gov", bad)
    chart = bullets.bullet_bars([row], Caption("k", bad, bad))
    for svg in (chart.svg, chart.svg_narrow, chart.standalone()):
        parse(svg)
        assert "<script" not in svg
    assert "<script" not in bullets.bullet_mark(1, 1, "gov", label=bad)


def test_words_are_measured_as_the_font_sets_them() -> None:
    assert text_width("", 16) == 0
    assert text_width("iii", 16) < text_width("mmm", 16)
    assert text_width("Kabupaten", 16) < text_width("Kabupaten", 16, bold=True)


def test_icons_are_drawn_on_the_grid() -> None:
    for name, path in ICONS.items():
        assert re.fullmatch(r"[MmLlHhVvCcSsAaZz0-9 .\-]+", path), name
        parse(f'<path d="{path}"/>')


def test_numbers_in_a_table_are_told_from_words() -> None:
    table = Table(("Nama", "Nilai"), (("A", 1.0), ("B", None)))
    assert table.numeric == (False, True)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chart_becomes_a_png(charts: dict[str, Chart], theme: Theme) -> None:
    picture = png.png(charts["ladder"].standalone(theme))
    assert picture.startswith(b"\x89PNG")
    wide = int.from_bytes(picture[16:20], "big")
    assert wide > 2 * 520 * 0.7  # twice the size on the page, in points


def test_a_chart_as_csv_keeps_values_and_disarms_formulas() -> None:
    rows = [bars.Bar("=1+1", 2.5), bars.Bar("b;c", None)]
    chart = bars.bars(rows, caption("k"))
    with translation.override("id"):
        content, kind = files.as_file(chart, "csv")
        lines_ = content.decode("utf-8-sig").split("\r\n")
        assert lines_[1:] == ["'=1+1;2,5;contoh", '"b;c";;contoh', ""]
        assert files.as_file(chart, "svg")[1] == "image/svg+xml"
    with translation.override("en"):
        content, kind = files.as_file(chart, "csv")
        assert content.decode("utf-8-sig").split("\r\n")[1] == "'=1+1,2.5,example"
    assert kind.startswith("text/csv")
    with pytest.raises(ValueError, match="exe"):
        files.as_file(chart, "exe")


def test_a_picture_too_large_is_refused() -> None:
    with pytest.raises(png.PictureTooLarge, match="PNG"):
        png.png("<svg>" + " " * png.MOST_BYTES + "</svg>")


def test_standalone_leaves_a_picture_without_classes_alone() -> None:
    svg = '<svg viewBox="0 0 10 10" width="10" height="10"></svg>'
    assert "<rect" in standalone(svg)
