"""The door: a passkey is made and used; what a thief with the password meets."""

from typing import Any

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.journeys.town import PASSWORD

ROOM = "/ruang-kerja/62.02/"
KEYS: dict[str, Any] = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def has_a_fingerprint_reader(person: Person) -> None:
    """A device that makes passkeys and says yes at once."""
    browser = person.context.new_cdp_session(person.page)
    browser.send("WebAuthn.enable")
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": KEYS})


def types_the_password(person: Person, door: str) -> None:
    person.go(door)
    person.fills(person.says("Mail address"), "budi@contoh.id")
    person.fills(person.says("Your password"), PASSWORD)
    person.press(person.says("Sign in"))


@pytest.mark.parametrize("width", [360, 1280])
def test_a_passkey_is_made_and_opens_the_door(arrive: Arrive, width: int) -> None:
    budi = arrive(width=width)
    has_a_fingerprint_reader(budi)
    # passkeys belong to a name, not to an address of numbers
    near = budi.town.address.replace("127.0.0.1", "localhost").rstrip("/")
    types_the_password(budi, f"{near}/masuk/")
    budi.proves("Budi")
    budi.go(f"{near}/akun/langkah-kedua/")
    budi.follow(budi.says("Add a passkey"))
    budi.fills(budi.says("What you call it"), f"Laptop {width}")
    budi.press(budi.says("Add a passkey"))
    budi.go(f"{near}/akun/langkah-kedua/")
    budi.reads(f"Laptop {width}")
    budi.press(budi.says("Sign out"), inside="header")

    types_the_password(budi, f"{near}/masuk/?next={ROOM}")
    assert budi.path == "/masuk/langkah-kedua/"
    budi.press(budi.says("Use a passkey"))
    assert budi.path == ROOM


def test_the_password_alone_opens_nothing(arrive: Arrive) -> None:
    thief = arrive()
    types_the_password(thief, "/masuk/")
    assert thief.path == "/masuk/langkah-kedua/"
    for place in (ROOM, "/akun/"):
        thief.go(place)
        assert thief.path in {"/masuk/", "/masuk/langkah-kedua/"}
