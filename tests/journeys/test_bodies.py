"""Journey: the first account, four people with four roles, a council that decides."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from tests.journeys import town as towns
from tests.journeys.conftest import Arrive
from tests.journeys.letters import letters_to, link_in, words_of
from tests.journeys.person import Person
from tests.journeys.sights import seen
from tests.journeys.town import PASSWORD, Town

ROOM = "/ruang-kerja/62.02/"
WIB = ZoneInfo("Asia/Jakarta")
SCENARIO = "Pagu turun 10 %"
BODY = "Dewan Smart City Uji"
DECREE = "188.45/77/2026"
MEETING = "Rapat penetapan rencana"
NUMBER = "01/DSC-UJI/2026"
TITLE = f"Menetapkan skenario {SCENARIO}"
REASON = "Dana berkurang, jadi Dewan memilih rencana yang tetap dapat dibayar."
MINUTES = "Rapat dibuka oleh ketua. Skenario dibahas dan disetujui bulat."


@dataclass(frozen=True)
class Play:
    """In which language and at which width a journey is played."""

    language: str
    width: int


@pytest.fixture(
    scope="module",
    params=[Play("id", 360), Play("en", 1280)],
    ids=["id-360", "en-1280"],
)
def play(request: pytest.FixtureRequest) -> Play:
    assert isinstance(request.param, Play)
    return request.param


@pytest.fixture(scope="module")
def town(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, play: Play
) -> Iterator[Town]:
    """Each play begins with a platform that nobody has an account of."""
    folder = tmp_path_factory.mktemp("town") / "data"
    with towns.opened(folder, staffed=False) as running:
        yield running


# What people do


@dataclass(frozen=True)
class Look:
    """What the page before the deed says that a person will see."""

    does: list[str]
    navigation: list[str]
    doors: list[str]
    opened: list[str]
    shut: list[str]


@dataclass(frozen=True)
class Officer:
    """Whom the secretariat invites."""

    name: str
    role: dict[str, str]
    does: str  # one of the tasks that the look names, in English
    department: dict[str, str] | None = None

    @property
    def mail(self) -> str:
        return f"{self.name.lower()}@contoh.id"


OFFICERS = (
    Officer(
        "Putri",
        {"id": "Perencana", "en": "Planner"},
        "Sets limits and drafts scenarios.",
    ),
    Officer(
        "Oktavia",
        {"id": "Petugas perangkat daerah", "en": "Department officer"},
        "Records and corrects numbers and their targets.",
        {"id": "Badan Pendapatan", "en": "Revenue Agency"},
    ),
    Officer(
        "Darma",
        {"id": "Anggota Dewan", "en": "Council member"},
        "Adopts a plan on the ground of a decision.",
    ),
    Officer(
        "Indra",
        {"id": "Inspektorat", "en": "Inspectorate"},
        "Reads who changed what, when and why.",
    ),
)


def makes_account(person: Person, link: str, name: str, mail: str) -> None:
    """From a one-time link to the work room: password, app, recovery codes."""
    person.go(link)
    field = person.field(person.says("Mail address"))
    if field.is_enabled():
        field.fill(mail)
    person.fills(person.says("Full name"), name)
    person.fills(person.says("Your password"), PASSWORD)
    person.press(person.says("Make my account"))
    assert person.path == "/akun/langkah-kedua/"
    person.reads(person.says("Set up an app"))


def first_account(person: Person, town: Town) -> None:
    """The link that `up` printed; every page on the way is looked at."""
    person.go(town.first_link)
    person.reads(
        person.says(
            "This makes the first account of this platform: the person who looks after"
            " it."
        )
    )
    seen(person, "01-welcome")
    makes_account(person, town.first_link, "Ibu Pengelola", "pengelola@contoh.id")
    seen(person, "02-second-step")
    person.follow(person.says("Set up an app"))
    seen(person, "03-app")
    key = person.page.locator("code.key").inner_text().replace(" ", "")
    person.proves("pengelola", key)
    codes = person.page.locator("ol.codes li").all_inner_texts()
    assert len(set(codes)) == 10
    seen(person, "04-recovery-codes")
    person.follow(person.says("I have kept them, continue"))
    assert person.path == "/ruang-kerja/"
    person.go(town.first_link)
    person.reads(person.says("This link does not work any more."))


def looks_at(person: Person) -> Look:
    """Read the look: what this person will see."""
    page = person.page
    told = page.locator(
        "section",
        has=page.get_by_role(
            "heading",
            name=re.compile(re.escape(person.says("The work room as it would look"))),
        ),
    ).last
    groups = [
        page.locator("details", has=page.get_by_text(person.says(words), exact=True))
        for words in (
            "The pages that open",
            "The pages that open for the own part alone",
            "The pages that stay shut",
        )
    ]
    opened, inside, shut = (
        group.locator("code").evaluate_all("all => all.map(e => e.textContent)")
        if group.count()
        else []
        for group in groups
    )
    may = page.locator(
        "div",
        has=page.get_by_role(
            "heading", name=person.says("Among its tasks"), exact=True
        ),
    ).last
    return Look(
        does=[line.strip() for line in may.locator("li").all_inner_texts()],
        navigation=clean(told.locator("p.row span").all_inner_texts()),
        doors=clean(told.locator("dl dt").all_inner_texts()),
        opened=opened + inside,
        shut=shut,
    )


def clean(texts: list[str]) -> list[str]:
    return [" ".join(text.split()) for text in texts]


def invites(
    person: Person, officer: Officer, *, regions: str = "", picture: str = ""
) -> Look:
    """Fill in, look, send; what was looked at comes back."""
    person.follow(person.says("Invite someone"))
    person.fills(person.says("Mail address"), officer.mail)
    person.chooses(person.says("Role"), officer.role[person.language])
    if officer.department:
        person.chooses(person.says("Department"), officer.department[person.language])
    if regions:
        person.fills(person.says("Regions"), regions)
    before = len(letters_to(person.town, officer.mail))
    person.press(person.says("See what this person will see"))
    assert person.heading == person.says("What this person will see")
    person.reads(person.says("%(role)s. No letter has gone yet.", role="").strip(". "))
    assert len(letters_to(person.town, officer.mail)) == before
    look = looks_at(person)
    assert person.says(officer.does) in look.does
    if picture:
        seen(person, picture)
    person.press(person.says("Send the invitation"))
    person.reads(officer.mail)
    assert len(letters_to(person.town, officer.mail)) == before + 1
    return look


def accepts(arrive: Arrive, play: Play, town: Town, officer: Officer) -> Person:
    """The letter arrives; its link makes the account; the work room opens."""
    letter = letters_to(town, officer.mail)[-1]
    person = arrive(language=play.language, width=play.width)
    makes_account(person, link_in(letter, "undangan"), officer.name, officer.mail)
    person.sets_up_an_app(officer.mail)
    assert person.path == ROOM
    return person


def sees_what_was_shown(person: Person, look: Look) -> None:
    """The work room is the one that the look drew; each door is as it said."""
    stages = "nav.side .strip:not([aria-labelledby]) a"  # the doors tell of the rest
    side = person.page.locator(stages).all_inner_texts()
    assert clean(side) == look.navigation
    doors = person.page.locator("main ul.doors > li > a").all_inner_texts()
    assert set(look.doors) <= set(clean(doors))
    for path in look.opened + look.shut:
        if "…" not in path:  # of one thing, which may not be there
            address = person.town.url(ROOM + path.removeprefix("/"))
            answer = person.context.request.get(address)
            allowed = answer.status in {200, 404}
            assert allowed == (path in look.opened), f"{path}: {answer.status}"
            assert allowed or answer.status == 403, f"{path}: {answer.status}"


# What a council does

SEATS = (  # name, institution, pillar, post
    ("Halim", "Bupati", "government", "chair"),
    ("Rina", "DPRD", "dprd", "member"),
    ("Yusuf", "Kadin", "business", "member"),
    ("Maya", "Forum Warga", "community", "member"),
    ("Teguh", "STIE Sampit", "academia", "member"),
    ("Nadia", "Radio Sampit", "media", "member"),
)


def forms_a_council(person: Person) -> None:
    """By decree, with a seat for each pillar; the look of an empty pillar goes away."""
    person.go(f"{ROOM}dewan/baru/")
    person.fills(person.says("Name of the council"), BODY)
    person.fills(person.says("Number of the decree that formed it"), DECREE)
    person.fills(person.says("Day of the decree"), "2026-11-02")
    person.press(person.says("Record the council"))
    assert BODY in person.heading
    person.reads(DECREE)
    person.reads(person.says("Nobody sits in it yet."))
    for name, institution, pillar, post in SEATS:
        person.follow(person.says("Seat somebody"))
        person.fills(person.says("Name"), name)
        person.fills(person.says("Institution"), institution)
        person.field(person.says("Pillar")).select_option(pillar)
        person.field(person.says("Post in the body")).select_option(post)
        person.fills(person.says("From"), "2026-11-02")
        person.fills(
            person.says("Mail address for invitations"), f"{name.lower()}@contoh.id"
        )
        person.press(person.says("Record the seat"))
    rows = person.page.get_by_role("region", name=person.says("Seats")).locator(
        "tbody tr"
    )
    assert rows.count() == len(SEATS)
    for name, institution, *_rest in SEATS:
        row = rows.filter(has_text=name).inner_text()
        assert institution in row
        assert person.says("by letter") in row
    seen(person, "20-body")


def plans_a_meeting(person: Person) -> str:
    """Today, begun already; its address."""
    at = datetime.now(WIB)
    day = at.replace(hour=0, minute=0)
    begins = max(day, at - timedelta(minutes=30))
    ends = min(day + timedelta(hours=23, minutes=59), at + timedelta(hours=1))
    person.follow(person.says("Plan a meeting"))
    person.fills(person.says("Title"), MEETING)
    person.fills(person.says("Day"), f"{day:%Y-%m-%d}")
    person.fills(person.says("Begins"), f"{begins:%H:%M}")
    person.fills(person.says("Ends"), f"{ends:%H:%M}")
    person.fills(person.says("Place"), "Aula Sampit")
    person.press(person.says("Plan the meeting"))
    assert MEETING in person.heading
    person.press(person.says("Invite all seats"))
    person.reads(person.says("The agenda is empty."))
    person.page.locator("summary").filter(
        has_text=person.says("Put a point on the agenda")
    ).click()
    person.fills(person.says("Point"), SCENARIO)
    person.fills(person.says("Minutes"), "45")
    person.press(person.says("Put it on the agenda"))
    person.press(person.says("Invite all seats"))
    n = len(SEATS)
    person.reads(person.says("%(all)s seats are invited.", all=n))
    person.reads(
        person.counts("%(n)s has not answered.", "%(n)s have not answered.", n)
    )
    return person.path


def answers(person: Person, town: Town) -> dict[str, str]:
    """Each seat got its letter; some answer on it. Their personal codes by name."""
    codes = {}
    for name, *_rest in SEATS:
        letter = letters_to(town, f"{name.lower()}@contoh.id")[-1]
        calendar = [
            part for part in letter.walk() if part.get_filename() == "rapat.ics"
        ]
        assert "BEGIN:VEVENT" in calendar[0].get_content()
        assert MEETING in calendar[0].get_content()
        code = re.search(r":\s*(\d{6})\b", words_of(letter))
        assert code, words_of(letter)
        codes[name] = code[1]
    comes = letters_to(town, "halim@contoh.id")[-1]
    person.go(link_in(comes, "jawab"))
    person.reads("Halim")
    person.reads(codes["Halim"])
    person.ticks(person.says("I come"))
    person.press(person.says("Send the answer"))
    person.reads(person.says("Your answer is kept. You can change it here."))
    sends = letters_to(town, "nadia@contoh.id")[-1]
    person.go(link_in(sends, "jawab"))
    person.ticks(person.says("I do not come"))
    person.press(person.says("Send the answer"))
    person.reads(person.says("does not come"))
    return codes


def attends(phone: Person, address: str, name: str, code: str) -> None:
    """On a phone without scripts: choose one's name, type the code of the letter."""
    phone.go(address)
    phone.chooses(phone.says("Your seat"), name)
    phone.fills(phone.says("Personal code"), code)
    seat = phone.page.locator('button[name="kursi"]')
    with phone.page.expect_navigation():
        seat.click()


