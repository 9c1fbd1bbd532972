"""The first wall: every address, as everybody, compared with the declared audiences."""

import copy
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from habaring.people.models import Account
from habaring.shared.walls import APP_ROLE
from tests.walls import objects
from tests.walls.addresses import Audience, address, declared, patterns
from tests.walls.town import (
    BELOW,
    HERE,
    THERE,
    Persona,
    everybody,
    founded,
    held_in,
    powers,
)

AUDIENCES = declared()
PERSONAS = list(everybody())


def test_every_address_declares_its_audience() -> None:
    names = {name for name, _ in patterns()}
    assert sorted(names - set(AUDIENCES)) == [], "no audience declared"
    assert sorted(set(AUDIENCES) - names) == [], "declared, but gone"


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Everything founded once for the module, and undone after it."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            founded()
            objects.made(HERE)
            yield
            transaction.set_rollback(True)
        connection.close()


@pytest.fixture
def client_of(town: None, request: pytest.FixtureRequest) -> Iterator[Client]:
    """The persona's browser; what it did is undone."""
    persona: Persona = request.param
    client = Client(raise_request_exception=False)
    blocker: DjangoDbBlocker = request.getfixturevalue("django_db_blocker")
    with blocker.unblock(), transaction.atomic():
        account = persona.account()
        if account is not None:
            client.force_login(account)
        yield client
        transaction.set_rollback(True)


def answer(client: Client, method: str, path: str) -> str:
    """What an address answers the app role: let in, kept out, or something broken."""
    cookies = copy.deepcopy(
        client.cookies
    )  # a page may sign out, or change the session
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")
        response = client.generic(
            method, path, content_type="application/x-www-form-urlencoded"
        )
        if getattr(response, "streaming", False):
            b"".join(response.streaming_content)  # type: ignore[attr-defined]
        transaction.set_rollback(True)
    client.cookies = cookies
    to = response.headers.get("Location", "")
    if response.status_code in {401, 403} or to.startswith("/masuk/?"):
        return "kept out"
    if response.status_code == 404:
        return "not found"
    if response.status_code == 405:
        return "not offered"
    if response.status_code in {400, 409, 410, 422, 429}:
        return "refused"
    return "let in" if response.status_code < 500 else f"broken {response.status_code}"


def lets_in(word: str, persona: Persona, at: str, held: frozenset[str]) -> bool:
    """Whether the declared audience has the persona in it, at a region."""
    if word == "everyone":
        return True
    if word == "signed_in":
        return bool(persona.role or persona.region)
    if word == "platform":
        return bool(persona.role) and not persona.region
    if word == "member":
        return bool(held) and lets_in(next(iter(held)), persona, at, held)
    there = not persona.region or persona.region == at
    if persona.role and held_in(persona.role) in BELOW:
        return False
    return bool(persona.role) and there and word in held


def wrong(
    client: Client,
    name: str,
    audience: Audience,
    persona: Persona,
    held: frozenset[str],
) -> Iterator[str]:
    """Where an address answers otherwise than its audience says."""
    for method, word in (("GET", audience.read), ("POST", audience.send)):
        own = address(name, audience, code=HERE, ids_of=HERE)
        if own is None:
            yield f"{name}: no object to try it with (tests/walls/objects.py)"
            return
        got = answer(client, method, own)
        if word == "nobody":
            expected = {"not offered", "kept out", "not found"}
        elif word in {"secret", "own"}:
            expected = {"not offered", "kept out", "not found", "refused"}
        elif lets_in(word, persona, HERE, held):
            expected = {"let in", "refused"}
        else:
            expected = {"kept out", "not found"}
        if got not in expected:
            yield f"{method} {own} ({name}, {word}): {got}"
        # the same objects, asked for under another region's address
        crossed = address(name, audience, code=THERE, ids_of=HERE)
        if crossed == own or not any(
            isinstance(how, dict) and "region" in how for how in audience.ids.values()
        ):
            continue
        got = answer(client, method, str(crossed))
        if got not in {"kept out", "not found", "not offered", "refused"}:
            yield f"{method} {crossed} ({name}, ids of {HERE}): {got}"


@pytest.mark.parametrize(
    ("client_of", "persona"),
    [(one, one) for one in PERSONAS],
    indirect=["client_of"],
    ids=[one.name for one in PERSONAS],
)
def test_each_person_is_let_in_where_declared(
    client_of: Client, persona: Persona, record_property: Callable[[str, object], None]
) -> None:
    held = powers(persona.role) if persona.role else frozenset()
    tried = {name: one for name, one in AUDIENCES.items() if one.read != "skip"}
    record_property("walls", len(tried))
    told = [
        line
        for name, audience in tried.items()
        for line in wrong(client_of, name, audience, persona, held)
    ]
    assert not told, "\n".join(told)


def test_the_last_line_of_defence_is_there(db: None) -> None:
    """An account without any role holds nothing."""
    assert Account.objects.filter(memberships__isnull=False).count() == 0
