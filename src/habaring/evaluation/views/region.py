"""The region's own pages: its entries, its answers, its result, its appeals."""

from collections.abc import Callable
from typing import Any

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

from habaring.evaluation import pictures, proofs, queries, tables
from habaring.evaluation.actions import answering, appeals
from habaring.evaluation.forms import (
    AnswerForm,
    AppealForm,
    LinkForm,
    TableForm,
    code_of,
)
from habaring.evaluation.models import Appeal, Award, Entry, Reading, Result
from habaring.evaluation.proofs import THING, Sheet
from habaring.evaluation.results import levels_by_reading
from habaring.evaluation.rules import scheme_of_round
from habaring.evaluation.scheme import Scheme
from habaring.evaluation.views.rooms import Room, enter, entry_of, form_page
from habaring.evidence import actions as vault
from habaring.evidence.models import Evidence
from habaring.people.access import Power
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.form_pages import Sheet as FormSheet
from habaring.shared.pages import download_table, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import read
from habaring.shared.uploads import TABLES, accept


@require_safe
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """Where the region stands: rounds to answer, results, findings, awards."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    entries = list(
        Entry.objects.filter(region=room.region).select_related(
            "round__instrument", "region"
        )
    )
    on = localdate(now())
    results = {
        row.round_id: row
        for row in Result.objects.standing().filter(region=room.region)
    }
    context = {
        "region": room.region,
        "may": room.may,
        "answers": Power.TAKE_PART_IN_GUIDANCE in room.may,
        "entries": [
            (
                one,
                proofs.sheet(one, on=on) if one.round.state == "open" else None,
                results.get(one.round_id),
            )
            for one in entries
        ],
        "findings": queries.open_findings(room.region)[:5],
        "awards": Award.objects.filter(region=room.region, revoked_at=None)[:5],
        "today": on,
    }
    return render(request, "evaluation/desk.html", context)


def measures(sheet: Sheet) -> list[tuple[str, float, list[proofs.Line]]]:
    """The questions of an entry by measure: its name, its weight, its lines."""
    language = get_language() or "id"
    return [
        (
            measure.name(language),
            float(measure.weight),
            [one for one in sheet.lines if one.question.measure == measure.code],
        )
        for measure in sheet.scheme.measures
    ]


@require_safe
def entry(request: HttpRequest, code: str, entry: int) -> HttpResponse:
    """The self-assessment: every question, its answer, its evidence; the meter."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    return _entry_page(request, room, entry_of(code, entry))


def _entry_page(
    request: HttpRequest, room: Room, row: Entry, refusal: Refusal | None = None
) -> HttpResponse:
    on = localdate(now())
    found = proofs.sheet(row, on=on)
    changes = row.round.state == "open" and on <= row.round.answers_until
    context = {
        "region": room.region,
        "may": room.may,
        "entry": row,
        "sheet": found,
        "measures": measures(found),
        "answers": Power.TAKE_PART_IN_GUIDANCE in room.may and changes,
        "total": len(found.lines),
        "valid_share": 100 * found.valid / len(found.lines),
        "proven_share": 100 * found.proven / len(found.lines),
        "findings": [f for f in queries.open_findings(room.region) if not f.owner_id],
        "refusal": refusal,
        "language": get_language() or "id",
    }
    return render(
        request, "evaluation/entry.html", context, status=422 if refusal else 200
    )


