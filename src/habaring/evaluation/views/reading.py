"""An assessor's pages: their list, one reading. Nothing here tells of another reader."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from habaring.evaluation import proofs
from habaring.evaluation.actions import reading as verbs
from habaring.evaluation.forms import DeclareForm, MarksForm, RemarkForm
from habaring.evaluation.models import Mark, Reading, Remark
from habaring.evaluation.rules import scheme_of_round
from habaring.evaluation.views.rooms import Room, enter, oneself
from habaring.people.access import Power
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """What one was asked to read, what waits first."""
    account = oneself(request)
    # in no order of their own: it would join entries, whose regions are closed here
    rows = Reading.objects.filter(assessor=account).order_by()
    rows = rows.exclude(state="withdrawn")
    order = {"asked": 0, "reading": 1}
    found = sorted(
        rows.select_related("region", "asked_by"),
        key=lambda one: (order.get(one.state, 2), one.asked_at),
    )
    context = {"page": paginate(request, found)}
    return render(request, "evaluation/readings.html", context)


def _reading(room: Room, key: int) -> Reading:
    """A reading of one's own, or 404: whether there is another nobody is told."""
    rows = Reading.objects.select_related("entry__round__instrument", "region")
    return get_object_or_404(rows, pk=key, region=room.region, assessor=room.officer)


@require_safe
def reading(request: HttpRequest, code: str, reading: int) -> HttpResponse:
    """One reading: the declaration first, then the answers, levels and remarks."""
    room = enter(request, code, Power.ASSESS)
    return _page(request, room, _reading(room, reading))


def _page(
    request: HttpRequest,
    room: Room,
    row: Reading,
    *,
    refusal: Refusal | None = None,
    **forms: Any,
) -> HttpResponse:
    row.entry.region = room.region
    scheme = scheme_of_round(row.entry.round)
    given = {one.question: one for one in Mark.objects.filter(reading=row)}
    marks = forms.get("marks") or MarksForm(scheme=scheme, given=given)
    open_now = row.state == "reading" and row.entry.round.state == "reading"
    context = {
        "region": room.region,
        "may": room.may,
        "reading": row,
        "round": row.entry.round,
        "open": open_now,
        "declare": forms.get("declare") or DeclareForm(),
        "groups": _groups(row, marks, given) if row.state != "asked" else [],
        "given": len(given),
        "total": len(scheme.questions),
        "remarks": Remark.objects.filter(reading=row, dropped_at=None),
        "remark": forms.get("remark") or RemarkForm(scheme=scheme),
        "refusal": refusal,
    }
    failed = refusal or any(form.errors for form in forms.values())
    return render(
        request, "evaluation/reading.html", context, status=422 if failed else 200
    )


def _groups(row: Reading, marks: MarksForm, given: dict[str, Mark]) -> list[Any]:
    """By measure: each question with the region's answer and the fields of one's own."""
    language = get_language() or "id"
    day = row.entry.submitted_at
    told = proofs.sheet(row.entry, on=localdate(day) if day else localdate(now()))
    lines = {line.question.code: line for line in told.lines}
    return [
        (
            measure.name(language),
            float(measure.weight),
            [
                (
                    lines[question.code],
                    question.text(language),
                    marks[f"level-{question.code}"],
                    marks[f"note-{question.code}"],
                    given.get(question.code),
                )
                for question in measure.questions
            ],
        )
        for measure in told.scheme.measures
    ]


def _step(
    request: HttpRequest,
    code: str,
    key: int,
    act: Callable[[Room, Reading], str],
) -> HttpResponse:
    room = enter(request, code, Power.ASSESS)
    row = _reading(room, key)
    try:
        said = act(room, row)
    except Refusal as refused:
        return _page(request, room, row, refusal=refused)
    messages.success(request, said)
    if row.state == "conflicted":
        return redirect("evaluation-platform:own")  # the region is closed now
    return redirect("evaluation-work:reading", code, key)


@require_POST
def declare(request: HttpRequest, code: str, reading: int) -> HttpResponse:
    """Declare one's interests."""

    def act(room: Room, row: Reading) -> str:
        form = DeclareForm(request.POST)
        given = form.cleaned_data if form.is_valid() else {"kind": "other", "note": ""}
        after = verbs.declare(by=room.officer, at=now(), reading=row, **given)
        row.state = after.state
        if after.state == "conflicted":
            return _("Thank you. Somebody else will read this region.")
        return _("Thank you. You can read now.")

    return _step(request, code, reading, act)


@require_POST
def mark(request: HttpRequest, code: str, reading: int) -> HttpResponse:
    """Save the levels that were given so far."""
    room = enter(request, code, Power.ASSESS)
    row = _reading(room, reading)
    form = MarksForm(request.POST, scheme=scheme_of_round(row.entry.round), given={})
    if not form.is_valid():
        return _page(request, room, row, marks=form)
    try:
        verbs.mark(by=room.officer, at=now(), reading=row, given=form.given())
        if "hand_in" in request.POST:
            verbs.hand_in(by=room.officer, at=now(), reading=row)
            messages.success(request, _("Handed in. Thank you."))
        else:
            messages.success(request, _("Saved."))
    except Refusal as refused:
        return _page(request, room, row, refusal=refused, marks=form)
    return redirect("evaluation-work:reading", code, reading)


@require_POST
def remark(request: HttpRequest, code: str, reading: int) -> HttpResponse:
    """Write something down."""
    room = enter(request, code, Power.ASSESS)
    row = _reading(room, reading)
    form = RemarkForm(request.POST, scheme=scheme_of_round(row.entry.round))
    if not form.is_valid():
        return _page(request, room, row, remark=form)
    try:
        verbs.remark(by=room.officer, at=now(), reading=row, **form.cleaned_data)
    except Refusal as refused:
        return _page(request, room, row, refusal=refused, remark=form)
    messages.success(request, _("Written down."))
    return redirect("evaluation-work:reading", code, reading)


@require_POST
def drop_remark(
    request: HttpRequest, code: str, reading: int, remark: int
) -> HttpResponse:
    """Take something back that one wrote down."""

    def act(room: Room, row: Reading) -> str:
        found = get_object_or_404(
            Remark.objects.select_related("reading"), pk=remark, reading=row
        )
        verbs.drop_remark(by=room.officer, at=now(), remark=found)
        return _("Taken back.")

    return _step(request, code, reading, act)
