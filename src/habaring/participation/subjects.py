"""What a council can decide about here: votes, calls, proposals."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from habaring.council.subjects import Choice, SubjectKind, register
from habaring.participation.models import (
    OPEN_TO_ALL,
    Call,
    CallState,
    Proposal,
    Vote,
    VoteState,
)
from habaring.regions.models import Region

MOST = 100


def _votes(region: Region) -> Iterable[Choice]:
    rows = Vote.objects.filter(region=region).exclude(state=VoteState.DRAFT)
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")[:MOST]]


def _vote_url(region: Region, ref: str) -> str:
    rows = Vote.objects.filter(region=region).exclude(state=VoteState.DRAFT)
    found = ref.isdigit() and rows.filter(pk=int(ref)).exists()
    return reverse("participation:vote", args=[region.code, int(ref)]) if found else ""


def _calls(region: Region) -> Iterable[Choice]:
    rows = Call.objects.filter(region=region).exclude(state=CallState.DRAFT)
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")[:MOST]]


def _call_url(region: Region, ref: str) -> str:
    rows = Call.objects.filter(region=region).exclude(state=CallState.DRAFT)
    found = ref.isdigit() and rows.filter(pk=int(ref)).exists()
    return reverse("participation:call", args=[region.code, int(ref)]) if found else ""


def _proposals(region: Region) -> Iterable[Choice]:
    rows = Proposal.objects.public().filter(region=region)
    return [(str(row.number), str(row)) for row in rows[:MOST]]


def _proposal_url(region: Region, ref: str) -> str:
    rows = Proposal.objects.filter(region=region, state__in=OPEN_TO_ALL)
    found = ref.isdigit() and rows.filter(number=int(ref)).exists()
    name = "participation:proposal"
    return reverse(name, args=[region.code, int(ref)]) if found else ""


register(SubjectKind("vote", _("vote"), _votes, _vote_url, order=40))
register(SubjectKind("call", _("call"), _calls, _call_url, order=42))
register(SubjectKind("proposal", _("proposal"), _proposals, _proposal_url, order=44))
