"""Who asks, and what a token opens: the person's powers, cut to the token's scopes."""

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from habaring.api.models import ApiToken
from habaring.api.problems import NotFound
from habaring.people import access
from habaring.people.access import NotAllowed, Power, SignInNeeded
from habaring.people.models import Account
from habaring.regions.models import Region


class Call(HttpRequest):
    """A request that came through the door: `token` is None for the public."""

    token: ApiToken | None
    at: datetime
    is_public: bool  # whether the answer may be shown to anyone
    json: object
    left: dict[str, str]  # headers that tell how many calls are left


def region_of(code: str) -> Region:
    """The region of a code; NotFound."""
    found = Region.objects.select_related("parent").filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def own_or_below(code: str, held: str) -> bool:
    """Whether a region is the one that a token was issued for, or lies in it."""
    return code == held or code.startswith(f"{held}.")


def holder(request: Call) -> ApiToken:
    """The token that asks; SignInNeeded without one."""
    request.is_public = False
    if request.token is None:
        raise SignInNeeded(
            _("A valid token is needed for this."),
            _("This is not public."),
            _("Send “Authorization: Bearer” with a token of the work room."),
        )
    return request.token


def enter(request: Call, power: Power, region: Region) -> Account:
    """Let the token's person through, or refuse.

    Raises SignInNeeded without a token; NotAllowed when the token's scopes or region do
    not reach so far, or when its person may not do this any more.
    """
    token = holder(request)
    if not own_or_below(region.code, token.region_id) or power not in token.scopes:
        raise NotAllowed(
            _("This token may not do this."),
            _("Its region or its scopes do not reach so far."),
            _("Issue a token of this region with the scope that is needed."),
        )
    return access.require(token.account, power, at=request.at, region=region)
