"""Follow a region, see what one follows, stop without signing in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.people import acts
from habaring.people.access import SignInNeeded
from habaring.people.acts import Act, Need
from habaring.people.follows import actions
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.pages import render

FOLLOW = acts.register(
    Act(
        "people.follow",
        gettext_lazy("Follow a region"),
        Need.CODE,
        reason=gettext_lazy(
            "So that we know where to write to you, and to nobody else."
        ),
    )
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Be told of what a region publishes, or no more."""
    region = get_object_or_404(Region, code=code)
    account = acts.require(request.user, FOLLOW, at=now(), region=region)
    assert account is not None  # noqa: S101 - the act needs a code
    if request.method == "POST":
        if request.POST.get("deed") == "stop":
            actions.stop(account=account, region=region, at=now())
            messages.success(request, _("You are told no more of this region."))
        else:
            actions.follow(account=account, region=region, at=now())
            messages.success(request, _("From now on you are told what is new here."))
        return redirect("people:follow", code)
    context = {
        "region": region,
        "account": account,
        "follows": actions.follows(account, region),
    }
    return render(request, "people/follows/follow.html", context)


@never_cache
@require_safe
def follows(request: HttpRequest) -> HttpResponse:
    """What one follows."""
    if not isinstance(request.user, Account):
        raise SignInNeeded(
            what=_("You need to sign in for this."),
            why=_("This page is about your own account."),
            next=_("Sign in, then open it again."),
        )
    rows = actions.following(request.user)
    return render(request, "people/follows/follows.html", {"follows": rows})


@require_POST
def unfollow(request: HttpRequest, code: str) -> HttpResponse:
    """Stop from one's own list."""
    region = get_object_or_404(Region, code=code)
    account = acts.require(request.user, FOLLOW, at=now(), region=region)
    assert account is not None  # noqa: S101 - the act needs a code
    actions.stop(account=account, region=region, at=now())
    messages.success(request, _("You are told no more of this region."))
    return redirect("people:follows")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a letter: one button ends the follow, without signing in."""
    account, region = actions.read_stop_token(token)
    done = request.method == "POST"
    if done:
        actions.stop(account=account, region=region, at=now())
    return render(request, "people/follows/stop.html", {"region": region, "done": done})
