"""The thread of a programme, for the pages of any domain."""

from django import template

from habaring.portfolio.models import Candidate
from habaring.web import thread

register = template.Library()


@register.inclusion_tag("components/thread.html")
def thread_of(candidate: Candidate) -> dict[str, object]:
    """Draw where a candidate came from and what became of it."""
    return {"thread": thread.of_candidate(candidate)}
