"""A book set as data: which books, chapters and blocks an edition has."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Refusal

FOLDER = Path(__file__).resolve().parent / "sets"
DEFAULT = "kominfo-2022"


class SetRefused(Refusal):
    """A book set cannot be read."""


@dataclass(frozen=True)
class Part:
    """One block of a chapter: its kind, and what that kind needs."""

    kind: str
    key: str
    heading: str


@dataclass(frozen=True)
class Chapter:
    """One chapter of a book."""

    key: str
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Book:
    """One book of the set."""

    code: str
    title: str
    subtitle: str
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True)
class BookSet:
    """A whole set, in one language."""

    code: str
    title: str
    books: tuple[Book, ...]


def _word(data: dict[str, Any], name: str, language: str) -> str:
    return str(data.get(f"{name}_{language}") or data.get(f"{name}_id") or "")


@lru_cache(maxsize=32)
def read(toml: str, language: str = "id") -> BookSet:
    """A set from its TOML; raises SetRefused with the place of the mistake."""
    try:
        data = tomllib.loads(toml)
        return BookSet(
            code=data["code"],
            title=_word(data, "title", language),
            books=tuple(
                Book(
                    code=book["code"],
                    title=_word(book, "title", language),
                    subtitle=_word(book, "subtitle", language),
                    chapters=tuple(
                        Chapter(
                            key=chapter["key"],
                            title=_word(chapter, "title", language),
                            parts=tuple(
                                Part(
                                    kind=part["kind"],
                                    key=part.get("key", ""),
                                    heading=_word(part, "heading", language),
                                )
                                for part in chapter["blocks"]
                            ),
                        )
                        for chapter in book["chapters"]
                    ),
                )
                for book in data["books"]
            ),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise SetRefused(
            what=_("This set of books cannot be read."),
            why=str(error),
            next=_("Compare it with the set that is shipped, and mend that place."),
        ) from error


def shipped(code: str = DEFAULT) -> str:
    """The TOML of a set that comes with the package."""
    return (FOLDER / f"{code}.toml").read_text(encoding="utf-8")
