"""Assignments: begin, hand in, read, remark, revise, approve, put in the book."""

from collections import defaultdict
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.guidance import pieces, queries
from habaring.guidance.actions import work as verbs
from habaring.guidance.forms.national import MaybeReasonForm, ReasonForm
from habaring.guidance.forms.region import AnswerForm, DueForm, NoteForm, RemarkForm
from habaring.guidance.models import Assignment, Remark, Submission
from habaring.guidance.views.room import SEE, TAKE, trail
from habaring.guidance.views.rooms import Room, enter, form_page, guide
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal


def _assignment(room: Room, key: int) -> Assignment:
    rows = Assignment.objects.select_related(
        "template__stage", "enrolment__cohort", "region"
    )
    return get_object_or_404(rows, pk=key, region=room.region)


@require_safe
def assignments(request: HttpRequest, code: str) -> HttpResponse:
    """All work of the region, by stage."""
    room = enter(request, code, SEE)
    on = localdate(now())
    rows = queries.assignments(room.region)
    state = request.GET.get("keadaan", "")
    if state:
        rows = rows.filter(state=state)
    by_stage = defaultdict(list)
    for one in rows:
        late = queries.is_late(one.state, one.due_on, on)
        by_stage[one.template.stage].append((one, late))
    context = {
        "region": room.region,
        "may": room.may,
        "takes_part": room.takes_part,
        "guides": room.guides,
        "steps": list(by_stage.items()),
        "states": Assignment._meta.get_field("state").choices,
        "state": state,
    }
    return render(request, "guidance/assignments.html", context)


@require_safe
def assignment(request: HttpRequest, code: str, assignment: int) -> HttpResponse:
    """One assignment: what is asked, its parts as they stand, its versions."""
    room = enter(request, code, SEE)
    row = _assignment(room, assignment)
    parts = [
        (pieces.freeze(room.region, word), pieces.address(room.region, word))
        for word in row.template.pieces
    ]
    context = {
        "region": room.region,
        "may": room.may,
        "takes_part": room.takes_part,
        "guides": room.guides,
        "row": row,
        "late": queries.is_late(row.state, row.due_on, localdate(now())),
        "parts": parts,
        "versions": list(row.submissions.prefetch_related("pieces__remarks")),
        "changed": verbs.changed_since(row)
        if row.state in ("approved", "booked")
        else (),
    }
    return render(request, "guidance/assignment.html", context)


_OWN = ("mulai", "ambil")
_GUIDE = ("periksa", "buku")


@require_http_methods(["POST"])
def own_deed(
    request: HttpRequest, code: str, assignment: int, deed: str
) -> HttpResponse:
    """The region begins, or goes on before the mentor has read."""
    room = enter(request, code, TAKE)
    row = _assignment(room, assignment)
    if deed == "mulai":
        verbs.begin(assignment=row, by=room.officer, at=now())
        messages.success(request, _("Noted: you work on it."))
    elif deed == "ambil":
        verbs.take_back(assignment=row, by=room.officer, at=now())
        messages.success(request, _("Taken back: go on writing."))
    else:
        raise Http404
    return redirect("guidance-work:assignment", code, row.pk)


@require_http_methods(FORM_METHODS)
def hand_in(request: HttpRequest, code: str, assignment: int) -> HttpResponse:
    """Freeze the parts as the next version."""
    room = enter(request, code, TAKE)
    row = _assignment(room, assignment)
    form = NoteForm(posted(request))

    def save() -> HttpResponse:
        made = verbs.hand_in(
            assignment=row, note=form.cleaned_data["note"], by=room.officer, at=now()
        )
        messages.success(
            request, _("Version %(n)s is handed in.") % {"n": made.version}
        )
        return redirect("guidance-work:assignment", code, row.pk)

    sheet = Sheet(
        _("Hand in: %(name)s") % {"name": row.template.name},
        _("The parts are kept word for word as they stand now."),
        _("Hand in"),
        trail=(*trail(room), _to(row)),
    )
    return form_page(request, room.region, form, sheet, save)


def _to(row: Assignment) -> tuple[str, str]:
    address = reverse("guidance-work:assignment", args=[row.region_id, row.pk])
    return row.template.name, address


@require_http_methods(["POST"])
def guide_deed(
    request: HttpRequest, code: str, assignment: int, deed: str
) -> HttpResponse:
    """The mentor begins to read, or lets approved work enter the book."""
    room = guide(request, code)
    row = _assignment(room, assignment)
    if deed == "periksa":
        verbs.take_up(assignment=row, by=room.officer, at=now())
        messages.success(request, _("You read it now; the region sees that."))
    elif deed == "buku":
        verbs.put_in_book(assignment=row, by=room.officer, at=now())
        messages.success(request, _("It is in the book."))
    else:
        raise Http404
    return redirect("guidance-work:assignment", code, row.pk)


