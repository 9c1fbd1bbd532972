"""The counter: find a bill, take cash for several at once, count the till."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from habaring.people.access import Power
from habaring.revenue import receipt_access, tills
from habaring.revenue.actions import counter as actions
from habaring.revenue.actions import reconciling
from habaring.revenue.actions.counter import Count, Taking
from habaring.revenue.forms.counter import (
    CountForm,
    ReasonForm,
    SearchForm,
    TakeForm,
    read_bills,
    read_taking,
)
from habaring.revenue.forms.reconciling import read_day
from habaring.revenue.models import Bill, Finding, Outcome, Payment
from habaring.revenue.views.rooms import Room, enter, form_page
from habaring.shared import formats
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal


def _context(room: Room, **more: object) -> dict[str, object]:
    return {"region": room.region, "may": room.may, "here": "counter", **more}


@never_cache
@require_safe
def counter(request: HttpRequest, code: str) -> HttpResponse:
    """Find who pays, tick bills; the cashier's own day beside it."""
    room, on = enter(request, code, Power.TAKE_PAYMENTS), localdate()
    form = SearchForm(request.GET or None)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    found = tills.search(room.region, words, on=on) if words else []
    context = _context(
        room,
        form=form,
        words=words,
        found=found,
        most=tills.MOST_OBJECTS,
        till=tills.till(room.region, room.officer, on),
        mistakes=tills.mistakes(room.region),
    )
    return render(request, "revenue/counter/counter.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def take(request: HttpRequest, code: str) -> HttpResponse:
    """What is to be paid now; sent, the cash is taken and the receipts stand there."""
    room, on = enter(request, code, Power.TAKE_PAYMENTS), localdate()
    form = TakeForm(posted(request))
    taking = read_taking(request.POST)
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid() and taking.key:
        try:
            return _taken(request, room, taking, form.cleaned_data["given"])
        except Refusal as refused:
            refusal = refused
    wanted = list(taking.amounts) or read_bills(request.GET)
    rows = Bill.objects.filter(region=room.region, id__in=wanted[:100])
    lines = tills.owing(room.region, rows, on=on)
    context = _context(
        room,
        form=form,
        refusal=refusal,
        lines=lines,
        total=sum(one.total for one in lines),
        key=uuid4().hex,  # of this form; sent twice it pays once
        today=on,
        trail=[(_("Counter"), reverse("revenue-work:counter", args=[code]))],
    )
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "revenue/counter/take.html", context, status=status)


def _taken(
    request: HttpRequest, room: Room, taking: Taking, given: int | None
) -> HttpResponse:
    if given is not None and given < taking.total:
        raise actions.CounterRefused(
            _("The cash is not enough."),
            _("%(given)s was received, %(total)s is asked for.")
            % {
                "given": formats.rupiah(given),
                "total": formats.rupiah(taking.total),
            },
            _("Take the rest, or take fewer bills."),
        )
    actions.take(
        region=room.region, taking=taking, by=room.officer, at=now(), on=localdate()
    )
    if given:
        messages.info(
            request,
            _("Change: %(sum)s") % {"sum": formats.rupiah(given - taking.total)},
        )
    return redirect("revenue-work:counter-receipts", room.region.code, taking.key)


@never_cache
@require_safe
def receipts(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """The receipts of one form, to hand over or print."""
    room = enter(request, code, Power.TAKE_PAYMENTS)
    taken = tills.receipt_of(room.region, key)
    if not taken:
        return redirect("revenue-work:counter", code)
    lines = [
        (
            one,
            reverse(
                "revenue:receipt",
                args=[
                    code,
                    one.payment.serial,
                    receipt_access.secret_of(room.region, one.payment.serial),
                ],
            ),
        )
        for one in taken
    ]
    context = _context(
        room,
        lines=lines,
        total=sum(one.payment.amount for one in taken if one.stands),
        trail=[(_("Counter"), reverse("revenue-work:counter", args=[code]))],
    )
    return render(request, "revenue/counter/receipts.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def till(request: HttpRequest, code: str) -> HttpResponse:
    """A cashier's day: what was taken, and the count at its end; an earlier day that was
    not counted still can be.
    """
    room, today = enter(request, code, Power.TAKE_PAYMENTS), localdate()
    on = min(read_day(request.GET.get("hari", "")) or today, today)
    form = CountForm(posted(request))
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        count = Count(given["counted"], room.officer, given["reason"])
        try:
            actions.cash_up(
                region=room.region, cashier=room.officer, count=count, at=now(), on=on
            )
        except Refusal as refused:
            refusal = refused
        else:
            words = _("Your till is counted for %(day)s.") % {"day": formats.day(on)}
            messages.success(request, words)
            return redirect(request.get_full_path())
    context = _context(
        room,
        form=form,
        refusal=refusal,
        till=tills.till(room.region, room.officer, on),
        today=today,
        uncounted=[
            day
            for day in tills.uncounted(room.region, room.officer, before=today)
            if day != on
        ],
        trail=[(_("Counter"), reverse("revenue-work:counter", args=[code]))],
    )
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "revenue/counter/till.html", context, status=status)


@never_cache
@require_http_methods(FORM_METHODS)
def mistake(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Ask a second person to take back one's own payment of today."""
    room, on = enter(request, code, Power.TAKE_PAYMENTS), localdate()
    get_object_or_404(Payment, region=room.region, serial=serial)
    form = ReasonForm(posted(request))

    def save() -> HttpResponse:
        actions.ask_reversal(
            region=room.region,
            serial=serial,
            reason=form.cleaned_data["reason"],
            by=room.officer,
            at=now(),
            on=on,
        )
        messages.success(request, _("A colleague is asked to decide."))
        return redirect("revenue-work:till", code)

    sheet = Sheet(
        title=_("Take back receipt %(number)s") % {"number": serial},
        lede=_(
            "Only your own, only today, and a second person decides. Keep the money"
            " apart until then."
        ),
        button=_("Ask a colleague"),
        trail=(
            (_("Counter"), reverse("revenue-work:counter", args=[code])),
            (_("My till"), reverse("revenue-work:till", args=[code])),
        ),
        here="counter",
    )
    return form_page(request, room, form, sheet, save)


@never_cache
@require_http_methods(FORM_METHODS)
def decide(request: HttpRequest, code: str, finding: int) -> HttpResponse:
    """The second person takes a payment back, or says why not."""
    room = enter(request, code, Power.TAKE_PAYMENTS)
    rows = Finding.objects.select_related("region", "proposed_by")
    row = get_object_or_404(
        rows, region=room.region, pk=finding, outcome=Outcome.MISTAKE
    )
    form = ReasonForm(posted(request))
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            if _decided(request, room, row, form):
                return redirect("revenue-work:counter", code)
        except Refusal as refused:
            refusal = refused
    taken = next(iter(tills.taken_as(room.region, row)), None)
    context = _context(
        room,
        finding=row,
        taken=taken,
        form=form,
        own=row.proposed_by_id == room.officer.pk,
        refusal=refusal,
    )
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "revenue/counter/decide.html", context, status=status)


def _decided(request: HttpRequest, room: Room, row: Finding, form: ReasonForm) -> bool:
    if request.POST.get("deed") == "approve":
        form.errors.clear()
        reconciling.approve(finding=row, by=room.officer, at=now())
        messages.success(
            request, _("The payment is taken back; give the money to the payer.")
        )
        return True
    if not form.is_valid():
        return False
    reason = form.cleaned_data["reason"]
    reconciling.refuse(finding=row, reason=reason, by=room.officer, at=now())
    messages.info(request, _("The payment stands; the cashier reads your reason."))
    return True
