"""The work room of decisions and of what follows from them."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.council import actions, queries
from habaring.council.forms.decisions import (
    CloseForm,
    Decidable,
    DecisionFilter,
    DecisionForm,
    TaskForm,
)
from habaring.council.forms.fields import paper_in
from habaring.council.models import Council, Decision, Meeting, Task
from habaring.council.views.rooms import Desk, enter, enter_part, form_page, kept, read
from habaring.people.access import Extent, Power
from habaring.posts.models import Holding, Post
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import paginate, render


def years_of(region: Region) -> list[int]:
    """The years in which something was decided, the newest first."""
    days = Decision.objects.filter(region=region).dates("decided_on", "year")
    return sorted({day.year for day in days}, reverse=True)


def listed(request: HttpRequest, region: Region) -> tuple[DecisionFilter, Any]:
    """The filter of a list of decisions, and what fits it."""
    form = DecisionFilter(
        request.GET or None,
        bodies=Council.objects.filter(region=region, public=True),
        years=years_of(region),
    )
    rows = (
        Decision.objects.filter(region=region)
        .select_related("council", "plan")
        .prefetch_related("subjects", "tasks")
    )
    if form.is_valid():
        rows = queries.narrowed_decisions(rows, form.cleaned_data)
    return form, rows


@require_safe
def decisions(request: HttpRequest, code: str) -> HttpResponse:
    """The decisions on record: search, filters, pages."""
    room = read(request, code)
    form, rows = listed(request, room.region)
    context = {
        "region": room.region,
        "form": form,
        "page": paginate(request, rows),
        "may": room.may,
        "filtered": bool(request.GET),
        "query": request.GET.urlencode(),
    }
    return render(request, "council/decisions.html", context)


@require_http_methods(FORM_METHODS)
def new_decision(request: HttpRequest, code: str) -> HttpResponse:
    """Record what the council decided; then on to what the decision is for."""
    if (asked := _asked(request)) is not None:
        enter(request, code, Power.RECORD_DECISIONS, body=asked)
    room, within = enter_part(request, code, Power.RECORD_DECISIONS)
    region = room.region
    found = _decidable(region, within)
    form = DecisionForm(
        posted(request),
        request.FILES or None,
        region=region,
        found=found,
        initial=_from_meeting(request, found.meetings),
    )

    def save() -> HttpResponse:
        _record(form, room)
        messages.success(request, _("The decision is recorded."))
        if back := kept(request):
            return redirect(back)
        return redirect("council-work:decisions", code)

    sheet = Sheet(
        _("Record a decision"),
        _("Once recorded it is public and is never changed."),
        _("Record the decision"),
        confirm=_("Record this decision? It cannot be changed afterwards."),
        trail=((_("Decisions"), reverse("council-work:decisions", args=[code])),),
    )
    if not found.councils:
        context = {"region": region, "sheet": sheet, "back": kept(request)}
        return render(request, "council/no_council.html", context)
    return form_page(request, region, form, sheet, save)


def _decidable(region: Region, within: Extent) -> Decidable:
    """The bodies for which somebody records decisions, with what they decided before."""
    held = ["invited", "held", "approved"]
    meetings = Meeting.objects.filter(
        region=region, state__in=held, starts_at__lte=now()
    )
    councils = Council.objects.filter(region=region, dissolved_on=None)
    earlier = Decision.objects.filter(region=region, overruled_by=None)
    if not within.whole:
        meetings = meetings.filter(body__in=within.bodies)
        councils = councils.filter(pk__in=within.bodies)
        earlier = earlier.filter(council__in=within.bodies)
    return Decidable(councils, meetings.select_related("body"), earlier)


def _asked(request: HttpRequest) -> int | None:
    """The body that a decision is of: its own members may record it."""
    asked = request.POST.get("council") or request.GET.get("badan") or ""
    return int(asked) if asked.isdigit() else None


def _from_meeting(request: HttpRequest, held: QuerySet[Meeting]) -> dict[str, Any]:
    asked = request.GET.get("rapat", "")
    row = held.filter(pk=asked).first() if asked.isdigit() else None
    if row is None:
        return {}
    day = localdate(row.starts_at)
    return {"council": row.body_id, "meeting": row.pk, "decided_on": day}


def _record(form: DecisionForm, room: Desk) -> Decision:
    given = form.cleaned_data
    same = ("number", "decided_on", "title", "reason", "illustrative")
    return actions.record_decision(
        region=room.region,
        council=given["council"],
        ruling=actions.Ruling(
            **{name: given[name] for name in same},
            meeting=given["meeting"],
            votes=form.votes,
            about=form.subjects,
            overrules=given["overrules"],
            paper=paper_in(given["document"]),
        ),
        by=room.officer,
        at=now(),
    )


# What follows


def _posts(region: Region) -> QuerySet[Post]:
    return Post.objects.filter(region=region, closed_on=None)


@require_http_methods(FORM_METHODS)
def decision(request: HttpRequest, code: str, decision: int) -> HttpResponse:
    """One decision with what follows from it; a post is given something to do."""
    rows = Decision.objects.select_related("council", "region", "plan", "meeting")
    row = get_object_or_404(rows, pk=decision, region=code)
    power = Power.RECORD_DECISIONS if request.method == "POST" else Power.SEE_WORK_ROOM
    room = enter(request, code, power, body=row.council_id)
    posts = _posts(room.region)
    form = TaskForm(posted(request), posts=posts)

    def save() -> HttpResponse:
        errand = form.as_errand(decision=row)
        actions.record_task(errand=errand, by=room.officer, at=now())
        messages.success(request, _("The follow-up is recorded."))
        return redirect("council-work:decision", code, decision)

    if request.method == "POST":
        sheet = Sheet(
            _("What follows from %(number)s") % {"number": row.number},
            row.title,
            _("Record the follow-up"),
            trail=((_("Decisions"), reverse("council-work:decisions", args=[code])),),
        )
        return form_page(request, room.region, form, sheet, save)
    context = {
        "region": room.region,
        "may": room.may,
        "decision": row,
        "follow": queries.follow_up(row, on=localdate(now())),
        "form": form,
        "posts": posts.exists(),
        "mine": held_by(room),
        "today": localdate(now()),
    }
    return render(request, "council/work_decision.html", context)


@require_http_methods(FORM_METHODS)
def new_task(request: HttpRequest, code: str, meeting: int) -> HttpResponse:
    """A follow-up that a meeting agreed on without a decision."""
    rows = Meeting.objects.select_related("body", "region")
    row = get_object_or_404(rows, pk=meeting, region=code)
    room = enter(request, code, Power.RECORD_MEETINGS, body=row.body_id)
    form = TaskForm(posted(request), posts=_posts(room.region))

    def save() -> HttpResponse:
        errand = form.as_errand(meeting=row)
        actions.record_task(errand=errand, by=room.officer, at=now())
        messages.success(request, _("The follow-up is recorded."))
        return redirect("council-work:meeting", code, meeting)

    sheet = Sheet(
        _("What follows from the meeting"),
        row.title,
        _("Record the follow-up"),
        trail=((row.title, reverse("council-work:meeting", args=[code, meeting])),),
    )
    return form_page(request, room.region, form, sheet, save)


@require_safe
def tasks(request: HttpRequest, code: str) -> HttpResponse:
    """Every follow-up: open ones first, the oldest day first."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    state = request.GET.get("keadaan", "open")
    rows = Task.objects.filter(region=room.region).select_related(
        "owner", "decision", "meeting"
    )
    if state in ("open", "done", "cancelled"):
        rows = rows.filter(state=state)
    words = " ".join(request.GET.get("q", "").split())
    if words:
        rows = rows.filter(
            Q(title__icontains=words)
            | Q(owner__name_id__icontains=words)
            | Q(decision__number__icontains=words)
        )
    context = {
        "region": room.region,
        "page": paginate(request, rows),
        "state": state,
        "words": words,
        "today": localdate(now()),
        "mine": held_by(room),
        "may": room.may,
    }
    return render(request, "council/tasks.html", context)


