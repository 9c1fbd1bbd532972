"""Who holds which role: list, invite, give, change, end; with a look beforehand."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.people import actions, joined
from habaring.people.access import Power
from habaring.people.lockout import is_locked
from habaring.people.models import Account, Invitation, Membership, Role
from habaring.people.powers import sentence
from habaring.people.register import listing, spreadsheet
from habaring.people.register.desk import Desk, enter, enter_region
from habaring.people.register.forms import (
    EndDay,
    GiveRole,
    Invite,
    PeopleFilter,
    Reason,
    Spreadsheet,
    after,
)
from habaring.people.register.preview import preview
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.uploads import TABLES, accept

STEP = "langkah"  # what a form's button asks: look (the default), change, send
FROM_ADDRESS = {"peran": "role", "opd": "department", "badan": "body", "di": "place"}


def _context(desk: Desk, here: str, **more: Any) -> dict[str, Any]:
    return {"desk": desk, "region": desk.region, "here": here, **more}


@require_safe
def people(request: HttpRequest, code: str | None = None) -> HttpResponse:
    """Who holds which role, and who is invited."""
    desk = enter(request.user, code, at=now())
    bodies = desk.bodies
    form = PeopleFilter(request.GET or None, region=desk.region, bodies=bodies)
    rows = _listed(desk, form)
    page = paginate(request, rows)
    lines = listing.lines(page.rows, page_of=desk.region, bodies=bodies, at=desk.at)
    waiting = listing.waiting_for(desk.region)
    context = _context(
        desk,
        "people",
        form=form,
        page=page,
        lines=lines,
        filtered=bool(request.GET),
        clear=desk.url("people") if request.GET else "",
        query=request.GET.urlencode(),
        waiting=[
            (
                one,
                listing.where(one, page_of=desk.region, bodies=bodies),
                one.expires_at <= desk.at,
            )
            for one in waiting
        ],
    )
    return render(request, "people/people.html", context)


def _listed(desk: Desk, form: PeopleFilter) -> Any:
    rows = listing.people_of(desk.region)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    return listing.narrowed(rows, asked, at=desk.at)


@require_safe
def export(
    request: HttpRequest, code: str | None = None, form: str = ""
) -> HttpResponseBase:
    """The list, as it is filtered, as a spreadsheet that can come back."""
    desk = enter(request.user, code, at=now())
    if form not in ("csv", "xlsx"):
        raise Http404
    bodies = desk.bodies
    asked = PeopleFilter(request.GET or None, region=desk.region, bodies=bodies)
    lines = listing.lines(
        _listed(desk, asked), page_of=desk.region, bodies=bodies, at=desk.at
    )
    return spreadsheet.sent(lines, region=desk.region, bodies=bodies, form=form)


@require_safe
def roles(request: HttpRequest, code: str | None = None) -> HttpResponse:
    """Every role: what its people come to do, what it opens, who gives it."""
    desk = enter(request.user, code, at=now())
    given = {role.code for role in desk.roles}
    context = _context(
        desk,
        "roles",
        roles=[
            (
                role,
                [sentence(power) for power in Power if power in role.powers],
                role.code in given,
            )
            for role in Role.objects.all()
        ],
    )
    return render(request, "people/roles.html", context)


# Inviting and giving: a form, a look at what the person will see, and then the deed


@require_http_methods(FORM_METHODS)
def invite(request: HttpRequest, code: str | None = None) -> HttpResponse:
    """Invite somebody: fill in, look, send."""
    desk = enter(request.user, code, at=now())
    form = Invite(request.POST or None, initial=_initial(request), **_offered(desk))

    def send() -> HttpResponse:
        email = form.cleaned_data["email"]
        actions.invite(
            email=email,
            offer=form.offer(),
            by=desk.by,
            at=desk.at,
            address=_address(request),
        )
        messages.success(
            request, _("The invitation to %(email)s is on its way.") % {"email": email}
        )
        return redirect(desk.url("people"))

    return _in_steps(request, desk, form, send, {"account": None})


@require_http_methods(FORM_METHODS)
def give(request: HttpRequest, account: int, code: str | None = None) -> HttpResponse:
    """Give a further role to somebody who is known here: fill in, look, give."""
    desk = enter(request.user, code, at=now())
    person = _known(desk, account)
    form = GiveRole(request.POST or None, initial=_initial(request), **_offered(desk))

    def send() -> HttpResponse:
        for place in actions.places(form.offer()):
            actions.grant(
                account=person,
                role=form.offer().role,
                place=place,
                term=form.offer().term,
                by=desk.by,
                at=desk.at,
            )
        messages.success(request, _("The role is given."))
        return redirect(desk.url("person", person.pk))

    return _in_steps(request, desk, form, send, {"account": person})


def _offered(desk: Desk) -> dict[str, Any]:
    return {"region": desk.region, "roles": desk.roles, "bodies": desk.bodies}


def _initial(request: HttpRequest) -> dict[str, str]:
    """What a link already chose: the role to give again, say."""
    return {
        field: request.GET[name]
        for name, field in FROM_ADDRESS.items()
        if name in request.GET
    }


def _in_steps(
    request: HttpRequest, desk: Desk, form: GiveRole, send: Any, more: dict[str, Any]
) -> HttpResponse:
    """The form; the look; the deed. Whoever gives sees first what is given."""
    step = request.POST.get(STEP, "lihat")
    refusal: Refusal | None = None
    context = _context(desk, "invite", form=form, roles=desk.roles, **more)
    if request.method == "POST" and form.is_valid() and step != "ubah":
        try:
            actions.check_offer(offer=form.offer(), by=desk.by, at=desk.at)
            if step == "kirim":
                return send()  # type: ignore[no-any-return]
            return _look(request, context, form)
        except Refusal as refused:
            refusal = refused
    context["refusal"] = refusal
    status = 422 if refusal or (form.errors and step != "ubah") else 200
    return render(request, "people/give.html", context, status=status)


def _look(
    request: HttpRequest, context: dict[str, Any], form: GiveRole
) -> HttpResponse:
    offer = form.offer()
    context |= {
        "offer": offer,
        "email": form.cleaned_data.get("email"),
        "offered_in": actions.places(offer),
        "last_day": listing.last_day(offer.term.until),
        "view": preview(offer.role, offer.place),
        "body": context["desk"].bodies.get(offer.place.body),
        "hidden": [
            (name, value)
            for name, value in request.POST.items()
            if name in form.fields and value
        ],
    }
    return render(request, "people/look.html", context)


def _address(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("people:welcome", args=["-"]))[:-2]


# One person


def _known(desk: Desk, account: int) -> Account:
    person = get_object_or_404(Account, pk=account)
    if not listing.known_here(person, desk.region):
        raise Http404
    return person


@require_safe
def person(request: HttpRequest, account: int, code: str | None = None) -> HttpResponse:
    """All roles of a person here, now and before; who gave them, when and why."""
    desk = enter(request.user, code, at=now())
    return _person(request, desk, _known(desk, account))


def _person(
    request: HttpRequest,
    desk: Desk,
    account: Account,
    *,
    bound: dict[str, Any] | None = None,
) -> HttpResponse:
    """`bound`: the form that was refused, by its kind, and the row that it was for."""
    refused = bound or {}
    rows = listing.people_of(desk.region).filter(account=account)
    if desk.region is None:
        rows = Membership.objects.filter(account=account).select_related(
            "account", "role", "region", "department", "granted_by", "ended_by"
        )
    lines = listing.lines(
        rows.order_by("-since"), page_of=desk.region, bodies=desk.bodies, at=desk.at
    )
    held = [
        (
            line,
            _own(refused, "end", line)
            or EndDay(initial={"until": line.last_on}, prefix=f"e{line.row.pk}"),
            _own(refused, "reason", line) or Reason(prefix=f"r{line.row.pk}"),
        )
        for line in lines
        if line.state != "over"
    ]
    context = _context(
        desk,
        "people",
        account=account,
        held=held,
        over=[line for line in lines if line.state == "over"],
        parts=joined.parts_of(account, desk.region, at=desk.at),
        locked=is_locked(account.email or "", at=desk.at),
        helped=any(
            line.row.in_force_at(desk.at) and line.row.region == desk.region
            for line in lines
            if desk.region
        ),
        open_row=refused.get("row"),
        form=refused.get("end") or refused.get("reason"),
        refusal=refused.get("refusal"),
    )
    status = 422 if refused else 200
    return render(request, "people/person.html", context, status=status)


def _own(refused: dict[str, Any], kind: str, line: listing.Line) -> Any:
    return refused.get(kind) if refused.get("row") == line.row.pk else None


def _row(desk: Desk, membership: int) -> Membership:
    rows = Membership.objects.kept_by(desk.region).not_over(desk.at)
    return get_object_or_404(
        rows.select_related("account", "role", "region", "department"), pk=membership
    )


@require_POST
def revoke(
    request: HttpRequest, membership: int, code: str | None = None
) -> HttpResponse:
    """End one role of one person, with the reason."""
    desk = enter(request.user, code, at=now())
    row = _row(desk, membership)
    form = Reason(request.POST, prefix=f"r{row.pk}")
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            actions.revoke(
                membership=row,
                by=desk.by,
                at=desk.at,
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The role has ended. It can be given again."))
            return _after_end(desk, row)
    bound = {"row": row.pk, "reason": form, "refusal": refusal}
    return _person(request, desk, row.account, bound=bound)


def _after_end(desk: Desk, row: Membership) -> HttpResponse:
    """Whoever ended the own right to be here goes where there is still a page."""
    if row.account_id == desk.by.pk:
        return redirect("web:work-room")
    return redirect(desk.url("person", row.account_id))


@require_POST
def change_end(
    request: HttpRequest, membership: int, code: str | None = None
) -> HttpResponse:
    """Move the last day of a role, or leave it open."""
    desk = enter(request.user, code, at=now())
    row = _row(desk, membership)
    form = EndDay(request.POST, prefix=f"e{row.pk}")
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            actions.change_end(
                membership=row,
                until=after(form.cleaned_data["until"]),
                by=desk.by,
                at=desk.at,
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The last day is changed."))
            return redirect(desk.url("person", row.account_id))
    row.refresh_from_db(fields=["until"])
    bound = {"row": row.pk, "end": form, "refusal": refusal}
    return _person(request, desk, row.account, bound=bound)


# Invitations that wait


def _invitation(desk: Desk, invitation: int) -> Invitation:
    rows = Invitation.objects.waiting().kept_by(desk.region)
    return get_object_or_404(
        rows.select_related("role", "region", "department"), pk=invitation
    )


@require_POST
def withdraw(
    request: HttpRequest, invitation: int, code: str | None = None
) -> HttpResponse:
    """Take back an invitation that nobody has accepted yet."""
    desk = enter(request.user, code, at=now())
    row = _invitation(desk, invitation)
    actions.withdraw_invitation(invitation=row, by=desk.by, at=desk.at)
    messages.success(request, _("The invitation is taken back."))
    return redirect(desk.url("people"))


@require_POST
def send_again(
    request: HttpRequest, invitation: int, code: str | None = None
) -> HttpResponse:
    """Send a new link; the old one stops working."""
    desk = enter(request.user, code, at=now())
    row = _invitation(desk, invitation)
    actions.send_again(
        invitation=row, by=desk.by, at=desk.at, address=_address(request)
    )
    messages.success(
        request, _("A new link is on its way to %(email)s.") % {"email": row.email}
    )
    return redirect(desk.url("people"))


# Many at once


@require_safe
def blank(request: HttpRequest, code: str) -> HttpResponse:
    """The workbook to fill in with people."""
    desk, region = enter_region(request.user, code, at=now())
    return spreadsheet.blank(region, desk.bodies)


@require_http_methods(FORM_METHODS)
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Read a list of people; whoever would be invited is shown before a letter goes."""
    desk, region = enter_region(request.user, code, at=now())
    form = Spreadsheet(request.POST or None, request.FILES or None)
    context = _context(desk, "upload", form=form, refusal=None)
    if request.method == "POST" and form.is_valid():
        try:
            accepted = accept(form.cleaned_data["file"], TABLES)
            found = spreadsheet.reading(
                accepted.file,
                region=region,
                bodies=desk.bodies,
                by=desk.by,
                at=desk.at,
            )
        except Refusal as refused:
            context["refusal"] = refused
        else:
            context |= {
                "found": found,
                "offers": [
                    (email, offer, listing.last_day(offer.term.until))
                    for email, offer in found.offers
                ],
                "list": spreadsheet.sealed(found.offers, by=desk.by, region=region),
            }
            return render(request, "people/upload_look.html", context)
    status = 422 if context["refusal"] or form.errors else 200
    return render(request, "people/upload.html", context, status=status)


@require_POST
def send_list(request: HttpRequest, code: str) -> HttpResponse:
    """Send the invitations of a list that was looked at."""
    desk, region = enter_region(request.user, code, at=now())
    offers = spreadsheet.unsealed(
        request.POST.get("daftar", ""), by=desk.by, region=region
    )
    sent = actions.invite_many(
        offers=offers, by=desk.by, at=desk.at, address=_address(request)
    )
    messages.success(
        request,
        ngettext(
            "One invitation is on its way.",
            "%(count)d invitations are on their way.",
            sent,
        )
        % {"count": sent},
    )
    return redirect(desk.url("people"))
