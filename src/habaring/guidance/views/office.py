"""The programme office: cohorts, applications, choosing, mentors, all regions."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.guidance import (
    keeping,
    method_files,
    methods,
    progress,
    queries,
    shipped,
    tables,
)
from habaring.guidance.actions import cohorts as verbs
from habaring.guidance.actions import mentors as mentoring
from habaring.guidance.forms.national import (
    CohortForm,
    FinishForm,
    MentorForm,
    MethodForm,
    RatingForm,
    ReasonForm,
    cohort_initial,
    filter_for,
)
from habaring.guidance.models import Cohort, CohortState, Enrolment, Mentorship
from habaring.guidance.progress import Row, Wanted
from habaring.guidance.standing import CODES, WORDS, Stands
from habaring.guidance.views.rooms import form_page, office
from habaring.shared import uploads
from habaring.shared.form_pages import FORM_METHODS, Sheet, files, posted
from habaring.shared.pages import download_table, paginate, render

SIZE = 25


def _trail() -> tuple[tuple[str, str], ...]:
    return ((_("Cohorts"), reverse("guidance-platform:desk")),)


def _year_of_numbers() -> int:
    """The year before this one: its values have been published."""
    return localdate(now()).year - 1


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """All regions with their progress, and the cohorts."""
    office(request)
    at, year = now(), _year_of_numbers()
    country = keeping.facts(on=localdate(at), at=at).country()
    form = filter_for(request.GET, country)
    del form.fields["tahun"]
    wanted = _wanted(form)
    rows = progress.narrowed(country.rows, wanted)
    order = request.GET.get("urut", "")
    numbers: Mapping[str, int] = {}
    if order == "angka":  # else only those on the page are counted
        numbers = progress.numbers(year, [row.code for row in rows])
        rows.sort(key=lambda row: (-numbers.get(row.code, 0), row.code))
    else:
        rows.sort(key=_ORDERS.get(order, _attention))
    page = paginate(request, rows, size=SIZE)
    numbers = numbers or progress.numbers(year, [row.code for row in page.rows])
    lines = [
        {
            "row": row,
            "province": country.provinces.get(row.province, row.province),
            "stands": WORDS[row.stands],
            "code": CODES[row.stands],
            "numbers": numbers.get(row.code, 0),
        }
        for row in page.rows
    ]
    context = {
        "country": country,
        "indicators": progress.indicators(),
        "counts": [
            (CODES[one], WORDS[one], n) for one, n in country.counts.items() if n
        ],
        "form": form,
        "filtered": wanted != Wanted(),
        "page": page,
        "lines": lines,
        "year": year,
        "cohorts": list(Cohort.objects.all()),
        "orders": _orders(request, order),
        "late": sum(row.work.late for row in country.rows),
        "waiting": sum(row.work.waiting for row in country.rows),
        "query": request.GET.urlencode(),
        "forms": ("csv", "xlsx"),
    }
    return render(request, "guidance/office.html", context, part="found")


def _attention(row: Row) -> tuple[object, ...]:
    """Regions in guidance first, late ones at the top; then the further, the earlier."""
    return (row.stands != Stands.GUIDED, -row.work.late, -row.stands, row.code)


def _orders(request: HttpRequest, order: str) -> list[tuple[str, str, bool]]:
    """The ways to order the list; filters stay."""
    every = {
        "": _("what needs attention"),
        "telat": _("late work"),
        "indeks": _("index"),
        "angka": _("numbers"),
    }
    found = []
    for code, words in every.items():
        query = request.GET.copy()
        query.pop("halaman", None)
        query["urut"] = code
        found.append((words, f"?{query.urlencode()}", code == order))
    return found


_ORDERS: Mapping[str, Callable[[Row], tuple[object, ...]]] = {
    "telat": lambda row: (-row.work.late, row.code),
    "indeks": lambda row: (-(row.index or 0), row.code),
}


def _wanted(form: object) -> Wanted:
    if not form.is_valid():  # type: ignore[attr-defined]
        return Wanted()
    given = form.cleaned_data  # type: ignore[attr-defined]
    stands = next((s for s, c in CODES.items() if c == given["keadaan"]), None)
    return Wanted(given["q"].strip(), given["provinsi"], stands, given["angkatan"])


@require_safe
def desk_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The same as a file."""
    office(request)
    if form not in ("csv", "xlsx"):
        raise Http404
    at = now()
    country = keeping.facts(on=localdate(at), at=at).country()
    asked = filter_for(request.GET, country)
    del asked.fields["tahun"]
    rows: list[Row] = progress.narrowed(country.rows, _wanted(asked))
    return download_table(
        tables.COUNTRY,
        tables.country_rows(rows, country.provinces),
        name=_("regions-in-the-programme"),
        form=form,
    )


