"""The discussion of a proposal: read it, take part, report what breaks the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from habaring.participation import discussion as threads
from habaring.participation.actions import discussing
from habaring.participation.discussion import Asked, Column, Line, Order, Reader
from habaring.participation.forms.discussion import (
    ChangeForm,
    CommentForm,
    DiscussionFilter,
    FlagForm,
    VoiceForm,
)
from habaring.participation.models import (
    OPEN_TO_ALL,
    Comment,
    Proposal,
    ProposalState,
    Side,
    Visibility,
)
from habaring.participation.moderation import Hold, hold
from habaring.people import access, acts
from habaring.people.access import Power
from habaring.people.acts import Act, Need
from habaring.people.models import Account
from habaring.regions.models import Department, Region
from habaring.shared import walls
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import Page, paginate, render
from habaring.shared.refusal import Refusal

TAKE_PART = acts.register(
    Act(
        "participation.discuss",
        gettext_lazy("Take part in a discussion"),
        Need.CODE,
        reason=gettext_lazy(
            "So that you can be told when somebody answers, and nobody speaks twice."
        ),
    )
)
REPORT = acts.register(
    Act(
        "participation.report",
        gettext_lazy("Report what breaks the rules"),
        Need.CODE,
        reason=gettext_lazy("So that each person reports a thing once."),
    )
)


def _proposal(code: str, number: int) -> tuple[Region, Proposal]:
    """A proposal that everybody can read; others are not found."""
    region = get_object_or_404(Region, code=code)
    rows = Proposal.objects.select_related("call", "region", "author")
    found = get_object_or_404(rows, region=region, number=number, state__in=OPEN_TO_ALL)
    return region, found


def _trail(proposal: Proposal, *, talk: bool = True) -> list[tuple[str, str]]:
    """The way back up: the proposal, and its discussion."""
    names = [(proposal.code, "participation:proposal")]
    if talk:
        names.append((_("Discussion"), "participation:discussion"))
    args = [proposal.region_id, proposal.number]
    calls = reverse("participation:calls", args=args[:1])
    return [
        (_("Proposals"), calls),
        *((label, reverse(name, args=args)) for label, name in names),
    ]


def _reader(request: HttpRequest) -> Reader:
    """Who reads; opens nothing but the person's own rows."""
    known = request.user if isinstance(request.user, Account) else None
    if known is not None and connection.in_atomic_block:
        walls.open_person(known.pk)
    return Reader(known, now())


def _took_part(request: HttpRequest, region: Region, act: Act) -> Account:
    account = acts.require(request.user, act, at=now(), region=region)
    assert account is not None  # noqa: S101 - the act needs a code
    return account


