"""The parts of publishing an index edition: what refuses it, its files, its rows."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from habaring.assessment import score_files
from habaring.assessment.models import (
    EditionScope,
    EditionScore,
    EditionValue,
    IndexEdition,
)
from habaring.assessment.score_words import sentence
from habaring.assessment.selection import EditionPlan, Selection, select
from habaring.engines import scoring
from habaring.people import access
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.refusal import Refusal, Words

Progress = Callable[[int, int], None]
FEWEST_PEERS = 3
FEWEST_DRAWS, MOST_DRAWS = 100, 100_000
NATIONAL_SHARE = 0.9  # of all kabupaten and kota: a few may have no number yet


class EditionRefused(Refusal):
    """An index edition that cannot be published."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """An edition computed and not yet stored."""

    chosen: Selection
    table: str
    framework: str
    sha256: str
    scores: scoring.Scores


def prepare(
    region: Region, plan: EditionPlan, *, at: datetime, progress: Progress | None
) -> Prepared:
    """Compute an edition from what was known `at`; EditionRefused. Stores nothing."""
    chosen = select(plan, at=at)
    check_plan(region, plan, at)
    check_selection(chosen)
    table, framework = files_of(chosen)
    sha256 = hashlib.sha256(f"{table}\0{framework}".encode()).hexdigest()
    refuse_same(region, plan, sha256)
    scores = score_files_of(table, framework, plan, progress)
    return Prepared(chosen, table, framework, sha256, scores)


def check_plan(region: Region, plan: EditionPlan, at: datetime) -> None:
    """Refuse a plan whose year, regions or draws make no sense."""
    codes = {peer.code for peer in plan.peers}
    this_year = timezone.localdate(at).year
    if plan.year > this_year:
        _no_edition(
            _("The year %(year)d has not come yet.") % {"year": plan.year},
            _("Choose %(year)d or an earlier year.") % {"year": this_year},
        )
    if len(codes) < FEWEST_PEERS:
        _no_edition(
            _("Only %(count)d regions were chosen; a rank needs at least %(least)d.")
            % {"count": len(codes), "least": FEWEST_PEERS},
            _("Choose more regions to compare with."),
        )
    if region.is_local and region.code not in codes:
        _no_edition(
            _("%(region)s itself is not among the regions chosen.")
            % {"region": region.full_name},
            _("Add the region to those that it compares."),
        )
    if not FEWEST_DRAWS <= plan.draws <= MOST_DRAWS:
        _no_edition(
            _("The range of ranks needs between %(least)d and %(most)d draws.")
            % {"least": FEWEST_DRAWS, "most": MOST_DRAWS},
            _("Choose 1,000 draws."),
        )


def check_selection(chosen: Selection) -> None:
    """Refuse when too little is known to rank anybody."""
    if not chosen.places:
        _no_edition(
            _("The framework %(name)s has no indicators.")
            % {"name": chosen.plan.framework.name},
            _("Choose another framework."),
        )
    with_values = chosen.regions_with_values
    if with_values < FEWEST_PEERS:
        _no_edition(
            _(
                "Only %(count)d of the %(of)d regions have any value for %(year)d or the "
                "five years before; a rank needs at least %(least)d."
            )
            % {
                "count": with_values,
                "of": len(chosen.plan.peers),
                "year": chosen.plan.year,
                "least": FEWEST_PEERS,
            },
            _("Record values first, or choose another year."),
        )


def files_of(chosen: Selection) -> tuple[str, str]:
    """The table as CSV and the framework as TOML, as the page offers them."""
    names = {d.code: d.name_id for d in chosen.dimensions}
    names |= {place.indicator.code: place.indicator.name_id for place in chosen.places}
    table = score_files.write_table(
        chosen.table(), names={peer.code: peer.full_name for peer in chosen.peers}
    )
    return table, score_files.write_framework(chosen.framework(), names=names)


def score_files_of(
    table: str, framework: str, plan: EditionPlan, progress: Progress | None
) -> scoring.Scores:
    """Score what the two files say; EditionRefused with the engine's reasons."""
    try:
        return scoring.score(
            score_files.read_table(table).table,
            score_files.read_framework(framework),
            draws=plan.draws,
            seed=plan.seed,
            choices=score_files.read_choices(framework),
            progress=progress,
        )
    except scoring.Refused as refused:
        _no_edition(
            " ".join(sentence(problem) for problem in refused.problems),
            _("Mend the framework or the values and publish again."),
        )


