"""A voter's pages: choose, review, cast, change, look whether it lies in the box.

Nothing a voter types is kept between two requests: it travels in the form. All of these
pages are answered to POST and never stored by a browser.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from habaring.participation import box, choices, published
from habaring.participation.actions import casting as actions
from habaring.participation.box import Person
from habaring.participation.choices import Choice, ChoiceRefused
from habaring.participation.forms import casting as forms
from habaring.participation.models import Option, Vote, VoteState
from habaring.participation.printing import screen_receipt
from habaring.participation.receipts import Receipt, read_receipt
from habaring.participation.vote_words import how_to
from habaring.shared import limits
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal

GUESSES = 30
"""Wrong receipts from one network in an hour; right ones are not counted."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Desk:
    """What every step of casting knows."""

    request: HttpRequest
    vote: Vote
    options: Sequence[Option]
    sheet: choices.Sheet
    receipt: Receipt | None = None
    changing: bool = False


def _vote(code: str, vote: int) -> Vote:
    rows = Vote.objects.exclude(state=VoteState.DRAFT)
    rows = rows.select_related("region", "call", "register")
    return get_object_or_404(rows, pk=vote, region=code)


def _desk(request: HttpRequest, vote: Vote, district: str, **more: Any) -> Desk:
    options = list(choices.options_of(vote, district=district))
    sheet = choices.sheet(vote, options, district=district)
    return Desk(request, vote, options, sheet, **more)


