"""Parts of a region's master plan that work is handed in as: where each lives, its text.

A piece is named by a word: "section:buku-1.swot", "readiness", "swot", "issues", "gaps",
"strategies", "aims", "programmes", "quick_wins". `freeze` gives its text as it stands, in
paragraphs, so that a mentor's remark can name one; the hash is over that text. Nothing is
copied into files: the part itself stays where it is written.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.masterplan import blocks, bound
from habaring.masterplan.models import (
    Aim,
    Gap,
    ReadinessScore,
    Section,
    StrategicIssue,
    Strategy,
    SwotItem,
)
from habaring.masterplan.queries import section_place
from habaring.masterplan.texts import key_of
from habaring.portfolio.models import Candidate, Plan
from habaring.portfolio.queries import plan_items
from habaring.regions.models import Region
from habaring.shared import formats
from habaring.writing import keeping as writing
from habaring.writing.queries import text as text_of

SECTION = "section:"
Lines: TypeAlias = list[list[dict[str, Any]]]


@dataclass(frozen=True)
class Piece:
    """A part as it stands. `revision` is the section's; 0 where there is none. `text` is
    empty where nothing is written yet; paragraphs lie between empty lines.
    """

    piece: str
    title: str
    text: str
    revision: int = 0

    @property
    def sha256(self) -> str:
        return digest(self.piece, self.text)

    @property
    def empty(self) -> bool:
        return not self.text.strip()


def digest(piece: str, text: str) -> str:
    """SHA-256 of a frozen part: its name, a line feed, its text in UTF-8."""
    return hashlib.sha256(f"{piece}\n{text}".encode()).hexdigest()


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a frozen text, as remarks count them (from 1)."""
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())


def read(text: str, region: Region, at: datetime) -> tuple[Lines, ...]:
    """The paragraphs of a frozen text for a reader: each of lines, each line of spans,
    with the values that its markers ({{ipm:2024}}) had at that moment. Only what is shown
    is bound: the kept text and its hash hold the markers. The region is open.
    """
    return tuple(
        [blocks.spans(line) for line in part.splitlines()]
        for part in paragraphs(bound.bind(text, region, at))
    )


def freeze(region: Region, piece: str) -> Piece:
    """A part as it stands now; ValueError for a word that names none. The region is open."""
    if piece.startswith(SECTION):
        return _section(region, piece)
    if piece not in _PARTS:
        raise ValueError(piece)
    words, lines = _PARTS[piece]
    return Piece(piece, str(words), "\n\n".join(lines(region)))


def known(piece: str) -> bool:
    """Whether a word names a part."""
    return piece in _PARTS or (piece.startswith(SECTION) and len(piece) > len(SECTION))


def text_key(piece: str) -> str:
    """The key of the text that several write at once; empty for what is no section."""
    if not piece.startswith(SECTION):
        return ""
    return key_of(piece.removeprefix(SECTION))


def name(piece: str) -> str:
    """What people call a part, without looking at the region."""
    if piece in _PARTS:
        return str(_PARTS[piece][0])
    return _("Section %(key)s") % {"key": piece.removeprefix(SECTION)}


def address(region: Region, piece: str) -> str:
    """Where a part is written in the work room; empty where there is no page for it."""
    if piece.startswith(SECTION):
        key = piece.removeprefix(SECTION)
        return reverse("masterplan-work:section", args=[region.code, key])
    if piece in ("programmes", "quick_wins"):
        return reverse("portfolio-work:candidates", args=[region.code])
    return reverse("masterplan-work:desk", args=[region.code])


def _section(region: Region, piece: str) -> Piece:
    key = piece.removeprefix(SECTION)
    place = section_place(region, key)
    title = f"{place.chapter}: {place.heading}" if place else name(piece)
    row = Section.objects.filter(region=region, key=key).order_by("-revision").first()
    revision = row.revision if row else 0
    text = row.text if row else ""
    if writing.find(region, key_of(key)) is not None:  # several write it at once
        text = text_of(region, key_of(key))
    return Piece(piece, title, text.replace("\r\n", "\n").strip(), revision)


def _readiness(region: Region) -> Iterable[str]:
    rows = ReadinessScore.objects.filter(region=region, score__isnull=False)
    year = rows.order_by("-year").values_list("year", flat=True).first()
    if year is None:
        return
    for row in rows.filter(year=year).order_by("question"):
        yield f"{row.year} · {row.question}: {row.score}. {row.note}".strip()


def _swot(region: Region) -> Iterable[str]:
    rows = SwotItem.objects.filter(region=region, withdrawn_at=None)
    for row in rows.annotate(liked=Count("votes")).order_by("kind", "number"):
        layer = row.get_layer_display()
        yield f"{row.kind}{row.number} · {row.dimension} · {layer}: {row.text}"


def _issues(region: Region) -> Iterable[str]:
    for row in StrategicIssue.objects.filter(region=region, withdrawn_at=None):
        yield f"I{row.number} · {row.dimension}: {row.title}. {row.text}".strip()


def _gaps(region: Region) -> Iterable[str]:
    for row in Gap.objects.filter(region=region, withdrawn_at=None):
        yield (
            f"G{row.number} · {row.dimension}: {row.now} → {row.expected}. "
            f"{row.cause} {row.need}"
        ).strip()


def _strategies(region: Region) -> Iterable[str]:
    rows = Strategy.objects.filter(region=region, withdrawn_at=None)
    for row in rows.prefetch_related("items"):
        cited = ", ".join(str(item) for item in row.items.all())
        yield f"{row.kind}{row.number} · {row.dimension} ({cited}): {row.text}"


def _aims(region: Region) -> Iterable[str]:
    for row in Aim.objects.filter(region=region, withdrawn_at=None):
        target = ""
        if row.target is not None:
            value = formats.number(float(row.target), 2)
            target = f" — {row.indicator} {value} {row.unit} ({row.target_year})"
        yield f"{row.get_level_display()} {row.number}: {row.text}{target}"


def _programmes(region: Region) -> Iterable[str]:
    plan = Plan.objects.filter(region=region, replaced_at__isnull=True).first()
    for item in plan_items(plan) if plan else ():
        one = item.candidate
        office = one.department.name_id if one.department else one.owner
        yield (
            f"{one.code} · {one.dimension_code} · {one.name} · {office} · "
            f"{item.start_year}–{item.end_year} · {formats.rupiah(item.total)}"
        )


def _quick_wins(region: Region) -> Iterable[str]:
    rows = Candidate.objects.current().filter(region=region, quick_win=True)
    for row in rows.select_related("department").order_by("dimension_code", "code"):
        office = row.department.name_id if row.department else row.owner
        yield (
            f"{row.code} · {row.dimension_code} · {row.name} · {office} · "
            f"{row.months or '–'}. {row.description}"
        ).strip()


_PARTS: dict[str, tuple[Promise, Callable[[Region], Iterable[str]]]] = {
    "readiness": (gettext_lazy("Readiness scores"), _readiness),
    "swot": (gettext_lazy("SWOT items"), _swot),
    "issues": (gettext_lazy("Priority issues"), _issues),
    "gaps": (gettext_lazy("Gaps"), _gaps),
    "strategies": (gettext_lazy("Strategies"), _strategies),
    "aims": (gettext_lazy("Vision, missions and targets"), _aims),
    "programmes": (gettext_lazy("Programmes of the adopted plan"), _programmes),
    "quick_wins": (gettext_lazy("Quick Wins"), _quick_wins),
}
