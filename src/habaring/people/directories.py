"""Regions' own directories: kept by the secretariat, asked at the door.

A directory is believed about who somebody is, only for its own region, and only for
mail addresses that were checked. It never takes over an account that belongs elsewhere.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from habaring.people import actions, second_step, security
from habaring.people.models import Account, Directory, Invitation, Membership, Role
from habaring.regions.models import Region
from habaring.shared import audit, sealing
from habaring.shared.refusal import Refusal, Words


class NotLetIn(Refusal):
    """Refused on the way in: one begins again at the door."""

    @property
    def back(self) -> str:
        """The sign-in page; the page that refused works once."""
        return reverse("people:sign-in")


class SignInFailed(NotLetIn):
    """The directory did not let the person in, or was not understood."""

    @classmethod
    def because(cls, error: str, exception: Exception | None) -> "SignInFailed":
        """`error` is allauth's word for it."""
        if error == "cancelled":
            return cls(
                what=_("The sign-in was cancelled."),
                why=_("The directory was left before it let you in."),
                next=_("Sign in again, or with your mail address and password."),
            )
        why: Words = _("Its answer did not fit what this browser had asked.")
        if exception is not None:
            why = _("Its server did not answer, or what it said could not be checked.")
        return cls(
            what=_("The directory could not sign you in."),
            why=why,
            next=_(
                "Begin again from the sign-in page; tell your secretariat if it stays."
            ),
        )


class AccountShut(NotLetIn):
    """The account is closed."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            what=_("You cannot be signed in."),
            why=_("This account is closed."),
            next=_("Ask your region's secretariat."),
        )


class MailNotVouched(NotLetIn):
    """The directory gave no mail address that it checked and may speak for."""

    def __init__(self) -> None:
        super().__init__(
            what=_("You cannot be signed in with this directory."),
            why=_("It gave no mail address that it has checked and may speak for."),
            next=_("Ask your region's secretariat for an invitation."),
        )


class BelongsElsewhere(NotLetIn):
    """An account with this mail address is not this directory's to open."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            what=_("This directory cannot open the account with your mail address."),
            why=_("The account is not only of the region whose directory this is."),
            next=_("Sign in with your mail address and password."),
        )


class DirectoryRefused(Refusal):
    """What was typed about a directory does not fit together."""


@dataclass(frozen=True)
class Said:
    """What a directory said about a person, checked."""

    mail: str
    verified: bool
    name: str
    several_steps: bool


@dataclass(frozen=True)
class Details:
    """What the secretariat writes down about a directory. An empty `secret` keeps the
    one that is there.
    """

    name: str
    issuer: str
    client_id: str
    secret: str = ""
    mail_domains: tuple[str, ...] = ()
    vouches_for_mail: bool = False
    trusted_second_step: bool = False
    default_role: Role | None = None


# Kept by the secretariat


@transaction.atomic
def add(*, region: Region, details: Details, by: Account, at: datetime) -> Directory:
    """Write down a region's directory. Raises DirectoryRefused."""
    stem = f"{region.code.replace('.', '-')}-{slugify(details.name) or 'sso'}"[:50]
    taken = set(Directory.objects.values_list("code", flat=True))
    code = stem if stem not in taken else f"{stem}-{secrets.token_hex(3)}"
    directory = Directory(code=code, region=region, added_at=at)
    _write(directory, details)
    _note(directory, "added", by, at)
    return directory


@transaction.atomic
def change(
    *, directory: Directory, details: Details, by: Account, at: datetime
) -> Directory:
    """Write it down anew. Another server or client is another directory: whoever was
    known by the old one is forgotten, and is found by mail address at the next sign-in.
    """
    moved = (directory.issuer, directory.client_id) != (
        details.issuer,
        details.client_id,
    )
    if moved:
        _links(directory).delete()
        directory.sealed_secret = b""
    _write(directory, details)
    _note(directory, "changed", by, at)
    return directory


