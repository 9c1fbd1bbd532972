"""Journey: a citizen takes part, sees who looked, takes a copy along, and is erased."""

import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.journeys.conftest import Arrive
from tests.journeys.letters import arrived, code_in, next_to
from tests.journeys.person import Person
from tests.journeys.sights import seen
from tests.journeys.town import Town

REGION = "/daerah/62.02/"
ROOM = "/ruang-kerja/62.02/"
DESK = f"{ROOM}data-pribadi/"
WISH = "Saya ingin tahu apa saja yang dicatat tentang saya."
WHY = "Warga ini bertanya apa yang dicatat; saya mencocokkan namanya."


@dataclass(frozen=True)
class Play:
    """Who takes part, reached how, in which language and at which width."""

    language: str
    width: int
    name: str
    typed: str  # what the person types to be reached
    reach: str  # what it is


PLAYS = [
    Play("id", 360, "Nurhayati Binti", "nurhayati@warga.id", "nurhayati@warga.id"),
    Play("en", 1280, "Sudirgo Kahayan", "0812-5550-1234", "+6281255501234"),
]


def asks_for_a_code(person: Person, play: Play, *, picture: str = "") -> None:
    """Types where they are reached, then the digits that came there."""
    before = len(arrived(person.town, play.reach))
    person.fills(person.says("Mobile number or mail address"), play.typed)
    person.press(person.says("Send me a code"))
    assert person.heading == person.says("Type the code")
    person.misses(play.reach)
    code = code_in(next_to(person.town, play.reach, after=before))
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    person.fills(person.says("The 6 digits"), wrong)
    person.press(person.says("Go on"))
    assert person.page.get_by_role("alert").count()
    if picture:
        seen(person, picture, "data")
    person.fills(person.says("The 6 digits"), f"{code[:3]} {code[3:]}")
    person.press(person.says("Go on"))


def says_the_name(person: Person, name: str, *, picture: str = "") -> None:
    """The first time: a name and a yes, which is not taken for granted."""
    assert person.heading == person.says("What is your name?")
    person.fills(person.says("Your name"), name)
    yes = person.says("I have read this and agree that my data is used for it.")
    assert not person.page.get_by_label(yes).is_checked()
    if picture:
        seen(person, picture, "data")
    person.ticks(yes)
    person.press(person.says("Make my account"))
    person.reads(person.says("Your account is made. You are signed in."))


def follows_a_region(person: Person, play: Play) -> None:
    """From the region's face; who is not signed in is led to the code and back."""
    person.go(REGION)
    person.follow(person.says("Keep me informed"))
    assert person.heading == person.says("Sign in with a code")
    seen(person, "code-ask", "data")
    asks_for_a_code(person, play, picture="code-wrong")
    says_the_name(person, play.name, picture="name")
    assert person.path == f"{REGION}ikuti/"
    person.press(person.says("Tell me what is new"))
    person.reads(person.says("From now on you are told what is new here."))


def opens_own_data(person: Person) -> None:
    """By the account, as everybody finds it."""
    person.go("/akun/")
    person.follow(person.says("Your personal data: see, take along, correct, erase"))
    assert person.heading == person.says("My data")


