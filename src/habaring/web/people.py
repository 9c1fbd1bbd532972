"""What the people pages show of the domains above them: the look of the work room, the
posts a person holds, the bodies of a region.
"""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from habaring.council.models import Council
from habaring.people import joined
from habaring.people.access import Power
from habaring.people.joined import Link, Part
from habaring.people.models import Account
from habaring.posts.models import Holding
from habaring.regions.models import Region
from habaring.shared.formats import day, period
from habaring.web import desk
from habaring.web.context import stages_below


def navigation(region: Region, powers: frozenset[Power]) -> list[Link]:
    """The side of the work room, as its pages draw it."""
    root = f"/ruang-kerja/{region.code}/"
    return [
        Link(stage.label, stage.url, stage.icon)
        for stage in stages_below(root, root, working=True)
    ]


def doors(region: Region, powers: frozenset[Power]) -> list[Link]:
    """The tasks that the first page of the work room offers."""
    return [
        Link(door.title, door.url, why=door.why) for door in desk.doors(region, powers)
    ]


def bodies(region: Region) -> dict[int, str]:
    """The council, the team and its groups, the forum: by their id."""
    rows = Council.objects.filter(region=region).values_list("pk", "name")
    return dict(rows)


def posts_held(account: Account, region: Region | None, at: datetime) -> Part | None:
    """The posts that a person holds or held here."""
    held = Holding.objects.filter(account=account).select_related("post")
    if region is not None:
        held = held.filter(post__region=region)
    rows = tuple((one.post.name, _span(one), _post(one)) for one in held)
    return Part(_("Posts"), rows) if rows else None


def _post(holding: Holding) -> str:
    return reverse("posts-work:post", args=[holding.post.region_id, holding.post.code])


def _span(holding: Holding) -> str:
    since = localdate(holding.since)
    if holding.until is None:
        told = _("since %(day)s; to be handed over before the last role ends")
        return told % {"day": day(since)}
    return period(since, localdate(holding.until - timedelta(microseconds=1)))


def hang() -> None:
    """Join them, once the site map is read."""
    joined.hang_links("navigation", navigation)
    joined.hang_links("doors", doors)
    joined.hang_bodies(bodies)
    joined.hang_part("posts", posts_held)
