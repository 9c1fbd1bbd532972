"""One idea through every stage, both ways: where it came from, what became of it.

Each domain tells its own public steps; only this module sees them all. A programme's
page draws the whole thread with the tag `{% thread_of candidate %}`, and the books
link each line of their action plan to that page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from habaring.masterplan.models import Edition
from habaring.portfolio.models import Candidate, PlanItem
from habaring.portfolio.queries import thread as portfolio_thread
from habaring.shared.refusal import Words


@dataclass(frozen=True)
class Knot:
    """One step as `components/thread.html` shows it."""

    label: Words
    text: Words
    url: str = ""
    on: datetime | None = None
    state: str = "done"


def of_candidate(candidate: Candidate) -> tuple[Knot, ...]:
    """The thread of one candidate programme, oldest step first."""
    steps = tuple(
        Knot(step.label, step.text, step.url, step.on, step.state)
        for step in portfolio_thread(candidate)
    )
    return (*steps, *_books(candidate))


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
