"""Bills in the work room: the list, one of them, papers of a village."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from habaring.people.access import Power
from habaring.revenue import assessing, bills, explanation, issuing, printing
from habaring.revenue.actions import bills as verbs
from habaring.revenue.forms.bills import BillFilter, OneBillForm, ReasonForm
from habaring.revenue.models import Bill, TaxObject
from habaring.revenue.nop import shown_nop
from habaring.revenue.views.rooms import Room, enter, form_page
from habaring.shared import audit
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import download, download_table, paginate, render
from habaring.shared.refusal import Refusal

PDF = "application/pdf"
READERS = (
    Power.ISSUE_BILLS,
    Power.DECIDE_TAX_CASES,
    Power.TAKE_PAYMENTS,
    Power.RECONCILE,
)
"""One bill is read by whoever decides on it, takes its money or looks after the money;
the lists of all are for who issues them."""
MOST_ROWS = 50_000
"""Rows of one spreadsheet: more are taken by village or year."""


def _context(room: Room, **more: Any) -> dict[str, Any]:
    return {"region": room.region, "may": room.may, "here": "bills", **more}


def _wanted(request: HttpRequest, room: Room) -> tuple[BillFilter, Any]:
    form = BillFilter(request.GET, region=room.region)
    return form, bills.narrowed(room.region, form.wanted(), localdate())


@require_http_methods(FORM_METHODS)
def bills_list(request: HttpRequest, code: str) -> HttpResponse:
    """Every bill: search, filters, pages; note what was delivered."""
    room = enter(request, code, Power.ISSUE_BILLS)
    if request.method == "POST":
        return _deliver(request, room)
    form, rows = _wanted(request, room)
    page = paginate(request, rows)
    context = _context(
        room,
        form=form,
        page=page,
        lines=bills.lines(page.rows, localdate()),
        query=request.GET.urlencode(),
        filtered=any(request.GET.values()),
    )
    return render(request, "revenue/bills/list.html", context)


def _deliver(request: HttpRequest, room: Room) -> HttpResponse:
    chosen = [int(one) for one in request.POST.getlist("tagihan") if one.isdecimal()]
    count = verbs.deliver(region=room.region, bills=chosen, by=room.officer, at=now())
    words = ngettext(
        "One bill is marked as delivered.",
        "%(n)d bills are marked as delivered.",
        count,
    )
    messages.success(request, words % {"n": count})
    return redirect(request.get_full_path())


@require_safe
def bills_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """What the list shows as a file."""
    room = enter(request, code, Power.ISSUE_BILLS)
    if form not in ("csv", "xlsx"):
        raise Http404
    _form, rows = _wanted(request, room)
    table = bills.table(rows[:MOST_ROWS])
    name = _("bills") + f"-{code}"
    return download_table(bills.BILLS, table, name=name, form=form)


def _trail(room: Room) -> list[tuple[str, str]]:
    """The way back to where this reader comes from."""
    doors = (
        (Power.ISSUE_BILLS, _("Bills"), "bills"),
        (Power.DECIDE_TAX_CASES, _("Requests of taxpayers"), "cases"),
        (Power.TAKE_PAYMENTS, _("Counter"), "counter"),
        (Power.RECONCILE, _("Reconciliation"), "reconciling"),
    )
    return [
        (label, reverse(f"revenue-work:{name}", args=[room.region.code]))
        for power, label, name in doors
        if power in room.may
    ][:1]


def _bill(room: Room, bill: int) -> Bill:
    row = bills.bill_of(room.region, bill)
    if row is None:
        raise Http404
    return row


@require_http_methods(FORM_METHODS)
def bill(request: HttpRequest, code: str, bill: int) -> HttpResponse:
    """One bill: every step, last year's beside, payments, requests; cancel it."""
    room = enter(request, code, *READERS)
    row, on = _bill(room, bill), localdate()
    form = ReasonForm(posted(request))
    refusal: Refusal | None = None
    if request.method == "POST":
        room = enter(request, code, Power.ISSUE_BILLS)
        try:
            words = _act(request, room, row, form)
        except Refusal as refused:
            refusal = refused
        else:
            if words:
                messages.success(request, words)
                return redirect("revenue-work:bill", code, bill)
    why, _assessment, _row = explanation.explain(room.region, row.id, on=on)
    waivers = assessing.waivers_of(code, on)
    context = _context(
        room,
        bill=row,
        line=bills.lines([row], on)[0],
        why=why,
        tax=assessing.tax_name(row.tax),
        owed=assessing.owed_on(row, on, waivers=waivers),
        on=on,
        around=bills.around(row, on),
        village=bills.villages(room.region).get(row.number[: bills.PREFIX], ""),
        form=form,
        refusal=refusal,
        history=audit.history(row, region=code),
        trail=_trail(room),
    )
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/bills/bill.html", context, status=status)


