"""Papers: one page a bill with its code, a list a village; the pages that give them."""

import io
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from habaring.revenue import bills, printing
from habaring.revenue.models import BillState
from tests import makers as people
from tests.revenue import makers

if TYPE_CHECKING:
    from django.test import Client

    from habaring.people.models import Account
    from habaring.regions.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def sari(kotim: "Region") -> "Account":
    return people.officer("Sari", region=kotim, role="tax_officer")


def read(content: bytes) -> tuple[int, str]:
    pdf = PdfReader(io.BytesIO(content))
    text = "\n".join(page.extract_text() for page in pdf.pages)
    return len(pdf.pages), text.replace("\xa0", " ")


def test_a_bill_is_one_page_with_amount_and_every_step(kotim: "Region") -> None:
    one, other = makers.bill(kotim), makers.bill(kotim)
    pages, text = read(printing.sheets(kotim, [one, other]))
    assert pages == 2
    assert "Rp 77.600" in text
    assert "62.02.060.001.012-0034.0" in text
    assert "194.000.000" in text


def test_the_code_leads_to_the_public_page(kotim: "Region") -> None:
    bill = makers.bill(kotim, seq=1)
    address = printing.bill_address(bill)
    assert address.endswith(f"/daerah/62.02/pajak/nop/{bill.number}/2026/1/")


def test_the_list_of_a_village_adds_up(kotim: "Region") -> None:
    for _ in range(3):
        makers.bill(kotim)
    makers.bill(kotim, state=BillState.REVIEW)
    rows = bills.of_village(kotim, 2026, makers.NOP[:10])
    village = printing.Village(kotim, "Ketapang", 2026)
    _pages, text = read(printing.village_list(village, rows))
    assert "232.800" in text
    assert text.count("Siti Contoh") == 3
    assert len(printing.list_rows(rows)) == 3


def test_an_officer_gets_papers_lists_and_files(
    kotim: "Region", sari: "Account", client: "Client"
) -> None:
    bill = makers.bill(kotim)
    makers.village(kotim)
    client.force_login(sari)
    room = "/ruang-kerja/62.02/pajak/tagihan/"
    page = client.get(room, {"q": "siti", "bayar": "late", "tahun": "2026"})
    assert "62.02.060.001.012-0034.0" in page.content.decode()
    assert client.get(f"{room}{bill.id}/").status_code == 200
    for path in (
        f"{bill.id}/sppt.pdf",
        "unduh.xlsx",
        "desa/",
        f"desa/2026/{makers.NOP[:10]}/sppt.pdf",
        f"desa/2026/{makers.NOP[:10]}/dhkp.pdf",
        f"desa/2026/{makers.NOP[:10]}/dhkp.csv",
    ):
        assert client.get(room + path).status_code == 200, path
    assert client.get(f"{room}desa/2026/6299999999/dhkp.pdf").status_code == 404


@pytest.mark.parametrize("role", ["cashier", "treasurer", "tax_head"])
def test_whoever_looks_after_the_money_reads_a_bill(
    kotim: "Region", client: "Client", role: str
) -> None:
    bill = makers.bill(kotim)
    client.force_login(people.officer("Rini", region=kotim, role=role))
    room = "/ruang-kerja/62.02/pajak/tagihan/"
    assert client.get(f"{room}{bill.id}/").status_code == 200
    assert client.get(f"{room}{bill.id}/sppt.pdf").status_code == 200
    if role != "tax_head":
        assert client.get(room).status_code == 403, "the list of all is the office's"
        deed = {"deed": "cancel", "reason": "Objek tidak ada."}
        assert client.post(f"{room}{bill.id}/", deed).status_code == 403


def test_an_officer_delivers_and_cancels(
    kotim: "Region", sari: "Account", client: "Client"
) -> None:
    bill = makers.bill(kotim)
    client.force_login(sari)
    room = "/ruang-kerja/62.02/pajak/tagihan/"
    client.post(room, {"tagihan": bill.id})
    bill.refresh_from_db()
    assert bill.state == BillState.SENT
    here = f"{room}{bill.id}/"
    assert client.post(here, {"deed": "cancel", "reason": ""}).status_code == 422
    reason = "Objek tidak ada di lapangan."
    assert client.post(here, {"deed": "cancel", "reason": reason}).status_code == 302
    bill.refresh_from_db()
    assert bill.state == BillState.CANCELLED
