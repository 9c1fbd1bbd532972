"""{% owner_card region "number" indicator.code %}: who owns a thing, how fresh it is."""

from django import template
from django.utils.timezone import localdate, now  # noqa: TID251 - shows how old it is today

from habaring.posts import queries
from habaring.regions.models import Region

register = template.Library()


@register.inclusion_tag("components/owner.html")
def owner_card(
    region: Region, kind: str, ref: str, *, working: bool = False
) -> dict[str, object]:
    """The component `owner`; nothing where the region has no such thing.

    `working`: in the work room, where the holder is named and the state shown.
    """
    at = now()
    owner = queries.owner_of(region, kind, ref, at=at, on=localdate(at))
    return {"owner": owner, "working": working}
