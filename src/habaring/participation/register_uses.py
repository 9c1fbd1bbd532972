"""A vote's electorate stays as it is until the vote is counted or cancelled."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.participation.models import Vote, VoteState
from habaring.people.entitled import uses
from habaring.people.entitled.models import Register
from habaring.shared.refusal import Words


@uses.register
def _of_a_vote(register: Register) -> Words:
    running = (VoteState.PUBLISHED, VoteState.OPEN, VoteState.CLOSED)
    vote = Vote.objects.filter(register=register, state__in=running).first()
    if vote is None:
        return ""
    return format_lazy(
        _("The vote “{name}” goes by it until it is counted."), name=vote.name
    )
