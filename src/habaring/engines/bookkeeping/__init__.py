"""Double entry in whole rupiah: entries that cannot be unbalanced, what payments pay,
trial balances, and matching two lists of money.
"""

from habaring.engines.bookkeeping._allocate import (
    IN_TIME,
    PPM,
    Arrived,
    Late,
    Share,
    allocate,
    share,
    standing,
)
from habaring.engines.bookkeeping._books import Balance, Books, Row, statement
from habaring.engines.bookkeeping._entry import (
    Entry,
    Line,
    Unbalanced,
    transfers,
)
from habaring.engines.bookkeeping._match import (
    OUTCOMES,
    Compared,
    Matching,
    Money,
    Outcome,
    match,
)
from habaring.engines.bookkeeping._sharing import share_out
from habaring.engines.money import MODES, Mode

__all__ = [
    "IN_TIME",
    "MODES",
    "OUTCOMES",
    "PPM",
    "Arrived",
    "Balance",
    "Books",
    "Compared",
    "Entry",
    "Late",
    "Line",
    "Matching",
    "Mode",
    "Money",
    "Outcome",
    "Row",
    "Share",
    "Unbalanced",
    "allocate",
    "match",
    "share",
    "share_out",
    "standing",
    "statement",
    "transfers",
]
