"""A region's learning for everybody: its cohorts, its stages, its agreement, its mentors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from habaring.evaluation.queries import results
from habaring.guidance import pictures, queries, standing
from habaring.guidance.models import Sitting, WorkState
from habaring.guidance.views.rooms import region_of
from habaring.shared import walls
from habaring.shared.pages import render


@require_safe
def region(request: HttpRequest, code: str) -> HttpResponse:
    """Where the region stands, and how it came there."""
    row, on = region_of(code), localdate(now())
    enrolment = queries.current(row)
    known = standing.known()
    found = results(row)
    stands = standing.stands(
        known.listed.get(code, ()),
        partial=bool(known.partial),
        evaluated=[one.year for one in found],
    )
    work = list(queries.assignments(row)) if enrolment else []
    context = {
        "region": row,
        "enrolment": enrolment,
        "stands": standing.WORDS[stands],
        "stands_code": standing.CODES[stands],
        "partial": known.partial,
        "history": queries.history(row),
        "steps": queries.stage_lines(enrolment, on=on) if enrolment else [],
        "work": work,
        "booked": sum(one.state == WorkState.BOOKED for one in work),
        "agreements": queries.agreements(row, on=on),
        "mentors": [(one, one.in_force(on)) for one in queries.mentors(row)],
        "results": found,
    }
    return render(request, "guidance/region.html", context)


@require_safe
def sitting(request: HttpRequest, code: str, sitting: int) -> HttpResponse:
    """The days of one stage: agenda, speakers, and how balanced the room was."""
    row = region_of(code)
    one = get_object_or_404(
        Sitting.objects.select_related("stage", "enrolment__cohort"),
        pk=sitting,
        region=row,
    )
    with walls.also(code):  # counts alone leave this function
        balance = queries.balance(one)
    context = {
        "region": row,
        "sitting": one,
        "agenda": list(one.agenda.all()),
        "speakers": list(one.speakers.all()),
        "balance": balance,
        "pillars": pictures.pillar_chart(balance.came, example=one.illustrative)
        if balance.came_total
        else None,
        "work": [
            work
            for work in queries.assignments(row)
            if work.template.stage == one.stage
        ],
    }
    return render(request, "guidance/sitting.html", context)
