"""What a region's public face shows, gathered from the domains in few queries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from habaring.assessment.models import EditionScore
from habaring.assessment.pictures import alike_names
from habaring.assessment.queries import DimensionRow, LeagueRow, Profile, profile
from habaring.engines.scoring import ROOT
from habaring.masterplan.queries import Face, public_face
from habaring.portfolio.models import Plan, PlanItem
from habaring.portfolio.queries import plan_items, quick_wins
from habaring.regions import queries as regions
from habaring.regions.models import Region
from habaring.regions.queries import Budget, budget, budget_years
from habaring.shared import formats
from habaring.shared.charts import flow
from habaring.shared.charts.bullets import bullet_mark
from habaring.shared.charts.chart import Caption, Chart
from habaring.shared.charts.lines import sparkline
from habaring.shared.charts.maps import Levels, Tile, tile_map
from habaring.shared.charts.paint import dimension_token
from habaring.shared.charts.ranges import RankRow, rank_ladder
from habaring.web.listening import Listening, listening

LADDER_ROWS = 16
QUICK_WINS_SHOWN = 6
ACTIVE_SHOWN = 6


@dataclass(frozen=True)
class DimensionLine:
    """One dimension as `components/dimension_rows.html` shows it."""

    code: str
    name: str
    order: int
    score: float | None
    change: float | None
    bullet: str
    trend: str
    url: str


@dataclass(frozen=True)
class Standing:
    """Where the region stands, in words and pictures."""

    profile: Profile
    ladder: Chart | None
    sentence: str
    alike: str
    lines: tuple[DimensionLine, ...]
    farthest: str


@dataclass(frozen=True)
class QuickWin:
    """A Quick Win of the adopted plan, as a card."""

    item: PlanItem
    order: int
    dimension: str


@dataclass(frozen=True)
class Chosen:
    """The adopted plan in short."""

    programmes: int
    total: int  # rupiah over the whole plan, to build and to run
    quick_wins: tuple[QuickWin, ...]
    illustrative: bool


@dataclass(frozen=True)
class Purse:
    """Where the newest budget's money comes from and where it goes."""

    budget: Budget
    revised: bool
    flow: Chart
    total: int
    capital: int


@dataclass(frozen=True)
class RegionFace:
    """The whole public face of a kabupaten or kota."""

    region: Region
    standing: Standing
    purse: Purse | None
    chosen: Chosen | None
    books: Face
    listening: Listening | None


def region_face(region: Region, *, at: datetime) -> RegionFace:
    """Everything that the page of a kabupaten or kota shows."""
    standing = _standing(region)
    books = public_face(region)
    chosen = _chosen(books, standing.profile)
    listens = listening(region, at=at)
    return RegionFace(region, standing, _purse(region), chosen, books, listens)


INCOMES = (("pad", "eco"), ("transfer_in", "liv"), ("other_income", "soc"))
SPENDINGS = (
    ("operating", "gov"),
    ("capital", "eco"),
    ("transfer_out", "env"),
    ("contingency", "bra"),
)


def _purse(region: Region) -> Purse | None:
    years = budget_years(region)
    found = budget(region, years[0]) if years else None
    if found is None:
        return None
    whole = found.line("expenditure")
    revised = whole is not None and whole.revised is not None

    def amount(account: str) -> int:
        line = found.line(account)
        value = (line.revised if revised else line.original) if line else None
        return value or 0

    total = amount("expenditure")
    if not total:
        return None
    title = _("Where the money comes from, and where it goes")
    return Purse(
        budget=found,
        revised=revised,
        flow=_flow(found, amount, title),
        total=total,
        capital=amount("capital"),
    )


def _flow(found: Budget, amount: Callable[[str], int], title: str) -> Chart:
    total = amount("expenditure")
    names = {line.account: str(line.label) for line in found.lines}
    incomes = [(a, names.get(a, a), amount(a), colour) for a, colour in INCOMES]
    missing = total - sum(value for _a, _n, value, _c in incomes)
    if missing > 0:  # the deficit is met from last year's balance
        incomes.append(("deficit", _("Financing of the deficit"), missing, "edge"))
    nodes = [flow.Node("all", 1, names["expenditure"], total, _sum(total), "gov")]
    nodes += [
        flow.Node(key, 0, name, value, _sum(value), colour)
        for key, name, value, colour in incomes
        if value > 0
    ]
    nodes += [
        flow.Node(key, 2, names.get(key, key), amount(key), _sum(amount(key)), colour)
        for key, colour in SPENDINGS
        if amount(key) > 0
    ]
    links = [
        flow.Link(key, "all", value) for key, _n, value, _c in incomes if value > 0
    ]
    links += [
        flow.Link("all", key, amount(key)) for key, _c in SPENDINGS if amount(key) > 0
    ]
    alt = _("Bands from the sources of %(year)d through %(total)s to its uses.") % {
        "year": found.year,
        "total": _sum(total),
    }
    caption = Caption("money", title, alt, example=found.illustrative)
    return flow.money_flow(nodes, links, caption, width=1120)


