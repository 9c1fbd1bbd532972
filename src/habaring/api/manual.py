"""The contract turned into a page: groups of operations, each with a command to try."""

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from habaring.api.contract import TAGS, schema
from habaring.api.problems import TITLES
from habaring.people.access import Power
from habaring.people.powers import sentence
from habaring.shared.refusal import Words


@dataclass(frozen=True)
class Field:
    """A parameter or a field of a body or an answer."""

    name: str
    kind: str
    required: bool
    words: str = ""


@dataclass(frozen=True)
class Operation:
    """One operation, as the page tells it."""

    id: str
    method: str
    path: str
    summary: str
    words: str
    scope: Words
    public: bool
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    answer: tuple[Field, ...]
    problems: tuple[str, ...]
    command: str


@dataclass(frozen=True)
class Group:
    """The operations about one thing."""

    name: str
    words: str
    operations: tuple[Operation, ...]


def groups(base: str) -> list[Group]:
    """Every operation, in groups; `base` is the address that the commands call."""
    return [
        Group(name, words, tuple(_operations(name, base)))
        for name, words in TAGS.items()
    ]


def problems() -> list[tuple[int, str, Words]]:
    """Each kind of problem: its status, name and meaning."""
    return [(code, HTTPStatus(code).phrase, words) for code, words in TITLES.items()]


def _operations(tag: str, base: str) -> Iterable[Operation]:
    for path, methods in schema()["paths"].items():
        for method, told in methods.items():
            if tag in told["tags"]:
                yield _operation(path, method, told, base)


def _operation(path: str, method: str, told: Mapping[str, Any], base: str) -> Operation:
    public = {} in told["security"]
    scope = told.get("x-scope")
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    good = told["responses"]["200"]["content"]["application/json"]["schema"]
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        words=" ".join(told["description"].split()),
        scope=sentence(Power(scope)) if scope else "",
        public=public,
        parameters=tuple(_parameters(told["parameters"])),
        body=tuple(_fields(body.get("schema", {}))),
        answer=tuple(_fields(good)),
        problems=tuple(code for code in told["responses"] if code >= "400"),
        command=_command(path, method, told, base),
    )


def _parameters(told: Iterable[Mapping[str, Any]]) -> Iterable[Field]:
    for one in told:
        words = str(one.get("description", ""))
        yield Field(one["name"], _kind(one["schema"]), one["required"], words)


def _fields(told: Mapping[str, Any]) -> Iterable[Field]:
    found = _resolved(told)
    required = set(found.get("required", []))
    for name, one in found.get("properties", {}).items():
        words = str(one.get("description", ""))
        yield Field(name, _kind(one), name in required, words)
        inner = _inner(one)
        for below in _fields(inner) if inner else ():
            yield Field(
                f"{name}[].{below.name}", below.kind, below.required, below.words
            )


def _inner(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a list holds, where it holds things with fields."""
    items = told.get("items", {})
    return items if "$ref" in items else None


def _resolved(told: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in told:
        return told
    name = str(told["$ref"]).rpartition("/")[2]
    found: Mapping[str, Any] = schema()["components"]["schemas"][name]
    return found


def _kind(told: Mapping[str, Any]) -> str:
    if "enum" in told:
        return " | ".join(str(word) for word in told["enum"] if word != "")
    if "const" in told:
        return json.dumps(told["const"])
    if "anyOf" in told:
        return " | ".join(dict.fromkeys(_kind(one) for one in told["anyOf"]))
    if "$ref" in told:
        return "object"
    kind = str(told.get("type", "object"))
    if kind == "array":
        return f"{_kind(told.get('items', {}))}[]"
    return str(told.get("format", kind))


_FILLED: Mapping[str, str] = {
    "code": "62.02",
    "year": "2024",
    "candidate": "KTM-01",
}
_BODIES: Mapping[str, Any] = {
    "record_observations": {
        "rows": [{"indicator": "K05", "year": 2024, "value": "6.12", "source": "BPS"}]
    },
    "set_targets": {
        "rows": [{"indicator": "K05", "year": 2029, "value": "5", "source": "RPJMD"}]
    },
    "record_candidates": {
        "rows": [
            {
                "code": "KTM-01",
                "name": "…",
                "dimension": "GOV",
                "earliest_year": 2027,
                "latest_year": 2029,
                "costs": [{"year": 1, "source": "PAD", "amount": 1_000_000_000}],
            }
        ]
    },
    "record_body": {"name": "Dewan Smart City"},
    "record_decision": {
        "body": 1,
        "number": "1/2026",
        "decided_on": "2026-11-02",
        "title": "…",
        "reason": "…",
    },
    "adopt_plan": {"decision": 1},
    "withdraw_target": {"reason": "…"},
    "withdraw_candidate": {"reason": "…"},
    "open_webhook": {"address": "https://example.org/habaring", "events": []},
}


@cache
def _path(path: str, name: str) -> str:
    filled = path
    if name == "read_indicator":
        filled = filled.replace("{code}", "K05")
    if name == "read_framework":
        filled = filled.replace("{code}", "kominfo-2022")
    for key, value in _FILLED.items():
        filled = filled.replace("{" + key + "}", value)
    while "{" in filled:
        before, _brace, rest = filled.partition("{")
        filled = before + "1" + rest.partition("}")[2]
    return filled


def _command(path: str, method: str, told: Mapping[str, Any], base: str) -> str:
    name = told["operationId"]
    query = "?from=1" if name == "replay_webhook" else ""
    lines = [f"curl {shlex.quote(base + _path(path, name) + query)}"]
    if method != "get":
        lines[0] = f"curl -X {method.upper()} {lines[0].removeprefix('curl ')}"
    if {} not in told["security"]:
        lines.append('-H "Authorization: Bearer $HABARING_TOKEN"')
    if name in _BODIES:
        if name != "open_webhook":
            lines.append('-H "Idempotency-Key: $(uuidgen)"')
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d {shlex.quote(json.dumps(_BODIES[name], ensure_ascii=False))}")
    return " \\\n  ".join(lines)
