"""The thread of a programme or proposal, for the pages of any domain."""

from django import template

from habaring.exchange.models import Practice
from habaring.participation.models import Proposal
from habaring.portfolio.models import Candidate
from habaring.web import thread

register = template.Library()


@register.inclusion_tag("components/thread.html")
def thread_of(candidate: Candidate) -> dict[str, object]:
    """Draw where a candidate came from and what became of it."""
    return {"thread": thread.of_candidate(candidate)}


@register.inclusion_tag("components/thread.html")
def thread_of_proposal(
    proposal: Proposal, *, working: bool = False
) -> dict[str, object]:
    """Draw what happened to a proposal and what became of it; nothing but public steps,
    but for the work room (`working`).
    """
    return {"thread": thread.of_proposal(proposal, working=working)}


@register.inclusion_tag("components/thread.html")
def thread_of_practice(practice: Practice) -> dict[str, object]:
    """Draw what a practice grew from and who adopted it."""
    return {"thread": thread.of_practice(practice)}
