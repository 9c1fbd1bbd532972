"""Sign in and out, accept an invitation, see and change who holds which role."""

from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from habaring.people import access, actions
from habaring.people.access import Power
from habaring.people.forms import Invite, SignIn, Welcome
from habaring.people.models import Account, Invitation, Membership
from habaring.regions.models import Region
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class SignInView(LoginView):
    """Mail address and password; then on to where the person wanted to go."""

    template_name = "people/sign_in.html"
    authentication_form = SignIn
    redirect_authenticated_user = True


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and go home."""
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("web:home")


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation; the first link of a platform comes here too."""
    invitation = actions.usable_invitation(token=token, at=now())
    known = Account.objects.filter(email=invitation.email, is_active=True).first()
    form = Welcome(
        request.POST or None,
        invited_email=invitation.email,
        known_name=known.full_name if known else "",
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        new = actions.NewAccount(**form.cleaned_data, language=get_language() or "id")
        try:
            account = actions.accept_invitation(token=token, new=new, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            login(request, account, backend=_BACKEND)
            return redirect("web:work-room")
    return render(
        request,
        "people/welcome.html",
        {"form": form, "invitation": invitation, "known": known, "refusal": refusal},
        status=422 if refusal or form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, code: str) -> HttpResponse:
    """Who holds which role in a region; invite someone."""
    region = get_object_or_404(Region, code=code)
    at = now()
    officer = access.require(request.user, Power.MANAGE_PEOPLE, at=at, region=region)
    form = Invite(request.POST or None, region=region)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        actions.invite(
            email=data["email"],
            role=data["role"],
            place=actions.Place(region=region, department=data["department"]),
            by=officer,
            at=at,
            address=request.build_absolute_uri(reverse("people:welcome", args=["-"]))[
                :-2
            ],
        )
        messages.success(
            request, _("The invitation to %(email)s is on its way.") % data
        )
        return redirect("people-work:people", code=code)
    held = (
        Membership.objects.in_force(at)
        .filter(region=region)
        .select_related("account", "role", "department")
        .order_by("account__full_name")
    )
    waiting = (
        Invitation.objects.open_at(at)
        .filter(region=region)
        .select_related("role", "department")
    )
    return render(
        request,
        "people/people.html",
        {
            "region": region,
            "form": form,
            "memberships": paginate(request, held),
            "waiting": waiting,
        },
        status=422 if form.errors else 200,
    )


@require_POST
def revoke(request: HttpRequest, code: str, membership: int) -> HttpResponse:
    """End one role of one person in this region."""
    region = get_object_or_404(Region, code=code)
    at = now()
    officer = access.require(request.user, Power.MANAGE_PEOPLE, at=at, region=region)
    row = get_object_or_404(Membership, pk=membership, region=region, until=None)
    actions.revoke(
        membership=row, by=officer, at=at, reason=request.POST.get("reason", "")
    )
    messages.success(request, _("The role has ended."))
    return redirect("people-work:people", code=code)


@require_POST
def withdraw(request: HttpRequest, code: str, invitation: int) -> HttpResponse:
    """Take back an invitation that nobody has accepted yet."""
    region = get_object_or_404(Region, code=code)
    at = now()
    officer = access.require(request.user, Power.MANAGE_PEOPLE, at=at, region=region)
    rows = Invitation.objects.open_at(at).filter(region=region)
    row = get_object_or_404(rows, pk=invitation)
    actions.withdraw_invitation(invitation=row, by=officer, at=at)
    messages.success(request, _("The invitation is taken back."))
    return redirect("people-work:people", code=code)
