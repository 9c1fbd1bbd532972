"""Cases worked by hand, read from cases/*.toml; small portfolios for other tests."""

import tomllib
from pathlib import Path
from typing import Any

from habaring.engines.choosing import Candidate, Limits
from habaring.portfolio.choose_files import candidates_from_csv, limits_from_toml

CASES = Path(__file__).parent / "cases"


def case(name: str) -> tuple[list[Candidate], Limits, dict[str, Any]]:
    """Candidates, limits and what is expected."""
    read = tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))
    candidates = candidates_from_csv(read["candidates"].lstrip())
    return candidates, limits_from_toml(read["limits"]), read["expected"]


def programme(code: str, cost: int, points: float, **more: Any) -> Candidate:
    """One programme of a year, paid from APBD, that may start in 2027 or 2028."""
    values: dict[str, Any] = {
        "name": code,
        "dimension": "GOV",
        "district": None,
        "department": "KOM",
        "duration": 1,
        "earliest": 2027,
        "latest": 2028,
        "quick_win": False,
        "months": None,
        "owner": "Head",
        "costs": {(1, "APBD"): cost},
        "outcomes": {"GOV": points},
    }
    return Candidate(code=code, **{**values, **more})


def two_years(ceiling: int, **more: Any) -> Limits:
    """2027 and 2028 with the same APBD ceiling."""
    values: dict[str, Any] = {
        "ceilings": {("APBD", 2027): ceiling, ("APBD", 2028): ceiling}
    }
    return Limits(2027, 2, **{**values, **more})
