"""The questions of readiness as data, by year: six elements, their questions, a scale."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

FOLDER = Path(__file__).resolve().parent / "readiness_sets"
THING = "readiness"
"""What evidence calls an answer; its key is "<year>/<question>"."""


@dataclass(frozen=True)
class Question:
    """One question; `code` as scores and evidence name it: infrastructure.1."""

    code: str
    text: str
    proof: str  # what would show it


@dataclass(frozen=True)
class Element:
    """One of the elements with its questions."""

    code: str
    name: str
    about: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class ReadinessSet:
    """The questions of some years, in one language; scores from `lowest` to `highest`."""

    code: str
    title: str
    source: str
    first_year: int
    lowest: int
    highest: int
    expected: int  # what the analysis of gaps compares with
    levels: Mapping[int, str]
    elements: tuple[Element, ...]

    def questions(self) -> Iterator[tuple[Element, Question]]:
        """Every question with its element, in order."""
        for element in self.elements:
            for question in element.questions:
                yield element, question

    def question(self, code: str) -> tuple[Element, Question] | None:
        """The question with that code, or None."""
        return next((pair for pair in self.questions() if pair[1].code == code), None)


def _word(data: Mapping[str, Any], name: str, language: str) -> str:
    return str(data.get(f"{name}_{language}") or data.get(f"{name}_id") or "")


def for_year(year: int) -> ReadinessSet:
    """The newest set that began by a year, else the oldest, in the reader's language."""
    language = "en" if get_language() == "en" else "id"
    every = _every(language)
    begun = [one for one in every if one.first_year <= year]
    return begun[-1] if begun else every[0]


@lru_cache(maxsize=4)
def _every(language: str) -> tuple[ReadinessSet, ...]:
    files = sorted(FOLDER.glob("*.toml"))
    found = [read(path.read_text("utf-8"), language) for path in files]
    return tuple(sorted(found, key=lambda one: one.first_year))


def read(toml: str, language: str = "id") -> ReadinessSet:
    """A set from its TOML; KeyError or TOMLDecodeError where it cannot be read."""
    data = tomllib.loads(toml)
    return ReadinessSet(
        code=data["code"],
        title=_word(data, "title", language),
        source=data["source"],
        first_year=int(data["first_year"]),
        lowest=int(data["lowest"]),
        highest=int(data["highest"]),
        expected=int(data["expected"]),
        levels={
            int(one["score"]): _word(one, "name", language) for one in data["levels"]
        },
        elements=tuple(_element(one, language) for one in data["elements"]),
    )


def _element(data: Mapping[str, Any], language: str) -> Element:
    return Element(
        code=data["code"],
        name=_word(data, "name", language),
        about=_word(data, "about", language),
        questions=tuple(
            Question(
                code=f"{data['code']}.{one['code']}",
                text=_word(one, "text", language),
                proof=_word(one, "proof", language),
            )
            for one in data["questions"]
        ),
    )