def is_attended(
    person: Person, phone: Person, meeting: str, codes: dict[str, str]
) -> None:
    """By the QR code's address; the quorum as it comes about."""
    person.go(meeting)
    person.follow(person.says("QR code for the screen"))
    assert person.page.locator(".qr-sheet svg").count() == 1
    found = re.search(r"http://\S+/hadir/\S+", person.text)
    assert found, person.text
    seen(person, "31-qr")
    address = found[0]
    person.go(address)  # axe looks at it, which it cannot on the phone without scripts
    assert person.heading == person.says("I am here")
    wrong = f"{(int(codes['Halim']) + 1) % 10**6:06d}"
    attends(phone, address, "Halim", wrong)
    assert phone.heading == phone.says("I am here")
    assert "Halim" not in phone.heading
    assert phone.page.locator("[role=alert]").count()
    seen(phone, "32-attend-wrong-code")
    for name in ("Halim", "Rina", "Yusuf"):
        attends(phone, address, name, codes[name])
        assert phone.heading.strip() == phone.says("You are on the list")
        phone.reads(name)
    seen(phone, "33-attended")
    person.go(f"{meeting}hadir/")
    person.reads(person.says("No quorum"))
    person.reads(quorum(person, counted=3, missing=1))
    phone.go(address)
    phone.fills(phone.says("Your name"), "Tamu Baik")
    phone.fills(phone.says("Institution"), "PKK")
    with phone.page.expect_navigation():
        phone.page.locator('button[name="tamu"]').click()
    phone.reads("Tamu Baik")
    attends(phone, address, "Maya", codes["Maya"])
    person.go(f"{meeting}hadir/")
    person.reads(person.says("The quorum is reached"))
    person.reads(quorum(person, counted=4))
    person.reads(
        person.counts(
            "One guest is here and does not count.",
            "%(n)s guests are here and do not count.",
            1,
        )
    )
    seen(person, "34-attendance")


