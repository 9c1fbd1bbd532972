"""A proposal as everybody meets it: its page, following, supporting, co-authors."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.participation import acting, discussion, maps, queries, telling
from habaring.participation.actions import following
from habaring.participation.actions import proposing as verbs
from habaring.participation.forms.proposing import AcceptForm, InviteForm, ReasonForm
from habaring.participation.models import OPEN_TO_ALL, Proposal, ProposalState
from habaring.participation.views.rooms import region_of
from habaring.people.codes.reach import read_reach
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import limits, walls
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal
from habaring.shared.uploads import response

_SALT = "habaring.participation.coauthor"
INVITED = timedelta(days=14)
"""How long a link to become co-author works."""


def _reader(request: HttpRequest) -> Account | None:
    """Who is signed in, with their own rows opened: a waiting one is its author's."""
    if not isinstance(request.user, Account) or not request.user.is_active:
        return None
    walls.open_person(request.user.pk)
    return request.user


def _found(region: Region, number: int) -> Proposal:
    """A row that the walls let through: public, or one's own."""
    rows = Proposal.objects.select_related("call__place", "place", "department")
    return get_object_or_404(
        rows.select_related("region", "merged_into", "entered_by", "call", "place"),
        region=region,
        number=number,
    )


def _seen(row: Proposal, reader: Account | None) -> bool:
    everybody = row.state in OPEN_TO_ALL or row.state == ProposalState.HIDDEN
    return everybody or (reader is not None and row.author_id == reader.pk)


def _open(region: Region, number: int, person: Account) -> Proposal:
    """A proposal that this person may read; others are not found."""
    row = _found(region, number)
    if not _seen(row, person):
        raise Http404
    return row


