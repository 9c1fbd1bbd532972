"""What the simulated bank remembers, in one SQLite file: who it is, whose money it took."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from habaring.revenue.bank.signing import (
    WIB,
    Paid,
    Signer,
    new_key,
    private_pem,
    read_private,
)

FILE = "bank.sqlite3"
_TABLES = """
CREATE TABLE IF NOT EXISTS identity (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS money (
    reference TEXT PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL,
    amount INTEGER NOT NULL, paid_at TEXT NOT NULL, answer TEXT NOT NULL DEFAULT '',
    times INTEGER NOT NULL DEFAULT 0, back_at TEXT NOT NULL DEFAULT ''
);
"""


class NotRegisteredError(LookupError):
    """No region has taken this bank on yet."""


@dataclass(frozen=True)
class Money:
    """A payment. `answer`: the region's last response code; `back_at`: taken back."""

    kind: str
    paid: Paid
    answer: str = ""
    times: int = 0
    back_at: datetime | None = None

    @property
    def known(self) -> bool:
        """Whether the region said yes."""
        return self.answer.startswith("2")


@dataclass(frozen=True)
class Identity:
    """Who the bank is towards one region. `address`: of the platform; `va_name` and
    `qris_name`: its short names there.
    """

    address: str
    region: str
    va_id: str
    qris_id: str
    prefix: str
    private: str
    secret: str
    va_name: str = "contoh"
    qris_name: str = "contohqr"

    def channel(self, money: Money) -> str:
        """As the region names it."""
        name = self.va_name if money.kind == "va" else self.qris_name
        return f"{money.kind}:{name}"

    def signer(self) -> Signer:
        """With its keys opened."""
        return Signer(
            root=f"/snap/{self.region}",
            va_id=self.va_id,
            qris_id=self.qris_id,
            key=read_private(self.private),
            secret=self.secret.encode(),
            prefix=self.prefix,
        )


class Store:
    """One folder, one bank."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FILE
        with self._open() as database:
            database.executescript(_TABLES)
        self.path.chmod(0o600)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self.path, timeout=30)
        try:
            with database:
                yield database
        finally:
            database.close()

    def become(self, identity: Identity) -> None:
        """Be this bank from now on."""
        self._keep(vars(identity))

    def _keep(self, values: Mapping[str, str]) -> None:
        with self._open() as database:
            database.executemany(
                "INSERT OR REPLACE INTO identity VALUES (?, ?)", values.items()
            )

    def key(self) -> str:
        """Its private key as PEM: made when it is first asked for."""
        with self._open() as database:
            found = database.execute(
                "SELECT value FROM identity WHERE name = 'private'"
            ).fetchone()
        if found:
            return str(found[0])
        pem = private_pem(new_key())
        self._keep({"private": pem})
        return pem

    def identity(self) -> Identity:
        """Who it is; NotRegisteredError where nobody yet."""
        with self._open() as database:
            rows = dict(database.execute("SELECT name, value FROM identity"))
        try:
            return Identity(**rows)
        except TypeError as error:
            raise NotRegisteredError from error

    def known(self, region: str) -> Identity | None:
        """Who it is in a region, if it is anybody there."""
        try:
            found = self.identity()
        except NotRegisteredError:
            return None
        return found if found.region == region else None

    def take(self, kind: str, paid: Paid) -> Money:
        """Money of a customer: written down before anybody is told."""
        with self._open() as database:
            database.execute(
                "INSERT INTO money (reference, kind, target, amount, paid_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    paid.reference,
                    kind,
                    paid.target,
                    paid.amount,
                    paid.paid_at.isoformat(),
                ),
            )
        return Money(kind, paid)

    def answered(self, money: Money, code: str) -> Money:
        """What the region said to it."""
        with self._open() as database:
            database.execute(
                "UPDATE money SET answer = ?, times = times + 1 WHERE reference = ?",
                (code, money.paid.reference),
            )
        return replace(money, answer=code, times=money.times + 1)

    def gave_back(self, money: Money, at: datetime) -> None:
        """The money went back to the customer."""
        with self._open() as database:
            database.execute(
                "UPDATE money SET back_at = ? WHERE reference = ?",
                (at.isoformat(), money.paid.reference),
            )

    def find(self, reference: str) -> Money | None:
        """One payment."""
        return next(iter(self._rows("WHERE reference = ?", reference)), None)

    def newest(self, most: int = 50) -> list[Money]:
        """The last ones, newest first."""
        return self._rows("ORDER BY paid_at DESC, rowid DESC LIMIT ?", most)

    def of_day(self, day: date) -> list[Money]:
        """Those paid on a day or taken back on it (Western Indonesian Time), in order."""
        begin = datetime.combine(day, datetime.min.time(), WIB)
        end = begin + timedelta(days=1)
        rows = self._rows("ORDER BY paid_at, rowid")
        return [
            one
            for one in rows
            if begin <= one.paid.paid_at < end
            or (one.back_at is not None and begin <= one.back_at < end)
        ]

    def _rows(self, how: str, *values: object) -> list[Money]:
        columns = "kind, target, reference, amount, paid_at, answer, times, back_at"
        with self._open() as database:
            rows = database.execute(f"SELECT {columns} FROM money {how}", values)  # noqa: S608
            return [
                Money(
                    row[0],
                    Paid(row[1], row[2], row[3], datetime.fromisoformat(row[4])),
                    row[5],
                    row[6],
                    datetime.fromisoformat(row[7]) if row[7] else None,
                )
                for row in rows
            ]
