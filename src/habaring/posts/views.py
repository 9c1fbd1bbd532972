"""The work room of posts: who holds them, what they own, how they change hands."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.people import access
from habaring.people.access import NotAllowed, Power
from habaring.people.models import Account
from habaring.posts import actions, handovers, listing, queries, sheets
from habaring.posts.forms import (
    AnswerForm,
    AssignForm,
    FillForm,
    LeaveForm,
    OwnedFilter,
    PostForm,
    SheetForm,
)
from habaring.posts.models import HandOver, Holding, Outcome, Post
from habaring.regions.models import Department, Region
from habaring.shared.audit import history
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import download_table, paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import TableKind, read
from habaring.shared.tables.reading import Rows
from habaring.shared.uploads import TABLES, accept

MOST_ROWS = 20_000


def _enter(
    request: HttpRequest, code: str, power: Power = Power.MANAGE_POSTS
) -> tuple[Region, Account]:
    region = get_object_or_404(Region, code=code)
    return region, access.require(request.user, power, at=now(), region=region)


def _may(account: Account, region: Region) -> bool:
    return Power.MANAGE_POSTS in access.powers(account, at=now(), region=region)


def _status(form: Any, refusal: Refusal | None) -> int:
    return 422 if refusal or form.errors else 200


def _post(region: Region, code: str) -> Post:
    rows = Post.objects.select_related("department", "superior", "region")
    return get_object_or_404(rows, region=region, code=code)


def _address(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


# Posts


@require_safe
def posts(request: HttpRequest, code: str) -> HttpResponse:
    """The tree of posts with their holders, and how much each owns."""
    region, account = _enter(request, code, Power.SEE_WORK_ROOM)
    at = now()
    held = queries.chart(region, at=at)
    rows = queries.owned(region, at=at, on=localdate(at), within=held)
    context = {
        "region": region,
        "here": "posts",
        "branches": listing.tree(held, rows),
        "counts": listing.state_counts(rows),
        "total": len(rows),
        "may": _may(account, region),
    }
    return render(request, "posts/posts.html", context)


@require_safe
def posts_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The posts as a table, to keep or to send back changed."""
    region, _account = _enter(request, code)
    rows = sheets.post_rows(queries.chart(region, at=now()))
    name = f"jabatan-{region.code}"
    return download_table(sheets.POSTS, rows, name=name, form=cast("sheets.Form", form))


@require_http_methods(FORM_METHODS)
def new_post(request: HttpRequest, code: str) -> HttpResponse:
    """Open a post."""
    return _post_form(request, code, None)


@require_http_methods(FORM_METHODS)
def change_post(request: HttpRequest, code: str, post: str) -> HttpResponse:
    """Rename a post, or give it another place."""
    return _post_form(request, code, post)


def _post_form(request: HttpRequest, code: str, post: str | None) -> HttpResponse:
    region, account = _enter(request, code)
    row = _post(region, post) if post else None
    form = PostForm(request.POST or None, region=region, post=row)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"new": form.new(), "by": account, "at": now()}
        try:
            if row is None:
                row = actions.open_post(region=region, **given)
            else:
                actions.change_post(post=row, **given)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The post is recorded."))
            return redirect("posts-work:post", code, row.code)
    context = {"region": region, "here": "posts", "form": form, "post": row}
    context["refusal"] = refusal
    status = _status(form, refusal)
    return render(request, "posts/post_form.html", context, status=status)


@require_POST
def close_post(request: HttpRequest, code: str, post: str) -> HttpResponse:
    """Close a post that owns nothing."""
    region, account = _enter(request, code)
    actions.close_post(post=_post(region, post), by=account, at=now())
    messages.success(request, _("The post is closed; its past stays."))
    return redirect("posts-work:posts", code)


@require_safe
def post(request: HttpRequest, code: str, post: str) -> HttpResponse:
    """One post: who holds it, what it owns, how it changed hands before."""
    region, account = _enter(request, code, Power.SEE_WORK_ROOM)
    return _post_page(request, region, account, _post(region, post))


