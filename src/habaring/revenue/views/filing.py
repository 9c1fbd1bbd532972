"""Filing on a telephone: own businesses, one month after the other, acquisitions."""

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from habaring.people import acts
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import explanation, filings
from habaring.revenue.actions import filing as verbs
from habaring.revenue.actions.filing import Draft, Papers, Prepared
from habaring.revenue.codes import shown
from habaring.revenue.filings import BPHTB, MONTHLY, Month, read_month
from habaring.revenue.forms.filing import (
    PAPERS,
    AcquireForm,
    CodeCheckForm,
    CodeForm,
    FilingForm,
    LinkAskForm,
    PapersForm,
)
from habaring.revenue.models import Filing, TaxObject
from habaring.revenue.views import doors
from habaring.shared import limits, walls
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal
from habaring.shared.uploads import accept, response

MAX_BYTES = 10 * 1024**2
_BROWSER = "revenue.browser"
_QUESTION = "revenue.question"


def _person(request: HttpRequest, code: str) -> tuple[Region, Account]:
    region = doors.region_of(code)
    person = acts.require(request.user, filings.FILE, at=now(), region=region)
    assert person is not None  # noqa: S101 - the act needs a code
    return region, person


def _trail(region: Region, *, deep: bool = True) -> list[tuple[str, str]]:
    own = (_("Filings"), reverse("revenue:filings", args=[region.code]))
    return doors.trail(region, own) if deep else doors.trail(region)


@never_cache
@require_safe
def mine(request: HttpRequest, code: str) -> HttpResponse:
    """What one files for: the months that wait, what was filed."""
    region, person = _person(request, code)
    context = {
        "region": region,
        "trail": _trail(region, deep=False),
        "desk": filings.own(person, region, today=localdate()),
    }
    return render(request, "revenue/filing/mine.html", context)


# Showing that one is a taxpayer


