"""Problems everywhere, bounded paging, tags, languages, other origins."""

import json
from typing import Any

import pytest
from django.test import Client

from habaring.regions.models import Region
from tests import makers as people
from tests.assessment import makers as assessment

API = "/api/v1"


def is_problem(response: Any, status: int) -> bool:
    told = response.json()
    return (
        response.status_code == status
        and response.headers["Content-Type"] == "application/problem+json"
        and told["status"] == status
        and bool(told["title"])
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v2/regions",
        f"{API}/none",
        f"{API}/a%0Ab",
        "/api/%0A",
    ],
)
def test_an_unknown_address_is_a_problem(client: Client, path: str) -> None:
    assert is_problem(client.get(path), 404)


@pytest.mark.django_db
def test_an_unknown_region_is_a_problem(client: Client) -> None:
    assert is_problem(client.get(f"{API}/regions/99.99"), 404)


@pytest.mark.django_db
def test_another_method_is_a_problem_that_names_the_right_ones(client: Client) -> None:
    response = client.delete(f"{API}/regions")
    assert is_problem(response, 405)
    assert response.headers["Allow"] == "GET"


@pytest.mark.django_db
def test_another_media_type_is_a_problem(client: Client, caller: Client) -> None:
    assert is_problem(client.get(f"{API}/regions", HTTP_ACCEPT="text/html"), 406)
    path = f"{API}/regions/62.02/observations"
    assert is_problem(caller.post(path, "a=b", content_type="text/plain"), 415)
    assert is_problem(caller.post(path, {"rows": "x"}), 415)  # a form of a page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=101", "limit"),
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=" + "9" * 400, "limit"),
        ("limit=banyak", "limit"),
        ("limit=NaN", "limit"),
        ("offset=-1", "offset"),
        ("offset=" + "9" * 5000, "offset"),
        ("offset=1e99", "offset"),
    ],
)
def test_paging_is_bounded(client: Client, query: str, name: str) -> None:
    response = client.get(f"{API}/regions?{query}")
    assert is_problem(response, 422)
    assert response.json()["errors"][0]["parameter"] == name


@pytest.mark.django_db
def test_pages_follow_each_other_in_a_stable_order(
    client: Client, kotim: Region
) -> None:
    for number in range(1, 8):
        people.region(f"62.02.{number:02}", kind="kecamatan")
    seen: list[str] = []
    address = f"{API}/regions/62.02/parts?limit=3"
    while address:
        response = client.get(address)
        told = response.json()
        assert told["total"] == 7
        seen += [row["code"] for row in told["items"]]
        address = told["next"] or ""
        assert (f'<{address}>; rel="next"' in response.headers["Link"]) or not address
    assert seen == [f"62.02.{number:02}" for number in range(1, 8)]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["q=%00", "q=%ff", "q=a%00b&limit=1"])
def test_bytes_that_are_no_text_are_refused(client: Client, query: str) -> None:
    assert is_problem(client.get(f"{API}/regions?{query}"), 422)


@pytest.mark.django_db
def test_a_null_byte_in_the_path_is_nothing(client: Client) -> None:
    assert is_problem(client.get(f"{API}/indicators/K%0001"), 404)


BAD_BODIES = [
    b"{",
    b"\xff\xfe",
    b'{"rows": [{"year": NaN}]}',
    b'{"rows": [{"note": "\\ud800"}]}',
    b'{"rows": [{"note": "\\u0000"}]}',
    b"[" * 100_000,
    b'{"rows": ' + b"9" * 5000 + b"}",
    b"\xef\xbb\xbf{}",
]


@pytest.mark.django_db
@pytest.mark.parametrize("body", BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_a_body_that_is_no_json_is_refused(caller: Client, body: bytes) -> None:
    path = f"{API}/regions/62.02/observations"
    response = caller.post(path, body, content_type="application/json")
    assert is_problem(response, 400)


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["", "null", "[]", '"x"', "1", '{"rows": []}', "{}"])
def test_a_body_of_another_shape_is_refused(caller: Client, body: str) -> None:
    path = f"{API}/regions/62.02/observations"
    response = caller.post(path, body, content_type="application/json")
    assert is_problem(response, 422)


