"""Entries: amounts from one account to another, so that nothing can be unbalanced."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


class Unbalanced(ValueError):  # noqa: N818 - a refusal of the engine
    """An entry that may not exist, and why."""


@dataclass(frozen=True)
class Line:
    """`amount` rupiah out of `credit` and into `debit`; `tax`: which tax it is of.

    Refuses to exist when it moves nothing or moves it nowhere.
    """

    debit: str
    credit: str
    amount: int
    tax: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise Unbalanced(f"{self.amount!r} is not whole rupiah")
        if self.amount <= 0:
            raise Unbalanced(f"{self.amount} rupiah moves nothing")
        if self.debit == self.credit:
            raise Unbalanced(f"from {self.debit} to itself")
        if not self.debit or not self.credit:
            raise Unbalanced("an account has no code")

    def turned(self) -> "Line":
        """The line that takes it back."""
        return Line(self.credit, self.debit, self.amount, self.tax)


@dataclass(frozen=True)
class Entry:
    """One event's lines: at least one."""

    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        if not self.lines:
            raise Unbalanced("an entry without lines")

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    @property
    def amount(self) -> int:
        """All that it moves, rupiah."""
        return sum(line.amount for line in self.lines)

    def turned(self) -> "Entry":
        """The entry that takes it back."""
        return Entry(tuple(line.turned() for line in self.lines))

    @classmethod
    def compound(
        cls, debits: Mapping[str, int], credits: Mapping[str, int], *, tax: str = ""
    ) -> "Entry":
        """From many accounts to many: refused unless both sides come to the same.

        >>> entry = Entry.compound({"1.1.2": 102}, {"1.1.4": 100, "7.1.2": 2})
        >>> [(line.credit, line.amount) for line in entry]
        [('1.1.4', 100), ('7.1.2', 2)]
        """
        both = debits.keys() & credits.keys()
        if both:
            raise Unbalanced(f"{min(both)} is debited and credited")
        for account, amount in (*debits.items(), *credits.items()):
            if amount <= 0:
                raise Unbalanced(f"{amount} rupiah for {account}")
        left, right = sum(debits.values()), sum(credits.values())
        if left != right:
            raise Unbalanced(f"debits {left} and credits {right} differ")
        changes = dict(debits) | {name: -amount for name, amount in credits.items()}
        return cls(transfers(changes, tax=tax))


def transfers(changes: Mapping[str, int], *, tax: str = "") -> tuple[Line, ...]:
    """Lines that change each account by so much (debits above 0, credits below).

    As few as walking both sides in order gives: less than the number of accounts.

    >>> transfers({"7.1.2": 2, "1.1.2": 100, "2.1.1": -102})
    (Line(debit='7.1.2', credit='2.1.1', amount=2, tax=''), Line(debit='1.1.2', credit='2.1.1', amount=100, tax=''))
    """
    if sum(changes.values()) != 0:
        raise Unbalanced(f"the changes come to {sum(changes.values())}")
    debits = [(name, amount) for name, amount in changes.items() if amount > 0]
    credits = [(name, -amount) for name, amount in changes.items() if amount < 0]
    lines = []
    while debits:
        (debit, into), (credit, out) = debits.pop(0), credits.pop(0)
        amount = min(into, out)
        lines.append(Line(debit, credit, amount, tax))
        if into > amount:
            debits.insert(0, (debit, into - amount))
        if out > amount:
            credits.insert(0, (credit, out - amount))
    return tuple(lines)
