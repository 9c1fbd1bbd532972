"""The work room: ask and answer, offer to guide, visit."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.exchange import queries
from habaring.exchange.actions import talking
from habaring.exchange.forms.sharing import (
    MeetingForm,
    OfferForm,
    StepForm,
    TextForm,
)
from habaring.exchange.models import MentorOffer, Practice, Question
from habaring.exchange.views import rooms
from habaring.exchange.views.rooms import enter, public_practice, region_of
from habaring.people import access
from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.shared import form_pages
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import paginate, render


def _page_of(row: Practice) -> str:
    return reverse("exchange:practice", args=[row.region_id, row.number])


@require_http_methods(FORM_METHODS)
def ask(request: HttpRequest, code: str, origin: str, number: int) -> HttpResponse:
    """Ask the region of a practice, for everybody to read."""
    region, officer = enter(request, code)
    row = public_practice(origin, number)
    form = TextForm(posted(request))
    sheet = Sheet(
        _("Ask %(region)s") % {"region": row.region.full_name},
        _("Question and answer stand on the page of “%(title)s”, for all regions.")
        % {"title": row.title},
        _("Send the question"),
        here="questions",
        trail=((row.title, _page_of(row)),),
    )

    def save() -> HttpResponse:
        talking.ask(
            region=region,
            practice=row,
            text=form.cleaned_data["text"],
            by=officer,
            at=now(),
        )
        messages.success(request, _("Your question is sent."))
        return redirect("exchange-work:questions", code)

    return rooms.form_page(request, region, form, sheet, save)


@require_safe
def questions(request: HttpRequest, code: str) -> HttpResponse:
    """Questions to this region and from it."""
    region, officer = enter(request, code, Power.SEE_WORK_ROOM)
    rows = (
        Question.objects.filter(Q(region=region) | Q(practice__region=region))
        .select_related("region", "practice__region")
        .prefetch_related("answers__region")
    )
    context = {
        "region": region,
        "here": "questions",
        "page": paginate(request, rows),
        "may": access.powers(officer, at=now(), region=region),
    }
    return render(request, "exchange/questions.html", context)


@require_http_methods(FORM_METHODS)
def answer(request: HttpRequest, code: str, question: int) -> HttpResponse:
    """Answer a question about one's own practice."""
    region, officer = enter(request, code)
    rows = Question.objects.select_related("practice__region", "region")
    row = get_object_or_404(rows, practice__region=region, pk=question)
    form = TextForm(posted(request))
    sheet = Sheet(
        _("Answer %(region)s") % {"region": row.region.full_name},
        row.text,
        _("Send the answer"),
        here="questions",
        trail=((row.practice.title, _page_of(row.practice)),),
    )

    def save() -> HttpResponse:
        talking.answer(
            region=region,
            question=row,
            text=form.cleaned_data["text"],
            by=officer,
            at=now(),
        )
        messages.success(request, _("Your answer is sent."))
        return redirect("exchange-work:questions", code)

    return rooms.form_page(request, region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def offers(request: HttpRequest, code: str) -> HttpResponse:
    """What this region offers to guide in, and what others offer."""
    writes = request.method == "POST"
    power = Power.SHARE_PRACTICES if writes else Power.SEE_WORK_ROOM
    region, officer = enter(request, code, power)
    form = OfferForm(posted(request), dimensions=queries.dimension_names())

    def save() -> HttpResponse:
        talking.open_offer(region=region, offer=form.as_offer(), by=officer, at=now())
        messages.success(request, _("The offer is open to all regions."))
        return redirect("exchange-work:offers", code)

    done, refusal = form_pages.saved(request, form, save)
    if done is not None:
        return done
    rows = MentorOffer.objects.select_related("region")
    context = {
        "region": region,
        "here": "offers",
        "own": rows.filter(region=region),
        "others": rows.exclude(region=region).filter(closed_at=None),
        "form": form,
        "refusal": refusal,
        "may": access.powers(officer, at=now(), region=region),
    }
    return render(
        request,
        "exchange/offers.html",
        context,
        status=form_pages.status(form, refusal),
    )


@require_POST
def close_offer(request: HttpRequest, code: str, offer: int) -> HttpResponse:
    """Take no more requests."""
    region, officer = enter(request, code)
    row = get_object_or_404(MentorOffer, region=region, pk=offer)
    talking.close_offer(offer=row, by=officer, at=now())
    messages.success(request, _("The offer is closed."))
    return redirect("exchange-work:offers", code)


@require_safe
def meetings(request: HttpRequest, code: str) -> HttpResponse:
    """Visits and mentoring with other regions."""
    region, officer = enter(request, code, Power.SEE_WORK_ROOM)
    context = {
        "region": region,
        "here": "meetings",
        "page": paginate(request, queries.meetings(region)),
        "may": access.powers(officer, at=now(), region=region),
    }
    return render(request, "exchange/meetings.html", context)


@require_http_methods(FORM_METHODS)
def ask_meeting(request: HttpRequest, code: str, host: str) -> HttpResponse:
    """Ask a region for a visit or for mentoring; `praktik` or `tawaran` say about what."""
    region, officer = enter(request, code)
    other = region_of(host)
    if not other.is_local:
        raise Http404
    practice = _about(Practice.objects.public(), request, "praktik", other)
    offer = _about(MentorOffer.objects.all(), request, "tawaran", other)
    kind = "mentoring" if offer else "visit"
    form = MeetingForm(posted(request), initial={"kind": kind})
    about = practice or offer
    sheet = Sheet(
        _("Ask %(region)s for a visit or mentoring") % {"region": other.full_name},
        _("About “%(title)s”.") % {"title": about.title}
        if about
        else _("They answer with a day, or say why not."),
        _("Send the request"),
        here="meetings",
    )

    def save() -> HttpResponse:
        made = talking.ask_meeting(
            region=region,
            wish=form.as_wish(other, practice, offer),
            by=officer,
            at=now(),
            on=localdate(),
        )
        messages.success(request, _("The request is sent."))
        return redirect("exchange-work:meeting", code, made.pk)

    return rooms.form_page(request, region, form, sheet, save)


def _about(rows: Any, request: HttpRequest, name: str, host: Region) -> Any:
    """The practice or offer of the host that the address names, if it names one."""
    key = request.GET.get(name, "")
    return rows.filter(region=host, pk=int(key)).first() if key.isdigit() else None


@require_http_methods(FORM_METHODS)
def meeting(request: HttpRequest, code: str, meeting: int) -> HttpResponse:
    """One visit: what was said, and the next step."""
    writes = request.method == "POST"
    power = Power.SHARE_PRACTICES if writes else Power.SEE_WORK_ROOM
    region, officer = enter(request, code, power)
    row = get_object_or_404(queries.meetings(region), pk=meeting)
    moves = talking.may(row, region.pk)
    proposed = row.agreed_on or row.proposed_on
    form = StepForm(posted(request), moves=moves, proposed=proposed)

    def save() -> HttpResponse:
        talking.go_on(
            region=region,
            meeting=row,
            done=form.as_done(),
            by=officer,
            at=now(),
            on=localdate(),
        )
        messages.success(request, _("The other side is told."))
        return redirect("exchange-work:meeting", code, row.pk)

    done, refusal = form_pages.saved(request, form, save)
    if done is not None:
        return done
    context = {
        "region": region,
        "here": "meetings",
        "meeting": row,
        "steps": row.steps.select_related("region"),
        "moves": moves,
        "form": form,
        "refusal": refusal,
        "may": access.powers(officer, at=now(), region=region),
    }
    return render(
        request,
        "exchange/meeting.html",
        context,
        status=form_pages.status(form, refusal),
    )
