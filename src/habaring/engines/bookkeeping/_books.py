"""Balances: what lines come to, on top of a snapshot or from the beginning."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from habaring.engines.bookkeeping._entry import Line, Unbalanced


@dataclass(frozen=True)
class Balance:
    """What was debited and credited to one account, rupiah."""

    debit: int = 0
    credit: int = 0

    @property
    def net(self) -> int:
        """Debits less credits: above 0 for assets and expenses, as a rule."""
        return self.debit - self.credit

    def __add__(self, other: "Balance") -> "Balance":
        return Balance(self.debit + other.debit, self.credit + other.credit)


@dataclass(frozen=True)
class Row:
    """One account of a statement: how it stood, what happened, how it stands."""

    account: str
    before: int
    debit: int
    credit: int

    @property
    def after(self) -> int:
        return self.before + self.debit - self.credit


@dataclass(frozen=True)
class Books:
    """A trial balance by account, accounts in order. A snapshot plus what came since is
    the same as counting from the beginning; no running balance is kept anywhere.
    """

    accounts: Mapping[str, Balance] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "Books":
        """The balances that lines come to.

        >>> books = Books.of([Line("1.1.4", "7.1.1", 100), Line("1.1.2", "1.1.4", 60)])
        >>> books["1.1.4"].net, books.balanced
        (40, True)
        """
        debits: dict[str, int] = {}
        credits: dict[str, int] = {}
        for line in lines:
            debits[line.debit] = debits.get(line.debit, 0) + line.amount
            credits[line.credit] = credits.get(line.credit, 0) + line.amount
        names = sorted(debits.keys() | credits.keys())
        return cls({n: Balance(debits.get(n, 0), credits.get(n, 0)) for n in names})

    @classmethod
    def of_totals(cls, totals: Mapping[str, Iterable[int]]) -> "Books":
        """From {account: [debit, credit]}, as a closed day keeps them.

        Raises:
            Unbalanced: the two sides differ.
        """
        books = cls({name: Balance(*sides) for name, sides in sorted(totals.items())})
        if not books.balanced:
            raise Unbalanced("debits and credits differ")
        return books

    def __getitem__(self, account: str) -> Balance:
        return self.accounts.get(account, Balance())

    def __iter__(self) -> Iterator[str]:
        return iter(self.accounts)

    def __add__(self, other: "Books") -> "Books":
        names = sorted(self.accounts.keys() | other.accounts.keys())
        return Books({name: self[name] + other[name] for name in names})

    @property
    def balanced(self) -> bool:
        """Whether debits equal credits."""
        return sum(one.net for one in self.accounts.values()) == 0


def statement(snapshot: Books, since: Books) -> tuple[Row, ...]:
    """Each account as it stood at the snapshot, what happened since, how it stands.

    >>> opening = Books.of([Line("1.1.4", "7.1.1", 100)])
    >>> rows = statement(opening, Books.of([Line("1.1.2", "1.1.4", 60)]))
    >>> [(row.account, row.before, row.after) for row in rows]
    [('1.1.2', 0, 60), ('1.1.4', 100, 40), ('7.1.1', -100, -100)]
    """
    return tuple(
        Row(name, snapshot[name].net, since[name].debit, since[name].credit)
        for name in snapshot + since
    )
