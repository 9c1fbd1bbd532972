"""What can be owned, and what waits, of the domains that lie below `posts`."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from habaring.people.access import Power
from habaring.people.models import Invitation, Membership
from habaring.posts.models import HandOver, Holding, Post
from habaring.posts.queries import ROOT_CODE, Chart, Owned, chart, owned
from habaring.posts.states import Rhythm, State
from habaring.posts.things import (
    Asked,
    Kind,
    Line,
    Thing,
    Waiting,
    Weight,
    register,
    register_lines,
    register_waiting,
)
from habaring.regions.models import BudgetFigure, Region
from habaring.shared import formats

RUNS_OUT_DAYS = 4
"""An invitation that nobody has accepted is spoken of so many days before it ends."""


def _budget(region: Region, on: date) -> Iterator[Thing]:
    """The region's budget table as one thing: the next year's is due on 31 January.

    Source: UU 23/2014 art. 312, the budget is agreed a month before its year begins;
    a month more to copy it here.
    """
    rows = BudgetFigure.objects.filter(region=region)
    newest = rows.aggregate(newest=Max("year"))["newest"]
    at = [region.code, newest]
    yield Thing(
        kind="budget",
        ref="apbd",
        title=_("Budget (APBD) %(year)d, not recorded yet") % {"year": newest + 1}
        if newest
        else _("Budget (APBD), not recorded yet"),
        url=reverse("regions:budget", args=at)
        if newest
        else reverse("regions:places", args=[region.code]),
        due_on=date(newest + 1, 1, 31) if newest else None,
        updated_on=date(newest, 1, 1) if newest else None,
        public_url=reverse("regions:budget", args=at) if newest else "",
    )


def _lists(asked: Asked) -> QuerySet[HandOver]:
    return HandOver.objects.filter(region=asked.region, undone_at__isnull=True)


def _own_lists(asked: Asked) -> QuerySet[HandOver]:
    """Lists of one's own to empty."""
    return _lists(asked).filter(
        finished_at__isnull=True, holding__account=asked.account
    )


def _to_hand_over(asked: Asked, _count: int) -> Iterator[Waiting]:
    for row in _own_lists(asked).select_related("holding__post"):
        yield Waiting(
            _("Hand over the post %(post)s") % {"post": row.holding.post.name},
            _("Every line of the list needs an answer before you leave."),
            reverse("posts-work:handover", args=[asked.region.code, row.pk]),
            on=row.leaves_on,
            weight=Weight.TODAY if row.leaves_on <= asked.on else Weight.WEEK,
        )


def _received(asked: Asked) -> QuerySet[HandOver]:
    """Lists that one has received to confirm."""
    return _lists(asked).filter(
        finished_at__isnull=False, confirmed_at__isnull=True, successor=asked.account
    )


def _to_confirm(asked: Asked, _count: int) -> Iterator[Waiting]:
    for row in _received(asked).select_related("holding__post"):
        yield Waiting(
            _("Confirm what you received with the post %(post)s")
            % {"post": row.holding.post.name},
            _("Read the list and the notes that came with it."),
            reverse("posts-work:handover", args=[asked.region.code, row.pk]),
            weight=Weight.CONFIRM,
        )


def _vacant(asked: Asked) -> QuerySet[Post]:
    posts = Post.objects.filter(region=asked.region, closed_on__isnull=True)
    held = Holding.objects.filter(
        post__region=asked.region, until__isnull=True
    ).values_list("post", flat=True)
    return posts.exclude(pk__in=held)


def _empty_posts(asked: Asked, _count: int) -> Iterator[Waiting]:
    """Who may fill posts is told when nobody holds one."""
    empty = list(_vacant(asked))
    tree = reverse("posts-work:posts", args=[asked.region.code])
    root = next((post for post in empty if post.code == ROOT_CODE), None)
    if root is not None:
        yield Waiting(
            _("Put somebody in the post %(post)s") % {"post": root.name},
            _("Whatever has no other owner falls to this post, and nobody holds it."),
            reverse("posts-work:post", args=[asked.region.code, root.code]),
            weight=Weight.WEEK,
        )
    others = len(empty) - (root is not None)
    if others:
        yield Waiting(
            ngettext("One post is vacant", "%(count)d posts are vacant", others)
            % {"count": others},
            _("Their reminders go to the posts above them meanwhile."),
            tree,
        )


def _lost(asked: Asked) -> QuerySet[Holding]:
    """Holders whose roles have ended: they cannot open the work room any more."""
    parts = asked.region.code.split(".")
    around = [".".join(parts[: n + 1]) for n in range(len(parts))]
    working = Membership.objects.in_force(moment_of(asked.on)).filter(
        Q(region__in=around) | Q(role__platform_wide=True)
    )
    return Holding.objects.filter(
        post__region=asked.region, until__isnull=True
    ).exclude(account__in=working.values("account"))