def quorum(person: Person, *, counted: int, missing: int = 0) -> str:
    """How the quorum is told: of six seats more than half, so four."""
    words = "%(counted)s of %(seats)s seats are here; %(needed)s are needed"
    words += ", so %(missing)s are missing." if missing else "."
    return person.says(
        words, counted=counted, seats=len(SEATS), needed=4, missing=missing
    )


def decides(person: Person, meeting: str) -> None:
    """In the meeting, about a scenario that was searched before."""
    person.go(meeting)
    seen(person, "40-meeting")
    person.follow(person.says("Record a decision"))
    person.fills(person.says("Number"), NUMBER)
    person.fills(person.says("Day of the decision"), f"{datetime.now(WIB):%Y-%m-%d}")
    person.fills(person.says("Title"), TITLE)
    person.fills(person.says("Reason"), REASON)
    person.chooses(person.says("What it decides about"), SCENARIO)
    person.fills(person.says("Votes for"), "4")
    person.fills(person.says("Votes against"), "0")
    person.press(person.says("Record the decision"))
    person.reads(TITLE)


def adopts(member: Person) -> None:
    """The member of the council makes the decided scenario the plan."""
    member.go(f"{ROOM}pilih/skenario/")
    member.follow(SCENARIO)
    member.follow(member.says("Adopt as the plan"))
    seen(member, "42-adopt")
    member.chooses(member.says("Council decision"), NUMBER)
    member.ticks(
        member.says("I have checked that the council decided on exactly this scenario.")
    )
    member.press(member.says("Adopt the plan"))
    member.reads(NUMBER)


