"""Collectors as the office sees them: telephones, what they hold, what does not fit."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.revenue import codes, people_here
from habaring.revenue import collectors as queries
from habaring.revenue.actions import collectors as verbs
from habaring.revenue.actions import slips as slip_verbs
from habaring.revenue.forms.collectors import (
    DepositForm,
    InviteForm,
    ReceiptsForm,
    SettleForm,
    TermsForm,
)
from habaring.revenue.forms.counter import ReasonForm
from habaring.revenue.models import Deposit, Device, NopPlace, Slip
from habaring.revenue.views.rooms import Room, enter, form_page
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal

HERE = "collectors"


def _context(room: Room, **more: object) -> dict[str, object]:
    code = room.region.code
    trail = [(_("Village collectors"), reverse("revenue-work:collectors", args=[code]))]
    return {
        "region": room.region,
        "may": room.may,
        "here": HERE,
        "trail": trail,
        **more,
    }


def _one(room: Room, pk: int) -> Device:
    rows = Device.objects.select_related("collector", "region", "registered_by")
    return get_object_or_404(rows, pk=pk, region=room.region)


def _trail(room: Room, *more: Device) -> tuple[tuple[str, str], ...]:
    code = room.region.code
    return (
        (_("Village collectors"), reverse("revenue-work:collectors", args=[code])),
        *(
            (row.name, reverse("revenue-work:collector", args=[code, row.pk]))
            for row in more
        ),
    )


def _villages(region: Region) -> QuerySet[Region]:
    known = NopPlace.objects.filter(region=region).values("place")
    return Region.objects.filter(pk__in=known).order_by("name")


@never_cache
@require_safe
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """Who holds how much since when, and what does not fit."""
    room, on = enter(request, code, Power.SEE_WORK_ROOM), localdate()
    rows = queries.standings(room.region)
    lines = sorted(
        ((one, one.late(on)) for one in rows),
        key=lambda line: (not line[1], line[0].device.revoked_at is not None),
    )
    context = _context(
        room,
        lines=lines,
        held=sum(one.held for one in rows),
        late=sum(late for _one, late in lines),
        conflicts=sum(one.conflicts for one in rows),
        illustrative=any(one.illustrative for one in rows),
    )
    return render(request, "revenue/collectors/list.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def invite(request: HttpRequest, code: str) -> HttpResponse:
    """Give a collector a telephone: the answer shows its code, once."""
    room, at = enter(request, code, Power.MANAGE_PARTNERS), now()
    form = InviteForm(
        posted(request),
        people=people_here.who_collect(room.region, at=at),
        villages=_villages(room.region),
    )

    def save() -> HttpResponse:
        given = form.cleaned_data
        plan = verbs.Plan(
            given["collector"],
            given["name"],
            form.chosen,
            given["cash_limit"],
            given["deposit_days"],
        )
        made = verbs.invite(region=room.region, plan=plan, by=room.officer, at=at)
        return _code(request, room, made)

    sheet = Sheet(
        _("A telephone for a collector"),
        _("Its collector enrols it with a code, on the telephone itself."),
        _("Make the code"),
        trail=_trail(room),
        here=HERE,
    )
    return form_page(request, room, form, sheet, save)


def _code(request: HttpRequest, room: Room, made: verbs.Invited) -> HttpResponse:
    place = reverse("revenue-work:phone", args=[room.region.code])
    context = _context(
        room,
        device=made.device,
        secret=codes.shown(made.code),
        address=request.build_absolute_uri(place),
    )
    return render(request, "revenue/collectors/code.html", context)


@never_cache
@require_POST
def new_code(request: HttpRequest, code: str, device: int) -> HttpResponse:
    """Another code, where the first was lost or is too old."""
    room = enter(request, code, Power.MANAGE_PARTNERS)
    made = verbs.new_code_for(device=_one(room, device), by=room.officer, at=now())
    return _code(request, room, made)


@never_cache
@require_safe
def collector(request: HttpRequest, code: str, device: int) -> HttpResponse:
    """One telephone: its money, its receipts, its deposits."""
    room, on = enter(request, code, Power.RECONCILE), localdate()
    row = _one(room, device)
    standing = queries.standing(row)
    rows = Slip.objects.filter(device=row).order_by("-number", "-id")
    page = paginate(request, rows)
    deposits = Deposit.objects.filter(device=row).select_related("recorded_by")
    context = _context(
        room,
        device=row,
        standing=standing,
        late=standing.late(on),
        page=page,
        slips=queries.shown(room.region, page.rows),
        deposits=deposits[:20],
    )
    return render(request, "revenue/collectors/device.html", context)


@require_http_methods(FORM_METHODS)
def change(request: HttpRequest, code: str, device: int) -> HttpResponse:
    """Other villages, another limit."""
    room = enter(request, code, Power.MANAGE_PARTNERS)
    row = _one(room, device)
    form = TermsForm(
        posted(request),
        villages=_villages(room.region),
        initial={
            "name": row.name,
            "places": list(row.villages.values_list("place", flat=True)),
            "cash_limit": row.cash_limit,
            "deposit_days": row.deposit_days,
        },
    )

    def save() -> HttpResponse:
        given = form.cleaned_data
        terms = verbs.Terms(
            given["name"], form.chosen, given["cash_limit"], given["deposit_days"]
        )
        verbs.change(device=row, terms=terms, by=room.officer, at=now())
        messages.success(request, _("The telephone learns it when it sends next."))
        return redirect("revenue-work:collectors", code)

    sheet = Sheet(
        _("Villages and limit of %(name)s") % {"name": row.name},
        _("The list on the telephone changes when it is online again."),
        _("Save"),
        trail=_trail(room),
        here=HERE,
    )
    return form_page(request, room, form, sheet, save)


@require_http_methods(FORM_METHODS)
def revoke(request: HttpRequest, code: str, device: int) -> HttpResponse:
    """Withdraw a telephone: lost, broken, or its collector stops."""
    room = enter(request, code, Power.MANAGE_PARTNERS)
    row = _one(room, device)
    form = ReasonForm(posted(request))

    def save() -> HttpResponse:
        reason = form.cleaned_data["reason"]
        verbs.revoke(device=row, reason=reason, by=room.officer, at=now())
        messages.success(request, _("The telephone is withdrawn."))
        return redirect("revenue-work:collectors", code)

    sheet = Sheet(
        _("Withdraw %(name)s") % {"name": row.name},
        _(
            "What it signs from now on is believed by nobody. Receipts it wrote before"
            " are still taken in, and its money is still owed."
        ),
        _("Withdraw the telephone"),
        confirm=_("A withdrawn telephone cannot come back. Go on?"),
        trail=_trail(room),
        here=HERE,
    )
    return form_page(request, room, form, sheet, save)


@never_cache
@require_http_methods(FORM_METHODS)
def deposit(request: HttpRequest, code: str, device: int) -> HttpResponse:
    """Count the money together, against what the receipts say."""
    room, on = enter(request, code, Power.RECONCILE), localdate()
    row = _one(room, device)
    form = DepositForm(posted(request))
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        count = verbs.Count(given["amount"], given["note"], given["bank_reference"])
        try:
            verbs.record_deposit(
                device=row, count=count, by=room.officer, at=now(), on=on
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The deposit is booked."))
            return redirect("revenue-work:collector", code, row.pk)
    standing = queries.standing(row)
    context = _context(
        room, device=row, standing=standing, form=form, refusal=refusal
    ) | {"trail": _trail(room, row)}
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "revenue/collectors/deposit.html", context, status=status)


@never_cache
@require_http_methods(FORM_METHODS)
def receipts_in(request: HttpRequest, code: str) -> HttpResponse:
    """Take in the file of a telephone that cannot send."""
    room, at = enter(request, code, Power.RECONCILE), now()
    form = ReceiptsForm(posted(request), request.FILES or None)
    answers: list[slip_verbs.Received] = []
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        lines = list(slip_verbs.lines_of(form.content))
        sender = slip_verbs.Sender(room.officer, at, localdate(at))
        try:
            answers = slip_verbs.receive(region=room.region, lines=lines, sender=sender)
        except Refusal as refused:
            refusal = refused
    context = _context(
        room,
        form=form,
        refusal=refusal,
        answers=answers,
        nothing=form.is_bound and not (form.errors or answers or refusal),
        new=sum(one.new for one in answers),
    )
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(
        request, "revenue/collectors/receipts_in.html", context, status=status
    )


@never_cache
@require_safe
def conflicts(request: HttpRequest, code: str) -> HttpResponse:
    """What does not fit, with who looks into it."""
    room = enter(request, code, Power.RECONCILE)
    page = paginate(request, queries.conflicts(room.region))
    slips = queries.shown(room.region, page.rows)
    context = _context(room, page=page, slips=slips)
    return render(request, "revenue/collectors/conflicts.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def conflict(request: HttpRequest, code: str, slip: int) -> HttpResponse:
    """One receipt that does not fit: take it up, clear it up."""
    room, at = enter(request, code, Power.RECONCILE), now()
    rows = Slip.objects.select_related("device__collector", "owner", "settled_by")
    row = get_object_or_404(rows, pk=slip, region=room.region)
    form = SettleForm(posted(request))
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            if _decided(request, room, row, form, at=at):
                return redirect("revenue-work:collector-conflicts", code)
        except Refusal as refused:
            refusal = refused
    context = _context(
        room, shown=queries.shown(room.region, [row])[0], form=form, refusal=refusal
    )
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "revenue/collectors/conflict.html", context, status=status)


def _decided(
    request: HttpRequest, room: Room, row: Slip, form: SettleForm, *, at: Any
) -> bool:
    if request.POST.get("deed") == "take":
        form.errors.clear()
        slip_verbs.take_up(slip=row, by=room.officer, at=at)
        messages.success(request, _("It is yours now."))
        return True
    if not form.is_valid():
        return False
    reason = form.cleaned_data["reason"]
    slip_verbs.settle(slip=row, reason=reason, by=room.officer, at=at)
    messages.success(request, _("It is settled."))
    return True