@require_http_methods(FORM_METHODS)
def new_cohort(request: HttpRequest) -> HttpResponse:
    """Record a year."""
    officer = office(request)
    blank = Cohort(method=shipped.method())
    form = CohortForm(
        posted(request),
        cohort=blank,
        fixed=False,
        initial={"per_province": blank.method.get("per_province")},
    )

    def save() -> HttpResponse:
        row = verbs.record_cohort(call=form.as_call(), by=officer, at=now())
        messages.success(
            request, _("The cohort is recorded. Its call is not open yet.")
        )
        return redirect("guidance-platform:cohort", row.year)

    sheet = Sheet(
        _("A new cohort"),
        _("Four stages and their assignments come with it. Weights come to 100."),
        _("Record it"),
        trail=_trail(),
    )
    return form_page(request, None, form, sheet, save)


def _cohort(year: int) -> Cohort:
    return get_object_or_404(Cohort, year=year)


@require_safe
def cohort(request: HttpRequest, year: int) -> HttpResponse:
    """One cohort: applications, points, what the method would give now."""
    office(request)
    row = _cohort(year)
    rows = list(queries.enrolled(row))
    context = {
        "cohort": row,
        "rows": [(one, methods.told(one.why, row)) for one in rows],
        "preview": _preview(row, rows),
        "criteria": methods.criteria(row),
        "requirements": methods.requirements(row),
        "taking_part": queries.taking_part(row),
        "reserve": queries.reserve(row),
        "unrated": sum(one.state == "applied" and not one.points for one in rows),
        "trail": _trail(),
    }
    return render(request, "guidance/office_cohort.html", context)


def _preview(row: Cohort, rows: list[Enrolment]) -> dict[str, object]:
    """Result by region as the points stand; nothing once the regions are chosen."""
    rated = [one for one in rows if one.state == "applied" and one.points]
    if row.selected_at is not None or not rated:
        return {}
    found = methods.selection(row, rated)
    return {one.code: one for one in found.results}


@require_http_methods(FORM_METHODS)
def change_cohort(request: HttpRequest, year: int) -> HttpResponse:
    """Change seats, days, weights."""
    officer = office(request)
    row = _cohort(year)
    fixed = row.state != CohortState.PLANNED
    form = CohortForm(
        posted(request), cohort=row, fixed=fixed, initial=cohort_initial(row)
    )

    def save() -> HttpResponse:
        verbs.change_cohort(cohort=row, call=form.as_call(), by=officer, at=now())
        messages.success(request, _("The cohort is changed."))
        return redirect("guidance-platform:cohort", year)

    sheet = Sheet(
        _("Change the cohort of %(year)s") % {"year": year},
        _("The method stays once the call is open."),
        _("Save"),
        trail=_trail(),
    )
    return form_page(request, None, form, sheet, save)


@require_http_methods(FORM_METHODS)
def method(request: HttpRequest, year: int) -> HttpResponse:
    """The cohort's own way to compare, as TOML."""
    officer = office(request)
    row = _cohort(year)
    form = MethodForm(
        posted(request),
        files(request),
        initial={"text": method_files.written(row.method)},
    )

    def save() -> HttpResponse:
        verbs.set_method(cohort=row, text=form.method, by=officer, at=now())
        messages.success(request, _("The method is kept; everybody can read it."))
        return redirect("guidance-platform:cohort", year)

    sheet = Sheet(
        _("How applications of %(year)s are compared") % {"year": year},
        _("It can be changed until the call opens; then it stays for all."),
        _("Check and keep it"),
        trail=(
            *_trail(),
            (str(year), reverse("guidance-platform:cohort", args=[year])),
        ),
    )
    return form_page(request, None, form, sheet, save)


@require_POST
def deed(request: HttpRequest, year: int, deed: str) -> HttpResponse:
    """Open the call, close it, choose."""
    officer = office(request)
    acts = {
        "buka": (verbs.open_call, _("The call is open.")),
        "tutup": (verbs.close_call, _("The call is closed.")),
        "pilih": (verbs.choose, _("The regions are chosen; each sees its reason.")),
    }
    if deed not in acts:
        raise Http404
    act, done = acts[deed]
    act(cohort=_cohort(year), by=officer, at=now())
    messages.success(request, done)
    return redirect("guidance-platform:cohort", year)


