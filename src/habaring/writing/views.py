"""The page of a text: read, write, comment, suggest; its line, versions and authors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import live
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import download, download_table, paginate, render
from habaring.shared.refusal import Refusal
from habaring.writing import actions, keeping, kinds, queries
from habaring.writing.actions import Hand
from habaring.writing.forms import (
    ArrangeForm,
    CommentForm,
    DecideForm,
    FreezeForm,
    OneForm,
    SuggestForm,
    SuggestNewForm,
    TextFilter,
    WriteForm,
)
from habaring.writing.kinds import Kind, Place
from habaring.writing.lines import LARGEST, Editor
from habaring.writing.models import Comment, Suggestion, Version
from habaring.writing.tables import REMARKS, remark_values


@dataclass(frozen=True)
class Desk:
    """A text that somebody has before them, and what they may do with it."""

    region: Region
    key: str
    kind: Kind
    place: Place
    reader: Account
    may_write: bool
    may_speak: bool
    may: frozenset[Power]

    @property
    def address(self) -> str:
        return reverse("writing-work:document", args=[self.region.code, self.key])

    def context(self) -> dict[str, Any]:
        return {
            "region": self.region,
            "key": self.key,
            "place": self.place,
            "may_write": self.may_write,
            "may_speak": self.may_speak,
            "reader": self.reader,
            "may": self.may,
        }


def _desk(request: HttpRequest, code: str, key: str) -> Desk:
    region = get_object_or_404(Region.objects.select_related("parent"), code=code)
    reader = access.require(request.user, Power.SEE_WORK_ROOM, at=now(), region=region)
    kind = kinds.of(key)
    place = kind.place(region, key) if kind else None
    if kind is None or place is None:
        raise Http404
    held = access.powers(reader, at=now(), region=region)
    may_write = bool(kind.write & held)
    may_speak = may_write or bool(kind.speak & held)
    return Desk(region, key, kind, place, reader, may_write, may_speak, held)


def _require(desk: Desk, request: HttpRequest, *, write: bool) -> None:
    """Raises NotAllowed for those who may only read."""
    if desk.may_write if write else desk.may_speak:
        return
    power = min(desk.kind.write)
    access.require(request.user, power, at=now(), region=desk.region)


@require_safe
def texts(request: HttpRequest, code: str) -> HttpResponse:
    """All that is written together in a region, newest change first."""
    region = get_object_or_404(Region.objects.select_related("parent"), code=code)
    access.require(request.user, Power.SEE_WORK_ROOM, at=now(), region=region)
    form = TextFilter(request.GET)
    form.is_valid()
    page = paginate(
        request, queries.documents(region, form.cleaned_data.get("q", "").strip())
    )
    waiting = queries.open_counts(page.rows)
    rows = [
        {
            "document": one,
            "title": queries.title(region, one.key),
            "comments": waiting[one.pk][0],
            "suggestions": waiting[one.pk][1],
        }
        for one in page.rows
    ]
    return render(
        request,
        "writing/texts.html",
        {"region": region, "form": form, "page": page, "rows": rows},
    )


@require_http_methods(FORM_METHODS)
def document(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One text: a form for each paragraph, which the editor makes one sheet."""
    desk = _desk(request, code, key)
    if request.method == "POST":
        return _deed(request, desk)
    return _document(request, desk)


def _document(
    request: HttpRequest,
    desk: Desk,
    *,
    refusal: Refusal | None = None,
    form: forms.Form | None = None,
) -> HttpResponse:
    kept = form.data.get("text", "") if form is not None else ""
    return render(
        request,
        "writing/document.html",
        desk.context()
        | {
            "text": queries.whole(desk.region, desk.key),
            "refusal": refusal,
            "form": form,
            "kept": kept if refusal or (form is not None and form.errors) else "",
            "freeze": FreezeForm(),
        },
        status=422 if refusal or form is not None else 200,
    )


Doing = Callable[[Desk, Mapping[str, Any]], str]


@dataclass(frozen=True)
class Deed:
    """What can be sent to a text's page."""

    form: type[forms.Form]
    do: Doing
    write: bool = True


