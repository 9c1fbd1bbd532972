"""The contract: every operation, and the OpenAPI 3.1 document that tells of them.

Imported by the first request to the interface, since django-ninja and pydantic cost a
third of a second.
"""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, NoReturn

from django.conf import settings
from django.http import HttpRequest
from django.urls import URLResolver
from django.urls.resolvers import RegexPattern
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from habaring import __version__
from habaring.api import (
    bodies,
    hooks,
    measures,
    places,
    plans,
    practices,
    problems,
    votes,
    writing,
)
from habaring.api.routing import router

BASE = "/api/v1"
READING = (401, 404, 405, 406, 413, 422, 429, 500)
WRITING = (400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429, 500)
TAGS: Mapping[str, str] = {
    "regions": "The official register, departments and budgets.",
    "assessment": "Indicators, values with their revisions, targets, indices.",
    "portfolio": "Adopted plans with their reasons; candidates and scenarios.",
    "participation": "Calls, public proposals, votes, results with their ballots.",
    "exchange": "Practices of all regions, their adoptions, regions alike.",
    "council": "Bodies and their decisions.",
    "events": "What happened, to poll or to be told of.",
    "token": "The token itself.",
}


class Read(Parser):
    """The door has read the body already; what it is not is told by the validator."""

    def parse_body(self, request: HttpRequest) -> Any:
        return getattr(request, "json", None)


def _raise(request: HttpRequest, error: Any) -> NoReturn:
    raise error  # the door tells it as a problem


def _wrong(request: HttpRequest, error: Any) -> NoReturn:
    raise problems.of_validation(error.errors)


def _other(request: HttpRequest, error: Any) -> Any:
    return problems.problem(error.status_code)


@cache
def api() -> NinjaAPI:
    """The one interface, with every operation in it."""
    made = NinjaAPI(
        title="Habaring",
        version="1",
        description=(
            "Public numbers with their sources, and for those who run a programme "
            "what the work room does."
        ),
        urls_namespace="api-v1",
        docs_url=None,
        openapi_url=None,
        parser=Read(),
        servers=[{"url": BASE}],
    )
    for module in (
        places,
        measures,
        plans,
        practices,
        bodies,
        votes,
        hooks,
        writing,
    ):
        assert module.router is router  # noqa: S101 - each has put its operations there
    made.add_router("", router)
    made.add_exception_handler(Exception, _raise)
    made.add_exception_handler(ValidationError, _wrong)
    made.add_exception_handler(HttpError, _other)
    return made


@cache
def resolver() -> URLResolver:
    """What finds the operation of a whole address."""
    return URLResolver(RegexPattern(rf"^{BASE}/"), api().urls[0])


@cache
def schema() -> dict[str, Any]:
    """The OpenAPI 3.1 document: every operation, every answer, every header."""
    made: dict[str, Any] = dict(api().get_openapi_schema(path_prefix=""))
    made["info"] = {
        "title": "Habaring",
        "version": __version__,
        "summary": "A region's smart-city programme, from an idea to its result.",
        "description": made["info"]["description"],
        "license": {"name": settings.DATA_LICENCE, "identifier": settings.DATA_LICENCE},
    }
    made["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    parts = made["components"]
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    parts["schemas"]["Problem"] = _PROBLEM
    parts["headers"] = _HEADERS
    parts["responses"] = {f"Problem{code}": _response(code) for code in WRITING}
    for path in made["paths"].values():
        for method, operation in path.items():
            _complete(operation, method)
    return made


_PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "description": "What was refused, why, and what to do next (RFC 9457).",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "next": {"type": "string"},
        "count": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string"},
                    "pointer": {"type": "string"},
                    "parameter": {"type": "string"},
                },
            },
        },
    },
}
_HEADERS: Mapping[str, Any] = {
    "RateLimit": {"description": "Calls left.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "Calls allowed.", "schema": {"type": "string"}},
    "ETag": {"description": "For If-None-Match.", "schema": {"type": "string"}},
    "Link": {"description": "The pages beside it.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds.", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "Bearer.", "schema": {"type": "string"}},
}
_OF_PROBLEMS = {401: ("WWW-Authenticate",), 429: ("Retry-After", "RateLimit")}


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _response(code: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": HTTPStatus(code).phrase,
        "content": {
            problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    if code in _OF_PROBLEMS:
        told["headers"] = _headers(*_OF_PROBLEMS[code])
    return told


def _complete(operation: dict[str, Any], method: str) -> None:
    """Every problem that an operation can answer, and the headers of its success."""
    open_ = {} in operation.get("security", [])
    codes = READING if method == "get" else WRITING
    codes = codes if open_ or 403 in codes else (*codes, 403)
    good = operation["responses"][200]
    good["description"] = "OK"
    good["headers"] = _headers("RateLimit", "RateLimit-Policy")
    if method == "get":
        good["headers"] |= _headers("ETag")
        operation["responses"][304] = {"description": HTTPStatus(304).phrase}
    for code in sorted(codes):
        operation["responses"][code] = {"$ref": f"#/components/responses/Problem{code}"}
    operation["responses"] = {str(k): v for k, v in operation["responses"].items()}