def _enrolment(year: int, code: str) -> Enrolment:
    rows = Enrolment.objects.select_related("cohort", "region__parent", "application")
    return get_object_or_404(rows, cohort__year=year, region=code)


@require_http_methods(FORM_METHODS)
def application(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """One application: what the region wrote, and its points."""
    officer = office(request)
    row = _enrolment(year, code)
    form = RatingForm(posted(request), enrolment=row)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            verbs.rate(enrolment=row, rating=form.as_rating(), by=officer, at=now())
        except verbs.CohortRefused as refused:
            refusal = refused
        else:
            messages.success(request, _("The points are kept."))
            return redirect("guidance-platform:cohort", year)
    context = {
        "row": row,
        "sent": getattr(row, "application", None),
        "why": methods.told(row.why, row.cohort),
        "form": form,
        "refusal": refusal,
        "open": row.state == "applied" and row.cohort.selected_at is None,
        "trail": (
            *_trail(),
            (str(year), reverse("guidance-platform:cohort", args=[year])),
        ),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "guidance/application.html", context, status=status)


@require_safe
def application_file(request: HttpRequest, year: int, code: str) -> HttpResponseBase:
    """The letter that came with it."""
    office(request)
    sent = getattr(_enrolment(year, code), "application", None)
    if sent is None or not sent.file_path:
        raise Http404
    return uploads.response(
        sent.file_path, name=sent.file_name, media_type=sent.file_type
    )


@require_http_methods(FORM_METHODS)
def decide(request: HttpRequest, year: int, code: str, how: str) -> HttpResponse:
    """Let a region in, note that it left, or that it has finished."""
    officer = office(request)
    row = _enrolment(year, code)
    if how not in ("masuk", "keluar", "selesai"):
        raise Http404
    form = (FinishForm if how == "selesai" else ReasonForm)(posted(request))
    every: dict[str, tuple[Callable[..., Enrolment], str, str]] = {
        "masuk": (verbs.let_in, _("Let the region in"), _("The region is let in.")),
        "keluar": (verbs.leave, _("The region leaves"), _("The region has left.")),
        "selesai": (
            verbs.finish,
            _("The region has finished"),
            _("The region has finished guidance."),
        ),
    }
    act, title, done = every[how]

    def save() -> HttpResponse:
        act(enrolment=row, by=officer, at=now(), **form.cleaned_data)
        messages.success(request, done)
        return redirect("guidance-platform:cohort", year)

    sheet = Sheet(
        title,
        f"{row.region.full_name}, {year}",
        title,
        trail=_trail(),
    )
    return form_page(request, None, form, sheet, save)


@require_http_methods(FORM_METHODS)
def mentors(request: HttpRequest) -> HttpResponse:
    """Who guides which region; name another one."""
    officer = office(request)
    form = MentorForm(posted(request), initial={"since": localdate(now())})
    refusal = None
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        region, account = given.pop("region"), given.pop("email")
        try:
            mentoring.assign_mentor(
                region=region,
                guide=mentoring.Guide(account=account, **given),
                by=officer,
                at=now(),
            )
        except mentoring.MentorRefused as refused:
            refusal = refused
        else:
            messages.success(request, _("The mentor is named."))
            return redirect("guidance-platform:mentors")
    rows = Mentorship.objects.select_related("region", "cohort").order_by(
        "-since", "name"
    )
    if q := request.GET.get("q", "").strip()[:100]:
        rows = rows.filter(name__icontains=q) | rows.filter(region__code=q)
    on = localdate(now())
    page = paginate(request, rows)
    context = {
        "page": page,
        "lines": [(one, one.in_force(on)) for one in page.rows],
        "q": q,
        "form": form,
        "refusal": refusal,
        "trail": _trail(),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "guidance/mentors.html", context, status=status)


@require_POST
def end_mentor(request: HttpRequest, mentorship: int) -> HttpResponse:
    """The guidance ends today."""
    officer = office(request)
    row = get_object_or_404(Mentorship, pk=mentorship)
    mentoring.end_mentoring(mentorship=row, on=localdate(now()), by=officer, at=now())
    messages.success(request, _("The guidance is ended; it stays on record."))
    return redirect("guidance-platform:mentors")