def _hand(desk: Desk) -> Hand:
    return Hand(desk.reader, now())


def _write(desk: Desk, told: Mapping[str, Any]) -> str:
    actions.write(
        region=desk.region,
        key=desk.key,
        paragraph=told["paragraph"],
        text=told["text"],
        base=told["base"],
        hand=_hand(desk),
    )
    return str(told["paragraph"])


def _arrange(desk: Desk, told: Mapping[str, Any]) -> str:
    return actions.arrange(
        region=desk.region,
        key=desk.key,
        paragraph=told["paragraph"],
        how=told["how"],
        hand=_hand(desk),
    )


def _comment(desk: Desk, told: Mapping[str, Any]) -> str:
    answers = None
    if told["answers"]:
        answers = _own(desk, Comment, told["answers"])
    made = actions.comment(
        by=desk.reader,
        at=now(),
        region=desk.region,
        key=desk.key,
        paragraph=told["paragraph"],
        text=told["text"],
        answers=answers,
    )
    return made.paragraph


def _own(desk: Desk, model: Any, pk: int) -> Any:
    """A row of this text, and of no other."""
    return get_object_or_404(model, pk=pk, region=desk.region, document__key=desk.key)


def _resolve(desk: Desk, told: Mapping[str, Any]) -> str:
    found = _own(desk, Comment, told["one"])
    return actions.resolve(comment=found, by=desk.reader, at=now()).paragraph


def _suggest(desk: Desk, told: Mapping[str, Any]) -> str:
    made = actions.suggest(
        region=desk.region,
        key=desk.key,
        paragraph=told["paragraph"],
        text=told["text"],
        why=told["why"],
        base=told["base"],
        hand=_hand(desk),
    )
    return made.paragraph


def _suggest_new(desk: Desk, told: Mapping[str, Any]) -> str:
    wish = actions.NewParagraph(told["paragraph"], told["text"], told["why"])
    made = actions.suggest_new(
        region=desk.region, key=desk.key, wish=wish, hand=_hand(desk)
    )
    return made.paragraph


def _decide(desk: Desk, told: Mapping[str, Any]) -> str:
    made = actions.decide(
        suggestion=_own(desk, Suggestion, told["one"]),
        accept=told["answer"] == "accept",
        reason=told["reason"],
        hand=_hand(desk),
    )
    return made.paragraph


def _withdraw(desk: Desk, told: Mapping[str, Any]) -> str:
    found = get_object_or_404(
        Suggestion,
        pk=told["one"],
        region=desk.region,
        document__key=desk.key,
        author=desk.reader,
    )
    return actions.withdraw(suggestion=found, hand=_hand(desk)).paragraph


DEEDS: Mapping[str, Deed] = {
    "write": Deed(WriteForm, _write),
    "arrange": Deed(ArrangeForm, _arrange),
    "comment": Deed(CommentForm, _comment, write=False),
    "resolve": Deed(OneForm, _resolve, write=False),
    "suggest": Deed(SuggestForm, _suggest, write=False),
    "suggest-new": Deed(SuggestNewForm, _suggest_new, write=False),
    "decide": Deed(DecideForm, _decide),
    "withdraw": Deed(OneForm, _withdraw, write=False),
}


def _deed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One of DEEDS; what was typed is shown again where it is refused."""
    deed = DEEDS.get(request.POST.get("do", ""), DEEDS["comment"])
    _require(desk, request, write=deed.write)
    form = deed.form(request.POST)
    if not form.is_valid():
        return _document(request, desk, form=form)
    try:
        paragraph = deed.do(desk, form.cleaned_data)
    except Refusal as refusal:
        return _document(request, desk, refusal=refusal, form=form)
    return redirect(f"{desk.address}#p-{paragraph}")


@require_safe
def aside(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """What stands beside the paragraphs, for the editor to show anew."""
    desk = _desk(request, code, key)
    return render(
        request,
        "writing/asides.html",
        desk.context() | {"text": queries.whole(desk.region, desk.key)},
    )


@require_GET
def line(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """The editor's websocket."""
    desk = _desk(request, code, key)
    _require(desk, request, write=False)
    region, reader, may_write = desk.region.code, desk.reader.pk, desk.may_write

    language = get_language() or "id"

    async def sit(open_line: live.Line) -> None:
        editor = Editor(open_line, region, key, reader, may_write, now, language)
        await editor.sit()

    return live.socket(
        request,
        sit,
        topic=keeping.topic_of(region, key),
        since=lambda after: keeping.rows_since(region, key, after),
        largest=LARGEST,
    )


