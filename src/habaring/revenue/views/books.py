"""The books: trial balance, ledger, receipts, arrears, money without its place."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.engines import taxing
from habaring.people.access import Power
from habaring.revenue import (
    assessing,
    book_tables,
    books,
    closing,
    day_paper,
    ledger,
    lookup,
    monthly,
    reconciling,
)
from habaring.revenue.actions import closing as closing_actions
from habaring.revenue.actions import reconciling as finding_actions
from habaring.revenue.forms.reconciling import CloseForm, FindingFilter, read_day
from habaring.revenue.models import (
    Account,
    DayClose,
    Finding,
    Outcome,
    Payment,
    Posting,
    Source,
    Statement,
)
from habaring.revenue.views.reconciling import context_of
from habaring.revenue.views.rooms import Room, enter
from habaring.shared import formats
from habaring.shared.charts.bars import Bar, bars
from habaring.shared.charts.chart import Caption, Chart
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.pages import download_table, paginate, render
from habaring.shared.refusal import Refusal

FORMS = ("csv", "xlsx")


def _day(request: HttpRequest, name: str, otherwise: date) -> date:
    return read_day(request.GET.get(name, "")) or otherwise


def room_of(request: HttpRequest, code: str) -> Room:
    """Let in who reconciles."""
    return enter(request, code, Power.RECONCILE)


def downloads_of(page: str, *args: object, query: str = "") -> list[tuple[str, str]]:
    """A table in every form, for `components/downloads.html`."""
    tail = f"?{query}" if query else ""
    return [
        (form.upper(), reverse(f"revenue-work:{page}", args=[*args, form]) + tail)
        for form in FORMS
    ]


def form_of(form: str) -> str:
    """A form in which tables are given, else 404."""
    if form not in FORMS:
        raise Http404
    return form


# Days


@never_cache
@require_safe
def days(request: HttpRequest, code: str) -> HttpResponse:
    """Days that are open, and those that were closed."""
    room = room_of(request, code)
    rows = DayClose.objects.filter(region=room.region).select_related("closed_by")
    context = context_of(
        room,
        "days",
        open_days=closing.open_days(room.region, on=localdate()),
        page=paginate(request, rows.order_by("-day")),
    )
    return render(request, "revenue/reconciling/days.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def day(request: HttpRequest, code: str, day: str) -> HttpResponse:
    """One day: its checklist and totals; sent, it is closed."""
    room, wanted = room_of(request, code), read_day(day)
    if wanted is None:
        raise Http404
    form = CloseForm(posted(request))
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        try:
            closing_actions.close_day(
                region=room.region,
                day=wanted,
                note=form.cleaned_data["note"],
                by=room.officer,
                at=now(),
                on=localdate(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(
                request, _("%(day)s is closed.") % {"day": formats.day(wanted)}
            )
            return redirect("revenue-work:day", code, day)
    context = _day_context(room, wanted) | {"form": form, "refusal": refusal}
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/reconciling/day.html", context, status=status)


def _day_context(room: Room, wanted: date) -> dict[str, Any]:
    closed = closing.closed(room.region, wanted)
    totals = closed.totals if closed else closing.totals(room.region, wanted)
    checks = closing.checklist(room.region, wanted)
    names = lookup.channel_names(room.region)
    came = closing.received(room.region, wanted)
    return context_of(
        room,
        "days",
        day=wanted,
        closed=closed,
        checks=checks,
        left=any(one.open for one in checks),
        must=[one for one in checks if one.must and one.open],
        accounts=closing.as_rows(totals),
        received=[(names.get(one.channel, one.channel), one) for one in came],
        total=sum(one.amount for one in came),
        carried=Finding.objects.filter(region=room.region, day=wanted).exclude(
            carried=""
        ),
        paper=day_paper.read(room.region, wanted),
        checksum=day_paper.checksum(closed) if closed else "",
        downloads=downloads_of("day-file", room.region.code, wanted.isoformat()),
        ahead=wanted > localdate(),
        trail=[(_("Days"), reverse("revenue-work:days", args=[room.region.code]))],
    )


@never_cache
@require_safe
def day_file(request: HttpRequest, code: str, day: str, form: str) -> HttpResponseBase:
    """The totals of a day, to keep."""
    room, wanted = room_of(request, code), read_day(day)
    if wanted is None:
        raise Http404
    closed = closing.closed(room.region, wanted)
    totals = closed.totals if closed else closing.totals(room.region, wanted)
    rows = book_tables.accounts(closing.as_rows(totals), wanted)
    name = f"hari-{code}-{wanted.isoformat()}"
    return download_table(book_tables.DAY, rows, name=name, form=form_of(form))


# Trial balance and ledger


@never_cache
@require_safe
def trial(request: HttpRequest, code: str) -> HttpResponse:
    """All accounts until a day: whether debits and credits agree."""
    room = room_of(request, code)
    until = _day(request, "hari", localdate())
    context = context_of(
        room,
        "books",
        trial=books.trial_balance(room.region, until),
        until=until,
        first=until.replace(month=1, day=1),
        downloads=downloads_of("trial-file", code, query=f"hari={until.isoformat()}"),
    )
    return render(request, "revenue/books/trial.html", context)


@never_cache
@require_safe
def trial_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The trial balance, to keep."""
    room = room_of(request, code)
    until = _day(request, "hari", localdate())
    rows = book_tables.accounts(books.trial_balance(room.region, until).rows, until)
    return download_table(
        book_tables.TRIAL, rows, name=f"neraca-saldo-{code}", form=form_of(form)
    )


