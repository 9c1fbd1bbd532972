"""Double entry in whole rupiah: entries that cannot be unbalanced, what payments pay,
trial balances, and matching two lists of money.
"""

from habaring.engines.bookkeeping._allocate import (
    IN_TIME,
    MODES,
    PPM,
    Arrived,
    Late,
    Mode,
    Share,
    allocate,
    share,
    standing,
)
from habaring.engines.bookkeeping._entry import (
    Entry,
    Line,
    Unbalanced,
    transfers,
)

__all__ = [
    "IN_TIME",
    "MODES",
    "PPM",
    "Arrived",
    "Entry",
    "Late",
    "Line",
    "Mode",
    "Share",
    "Unbalanced",
    "allocate",
    "share",
    "standing",
    "transfers",
]
