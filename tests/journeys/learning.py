"""What the journeys of learning stand on: the ministry's people, an instrument, a round."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from tests.journeys.person import Person
from tests.journeys.sights import seen as seen_in
from tests.journeys.town import APP_KEY, PASSWORD, Town

WIB = ZoneInfo("Asia/Jakarta")
COHORTS, ROUNDS = "/ruang-kerja/angkatan/", "/ruang-kerja/evaluasi/"
READINGS = f"{ROUNDS}bacaan/"
CAME = """
import django
django.setup()
from allauth.mfa.models import Authenticator
from django.utils import timezone
from habaring.people.adapters import SecondStepAdapter
from habaring.people.actions import Place, grant
from habaring.people.models import Account, Role
for name, role in {people!r}.items():
    person = Account.objects.create_account(
        email=f"{{name.lower()}}@contoh.id", full_name=name, password={password!r})
    Authenticator.objects.create(user=person, type="totp",
        data={{"secret": SecondStepAdapter().encrypt({key!r})}})
    if role:
        grant(account=person, role=Role.objects.get(code=role), by=None,
            place=Place(), at=timezone.now())
"""

INSTRUMENT = """
code = "{code}"
year = 2026
name_id = "Instrumen uji"
name_en = "Trial instrument"
source = "dirumuskan untuk perjalanan ini"
proof = "present"
without_proof = "lowest"
third_step = 0.5

[scale]
min = 0
max = 4
step = 0.5

[[level]]
level = 0
name_id = "belum ada"
name_en = "nothing yet"

[[level]]
level = 2
name_id = "berjalan sebagian"
name_en = "partly running"

[[level]]
level = 4
name_id = "berjalan dan diperbaiki"
name_en = "running and improved"

[[band]]
code = "beginning"
from = 0
name_id = "Merintis"
name_en = "Beginning"

[[band]]
code = "good"
from = 2.5
name_id = "Baik"
name_en = "Good"

[[measure]]
code = "output"
name_id = "Keluaran"
name_en = "Output"
weight = 40

[[measure.question]]
code = "K1"
text_id = "Masterplan ditetapkan dan masuk rencana kerja."
text_en = "The master plan is adopted and part of the work plan."
evidence = ["report"]

[[measure]]
code = "outcome"
name_id = "Hasil"
name_en = "Outcome"
weight = 60

[[measure.question]]
code = "H1"
text_id = "Layanan dipakai warga dan hasilnya diukur."
text_en = "People use the services, and the outcome is measured."
evidence = ["report"]

