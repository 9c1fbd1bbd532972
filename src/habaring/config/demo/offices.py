"""The posts of the demo, all illustrative, and what each owns. Nobody holds them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from habaring.posts import actions
from habaring.posts.models import Post
from habaring.posts.things import kinds
from habaring.regions.models import Department, Region


def open_posts(region: Region, facts: Mapping[str, Any], *, at: datetime) -> None:
    """Open the posts, then put whole kinds of things in the charge of some."""
    offices = {row.code: row for row in Department.objects.filter(region=region)}
    made: dict[str, Post] = {}
    for code, (name_id, name_en, department, superior) in facts["posts"].items():
        new = actions.NewPost(
            code=code,
            name_id=name_id,
            name_en=name_en,
            department=offices[department],
            superior=made.get(superior),
            illustrative=True,
        )
        made[code] = actions.open_post(region=region, new=new, by=None, at=at)
    for kind, code in facts["posts_own"].items():
        things = kinds()[kind].things(region, localdate(at))
        actions.assign(
            region=region,
            keys=[(thing.kind, thing.ref) for thing in things],
            post=made[code],
            by=None,
            at=at,
            illustrative=True,
        )