@require_http_methods(FORM_METHODS)
def versions(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Frozen versions; two of them side by side; freeze, and bring one back."""
    desk = _desk(request, code, key)
    refusal: Refusal | None = None
    if request.method == "POST":
        _require(desk, request, write=True)
        try:
            return _version_deed(request, desk)
        except Refusal as refused:
            refusal = refused
    found = keeping.find(desk.region, key)
    rows = queries.versions(found) if found else Version.objects.none()
    return render(
        request,
        "writing/versions.html",
        desk.context()
        | {
            "versions": paginate(request, rows, size=20),
            "freeze": FreezeForm(),
            "choices": [row.version for row in rows],
            "comparison": _comparison(request, rows),
            "refusal": refusal,
        },
        status=422 if refusal else 200,
    )


def _version_deed(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.POST.get("do") == "restore":
        form = OneForm(request.POST)
        number = form.cleaned_data["one"] if form.is_valid() else 0
        found = get_object_or_404(
            Version, version=number, region=desk.region, document__key=desk.key
        )
        actions.restore(version=found, hand=_hand(desk))
        messages.success(
            request, _("The text is as in version %(n)d again.") % {"n": number}
        )
        return redirect(desk.address)
    note = FreezeForm(request.POST)
    words = note.cleaned_data["note"] if note.is_valid() else ""
    number = actions.freeze(
        by=desk.reader, at=now(), region=desk.region, key=desk.key, note=words
    )
    messages.success(request, _("This is version %(n)d now.") % {"n": number})
    return redirect("writing-work:versions", desk.region.code, desk.key)


def _comparison(request: HttpRequest, rows: Any) -> dict[str, Any] | None:
    """`?dari=1&ke=2`; `ke=0` is the text as it stands."""
    numbers = [request.GET.get(name, "") for name in ("dari", "ke")]
    if not numbers[0].isdecimal() or len(numbers[0]) > 6:
        return None
    old = rows.filter(version=int(numbers[0])).first()
    if old is None:
        raise Http404
    later = int(numbers[1]) if numbers[1].isdecimal() and len(numbers[1]) < 7 else 0
    new = rows.filter(version=later).first() if later else None
    return {"old": old, "new": new, "rows": queries.compared(old, new)}


@require_safe
def authors(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Who wrote which words."""
    desk = _desk(request, code, key)
    found = keeping.find(desk.region, key)
    return render(
        request,
        "writing/authors.html",
        desk.context() | {"authors": queries.authors(found) if found else None},
    )


@require_safe
def remarks(request: HttpRequest, code: str, form: str, key: str) -> HttpResponseBase:
    """Every comment and suggestion of a text with what became of it: CSV or XLSX."""
    desk = _desk(request, code, key)
    if form not in ("csv", "xlsx"):
        raise Http404
    name = f"{key.replace('/', '-').replace('.', '-')}-komentar"
    return download_table(
        REMARKS, remark_values(desk.region, key), name=name, form=form
    )


@require_safe
def plain(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """The text as a file to keep; `?versi=2` as it was frozen."""
    desk = _desk(request, code, key)
    number = request.GET.get("versi", "")
    if number.isdecimal() and len(number) < 7:
        row = get_object_or_404(
            Version, region=desk.region, document__key=key, version=int(number)
        )
        words = row.text
    else:
        words = queries.text(desk.region, key)
    name = key.replace("/", "-").replace(".", "-")
    answer = download(
        words.encode(), name=f"{name}.txt", media_type="text/plain; charset=utf-8"
    )
    assert isinstance(answer, HttpResponse)  # noqa: S101 - bytes are never streamed
    return answer