def _sum(value: int) -> str:
    return formats.rupiah_short(value)


def _standing(region: Region) -> Standing:
    found = profile(region)
    own = found.league.own
    if own is None or own.rank is None:
        return Standing(found, None, "", "", _lines(found), "")
    low, high = own.low or own.rank, own.high or own.rank
    words = (
        _("at rank %(range)s of %(count)d regions")
        if low == high
        else _("between rank %(range)s of %(count)d regions")
    )
    sentence = words % {
        "range": formats.rank_range(low, high),
        "count": found.league.ranked,
    }
    return Standing(
        profile=found,
        ladder=_ladder(found),
        sentence=sentence,
        alike=alike_names(found.league),
        lines=_lines(found),
        farthest=formats.listing([row.dimension.name for row in found.farthest]),
    )


def _near(found: Profile) -> list[LeagueRow]:
    """All ranked regions; in a long table those around one's own."""
    ranked = [row for row in found.league.rows if row.rank is not None]
    if len(ranked) <= LADDER_ROWS:
        return ranked
    place = next(i for i, row in enumerate(ranked) if row.own)
    first = max(0, min(place - LADDER_ROWS // 2, len(ranked) - LADDER_ROWS))
    return ranked[first : first + LADDER_ROWS]


def _ladder(found: Profile) -> Chart:
    return rank_ladder(
        [
            RankRow(
                label=row.region.name,
                low=row.low or row.rank or 0,
                median=float(row.rank or 0),
                high=row.high or row.rank or 0,
                own=row.own,
                alike=row.alike,
            )
            for row in _near(found)
        ],
        Caption(
            key="rank",
            title=_("Range of ranks"),
            alt=_("Bars from the best to the worst rank that each region could hold."),
            example=found.illustrative,
        ),
        width=520,
    )


def _lines(found: Profile) -> tuple[DimensionLine, ...]:
    base = reverse("assessment:standing", args=[found.region.code])
    return tuple(
        _line(row, order, f"{base}#{row.dimension.code}")
        for order, row in enumerate(found.dimensions)
    )


def _line(row: DimensionRow, order: int, url: str) -> DimensionLine:
    code = row.dimension.code
    token = dimension_token(code, order)
    words = _("%(score)s of 100") % {"score": formats.number(row.score, 0)}
    return DimensionLine(
        code=code,
        name=row.dimension.name,
        order=order,
        score=row.score,
        change=row.change,
        bullet=bullet_mark(row.score, row.target, token, label=words),
        trend=sparkline([score for _year, score in row.trend], token),
        url=url,
    )


def _chosen(books: Face, found: Profile) -> Chosen | None:
    if books.plan is None:
        return None
    names = {row.dimension.code: row.dimension.name for row in found.dimensions}
    order = {code: i for i, code in enumerate(names)}
    items = plan_items(books.plan)
    quick = [
        QuickWin(
            item=item,
            order=order.get(item.candidate.dimension_code, 0),
            dimension=names.get(
                item.candidate.dimension_code, item.candidate.dimension_code
            ),
        )
        for item in quick_wins(items)
    ]
    quick.sort(key=lambda win: win.order)
    return Chosen(
        programmes=len(items),
        total=sum(item.total for item in items),
        quick_wins=tuple(quick[:QUICK_WINS_SHOWN]),
        illustrative=books.plan.illustrative,
    )


def country() -> dict[str, object]:
    """The country at a glance: every region as a tile, shaded by its latest index."""
    scores = dict(
        EditionScore.objects.filter(group=ROOT, score__isnull=False)
        .order_by("region_id", "-edition__year", "-edition__published_at")
        .distinct("region_id")
        .values_list("region_id", "score")
    )
    tiles = [
        Tile(
            code=place.code,
            label=place.name,
            column=place.column,
            row=place.row,
            value=scores.get(place.code),
            url=reverse("web:region", args=[place.code])
            if place.code in scores
            else "",
        )
        for place in regions.tiles()
    ]
    with_plan = Plan.objects.filter(region=OuterRef("pk"), replaced_at__isnull=True)
    active = Region.objects.filter(Exists(with_plan)).select_related("parent")
    provinces = list(Region.objects.provinces().filter(closed_on__isnull=True))
    return {
        "map": tile_map(
            tiles,
            Caption(
                key="country",
                title=_("The regions of the country"),
                alt=_(
                    "One square a kabupaten or kota, darker where the index is higher."
                ),
            ),
            Levels.equal(
                list(scores.values()), spoken=lambda score: formats.number(score, 0)
            ),
        ),
        "active": list(active[:ACTIVE_SHOWN]),
        "provinces": provinces,
        "counts": {
            "regions": len(tiles),
            "provinces": len(provinces),
            "active": len(scores),
        },
    }
