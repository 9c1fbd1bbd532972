"""Calls and proposals as pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from habaring.council.words import DIMENSIONS
from habaring.participation import ancestry, moderation, words
from habaring.participation.models import (
    Author,
    Call,
    CallState,
    Check,
    Moderation,
    Origin,
    Photo,
    Proposal,
    ProposalFollow,
    ProposalState,
    ProposalWords,
    Step,
    StepKind,
)
from habaring.participation.models.calls import CallQuerySet
from habaring.people.models import Account
from habaring.regions.models import Region, RegionKind
from habaring.shared import walls
from habaring.shared.refusal import Words

SOON = timedelta(days=7)
"""A call that ends within this is said to close soon."""
STANDS: Mapping[str, Words] = {
    "diperiksa": gettext_lazy("being checked"),
    "layak": gettext_lazy("can be done"),
    "tidak-layak": gettext_lazy("cannot be done"),
    "surat-suara": gettext_lazy("on a ballot"),
    "terpilih": pgettext_lazy("standing", "chosen"),
    "tidak-terpilih": pgettext_lazy("standing", "not chosen"),
    "calon": gettext_lazy("became a candidate programme"),
    "bergabung": gettext_lazy("merged or split"),
    "ditarik": gettext_lazy("withdrawn"),
}
"""How far a proposal came: words of addresses, and what they mean."""


@dataclass(frozen=True)
class CallCard:
    """A call in a list. `days_left` counts whole days, None without an end."""

    call: Call
    state: str  # draft, coming, open, soon, over, cancelled
    proposals: int
    days_left: int | None


@dataclass(frozen=True)
class Line:
    """A proposal in a list."""

    proposal: Proposal
    author: str
    supporters: int
    standing: Words
    tone: str
    dimension: str


@dataclass(frozen=True)
class Wanted:
    """What a list of proposals is narrowed by; empty: nothing."""

    q: str = ""
    call: int | None = None
    dimension: str = ""
    place: str = ""
    stands: str = ""
    order: str = ""  # "dukungan", else newest first


@dataclass(frozen=True)
class Told:
    """A step of the thread as the page shows it."""

    kind: str
    label: str
    sentence: str
    text: str
    at: datetime
    path: str


@dataclass(frozen=True)
class Own:
    """What the page offers to the person who reads it."""

    author: bool = False
    coauthor: bool = False
    invited: bool = False
    follows: bool = False
    supports: bool = False


@dataclass(frozen=True)
class ProposalPage:
    """Everything the public page of a proposal shows."""

    proposal: Proposal
    authors: tuple[str, ...]
    steps: tuple[Told, ...]
    photos: tuple[Photo, ...]
    supporters: int
    checks: tuple[Check, ...]
    taken_in: tuple[Proposal, ...]
    parts: tuple[Proposal, ...]
    whole: Proposal | None
    goes_on_in: Proposal | None
    hidden: Moderation | None
    dimension: str
    standing: Words
    tone: str
    own: Own = field(default_factory=Own)


# Calls


def state_of(call: Call, at: datetime) -> str:
    """In one word: draft, coming, open, soon (ends within a week), over, cancelled."""
    if call.state in (CallState.DRAFT, CallState.CANCELLED):
        return str(call.state)
    if call.state == CallState.CLOSED:
        return "over"
    if call.proposals_from > at:
        return "coming"
    if call.proposals_until is None:
        return "open"
    if call.proposals_until <= at:
        return "over"
    return "soon" if call.proposals_until - at <= SOON else "open"


def cards(calls: Iterable[Call], at: datetime) -> list[CallCard]:
    """Calls with their state and how many proposals they have; one query more."""
    rows = list(calls)
    counts = dict(
        Proposal.objects.open_to_all()
        .filter(call__in=rows)
        .order_by()
        .values_list("call")
        .annotate(n=Count("pk"))
    )
    return [
        CallCard(
            call=row,
            state=state_of(row, at),
            proposals=counts.get(row.pk, 0),
            days_left=(row.proposals_until - at).days
            if row.proposals_until and row.proposals_until > at
            else None,
        )
        for row in rows
    ]


def calls_of(region: Region) -> CallQuerySet:
    """Every call of a region, newest first."""
    rows: CallQuerySet = Call.objects.filter(region=region).select_related("place")
    return rows


def ordered(found: Sequence[CallCard]) -> list[CallCard]:
    """Those that end soonest first, those without an end behind them."""
    return sorted(found, key=lambda card: (card.days_left is None, card.days_left or 0))


# Proposals in lists


def public_rows(region: Region) -> QuerySet[Proposal]:
    """What everybody can read; those that were merged or withdrawn are asked for apart."""
    return Proposal.objects.filter(region=region).select_related("call", "place")


def narrowed(region: Region, wanted: Wanted) -> QuerySet[Proposal]:
    """Proposals that everybody can read and that fit, in the order that is asked for."""
    rows = _standing(public_rows(region), wanted.stands)
    if wanted.q:
        rows = rows.filter(_words(wanted.q, public=wanted.stands not in _ENDED))
    if wanted.call is not None:
        rows = rows.filter(call=wanted.call)
    if wanted.dimension:
        rows = rows.filter(dimension_code=wanted.dimension)
    if wanted.place:
        rows = rows.filter(
            Q(place=wanted.place) | Q(place__code__startswith=f"{wanted.place}.")
        )
    return rows.order_by("-sent_at", "-pk")


_ENDED = ("bergabung", "ditarik")


def _words(q: str, *, public: bool) -> Q:
    typed = q.strip().upper().removeprefix("U-").lstrip("0")
    if typed.isdecimal() and len(typed) < 9:
        return Q(number=int(typed))
    if not public:  # the words of what has ended are not kept for searching
        return Q(title__icontains=q.strip())
    query = SearchQuery(q, config="indonesian", search_type="websearch")
    found = ProposalWords.objects.filter(Q(words=query) | Q(title__icontains=q.strip()))
    return Q(pk__in=found.values("proposal"))


def _standing(rows: QuerySet[Proposal], stands: str) -> QuerySet[Proposal]:
    if stands == "bergabung":
        return rows.filter(state__in=(ProposalState.MERGED, ProposalState.SPLIT))
    if stands == "ditarik":
        return rows.filter(state=ProposalState.WITHDRAWN)
    rows = rows.filter(state=ProposalState.PUBLIC)
    if stands in ("terpilih", "tidak-terpilih"):
        newest_outcomes = Step.objects.filter(
            pk__in=Step.objects.filter(kind__in=_OUTCOMES)
            .order_by("proposal_id", "-at", "-pk")
            .distinct("proposal_id")
            .values("pk"),
            details__bought=stands == "terpilih",
        )
        return rows.filter(pk__in=newest_outcomes.values("proposal"))
    decided = Check.objects.filter(proposal=OuterRef("pk")).exclude(verdict="")
    newest = decided.order_by("-decided_at", "-pk")
    if stands in ("layak", "tidak-layak"):
        wanted = "feasible" if stands == "layak" else "not_feasible"
        return rows.filter(pk__in=_with_newest_verdict(rows, newest, wanted))
    kinds = {
        "diperiksa": StepKind.CHECK_ASKED,
        "surat-suara": StepKind.ON_BALLOT,
        "calon": StepKind.CANDIDATE,
    }
    if stands in kinds:
        steps = Step.objects.filter(proposal=OuterRef("pk"), kind=kinds[stands])
        rows = rows.filter(Exists(steps))
    return rows.filter(~Exists(decided)) if stands == "diperiksa" else rows


def _with_newest_verdict(
    rows: QuerySet[Proposal], newest: QuerySet[Check], wanted: str
) -> QuerySet[Any]:
    return (
        rows.annotate(verdict=Subquery(newest.values("verdict")[:1]))
        .filter(verdict=wanted)
        .values("pk")
    )


def lines(rows: Iterable[Proposal]) -> list[Line]:
    """Proposals as a list shows them: three queries beside their own."""
    found = list(rows)
    counts = supporters(found)
    stands = standings(found)
    return [
        Line(
            proposal=row,
            author=shown_author(row),
            supporters=counts.get(row.pk, 0),
            standing=stands[row.pk][0],
            tone=stands[row.pk][1],
            dimension=DIMENSIONS.get(row.dimension_code, ""),
        )
        for row in found
    ]


def shown_name(name: str) -> str:
    """Who is shown as author: a name, or that it was a villager."""
    return name or _("a villager")


def shown_author(row: Proposal) -> str:
    """Who a proposal comes from: a person, or the body that sent it in."""
    if row.origin == Origin.CITIZEN:
        return shown_name(row.author_name)
    of = row.origin_text or str(Origin(row.origin).label)
    return f"{row.author_name} ({of})" if row.author_name else of


def supporters(rows: Sequence[Proposal]) -> dict[int, int]:
    """How many support each, who is not told. Rows of one region."""
    if not rows:
        return {}
    with walls.also(rows[0].region_id):
        found = (
            ProposalFollow.objects.filter(proposal__in=rows, supports=True)
            .order_by()
            .values_list("proposal")
            .annotate(n=Count("pk"))
        )
        return dict(found)


_FAR: Sequence[tuple[str, Words, str]] = (
    (StepKind.CANDIDATE, gettext_lazy("candidate programme"), "good"),
    (StepKind.ON_BALLOT, gettext_lazy("on the ballot"), "info"),
    (StepKind.CHECK_ASKED, gettext_lazy("being checked"), "info"),
)
_OUTCOMES = (StepKind.COUNTED, StepKind.OVERRIDDEN)
_ELECTION = {*_OUTCOMES, StepKind.ON_BALLOT}
_OUTCOME: Mapping[bool, tuple[Words, str]] = {
    True: (pgettext_lazy("standing", "chosen"), "good"),
    False: (pgettext_lazy("standing", "not chosen"), ""),
}


def standings(rows: Sequence[Proposal]) -> dict[int, tuple[Words, str]]:
    """How far each came, in two words, with the tone of its badge. Two queries."""
    wanted = (*_ELECTION, StepKind.CANDIDATE, StepKind.CHECK_ASKED)
    steps: dict[int, dict[str, bool]] = {}
    for key, kind, bought in (
        Step.objects.filter(proposal__in=rows, kind__in=wanted)
        .order_by("at", "pk")
        .values_list("proposal", "kind", "details__bought")
    ):
        known = steps.setdefault(key, {})
        if kind in _ELECTION:  # the newest of them says where it stands
            for old in _ELECTION & known.keys():
                del known[old]
        known[kind] = bool(bought)
    verdicts = dict(
        Check.objects.filter(proposal__in=rows)
        .exclude(verdict="")
        .order_by("decided_at", "pk")
        .values_list("proposal", "verdict")
    )
    return {
        row.pk: _far(row, steps.get(row.pk, {}), verdicts.get(row.pk, ""))
        for row in rows
    }


def _far(row: Proposal, steps: Mapping[str, bool], verdict: str) -> tuple[Words, str]:
    if row.state != ProposalState.PUBLIC:
        return ProposalState(row.state).label, ""
    if verdict == "not_feasible":
        return gettext_lazy("cannot be done"), "bad"
    chosen = next((steps[kind] for kind in _OUTCOMES if kind in steps), None)
    if chosen is not None and StepKind.CANDIDATE not in steps:
        return _OUTCOME[chosen]
    for kind, label, tone in _FAR:
        if kind in steps and (kind != StepKind.CHECK_ASKED or not verdict):
            return label, tone
    if verdict == "feasible":
        return gettext_lazy("can be done"), "good"
    return gettext_lazy("taken in"), ""


# One proposal


def page(row: Proposal, reader: Account | None) -> ProposalPage:
    """Everything about one proposal; `reader` is who is signed in."""
    standing, tone = standings([row])[row.pk]
    merged = row.state == ProposalState.MERGED
    return ProposalPage(
        proposal=row,
        authors=authors(row),
        steps=steps_of(row),
        photos=photos(row),
        supporters=supporters([row]).get(row.pk, 0),
        checks=tuple(
            Check.objects.filter(proposal=row)
            .exclude(verdict="")
            .select_related("department")
        ),
        taken_in=tuple(ancestry.taken_in(row)),
        parts=tuple(ancestry.parts(row)) if row.state == ProposalState.SPLIT else (),
        whole=ancestry.whole(row),
        goes_on_in=ancestry.living(row) if merged else None,
        hidden=moderation.hidden_by(proposal=row)
        if row.state == ProposalState.HIDDEN
        else None,
        dimension=DIMENSIONS.get(row.dimension_code, ""),
        standing=standing,
        tone=tone,
        own=own(row, reader),
    )


def authors(row: Proposal) -> tuple[str, ...]:
    """Names as shown: the first author, then co-authors who accepted."""
    others = Author.objects.filter(proposal=row, accepted_at__isnull=False)
    names = others.order_by("pk").values_list("name", flat=True)
    return (shown_author(row), *(shown_name(name) for name in names))


def photos(row: Proposal) -> tuple[Photo, ...]:
    """Its pictures; one's own draft has some before anybody else sees them."""
    with walls.also(row.region_id):
        return tuple(Photo.objects.filter(proposal=row))


