"""The facts that come with the product: stages, a method, and who took part when."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent / "facts"


@cache
def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text("utf-8"))


def stages() -> list[Mapping[str, Any]]:
    """The four stages with their gates and assignments, for a new cohort."""
    return list(_read("stages.toml")["stage"])


def method() -> dict[str, Any]:
    """How applications are compared where a cohort sets nothing else."""
    return dict(_read("stages.toml")["method"])


def cohorts() -> list[Mapping[str, Any]]:
    """Earlier cohorts: year, official_count, whole, source, and lists of codes."""
    return list(_read("cohorts.toml")["cohort"])
