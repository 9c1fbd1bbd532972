"""Journey: five people from a question to a programme, by a vote anyone can recount.

Budi is the secretariat; Rusmini a villager on a small phone without scripts; Oktavia
answers for a department; Darma sits in the council; the journalist signs in nowhere.
"""

import io
import re
import struct
import subprocess
import sys
import time
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import psycopg
from django.utils import translation
from pypdf import PdfReader

from habaring.participation.models.proposals import StepKind
from tests.journeys.conftest import Arrive
from tests.journeys.letters import arrived, code_in, letters_to, next_to
from tests.journeys.person import Person, rows_of
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


def sends_the_register(budi: Person, story: Story) -> None:
    file = story.folder / "dpt.csv"
    rows = [f'{nik},"{name}",{VILLAGE}' for name, nik in VOTERS.items()]
    file.write_text("\n".join(["nik,name,village", *rows]))
    budi.go(f"{ROOM}orang/daftar/")
    budi.fills(budi.says("Name of the register"), REGISTER)
    budi.field(budi.says("Who stands in it")).select_option("electorate")
    budi.fills(budi.says("Source"), "Contoh")
    budi.attaches(budi.says("Spreadsheet"), file)
    budi.ticks(budi.says("Example data: the numbers are nobody's"))
    budi.press(budi.says("Send and look at it"))
    budi.press(budi.says("Put it to use"))


def sets_up_the_vote(budi: Person, story: Story) -> datetime:
    """From the feasible ones alone; the order of ties and the rules stand before it."""
    budi.go(f"{OFFICE}panggilan/{story.call_key}/suara/baru/")
    now = datetime.now(WIB)
    closes = (now + OPEN_FOR).replace(second=0, microsecond=0) + timedelta(minutes=1)
    budi.fills(budi.says("Name of the vote"), VOTE)
    budi.fills(budi.says("Opens"), f"{now:%Y-%m-%dT%H:%M}")
    budi.fills(budi.says("Closes"), f"{closes:%Y-%m-%dT%H:%M}")
    budi.chooses(budi.says("Register of voters"), REGISTER)
    budi.ticks(budi.says("Paper sheets are taken in too"))
    seen(budi, "20-vote-form")
    budi.press(budi.says("Draft the vote"))
    budi.reads(LAMPS)
    budi.misses(HALL)
    story.vote = budi.path.split("/")[-2]
    budi.press(budi.says("Publish the vote"))
    return closes


def reads_the_rules(journalist: Person, story: Story) -> None:
    journalist.go(f"{PUBLIC}suara/{story.vote}/")
    journalist.page.locator("summary").filter(
        has_text=journalist.says("The order that breaks ties")
    ).click()
    assert journalist.page.locator("ol.compact li").count() == len(COSTS)
    seen(journalist, "21-vote")
    rules = journalist.context.request.get(
        journalist.town.url(f"{PUBLIC}suara/{story.vote}/aturan.json")
    ).body()
    journalist.reads(sha256(rules).hexdigest())


def finds_the_entry(person: Person, story: Story, name: str) -> None:
    """By NIK and name, once; then the ballot."""
    person.go(f"{PUBLIC}suara/{story.vote}/")
    sends(person, "main p.actions a.button")
    person.fills(person.says("NIK"), VOTERS[name])
    person.fills(person.says("Name on the card"), name)
    person.press(person.says("Find me"))
    if "/pilih/" not in person.path:
        person.go(f"{PUBLIC}suara/{story.vote}/")
        person.follow(person.says("Vote"))


def marks(person: Person, story: Story, *titles: str) -> None:
    for title in COSTS:
        box = person.page.locator(f'input[name="pilih"][value="{story.number(title)}"]')
        box.set_checked(title in titles)
    person.press(person.says("Next: look it over"))
    for title in titles:
        person.reads(title)


