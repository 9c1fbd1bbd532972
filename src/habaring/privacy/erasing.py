"""Erasing a person: each domain takes out what it holds, a row without a name stays."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.privacy import queries
from habaring.privacy.models import AgeingAction, DeletionEntry
from habaring.privacy.opening import every_region
from habaring.shared import audit
from habaring.shared.holdings import holdings
from habaring.shared.notices import send_letter
from habaring.shared.refusal import Refusal, Words
from habaring.shared.retention import PLATFORM

ERASED = "erasure"


class ErasureRefused(Refusal):
    """The data cannot be erased yet."""


@transaction.atomic
def erase_account(
    *, account: Account, by: Account | None, at: datetime, reason: str = ""
) -> int:
    """Erase what is held about a person; gives the number of rows touched.

    What a law keeps stays without the name. Done again it changes nothing. Raises
    ErasureRefused while the person holds a post, or is the last who manages a region.
    """
    account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if account.erased_at is not None:
        return 0
    _refuse_unfinished(account, at)
    address, language = account.email, account.language
    touched = 0
    with every_region():
        for holding in holdings():
            if holding.erase is not None:
                touched += holding.erase(account, by=by, at=at)
        record_deletion(
            ERASED,
            action=AgeingAction.PSEUDONYMISE,
            refs=[str(account.pk)],
            rows=touched,
            at=at,
        )
    audit.record(
        by=by,
        at=at,
        verb="privacy.account.erased",
        subject=account,
        reason=reason,
        details={"rows": touched},
    )
    if address:
        send_letter(
            to=[address],
            template="privacy/letters/erased.txt",
            context={"at": at},
            language=language,
        )
    return touched


def record_deletion(  # noqa: PLR0913 - one line of a register
    category: str,
    *,
    action: AgeingAction | str,
    refs: Iterable[str],
    rows: int,
    at: datetime,
    before: datetime | None = None,
    region: str = PLATFORM,
) -> DeletionEntry:
    """Append one line to the deletion register; of the keys only a hash is kept."""
    digest = hashlib.sha256("\n".join(sorted(refs)).encode()).hexdigest()
    return DeletionEntry.objects.create(
        region_code=region,
        category=category,
        action=action,
        rows=rows,
        before=before,
        at=at,
        ids_sha256=digest,
    )


def _refuse_unfinished(account: Account, at: datetime) -> None:
    plan = queries.erasure(account, at=at)
    if plan.held_by_post:
        raise _refused(
            plan.held_by_post,
            _("You still hold a post: {names}."),
            _("Hand it over first, so that nothing is left without an owner."),
        )
    if plan.last_keeper_of:
        raise _refused(
            plan.last_keeper_of,
            _("Nobody else may manage the people of {names}."),
            _("Invite a successor first."),
        )


def _refused(names: Sequence[str], why: Words, then: Words) -> ErasureRefused:
    return ErasureRefused(
        _("The data cannot be erased yet."),
        why=format_lazy(why, names=", ".join(names)),
        next=then,
    )