[[award]]
code = "best"
name_id = "Kota Cerdas Terbaik"
name_en = "Best Smart City"
measured = "index"
places = 1
minimum = 2.5
method_id = "Indeks capaian tertinggi, paling rendah 2,50."
method_en = "The highest achievement index, at least 2.50."
"""
QUESTIONS = ("K1", "H1")


@dataclass
class Class:
    """What people of one journey know as they go; `round` and `entries` are addresses."""

    town: Town
    folder: Path
    journey: str
    round: str = ""
    entries: dict[str, str] = field(default_factory=dict)  # region's name: its page
    today: date = field(default_factory=lambda: datetime.now(WIB).date())

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def paper(self, title: str) -> Path:
        """A small PDF, unlike any other."""
        return self.file(f"{title}.pdf", f"%PDF-1.4\n% {title}\n%%EOF\n")

    def day(self, days: int = 0) -> str:
        """As a field of a day takes it."""
        return (self.today + timedelta(days=days)).isoformat()

    def seen(self, person: Person, name: str) -> None:
        seen_in(person, name, self.journey)

    def pass_the_days_to_appeal(self) -> None:
        """Nobody waits for a fortnight here: the last day to appeal was yesterday."""
        with psycopg.connect(self.town.database_url) as link:
            link.execute(
                "UPDATE evaluation_round SET appeals_until = %s WHERE id = %s",
                [self.today - timedelta(days=1), int(self.round.split("/")[-2])],
            )


def come(town: Town, people: dict[str, str]) -> None:
    """Accounts with an app of codes: by name, with a role of the platform or none."""
    town.runs(CAME.format(people=people, password=PASSWORD, key=APP_KEY))


def sends(person: Person, button: str) -> None:
    """Press the button that this selector finds; it sends a form."""
    with person.page.expect_navigation():
        person.page.locator(button).first.click()
    person.arrived()


# The ministry's round


def lists_assessors(nina: Person, homes: dict[str, str]) -> None:
    """Name and home region of each."""
    for name, home in homes.items():
        nina.go(f"{ROUNDS}asesor/")
        nina.follow(nina.says("Put an assessor on the list"))
        nina.fills(
            nina.says("Mail address of the account"), f"{name.lower()}@contoh.id"
        )
        nina.fills(
            nina.says("Code of the province or region where they live or work"), home
        )
        nina.fills(nina.says("Institution"), "Universitas Contoh")
        nina.press(nina.says("Put on the list"))
        nina.reads(nina.says("The assessor is on the list."))


def plans_a_round(nina: Person, story: Class, regions: tuple[str, ...]) -> None:
    """An instrument is taken in as data; a round is planned with it, and opened."""
    code = f"uji-{story.journey}"
    file = story.file("instrumen.toml", INSTRUMENT.format(code=code))
    nina.go(ROUNDS)
    nina.follow(nina.says("Take in an instrument"))
    nina.attaches(nina.says("Evaluation instrument"), file)
    nina.press(nina.says("Take the file in"))
    nina.reads("Masterplan ditetapkan dan masuk rencana kerja.")
    story.seen(nina, "60-instrument")
    nina.go(ROUNDS)
    nina.follow(nina.says("Plan a round"))
    nina.fills(nina.says("Year"), str(story.today.year))
    nina.page.locator("select[name=stage]").select_option("2")
    nina.chooses(nina.says("Evaluation instrument"), "Instrumen uji")
    nina.fills(nina.says("Name (Indonesian)"), "Evaluasi uji")
    nina.fills(nina.says("Name (English)"), "Trial evaluation")
    nina.fills(nina.says("Regions answer from"), story.day())
    nina.fills(nina.says("Last day to answer"), story.day(5))
    nina.fills(nina.says("Last day to read"), story.day(9))
    nina.press(nina.says("Plan the round"))
    nina.reads("Indeks capaian tertinggi, paling rendah 2,50.")
    story.round = nina.path
    nina.fills(nina.says("Codes of regions"), ", ".join(regions))
    nina.press(nina.says("Invite these regions"))
    for link in nina.page.locator("main tbody th a").all():
        story.entries[link.inner_text()] = link.get_attribute("href") or ""
    nina.press(nina.says("Let the regions answer"))
    nina.reads(nina.says("Begin the reading"))


def answers(officer: Person, code: str, story: Class, level: str) -> None:
    """Every question with a level; one paper proves them all."""
    room = f"/ruang-kerja/{code}/evaluasi/"
    officer.go(room)
    officer.follow("Evaluasi uji" if officer.language == "id" else "Trial evaluation")
    entry = officer.path
    for question in QUESTIONS:
        officer.go(f"{entry}butir/{question}/")
        officer.page.locator("select[name=level]").select_option(level)
        officer.fills(officer.says("What makes you say so"), "Lihat laporan tahunan.")
        sends(officer, "main form button:not([name=next])")
        if question == QUESTIONS[0]:
            puts_into_the_vault(officer, story, f"Laporan {code}")
        else:
            officer.chooses(officer.says("Evidence in the vault"), f"Laporan {code}")
            officer.press(officer.says("Link this evidence"))
        officer.reads(f"Laporan {code}")
    officer.go(entry)
    officer.press(officer.says("Hand the answers in"))
    officer.reads(officer.says("Take the answers back"))


def gives_findings_an_owner(officer: Person, code: str, story: Class) -> int:
    """What earlier years left open gets a post and a day; how many there were."""
    room = f"/ruang-kerja/{code}/evaluasi/temuan/"
    officer.go(f"{room}?state=open")
    words = officer.says("without an owner")
    waiting = officer.page.locator("main tbody tr", has_text=words)
    for n in range(count := waiting.count()):
        with officer.page.expect_navigation():
            waiting.first.locator("th a").click()
        officer.arrived()
        if not n:
            story.seen(officer, "67-finding")
        officer.page.locator("select[name=owner]").select_option(index=1)
        officer.fills(officer.says("Until"), story.day(90))
        officer.fills(officer.says("What will be done"), "Rapat tiap tiga bulan.")
        officer.press(officer.says("Save"))
        officer.reads("Rapat tiap tiga bulan.")
        officer.go(f"{room}?state=open")
    return count


def puts_into_the_vault(officer: Person, story: Class, title: str) -> None:
    officer.follow(officer.says("Put new evidence into the vault"))
    officer.attaches(officer.says("File"), story.paper(title))
    officer.fills(officer.says("Title"), title)
    officer.page.locator("select[name=kind]").select_option("report")
    officer.fills(officer.says("Year"), str(story.today.year))
    officer.press(officer.says("Put it into the vault"))


def asks_to_read(nina: Person, story: Class, region: str, name: str) -> None:
    """The one who may read is asked by a button beside the name."""
    nina.go(story.entries[region])
    row = nina.page.locator("main li", has_text=name)
    with nina.page.expect_navigation():
        row.get_by_role("button", name=nina.says("Ask to read")).click()
    nina.arrived()
    nina.reads(nina.says("The assessor is asked to read."))


def opens_a_reading(reader: Person, region: str) -> None:
    """From one's own list; first one's interests are declared."""
    reader.go(READINGS)
    reader.follow(region, exact=False)
    reader.press(reader.says("Declare"))


def reads(reader: Person, region: str, level: str, finding: str = "") -> None:
    """A level for every question, a weakness where there is one, and it is handed in."""
    opens_a_reading(reader, region)
    if finding:
        reader.page.locator("select[name=kind]").select_option("weakness")
        reader.fills(reader.says("In words"), finding)
        reader.press(reader.says("Write it down"))
    for question in QUESTIONS:
        reader.page.locator(f"select[name=level-{question}]").select_option(level)
        reader.page.locator(f"textarea[name=note-{question}]").fill("Sesuai laporan.")
    reader.press(reader.says("Hand it in"))
