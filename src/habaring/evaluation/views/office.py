"""The ministry's pages of rounds: make, invite, read, announce, publish."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.evaluation import conflicts, proofs, queries, results, tables
from habaring.evaluation.actions import (
    appeals,
    awards,
    closing,
    instruments,
    reading,
    records,
    rounds,
)
from habaring.evaluation.forms import (
    AssignForm,
    DaysForm,
    DecisionForm,
    InstrumentFile,
    InviteForm,
    MethodForm,
    ReasonForm,
    RoundForm,
    TableForm,
)
from habaring.evaluation.models import (
    Appeal,
    AwardRule,
    Entry,
    Instrument,
    Reading,
    Round,
)
from habaring.evaluation.rules import scheme_of, scheme_of_round
from habaring.evaluation.scheme import Scheme
from habaring.evaluation.views.rooms import form_page, office, round_of
from habaring.people.models import Account
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import download_table, paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import read
from habaring.shared.uploads import TABLES, accept

HOME = "evaluation-platform:rounds"
STEPS: dict[str, Callable[..., Round]] = {
    "buka": rounds.open_round,
    "baca": rounds.begin_reading,
    "umumkan": closing.announce,
    "terbitkan": closing.publish,
}


def _trail(row: Round | None = None) -> tuple[tuple[str, str], ...]:
    found = [(_("Evaluation"), reverse(HOME))]
    if row is not None:
        found.append((row.name, reverse("evaluation-platform:round", args=[row.pk])))
    return tuple(found)


@require_safe
def all_rounds(request: HttpRequest) -> HttpResponse:
    """Every round, newest first; the instruments."""
    office(request)
    context = {
        "page": paginate(request, Round.objects.select_related("instrument")),
        "instruments": Instrument.objects.all(),
    }
    return render(request, "evaluation/rounds.html", context)


@require_http_methods(FORM_METHODS)
def new_round(request: HttpRequest) -> HttpResponse:
    """Plan a stage of a year."""
    officer = office(request)
    form = RoundForm(posted(request), initial={"year": localdate(now()).year})

    def save() -> HttpResponse:
        row = rounds.make_round(by=officer, at=now(), plan=form.plan())
        messages.success(request, _("The round is planned; its awards are public."))
        return redirect("evaluation-platform:round", row.pk)

    sheet = Sheet(
        _("Plan a round"),
        _("Regions answer first, then assessors read, then results are announced."),
        _("Plan the round"),
        trail=_trail(),
    )
    return form_page(request, form, sheet, save)


@require_safe
def round_page(request: HttpRequest, round: int) -> HttpResponse:
    """One round: its regions, its readers, what comes next."""
    office(request)
    return _round_page(request, round_of(round))


def _round_page(
    request: HttpRequest,
    row: Round,
    *,
    refusal: Refusal | None = None,
    invite: InviteForm | None = None,
) -> HttpResponse:
    lines = queries.lines(row)
    waiting = Appeal.objects.filter(entry__round=row, state="filed").count()
    context = {
        "round": row,
        "lines": lines,
        "page": paginate(request, lines, size=50),
        "submitted": sum(one.entry.state == "submitted" for one in lines),
        "read": sum(one.done >= row.readers and not one.third for one in lines),
        "thirds": sum(one.third for one in lines),
        "appeals": waiting,
        "invite": invite or InviteForm(),
        "inviting": row.state in rounds.OPEN,
        "awards": AwardRule.objects.filter(round=row),
        "today": localdate(now()),
        "refusal": refusal,
    }
    failed = refusal or (invite is not None and invite.errors)
    return render(
        request, "evaluation/round.html", context, status=422 if failed else 200
    )


@require_safe
def round_file(request: HttpRequest, round: int, form: str) -> HttpResponseBase:
    """The regions of a round as a table: progress, no marks."""
    office(request)
    if form not in ("csv", "xlsx"):
        raise Http404
    row = round_of(round)
    return download_table(
        tables.ROUND,
        tables.round_rows(queries.lines(row)),
        name=f"{_('evaluation')}-{row.year}-{row.stage}",
        form=form,
    )


@require_POST
def step(request: HttpRequest, round: int, step: str) -> HttpResponse:
    """The next step of a round."""
    officer = office(request)
    row = round_of(round)
    if step not in STEPS:
        raise Http404
    try:
        STEPS[step](by=officer, at=now(), round=row)
    except Refusal as refused:
        return _round_page(request, row, refusal=refused)
    messages.success(request, _("Done."))
    return redirect("evaluation-platform:round", round)


@require_http_methods(FORM_METHODS)
def days(request: HttpRequest, round: int) -> HttpResponse:
    """Move the days of a round."""
    officer = office(request)
    row = round_of(round)
    form = DaysForm(posted(request), row=row)

    def save() -> HttpResponse:
        rounds.change_days(by=officer, at=now(), round=row, **form.cleaned_data)
        messages.success(request, _("The days are moved."))
        return redirect("evaluation-platform:round", round)

    sheet = Sheet(
        _("Change the days"),
        _("More time for everybody alike."),
        _("Save"),
        trail=_trail(row),
    )
    return form_page(request, form, sheet, save)


@require_POST
def invite(request: HttpRequest, round: int) -> HttpResponse:
    """Take regions into a round."""
    officer = office(request)
    row = round_of(round)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _round_page(request, row, invite=form)
    try:
        regions = form.cleaned_data["regions"]
        made = rounds.invite(by=officer, at=now(), round=row, regions=regions)
    except Refusal as refused:
        return _round_page(request, row, refusal=refused, invite=form)
    said = ngettext("%(n)d region is invited.", "%(n)d regions are invited.", len(made))
    messages.success(request, said % {"n": len(made)})
    return redirect("evaluation-platform:round", round)


# One region of a round


def _entry(row: Round, key: int) -> Entry:
    rows = Entry.objects.select_related("round__instrument", "region")
    return get_object_or_404(rows, pk=key, round=row)


@require_safe
def entry(request: HttpRequest, round: int, entry: int) -> HttpResponse:
    """A region of a round: who reads it, and who could."""
    office(request)
    row = round_of(round)
    return _entry_page(request, row, _entry(row, entry))


def _entry_page(
    request: HttpRequest, row: Round, one: Entry, *, refusal: Refusal | None = None
) -> HttpResponse:
    (found,) = queries.lines(row, only=one.pk)
    everybody = AssignForm().fields["assessor"].queryset  # type: ignore[attr-defined]
    page = paginate(request, everybody)
    on = localdate(now())
    context = {
        "round": row,
        "entry": one,
        "line": found,
        "sheet": proofs.sheet(one, on=on),
        "candidates": [
            (account, conflicts.grounds(account, one.region, on=on))
            for account in page.rows
        ],
        "page": page,
        "reading": row.state == "reading" and one.state == "submitted",
        "withdraw": ReasonForm(),
        "refusal": refusal,
        "trail": _trail(row),
    }
    return render(
        request, "evaluation/office_entry.html", context, status=422 if refusal else 200
    )


@require_POST
def assign(request: HttpRequest, round: int, entry: int) -> HttpResponse:
    """Ask somebody to read a region."""
    officer = office(request)
    row = round_of(round)
    one = _entry(row, entry)
    form = AssignForm(request.POST)
    if form.is_valid():
        account: Account = form.cleaned_data["assessor"]
        try:
            reading.assign(by=officer, at=now(), entry=one, account=account)
            messages.success(request, _("The assessor is asked to read."))
        except Refusal as refused:
            return _entry_page(request, row, one, refusal=refused)
    return redirect("evaluation-platform:entry", round, entry)


@require_POST
def take_away(request: HttpRequest, round: int, reading_: int) -> HttpResponse:
    """Take a reading from an assessor."""
    officer = office(request)
    row = round_of(round)
    found = get_object_or_404(Reading, pk=reading_, entry__round=row)
    reason = request.POST.get("reason", "")
    try:
        reading.take_away(by=officer, at=now(), reading=found, reason=reason)
        messages.success(request, _("The reading is taken away; the place is free."))
    except Refusal as refused:
        return _entry_page(request, row, _entry(row, found.entry_id), refusal=refused)
    return redirect("evaluation-platform:entry", round, found.entry_id)


# Appeals


@require_safe
def all_appeals(request: HttpRequest, round: int) -> HttpResponse:
    """The appeals of a round."""
    office(request)
    row = round_of(round)
    rows = Appeal.objects.filter(entry__round=row).select_related("entry__region")
    context = {
        "round": row,
        "page": paginate(request, rows.order_by("-state", "filed_at")),
        "trail": _trail(row),
    }
    return render(request, "evaluation/appeals.html", context)


@require_http_methods(FORM_METHODS)
def decide(request: HttpRequest, round: int, appeal: int) -> HttpResponse:
    """Decide one appeal."""
    officer = office(request)
    row = round_of(round)
    found = get_object_or_404(
        Appeal.objects.select_related("entry__region"), pk=appeal, entry__round=row
    )
    scheme = scheme_of_round(row)
    form = DecisionForm(posted(request), scheme=scheme)

    def save() -> HttpResponse:
        appeals.decide(by=officer, at=now(), appeal=found, **form.cleaned_data)
        messages.success(request, _("The appeal is decided."))
        return redirect("evaluation-platform:appeals", round)

    sheet = Sheet(
        _("Decide the appeal of %(region)s") % {"region": found.entry.region.name},
        scheme.questions[found.question].text(get_language() or "id"),
        _("Record the decision"),
        trail=_trail(row),
        template="evaluation/decide.html",
        more={"appeal": found, "levels": _levels(found)},
    )
    return form_page(request, form, sheet, save)


def _levels(appeal: Appeal) -> list[float]:
    """What the readers gave the question, from low to high."""
    readings = Reading.objects.filter(entry=appeal.entry, state="submitted")
    given = results.levels_by_reading(readings).values()
    return sorted(
        float(one[appeal.question]) for one in given if appeal.question in one
    )


# Awards and instruments


@require_http_methods(FORM_METHODS)
def new_award(request: HttpRequest, round: int) -> HttpResponse:
    """Foresee an award, with its method."""
    officer = office(request)
    row = round_of(round)
    choices = [
        (one, measured_words(scheme_of_round(row), one))
        for one in awards.measurable(row)
    ]
    form = MethodForm(posted(request), choices=choices)

    def save() -> HttpResponse:
        awards.publish_method(by=officer, at=now(), round=row, method=form.method())
        messages.success(request, _("The award and its method are public."))
        return redirect("evaluation-platform:round", round)

    sheet = Sheet(
        _("Foresee an award"),
        _("Its method is public before anybody knows a mark."),
        _("Publish the method"),
        trail=_trail(row),
    )
    return form_page(request, form, sheet, save)


def measured_words(scheme: Scheme, measured: str) -> str:
    """What an award is measured by, in words."""
    language = get_language() or "id"
    if measured == "index":
        return _("achievement index")
    if measured == "improvement":
        return _("improvement on the year before")
    kind, _colon, code = measured.partition(":")
    if kind == "dimension" and code in scheme.dimensions:
        return scheme.dimensions[code](language)
    names = {m.code: m.name(language) for m in scheme.measures}
    return names.get(code, code)


@require_safe
def instrument(request: HttpRequest, instrument: int) -> HttpResponse:
    """The questions and weights of an instrument."""
    office(request)
    row = get_object_or_404(Instrument, pk=instrument)
    language = get_language() or "id"
    scheme = scheme_of(row)
    context = {
        "instrument": row,
        "scheme": scheme,
        "measures": [
            (
                m.name(language),
                float(m.weight),
                [(q, q.text(language)) for q in m.questions],
            )
            for m in scheme.measures
        ],
        "bands": [(b.name(language), float(b.start)) for b in scheme.bands],
        "low": float(scheme.low),
        "high": float(scheme.high),
        "trail": _trail(),
    }
    return render(request, "evaluation/instrument.html", context)


@require_http_methods(FORM_METHODS)
def new_instrument(request: HttpRequest) -> HttpResponse:
    """Take in an instrument as TOML."""
    officer = office(request)
    form = InstrumentFile(posted(request), request.FILES or None)

    def save() -> HttpResponse:
        row = instruments.record_instrument(
            by=officer, at=now(), toml=form.cleaned_data["file"]
        )
        messages.success(request, _("The instrument is taken in."))
        return redirect("evaluation-platform:instrument", row.pk)

    sheet = Sheet(
        _("Take in an instrument"),
        _("Questions, weights, scale and awards of a year in one TOML file."),
        _("Take the file in"),
        trail=_trail(),
    )
    return form_page(request, form, sheet, save)


@require_POST
def packaged(request: HttpRequest) -> HttpResponse:
    """Take in the instruments that come with the platform."""
    officer = office(request)
    try:
        made = instruments.load_packaged(by=officer, at=now())
        said = ngettext(
            "%(n)d instrument is there.", "%(n)d instruments are there.", len(made)
        )
        messages.success(request, said % {"n": len(made)})
    except Refusal as refused:
        messages.error(request, str(refused))
    return redirect(HOME)


@require_http_methods(FORM_METHODS)
def past(request: HttpRequest) -> HttpResponse:
    """Results of years before the platform, from a spreadsheet with their sources."""
    officer = office(request)
    form = TableForm(posted(request), request.FILES or None)

    def save() -> HttpResponse:
        accepted = accept(form.cleaned_data["file"], TABLES)
        language = get_language() or "id"
        rows = read(
            accepted.file, tables.RESULTS, today=localdate(now()), language=language
        )
        made = records.record_many(by=officer, at=now(), past=tables.past_in(rows))
        said = ngettext(
            "%(n)d result is recorded.", "%(n)d results are recorded.", made
        )
        messages.success(request, said % {"n": made})
        return redirect(HOME)

    sheet = Sheet(
        _("Results of earlier years"),
        _("As they were published elsewhere, each with its source; all or nothing."),
        _("Take the file in"),
        trail=_trail(),
    )
    return form_page(request, form, sheet, save)
