"""Posts, their holders, and a kind of thing that only tests know."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from habaring.people.models import Account
from habaring.posts import actions
from habaring.posts.models import Holding, Post
from habaring.posts.states import Rhythm
from habaring.posts.things import Kind, Thing
from habaring.regions.models import Department, Region
from tests import makers

TODAY = date(2026, 11, 2)


@dataclass
class Matters:
    """What there is of the tests' own kind, by region."""

    rows: dict[str, dict[str, Thing]] = field(default_factory=dict)
    finished: list[str] = field(default_factory=list)

    def add(
        self,
        region: Region,
        ref: str,
        *,
        due: int | None = None,
        department: Department | None = None,
        post: Post | None = None,
    ) -> Thing:
        """`due` is in days from TODAY."""
        thing = Thing(
            kind="matter",
            ref=ref,
            title=f"Urusan {ref}",
            url=f"/ruang-kerja/{region.code}/",
            due_on=None if due is None else TODAY + timedelta(days=due),
            department=department.pk if department else None,
            post=post.pk if post else None,
        )
        self.rows.setdefault(region.code, {})[ref] = thing
        return thing

    def things(self, region: Region, on: date) -> Iterator[Thing]:
        yield from self.rows.get(region.code, {}).values()

    def finish(
        self, *, region: Region, ref: str, by: Account, at: datetime, note: str
    ) -> None:
        del self.rows[region.code][ref]
        self.finished.append(ref)

    def kind(self) -> Kind:
        return Kind(
            code="matter",
            one="urusan",
            many="urusan",
            things=self.things,
            rhythm=Rhythm(remind_before_days=7, escalate_after_days=10),
            finish=self.finish,
        )


def department(region: Region, code: str = "DISKOMINFO") -> Department:
    return Department.objects.get_or_create(
        region=region, code=code, defaults={"name_id": f"Dinas {code}"}
    )[0]


def post(
    region: Region,
    code: str,
    *,
    at: datetime,
    department: Department | None = None,
    superior: Post | None = None,
) -> Post:
    new = actions.NewPost(code, f"Jabatan {code}", f"Post {code}", department, superior)
    return actions.open_post(region=region, new=new, by=None, at=at)


def hold(post: Post, name: str, *, at: datetime, role: str = "officer") -> Holding:
    """A new officer of the region, in a post."""
    account = makers.officer(name, region=post.region, role=role)
    return actions.fill_post(
        post=post, account=account, acting=False, since=TODAY, by=None, at=at
    )
