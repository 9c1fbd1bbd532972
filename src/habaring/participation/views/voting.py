"""Votes: their public page and rules file; their work room."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.participation import elections, outcomes, vote_rules
from habaring.participation.actions import casting, voting
from habaring.participation.forms.voting import (
    CancelForm,
    ExtendForm,
    OptionFilter,
    VoteForm,
    filled,
    moments,
)
from habaring.participation.models import Call, CallState, Option, Vote, VoteState
from habaring.participation.vote_rules import Rules
from habaring.participation.vote_words import rules_in_words
from habaring.people import access
from habaring.people.access import Power
from habaring.people.entitled.models import Register
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import download, paginate, render
from habaring.shared.refusal import Refusal

CANCEL_IDS = "cancel_%s"  # two forms on a page ask for a reason


# For everyone


@require_safe
def vote(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """What is voted on, until when, by which rules, and where it stands."""
    rows = Vote.objects.exclude(state=VoteState.DRAFT)
    row = get_object_or_404(_related(rows), pk=vote, region=code)
    return render(request, "participation/vote.html", _shown(request, row))


def _related(rows: Any) -> Any:
    return rows.select_related("region", "call", "call__place", "register")


def _shown(request: HttpRequest, row: Vote) -> dict[str, Any]:
    options = list(row.options.select_related("district", "proposal").order_by("id"))
    districts = vote_rules.districts(options)
    choose = OptionFilter(request.GET or None, districts=districts)
    at = now()
    return {
        "region": row.region,
        "vote": row,
        "filter": choose,
        "page": paginate(request, _filtered(options, choose), size=50),
        "options": options,
        "districts": districts,
        "ties": sorted(options, key=lambda option: (option.tie_rank, option.pk)),
        "taking": casting.takes_ballots(row, at),
        "before": row.state in voting.RUNNING and at < row.opens_at,
        "counting": row.state == VoteState.CLOSED
        or (row.state in voting.RUNNING and at >= row.closes_at),
        "turnout": casting.turnout(row) if row.state != VoteState.DRAFT else 0,
        "locked": row.state != VoteState.DRAFT and voting.locked(row),
        "you": _you(request, row),
        "changes": _changes(row),
        "said": rules_in_words(row),
        "preview": row.state == VoteState.DRAFT,
        "trail": [
            (row.region.name, reverse("web:region", args=[row.region_id])),
            (_("Proposals"), reverse("participation:calls", args=[row.region_id])),
            (
                row.call.name,
                reverse("participation:call", args=[row.region_id, row.call_id]),
            ),
        ],
    }


def _filtered(options: Sequence[Option], choose: OptionFilter) -> list[Option]:
    if not choose.is_valid():
        return list(options)
    wanted = choose.cleaned_data
    words = wanted["q"].casefold().split()
    found = [
        option
        for option in options
        if all(word in f"{option.code} {option.title}".casefold() for word in words)
        and wanted.get("kecamatan") in (None, "", option.district_id)
    ]
    if wanted["urut"]:
        found.sort(key=lambda option: option.cost, reverse=wanted["urut"] == "mahal")
    return found


def _you(request: HttpRequest, row: Vote) -> dict[str, Any]:
    """Whether this person may vote, and has: never on a page that is kept for others."""
    if not isinstance(request.user, Account) or not casting.takes_ballots(row, now()):
        return {}
    try:
        person = casting.person_of(vote=row, account=request.user, at=now())
    except Refusal as refused:
        return {"refusal": refused, "address": getattr(refused, "address", "")}
    return {"may": True, "voted": casting.voted(vote=row, person=person)}


_TOLD = ("changed", "extended")


def _changes(row: Vote) -> list[dict[str, Any]]:
    """What was changed in public since it was published, with its reason."""
    if row.published_at is None:
        return []
    entries = audit.history(row, region=row.region_id).filter(
        verb__in=[f"participation.vote.{word}" for word in _TOLD],
        at__gte=row.published_at,
    )
    return [
        {
            "at": entry.at,
            "extended": entry.verb.endswith("extended"),
            "reason": entry.reason,
        }
        for entry in entries
    ]


@require_safe
def rules_file(request: HttpRequest, code: str, vote: int) -> HttpResponseBase:
    """The rules as the file that the checksum on the page is of."""
    rows = Vote.objects.exclude(state=VoteState.DRAFT)
    row = get_object_or_404(rows.select_related("register"), pk=vote, region=code)
    return download(
        vote_rules.as_file(row),
        name=f"aturan-{code}-{row.pk}.json",
        media_type="application/json",
    )


# The work room


def _enter(request: HttpRequest, code: str, power: Power) -> tuple[Region, Account]:
    region = get_object_or_404(Region, code=code)
    return region, access.require(request.user, power, at=now(), region=region)


def _own(region: Region, vote: int) -> Vote:
    found: Vote = get_object_or_404(_related(Vote.objects), pk=vote, region=region)
    return found


@require_safe
def votes(request: HttpRequest, code: str) -> HttpResponse:
    """Every vote of the region, and the calls that one can be made for."""
    region, officer = _enter(request, code, Power.SEE_WORK_ROOM)
    rows = Vote.objects.filter(region=region).select_related("call")
    calls = Call.objects.filter(region=region).exclude(
        state__in=[CallState.DRAFT, CallState.CANCELLED]
    )
    page = paginate(request, rows)
    powers = access.powers_with_parts(officer, at=now(), region=region)
    context = {
        "region": region,
        "page": page,
        "cards": elections.cards(page.rows, now()),
        "powers": powers,
        "calls": calls,
        "may": Power.RUN_VOTES in access.powers(officer, at=now(), region=region),
    }
    return render(request, "participation/votes.html", context)


@require_http_methods(FORM_METHODS)
def new_vote(request: HttpRequest, code: str, call: int) -> HttpResponse:
    """Set up a vote for a call; most of the form can stay as it is."""
    region, officer = _enter(request, code, Power.RUN_VOTES)
    row = get_object_or_404(Call, pk=call, region=region)
    electable = voting.electable(row)
    form = VoteForm(request.POST or None, call=row, initial=filled(_defaults(row), []))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = voting.draft_vote(
                call=row, rules=form.as_rules(), by=officer, at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The vote is drafted; nobody outside sees it."))
            return redirect("participation-work:vote", code, made.pk)
    context = {
        "region": region,
        "call": row,
        "form": form,
        "refusal": refusal,
        "electable": electable,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "participation/vote_form.html", context, status=status)


def _defaults(call: Call) -> Rules:
    """Good enough to change nothing: crosses, equal shares, a register if there is one."""
    opens, closes = moments(localtime(now()))
    registers = Register.objects.filter(
        region=call.region_id,
        purpose="electorate",
        used_from__isnull=False,
        withdrawn_at__isnull=True,
    )
    register = registers.order_by("-used_from").first()
    return Rules(
        name=_("Vote: %(call)s") % {"call": call.name[:130]},
        budget=call.budget or 0,
        opens_at=opens,
        closes_at=closes,
        votes_by="register" if register else "code",
        register=register,
    )


@require_safe
def room(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """One vote: where it stands, what to do next."""
    region, officer = _enter(request, code, Power.SEE_WORK_ROOM)
    row = _own(region, vote)
    return _room(request, officer, row)


def _room(
    request: HttpRequest,
    officer: Account,
    row: Vote,
    *,
    forms: dict[str, Any] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    later = localtime(row.closes_at)
    context = {
        **_shown(request, row),
        "trail": [
            (_("Votes"), reverse("participation-work:votes", args=[row.region_id]))
        ],
        "powers": access.powers_with_parts(officer, at=now(), region=row.region),
        "card": elections.cards([row], now())[0],
        "counts": [
            count for count in outcomes.counts_of(row) if not hasattr(count, "override")
        ],
        "may": Power.RUN_VOTES in access.powers(officer, at=now(), region=row.region),
        "extend": ExtendForm(initial={"closes_at": later}),
        "cancel": CancelForm(auto_id=CANCEL_IDS),
        "refusal": refusal,
        **(forms or {}),
    }
    status = 422 if refusal or forms else 200
    return render(request, "participation/vote_room.html", context, status=status)


@require_http_methods(FORM_METHODS)
def edit(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """Change rules and options, until the first ballot."""
    region, officer = _enter(request, code, Power.RUN_VOTES)
    row = _own(region, vote)
    options = list(row.options.select_related("district"))
    electable = voting.electable(row.call)
    form = VoteForm(
        request.POST or None,
        call=row.call,
        districts=vote_rules.districts(options),
        proposals=[(one.number, f"{one.code} {one.title}") for one, _cost in electable],
        initial=filled(vote_rules.rules_of(row), [option.code for option in options]),
    )
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            voting.change_vote(
                vote=row,
                rules=form.as_rules(),
                proposals=form.numbers(),
                by=officer,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The vote is changed."))
            return redirect("participation-work:vote", code, row.pk)
    context = {
        "region": region,
        "call": row.call,
        "vote": row,
        "form": form,
        "refusal": refusal,
        "electable": electable,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "participation/vote_form.html", context, status=status)


@require_safe
def preview(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """The public page of a draft, as everyone will see it."""
    region, _officer = _enter(request, code, Power.SEE_WORK_ROOM)
    row = _own(region, vote)
    return render(request, "participation/vote.html", _shown(request, row))


@require_POST
def publish(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """Show the vote to everyone."""
    region, officer = _enter(request, code, Power.RUN_VOTES)
    row = _own(region, vote)
    try:
        voting.publish(vote=row, by=officer, at=now())
    except Refusal as refused:
        return _room(request, officer, row, refusal=refused)
    messages.success(
        request, _("The vote is public; its rules stand under a checksum.")
    )
    return redirect("participation-work:vote", code, vote)


@require_POST
def extend(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """Close later, with a public reason."""
    region, officer = _enter(request, code, Power.RUN_VOTES)
    row = _own(region, vote)
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return _room(request, officer, row, forms={"extend": form})
    try:
        voting.extend(vote=row, by=officer, at=now(), **form.cleaned_data)
    except Refusal as refused:
        return _room(request, officer, row, refusal=refused)
    messages.success(request, _("The vote closes later; its page says why."))
    return redirect("participation-work:vote", code, vote)


@require_POST
def cancel(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """Call a vote off, with a public reason."""
    region, officer = _enter(request, code, Power.RUN_VOTES)
    row = _own(region, vote)
    form = CancelForm(request.POST, auto_id=CANCEL_IDS)
    if not form.is_valid():
        return _room(request, officer, row, forms={"cancel": form})
    try:
        voting.cancel(vote=row, by=officer, at=now(), **form.cleaned_data)
    except Refusal as refused:
        return _room(request, officer, row, refusal=refused)
    messages.success(request, _("The vote is cancelled; its page says why."))
    return redirect("participation-work:vote", code, vote)


@require_POST
def drop(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """Throw a draft away."""
    region, officer = _enter(request, code, Power.RUN_VOTES)
    row = _own(region, vote)
    try:
        voting.drop_draft(vote=row, by=officer, at=now())
    except Refusal as refused:
        return _room(request, officer, row, refusal=refused)
    messages.success(request, _("The draft is gone."))
    return redirect("participation-work:votes", code)
