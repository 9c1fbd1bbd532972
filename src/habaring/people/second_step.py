"""Who must sign in with a second step, and whether a session passed it.

The session itself keeps what was proved in it (`allauth` writes it at each step), so a
session that skipped the second step can be told from one that passed, however it came
about.
"""

from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account, Directory, Membership
from habaring.shared.refusal import Refusal

_RECORDS = "account_authentication_methods"  # allauth.account.internal.flows.login
_OF = "account_authentication_methods_user"
KINDS = ("totp", "webauthn")
"""What counts as a second step of one's own; recovery codes only stand in for it."""


class SecondStepNeeded(Refusal):
    """The role is held, but this session has not passed the second step."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            what=_("Your role asks for a second step at sign-in."),
            why=_("A password alone can be guessed or read over a shoulder."),
            next=_("Set up the second step or prove it under “My account”."),
        )


class LastStep(Refusal):
    """An officer's last second step stays."""

    def __init__(self) -> None:
        super().__init__(
            what=_("This second step stays."),
            why=_("Your role asks for a second step, and it is the only one you have."),
            next=_("Add another passkey or app first, then take this one away."),
        )


def passed(request: HttpRequest) -> bool:
    """Whether the person of this session proved a second step in it."""
    account = request.session.get(SESSION_KEY)
    if account is None or request.session.get(_OF) != account:
        return False
    records = request.session.get(_RECORDS)
    return isinstance(records, list) and any(
        isinstance(record, dict) and record.get("method") == "mfa" for record in records
    )


def note_passed(request: HttpRequest, account: Account, **how: object) -> None:
    """Write into the session that the person proved a second step just now."""
    from allauth.account.internal.flows.login import record_authentication

    record_authentication(request, account, "mfa", **how)
    account.passed_second_step = True


def asked_of(account: Account, *, at: datetime) -> bool:
    """Whether a role that this person holds asks for a second step."""
    return (
        Membership.objects.in_force(at)
        .filter(account=account.pk, role__second_step=True)
        .exists()
    )


def is_set_up(account: Account) -> bool:
    """Whether the person has a second step of their own."""
    from allauth.mfa.models import Authenticator

    mine = Authenticator.objects.filter(user_id=account.pk, type__in=KINDS)
    return bool(mine.exists())


def may_remove(account: Account, authenticator_id: int, *, at: datetime) -> bool:
    """Whether this second step may go: officers keep their last one."""
    from allauth.mfa.models import Authenticator

    others = Authenticator.objects.filter(user_id=account.pk, type__in=KINDS)
    return others.exclude(pk=authenticator_id).exists() or not asked_of(account, at=at)


def directory_speaks_for(
    directory: Directory, account: Account, *, at: datetime
) -> bool:
    """Whether a directory's word on the second step is enough for all that the person
    may do: every role must lie in the directory's own region.
    """
    return directory.trusted_second_step and not holds_outside(
        directory.region_id, account, at=at
    )


def holds_outside(code: str, account: Account, *, at: datetime) -> bool:
    """Whether a person holds a role beyond one region and what lies below it."""
    held = Membership.objects.in_force(at).filter(account=account.pk)
    return any(
        membership.role.platform_wide
        or membership.region_id is None
        or not f"{membership.region_id}.".startswith(f"{code}.")
        for membership in held.select_related("role")
    )


def let_in(
    request: HttpRequest, account: Account, *, by: str, onward: str | None = None
) -> HttpResponse:
    """Begin the session of somebody who proved who they are `by` password, code or
    directory: after their second step where they have one.
    """
    from allauth.account.internal.flows.login import (
        perform_login,
        record_authentication,
    )
    from allauth.account.models import Login

    record_authentication(request, account, by)
    answer: HttpResponse = perform_login(
        request, Login(user=account, redirect_url=onward)
    )
    return answer
