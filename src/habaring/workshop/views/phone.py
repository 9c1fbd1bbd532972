"""On the telephone: come in, write, group, vote. All of it works without JavaScript."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.regions.models import Region
from habaring.shared import limits, live, walls
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal
from habaring.workshop import news, passes, queries
from habaring.workshop.actions import grouping, notes, people, voting
from habaring.workshop.forms.notes import CodeForm, JoinForm, NoteForm, words_of
from habaring.workshop.models import Board, Group, Note, Phase, Table
from habaring.workshop.passes import Here
from habaring.workshop.refusals import NotHere, NotNow, WrongCode

JOINS_AN_HOUR = 300
"""From one address: a whole hall sits behind one."""
GUESSES = 60
NOTES_A_MINUTE = 30


def region_of(code: str) -> Region:
    """The region of an address, or 404."""
    return get_object_or_404(Region.objects.select_related("parent"), code=code)


def enter(request: HttpRequest, code: str, number: int) -> Here:
    """Let in who holds the pass of the room."""
    return passes.enter(request, region_of(code), number)


@never_cache
@require_http_methods(FORM_METHODS)
def door(request: HttpRequest, code: str) -> HttpResponse:
    """Type the code that the big screen shows."""
    region = region_of(code)
    form = CodeForm(request.POST if request.method == "POST" else None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            room = _found(request, region, form.cleaned_data["code"])
        except WrongCode as wrong:
            refusal = wrong
        else:
            return redirect("workshop:join", code, room.code)
    context = {"region": region, "form": form, "refusal": refusal}
    status = 422 if refusal or form.errors else 200
    return render(request, "workshop/door.html", context, status=status)


def _found(request: HttpRequest, region: Region, code: str) -> Any:
    """The room with that code; wrong ones are counted, so that nobody guesses."""
    asks = limits.client_network(request)
    limits.check("workshop.guess", asks, most=GUESSES, at=now())
    with walls.also(region.code):
        try:
            return people.find(region=region, code=code)
        except WrongCode:
            ten = timedelta(minutes=10)
            limits.spend("workshop.guess", asks, most=GUESSES, per=ten, at=now())
            walls.open_region("")
            raise


@never_cache
@require_http_methods(FORM_METHODS)
def join(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Choose a table, say a name or none, come in."""
    region = region_of(code)
    room = _found(request, region, key)
    if passes.holds(request, region.code, room.number):
        try:
            passes.enter(request, region, room.number)
        except NotHere:
            pass  # removed, or gone: the door decides
        else:
            return redirect("workshop:room", code, room.number)
    with walls.also(region.code):
        form = JoinForm(request.POST if request.method == "POST" else None, room=room)
        refusal: Refusal | None = None
        if request.method == "POST" and form.is_valid():
            hour = timedelta(hours=1)
            asks = f"{room.pk} {limits.client_network(request)}"
            limits.spend("workshop.join", asks, most=JOINS_AN_HOUR, per=hour, at=now())
            try:
                person = people.join(room=room, at=now(), **form.cleaned_data)
            except Refusal as refused:
                refusal = refused
            else:
                answer = redirect("workshop:room", code, room.number)
                passes.give(answer, person)
                return answer
        context = {"region": region, "room": room, "form": form, "refusal": refusal}
        status = 422 if refusal or form.errors else 200
        return render(request, "workshop/join.html", context, status=status)


