"""Assemble an edition: the set of books filled with blocks, frozen as plain JSON.

Each kind of block in a set is one function of `analysis`, `findings`, `direction`,
`programmes` or `funding`: figures in, blocks out. Text is in the edition's language; nothing is looked up again later.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from habaring.masterplan import (
    analysis,
    blocks,
    bound,
    direction,
    findings,
    funding,
    programmes,
    sets,
)
from habaring.masterplan.figures import Figures, Inputs
from habaring.shared import formats
from habaring.shared.refusal import Refusal

__all__ = ["Inputs", "UnknownBlock", "assemble"]

Maker = Callable[[Figures], list[blocks.Block]]
MAKERS: dict[str, Maker] = {
    **analysis.MAKERS,
    **direction.MAKERS,
    **programmes.MAKERS,
    **funding.MAKERS,
    **findings.MAKERS,
}


class UnknownBlock(Refusal):
    """A set of books asks for a kind of block that does not exist."""


def assemble(inputs: Inputs) -> dict[str, Any]:
    """All that an edition says, in its language.

    Raises UnknownBlock when the set names a kind that nobody can make.
    """
    with override(inputs.language):
        figures = Figures(inputs)
        chosen = sets.read(inputs.template.toml, inputs.language)
        check(chosen)
        return {
            "set": chosen.code,
            "region": inputs.region.code,
            "number": inputs.number,
            "illustrative": figures.illustrative,
            "books": [_book(figures, book) for book in chosen.books],
        }


def _book(figures: Figures, book: sets.Book) -> dict[str, Any]:
    inputs = figures.inputs
    region = inputs.region
    return {
        "code": book.code,
        "title": f"{book.title}, {region.full_name}",
        "title_short": book.title,
        "subtitle": book.subtitle,
        "author": _("Government of %(place)s") % {"place": region.full_name},
        "region": region.name,
        "language": inputs.language,
        "illustrative": figures.illustrative,
        "issued": int(inputs.at.timestamp()),
        "words": {
            "example": _("example"),
            "example_note": _(
                "Rows marked “example” are illustrative: they show how the book works and are no "
                "decision of the region."
            ),
            "programme": inputs.title,
            "contents": _("Contents"),
            "table": _("Table"),
            "figure": _("Figure"),
        },
        "edition_line": _("Edition %(number)d · %(day)s")
        % {"number": inputs.number, "day": figures.today},
        "as_of_line": _("Figures as of %(day)s") % {"day": figures.today},
        "footer_line": _("%(place)s · edition %(number)d")
        % {"place": region.full_name, "number": inputs.number},
        "chapters": [
            _chapter(figures, number, chapter)
            for number, chapter in enumerate(book.chapters, start=1)
        ],
    }


def _chapter(figures: Figures, number: int, chapter: sets.Chapter) -> dict[str, Any]:
    found: list[blocks.Block] = []
    for part in chapter.parts:
        made = _part(figures, part)
        if part.heading and made:
            found.append(blocks.heading(part.heading))
        found.extend(made)
    return {
        "key": chapter.key,
        "title": _("Chapter %(number)d. %(title)s")
        % {"number": number, "title": chapter.title},
        "blocks": found,
    }


def check(chosen: sets.BookSet) -> None:
    """Refuse a set that asks for a kind of block that nobody can make."""
    kinds = {
        part.kind
        for book in chosen.books
        for chapter in book.chapters
        for part in chapter.parts
    }
    unknown = sorted(kinds - set(MAKERS) - {"section"})
    if unknown:
        raise UnknownBlock(
            what=_("This set of books cannot be used."),
            why=_("It asks for “%(kind)s”, which does not exist.")
            % {"kind": unknown[0]},
            next=_("Known are: %(kinds)s.")
            % {"kinds": formats.listing(["section", *sorted(MAKERS)])},
        )


def _part(figures: Figures, part: sets.Part) -> list[blocks.Block]:
    if part.kind == "section":
        return _written(figures, part.key)
    return MAKERS[part.kind](figures)


def _written(figures: Figures, key: str) -> list[blocks.Block]:
    section = figures.sections.get(key)
    if section is None or not section.text:
        return [blocks.note(_("This section is not written yet."))]
    made = blocks.written(bound.bind(section.text, figures.region, figures.inputs.at))
    if section.illustrative:
        made.append(blocks.note(_("Example text, not a text of the region.")))
    return made
