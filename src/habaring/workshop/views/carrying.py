"""Carry results on into the analysis and the candidates."""

from collections.abc import Callable, Sequence
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.people import access
from habaring.people.access import Power
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal
from habaring.workshop import queries
from habaring.workshop.actions import carrying
from habaring.workshop.actions.carrying import Hand
from habaring.workshop.forms.carrying import FORMS
from habaring.workshop.models import Board, Destination
from habaring.workshop.refusals import CarryRefused
from habaring.workshop.views.desk import board_of, enter, form_page

AT_ONCE: dict[str, Callable[[Board, Sequence[str], Hand], int]] = {
    Destination.SWOT: carrying.many_to_swot,
    Destination.ISSUE: carrying.many_to_issues,
}


@require_http_methods(FORM_METHODS)
def carry(request: HttpRequest, code: str, number: int, board: int) -> HttpResponse:
    """What the board holds, where it went, and where it can go."""
    region, officer = enter(request, code, Power.WRITE_PLAN)
    row = board_of(region, number, board)
    refusal: Refusal | None = None
    if request.method == "POST":
        words = request.POST.getlist("thing")[:500]
        verb = AT_ONCE.get(request.POST.get("to", ""))
        try:
            if verb is None or not words:
                raise _nothing()
            gone = verb(row, words, Hand(officer, now()))
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Carried on: %(n)d.") % {"n": gone})
            return redirect("workshop-work:carry", code, number, board)
    carried = queries.carried_of(row)
    may = access.powers(officer, at=now(), region=region)
    context = {
        "region": region,
        "room": row.room,
        "board": row,
        "lines": [
            (load, carried.get(load.choice.word, []))
            for load in sorted(carrying.loads(row), key=lambda load: -load.dots)
        ],
        "destinations": [
            one
            for one in Destination
            if one != Destination.CANDIDATE or Power.RECORD_CANDIDATES in may
        ],
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return render(request, "workshop/carry.html", context, status=status)


def _nothing() -> CarryRefused:
    return CarryRefused(
        what=_("Nothing was carried on."),
        why=_("Nothing is ticked, or it says not where to."),
        next=_("Tick what shall go, then choose where to."),
    )


def _known(word: str) -> str:
    if word not in Destination.values:
        raise Http404
    return word


@require_safe
def choose(request: HttpRequest, code: str, number: int, board: int) -> HttpResponse:
    """From the list of a thing's destinations to the form of one, by plain GET."""
    region, _officer = enter(request, code, Power.WRITE_PLAN)
    board_of(region, number, board)
    thing, to = request.GET.get("thing", ""), _known(request.GET.get("to", ""))
    kind, _colon, key = thing.partition(":")
    if kind not in {"note", "group"} or not key.isdecimal():
        raise Http404
    return redirect("workshop-work:carry-one", code, number, board, kind, key, to)


@require_http_methods(FORM_METHODS)
def one(  # noqa: PLR0913, PLR0917 - what the address says
    request: HttpRequest,
    code: str,
    number: int,
    board: int,
    kind: str,
    key: int,
    to: str,
) -> HttpResponse:
    """One thing to one place, with what is still missing for it."""
    region, officer = enter(request, code, Power.WRITE_PLAN)
    if _known(to) == Destination.CANDIDATE:
        access.require(request.user, Power.RECORD_CANDIDATES, at=now(), region=region)
    row = board_of(region, number, board)
    load = _load(partial(carrying.load_of, row, f"{kind}:{key}"))
    form = FORMS[to](posted(request), load=load, year=localdate().year)

    def save() -> HttpResponse:
        made = form.carry(Hand(officer, now()))
        words = _("Carried on: it became %(ref)s.") % {"ref": made.ref}
        messages.success(request, words)
        return redirect("workshop-work:carry", code, number, board)

    back = reverse("workshop-work:carry", args=[code, number, board])
    title = _("Carry on to: %(place)s") % {"place": Destination(to).label}
    sheet = Sheet(title, load.origin, _("Carry on"), trail=((row.title, back),))
    return form_page(request, region, form, sheet, save)


def _load(found: "partial[carrying.Load]") -> carrying.Load:
    try:
        return found()
    except Refusal:
        raise Http404 from None
