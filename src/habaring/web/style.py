"""The living style page: every component and chart with example data.

Served at ``/gaya/`` only with ``DEBUG``. All numbers here are invented, save those of
the six dimensions' names.
"""

from dataclasses import dataclass, field
from datetime import date

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from habaring.shared.charts import (
    areas,
    bars,
    bullets,
    flow,
    lines,
    maps,
    radar,
    ranges,
    roadmap,
)
from habaring.shared.charts.chart import Caption, Chart, Series, Years
from habaring.shared.formats import rupiah_short
from habaring.shared.pages import Page

_BILLION = 10**9
_RANKS = """\
Palangka Raya,1,1,1
Kotawaringin Barat,2,2,3
Barito Timur,2,4,5
Kotawaringin Timur,3,4,6
Gunung Mas,3,5,7
Barito Selatan,4,6,8
Barito Utara,4,7,9
Lamandau,5,8,10
Kapuas,7,9,11
Katingan,8,10,12
Pulang Pisau,8,11,13
Murung Raya,10,12,13
Sukamara,10,13,14
Seruyan,12,14,14"""
_DIMENSIONS = (
    ("GOV", "Tata Kelola", 68.2, 72.0, 2.1, (62, 60.5, 57, 56, 59, 63, 67, 68.2)),
    ("BRA", "Branding", 41.3, 55.0, 0.6, (42, 39, 36, 34, 38, 44, 45, 41.3)),
    ("ECO", "Ekonomi", 57.0, 66.0, 3.4, (50, 46, None, 47, 52, 56, 55, 57)),
    ("LIV", "Kehidupan", 52.4, 61.0, -0.8, (44, 44, 48, 53, 56, 55, 52, 52.4)),
    ("SOC", "Masyarakat", 61.0, 66.0, 1.2, (52, 55, 59, 62, 61, 58, 58, 61)),
    ("ENV", "Lingkungan", 38.1, 58.0, -1.5, (34, 39, 41, 36, 33, 35, 39.6, 38.1)),
)
_YEARS = tuple(range(2017, 2025))