def held_by(room: Desk) -> frozenset[int]:
    """The posts of this region that the person holds now."""
    rows = Holding.objects.in_force(now()).filter(
        account=room.officer, post__region=room.region
    )
    return frozenset(rows.values_list("post_id", flat=True))


def _body_of(row: Task) -> int | None:
    """The body whose follow-up it is."""
    if row.decision is not None:
        return row.decision.council_id
    return row.meeting.body_id if row.meeting is not None else None


@require_http_methods(FORM_METHODS)
def close_task(request: HttpRequest, code: str, task: int) -> HttpResponse:
    """The holder of its post, or who records decisions, closes a follow-up."""
    rows = Task.objects.select_related("decision", "meeting", "region", "owner")
    row = get_object_or_404(rows, pk=task, region=code)
    room = enter(request, code, Power.SEE_WORK_ROOM)
    if row.owner_id not in held_by(room):
        body = _body_of(row)
        room = enter(request, code, Power.RECORD_DECISIONS, body=body)
    form = CloseForm(posted(request), request.FILES or None)

    def save() -> HttpResponse:
        actions.close_task(
            task=row,
            state=form.cleaned_data["state"],
            proof=form.cleaned_data["proof"],
            document=paper_in(form.cleaned_data["document"]),
            by=room.officer,
            at=now(),
        )
        messages.success(request, _("The follow-up is closed."))
        return redirect("council-work:tasks", code)

    sheet = Sheet(
        _("Close: %(title)s") % {"title": row.title},
        _("It stays beside the decision, with what shows it."),
        _("Close the follow-up"),
        trail=((_("Follow-ups"), reverse("council-work:tasks", args=[code])),),
    )
    return form_page(request, room.region, form, sheet, save)