@require_safe
def entry_file(
    request: HttpRequest, code: str, entry: int, form: str
) -> HttpResponseBase:
    """The self-assessment as a table."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    if form not in ("csv", "xlsx"):
        raise Http404
    row = entry_of(code, entry)
    return download_table(
        tables.ANSWERS,
        tables.answer_rows(proofs.sheet(row, on=localdate(now()))),
        name=f"{_('self-assessment')}-{room.region.code}-{row.round.year}",
        form=form,
    )


@require_http_methods(FORM_METHODS)
def upload(request: HttpRequest, code: str, entry: int) -> HttpResponse:
    """The answers from a spreadsheet: all of it, or nothing with every problem named."""
    room = enter(request, code, Power.TAKE_PART_IN_GUIDANCE)
    row = entry_of(code, entry)
    form = TableForm(posted(request), request.FILES or None)

    def save() -> HttpResponse:
        accepted = accept(form.cleaned_data["file"], TABLES)
        rows = read(
            accepted.file,
            tables.ANSWERS,
            today=localdate(now()),
            language=pictures.language(),
        )
        said = [tables.said(one.values) for one in rows]
        changed = answering.answer_all(by=room.officer, at=now(), entry=row, said=said)
        words = ngettext("%(n)d answer changed.", "%(n)d answers changed.", changed)
        messages.success(request, words % {"n": changed})
        return redirect("evaluation-work:entry", code, entry)

    sheet = FormSheet(
        _("Answers from a spreadsheet"),
        _("Take the self-assessment as XLSX, fill in levels and notes, send it back."),
        _("Take the file in"),
        trail=_trail(row),
    )
    return form_page(request, form, sheet, save, region=room.region)


@require_http_methods(FORM_METHODS)
def answer(request: HttpRequest, code: str, entry: int, question: str) -> HttpResponse:
    """One question: the level, why, and what proves it."""
    room = enter(request, code, Power.TAKE_PART_IN_GUIDANCE)
    row = entry_of(code, entry)
    scheme = scheme_of_round(row.round)
    if question not in scheme.questions:
        raise Http404
    found = proofs.sheet(row, on=localdate(now()))
    line = next(one for one in found.lines if one.question.code == question)
    given = line.answer
    form = AnswerForm(
        posted(request),
        scheme=scheme,
        initial={
            "level": code_of(given.level) if given else "",
            "note": given.note if given else "",
        },
    )

    def save() -> HttpResponse:
        answering.answer(
            by=room.officer,
            at=now(),
            entry=row,
            question=question,
            level=form.cleaned_data["level"],
            note=form.cleaned_data["note"],
        )
        messages.success(request, _("The answer is saved."))
        return _next(request, row, found, question)

    linked = [one.evidence.pk for one in line.proofs]
    vault_rows = Evidence.objects.filter(region=room.region).current(localdate(now()))
    sheet = FormSheet(
        title=f"{question} · {line.question.text(get_language() or 'id')}",
        lede="",
        button=_("Save"),
        trail=_trail(row),
        template="evaluation/answer.html",
        more={
            "entry": row,
            "line": line,
            "link": LinkForm(rows=vault_rows.exclude(pk__in=linked)),
            "keeps": Power.KEEP_EVIDENCE in room.may,
            "neighbours": _neighbours(scheme, question),
            "about": f"{row.round.name}: {question}",
        },
    )
    return form_page(request, form, sheet, save, region=room.region)


def _trail(row: Entry) -> tuple[tuple[str, str], ...]:
    code = row.region_id
    return (
        (_("Evaluation"), reverse("evaluation-work:desk", args=[code])),
        (row.round.name, reverse("evaluation-work:entry", args=[code, row.pk])),
    )


def _neighbours(scheme: Scheme, question: str) -> tuple[str, str]:
    codes = list(scheme.questions)
    place = codes.index(question)
    before = codes[place - 1] if place else ""
    after = codes[place + 1] if place + 1 < len(codes) else ""
    return before, after


def _next(
    request: HttpRequest, row: Entry, found: Sheet, question: str
) -> HttpResponse:
    after = _neighbours(found.scheme, question)[1]
    if "next" in request.POST and after:
        return redirect("evaluation-work:answer", row.region_id, row.pk, after)
    return redirect("evaluation-work:answer", row.region_id, row.pk, question)


@require_POST
def link(request: HttpRequest, code: str, entry: int, question: str) -> HttpResponse:
    """Link a piece of the vault to an answer."""
    room = enter(request, code, Power.TAKE_PART_IN_GUIDANCE)
    row = entry_of(code, entry)
    answer_row = get_object_or_404(row.answers, question=question)
    form = LinkForm(request.POST, rows=Evidence.objects.filter(region=room.region))
    if form.is_valid():
        try:
            vault.link(
                by=room.officer,
                at=now(),
                evidence=form.cleaned_data["evidence"],
                thing=THING,
                key=str(answer_row.pk),
                label=f"{row.round.name}: {question}",
            )
            messages.success(request, _("The evidence is linked."))
        except Refusal as refused:
            messages.error(request, str(refused))
    return redirect("evaluation-work:answer", code, entry, question)


@require_POST
def submit(request: HttpRequest, code: str, entry: int) -> HttpResponse:
    """Hand the answers in."""
    return _step(
        request,
        code,
        entry,
        lambda room, row: answering.submit(by=room.officer, at=now(), entry=row),
        _("Handed in. Assessors read it once the reading begins."),
    )


@require_POST
def take_back(request: HttpRequest, code: str, entry: int) -> HttpResponse:
    """Take the answers back."""
    return _step(
        request,
        code,
        entry,
        lambda room, row: answering.take_back(by=room.officer, at=now(), entry=row),
        _("Taken back; you can change the answers again."),
    )


def _step(
    request: HttpRequest,
    code: str,
    entry: int,
    act: Callable[[Room, Entry], Any],
    said: str,
) -> HttpResponse:
    room = enter(request, code, Power.TAKE_PART_IN_GUIDANCE)
    row = entry_of(code, entry)
    try:
        act(room, row)
    except Refusal as refused:
        return _entry_page(request, room, row, refusal=refused)
    messages.success(request, said)
    return redirect("evaluation-work:entry", code, entry)


@require_safe
def result(request: HttpRequest, code: str, entry: int) -> HttpResponse:
    """What assessors gave, without their names; how to appeal."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    return _result_page(request, room, entry_of(code, entry))


