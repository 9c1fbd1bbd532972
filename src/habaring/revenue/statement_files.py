"""Statements of banks, of the treasury's account and of the province, read from files.

CSV or XLSX, our own headings or those of common bank exports (semicolons, decimal comma,
debit and credit apart). A file is refused whole, with every problem by its line.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, cast

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.revenue.models import StatementKind
from habaring.shared.refusal import Words
from habaring.shared.tables import Column, Row, TableKind, Value, read
from habaring.shared.tables.kinds import plain

REVERSALS = frozenset(
    [
        "reversal",
        "refund",
        "void",
        "batal",
        "pembatalan",
        "koreksi",
        "debit",
        "debet",
        "d",
        "db",
    ]
)
PAYMENTS = frozenset(
    [
        "payment",
        "bayar",
        "pembayaran",
        "kredit",
        "credit",
        "k",
        "c",
        "cr",
        "setor",
        "setoran",
    ]
)
OPSEN = {"opsen-pkb": "Opsen PKB", "opsen-bbnkb": "Opsen BBNKB"}
LONGEST_REFERENCE = 64


@dataclass(frozen=True)
class Line:
    """One line of a statement. `amount` in rupiah, below 0: money that went back."""

    line: int
    channel: str
    reference: str
    number: str
    tax: str
    amount: int
    paid_at: datetime


@dataclass(frozen=True)
class StatementFile:
    """What a file holds; `channels` as they stand in it."""

    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        """Rupiah that came, less what went back."""
        return sum(line.amount for line in self.lines)

    @property
    def first(self) -> date:
        return min(localdate(line.paid_at) for line in self.lines)

    @property
    def last(self) -> date:
        return max(localdate(line.paid_at) for line in self.lines)

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(sorted({line.channel for line in self.lines}))

    @property
    def repeated(self) -> int:
        """How many lines have the channel and reference of an earlier one."""
        return len(self.lines) - len(
            {(one.channel, one.reference) for one in self.lines}
        )

    @property
    def returned(self) -> int:
        """How many lines are money that went back."""
        return sum(line.amount < 0 for line in self.lines)


@dataclass(frozen=True)
class BankTable(TableKind):
    """A table whose columns banks head in several ways."""

    aliases: Mapping[str, str] = field(default_factory=dict)  # "a|b|c" by column

    def headings(self) -> dict[str, Column]:
        found = super().headings()
        for column in self.columns:
            for name in self.aliases.get(column.code, "").split("|"):
                found.setdefault(plain(name), column)
        found.pop("", None)
        return found


def _check(
    _sheet: str, _number: int, row: Mapping[str, Value]
) -> Iterable[tuple[str, Words]]:
    if row.get("amount") is None and not (row.get("credit") or row.get("debit")):
        yield "amount", _("A line needs an amount.")
    elif not _amount(row):
        yield "amount", _("A line of zero rupiah says nothing. Delete it.")
    said = str(row.get("kind") or "").strip().casefold()
    if said and said not in REVERSALS | PAYMENTS:
        yield "kind", _("Write “payment” or “reversal” here.")


_MOMENT = Column("paid_at", _("Date and time"), "moment", required=True)
_REFERENCE = Column(
    "reference", _("Reference"), "text", required=True, max_length=LONGEST_REFERENCE
)
_MONEY = (
    Column("amount", _("Amount"), "rupiah"),
    Column("credit", _("Credit"), "rupiah", minimum=0, sparse=True),
    Column("debit", _("Debit"), "rupiah", minimum=0, sparse=True),
)
_NOT_USED = (
    Column("balance", pgettext_lazy("ledger", "Balance"), shown_only=True, sparse=True),
    Column("payer", _("Payer"), shown_only=True, sparse=True),
    Column("branch", _("Branch"), shown_only=True, sparse=True),
    Column("row_number", _("No."), shown_only=True, sparse=True),
    Column("description", _("Description"), shown_only=True, sparse=True),
)
_ALIASES = {
    "paid_at": "tanggal|waktu|tanggal waktu|tgl|tgl transaksi|tanggal transaksi|"
    "waktu transaksi|date|datetime|date time|time|transaction date|post date|tanggal jam",
    "channel": "kanal|saluran|channel code|kode kanal",
    "reference": "referensi|no referensi|nomor referensi|no ref|reference no|ntb|"
    "reference number|payment request id|no bukti|nomor bukti|ntpd|ref",
    "amount": "jumlah|nominal|nilai|amount idr|total|mutasi",
    "credit": "kredit|cr|setoran|credit idr",
    "debit": "debet|db|penarikan|debit idr",
    "balance": "saldo|saldo akhir",
    "payer": "nama|nama pembayar|payer name|nama wajib pajak|nama pemilik",
    "branch": "cabang|unit|kantor",
    "row_number": "no|nomor urut",
    "description": "uraian|keterangan|berita|remark|description",
}

SETTLEMENT = BankTable(
    "settlement",
    _("Settlement of a bank"),
    "Statement",
    (
        _MOMENT,
        Column("channel", _("Channel"), "text", max_length=20),
        _REFERENCE,
        Column("number", _("Virtual account or NOP"), "code", max_length=30),
        *_MONEY,
        Column("kind", _("Kind"), "text", max_length=20),
        *_NOT_USED,
    ),
    help=_("One line for each payment; money that went back is below zero."),
    check=_check,
    aliases=_ALIASES
    | {
        "number": "nomor va|no va|va|virtual account|virtual account nop|nop|nomor virtual account|"
        "virtual account no|id pelanggan|customer no|nomor",
        "kind": "jenis|jenis transaksi|tipe|type|status|d k|dk|dc",
    },
)
CASH = BankTable(
    "cash_statement",
    _("Statement of the treasury's account (RKUD)"),
    "Statement",
    (
        _MOMENT,
        Column(
            "channel",
            _("Channel"),
            "text",
            required=True,
            max_length=20,
            help=_("Whose money it is: va:…, qris:…, counter, collector, opsen."),
        ),
        _REFERENCE,
        *_MONEY,
        *_NOT_USED,
    ),
    help=_("One line for each sum that arrived in the account of the treasury."),
    check=_check,
    aliases=_ALIASES,
)
ADVICE = BankTable(
    "opsen_advice",
    _("Credit advice of opsen from the province"),
    "Statement",
    (
        _MOMENT,
        Column("tax", _("Tax"), "choice", required=True, choices=OPSEN),
        _REFERENCE,
        *_MONEY,
        *_NOT_USED,
    ),
    help=_("One line for each sum of opsen that the province says it sent."),
    check=_check,
    aliases=_ALIASES | {"tax": "pajak|jenis pajak|jenis opsen|opsen|tax type"},
)
TABLES: Mapping[str, BankTable] = {
    StatementKind.SETTLEMENT: SETTLEMENT,
    StatementKind.CASH: CASH,
    StatementKind.OPSEN: ADVICE,
}


def _amount(row: Mapping[str, Value] | Row) -> int:
    amount = cast("int | None", row.get("amount"))
    if amount is None:
        credit, debit = row.get("credit"), row.get("debit")
        return cast("int", credit or 0) - cast("int", debit or 0)
    back = str(row.get("kind") or "").strip().casefold() in REVERSALS
    return -abs(amount) if back else amount


def read_statement(
    file: IO[bytes],
    kind: StatementKind,
    *,
    today: date,
    language: str = "id",
    channel: str = "",
) -> StatementFile:
    """The lines of a file; FileRefused with every problem, by its line.

    `channel` stands for lines that name none (a bank's own file names no bank); a
    settlement that names another one is refused, as are days that have not come yet.
    """
    table = TABLES[kind]
    rows = read(file, table, today=today, language=language)
    problems = [
        rows.problem(row, code, message)
        for row in rows
        for code, message in _problems(row, today, channel)
    ]
    if problems:
        raise rows.refused(problems)
    return StatementFile(tuple(_lines(rows, kind, channel)))


def _problems(row: Row, today: date, channel: str) -> Iterator[tuple[str, Words]]:
    if localdate(cast("datetime", row["paid_at"])) > today:
        yield "paid_at", _("This day has not come yet.")
    said = str(row.get("channel") or "")
    if channel and said and said != channel:
        yield "channel", _("This line is of another channel than the bank chosen.")


def _lines(rows: Iterable[Row], kind: StatementKind, channel: str) -> Iterator[Line]:
    fallback = "opsen" if kind == StatementKind.OPSEN else channel
    for row in rows:
        yield Line(
            line=row.number,
            channel=str(row.get("channel") or "") or fallback,
            reference=str(row["reference"]),
            number="".join(str(row.get("number") or "").split()),
            tax=str(row.get("tax") or ""),
            amount=_amount(row),
            paid_at=cast("datetime", row["paid_at"]),
        )
