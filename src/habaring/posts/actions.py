"""Open, rename and close posts; fill them; put things in their charge."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Max
from django.utils.text import format_lazy
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext_lazy as _

from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.posts.models import Charge, Holding, Post
from habaring.posts.queries import ROOT_CODE, ROOT_NAMES, Owned, owned
from habaring.posts.things import kinds
from habaring.regions.models import Department, Region
from habaring.shared import audit
from habaring.shared.formats import listing
from habaring.shared.refusal import Refusal

Key = tuple[str, str]
"""The kind and the ref of a thing."""

NAMED_AT_MOST = 3


class PostRefused(Refusal):
    """A post that cannot be opened, changed or closed so."""


class PostStillOwns(Refusal):
    """The post owns things that must find another owner first."""


class HoldingRefused(Refusal):
    """A person cannot be put in this post, or cannot leave it so."""


class ChargeRefused(Refusal):
    """Things that cannot be put in the charge of this post."""


@dataclass(frozen=True)
class NewPost:
    """A post as it is opened or changed."""

    code: str
    name_id: str
    name_en: str = ""
    department: Department | None = None
    superior: Post | None = None
    illustrative: bool = False


# Posts


@transaction.atomic
def ensure_root(*, region: Region, by: Account | None, at: datetime) -> Post:
    """The secretariat's post, made if it is not there: what has no owner falls to it."""
    post, made = Post.objects.get_or_create(
        region=region,
        code=ROOT_CODE,
        defaults={
            "name_id": ROOT_NAMES[0],
            "name_en": ROOT_NAMES[1],
            "opened_on": localdate(at),
        },
    )
    if made:
        _told("posts.post.opened", post, by=by, at=at)
    return post


@transaction.atomic
def open_post(
    *, region: Region, new: NewPost, by: Account | None, at: datetime
) -> Post:
    """Open a post; without a superior it stands below the secretariat.

    Raises PostRefused when the code is taken or the superior is closed or of another
    region.
    """
    code = new.code.strip().lower()
    if Post.objects.filter(region=region, code=code).exists():
        raise PostRefused(
            format_lazy(_("There is a post with the code “{code}”."), code=code),
            next=_("Choose another code. The code of a closed post is not used again."),
        )
    superior = new.superior or ensure_root(region=region, by=by, at=at)
    _refuse_place(region, new.department, superior)
    post = Post.objects.create(
        region=region,
        code=code,
        name_id=new.name_id.strip(),
        name_en=new.name_en.strip(),
        department=new.department,
        superior=superior,
        opened_on=localdate(at),
        illustrative=new.illustrative,
    )
    _told("posts.post.opened", post, by=by, at=at)
    return post


def _refuse_place(
    region: Region, department: Department | None, superior: Post | None
) -> None:
    foreign = (superior is not None and superior.region_id != region.code) or (
        department is not None and department.region_id != region.code
    )
    if foreign:
        raise PostRefused(
            _("The superior post or the department is of another region."),
            next=_("Choose one of this region."),
        )
    if superior is not None and superior.closed_on is not None:
        raise PostRefused(
            _("The superior post is closed."), next=_("Choose an open one.")
        )


@transaction.atomic
def change_post(*, post: Post, new: NewPost, by: Account | None, at: datetime) -> Post:
    """Give a post other names, another department or another superior.

    Its code stays. Raises PostRefused when it would stand below itself.
    """
    if post.closed_on is not None:
        raise PostRefused(
            format_lazy(_("The post “{code}” is closed."), code=post.code),
            next=_("Open a new one with another code."),
        )
    superior = new.superior
    if post.code == ROOT_CODE:
        superior = None
    elif superior is None:
        superior = ensure_root(region=post.region, by=by, at=at)
    _refuse_place(post.region, new.department, superior)
    _refuse_circle(post, superior)
    before = {name: getattr(post, name) for name in ("name_id", "name_en")}
    post.name_id, post.name_en = new.name_id.strip(), new.name_en.strip()
    post.department, post.superior = new.department, superior
    post.save(update_fields=["name_id", "name_en", "department", "superior"])
    _told("posts.post.changed", post, by=by, at=at, before=before)
    return post


def _refuse_circle(post: Post, superior: Post | None) -> None:
    above = dict(
        Post.objects.filter(region=post.region).values_list("pk", "superior_id")
    )
    at = superior.pk if superior else None
    while at is not None:
        if at == post.pk:
            raise PostRefused(
                _("A post cannot stand below itself."),
                next=_("Choose a superior that is not below this post."),
            )
        at = above.get(at)


