"""What money that came for a bill pays: principal, its interest, or too much.

The answer is a function of the set of payments that stand, ordered by when they were
paid. So the order in which messages arrive, and what was reversed since, cannot matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from habaring.engines.money import MODES, Mode, rounded

PPM = 1_000_000
LARGEST_UNIT = 8_000


@dataclass(frozen=True)
class Late:
    """Interest on the principal that a payment covers: `ppm` millionths of it, rounded
    to multiples of `unit` rupiah (1 to 8,000). 1 % for each of 3 months: 30,000.

    >>> Late(30_000).on(77_600)
    2328
    """

    ppm: int = 0
    unit: int = 1
    mode: Mode = "down"

    def __post_init__(self) -> None:
        if not 0 <= self.ppm < 2**31:
            raise ValueError(f"{self.ppm} millionths are not a rate of interest")
        if not 1 <= self.unit <= LARGEST_UNIT:
            raise ValueError(f"interest is not rounded to {self.unit} rupiah")
        if self.mode not in MODES:
            raise ValueError(f"{self.mode!r} is no way of rounding")

    @property
    def rounding(self) -> int:
        """Unit and mode in one small number, as `Payment.late_rounding` keeps them."""
        return 4 * self.unit + MODES.index(self.mode)

    def on(self, principal: int) -> int:
        """The interest on so much principal, rupiah."""
        return rounded(principal * self.ppm, PPM, unit=self.unit, mode=self.mode)


IN_TIME = Late()


@dataclass(frozen=True)
class Arrived:
    """Money that came for a bill. Rupiah."""

    amount: int
    late: Late = IN_TIME

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError(f"{self.amount} rupiah is no payment")


@dataclass(frozen=True)
class Share:
    """What became of it. Rupiah; the three add up to the amount."""

    principal: int = 0
    interest: int = 0
    surplus: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(
            self.principal + other.principal,
            self.interest + other.interest,
            self.surplus + other.surplus,
        )

    def __sub__(self, other: "Share") -> "Share":
        return Share(
            self.principal - other.principal,
            self.interest - other.interest,
            self.surplus - other.surplus,
        )


def share(left: int, arrived: Arrived) -> Share:
    """One payment against `left` rupiah of principal.

    It covers as much principal as it can together with the interest on just that part;
    what remains below the next rupiah with its interest is interest. Beyond all of the
    principal and its interest it is too much.

    >>> share(77_600, Arrived(79_928, Late(30_000)))
    Share(principal=77600, interest=2328, surplus=0)
    >>> share(100, Arrived(51, Late(20_000)))
    Share(principal=50, interest=1, surplus=0)
    >>> share(100, Arrived(130))
    Share(principal=100, interest=0, surplus=30)
    """
    whole = arrived.late.on(left)
    if arrived.amount >= left + whole:
        return Share(left, whole, arrived.amount - left - whole)
    low, high = 0, min(left, arrived.amount)  # low fits; high + 1 does not
    while low < high:
        middle = (low + high + 1) // 2
        if middle + arrived.late.on(middle) <= arrived.amount:
            low = middle
        else:
            high = middle - 1
    return Share(low, arrived.amount - low, 0)


def allocate(principal: int, arrived: Sequence[Arrived]) -> tuple[Share, ...]:
    """The share of each payment of a bill, given in the order in which they were paid.

    >>> allocate(100, [Arrived(60), Arrived(60)])
    (Share(principal=60, interest=0, surplus=0), Share(principal=40, interest=0, surplus=20))
    """
    if principal < 0:
        raise ValueError(f"{principal} rupiah is no principal")
    left, shares = principal, []
    for one in arrived:
        got = share(left, one)
        left -= got.principal
        shares.append(got)
    return tuple(shares)


def standing(principal: int, arrived: Sequence[Arrived]) -> Share:
    """What all payments of a bill come to."""
    return sum(allocate(principal, arrived), Share())
