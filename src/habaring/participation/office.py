"""Proposals as the work room lists and shows them: everything, held ones too."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from habaring.council.words import DIMENSIONS
from habaring.participation import ancestry, checking, queries
from habaring.participation.checking import Standing
from habaring.participation.models import (
    Author,
    Check,
    Lineage,
    Option,
    Proposal,
    ProposalState,
)
from habaring.participation.similar import Similar, similar
from habaring.regions.models import Region
from habaring.shared.audit import history
from habaring.shared.models import AuditEntry
from habaring.shared.refusal import Words

CHECKS: Mapping[str, Words] = {
    "belum": _("nobody was asked"),
    "menunggu": _("waits for an answer"),
    "terlambat": _("the answer is late"),
    "layak": _("can be done"),
    "tidak": _("cannot be done"),
    "berubah": _("changed since the check"),
}
ORDERS: Mapping[str, Words] = {
    "": _("newest first"),
    "lama": _("oldest first"),
    "dukungan": _("most supporters first"),
}


@dataclass(frozen=True)
class Line:
    """A proposal in the list."""

    proposal: Proposal
    state: Words
    supporters: int
    standing: Standing
    dimension: str


@dataclass(frozen=True)
class OfficePage:
    """Everything that an officer sees of one proposal."""

    proposal: Proposal
    state: Words
    authors: tuple[Author, ...]
    supporters: int
    followers: int
    comments: int
    standing: Standing
    checks: tuple[Check, ...]
    taken_in: tuple[Proposal, ...]
    parts: tuple[Proposal, ...]
    whole: Proposal | None
    goes_on_in: Proposal | None
    lineage: tuple[Lineage, ...]
    options: tuple[Option, ...]
    similar: tuple[Similar, ...]
    steps: tuple[queries.Told, ...]
    history: tuple[AuditEntry, ...]
    dimension: str


def rows(region: Region) -> QuerySet[Proposal]:
    """Every proposal of a region that was sent."""
    return (
        Proposal.objects.filter(region=region)
        .exclude(state=ProposalState.DRAFT)
        .select_related("call", "place", "department", "merged_into")
    )


def narrowed(region: Region, wanted: Mapping[str, Any], on: date) -> QuerySet[Proposal]:
    """What a list asks for, in the order it asks for; empty filters narrow nothing."""
    found = rows(region)
    for name, column in (
        ("panggilan", "call"),
        ("keadaan", "state"),
        ("dimensi", "dimension_code"),
        ("asal", "origin"),
        ("opd", "department__code"),
    ):
        if wanted.get(name):
            found = found.filter(**{column: wanted[name]})
    if place := wanted.get("tempat"):
        found = found.filter(Q(place=place) | Q(place__code__startswith=f"{place}."))
    if text := (wanted.get("q") or "").strip():
        found = found.filter(pk__in=_words(region, text))
    found = _checked(found, region, wanted.get("periksa") or "", on)
    return _ordered(found, wanted.get("urut") or "")


def _words(region: Region, text: str) -> QuerySet[Any]:
    every = Proposal.objects.filter(region=region)
    number = text.upper().removeprefix("U-").lstrip("0")
    if number.isascii() and number.isdecimal() and len(number) < 9:
        return every.filter(number=int(number)).values("pk")
    vector = SearchVector("title", "problem", "idea", config="indonesian")
    query = SearchQuery(text, config="indonesian", search_type="websearch")
    found = every.annotate(words_now=vector)
    names = Q(author_name__icontains=text) | Q(origin_text__icontains=text)
    return found.filter(Q(words_now=query) | Q(title__icontains=text) | names).values(
        "pk"
    )


def _checked(
    found: QuerySet[Proposal], region: Region, wanted: str, on: date
) -> QuerySet[Proposal]:
    checks = Check.objects.filter(proposal=OuterRef("pk"))
    waiting, decided = checks.filter(verdict=""), checks.exclude(verdict="")
    ways = {
        "belum": ~Exists(checks),
        "menunggu": Exists(waiting),
        "terlambat": Exists(waiting.filter(due_on__lt=on)),
        "layak": Q(pk__in=checking.feasible(region).values("pk")),
        "tidak": Q(pk__in=checking.refused(region).values("pk")),
        "berubah": Exists(decided.filter(decided_at__lt=OuterRef("changed_at"))),
    }
    return found.filter(ways[wanted]) if wanted in ways else found


def _ordered(found: QuerySet[Proposal], order: str) -> QuerySet[Proposal]:
    if order == "lama":
        return found.order_by("sent_at", "pk")
    if order == "dukungan":
        supported = Count("followers", filter=Q(followers__supports=True))
        return found.annotate(n=supported).order_by("-n", "-sent_at", "-pk")
    return found.order_by("-sent_at", "-pk")


def lines(found: Iterable[Proposal]) -> list[Line]:
    """Proposals as the list shows them: two queries beside their own."""
    every = list(found)
    supporters = queries.supporters(every)
    stands = checking.standings(every)
    return [
        Line(
            proposal=row,
            state=ProposalState(row.state).label,
            supporters=supporters.get(row.pk, 0),
            standing=stands[row.pk],
            dimension=DIMENSIONS.get(row.dimension_code, ""),
        )
        for row in every
    ]


def verdicts(found: Sequence[Line]) -> dict[int, tuple[str, int | None]]:
    """Words and cost of what was checked, by the proposal's key."""
    return {
        line.proposal.pk: (
            str(VERDICTS.get(line.standing.verdict, "")),
            line.standing.cost,
        )
        for line in found
    }


VERDICTS: Mapping[str, Words] = {
    "feasible": _("can be done"),
    "not_feasible": _("cannot be done"),
}


def page(row: Proposal) -> OfficePage:
    """Everything about one proposal, for those who work with it."""
    lineage = Lineage.objects.filter(Q(older=row) | Q(newer=row))
    alike: list[Similar] = []
    if row.state == ProposalState.PUBLIC:
        text = f"{row.problem}\n{row.idea}"
        alike = similar(region=row.region, title=row.title, text=text, but=row.pk)
    return OfficePage(
        proposal=row,
        state=ProposalState(row.state).label,
        authors=tuple(row.coauthors.select_related("account", "from_proposal")),
        supporters=queries.supporters([row]).get(row.pk, 0),
        followers=row.followers.filter(hears=True).count(),
        comments=row.comments.count(),
        standing=checking.standing(row),
        checks=tuple(row.checks.select_related("department", "asked_by", "decided_by")),
        taken_in=tuple(ancestry.taken_in(row)),
        parts=tuple(ancestry.parts(row)),
        whole=ancestry.whole(row),
        goes_on_in=ancestry.living(row) if row.merged_into_id else None,
        lineage=tuple(lineage.select_related("older", "newer", "by")),
        options=tuple(row.options.select_related("vote")),
        similar=tuple(alike),
        steps=queries.steps_of(row),
        history=tuple(history(row, region=row.region_id)[:20]),
        dimension=DIMENSIONS.get(row.dimension_code, ""),
    )
