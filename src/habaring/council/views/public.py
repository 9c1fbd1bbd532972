"""What everyone sees: who sits where, what was decided, when they meet."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from habaring.council import pictures, queries, subjects, tables
from habaring.council.models import (
    AgendaItem,
    Council,
    Decision,
    DecisionSubject,
    Instrument,
    Minutes,
    Seat,
    Task,
)
from habaring.council.views import decisions as lists
from habaring.council.views import instruments as papers
from habaring.council.views.rooms import region_of
from habaring.regions.models import Region
from habaring.shared.pages import download_table, paginate, render
from habaring.shared.uploads import response

SHOWN = 5


@require_safe
def council(request: HttpRequest, code: str) -> HttpResponse:
    """Who decides in this region, and what was decided, with the reasons."""
    region = region_of(code)
    at = now()
    bodies = Council.objects.filter(region=region, public=True, dissolved_on=None)
    seats = Seat.objects.filter(body__in=bodies.exclude(kind="group")).taken(
        localdate(at)
    )
    rows = Decision.objects.filter(region=region).select_related("council", "plan")
    meetings = queries.meetings_of(region, public=True)
    warned = [one for one in queries.warned(region, on=localdate(at)) if one.public]
    context = {
        "region": region,
        "councils": bodies.exclude(kind="group").select_related("decree"),
        "groups": bodies.filter(kind="group").count(),
        "chart": pictures.pillar_chart(seats) if seats else None,
        "next": queries.upcoming(meetings, at=at)[:SHOWN],
        "held": queries.over(meetings, at=at).exclude(state="cancelled")[:SHOWN],
        "page": paginate(request, rows, size=SHOWN),
        "instruments": Instrument.objects.filter(region=region, public=True)[:SHOWN],
        "today": localdate(at),
        "warnings": len(warned),
        "unregulated": any(one.code == "no_regulation" for one in warned),
    }
    return render(request, "council/council.html", context)


@require_safe
def body(request: HttpRequest, code: str, body: int) -> HttpResponse:
    """One body: its decree, who sits in it, its meetings and decisions."""
    region = region_of(code)
    rows = Council.objects.select_related("decree", "parent")
    row = get_object_or_404(rows, pk=body, region=region, public=True)
    at = now()
    seats = list(queries.seats_on(row, localdate(at)))
    meetings = queries.meetings_of(region, public=True).filter(body=row)
    context = {
        "region": region,
        "body": row,
        "seats": seats,
        "chart": pictures.pillar_chart(seats) if seats else None,
        "groups": row.groups.filter(public=True, dissolved_on=None),
        "next": queries.upcoming(meetings, at=at)[:SHOWN],
        "held": queries.over(meetings, at=at)[:SHOWN],
        "decisions": row.decisions.all()[:SHOWN],
        "needed": queries.needed(row, len(seats)),
    }
    return render(request, "council/body.html", context)


@require_safe
def meeting(request: HttpRequest, code: str, meeting: int) -> HttpResponse:
    """A public meeting: agenda, numbers of who came, minutes once approved."""
    region = region_of(code)
    rows = queries.meetings_of(region, public=True)
    row = get_object_or_404(rows, pk=meeting)
    counted = row.record.get("pillars") or {}
    minutes = queries.approved_minutes(row)
    context = {
        "region": region,
        "meeting": row,
        "agenda": row.agenda.all(),
        "chart": pictures.came_chart(counted, example=row.illustrative)
        if counted
        else None,
        "came": sum(counted.values()),
        "quorum": queries.held_quorum(row),
        "minutes": minutes,
        "earlier": Minutes.objects.filter(meeting=row, approval__isnull=False)
        .exclude(pk=minutes.pk)
        .select_related("approval")
        if minutes
        else [],
        "decisions": row.decisions.all(),
        "over": row.ends_at < now(),
    }
    return render(request, "council/meeting.html", context)


@require_safe
def agenda_paper(request: HttpRequest, code: str, item: int) -> HttpResponseBase:
    """The paper of a point on a public agenda."""
    public = queries.meetings_of(region_of(code), public=True)
    row = get_object_or_404(AgendaItem, pk=item, meeting__in=public)
    return _file(row.document_sha256, row.document_name)


def _file(digest: str, name: str) -> HttpResponseBase:
    if not digest:
        raise Http404
    path = f"uploads/{digest[:2]}/{digest}"
    return response(path, name=name, media_type="application/pdf")


# Decisions


@require_safe
def decisions(request: HttpRequest, code: str) -> HttpResponse:
    """Every decision: search, filters, pages, files."""
    region = region_of(code)
    form, rows = lists.listed(request, region)
    context = {
        "region": region,
        "form": form,
        "page": paginate(request, rows, size=20),
        "filtered": bool(request.GET),
        "query": request.GET.urlencode(),
    }
    return render(request, "council/all_decisions.html", context)


@require_safe
def decisions_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The decisions as a table, as the list is filtered."""
    if form not in tables.FORMS:
        raise Http404
    _form, rows = lists.listed(request, region_of(code))
    return download_table(
        tables.DECISIONS,
        tables.decision_rows(list(rows)),
        name=_("decisions") + f"-{code}",
        form=form,
    )