def steps_of(row: Proposal) -> tuple[Told, ...]:
    """The thread, oldest first; its author reads it while it waits, too."""
    with walls.also(row.region_id):
        found = list(Step.objects.filter(proposal=row))
    return tuple(
        Told(
            kind=step.kind,
            label=str(StepKind(step.kind).label),
            sentence=words.sentence(step),
            text=step.text,
            at=step.at,
            path=step.path,
        )
        for step in found
    )


def own(row: Proposal, reader: Account | None) -> Own:
    """What is this person's own about it; opens the person's rows."""
    if reader is None:
        return Own()
    walls.open_person(reader.pk)
    follow = ProposalFollow.objects.filter(proposal=row, account=reader).first()
    beside = Author.objects.filter(proposal=row, account=reader).first()
    wrote = row.author_id == reader.pk
    joined = beside is not None and beside.accepted_at is not None
    return Own(
        author=wrote,
        coauthor=joined,
        invited=beside is not None and not joined,
        follows=follow.hears if follow else wrote or joined,
        supports=bool(follow and follow.supports),
    )


@dataclass(frozen=True)
class Mine:
    """What a person has in a region: drafts, sent, and what they stand beside."""

    drafts: tuple[Proposal, ...]
    sent: tuple[Proposal, ...]
    invited: tuple[Proposal, ...]
    followed: tuple[Proposal, ...]