@dataclass(frozen=True)
class Item:
    """A dressed-up row for the component samples."""

    values: dict[str, object] = field(default_factory=dict)

    def __getattr__(self, name: str) -> object:
        return self.values.get(name, "")


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Nama program", help_text="Singkat dan jelas.")
    cost = forms.IntegerField(label="Biaya tahun pertama (rupiah)", min_value=0)
    year = forms.ChoiceField(
        label="Tahun", choices=[("2025", "2025"), ("2026", "2026")]
    )
    source = forms.ChoiceField(
        label="Sumber dana",
        choices=[("a", "APBD kabupaten"), ("b", "APBD provinsi"), ("c", "APBN")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="Catatan", required=False, widget=forms.Textarea)
    claim = forms.BooleanField(label="Diajukan sebagai Quick Win", required=False)
    file = forms.FileField(
        label="Berkas bukti", required=False, help_text="PDF, paling besar 10 MB."
    )


class SampleFilter(forms.Form):
    """A list's filters."""

    q = forms.CharField(
        label="Cari", required=False, widget=forms.TextInput({"type": "search"})
    )
    dimension = forms.ChoiceField(
        label="Dimensi",
        required=False,
        choices=[("", "Semua"), *((code, name) for code, name, *_ in _DIMENSIONS)],
    )


def _ladder(width: int = 520) -> Chart:
    rows = [
        ranges.RankRow(
            label,
            int(low),
            float(middle),
            int(high),
            own=label == "Kotawaringin Timur",
        )
        for label, low, middle, high in (
            line.split(",") for line in _RANKS.splitlines()
        )
    ]
    caption = Caption("ladder", "Rentang peringkat", "Contoh.", example=True)
    return ranges.rank_ladder(rows, caption, width=width)


def _rows() -> list[Item]:
    return [
        Item(
            {
                "code": code,
                "name": name,
                "score": score,
                "change": change,
                "order": i,
                "url": "#",
                "bullet": bullets.bullet_mark(
                    score, target, code.lower(), label=f"{score}, sasaran {target}"
                ),
                "trend": lines.sparkline(values, code.lower()),
            }
        )
        for i, (code, name, score, target, change, values) in enumerate(_DIMENSIONS)
    ]


def _flow() -> Chart:
    nodes = [
        flow.Node("all", 0, "Belanja 2022", 2230, "Rp 2,23 triliun", "gov"),
        flow.Node("op", 1, "Operasi", 1550, "Rp 1,55 triliun", "gov"),
        flow.Node("cap", 1, "Modal", 378, "Rp 378 miliar", "eco"),
        flow.Node("tra", 1, "Transfer", 288, "Rp 288 miliar", "env"),
        flow.Node("bt", 1, "Tidak terduga", 14, "Rp 14 miliar", "bra"),
        flow.Node(
            "out",
            2,
            "42 keluaran tercapai",
            300,
            "Rp 300 miliar",
            "eco",
            "dari 51 yang direncanakan",
        ),
        flow.Node("not", 2, "Belum dapat ditelusuri", 78, "Rp 78 miliar", "edge"),
        flow.Node("res", 3, "6 hasil bergerak", 180, "Rp 180 miliar", "sun"),
        flow.Node("unk", 3, "Belum dapat dikatakan", 120, "Rp 120 miliar", "edge"),
    ]
    links = [
        flow.Link("all", "op", 1550), flow.Link("all", "cap", 378),
        flow.Link("all", "tra", 288), flow.Link("all", "bt", 14),
        flow.Link("cap", "out", 300), flow.Link("cap", "not", 78),
        flow.Link("out", "res", 180), flow.Link("out", "unk", 120),
    ]  # fmt: skip
    caption = Caption("flow", "Uang menjadi hasil", "Contoh.", example=True)
    return flow.money_flow(nodes, links, caption, width=1120)


def _stack() -> Chart:
    years = (2025, 2026, 2027, 2028, 2029)
    series = (
        Series("APBD kabupaten", (9e9, 14e9, 16e9, 12e9, 7e9), "gov"),
        Series("APBD provinsi", (2e9, 4e9, 3e9, 2e9, None), "liv"),
        Series("Dana lain yang sah", (1e9, 2e9, 6e9, 3e9, 2e9), "sun"),
    )
    stack = bars.Stack(
        years, series, (15e9, 22e9, 25e9, 20e9, 15e9),
        spoken=lambda v: rupiah_short(round(v)),
    )  # fmt: skip
    return bars.stacked_years(stack, Caption("stack", "Uang per tahun", "Contoh."))


def _charts() -> list[Chart]:
    names = [(name, code.lower()) for code, name, *_ in _DIMENSIONS]
    scores = [d[2] for d in _DIMENSIONS]
    targets = [d[3] for d in _DIMENSIONS]
    pairs = list(zip(names, scores, targets, strict=True))
    multiples = [
        lines.Panel(n, d[5], token, d[3])
        for (n, token), d in zip(names, _DIMENSIONS, strict=True)
    ]
    trend = Years(
        _YEARS,
        (
            Series("Kotawaringin Timur", _DIMENSIONS[2][5], "eco"),
            Series("Kalimantan Tengah", (48, 49, 50, 50, 51, 53, 54, 55), "soc"),
        ),
    )
    budget = [
        ("Pendidikan", 640), ("Kesehatan", 410), ("Jalan dan jembatan", 330),
        ("Perumahan dan permukiman", 150), ("Pertanian", 95), ("Perhubungan", 60),
        ("Lingkungan hidup", 34), ("Pariwisata", 14), ("Statistik", 6),
    ]  # fmt: skip
    curve = [(5, 21), (10, 37), (15, 48), (20, 55), (25, 59), (30, 61)]
    points = [lines.Point(x * _BILLION, y) for x, y in curve]
    points.append(lines.Point(18 * _BILLION, 47, "Rencana sekarang", here=True))
    words = lines.FrontierWords(
        "Uang", "Nilai rencana", "Anda di sini",
        spoken_x=lambda v: rupiah_short(round(v)),
    )  # fmt: skip
    choices = [
        ("Satu pintu pengaduan", 9.1, True), ("Air bersih enam desa", 7.4, True),
        ("Sensor mutu air Sungai Mentaya", 4.4, True), ("Pasar daring UMKM", 0.6, True),
        ("Taman cerdas", 0.3, False), ("Videotron", 5.2, False),
        ("Aplikasi wisata", 2.7, False),
    ]  # fmt: skip
    tasks = [
        ("Satu pintu pengaduan warga", "gov", "Tata Kelola", 2025, 2025, True),
        ("Jaringan intra pemerintah sampai 17 kecamatan", "gov", "Tata Kelola", 2025, 2028, False),
        ("Pasar daring UMKM", "eco", "Ekonomi", 2026, 2027, True),
        ("Air bersih di enam desa tepi sungai", "liv", "Kehidupan", 2025, 2029, False),
        ("Sensor mutu air Sungai Mentaya", "env", "Lingkungan", 2026, 2026, True),
    ]  # fmt: skip
    tiles = [
        maps.Tile(f"62.{i:02d}", f"Daerah {i}", i % 34, i // 34,
                  None if i % 9 == 0 else 30 + (i * 37) % 60, own=i == 20)
        for i in range(1, 300)
    ]  # fmt: skip
    squares = [
        maps.Shape(f"{i}", f"Wilayah {i}",
                   (((i % 4, i // 4), (i % 4 + 1, i // 4 + 0.2), (i % 4 + 0.9, i // 4 + 1),
                     (i % 4, i // 4 + 0.9)),), 20 + i * 6, own=i == 5)
        for i in range(12)
    ]  # fmt: skip

    def caption(key: str, title: str) -> Caption:
        return Caption(key, title, f"{title}: contoh.", example=key == "bullets")

    return [
        bullets.bullet_bars(
            [bullets.Bullet(n, v, t, c) for (n, c), v, t in pairs],
            caption("bullets", "Enam dimensi terhadap sasaran"),
        ),
        lines.trend(trend, caption("trend", "Ekonomi"), target=("Sasaran 2026", 60)),
        lines.small_multiples(multiples, _YEARS, caption("multiples", "Enam dimensi")),
        areas.budget_areas(
            [areas.Area(n, v, f"Rp {v} miliar") for n, v in budget],
            caption("areas", "Belanja menurut urusan"),
        ),
        bars.bars(
            [bars.Bar(n, v, f"Rp {v} miliar", "accent") for n, v in budget[:6]],
            caption("bars", "Belanja"),
        ),
        _stack(),
        bars.waterfall(
            [bars.Part(n, (v - 50) / 2 + 9, c) for (n, c), v, _t in pairs],
            caption("waterfall", "Dari mana nilai datang"),
            total="Indeks",
        ),
        bars.in_out(
            [bars.Choice(n, r, chosen=c, shown=f"{r}") for n, r, c in choices],
            caption("inout", "Masuk dan keluar"),
        ),
        lines.frontier(points, caption("frontier", "Uang dan hasil"), words),
        roadmap.roadmap(
            [
                roadmap.Task(n, c, a, b, quick_win=q, group=g)
                for n, c, g, a, b, q in tasks
            ],
            caption("roadmap", "Peta jalan"),
        ),
        radar.radar(
            [radar.Axis(n, v, t) for (n, _c), v, t in pairs],
            caption("radar", "Kesiapan"),
        ),
        maps.tile_map(
            tiles,
            caption("tiles", "Peta petak"),
            maps.Levels.quantiles([t.value for t in tiles]),
        ),
        maps.choropleth(
            squares,
            caption("shapes", "Peta"),
            maps.Levels.equal([s.value for s in squares]),
        ),
    ]


def examples() -> dict[str, object]:
    """Everything the style page shows."""
    refused = SampleForm({"name": "Jaringan", "cost": "-3"}, auto_id="bad_%s")
    refused.is_valid()
    return {
        "rows": _rows(),
        "ladder": _ladder(),
        "flow": _flow(),
        "charts": _charts(),
        "form": SampleForm(),
        "refused": refused,
        "filter": SampleFilter(),
        "page": Page(rows=[], number=2, pages=7, total=163, query=""),
        "today": date(2026, 11, 21),
        "trail": [("Kalimantan Tengah", "#")],
        "steps": [
            {"label": "Unggah", "state": "done", "url": "#"},
            {"label": "Periksa", "state": "now"},
            {"label": "Terbitkan", "state": "next"},
        ],
        "thread": [
            {"label": "Usulan", "text": "Air bersih untuk enam desa tepi sungai",
             "url": "#", "on": date(2025, 2, 3), "state": "done"},
            {"label": "Calon program", "text": "Diperiksa Dinas PUPR", "url": "#",
             "on": date(2025, 4, 21), "state": "done"},
            {"label": "Rencana", "text": "Masuk rencana 2025–2029", "state": "now"},
            {"label": "Anggaran", "text": "Belum dianggarkan", "state": "next"},
        ],
        "downloads": [("SVG", "#"), ("PNG", "#", 48_000), ("CSV", "#", 1_200)],
        "refusal": {
            "what": "Berkas ini belum dapat diterima.",
            "why": "Ada 2 kesalahan di lembar Nilai.",
            "next": "Perbaiki lalu unggah lagi; belum ada yang disimpan.",
            "problems": [
                {"sheet": "Nilai", "row": 14, "column": "nilai", "message": "1,2,3 bukan angka."},
                {"sheet": "Nilai", "row": 15, "column": "kode", "message": "Tidak ada indikator XX."},
            ],
        },
    }  # fmt: skip


def page(request: HttpRequest) -> HttpResponse:
    """Show the style page, with DEBUG only."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "style.html", examples())