def casts(person: Person, *, picture: str = "") -> tuple[str, str]:
    """The receipt stands there before it is cast, and is the same after."""
    number, secret = person.page.locator(".receipt code").all_inner_texts()
    if picture:
        seen(person, f"{picture}-review")
    form = person.page.locator("main form").last
    sent = {
        str(one.get_attribute("name")): str(one.get_attribute("value") or "")
        for one in form.locator("input").all()
        if one.get_attribute("name") != "kode"
    }
    codes = form.locator('input[name="kode"]').all()
    body = urlencode(
        [*sent.items(), *(("kode", str(one.get_attribute("value"))) for one in codes)]
    )
    person.press(person.says("I wrote it down: cast my ballot"))
    assert person.heading == person.says("Your ballot is in the box")
    if picture:
        seen(person, f"{picture}-cast")
    again = person.context.request.post(
        person.page.url,
        data=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    words = person.says("It was there already, once: nothing was cast twice.")
    assert again.status == 200, again.text()
    assert words in again.text()
    assert number in again.text()
    return number, secret


def changes_by_receipt(person: Person, story: Story, receipt: tuple[str, str]) -> None:
    """Nobody asks who holds it."""
    person.go(f"{PUBLIC}suara/{story.vote}/ubah/")
    person.fills(person.says("Receipt"), " ".join(receipt))
    person.press(person.says("Show my ballot"))
    assert person.page.locator('input[name="pilih"]:checked').count() == 1
    marks(person, story, LAMPS, WELL)
    person.press(person.says("Change my ballot"))
    assert person.heading == person.says("Your ballot is in the box")


def takes_paper_in(budi: Person, story: Story) -> None:
    """Sheets are printed, voters ticked off, choices typed in; nobody votes twice."""
    budi.go(f"{OFFICE}suara/{story.vote}/kertas/")
    prints = budi.page.locator("#cetak")
    prints.locator("[name$=number]").fill("3")
    prints.locator("form[method=post] [name$=place]").fill(STATION)
    sends(budi, "#cetak button[value=print]")
    href = budi.page.locator('a[href$="surat-suara.pdf"]').first.get_attribute("href")
    answer = budi.context.request.get(budi.town.url(str(href)))
    pages = PdfReader(io.BytesIO(answer.body())).pages
    text = "\n".join(page.extract_text() for page in pages)
    numbers = list(dict.fromkeys(SHEET.findall(text)))
    assert len(numbers) == 3, text[:2000]
    for title in COSTS:
        assert title in text
    on_paper = [name for name in VOTERS if name not in ("Rusmini", "Alya Putri")]
    ticks_off(budi, story, "Rusmini", *on_paper)
    budi.reads(
        budi.says("This person has voted on screen. Their sheet must not be counted.")
    )
    seen(budi, "23-paper-refused")
    ticks_off(budi, story, *on_paper)
    lamps, well, arcade = (story.number(title) for title in (LAMPS, WELL, ARCADE))
    said = (lamps, f"{lamps} {well}", arcade)
    file = story.folder / "lembar.csv"
    rows = [f"{number},{choice}" for number, choice in zip(numbers, said, strict=True)]
    file.write_text("\n".join(["number,choice", *rows]))
    budi.page.locator("#lembar [name$=place]").select_option(STATION)
    budi.page.locator("#lembar [name$=file]").set_input_files(file)
    sends(budi, "#lembar button[value=ballots]")
    row = next(rows_of(budi, budi.says("Polling places")))
    assert row == [STATION, "3", "3", "0"]
    seen(budi, "24-paper")


def ticks_off(budi: Person, story: Story, *names: str) -> None:
    file = story.folder / "pemilih.csv"
    rows = [f'{VOTERS[name]},"{name}"' for name in names]
    file.write_text("\n".join(["nik,name", *rows]))
    budi.page.locator("#pemilih [name$=place]").fill(STATION)
    budi.page.locator("#pemilih [name$=file]").set_input_files(file)
    sends(budi, "#pemilih button[value=voters]")


def is_closed_and_counted(budi: Person, story: Story, closes: datetime) -> None:
    """Whoever comes first, the secretariat or the worker."""
    time.sleep(max(0.0, (closes - datetime.now(WIB)).total_seconds()))
    budi.go(f"{OFFICE}suara/{story.vote}/hitung/")
    close = budi.page.get_by_role(
        "button", name=budi.says("Close the vote and count it")
    )
    if close.count():
        with budi.page.expect_navigation():
            close.click()
    budi.reads(budi.says("Counted and published"))


# The result


def reads_the_result(journalist: Person, story: Story) -> None:
    """The page, its rounds, why one lost, and the other rule on the same ballots."""
    journalist.go(f"{PUBLIC}suara/{story.vote}/hasil/")
    journalist.reads(LAMPS)
    chosen = rows_of(journalist, journalist.says("Chosen projects"))
    assert [row[1].split("\n")[0] for row in chosen] == [LAMPS, WELL]
    lost = rows_of(journalist, journalist.says("Projects that were not chosen"))
    assert [row[0].split("\n")[0] for row in lost] == [ARCADE]
    journalist.reads(journalist.says("Where the money goes"))
    journalist.reads(journalist.says("The same projects would win."))
    seen(journalist, "30-result")
    journalist.follow(journalist.says("Follow the count round by round"))
    seen(journalist, "31-rounds")
    journalist.follow(journalist.says("One round at a time"))
    journalist.follow(journalist.says("Next round"))
    assert WELL in journalist.heading
    journalist.go(f"{story.result}proyek/{story.number(ARCADE)}/")
    seen(journalist, "32-project")


def recounts(journalist: Person, story: Story) -> None:
    """On a computer of one's own, with our program and with the eighty lines."""
    journalist.go(f"{PUBLIC}suara/{story.vote}/hasil/")
    ballots, record, checker = (
        takes(journalist, f'main a[href$="{end}"]', story.folder)
        for end in ("suara.pb", "hasil.json", "check_count.py")
    )
    for file in (ballots, record):
        journalist.reads(sha256(file.read_bytes()).hexdigest())
    counted = journalist.town.habaring("count", str(ballots), "--json")
    assert counted.code == 0, counted.err
    assert counted.out.encode() == record.read_bytes()
    assert checker.read_bytes() == CHECKER.read_bytes()
    checked = run_checker(checker, ballots, record)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    record.write_text(record.read_text().replace(story.number(WELL), "99"))
    assert run_checker(checker, ballots, record).returncode != 0


def takes(person: Person, link: str, folder: Path) -> Path:
    with person.page.expect_download() as coming:
        person.page.locator(link).first.click()
    to = folder / coming.value.suggested_filename
    coming.value.save_as(to)
    return to


def run_checker(checker: Path, *files: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(checker), *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )


def checks_the_ballot(rusmini: Person, story: Story, number: str) -> None:
    """By its number alone: it stands in the file, as it was changed."""
    rusmini.go(f"{PUBLIC}suara/{story.vote}/periksa/")
    rusmini.fills(rusmini.says("Number of the ballot, or the whole receipt"), number)
    rusmini.press(rusmini.says("Look"))
    rusmini.reads(rusmini.says("This ballot was counted"))
    rusmini.reads(LAMPS)
    rusmini.reads(WELL)
    rusmini.misses(ARCADE)
    seen(rusmini, "33-checked")


# The council, and the plan


def decides_otherwise(darma: Person, budi: Person, story: Story) -> None:
    """With a decision and a reason; both results stand there from then on."""
    darma.go(f"{ROOM}dewan/keputusan/baru/")
    darma.field(darma.says("Council")).select_option(index=0)
    darma.fills(darma.says("Number"), DECISION)
    darma.fills(darma.says("Day of the decision"), f"{datetime.now(WIB):%Y-%m-%d}")
    darma.fills(darma.says("Title"), "Kanopi pasar didahulukan")
    darma.fills(darma.says("Reason"), COUNCIL_SAYS)
    darma.chooses(darma.says("What it decides about"), VOTE)
    darma.press(darma.says("Record the decision"))
    budi.go(f"{OFFICE}suara/{story.vote}/putusan/semua/")
    for title in COSTS:
        box = budi.page.locator(f'input[name="winners"][value="{story.number(title)}"]')
        box.set_checked(title != WELL)
    budi.chooses(budi.says("Decision of the council"), DECISION)
    budi.fills(budi.says("Reason"), COUNCIL_SAYS)
    budi.page.locator("[name=overspend]").check()
    seen(budi, "40-override")
    budi.press(budi.says("Record the change"))
    darma.go(f"{PUBLIC}suara/{story.vote}/hasil/")
    darma.reads(COUNCIL_SAYS)
    darma.reads(darma.says("left out by the council"))
    darma.reads(darma.says("taken in by the council"))
    seen(darma, "41-overridden")


def become_candidates(budi: Person, story: Story) -> None:
    budi.go(f"{ROOM}pilih/usulan/")
    assert budi.page.locator("td.tick input:checked").count() == 2
    seen(budi, "42-gather")
    budi.press(budi.says("Make candidates of what is ticked"))
    budi.go(f"{ROOM}pilih/usulan/")
    made = budi.page.locator(f'main td a[href^="{ROOM}pilih/kandidat/"]')
    assert made.count() == 2, budi.text


def leads_both_ways(budi: Person, rusmini: Person, story: Story) -> None:
    """The proposal tells that it is a candidate; the candidate, where it came from."""
    budi.page.locator(f'main td a[href^="{ROOM}pilih/kandidat/"]').first.click()
    budi.page.wait_for_url("**/kandidat/**")
    budi.reads(story.code(LAMPS))
    seen(budi, "43-candidate")
    rusmini.go(story.paths[LAMPS])
    last = rusmini.page.locator("#perjalanan li").last
    assert LAMPS in last.inner_text()
    seen(rusmini, "44-proposal-at-last")


def each_letter_came_once(town: Town, story: Story) -> None:
    """One a step to who wrote it and to who follows it."""
    code = story.code(LAMPS)
    for to in (RUSMINI, ALYA):
        subjects = [str(one["Subject"]) for one in letters_to(town, to)]
        about = [words for words in subjects if words.startswith(code)]
        assert len(about) == len(set(about)), about
        told = {words.removeprefix(f"{code}: ") for words in about}
        with translation.override("id"):
            assert told >= {str(StepKind(kind).label) for kind in TOLD}, told


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
    alya = arrive().signs_in("Alya")
    is_discussed(budi, rusmini, alya, story)
    is_hidden(budi, alya, journalist, story)
    is_merged(budi, alya, story)
    works_for(town, joins(town, "Oktavia", "officer"), DEPARTMENT)
    oktavia = arrive(language="en").signs_in("Oktavia")
    asks_the_department(budi, story)
    answers(oktavia, story)
    sends_the_register(budi, story)
    closes = sets_up_the_vote(budi, story)
    reads_the_rules(journalist, story)
    finds_the_entry(rusmini, story, "Rusmini")
    seen(rusmini, "22-ballot")
    marks(rusmini, story, ARCADE)
    receipt = casts(rusmini, picture="22")
    changes_by_receipt(rusmini, story, receipt)
    finds_the_entry(alya, story, "Alya Putri")
    marks(alya, story, LAMPS, WELL)
    casts(alya)
    takes_paper_in(budi, story)
    # what needs no result, while the vote is still open
    sari = arrive().signs_in(joins(town, "Sari", "secretariat"))
    is_judged_by_another(budi, sari)
    journalist.go(story.paths[HALL])
    journalist.reads(TOO_DEAR)
    seen(journalist, "17-refused")
    darma = arrive(scheme="dark").signs_in(joins(town, "Darma", "council"))
    is_closed_and_counted(budi, story, closes)
    reads_the_result(journalist, story)
    recounts(journalist, story)
    checks_the_ballot(rusmini, story, receipt[0])
    decides_otherwise(darma, budi, story)
    become_candidates(budi, story)
    leads_both_ways(budi, rusmini, story)
    each_letter_came_once(town, story)