def _no_edition(why: Words, then: Words) -> NoReturn:
    raise EditionRefused(_("The edition was not published."), why, then)


def refuse_same(region: Region, plan: EditionPlan, sha256: str) -> None:
    """Refuse an edition that would only repeat another of this region."""
    same = IndexEdition.objects.filter(
        region=region, sha256=sha256, draws=plan.draws, seed=plan.seed, year=plan.year
    ).first()
    if same:
        _no_edition(
            _("Edition %(number)d of %(year)d says exactly the same.")
            % {"number": same.number, "year": same.year},
            _("Record what has changed first, then publish."),
        )


def next_number(region: Region, year: int) -> int:
    """The number of the next edition of a region and year; the region is locked."""
    last = (
        IndexEdition.objects.filter(region=region, year=year)
        .order_by("-number")
        .first()
    )
    return last.number + 1 if last else 1


def scope_of(
    region: Region, plan: EditionPlan, by: Account | None, at: datetime
) -> EditionScope:
    """National only when the platform publishes it: nobody speaks for all others."""
    peers = {peer.code for peer in plan.peers}
    everyone = Region.objects.local().open_on(timezone.localdate(at))
    if len({code[:2] for code in peers}) == 1:
        inside = everyone.filter(code__startswith=f"{min(peers)[:2]}.")
        whole = set(inside.values_list("code", flat=True)) <= peers
        return EditionScope.PROVINCE if whole else EditionScope.CHOSEN
    platform = by is None or any(
        held.role.platform_wide for held in access.memberships_of(by, at=at)
    )
    national = platform and len(peers) >= NATIONAL_SHARE * everyone.count()
    return EditionScope.NATIONAL if national else EditionScope.CHOSEN


def store_scores(edition: IndexEdition, scores: scoring.Scores) -> None:
    """One row a region and group; the engine's root is kept as INDEX."""
    units = edition.record["units"]
    rows = []
    for unit in units:
        for group, score in unit["groups"].items():
            root = group == scores.groups[-1]
            rows.append(
                EditionScore(
                    edition=edition,
                    region_id=unit["unit"],
                    group=scoring.ROOT if root else group,
                    score=score,
                    coverage=unit["group_coverage"][group] or 0.0,
                    rank=unit["group_ranks"][group] or None,
                    rank_low=unit.get("rank_low") if root else None,
                    rank_high=unit.get("rank_high") if root else None,
                )
            )
    EditionScore.objects.bulk_create(rows, batch_size=2_000)


def store_values(
    edition: IndexEdition, chosen: Selection, scores: scoring.Scores
) -> None:
    """One row a region and indicator, with the year and source it came from."""
    points = edition.record["normalised"]
    column = {code: place for place, code in enumerate(scores.indicators)}
    rows = []
    for line, region in enumerate(chosen.peers):
        for place in chosen.places:
            cell = chosen.cell(region.code, place.indicator_id)
            at = column.get(place.indicator.code)
            rows.append(
                EditionValue(
                    edition=edition,
                    region=region,
                    indicator=place.indicator,
                    year=cell.year,
                    value=cell.value,
                    status=cell.status,
                    normalised=None if at is None else points[line][at],
                    source=cell.source,
                    revision=cell.revision,
                    illustrative=cell.illustrative,
                )
            )
    EditionValue.objects.bulk_create(rows, batch_size=2_000)
