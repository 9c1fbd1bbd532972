"""How an index came about, step by step, from an edition's frozen record.

Nothing is computed again here: every number is read from the record, and shown in the
order in which the engine made it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from habaring.assessment.models import EditionValue, IndexEdition
from habaring.assessment.score_words import sentence
from habaring.engines.scoring import ROOT
from habaring.regions.models import Region
from habaring.shared.formats import number

MINUS, TIMES, OVER = " − ", " × ", " ÷ "


@dataclass(frozen=True)
class IndicatorStep:
    """From a value in its unit to points: `formula` shows the region's own numbers.

    `low` and `high` are the goalposts, or the least and most of the regions compared.
    `share` is the part of the index's weight; `contribution` in points of the index.
    """

    code: str
    name: str
    unit: str
    parent: str
    lower_is_better: bool
    value: float
    year: int | None
    source: str
    illustrative: bool
    low: float | None
    high: float | None
    points: float
    weight: float
    share: float
    contribution: float
    formula: str


@dataclass(frozen=True)
class Part:
    """One part of a group: its points, and its weight within the group (sum 1)."""

    code: str
    name: str
    points: float
    weight: float


@dataclass(frozen=True)
class GroupStep:
    """From the points of the parts to the score of a group."""

    code: str
    name: str
    parts: tuple[Part, ...]
    score: float
    formula: str


@dataclass(frozen=True)
class Explanation:
    """Everything "how was this computed" says of one region in one edition."""

    indicators: tuple[IndicatorStep, ...]
    groups: tuple[GroupStep, ...]  # from the bottom up, the index last
    absent: tuple[EditionValue, ...]  # indicators without a value here
    notes: tuple[str, ...]
    normalisation: str
    aggregation: str
    contributions_are: str
    index: float | None
    shares: tuple[dict[str, Any], ...]  # the engine's sensitivity shares
    mean_shift: float | None

    @property
    def of_dimensions(self) -> tuple[tuple[GroupStep, float], ...]:
        """Each part of the index with what it adds, in points."""
        if not self.groups:
            return ()
        root = self.groups[-1]
        by_code = {group.code: group for group in self.groups}
        return tuple(
            (by_code[part.code], part.points * part.weight)
            for part in root.parts
            if part.code in by_code
        )


def explain(edition: IndexEdition, region_code: str) -> Explanation | None:
    """The steps for one region; None where the edition does not hold it."""
    record = edition.record
    rows = [unit["unit"] for unit in record["units"]]
    if region_code not in rows:
        return None
    row = rows.index(region_code)
    used = {
        value.indicator.code: value
        for value in EditionValue.objects.filter(
            edition=edition, region=region_code
        ).select_related("indicator")
    }
    names = _names(edition, used)
    steps = _indicator_steps(record, row, used)
    groups = _group_steps(record, row, steps, names)
    drawn = record.get("sensitivity") or {}
    return Explanation(
        indicators=steps,
        groups=groups,
        absent=tuple(v for v in used.values() if v.value is None),
        notes=tuple(sentence(_named(note, names)) for note in _told(record)),
        normalisation=record["framework"]["normalisation"],
        aggregation=record["framework"]["aggregation"],
        contributions_are=record["contributions_are"],
        index=record["units"][row]["index"],
        shares=tuple(drawn.get("shares", ())),
        mean_shift=drawn.get("mean_shift"),
    )


def notes_of(edition: IndexEdition) -> tuple[str, ...]:
    """The engine's notes as sentences, without those of single sub-dimensions."""
    places = edition.framework.places.select_related("indicator")
    names = _names(edition, {}) | {p.indicator.code: p.indicator.name for p in places}
    return tuple(sentence(_named(note, names)) for note in _told(edition.record))