def _held_without_role(asked: Asked, _count: int) -> Iterator[Waiting]:
    code = asked.region.code
    for holding in _lost(asked).select_related("post", "account")[:ALONE_AT_MOST]:
        yield Waiting(
            _("Hand over the post %(post)s") % {"post": holding.post.name},
            _("%(person)s holds it without any role here, and cannot see what waits.")
            % {"person": holding.account},
            reverse("posts-work:post", args=[code, holding.post.code]),
            weight=Weight.TODAY,
        )


def _ending(asked: Asked) -> QuerySet[Invitation]:
    """Invitations that run out unanswered."""
    start = datetime.combine(asked.on, datetime.min.time(), get_current_timezone())
    return Invitation.objects.open_at(start).filter(
        region=asked.region, expires_at__lt=start + timedelta(days=RUNS_OUT_DAYS)
    )


def _invitations(asked: Asked, count: int) -> Iterator[Waiting]:
    first = _ending(asked).order_by("expires_at")[0]
    yield Waiting(
        ngettext(
            "One invitation runs out unanswered",
            "%(count)d invitations run out unanswered",
            count,
        )
        % {"count": count},
        _("The link works until %(day)s. Send a new one, or take it back.")
        % {"day": formats.day(first.expires_at.date())},
        reverse("people-work:people", args=[asked.region.code]),
        on=first.expires_at.date(),
        weight=Weight.WEEK,
    )


URGENT = {State.ESCALATED: Weight.ESCALATED, State.LATE: Weight.LATE}
ALONE_AT_MOST = 3
"""So many things of one kind, post and state are named; more become one line."""


def _own_things(asked: Asked) -> Iterator[Waiting]:
    """What the person's posts own and what is escalated to them, due within a week."""
    at = moment_of(asked.on)
    held = chart(asked.region, at=at)
    own = any(one.account_id == asked.account.pk for one in held.holdings.values())
    if not own and held.answers(held.root) is not None:
        return
    groups: dict[tuple[str, int, int], list[Owned]] = defaultdict(list)
    for row in owned(asked.region, at=at, on=asked.on, within=held):
        weight = _weight(row, asked.on)
        if weight is not None and _falls_to(asked, row, held):
            groups[row.thing.kind, row.post.pk, weight].append(row)
    for (_kind, _post, weight), rows in groups.items():
        if len(rows) > ALONE_AT_MOST:
            yield _together(asked, rows, weight)
        else:
            yield from (_alone(row, weight) for row in rows)


def moment_of(day: date) -> datetime:
    """The end of a day: who came into a post today holds it."""
    return datetime.combine(day, datetime.max.time(), get_current_timezone())


def _weight(row: Owned, on: date) -> int | None:
    """Where a thing stands on the desk; None: it can wait."""
    due = row.thing.due_on
    if row.state in URGENT:
        return URGENT[row.state]
    if row.state is not State.DUE or due is None or due > on + timedelta(days=7):
        return None
    return Weight.TODAY if due == on else Weight.WEEK


def _falls_to(asked: Asked, row: Owned, held: Chart) -> bool:
    """What nobody answers for falls to whoever may fill the posts."""
    account, first = asked.account, held.answers(row.post)
    if first is None:
        return Power.MANAGE_POSTS in asked.powers
    if first.pk == account.pk:
        return True
    above = held.superior(row.post) if row.state is State.ESCALATED else None
    second = held.answers(above) if above else None
    return second is not None and second.pk == account.pk


def _alone(row: Owned, weight: int) -> Waiting:
    told = _("Due on %(day)s. It belongs to the post %(post)s.")
    if row.stale_since:
        told = _("It was due on %(day)s. It belongs to the post %(post)s.")
    why = told % {"day": formats.day(row.thing.due_on), "post": row.post.name}
    return Waiting(row.thing.title, why, row.thing.url, row.thing.due_on, weight)


def _together(asked: Asked, rows: list[Owned], weight: int) -> Waiting:
    first = rows[0]
    address = reverse("posts-work:post", args=[asked.region.code, first.post.code])
    return Waiting(
        _("%(count)s %(things)s: %(state)s")
        % {
            "count": formats.number(len(rows)),
            "things": first.kind.many,
            "state": first.words,
        },
        _("The oldest was due on %(day)s. They belong to the post %(post)s.")
        % {"day": formats.day(first.thing.due_on), "post": first.post.name}
        if first.stale_since
        else _("They belong to the post %(post)s.") % {"post": first.post.name},
        f"{address}?kind={first.thing.kind}&state={first.state}",
        first.thing.due_on,
        weight,
    )


register(
    Kind(
        code="budget",
        one=gettext_lazy("budget table"),
        many=gettext_lazy("budget tables"),
        things=_budget,
        rhythm=Rhythm(remind_before_days=30, escalate_after_days=60),
        power=Power.MANAGE_REGION,
        order=5,
    )
)
register_waiting("posts", _own_things)
register_lines(
    "posts",
    Line(_own_lists, _to_hand_over),
    Line(_received, _to_confirm),
    Line(_vacant, _empty_posts, Power.MANAGE_POSTS),
    Line(_lost, _held_without_role, Power.MANAGE_POSTS),
    Line(_ending, _invitations, Power.MANAGE_PEOPLE),
)
