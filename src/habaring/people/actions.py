"""Invite, accept, grant, revoke: who may do what is always somebody's deed."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account, Invitation, Membership, Role
from habaring.regions.models import Department, Region
from habaring.shared import audit, notices
from habaring.shared.refusal import Refusal

FIRST_LINK_HOURS = 24
INVITATION_DAYS = 14


class InvitationUnusable(Refusal):
    """The link was used, withdrawn, has run out, or never existed."""


class PasswordTooWeak(Refusal):
    """The chosen password is refused by the rules."""


class AccountClosed(Refusal):
    """The account of this mail address is closed."""


class LastKeeper(Refusal):
    """Nobody would be left in the region to invite others."""


class AlreadyHeld(Refusal):
    """The person holds this role in this place already."""


@dataclass(frozen=True)
class Place:
    """Where a role holds: everywhere, in a region, or in one of its departments."""

    region: Region | None = None
    department: Department | None = None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_first_link(*, at: datetime) -> str | None:
    """The one-time link that makes the first account; None once there is one.

    An earlier unused link is withdrawn, so that only the newest works.
    """
    if Account.objects.exists():
        return None
    Invitation.objects.filter(email="", accepted_at__isnull=True).update(
        withdrawn_at=at
    )
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        token_hash=_hash(token),
        role=Role.objects.get(code="operator"),
        issued_at=at,
        expires_at=at + timedelta(hours=FIRST_LINK_HOURS),
    )
    audit.record(by=None, at=at, verb="people.first_link.issued", subject=invitation)
    return token


@transaction.atomic
def invite(
    *, email: str, role: Role, place: Place, by: Account, at: datetime, address: str
) -> str:
    """Send a one-time link by mail; an earlier one for the same role is withdrawn.

    `address` is the accept page, ending before the token.
    """
    token = secrets.token_urlsafe(24)
    promise = {
        "email": email.strip().lower(),
        "role": role,
        "region": place.region,
        "department": place.department,
    }
    Invitation.objects.open_at(at).filter(**promise).update(withdrawn_at=at)
    invitation = Invitation.objects.create(
        **promise,
        token_hash=_hash(token),
        invited_by=by,
        issued_at=at,
        expires_at=at + timedelta(days=INVITATION_DAYS),
    )
    audit.record(
        by=by,
        at=at,
        verb="people.invited",
        subject=invitation,
        region=place.region.code if place.region else audit.PLATFORM,
        details={"role": role.code},
    )
    notices.send_letter(
        to=[invitation.email],
        template="people/letters/invitation.txt",
        context={
            "invitation": invitation,
            "by": by,
            "link": f"{address}{token}/",
        },
        language=by.language,
    )
    return token


def usable_invitation(*, token: str, at: datetime) -> Invitation:
    """The invitation behind a link, or InvitationUnusable."""
    invitation = (
        Invitation.objects.open_at(at)
        .select_related("role", "region", "department")
        .filter(token_hash=_hash(token))
        .first()
    )
    late = invitation and invitation.is_first and Account.objects.exists()
    if invitation is None or late:
        raise InvitationUnusable(
            what=_("This link does not work any more."),
            why=_("It was used already, was replaced by a newer one, or has run out."),
            next=_("Ask the person who invited you to send a new link."),
        )
    return invitation


@dataclass(frozen=True)
class NewAccount:
    """What a person fills in to make an account."""

    email: str
    full_name: str
    password: str
    language: str = "id"


@transaction.atomic
def accept_invitation(*, token: str, new: NewAccount, at: datetime) -> Account:
    """Make the account that an invitation promises and give it its role."""
    invitation = usable_invitation(token=token, at=at)
    Invitation.objects.select_for_update().get(pk=invitation.pk)
    invitation = usable_invitation(token=token, at=at)  # again, under the lock
    email = (invitation.email or new.email).strip().lower()
    account = Account.objects.filter(email=email).first()
    if account is None:
        _check_password(new, email)
        account = Account.objects.create_account(
            email=email,
            full_name=new.full_name.strip(),
            password=new.password,
            language=new.language,
        )
    elif not account.is_active:
        raise AccountClosed(
            what=_("The invitation cannot be accepted."),
            why=_("The account of this mail address is closed."),
            next=_("Ask the person who invited you to use another address."),
        )
    elif not account.check_password(new.password):
        raise PasswordTooWeak(
            what=_("The password does not match the account you already have."),
            why=_("There is an account with this mail address."),
            next=_(
                "Type the password of that account, and the new role is added to it."
            ),
        )
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    if not _held(account, invitation.role, invitation.region, invitation.department):
        Membership.objects.create(
            account=account,
            role=invitation.role,
            region=invitation.region,
            department=invitation.department,
            since=at,
            granted_by=invitation.invited_by,
        )
    audit.record(
        by=account,
        at=at,
        verb="people.invitation.accepted",
        subject=invitation,
        region=invitation.region_id or audit.PLATFORM,
        details={"role": invitation.role_id},
    )
    return account


def _check_password(new: NewAccount, email: str) -> None:
    try:
        validate_password(new.password, Account(email=email, full_name=new.full_name))
    except ValidationError as error:
        raise PasswordTooWeak(
            what=_("This password is too easy to guess."),
            why=" ".join(error.messages),
            next=_(
                "Choose a longer one: three or four words that do not belong together."
            ),
        ) from error


def _held(
    account: Account, role: Role, region: Region | None, department: Department | None
) -> bool:
    return Membership.objects.filter(
        account=account,
        role=role,
        region=region,
        department=department,
        until__isnull=True,
    ).exists()


def _last_keeper(membership: Membership, at: datetime) -> bool:
    def keeps(role: Role) -> bool:
        return "manage_people" in role.powers

    others = (
        Membership.objects.in_force(at)
        .filter(region=membership.region_id, department=None)
        .exclude(pk=membership.pk)
        .select_related("role")
    )
    return keeps(membership.role) and not any(keeps(other.role) for other in others)


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Account, at: datetime) -> None:
    """Take an invitation back; its link stops working."""
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    audit.record(
        by=by,
        at=at,
        verb="people.invitation.withdrawn",
        subject=invitation,
        region=invitation.region_id or audit.PLATFORM,
        details={"role": invitation.role_id},
    )


@transaction.atomic
def grant(
    *, account: Account, role: Role, place: Place, by: Account | None, at: datetime
) -> Membership:
    """Give a role in a place, from this moment."""
    if _held(account, role, place.region, place.department):
        raise AlreadyHeld(
            what=_("%(person)s holds this role already.")
            % {"person": account.full_name},
            why=_("A role is held once in the same place."),
            next=_("Nothing needs to be done."),
        )
    membership = Membership.objects.create(
        account=account,
        role=role,
        region=place.region,
        department=place.department,
        since=at,
        granted_by=by,
    )
    audit.record(
        by=by,
        at=at,
        verb="people.role.granted",
        subject=membership,
        region=place.region.code if place.region else audit.PLATFORM,
        details={"account": account.pk, "role": role.code},
    )
    return membership


@transaction.atomic
def revoke(
    *, membership: Membership, by: Account, at: datetime, reason: str = ""
) -> None:
    """End a role from this moment; the row stays as history.

    Raises LastKeeper when one would shut oneself out and leave nobody to invite others.
    """
    if membership.account_id == by.pk and _last_keeper(membership, at):
        raise LastKeeper(
            what=_("The role was not ended."),
            why=_("It is your own, and nobody else here may invite others."),
            next=_("Invite a successor first."),
        )
    membership.until = at
    membership.save(update_fields=["until"])
    audit.record(
        by=by,
        at=at,
        verb="people.role.revoked",
        subject=membership,
        region=membership.region_id or audit.PLATFORM,
        reason=reason,
        details={"account": membership.account_id, "role": membership.role_id},
    )
