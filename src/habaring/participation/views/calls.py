"""Calls: the region's listen page for everyone, and their work room."""

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.participation import elections, feed, maps, public_table, queries
from habaring.participation.actions import calls as verbs
from habaring.participation.forms.calls import CallForm, ProposalFilter, ReasonForm
from habaring.participation.models import (
    Call,
    Proposal,
    ProposalState,
    TakesPart,
)
from habaring.participation.queries import STANDS, Wanted
from habaring.participation.views.rooms import enter, form_page, region_of
from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import download, download_table, paginate, render

SIZE = 20


# For everybody


def _wanted(request: HttpRequest, region: Region) -> tuple[ProposalFilter, Wanted]:
    form = ProposalFilter(request.GET or None, region=region, stands=STANDS)
    if not form.is_valid():
        return form, Wanted()
    given = form.cleaned_data
    return form, Wanted(
        q=given["q"].strip(),
        call=given["panggilan"],
        dimension=given["dimensi"],
        place=given["tempat"],
        stands=given["keadaan"],
    )


@require_safe
def calls(request: HttpRequest, code: str) -> HttpResponse:
    """What is asked now, and everything that was proposed."""
    region, at = region_of(code), now()
    form, wanted = _wanted(request, region)
    page = paginate(request, queries.narrowed(region, wanted), size=SIZE)
    found = queries.cards(queries.calls_of(region).public(), at)
    context = {
        "region": region,
        "open": queries.ordered([c for c in found if c.state in ("open", "soon")]),
        "coming": [c for c in found if c.state == "coming"],
        "votes": elections.going_on(region, at),
        "results": elections.newest_results(region),
        "past": [c for c in found if c.state in ("over", "cancelled")],
        "form": form,
        "page": page,
        "lines": queries.lines(page.rows),
        "filtered": wanted != Wanted(),
        "query": request.GET.urlencode(),
        "map": maps.map_of(region, queries.by_district(region)),
        "forms": public_table.FORMS,
    }
    return render(request, "participation/calls.html", context, part="found")


@require_safe
def proposals_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The proposals on the screen as a file, filters kept."""
    region = region_of(code)
    if form not in (*public_table.FORMS, "atom"):
        raise Http404
    _form, wanted = _wanted(request, region)
    if form == "atom":
        return feed.answer(request, region, queries.narrowed(region, wanted))
    rows = list(public_table.rows(queries.narrowed(region, wanted)))
    name = _("proposals") + f"-{code}"
    if form == "json":
        content = json.dumps(rows, default=str, ensure_ascii=False, indent=1)
        return download(
            content.encode(), name=f"{name}.json", media_type="application/json"
        )
    return download_table(public_table.PROPOSALS, rows, name=name, form=form)


@require_safe
def call(request: HttpRequest, code: str, call: int) -> HttpResponse:
    """One call: its question, its days, its rules, and what was proposed."""
    region, at = region_of(code), now()
    rows = Call.objects.public().select_related("place", "passes_to")
    row = get_object_or_404(rows, pk=call, region=region)
    wanted = Wanted(call=row.pk, q=request.GET.get("q", "").strip()[:100])
    page = paginate(request, queries.narrowed(region, wanted), size=SIZE)
    context = {
        "region": region,
        "call": row,
        "card": queries.cards([row], at)[0],
        "takes": row.takes_proposals(at),
        "page": page,
        "lines": queries.lines(page.rows),
        "q": wanted.q,
        "votes": elections.cards(row.votes.exclude(state="draft"), at),
    }
    return render(request, "participation/call.html", context)


# The work room


@require_safe
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """What waits in listening."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    at = now()
    found = queries.cards(queries.calls_of(room.region), at)
    rows = Proposal.objects.filter(region=room.region)
    public = rows.filter(state=ProposalState.PUBLIC)
    context = {
        "region": room.region,
        "may": room.may,
        "open": queries.ordered([c for c in found if c.state in ("open", "soon")]),
        "drafts": [c for c in found if c.state in ("draft", "coming")],
        "votes": elections.going_on(room.region, at),
        "held": rows.filter(state=ProposalState.HELD).count(),
        "unchecked": public.filter(checks=None, options=None).count(),
        "waiting": public.filter(checks__verdict="", checks__isnull=False)
        .distinct()
        .count(),
        "public": public.count(),
        "newest": queries.lines(
            queries.narrowed(room.region, Wanted())[:5],
        ),
    }
    return render(request, "participation/call_desk.html", context)