@require_safe
def proposal(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The whole thread of one proposal."""
    region, reader = region_of(code), _reader(request)
    row = _found(region, number)
    if not _seen(row, reader):
        raise Http404
    if row.state == ProposalState.DRAFT:
        return redirect("participation:draft", code, number, "ide")
    page = queries.page(row, reader)
    context = {
        "region": region,
        "page": page,
        "proposal": row,
        "call": row.call,
        "talk": discussion.glance(row),
        "point": maps.point_of(row),
        "join": join_path(row) if page.own.invited else "",
        "changeable": page.own.author and verbs.changeable(row, at=now()),
        "address": (settings.SITE_ADDRESS or request.build_absolute_uri("/")[:-1])
        + telling.page_of(row),
    }
    return render(request, "participation/proposal.html", context)


@require_safe
def photo(request: HttpRequest, code: str, number: int, photo: int) -> HttpResponseBase:
    """A picture of a proposal that the reader may see."""
    region, reader = region_of(code), _reader(request)
    row = _found(region, number)
    if not _seen(row, reader) or row.state == ProposalState.HIDDEN:
        raise Http404
    for one in queries.photos(row):
        if one.pk == photo:
            return response(one.path, name=one.name, media_type=one.media_type)
    raise Http404


@never_cache
@require_http_methods(FORM_METHODS)
def follow(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Be told of each step, or no more."""
    region = region_of(code)
    person = acting.known(request.user, acting.FOLLOW, at=now(), region=region)
    row = _open(region, number, person)
    if request.method == "POST":
        if request.POST.get("deed") == "stop":
            following.stop_hearing(proposal=row, by=person, at=now())
            messages.success(request, _("You are told no more of this proposal."))
        else:
            following.follow(proposal=row, by=person, at=now())
            messages.success(request, _("From now on you are told of each step."))
        return redirect("participation:proposal", code, number)
    context = {"region": region, "proposal": row, "own": queries.own(row, person)}
    return render(request, "participation/proposal_follow.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def support(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Stand behind a proposal, or no more."""
    region = region_of(code)
    person = acting.known(request.user, acting.SUPPORT, at=now(), region=region)
    row = _open(region, number, person)
    if request.method == "POST":
        if request.POST.get("deed") == "stop":
            following.stop_support(proposal=row, by=person, at=now())
            messages.success(request, _("Your support is taken back."))
        else:
            following.support(proposal=row, by=person, at=now())
            messages.success(request, _("Your support counts. You hear of each step."))
        return redirect("participation:proposal", code, number)
    context = {"region": region, "proposal": row, "own": queries.own(row, person)}
    return render(request, "participation/proposal_support.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def stop(request: HttpRequest, code: str, number: int, token: str) -> HttpResponse:
    """The link of a letter: one button ends the letters, without signing in."""
    region = region_of(code)
    account, row = telling.read_stop_token(token, region=region)
    if row.number != number:
        raise Http404
    done = request.method == "POST"
    if done:
        following.stop_hearing(proposal=row, by=account, at=now())
    context = {"region": region, "proposal": row, "done": done}
    return render(request, "participation/proposal_stop.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take one's own proposal back."""
    region = region_of(code)
    person = acting.known(request.user, acting.PROPOSE, at=now(), region=region)
    row = _own(region, number, person)
    form = ReasonForm(posted(request))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            verbs.withdraw(
                proposal=row, reason=form.cleaned_data["reason"], by=person, at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The proposal is withdrawn."))
            return redirect("participation:proposal", code, number)
    context = {"region": region, "proposal": row, "form": form, "refusal": refusal}
    return render(
        request,
        "participation/proposal_withdraw.html",
        context,
        status=422 if refusal else 200,
    )


def _own(region: Region, number: int, person: Account) -> Proposal:
    rows = Proposal.objects.select_related("call", "region")
    return get_object_or_404(
        rows.exclude(state=ProposalState.DRAFT),
        region=region,
        number=number,
        author=person,
    )


# Co-authors


def join_path(row: Proposal) -> str:
    """Signed, so that it works for whoever the author gives it to."""
    token = signing.dumps([row.pk, row.number], salt=_SALT, compress=True)
    return reverse("participation:join", args=[row.region_id, row.number, token])


def _join_address(row: Proposal) -> str:
    return settings.SITE_ADDRESS + join_path(row)


@never_cache
@require_http_methods(FORM_METHODS)
def coauthors(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Ask others to stand beside the author: by address, or by a link to share."""
    region, at = region_of(code), now()
    person = acting.known(request.user, acting.PROPOSE, at=at, region=region)
    row = _own(region, number, person)
    form = InviteForm(posted(request))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _invite(row, form.cleaned_data["reach"], person)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(
                request,
                _("If somebody here has this number or address, we wrote to them."),
            )
            return redirect("participation:coauthors", code, number)
    context = {
        "region": region,
        "proposal": row,
        "form": form,
        "refusal": refusal,
        "authors": queries.authors(row),
        "link": _join_address(row),
        "days": INVITED.days,
    }
    return render(
        request,
        "participation/proposal_coauthors.html",
        context,
        status=422 if refusal else 200,
    )


def _invite(row: Proposal, typed: str, person: Account) -> None:
    """Write to an account of that address; nobody learns whether there is one."""
    at = now()
    reach = read_reach(typed)
    limits.spend(
        "participation.invite", str(person.pk), most=10, per=timedelta(days=1), at=at
    )
    account = reach.account()
    if account is None or not account.is_active or account.pk == person.pk:
        return
    verbs.invite(proposal=row, account=account, by=person, at=at)
    telling.ask_beside(account, row, _join_address(row), at=at)


@never_cache
@require_http_methods(FORM_METHODS)
def join(request: HttpRequest, code: str, number: int, token: str) -> HttpResponse:
    """Accept, or refuse, to stand beside the author."""
    region = region_of(code)
    person = acting.known(request.user, acting.PROPOSE, at=now(), region=region)
    row = _joined_by(region, number, token)
    form = AcceptForm(posted(request), name=person.full_name)
    refusal: Refusal | None = None
    if request.method == "POST" and request.POST.get("deed") == "leave":
        verbs.leave(proposal=row, by=person, at=now())
        messages.success(request, _("You are not one of its authors."))
        return redirect("participation:calls", code)
    if request.method == "POST" and form.is_valid():
        name = person.full_name if form.cleaned_data["shown"] == "name" else ""
        try:
            verbs.accept(proposal=row, name=name, by=person, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("You are one of its authors now."))
            return redirect("participation:proposal", code, number)
    context = {
        "region": region,
        "proposal": row,
        "form": form,
        "refusal": refusal,
        "authors": queries.authors(row),
    }
    return render(
        request,
        "participation/proposal_join.html",
        context,
        status=422 if refusal else 200,
    )


def _joined_by(region: Region, number: int, token: str) -> Proposal:
    try:
        key, told = signing.loads(token, salt=_SALT, max_age=INVITED)
    except signing.BadSignature as error:
        raise telling.LinkUnreadable(
            what=_("This link cannot be read."),
            why=_(
                "It was cut in two by a mail program, or it is older than two weeks."
            ),
            next=_("Ask the author for a new one."),
        ) from error
    if told != number:
        raise Http404
    with walls.also(region.pk):  # one that waits is shown to whoever was asked
        return get_object_or_404(
            Proposal.objects.select_related("call", "region"), pk=key, region=region
        )


@require_POST
def leave(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Be one of its authors no more."""
    region = region_of(code)
    person = acting.known(request.user, acting.PROPOSE, at=now(), region=region)
    row = _open(region, number, person)
    if verbs.leave(proposal=row, by=person, at=now()):
        messages.success(request, _("You are no longer one of its authors."))
    return redirect("participation:proposal", code, number)
