"""The register in the work room: what is taxed, and the villages of NOPs."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.engines.taxing import TAXES
from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.revenue import register_files, registers
from habaring.revenue.actions import objects as verbs
from habaring.revenue.assessing import tax_name
from habaring.revenue.forms.register import (
    ObjectFilter,
    ObjectForm,
    PlaceForm,
    SplitForm,
    StateForm,
    TransferForm,
)
from habaring.revenue.models import NopPlace, ObjectState, TaxObject
from habaring.revenue.nop import shown_nop
from habaring.revenue.views.register import room_of
from habaring.revenue.views.rooms import Room, enter, form_page
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import download_table, paginate, render
from habaring.shared.refusal import Refusal


def object_of(room: Room, key: int) -> TaxObject:
    """An object of the region."""
    rows = TaxObject.objects.select_related("region", "taxpayer", "place")
    return get_object_or_404(rows, region=room.region, pk=key)


def _context(room: Room, part: str, **more: Any) -> dict[str, Any]:
    return {
        "region": room.region,
        "may": room.may,
        "here": "register",
        "part": part,
        **more,
    }


@require_safe
def objects(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that is taxed: search, filters, pages."""
    room = room_of(request, code)
    form = ObjectFilter(request.GET, region=room.region)
    context = _context(
        room,
        "objects",
        form=form,
        page=paginate(request, registers.objects(room.region, form.wanted())),
        taxes=registers.tax_choices(),
        query=request.GET.urlencode(),
        filtered=any(request.GET.values()),
    )
    return render(request, "revenue/register/objects.html", context)


@require_safe
def objects_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """What the list shows, as a file that comes back unchanged."""
    room = room_of(request, code)
    if form not in ("csv", "xlsx"):
        raise Http404
    wanted = ObjectFilter(request.GET, region=room.region).wanted()
    rows = registers.objects(room.region, wanted)
    table = register_files.object_rows(rows)
    kind = register_files.OBJECTS
    return download_table(kind, table, name=_("objects") + f"-{code}", form=form)


@require_safe
def obj(request: HttpRequest, code: str, object: int) -> HttpResponse:
    """One object: who held it, its bills, requests, mutations."""
    room = enter(
        request,
        code,
        Power.MANAGE_TAX_REGISTER,
        Power.ISSUE_BILLS,
        Power.DECIDE_TAX_CASES,
    )
    row = object_of(room, object)
    rules = registers.rules_on(room.region, row.tax, localdate())
    use = dict(registers.uses_of(rules)).get(row.use, row.use)
    found = registers.object_page(row)
    context = _context(room, "objects", found=found, row=row, use=use)
    return render(request, "revenue/register/object.html", context)


def _trail(room: Room, row: TaxObject | None = None) -> tuple[tuple[str, str], ...]:
    first = (_("Objects"), reverse("revenue-work:register", args=[room.region.code]))
    if row is None:
        return (first,)
    own = reverse("revenue-work:object", args=[room.region.code, row.pk])
    return (first, (shown_nop(row.number), own))


@require_http_methods(FORM_METHODS)
def new_object(request: HttpRequest, code: str, tax: str) -> HttpResponse:
    """Enter what is taxed; the form follows the tax."""
    room = room_of(request, code)
    if tax not in TAXES:
        raise Http404
    form = ObjectForm(
        posted(request),
        region=room.region,
        tax=tax,
        rules=registers.rules_on(room.region, tax, localdate()),
        initial={
            "since": localdate(),
            "holder": request.GET.get("wp", ""),
            "land_m2": 0,
            "building_m2": 0,
        },
    )
    sheet = Sheet(
        title=_("Enter an object"),
        lede=tax_name(tax),
        button=_("Enter"),
        here="register",
        trail=_trail(room),
        template="revenue/register/object_form.html",
    )

    def save() -> HttpResponse:
        row = verbs.enter_object(
            taxpayer=form.cleaned_data["holder"],
            said=form.described(),
            deed=form.deed(),
            by=room.officer,
            at=now(),
        )
        messages.success(
            request, _("%(number)s is entered.") % {"number": shown_nop(row.number)}
        )
        return redirect("revenue-work:object", code, row.pk)

    return form_page(request, room, form, sheet, save)


