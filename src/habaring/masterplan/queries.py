"""Answers for the pages of the books: the shelf, the sections, the vision."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Func, JSONField, Q, Value
from django.utils.translation import get_language

from habaring.masterplan import sets
from habaring.masterplan.models import (
    BookTemplate,
    DevelopmentPlan,
    Edition,
    EditionFile,
    Section,
)
from habaring.portfolio.models import Plan
from habaring.regions.models import Region


@dataclass(frozen=True)
class ShelvedBook:
    """One book of an edition and the files that are ready."""

    code: str
    title: str
    subtitle: str
    files: tuple[EditionFile, ...]


@dataclass(frozen=True)
class Mission:
    """One mission in the reader's language."""

    number: int
    text: str


@dataclass(frozen=True)
class Vision:
    """An RPJMD in the reader's language."""

    code: str
    first_year: int
    last_year: int
    vision: str
    missions: tuple[Mission, ...]
    source: str
    illustrative: bool


@dataclass(frozen=True)
class Face:
    """What the public page of the master plan shows."""

    edition: Edition | None
    books: tuple[ShelvedBook, ...]
    earlier: tuple[Edition, ...]
    plan: Plan | None


@dataclass(frozen=True)
class SectionPlace:
    """A section of the set and how far it is written."""

    key: str
    book: str
    chapter: str
    heading: str
    revision: int
    words: int
    written_at: datetime | None
    illustrative: bool


_ORDER = {"pdf": 0, "docx": 1, "html": 2}


def shelf(edition: Edition) -> tuple[ShelvedBook, ...]:
    """The books of an edition, each with its files; the record itself stays unread."""
    files: dict[str, list[EditionFile]] = defaultdict(list)
    for file in EditionFile.objects.filter(edition=edition):
        files[file.book].append(file)
    return tuple(
        ShelvedBook(
            code=code,
            title=title,
            subtitle=subtitle,
            files=tuple(sorted(files[code], key=lambda file: _ORDER[file.format])),
        )
        for code, title, subtitle in _titles(edition)
    )


def _titles(edition: Edition) -> Iterable[tuple[str, str, str]]:
    """Code, title and subtitle of each book: three short lists out of a long record."""
    wanted = ("code", "title_short", "subtitle")
    lists = Edition.objects.values_list(
        *(
            Func(
                "record",
                Value(f"$.books[*].{name}"),
                function="jsonb_path_query_array",
                template="%(function)s(%(expressions)s::jsonpath)",
                output_field=JSONField(),
            )
            for name in wanted
        )
    ).get(pk=edition.pk)
    return zip(*lists, strict=True)


def book_of(edition: Edition, code: str) -> dict[str, Any] | None:
    """One book of an edition's record."""
    found: list[dict[str, Any]] = [
        book for book in edition.record["books"] if book["code"] == code
    ]
    return found[0] if found else None


def chapter_of(edition: Edition, programme: str) -> tuple[str, str] | None:
    """The book and chapter whose table holds a programme's row first."""
    for book in edition.record["books"]:
        for chapter in book["chapters"]:
            for block in chapter["blocks"]:
                rows = block.get("rows", []) if block["type"] == "table" else []
                if any(row.get("url") and row["cells"][0] == programme for row in rows):
                    return book["code"], chapter["key"]
    return None


def neighbours(
    book: Mapping[str, Any], key: str
) -> dict[str, Mapping[str, Any] | None]:
    """The chapters before and after one."""
    chapters = book["chapters"]
    place = next(i for i, chapter in enumerate(chapters) if chapter["key"] == key)
    return {
        "before": chapters[place - 1] if place else None,
        "after": chapters[place + 1] if place + 1 < len(chapters) else None,
    }


def development_plans(region: Region) -> tuple[Vision, ...]:
    """The region's RPJMDs, newest first."""
    english = get_language() == "en"
    return tuple(
        Vision(
            code=plan.code,
            first_year=plan.first_year,
            last_year=plan.last_year,
            vision=(plan.vision_en if english else "") or plan.vision_id,
            missions=tuple(
                Mission(
                    mission.number,
                    (mission.text_en if english else "") or mission.text_id,
                )
                for mission in plan.missions.all()
            ),
            source=plan.source,
            illustrative=plan.illustrative,
        )
        for plan in DevelopmentPlan.objects.filter(region=region)
        .prefetch_related("missions")
        .order_by("-first_year")
    )


def public_face(region: Region) -> Face:
    """The newest edition in force, its books, and what came before it."""
    editions = list(
        Edition.objects.filter(region=region)
        .select_related("region")
        .defer("record")
        .order_by("-number")
    )
    newest = next((one for one in editions if one.withdrawn_at is None), None)
    return Face(
        edition=newest,
        books=shelf(newest) if newest else (),
        earlier=tuple(one for one in editions if one is not newest),
        plan=Plan.objects.filter(region=region, replaced_at__isnull=True).first(),
    )


def template_for(region: Region) -> BookTemplate | None:
    """The region's own set of books, else the one for every region."""
    return (
        BookTemplate.objects.filter(Q(region=region) | Q(region__isnull=True))
        .order_by("region", "-recorded_at")  # PostgreSQL puts null last
        .first()
    )


def sections(region: Region) -> tuple[SectionPlace, ...]:
    """Every written section that the region's set asks for, in the books' order."""
    template = template_for(region)
    if template is None:
        return ()
    newest: dict[str, Section] = {}
    for section in Section.objects.filter(region=region).order_by("key", "-revision"):
        newest.setdefault(section.key, section)
    found: dict[str, SectionPlace] = {}
    for book in sets.read(template.toml, get_language() or "id").books:
        for chapter in book.chapters:
            for part in chapter.parts:
                if part.kind == "section" and part.key not in found:
                    found[part.key] = _place(
                        part, book.title, chapter.title, newest.get(part.key)
                    )
    return tuple(found.values())


def _place(
    part: sets.Part, book: str, chapter: str, section: Section | None
) -> SectionPlace:
    return SectionPlace(
        key=part.key,
        book=book,
        chapter=chapter,
        heading=part.heading or chapter,
        revision=section.revision if section else 0,
        words=len(section.text.split()) if section else 0,
        written_at=section.recorded_at if section else None,
        illustrative=bool(section and section.illustrative),
    )


def section_place(region: Region, key: str) -> SectionPlace | None:
    """One section of the set, or None when the set has no such section."""
    return next((place for place in sections(region) if place.key == key), None)
