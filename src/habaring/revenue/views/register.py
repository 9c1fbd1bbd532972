"""The register in the work room: taxpayers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from habaring.people.access import Power
from habaring.privacy.looks import FIELDS, Reason
from habaring.revenue import registers
from habaring.revenue.actions import register as verbs
from habaring.revenue.forms.register import (
    LinkForm,
    LookForm,
    MergeForm,
    NikForm,
    TaxpayerFilter,
    TaxpayerForm,
    UnlinkForm,
)
from habaring.revenue.models import Bill, Taxpayer
from habaring.revenue.registers import TAXPAYERS, Wanted
from habaring.revenue.views.rooms import Room, enter, form_page
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.nik import read_nik
from habaring.shared.pages import download_table, paginate, render
from habaring.shared.refusal import Refusal

BILLS_SHOWN = 50
SECRETS = ("nik", "phone", "email", "reach")


def room_of(request: HttpRequest, code: str) -> Room:
    """Let in who keeps the register."""
    return enter(request, code, Power.MANAGE_TAX_REGISTER)


def taxpayer_of(room: Room, key: int) -> Taxpayer:
    """A taxpayer of the region, also one that was merged."""
    rows = Taxpayer.objects.select_related("region", "account", "merged_into")
    return get_object_or_404(rows, region=room.region, pk=key)


@never_cache
@require_safe
def taxpayers(request: HttpRequest, code: str) -> HttpResponse:
    """Everybody who owes a tax: search, filters, pages."""
    room = room_of(request, code)
    form = TaxpayerFilter(request.GET)
    page = paginate(request, registers.taxpayers(room.region, form.wanted()))
    context = _context(
        room,
        "taxpayers",
        form=form,
        page=page,
        rows=registers.counted(page.rows),
        nik=NikForm(),
        query=request.GET.urlencode(),
        filtered=any(request.GET.values()),
    )
    return render(request, "revenue/register/taxpayers.html", context)


def _context(room: Room, part: str, **more: Any) -> dict[str, Any]:
    return {
        "region": room.region,
        "may": room.may,
        "here": "register",
        "part": part,
        **more,
    }


@require_safe
def taxpayers_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """What the list shows, as a file; numbers stay masked."""
    room = room_of(request, code)
    if form not in ("csv", "xlsx"):
        raise Http404
    rows = registers.taxpayers(room.region, TaxpayerFilter(request.GET).wanted())
    table = registers.taxpayer_rows(rows)
    return download_table(TAXPAYERS, table, name=_("taxpayers") + f"-{code}", form=form)


@never_cache
@sensitive_post_parameters("nik")
@require_http_methods(FORM_METHODS)
def find(request: HttpRequest, code: str) -> HttpResponse:
    """Find a taxpayer by the whole NIK, which never stands in an address."""
    room = room_of(request, code)
    form = NikForm(posted(request))
    sheet = Sheet(
        title=_("Find by NIK"),
        lede=_("What is found is shown masked."),
        button=_("Find"),
        here="register",
        trail=_trail(room),
    )

    def save() -> HttpResponse:
        text = form.cleaned_data["nik"]
        try:
            nik = read_nik(text)
        except Refusal:
            nik = read_nik(text, illustrative=True)
        row = registers.taxpayers(room.region, Wanted(q=nik)).first()
        if row is None:
            raise verbs.TaxpayerRefused(
                _("No taxpayer has this NIK."),
                next=_("Check each digit, or enter the taxpayer."),
            )
        return redirect("revenue-work:taxpayer", code, row.pk)

    return form_page(request, room, form, sheet, save)


def _trail(room: Room, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    first = (_("Taxpayers"), reverse("revenue-work:taxpayers", args=[room.region.code]))
    return (first, *more)


@never_cache
@sensitive_post_parameters(*SECRETS)
@require_http_methods(FORM_METHODS)
def new_taxpayer(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a taxpayer."""
    room = room_of(request, code)
    form = TaxpayerForm(posted(request))
    sheet = Sheet(
        title=_("Enter a taxpayer"),
        lede=_("Whoever owes a tax in this region: a person or a business."),
        button=_("Enter"),
        here="register",
        trail=_trail(room),
    )

    def save() -> HttpResponse:
        said = form.particulars(new=True)
        row = verbs.enter_taxpayer(
            region=room.region, said=said, by=room.officer, at=now()
        )
        messages.success(request, _("%(number)s is entered.") % {"number": row.number})
        return redirect("revenue-work:taxpayer", code, row.pk)

    return form_page(request, room, form, sheet, save)


@never_cache
@require_safe
def taxpayer(request: HttpRequest, code: str, taxpayer: int) -> HttpResponse:
    """One taxpayer: what they hold, what they owe."""
    room = room_of(request, code)
    row = taxpayer_of(room, taxpayer)
    bills = Bill.objects.filter(region=room.region, taxpayer=row)
    context = _context(
        room,
        "taxpayers",
        taxpayer=row,
        objects=paginate(
            request,
            row.taxed.select_related("place").order_by("tax", "number"),
        ),
        bills=bills.order_by("-year", "-period", "number")[:BILLS_SHOWN],
        merged=row.merged.all(),
        past=row.holdings.exclude(object__taxpayer=row).select_related("object"),
    )
    return render(request, "revenue/register/taxpayer.html", context)


