"""Public pages of the books, and the desk where sections are written and issued."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.masterplan import actions, blocks, bound, queries, setting, signing
from habaring.masterplan.forms.books import (
    DevelopmentPlanForm,
    IssueEdition,
    SectionText,
    Withdraw,
)
from habaring.masterplan.forms.sections import SignForm
from habaring.masterplan.models import Edition, EditionFile, Section
from habaring.masterplan.texts import key_of
from habaring.masterplan.things import of_chapter
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.posts.queries import Owned, stand
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import download, paginate, render
from habaring.shared.refusal import Refusal
from habaring.writing import keeping as writing

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
}


def _region(code: str) -> Region:
    return get_object_or_404(Region.objects.select_related("parent"), code=code)


def _edition(code: str, number: int) -> Edition:
    return get_object_or_404(
        Edition.objects.select_related("region", "plan__decision"),
        region=code,
        number=number,
    )


@require_safe
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """The master plan of a region: its newest edition, and those before it."""
    region = _region(code)
    return render(
        request,
        "masterplan/plan.html",
        {
            "region": region,
            "face": queries.public_face(region),
            "visions": queries.development_plans(region),
        },
    )


@require_safe
def edition(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One edition: its books in every format, its checksum, how to rebuild it."""
    rows = Edition.objects.select_related("region", "plan__decision").defer("record")
    found = get_object_or_404(rows, region=code, number=number)
    return render(
        request,
        "masterplan/edition.html",
        {
            "region": found.region,
            "edition": found,
            "books": queries.shelf(found),
        },
    )


@require_safe
def book(request: HttpRequest, code: str, number: int, book: str) -> HttpResponse:
    """Read one book on the screen, a chapter at a time or whole."""
    found = _edition(code, number)
    whole = queries.book_of(found, book)
    if whole is None:
        raise Http404
    wanted = request.GET.get("bab", "")
    chapters = [c for c in whole["chapters"] if not wanted or c["key"] == wanted]
    if not chapters:
        raise Http404
    shown = chapters if wanted else chapters[:1]
    return render(
        request,
        "masterplan/book.html",
        {
            "region": found.region,
            "edition": found,
            "book": whole,
            "chapters": shown,
            "owners": _owners(found, shown),
            "current": wanted or chapters[0]["key"],
            "turn": queries.neighbours(whole, wanted or chapters[0]["key"]),
        },
    )


def _owners(edition: Edition, chapters: list[dict[str, Any]]) -> list[Owned]:
    """The posts that own the written sections of these chapters, each once."""
    things = [
        one for c in chapters for one in of_chapter(edition, c["key"], c["title"])
    ]
    at = now()
    rows = stand(edition.region, things, at=at, on=localdate(at))
    return list({row.post.code: row for row in rows}.values())


@require_safe
def programme(
    request: HttpRequest, code: str, number: int, programme: str
) -> HttpResponse:
    """The page of an edition on which a programme stands."""
    place = queries.chapter_of(_edition(code, number), programme)
    if place is None:
        raise Http404
    book_code, chapter = place
    address = reverse("masterplan:book", args=[code, number, book_code])
    return redirect(f"{address}?bab={chapter}")


@require_safe
def file(
    request: HttpRequest, code: str, number: int, book: str, form: str
) -> HttpResponseBase:
    """A set book as it was issued, byte for byte."""
    found = get_object_or_404(
        EditionFile.objects.select_related("edition"),
        edition__region=code,
        edition__number=number,
        book=book,
        format=form,
    )
    name = f"{code.replace('.', '')}-edisi-{number}-{book}.{form}"
    content = setting.content_of(found)
    return download(content, name=name, media_type=MEDIA_TYPES[form])


