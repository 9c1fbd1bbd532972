"""Journey: a region's own directory signs its people in; Canaille is the directory."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys import town as towns
from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.journeys.sights import seen
from tests.journeys.town import Town

PROGRAM = Path(__file__).parents[1] / "people" / "directory_server.py"
SECRET = "rahasia klien"
PASSWORD = "sandi di direktori"


@dataclass(frozen=True)
class Play:
    """Which region writes which directory down, and who signs in with it."""

    language: str
    width: int
    code: str  # the region
    keeper: str  # its secretariat
    name: str  # of the directory
    domain: str
    joins: str  # invited there; comes by the directory
    stranger: str  # works in the other region, under the same mail domain
    elsewhere: str  # that other region

    @property
    def room(self) -> str:
        return f"/ruang-kerja/{self.code}/"

    @property
    def slug(self) -> str:
        return f"{self.code.replace('.', '-')}-{self.name.lower().replace(' ', '-')}"


PLAYS = [
    Play(
        "id",
        360,
        "62.02",
        "Budi",
        "SSO Kotim",
        "kotimkab.go.id",
        "Lestari",
        "Citra",
        "62.01",
    ),
    Play(
        "en",
        1280,
        "62.01",
        "Citra",
        "SSO Kobar",
        "kobarkab.go.id",
        "Made",
        "Budi",
        "62.02",
    ),
]


@pytest.fixture(scope="module")
def town(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A platform that may ask servers in its own network: the directory runs here."""
    folder = tmp_path_factory.mktemp("town") / "data"
    with towns.opened(folder, more={"OIDC_ALLOW_PRIVATE": "True"}) as running:
        yield running


@pytest.fixture(scope="module")
def provider(town: Town) -> Iterator[str]:
    """The address of the running directory."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = tried.getsockname()[1]
    people = [
        {"name": play.joins, "mail": f"{play.joins.lower()}@{play.domain}"}
        for play in PLAYS
    ]
    people += [
        {"name": play.stranger, "mail": f"{play.stranger.lower()}@contoh.id"}
        for play in PLAYS
    ]
    plan = {
        "port": port,
        "client_id": "habaring",
        "client_secret": SECRET,
        "password": PASSWORD,
        "redirect_uris": [
            town.url(f"/masuk/direktori/{play.slug}/kembali/") for play in PLAYS
        ],
        "people": people,
    }
    process = subprocess.Popen(
        [sys.executable, PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(json.dumps(plan) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def is_written_down(person: Person, play: Play, provider: str) -> None:
    """First with a wrong address, which the test of the connection finds out."""
    person.go(f"{play.room}orang/")
    person.follow(person.says("Directories"))
    person.reads(person.says("No directory yet"))
    seen(person, "none", "directory")
    person.follow(person.says("Add a directory"))
    person.fills(person.says("Name"), play.name)
    person.fills(person.says("Address of the directory (issuer)"), "http://127.0.0.1:9")
    person.fills(person.says("Client ID"), "habaring")
    person.fills(person.says("Client secret"), SECRET)
    person.ticks(
        person.says("In this directory nobody can change their own mail address")
    )
    person.press(person.says("Save"))
    person.reads(person.says("The mail domains are missing."))
    seen(person, "refused", "directory")
    person.fills(person.says("Client secret"), SECRET)
    person.fills(person.says("Mail domains"), f"{play.domain}, contoh.id")
    person.press(person.says("Save"))
    person.reads(person.says("The directory is saved."))
    person.press(person.says("Test the connection"))
    person.reads(person.says("The directory did not answer."))
    person.follow(play.name)
    callback = person.town.url(f"/masuk/direktori/{play.slug}/kembali/")
    person.reads(callback)
    assert SECRET not in person.page.content()
    person.fills(person.says("Address of the directory (issuer)"), provider)
    person.fills(person.says("Client secret"), SECRET)
    seen(person, "form", "directory")
    person.press(person.says("Save"))
    person.press(person.says("Test the connection"))
    person.reads(
        person.says("It answers, and calls itself %(issuer)s.", issuer=provider)
    )
    seen(person, "list", "directory")


def invites(person: Person, play: Play) -> None:
    person.go(f"{play.room}orang/")
    person.follow(person.says("Invite someone"))
    person.fills(person.says("Mail address"), f"{play.joins.lower()}@{play.domain}")
    role = {"id": "Walidata", "en": "Data steward"}[person.language]
    person.chooses(person.says("Role"), role)
    person.press(person.says("See what this person will see"))
    person.press(person.says("Send the invitation"))
    person.reads(f"{play.joins.lower()}@{play.domain}")


def goes_by_directory(person: Person, play: Play, name: str) -> None:
    """From our door to the directory's own pages, and back."""
    person.go("/masuk/")
    person.follow(person.says("With your region's directory"))
    seen(person, "choose", "directory")
    person.page.get_by_role("link", name=play.name, exact=True).click()
    page = person.page
    page.locator('input[name="login"]').fill(name.lower())
    page.locator('input[name="login"]').press("Enter")
    page.locator('input[name="password"]').fill(PASSWORD)
    page.locator('input[name="password"]').press("Enter")
    accept = page.locator('button[name="answer"][value="accept"]')
    if not page.url.startswith(person.town.address):
        accept.click()
    page.wait_for_url(f"{person.town.address}**")
    person.arrived()


@pytest.mark.parametrize("play", PLAYS, ids=["id-360", "en-1280"])
def test_a_directory_signs_its_people_in(
    arrive: Arrive, town: Town, provider: str, play: Play
) -> None:
    look = {"language": play.language, "width": play.width}
    keeper = arrive(**look).signs_in(play.keeper)
    is_written_down(keeper, play, provider)
    invites(keeper, play)

    officer = arrive(**look)
    officer.elsewhere = provider
    goes_by_directory(officer, play, play.joins)
    officer.go(play.room)
    assert officer.path == "/akun/langkah-kedua/"
    seen(officer, "second-step", "directory")
    officer.sets_up_an_app(play.joins)
    assert officer.path == play.room
    assert officer.heading == officer.says("What waits today")
    officer.go("/akun/")
    officer.reads(f"{play.joins.lower()}@{play.domain}")
    officer.reads({"id": "Walidata", "en": "Data steward"}[play.language])
    officer.go(f"/ruang-kerja/{play.elsewhere}/")
    assert officer.page.locator("main section.heap").count() == 0
    assert officer.heading != officer.says("What waits today")

    stranger = arrive(**look)
    stranger.elsewhere = provider
    goes_by_directory(stranger, play, play.stranger)
    stranger.reads(
        stranger.says("This directory cannot open the account with your mail address.")
    )
    seen(stranger, "elsewhere", "directory")
    stranger.follow(stranger.says("Back"))
    assert stranger.heading == stranger.says("Sign in")
    stranger.go(play.room)
    assert stranger.path == "/masuk/"

    keeper.go(f"{play.room}orang/direktori/")
    row = keeper.page.locator("main tbody tr", has_text=play.name)
    assert "1" in row.inner_text().split()
    keeper.press(keeper.says("Switch off"))
    keeper.reads(keeper.says("The directory signs nobody in any more."))