def _own(row: Taxpayer) -> tuple[str, str]:
    address = reverse("revenue-work:taxpayer", args=[row.region_id, row.pk])
    return row.number, address


@never_cache
@sensitive_post_parameters(*SECRETS)
@require_http_methods(FORM_METHODS)
def change_taxpayer(request: HttpRequest, code: str, taxpayer: int) -> HttpResponse:
    """Change what is known, with a reason."""
    room = room_of(request, code)
    row = taxpayer_of(room, taxpayer)
    form = TaxpayerForm(posted(request), row=row)
    sheet = Sheet(
        title=_("Change %(name)s") % {"name": row.name},
        lede=_("The number stays; what is sealed stays unless you type it anew."),
        button=_("Save"),
        here="register",
        trail=_trail(room, _own(row)),
    )

    def save() -> HttpResponse:
        verbs.change_taxpayer(
            taxpayer=row,
            said=form.particulars(new=False),
            reason=form.cleaned_data["reason"],
            by=room.officer,
            at=now(),
        )
        messages.success(request, _("It is changed."))
        return redirect("revenue-work:taxpayer", code, row.pk)

    return form_page(request, room, form, sheet, save)


@never_cache
@require_http_methods(FORM_METHODS)
def merge(request: HttpRequest, code: str, taxpayer: int) -> HttpResponse:
    """Two entries are one taxpayer."""
    room = room_of(request, code)
    row = taxpayer_of(room, taxpayer)
    form = MergeForm(posted(request), region=room.region)
    sheet = Sheet(
        title=_("Merge another entry into %(number)s") % {"number": row.number},
        lede=_("%(name)s stays. Nothing is deleted.") % {"name": row.name},
        button=_("Merge"),
        confirm=_("This cannot be undone by a button. Merge the two?"),
        here="register",
        trail=_trail(room, _own(row)),
    )

    def save() -> HttpResponse:
        moved = verbs.merge_taxpayers(
            kept=row,
            gone=form.cleaned_data["gone"],
            reason=form.cleaned_data["reason"],
            by=room.officer,
            at=now(),
            on=localdate(),
        )
        messages.success(request, _("Merged; objects moved: %(n)s.") % {"n": moved})
        return redirect("revenue-work:taxpayer", code, row.pk)

    return form_page(request, room, form, sheet, save)


@never_cache
@sensitive_post_parameters("reach")
@require_http_methods(FORM_METHODS)
def link(request: HttpRequest, code: str, taxpayer: int) -> HttpResponse:
    """Tie the taxpayer to the account of the person at the counter, or untie it."""
    room = room_of(request, code)
    row = taxpayer_of(room, taxpayer)
    linked = row.account_id is not None
    form = (UnlinkForm if linked else LinkForm)(posted(request))
    sheet = Sheet(
        title=_("Untie the account") if linked else _("Tie to an account"),
        lede=_("The account no longer files and pays for this taxpayer.")
        if linked
        else _(
            "From then on the person files and pays for this taxpayer by telephone."
        ),
        button=_("Untie") if linked else _("Tie"),
        here="register",
        trail=_trail(room, _own(row)),
    )

    def save() -> HttpResponse:
        data = form.cleaned_data
        if linked:
            verbs.unlink_account(
                taxpayer=row, by=room.officer, at=now(), reason=data["why"]
            )
        else:
            account = verbs.account_reached(data["reach"])
            verbs.link_account(
                taxpayer=row,
                account=account,
                by=room.officer,
                at=now(),
                how=data["how"],
            )
        messages.success(request, _("It is changed."))
        return redirect("revenue-work:taxpayer", code, row.pk)

    return form_page(request, room, form, sheet, save)


@never_cache
@require_http_methods(FORM_METHODS)
def look(request: HttpRequest, code: str, taxpayer: int) -> HttpResponse:
    """Open what is sealed, with a reason, on record."""
    room = room_of(request, code)
    row = taxpayer_of(room, taxpayer)
    form = LookForm(posted(request))
    refusal: Refusal | None = None
    seen: list[tuple[Any, str]] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            opened = verbs.open_taxpayer(
                taxpayer=row,
                fields=data["fields_wanted"],
                reason=Reason(data["reason_code"], data["reason"]),
                by=room.officer,
                at=now(),
            )
            seen = [(FIELDS[verbs.LOOK][name], value) for name, value in opened.items()]
        except Refusal as refused:
            refusal = refused
    context = _context(
        room, "taxpayers", taxpayer=row, form=form, refusal=refusal, seen=seen
    )
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/register/look.html", context, status=status)
