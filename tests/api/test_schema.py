"""schemathesis: no operation breaks, and none answers what the contract does not tell.

Every operation is called at least 50 times in the way it is meant to be (public ones
without a token, others with one that may do everything) and 15 times in the other, with
good and bad requests; ids that exist are mixed in, so that each operation also succeeds,
which is asserted.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from habaring.api.actions import SCOPES
from habaring.api.contract import schema as contract
from tests.api import makers

pytestmark = pytest.mark.django_db
EXAMPLES = 50
FEW = 15  # the other way: refused without a token, or public with one all the same
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = sorted(
    operation["operationId"]
    for path in contract()["paths"].values()
    for operation in path.values()
)
API = "/api/v1"


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Any]:
    """One region with something at every address; taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        at = datetime.now(UTC) - timedelta(minutes=1)
        found = makers.town(at)
        region = found["region"]
        person = makers.mighty("Budi", region)
        found["token"] = makers.token(person, region, at).secret
        found["webhook"] = makers.webhook(person, region, at)
        found["target"] = makers.target(region, at)
        yield found
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def api(town: Any) -> Any:
    """The contract as schemathesis reads it, over the real WSGI application."""
    before = django_settings.API_REQUESTS
    django_settings.API_REQUESTS = 10_000_000
    # each request would close the connection that holds the town's transaction
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi(f"{API}/openapi.json", get_wsgi_application())
    django_settings.API_REQUESTS = before
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def good(town: Any) -> dict[str, Any]:
    """For each address its ids that exist, and for each write a body that is right."""
    numbers = {
        "code": "62.02",
        "edition": town["edition"].pk,
        "plan_id": town["plan"].pk,
        "body_id": town["body"].pk,
        "vote_id": town["vote"].pk,
        "practice_id": town["practice"].pk,
        "decision_id": town["decision"].pk,
        "webhook_id": town["webhook"].pk,
        "scenario": town["spare"].pk,
        "target": town["target"].pk,
        "candidate": "D",
        "year": 2024,
    }
    bodies = makers.right_bodies(body=town["body"].pk, decision=town["later"].pk)
    return {"ids": numbers, "bodies": bodies}


IDS = {"read_indicator": {"code": "K01"}, "read_framework": {"code": "kominfo-2022"}}


def settled(case: Any, town: Any) -> None:
    """Put what exists in the place of what was made up."""
    known = good(town)
    name = case.operation.definition.raw["operationId"]
    ids = known["ids"] | IDS.get(name, {})
    for key in case.path_parameters or {}:
        case.path_parameters[key] = ids[key]
    case.query = {"from": 1} if name == "replay_webhook" else {}
    if name in known["bodies"]:
        case.body = known["bodies"][name]
        case.media_type = "application/json"


def wanted(operation: Any) -> Any:
    """Good requests and bad ones; each third of them with ids that exist."""
    modes = [GenerationMode.POSITIVE]
    if operation.definition.raw.get("parameters") or operation.body:
        modes.append(GenerationMode.NEGATIVE)
    return st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])


@pytest.mark.parametrize("as_whom", ["public", "token"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_keeps_to_its_contract(
    api: Any, town: Any, name: str, as_whom: str
) -> None:
    operation = api.find_operation_by_id(name)
    headers = {"Accept-Encoding": "identity"}
    if as_whom == "token":
        headers["Authorization"] = f"Bearer {town['token']}"
    statuses: Counter[int] = Counter()
    public = {} in operation.definition.raw["security"]
    most = EXAMPLES if public == (as_whom == "public") else FEW

    @seed(20261121)
    @settings(
        max_examples=most,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=wanted(operation), kind=st.integers(0, 5))
    def run(case: Any, kind: int) -> None:
        if kind == 0:
            settled(case, town)
        elif kind == 1 and case.path_parameters:
            ids = good(town)["ids"] | IDS.get(name, {})
            case.path_parameters.update({k: ids[k] for k in case.path_parameters})
        statuses[called(case, headers)] += 1

    run()
    case = operation.Case()
    case.path_parameters = dict.fromkeys(names(operation))
    settled(case, town)
    statuses[called(case, headers)] += 1
    assert statuses.total() > most
    if public or as_whom == "token":
        assert statuses[200], statuses
    else:
        assert set(statuses) <= {400, 401, 404, 406, 413, 415, 422}, statuses


def names(operation: Any) -> list[str]:
    parameters = operation.definition.raw.get("parameters", [])
    return [one["name"] for one in parameters if one["in"] == "path"]


def called(case: Any, headers: dict[str, str]) -> int:
    """Call, check, and take back what it wrote."""
    with transaction.atomic():
        response = case.call(headers=headers)
        transaction.set_rollback(True)
    case.validate_response(response, checks=CHECKS)
    return int(response.status_code)


def test_tokens_carry_just_the_scopes_that_operations_need() -> None:
    needed = {
        operation["x-scope"]
        for path in contract()["paths"].values()
        for operation in path.values()
        if "x-scope" in operation
    }
    assert needed == {power.value for power in SCOPES}