@transaction.atomic
def switch(*, directory: Directory, on: bool, by: Account, at: datetime) -> None:
    """Let it sign people in, or no longer."""
    directory.is_active = on
    directory.save(update_fields=["is_active"])
    _note(directory, "opened" if on else "closed", by, at)


def _write(directory: Directory, details: Details) -> None:
    role = details.default_role
    if role is not None and (role.platform_wide or role.from_platform):
        raise DirectoryRefused(
            what=_("This role cannot be given by a directory."),
            why=_("Only the platform's operator gives it."),
            next=_("Choose another role, or none."),
        )
    if details.vouches_for_mail and not details.mail_domains:
        raise DirectoryRefused(
            what=_("The mail domains are missing."),
            why=_("A directory can vouch only for addresses of its own domains."),
            next=_("Write down the domains, such as kotimkab.go.id."),
        )
    directory.name = details.name.strip()
    directory.issuer = details.issuer.rstrip("/")
    directory.client_id = details.client_id.strip()
    directory.mail_domains = sorted(details.mail_domains)
    directory.vouches_for_mail = details.vouches_for_mail
    directory.trusted_second_step = details.trusted_second_step
    directory.default_role = role
    if details.secret:
        directory.sealed_secret = sealing.seal(
            details.secret, about=f"directory {directory.code}"
        )
    directory.save()


def _note(directory: Directory, what: str, by: Account, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"people.directory.{what}",
        subject=directory,
        region=directory.region_id,
        details={
            "trusted_second_step": directory.trusted_second_step,
            "vouches_for_mail": directory.vouches_for_mail,
            "default_role": directory.default_role_id or "",
        },
    )


def _links(directory: Directory) -> Any:
    from allauth.socialaccount.models import SocialAccount

    return SocialAccount.objects.filter(provider=directory.code)


def people_of(directory: Directory) -> int:
    """How many have signed in with it."""
    return int(_links(directory).count())


# Asked at the door


def of(code: str) -> Directory | None:
    """The directory in use with this code."""
    return Directory.objects.in_use().filter(code=code).first()


def secret_of(directory: Directory) -> str:
    """From the environment, else from the sealed row."""
    name = re.sub(r"[^A-Z0-9]", "_", directory.code.upper())
    given = os.environ.get(f"OIDC_SECRET_{name}")
    if given:
        return given
    if not directory.sealed_secret:
        return ""
    return sealing.open_sealed(
        directory.sealed_secret, about=f"directory {directory.code}"
    )


def apps(*, provider: str | None = None) -> list[Any]:
    """Directories as allauth wants them; one when `provider` is a directory's code."""
    from allauth.socialaccount.models import SocialApp

    rows = Directory.objects.in_use()
    if provider and provider != "openid_connect":
        rows = rows.filter(code=provider)
    return [
        SocialApp(
            provider="openid_connect",
            provider_id=directory.code,
            name=directory.name,
            client_id=directory.client_id,
            secret=secret_of(directory),
            settings={"server_url": directory.issuer},
        )
        for directory in rows
    ]


@transaction.atomic
def admit(request: HttpRequest, sociallogin: Any, *, at: datetime) -> None:
    """Find or make the account that a directory's answer means, or refuse."""
    directory = of(sociallogin.account.provider)
    if directory is None:
        raise AccountShut
    said = _read(directory, getattr(request, "directory_claims", {}), sociallogin.state)
    sociallogin.state["second_step_there"] = said.several_steps
    if sociallogin.is_existing:
        account = sociallogin.user
    else:
        account = _account_for(directory, said, at)
        sociallogin.connect(request, account)
        security.note(
            account=account,
            at=at,
            verb="directory.linked",
            details={"directory": directory.code},
        )
    if not account.is_active:
        raise AccountShut
    if second_step.holds_outside(
        directory.region_id, account, at=at
    ) and not second_step.is_set_up(account):
        raise BelongsElsewhere
    for invitation in _invitations(directory, account.email or "", at):
        actions.take_up(invitation=invitation, account=account, at=at)


