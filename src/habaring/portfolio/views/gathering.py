"""Proposals into candidates: look at what people chose, tick, make them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from habaring.participation.models import Vote
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.portfolio import gathering, queries
from habaring.portfolio.forms import GatherForm
from habaring.portfolio.gathering import Choice
from habaring.portfolio.views import rooms
from habaring.portfolio.views.rooms import enter
from habaring.regions.models import Region
from habaring.shared import form_pages
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal

FEASIBLE = "layak"


@require_http_methods(FORM_METHODS)
def gather(request: HttpRequest, code: str) -> HttpResponse:
    """What a vote funds, or what departments call feasible: tick and make candidates."""
    power = Power.RECORD_CANDIDATES
    writes = request.method == "POST"
    region, officer = enter(request, code, power if writes else Power.SEE_WORK_ROOM)
    allowed = power in access.powers(officer, at=now(), region=region)
    votes = gathering.counted_votes(region)
    vote = _vote(request, votes)
    found = gathering.choices(region, vote=vote)
    form = GatherForm(
        request.POST or None,
        choices=found,
        dimensions=queries.dimensions(),
        year=localdate().year + 1,
    )
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            told = _gathered(region, form, officer)
        except Refusal as refused:
            refusal = refused
        else:
            _say(request, told)
            return redirect("portfolio-work:candidates", code)
    context = rooms.context(
        region,
        "gather",
        votes=votes,
        vote=vote,
        lines=form.lines(),
        form=form,
        refusal=refusal,
        open=sum(one.open for one in found) if allowed else 0,
    )
    status = form_pages.status(form, refusal)
    return render(request, "portfolio/gather.html", context, status=status)


def _vote(request: HttpRequest, votes: list[Vote]) -> Vote | None:
    wanted = request.GET.get("suara", "")
    if wanted == FEASIBLE or not votes:
        return None
    return next((one for one in votes if str(one.pk) == wanted), votes[0])


def _gathered(region: Region, form: GatherForm, officer: Account) -> gathering.Gathered:
    chosen: list[Choice] = form.chosen()
    return gathering.gather_proposals(
        region=region, chosen=chosen, plans=form.as_plans(), by=officer, at=now()
    )


def _say(request: HttpRequest, told: gathering.Gathered) -> None:
    values: dict[str, Any] = {"n": len(told.new), "codes": ", ".join(told.new)}
    if told.new:
        words = ngettext(
            "One candidate is made: %(codes)s. Set its money and what it brings.",
            "%(n)d candidates are made: %(codes)s. Set their money and what they bring.",
            len(told.new),
        )
        messages.success(request, words % values)
    if told.already:
        messages.info(
            request,
            _("Candidates already: %(codes)s.") % {"codes": ", ".join(told.already)},
        )