def _span(request: HttpRequest, account: str) -> books.Span:
    if account not in Account.values:
        raise Http404
    last = _day(request, "sampai", localdate())
    first = _day(request, "dari", last.replace(day=1))
    tax = request.GET.get("pajak", "")
    known = tax if tax in taxing.TAXES else ""
    return books.Span(account, min(first, last), last, known)


@never_cache
@require_safe
def account(request: HttpRequest, code: str, account: str) -> HttpResponse:
    """One account, posting by posting, each with where it comes from."""
    room = room_of(request, code)
    span = _span(request, account)
    page = paginate(request, books.ledger_page(room.region, span), size=50)
    start = books.opening(room.region, span)
    into, out = books.movement(room.region, span)
    query = f"dari={span.first.isoformat()}&sampai={span.last.isoformat()}"
    query += f"&pajak={span.tax}" if span.tax else ""
    context = context_of(
        room,
        "books",
        account=account,
        label=Account(account).label,
        first=span.first,
        last=span.last,
        tax=span.tax,
        taxes=[(tax, assessing.tax_name(tax)) for tax in taxing.TAXES],
        page=page,
        lines=[_line(room, one, account) for one in page.rows],
        opening=start,
        into=into,
        out=out,
        closing=start + into - out,
        downloads=downloads_of("account-file", code, account, query=query),
        trail=[(_("Trial balance"), reverse("revenue-work:trial", args=[code]))],
    )
    return render(request, "revenue/books/account.html", context)


def _line(room: Room, row: Posting, account: str) -> dict[str, Any]:
    other = row.credit if row.debit == account else row.debit
    return {
        "posting": row,
        "debit": row.amount if row.debit == account else None,
        "credit": row.amount if row.credit == account else None,
        "other": other,
        "other_label": Account(other).label,
        "source": Source(row.source).label,
        "url": _source_url(room.region.code, row),
    }


_PAGES = {
    "finding": "finding",
    "statement": "statement",
    "case": "case",
    "writeoff": "write-off",
}


def _source_url(code: str, row: Posting) -> str:
    """The page of what a posting comes from, where it has one."""
    kind, _colon, key = row.source_key.partition(":")
    if row.source in (Source.PAYMENT, Source.REVERSAL):
        kind, key = "payment", row.source_key
    elif row.source == Source.CASE and not key:
        kind, key = "case", row.source_key
    if not key.isdecimal():
        return ""
    try:
        if kind == "payment":
            return reverse("revenue-work:payment", args=[code, key])
        return reverse(f"revenue-work:{_PAGES[kind]}", args=[code, key])
    except (NoReverseMatch, KeyError):
        return ""


