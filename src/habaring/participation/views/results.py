"""The result of a vote for everyone; closing a vote, and the council's change of it.

Public pages read what was kept when the vote was counted; none of them counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.participation import explanation, pictures, result_tables
from habaring.participation.actions import counting as actions
from habaring.participation.counting import WHOLE, parts
from habaring.participation.forms.results import OverrideForm
from habaring.participation.models import Count, Vote, VoteState
from habaring.participation.outcomes import counts_of
from habaring.participation.results import Line, Result, Round
from habaring.participation.views.rooms import enter
from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.charts.chart import Chart
from habaring.shared.charts.files import KINDS, as_file
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import download, download_table, paginate, render
from habaring.shared.refusal import Refusal


@dataclass(frozen=True)
class Row:
    """A project with its reason in words and its page."""

    line: Line
    why: str
    change: str
    url: str


@dataclass(frozen=True)
class Told:
    """A round with its words; `chart` where the page shows one."""

    round: Round
    words: str
    tie: str
    url: str
    chart: Chart | None = None
    downloads: Sequence[tuple[str, str]] = ()


_HERE = Path(__file__).resolve().parents[1]
_CHECKERS = (  # in the package; in a checkout
    _HERE / "check_count.py",
    _HERE.parents[2] / "docs" / "algorithms" / "check_count.py",
)

# What every page knows


def _vote(code: str, vote: int) -> Vote:
    rows = Vote.objects.exclude(state=VoteState.DRAFT).select_related("region", "call")
    return get_object_or_404(rows, pk=vote, region=code)


def _names(vote: Vote, *counts: Count) -> dict[str, str]:
    codes = {place["code"] for count in counts for place in count.told["places"]}
    codes |= {
        code for count in counts for code, _n in count.told["turnout"]["districts"]
    }
    return dict(Region.objects.filter(code__in=codes).values_list("code", "name"))


def _place_of(count: Count) -> str:
    return count.district_id or WHOLE


def _result(code: str, vote: int, place: str) -> tuple[Vote, Result]:
    row = _vote(code, vote)
    if row.state != VoteState.COUNTED:
        raise Http404
    for count in counts_of(row):
        if _place_of(count) == place:
            count.vote = row
            return row, Result(count, _names(row, count))
    raise Http404


def _address(name: str, result: Result, *more: object) -> str:
    count = result.count
    place = _place_of(count)
    return reverse(
        f"participation:{name}", args=[count.region_id, count.vote_id, place, *more]
    )


def _row(result: Result, line: Line) -> Row:
    return Row(
        line,
        explanation.why(result, line),
        explanation.change(line),
        _address("result-project", result, line.code),
    )


def _round(result: Result, one: Round, *, drawn: bool = False) -> Told:
    return Told(
        one,
        explanation.round_words(result, one),
        explanation.tie_words(one),
        _address("result-round", result, one.number),
        pictures.round_chart(result, one) if drawn else None,
        _downloads(result, f"putaran-{one.number}") if drawn else (),
    )


def _downloads(result: Result, key: str) -> list[tuple[str, str]]:
    return [
        (kind.upper(), _address("result-picture", result, key, kind)) for kind in KINDS
    ]


def _context(vote: Vote, result: Result, **more: Any) -> dict[str, Any]:
    several = vote.per_district
    trail = [
        (_("Proposals"), reverse("participation:calls", args=[vote.region_id])),
        (vote.name, reverse("participation:result", args=[vote.region_id, vote.pk])),
    ]
    return {
        "region": vote.region,
        "vote": vote,
        "result": result,
        "place": _place_of(result.count),
        "district": result.count.district if several else None,
        "trail": trail,
        **more,
    }


# The result


@require_safe
def result(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """What was chosen and why; before that, where the vote stands."""
    row = _vote(code, vote)
    if row.state != VoteState.COUNTED:
        return _not_yet(request, row)
    counts = counts_of(row)
    for count in counts:
        count.vote = row
    if row.per_district:
        names = _names(row, *counts)
        results = [Result(count, names) for count in counts]
        context = {
            "region": row.region,
            "vote": row,
            "results": results,
            "rule_words": explanation.rule_words(results[0].told["rule"])
            if results
            else "",
            "voters": sum(one.voters for one in results),
            "won": sum(len(one.winners) for one in results),
            "cost": sum(one.cost for one in results),
            "budget": sum(one.budget for one in results),
        }
        return render(request, "participation/result_districts.html", context)
    if not counts:
        raise Http404
    return _whole(request, row, Result(counts[0], _names(row, counts[0])))


@require_safe
def place(request: HttpRequest, code: str, vote: int, place: str) -> HttpResponse:
    """The result of one district that counted its own."""
    row, found = _result(code, vote, place)
    return _whole(request, row, found)


def _not_yet(request: HttpRequest, vote: Vote) -> HttpResponse:
    context = {
        "region": vote.region,
        "vote": vote,
        "cancelled": vote.state == VoteState.CANCELLED,
        "counting": vote.state == VoteState.CLOSED
        or (vote.state in actions.TAKING and now() >= vote.closes_at),
    }
    return render(request, "participation/result_none.html", context)


def _whole(request: HttpRequest, vote: Vote, found: Result) -> HttpResponse:
    charts = {
        key.replace("-", "_"): (chart, _downloads(found, key))
        for key in ("uang-pemilih", "tangga", "puas", "dimensi", "wilayah")
        if (chart := pictures.chart_of(found, key))
    }
    beside = found.beside
    context = _context(
        vote,
        found,
        answer=explanation.answer(found),
        turnout_words=explanation.turnout_words(found),
        satisfied_words=explanation.satisfied_words(found),
        rule_words=explanation.rule_words(
            found.told["rule"], endowment=found.endowment
        ),
        winners=[_row(found, line) for line in found.winners],
        losers=[_row(found, line) for line in found.losers],
        ties=[_round(found, one) for one in found.rounds if one.tied],
        charts=charts,
        everything=bool(found.lines) and not found.losers,
        turnout_places=[
            (found.names.get(code, code) or _("smaller ones together"), voters)
            for code, voters in found.turnout["districts"]
        ],
    )
    if beside:
        context |= {
            "beside_name": explanation.rule_name(beside["rule"]["name"]),
            "beside_words": explanation.rule_words(beside["rule"]),
            "beside_satisfied": explanation.satisfied_words(found, beside=True),
            "only_here": [_row(found, line) for line in found.only(here=True)],
            "only_beside": [_row(found, line) for line in found.only(here=False)],
        }
    return render(request, "participation/result.html", context)


@require_safe
def project(
    request: HttpRequest, code: str, vote: int, place: str, option: str
) -> HttpResponse:
    """One project in the count: who supported it, who paid, or why it did not win."""
    row, found = _result(code, vote, place)
    line = found.lines.get(option)
    if line is None:
        raise Http404
    bought = found.round_of(line)
    context = _context(
        row,
        found,
        row=_row(found, line),
        taken=explanation.taken_words(found, line),
        bought=_round(found, bought, drawn=True) if bought else None,
        money_chart=pictures.supporters_chart(found, line),
        money_files=_downloads(found, f"uang-pendukung-{line.code}"),
        taken_chart=pictures.taken_chart(found, line),
        taken_files=_downloads(found, f"ke-mana-{line.code}"),
        funded=line in found.funded,
        facts=explanation.facts(found, line),
    )
    return render(request, "participation/result_project.html", context)


@require_safe
def rounds(request: HttpRequest, code: str, vote: int, place: str) -> HttpResponse:
    """The count as a story, one round after the other."""
    row, found = _result(code, vote, place)
    page = paginate(request, found.rounds, size=20)
    context = _context(
        row,
        found,
        page=page,
        rounds=[_round(found, one, drawn=True) for one in page.rows],
    )
    return render(request, "participation/result_rounds.html", context)


@require_safe
def one_round(
    request: HttpRequest, code: str, vote: int, place: str, number: int
) -> HttpResponse:
    """One round, with the one before and the one after."""
    row, found = _result(code, vote, place)
    if not 1 <= number <= len(found.rounds):
        raise Http404
    context = _context(
        row,
        found,
        told=_round(found, found.rounds[number - 1], drawn=True),
        previous=_address("result-round", found, number - 1) if number > 1 else "",
        following=_address("result-round", found, number + 1)
        if number < len(found.rounds)
        else "",
    )
    return render(request, "participation/result_round.html", context)


# Files


def _count(code: str, vote: int, place: str) -> Count:
    rows = Count.objects.filter(vote=vote, region=code, vote__state=VoteState.COUNTED)
    if place == WHOLE:
        return get_object_or_404(rows, district=None)
    return get_object_or_404(rows, district=place)


def _file_name(count: Count, what: str) -> str:
    place = f"-{count.district_id}" if count.district_id else ""
    return f"{what}-{count.region_id}-{count.vote_id}{place}"


@require_safe
def ballots_file(
    request: HttpRequest, code: str, vote: int, place: str
) -> HttpResponseBase:
    """The ballots as published (Pabulib): the very bytes that were counted."""
    count = _count(code, vote, place)
    name = _file_name(count, "suara") + ".pb"
    content = bytes(count.ballots)
    return download(content, name=name, media_type="text/plain; charset=utf-8")


@require_safe
def record_file(
    request: HttpRequest, code: str, vote: int, place: str
) -> HttpResponseBase:
    """The record of the count, as `habaring count FILE.pb --json` prints it."""
    from habaring.engines.counting import audit_json

    count = _count(code, vote, place)
    name = _file_name(count, "hasil") + ".json"
    return download(audit_json(count.record), name=name, media_type="application/json")


@require_safe
def checker(request: HttpRequest, code: str) -> HttpResponseBase:
    """The short program that checks a count without ours."""
    for path in _CHECKERS:
        if path.is_file():
            return download(
                path.read_bytes(), name=path.name, media_type="text/x-python"
            )
    raise Http404


@require_safe
def beside_file(
    request: HttpRequest, code: str, vote: int, place: str
) -> HttpResponseBase:
    """The record of the other rule on the same ballots."""
    from habaring.engines.counting import audit_json

    count = _count(code, vote, place)
    if not count.beside:
        raise Http404
    name = _file_name(count, "pembanding") + ".json"
    return download(audit_json(count.beside), name=name, media_type="application/json")


@require_safe
def projects_file(
    request: HttpRequest, code: str, vote: int, place: str, form: str
) -> HttpResponseBase:
    """Every project with its reason."""
    _row, found = _result(code, vote, place)
    if form not in ("csv", "xlsx"):
        raise Http404
    name = _file_name(found.count, _("projects"))
    return download_table(
        result_tables.PROJECTS, result_tables.rows(found), name=name, form=form
    )


@require_safe
def picture(
    request: HttpRequest, code: str, vote: int, place: str, key: str, kind: str
) -> HttpResponseBase:
    """A picture of the result as a file."""
    _row, found = _result(code, vote, place)
    chart = pictures.chart_of(found, key) if kind in KINDS else None
    if chart is None:
        raise Http404
    content, media_type = as_file(chart, kind)
    name = f"{_file_name(found.count, key)}.{kind}"
    return download(content, name=name, media_type=media_type)


# The work room


def _work_vote(region: Region, pk: int) -> Vote:
    rows = Vote.objects.select_related("call", "region")
    return get_object_or_404(rows, pk=pk, region=region)


@require_POST
def close(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """Close a vote whose time is up, and have it counted."""
    room = enter(request, code, Power.RUN_VOTES)
    row = _work_vote(room.region, vote)
    if row.state in (VoteState.CLOSED, VoteState.COUNTED):  # the worker was quicker
        return redirect("participation-work:counting", code, vote)
    actions.close_vote(vote=row, by=room.officer, at=now())
    messages.success(request, _("The vote is closed; its ballots are being counted."))
    return redirect("participation-work:counting", code, vote)


@require_safe
def counting(request: HttpRequest, code: str, vote: int) -> HttpResponse:
    """How far the count of a vote is."""
    room = enter(request, code, Power.RUN_VOTES)
    row = _work_vote(room.region, vote)
    counted = list(row.counts.values_list("district", flat=True))
    trail = audit.history(row, region=row.region_id)
    failed = trail.filter(verb="participation.vote.count_failed").first()
    context = {
        "region": room.region,
        "vote": row,
        "done": len(counted),
        "all": len(parts(row)),
        "counted": row.state == VoteState.COUNTED,
        "waits": row.state in actions.TAKING,
        "due": row.state in actions.TAKING and now() >= row.closes_at,
        "cancelled": row.state == VoteState.CANCELLED,
        "failed": failed if row.state == VoteState.CLOSED else None,
    }
    return render(request, "participation/counting.html", context, part="state")


@require_http_methods(FORM_METHODS)
def override(request: HttpRequest, code: str, vote: int, place: str) -> HttpResponse:
    """The council funds other projects than the count: which, by which decision, why."""
    room = enter(request, code, Power.RUN_VOTES)
    row, found = _result(code, vote, place)
    form = OverrideForm(request.POST or None, result=found)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.override_result(
                count=found.count, change=form.as_change(), by=room.officer, at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The change is recorded and public."))
            return redirect("participation:result-place", code, vote, place)
    context = _context(row, found, form=form, refusal=refusal)
    status = 422 if refusal or form.errors else 200
    return render(request, "participation/override.html", context, status=status)