@never_cache
@require_safe
def room(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The board that the facilitators lead to."""
    here = enter(request, code, number)
    rows = here.room.boards.order_by("number")
    board = rows.filter(number=here.room.current or 0).first() or rows.first()
    return _board(request, here, board)


@never_cache
@require_safe
def board(request: HttpRequest, code: str, number: int, board: int) -> HttpResponse:
    """One board of the room."""
    here = enter(request, code, number)
    return _board(request, here, _board_of(here, board))


def _board_of(here: Here, number: int) -> Board:
    row = get_object_or_404(Board, room=here.room, number=number)
    row.room = here.room
    return row


def _board(
    request: HttpRequest,
    here: Here,
    row: Board | None,
    *,
    form: NoteForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    number = news.last_number(here.room.pk)  # before the rows: nothing falls between
    context: dict[str, Any] = {
        "region": here.region,
        "room": here.room,
        "person": here.person,
        "boards": here.room.boards.order_by("number"),
        "board": row,
        "number": number,
        "refusal": refusal,
    }
    if row is not None:
        row.room = here.room
        context |= _contents(request, here, row)
        context["form"] = form or NoteForm(board=row, person=here.person)
    status = 422 if refusal or (form and form.errors) else 200
    return render(request, "workshop/board.html", context, status=status)


def _contents(request: HttpRequest, here: Here, row: Board) -> dict[str, Any]:
    """What stands on the board in its phase."""
    if row.phase == Phase.VOTE:
        return {
            "choices": queries.choices(row, here.person),
            "left": queries.dots_left(row, here.person),
            "voters": news.voters(row),
        }
    if row.phase == Phase.SHOWN:
        return {"results": queries.results(row)}
    asked = request.GET.get("meja", "")
    table = int(asked) if asked.isdecimal() and len(asked) < 4 else 0
    return {
        "piles": queries.piles(row, table=table),
        "table": table,
        "own": queries.own_notes(row, here.person),
        "groups": row.all_group and row.takes_notes,
        "late": row.ends_at is not None and row.ends_at < now(),
    }


@never_cache
@require_http_methods(FORM_METHODS)
def me(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Another table, another name, or out."""
    here = enter(request, code, number)
    start = {"table": here.person.table, "name": here.person.name}
    form = JoinForm(
        request.POST if request.method == "POST" else None,
        room=here.room,
        initial=start,
    )
    if request.method == "POST" and form.is_valid():
        table: Table | None = form.cleaned_data["table"]
        people.change_self(
            person=here.person, name=form.cleaned_data["name"], table=table
        )
        return redirect("workshop:room", code, number)
    context = {"region": here.region, "room": here.room, "form": form}
    status = 422 if form.errors else 200
    return render(request, "workshop/me.html", context, status=status)


@require_POST
def leave(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Go out; the name is forgotten at once."""
    here = enter(request, code, number)
    people.leave(person=here.person, at=now())
    messages.success(request, _("You have left the workshop. Your notes stay."))
    answer = redirect("workshop:door", code)
    passes.take(answer, here)
    return answer


@require_safe
def line(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """News of the room, as they happen."""
    here = enter(request, code, number)
    room = here.room.pk
    return live.stream(request, news.topic(room), since=partial(news.since, room))


def by_script(request: HttpRequest) -> bool:
    """Whether the page's script asks, which keeps the words until they are confirmed."""
    return request.headers.get("Accept") == "application/json"


def refused(refusal: Refusal) -> JsonResponse:
    """A refusal for the script."""
    told = {"what": refusal.what, "why": refusal.why, "next": refusal.next}
    words = {name: str(text) for name, text in told.items()}
    answer = JsonResponse(words, status=refusal.status)
    for name, value in refusal.headers.items():
        answer.headers[name] = value
    return answer


@never_cache
@require_POST
@transaction.non_atomic_requests  # for a script it is a commit of its own
def write(request: HttpRequest, code: str, number: int, board: int) -> HttpResponse:
    """A note, once however often it is sent."""
    if not by_script(request):
        with transaction.atomic():
            return _written(request, code, number, board)
    try:
        taken = notes.take(
            sender=passes.sender(request, code, number),
            board=board,
            words=words_of(request.POST),
            at=now(),
            a_minute=NOTES_A_MINUTE,
        )
    except Refusal as refusal:
        return refused(refusal)
    return JsonResponse(taken.told)


def _written(request: HttpRequest, code: str, number: int, board: int) -> HttpResponse:
    here = enter(request, code, number)
    row = _board_of(here, board)
    form = NoteForm(request.POST, board=row, person=here.person)
    if not form.is_valid():
        return _board(request, here, row, form=form)
    try:
        notes.write(
            board=row,
            person=here.person,
            words=form.as_words(),
            at=now(),
            a_minute=NOTES_A_MINUTE,
        )
    except Refusal as refusal:
        return _board(request, here, row, form=form, refusal=refusal)
    return redirect("workshop:board", code, number, board)


def _note_of(here: Here, key: int) -> Note:
    rows = Note.objects.select_related("board__room", "table")
    return get_object_or_404(rows, board__room=here.room, pk=key)


@never_cache
@require_http_methods(FORM_METHODS)
def edit(request: HttpRequest, code: str, number: int, note: int) -> HttpResponse:
    """Change one's own note."""
    here = enter(request, code, number)
    row = _note_of(here, note)
    form = NoteForm(
        request.POST if request.method == "POST" else None,
        board=row.board,
        person=here.person,
        note=row,
    )
    refusal: Refusal | None = None
    if row.participant_id != here.person.pk:
        raise NotHere
    if request.method == "POST" and form.is_valid():
        try:
            notes.revise(note=row, person=here.person, words=form.as_words(), at=now())
        except Refusal as no:
            refusal = no
        else:
            return redirect("workshop:board", code, number, row.board.number)
    context = {
        "region": here.region,
        "room": here.room,
        "note": row,
        "form": form,
        "refusal": refusal,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "workshop/edit.html", context, status=status)


@require_POST
def withdraw(request: HttpRequest, code: str, number: int, note: int) -> HttpResponse:
    """Take one's own note back, or bring it back."""
    here = enter(request, code, number)
    row = _note_of(here, note)
    verb = notes.bring_back if row.withdrawn_at else notes.withdraw
    return _did(
        request,
        partial(verb, note=row, person=here.person, at=now()),
        ("workshop:board", code, number, row.board.number),
    )


def _did(
    request: HttpRequest, verb: Callable[[], object], back: tuple[Any, ...]
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
    return redirect(*back)


@require_POST
def dots(request: HttpRequest, code: str, number: int, board: int) -> HttpResponse:
    """So many dots on one thing."""
    here = enter(request, code, number)
    row = _board_of(here, board)
    target = queries.target_of(row, request.POST.get("target", ""))
    count = request.POST.get("count", "")
    back = ("workshop:board", code, number, board)
    if target is None or not count.isdecimal() or len(count) > 2:
        return _did(request, _stop, back)
    try:
        left = voting.place(
            board=row, person=here.person, target=target, count=int(count), at=now()
        )
    except Refusal as refusal:
        if by_script(request):
            return refused(refusal)
        messages.error(request, str(refusal))
        return redirect(*back)
    if by_script(request):
        return JsonResponse({"left": left})
    return redirect(*back)


def _stop() -> None:
    raise NotNow.voting()


@require_POST
def group(request: HttpRequest, code: str, number: int, board: int) -> HttpResponse:
    """Group notes, where the board lets everybody."""
    here = enter(request, code, number)
    row = _board_of(here, board)
    hand = grouping.Hand(person=here.person)
    back = ("workshop:board", code, number, board)
    return _did(request, partial(grouped, request, row, hand), back)


def grouped(request: HttpRequest, row: Board, hand: grouping.Hand) -> None:
    """What a form of grouping asks for: `do` and what it names."""
    given = request.POST
    chosen = [int(key) for key in given.getlist("note") if key.isdecimal()][:200]
    key = given.get("group", "")
    found = (
        Group.objects.filter(board=row, pk=key).select_related("board").first()
        if key.isdecimal() and len(key) < 19
        else None
    )
    do = given.get("do", "move")
    if do == "undo":
        grouping.undo(board=row, hand=hand, at=now())
    elif do == "title" and found:
        grouping.retitle(group=found, title=given.get("title", ""), hand=hand, at=now())
    elif do == "dissolve" and found:
        grouping.dissolve(group=found, hand=hand, at=now())
    elif do == "move" and key == "new":
        title = given.get("title", "")
        grouping.gather(board=row, notes=chosen, title=title, hand=hand, at=now())
    elif do == "move" and (found or key == "0"):
        grouping.move(board=row, notes=chosen, group=found, hand=hand, at=now())
    else:
        raise NotNow.grouping()
