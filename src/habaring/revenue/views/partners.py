"""Banks and QRIS services in the work room: who they are, their keys, their calls."""

from django.contrib import messages
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
from habaring.revenue import partners as queries
from habaring.revenue.actions import partners as verbs
from habaring.revenue.forms.partners import (
    DayForm,
    EndKeyForm,
    PartnerForm,
    PublicKeyForm,
    StopForm,
)
from habaring.revenue.models import Partner, PartnerKey
from habaring.revenue.views.rooms import Room, enter, form_page
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import paginate, render

HERE = "partners"


def _room(request: HttpRequest, code: str) -> Room:
    return enter(request, code, Power.MANAGE_PARTNERS)


def _one(room: Room, pk: int) -> Partner:
    return get_object_or_404(Partner, pk=pk, region=room.region)


def _context(room: Room) -> dict[str, object]:
    return {"region": room.region, "may": room.may, "here": HERE}


def _trail(room: Room, *more: Partner) -> tuple[tuple[str, str], ...]:
    code = room.region.code
    return (
        (_("Banks and QRIS"), reverse("revenue-work:partners", args=[code])),
        *(
            (row.name, reverse("revenue-work:partner", args=[code, row.pk]))
            for row in more
        ),
    )


@require_safe
def partners(request: HttpRequest, code: str) -> HttpResponse:
    """All partners, how they are doing today, and what is wrong."""
    room = _room(request, code)
    rows = queries.standings(room.region, now())
    context = _context(room) | {"rows": rows}
    return render(request, "revenue/partners/list.html", context)


@require_http_methods(FORM_METHODS)
def new(request: HttpRequest, code: str) -> HttpResponse:
    """Take a partner on."""
    room = _room(request, code)
    form = PartnerForm(posted(request))

    def save() -> HttpResponse:
        row = verbs.add_partner(
            region=room.region, plan=form.plan(), by=room.officer, at=now()
        )
        messages.success(request, _("The partner is there; now it needs its keys."))
        return redirect("revenue-work:partner", code, row.pk)

    sheet = Sheet(
        _("Take on a bank or QRIS service"),
        _("It can call only once its keys are here."),
        _("Take it on"),
        trail=_trail(room),
        here=HERE,
    )
    return form_page(request, room, form, sheet, save)


@require_safe
def partner(request: HttpRequest, code: str, partner: int) -> HttpResponse:
    """One partner: its keys, its addresses, what it called on a day."""
    room = _room(request, code)
    row, at = _one(room, partner), now()
    form = DayForm(request.GET or None)
    day = (form.cleaned_data.get("hari") if form.is_valid() else None) or localdate(at)
    page = paginate(request, queries.calls(row, day))
    context = _context(room) | {
        "partner": row,
        "standing": queries.standing(row, at),
        "keys": PartnerKey.objects.filter(partner=row).defer("sealed"),
        "now": at,
        "form": form,
        "day": day,
        "page": page,
        "headings": queries.headings(page.rows),
        "turned_away": queries.turned_away(row, day),
        "addresses": [
            request.build_absolute_uri(place) for place in queries.addresses(row)
        ],
    }
    return render(request, "revenue/partners/partner.html", context)


@require_http_methods(FORM_METHODS)
def public_key(request: HttpRequest, code: str, partner: int) -> HttpResponse:
    """Put in a public key of the partner."""
    room = _room(request, code)
    row = _one(room, partner)
    form = PublicKeyForm(posted(request))

    def save() -> HttpResponse:
        verbs.add_public_key(
            partner=row, pem=form.cleaned_data["pem"], by=room.officer, at=now()
        )
        messages.success(request, _("Signatures of this key are believed from now on."))
        return redirect("revenue-work:partner", code, row.pk)

    sheet = Sheet(
        _("Public key of %(name)s") % {"name": row.name},
        _("Two can be in force while the partner changes from one to the next."),
        _("Believe this key"),
        trail=_trail(room, row),
        here=HERE,
    )
    return form_page(request, room, form, sheet, save)


@never_cache
@require_POST
def secret(request: HttpRequest, code: str, partner: int) -> HttpResponse:
    """Make a shared secret; it is shown on the answer to this, and never again."""
    room = _room(request, code)
    row = _one(room, partner)
    made = verbs.make_secret(partner=row, by=room.officer, at=now())
    context = _context(room) | {"partner": row, "secret": made.secret}
    return render(request, "revenue/partners/secret.html", context)


@require_http_methods(FORM_METHODS)
def end_key(request: HttpRequest, code: str, partner: int, key: int) -> HttpResponse:
    """End a key, at once or after some days."""
    room = _room(request, code)
    row = _one(room, partner)
    held = get_object_or_404(PartnerKey, pk=key, partner=row)
    form = EndKeyForm(posted(request))

    def save() -> HttpResponse:
        verbs.end_key(
            key=held,
            after=form.time_left(),
            reason=form.cleaned_data["reason"],
            by=room.officer,
            at=now(),
        )
        messages.success(request, _("The key has its end."))
        return redirect("revenue-work:partner", code, row.pk)

    sheet = Sheet(
        _("End a key of %(name)s") % {"name": row.name},
        _("What is signed with it is refused from then on."),
        _("End the key"),
        trail=_trail(room, row),
        here=HERE,
    )
    return form_page(request, room, form, sheet, save)


@require_http_methods(FORM_METHODS)
def stop(request: HttpRequest, code: str, partner: int) -> HttpResponse:
    """Stop a partner, or let it in again."""
    room = _room(request, code)
    row = _one(room, partner)
    form = StopForm(posted(request))

    def save() -> HttpResponse:
        verb = verbs.stop if row.active else verbs.resume
        reason = form.cleaned_data["reason"]
        verb(partner=row, reason=reason, by=room.officer, at=now())
        messages.success(request, _("Saved."))
        return redirect("revenue-work:partner", code, row.pk)

    sheet = Sheet(
        (_("Stop %(name)s") if row.active else _("Let %(name)s in again"))
        % {"name": row.name},
        _(
            "Its calls are refused and nobody is offered it; money that it has taken "
            "already arrives when it is let in again."
        )
        if row.active
        else _("Keys that are in force open again."),
        _("Stop it") if row.active else _("Let it in"),
        trail=_trail(room, row),
        here=HERE,
    )
    return form_page(request, room, form, sheet, save)


@require_POST
def test(request: HttpRequest, code: str, partner: int) -> HttpResponse:
    """A call as the partner would make it, through every check; nothing is kept."""
    room = _room(request, code)
    row = _one(room, partner)
    context = _context(room) | {
        "partner": row,
        "steps": queries.try_door(row, now()),
    }
    return render(request, "revenue/partners/test.html", context)