def _result_page(
    request: HttpRequest,
    room: Room,
    row: Entry,
    *,
    form: AppealForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    found = get_object_or_404(
        Result.objects.standing(), region=room.region, round=row.round
    )
    scheme = scheme_of_round(row.round)
    on = localdate(now())
    until = row.round.appeals_until
    context = {
        "region": room.region,
        "may": room.may,
        "entry": row,
        "result": found,
        "measures": pictures.measure_rows(scheme, found),
        "chart": pictures.dimension_chart(scheme, found),
        "marks": _marks(row, scheme),
        "band": pictures.band_name(scheme, found),
        "appeals": Appeal.objects.filter(entry=row),
        "appealing": Power.TAKE_PART_IN_GUIDANCE in room.may
        and row.round.state == "announced"
        and until is not None
        and on <= until,
        "form": form or AppealForm(scheme=scheme),
        "refusal": refusal,
    }
    failed = refusal or (form is not None and form.errors)
    return render(
        request, "evaluation/result.html", context, status=422 if failed else 200
    )


def _marks(row: Entry, scheme: Scheme) -> list[tuple[Any, Any, list[Any]]]:
    """Each question, the region's own level, and the assessors' from low to high."""
    readings = Reading.objects.filter(entry=row, state="submitted")
    given = levels_by_reading(readings).values()
    own = {one.question: one.level for one in row.answers.all()}
    language = get_language() or "id"
    return [
        (
            f"{code} · {question.text(language)}",
            own.get(code),
            sorted(float(one[code]) for one in given if code in one),
        )
        for code, question in scheme.questions.items()
    ]


@require_POST
def appeal(request: HttpRequest, code: str, entry: int) -> HttpResponse:
    """Ask to have one question looked at again."""
    room = enter(request, code, Power.TAKE_PART_IN_GUIDANCE)
    row = entry_of(code, entry)
    form = AppealForm(request.POST, scheme=scheme_of_round(row.round))
    if not form.is_valid():
        return _result_page(request, room, row, form=form)
    try:
        appeals.file_appeal(by=room.officer, at=now(), entry=row, **form.cleaned_data)
    except Refusal as refused:
        return _result_page(request, room, row, form=form, refusal=refused)
    messages.success(request, _("The appeal is filed; you read the decision here."))
    return redirect("evaluation-work:result", code, entry)