@never_cache
@sensitive_post_parameters()
@require_http_methods(FORM_METHODS)
def cast(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """Choose, review, cast: one address, the step in the form."""
    row = _vote(code, vote)
    person = actions.person_of(vote=row, account=request.user, at=now())
    step = request.POST.get("langkah", "")
    if step == "kirim":
        return _cast(_desk(request, row, person.district), person)
    if not actions.takes_ballots(row, now()):
        raise box.closed()
    how = actions.voted(vote=row, person=person)
    if how:
        context = {"region": row.region, "vote": row, "how": how}
        return render(request, "participation/cast_voted.html", context)
    return _step(_desk(request, row, person.district), step)


def _step(desk: Desk, step: str) -> HttpResponse:
    sent = desk.request.POST
    if step == "kembali":
        return _choose(desk, forms.read_carried(sent))
    if step != "tinjau":
        return _choose(desk, Choice())
    try:
        choice = forms.read_ballot(desk.vote, desk.options, sent)
    except forms.Unreadable as unreadable:
        return _choose(desk, Choice(), problems=unreadable.problems, sent=sent)
    try:
        choices.check(desk.sheet, choice)
    except ChoiceRefused as refused:
        return _choose(desk, choice, problems=refused.problems)
    return _review(desk, choice)


def _choose(
    desk: Desk, choice: Choice, *, problems: Sequence[Any] = (), sent: Any = None
) -> HttpResponse:
    lines = forms.lines(desk.vote, desk.options, choice)
    if sent is not None:  # what cannot be read is shown again as it was written
        lines = [
            forms.Line(line.option, (sent.get(line.name) or "")[:7]) for line in lines
        ]
    context = {
        **_context(desk),
        "steps": _steps(0),
        "how": how_to(desk.vote, budget=desk.sheet.budget),
        "lines": lines,
        "problems": problems,
        "ranks": range(1, (desk.vote.most or len(desk.options)) + 1),
        "chosen": len(choice.codes),
    }
    status = 422 if problems else 200
    return render(desk.request, "participation/cast.html", context, status=status)


def _review(desk: Desk, choice: Choice, refusal: Refusal | None = None) -> HttpResponse:
    receipt = desk.receipt or screen_receipt(desk.vote)
    context = {
        **_context(desk),
        "steps": _steps(1),
        **_chosen(desk, choice),
        "receipt": forms.halves(receipt),
        "carried": forms.carried(choice),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(
        desk.request, "participation/cast_review.html", context, status=status
    )


def _cast(desk: Desk, person: Person) -> HttpResponse:
    choice = forms.read_carried(desk.request.POST)
    receipt = read_receipt(desk.request.POST.get("resi", ""))
    if receipt is None:
        return _choose(desk, choice)
    try:
        done = actions.cast(
            sheet=desk.sheet, person=person, receipt=receipt, choice=choice, at=now()
        )
    except ChoiceRefused as refused:
        return _choose(desk, choice, problems=refused.problems)
    except box.NumberTaken as refused:
        return _review(desk, choice, refused)
    return _done(desk, done)


def _done(desk: Desk, done: actions.Cast) -> HttpResponse:
    context = {
        **_context(desk),
        "steps": _steps(2),
        **_chosen(desk, done.choice),
        "receipt": forms.halves(done.receipt),
        "again": done.again,
    }
    return render(desk.request, "participation/cast_done.html", context)


def _context(desk: Desk) -> dict[str, Any]:
    return {
        "region": desk.vote.region,
        "vote": desk.vote,
        "budget": desk.sheet.budget,
        "changing": desk.changing,
        "held": str(desk.receipt) if desk.receipt else "",
    }


def _steps(now: int) -> list[dict[str, Any]]:
    labels = (_("Choose"), _("Look it over"), _("In the box"))
    return [
        {
            "label": label,
            "state": "done" if place < now else "now" if place == now else "next",
        }
        for place, label in enumerate(labels)
    ]


def _chosen(desk: Desk, choice: Choice) -> dict[str, Any]:
    by_code = {option.code: option for option in desk.options}
    points = choice.points or (0,) * len(choice.codes)
    rows = [
        {
            "option": by_code[code],
            "points": given,
            "shown": forms.proposal_code(by_code[code]),
        }
        for code, given in zip(choice.codes, points, strict=False)
        if code in by_code
    ]
    total = sum(by_code[code].cost for code in choice.codes if code in by_code)
    return {"chosen": rows, "total": total}


# Change


@never_cache
@sensitive_post_parameters()
@require_http_methods(FORM_METHODS)
def change(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """Give the receipt, choose again, review, put it in. Who it is, nobody asks."""
    row = _vote(code, vote)
    if not actions.takes_ballots(row, now()):
        raise box.closed()
    typed = request.POST.get("resi", request.POST.get("receipt", ""))
    form = forms.ReceiptForm({"receipt": typed} if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, row, form)
    receipt = form.cleaned_data["receipt"]
    try:
        found = _look(request, row, receipt)
    except Refusal as refused:
        return _ask(request, row, form, refused)
    desk = _desk(request, row, found.district, receipt=receipt, changing=True)
    step = request.POST.get("langkah", "")
    if step == "kirim":
        return _replace(desk)
    if step:
        return _step(desk, step)
    return _choose(desk, found.choice or Choice())


def _ask(
    request: HttpRequest,
    vote: Vote,
    form: forms.ReceiptForm,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {"region": vote.region, "vote": vote, "form": form, "refusal": refusal}
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "participation/cast_change.html", context, status=status)


def _look(request: HttpRequest, vote: Vote, receipt: Receipt) -> box.Found:
    """The ballot of a receipt; a network that guesses is stopped for an hour."""
    network, at = limits.client_network(request), now()
    limits.check("participation.receipt", network, most=GUESSES, at=at)
    try:
        return actions.look_in(vote=vote, receipt=receipt)
    except box.ReceiptUnknown:
        limits.spend("participation.receipt", network, most=GUESSES, per=HOUR, at=at)
        raise


def _replace(desk: Desk) -> HttpResponse:
    choice = forms.read_carried(desk.request.POST)
    if desk.receipt is None:
        return _choose(desk, choice)
    try:
        done = actions.change(
            vote=desk.vote, receipt=desk.receipt, choice=choice, at=now()
        )
    except ChoiceRefused as refused:
        return _choose(desk, choice, problems=refused.problems)
    return _done(desk, done)


# Look


@never_cache
@sensitive_post_parameters()
@require_http_methods(FORM_METHODS)
def check(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """Anybody looks whether a ballot lies in the box, or was counted."""
    row = _vote(code, vote)
    form = forms.NumberForm(request.POST or None)
    context: dict[str, Any] = {"region": row.region, "vote": row, "form": form}
    if request.method == "POST" and form.is_valid():
        receipt = form.cleaned_data["number"]
        try:
            with transaction.atomic():
                context |= _found(request, row, receipt)
        except box.ReceiptUnknown:
            context |= {"looked": True, "number": forms.halves(receipt)["number"]}
        except Refusal as refused:
            context["refusal"] = refused
    status = 422 if form.errors else 200
    return render(request, "participation/ballot_check.html", context, status=status)


def _found(request: HttpRequest, vote: Vote, receipt: Receipt) -> dict[str, Any]:
    number = forms.halves(receipt)["number"]
    context: dict[str, Any] = {"looked": True, "number": number}
    if vote.state == VoteState.COUNTED:
        return context | _published(vote, receipt.number)
    if not receipt.secret:
        context["in_box"] = actions.in_the_box(vote=vote, number=receipt.number)
        return context
    found = _look(request, vote, receipt)
    context["in_box"] = True
    if found.choice is not None and vote.state != VoteState.CANCELLED:
        desk = _desk(request, vote, found.district)
        context |= _chosen(desk, found.choice) | {"opened": True}
    return context


def _published(vote: Vote, number: str) -> dict[str, Any]:
    """The ballot as it stands in the published file."""
    found = published.in_file(vote, number)
    if found is None:
        return {"in_box": False}
    desk = _desk(vote=vote, request=HttpRequest(), district=found.district)
    context = _chosen(desk, found.choice)
    return context | {"in_box": True, "opened": True, "line": found.line}