@require_safe
def work_calls(request: HttpRequest, code: str) -> HttpResponse:
    """All calls of the region, drafts too."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    q = request.GET.get("q", "").strip()[:100]
    rows = queries.calls_of(room.region)
    if q:
        rows = rows.filter(name__icontains=q)
    page = paginate(request, rows)
    context = {
        "region": room.region,
        "may": room.may,
        "page": page,
        "cards": queries.cards(page.rows, now()),
        "q": q,
    }
    return render(request, "participation/call_list.html", context)


def _row(code: str, call: int) -> Call:
    rows = Call.objects.select_related("region", "place", "passes_to", "register")
    return get_object_or_404(rows, pk=call, region=code)


@require_safe
def work_call(request: HttpRequest, code: str, call: int) -> HttpResponse:
    """One call in the work room: what it says, what can be done with it."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    row = _row(code, call)
    context = {
        "region": room.region,
        "may": room.may,
        "call": row,
        "card": queries.cards([row], now())[0],
        "held": row.proposals.filter(state=ProposalState.HELD).count(),
        "votes": elections.cards(row.votes.all(), now()),
    }
    return render(request, "participation/call_work.html", context)


def _trail(code: str) -> tuple[tuple[str, str], ...]:
    return ((_("Calls"), reverse("participation-work:calls", args=[code])),)


@require_http_methods(FORM_METHODS)
def new_call(request: HttpRequest, code: str) -> HttpResponse:
    """Draft a call."""
    room = enter(request, code, Power.MANAGE_CALLS)
    form = CallForm(
        posted(request),
        region=room.region,
        initial={"proposes": TakesPart.CODE, "from_on": localdate(now())},
    )

    def save() -> HttpResponse:
        row = verbs.record_call(
            region=room.region, plan=form.as_round(), by=room.officer, at=now()
        )
        messages.success(request, _("The call is drafted. Nobody sees it yet."))
        return redirect("participation-work:call", code, row.pk)

    sheet = Sheet(
        _("A new call"),
        _("Ask people one question. It stays a draft until you open it."),
        _("Save the draft"),
        trail=_trail(code),
    )
    return form_page(request, room.region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def edit_call(request: HttpRequest, code: str, call: int) -> HttpResponse:
    """Change a call."""
    room = enter(request, code, Power.MANAGE_CALLS)
    row = _row(code, call)
    form = CallForm(posted(request), region=room.region, row=row)

    def save() -> HttpResponse:
        verbs.change_call(call=row, plan=form.as_round(), by=room.officer, at=now())
        messages.success(request, _("The call is changed."))
        return redirect("participation-work:call", code, row.pk)

    sheet = Sheet(
        _("Change the call"),
        _("Once somebody has proposed, its kind, place and proposers stay."),
        _("Save"),
        trail=_trail(code),
    )
    return form_page(request, room.region, form, sheet, save)


@require_POST
def open_call(request: HttpRequest, code: str, call: int) -> HttpResponse:
    """Show it to everybody."""
    room = enter(request, code, Power.MANAGE_CALLS)
    verbs.open_call(call=_row(code, call), by=room.officer, at=now())
    messages.success(request, _("The call is open. Share its address."))
    return redirect("participation-work:call", code, call)


@require_POST
def close_call(request: HttpRequest, code: str, call: int) -> HttpResponse:
    """Take no more proposals."""
    room = enter(request, code, Power.MANAGE_CALLS)
    verbs.close_call(call=_row(code, call), by=room.officer, at=now())
    messages.success(request, _("The call takes no more proposals."))
    return redirect("participation-work:call", code, call)


@require_http_methods(FORM_METHODS)
def cancel_call(request: HttpRequest, code: str, call: int) -> HttpResponse:
    """End it without a result, with a public reason."""
    room = enter(request, code, Power.MANAGE_CALLS)
    row = _row(code, call)
    form = ReasonForm(posted(request))

    def save() -> HttpResponse:
        verbs.cancel_call(
            call=row, reason=form.cleaned_data["reason"], by=room.officer, at=now()
        )
        messages.success(request, _("The call is cancelled."))
        return redirect("participation-work:call", code, row.pk)

    sheet = Sheet(
        _("Cancel the call “%(name)s”") % {"name": row.name},
        _("Its proposals stay readable. This cannot be undone."),
        _("Cancel the call"),
        confirm=_("Cancel this call for good?"),
        trail=_trail(code),
    )
    return form_page(request, room.region, form, sheet, save)