@require_http_methods(FORM_METHODS)
def change_object(request: HttpRequest, code: str, object: int) -> HttpResponse:
    """Change areas, classes, use, facts, place."""
    room = room_of(request, code)
    row = object_of(room, object)
    form = ObjectForm(
        posted(request),
        region=room.region,
        tax=row.tax,
        rules=registers.rules_on(room.region, row.tax, localdate()),
        row=row,
    )
    sheet = Sheet(
        title=_("Change %(name)s") % {"name": shown_nop(row.number)},
        lede=_("It counts for bills issued from now on; issued bills stay."),
        button=_("Save"),
        here="register",
        trail=_trail(room, row),
        template="revenue/register/object_form.html",
    )

    def save() -> HttpResponse:
        reason = form.cleaned_data["reason"]
        verbs.change_object(
            obj=row, said=form.described(), reason=reason, by=room.officer, at=now()
        )
        return _done(request, row)

    return form_page(request, room, form, sheet, save)


def _done(request: HttpRequest, row: TaxObject) -> HttpResponse:
    messages.success(request, _("It is changed."))
    return redirect("revenue-work:object", row.region_id, row.pk)


@require_http_methods(FORM_METHODS)
def transfer(request: HttpRequest, code: str, object: int) -> HttpResponse:
    """Hand an object to another taxpayer, by a deed."""
    room = room_of(request, code)
    row = object_of(room, object)
    form = TransferForm(
        posted(request), region=room.region, initial={"on": localdate()}
    )
    sheet = Sheet(
        title=_("Hand over %(number)s") % {"number": shown_nop(row.number)},
        lede=_("Held now by %(name)s (%(number)s).")
        % {"name": row.taxpayer.name, "number": row.taxpayer.number},
        button=_("Hand over"),
        here="register",
        trail=_trail(room, row),
    )

    def save() -> HttpResponse:
        to = form.cleaned_data["to"]
        verbs.transfer(obj=row, to=to, deed=form.deed(), by=room.officer, at=now())
        return _done(request, row)

    return form_page(request, room, form, sheet, save)


@require_http_methods(FORM_METHODS)
def split(request: HttpRequest, code: str, object: int) -> HttpResponse:
    """Take land off an object (mutation)."""
    room = room_of(request, code)
    row = object_of(room, object)
    form = SplitForm(
        posted(request),
        region=room.region,
        initial={"on": localdate(), "to": row.taxpayer.number, "building_m2": 0},
    )
    sheet = Sheet(
        title=_("Split %(number)s") % {"number": shown_nop(row.number)},
        lede=_("There are %(land)s m² of land and %(building)s m² of building.")
        % {"land": row.land_m2, "building": row.building_m2},
        button=_("Split"),
        confirm=_("Two objects come of it. Go on?"),
        here="register",
        trail=_trail(room, row),
    )

    def save() -> HttpResponse:
        new = verbs.split(
            obj=row, part=form.part(), deed=form.deed(), by=room.officer, at=now()
        )
        return _done(request, new)

    return form_page(request, room, form, sheet, save)


@require_http_methods(FORM_METHODS)
def set_state(request: HttpRequest, code: str, object: int) -> HttpResponse:
    """Billed, not taxed (with the article), closed."""
    room = room_of(request, code)
    row = object_of(room, object)
    form = StateForm(posted(request), initial={"state": row.state})
    sheet = Sheet(
        title=_("State of %(number)s") % {"number": shown_nop(row.number)},
        lede=_("Only an active object is billed."),
        button=_("Save"),
        here="register",
        trail=_trail(room, row),
    )

    def save() -> HttpResponse:
        verbs.set_state(
            obj=row,
            state=ObjectState(form.cleaned_data["state"]),
            reason=form.cleaned_data["reason"],
            by=room.officer,
            at=now(),
        )
        return _done(request, row)

    return form_page(request, room, form, sheet, save)


@require_http_methods(FORM_METHODS)
def nop_places(request: HttpRequest, code: str) -> HttpResponse:
    """Which village the first ten digits of NOPs mean; prefixes without one."""
    room = room_of(request, code)
    form = PlaceForm(posted(request), region=room.region)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        place = get_object_or_404(Region, pk=data["place"])
        try:
            verbs.map_place(
                region=room.region,
                prefix=data["digits"],
                place=place,
                by=room.officer,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The mapping is saved."))
            return redirect("revenue-work:nop-places", code)
    rows = NopPlace.objects.filter(region=room.region).select_related("place__parent")
    context = _context(
        room,
        "places",
        form=form,
        refusal=refusal,
        page=paginate(request, rows),
        unmapped=registers.unmapped(room.region),
    )
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/register/places.html", context, status=status)
