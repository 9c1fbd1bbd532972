"""The work room: write practices, publish and withdraw them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.exchange import queries, tables
from habaring.exchange.actions import practices as verbs
from habaring.exchange.forms.practices import PracticeForm, ReasonForm, UploadForm
from habaring.exchange.models import Practice
from habaring.exchange.views import rooms
from habaring.exchange.views.rooms import enter, only
from habaring.people import access
from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.shared import form_pages
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import XLSX, download, download_table, paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import read, template
from habaring.shared.uploads import TABLES, accept


@require_safe
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """What the region shares and has adopted, and what waits."""
    region, officer = enter(request, code, Power.SEE_WORK_ROOM)
    rows = Practice.objects.filter(region=region).order_by("-begun_at", "-pk")
    page = paginate(request, queries.with_adopted(rows))
    names = queries.dimension_names()
    adopted = queries.adoptions(region=region, on=localdate())
    context = {
        "region": region,
        "here": "desk",
        "page": page,
        "lines": [(row, names.get(row.dimension_code, "")) for row in page.rows],
        "drafts": set(
            rows.filter(versions__published_at__isnull=True).values_list(
                "pk", flat=True
            )
        ),
        "adopted": adopted,
        "checks": queries.waiting_answers(region),
        "questions": queries.open_questions(region),
        "meetings": queries.open_meetings(region),
        "may": access.powers(officer, at=now(), region=region),
    }
    return render(request, "exchange/desk.html", context)


def _own(region: Region, number: int) -> Practice:
    rows = Practice.objects.select_related("region")
    return get_object_or_404(rows, region=region, number=number)


@require_safe
def work(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One practice of the region, with its draft and what is missing in it."""
    region, officer = enter(request, code, Power.SEE_WORK_ROOM)
    row = _own(region, number)
    draft = queries.draft(row)
    context = {
        "region": region,
        "here": "desk",
        "practice": row,
        "draft": draft,
        "newest": queries.newest(row),
        "missing": verbs.missing_of(draft) if draft else [],
        "adoptions": queries.adoptions(practice=row, on=localdate()),
        "reason": ReasonForm(),
        "may": access.powers(officer, at=now(), region=region),
    }
    return render(request, "exchange/work.html", context)


@require_http_methods(FORM_METHODS)
def new(request: HttpRequest, code: str) -> HttpResponse:
    """Begin from a programme of the region, or from an empty page."""
    region, officer = enter(request, code)
    candidate = queries.own_programmes(region).filter(
        code=request.POST.get("programme", "") or "-"
    )
    form = PracticeForm(
        posted(request) if not request.POST.get("programme") else None,
        dimensions=queries.dimension_names(),
        draft=None,
    )
    refusal: Refusal | None = None
    try:
        if chosen := candidate.first():
            row = verbs.from_programme(candidate=chosen, by=officer, at=now())
            messages.success(request, _("The programme is copied. Write what is new."))
            return redirect("exchange-work:edit", code, row.number)
        if request.method == "POST" and form.is_valid():
            row = verbs.begin_practice(
                region=region, draft=form.as_draft(), by=officer, at=now()
            )
            return redirect("exchange-work:practice", code, row.number)
    except Refusal as refused:
        refusal = refused
    context = {
        "region": region,
        "here": "desk",
        "form": form,
        "refusal": refusal,
        "programmes": queries.own_programmes(region)[:200],
    }
    return render(
        request, "exchange/new.html", context, status=form_pages.status(form, refusal)
    )


@require_http_methods(FORM_METHODS)
def edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Write the draft; where all is published, a new version."""
    region, officer = enter(request, code)
    row = _own(region, number)
    version = queries.draft(row) or queries.newest(row)
    form = PracticeForm(
        posted(request),
        dimensions=queries.dimension_names(),
        draft=verbs.draft_of(version) if version else None,
    )

    def save() -> HttpResponse:
        verbs.write(practice=row, draft=form.as_draft(), by=officer, at=now())
        messages.success(request, _("The draft is saved. Nobody else sees it yet."))
        return redirect("exchange-work:practice", code, number)

    answer, refusal = form_pages.saved(request, form, save)
    if answer is not None:
        return answer
    context = {
        "region": region,
        "here": "desk",
        "practice": row,
        "form": form,
        "refusal": refusal,
    }
    return render(
        request, "exchange/edit.html", context, status=form_pages.status(form, refusal)
    )


@require_POST
def publish(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Publish the draft."""
    region, officer = enter(request, code)
    try:
        verbs.publish(practice=_own(region, number), by=officer, at=now())
    except Refusal as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Published for all regions."))
    return redirect("exchange-work:practice", code, number)


@require_POST
def discard(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Drop the draft of a new version."""
    region, officer = enter(request, code)
    try:
        verbs.discard(practice=_own(region, number), by=officer, at=now())
    except Refusal as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The draft is dropped."))
    return redirect("exchange-work:practice", code, number)


@require_http_methods(FORM_METHODS)
def withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take a practice back, with the reason."""
    region, officer = enter(request, code)
    row = _own(region, number)
    form = ReasonForm(posted(request))
    sheet = Sheet(
        _("Withdraw this practice"),
        _(
            "Its text is no longer shown; its name and your reason are. Who adopted it is told."
        ),
        _("Withdraw"),
        trail=((row.title, reverse("exchange-work:practice", args=[code, number])),),
    )

    def save() -> HttpResponse:
        reason = form.cleaned_data["reason"]
        verbs.withdraw(practice=row, reason=reason, by=officer, at=now())
        messages.success(request, _("The practice is withdrawn."))
        return redirect("exchange-work:practice", code, number)

    return rooms.form_page(request, region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Practices from a spreadsheet, each as a draft; all of them or none."""
    region, officer = enter(request, code)
    form = UploadForm(posted(request), request.FILES or None)
    sheet = Sheet(
        _("Practices from a spreadsheet"),
        _("Each row becomes a draft. A file with a mistake is refused whole."),
        _("Take the file in"),
    )

    def save() -> HttpResponse:
        accepted = accept(form.cleaned_data["file"], TABLES)
        found = read(
            accepted.file,
            tables.kind(),
            today=localdate(),
            language=get_language() or "id",
        )
        drafts = [tables.draft_from(row.values) for row in found]
        taken = verbs.take_in(region=region, drafts=drafts, by=officer, at=now())
        words = _("New: %(new)d. Changed: %(changed)d. Unchanged: %(unchanged)d.")
        messages.success(request, words % vars(taken))
        return redirect("exchange-work:desk", code)

    return rooms.form_page(request, region, form, sheet, save)


@require_safe
def file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The region's practices, drafts too: comes in again unchanged."""
    region, _officer = enter(request, code, Power.SEE_WORK_ROOM)
    rows = Practice.objects.filter(region=region).order_by("number")
    versions = [queries.draft(row) or queries.newest(row) for row in rows]
    told = [tables.values_of(version) for version in versions if version]
    name = _("practices") + f"-{code}"
    return download_table(tables.kind(), told, name=name, form=only(form))


@require_safe
def blank(request: HttpRequest, code: str) -> HttpResponseBase:
    """The empty spreadsheet with its explanations."""
    enter(request, code)
    content = template(tables.kind(), (), language=get_language() or "id")
    return download(content, name=_("practices") + ".xlsx", media_type=XLSX)
