"""What must hold after a storm: twelve checks of the database against the bank's list.

The database is read as its owner, past every policy, by plain SQL: nothing of what is
being tried judges itself, but for the receipts, which are signed and verified by it.
"""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from psycopg.rows import dict_row

from tests.revenue.storm.bank import Money

CLEARING, RECEIVABLE, UNIDENTIFIED = "1.1.2", "1.1.4", "2.1.2"


@dataclass(frozen=True)
class Books:
    """All of it, as the database has it."""

    payments: list[dict[str, Any]]
    postings: list[dict[str, Any]]
    bills: dict[int, dict[str, Any]]

    def of(self, reference: str) -> list[dict[str, Any]]:
        """Rows of one payment of the bank; a planted fault writes a tail behind ~."""
        return [row for row in self.payments if row["key"] == reference]


def read(url: str) -> Books:
    """One look at everything."""
    with psycopg.connect(url, row_factory=dict_row) as database:
        payments = database.execute("SELECT * FROM revenue_payment").fetchall()
        postings = database.execute("SELECT * FROM revenue_posting").fetchall()
        bills = database.execute("SELECT * FROM revenue_bill").fetchall()
    for row in payments:
        row["key"] = row["reference"].partition("~")[0]
    return Books(payments, postings, {row["id"]: row for row in bills})


def violations(url: str, money: Sequence[Money]) -> dict[str, int]:
    """How often each check fails; empty where all hold."""
    books = read(url)
    told = {one.paid.reference: one for one in money}
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in books.payments:
        rows[row["key"]].append(row)
    found = Counter(
        {
            "an acknowledged payment is not there": sum(
                not rows[one.paid.reference] for one in money if one.acked
            ),
            "a payment is there twice": sum(len(some) > 1 for some in rows.values()),
            "a payment that nobody made": sum(
                key not in told or not told[key].sent for key in rows
            ),
            "money that was refused or forged": sum(
                bool(rows[one.paid.reference]) for one in money if one.refused
            ),
            "another amount or bill": sum(
                _differs(row, told) for row in books.payments
            ),
            "a reversal that is not there": sum(
                row["state"] == "posted"
                for one in money
                if one.back_acked
                for row in rows[one.paid.reference]
            ),
            "reversed without being asked": sum(
                row["state"] != "posted" and not told[row["key"]].take_back
                for row in books.payments
                if row["key"] in told
            ),
        }
    )
    found.update(_ledger(books, money))
    if not found.total():  # they take a while
        found["a receipt that does not verify"] = _receipts(url, books)
    return {what: times for what, times in found.items() if times}


def _differs(row: dict[str, Any], told: dict[str, Money]) -> bool:
    one = told.get(row["key"])
    if one is None or row["state"] == "never":
        return False
    return (row["amount"], row["bill"]) != (one.paid.amount, one.bill)


def _ledger(books: Books, money: Sequence[Money]) -> dict[str, int]:
    came: Counter[str] = Counter()
    back: Counter[str] = Counter()
    receivable: Counter[str] = Counter()
    for row in books.postings:
        into, source = row["debit"] == CLEARING, row["source"]
        if source == "payment":
            came[row["source_key"]] += row["amount"] if into else 0
        elif source == "reversal":
            back[row["source_key"]] += row["amount"] if row["credit"] == CLEARING else 0
        if source in {"payment", "reversal"}:
            sign = (row["credit"] == RECEIVABLE) - (row["debit"] == RECEIVABLE)
            receivable[row["source_key"]] += sign * row["amount"]
    received: Counter[int] = Counter()
    paid: Counter[int] = Counter()
    for row in books.payments:
        if row["bill"] is not None:
            paid[row["bill"]] += receivable[str(row["serial"])]
            received[row["bill"]] += row["amount"] if row["state"] == "posted" else 0
    posted = [row for row in books.payments if row["state"] == "posted"]
    return {
        "a payment is not posted in full": sum(
            came[str(row["serial"])] != row["amount"]
            for row in books.payments
            if row["state"] != "never"
        ),
        "a reversal is not posted in full": sum(
            back[str(row["serial"])] != (row["amount"] * (row["state"] == "reversed"))
            for row in books.payments
        ),
        "a bill and its payments": sum(
            bill["received"] != received[number] for number, bill in books.bills.items()
        ),
        "a bill and the ledger": sum(
            paid[number] != min(bill["amount"], bill["received"])
            for number, bill in books.bills.items()
        ),
        "debits and credits": _balance(books),
        "cash of a channel": _cash(books, posted, money),
    }


def _balance(books: Books) -> int:
    sums: Counter[str] = Counter()
    for row in books.postings:
        sums[row["debit"]] += row["amount"]
        sums[row["credit"]] -= row["amount"]
    surplus = sum(row["amount"] for row in books.payments if row["state"] == "posted")
    return int(sum(sums.values()) != 0) + int(sums[CLEARING] != surplus)


def _cash(
    books: Books, posted: Sequence[dict[str, Any]], money: Sequence[Money]
) -> int:
    """By channel: what stands here, and what the bank says it has for us.

    Not of money that the bank still asks about: it may be here or not.
    """
    here: Counter[str] = Counter()
    there: Counter[str] = Counter()
    asked = {one.paid.reference for one in money if not one.done}
    for row in posted:
        if row["key"] not in asked:
            here[row["channel"].partition(":")[0]] += row["amount"]
    for one in money:
        if one.acked and one.done and not one.back_acked:
            there[one.kind] += one.paid.amount
    return sum(here[kind] != there[kind] for kind in ("va", "qris"))


_VERIFY = """
import json, django
django.setup()
from habaring.revenue import receipts
from habaring.revenue.models import Bill, Payment
from habaring.shared import walls
with walls.within(walls.EVERYWHERE):
    bills = {bill.id: bill for bill in Bill.objects.all()}
    keys = {key.id: key.raw for key in receipts.public_keys()}
    bad = numbers = 0
    seen = set()
    for row in Payment.objects.filter(state="posted"):
        made = receipts.receipt(row, bill=bills.get(row.bill))
        said = receipts.verify(made.qr_content)
        same = (said.amount, said.serial) == (row.amount, row.serial)
        bad += not same or said.number in seen
        seen.add(said.number)
        numbers += 1
print(json.dumps([bad, numbers]))
"""


def _receipts(url: str, books: Books) -> int:
    """By the product itself, in a process of its own."""
    env = {
        **os.environ,
        "DATABASE_URL": url,
        "DATABASE_ROLE": "",
        "SECRET_KEY": settings.SECRET_KEY,
        "PERSONAL_DATA_KEY": settings.PERSONAL_DATA_KEY,
        "HABARING_DATA": str(settings.DATA_DIR),
        "DJANGO_SETTINGS_MODULE": "habaring.config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", _VERIFY],
        env=env,
        check=True,
        stdout=subprocess.PIPE,
        timeout=120,
    )
    bad, numbers = json.loads(done.stdout)
    posted = sum(row["state"] == "posted" for row in books.payments)
    return int(bad) + int(numbers != posted)