@transaction.atomic
def close_post(*, post: Post, by: Account | None, at: datetime) -> Post:
    """Close a post that owns nothing, that nobody holds and that none stands below.

    Raises PostStillOwns with what is left, PostRefused for the rest.
    """
    Post.objects.select_for_update().get(pk=post.pk)
    if post.code == ROOT_CODE:
        raise PostRefused(
            _("The secretariat's post cannot be closed."),
            _("Whatever has no other owner falls to it."),
            _("Rename it, or put somebody else in it."),
        )
    _refuse_owning(post, owned_by(post, at=at), _("The post was not closed."))
    if post.holdings.filter(until__isnull=True).exists():
        raise PostRefused(
            _("The post was not closed."),
            _("Somebody holds it."),
            _("End the holding first."),
        )
    if post.below.filter(closed_on__isnull=True).exists():
        raise PostRefused(
            _("The post was not closed."),
            _("Other posts stand below it."),
            _("Give them another superior first."),
        )
    _end_charges_of_nothing(post, at=at)
    post.closed_on = localdate(at)
    post.save(update_fields=["closed_on"])
    _told("posts.post.closed", post, by=by, at=at)
    return post


def owned_by(post: Post, *, at: datetime) -> list[Owned]:
    """What a post owns at a moment, by charge or because it falls to it."""
    every = owned(post.region, at=at, on=localdate(at))
    return [row for row in every if row.post.pk == post.pk]


def _refuse_owning(post: Post, rows: Sequence[Owned], what: object) -> None:
    if not rows:
        return
    named = listing([row.thing.title for row in rows[:NAMED_AT_MOST]])
    raise PostStillOwns(
        what,  # type: ignore[arg-type]  # words that wait for their language
        format_lazy(
            _("The post “{post}” still owns {count} things, such as: {named}."),
            post=post.name,
            count=len(rows),
            named=named,
        ),
        _("Put them in the charge of another post, or hand them over."),
    )


# Who holds a post


@transaction.atomic
def fill_post(
    *,
    post: Post,
    account: Account,
    acting: bool,
    since: date,
    by: Account | None,
    at: datetime,
) -> Holding:
    """Put a person in a vacant post, in full or acting, from a day that has come.

    Raises HoldingRefused when the post is closed or held, when the day lies ahead, or
    when the person holds no role in the region.
    """
    Post.objects.select_for_update().get(pk=post.pk)
    _refuse_filling(post, account, since, at)
    first = datetime.combine(since, time.min, get_current_timezone())
    left = post.holdings.aggregate(last=Max("until"))["last"]
    holding = Holding.objects.create(
        post=post,
        account=account,
        since=min(max(first, left or first), at),
        acting=acting,
    )
    audit.record(
        by=by,
        at=at,
        verb="posts.post.filled",
        subject=post,
        region=post.region_id,
        details={"account": account.pk, "acting": acting, "since": since.isoformat()},
    )
    return holding


def _refuse_filling(post: Post, account: Account, since: date, at: datetime) -> None:
    if post.closed_on is not None:
        raise HoldingRefused(_("The post is closed."), next=_("Choose an open post."))
    if post.holdings.filter(until__isnull=True).exists():
        raise HoldingRefused(
            _("Somebody holds this post already."),
            _("A post has one holder at a time."),
            _("Hand it over to the new person, or end the holding first."),
        )
    if since > localdate(at):
        raise HoldingRefused(
            _("The day lies in the future."),
            _("Until that day the post would seem to be held."),
            _("Come back on the day itself."),
        )
    if not works_in(account, post.region, at=at):
        raise HoldingRefused(
            _("This person holds no role in the region."),
            _("Without a role the holder of a post could not open the work room."),
            _("Give the person a role first."),
        )


def works_in(account: Account, region: Region, *, at: datetime) -> bool:
    """Whether a person may open the work room of a region."""
    return Power.SEE_WORK_ROOM in access.powers(account, at=at, region=region)


@transaction.atomic
def end_holding(*, holding: Holding, by: Account | None, at: datetime) -> Holding:
    """End a holding of a post that owns nothing.

    Raises PostStillOwns with what is left: a post that owns something is handed over
    (`handovers.begin_handover`).
    """
    Post.objects.select_for_update().get(pk=holding.post_id)
    holding.refresh_from_db()
    if holding.until is not None:
        raise HoldingRefused(
            _("This holding has ended already."), next=_("Nothing needs to be done.")
        )
    rows = owned_by(holding.post, at=at)
    _refuse_owning(holding.post, rows, _("The holding was not ended."))
    if holding.handovers.filter(finished_at=None, undone_at=None).exists():
        raise HoldingRefused(
            _("The holding was not ended."),
            _("A hand-over of this post is open."),
            _("Finish the hand-over, or undo it."),
        )
    _end_charges_of_nothing(holding.post, at=at)
    close_holding(holding, by=by, at=at)
    return holding


