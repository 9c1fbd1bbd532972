"""My taxes: for whoever has signed in, by code or password."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.people import acts
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import (
    basket,
    collecting,
    explanation,
    letters,
    lookup,
    mine,
    receipt_access,
    reminders,
)
from habaring.revenue.actions import mine as actions
from habaring.revenue.forms.mine import AddForm, WayForm
from habaring.revenue.models import Bill, ReminderWay
from habaring.revenue.views import doors
from habaring.shared import walls
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.pages import download, download_table, render
from habaring.shared.refusal import Refusal

HISTORY = 100
"""Payments shown; the tables by year hold all."""


def _person(request: HttpRequest, region: Region) -> Account:
    person = acts.require(request.user, mine.MINE, at=now(), region=region)
    if person is None:
        raise TypeError("My taxes let nobody in without a name.")
    return person


@never_cache
@require_safe
def taxes(request: HttpRequest, code: str) -> HttpResponse:
    """All objects of a person and the family, what is owed, receipts, reminders."""
    region = doors.region_of(code)
    person = _person(request, region)
    found = mine.own(person, region, on=localdate())
    context = {
        "region": region,
        "taxes": found,
        "form": WayForm(found),
        "history": _history(region, found),
        "reminded": mine.reminded(person, region),
        "trail": doors.trail(region),
        "today": localdate(),
    }
    return render(request, "revenue/public/mine.html", context)


@dataclass(frozen=True)
class _Row:
    """One payment in the history, with the way to its receipt."""

    paid: lookup.Paid
    line: lookup.BillLine | None
    label: str
    secret: str


def _history(region: Region, found: mine.OwnTaxes) -> list[_Row]:
    """Payments of all objects, newest first."""
    rows = []
    for one in found.objects:
        lines = {line.bill: line for line in one.found.bills}
        rows += [
            _Row(
                paid=paid,
                line=lines.get(paid.bill),
                label=one.label,
                secret=receipt_access.secret_of(region, paid.serial),
            )
            for paid in one.found.paid
        ]
    return sorted(rows, key=lambda row: row.paid.paid_at, reverse=True)[:HISTORY]


@never_cache
@require_http_methods(FORM_METHODS)
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Put an object of the family on the list."""
    region, at = doors.region_of(code), now()
    person = _person(request, region)
    form = AddForm(posted(request))
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        wanted = actions.Wanted(**form.cleaned_data)
        try:
            actions.add_object(account=person, region=region, wanted=wanted, at=at)
            messages.success(request, _("The object is on your list."))
            return redirect("revenue:mine", code)
        except Refusal as refused:
            refusal = refused
    here = (_("My taxes"), reverse("revenue:mine", args=[code]))
    context = {
        "region": region,
        "form": form,
        "refusal": refusal,
        "trail": doors.trail(region, here),
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "revenue/public/mine_add.html", context, status=status)


@never_cache
@require_POST
def remove(request: HttpRequest, code: str, link: int) -> HttpResponse:
    """Take an object off the list."""
    region = doors.region_of(code)
    person = _person(request, region)
    if not actions.remove_object(account=person, region=region, link=link, at=now()):
        raise Http404
    messages.success(request, _("The object is off your list."))
    return redirect("revenue:mine", code)


@never_cache
@require_POST
def pay_all(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that is chosen on the list goes into the basket."""
    region = doors.region_of(code)
    person = _person(request, region)
    mine_now = {line.bill for line in mine.own(person, region, on=localdate()).payable}
    sent = {int(one) for one in request.POST.getlist("bill") if one.isdecimal()}
    chosen = [bill for bill in sorted(sent) if bill in mine_now]
    if not chosen:
        messages.warning(request, _("Choose at least one bill."))
        return redirect("revenue:mine", code)
    every = [*basket.read(request, code), *chosen]
    return basket.write(redirect("revenue:pay", code), code, every)


@never_cache
@require_POST
def remind(request: HttpRequest, code: str) -> HttpResponse:
    """Reminders on or off, by mail or by message."""
    region, at = doors.region_of(code), now()
    person = _person(request, region)
    form = WayForm(mine.own(person, region, on=localdate(at)), request.POST)
    if form.is_valid():
        way = ReminderWay(form.cleaned_data["way"])
        actions.set_reminders(account=person, region=region, way=way, at=at)
        messages.success(request, _("Saved."))
    return redirect("revenue:mine", code)


@never_cache
@require_safe
def bill(request: HttpRequest, code: str, bill: int) -> HttpResponse:
    """A bill of any tax that is registered to the person, with its steps."""
    region = doors.region_of(code)
    person = _person(request, region)
    row = mine.own_bill(person, region, bill)
    found = lookup.lines(region, [bill], on=localdate()) if row else []
    if not found:
        raise Http404
    explained, _assessment, _row = explanation.explain(region, bill, on=found[0].on)
    here = (_("My taxes"), reverse("revenue:mine", args=[code]))
    context = {
        "region": region,
        "line": found[0],
        "why": explained,
        "paid": lookup.payments(region, [bill]),
        "letters": _letters(region, bill),
        "trail": doors.trail(region, here),
    }
    return render(request, "revenue/public/mine_bill.html", context)


def _letters(region: Region, bill: int) -> list[collecting.LetterLine]:
    """What the office wrote about a bill of the person, except notes of its own."""
    with walls.also(region.code):
        row = Bill.objects.get(region=region, id=bill)
        found = collecting.letters_of(row, localdate())
    return [one for one in found if one.standing not in ("withdrawn", "noted")]


@never_cache
@require_safe
def letter(request: HttpRequest, code: str, bill: int, letter: int) -> HttpResponseBase:
    """A letter of the office about an own bill, as it was printed."""
    region = doors.region_of(code)
    person = _person(request, region)
    if mine.own_bill(person, region, bill) is None:
        raise Http404
    found = [one for one in _letters(region, bill) if one.letter.pk == letter]
    if not found:
        raise Http404
    name = f"{found[0].letter.number.replace('/', '-')}.pdf"
    content = letters.sheets(region, found)
    return download(content, name=name, media_type="application/pdf")


@never_cache
@require_safe
def summary(request: HttpRequest, code: str, year: int) -> HttpResponseBase:
    """A year's payments as a table to keep."""
    region = doors.region_of(code)
    person = _person(request, region)
    rows = mine.payments_of_year(person, region, year, on=localdate())
    name = f"pajak-saya-{region.code}-{year}"
    return download_table(mine.PAYMENTS, rows, name=name, form="csv")


@never_cache
@require_http_methods(FORM_METHODS)
def stop(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """From a letter: no more reminders of this region, without signing in."""
    region = doors.region_of(code)
    person = reminders.read_stop_token(token, region=region)
    if request.method == "POST":
        way = ReminderWay.NOT
        actions.set_reminders(account=person, region=region, way=way, at=now())
    context = {
        "region": region,
        "stopped": request.method == "POST",
        "trail": doors.trail(region),
    }
    return render(request, "revenue/public/remind_stop.html", context)
