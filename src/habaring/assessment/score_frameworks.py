"""FRAMEWORK.toml: the settings of an index by name, its groups and its indicators.

[[groups]] and [[indicators]] carry what the engine's `Group` and `Indicator` have, and
may carry name, unit and source for people. [draws] has the choices that draws vary.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from habaring.engines.scoring import (
    ROOT,
    Choices,
    Framework,
    Group,
    Indicator,
    Problem,
    Refused,
)

TOP = "FRAMEWORK.toml"
_SETTINGS = ("normalisation", "aggregation", "weights", "min_coverage", "floor")
_TO_READ = {"name", "unit", "source"}  # for people; the engine does not use them
_IS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "number": (
        "a number",
        lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    ),
    "whole": ("a whole number", lambda v: type(v) is int),
    "words": (
        "a list of words",
        lambda v: isinstance(v, list) and all(isinstance(w, str) for w in v),
    ),
    "word": ("a word", lambda v: isinstance(v, str)),
}
_KINDS = {
    **dict.fromkeys(
        (
            "min_coverage",
            "floor",
            "weight",
            "goal_low",
            "goal_high",
            "weight_spread",
        ),
        "number",
    ),
    **dict.fromkeys(("imputations", "donors"), "whole"),
    **dict.fromkeys(("normalisations", "aggregations"), "words"),
}


def read_framework(text: str) -> Framework:
    """Read FRAMEWORK.toml; without a group that has no parent, INDEX is added."""
    data = _toml(text)
    problems = list(_unknown(data, {*_SETTINGS, "groups", "indicators", "draws"}, TOP))
    groups = _rows(data, "groups", Group, problems)
    indicators = _rows(data, "indicators", Indicator, problems)
    settings = {key: data[key] for key in _SETTINGS if key in data}
    problems += _wrong_kinds(settings, Framework, TOP)
    _refuse(problems)
    if not any(group.parent is None for group in groups):
        groups = (Group(ROOT, None), *groups)
    return Framework(indicators=indicators, groups=groups, **settings)


def read_choices(text: str) -> Choices | None:
    """The choices that draws vary, as [draws] of FRAMEWORK.toml has them."""
    data = _toml(text).get("draws")
    if data is None:
        return None
    known = {field.name for field in fields(Choices)}
    problems = list(_unknown(data, known, "draws"))
    problems += _wrong_kinds(data, Choices, "draws")
    _refuse(problems)
    given: Any = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    return Choices(**given)


def write_framework(
    framework: Framework,
    *,
    choices: Choices | None = None,
    names: Mapping[str, str] | None = None,
) -> str:
    """The framework as TOML; `names` adds the names of groups and indicators."""
    lines = [_pair(key, getattr(framework, key)) for key in _SETTINGS]
    blocks = ["\n".join(line for line in lines if line)]
    if choices is not None:
        blocks.append(_block("[draws]", choices, {}))
    blocks += [_block("[[groups]]", group, names or {}) for group in framework.groups]
    blocks += [
        _block("[[indicators]]", indicator, names or {})
        for indicator in framework.indicators
    ]
    return "\n\n".join(blocks) + "\n"


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Refused(tuple(problems))


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise Refused(
            (
                Problem(
                    "not_toml",
                    f"The framework is not TOML: {error}.",
                    {"error": str(error)},
                ),
            )
        ) from error


def _rows(
    data: dict[str, Any], key: str, kind: type[Any], problems: list[Problem]
) -> tuple[Any, ...]:
    """The entries of [[key]] as `kind`; what is wrong goes to `problems`."""
    entries = data.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        problems.append(
            Problem("not_a_list", f"{key} must be written [[{key}]].", {"key": key})
        )
        return ()
    needed = {"code"} if kind is Group else {"code", "parent", "direction"}
    known = {field.name for field in fields(kind)}
    out = []
    for place, entry in enumerate(entries, 1):
        where = f"{key} {entry.get('code', place)}"
        found = [*_unknown(entry, known | _TO_READ, where)]
        found += [
            Problem(
                "key_missing",
                f"{where}: {name} is missing.",
                {"place": where, "key": name},
            )
            for name in sorted(needed - set(entry))
        ]
        given = {name: value for name, value in entry.items() if name in known}
        found += _wrong_kinds(given, kind, where)
        if kind is Group:
            given.setdefault("parent", None)
        problems += found
        if not found:
            out.append(kind(**given))
    return tuple(out)


def _unknown(data: Mapping[str, Any], known: set[str], where: str) -> Iterator[Problem]:
    for key in data:
        if key not in known:
            yield Problem(
                "unknown_key",
                f"{where}: {key} is not known; known are {', '.join(sorted(known))}.",
                {"place": where, "key": key, "known": sorted(known)},
            )


def _wrong_kinds(
    given: Mapping[str, Any], kind: type[Any], where: str
) -> list[Problem]:
    problems = []
    for field in fields(kind):
        if field.name in given:
            words, right = _IS[_KINDS.get(field.name, "word")]
            if not right(given[field.name]):
                problems.append(
                    Problem(
                        "wrong_kind",
                        f"{where}: {field.name} must be {words}.",
                        {"place": where, "key": field.name},
                    )
                )
    return problems


def _block(heading: str, of: Any, names: Mapping[str, str]) -> str:
    lines = [heading]
    for field in fields(of):
        lines.append(_pair(field.name, getattr(of, field.name)))
        if field.name == "code" and of.code in names:
            lines.append(_pair("name", names[of.code]))
    return "\n".join(line for line in lines if line)


def _pair(key: str, value: Any) -> str:
    if value is None:
        return ""
    return f"{key} = {_toml_value(value)}"


def _toml_value(value: Any) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    if isinstance(value, str):
        escaped = "".join(
            f"\\u{ord(c):04x}" if ord(c) < 32 or c in '"\\\x7f' else c for c in value
        )
        return f'"{escaped}"'
    return repr(value)
