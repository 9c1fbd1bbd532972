"""Asking every address and every call of the API, and what is wrong with the answers.

The tests that use it import its fixtures by name; it stands apart so that two files of
tests can share the people between them.
"""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker

from habaring.api.contract import schema as contract
from habaring.shared.walls import APP_ROLE
from tests.api.makers import right_bodies
from tests.walls import objects
from tests.walls.addresses import Audience, address, declared, find, forget
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

FORM = "application/x-www-form-urlencoded"
DOORS = ("/masuk/?", "/masuk/kode/?")  # of officers, and of citizens; with the way back
AUDIENCES = declared()
PERSONAS = list(everybody())


@pytest.fixture
def _django_db_helper() -> None:
    """The module holds one transaction around all its tests, instead of one for each."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("walls")


@pytest.fixture(autouse=True)
def _own_files(files: Path, settings: Any) -> None:
    """The papers stay where the module put them."""
    settings.MEDIA_ROOT = files


@pytest.fixture(scope="module")
def town(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, files: Path
) -> Iterator[None]:
    """Everything founded once for the module, and undone after it."""
    with override_settings(MEDIA_ROOT=files, EMAIL_FILE_PATH=files / "outbox"):
        yield from _founded(django_db_blocker)


def _founded(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        with transaction.atomic():
            founded()
            objects.made(HERE)
            forget()
            find(HERE)
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


def answer(client: Client, method: str, path: str, **headers: Any) -> str:
    """What an address answers the app role: let in, kept out, or something broken."""
    cookies = copy.deepcopy(
        client.cookies
    )  # a page may sign out, or change the session
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")
            # as a request begins: what made the town opened regions
            cursor.execute("SET LOCAL app.region = ''; SET LOCAL app.account = ''")
        kind = "application/json" if "data" in headers else FORM
        response = client.generic(method, path, content_type=kind, **headers)
        if getattr(response, "streaming", False):
            b"".join(response.streaming_content)  # type: ignore[attr-defined]
        transaction.set_rollback(True)
    client.cookies = cookies
    to = response.headers.get("Location", "")
    if response.status_code in {401, 403} or to.startswith(DOORS):
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
    if word == "platform":  # the operator's, not all that are held there
        return not persona.region and "manage_people" in held
    if word == "run_cohorts":  # for the country: "all" in one region does not carry it
        return not persona.region and word in held
    if word == "member":
        return bool(held) and lets_in(next(iter(held)), persona, at, held)
    there = not persona.region or persona.region == at
    if persona.role and held_in(persona.role) in BELOW:
        return False
    return bool(persona.role) and there and word in held


def could(persona: Persona, held: frozenset[str], *words: str) -> bool:
    """Whether the persona would be let in if it were for the role alone. Who works in
    another region is asked only that: without the power it is refused twice over.
    """
    return persona.region != THERE or not held.isdisjoint(words) or "member" in words


def expected(
    words: tuple[str, ...], persona: Persona, held: frozenset[str]
) -> set[str]:
    """The answers that the declared audience allows."""
    if words == ("nobody",):
        return {"not offered", "kept out", "not found"}
    if words in {("secret",), ("own",)}:
        return {"not offered", "kept out", "not found", "refused"}
    if any(lets_in(word, persona, HERE, held) for word in words):
        return {"let in", "refused"}
    return {"kept out", "not found"}


def wrong(
    client: Client,
    name: str,
    audience: Audience,
    persona: Persona,
    held: frozenset[str],
) -> Iterator[str]:
    """Where an address answers otherwise than its audience says."""
    own = address(name, audience, code=HERE, ids_of=HERE)
    if own is None:
        yield f"{name}: no object to try it with (tests/walls/objects.py)"
        return
    # the same objects, asked for under another region's address
    crossed = address(name, audience, code=THERE, ids_of=HERE)
    for method, words in (("GET", audience.read), ("POST", audience.send)):
        if words == ("nobody",) and not persona.speaks_for_all:
            continue  # what is offered to nobody asks for no role
        got = answer(client, method, own)
        if got not in expected(words, persona, held):
            yield f"{method} {own} ({name}, {', '.join(words)}): {got}"
        if crossed in {own, None} or not audience.of_a_region:
            continue
        got = answer(client, method, str(crossed))
        if got not in {"kept out", "not found", "not offered", "refused"}:
            yield f"{method} {crossed} ({name}, ids of {HERE}): {got}"


def ask_every_address(
    client_of: Client, persona: Persona, record_property: Callable[[str, object], None]
) -> None:
    held = powers(persona.role) if persona.role else frozenset()
    tried = {
        name: one
        for name, one in AUDIENCES.items()
        if persona.speaks_for_all
        or (not one.knows_no_role and could(persona, held, *one.read, *one.send))
    }
    record_property("walls", len(tried))
    told = [
        line
        for name, audience in tried.items()
        for line in wrong(client_of, name, audience, persona, held)
    ]
    assert not told, "\n".join(told)


OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in contract()["paths"].items()
    for method, operation in operations.items()
]


def call_every_operation(
    client_of: Client,
    persona: Persona,
    record_property: Callable[[str, object], None],
    settings: Any,
) -> None:
    """With a token that claims every scope: what the person may not, it may not."""
    settings.API_REQUESTS = 10_000
    held = powers(persona.role) if persona.role else frozenset[str]()
    bearer = objects.token_of(client_of, region=persona.region or HERE)
    tried = [
        one
        for one in OPERATIONS
        if persona.speaks_for_all
        or ("x-scope" in one[2] and could(persona, held, str(one[2]["x-scope"])))
    ]
    record_property("calls", len(tried))
    told = []
    for method, path, operation in tried:
        word = str(operation.get("x-scope") or "everyone")
        if not operation["security"].count({}) and "x-scope" not in operation:
            word = "signed_in"
        ids = objects.api_ids(path, HERE)
        to = "/api/v1" + path.format(**ids)
        if operation["operationId"] == "replay_webhook":
            to += "?from=1"
        right = right_bodies(body=ids["body_id"], decision=ids["decision_id"])
        body = json.dumps(right.get(operation["operationId"], {}))
        got = answer(client_of, method, to, data=body, **bearer)
        if got not in expected((word,), persona, held):
            told.append(f"{method} {to} ({operation['operationId']}, {word}): {got}")
    assert not told, "\n".join(told)