def _post_page(
    request: HttpRequest,
    region: Region,
    account: Account,
    row: Post,
    **more: Any,
) -> HttpResponse:
    at = now()
    held = queries.chart(region, at=at)
    rows = queries.owned(region, at=at, on=localdate(at), within=held)
    mine = [one for one in rows if one.post.pk == row.pk]
    form = OwnedFilter(request.GET or None)
    holding = held.holdings.get(row.pk)
    changes = _handovers_of(row)
    context = {
        "region": region,
        "here": "posts",
        "post": row,
        "holding": holding,
        "answers": held.answers(row),
        "superior": held.superior(row),
        "counts": listing.state_counts(mine),
        "total": len(mine),
        "form": form,
        "filtered": any(request.GET.values()),
        "page": paginate(request, listing.narrowed(mine, form)),
        "holdings": row.holdings.select_related("account").order_by("-since"),
        "handovers": changes,
        "open_list": next((one for one in changes if one.is_open), None),
        "history": history(row, region=region.code)[:20],
        "may": _may(account, region),
        "own": holding is not None and holding.account_id == account.pk,
        "fill": FillForm(region=region, at=at, initial={"since": localdate(at)}),
        "leave": LeaveForm(region=region, at=at, initial={"leaves_on": localdate(at)}),
    }
    status = 422 if more else 200
    return render(request, "posts/post.html", {**context, **more}, status=status)


def _handovers_of(row: Post) -> Any:
    rows = HandOver.objects.filter(holding__post=row, undone_at__isnull=True)
    return rows.select_related("holding__account", "successor")[:20]


