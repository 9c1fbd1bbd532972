"""The posts of the demo, all illustrative, and what each owns. Nobody holds them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.text import slugify
from django.utils.timezone import localdate

from habaring.portfolio.models import Candidate
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
    _named_by_candidates(region, list(made.values()), at=at)
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


def _named_by_candidates(region: Region, made: list[Post], *, at: datetime) -> None:
    heads: dict[int, Post] = {}
    for post in made:
        heads.setdefault(post.department_id or 0, post)
    known = {(post.name_id, post.department_id) for post in made}
    for row in Candidate.objects.current().filter(region=region).order_by("code"):
        office = row.department
        if not row.owner or office is None or (row.owner, office.pk) in known:
            continue
        known.add((row.owner, office.pk))
        new = actions.NewPost(
            code=slugify(f"{office.code} {row.owner}")[:40].strip("-"),
            name_id=row.owner,
            department=office,
            superior=heads.get(office.pk),
            illustrative=True,
        )
        actions.open_post(region=region, new=new, by=None, at=at)
