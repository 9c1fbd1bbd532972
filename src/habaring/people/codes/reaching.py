"""A second way to reach an account, and another number instead of the old one.

The new number or address gets a code; where it replaces one, the old one gets a code
too, and both must be typed. One that belongs to somebody else looks like any other:
its owner is told by a message that holds no code.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from habaring.people.codes import actions
from habaring.people.codes.actions import Asker, ReachTaken
from habaring.people.codes.models import Challenge
from habaring.people.codes.reach import Reach
from habaring.people.models import Account
from habaring.shared import audit


@transaction.atomic
def ask(*, account: Account, reach: Reach, by: Asker, at: datetime) -> Challenge:
    """Send a code to the new reach, and one to the old where there is an old one.

    Raises TooMany, and ReachTaken where it is the account's own already.
    """
    old = getattr(account, reach.field)
    if old == reach.value:
        raise ReachTaken(
            what=_("This is your own already."),
            why=_("The account is reached there today."),
            next=_("Nothing needs to be done."),
        )
    actions.spend(reach, by, at)
    owner = reach.account()
    beside = None
    if old:
        beside, code = actions.issued(
            Challenge(purpose=Challenge.OLD_REACH, reach=old, account=account),
            browser=by.browser,
            at=at,
        )
        actions.tell(Reach(old), actions.Told("reach", code), account.language, at)
    challenge, code = actions.issued(
        Challenge(
            purpose=Challenge.NEW_REACH,
            reach=reach.value,
            account=account,
            beside=beside,
        ),
        browser=by.browser,
        at=at,
        fits=owner is None,
    )
    told = actions.Told("reach" if owner is None else "taken", code)
    actions.tell(reach, told, owner.language if owner else account.language, at)
    return challenge


@transaction.atomic
def confirm(
    *,
    challenge: UUID,
    codes: tuple[str, str],
    account: Account,
    by: Asker,
    at: datetime,
) -> Reach:
    """Take the new reach into use; `codes` is of the new one, then of the old one.

    Raises CodeWrong, CodeGone, ReachTaken.
    """
    found = actions.open_challenge(challenge=challenge, browser=by.browser, at=at)
    Challenge.objects.select_for_update().get(pk=found.pk)
    found = actions.open_challenge(challenge=challenge, browser=by.browser, at=at)
    if found.purpose != Challenge.NEW_REACH or found.account_id != account.pk:
        raise actions.gone()
    reach = Reach(found.reach)
    old = getattr(account, reach.field)
    if (found.beside.reach if found.beside else None) != (old or None):
        raise actions.gone()  # the old one has changed since
    actions.compare(found, codes[0], at=at)
    if found.beside is not None:
        actions.compare(found.beside, codes[1], at=at)
    setattr(account, reach.field, reach.value)
    try:
        with transaction.atomic():
            account.save(update_fields=[reach.field])
    except IntegrityError:
        raise ReachTaken(
            what=_("This cannot be added to your account."),
            why=_("It cannot be used here now."),
            next=_("Use another number or address."),
        ) from None
    for one in (found, found.beside):
        if one is not None:
            one.answered_at = one.used_at = at
            one.save(update_fields=["answered_at", "used_at"])
    audit.record(
        by=account,
        at=at,
        verb="people.reach.changed" if old else "people.reach.added",
        subject=account,
        region=actions.ENTRANCE,
        details={"channel": reach.field},
    )
    return reach