@never_cache
@require_safe
def account_file(
    request: HttpRequest, code: str, account: str, form: str
) -> HttpResponseBase:
    """One account of a span, to keep."""
    room = room_of(request, code)
    rows = books.ledger_page(room.region, _span(request, account))
    return download_table(
        book_tables.LEDGER,
        book_tables.postings(rows.iterator()),
        name=f"buku-besar-{account}-{code}",
        form=form_of(form),
    )


@never_cache
@require_safe
def payment(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """One payment: what it is for, its postings, what was found about it."""
    room = room_of(request, code)
    row = get_object_or_404(Payment, region=room.region, serial=serial)
    names = lookup.channel_names(room.region)
    context = context_of(
        room,
        "books",
        payment=row,
        channel=names.get(row.channel, row.channel),
        bill=next(iter(reconciling.bills(room.region, [row.bill or 0])), None),
        postings=[
            (one, Account(one.debit).label, Account(one.credit).label)
            for one in ledger.postings_of(row)
        ],
        found=Finding.objects.filter(
            region=room.region, channel=row.channel, reference=row.reference
        ),
    )
    return render(request, "revenue/books/payment.html", context)


# Receipts and arrears


def _year(request: HttpRequest) -> int:
    text = request.GET.get("tahun", "")
    ok = text.isdecimal() and 1990 <= int(text) <= 2100
    return int(text) if ok else localdate().year


@never_cache
@require_safe
def receipts(request: HttpRequest, code: str) -> HttpResponse:
    """What came in a year by tax, channel and month."""
    room, year = room_of(request, code), _year(request)
    rows = books.receipts(room.region, year)
    names = lookup.channel_names(room.region)
    by_tax: dict[str, int] = {}
    by_channel: dict[str, tuple[int, int]] = {}
    months = [0] * 12
    for row in rows:
        by_tax[row.tax_name] = by_tax.get(row.tax_name, 0) + row.amount
        channel = str(names.get(row.channel, row.channel)) or _("no payment")
        count, amount = by_channel.get(channel, (0, 0))
        by_channel[channel] = (count + row.payments, amount + row.amount)
        months[row.month - 1] += row.amount
    total = sum(months)
    context = context_of(
        room,
        "receipts",
        year=year,
        total=total,
        months=list(zip(_months(), months, strict=True)),
        taxes=sorted(by_tax.items(), key=lambda pair: -pair[1]),
        channels=sorted(by_channel.items(), key=lambda pair: -pair[1][1]),
        chart=_month_chart(year, months) if total else None,
        illustrative=_example(room),
        downloads=downloads_of("receipts-file", code, query=f"tahun={year}"),
    )
    return render(request, "revenue/books/receipts.html", context)


def _months() -> list[str]:
    english = (get_language() or "id").startswith("en")
    return formats.MONTHS["en" if english else "id"]


def _example(room: Room) -> bool:
    """Whether there is example money among these books."""
    return Statement.objects.filter(
        region=room.region, illustrative=True
    ).exists() or any(one.illustrative for one in books.collection(room.region))


def _month_chart(year: int, months: list[int]) -> Chart:
    last = max(n for n, amount in enumerate(months) if amount) + 1
    rows = [
        Bar(name, amount, formats.rupiah_short(amount), "eco")
        for name, amount in list(zip(_months(), months, strict=True))[:last]
    ]
    title = _("Received by month in %(year)d") % {"year": year}
    return bars(rows, Caption("months", title, _("A bar for each month of the books.")))


@never_cache
@require_safe
def receipts_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """Receipts by month, channel and tax, to keep."""
    room, year = room_of(request, code), _year(request)
    rows = book_tables.receipts(books.receipts(room.region, year), year)
    name = f"penerimaan-{year}-{code}"
    return download_table(book_tables.RECEIPTS, rows, name=name, form=form_of(form))


@never_cache
@require_safe
def arrears(request: HttpRequest, code: str) -> HttpResponse:
    """What is past due by tax, year, age and village; how much was collected."""
    room, on = room_of(request, code), localdate()
    rows = books.arrears(room.region, on)
    villages = books.arrears_by_village(room.region, on)
    rates = books.collection(room.region)
    ages = [
        (label, sum(row.amounts[n] for row in rows)) for n, label in enumerate(_ages())
    ]
    context = context_of(
        room,
        "arrears",
        rows=rows,
        lines=[(row, list(zip(_ages(), row.amounts, strict=True))) for row in rows],
        ages=ages,
        villages=villages[:100],
        rates=rates,
        total=sum(row.total for row in rows),
        bills=sum(row.bills for row in rows),
        chart=_age_chart(ages) if rows else None,
        illustrative=any(one.illustrative for one in rates),
        today=on,
        downloads=downloads_of("arrears-file", code),
        rate_downloads=downloads_of("collection-file", code),
        largest=monthly.largest(room.region, on),
        largest_downloads=downloads_of("largest-file", code),
    )
    return render(request, "revenue/books/arrears.html", context)


def _ages() -> list[str]:
    return [
        _("up to 3 months"),
        _("3 to 12 months"),
        _("1 to 2 years"),
        _("2 to 5 years"),
        _("over 5 years"),
    ]


def _age_chart(ages: list[tuple[str, int]]) -> Chart:
    rows = [Bar(label, n, formats.rupiah_short(n), "soc") for label, n in ages]
    return bars(
        rows, Caption("ages", _("Arrears by age"), _("A bar for each span of time."))
    )


@never_cache
@require_safe
def arrears_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """Arrears by tax, year and age, to keep."""
    room = room_of(request, code)
    rows = book_tables.arrears(books.arrears(room.region, localdate()))
    return download_table(
        book_tables.ARREARS, rows, name=f"piutang-{code}", form=form_of(form)
    )


@never_cache
@require_safe
def collection_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The collection rate, to keep."""
    room = room_of(request, code)
    rows = book_tables.collection(books.collection(room.region))
    name = f"tingkat-penagihan-{code}"
    return download_table(book_tables.COLLECTION, rows, name=name, form=form_of(form))


@never_cache
@require_safe
def findings_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The queue as it is filtered, to keep."""
    room = room_of(request, code)
    wanted = FindingFilter(request.GET).wanted()
    rows = reconciling.findings(room.region, wanted, mine=room.officer.pk)
    return download_table(
        book_tables.FINDINGS,
        book_tables.findings(rows),
        name=f"temuan-{code}",
        form=form_of(form),
    )


# Money without its place


@never_cache
@require_safe
def strays(request: HttpRequest, code: str) -> HttpResponse:
    """Money for no known bill, and money beyond what a bill asks for."""
    room = room_of(request, code)
    names = lookup.channel_names(room.region)
    lost, more = books.unidentified(room.region), books.overpaid(room.region)
    context = context_of(
        room,
        "strays",
        groups=[
            (Outcome.NO_BILL, lost, sum(one.amount for one in lost)),
            (Outcome.OVERPAID, more, sum(one.amount for one in more)),
        ],
        names={
            one.payment.channel: names.get(one.payment.channel, one.payment.channel)
            for one in (*lost, *more)
        },
        most=books.MOST,
    )
    return render(request, "revenue/books/strays.html", context)


@require_POST
def take_up(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Give stray money its place in the queue, and go there."""
    room, on = room_of(request, code), localdate()
    payment = get_object_or_404(Payment, region=room.region, serial=serial)
    row = finding_actions.take_up(
        payment=payment,
        by=room.officer,
        at=now(),
        due_on=on + timedelta(days=reconciling.DAYS_TO_SETTLE),
    )
    return redirect("revenue-work:finding", code, row.pk)
