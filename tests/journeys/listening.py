"""The first half of the journey of listening: a call, proposals, talk, merge, checks."""

import re
import struct
import zlib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from tests.journeys.letters import arrived, code_in, letters_to, next_to
from tests.journeys.person import Person
from tests.journeys.sights import seen as seen_in
from tests.journeys.town import ROOT, Town

PUBLIC = "/daerah/62.02/usulan/"
ROOM = "/ruang-kerja/62.02/"
OFFICE = f"{ROOM}dengar/"
VILLAGE = "62.02.05.1003"
RUSMINI = "rusmini@warga.id"
ALYA = "alya@contoh.id"
DEPARTMENT = "DISKOMINFO"
DEPARTMENT_NAME = "Dinas Komunikasi dan Informatika"

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

VOTE = "Pilih usulan Baamang 2027"
REGISTER = "Daftar pemilih contoh Baamang"
STATION = "TPS 01 Baamang Hulu"
VOTERS = {  # nobody's numbers: no calendar has day 99
    "Rusmini": "6202059901010001",
    "Alya Putri": "6202059901010002",
    "Siti Rahma": "6202059901010003",
    "Amat Jaya": "6202059901010004",
    "Ida Lestari": "6202059901010005",
}
SHEET = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
OPEN_FOR = timedelta(seconds=30)  # at least; a form knows minutes
WIB = ZoneInfo("Asia/Jakarta")
CHECKER = ROOT / "docs" / "algorithms" / "check_count.py"
DECISION = "07/DSC/2027"
COUNCIL_SAYS = "Pedagang pasar subuh sudah tiga kali ditunda."
TOLD = ("merged", "check_asked", "checked", "on_ballot", "counted", "candidate")


@dataclass
class Story:
    """What people know as they go: addresses, numbers, what is where."""

    folder: Path
    call: str = ""
    vote: str = ""
    paths: dict[str, str] = field(default_factory=dict)  # title → public page

    @property
    def call_key(self) -> str:
        return self.call.split("/")[-2]

    @property
    def result(self) -> str:
        return f"{PUBLIC}suara/{self.vote}/hasil/semua/"

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


def joins(town: Town, name: str, role: str) -> str:
    return town.joined_by(name, role).split("@")[0].capitalize()


def works_for(town: Town, name: str, department: str) -> None:
    """The role is held in one department alone."""
    with psycopg.connect(town.database_url) as link:
        link.execute(
            "UPDATE people_membership SET department_id = (SELECT id FROM"
            " regions_department WHERE region_id = '62.02' AND code = %s) WHERE"
            " account_id = (SELECT id FROM people_account WHERE email = %s)",
            [department, f"{name.lower()}@contoh.id"],
        )


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
    budi.go(f"{OFFICE}masukkan/?panggilan={story.call_key}")
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
    call = story.call_key
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


def picture(width: int, height: int) -> bytes:
    """A dark street at dusk: one colour."""
    rows = (b"\0" + bytes((40, 50, 70)) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body))
        + kind
        + body
        + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def adds_a_photo(rusmini: Person, story: Story) -> None:
    file = story.folder / "gang.png"
    file.write_bytes(picture(640, 480))
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


# Discussion, merge, checks


def is_discussed(budi: Person, rusmini: Person, alya: Person, story: Story) -> None:
    """For and against; an insult of a known citizen is hidden with a reason."""
    budi.go(f"{story.paths[LAMPS]}diskusi/tulis/")
    says(budi, "against", "Apakah tiang lama tidak dapat dipakai lagi?")
    rusmini.go(f"{story.paths[LAMPS]}diskusi/tulis/")
    says(rusmini, "for", "Tiang lama sudah lapuk, tahun lalu roboh satu.")
    alya.go(f"{story.paths[LAMPS]}diskusi/tulis/")
    says(alya, "against", INSULT)
    budi.go(f"{OFFICE}moderasi/")
    publish = budi.says("Publish what is ticked")
    for box in budi.page.locator('input[name="item"]').all():
        box.check()
    budi.press(publish)
    assert budi.page.get_by_role("button", name=publish).count() == 0
    alya.go(f"{story.paths[LAMPS]}diskusi/")
    alya.reads(INSULT)
    alya.reads("lapuk")
    seen(alya, "10-discussion")


def says(person: Person, side: str, text: str) -> None:
    person.page.locator(f'input[name="side"][value="{side}"]').check()
    person.fills(person.says("What do you want to say?"), text)
    sends(person, "main form button.button")


