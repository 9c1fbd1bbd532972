"""The shipped record of processing and retention rules, as plain values."""

import tomllib
from importlib import resources
from typing import Any


def shipped_purposes() -> list[dict[str, Any]]:
    """The purposes of `facts/purposes.toml` in their order, as columns of Purpose."""
    return _rows("purposes.toml", "purpose")


def shipped_rules() -> list[dict[str, Any]]:
    """The rules of `facts/retention.toml` in their order, as columns of RetentionRule."""
    return _rows("retention.toml", "rule")


def _rows(name: str, table: str) -> list[dict[str, Any]]:
    text = (
        resources.files("habaring.privacy").joinpath("facts", name).read_text("utf-8")
    )
    rows: list[dict[str, Any]] = tomllib.loads(text)[table]
    return [{**row, "order": order} for order, row in enumerate(rows)]
