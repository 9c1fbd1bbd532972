"""Who owns what, who holds which post, and how everything stands: in bulk."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Q

from habaring.people.models import Account
from habaring.posts.models import Charge, Holding, Post
from habaring.posts.states import ORDER, TONES, WORDS, State, state
from habaring.posts.things import Kind, Thing, kinds
from habaring.regions.models import Region
from habaring.shared.refusal import Words

ROOT_CODE = "sekretariat"
ROOT_NAMES = ("Sekretariat program kota cerdas", "Smart-city programme secretariat")


def root_post(region: Region) -> Post:
    """The post to which everything falls that has no other: the secretariat.

    A region in which nobody works yet has no such row: then one that is not saved.
    """
    found = Post.objects.filter(region=region, code=ROOT_CODE).first()
    return found or _unsaved_root(region)


def _unsaved_root(region: Region) -> Post:
    return Post(
        region=region,
        code=ROOT_CODE,
        name_id=ROOT_NAMES[0],
        name_en=ROOT_NAMES[1],
        opened_on=date.min,
    )


@dataclass(frozen=True)
class Chart:
    """A region's open posts and who holds them on a moment."""

    region: Region
    posts: Mapping[int, Post]
    holdings: Mapping[int, Holding]  # post → its holding in force
    root: Post

    @cached_property
    def _of_department(self) -> Mapping[int, Post]:
        found: dict[int, Post] = {}
        for post in sorted(self.posts.values(), key=lambda one: one.pk):
            if post.department_id is None:
                continue
            above = self.posts.get(post.superior_id or 0)
            on_top = above is None or above.department_id != post.department_id
            if on_top:
                found.setdefault(post.department_id, post)
        return found

    def owner(self, thing: Thing, charged: int | None) -> Post:
        """The post that owns a thing; never none."""
        for candidate in (charged, thing.post):
            if candidate is not None and candidate in self.posts:
                return self.posts[candidate]
        if thing.department is not None:
            return self._of_department.get(thing.department, self.root)
        return self.root

    def holder(self, post: Post) -> Account | None:
        """Who holds a post; None: it is vacant."""
        holding = self.holdings.get(post.pk)
        return holding.account if holding else None

    def superior(self, post: Post) -> Post | None:
        """The post above: its own superior, else the secretariat; None at the top."""
        above = self.posts.get(post.superior_id or 0)
        if above is not None:
            return above
        return None if post.code == ROOT_CODE else self.root

    def answers(self, post: Post) -> Account | None:
        """Who answers for a post: its holder, else who holds the nearest post above."""
        seen: set[str] = set()
        at: Post | None = post
        while at is not None and at.code not in seen:
            seen.add(at.code)
            found = self.holder(at)
            if found is not None and found.is_active:
                return found
            at = self.superior(at)
        return None


def chart(region: Region, *, at: datetime) -> Chart:
    """The open posts of a region with their holders: two queries."""
    posts = {
        post.pk: post
        for post in Post.objects.filter(region=region, closed_on__isnull=True)
        .select_related("department")
        .order_by("code")
    }
    holdings = {
        holding.post_id: holding
        for holding in Holding.objects.in_force(at)
        .filter(post__region=region)
        .select_related("account")
    }
    root = next((post for post in posts.values() if post.code == ROOT_CODE), None)
    return Chart(region, posts, holdings, root or _unsaved_root(region))


@dataclass(frozen=True)
class Owned:
    """A thing, the post that owns it, who holds that post, and how it stands."""

    thing: Thing
    kind: Kind
    post: Post
    holder: Account | None
    charged: bool  # by a charge of its own, not by falling to the post
    state: State

    @property
    def words(self) -> Words:
        return WORDS[self.state]

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def vacant(self) -> bool:
        return self.holder is None

    @property
    def key(self) -> tuple[str, str]:
        return self.thing.kind, self.thing.ref

    @property
    def stale_since(self) -> date | None:
        """The day since which it has not been brought up to date; None: it is in time."""
        if self.state not in (State.LATE, State.ESCALATED):
            return None
        return self.thing.updated_on or self.thing.due_on