def mine(region: Region, person: Account) -> Mine:
    """A person's own proposals in a region, newest first."""
    walls.open_person(person.pk)
    rows = Proposal.objects.filter(region=region).select_related("call")
    wrote = rows.filter(author=person).order_by("-changed_at", "-pk")
    beside = Author.objects.filter(region=region, account=person)
    follows = ProposalFollow.objects.filter(region=region, account=person)
    invited = beside.filter(accepted_at=None).values("proposal")
    joined = beside.filter(accepted_at__isnull=False).values("proposal")
    return Mine(
        drafts=tuple(wrote.filter(state=ProposalState.DRAFT)),
        sent=tuple(wrote.exclude(state=ProposalState.DRAFT)),
        invited=tuple(rows.filter(pk__in=invited)),
        followed=tuple(
            rows.filter(Q(pk__in=follows.values("proposal")) | Q(pk__in=joined))
            .exclude(author=person)
            .order_by("-changed_at", "-pk")[:100]
        ),
    )


# Places


def places(place: Region) -> list[tuple[str, list[tuple[str, str]]]]:
    """The villages below a place by district, for a list to choose from."""
    kinds = (RegionKind.VILLAGE, RegionKind.URBAN_VILLAGE, RegionKind.DISTRICT)
    rows = list(
        Region.objects.within(place)
        .filter(closed_on=None, kind__in=kinds)
        .order_by("code")
    )
    names = {row.pk: row.name for row in rows}
    names[place.pk] = place.name
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        if row.kind == RegionKind.DISTRICT:
            whole = _("All of %(place)s") % {"place": row.full_name}
            groups.setdefault(row.name, []).append((row.pk, whole))
        else:
            within = names.get(row.parent_id or "", place.name)
            groups.setdefault(within, []).append((row.pk, row.name))
    return list(groups.items())


def by_district(region: Region) -> dict[str, int]:
    """How many public proposals lie in each part directly below the region."""
    depth = region.code.count(".") + 2
    found = (
        Proposal.objects.public()
        .filter(region=region, place__isnull=False)
        .order_by()
        .values_list("place")
        .annotate(n=Count("pk"))
    )
    counts: dict[str, int] = {}
    for code, n in found:
        part = ".".join(code.split(".")[:depth])
        if part != region.pk:
            counts[part] = counts.get(part, 0) + n
    return counts


def dimension_name(row: Proposal) -> str:
    """The dimension's name, or nothing."""
    return DIMENSIONS.get(row.dimension_code, "")