def _read(
    directory: Directory, claims: Mapping[str, Any], state: Mapping[str, Any]
) -> Said:
    """Check the nonce and that both answers speak of one person; take what is needed."""
    token = claims.get("id_token") or {}
    asked = str(state.get("nonce") or "")
    answered = str(token.get("nonce") or "")
    if not asked or not secrets.compare_digest(asked.encode(), answered.encode()):
        raise SignInFailed.because("unknown", None)
    more = claims.get("userinfo") or {}
    if more and more.get("sub") != token.get("sub"):
        raise SignInFailed.because("unknown", None)
    found = {**token, **more}
    mail = str(found.get("email") or "").strip().lower()
    domain = mail.rpartition("@")[2]
    listed = domain in directory.mail_domains
    checked = found.get("email_verified") is True
    amr = token.get("amr")
    return Said(
        mail=mail,
        verified=bool(mail)
        and (checked or (directory.vouches_for_mail and listed))
        and (listed or not directory.mail_domains),
        name=str(found.get("name") or "").strip()[:150],
        several_steps=isinstance(amr, list) and "mfa" in amr,
    )


def _account_for(directory: Directory, said: Said, at: datetime) -> Account:
    if not said.verified:
        raise MailNotVouched
    account = Account.objects.filter(email=said.mail).first()
    if account is None:
        return _make(directory, said, at)
    held = Membership.objects.in_force(at).filter(account=account)
    known = held.exists() or bool(_invitations(directory, said.mail, at))
    if not known or second_step.holds_outside(directory.region_id, account, at=at):
        raise BelongsElsewhere
    return account


def _make(directory: Directory, said: Said, at: datetime) -> Account:
    account = Account.objects.create_account(
        email=said.mail,
        full_name=said.name or said.mail.partition("@")[0],
        language=get_language() or "id",
    )
    security.note(
        account=account,
        at=at,
        verb="account.made",
        details={"directory": directory.code},
    )
    if directory.default_role is not None:
        actions.grant(
            account=account,
            role=directory.default_role,
            place=actions.Place(region=directory.region),
            by=None,
            at=at,
        )
    return account


def _invitations(directory: Directory, mail: str, at: datetime) -> list[Invitation]:
    """Those open for the address, of the directory's region and what lies below it."""
    if not mail:
        return []
    own = directory.region_id
    waiting = Invitation.objects.open_at(at).filter(email=mail).select_related("role")
    return [
        invitation
        for invitation in waiting
        if invitation.region_id
        and (invitation.region_id == own or invitation.region_id.startswith(f"{own}."))
    ]


# Tried out by the secretariat


def try_out(directory: Directory) -> str:
    """Ask the directory's server who it is; what it calls itself.

    Raises SignInFailed with the reason in words.
    """
    from requests import RequestException

    from habaring.people.outside import NotOutsideError, session

    address = f"{directory.issuer}/.well-known/openid-configuration"
    try:
        with session() as asked:
            answer = asked.get(address)
            answer.raise_for_status()
            told = answer.json()
    except NotOutsideError as error:
        raise SignInFailed(
            what=_("The directory was not asked."),
            why=_("Its address is inside this network, or is not https."),
            next=_("Write its public https address, or ask the platform's operator."),
        ) from error
    except (RequestException, ValueError) as error:
        raise SignInFailed(
            what=_("The directory did not answer."),
            why=_("Nothing that we understand came from its address."),
            next=_(
                "Check the address; it must serve /.well-known/openid-configuration."
            ),
        ) from error
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri", "issuer")
    missing = [
        name for name in wanted if not isinstance(told, dict) or name not in told
    ]
    if missing or str(told["issuer"]).rstrip("/") != directory.issuer:
        raise SignInFailed(
            what=_("The directory answered, but not as it should."),
            why=_("It calls itself by another name, or leaves out where to sign in."),
            next=_("Write the address exactly as it calls itself (issuer)."),
        )
    return str(told["issuer"])
