"""Readiness in the work room: a year, one question with its evidence, a new year."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.evidence import actions as vault
from habaring.evidence.models import Evidence, Link
from habaring.masterplan import actions, readiness, readiness_sets
from habaring.masterplan.findings import wheel
from habaring.masterplan.forms.analysis import AnswerForm, ProofForm
from habaring.masterplan.readiness import Readiness
from habaring.masterplan.readiness_sets import THING
from habaring.masterplan.views.analysis import enter, may_write
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal
from habaring.shared.uploads import DOCUMENTS, PICTURES, accept

FIRST_YEAR = 2017


@require_safe
def year(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """All questions of a year with scores and proofs, beside the year before."""
    region, reader = enter(request, code, Power.SEE_WORK_ROOM)
    if not FIRST_YEAR <= year <= localdate().year + 1:
        raise Http404
    whole = readiness.readiness(region, year, on=localdate())
    years = readiness.years(region)
    earlier = next((one for one in years if one < year), None)
    before = readiness.readiness(region, earlier) if earlier else None
    return render(
        request,
        "masterplan/readiness.html",
        {
            "region": region,
            "readiness": whole,
            "years": sorted({*years, localdate().year, year}, reverse=True),
            "before": before,
            "compared": compared(whole, before),
            "chart": wheel(whole) if whole.mean is not None else None,
            "can_begin": earlier is not None and year not in years,
            "may_write": may_write(reader, region),
        },
    )


def compared(
    whole: Readiness, before: Readiness | None
) -> list[tuple[Any, float | None, float | None]]:
    """Each element with last year's mean and the change."""
    found = []
    for one in whole.elements:
        old = before.element(one.element.code) if before else None
        known = old.mean if old else None
        change = (
            one.mean - known if one.mean is not None and known is not None else None
        )
        found.append((one, known, change))
    return found


@require_http_methods(FORM_METHODS)
def answer(request: HttpRequest, code: str, year: int, question: str) -> HttpResponse:
    """One question: its score, what proves it; two forms on one page."""
    region, writer = enter(request, code)
    chosen = readiness_sets.for_year(year)
    if chosen.question(question) is None or not FIRST_YEAR <= year <= 2100:
        raise Http404
    whole = readiness.readiness(region, year, on=localdate())
    one = next(item for item in whole.answers if item.question.code == question)
    proving = request.method == "POST" and "prove" in request.POST
    scoring = request.method == "POST" and not proving
    row = one.row
    form = AnswerForm(
        request.POST if scoring else None,
        chosen=chosen,
        initial={"score": row.score, "note": row.note} if row else None,
    )
    proof = ProofForm(
        request.POST if proving else None,
        request.FILES if proving else None,
        vault=_vault(region),
    )
    refusal: Refusal | None = None
    if (scoring and form.is_valid()) or (proving and proof.is_valid()):
        key = f"{year}/{question}"
        try:
            if scoring:
                _score(region, year, question, form.cleaned_data, writer)
            else:
                _prove(region, key, one.question.text, proof.cleaned_data, writer)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Saved."))
            return redirect("masterplan-work:answer", code, year, question)
    element = chosen.question(question)
    context = {
        "region": region,
        "year": year,
        "answer": one,
        "element": element[0] if element else None,
        "form": form,
        "proof": proof,
        "refusal": refusal,
        "following": _following(whole, question),
    }
    status = 422 if refusal or form.errors or proof.errors else 200
    return render(request, "masterplan/answer.html", context, status=status)


def _following(whole: Readiness, question: str) -> str:
    codes = [one.question.code for one in whole.answers]
    place = codes.index(question) + 1
    return codes[place] if place < len(codes) else ""


def _vault(region: Region) -> list[tuple[int, str]]:
    rows = Evidence.objects.filter(region=region).kept()
    return [(row.pk, f"{row.title} ({row.year})") for row in rows[:300]]


def _score(
    region: Region, year: int, question: str, data: dict[str, Any], by: Account
) -> None:
    actions.record_readiness(
        region=region,
        year=year,
        answer=actions.Answer(question, data["score"], data["note"]),
        by=by,
        at=now(),
    )


def _prove(
    region: Region, key: str, label: str, data: dict[str, Any], by: Account
) -> None:
    at = now()
    if data["known"]:
        row = get_object_or_404(Evidence, region=region, pk=data["known"])
    else:
        row = vault.put(
            by=by,
            at=at,
            region=region,
            upload=accept(data["file"], (*DOCUMENTS, *PICTURES)),
            kind="other",
            title=data["title"],
        )
    vault.link(by=by, at=at, evidence=row, thing=THING, key=key, label=label[:300])


@require_POST
def unlink(request: HttpRequest, code: str, year: int, link: int) -> HttpResponse:
    """Say that a document does not prove an answer after all."""
    region, writer = enter(request, code)
    row = get_object_or_404(
        Link, region=region, pk=link, thing=THING, key__startswith=f"{year}/"
    )
    vault.unlink(by=writer, at=now(), link=row)
    messages.success(request, _("The document proves this no more."))
    question = row.key.partition("/")[2]
    return redirect("masterplan-work:answer", code, year, question)


@require_POST
def begin(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Begin a year from the verdicts of the last one."""
    region, writer = enter(request, code)
    begun = actions.begin_year(region=region, year=year, by=writer, at=now())
    messages.success(
        request,
        _(
            "%(scores)d answers and %(links)d documents were taken over; %(left)d documents"
            " prove nothing any more. Look at each answer again."
        )
        % {"scores": begun.scores, "links": begun.links, "left": begun.left},
    )
    return redirect("masterplan-work:readiness", code, year)
