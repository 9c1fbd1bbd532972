"""The shape of a programme, as a practice carries it from one region to another.

A shape is plain JSON: duration_years, months, staff, costs (year of work, source,
amount), running (source → rupiah a year), outcomes (dimension → points), sdg, tags,
quick_win. What is not known is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from habaring.portfolio.candidates import Entry
from habaring.portfolio.funding import UNSET
from habaring.portfolio.models import Origin

LONGEST_DESCRIPTION = 4_000


@dataclass(frozen=True)
class Plans:
    """What the adopting region decides: its code, its years, why it wants this."""

    code: str
    earliest: int
    latest: int
    why: str = ""
    illustrative: bool = False


def shape_of(entry: Entry) -> dict[str, Any]:
    """What of a candidate another region can use: not its places, people and posts."""
    told: dict[str, Any] = {
        "duration_years": entry.duration,
        "months": entry.months,
        "staff": entry.staff,
        "quick_win": entry.quick_win,
        "costs": [
            {"year": year, "source": source, "amount": amount}
            for (year, source), amount in sorted(entry.costs.items())
        ],
        "running": dict(entry.running),
        "outcomes": dict(entry.outcomes),
        "sdg": list(entry.sdg),
        "tags": list(entry.tags),
        "environment_effect": entry.environment_effect,
        "subactivity_code": entry.subactivity_code,
    }
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def entry_from(version: Any, plans: Plans, *, origin: str) -> Entry:
    """The candidate that an adopting region gets; its money has no source yet, since
    another region's sources are not its own. `version` is a PracticeVersion.
    """
    shape: Mapping[str, Any] = version.shape
    return Entry(
        code=plans.code,
        name=version.title[:200],
        description=_description(version),
        dimension=version.dimension_code,
        earliest=plans.earliest,
        latest=plans.latest,
        duration=int(shape.get("duration_years", 1)),
        months=shape.get("months"),
        quick_win=bool(shape.get("quick_win", False)),
        staff=float(shape.get("staff", 0.0)),
        costs=_costs(version, shape),
        running=_running(version, shape),
        outcomes={code: float(v) for code, v in shape.get("outcomes", {}).items()},
        sdg=tuple(shape.get("sdg", ())),
        tags=tuple(shape.get("tags", ())) or tuple(version.tags),
        environment_effect=shape.get("environment_effect", ""),
        subactivity_code=shape.get("subactivity_code", ""),
        origin_kind=Origin.PRACTICE,
        origin_text=origin[:300],
        illustrative=plans.illustrative,
    )


def _costs(version: Any, shape: Mapping[str, Any]) -> dict[tuple[int, str], int]:
    costs: dict[tuple[int, str], int] = {}
    for line in shape.get("costs", ()):
        key = (int(line["year"]), UNSET)
        costs[key] = costs.get(key, 0) + int(line["amount"])
    if not costs and version.cost:
        costs[1, UNSET] = version.cost
    return costs


def _running(version: Any, shape: Mapping[str, Any]) -> dict[str, int]:
    yearly = sum(int(amount) for amount in shape.get("running", {}).values())
    yearly = yearly or version.running_cost or 0
    return {UNSET: yearly} if yearly else {}


def _description(version: Any) -> str:
    parts = [version.summary, version.solution, version.lessons]
    if version.indicators:
        parts.append(", ".join(version.indicators))
    return "\n\n".join(part for part in parts if part)[:LONGEST_DESCRIPTION]