@require_safe
def discussion(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """All that was said, in columns for and against, or one side as a list."""
    region, proposal = _proposal(code, number)
    reader = _reader(request)
    form = DiscussionFilter(request.GET)
    asked = _asked(form)
    found: Mapping[str, Any]
    if asked.words:
        page = paginate(
            request,
            threads.found_rows(proposal, asked, reader),
            size=threads.PER_LIST,
        )
        found = {"page": page, "lines": threads.lines(page.rows, reader, answers=False)}
    elif asked.side:
        page = paginate(
            request,
            threads.side_rows(proposal, asked.side, asked, reader),
            size=threads.PER_LIST,
        )
        found = {"page": page, "lines": threads.lines(page.rows, reader, answers=True)}
    else:
        found = _columns(request, proposal, asked, reader)
    context = {
        "region": region,
        "proposal": proposal,
        "trail": _trail(proposal, talk=False),
        "form": form,
        "asked": asked,
        "counts": threads.counts(proposal),
        "open": threads.takes_part(proposal),
        "filtered": bool(asked.words or asked.side),
        **found,
    }
    return render(request, "participation/comments.html", context)


def _asked(form: DiscussionFilter) -> Asked:
    form.is_valid()  # what makes no sense is left out
    data = form.cleaned_data
    asked = Asked(words=data.get("q", "").strip())
    if data.get("sisi"):
        asked = replace(asked, side=Side(data["sisi"]))
    order: Order = data.get("urut") or "newest"
    return replace(asked, order=order)


def _columns(
    request: HttpRequest, proposal: Proposal, asked: Asked, reader: Reader
) -> Mapping[str, Any]:
    """The same page of each side; as many pages as the longest side has."""
    sides = {side: threads.side_rows(proposal, side, asked, reader) for side in Side}
    sizes = threads.tops(proposal, reader)
    pages = max(1, ceil(max(sizes.values(), default=0) / threads.PER_COLUMN))
    asked_page = request.GET.get("halaman", "1")
    number = min(max(int(asked_page) if asked_page.isdigit() else 1, 1), pages)
    start = (number - 1) * threads.PER_COLUMN
    rows = [
        row
        for side, some in sides.items()
        if sizes.get(side, 0) > start
        for row in some[start : start + threads.PER_COLUMN]
    ]
    lines = threads.lines(rows, reader, answers=True)
    query = urlencode([(k, v) for k, v in request.GET.items() if k != "halaman" and v])
    return {
        "columns": [
            Column(side, [line for line in lines if line.side == side]) for side in Side
        ],
        "page": Page([], number, pages, sum(sizes.values()), query),
    }


@require_safe
def thread(request: HttpRequest, code: str, number: int, key: int) -> HttpResponse:
    """One contribution with all its answers."""
    region, proposal = _proposal(code, number)
    reader = _reader(request)
    top = threads.thread(proposal, key, reader)
    if top is None:
        raise Http404
    page = paginate(request, threads.answer_rows(top, reader), size=threads.PER_LIST)
    context = {
        "region": region,
        "proposal": proposal,
        "trail": _trail(proposal),
        "line": threads.lines([top], reader, answers=False)[0],
        "lines": threads.lines(page.rows, reader, answers=False),
        "page": page,
        "open": threads.takes_part(proposal),
    }
    return render(request, "participation/comment.html", context)


# Writing


@dataclass(frozen=True)
class _Desk:
    """Who writes, about what, in answer to what, and for which offices they may."""

    region: Region
    proposal: Proposal
    account: Account
    under: Comment | None
    voices: dict[str, str]


@never_cache
@require_http_methods(FORM_METHODS)
def write(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take part, or answer somebody; officers may answer for their office."""
    desk = _desk(request, code, number)
    form = _comment_form(request, desk)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            row = _say(request, desk, form.cleaned_data)
        except Refusal as refused:
            refusal = refused
        else:
            return redirect(_place(desk.proposal, row))
    context = {
        "region": desk.region,
        "proposal": desk.proposal,
        "trail": _trail(desk.proposal),
        "form": form,
        "under": _line_of(desk),
        "refusal": refusal,
        "open": threads.takes_part(desk.proposal),
        "waits": hold(desk.account, "", now()),
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "participation/comment_form.html", context, status=status)


def _desk(request: HttpRequest, code: str, number: int) -> _Desk:
    region, proposal = _proposal(code, number)
    account = _took_part(request, region, TAKE_PART)
    asked = request.GET.get("jawab", "")
    under = None
    if asked.isdigit():
        rows = Comment.objects.select_related("under", "author")
        under = rows.filter(
            proposal=proposal, pk=int(asked), visibility=Visibility.SHOWN
        ).first()
    return _Desk(region, proposal, account, under, _voices(account, proposal))


def _voices(account: Account, proposal: Proposal) -> dict[str, str]:
    """The offices that a person may speak for about a proposal: none for citizens."""
    region = proposal.region
    held = access.extent(account, Power.CHECK_PROPOSALS, at=now(), region=region)
    if not held:
        return {}
    departments = Department.objects.filter(region=region)
    if held.whole:
        own = departments.filter(pk__in=[proposal.department_id or 0])
        voices = {"region": region.full_name}
    else:
        own = departments.filter(pk__in=held.departments)
        voices = {}
    return voices | {str(row.pk): row.name for row in own}


def _comment_form(request: HttpRequest, desk: _Desk) -> CommentForm:
    side = request.GET.get("sisi", "")
    first = {
        "side": side if side in Side.values else Side.QUESTION if desk.under else "",
        "name": desk.account.full_name,
    }
    data = request.POST if request.method == "POST" else None
    if desk.voices:
        return VoiceForm(data, initial=first, voices=desk.voices)
    return CommentForm(data, initial=first)


def _say(request: HttpRequest, desk: _Desk, data: dict[str, Any]) -> Comment:
    at = now()
    said = discussing.Said(
        side=Side(data["side"]), text=data["text"], name=data["name"], under=desk.under
    )
    voice = data.get("voice", "")
    if voice:
        access.require_part(
            request.user, Power.CHECK_PROPOSALS, at=at, region=desk.region
        )
        said = replace(said, name=desk.voices[voice])
        row = discussing.answer_officially(
            proposal=desk.proposal, by=desk.account, said=said, at=at
        )
    else:
        row = discussing.write(
            proposal=desk.proposal, by=desk.account, said=said, at=at
        )
    _tell_writer(request, row)
    return row


def _tell_writer(request: HttpRequest, row: Comment) -> None:
    if row.visibility == Visibility.HELD:
        reason = hold(row.author, row.text, now()) or Hold.NEW_ACCOUNT
        messages.info(request, str(reason.sentence))
    else:
        messages.success(request, _("Your contribution is published."))


def _line_of(desk: _Desk) -> Line | None:
    if desk.under is None:
        return None
    reader = Reader(None, now())
    rows = threads.one(desk.proposal, desk.under.pk, reader)
    found = threads.lines(rows, reader, answers=False)
    return found[0] if found else None


def _place(proposal: Proposal, row: Comment) -> str:
    """Where a contribution stands."""
    top = row.under_id or row.pk
    path = reverse(
        "participation:thread", args=[proposal.region_id, proposal.number, top]
    )
    return f"{path}#c{row.pk}"


def _own(request: HttpRequest, code: str, number: int, key: int) -> Comment:
    """One's own contribution; somebody else's is not found."""
    region, proposal = _proposal(code, number)
    account = _took_part(request, region, TAKE_PART)
    rows = Comment.objects.select_related("proposal__region", "proposal__call")
    return get_object_or_404(rows, proposal=proposal, pk=key, author=account)


@never_cache
@require_http_methods(FORM_METHODS)
def change(request: HttpRequest, code: str, number: int, key: int) -> HttpResponse:
    """Mend one's own words within a quarter of an hour."""
    row = _own(request, code, number, key)
    first = {"side": row.side, "text": row.text}
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=first)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        said = discussing.Said(
            side=Side(form.cleaned_data["side"]), text=form.cleaned_data["text"]
        )
        try:
            changed = discussing.change(comment=row, by=row.author, said=said, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            _tell_writer(request, changed)
            return redirect(_place(row.proposal, changed))
    context = {
        "region": row.proposal.region,
        "proposal": row.proposal,
        "trail": _trail(row.proposal),
        "form": form,
        "refusal": refusal,
        "changes": True,
        "open": True,
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "participation/comment_form.html", context, status=status)


@never_cache
@require_http_methods(FORM_METHODS)
def withdraw(request: HttpRequest, code: str, number: int, key: int) -> HttpResponse:
    """Take one's own words back."""
    row = _own(request, code, number, key)
    if request.method == "POST":
        discussing.withdraw(comment=row, by=row.author, at=now())
        messages.success(request, _("Your contribution is withdrawn."))
        return redirect("participation:discussion", code, number)
    context = {
        "region": row.proposal.region,
        "proposal": row.proposal,
        "trail": _trail(row.proposal),
        "row": row,
    }
    return render(request, "participation/comment_withdraw.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def flag(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Report a proposal, or a contribution to its discussion."""
    region, proposal = _proposal(code, number)
    account = _took_part(request, region, REPORT)
    comment = _reported(request, proposal)
    form = FlagForm(request.POST if request.method == "POST" else None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        report = discussing.Report(**form.cleaned_data)
        try:
            new = discussing.flag(
                proposal=proposal,
                comment=comment,
                by=account,
                report=report,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(
                request,
                _("Thank you. A moderator looks at it.")
                if new
                else _("You reported this before; a moderator looks at it."),
            )
            return redirect(
                _place(proposal, comment)
                if comment
                else reverse("participation:proposal", args=[code, number])
            )
    context = {
        "region": region,
        "proposal": proposal,
        "trail": _trail(proposal),
        "comment": comment,
        "form": form,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "participation/comment_flag.html", context, status=status)


def _reported(request: HttpRequest, proposal: Proposal) -> Comment | None:
    asked = request.GET.get("komentar", "")
    if not asked:
        if proposal.state != ProposalState.PUBLIC:
            raise Http404
        return None
    if not asked.isdigit():
        raise Http404
    return get_object_or_404(
        Comment, proposal=proposal, pk=int(asked), visibility=Visibility.SHOWN
    )
