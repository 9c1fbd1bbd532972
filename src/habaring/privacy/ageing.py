"""The retention schedule: rules applied in batches, each batch written down."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from habaring.people.personal import unused_since
from habaring.privacy.erasing import record_deletion
from habaring.privacy.models import DormancyNotice, RetentionRule
from habaring.privacy.personal import WARNED_FOR
from habaring.shared import walls
from habaring.shared.holdings import holdings
from habaring.shared.notices import send_letter
from habaring.shared.retention import Ageing, Due, ageings

BATCH = 500
_COUNTED = 1_000_000


class NothingGoesError(RuntimeError):
    """A category lists the same rows again after they were dealt with."""


@dataclass(frozen=True)
class Retired:
    """What one rule did, or would do."""

    rule: RetentionRule
    before: datetime
    rows: int


def retain(
    *,
    at: datetime,
    show: bool = False,
    only: Collection[str] = (),
    batch: int = BATCH,
) -> list[Retired]:
    """Apply every rule, or `only` some, as of a moment; with `show` only count.

    Each batch is a transaction of its own: stopped half-way, it goes on where it
    stopped; done twice, the second time finds nothing.
    """
    holdings()  # the modules that register the categories
    known = ageings()
    if not show and not only:
        warn_unused(at=at)
    rules = RetentionRule.objects.filter(code__in=set(only) or known)
    return [_apply(rule, known[rule.code], at, show, batch) for rule in rules]


def _apply(
    rule: RetentionRule,
    ageing: Ageing,
    at: datetime,
    show: bool,  # noqa: FBT001
    batch: int,
) -> Retired:
    before = at - rule.keep
    if show:
        with walls.within(walls.EVERYWHERE):
            rows = len(ageing.due(before, at, _COUNTED))
    else:
        rows = sum(_batches(rule, ageing, before, at, batch))
    return Retired(rule, before, rows)


def _batches(
    rule: RetentionRule, ageing: Ageing, before: datetime, at: datetime, batch: int
) -> Iterator[int]:
    last: list[Due] = []
    while True:
        with walls.within(walls.EVERYWHERE):
            due = ageing.due(before, at, batch)
            if not due:
                return
            if due == last:
                raise NothingGoesError(rule.code)
            by_region: dict[str, list[str]] = defaultdict(list)
            for one in due:
                by_region[one.region].append(one.ref)
            for region, refs in sorted(by_region.items()):
                record_deletion(
                    rule.code,
                    action=rule.action,
                    refs=refs,
                    rows=len(refs),
                    at=at,
                    before=before,
                    region=region,
                )
            ageing.apply([one.ref for one in due], at)
        last = list(due)
        yield len(due)


@transaction.atomic
def warn_unused(*, at: datetime) -> int:
    """Write to people whose unused account will be closed in thirty days, once."""
    rule = RetentionRule.objects.filter(code="dormant-accounts").first()
    if rule is None:
        return 0
    _forget_used(at - rule.keep + WARNED_FOR)
    rows = unused_since(at - rule.keep + WARNED_FOR, at=at).exclude(
        pk__in=DormancyNotice.objects.values("account")
    )
    sent = 0
    for account in rows[: BATCH * 10]:
        DormancyNotice.objects.create(account=account, sent_at=at)
        if account.email:
            send_letter(
                to=[account.email],
                template="privacy/letters/dormant.txt",
                context={"closes_at": at + WARNED_FOR},
                language=account.language,
            )
        sent += 1
    return sent


def _forget_used(since: datetime) -> None:
    """Whoever came back is warned anew, should they stay away again."""
    DormancyNotice.objects.filter(account__last_login__gte=since).delete()
