"""Invite, accept, grant, revoke: who may do what is always somebody's deed."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.people.access import Place as Place
from habaring.people.models import (
    Account,
    Invitation,
    Membership,
    MembershipQuerySet,
    Role,
)
from habaring.people.rules import LastKeeper as LastKeeper
from habaring.people.rules import Term as Term
from habaring.people.rules import (
    check_keeper_stays,
    check_place,
    check_term,
    place_of,
    require_giver,
)
from habaring.regions.models import Region
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


class AlreadyHeld(Refusal):
    """The person holds this role in this place already."""


class AlreadyOver(Refusal):
    """The role has ended; what is over is not changed."""


class AlreadyAnswered(Refusal):
    """The invitation was used or taken back."""


@dataclass(frozen=True)
class Offer:
    """What an invitation promises: a role in a place for a time.

    `also_in` lists the codes of further regions for the same role; `full_name` is how
    the inviter knows the person.
    """

    role: Role
    place: Place
    term: Term = field(default_factory=Term)
    full_name: str = ""
    also_in: tuple[str, ...] = ()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _is_looked_after() -> bool:
    """Accounts alone say nothing: citizens have them, and the people of the demo."""
    return Membership.objects.filter(role__code="operator").exists()


@transaction.atomic
def issue_first_link(*, at: datetime) -> str | None:
    """The one-time link that makes the operator; None once there is one.

    An earlier unused link is withdrawn, so that only the newest works.
    """
    if _is_looked_after():
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


def check_offer(*, offer: Offer, by: Account, at: datetime) -> None:
    """Refuse what `invite` would refuse; nothing is written."""
    for place in places(offer):
        check_place(offer.role, place)
        require_giver(offer.role, place, by=by, at=at)
    check_term(offer.term, at=at)


def places(offer: Offer) -> list[Place]:
    """Every place that an offer names, the first one first."""
    return _places(offer.place, offer.also_in)


def _places(first: Place, codes: Iterable[str]) -> list[Place]:
    more = Region.objects.filter(code__in=list(codes)).order_by("code")
    return [first, *(Place(region) for region in more)]


@transaction.atomic
def invite(*, email: str, offer: Offer, by: Account, at: datetime, address: str) -> str:
    """Send a one-time link by mail; an earlier one for the same role is withdrawn.

    `address` is the accept page, ending before the token, which is returned.
    """
    check_offer(offer=offer, by=by, at=at)
    promise = {
        "email": email.strip().lower(),
        "role": offer.role,
        "region": offer.place.region,
        "department": offer.place.department,
        "body": offer.place.body,
    }
    Invitation.objects.waiting().filter(**promise).update(withdrawn_at=at)
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        **promise,
        also_in=list(offer.also_in),
        full_name=offer.full_name.strip(),
        since=offer.term.since,
        until=offer.term.until,
        note=offer.term.note.strip(),
        token_hash=_hash(token),
        invited_by=by,
        issued_at=at,
        expires_at=_expiry(offer.term, at),
    )
    _post(invitation, f"{address}{token}/", by=by)
    audit.record(
        by=by,
        at=at,
        verb="people.invited",
        subject=invitation,
        region=_audited(invitation.region_id),
        details={"role": offer.role.code},
    )
    return token


def _expiry(term: Term, at: datetime) -> datetime:
    days = at + timedelta(days=INVITATION_DAYS)
    return min(days, term.until) if term.until else days


def _audited(region: str | None) -> str:
    return region or audit.PLATFORM


def _post(invitation: Invitation, link: str, *, by: Account) -> None:
    notices.send_letter(
        to=[invitation.email],
        template="people/letters/invitation.txt",
        context={
            "invitation": invitation,
            "by": by,
            "link": link,
            "places": _places(Place(invitation.region), invitation.also_in),
            "last_day": invitation.until and invitation.until - timedelta(seconds=1),
        },
        language=by.language,
    )


@transaction.atomic
def invite_many(
    *,
    offers: Sequence[tuple[str, Offer]],
    by: Account,
    at: datetime,
    address: str,
) -> int:
    """Invite everybody of a list, or nobody; the number of letters."""
    for email, offer in offers:
        invite(email=email, offer=offer, by=by, at=at, address=address)
    return len(offers)


@transaction.atomic
def send_again(
    *, invitation: Invitation, by: Account, at: datetime, address: str
) -> None:
    """Send a new link in place of the one that was lost or has run out."""
    _check_waiting(invitation)
    offer = Offer(
        invitation.role,
        Place(invitation.region, invitation.department, invitation.body),
        Term(invitation.since, invitation.until),
        also_in=tuple(invitation.also_in),
    )
    check_offer(offer=offer, by=by, at=at)
    token = secrets.token_urlsafe(24)
    invitation.token_hash = _hash(token)
    invitation.expires_at = _expiry(offer.term, at)
    invitation.save(update_fields=["token_hash", "expires_at"])
    _post(invitation, f"{address}{token}/", by=by)
    audit.record(
        by=by,
        at=at,
        verb="people.invitation.sent_again",
        subject=invitation,
        region=_audited(invitation.region_id),
        details={"role": invitation.role_id},
    )


def _check_waiting(invitation: Invitation) -> None:
    if invitation.accepted_at or invitation.withdrawn_at:
        raise AlreadyAnswered(
            what=_("The invitation is not open any more."),
            why=_("It was accepted or taken back meanwhile."),
            next=_("Look at the list of people again."),
        )


def usable_invitation(*, token: str, at: datetime) -> Invitation:
    """The invitation behind a link, or InvitationUnusable."""
    invitation = (
        Invitation.objects.open_at(at)
        .select_related("role", "region", "department")
        .filter(token_hash=_hash(token))
        .first()
    )
    late = invitation and invitation.is_first and _is_looked_after()
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
    elif not account.has_usable_password():  # came by code or directory until now
        _check_password(new, email)
        account.set_password(new.password)
        account.save(update_fields=["password"])
    elif not account.check_password(new.password):
        raise PasswordTooWeak(
            what=_("The password does not match the account you already have."),
            why=_("There is an account with this mail address."),
            next=_(
                "Type the password of that account, and the new role is added to it."
            ),
        )
    take_up(invitation=invitation, account=account, at=at)
    return account


@transaction.atomic
def take_up(*, invitation: Invitation, account: Account, at: datetime) -> None:
    """Give a person what an open invitation to their checked address promised."""
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    _fulfil(invitation, account, at)
    audit.record(
        by=account,
        at=at,
        verb="people.invitation.accepted",
        subject=invitation,
        region=_audited(invitation.region_id),
        details={"role": invitation.role_id},
    )


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


def _fulfil(invitation: Invitation, account: Account, at: datetime) -> None:
    """Give what the invitation promised, where the person does not hold it already."""
    begins = max(at, invitation.since or at)
    held = Place(invitation.region, invitation.department, invitation.body)
    for place in _places(held, invitation.also_in):
        row = Membership(
            account=account,
            role=invitation.role,
            region=place.region,
            department=place.department,
            body=place.body,
            since=begins,
            until=invitation.until,
            granted_by=invitation.invited_by,
            granted_at=at,
            note=invitation.note,
        )
        if not overlapping(row).exists():
            row.save()


def overlapping(row: Membership) -> MembershipQuerySet:
    """Other spans in which the person holds the same role in the same place."""
    same = Membership.objects.filter(
        account=row.account_id,
        role=row.role_id,
        region=row.region_id,
        department=row.department_id,
        body=row.body,
    ).not_over(row.since)
    if row.until is not None:
        same = same.filter(since__lt=row.until)
    return same.exclude(pk=row.pk)


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Account, at: datetime) -> None:
    """Take an invitation back; its link stops working."""
    _check_waiting(invitation)
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
    *,
    account: Account,
    role: Role,
    place: Place,
    by: Account | None,
    at: datetime,
    term: Term = Term(),  # noqa: B008 - frozen
) -> Membership:
    """Give a role in a place for a time. `by=None` means the platform itself."""
    check_place(role, place)
    check_term(term, at=at)
    if by is not None:
        require_giver(role, place, by=by, at=at)
    if not account.is_active:
        raise AccountClosed(
            what=_("The role cannot be given."),
            why=_("The account of this person is closed."),
            next=_("Invite another address of this person."),
        )
    membership = Membership(
        account=account,
        role=role,
        region=place.region,
        department=place.department,
        body=place.body,
        since=max(at, term.since or at),
        until=term.until,
        granted_by=by,
        granted_at=at,
        note=term.note.strip(),
    )
    _check_free(membership)
    membership.save()
    audit.record(
        by=by,
        at=at,
        verb="people.role.granted",
        subject=membership,
        region=_audited(membership.region_id),
        reason=membership.note,
        details={"account": account.pk, "role": role.code},
    )
    return membership


def _check_free(membership: Membership) -> None:
    Account.objects.select_for_update().get(pk=membership.account_id)
    if overlapping(membership).exists():
        raise AlreadyHeld(
            what=_("%(person)s holds this role already.")
            % {"person": membership.account.full_name},
            why=_("A role is held once at a time in the same place."),
            next=_("Change the last day of the role that is there, or leave it so."),
        )


def _check_not_over(membership: Membership, at: datetime) -> None:
    if membership.until is not None and membership.until <= at:
        raise AlreadyOver(
            what=_("The role has ended already."),
            why=_("What is over stays in the record as it was."),
            next=_("Give the role again if it is needed."),
        )


@transaction.atomic
def change_end(
    *,
    membership: Membership,
    until: datetime | None,
    by: Account,
    at: datetime,
    reason: str = "",
) -> None:
    """Move the end of a role, or leave it open.

    Raises LastKeeper where a moment would come at which nobody may invite others.
    """
    _check_not_over(membership, at)
    require_giver(membership.role, place_of(membership), by=by, at=at)
    check_term(Term(membership.since, until), at=at)
    check_keeper_stays(membership, until=until, by=by, at=at)
    before = membership.until
    membership.until = until
    _check_free(membership)
    membership.save(update_fields=["until"])
    audit.record(
        by=by,
        at=at,
        verb="people.role.end_changed",
        subject=membership,
        region=_audited(membership.region_id),
        reason=reason,
        details={
            "account": membership.account_id,
            "role": membership.role_id,
            "before": before.isoformat() if before else None,
            "after": until.isoformat() if until else None,
        },
    )


@transaction.atomic
def revoke(
    *, membership: Membership, by: Account, at: datetime, reason: str = ""
) -> None:
    """End a role from this moment; the row stays as history.

    One's own role may always be ended, another's only by who could give it. Raises
    LastKeeper where nobody would be left to invite others.
    """
    _check_not_over(membership, at)
    if membership.account_id != by.pk:
        require_giver(membership.role, place_of(membership), by=by, at=at)
    check_keeper_stays(membership, until=at, by=by, at=at)
    membership.until = max(at, membership.since)  # what never began never holds
    membership.ended_by = by
    membership.ended_reason = reason.strip()
    membership.save(update_fields=["until", "ended_by", "ended_reason"])
    audit.record(
        by=by,
        at=at,
        verb="people.role.revoked",
        subject=membership,
        region=_audited(membership.region_id),
        reason=membership.ended_reason,
        details={"account": membership.account_id, "role": membership.role_id},
    )
