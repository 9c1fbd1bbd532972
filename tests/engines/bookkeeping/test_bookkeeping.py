"""The engine against worked cases and its plain twin."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habaring.engines.bookkeeping import (
    MODES,
    Arrived,
    Balance,
    Books,
    Entry,
    Late,
    Line,
    Money,
    Share,
    Unbalanced,
    allocate,
    match,
    share,
    share_out,
    standing,
    statement,
    transfers,
)
from tests.engines.bookkeeping import plain

DOCUMENT = Path(__file__).parents[3] / "docs" / "algorithms" / "bookkeeping.md"
THREE_MONTHS = Late(30_000)
lates = st.builds(
    Late, st.integers(0, 480_000), st.sampled_from([1, 10, 100]), st.sampled_from(MODES)
)
arrivals = st.builds(Arrived, st.integers(1, 900), lates)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_line_that_moves_nothing_cannot_exist(amount: int) -> None:
    with pytest.raises(Unbalanced):
        Line("1.1.1", "1.1.2", amount)


@pytest.mark.parametrize(
    ("debit", "credit", "amount"),
    [
        ("1.1.1", "1.1.1", 5),
        ("", "1.1.1", 5),
        ("1.1.1", "1.1.2", 1.5),
        ("a", "b", True),
    ],
)
def test_nor_one_that_moves_it_nowhere(debit: str, credit: str, amount: int) -> None:
    with pytest.raises(Unbalanced):
        Line(debit, credit, amount)


def test_an_unbalanced_entry_cannot_exist() -> None:
    for debits, credits in (
        ({"1": 10}, {"2": 9}),
        ({"1": 10}, {"1": 10}),
        ({"1": -1}, {"2": -1}),
    ):
        with pytest.raises(Unbalanced):
            Entry.compound(debits, credits)
    with pytest.raises(Unbalanced):
        Entry(())
    with pytest.raises(Unbalanced):
        transfers({"1": 1})


def test_an_entry_and_its_reverse_come_to_nothing() -> None:
    entry = Entry.compound({"1.1.2": 102, "8.1.1": 8}, {"1.1.4": 100, "7.1.2": 10})
    books = Books.of([*entry, *entry.turned()])
    assert entry.amount == 110
    assert all(books[name].net == 0 for name in books)


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=8))
def test_transfers_make_just_the_changes_asked_for(changes: list[int]) -> None:
    named = {str(i): change for i, change in enumerate([*changes, -sum(changes)])}
    books = Books.of(transfers(named))
    assert {name: books[name].net for name in named} == named


def test_interest_of_three_months_and_its_cap() -> None:
    assert THREE_MONTHS.on(77_600) == 2_328
    assert Late(240_000).on(77_600) == 18_624
    assert Late(20_000 * 3).on(77_600) == 4_656


@given(lates, st.integers(0, 2000))
def test_interest_is_as_the_plain_one(late: Late, principal: int) -> None:
    assert late.on(principal) == plain.interest(late, principal)


@given(st.integers(0, 600), arrivals)
def test_a_share_is_as_the_plain_one(left: int, arrived: Arrived) -> None:
    got = share(left, arrived)
    assert got == plain.share(left, arrived)
    assert got.principal + got.interest + got.surplus == arrived.amount
    assert min(got.principal, got.interest, got.surplus) >= 0


@given(st.integers(0, 600), st.lists(arrivals, max_size=6))
def test_nothing_is_lost_and_no_more_is_paid_than_owed(
    principal: int, arrived: list[Arrived]
) -> None:
    got = standing(principal, arrived)
    assert sum(allocate(principal, arrived), Share()) == got
    assert got.principal <= principal
    assert got.principal + got.interest + got.surplus == sum(a.amount for a in arrived)


@pytest.mark.parametrize("wrong", [(-1, 1, "down"), (1, 0, "down"), (1, 1, "away")])
def test_terms_that_make_no_sense_cannot_exist(wrong: tuple[int, int, str]) -> None:
    with pytest.raises(ValueError, match=r"inter|round"):
        Late(*wrong)  # type: ignore[arg-type]


def test_no_payment_of_nothing_and_no_principal_below_it() -> None:
    with pytest.raises(ValueError, match="payment"):
        Arrived(0)
    with pytest.raises(ValueError, match="principal"):
        allocate(-1, [])


def test_the_documented_table_holds() -> None:
    late, early = Arrived(51_500, THREE_MONTHS), Arrived(30_000)
    rows = [
        share(77_600, Arrived(77_600)),
        share(77_600, Arrived(79_928, THREE_MONTHS)),
        share(77_600, late),
        *allocate(77_600, [early, late]),
    ]
    text = DOCUMENT.read_text("utf-8")
    for row in rows:
        cells = " | ".join(
            f"{number:,}" for number in (row.principal, row.interest, row.surplus)
        )
        assert re.search(re.escape(f"| {cells} |"), text)


lines = st.builds(
    lambda a, b, n: Line(a, b if b != a else a + "x", n),
    st.sampled_from("abc"),
    st.sampled_from("abc"),
    st.integers(1, 99),
)


@given(st.lists(lines, max_size=12), st.integers(0, 12))
def test_a_snapshot_and_what_came_since_are_the_whole(
    entries: list[Line], at: int
) -> None:
    before, since = Books.of(entries[:at]), Books.of(entries[at:])
    whole = Books.of(entries)
    assert before + since == whole
    assert whole.balanced
    after = {row.account: row.after for row in statement(before, since)}
    assert after == {name: whole[name].net for name in whole}
    totals = {name: [whole[name].debit, whole[name].credit] for name in whole}
    assert Books.of_totals(totals) == whole


def test_totals_that_differ_are_refused() -> None:
    with pytest.raises(Unbalanced):
        Books.of_totals({"1": [5, 0], "2": [0, 4]})
    assert Books()["nothing"] == Balance()


@given(st.integers(-5000, 5000), st.lists(st.integers(0, 50), min_size=1, max_size=9))
def test_sharing_out_loses_no_rupiah(amount: int, weights: list[int]) -> None:
    if not sum(weights):
        with pytest.raises(ValueError, match="weights"):
            share_out(amount, weights)
        return
    parts = share_out(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - amount * weight) < sum(weights)


money = st.lists(
    st.tuples(st.integers(0, 9), st.integers(-3, 4), st.integers(1, 3)), max_size=14
)


@given(money, money)
def test_two_lists_compare_as_the_plain_way(
    mine: list[tuple[int, int, int]], theirs: list[tuple[int, int, int]]
) -> None:
    own = {key: (abs(amount), day) for key, amount, day in mine}
    ours = Money(list(own), [a for a, _ in own.values()], [d for _, d in own.values()])
    banks = Money(*([row[i] for row in theirs] for i in range(3)))
    found = match(ours, banks)
    names = list(found.keys)
    told = dict(zip(names, (list(_names())[c] for c in found.codes), strict=True))
    assert told == plain.outcomes(ours, banks)
    assert sum(found.counts().values()) == len(names)
    agree = {"match", "reversed"}
    for one in found.differences():
        assert one.outcome not in agree or one.amount != one.net


def _names() -> tuple[str, ...]:
    from habaring.engines.bookkeeping import OUTCOMES

    return OUTCOMES


def test_lists_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        match(Money(["a", "a"], [1, 1], [1, 1]), Money([], [], []))
    with pytest.raises(ValueError, match="length"):
        match(Money(["a"], [], []), Money([], [], []))