def approves_the_minutes(person: Person, meeting: str) -> None:
    person.go(meeting)
    person.press(person.says("Close the meeting"))
    person.reads(person.says("The meeting is closed. Write its minutes next."))
    person.follow(person.says("Write the minutes"))
    person.fills(person.says("Minutes"), MINUTES)
    person.press(person.says("Keep this version"))
    person.reads(MINUTES)
    person.follow(person.says("Approve the minutes"))
    person.press(person.says("Record the approval"))
    person.reads(person.says("The minutes are approved."))
    seen(person, "43-meeting-approved")


def reads_it_all(citizen: Person) -> None:
    """What everybody can read: the body, its meeting, its decision, what it decided."""
    citizen.go("/daerah/62.02/dewan/")
    seen(citizen, "50-public-bodies")
    citizen.follow(BODY)
    citizen.reads(DECREE)
    for name, institution, *_rest in SEATS:
        citizen.reads(name)
        citizen.reads(institution)
        citizen.misses(f"{name.lower()}@contoh.id")
    seen(citizen, "51-public-body")
    citizen.follow(MEETING)
    citizen.reads(MINUTES)
    citizen.reads(
        citizen.says(
            "The quorum was reached: %(counted)s of %(seats)s seats, %(needed)s were"
            " needed.",
            counted=4,
            seats=6,
            needed=4,
        )
    )
    citizen.misses("Tamu Baik")
    seen(citizen, "52-public-meeting")
    citizen.follow(TITLE)
    citizen.reads(NUMBER)
    citizen.reads(REASON)
    citizen.reads(SCENARIO)
    seen(citizen, "53-public-decision")
    citizen.go("/daerah/62.02/pilihan/")
    citizen.reads(NUMBER)
    seen(citizen, "54-public-plan")


