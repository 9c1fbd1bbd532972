"""The words of the field that the package ships: what means the same, what is written
short, and the problems by which practices are found.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from django.utils.translation import get_language

from habaring.engines.likeness import Thesaurus, fold


@dataclass(frozen=True)
class Problem:
    """One problem in two languages, and the words of the thesaurus that tell of it."""

    code: str
    name_id: str
    name_en: str
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """In the language of the reader."""
        english = (get_language() or "id").startswith("en")
        return self.name_en if english else self.name_id


@cache
def thesaurus() -> Thesaurus:
    """What means the same, and what is written short."""
    told = _facts("thesaurus")
    return Thesaurus(
        tuple(tuple(group) for group in told["groups"]),
        frozenset(told["silent"]),
        _facts("abbreviations")["short"],
    )


@cache
def problems() -> tuple[Problem, ...]:
    """All of `facts/problems.toml`, in its order."""
    return tuple(
        Problem(row["code"], row["id"], row["en"], tuple(row["words"]))
        for row in _facts("problems")["problem"]
    )


def spoken_of(texts: Mapping[int, str], known: Thesaurus) -> dict[str, frozenset[int]]:
    """By the code of each problem, the keys of the texts that hold its words."""
    held = {key: set(known.of(known.words(text))) for key, text in texts.items()}
    found = {}
    for problem in problems():
        told = {
            one for word in problem.words for one in known.concepts.get(fold(word), ())
        }
        found[problem.code] = frozenset(key for key, has in held.items() if has & told)
    return found


def _facts(name: str) -> dict[str, Any]:
    folder = resources.files("habaring.exchange").joinpath("facts")
    return tomllib.loads(folder.joinpath(f"{name}.toml").read_text("utf-8"))
