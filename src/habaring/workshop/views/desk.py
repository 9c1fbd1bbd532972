"""In the work room: open rooms, lead them, group, hide, and look after people."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import form_pages, live
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import download_table, paginate, render
from habaring.shared.refusal import Refusal
from habaring.workshop import minutes, news, queries
from habaring.workshop.actions import grouping, notes, people, rooms
from habaring.workshop.forms.rooms import (
    BoardForm,
    HideForm,
    RoomForm,
    TableForm,
    two_days,
)
from habaring.workshop.models import Board, Note, Participant, Phase, Room
from habaring.workshop.refusals import RoomRefused
from habaring.workshop.views.phone import by_script, grouped, refused, region_of


def enter(
    request: HttpRequest, code: str, power: Power = Power.RUN_WORKSHOPS
) -> tuple[Region, Account]:
    """Let in who holds the power in the whole region."""
    region = region_of(code)
    return region, access.require(request.user, power, at=now(), region=region)


def room_of(region: Region, number: int) -> Room:
    """A room of the region, or 404."""
    return get_object_or_404(
        Room.objects.select_related("region"), region=region, number=number
    )


def board_of(region: Region, number: int, board: int) -> Board:
    """A board of a room of the region, or 404."""
    row = get_object_or_404(
        Board.objects.select_related("room__region"),
        room__region=region,
        room__number=number,
        number=board,
    )
    row.room.region = region
    return row


def form_page(
    request: HttpRequest,
    region: Region,
    form: Any,
    sheet: Sheet,
    save: Callable[[], HttpResponse],
) -> HttpResponse:
    """A page with one form of this domain."""
    desk = (_("Workshops"), reverse("workshop-work:desk", args=[region.code]))
    sheet = replace(sheet, trail=(desk, *sheet.trail))
    return form_pages.form_page(request, form, sheet, save, region=region)


def _did(
    request: HttpRequest, verb: Callable[[], object], *back: Any, said: str = ""
) -> HttpResponse:
    """Do it and come back; a refusal is told there."""
    try:
        verb()
    except Refusal as refusal:
        if by_script(request):
            return refused(refusal)
        messages.error(request, str(refusal))
    else:
        if by_script(request):
            return JsonResponse({})
        if said:
            messages.success(request, said)
    return redirect(*back)


def nothing() -> None:
    """What a form asks for that this page does not do."""
    raise RoomRefused(
        what=_("Nothing was changed."),
        why=_("The form asked for something that this page does not do."),
        next=_("Open the page again and use its buttons."),
    )


@require_safe
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """The workshops of the region."""
    region, officer = enter(request, code, Power.SEE_WORK_ROOM)
    rows = Room.objects.filter(region=region)
    asked = " ".join(request.GET.get("q", "").split())[:80]
    if asked:
        rows = rows.filter(title__icontains=asked)
    page = paginate(request, rows)
    context = {
        "region": region,
        "page": page,
        "lines": queries.lines(page.rows),
        "asked": asked,
        "may": access.powers(officer, at=now(), region=region),
    }
    return render(request, "workshop/desk.html", context)


@require_http_methods(FORM_METHODS)
def new(request: HttpRequest, code: str) -> HttpResponse:
    """Open a workshop."""
    region, officer = enter(request, code)
    form = RoomForm(posted(request), initial=two_days(localdate()))

    def save() -> HttpResponse:
        row = rooms.open_room(region=region, new=form.as_room(), by=officer, at=now())
        return redirect("workshop-work:room", code, row.number)

    return form_page(
        request,
        region,
        form,
        Sheet(
            _("Open a workshop"),
            _("Three boards are made with it: ideas, SWOT and priorities."),
            _("Open the room"),
        ),
        save,
    )


def _room_trail(room: Room) -> tuple[tuple[str, str], ...]:
    args = [room.region_id, room.number]
    return ((room.title, reverse("workshop-work:room", args=args)),)


@require_http_methods(FORM_METHODS)
def change(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Change title, place, days."""
    region, officer = enter(request, code)
    row = room_of(region, number)
    form = RoomForm(posted(request), room=row)

    def save() -> HttpResponse:
        rooms.change_room(room=row, new=form.as_room(), by=officer, at=now())
        return redirect("workshop-work:room", code, number)

    return form_page(
        request,
        region,
        form,
        Sheet(_("Change the workshop"), "", _("Save"), trail=_room_trail(row)),
        save,
    )