def _end_charges_of_nothing(post: Post, *, at: datetime) -> None:
    """End what a post that owns nothing still has on paper: of things that are gone."""
    Charge.objects.filter(post=post, until__isnull=True).update(until=at)


def close_holding(holding: Holding, *, by: Account | None, at: datetime) -> None:
    """Write the end of a holding; whoever calls this has seen to what it owns."""
    holding.until = max(at, holding.since)
    holding.save(update_fields=["until"])
    audit.record(
        by=by,
        at=at,
        verb="posts.post.left",
        subject=holding.post,
        region=holding.post.region_id,
        details={"account": holding.account_id},
    )


# What a post owns


@transaction.atomic
def assign(
    *,
    region: Region,
    keys: Iterable[Key],
    post: Post,
    by: Account | None,
    at: datetime,
    illustrative: bool = False,
) -> int:
    """Put things in the charge of a post; those that it has already stay. How many moved.

    Raises ChargeRefused when the post is closed or of another region, or when there is
    no such thing in the region; then none is moved.
    """
    wanted = list(dict.fromkeys(keys))
    Post.objects.select_for_update().get(pk=post.pk)
    post.refresh_from_db()
    _refuse_charge(region, wanted, post, at)
    open_now = Charge.objects.filter(region=region, until__isnull=True)
    before = {(row.kind, row.ref): row for row in open_now.select_for_update()}
    moved = [
        key for key in wanted if key not in before or before[key].post_id != post.pk
    ]
    ended = [before[key].pk for key in moved if key in before]
    Charge.objects.filter(pk__in=ended).update(until=at)
    Charge.objects.bulk_create(
        Charge(
            region=region,
            kind=kind,
            ref=ref,
            post=post,
            since=at,
            given_by=by,
            illustrative=illustrative,
        )
        for kind, ref in moved
    )
    if moved:
        audit.record(
            by=by,
            at=at,
            verb="posts.things.assigned",
            subject=post,
            region=region.code,
            details={"count": len(moved), "things": ["/".join(k) for k in moved[:50]]},
        )
    return len(moved)


def _refuse_charge(
    region: Region, wanted: Sequence[Key], post: Post, at: datetime
) -> None:
    if post.region_id != region.code or post.closed_on is not None:
        raise ChargeRefused(
            _("This post can own nothing here."),
            _("It is closed, or of another region."),
            _("Choose an open post of this region."),
        )
    known = kinds()
    asked = {kind for kind, _ref in wanted}
    there = {
        (thing.kind, thing.ref)
        for code in asked & known.keys()
        for thing in known[code].things(region, localdate(at))
    }
    unknown = [key for key in wanted if key not in there]
    if unknown:
        raise ChargeRefused(
            format_lazy(
                _("There is nothing called “{ref}” in this region."),
                ref="/".join(unknown[0]),
            ),
            _("It was renamed or withdrawn meanwhile."),
            _("Look at the list again; nothing was moved."),
        )


@transaction.atomic
def take_in_posts(
    *,
    region: Region,
    rows: Sequence[tuple[NewPost, str]],
    by: Account | None,
    at: datetime,
) -> tuple[int, int]:
    """Open and change posts as a file says, each with its superior's code.

    A post that the file does not name stays as it is. How many opened, and how many
    changed. Raises PostRefused; then nothing is saved.
    """
    root = ensure_root(region=region, by=by, at=at)
    before = {
        post.code: post
        for post in Post.objects.filter(region=region).select_related("region")
    }
    fresh = [new for new, _above in rows if new.code not in before]
    for new in fresh:  # first all that are new, so that any can be a superior
        first = replace(new, superior=root)
        before[new.code] = open_post(region=region, new=first, by=by, at=at)
    changed = 0
    for new, above in rows:
        post = before[new.code]
        superior = before.get(above, root)
        if post.code != ROOT_CODE and superior.code == post.code:
            superior = root
        if _as_it_is(post, new, superior):
            continue
        wanted = replace(new, superior=superior)
        change_post(post=post, new=wanted, by=by, at=at)
        changed += new not in fresh
    return len(fresh), changed


def _as_it_is(post: Post, new: NewPost, superior: Post) -> bool:
    same_place = post.code == ROOT_CODE or post.superior_id == superior.pk
    return same_place and (
        post.name_id == new.name_id
        and post.name_en == new.name_en
        and post.department_id == (new.department.pk if new.department else None)
    )


def _told(
    verb: str,
    post: Post,
    *,
    by: Account | None,
    at: datetime,
    before: dict[str, str] | None = None,
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=post,
        region=post.region_id,
        details={"name": post.name_id, **({"before": before} if before else {})},
    )
