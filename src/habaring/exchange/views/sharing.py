"""The work room: adopt practices of others, thank, answer the yearly questions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.exchange import alike, queries
from habaring.exchange.actions import adopting, surviving
from habaring.exchange.forms.practices import ReasonForm
from habaring.exchange.forms.sharing import AdoptForm, SurvivalForm, ThankForm
from habaring.exchange.models import Adoption, SurvivalCheck
from habaring.exchange.views import rooms
from habaring.exchange.views.rooms import enter, public_practice
from habaring.people import access
from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.shared import form_pages
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import render


@require_http_methods(FORM_METHODS)
def adopt(request: HttpRequest, code: str, origin: str, number: int) -> HttpResponse:
    """Take a practice of another region into the candidates of this one."""
    region, officer = enter(request, code)
    row = public_practice(origin, number)
    year = localdate().year + 1
    form = AdoptForm(
        posted(request),
        initial={
            "code": adopting.free_code(region, row),
            "earliest": year,
            "latest": year + 3,
            "illustrative": row.illustrative,
        },
    )

    def save() -> HttpResponse:
        made = adopting.adopt(
            region=region, practice=row, plans=form.as_plans(), by=officer, at=now()
        )
        messages.success(
            request,
            _("Adopted: candidate %(code)s. Set its money and who owns it.")
            % {"code": made.candidate},
        )
        return redirect("exchange-work:adoption", code, made.pk)

    answer, refusal = form_pages.saved(request, form, save)
    if answer is not None:
        return answer
    twin = next(
        (one for one in alike.alike(region) if one.region.code == row.region_id), None
    )
    context = {
        "region": region,
        "here": "adopted",
        "practice": row,
        "version": queries.newest(row),
        "form": form,
        "refusal": refusal,
        "twin": twin,
    }
    return render(
        request, "exchange/adopt.html", context, status=form_pages.status(form, refusal)
    )


def _own(region: Region, key: int) -> Adoption:
    rows = Adoption.objects.select_related("practice__region", "version", "region")
    return get_object_or_404(rows, region=region, pk=key)


@require_safe
def adoptions(request: HttpRequest, code: str) -> HttpResponse:
    """All that the region adopted, and who adopted what is its own."""
    region, _officer = enter(request, code, Power.SEE_WORK_ROOM)
    on = localdate()
    rows = Adoption.objects.filter(practice__region=region).select_related(
        "region", "practice__region"
    )
    context = {
        "region": region,
        "here": "adopted",
        "adopted": queries.adoptions(region=region, on=on),
        "passed_on": [
            queries.adopted(row, on=on)
            for row in rows.prefetch_related("checks", "thanks")
        ],
    }
    return render(request, "exchange/adoptions.html", context)


@require_safe
def adoption(request: HttpRequest, code: str, adoption: int) -> HttpResponse:
    """One adoption: its candidate, its checks, the thanks."""
    region, officer = enter(request, code, Power.SEE_WORK_ROOM)
    row = _own(region, adoption)
    context = {
        "region": region,
        "here": "adopted",
        "one": queries.adopted(row, on=localdate()),
        "open": next(
            (c for c in queries.waiting_answers(region) if c.adoption_id == row.pk),
            None,
        ),
        "may": access.powers(officer, at=now(), region=region),
    }
    return render(request, "exchange/adoption.html", context)


def _trail(code: str, row: Adoption) -> tuple[tuple[str, str], ...]:
    page = reverse("exchange-work:adoption", args=[code, row.pk])
    return ((row.version.title, page),)


@require_http_methods(FORM_METHODS)
def thank(request: HttpRequest, code: str, adoption: int) -> HttpResponse:
    """A message to the region that the practice came from."""
    region, officer = enter(request, code)
    row = _own(region, adoption)
    form = ThankForm(posted(request))
    sheet = Sheet(
        _("Say thank you to %(region)s") % {"region": row.practice.region.full_name},
        _("Tell them what their work has made easier for you."),
        _("Send the thanks"),
        here="adopted",
        trail=_trail(code, row),
    )

    def save() -> HttpResponse:
        adopting.thank(
            adoption=row, text=form.cleaned_data["text"], by=officer, at=now()
        )
        messages.success(request, _("Your thanks are on their way."))
        return redirect("exchange-work:adoption", code, row.pk)

    return rooms.form_page(request, region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def undo(request: HttpRequest, code: str, adoption: int) -> HttpResponse:
    """Give a practice back, with the reason."""
    region, officer = enter(request, code)
    row = _own(region, adoption)
    form = ReasonForm(posted(request))
    sheet = Sheet(
        _("Undo this adoption"),
        _(
            "Its candidate is withdrawn. That it was adopted, and why not any more, stays on record."
        ),
        _("Undo the adoption"),
        here="adopted",
        trail=_trail(code, row),
    )

    def save() -> HttpResponse:
        adopting.undo(
            adoption=row, reason=form.cleaned_data["reason"], by=officer, at=now()
        )
        messages.success(request, _("The adoption is undone."))
        return redirect("exchange-work:adoption", code, row.pk)

    return rooms.form_page(request, region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def answer(request: HttpRequest, code: str, check: int) -> HttpResponse:
    """The three questions of the year, in the work room."""
    region, officer = enter(request, code)
    rows = SurvivalCheck.objects.select_related("adoption__practice__region")
    row = get_object_or_404(rows, region=region, pk=check)
    form = SurvivalForm(posted(request))
    sheet = Sheet(
        _("Is it still alive?"),
        _("Three questions about “%(title)s” from %(region)s.")
        % {
            "title": row.adoption.practice.title,
            "region": row.adoption.practice.region.full_name,
        },
        _("Send the answers"),
        here="adopted",
        trail=_trail(code, row.adoption),
    )

    def save() -> HttpResponse:
        surviving.answer(
            check=row, reply=form.as_reply(), by=officer, at=now(), on=localdate()
        )
        messages.success(request, _("Thank you. The region it came from sees it, too."))
        return redirect("exchange-work:adoption", code, row.adoption_id)

    return rooms.form_page(request, region, form, sheet, save)
