"""Whose a number is: a department's officer records those that its posts own.

A number is owned by the post that has it in its charge, else by the secretariat
(`posts.queries`). What an officer may record is asked here once for all rows.
"""

from collections.abc import Iterable

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.assessment.models import Indicator
from habaring.assessment.observations import Share
from habaring.people.access import Extent, NotAllowed
from habaring.posts.models import Charge
from habaring.posts.queries import root_post
from habaring.regions.models import Region

KIND = "number"  # as posts call an indicator's number (things.py)


def share(region: Region, within: Extent) -> Share | None:
    """The numbers of a region that lie in reach; None: all. Two queries."""
    if within.whole:
        return None
    rows = Charge.objects.filter(
        region=region, kind=KIND, until__isnull=True, post__closed_on__isnull=True
    ).select_related("post")
    posts = {row.ref: row.post for row in rows}
    return Share(
        region=region.code,
        indicators=frozenset(
            code
            for code, post in posts.items()
            if post.department_id is not None
            and within.has_department(post.department_id)
        ),
        owners={code: post.name for code, post in posts.items()},
        otherwise=root_post(region).name,
    )


def kept(indicators: Iterable[Indicator], mine: Share | None) -> list[Indicator]:
    """Those of the indicators that somebody may record."""
    return [one for one in indicators if mine is None or one.code in mine.indicators]


def refuse_outside(region: Region, indicator: str, within: Extent) -> None:
    """Raise NotAllowed where the number of an indicator lies out of reach."""
    mine = share(region, within)
    if mine is None or indicator in mine.indicators:
        return
    raise NotAllowed(
        what=format_lazy(
            _("The number {code} is not of your department."), code=indicator
        ),
        why=format_lazy(_("It belongs to {owner}."), owner=mine.owner(indicator)),
        next=_("Ask that post, or your region's secretariat."),
    )