def is_hidden(budi: Person, alya: Person, reader: Person, story: Story) -> None:
    """With its rule and a reason that everybody reads; the author is told, and appeals."""
    before = len(letters_to(budi.town, ALYA))
    said = alya.page.locator("article.said").filter(has_text=INSULT)
    key = (said.first.get_attribute("id") or "").removeprefix("c")
    budi.go(f"{OFFICE}moderasi/comment/{key}/")
    budi.field(budi.says("Which rule does it break?")).select_option(index=1)
    budi.fills(budi.says("Reason"), HIDDEN_BECAUSE)
    seen(budi, "11-hide")
    budi.press(budi.says("Hide it"))
    assert HIDDEN_BECAUSE in next_to(budi.town, ALYA, after=before)
    reader.go(f"{story.paths[LAMPS]}diskusi/")
    reader.misses(INSULT)
    reader.reads(HIDDEN_BECAUSE)
    alya.go(f"{PUBLIC}tulisan-saya/")
    alya.follow(alya.says("Appeal"))
    alya.fills(alya.says("Why should it be shown again?"), "Itu hanya marah.")
    alya.press(alya.says("Send the appeal"))


def is_judged_by_another(budi: Person, sari: Person) -> None:
    """Who hid it reads the appeal; another moderator decides it."""
    budi.go(f"{OFFICE}moderasi/banding/")
    budi.follow(budi.says("Open"))
    assert budi.page.get_by_role("button", name=budi.says("Decide")).count() == 0
    before = len(letters_to(budi.town, ALYA))
    sari.go(budi.path)
    sari.page.locator('input[value="refused"]').check()
    sari.fills(sari.says("Answer to the author"), ANSWER)
    sari.press(sari.says("Decide"))
    assert ANSWER in next_to(budi.town, ALYA, after=before)


def is_merged(budi: Person, alya: Person, story: Story) -> None:
    """Who follows both is told once; the old address leads on."""
    for title in (LAMPS, SAME_LAMPS):
        alya.go(story.paths[title])
        alya.press(alya.says("Tell me what becomes of it"))
    before = {to: len(letters_to(budi.town, to)) for to in (ALYA, RUSMINI)}
    budi.go(story.office(SAME_LAMPS))
    seen(budi, "12-office-proposal")
    budi.go(story.office(SAME_LAMPS, "gabung/"))
    budi.fills(budi.says("Goes on in"), story.code(LAMPS))
    budi.fills(
        budi.says("Why do they belong together?"), "Gang yang sama, lampu yang sama."
    )
    seen(budi, "13-merge")
    budi.press(budi.says("Merge"))
    for to, known in before.items():
        next_to(budi.town, to, after=known)
    alya.go(story.paths[SAME_LAMPS])
    alya.reads(alya.says("This proposal goes on in %(code)s", code=story.code(LAMPS)))
    alya.follow_address(story.paths[LAMPS])
    assert alya.heading == LAMPS
    alya.reads(SAME_LAMPS)


def asks_the_department(budi: Person, story: Story) -> None:
    """Four proposals at once, from the list."""
    budi.go(f"{OFFICE}usulan/?panggilan={story.call_key}")
    for title in (LAMPS, WELL, ARCADE, HALL):
        number = story.number(title)
        budi.page.locator(f'input[name="usulan"][value="{number}"]').check()
    budi.page.locator("summary").filter(
        has_text=budi.says("Ask departments to check what is ticked")
    ).click()
    budi.page.get_by_label(DEPARTMENT_NAME, exact=True).check()
    seen(budi, "14-proposals")
    budi.press(budi.says("Ask for the check"))


def answers(oktavia: Person, story: Story) -> None:
    """Three can be done; one cannot, and everybody reads why."""
    for title in (LAMPS, WELL, ARCADE, HALL):
        oktavia.go(f"{OFFICE}periksa/")
        if title == LAMPS:
            seen(oktavia, "15-checks")
        oktavia.follow(title)
        cost = COSTS.get(title)
        verdict = "feasible" if cost else "not_feasible"
        oktavia.page.locator(f'input[value="{verdict}"]').check()
        oktavia.fills(oktavia.says("Cost of the whole proposal"), str(cost or ""))
        oktavia.fills(
            oktavia.says("The reason, for everybody to read"),
            "Lokasi sudah ditinjau." if cost else TOO_DEAR,
        )
        if title == HALL:
            seen(oktavia, "16-check")
        oktavia.press(oktavia.says("Publish the answer"))
    oktavia.go(f"{OFFICE}periksa/")
    oktavia.misses(LAMPS)


# The vote