@require_safe
def decision(request: HttpRequest, code: str, decision: int) -> HttpResponse:
    """One decision: why, what it decided, what followed from it."""
    region = region_of(code)
    rows = Decision.objects.select_related(
        "council", "plan", "meeting__body", "overrules"
    )
    row = get_object_or_404(rows, pk=decision, region=region)
    public = row.meeting is not None and (
        row.meeting.public and row.meeting.body.public
    )
    on = localdate(now())
    follow = queries.follow_up(row, on=on)
    context = {
        "region": region,
        "decision": row,
        "meeting": row.meeting if public else None,
        "subjects": [
            (subjects.kinds().get(one.kind), one.label, _address(region, one))
            for one in row.subjects.all()
        ],
        "follow": follow,
        "thread": queries.thread(row, follow, region=code),
        "later": row.overruled_by.first(),
        "today": on,
    }
    return render(request, "council/decision.html", context)


def _address(region: Region, one: DecisionSubject) -> str:
    return subjects.url(region, one.kind, one.ref)


@require_safe
def paper(request: HttpRequest, code: str, decision: int) -> HttpResponseBase:
    """The signed paper of a decision."""
    row = get_object_or_404(Decision, pk=decision, region=code)
    return _file(row.document_sha256, row.document_name)


@require_safe
def proof(request: HttpRequest, code: str, task: int) -> HttpResponseBase:
    """The file that shows that a follow-up of a decision was done."""
    row = get_object_or_404(Task, pk=task, region=code, decision__isnull=False)
    return _file(row.document_sha256, row.document_name)


# Instruments


@require_safe
def instruments(request: HttpRequest, code: str) -> HttpResponse:
    """What the programme stands on: search, filters, pages, files."""
    region = region_of(code)
    form, rows = papers.listed(request, region, public=True)
    context = {
        "region": region,
        "form": form,
        "page": paginate(request, rows, size=20),
        "filtered": bool(request.GET),
        "query": request.GET.urlencode(),
        "today": localdate(now()),
    }
    return render(request, "council/instruments.html", context)


@require_safe
def instruments_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The public instruments as a table, as the list is filtered."""
    if form not in tables.FORMS:
        raise Http404
    _form, rows = papers.listed(request, region_of(code), public=True)
    return download_table(
        tables.INSTRUMENTS,
        tables.instrument_rows(rows),
        name=_("instruments") + f"-{code}",
        form=form,
    )


@require_safe
def instrument(request: HttpRequest, code: str, instrument: int) -> HttpResponse:
    """One instrument: what it is, what it fixes, how long it is in force."""
    region = region_of(code)
    rows = Instrument.objects.select_related("supersedes", "superseded_by")
    row = get_object_or_404(rows, pk=instrument, region=region, public=True)
    on = localdate(now())
    context = {
        "region": region,
        "instrument": row,
        "bodies": row.bodies.filter(public=True, dissolved_on=None),
        "fixes": subjects.kinds().get(row.fixes_kind),
        "fixes_url": subjects.url(region, row.fixes_kind, row.fixes_ref),
        "today": on,
        "left": (row.in_force_until - on).days if row.in_force_until else None,
    }
    return render(request, "council/instrument.html", context)


@require_safe
def instrument_paper(
    request: HttpRequest, code: str, instrument: int
) -> HttpResponseBase:
    """The signed paper of a public instrument."""
    row = get_object_or_404(Instrument, pk=instrument, region=code, public=True)
    return _file(row.document_sha256, row.document_name)
