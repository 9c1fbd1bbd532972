"""Accept an invitation; the door itself is in `entrance`."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from habaring.people import actions, second_step
from habaring.people.forms import Welcome
from habaring.people.models import Account
from habaring.shared import limits
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal

_TRIES = 10
_WINDOW = timedelta(hours=1)


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation; the first link of a platform comes here too."""
    invitation = actions.usable_invitation(token=token, at=now())
    known = Account.objects.filter(email=invitation.email, is_active=True).first()
    if known and not known.has_usable_password():
        known = None  # came by code or directory: chooses a password now
    form = Welcome(
        request.POST or None,
        invited_email=invitation.email,
        known_name=known.full_name if known else "",
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        limits.spend("invitation", token, most=_TRIES, per=_WINDOW, at=now())
        new = actions.NewAccount(**form.cleaned_data, language=get_language() or "id")
        try:
            account = actions.accept_invitation(token=token, new=new, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            return second_step.let_in(request, account, by="password")
    return render(
        request,
        "people/welcome.html",
        {"form": form, "invitation": invitation, "known": known, "refusal": refusal},
        status=422 if refusal or form.errors else 200,
    )