@require_http_methods(FORM_METHODS)
def verdict(
    request: HttpRequest, code: str, assignment: int, verdict: str
) -> HttpResponse:
    """Approve, send back, or open again: with words."""
    room = guide(request, code)
    row = _assignment(room, assignment)
    if verdict not in ("setujui", "revisi", "buka-lagi"):
        raise Http404
    form = (MaybeReasonForm if verdict == "setujui" else ReasonForm)(posted(request))
    every: dict[str, tuple[Callable[..., Assignment], str]] = {
        "setujui": (verbs.approve, _("The work is approved.")),
        "revisi": (verbs.ask_revision, _("Sent back with your words.")),
        "buka-lagi": (verbs.open_again, _("The work is open again.")),
    }
    act, done = every[verdict]

    def save() -> HttpResponse:
        act(
            assignment=row,
            reason=form.cleaned_data["reason"],
            by=room.officer,
            at=now(),
        )
        messages.success(request, done)
        return redirect("guidance-work:assignment", code, row.pk)

    title, lede = {
        "setujui": (_("Approve"), _("The newest version is approved as it stands.")),
        "revisi": (_("Send back"), _("Say what is missing; remarks say where.")),
        "buka-lagi": (_("Open again"), _("Say what has changed since.")),
    }[verdict]
    sheet = Sheet(title, lede, title, trail=(*trail(room), _to(row)))
    return form_page(request, room.region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def due(request: HttpRequest, code: str, assignment: int) -> HttpResponse:
    """Give more time, or less."""
    room = guide(request, code)
    row = _assignment(room, assignment)
    form = DueForm(posted(request), initial={"due_on": row.due_on})

    def save() -> HttpResponse:
        verbs.move_due(assignment=row, by=room.officer, at=now(), **form.cleaned_data)
        messages.success(request, _("The day is moved."))
        return redirect("guidance-work:assignment", code, row.pk)

    sheet = Sheet(
        _("Move the day"),
        row.template.name,
        _("Move it"),
        trail=(*trail(room), _to(row)),
    )
    return form_page(request, room.region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def version(
    request: HttpRequest, code: str, assignment: int, version: int
) -> HttpResponse:
    """One version as it was handed in, paragraph by paragraph, with remarks beside."""
    room = enter(request, code, SEE)
    row = _assignment(room, assignment)
    found = get_object_or_404(Submission, assignment=row, version=version)
    form, refusal = RemarkForm(), None
    if request.method == "POST":
        room = guide(request, code)
        form = RemarkForm(request.POST)
        if form.is_valid():
            try:
                verbs.remark(
                    submission=found,
                    words=verbs.Words(**form.cleaned_data),
                    by=room.officer,
                    at=now(),
                )
            except Refusal as refused:
                refusal = refused
            else:
                messages.success(request, _("The remark stands beside the paragraph."))
                return redirect("guidance-work:version", code, row.pk, version)
    context = {
        "region": room.region,
        "row": row,
        "version": found,
        "parts": _read(found, room.region),
        "form": form,
        "refusal": refusal,
        "remarks": room.guides
        and row.state in ("submitted", "review")
        and found == row.submissions.first(),
        "takes_part": room.takes_part,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "guidance/version.html", context, status=status)


def _read(found: Submission, region: Region) -> list[dict[str, object]]:
    parts = []
    for piece in found.pieces.prefetch_related("remarks__by", "remarks__answered_by"):
        beside = defaultdict(list)
        for one in piece.remarks.all():
            beside[one.paragraph].append(one)
        parts.append(
            {
                "piece": piece,
                "paragraphs": [
                    (number, lines, beside.get(number, []))
                    for number, lines in enumerate(
                        pieces.read(piece.text, region, found.handed_in_at), 1
                    )
                ],
                "bound": "{{" in piece.text,
                "whole": beside.get(0, []),
            }
        )
    return parts


@require_http_methods(FORM_METHODS)
def answer(
    request: HttpRequest, code: str, assignment: int, remark: int
) -> HttpResponse:
    """What the region did about a remark."""
    room = enter(request, code, TAKE)
    row = _assignment(room, assignment)
    one = get_object_or_404(
        Remark.objects.select_related("piece__submission"),
        pk=remark,
        piece__submission__assignment=row,
    )
    form = AnswerForm(posted(request))

    def save() -> HttpResponse:
        verbs.answer(
            remark=one, text=form.cleaned_data["text"], by=room.officer, at=now()
        )
        messages.success(request, _("The answer stands below the remark."))
        number = one.piece.submission.version
        return redirect("guidance-work:version", code, row.pk, number)

    sheet = Sheet(
        _("Answer the remark"),
        f"“{one.text}”",
        _("Answer the remark"),
        trail=(*trail(room), _to(row)),
    )
    return form_page(request, room.region, form, sheet, save)
