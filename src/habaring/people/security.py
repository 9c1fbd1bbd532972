"""Deeds about one's own way in: sign in, change the password, end sessions, unlock.

They are audited under a word of their own instead of the platform, since what is
audited for the platform makes every kept public page be drawn anew.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.people import lockout, second_step
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit, notices
from habaring.shared.refusal import Refusal

ENTRANCE = "masuk"
"""Where deeds at the door are audited, in place of a region's code."""


class WeakPassword(Refusal):
    """The chosen password is refused by the rules."""


@transaction.atomic
def note(
    *,
    account: Account,
    at: datetime,
    verb: str,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write a deed at the door into the audit trail."""
    audit.record(
        by=account,
        at=at,
        verb=f"people.{verb}",
        subject=account,
        region=ENTRANCE,
        details=details,
    )


@transaction.atomic
def change_details(
    *, account: Account, full_name: str, language: str, at: datetime
) -> None:
    """Correct one's own name, and the language that letters come in."""
    account.full_name = full_name.strip()
    account.language = language
    account.save(update_fields=["full_name", "language"])
    note(account=account, at=at, verb="details.changed")


@transaction.atomic
def set_password(
    *, account: Account, password: str, at: datetime, keep: str | None = None
) -> None:
    """Set a new password and end all sessions but the one with the key `keep`.

    Raises WeakPassword. A letter tells the person.
    """
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise WeakPassword(
            what=_("This password is too easy to guess."),
            why=" ".join(error.messages),
            next=_(
                "Choose a longer one: three or four words that do not belong together."
            ),
        ) from error
    account.set_password(password)
    account.save(update_fields=["password"])
    ended = _end_sessions(account, keep=keep)
    note(account=account, at=at, verb="password.set", details={"sessions": ended})
    tell(account, "password")


@transaction.atomic
def sign_out_everywhere(
    *, account: Account, at: datetime, keep: str | None = None
) -> int:
    """End all sessions of a person but the one with the key `keep`; how many ended."""
    ended = _end_sessions(account, keep=keep)
    note(account=account, at=at, verb="sessions.ended", details={"sessions": ended})
    return ended


@transaction.atomic
def end_session(*, account: Account, session: int, at: datetime) -> bool:
    """End one of one's own sessions by its id in the list."""
    from allauth.usersessions.models import UserSession

    found = UserSession.objects.filter(user_id=account.pk, pk=session).first()
    if found is None:
        return False
    found.end()
    note(account=account, at=at, verb="sessions.ended", details={"sessions": 1})
    return True


def _end_sessions(account: Account, *, keep: str | None) -> int:
    from allauth.usersessions.models import UserSession

    ended = 0
    for session in UserSession.objects.filter(user_id=account.pk):
        if session.session_key != keep:
            session.end()
            ended += 1
    return ended


@transaction.atomic
def second_step_added(*, account: Account, kind: str, at: datetime) -> None:
    """A passkey or an app was added: written down and told by letter."""
    note(account=account, at=at, verb="second_step.added", details={"kind": kind})
    tell(account, "added")


@transaction.atomic
def remove_second_step(*, account: Account, authenticator: int, at: datetime) -> str:
    """Take a passkey or the app away, and the recovery codes with the last; the kind.

    Raises LastStep for the last one of a person whose role asks for one.
    """
    from allauth.mfa.models import Authenticator

    mine = Authenticator.objects.select_for_update().filter(user_id=account.pk)
    found = mine.filter(pk=authenticator, type__in=second_step.KINDS).first()
    if found is None:
        return ""
    if not second_step.may_remove(account, authenticator, at=at):
        raise second_step.LastStep
    kind = str(found.type)
    found.delete()
    if not second_step.is_set_up(account):
        Authenticator.objects.filter(user_id=account.pk).delete()
    note(account=account, at=at, verb="second_step.removed", details={"kind": kind})
    tell(account, "removed")
    return kind


@transaction.atomic
def reset_second_step(
    *, account: Account, by: Account, region: Region, at: datetime
) -> None:
    """For a person who lost telephone and recovery codes: take all second steps away
    and end all sessions; the next sign-in sets up a new one. The person is told.
    """
    from allauth.mfa.models import Authenticator

    Authenticator.objects.filter(user_id=account.pk).delete()
    _end_sessions(account, keep=None)
    audit.record(
        by=by,
        at=at,
        verb="people.second_step.reset",
        subject=account,
        region=region.code,
    )
    tell(account, "reset")


@transaction.atomic
def unlock(*, account: Account, by: Account, region: Region, at: datetime) -> int:
    """Let a person who failed too often try again at once; how many rows went."""
    gone, _kinds = AccessAttempt.objects.filter(
        username=lockout.hashed(account.email or "")
    ).delete()
    audit.record(
        by=by, at=at, verb="people.unlocked", subject=account, region=region.code
    )
    return int(gone)


def tell(account: Account, event: str) -> None:
    """A letter about a change to one's way in, so that a thief's does not stay hidden."""
    if account.email:
        notices.send_letter(
            to=[account.email],
            template="people/letters/security.txt",
            context={"account": account, "event": event},
            language=account.language,
        )
