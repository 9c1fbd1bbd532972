"""Proposing, one thing a page: works on a small phone, without scripts, in pieces."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.participation import acting, moderation, queries
from habaring.participation.actions import proposing as verbs
from habaring.participation.forms.proposing import (
    EffectForm,
    IdeaForm,
    NameForm,
    PhotosForm,
    PlaceForm,
)
from habaring.participation.models import Call, Proposal, ProposalState
from habaring.participation.similar import similar
from habaring.participation.views.proposals import join_path
from habaring.participation.views.rooms import region_of
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.bare_pictures import accept_bare
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal, Words

PAGES: Mapping[str, Words] = {
    "ide": gettext_lazy("Your idea"),
    "tempat": gettext_lazy("The place"),
    "manfaat": gettext_lazy("Who gains"),
    "foto": gettext_lazy("Pictures"),
    "serupa": gettext_lazy("Similar ones"),
    "kirim": gettext_lazy("Check and send"),
}
"""The pages by the words of their addresses, in their order."""
_OF_SENT = ("ide", "tempat", "manfaat", "foto")


@dataclass(frozen=True)
class Desk:
    """A draft (or a young proposal) on one of its pages, with whose it is."""

    region: Region
    person: Account
    row: Proposal
    page: str

    @property
    def draft(self) -> bool:
        return self.row.state == ProposalState.DRAFT

    def after(self) -> HttpResponse:
        """Where one goes on: the next page, or back to a proposal that was sent."""
        if not self.draft:
            return redirect("participation:proposal", self.region.pk, self.row.number)
        names = list(PAGES)
        following = names[min(names.index(self.page) + 1, len(names) - 1)]
        return redirect(
            "participation:draft", self.region.pk, self.row.number, following
        )

    def steps(self) -> list[dict[str, Any]]:
        """Where one is, for `components/steps.html`."""
        here = list(PAGES).index(self.page)
        return [
            {
                "label": label,
                "state": "done" if i < here else "now" if i == here else "next",
                "url": self.address(name) if i < here else "",
            }
            for i, (name, label) in enumerate(PAGES.items())
        ]

    def address(self, page: str) -> str:
        return reverse(
            "participation:draft", args=[self.region.pk, self.row.number, page]
        )

    @property
    def back(self) -> str:
        """The page before this one; of a sent proposal, its own."""
        if not self.draft:
            return reverse(
                "participation:proposal", args=[self.region.pk, self.row.number]
            )
        names = list(PAGES)
        here = names.index(self.page)
        return self.address(names[here - 1]) if here else ""


@never_cache
@require_http_methods(FORM_METHODS)
def propose(request: HttpRequest, code: str, call: int) -> HttpResponse:
    """Who you are; then a draft is begun."""
    region, at = region_of(code), now()
    rows = Call.objects.public().select_related("region", "place")
    row = get_object_or_404(rows, pk=call, region=region)
    verbs.refuse_closed(row, at=at)
    person = acting.require_proposer(request.user, row, at=at)
    form = NameForm(posted(request), call=row, name=person.full_name)
    if request.method == "POST" and form.is_valid():
        draft = verbs.begin(call=row, name=form.as_name(), by=person, at=at)
        return redirect("participation:draft", code, draft.number, "ide")
    drafts = Proposal.objects.filter(
        call=row, author=person, state=ProposalState.DRAFT
    ).exclude(title="")
    context = {
        "region": region,
        "call": row,
        "form": form,
        "drafts": drafts,
        "first": next(iter(PAGES)),
    }
    status = 422 if form.errors else 200
    return render(request, "participation/propose_start.html", context, status=status)


@never_cache
@require_safe
def mine(request: HttpRequest, code: str) -> HttpResponse:
    """What one has begun, sent, and follows in a region."""
    region = region_of(code)
    person = acting.known(request.user, acting.PROPOSE, at=now(), region=region)
    own = queries.mine(region, person)
    context = {
        "region": region,
        "mine": own,
        "invitations": [(row, join_path(row)) for row in own.invited],
    }
    return render(request, "participation/propose_mine.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def draft(request: HttpRequest, code: str, number: int, page: str) -> HttpResponse:
    """One page of a draft, or of a proposal that is still young."""
    desk = _desk(request, code, number, page)
    if not desk.draft:
        if page not in _OF_SENT:
            return redirect("participation:proposal", code, number)
        verbs.refuse_old(desk.row, at=now())
    return _VIEWS[page](request, desk)


def _desk(request: HttpRequest, code: str, number: int, page: str) -> Desk:
    if page not in PAGES:
        raise Http404
    region = region_of(code)
    person = acting.known(request.user, acting.PROPOSE, at=now(), region=region)
    rows = Proposal.objects.select_related("call__place", "place", "region")
    row = get_object_or_404(rows, region=region, number=number, author=person)
    return Desk(region, person, row, page)


def _shown(
    request: HttpRequest,
    desk: Desk,
    template: str,
    *,
    refusal: Refusal | None = None,
    **context: Any,
) -> HttpResponse:
    form = context.get("form")
    wrong = refusal or (form is not None and form.is_bound and form.errors)
    return render(
        request,
        f"participation/propose_{template}.html",
        {
            "region": desk.region,
            "proposal": desk.row,
            "call": desk.row.call,
            "desk": desk,
            "steps": desk.steps() if desk.draft else [],
            "title": PAGES[desk.page],
            "refusal": refusal,
            **context,
        },
        status=422 if wrong else 200,
    )


def _fill(
    request: HttpRequest, desk: Desk, form: Any, write: Callable[[], object]
) -> HttpResponse:
    """Show a form, or keep what it says and go on."""
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            write()
        except Refusal as refused:
            refusal = refused
        else:
            return _onward(request, desk)
    return _shown(request, desk, "page", form=form, refusal=refusal)


def _onward(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.POST.get("lanjut") == "nanti":
        messages.success(request, _("Your draft is kept. Go on whenever you like."))
        return redirect("participation:mine", desk.region.pk)
    return desk.after()


def _idea(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = IdeaForm(posted(request), row=desk.row)
    at = now()

    def write() -> None:
        verbs.write_idea(proposal=desk.row, idea=form.so_far(), by=desk.person, at=at)

    if request.method == "POST" and desk.draft and not form.is_valid():
        write()  # what is there is kept, though something is missing
        if request.POST.get("lanjut") == "nanti":
            return _onward(request, desk)
    return _fill(request, desk, form, write)


def _place(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = PlaceForm(posted(request), row=desk.row)

    def write() -> None:
        verbs.write_place(
            proposal=desk.row, place=form.as_place(), by=desk.person, at=now()
        )

    return _fill(request, desk, form, write)


def _effect(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = EffectForm(posted(request), row=desk.row)

    def write() -> None:
        verbs.write_effect(
            proposal=desk.row, effect=form.as_effect(), by=desk.person, at=now()
        )

    return _fill(request, desk, form, write)


def _photos(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = PhotosForm(posted(request), request.FILES or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _keep(request, desk, form)
        except Refusal as refused:
            refusal = refused
        else:
            if form.cleaned_data["pictures"] or "buang" in request.POST:
                return redirect(desk.address("foto"))
            return _onward(request, desk)
    return _shown(
        request,
        desk,
        "photos",
        form=form,
        refusal=refusal,
        photos=queries.photos(desk.row),
    )


def _keep(request: HttpRequest, desk: Desk, form: PhotosForm) -> None:
    gone = request.POST.get("buang", "")
    if gone.isdecimal():
        verbs.drop_photo(proposal=desk.row, photo=int(gone), by=desk.person, at=now())
        return
    pictures = [accept_bare(one) for one in form.cleaned_data["pictures"]]
    for picture in pictures:
        verbs.add_photo(
            proposal=desk.row,
            picture=picture,
            caption=form.cleaned_data["caption"],
            by=desk.person,
            at=now(),
        )


def _similar(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.method == "POST":
        return _onward(request, desk)
    row = desk.row
    found = similar(
        region=desk.region,
        title=row.title,
        text=f"{row.problem} {row.idea}",
        but=row.pk,
    )
    if not found:
        messages.info(request, _("Nobody has proposed anything like it yet."))
        return desk.after()
    counts = queries.supporters([one.proposal for one in found])
    rows = [(one, counts.get(one.proposal.pk, 0)) for one in found]
    return _shown(request, desk, "similar", found=rows)


def _send(request: HttpRequest, desk: Desk) -> HttpResponse:
    refusal: Refusal | None = None
    if request.method == "POST":
        if request.POST.get("lanjut") == "nanti":
            return _onward(request, desk)
        try:
            row = verbs.send(proposal=desk.row, by=desk.person, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            return _sent(request, row)
    return _shown(
        request,
        desk,
        "review",
        refusal=refusal,
        author=queries.shown_name(desk.row.author_name),
        photos=queries.photos(desk.row),
        missing=_missing(desk),
        held=moderation.hold(desk.person, desk.row.idea, now()),
        dimension=queries.dimension_name(desk.row),
    )


def _sent(request: HttpRequest, row: Proposal) -> HttpResponse:
    if row.state == ProposalState.HELD:
        messages.success(
            request,
            _("Your proposal %(code)s is sent. You are told when it is published.")
            % {"code": row.code},
        )
    else:
        messages.success(
            request,
            _("Your proposal %(code)s is sent and public.") % {"code": row.code},
        )
    return redirect("participation:proposal", row.region_id, row.number)


def _missing(desk: Desk) -> Sequence[tuple[Words, str]]:
    row, wanted = desk.row, []
    if not row.title:
        wanted.append((_("a title"), desk.address("ide")))
    if not row.problem:
        wanted.append((_("what the problem is"), desk.address("ide")))
    if not row.idea:
        wanted.append((_("what should be done"), desk.address("ide")))
    return wanted


_VIEWS: Mapping[str, Callable[[HttpRequest, Desk], HttpResponse]] = {
    "ide": _idea,
    "tempat": _place,
    "manfaat": _effect,
    "foto": _photos,
    "serupa": _similar,
    "kirim": _send,
}


@require_POST
def drop_draft(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Throw a draft away."""
    desk = _desk(request, code, number, "ide")
    verbs.drop_draft(proposal=desk.row, by=desk.person, at=now())
    messages.success(request, _("The draft is gone."))
    return redirect("participation:mine", code)