@pytest.mark.django_db
def test_a_body_that_is_too_large_is_refused(caller: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    path = f"{API}/regions/62.02/observations"
    response = caller.post(path, " " * 1001, content_type="application/json")
    assert is_problem(response, 413)


@pytest.mark.django_db
def test_a_fault_is_a_problem_that_tells_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("habaring.api.places.region_of", broken)
    response = client.get(f"{API}/regions/62.02")
    assert is_problem(response, 500)
    assert "secret" not in response.content.decode()
    assert "secret detail" in caplog.text


@pytest.mark.django_db
def test_the_language_is_indonesian_unless_english_is_asked_for(
    client: Client,
) -> None:
    path = f"{API}/regions/99"
    plain = client.get(path)
    assert plain.headers["Content-Language"] == "id"
    english = client.get(path, HTTP_ACCEPT_LANGUAGE="fr, en-GB;q=0.8, id;q=0.5")
    assert english.headers["Content-Language"] == "en"
    assert english.json()["title"] != plain.json()["title"]


@pytest.mark.django_db
def test_a_tag_spares_the_body_until_something_is_recorded(
    client: Client, kotim: Region
) -> None:
    assessment.framework()
    path = f"{API}/regions/62.02/observations"
    first = client.get(path)
    tag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "public, no-cache"
    same = client.get(path, HTTP_IF_NONE_MATCH=tag)
    assert (same.status_code, same.content) == (304, b"")
    assessment.record(kotim, assessment.row())
    changed = client.get(path, HTTP_IF_NONE_MATCH=tag)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag
    assert changed.json()["items"][0]["value"] == "72.66"


@pytest.mark.django_db
def test_other_origins_may_read_what_is_public_and_nothing_else(
    client: Client, caller: Client, kotim: Region
) -> None:
    origin: dict[str, Any] = {"HTTP_ORIGIN": "https://lain.example"}
    read = client.get(f"{API}/regions/62.02", **origin)
    assert read.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in read.headers
    drafts = caller.get(f"{API}/regions/62.02/candidates", **origin)
    assert drafts.status_code == 200
    assert "Access-Control-Allow-Origin" not in drafts.headers
    written = caller.post(f"{API}/regions/62.02/observations", **origin)
    assert "Access-Control-Allow-Origin" not in written.headers
    asked = client.options(f"{API}/regions/62.02/observations", **origin)
    assert asked.status_code == 204
    assert "POST" not in asked.headers["Access-Control-Allow-Methods"]
    assert "authorization" not in asked.headers["Access-Control-Allow-Headers"].lower()


@pytest.mark.django_db
def test_public_rows_tell_their_licence_and_moment(
    client: Client, caller: Client, kotim: Region
) -> None:
    told = client.get(f"{API}/regions/62.02/observations").json()
    assert told["licence"] == "CC-BY-4.0"
    assert told["as_of"]
    drafts = caller.get(f"{API}/regions/62.02/candidates").json()
    assert drafts["licence"] is None


@pytest.mark.django_db
def test_a_head_request_has_no_body(client: Client) -> None:
    response = client.head(f"{API}/regions")
    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.django_db
def test_calls_are_counted_and_too_many_refused(client: Client, settings: Any) -> None:
    settings.API_REQUESTS = 12  # a quarter of it without a token
    left = [client.get(f"{API}/regions").headers["RateLimit"] for _n in range(3)]
    assert left == [f'"minute";r={n}' for n in (2, 1, 0)]
    response = client.get(f"{API}/regions")
    assert is_problem(response, 429)
    assert int(response.headers["Retry-After"]) <= 60
    assert response.headers["RateLimit"].startswith('"minute";r=0;t=')


@pytest.mark.django_db
def test_the_document_is_openapi_and_tells_every_answer(client: Client) -> None:
    told = json.loads(client.get(f"{API}/openapi.json").content)
    assert told["openapi"].startswith("3.1")
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["operationId"], where
            assert operation["tags"], where
            assert operation["description"], where
            assert {"401", "404", "422", "429", "500"} <= set(operation["responses"])