def test_from_the_first_account_to_what_the_council_decided(
    arrive: Arrive, town: Town, play: Play
) -> None:
    operator = arrive(language=play.language, width=play.width)
    first_account(operator, town)
    operator.go("/ruang-kerja/")
    operator.follow(operator.says("People of the platform"))
    seen(operator, "05-platform-people")
    sari = Officer(
        "Sari",
        {"id": "Sekretariat program", "en": "Programme secretariat"},
        "Invites people, gives roles and ends them.",
    )
    look = invites(operator, sari, regions="62.02", picture="06-look-secretariat")
    secretariat = accepts(arrive, play, town, sari)
    seen(secretariat, "10-work-room")
    sees_what_was_shown(secretariat, look)

    people = {}
    for officer in OFFICERS:
        secretariat.go(f"{ROOM}orang/")
        look = invites(secretariat, officer, picture=f"11-look-{officer.name.lower()}")
        person = accepts(arrive, play, town, officer)
        sees_what_was_shown(person, look)
        people[officer.name] = person
    secretariat.go(f"{ROOM}orang/")
    for officer in OFFICERS:
        secretariat.reads(officer.name)
    seen(secretariat, "12-people")

    forms_a_council(secretariat)
    meeting = plans_a_meeting(secretariat)
    seen(secretariat, "30-meeting-invited")
    phone = arrive(language=play.language, width=360, scripts=False)
    codes = answers(phone, town)
    is_attended(secretariat, phone, meeting, codes)
    decides(secretariat, meeting)
    seen(secretariat, "41-decision")
    adopts(people["Darma"])
    approves_the_minutes(secretariat, meeting)
    reads_it_all(arrive(language=play.language, width=play.width))
