"""Moderation: the queue in the work room, the public record, one's own words."""

from typing import Any, cast, get_args

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from habaring.participation import discussion as threads
from habaring.participation import waiting
from habaring.participation.actions import moderating
from habaring.participation.actions.moderating import Decided, Hiding, Item
from habaring.participation.forms.moderation import (
    AppealForm,
    DecideForm,
    HideForm,
    QueueFilter,
    RecordFilter,
    ShowForm,
)
from habaring.participation.models import Appeal, Moderation, Proposal
from habaring.participation.moderation import RULES, rule_name, rule_sentence
from habaring.participation.waiting import Heap, QueueItem, Wanted
from habaring.people import access, acts
from habaring.people.access import Power
from habaring.people.acts import Act, Need
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal

OWN = acts.register(
    Act(
        "participation.own",
        gettext_lazy("See what you wrote"),
        Need.CODE,
        reason=gettext_lazy("So that only you see what waits or was hidden."),
    )
)


def _enter(request: HttpRequest, code: str) -> tuple[Region, Account]:
    region = get_object_or_404(Region, code=code)
    return region, access.require(request.user, Power.MODERATE, at=now(), region=region)


# The queue


@require_http_methods(FORM_METHODS)
def queue(request: HttpRequest, code: str) -> HttpResponse:
    """What waits for a moderator; publish many at once."""
    region, officer = _enter(request, code)
    heap = _heap(request)
    if request.method == "POST":
        return _publish_chosen(request, region, officer)
    form = QueueFilter(request.GET)
    form.is_valid()  # what makes no sense is left out
    wanted = Wanted(
        words=form.cleaned_data.get("q", ""),
        kind=form.cleaned_data.get("jenis", ""),
        newest_first=form.cleaned_data.get("urut") == "newest",
    )
    page = paginate(request, waiting.keys(region, heap, wanted))
    context = {
        "region": region,
        "may": access.powers_with_parts(officer, at=now(), region=region),
        "heap": heap,
        "sizes": waiting.sizes(region),
        "form": form,
        "page": page,
        "items": waiting.items(region, page.rows),
        "filtered": bool(wanted.words or wanted.kind),
    }
    return render(request, "participation/moderation.html", context)


def _heap(request: HttpRequest) -> Heap:
    asked = request.GET.get("tumpukan", "held")
    return cast("Heap", asked if asked in get_args(Heap) else "held")


def _publish_chosen(
    request: HttpRequest, region: Region, officer: Account
) -> HttpResponse:
    chosen = [_read_token(token) for token in request.POST.getlist("item")]
    found = waiting.items(region, [key for key in chosen if key])
    done = moderating.publish_all(
        items=[_item(one) for one in found], by=officer, at=now()
    )
    words = ngettext("%(n)d was published.", "%(n)d were published.", done)
    messages.success(request, words % {"n": done})
    return redirect(request.get_full_path())


def _read_token(token: str) -> tuple[str, int] | None:
    kinds = {"c": "comment", "p": "proposal"}
    if token[:1] not in kinds or not token[1:].isdigit() or len(token) > 18:
        return None
    return kinds[token[:1]], int(token[1:])


def _item(found: QueueItem) -> Item:
    return found.comment or found.proposal


@require_http_methods(FORM_METHODS)
def item(request: HttpRequest, code: str, kind: str, key: int) -> HttpResponse:
    """One contribution: publish it, hide it, show it again, or leave it."""
    region, officer = _enter(request, code)
    found = waiting.item(region, kind, key)
    if found is None:
        raise Http404
    deed = request.POST.get("deed", "")
    hide = HideForm(request.POST if deed == "hide" else None)
    show = ShowForm(request.POST if deed == "show" else None)
    refusal: Refusal | None = None
    bound = hide if deed == "hide" else show if deed == "show" else None
    if request.method == "POST" and (bound is None or bound.is_valid()):
        try:
            words = _done(deed, found, bound.cleaned_data if bound else {}, officer)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, words)
            return redirect("participation-work:moderation", code)
    context = {
        "region": region,
        "trail": [
            (_("Moderation"), reverse("participation-work:moderation", args=[code]))
        ],
        "found": found,
        "history": waiting.history(found),
        "hide": hide,
        "show": show,
        "refusal": refusal,
        "rules": RULES,
    }
    wrong = hide.errors or show.errors
    status = refusal.status if refusal else 422 if wrong else 200
    return render(request, "participation/moderation_item.html", context, status=status)


def _done(deed: str, found: QueueItem, data: dict[str, Any], by: Account) -> str:
    subject, at = _item(found), now()
    if deed == "publish":
        moderating.publish(item=subject, by=by, at=at)
        return _("It is published.")
    if deed == "hide":
        hiding = Hiding(rule=data["rule"], reason=data["reason"])
        moderating.hide(item=subject, by=by, hiding=hiding, at=at)
        return _("It is hidden; its author is told.")
    if deed == "show":
        moderating.show(item=subject, by=by, reason=data["reason"], at=at)
        return _("It is shown again; its author is told.")
    moderating.keep(item=subject, by=by, at=at)
    return _("It stays; the reports are settled.")


