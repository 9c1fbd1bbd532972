"""Follow a region; be told of what it publishes, once and grouped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from habaring.people.follows.models import Follow, News, NewsKind
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit, gateways, notices, walls
from habaring.shared.gateways import Kind, Message
from habaring.shared.refusal import Refusal

GROUPED = timedelta(minutes=15)
"""News of one region wait so long for each other."""
_SALT = "habaring.people.follows"


class LinkUnreadable(Refusal):
    """The link to stop was cut short or is not ours."""

    status = 404


@transaction.atomic
def follow(*, account: Account, region: Region, at: datetime) -> Follow:
    """Tell this person of the region from now on; a second time changes nothing."""
    walls.open_person(account.pk)
    row, new = Follow.objects.get_or_create(
        account=account, region=region, defaults={"since": at}
    )
    if new:
        _record(row, "people.follow.begun", by=account, at=at)
    return row


def _record(row: Follow, verb: str, *, by: Account | None, at: datetime) -> None:
    # not under the region: a follow changes no public page
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region="masuk",
        details={"region": row.region_id},
    )


@transaction.atomic
def stop(*, account: Account, region: Region, at: datetime) -> bool:
    """Tell this person no more; whether they were told until now."""
    walls.open_person(account.pk)
    row = Follow.objects.filter(account=account, region=region).first()
    if row is None:
        return False
    _record(row, "people.follow.ended", by=account, at=at)
    row.delete()
    return True


def following(account: Account) -> list[Follow]:
    """What a person follows."""
    walls.open_person(account.pk)
    return list(Follow.objects.filter(account=account).select_related("region"))


def follows(account: Account, region: Region) -> bool:
    """Whether a person follows a region."""
    walls.open_person(account.pk)
    return Follow.objects.filter(account=account, region=region).exists()


def stop_token(row: Follow) -> str:
    """What a link to stop carries: it can end this one follow and do nothing else."""
    return signing.dumps([row.account_id, row.region_id], salt=_SALT, compress=True)


def read_stop_token(token: str) -> tuple[Account, Region]:
    """Whom and what a link to stop names; LinkUnreadable where it is not ours."""
    try:
        account, region = signing.loads(token, salt=_SALT)
        return Account.objects.get(pk=account), Region.objects.get(code=region)
    except (signing.BadSignature, Account.DoesNotExist, Region.DoesNotExist) as error:
        raise LinkUnreadable(
            what=_("This link cannot be read."),
            why=_("Perhaps it was cut in two by a mail program."),
            next=_("Copy it whole, or sign in and stop under “What you follow”."),
        ) from error


@dataclass(frozen=True)
class Published:
    """Something public that came: `ref` names it among its kind, `path` is its page."""

    kind: NewsKind
    ref: str
    title: str
    path: str


@transaction.atomic
def announce(*, region: Region, what: Published, at: datetime) -> bool:
    """Tell the followers of a region, after the commit, once, with what else is new.

    The publishing action calls this in its transaction. False where the same thing was
    announced before, or where nobody follows the region.
    """
    # late: the tasks of this domain lean on its actions
    from habaring.people import tasks

    before = walls.opened().region
    walls.open_region(region.code)
    followed = Follow.objects.filter(region=region).exists()
    walls.open_region(before)
    if not followed:
        return False
    _row, new = News.objects.get_or_create(
        region=region,
        kind=what.kind,
        ref=what.ref,
        defaults={"title": what.title[:300], "path": what.path, "at": at},
    )
    if new:
        tasks.tell_followers.configure(schedule_at=at + GROUPED).defer(
            region=region.code
        )
    return bool(new)


@transaction.atomic
def tell(*, region: Region, at: datetime) -> int:
    """One letter or message a follower with all that is new; how many were told.

    Run twice it tells nobody twice: the news are marked in the same transaction.
    """
    walls.open_region(region.code)
    news = list(
        News.objects.select_for_update(skip_locked=True).filter(
            region=region, told_at=None
        )
    )
    if not news:
        return 0
    News.objects.filter(pk__in=[one.pk for one in news]).update(told_at=at)
    rows = Follow.objects.filter(region=region, account__is_active=True)
    told = 0
    for row in rows.select_related("account", "region").iterator(chunk_size=500):
        if not row.account.erased_at:
            _tell_one(row, news, at=at)
            told += 1
    return told


def _tell_one(row: Follow, news: Sequence[News], *, at: datetime) -> None:
    account = row.account
    stop_address = settings.SITE_ADDRESS + reverse(
        "people:follow-stop", args=[stop_token(row)]
    )
    if account.email:
        notices.send_letter(
            to=[account.email],
            template="people/follows/letters/news.txt",
            context={
                "region": row.region,
                "news": [(one, settings.SITE_ADDRESS + one.path) for one in news],
                "stop": stop_address,
            },
            language=account.language,
        )
        return
    with override(account.language):
        text = gettext("Habaring: news of %(place)s: %(address)s To stop: %(stop)s") % {
            "place": row.region.full_name,
            "address": settings.SITE_ADDRESS + _shared_page(row.region, news),
            "stop": stop_address,
        }
    if account.phone:
        gateways.send(Message(account.phone, text, Kind.REMINDER), at=at)


def _shared_page(region: Region, news: Sequence[News]) -> str:
    """The page itself where only one thing is new, else the region's."""
    if len(news) == 1:
        return news[0].path
    return f"/daerah/{region.code}/"
