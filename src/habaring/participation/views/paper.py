"""Paper: sheets to print, and what comes back of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import get_language, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from habaring.participation import paper, printing
from habaring.participation.actions import casting
from habaring.participation.actions import paper as actions
from habaring.participation.forms.paper import (
    BallotsForm,
    ListForm,
    PrintForm,
    SheetsForm,
    VotersForm,
)
from habaring.participation.models import Call, CallState, PaperBatch, Vote
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import XLSX, download, paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import TableKind, read, template
from habaring.shared.uploads import TABLES, accept

PDF = "application/pdf"


@require_safe
def proposal_sheet(request: HttpRequest, code: str, call: int) -> HttpResponseBase:
    """A sheet to write a proposal on, for an open call."""
    rows = Call.objects.select_related("region", "place")
    row = get_object_or_404(rows, pk=call, region=code, state=CallState.OPEN)
    content = printing.proposal_sheet(row)
    return download(content, name=f"lembar-usulan-{call}.pdf", media_type=PDF)


@dataclass(frozen=True)
class _Room:
    region: Region
    officer: Account
    vote: Vote


def _enter(request: HttpRequest, code: str, vote: int) -> _Room:
    region = get_object_or_404(Region, code=code)
    officer = access.require(request.user, Power.RUN_VOTES, at=now(), region=region)
    rows = Vote.objects.select_related("region", "call", "register")
    row = get_object_or_404(rows, pk=vote, region=region)
    if not row.paper:
        raise Http404
    return _Room(region, officer, row)


@sensitive_post_parameters()
@require_http_methods(FORM_METHODS)
def room(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """Print sheets, tick off who voted on paper, bring the sheets in."""
    desk = _enter(request, code, vote)
    deed = request.POST.get("deed", "")
    forms = _forms(request, desk, deed)
    refusal: Refusal | None = None
    form = forms.get(deed)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            words = _DEEDS[deed](desk, form.cleaned_data)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, words)
            return redirect("participation-work:paper", code, vote)
    context = {
        "region": desk.region,
        "vote": desk.vote,
        "trail": [
            (
                desk.vote.name,
                reverse("participation-work:vote", args=[code, vote]),
            )
        ],
        "forms": forms,
        "deed": deed,
        "refusal": refusal,
        "taking": casting.takes_ballots(desk.vote, now()),
        "printed": printing.printed(desk.vote),
        "polling": paper.places(desk.vote),
        "page": paginate(request, _batches(desk.vote)),
    }
    wrong = any(one.errors for one in forms.values())
    status = refusal.status if refusal else 422 if wrong else 200
    return render(request, "participation/paper.html", context, status=status)


def _batches(vote: Vote) -> Any:
    rows = PaperBatch.objects.filter(region=vote.region_id, vote=vote)
    return rows.select_related("recorded_by")


def _forms(request: HttpRequest, desk: _Room, deed: str) -> dict[str, Any]:
    """Only the form that was sent is bound."""

    def data(name: str) -> tuple[Any, Any]:
        sent = request.method == "POST" and deed == name
        return (request.POST, request.FILES) if sent else (None, None)

    places = [one.name for one in paper.places(desk.vote) if one.voters]
    return {
        "print": PrintForm(*data("print"), prefix="p"),
        "voters": VotersForm(*data("voters"), prefix="v"),
        "ballots": BallotsForm(
            *data("ballots"), vote=desk.vote, places=places, prefix="b"
        ),
        "list": ListForm(prefix="l"),
    }


def _print(desk: _Room, data: dict[str, Any]) -> str:
    batch = actions.print_sheets(
        vote=desk.vote,
        number=data["number"],
        place=data["place"],
        by=desk.officer,
        at=now(),
    )
    return ngettext(
        "One sheet has its number. Get the file below.",
        "%(n)d sheets have their numbers. Get the file below.",
        batch.rows,
    ) % {"n": batch.rows}


def _voters(desk: _Room, data: dict[str, Any]) -> str:
    people = paper.voters_in(_read(data["file"], paper.VOTERS), desk.vote)
    batch = actions.record_paper_voters(
        vote=desk.vote,
        place=data["place"],
        people=people,
        by=desk.officer,
        at=now(),
    )
    return ngettext(
        "One voter is ticked off.", "%(n)d voters are ticked off.", batch.rows
    ) % {"n": batch.rows}


def _ballots(desk: _Room, data: dict[str, Any]) -> str:
    district = data.get("district", "")
    rows = _read(data["file"], paper.BALLOTS)
    batch = actions.record_paper_ballots(
        vote=desk.vote,
        place=data["place"],
        ballots=paper.ballots_in(rows, desk.vote, district=district),
        district=district,
        by=desk.officer,
        at=now(),
    )
    return ngettext(
        "One sheet is in the box.", "%(n)d sheets are in the box.", batch.rows
    ) % {"n": batch.rows}


_DEEDS: dict[str, Callable[[_Room, dict[str, Any]], str]] = {
    "print": _print,
    "voters": _voters,
    "ballots": _ballots,
}


def _read(file: Any, kind: TableKind) -> Any:
    accepted = accept(file, TABLES)
    return read(
        accepted.file,
        kind,
        today=localdate(),
        language=get_language() or "id",
        max_rows=paper.MOST_ROWS,
    )


@require_safe
def sheets(request: HttpRequest, code: str, vote: int, batch: int) -> HttpResponseBase:
    """The sheets of a batch as PDF; of one district where each votes on its own."""
    desk = _enter(request, code, vote)
    rows = _batches(desk.vote).filter(kind="sheets")
    row = get_object_or_404(rows.select_related("vote__region"), pk=batch)
    form = SheetsForm(request.GET, vote=desk.vote)
    if not form.is_valid():
        context = {"region": desk.region, "vote": desk.vote, "form": form, "row": row}
        return render(request, "participation/paper_sheets.html", context)
    content = printing.ballot_sheets(
        desk.vote,
        printing.serials(row),
        district=form.cleaned_data.get("district", ""),
        place=row.place,
    )
    return download(content, name=f"surat-suara-{vote}-{batch}.pdf", media_type=PDF)


@require_safe
def attendance(request: HttpRequest, code: str, vote: int) -> HttpResponseBase:
    """A list to sign at the polling place."""
    desk = _enter(request, code, vote)
    form = ListForm(request.GET, prefix="l")
    if not form.is_valid():
        return redirect("participation-work:paper", code, vote)
    content = printing.attendance_list(
        desk.vote, place=form.cleaned_data["place"], lines=form.cleaned_data["lines"]
    )
    return download(content, name=f"daftar-hadir-{vote}.pdf", media_type=PDF)


@require_safe
def voters_template(request: HttpRequest, code: str, vote: int) -> HttpResponseBase:
    """The spreadsheet of who voted on paper, empty."""
    return _empty(request, code, vote, paper.VOTERS)


@require_safe
def ballots_template(request: HttpRequest, code: str, vote: int) -> HttpResponseBase:
    """The spreadsheet of what the sheets say, empty."""
    return _empty(request, code, vote, paper.BALLOTS)


def _empty(
    request: HttpRequest, code: str, vote: int, kind: TableKind
) -> HttpResponseBase:
    _enter(request, code, vote)
    content = template(kind, [], language=get_language() or "id")
    name = f"{kind.sheet}-{vote}.xlsx".replace(" ", "-").lower()
    return download(content, name=name, media_type=XLSX)