@never_cache
@sensitive_post_parameters("number")
@require_http_methods(FORM_METHODS)
def link(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a code to the contact on file."""
    region, person = _person(request, code)
    form = LinkAskForm(posted(request))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        browser = request.session.setdefault(_BROWSER, secrets.token_urlsafe(24))
        try:
            question = verbs.ask_link(
                account=person,
                region=region,
                number=form.cleaned_data["number"],
                browser=browser,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            kept = [str(question.challenge), question.taxpayer]
            request.session[_QUESTION] = kept
            return redirect("revenue:filing-link-code", code)
    return _linking(request, region, form, refusal, "revenue/filing/link.html")


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(FORM_METHODS)
def link_code(request: HttpRequest, code: str) -> HttpResponse:
    """Type the code that was sent."""
    region, person = _person(request, code)
    kept = request.session.get(_QUESTION)
    if not kept:
        return redirect("revenue:filing-link", code)
    form = CodeForm(posted(request))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            row = verbs.answer_link(
                account=person,
                region=region,
                question=verbs.Question(UUID(kept[0]), kept[1]),
                code=form.cleaned_data["code"],
                browser=request.session.get(_BROWSER, ""),
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            request.session.pop(_QUESTION, None)
            words = _("You file for %(name)s from now on.") % {"name": row.name}
            messages.success(request, words)
            return redirect("revenue:filings", code)
    return _linking(request, region, form, refusal, "revenue/filing/link_code.html")


def _linking(
    request: HttpRequest,
    region: Region,
    form: Any,
    refusal: Refusal | None,
    template: str,
) -> HttpResponse:
    context = {
        "region": region,
        "trail": _trail(region),
        "form": form,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, template, context, status=status)


# Filing


@never_cache
@require_http_methods(FORM_METHODS)
def file(request: HttpRequest, code: str, object: int) -> HttpResponse:
    """One month of a business: fill in, look it over with every step, send."""
    region, person = _person(request, code)
    row = filings.own_object(person, region, object)
    if row is None or row.tax not in MONTHLY:
        raise Http404
    month = read_month(request.GET.get("bulan", ""), today=localdate())
    desk = FilingDesk(request, row, person, month)
    with walls.also(region.code):
        done = desk.run()
    if done is not None:
        return redirect("revenue:filing", code, done)
    context = {"region": region, "trail": _trail(region), **desk.context()}
    return render(request, "revenue/filing/file.html", context, status=desk.status)


class FilingDesk:
    """One filing under way: the same for a person and for an officer at the counter.

    `run` gives the key of what was filed, or None while something is still to do; the
    region must be open meanwhile.
    """

    def __init__(
        self,
        request: HttpRequest,
        row: TaxObject,
        by: Account,
        month: Month | None = None,
    ) -> None:
        self.request, self.row, self.by, self.month = request, row, by, month
        self.prepared: Prepared | None = None
        self.refusal: Refusal | None = None
        self.form: FilingForm | None = None
        self.papers = PapersForm(posted(request), request.FILES or None)
        self.options: list[Month] = []
        self.on = month.last if month else None
        self.notary = ""

    def run(self) -> int | None:
        try:
            return self._run()
        except Refusal as refused:
            self.refusal = refused
            return None

    def _run(self) -> int | None:
        on = self._day()
        _rule, rules = filings.rules_for(self.row.region, self.row.tax, on)
        self.options = list(filings.months_until(localdate())) if self.month else []
        self.form = FilingForm(
            posted(self.request), tax=self.row.tax, rules=rules, initial=self._first()
        )
        if self.request.method != "POST" or not self.form.is_valid():
            return None
        draft = Draft(
            obj=self.row,
            facts=self.form.given,
            month=self.month,
            event_on=None if self.month else on,
            reason=self.form.cleaned_data["reason"],
            notary=self.notary,
        )
        self.prepared = verbs.prepare(draft, at=now())
        if "kirim" not in self.request.POST or not self.papers.is_valid():
            return None
        sent = self.papers.cleaned_data["document"]
        kept = [accept(sent, PAPERS, max_bytes=MAX_BYTES)] if sent else []
        return verbs.file(draft=draft, by=self.by, at=now(), papers=Papers(kept)).pk

    def _day(self) -> Any:
        if self.on is not None:
            return self.on
        held = self.row.holdings.order_by("begins_on", "pk").first()
        if held is None:
            raise Http404
        self.notary = "" if held.basis == "BPHTB" else held.basis
        return held.begins_on

    def _first(self) -> dict[str, Any]:
        """What the form begins with: the last filing of the same month, if any."""
        year, period = (
            (self.month.year, self.month.period)
            if self.month
            else (self._day().year, 0)
        )
        rows = self.row_filings().filter(year=year, period=period)
        before = rows.order_by("-seq").first()
        start = {"f_use": self.row.use} if self.row.use else {}
        if before is None:
            return start
        return {f"f_{key}": value for key, value in before.facts.items()}

    def row_filings(self) -> Any:
        """All filings of the object."""
        return Filing.objects.filter(object=self.row)

    @property
    def status(self) -> int:
        if self.refusal:
            return self.refusal.status
        return 422 if self.form is not None and self.form.errors else 200

    def context(self) -> dict[str, Any]:
        """For the page."""
        review = self.prepared is not None and "ubah" not in self.request.POST
        return {
            "obj": self.row,
            "month": self.month,
            "options": self.options,
            "form": self.form,
            "papers": self.papers,
            "prepared": self.prepared if review else None,
            "told": explanation.tell(self.prepared.assessment)
            if self.prepared and review
            else None,
            "refusal": self.refusal,
        }


@never_cache
@require_safe
def filed(request: HttpRequest, code: str, filing: int) -> HttpResponse:
    """One filing: its steps, its bill, its papers; correct it."""
    region, person = _person(request, code)
    found = filings.own_filing(person, region, filing)
    if found is None:
        raise Http404
    context = {"region": region, "trail": _trail(region), **filed_context(found)}
    return render(request, "revenue/filing/filed.html", context)


def filed_context(found: filings.Sent) -> dict[str, Any]:
    """What the page of a filing says, wherever it is shown."""
    code = shown(found.validation.code) if found.validation else ""
    return {
        "found": found,
        "row": found.row,
        "told": explanation.tell(found.assessment),
        "code": code,
        "example": found.row.object.illustrative,
    }


@never_cache
@require_safe
def document(
    request: HttpRequest, code: str, filing: int, document: int
) -> HttpResponseBase:
    """A paper that went with one's own filing."""
    region, person = _person(request, code)
    found = filings.own_filing(person, region, filing)
    if found is None:
        raise Http404
    return paper(found, document)


def paper(found: filings.Sent, key: int) -> HttpResponseBase:
    """A paper of a filing, sent back as a file."""
    one = next((row for row in found.documents if row.pk == key), None)
    if one is None:
        raise Http404
    return response(one.path, name=one.name, media_type=one.media_type)


# Land that was acquired


@never_cache
@require_http_methods(FORM_METHODS)
def acquire(request: HttpRequest, code: str) -> HttpResponse:
    """Land that one acquired: its number and day first, then the filing."""
    region, person = _person(request, code)
    own = filings.own(person, region, today=localdate()).taxpayers
    form = AcquireForm(
        posted(request), region=region, own=own, initial={"on": localdate()}
    )
    refusal: Refusal | None = None
    if request.method == "POST" and own and form.is_valid():
        try:
            with transaction.atomic(), walls.also(region.code):
                row = verbs.acquire(said=said_of(form), by=person, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            return redirect("revenue:filing-acquisition", code, row.pk)
    context = {
        "region": region,
        "trail": _trail(region),
        "form": form,
        "refusal": refusal,
        "own": own,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/filing/acquire.html", context, status=status)


def said_of(form: AcquireForm) -> verbs.Acquisition:
    """What the form says, for the action."""
    data = form.cleaned_data
    return verbs.Acquisition(data["holder"], data["nop"], data["on"], data["notary"])


@never_cache
@require_http_methods(FORM_METHODS)
def acquisition(request: HttpRequest, code: str, object: int) -> HttpResponse:
    """BPHTB of an acquisition: fill in, look it over, send."""
    region, person = _person(request, code)
    row = filings.own_object(person, region, object)
    if row is None or row.tax != BPHTB:
        raise Http404
    desk = FilingDesk(request, row, person)
    with walls.also(region.code):
        done = desk.run()
    if done is not None:
        return redirect("revenue:filing", code, done)
    context = {"region": region, "trail": _trail(region), **desk.context()}
    return render(request, "revenue/filing/file.html", context, status=desk.status)


@never_cache
@require_http_methods(FORM_METHODS)
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What a code on paper stands for: for notaries, without an account."""
    region = get_object_or_404(Region, code=code)
    form = CodeCheckForm(posted(request), initial={"kode": request.GET.get("kode", "")})
    refusal: Refusal | None = None
    found: verbs.Checked | None = None
    if request.method == "POST" and form.is_valid():
        try:
            found = verbs.check_code(
                region,
                form.cleaned_data["kode"],
                network=limits.client_network(request),
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
    context = {
        "region": region,
        "trail": _trail(region, deep=False),
        "form": form,
        "found": found,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "revenue/filing/check.html", context, status=status)
