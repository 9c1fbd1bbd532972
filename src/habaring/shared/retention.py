"""What grows old and goes by itself: each domain says how, a rule row says when.

A domain registers an `Ageing` in its module `personal.py`; the row of
`privacy.RetentionRule` with the same code says how long it is kept. `privacy` applies
them every night, in batches, and writes the deletion register.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

PLATFORM = "00"


@dataclass(frozen=True)
class Due:
    """One row or file whose time is over: its key as text, and its region."""

    ref: str
    region: str = PLATFORM


@dataclass(frozen=True)
class Ageing:
    """How one category goes.

    `due(before, at, limit)` lists what began before that moment and is still there now
    (`at`), at most `limit`; `apply(refs, at)` deletes or pseudonymises them, so that
    `due` no longer lists them: applied again, it changes nothing.
    """

    code: str
    due: Callable[[datetime, datetime, int], Sequence[Due]]
    apply: Callable[[Sequence[str], datetime], None]


_ageing: dict[str, Ageing] = {}


def register(ageing: Ageing) -> Ageing:
    """Make a category known; ValueError where two have one code."""
    if _ageing.setdefault(ageing.code, ageing) is not ageing:
        raise ValueError(f"Two categories are called {ageing.code!r}.")
    return ageing


def ageings() -> dict[str, Ageing]:
    """Every registered category by its code."""
    from habaring.shared.holdings import holdings

    holdings()  # the same modules register both
    return dict(sorted(_ageing.items()))