def copy_of(person: Person, folder: Path) -> dict[str, str]:
    """The files of the copy by their names."""
    person.press(person.says("Make a copy"))
    person.reads(person.says("Your copy is ready for 24 hours."))
    file = person.takes(person.says("Fetch the copy"), folder)
    assert file.name == "data-saya.zip"
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def holdings(files: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    told = json.loads(files["data.json"])
    return {
        held["code"]: held["rows"]
        for purpose in told["purposes"]
        for held in purpose["holdings"]
    }


def is_complete(person: Person, files: dict[str, str], play: Play) -> None:
    """What is in the copy: for reading, for tables, for programs; all of it the same."""
    page = files["data-saya.html" if person.language == "id" else "my-data.html"]
    held = holdings(files)
    assert play.name in page
    assert play.reach in page
    assert "Kotawaringin Timur" in page
    [account] = held["people.account"]
    assert play.name in account.values()
    assert play.reach in account.values()
    for code, rows in held.items():
        table = list(csv.reader(io.StringIO(files[f"{code}.csv"].lstrip("\ufeff"))))
        assert len(table) == len(rows) + 1, code


def asks_the_region(person: Person) -> None:
    """So that the region has a reason to look."""
    person.go("/data-saya/")
    person.follow(person.says("Ask the region"))
    person.chooses(person.says("Region"), "Kotawaringin Timur")
    person.chooses(person.says("What do you ask for?"), person.says("see my data"))
    person.fills(person.says("In your words"), WISH)
    person.press(person.says("Send my request"))
    person.reads(person.says("Your request is received."))
    person.reads(WISH)


def is_looked_at(officer: Person, play: Play) -> str:
    """Masked at first; opened with a reason, on record. The address of the look."""
    officer.go(DESK)
    seen(officer, "queue", "data")
    officer.page.locator("main table tbody th a").first.click()
    officer.arrived()
    officer.reads(WISH)
    officer.misses(play.name)
    officer.misses(play.reach)
    seen(officer, "request", "data")
    officer.follow(officer.says("Open the data, with a reason"))
    address = officer.path
    officer.ticks(officer.says("name"))
    officer.chooses(
        officer.says("Why?"), officer.says("to answer a request of that person")
    )
    officer.fills(officer.says("For what exactly?"), "cek")
    officer.press(officer.says("Open, on record"))
    officer.reads(officer.says("The data stay masked."))
    officer.misses(play.name)
    officer.fills(officer.says("For what exactly?"), WHY)
    officer.press(officer.says("Open, on record"))
    officer.reads(officer.says("Your look is on record; the person reads it."))
    officer.reads(play.name)
    officer.misses(play.reach)  # that was not asked for
    seen(officer, "look", "data")
    return address


def sees_the_look(person: Person) -> None:
    person.go("/data-saya/")
    person.reads(
        person.counts(
            "Here is everything that Habaring holds about you. An officer looked at it"
            " once.",
            "Here is everything that Habaring holds about you. Officers looked at it"
            " %(n)s times.",
            1,
        )
    )
    seen(person, "mine", "data")
    person.follow(person.says("Who looked at my data"))
    [row] = person.page.locator("main tbody tr").all()
    told = row.inner_text()
    assert "Dewi" in told
    assert WHY in told
    assert person.says("name") in told
    assert person.says("telephone number") not in told
    seen(person, "looks", "data")


def is_erased(person: Person) -> None:
    """Told first what goes and what stays; nothing by mistake; signed out after."""
    person.go("/data-saya/")
    person.follow(person.says("Erase my data"))
    for words in ("What goes", "What stays, without the name"):
        assert person.page.get_by_role("heading", name=person.says(words)).count() == 1
    seen(person, "erase", "data")
    person.ticks(person.says("I understand that this cannot be undone."))
    person.press(person.says("Erase my data now"))
    assert person.heading == person.says("Your data are erased")
    header = person.page.locator("header.head")
    assert header.get_by_role("button", name=person.says("Sign out")).count() == 0
    seen(person, "erased", "data")
    person.go("/data-saya/")
    assert person.path == "/masuk/"


def comes_back_as_somebody_new(person: Person, play: Play) -> None:
    """The same address opens an account that knows nothing of the one before."""
    person.go("/masuk/kode/")
    asks_for_a_code(person, play)
    says_the_name(person, "Orang Baru")
    opens_own_data(person)
    person.reads(
        person.says(
            "Here is everything that Habaring holds about you. No officer has looked at"
            " it."
        )
    )
    person.misses(play.name)
    person.misses(WISH)
    person.go("/akun/kabar/")
    person.reads(person.says("Nothing yet"))


def where_found(town: Town, words: str) -> list[str]:
    """The tables of the whole database in which these words stand somewhere."""
    found = []
    with psycopg.connect(town.database_url) as link:
        tables = link.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            asked = sql.SQL("SELECT count(*) FROM {} t WHERE t::text ILIKE %s").format(
                sql.Identifier(schema, table)
            )
            rows = link.execute(asked, [f"%{words}%"]).fetchone()
            if rows and rows[0]:
                found.append(table)
    return sorted(found)


def tells_nothing(officer: Person, play: Play) -> None:
    """The registers say that somebody was erased, and not who."""
    secret = [play.name, play.reach, play.typed, WISH]
    officer.go(f"{DESK}retensi/")
    register = officer.page.get_by_role(
        "region", name=officer.says("Deletion register")
    )
    rows = register.locator("tbody tr")
    assert rows.count() >= 1
    assert re.search(r"[0-9a-f]{12}", rows.first.inner_text())
    seen(officer, "retention", "data")
    pages = [f"{DESK}retensi/", DESK, f"{DESK}dilihat/", f"{ROOM}riwayat/"]
    for page in pages:
        officer.go(page)
        for words in secret:
            officer.misses(words)
    seen(officer, "history", "data")


@pytest.mark.parametrize("play", PLAYS, ids=["id-360", "en-1280"])
def test_a_citizen_takes_part_and_is_forgotten(
    arrive: Arrive, town: Town, play: Play, tmp_path: Path
) -> None:
    look = {"language": play.language, "width": play.width}
    citizen = arrive(**look)
    follows_a_region(citizen, play)
    opens_own_data(citizen)
    is_complete(citizen, copy_of(citizen, tmp_path), play)
    asks_the_region(citizen)

    dewi = arrive(**look).signs_in("Dewi")
    address = is_looked_at(dewi, play)
    wira = town.joined_by(f"Wira{play.width}", "officer")
    other = arrive(**look).signs_in(wira.split("@")[0])
    other.go(address)
    other.misses(WISH)
    assert other.page.get_by_label(other.says("For what exactly?")).count() == 0

    sees_the_look(citizen)
    assert where_found(town, play.name)
    is_erased(citizen)
    tells_nothing(dewi, play)
    for words in (play.name, WISH):
        assert where_found(town, words) == []
    verified = town.habaring("audit", "verify")
    assert verified.code == 0, verified.out + verified.err
    comes_back_as_somebody_new(citizen, play)

    citizen.go("/rantai/")
    seen(citizen, "chain", "data")