@require_http_methods(FORM_METHODS)
def fill_post(request: HttpRequest, code: str, post: str) -> HttpResponse:
    """Put a person in a vacant post."""
    region, account = _enter(request, code)
    row = _post(region, post)
    if request.method != "POST":
        return redirect("posts-work:post", code, post)
    form = FillForm(request.POST, region=region, at=now())
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            actions.fill_post(post=row, **form.cleaned_data, by=account, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The post is held."))
            return redirect("posts-work:post", code, post)
    return _post_page(request, region, account, row, fill=form, refusal=refusal)


def _holding(row: Post) -> Holding:
    rows = Holding.objects.select_related("post__region", "account")
    return get_object_or_404(rows, post=row, until__isnull=True)


@require_http_methods(FORM_METHODS)
def begin(request: HttpRequest, code: str, post: str) -> HttpResponse:
    """Open the hand-over list of a post: its holder, or who manages posts."""
    region, account = _enter(request, code, Power.SEE_WORK_ROOM)
    row = _post(region, post)
    if request.method != "POST":
        return redirect("posts-work:post", code, post)
    holding = _holding(row)
    _require_own(account, region, holding)
    form = LeaveForm(request.POST, region=region, at=now(), leaving=holding.account_id)
    refusal: Refusal | None = None
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = handovers.begin_handover(
                holding=holding,
                successor=handovers.Successor(given["successor"], given["acting"]),
                leaves_on=given["leaves_on"],
                by=account,
                at=now(),
                address=_address(request),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The hand-over list is open."))
            return redirect("posts-work:handover", code, made.pk)
    return _post_page(request, region, account, row, leave=form, refusal=refusal)


@require_POST
def end_holding(request: HttpRequest, code: str, post: str) -> HttpResponse:
    """End a holding of a post that owns nothing."""
    region, account = _enter(request, code, Power.SEE_WORK_ROOM)
    holding = _holding(_post(region, post))
    _require_own(account, region, holding)
    actions.end_holding(holding=holding, by=account, at=now())
    messages.success(request, _("The holding has ended; the post is vacant."))
    return redirect("posts-work:post", code, post)


def _require_own(account: Account, region: Region, holding: Holding) -> None:
    if holding.account_id != account.pk and not _may(account, region):
        raise NotAllowed(
            _("This is not your post."),
            _("A post is handed over by its holder or by who manages the posts."),
            _("Ask the region's secretariat."),
        )


# What is owned


@require_safe
def things(request: HttpRequest, code: str) -> HttpResponse:
    """All that is owned in the region: search, filters, pages, and moving many."""
    region, account = _enter(request, code, Power.SEE_WORK_ROOM)
    at = now()
    held = queries.chart(region, at=at)
    rows = queries.owned(region, at=at, on=localdate(at), within=held)
    form = OwnedFilter(request.GET or None, posts=listing.post_choices(held))
    context = {
        "region": region,
        "here": "things",
        "form": form,
        "filtered": any(request.GET.values()),
        "counts": listing.state_counts(rows),
        "page": paginate(request, listing.narrowed(rows, form)),
        "query": request.GET.urlencode(),
        "assign": AssignForm(region=region, auto_id="id_to_%s"),
        "may": _may(account, region),
    }
    return render(request, "posts/things.html", context)


@require_safe
def things_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """What is owned, as filtered, as a table: to keep or to send back changed."""
    region, _account = _enter(request, code, Power.SEE_WORK_ROOM)
    at = now()
    held = queries.chart(region, at=at)
    rows = queries.owned(region, at=at, on=localdate(at), within=held)
    fits = OwnedFilter(request.GET or None, posts=listing.post_choices(held))
    table = sheets.owned_rows(listing.narrowed(rows, fits))
    name, form_name = f"milik-{region.code}", cast("sheets.Form", form)
    return download_table(sheets.OWNED, table, name=name, form=form_name)


@require_POST
def assign(request: HttpRequest, code: str) -> HttpResponse:
    """Put the chosen things in the charge of a post."""
    region, account = _enter(request, code)
    chosen = [str(one).split("/", 1) for one in request.POST.getlist("thing")]
    keys = [(one[0], one[1]) for one in chosen if len(one) == 2]
    form = AssignForm(request.POST, region=region)
    back = reverse("posts-work:things", args=[code])
    query = request.POST.get("query", "")
    if not keys or not form.is_valid():
        messages.warning(request, _("Choose things of the list, and a post."))
    else:
        to = form.cleaned_data["post"]
        moved = actions.assign(region=region, keys=keys, post=to, by=account, at=now())
        _say_moved(request, moved)
    return redirect(f"{back}?{query}" if query else back)


def _say_moved(request: HttpRequest, moved: int) -> None:
    told = ngettext("One thing moved.", "%(count)d things moved.", moved)
    messages.success(request, told % {"count": moved})


@require_http_methods(FORM_METHODS)
def upload_posts(request: HttpRequest, code: str) -> HttpResponse:
    """Open and change posts from a spreadsheet."""
    region, account = _enter(request, code)

    def take(rows: Rows) -> None:
        found = sheets.posts_in(
            rows,
            chart=queries.chart(region, at=now()),
            departments=list(Department.objects.filter(region=region, closed_on=None)),
        )
        opened, changed = actions.take_in_posts(
            region=region, rows=found, by=account, at=now()
        )
        told = _("%(opened)d posts opened, %(changed)d changed.")
        messages.success(request, told % {"opened": opened, "changed": changed})

    return _upload(request, region, sheets.POSTS, take, "posts-work:posts")


@require_http_methods(FORM_METHODS)
def upload_things(request: HttpRequest, code: str) -> HttpResponse:
    """Put things in the charge of posts from a spreadsheet."""
    region, account = _enter(request, code)

    def take(rows: Rows) -> None:
        at = now()
        held = queries.chart(region, at=at)
        owned = queries.owned(region, at=at, on=localdate(at), within=held)
        there = {row.key: row.post.code for row in owned}
        found = sheets.moves_in(rows, chart=held, there=there)
        moved = 0
        for to, keys in found.items():
            other = [key for key in keys if there[key] != to.code]
            moved += actions.assign(
                region=region, keys=other, post=to, by=account, at=at
            )
        _say_moved(request, moved)

    return _upload(request, region, sheets.OWNED, take, "posts-work:things")


def _upload(
    request: HttpRequest, region: Region, kind: TableKind, take: Any, back: str
) -> HttpResponse:
    form = SheetForm(request.POST or None, request.FILES or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            file = accept(form.cleaned_data["file"], TABLES).file
            language = get_language() or "id"
            take(
                read(
                    file,
                    kind,
                    today=localdate(now()),
                    language=language,
                    max_rows=MOST_ROWS,
                )
            )
        except Refusal as refused:
            refusal = refused
        else:
            return redirect(back, region.code)
    context = {
        "region": region,
        "here": "posts" if kind is sheets.POSTS else "things",
        "form": form,
        "refusal": refusal,
        "kind": kind,
        "export": back + "-file",
    }
    status = _status(form, refusal)
    return render(request, "posts/upload.html", context, status=status)


# Hand-overs


def _handover(
    request: HttpRequest, code: str, pk: int
) -> tuple[Region, Account, HandOver]:
    region, account = _enter(request, code, Power.SEE_WORK_ROOM)
    rows = HandOver.objects.select_related(
        "region", "holding__post__region", "holding__account", "successor"
    )
    row = get_object_or_404(rows, pk=pk, region=region)
    if row.successor_id != account.pk:
        _require_own(account, region, row.holding)
    return region, account, row


def _leaving(
    request: HttpRequest, code: str, pk: int
) -> tuple[Region, Account, HandOver]:
    """As `_handover`, but the successor only reads."""
    region, account, row = _handover(request, code, pk)
    _require_own(account, region, row.holding)
    return region, account, row


@require_safe
def handover(request: HttpRequest, code: str, handover: int) -> HttpResponse:
    """The list of one hand-over: line by line, until it is empty."""
    region, account, row = _handover(request, code, handover)
    return _handover_page(request, region, account, row)


def _handover_page(
    request: HttpRequest,
    region: Region,
    account: Account,
    row: HandOver,
    **more: Any,
) -> HttpResponse:
    items = row.items.select_related("to_post").order_by("outcome", "kind", "due_on")
    left = row.items.filter(outcome=Outcome.OPEN).count()
    leave = {"successor": row.successor_id, "acting": row.successor_acts}
    acts = row.holding.account_id == account.pk or _may(account, region)
    context = {
        "region": region,
        "here": "posts",
        "handover": row,
        "post": row.holding.post,
        "lines": listing.lines(items),
        "left": left,
        "answered": row.items.exclude(outcome=Outcome.OPEN).count(),
        "total": row.items.count(),
        "form": AnswerForm(region=region, without=row.holding.post_id),
        "leave": LeaveForm(
            region=region,
            at=now(),
            leaving=row.holding.account_id,
            initial={**leave, "leaves_on": row.leaves_on},
        ),
        "acts": acts and row.is_open,
        "confirms": bool(row.finished_at)
        and not row.confirmed_at
        and row.successor_id == account.pk,
    }
    status = 422 if more else 200
    return render(request, "posts/handover.html", {**context, **more}, status=status)


@require_http_methods(FORM_METHODS)
def answer(request: HttpRequest, code: str, handover: int) -> HttpResponse:
    """Say of the chosen lines whether they stay, move or are done."""
    region, account, row = _leaving(request, code, handover)
    if request.method != "POST":
        return redirect("posts-work:handover", code, handover)
    form = AnswerForm(request.POST, region=region, without=row.holding.post_id)
    items = [int(one) for one in request.POST.getlist("item") if one.isdigit()]
    refusal: Refusal | None = None
    if form.is_valid():
        given = form.cleaned_data
        reply = handovers.Answer(
            Outcome(given["outcome"]), given["to_post"], given["note"]
        )
        try:
            changed = handovers.deal(
                handover=row, items=items, answer=reply, by=account, at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            _say_answered(request, changed)
            return redirect("posts-work:handover", code, handover)
    return _handover_page(request, region, account, row, form=form, refusal=refusal)


def _say_answered(request: HttpRequest, changed: int) -> None:
    if not changed:
        messages.warning(request, _("Choose at least one line."))
        return
    told = ngettext("One line is answered.", "%(count)d lines are answered.", changed)
    messages.success(request, told % {"count": changed})


@require_http_methods(FORM_METHODS)
def successor(request: HttpRequest, code: str, handover: int) -> HttpResponse:
    """Name another successor, or none."""
    region, account, row = _leaving(request, code, handover)
    if request.method != "POST":
        return redirect("posts-work:handover", code, handover)
    form = LeaveForm(
        request.POST, region=region, at=now(), leaving=row.holding.account_id
    )
    refusal: Refusal | None = None
    if form.is_valid():
        given = form.cleaned_data
        try:
            handovers.choose_successor(
                handover=row,
                successor=handovers.Successor(given["successor"], given["acting"]),
                leaves_on=given["leaves_on"],
                by=account,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The hand-over is changed."))
            return redirect("posts-work:handover", code, handover)
    return _handover_page(request, region, account, row, leave=form, refusal=refusal)


@require_http_methods(FORM_METHODS)
def finish(request: HttpRequest, code: str, handover: int) -> HttpResponse:
    """Let the answers take effect; refused while a line has none."""
    region, account, row = _leaving(request, code, handover)
    if request.method != "POST":
        return redirect("posts-work:handover", code, handover)
    if row.is_open:
        handovers.refresh(handover=row, at=now())
    try:
        handovers.finish_handover(
            handover=row, by=account, at=now(), address=_address(request)
        )
    except Refusal as refused:
        return _handover_page(request, region, account, row, refusal=refused)
    messages.success(request, _("The post is handed over."))
    return redirect("posts-work:post", code, row.holding.post.code)


@require_POST
def undo(request: HttpRequest, code: str, handover: int) -> HttpResponse:
    """Take an open hand-over back."""
    _region, account, row = _leaving(request, code, handover)
    handovers.undo_handover(handover=row, by=account, at=now())
    messages.success(request, _("The hand-over is taken back; nothing has moved."))
    return redirect("posts-work:post", code, row.holding.post.code)


@require_POST
def confirm(request: HttpRequest, code: str, handover: int) -> HttpResponse:
    """The successor has read the list."""
    _region, account, row = _handover(request, code, handover)
    handovers.confirm_handover(handover=row, by=account, at=now())
    messages.success(request, _("Thank you: you have received the list."))
    return redirect("posts-work:handover", code, handover)