def charges(region: Region) -> dict[tuple[str, str], int]:
    """The open charges of a region: (kind, ref) → post. One query."""
    rows = Charge.objects.filter(region=region, until__isnull=True)
    return {
        (kind, ref): post for kind, ref, post in rows.values_list("kind", "ref", "post")
    }


def owned(
    region: Region,
    *,
    at: datetime,
    on: date,
    only: Iterable[str] | None = None,
    within: Chart | None = None,
) -> list[Owned]:
    """Every thing of a region with its owner: the worst first, then by due day.

    `only` are codes of kinds. The number of queries grows with the kinds, not with the
    things.
    """
    held = within or chart(region, at=at)
    charged = charges(region)
    wanted = None if only is None else set(only)
    found = [
        _owned(thing, kind, held, charged, on)
        for kind in kinds().values()
        if wanted is None or kind.code in wanted
        for thing in kind.things(region, on)
    ]
    found.sort(key=_by_urgency)
    return found


def owner_of(
    region: Region, kind: str, ref: str, *, at: datetime, on: date
) -> Owned | None:
    """One thing with its owner, for the page that shows it; None: no such thing."""
    known = kinds().get(kind)
    thing = known.find(region, ref, on) if known else None
    if known is None or thing is None:
        return None
    rows = Charge.objects.filter(region=region, kind=kind, ref=ref, until__isnull=True)
    post = rows.values_list("post", flat=True).first()
    charged = {} if post is None else {(kind, ref): post}
    return _owned(thing, known, chart(region, at=at), charged, on)


def stand(
    region: Region, things: Iterable[Thing], *, at: datetime, on: date
) -> list[Owned]:
    """Things that a page has made itself (of what everyone may read), with owners."""
    asked = list(things)
    if not asked:
        return []
    known, held, charged = kinds(), chart(region, at=at), charges(region)
    return [
        _owned(thing, known[thing.kind], held, charged, on)
        for thing in asked
        if thing.kind in known
    ]


def _owned(
    thing: Thing,
    kind: Kind,
    held: Chart,
    charged: Mapping[tuple[str, str], int],
    on: date,
) -> Owned:
    own = charged.get((thing.kind, thing.ref))
    post = held.owner(thing, own)
    return Owned(
        thing=thing,
        kind=kind,
        post=post,
        holder=held.holder(post),
        charged=own is not None and own == post.pk,
        state=state(thing.due_on, kind.rhythm, on=on),
    )


def _by_urgency(one: Owned) -> tuple[int, date, int, str]:
    return (
        ORDER.index(one.state),
        one.thing.due_on or date.max,
        one.kind.order,
        one.thing.title,
    )


def counts(rows: Sequence[Owned]) -> dict[State, int]:
    """How many of them stand how; every state is there."""
    found = dict.fromkeys(ORDER, 0)
    for row in rows:
        found[row.state] += 1
    return found


def posts_held(account: Account, *, at: datetime) -> list[Post]:
    """The open posts that a person holds, everywhere."""
    rows = Post.objects.filter(
        Q(holdings__until__isnull=True) | Q(holdings__until__gt=at),
        holdings__account=account,
        holdings__since__lte=at,
        closed_on__isnull=True,
    )
    return list(rows.select_related("region", "department").order_by("region", "code"))


@dataclass(frozen=True)
class Held:
    """A post that a person holds, and how many things it owns."""

    post: Post
    holding: Holding
    things: int


def must_hand_over(account: Account, *, at: datetime, on: date) -> list[Held]:
    """The posts that a person has to hand over before leaving; empty: none.

    A post that owns nothing is in the list too (`things` 0): its holding has to be
    ended (`actions.end_holding`), which is then not refused.
    """
    holdings = (
        Holding.objects.in_force(at)
        .filter(account=account)
        .select_related("post__region")
        .order_by("post__region", "post__code")
    )
    by_region: dict[str, list[Holding]] = defaultdict(list)
    for holding in holdings:
        by_region[holding.post.region_id].append(holding)
    found: list[Held] = []
    for inside in by_region.values():
        rows = owned(inside[0].post.region, at=at, on=on)
        found += [
            Held(one.post, one, sum(row.post.pk == one.post_id for row in rows))
            for one in inside
        ]
    return found
