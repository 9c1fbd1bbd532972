"""The roles as rows: `facts/roles.toml` put into the table."""

import tomllib
from pathlib import Path
from typing import Any

from habaring.people.access import Power

FACTS = Path(__file__).parent / "facts" / "roles.toml"


def rows() -> list[dict[str, Any]]:
    """Every role as the facts tell it, "all" spelt out, in their order."""
    told = tomllib.loads(FACTS.read_text(encoding="utf-8"))["role"]
    return [
        {
            "from_platform": False,
            "second_step": True,
            **row,
            "powers": [str(power) for power in _powers(row["powers"])],
            "platform_wide": row["held_in"] == "platform",
            "order": order,
        }
        for order, row in enumerate(told)
    ]


def _powers(told: str | list[str]) -> list[Power]:
    return list(Power) if told == "all" else [Power(word) for word in told]


def put_in_place(role: Any) -> None:
    """Write the facts into the table of roles; what is there is brought up to date.

    `role` is the model, as it is now or as a migration knows it. A migration calls this
    again after the facts or the powers changed.
    """
    for row in rows():
        role.objects.update_or_create(code=row.pop("code"), defaults=row)
