"""Find a bill by its NOP, see why it is that amount, try what else it could be."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from habaring.engines.taxing import Refused, what_if
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import basket, explanation, lookup, mine
from habaring.revenue.forms.lookup import NopForm, ValueChoice, WhatIfForm
from habaring.revenue.lookup import BillLine, FoundObject, NothingFound
from habaring.revenue.models import ValueClass
from habaring.revenue.nop import shown_nop
from habaring.revenue.views import doors
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal


@never_cache
@require_safe
def home(request: HttpRequest, code: str) -> HttpResponse:
    """Type a NOP; the doors to everything else about taxes."""
    region = doors.region_of(code)
    form = NopForm(request.GET if "nop" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("revenue:object", code, form.cleaned_data["nop"])
    return _ask(request, region, form)


def _ask(
    request: HttpRequest, region: Region, form: NopForm, refusal: Refusal | None = None
) -> HttpResponse:
    context = {
        "region": region,
        "form": form,
        "refusal": refusal,
        "basket": len(basket.read(request, region.code)),
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "revenue/public/home.html", context, status=status)


def _with_place(nothing: NothingFound, region: Region, nop: str) -> Refusal:
    """The same refusal; where no village of the region begins so, it says that."""
    if lookup.place_known(region, nop):
        return nothing
    refused = Refusal(
        nothing.what,
        why=_("No village of this region has a number that begins with %(start)s.")
        % {"start": shown_nop(nop)[:13]},
        next=_("Compare the first ten digits: district and village."),
    )
    refused.status = nothing.status
    return refused


@never_cache
@require_safe
def object_(request: HttpRequest, code: str, nop: str) -> HttpResponse:
    """An object's bills of all years and what is owed today."""
    region = doors.region_of(code)
    form = NopForm({"nop": nop})
    try:
        found = doors.found(request, region, nop)
    except NothingFound as nothing:
        return _ask(request, region, form, _with_place(nothing, region, nop))
    chosen = basket.read(request, code)
    context = {
        "region": region,
        "found": found,
        "trail": doors.trail(region),
        "chosen": set(chosen),
        "basket": len(chosen),
        "today": localdate(),
    }
    return render(request, "revenue/public/object.html", context)


def _line(found: FoundObject, year: int, seq: int) -> BillLine:
    line = found.line(year, seq)
    if line is None:
        raise NothingFound
    return line


def _here(found: FoundObject) -> tuple[str, str]:
    address = reverse("revenue:object", args=[found.region, found.number])
    return found.shown_number, address


@never_cache
@require_safe
def bill(
    request: HttpRequest, code: str, nop: str, year: int, seq: int = 0
) -> HttpResponse:
    """Why a bill is that amount: every step, last year's beside, why it changed."""
    region = doors.region_of(code)
    found = doors.found(request, region, nop)
    line = _line(found, year, seq)
    explained, _assessment, _row = explanation.explain(region, line.bill, on=line.on)
    context = {
        "region": region,
        "found": found,
        "line": line,
        "why": explained,
        "tax": lookup.tax_name(line.tax, get_language() or "id"),
        "paid": [one for one in found.paid if one.bill == line.bill],
        "trail": doors.trail(region, _here(found)),
        "in_basket": line.bill in basket.read(request, code),
        "cases": _asking(request, region, line.bill),
    }
    return render(request, "revenue/public/bill.html", context)


def _asking(request: HttpRequest, region: Region, bill: int) -> str:
    """Where a correction is asked for, if the bill is registered to the reader."""
    if not isinstance(request.user, Account):
        return ""
    if mine.own_bill(request.user, region, bill) is None:
        return ""
    return reverse("revenue:ask-choose", args=[region.code, bill])


@never_cache
@require_safe
def try_out(
    request: HttpRequest, code: str, nop: str, year: int, seq: int = 0
) -> HttpResponse:
    """What the bill would be with another area, class or use; kept nowhere."""
    region = doors.region_of(code)
    found = doors.found(request, region, nop)
    line = _line(found, year, seq)
    _explained, assessment, _row = explanation.explain(region, line.bill, on=line.on)
    classes = _classes(code, year)
    sent = request.GET if request.GET else None
    form = WhatIfForm(assessment.rules, assessment.facts, classes, sent)
    change, problem = None, ""
    if form.is_bound and form.is_valid():
        try:
            change = what_if(
                assessment.rules, assessment.facts, form.changed(), on=assessment.on
            )
        except Refused:
            problem = _("With these figures no bill can be made. Change one of them.")
    context = {
        "region": region,
        "found": found,
        "line": line,
        "form": form,
        "problem": problem,
        "change": change,
        "told": explanation.tell(change.new) if change else None,
        "causes": explanation.causes(change) if change else (),
        "rules_example": assessment.rules.example,
        "trail": doors.trail(region, _here(found)),
        "cases": _asking(request, region, line.bill),
    }
    status = 422 if form.errors or problem else 200
    return render(request, "revenue/public/what_if.html", context, status=status)


def _classes(code: str, year: int) -> list[ValueChoice]:
    """The value classes in force in a year, as published."""
    rows = ValueClass.objects.filter(region=code, year__lte=year)
    newest = rows.order_by("kind", "code", "-year").distinct("kind", "code")
    return [ValueChoice(row.kind, row.code, row.value) for row in newest[:500]]
