"""Writes: the same checks as the pages, all rows or none, and once for one key."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from habaring.api.models import KeptAnswer
from habaring.assessment.models import Observation, Target
from habaring.council.models import Decision
from habaring.people.models import Account
from habaring.portfolio.models import Candidate, Plan
from habaring.regions.models import Region
from tests.api import makers
from tests.assessment import makers as assessment
from tests.portfolio import makers as choosing

PLACE = "/api/v1/regions/62.02"
ROW = {"indicator": "K01", "year": 2024, "value": "72.66", "source": "BPS 2025"}
OPD = {
    "code": "X-1",
    "name": "Layanan satu pintu",
    "dimension": "GOV",
    "earliest_year": 2027,
    "latest_year": 2028,
    "costs": [{"year": 1, "source": "PAD", "amount": 5_000_000_000}],
}


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    assessment.framework()


def send(client: Client, path: str, body: object, **more: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post(path, text, content_type="application/json", **more)


def test_values_are_recorded_and_read_back_exactly(caller: Client) -> None:
    rows = [{**ROW, "year": 2023, "value": 72.21}, {**ROW, "value": "72.6600001e0"[:5]}]
    told = send(caller, f"{PLACE}/observations", {"rows": rows})
    assert told.status_code == 200, told.content
    assert told.json()["new"] == 2
    items = Client().get(f"{PLACE}/observations").json()["items"]
    assert [(row["year"], row["value"]) for row in items] == [
        (2023, "72.21"),
        (2024, "72.66"),
    ]
    assert items[0]["source"] == "BPS 2025"


def test_a_correction_is_a_new_revision(caller: Client) -> None:
    for value in ("72.66", "72.7", "72.7"):
        send(caller, f"{PLACE}/observations", {"rows": [{**ROW, "value": value}]})
    every = Client().get(f"{PLACE}/observations?revisions=all").json()["items"]
    assert [(row["revision"], row["value"]) for row in every] == [
        (2, "72.7"),
        (1, "72.66"),
    ]


def test_a_bad_batch_is_refused_whole_with_every_problem_by_its_place(
    caller: Client,
) -> None:
    rows = [
        ROW,
        {**ROW, "indicator": "XX"},
        {**ROW, "year": 2023, "value": 101},
        {**ROW, "year": 2022, "source": ""},
        {**ROW, "year": 2021, "region": "62.01"},
    ]
    for language in ("id", "en"):
        response = send(
            caller,
            f"{PLACE}/observations",
            {"rows": rows},
            HTTP_ACCEPT_LANGUAGE=language,
        )
        assert response.status_code == 422
        told = response.json()
        assert {one["pointer"] for one in told["errors"]} == {
            "/rows/1/indicator",
            "/rows/2/value",
            "/rows/3/source",
            "/rows/4/region",
        }
        assert told["count"] == 4
    assert not Observation.objects.exists()


def test_the_shape_of_each_row_is_told_by_its_place(caller: Client) -> None:
    rows = [{**ROW, "year": "dua ribu"}, {**ROW, "value": "x"}, {**ROW, "lain": 1}]
    told = send(caller, f"{PLACE}/observations", {"rows": rows}).json()
    assert {one["pointer"] for one in told["errors"]} == {
        "/rows/0/year",
        "/rows/1/value",
        "/rows/2/lain",
    }


def test_more_than_ten_thousand_rows_are_refused(caller: Client) -> None:
    rows = [{"indicator": "K", "year": 2000}] * 10_001
    told = send(caller, f"{PLACE}/observations", {"rows": rows})
    assert told.status_code == 422
    assert told.json()["errors"][0]["pointer"] == "/rows"


def test_targets_are_set_and_withdrawn(caller: Client) -> None:
    rows = [{**ROW, "year": 2029}]
    assert send(caller, f"{PLACE}/targets", {"rows": rows}).json()["changed"] == 1
    target = Target.objects.get()
    path = f"{PLACE}/targets/{target.pk}/withdrawal"
    assert send(caller, path, {"reason": "RPJMD diubah"}).json() == {"done": True}
    assert not Target.objects.exists()
    assert send(caller, path, {"reason": "lagi"}).status_code == 404


def test_candidates_are_recorded_and_withdrawn(caller: Client) -> None:
    told = send(caller, f"{PLACE}/candidates", {"rows": [OPD]})
    assert told.json()["new"] == ["X-1"], told.content
    (row,) = caller.get(f"{PLACE}/candidates").json()["items"]
    assert row["total_cost"] == 5_000_000_000
    bad = {**OPD, "dimension": "ZZZ", "latest_year": 2026, "requires": ["Y"]}
    refused = send(caller, f"{PLACE}/candidates", {"rows": [OPD, bad]})
    assert refused.status_code == 422
    places = {one["pointer"] for one in refused.json()["errors"]}
    assert "/rows/1/dimension" in places
    assert "/rows/1/requires" in places
    path = f"{PLACE}/candidates/X-1/withdrawal"
    assert send(caller, path, {"reason": ""}).status_code == 422
    assert send(caller, path, {"reason": "Ditunda"}).status_code == 200
    assert not Candidate.objects.current().exists()


def test_a_decision_adopts_a_scenario(
    caller: Client, kotim: Region, today: datetime
) -> None:
    choosing.department(kotim)
    scenario = choosing.done(kotim, today - timedelta(minutes=2))
    body = send(caller, f"{PLACE}/bodies", {"name": "Dewan Smart City"}).json()
    ruling = {
        "body": body["id"],
        "number": "1/2026",
        "decided_on": "2026-11-02",
        "title": "Rencana",
        "reason": "Terbaik.",
    }
    decision = send(caller, f"{PLACE}/decisions", ruling)
    assert decision.status_code == 200, decision.content
    again = send(caller, f"{PLACE}/decisions", ruling)
    assert again.status_code == 422
    path = f"/api/v1/scenarios/{scenario.pk}/adoption"
    plan = send(caller, path, {"decision": decision.json()["id"]}).json()
    assert plan["in_force"]
    public = Client()
    assert public.get(f"{PLACE}/plans").json()["items"][0]["id"] == plan["id"]
    items = public.get(f"/api/v1/plans/{plan['id']}/items").json()["items"]
    assert items
    assert all(item["reason"] for item in items)
    assert sum(item["total"] for item in items) == plan["total"]
    weighed = public.get(f"/api/v1/plans/{plan['id']}/candidates").json()
    assert weighed["total"] == 3
    shown = public.get(f"/api/v1/decisions/{decision.json()['id']}").json()
    assert shown["plan"] == plan["id"]
    assert Plan.objects.count() == 1


def test_drafts_are_not_public(client: Client, caller: Client) -> None:
    send(caller, f"{PLACE}/candidates", {"rows": [OPD]})
    assert client.get(f"{PLACE}/candidates").status_code == 401
    assert client.get(f"{PLACE}/scenarios").status_code == 401
    assert client.get(f"{PLACE}/events").status_code == 401


# Once for one key


def test_a_write_with_a_key_is_done_once(caller: Client) -> None:
    body = {"rows": [ROW]}
    key = {"HTTP_IDEMPOTENCY_KEY": "malam-1"}
    first = send(caller, f"{PLACE}/observations", body, **key)
    again = send(caller, f"{PLACE}/observations", body, **key)
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Observation.objects.count() == 1


def test_a_key_with_another_body_is_a_conflict(caller: Client) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "malam-1"}
    send(caller, f"{PLACE}/observations", {"rows": [ROW]}, **key)
    other = send(
        caller, f"{PLACE}/observations", {"rows": [{**ROW, "value": 1}]}, **key
    )
    assert other.status_code == 409
    elsewhere = send(caller, f"{PLACE}/targets", {"rows": [ROW]}, **key)
    assert elsewhere.status_code == 409


def test_a_refused_write_leaves_its_key_free(caller: Client) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "malam-2"}
    bad = {"rows": [{**ROW, "indicator": "XX"}]}
    assert send(caller, f"{PLACE}/observations", bad, **key).status_code == 422
    good = send(caller, f"{PLACE}/observations", {"rows": [ROW]}, **key)
    assert good.status_code == 200


def test_keys_of_two_tokens_do_not_meet(
    caller: Client, kotim: Region, mighty: Account, today: datetime
) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "malam-3"}
    send(caller, f"{PLACE}/observations", {"rows": [ROW]}, **key)
    other = Client(**makers.bearer(makers.token(mighty, kotim, today)))
    body = {"rows": [{**ROW, "year": 2023}]}
    assert send(other, f"{PLACE}/observations", body, **key).json()["new"] == 1


def test_a_kept_answer_ends_after_a_week(caller: Client) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "malam-4"}
    send(caller, f"{PLACE}/observations", {"rows": [ROW]}, **key)
    KeptAnswer.objects.update(kept_at=datetime.now(UTC) - timedelta(days=8))
    other = {"rows": [{**ROW, "year": 2023}]}
    assert send(caller, f"{PLACE}/observations", other, **key).status_code == 200
    assert KeptAnswer.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x" * 101, "spasi di sini"])
def test_a_key_that_is_none_is_refused(caller: Client, key: str) -> None:
    response = send(
        caller, f"{PLACE}/observations", {"rows": [ROW]}, HTTP_IDEMPOTENCY_KEY=key
    )
    assert response.status_code == 422
    assert not Observation.objects.exists()


def test_nothing_is_written_that_the_audit_does_not_tell(caller: Client) -> None:
    body = {
        "body": 999,
        "number": "1",
        "decided_on": "2026-11-02",
        "title": "x",
        "reason": "y",
    }
    assert send(caller, f"{PLACE}/decisions", body).status_code == 404
    assert not Decision.objects.exists()