def _act(request: HttpRequest, room: Room, row: Bill, form: ReasonForm) -> str:
    """What was done, in words; nothing where no deed is named or the reason is missing."""
    deed = request.POST.get("deed", "")
    who: dict[str, Any] = {"region": room.region, "by": room.officer, "at": now()}
    if deed == "deliver":
        verbs.deliver(bills=[row.id], **who)
        return _("The bill is marked as delivered.")
    deeds: dict[str, Callable[[str], object]] = {
        "release": lambda why: verbs.release(bills=[row.id], reason=why, **who),
        "reckon": lambda why: verbs.reckon_again(bills=[row.id], reason=why, **who),
        "cancel": lambda why: verbs.cancel(bill=row.id, reason=why, **who),
    }
    if deed not in deeds or not form.is_valid():
        return ""
    deeds[deed](form.cleaned_data["reason"])
    return {
        "release": _("The bill is issued."),
        "reckon": _("The bill is reckoned again from the register, and issued."),
        "cancel": _("The bill is cancelled, and taken out of the books."),
    }[deed]


@require_safe
def sheet(request: HttpRequest, code: str, bill: int) -> HttpResponseBase:
    """The bill as a paper (SPPT)."""
    room = enter(request, code, *READERS)
    row = _bill(room, bill)
    if row.state in assessing.NOT_OWED:
        raise Http404
    content = printing.sheets(room.region, [row])
    return download(content, name=f"sppt-{row.number}-{row.year}.pdf", media_type=PDF)


@require_http_methods(FORM_METHODS)
def issue_one(request: HttpRequest, code: str, object: int) -> HttpResponse:
    """The bill of an object that was registered after the run."""
    room = enter(request, code, Power.ISSUE_BILLS)
    rows = TaxObject.objects.select_related("region")
    obj = get_object_or_404(rows, region=room.region, pk=object, tax=issuing.TAX)
    year = localdate().year
    form = OneBillForm(posted(request), initial={"year": year})

    def save() -> HttpResponse:
        made = verbs.issue_one(
            obj=obj,
            year=form.cleaned_data["year"],
            due_on=form.cleaned_data["due_on"],
            by=room.officer,
            at=now(),
        )
        messages.success(request, _("The bill is issued."))
        return redirect("revenue-work:bill", code, made.id)

    about = Sheet(
        title=_("Issue the bill of one object"),
        lede=_("%(number)s has no bill of the year yet.")
        % {"number": shown_nop(obj.number)},
        button=_("Issue it"),
        here="bills",
    )
    return form_page(request, room, form, about, save)


# Papers of a village


@require_safe
def villages(request: HttpRequest, code: str) -> HttpResponse:
    """The villages of a year with their papers."""
    room = enter(request, code, Power.ISSUE_BILLS)
    years = bills.years(room.region)
    wanted = request.GET.get("tahun", "")
    year = int(wanted) if wanted.isdecimal() and int(wanted) in years else None
    year = year or (years[0] if years else localdate().year)
    each = printing.SHEETS_AT_ONCE
    found = bills.village_numbers(room.region, year)
    page = paginate(request, [(one, one.files(each)) for one in found], size=50)
    context = _context(
        room,
        year=year,
        years=years,
        page=page,
        each=each,
        trail=_trail(room),
    )
    return render(request, "revenue/bills/villages.html", context)


def _village(request: HttpRequest, code: str, year: int, prefix: str) -> Any:
    room = enter(request, code, Power.ISSUE_BILLS)
    if not (prefix.isdecimal() and len(prefix) == bills.PREFIX):
        raise Http404
    rows = bills.of_village(room.region, year, prefix)
    if not rows.exists():
        raise Http404
    name = bills.villages(room.region).get(prefix, "") or prefix
    return printing.Village(room.region, name, year), rows


@require_safe
def village_sheets(
    request: HttpRequest, code: str, year: int, prefix: str
) -> HttpResponseBase:
    """Bills of a village to print, so many in a file (`?bagian=2` for the next)."""
    village, rows = _village(request, code, year, prefix)
    wanted = request.GET.get("bagian", "1")
    part = int(wanted) if wanted.isdecimal() and int(wanted) else 1
    size = printing.SHEETS_AT_ONCE
    found = list(rows[(part - 1) * size : part * size])
    if not found:
        raise Http404
    content = printing.sheets(village.region, found, village=village.name)
    return download(content, name=f"sppt-{prefix}-{year}-{part}.pdf", media_type=PDF)


@require_safe
def village_list(
    request: HttpRequest, code: str, year: int, prefix: str
) -> HttpResponseBase:
    """The village's list (DHKP) to print."""
    village, rows = _village(request, code, year, prefix)
    content = printing.village_list(village, rows)
    return download(content, name=f"dhkp-{prefix}-{year}.pdf", media_type=PDF)


@require_safe
def village_file(
    request: HttpRequest, code: str, year: int, prefix: str, form: str
) -> HttpResponseBase:
    """The same list as a spreadsheet."""
    if form not in ("csv", "xlsx"):
        raise Http404
    _told, rows = _village(request, code, year, prefix)
    table = printing.list_rows(rows)
    return download_table(printing.DHKP, table, name=f"dhkp-{prefix}-{year}", form=form)
