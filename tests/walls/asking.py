"""Asking every address and every call of the API, and what is wrong with the answers.

The tests that use it import its fixtures by name; it stands apart so that two files of
tests can share the people between them.
"""

import contextlib
import copy
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.template.backends.django import Template
from django.test import Client
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker

from habaring.api.contract import schema as contract
from habaring.shared.walls import APP_ROLE
from tests.api.makers import right_bodies
from tests.walls import objects
from tests.walls.addresses import Audience, address, declared, find, forget
from tests.walls.sharing import asked, crosses, welcome
from tests.walls.town import HERE, THERE, Persona, founded

FORM = "application/x-www-form-urlencoded"
DOORS = ("/masuk/?", "/masuk/kode/?")  # of officers, and of citizens; with the way back
AUDIENCES = declared()


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
    response = ask(client, method, path, **headers)
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


def ask(client: Client, method: str, path: str, **headers: Any) -> Any:
    """The response to the app role; what it wrote is undone."""
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
    return response


@contextlib.contextmanager
def unpainted(persona: Persona) -> Iterator[None]:
    """Who is let in shows before a page is painted: that is left out for most people,
    and is done for the public and one officer, who meet every page.
    """
    plain, log = Template.render, logging.getLogger("django.request")

    def render(page: Template, *words: Any, **more: Any) -> str:
        is_page = str(page.template.name).endswith(".html")
        return "" if is_page else plain(page, *words, **more)

    level = log.level
    log.setLevel(logging.ERROR)  # who is kept out is no news here
    with pytest.MonkeyPatch.context() as patch:
        if not persona.paints:
            patch.setattr(Template, "render", render)
        try:
            yield
        finally:
            log.setLevel(level)


def expected(words: tuple[str, ...], persona: Persona, at: str = HERE) -> set[str]:
    """The answers that the declared audience allows, at a region."""
    if words == ("nobody",):
        return {"not offered", "kept out", "not found"}
    if words in {("secret",), ("own",)}:
        return {"not offered", "kept out", "not found", "refused"}
    if welcome(words, persona, at):
        return {"let in", "refused"}
    return {"kept out", "not found"}


def wrong(
    client: Client, name: str, persona: Persona, methods: tuple[str, ...]
) -> Iterator[str]:
    """Where an address answers otherwise than its audience says."""
    audience = AUDIENCES[name]
    own = address(name, audience, code=HERE, ids_of=HERE)
    if own is None:
        yield f"{name}: no object to try it with (tests/walls/objects.py)"
        return
    # the same objects, asked for under another region's address
    crossed = address(name, audience, code=THERE, ids_of=HERE)
    apart = audience.of_a_region and crossed not in {own, None}
    for method in methods:
        words = audience.read if method == "GET" else audience.send
        got = answer(client, method, own)
        if got not in expected(words, persona):
            yield f"{method} {own} ({name}, {', '.join(words)}): {got}"
        if not apart or not crosses(persona, words):
            continue
        allowed = {"kept out", "not found", "not offered", "refused"}
        if audience.natural:  # the same key there is their own thing
            allowed = expected(words, persona, THERE)
        got = answer(client, method, str(crossed))
        if got not in allowed:
            yield f"{method} {crossed} ({name}, ids of {HERE}): {got}"


def ask_every_address(
    client_of: Client, persona: Persona, record_property: Callable[[str, object], None]
) -> None:
    tried = asked(persona, AUDIENCES)
    record_property("walls", len(tried))
    with unpainted(persona):
        told = [
            line
            for name, methods in tried.items()
            for line in wrong(client_of, name, persona, methods)
        ]
    assert not told, "\n".join(told)


OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in contract()["paths"].items()
    for method, operation in operations.items()
]


def of_a_call(operation: dict[str, Any]) -> Audience:
    """Who may make a call, as the contract of the API says."""
    word = str(operation.get("x-scope") or "everyone")
    if not operation["security"].count({}) and "x-scope" not in operation:
        word = "signed_in"
    return Audience((word,), (word,), {})


def _could(persona: Persona, scope: str) -> bool:
    """Who works elsewhere without the power is refused twice over."""
    return persona.region != THERE or scope in persona.held


def call_every_operation(
    client_of: Client,
    persona: Persona,
    record_property: Callable[[str, object], None],
    settings: Any,
) -> None:
    """With a token that claims every scope: what the person may not, it may not."""
    settings.API_REQUESTS = 10_000
    bearer = objects.token_of(client_of, region=persona.region or HERE)
    tried = [
        one
        for one in OPERATIONS
        if persona.speaks_for_all
        or ("x-scope" in one[2] and _could(persona, str(one[2]["x-scope"])))
    ]
    record_property("calls", len(tried))
    told = []
    for method, path, operation in tried:
        words = of_a_call(operation).read
        ids = objects.api_ids(path, HERE)
        to = "/api/v1" + path.format(**ids)
        if operation["operationId"] == "replay_webhook":
            to += "?from=1"
        right = right_bodies(body=ids["body_id"], decision=ids["decision_id"])
        body = json.dumps(right.get(operation["operationId"], {}))
        got = answer(client_of, method, to, data=body, **bearer)
        if got not in expected(words, persona):
            told.append(f"{method} {to} ({operation['operationId']}, {words}): {got}")
    assert not told, "\n".join(told)