@require_safe
def appeals(request: HttpRequest, code: str) -> HttpResponse:
    """Appeals that wait for another moderator."""
    region, officer = _enter(request, code)
    page = paginate(request, waiting.open_appeals(region))
    context = {
        "region": region,
        "may": access.powers_with_parts(officer, at=now(), region=region),
        "heap": "appeals",
        "sizes": waiting.sizes(region),
        "page": page,
        "officer": officer,
    }
    return render(request, "participation/moderation_appeals.html", context)


@require_http_methods(FORM_METHODS)
def appeal(request: HttpRequest, code: str, key: int) -> HttpResponse:
    """Decide an appeal: not who hid it."""
    region, officer = _enter(request, code)
    row = waiting.appeal(region, key)
    if row is None:
        raise Http404
    form = DecideForm(request.POST if request.method == "POST" else None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            decided = Decided(**form.cleaned_data)
            moderating.decide(appeal=row, by=officer, decided=decided, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The appeal is decided; its author is told."))
            return redirect("participation-work:appeals", code)
    if refusal is None and not row.outcome and row.moderation.by_id == officer.pk:
        refusal = moderating.another_must_decide(row.moderation, at=now())
    subject = row.moderation.comment
    kind, ref = ("comment", subject.pk) if subject else ("proposal", 0)
    context = {
        "region": region,
        "trail": [(_("Appeals"), reverse("participation-work:appeals", args=[code]))],
        "row": row,
        "found": waiting.item(region, kind, ref or row.moderation.proposal_id),
        "rule": rule_name(row.moderation.rule),
        "sentence": rule_sentence(row.moderation.rule),
        "form": form,
        "refusal": refusal,
        "mine": row.moderation.by_id == officer.pk,
    }
    posted = request.method == "POST"
    status = refusal.status if posted and refusal else 422 if form.errors else 200
    return render(request, "participation/appeal_decide.html", context, status=status)


# What everybody reads


@require_safe
def record(request: HttpRequest, code: str) -> HttpResponse:
    """Moderation in this region: what was hidden, by which rule, what was appealed."""
    region = get_object_or_404(Region, code=code)
    form = RecordFilter(request.GET)
    form.is_valid()  # what makes no sense is left out
    rule = form.cleaned_data.get("aturan", "")
    page = paginate(request, waiting.hidings(region, rule=rule))
    for row in page.rows:
        row.rule_name = rule_name(row.rule)
    context = {
        "region": region,
        "trail": [(_("Proposals"), reverse("participation:calls", args=[code]))],
        "told": waiting.told(region),
        "form": form,
        "page": page,
        "rules": RULES,
        "filtered": bool(rule),
    }
    return render(request, "participation/moderation_record.html", context)


# One's own


@never_cache
@require_safe
def my_words(request: HttpRequest, code: str) -> HttpResponse:
    """What a person wrote in a region, with its state, and what can be done about it."""
    region, account = _own(request, code)
    page = paginate(request, threads.own(account, region=region.code))
    proposals = Proposal.objects.filter(author=account, region=region)
    mine = list(proposals.select_related("call").order_by("-changed_at")[:100])
    context = {
        "region": region,
        "trail": [(_("Proposals"), reverse("participation:calls", args=[code]))],
        "page": page,
        "comments": waiting.own_comments(region, page.rows),
        "proposals": waiting.own_proposals(region, mine),
    }
    return render(request, "participation/comments_mine.html", context)


def _own(request: HttpRequest, code: str) -> tuple[Region, Account]:
    region = get_object_or_404(Region, code=code)
    account = acts.require(request.user, OWN, at=now(), region=region)
    assert account is not None  # noqa: S101 - the act needs a code
    return region, account


@never_cache
@require_http_methods(FORM_METHODS)
def make_appeal(request: HttpRequest, code: str, key: int) -> HttpResponse:
    """Ask that another moderator looks at a hiding again."""
    region, account = _own(request, code)
    rows = Moderation.objects.select_related("proposal", "comment")
    deed = get_object_or_404(rows, pk=key, region=region, deed="hide")
    author = deed.comment.author_id if deed.comment else deed.proposal.author_id
    if author != account.pk:
        raise Http404
    form = AppealForm(request.POST if request.method == "POST" else None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            moderating.appeal(
                deed=deed, by=account, text=form.cleaned_data["text"], at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(
                request, _("Your appeal waits for another moderator. You are told.")
            )
            return redirect("participation:my-words", code)
    context = {
        "region": region,
        "trail": [(_("What I wrote"), reverse("participation:my-words", args=[code]))],
        "deed": deed,
        "rule": rule_name(deed.rule),
        "sentence": rule_sentence(deed.rule),
        "before": Appeal.objects.filter(moderation=deed).first(),
        "form": form,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "participation/appeal.html", context, status=status)