def _told(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Notes worth a reader's time: of empty groups only those right below the index."""
    top = {
        group["code"]
        for group in record["framework"]["groups"]
        if group["parent"] == ROOT
    }
    return [
        note
        for note in record["notes"]
        if note["code"] != "group_empty" or note["params"]["group"] in top
    ]


def _named(note: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Codes in a note become names that people know."""

    def named(value: Any) -> Any:
        if isinstance(value, list):
            return [named(each) for each in value]
        return names.get(value, value) if isinstance(value, str) else value

    params = {key: named(value) for key, value in note["params"].items()}
    return {**note, "params": params}


def _names(edition: IndexEdition, used: Mapping[str, EditionValue]) -> dict[str, str]:
    names = {row.code: row.name for row in edition.framework.dimensions.all()}
    names |= {code: value.indicator.name for code, value in used.items()}
    return names | region_names(edition) | {ROOT: _("Index")}


def region_names(edition: IndexEdition) -> dict[str, str]:
    """Codes and names of the regions that an edition compares."""
    rows = Region.objects.filter(
        code__in=[unit["unit"] for unit in edition.record["units"]]
    )
    return {row.code: row.name for row in rows}


def _indicator_steps(
    record: Mapping[str, Any], row: int, used: Mapping[str, EditionValue]
) -> tuple[IndicatorStep, ...]:
    given = {entry["code"]: entry for entry in record["framework"]["indicators"]}
    how = record["framework"]["normalisation"]
    steps = []
    for column, code in enumerate(record["indicators"]):
        value, points = record["values"][row][column], record["normalised"][row][column]
        entry, cell = given[code], used.get(code)
        if value is None or points is None or cell is None:
            continue
        low, high = _ends(record, column, entry, how)
        lower = entry["direction"] == "lower"
        steps.append(
            IndicatorStep(
                code=code,
                name=cell.indicator.name,
                unit=cell.indicator.unit,
                parent=entry["parent"],
                lower_is_better=lower,
                value=value,
                year=cell.year,
                source=cell.source,
                illustrative=cell.illustrative,
                low=low,
                high=high,
                points=points,
                weight=entry["weight"],
                share=record["shares"][row][column],
                contribution=record["contributions"][row][column],
                formula=_formula(value, (low, high), points, lower=lower),
            )
        )
    return tuple(steps)


def _ends(
    record: Mapping[str, Any], column: int, entry: Mapping[str, Any], how: str
) -> tuple[float | None, float | None]:
    """The two ends of the scale, where the way of normalising has ends."""
    if how == "goalposts":
        return entry["goal_low"], entry["goal_high"]
    if how == "minmax":
        known = [line[column] for line in record["values"] if line[column] is not None]
        return min(known), max(known)
    return None, None


def _formula(
    value: float,
    ends: tuple[float | None, float | None],
    points: float,
    *,
    lower: bool,
) -> str:
    """(72,66 − 60) ÷ (85 − 60) × 100 = 50,64, in the reader's language."""
    low, high = ends
    if low is None or high is None:
        return number(points, 2)
    first = (high, value) if lower else (value, low)
    span = f"({number(high)}{MINUS}{number(low)})"
    made = (high - value if lower else value - low) / (high - low) * 100
    words = (
        f"({number(first[0])}{MINUS}{number(first[1])}){OVER}{span}{TIMES}100"
        f" = {number(made, 2)}"
    )
    clipped = abs(made - points) > 0.01
    return f"{words} → {number(points, 2)}" if clipped else words


def _group_steps(
    record: Mapping[str, Any],
    row: int,
    steps: Sequence[IndicatorStep],
    names: Mapping[str, str],
) -> tuple[GroupStep, ...]:
    scores = record["units"][row]["groups"]
    framework = record["framework"]
    equal = framework["weights"] == "equal"
    found = []
    for code in _bottom_up(framework["groups"]):
        score = scores.get(code)
        if score is None:
            continue
        inside = [
            (s.code, s.name, s.points, 1.0 if equal else s.weight)
            for s in steps
            if s.parent == code
        ]
        inside += [
            (
                g["code"],
                names.get(g["code"], g["code"]),
                scores[g["code"]],
                1.0 if equal else g["weight"],
            )
            for g in framework["groups"]
            if g["parent"] == code and scores.get(g["code"]) is not None
        ]
        total = sum(weight for *_rest, weight in inside) or 1.0
        parts = tuple(Part(c, n, p, w / total) for c, n, p, w in inside)
        how = _aggregation(framework, code)
        found.append(
            GroupStep(
                code=code,
                name=names.get(code, code),
                parts=parts,
                score=score,
                formula=_mean_formula(parts, score, how),
            )
        )
    return tuple(found)


def _bottom_up(groups: Sequence[Mapping[str, Any]]) -> list[str]:
    """Codes with every part before its whole, the index last.

    The record cannot say: the database does not keep the order of an object's keys.
    """

    def below(parent: str | None) -> list[str]:
        found: list[str] = []
        for group in groups:
            if group["parent"] == parent:
                found += [*below(group["code"]), group["code"]]
        return found

    return below(None)


def _aggregation(framework: Mapping[str, Any], code: str) -> str:
    own = [g["aggregation"] for g in framework["groups"] if g["code"] == code]
    return str((own and own[0]) or framework["aggregation"])


def _mean_formula(parts: Sequence[Part], score: float, how: str) -> str:
    """50,64 × 0,5 + 33 × 0,5 = 41,82; one part alone is its own mean."""
    result = number(score, 2)
    if len(parts) == 1:
        return result
    if how == "geometric":
        product = TIMES.join(
            f"{number(p.points, 2)}^{number(p.weight, 3)}" for p in parts
        )
        return f"{product} = {result}"
    if len({round(p.weight, 9) for p in parts}) == 1:
        total = " + ".join(number(p.points, 2) for p in parts)
        return f"({total}){OVER}{len(parts)} = {result}"
    total = " + ".join(
        f"{number(p.points, 2)}{TIMES}{number(p.weight, 3)}" for p in parts
    )
    return f"{total} = {result}"
