"""Two lists of money compared: what stands in our books, what a bank says it took."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Ints: TypeAlias = NDArray[np.int64]

Outcome = Literal[
    "match",
    "late_date",
    "amount_diff",
    "duplicate",
    "reversed",
    "only_bank",
    "only_system",
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_MATCH, _LATE, _AMOUNT, _TWICE, _REVERSED, _BANK, _SYSTEM = range(7)


@dataclass(frozen=True)
class Money:
    """A list as columns of one length: keys (channel and reference), amounts in rupiah,
    days as numbers. In ours a key stands once, with amount 0 once it was reversed; in
    the bank's a key may come again, and money that went back is below 0.
    """

    keys: Sequence[Hashable]
    amounts: "ArrayLike"
    days: "ArrayLike"


@dataclass(frozen=True)
class Compared:
    """One key that was compared; -1 where a list does not know it. `there`: the bank's
    first line of it, `net` what its lines come to.
    """

    key: Hashable
    outcome: Outcome
    here: int
    there: int
    amount: int
    net: int


@dataclass(frozen=True)
class Matching:
    """The outcome of every key (domain.md 4.5), ours first, each in the order of its list.

    `codes` are places in `OUTCOMES`. A key reversed on both sides is "reversed" and
    agrees; `differs` marks those that do not agree. Keys that are one text each are
    compared quickest.
    """

    codes: "Ints"
    here: "Ints"
    there: "Ints"
    amounts: "Ints"
    nets: "Ints"
    keys: Sequence[Hashable]

    @property
    def differs(self) -> "NDArray[Any]":
        """Which need somebody to look: another sum, or the same one on another day."""
        found: NDArray[Any] = (self.amounts != self.nets) | (self.codes == _LATE)
        return found

    def counts(self) -> dict[Outcome, int]:
        """How many keys have each outcome."""
        import numpy as np

        found = np.bincount(self.codes, minlength=len(OUTCOMES))
        return {name: int(n) for name, n in zip(OUTCOMES, found, strict=True)}

    def differences(self) -> Iterator[Compared]:
        """Those that differ, one by one."""
        import numpy as np

        for i in np.flatnonzero(self.differs).tolist():
            yield Compared(
                self.keys[i],
                OUTCOMES[int(self.codes[i])],
                int(self.here[i]),
                int(self.there[i]),
                int(self.amounts[i]),
                int(self.nets[i]),
            )


def match(ours: Money, banks: Money) -> Matching:
    """Compare key by key.

    - "match": the bank's lines of it come to what stands here, on the same day;
      "late_date": the same sum on another day.
    - "reversed": they cancel out at the bank, or it was reversed here. It agrees where
      that is so on both sides.
    - "duplicate": the bank has it more than once and asks for more than stands here.
    - "amount_diff": another sum. "only_bank", "only_system": one side does not know it.

    Raises:
        ValueError: columns of different lengths, or a key twice in ours.
    """
    import numpy as np

    amounts, days = _columns(ours)
    there_amounts, there_days = _columns(banks)
    place = {key: i for i, key in enumerate(ours.keys)}
    if len(place) != len(amounts):
        raise ValueError("a key stands twice in our list")
    # a key that only the bank knows gets the next place
    where = [place.setdefault(key, len(place)) for key in banks.keys]
    at = np.array(where, dtype=np.int64)
    count, own = len(place), len(amounts)
    net = np.zeros(count, np.int64)
    np.add.at(net, at, there_amounts)
    lines = np.bincount(at, minlength=count)
    taken = np.bincount(at[there_amounts > 0], minlength=count)
    first = np.full(count, -1, np.int64)
    first[at[::-1]] = np.arange(len(at))[::-1]
    here = np.where(np.arange(count) < own, np.arange(count), -1)
    stands = np.zeros(count, np.int64)
    stands[:own] = amounts
    same_day = np.zeros(count, bool)
    both = np.flatnonzero((here >= 0) & (lines > 0))
    same_day[both] = days[both] == there_days[first[both]]
    known = np.arange(count) < own
    codes = np.select(
        [
            ~known & (net != 0),
            known & (lines == 0) & (stands != 0),
            (stands == 0) | (net == 0),
            (net == stands) & same_day,
            net == stands,
            (taken > 1) & (net > stands),
        ],
        [_BANK, _SYSTEM, _REVERSED, _MATCH, _LATE, _TWICE],
        _AMOUNT,
    ).astype(np.int64)
    return Matching(codes, here, first, stands, net, list(place))


def _columns(money: Money) -> "tuple[Ints, Ints]":
    import numpy as np

    amounts = np.asarray(money.amounts, dtype=np.int64)
    days = np.asarray(money.days, dtype=np.int64)
    if not len(money.keys) == len(amounts) == len(days):
        raise ValueError("the columns differ in length")
    return amounts, days
