"""Journey: five people from a question to a programme, by a vote anyone can recount.

Budi is the secretariat; Rusmini a villager on a small phone without scripts; Oktavia
answers for a department; Darma sits in the council; the journalist signs in nowhere.
"""

from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from tests.journeys.conftest import Arrive
from tests.journeys.letters import arrived, code_in, letters_to, next_to
from tests.journeys.person import Person
from tests.journeys.sights import seen as seen_in
from tests.journeys.town import Town

PUBLIC = "/daerah/62.02/usulan/"
ROOM = "/ruang-kerja/62.02/"
OFFICE = f"{ROOM}dengar/"
VILLAGE = "62.02.05.1003"
RUSMINI = "rusmini@warga.id"
ALYA = "alya@contoh.id"
DEPARTMENT = "DISKOMINFO"

CALL = "Musrenbang Baamang 2027"
QUESTION = "Apa yang paling perlu dibenahi di Baamang pada 2027?"
LAMPS = "Lampu jalan di Gang Mawar"
SAME_LAMPS = "Penerangan jalan Gang Mawar dan dermaga"
WELL = "Sumur bor untuk warga tepi sungai"
ARCADE = "Kanopi pasar subuh"
HALL = "Gedung pertemuan tiga lantai"
COSTS = {LAMPS: 300_000_000, WELL: 150_000_000, ARCADE: 280_000_000}
TOO_DEAR = "Biayanya tiga kali seluruh anggaran, dan lahannya belum bersertifikat."
INSULT = "Kepala desanya bodoh semua."
HIDDEN_BECAUSE = "Menyerang orang, bukan membahas usulan."
ANSWER = "Kalimatnya memang menyerang orang. Tulislah lagi tanpa itu."


@dataclass
class Story:
    """What people know as they go: addresses, numbers, what is where."""

    folder: Path
    call: str = ""
    paths: dict[str, str] = field(default_factory=dict)  # title → public page

    def number(self, title: str) -> str:
        return self.paths[title].rstrip("/").rsplit("/", 1)[-1]

    def code(self, title: str) -> str:
        return f"U-{self.number(title):0>4}"

    def office(self, title: str, deed: str = "") -> str:
        return f"{OFFICE}usulan/{self.number(title)}/{deed}"


def seen(person: Person, name: str) -> None:
    seen_in(person, name, "listening")


def sends(person: Person, button: str) -> None:
    """Press the button that this selector finds; it sends a form."""
    with person.page.expect_navigation():
        person.page.locator(button).first.click()
    person.arrived()


# The call, and what is proposed


def opens_a_call(budi: Person, story: Story) -> None:
    budi.go(f"{OFFICE}")
    budi.follow(budi.says("A new call"))
    budi.field(budi.says("Kind")).select_option("musrenbang_district")
    budi.fills(budi.says("Name"), CALL)
    budi.fills(budi.says("The question"), QUESTION)
    budi.field(budi.says("Place")).select_option("62.02.05")
    budi.fills(budi.says("First day for proposals"), "2026-01-01")
    budi.field(budi.says("Who may propose")).select_option("code")
    budi.fills(budi.says("Budget"), "500.000.000")
    budi.ticks(budi.says("This is an example, not a real call"))
    sends(budi, "main form button.button")
    assert budi.heading == CALL
    budi.press(budi.says("Open it to everybody"))
    budi.follow(budi.says("The public page"))
    story.call = budi.path
    seen(budi, "01-call-empty")


def enters_for_a_neighbour(budi: Person, story: Story) -> None:
    """For a person without a telephone: marked, and public at once."""
    budi.go(f"{OFFICE}masukkan/?panggilan={story.call.split('/')[-2]}")
    budi.fills(budi.says("The idea in one line"), SAME_LAMPS)
    budi.fills(budi.says("What is the problem?"), "Gang Mawar gelap sejak magrib.")
    budi.fills(budi.says("What should be done?"), "Lampu jalan sampai ke dermaga.")
    budi.field(budi.says("Place")).select_option(VILLAGE)
    budi.page.locator("[name=dimension]").select_option("LIV")
    budi.ticks(budi.says("It came on a paper sheet"))
    seen(budi, "02-enter")
    budi.press(budi.says("Enter and publish"))
    assert budi.heading == SAME_LAMPS
    budi.reads(budi.says("entered by an officer, for somebody without a telephone"))
    story.paths[SAME_LAMPS] = budi.path


