"""The books on pages and in files: trial balance, ledger, months, arrears, papers."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import books, day_paper, figures, monthly
from habaring.revenue.actions import closing as days
from habaring.revenue.actions import statements
from habaring.revenue.models import Account, Bill, DayClose, Partner, Statement
from habaring.revenue.monthly import Month
from habaring.shared import walls
from tests import makers as people
from tests.revenue import entries, makers
from tests.revenue.entries import AT, DAY

WORK = "/ruang-kerja/62.02/pajak/buku/"
OWED = 77_600


@pytest.fixture(autouse=True)
def _today(db: None) -> Iterator[None]:
    walls.open_region("62.02")
    with time_machine.travel(datetime(2026, 11, 3, 3, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def fitri(kotim: Region) -> Person:
    """The treasurer."""
    return people.officer("Fitri", region=kotim, role="treasurer")


@pytest.fixture
def bank(kotim: Region) -> Partner:
    return entries.bank(kotim)


@pytest.fixture
def paid(kotim: Region) -> list[Bill]:
    """Three bills, two of them paid on the second of November."""
    rows = [makers.bill(kotim, due_on=date(2026, 12, 31)) for _n in range(3)]
    entries.pay(rows[0], "A")
    entries.pay(rows[1], "B")
    return rows


@pytest.fixture
def room(client: Client, fitri: Person) -> Client:
    client.force_login(fitri)
    return client


def page(room: Client, address: str) -> str:
    answer = room.get(f"{WORK}{address}")
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode().replace("\xa0", " ")


def read_csv(room: Client, address: str) -> list[dict[str, str]]:
    answer = room.get(f"{WORK}{address}")
    text = answer.getvalue()
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig")), delimiter=";"))


def test_the_trial_balance_says_that_it_balances(
    room: Client, paid: list[Bill]
) -> None:
    text = page(room, "?hari=2026-11-02")
    assert text.count("Rp 155.200") >= 3  # cleared, asked for less, both sides
    rows = read_csv(room, "neraca-saldo.csv?hari=2026-11-02")
    into, out = (
        sum(int(list(row.values())[place] or 0) for row in rows) for place in (-2, -1)
    )
    assert into == out == 155_200
    assert "Rp 155.200" not in page(room, "?hari=2026-11-01")


def test_an_account_opens_where_the_day_before_ended(
    kotim: Region, paid: list[Bill]
) -> None:
    entries.pay(paid[2], "C", at=AT + timedelta(days=1))
    span = books.Span(Account.CLEARING, DAY + timedelta(days=1), date(2026, 11, 30))
    assert books.opening(kotim, span) == 2 * OWED
    assert books.movement(kotim, span) == (OWED, 0)
    (posting,) = books.ledger_page(kotim, span)
    assert posting.amount == OWED


def test_an_account_is_narrowed_to_days_and_a_tax(
    room: Client, kotim: Region, paid: list[Bill]
) -> None:
    entries.pay(None, "stray", 5_000)
    whole = page(room, "akun/1.1.2/?dari=2026-11-01&sampai=2026-11-30")
    assert "Rp 160.200" in whole
    narrow = page(room, "akun/1.1.2/?dari=2026-11-01&sampai=2026-11-30&pajak=pbb")
    assert "Rp 155.200" in narrow
    assert "Rp 5.000" not in narrow
    rows = read_csv(room, "akun/1.1.2/buku.csv?dari=2026-11-01&pajak=pbb")
    assert len(rows) == 2
    none = page(room, "akun/1.1.2/?dari=2026-10-01&sampai=2026-10-31")
    assert "Tidak ada jurnal dalam rentang ini" in none
    assert room.get(f"{WORK}akun/9.9.9/").status_code == 404


def test_a_long_account_is_read_page_by_page(room: Client, kotim: Region) -> None:
    for n in range(60):
        entries.pay(None, f"N{n}", 1_000 + n)
    first = page(room, "akun/2.1.2/?dari=2026-11-01")
    assert "Rp 1.000" in first
    assert "Rp 1.059" not in first
    link = re.search(r'href="(\?[^"]+)" rel="next"', first)
    assert link is not None
    assert "dari=2026-11-01" in link[1]
    address = f"akun/2.1.2/{link[1].replace('&amp;', '&')}"
    assert "Rp 1.059" in page(room, address)


def test_tables_leave_as_spreadsheets(room: Client, paid: list[Bill]) -> None:
    answer = room.get(f"{WORK}penerimaan.xlsx?tahun=2026")
    content = answer.getvalue()
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    values = [row for row in sheet.iter_rows(values_only=True) if 155_200 in row]
    assert len(values) == 1
    assert room.get(f"{WORK}penerimaan.pdf").status_code == 404


def test_books_without_a_posting_say_so(room: Client) -> None:
    assert "Tidak ada uang masuk pada tahun itu" in page(room, "penerimaan/?tahun=2020")
    assert "Tidak ada yang lewat jatuh tempo" in page(room, "piutang/")
    assert page(room, "bulan/?bulan=2020-05")
    assert page(room, "titipan/")


def test_interest_pays_no_principal(kotim: Region) -> None:
    """Somebody late pays just the principal: a part of it was interest."""
    bill = makers.bill(kotim, due_on=date(2026, 9, 30))
    entries.pay(bill, "late", OWED)
    bill = Bill.objects.get(region=kotim, id=bill.id)
    assert bill.received == OWED
    assert bill.owed > 0
    (arrear,) = books.arrears(kotim, DAY)
    (rate,) = books.collection(kotim)
    (debtor,) = monthly.largest(kotim, DAY)
    assert arrear.total == debtor.amount == rate.asked - rate.paid == bill.owed
    assert rate.bills_paid == 0
    shown = figures.figures(kotim, 2026, on=DAY).bills
    assert (shown.paid, shown.received) == (0, OWED - bill.owed)


def test_who_owes_most_stands_first_and_masked(room: Client, kotim: Region) -> None:
    rich = makers.taxpayer(
        kotim, name="Budi Kaya", name_masked="B••• K•••", nik_masked="6202**********01"
    )
    many = makers.object(kotim, rich)
    for year in (2024, 2025):
        makers.bill(kotim, many, year=year, due_on=date(year, 9, 30))
    makers.bill(kotim)
    first, second = monthly.largest(kotim, DAY)
    assert (first.taxpayer, first.bills, first.since) == (rich, 2, 2024)
    assert first.amount == 2 * second.amount
    text = page(room, "piutang/")
    assert "6202**********01" in text
    assert "Budi Kaya" not in text
    (row, _other) = read_csv(room, "piutang-terbesar.csv")
    assert "6202**********01" in row.values()
    assert "Budi Kaya" not in row.values()


def test_a_month_stands_beside_the_year_before(
    room: Client, kotim: Region, paid: list[Bill]
) -> None:
    before = makers.bill(kotim, year=2025, due_on=date(2025, 12, 31))
    entries.pay(before, "old", at=AT.replace(year=2025))
    found = monthly.report(kotim, Month(2026, 11))
    (line,) = found.lines
    assert (line.came, line.so_far, line.before) == (2 * OWED, 2 * OWED, OWED)
    assert (line.asked, line.paid) == (3 * OWED, 2 * OWED)
    assert found.change == 1
    assert monthly.report(kotim, Month(2026, 10)).came == 0
    assert "Rp 155.200" in page(room, "bulan/?bulan=2026-11")
    (row,) = read_csv(room, "bulan.csv?bulan=2026-11")
    assert list(row.values()) == [
        "2026",
        "11",
        "pbb",
        *map(str, (2 * OWED, 2 * OWED, OWED, 3 * OWED, 2 * OWED)),
    ]


def test_a_month_that_is_none_is_this_one() -> None:
    today = date(2026, 11, 3)
    for text in ("", "2026-13", "x", "1200-01", "2026"):
        assert monthly.read_month(text, otherwise=today) == Month(2026, 11)
    assert monthly.read_month("2025-02", otherwise=today).last == date(2025, 2, 28)
    assert Month(2026, 1).moved(-1) == Month(2025, 12)
    assert Month(2026, 12).moved(1) == Month(2027, 1)


def close(region: Region, by: Person, partner: Partner) -> DayClose:
    entries.compare(entries.file(partner, ("A", OWED), ("B", OWED)))
    return days.close_day(region=region, day=DAY, note="", by=by, at=AT, on=DAY)


def test_a_closed_day_has_a_paper_with_a_checksum(
    room: Client, kotim: Region, bank: Partner, fitri: Person, paid: list[Bill]
) -> None:
    row = close(kotim, fitri, bank)
    found = day_paper.read(kotim, DAY)
    assert (found.total, found.payments) == (2 * OWED, 2)
    stands = {one.account: (one.before, one.after) for one in found.stands}
    assert stands[Account.CASH] == (0, 2 * OWED)
    assert stands[Account.CLEARING] == (0, 0)
    address = "/ruang-kerja/62.02/pajak/rekonsiliasi/hari/2026-11-02/"
    shown = room.get(address).content.decode()
    assert day_paper.checksum(row) in shown
    answer = room.get(f"{address}tutup.pdf")
    assert answer["Content-Type"] == "application/pdf"
    content = answer.getvalue()
    assert content.startswith(b"%PDF")


def test_other_figures_have_another_checksum(
    kotim: Region, bank: Partner, fitri: Person, paid: list[Bill]
) -> None:
    row = close(kotim, fitri, bank)
    before = day_paper.checksum(row)
    assert day_paper.checksum(DayClose.objects.get(pk=row.pk)) == before
    row.received += 1
    assert day_paper.checksum(row) != before


def test_a_day_that_is_open_says_so_on_paper(
    room: Client, kotim: Region, paid: list[Bill]
) -> None:
    found = day_paper.read(kotim, DAY)
    assert found.closed is None
    told = day_paper._told(kotim, found)
    assert told["open"] is True
    assert told["checksum"] == ""
    answer = room.get("/ruang-kerja/62.02/pajak/rekonsiliasi/hari/2026-11-02/tutup.pdf")
    assert answer.status_code == 200
    assert room.get(
        answer.request["PATH_INFO"].replace("-02/", "-99/")
    ).status_code in {404}


def test_the_same_file_changes_nothing_the_second_time(
    kotim: Region, bank: Partner, paid: list[Bill]
) -> None:
    entries.compare(entries.file(bank, ("A", OWED), ("B", OWED)))
    before = books.trial_balance(kotim, DAY)
    with pytest.raises(statements.StatementRefused) as refused:
        entries.file(bank, ("A", OWED), ("B", OWED))
    assert "sudah dimasukkan" in str(refused.value.what)
    assert books.trial_balance(kotim, DAY) == before


UPLOAD = "/ruang-kerja/62.02/pajak/rekonsiliasi/kirim/"
HEAD = "waktu,kanal,referensi,nomor va,jumlah,jenis\n"


def send(room: Client, partner: Partner, text: str, **more: str) -> tuple[int, str]:
    file = SimpleUploadedFile("bank.csv", text.encode(), "text/csv")
    given = {"kind": "settlement", "partner": str(partner.pk), "file": file} | more
    answer = room.post(UPLOAD, given)
    return answer.status_code, answer.content.decode().replace("\xa0", " ")


def test_a_file_is_looked_at_saved_once_and_told_line_by_line_what_is_wrong(
    room: Client, kotim: Region, bank: Partner, paid: list[Bill]
) -> None:
    broken = f"{HEAD}2026-11-02 12:00,va:bk,A,,seribu,payment\n"
    status, page_ = send(room, bank, broken)
    assert status == 422
    assert re.search(r"<td[^>]*>2</td>", page_)
    assert not Statement.objects.filter(region=kotim).exists()
    good = f"{HEAD}2026-11-02 12:00,va:bk,A,,77600,payment\n"
    status, page_ = send(room, bank, good)
    assert status == 200
    sealed = re.search(r'name="sealed" value="([^"]+)"', page_)
    assert sealed is not None
    assert room.post(UPLOAD, {"sealed": sealed[1]}).status_code == 302
    (row,) = Statement.objects.filter(region=kotim)
    before = books.trial_balance(kotim, DAY)
    status, page_ = send(room, bank, good)
    assert status == 422
    assert "sudah dimasukkan" in page_
    assert list(Statement.objects.filter(region=kotim)) == [row]
    assert books.trial_balance(kotim, DAY) == before
