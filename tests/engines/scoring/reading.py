"""Cases worked by hand, read into the engine's values."""

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from habaring.engines.scoring import Framework, Group, Indicator, Table

CASES = Path(__file__).parent / "cases"


def case(name: str) -> dict[str, Any]:
    return tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))


def number(value: Any) -> float:
    return float("nan") if value == "" else float(value)


def numbers(values: list[Any]) -> NDArray[np.float64]:
    return np.array([numbers(v) if isinstance(v, list) else number(v) for v in values])


def inputs(read: dict[str, Any]) -> tuple[Table, Framework]:
    given = dict(read["framework"])
    groups = [Group(**{"parent": None} | g) for g in given.pop("groups")]
    if not any(group.parent is None for group in groups):
        groups = [Group("INDEX", None), *groups]
    indicators = tuple(Indicator(**i) for i in given.pop("indicators"))
    framework = Framework(indicators, tuple(groups), **given)
    columns = [numbers(values) for values in read["values"].values()]
    table = Table(tuple(read["units"]), tuple(read["values"]), np.array(columns).T)
    return table, framework