def uploads_three_more(budi: Person, story: Story) -> None:
    """A file with a mistake is refused whole; then every row of it is in."""
    call = story.call.split("/")[-2]
    head = "call,title,problem,idea,dimension,place,rough_cost,origin,origin_text"
    rows = [
        f"{call},{WELL},Air keruh,Sumur bor dan tandon,ENV,{VILLAGE},150000000,meeting,RW 02",
        f"{call},{ARCADE},Pedagang kehujanan,Kanopi,ECO,{VILLAGE},280000000,business,Pasar",
        f"{call},{HALL},Tidak ada gedung,Gedung,SOC,{VILLAGE},1500000000,community,Pemuda",
    ]
    file = story.folder / "usulan.csv"
    wrong = [*rows[:2], rows[2].replace(VILLAGE, "62.01.01.2001")]
    budi.go(f"{OFFICE}masukkan/unggah/")
    for lines in (wrong, rows):
        file.write_text("\n".join([head, *lines]))
        budi.attaches(budi.says("Spreadsheet"), file)
        budi.press(budi.says("Send the spreadsheet"))
        assert bool(budi.page.get_by_role("alert").count()) == (lines is wrong)
    links = budi.page.locator(f'main a[href^="{PUBLIC}"]')
    found = [str(link.get_attribute("href")) for link in links.all()]
    assert len(found) == len(rows), budi.text
    story.paths |= dict(zip((WELL, ARCADE, HALL), found, strict=True))


def comes_by_a_code(person: Person, mail: str, name: str) -> None:
    """From wherever one is asked for it; the first time with a name."""
    before = len(arrived(person.town, mail))
    person.fills(person.says("Mobile number or mail address"), mail)
    person.press(person.says("Send me a code"))
    code = code_in(next_to(person.town, mail, after=before))
    person.fills(person.says("The 6 digits"), code)
    person.press(person.says("Go on"))
    person.fills(person.says("Your name"), name)
    person.ticks(person.says("I have read this and agree that my data is used for it."))
    person.press(person.says("Make my account"))


def proposes(rusmini: Person, story: Story) -> None:
    """Six short pages on a small phone; a similar one is shown before it is sent."""
    rusmini.go(PUBLIC)
    rusmini.follow(QUESTION)
    rusmini.follow(rusmini.says("Propose something"))
    comes_by_a_code(rusmini, RUSMINI, "Rusmini")
    assert rusmini.heading == QUESTION
    seen(rusmini, "03-propose")
    rusmini.press(rusmini.says("Begin"))
    rusmini.fills(rusmini.says("Your idea in one line"), LAMPS)
    rusmini.fills(rusmini.says("What is the problem?"), "Gang Mawar gelap.")
    go_on = 'button[name="lanjut"][value="ya"]'
    rusmini.fills(
        rusmini.says("What should be done?"),
        "Pasang lampu jalan tenaga surya di Gang Mawar.",
    )
    seen(rusmini, "04-idea")
    sends(rusmini, go_on)
    rusmini.field(rusmini.says("Village")).select_option(VILLAGE)
    rusmini.fills(rusmini.says("Where exactly?"), "dari langgar sampai dermaga")
    sends(rusmini, go_on)
    rusmini.fills(rusmini.says("Who gains from it?"), "60 keluarga")
    rusmini.page.locator('input[value="LIV"]').check()
    rusmini.fills(rusmini.says("What may it cost, roughly?"), "300.000.000")
    seen(rusmini, "05-effect")
    sends(rusmini, go_on)
    adds_a_photo(rusmini, story)
    sends(rusmini, go_on)
    rusmini.reads(SAME_LAMPS)
    seen(rusmini, "07-similar")
    sends(rusmini, go_on)
    rusmini.reads("60 keluarga")
    seen(rusmini, "08-review")
    sends(rusmini, go_on)
    rusmini.reads(rusmini.says("Only you see this yet"))
    story.paths[LAMPS] = rusmini.path


def adds_a_photo(rusmini: Person, story: Story) -> None:
    file = story.folder / "gang.jpg"
    Image.new("RGB", (640, 480), (40, 50, 70)).save(file)
    rusmini.attaches(rusmini.says("Pictures"), file)
    rusmini.fills(rusmini.says("What do they show?"), "Gang Mawar waktu magrib")
    sends(rusmini, 'button[name="lanjut"][value="ya"]')
    assert rusmini.page.locator(".photos img").count() == 1
    seen(rusmini, "06-photo")


def publishes(budi: Person, story: Story, reader: Person) -> None:
    """Held until a moderator has looked; nobody else can read it before."""
    reader.go(story.paths[LAMPS])
    reader.misses("Gang Mawar")
    before = len(letters_to(budi.town, RUSMINI))
    budi.go(f"{OFFICE}moderasi/")
    seen(budi, "09-moderation")
    budi.follow(budi.says("Open"))
    budi.reads(LAMPS)
    budi.press(budi.says("Publish it"))
    assert LAMPS not in budi.text
    next_to(budi.town, RUSMINI, after=before)
    reader.go(story.paths[LAMPS])
    assert reader.heading == LAMPS


def test_from_a_question_to_a_programme(
    arrive: Arrive, town: Town, tmp_path: Path
) -> None:
    story = Story(tmp_path)
    budi = arrive().signs_in("Budi")
    rusmini = arrive(width=360, scripts=False)
    journalist = arrive(language="en", width=360)
    opens_a_call(budi, story)
    enters_for_a_neighbour(budi, story)
    uploads_three_more(budi, story)
    proposes(rusmini, story)
    publishes(budi, story, journalist)