@require_safe
def room(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One workshop: how to join, its boards, its tables, its people."""
    region, officer = enter(request, code, Power.SEE_WORK_ROOM)
    row = room_of(region, number)
    may = access.powers(officer, at=now(), region=region)
    rows = Participant.objects.filter(room=row).select_related("table")
    context = {
        "region": region,
        "room": row,
        "may": may,
        "boards": [
            (board, len(queries.notes_of(board)))
            for board in row.boards.order_by("number")
        ],
        "tables": row.tables.order_by("number"),
        "here": rows.filter(removed_at=None, left_at=None).count(),
        "people": paginate(request, rows.order_by("pk"))
        if Power.RUN_WORKSHOPS in may
        else None,
        "table_form": TableForm(),
        "join_url": join_url(request, row),
        "qr": _qr(join_url(request, row)) if row.joining else "",
    }
    return render(request, "workshop/room.html", context)


def join_url(request: HttpRequest, row: Room) -> str:
    """What the QR code holds."""
    path = reverse("workshop:join", args=[row.region_id, row.code])
    return request.build_absolute_uri(path)


def _qr(content: str) -> SafeString:
    # late: only these pages draw one
    import segno

    drawn: str = segno.make(content, error="m", micro=False).svg_inline(
        scale=6, border=3, omitsize=True, svgclass=None, lineclass="qr-dark"
    )
    return mark_safe(drawn)  # noqa: S308 - drawn by segno from our own text


@require_POST
def lead(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The door, the closing, one more table: what buttons of the room's page do."""
    region, officer = enter(request, code)
    row = room_of(region, number)
    do, at = request.POST.get("do", ""), now()
    verbs: dict[str, Callable[[], object]] = {
        "open-door": partial(rooms.set_joining, room=row, open=True, by=officer, at=at),
        "close-door": partial(
            rooms.set_joining, room=row, open=False, by=officer, at=at
        ),
        "close": partial(rooms.close_room, room=row, by=officer, at=at),
        "reopen": partial(rooms.reopen_room, room=row, by=officer, at=at),
        "table": partial(
            rooms.add_table,
            room=row,
            dimension=request.POST.get("dimension", "")[:20],
            name=request.POST.get("name", ""),
            by=officer,
            at=at,
        ),
    }
    verb = verbs.get(do, nothing)
    return _did(request, verb, "workshop-work:room", code, number)


@require_POST
def person(request: HttpRequest, code: str, number: int, person: int) -> HttpResponse:
    """Remove somebody, or let them back."""
    region, officer = enter(request, code)
    row = room_of(region, number)
    found = get_object_or_404(
        Participant.objects.select_related("room"), room=row, pk=person
    )
    verb = people.let_back if found.removed_at else people.remove
    return _did(
        request,
        partial(verb, person=found, by=officer, at=now()),
        "workshop-work:room",
        code,
        number,
    )


@require_http_methods(FORM_METHODS)
def new_board(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One more board."""
    region, officer = enter(request, code)
    row = room_of(region, number)
    form = BoardForm(posted(request))

    def save() -> HttpResponse:
        made = rooms.add_board(room=row, new=form.as_board(), by=officer, at=now())
        return redirect("workshop-work:board", code, number, made.number)

    return form_page(
        request,
        region,
        form,
        Sheet(_("A new board"), "", _("Put it up"), trail=_room_trail(row)),
        save,
    )


@require_http_methods(FORM_METHODS)
def change_board(
    request: HttpRequest, code: str, number: int, board: int
) -> HttpResponse:
    """Change its title, question and dots."""
    region, officer = enter(request, code)
    row = board_of(region, number, board)
    form = BoardForm(posted(request), board=row)

    def save() -> HttpResponse:
        rooms.change_board(board=row, new=form.as_board(), by=officer, at=now())
        return redirect("workshop-work:board", code, number, board)

    return form_page(
        request,
        region,
        form,
        Sheet(_("Change the board"), "", _("Save"), trail=_room_trail(row.room)),
        save,
    )


def _drawn(request: HttpRequest, code: str, number: int, board: int) -> dict[str, Any]:
    """What the board's page and the big screen show."""
    region, officer = enter(request, code, Power.SEE_WORK_ROOM)
    row = board_of(region, number, board)
    last = news.last_number(row.room_id)  # before the rows: nothing falls between
    voting = row.phase in {Phase.VOTE, Phase.SHOWN}
    return {
        "region": region,
        "room": row.room,
        "board": row,
        "boards": row.room.boards.order_by("number"),
        "number": last,
        "piles": queries.piles(row),
        "hidden": queries.hidden_of(row),
        "results": queries.results(row),
        "voters": news.voters(row) if voting else 0,
        "here": Participant.objects.filter(
            room=row.room, removed_at=None, left_at=None
        ).count(),
        "phases": Phase.choices,
        "may": access.powers(officer, at=now(), region=region),
        "late": row.ends_at is not None and row.ends_at < now(),
        "join_url": join_url(request, row.room),
    }


@require_safe
def board(request: HttpRequest, code: str, number: int, board: int) -> HttpResponse:
    """One board, with the buttons that lead it."""
    context = _drawn(request, code, number, board)
    return render(request, "workshop/lead.html", context)


@require_safe
def screen(request: HttpRequest, code: str, number: int, board: int) -> HttpResponse:
    """The same for the projector: large, with the QR code."""
    context = _drawn(request, code, number, board)
    context["qr"] = _qr(context["join_url"]) if context["room"].joining else ""
    return render(request, "workshop/screen.html", context)


@require_POST
def lead_board(
    request: HttpRequest, code: str, number: int, board: int
) -> HttpResponse:
    """Phase, clock, and bringing everybody here."""
    region, officer = enter(request, code)
    row = board_of(region, number, board)
    do, at = request.POST.get("do", ""), now()
    minutes = request.POST.get("minutes", "")
    verbs: dict[str, Callable[[], object]] = {
        "phase": partial(
            rooms.set_phase,
            board=row,
            phase=request.POST.get("phase", ""),
            by=officer,
            at=at,
        ),
        "clock": partial(
            rooms.set_clock,
            board=row,
            minutes=int(minutes) if minutes.isdecimal() and len(minutes) < 5 else 0,
            by=officer,
            at=at,
        ),
        "show": partial(rooms.show_board, board=row, by=officer, at=at),
    }
    verb = verbs.get(do, nothing)
    return _did(request, verb, "workshop-work:board", code, number, board)


@require_POST
def group(request: HttpRequest, code: str, number: int, board: int) -> HttpResponse:
    """Group notes: move, gather, name, dissolve, take back."""
    region, officer = enter(request, code)
    row = board_of(region, number, board)
    hand = grouping.Hand(by=officer)
    back = ("workshop-work:board", code, number, board)
    return _did(request, partial(grouped, request, row, hand), *back)


@require_http_methods(FORM_METHODS)
def hide(request: HttpRequest, code: str, number: int, note: int) -> HttpResponse:
    """Hide a note with the reason; one that is hidden is shown again."""
    region, officer = enter(request, code)
    row = get_object_or_404(
        Note.objects.select_related("board__room", "table"),
        board__room=room_of(region, number),
        pk=note,
    )
    back = ("workshop-work:board", code, number, row.board.number)
    if request.method == "POST" and row.hidden_at:
        return _did(
            request, partial(notes.unhide, note=row, by=officer, at=now()), *back
        )
    form = HideForm(posted(request))

    def save() -> HttpResponse:
        reason = form.cleaned_data["reason"]
        notes.hide(note=row, reason=reason, by=officer, at=now())
        return redirect(*back)

    return form_page(
        request,
        region,
        form,
        Sheet(
            _("Hide this note"),
            f"“{row.text}”",
            _("Hide"),
            trail=_room_trail(row.board.room),
        ),
        save,
    )


@require_safe
def line(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """News of the room, as they happen."""
    region, _officer = enter(request, code, Power.SEE_WORK_ROOM)
    row = room_of(region, number).pk
    return live.stream(request, news.topic(row), since=partial(news.since, row))


@require_safe
def record(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The minutes, for the printer."""
    region, _officer = enter(request, code, Power.SEE_WORK_ROOM)
    row = room_of(region, number)
    context = {"region": region, "room": row, "boards": minutes.of(row)}
    return render(request, "workshop/minutes.html", context)


@require_safe
def record_file(
    request: HttpRequest, code: str, number: int, form: str
) -> HttpResponseBase:
    """The minutes as a table: a note a row."""
    region, _officer = enter(request, code, Power.SEE_WORK_ROOM)
    if form not in {"csv", "xlsx"}:
        raise Http404
    row = room_of(region, number)
    name = _("workshop") + f"-{code}-{number}"
    return download_table(minutes.KIND, minutes.rows(row), name=name, form=form)
