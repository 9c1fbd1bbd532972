"""One idea through every stage, both ways: where it came from, what became of it.

Each domain tells its own public steps; only this module sees them all. A programme's
page draws the whole thread with the tag `{% thread_of candidate %}`, a proposal's with
`{% thread_of_proposal proposal %}`, and the books link each line of their action plan to
the programme's page.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from habaring.exchange import queries as exchange
from habaring.exchange.models import Adoption, Practice
from habaring.masterplan.models import Edition
from habaring.participation import ancestry, telling, words
from habaring.participation.models import Proposal, Step, StepKind
from habaring.portfolio.models import Candidate, PlanItem
from habaring.portfolio.queries import thread as portfolio_thread
from habaring.shared.refusal import Words


@dataclass(frozen=True)
class Knot:
    """One step as `components/thread.html` shows it. `said` are a person's own words."""

    label: Words
    text: Words
    url: str = ""
    on: datetime | None = None
    state: str = "done"
    said: str = ""


def of_candidate(candidate: Candidate) -> tuple[Knot, ...]:
    """The thread of one candidate programme, oldest step first; with the steps of the
    proposal that it came from.
    """
    steps = [
        Knot(step.label, step.text, step.url, step.on, step.state)
        for step in portfolio_thread(candidate)
        if not (candidate.proposal and step.kind == "origin")
    ]
    before = _proposed(candidate.proposal) if candidate.proposal else []
    adopted = _adopted_from(candidate)
    if adopted:
        steps = [step for step in steps if step.label != _("Came from")]
    return (
        *_before(before),
        *adopted,
        *steps,
        *_books(candidate),
        *_practice(candidate),
    )


def of_practice(practice: Practice) -> tuple[Knot, ...]:
    """The thread of a practice: all of its programme's, where everybody may see it,
    then the practice and who adopted it.
    """
    rows = Candidate.objects.filter(region=practice.region_id, code=practice.programme)
    candidate = (
        rows.select_related("region", "proposal").order_by("-revision").first()
        if practice.programme
        else None
    )
    if candidate is None:
        return (*_shared(practice),)
    return of_candidate(candidate)


def of_proposal(proposal: Proposal, *, working: bool = False) -> tuple[Knot, ...]:
    """The thread of a proposal: what was merged into it, its checks and votes, then the
    candidate, the plan and the book. In the work room (`working`) a candidate is shown
    before a plan has made it public.
    """
    living = ancestry.living(proposal)
    steps = _proposed(proposal)
    if living.pk != proposal.pk:
        steps += _proposed(living, but=set(_keys(proposal)))
    after = _afterwards(living, working=working)
    return (*(_before(steps) if after else steps), *after)


def _proposed(proposal: Proposal, but: "set[int] | None" = None) -> list[Knot]:
    """The public steps of a proposal and of all that went into it, oldest first."""
    own = [proposal.pk, *(row.pk for row in ancestry.taken_in(proposal))]
    whole = ancestry.whole(proposal)
    if whole is not None:
        own.append(whole.pk)
    rows = Step.objects.filter(proposal__in=own).select_related("proposal")
    knots = [
        _step(row, named=row.proposal_id != proposal.pk)
        for row in rows.order_by("at", "pk")
        if row.proposal_id not in (but or ()) and not _told_twice(row, proposal)
    ]
    if knots:
        knots[-1] = replace(knots[-1], state="now")
    return knots


def _keys(proposal: Proposal) -> list[int]:
    return [proposal.pk, *(row.pk for row in ancestry.taken_in(proposal))]


def _told_twice(row: Step, proposal: Proposal) -> bool:
    """A merge leaves a step on both; the thread of the one that lives shows its own."""
    return row.proposal_id != proposal.pk and row.kind == StepKind.MERGED


def _step(row: Step, *, named: bool) -> Knot:
    sentence = words.sentence(row)
    code = f"{row.proposal.code}: " if named else ""
    return Knot(
        label=StepKind(row.kind).label,
        text=f"{code}{sentence}",
        url=row.path or (telling.page_of(row.proposal) if named else ""),
        on=row.at,
        said=row.text,
    )


def _before(steps: list[Knot]) -> list[Knot]:
    """The steps of a proposal before those of its candidate, which tell of themselves."""
    said = StepKind.CANDIDATE.label
    return [replace(step, state="done") for step in steps if step.label != said]


def _afterwards(proposal: Proposal, *, working: bool) -> list[Knot]:
    """What became of it: the newest revision of its candidate, its plan, its books."""
    rows = proposal.candidates.select_related("region", "proposal")
    candidate = rows.order_by("-revision").first()
    if candidate is None:
        return []
    steps = [
        Knot(step.label, step.text, _seen(step.url, candidate), step.on, step.state)
        for step in portfolio_thread(candidate)
        if step.kind != "origin"
    ]
    if working:
        own = reverse(
            "portfolio-work:candidate", args=[candidate.region_id, candidate.code]
        )
        steps[0] = replace(steps[0], url=own)
    return [
        *_adopted_from(candidate),
        *steps,
        *_books(candidate),
        *_practice(candidate),
    ]


def _adopted_from(candidate: Candidate) -> list[Knot]:
    """The practice of another region that a candidate was copied from."""
    adoption = exchange.origin_of(candidate.region_id, candidate.code)
    if adoption is None:
        return []
    origin = adoption.practice
    text = _("%(region)s: %(title)s") % {
        "region": origin.region.full_name,
        "title": origin.title,
    }
    return [Knot(_("Adopted from"), text, _practice_page(origin), adoption.adopted_at)]


def _practice(candidate: Candidate) -> Iterator[Knot]:
    """What was published of a programme for other regions."""
    practice = exchange.practice_of(candidate.region_id, candidate.code)
    if practice is not None:
        yield from _shared(practice)


def _shared(practice: Practice) -> Iterator[Knot]:
    yield Knot(
        _("Practice for others"),
        practice.title,
        _practice_page(practice),
        practice.published_at,
    )
    for adoption in exchange.passed_on(practice):
        yield Knot(_("Adopted by"), _by(adoption), "", adoption.adopted_at)


def _by(adoption: Adoption) -> str:
    return adoption.region.full_name


def _practice_page(practice: Practice) -> str:
    return reverse("exchange:practice", args=[practice.region_id, practice.number])


def _seen(url: str, candidate: Candidate) -> str:
    """A programme's page is public once a plan has decided on it."""
    planned = PlanItem.objects.filter(
        candidate__region=candidate.region_id, candidate__code=candidate.code
    )
    own = reverse("portfolio:programme", args=[candidate.region_id, candidate.code])
    return url if url != own or planned.exists() else ""


def _books(candidate: Candidate) -> Iterator[Knot]:
    plans = PlanItem.objects.filter(
        candidate__region=candidate.region_id, candidate__code=candidate.code
    ).values("plan")
    editions = list(
        Edition.objects.filter(plan__in=plans, withdrawn_at__isnull=True)
        .defer("record")
        .order_by("number")
    )
    for edition in editions:
        yield Knot(
            _("In the master plan"),
            _("Edition %(number)d, action plan") % {"number": edition.number},
            reverse(
                "masterplan:programme",
                args=[candidate.region_id, edition.number, candidate.code],
            ),
            edition.issued_at,
        )
    if not editions:
        yield Knot(_("Master plan"), _("Not in an issued edition yet."), state="next")
