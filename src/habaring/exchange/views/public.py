"""Practices as everybody reads them: the country's, a region's, one; regions alike."""

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from habaring.exchange import alike as twins
from habaring.exchange import finding, letters, measures, queries, tables
from habaring.exchange.actions import surviving
from habaring.exchange.forms.practices import PracticeFilter
from habaring.exchange.forms.sharing import SurvivalForm
from habaring.exchange.models import MentorOffer, Practice, PracticeVersion
from habaring.exchange.views import rooms
from habaring.exchange.views.rooms import only, region_of
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import form_pages
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.pages import download_table, paginate, render

ALIKE_SHOWN = 8


def _regions() -> dict[str, str]:
    """Every kabupaten and kota by its full name, for a choice in a form."""
    known: dict[str, str] | None = cache.get("exchange.regions")
    if known is None:
        rows = Region.objects.local().filter(closed_on=None).order_by("name", "kind")
        known = {row.code: f"{row.name} ({row.kind})" for row in rows}
        cache.set("exchange.regions", known, 600)
    return known


def _filter(request: HttpRequest) -> PracticeFilter:
    return PracticeFilter(
        request.GET or None,
        problems=finding.problems(),
        dimensions=queries.dimension_names(),
        regions=_regions(),
    )


@require_safe
def national(request: HttpRequest) -> HttpResponse:
    """All practices of the country: search by words and meaning, filters, pages."""
    form = _filter(request)
    found = finding.find(form.wanted() if request.GET else {})
    page = paginate(request, found.cards, size=20)
    offers = MentorOffer.objects.filter(closed_at=None).select_related("region")
    context = {
        "form": form,
        "page": page,
        "found": found,
        "filtered": bool(request.GET),
        "query": request.GET.urlencode(),
        "offers": offers[:6],
        "forms": ("csv", "xlsx", "json"),
    }
    return render(request, "exchange/national.html", context, part="found")


@require_safe
def national_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """What the list shows, as a file; JSON for programs."""
    found = finding.find(_filter(request).wanted() if request.GET else {})
    rows = [card.practice for card in found.cards]
    versions = {card.practice.pk: card.version for card in found.cards}
    if form == "json":
        told = list(tables.public_rows(rows, versions))
        return JsonResponse({"practices": told}, json_dumps_params={"indent": 1})
    kind = tables.public_table(queries.dimension_names())
    return download_table(
        kind, tables.public_rows(rows, versions), name=_("practices"), form=only(form)
    )


@require_safe
def region_practices(request: HttpRequest, code: str) -> HttpResponse:
    """What a region shares, what it adopted, what it offers."""
    region = region_of(code)
    nearest = twins.alike(region)[:3]
    context = {
        "region": region,
        "cards": finding.find({}, region=region).cards,
        "adopted": [
            one
            for one in queries.adoptions(region=region, on=localdate())
            if one.row.undone_at is None
        ],
        "offers": MentorOffer.objects.filter(region=region, closed_at=None),
        "nearest": nearest,
    }
    return render(request, "exchange/region.html", context)


@require_safe
def practice(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One practice with all that belongs to it."""
    row = rooms.public_practice(code, number)
    version = queries.newest(row) if row.state == "public" else None
    return _practice_page(request, row, version)


@require_safe
def version(request: HttpRequest, code: str, number: int, version: int) -> HttpResponse:
    """An earlier version, as it was published."""
    row = rooms.public_practice(code, number)
    published = row.versions.filter(published_at__isnull=False).defer("words")
    return _practice_page(request, row, get_object_or_404(published, number=version))


def _practice_page(
    request: HttpRequest, row: Practice, version: PracticeVersion | None
) -> HttpResponse:
    names = queries.dimension_names()
    code = version.dimension_code if version else row.dimension_code
    context = {
        "region": row.region,
        "practice": row,
        "version": version,
        "dimension": names.get(code, code),
        "order": list(names).index(code) if code in names else 0,
        "measures": measures.of(version) if version else (),
        "versions": row.versions.filter(published_at__isnull=False).defer("words"),
        "adoptions": queries.adoptions(practice=row, on=localdate()),
        "questions": row.questions.select_related("region").prefetch_related(
            "answers__region"
        ),
        "visits": queries.held_meetings(row),
        "own": _rooms_of(request, but=row.region_id),
    }
    return render(request, "exchange/practice.html", context)


def _rooms_of(request: HttpRequest, *, but: str) -> list[Region]:
    """The regions for which the reader may adopt this and ask about it."""
    if not isinstance(request.user, Account):
        return []
    at = now()
    return [
        region
        for region in access.regions_of(request.user, at=at)
        if region.is_local
        and region.code != but
        and Power.SHARE_PRACTICES in access.powers(request.user, at=at, region=region)
    ]


@require_safe
def alike(request: HttpRequest, code: str) -> HttpResponse:
    """Regions like this one, each with its reasons in words and in a picture."""
    region = region_of(code)
    if not region.is_local:
        raise Http404
    page = paginate(request, twins.alike(region), size=ALIKE_SHOWN)
    first = (page.number - 1) * ALIKE_SHOWN + 1
    counted = _counts([one.region.code for one in page.rows])
    context = {
        "region": region,
        "page": page,
        "lines": [
            (rank, one, counted.get(one.region.code, 0))
            for rank, one in enumerate(page.rows, start=first)
        ],
    }
    return render(request, "exchange/alike.html", context)


def _counts(codes: list[str]) -> dict[str, int]:
    rows = Practice.objects.public().filter(region__in=codes)
    found: dict[str, int] = {}
    for code in rows.values_list("region_id", flat=True):
        found[code] = found.get(code, 0) + 1
    return found


@never_cache
@require_http_methods(FORM_METHODS)
def survival(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a letter: the first answer is chosen already, no sign-in is needed."""
    check = letters.read_token(token)
    chosen = {"running": request.GET.get("jalan", "")}
    form = SurvivalForm(posted(request), initial=chosen)

    def save() -> HttpResponse:
        surviving.answer(
            check=check, reply=form.as_reply(), by=None, at=now(), on=localdate()
        )
        messages.success(request, _("Thank you. The region it came from sees it, too."))
        return render(request, "exchange/survival_done.html", {"check": check})

    answer, refusal = form_pages.saved(request, form, save)
    if answer is not None:
        return answer
    context = {
        "check": check,
        "region": check.adoption.region,
        "practice": check.adoption.practice,
        "form": form,
        "refusal": refusal,
    }
    return render(
        request,
        "exchange/survival.html",
        context,
        status=form_pages.status(form, refusal),
    )
