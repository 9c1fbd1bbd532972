"""What the journey of local taxes stands on: its people, its files, its bank."""

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from tests.journeys.person import Person
from tests.journeys.sights import WIDTHS
from tests.journeys.sights import seen as seen_in
from tests.journeys.test_look import too_wide
from tests.journeys.town import Town

CODE = "62.01"
PUBLIC = f"/daerah/{CODE}/pajak/"
OFFICE = f"/ruang-kerja/{CODE}/pajak/"
WIB = ZoneInfo("Asia/Jakarta")
RATNA, HENDRA, WATI, PAHRUL = "Ratna", "Hendra", "Wati", "Pahrul"
PEOPLE = {
    RATNA: "tax_officer",
    HENDRA: "tax_head",
    WATI: "treasurer",
    PAHRUL: "village_collector",
}
VILLAGES = """code,name,kind,parent
62.01.02,Kecamatan Contoh,kecamatan,62.01
62.01.02.1001,Kelurahan Contoh Hulu,kelurahan,62.01.02
62.01.02.2002,Desa Contoh Hilir,desa,62.01.02
"""
HILIR = "62.01.02.2002"
UPSTREAM, DOWNSTREAM = "6201020001", "6201020002"
PLACES = f"prefix,place\n{UPSTREAM},62.01.02.1001\n{DOWNSTREAM},{HILIR}\n"
CLASSES = """kind,code,year,value,basis
land,A10,{year},200000,Keputusan contoh
building,080,{year},700000,Keputusan contoh
"""
HEADINGS = (
    "KD_PROPINSI,KD_DATI2,KD_KECAMATAN,KD_KELURAHAN,KD_BLOK,NO_URUT,KD_JNS_OP,"
    "SUBJEK_PAJAK_ID,NM_WP,JALAN_OP,LUAS_BUMI,LUAS_BNG,KD_KLS_TANAH,KD_KLS_BNG"
)
OWNERS = {  # NOP: owner, land m2, building m2
    f"{UPSTREAM}00100010": ("ALYA CONTOH", 500, 0),
    f"{UPSTREAM}00100020": ("BAHRUN CONTOH", 1000, 0),
    f"{UPSTREAM}00100030": ("CICI CONTOH", 1000, 100),
    f"{UPSTREAM}00100040": ("DARMAN CONTOH", 2000, 0),
    f"{DOWNSTREAM}00100010": ("ENDANG CONTOH", 1500, 0),
    f"{DOWNSTREAM}00100020": ("FAJAR CONTOH", 1200, 80),
    f"{DOWNSTREAM}00100030": ("GUNTUR CONTOH", 900, 0),
}
ALYAS, BAHRUNS, CICIS, DARMANS, ENDANGS, FAJARS, GUNTURS = OWNERS
LAND_VALUE, BUILDING_VALUE = 200_000, 700_000
FREE, SHARE, RATE = 10_000_000, 40, 1000  # of the example rule; one in a thousand
PREFIX, PAN, NMID = "77000101", "936009990000000101", "ID1026201000001"


def tax_of(nop: str) -> int:
    """By hand, from the example rule: up to a base of Rp1 billion."""
    _name, land, building = OWNERS[nop]
    return tax_on(land * LAND_VALUE + building * BUILDING_VALUE)


def tax_on(value: int) -> int:
    return (value - FREE) * SHARE // 100 // RATE


def rupiah(amount: int) -> str:
    """As a page shows it in Indonesian."""
    return "Rp " + f"{amount:,}".replace(",", ".")


def rule_text() -> str:
    """The example rule of the demo, for another region."""
    file = resources.files("habaring.revenue") / "rules/62.02/pbb.toml"
    text = file.read_text("utf-8").replace("Kotawaringin Timur", "Kotawaringin Barat")
    return text.replace('region = "62.02"', f'region = "{CODE}"')


def register_file() -> str:
    """As the national system writes it."""
    cuts = ((0, 2), (2, 4), (4, 7), (7, 10), (10, 13), (13, 17), (17, 18))
    rows = []
    for n, (nop, (name, land, building)) in enumerate(OWNERS.items(), 1):
        parts = [nop[x:y] for x, y in cuts]
        house = "080" if building else ""
        cells = [*parts, f"WP{n}", name, f"Jalan Contoh {n}", land, building]
        rows.append(",".join(map(str, [*cells, "A10", house])))
    return "\n".join([HEADINGS, *rows]) + "\n"


@dataclass(frozen=True)
class Receipt:
    """What a payer holds: its page, its number and secret, what its QR code says."""

    path: str
    number: str
    secret: str
    code: str


@dataclass
class Story:
    """What people know as they go."""

    town: Town
    folder: Path
    bank: str = ""  # the address of the app of the bank
    finding: str = ""  # the page of what does not match
    receipts: dict[str, Receipt] = field(default_factory=dict)
    year: int = field(default_factory=lambda: datetime.now(WIB).year)
    today: date = field(default_factory=lambda: datetime.now(WIB).date())

    @property
    def due(self) -> date:
        return self.today + timedelta(days=45)

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def bank_says(self, *words: str) -> str:
        """One command of the simulated bank; what it answered."""
        told = self.town.habaring("bank", "--folder", str(self.folder / "bank"), *words)
        assert told.code == 0, told.err
        return told.out

    def code_of(self, nop: str) -> str:
        """What a camera reads from the last QRIS code for an object."""
        return self.asked(nop, "qris")

    def number_of(self, nop: str) -> str:
        """The last virtual account for an object."""
        return self.asked(nop, "va")

    def asked(self, nop: str, kind: str) -> str:
        with psycopg.connect(self.town.database_url) as link:
            row = link.execute(
                "SELECT c.content FROM revenue_charge c JOIN revenue_partner p"
                " ON p.id = c.partner_id WHERE c.region_id = %s AND p.kind = %s"
                " AND EXISTS (SELECT FROM revenue_bill b WHERE b.region_id = c.region_id"
                " AND b.number = %s AND c.bills @> jsonb_build_array(jsonb_build_array("
                "b.id, c.amount))) ORDER BY c.created_at DESC LIMIT 1",
                [CODE, kind, nop],
            ).fetchone()
        assert row, nop
        return str(row[0])


def seen(person: Person, name: str) -> None:
    seen_in(person, name, "taxes")


def fits(person: Person) -> None:
    """Nothing is wider than the screen, on a phone and at the desk."""
    page, before = person.page, person.page.viewport_size
    assert before is not None
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        told = sorted(set(too_wide(person, width)))[:4] if wide > width else []
        assert wide <= width, f"{person.path} at {width}: {wide}, {told}"
    page.set_viewport_size(before)


def sends(person: Person, button: str) -> None:
    """Press the button that this selector finds; it sends a form."""
    with person.page.expect_navigation():
        person.page.locator(button).first.click()
    person.arrived()


@contextlib.contextmanager
def bank_app(town: Town, folder: Path) -> Iterator[str]:
    """The app of the simulated bank, as a process of its own; its address."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = str(tried.getsockname()[1])
    words = ("bank", "--folder", str(folder), "open", "--port", port)
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "habaring.cli", *words],
        env=town.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline().strip()
    reader = threading.Thread(target=process.stdout.read, daemon=True)
    reader.start()
    try:
        assert said.startswith("http://"), said
        yield said
    finally:
        process.terminate()
        process.wait(10)
        reader.join(5)
        process.stdout.close()