@require_safe
def record(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """All that an edition says, as JSON: what `habaring book` rebuilds it from."""
    found = _edition(code, number)
    text = json.dumps(found.record, sort_keys=True, ensure_ascii=False, indent=1)
    return download(
        text.encode(),
        name=f"{code.replace('.', '')}-edisi-{number}.json",
        media_type="application/json",
    )


def _writer(request: HttpRequest, region: Region, power: Power) -> Account:
    return access.require(request.user, power, at=now(), region=region)


@require_safe
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """What is written, what is not, and the editions so far."""
    region = _region(code)
    reader = _writer(request, region, Power.SEE_WORK_ROOM)
    may = access.powers(reader, at=now(), region=region)
    stands = signing.standings(region)
    return render(
        request,
        "masterplan/desk.html",
        {
            "signed": {key for key, one in stands.items() if one.signed},
            "reopened": {key for key, one in stands.items() if one.reopened},
            "region": region,
            "sections": queries.sections(region),
            "missions": queries.development_plans(region),
            "editions": paginate(
                request, Edition.objects.filter(region=region).defer("record")
            ),
            "may_write": Power.WRITE_PLAN in may,
            "may_issue": Power.ISSUE_EDITION in may,
        },
    )


@require_http_methods(FORM_METHODS)
def section(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Write one section; every save is a new revision."""
    region = _region(code)
    writer = _writer(request, region, Power.WRITE_PLAN)
    place = queries.section_place(region, key)
    if place is None:
        raise Http404
    revisions = Section.objects.filter(region=region, key=key).select_related(
        "recorded_by"
    )
    newest = revisions.first()
    form = SectionText(
        request.POST or None, initial={"text": newest.text if newest else ""}
    )
    refusal: Refusal | None = None
    text = writing.find(region, key_of(key))
    if request.method == "POST" and form.is_valid():
        try:
            if text is not None:
                raise writing.WrittenTogether
            actions.write_section(
                region=region,
                key=key,
                text=form.cleaned_data["text"],
                by=writer,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Saved as a new revision."))
            return redirect("masterplan-work:section", code=code, key=key)
    return render(
        request,
        "masterplan/section.html",
        {
            "region": region,
            "place": place,
            "form": form,
            "refusal": refusal,
            "revisions": paginate(request, revisions, size=10),
            "text": text,
            "text_key": key_of(key),
            **_signing(region, key, newest, writer),
        },
        status=422 if refusal or form.errors else 200,
    )


def _signing(
    region: Region, key: str, newest: Section | None, reader: Account
) -> dict[str, Any]:
    """How a section stands, who signs it, and how its text reads with its values."""
    at = now()
    standing = signing.standings(region).get(key, signing.NOTHING)
    signer = signing.who_signs(region, key, at=at)
    mine = signer is not None and signer[1] is not None and signer[1].pk == reader.pk
    text = bound.bind(newest.text, region, at) if newest else ""
    return {
        "standing": standing,
        "signer": signer,
        "may_sign": mine and standing.revision > 0 and not standing.signed,
        "sign": SignForm(),
        "draft": {"blocks": blocks.written(text)},
        "values": list(bound.Reader(region, at).frequent()),
    }


@require_http_methods(FORM_METHODS)
def development_plan(request: HttpRequest, code: str) -> HttpResponse:
    """Record the RPJMD of a period: its vision, its missions, its source."""
    region = _region(code)
    writer = _writer(request, region, Power.WRITE_PLAN)
    form = DevelopmentPlanForm(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_development_plan(
                region=region,
                new=actions.NewDevelopmentPlan(**form.cleaned_data),
                by=writer,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The RPJMD is recorded."))
            return redirect("masterplan-work:desk", code=code)
    return render(
        request,
        "masterplan/development_plan.html",
        {"region": region, "form": form, "refusal": refusal},
        status=422 if refusal or form.errors else 200,
    )


@require_http_methods(FORM_METHODS)
def issue(request: HttpRequest, code: str) -> HttpResponse:
    """Issue an edition: frozen at once, set in the background."""
    region = _region(code)
    writer = _writer(request, region, Power.ISSUE_EDITION)
    form = IssueEdition(
        request.POST or None,
        region=region,
        initial={
            "title": _("Smart-city master plan of %(place)s")
            % {"place": region.full_name}
        },
    )
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = _issue(region, form.cleaned_data, writer)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(
                request, _("The edition is issued. Its books are being set now.")
            )
            return redirect(reverse("masterplan:edition", args=[code, made.number]))
    stands = signing.standings(region)
    places = queries.sections(region)
    return render(
        request,
        "masterplan/issue.html",
        {
            "unsigned": [p for p in places if p.revision and not stands[p.key].signed],
            "region": region,
            "form": form,
            "refusal": refusal,
            "empty": [p for p in places if not p.revision],
        },
        status=422 if refusal or form.errors else 200,
    )


def _issue(region: Region, data: dict[str, Any], by: Account) -> Edition:
    return actions.issue_edition(
        issue=actions.Issue(region=region, **data), by=by, at=now()
    )


@require_http_methods(FORM_METHODS)
def withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Withdraw an edition, with a public reason."""
    region = _region(code)
    writer = _writer(request, region, Power.ISSUE_EDITION)
    found = _edition(code, number)
    form = Withdraw(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.withdraw_edition(
            edition=found, reason=form.cleaned_data["reason"], by=writer, at=now()
        )
        messages.success(
            request, _("The edition is withdrawn; the reason stands on it.")
        )
        return redirect("masterplan:edition", code=code, number=number)
    return render(
        request,
        "masterplan/withdraw.html",
        {"region": region, "edition": found, "form": form},
        status=422 if form.errors else 200,
    )
