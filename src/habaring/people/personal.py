"""What `people` holds about a person, how it is erased, and what grows old."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from habaring.people import lockout, second_step_seals  # noqa: F401 - registers its seals
from habaring.people.codes.models import Challenge
from habaring.people.entitled.models import RegisterEntry
from habaring.people.follows.models import Follow
from habaring.people.models import Account, Invitation, Membership
from habaring.shared import resealing, retention
from habaring.shared.holdings import Column, Holding, deeds, register
from habaring.shared.retention import Ageing, Due

SCRUBBED = "erased@example.invalid"
"""Stands for an address that was erased: RFC 2606 keeps it nobody's."""


def _account(account: Account) -> Iterable[Mapping[str, Any]]:
    yield {
        "name": account.full_name,
        "email": account.email or "",
        "phone": account.phone or "",
        "language": account.language,
        "joined_at": account.joined_at,
        "last_login": account.last_login,
    }


def _erase_account(account: Account, *, by: Account | None, at: datetime) -> int:
    """Leave a row without a name: what the person did keeps its place."""
    account.email = account.phone = None
    account.full_name = ""
    account.last_login = None
    account.is_active = False
    account.erased_at = at
    account.set_unusable_password()
    account.save()
    return 1


register(
    Holding(
        code="people.account",
        purpose="account",
        name=_("Your account"),
        columns=(
            Column("name", _("Name")),
            Column("email", _("Mail address")),
            Column("phone", _("Telephone number")),
            Column("language", _("Language")),
            Column("joined_at", _("Joined")),
            Column("last_login", _("Last sign-in")),
        ),
        covers=(
            "people.Account.email",
            "people.Account.phone",
            "people.Account.full_name",
        ),
        collect=_account,
        erase=_erase_account,
        last=True,
    )
)


def _roles(account: Account) -> Iterable[Mapping[str, Any]]:
    rows = Membership.objects.filter(account=account).select_related("role", "region")
    for row in rows:
        yield {
            "role": row.role.name,
            "region": row.region.full_name if row.region else "",
            "since": row.since,
            "until": row.until,
        }


def _end_roles(account: Account, *, by: Account | None, at: datetime) -> int:
    return Membership.objects.in_force(at).filter(account=account).update(until=at)


register(
    Holding(
        code="people.roles",
        purpose="work",
        name=_("Roles you hold or held"),
        columns=(
            Column("role", _("Role")),
            Column("region", _("Region")),
            Column("since", _("Since")),
            Column("until", _("Until")),
        ),
        covers=("people.Membership.account",),
        collect=_roles,
        erase=_end_roles,
        stays=_("Who held which power when stays on record, without your name."),
        legal_reference="UU 43/2009 (Kearsipan)",
        officer_decides=True,
    )
)
deeds(
    "people",
    _("Roles you gave or ended, people you invited"),
    "people.Membership.granted_by",
    "people.Membership.ended_by",
    "people.Invitation.invited_by",
    "people.Register.uploaded_by",
)


def _invited(account: Account) -> QuerySet[Invitation]:
    if not account.email:
        return Invitation.objects.none()
    return Invitation.objects.filter(email=account.email)


def _invitations(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in _invited(account).select_related("role"):
        yield {
            "email": row.email,
            "role": row.role.name,
            "issued_at": row.issued_at,
            "accepted_at": row.accepted_at,
        }


def _scrub(rows: QuerySet[Invitation]) -> int:
    return rows.update(email=SCRUBBED, full_name="")


def _erase_invitations(account: Account, *, by: Account | None, at: datetime) -> int:
    return _scrub(_invited(account))


register(
    Holding(
        code="people.invitations",
        purpose="work",
        name=_("Invitations sent to you"),
        columns=(
            Column("email", _("Mail address")),
            Column("role", _("Role")),
            Column("issued_at", _("Sent")),
            Column("accepted_at", _("Accepted")),
        ),
        covers=("people.Invitation.email", "people.Invitation.full_name"),
        collect=_invitations,
        erase=_erase_invitations,
    )
)


# --- Sign-in: what packages keep beside the account --------------------------------
_KEYS = {
    "account.EmailAddress": ("user", "email"),
    "mfa.Authenticator": ("user", "type"),
    "socialaccount.SocialAccount": ("user", "provider"),
    "usersessions.UserSession": ("user", "ip"),
}


_KINDS = {
    "account.EmailAddress": _("proved address"),
    "mfa.Authenticator": _("second step"),
    "socialaccount.SocialAccount": _("another provider"),
    "usersessions.UserSession": _("device"),
}


def _key_rows(account: Account) -> Iterable[tuple[str, str, QuerySet[Any]]]:
    for label, (owner, shown) in _KEYS.items():
        app = label.partition(".")[0]
        if any(config.label == app for config in apps.get_app_configs()):
            rows = apps.get_model(label)._default_manager.filter(**{owner: account})
            yield label, shown, rows


def _keys(account: Account) -> Iterable[Mapping[str, Any]]:
    for label, shown, rows in _key_rows(account):
        for row in rows:
            yield {"kind": str(_KINDS[label]), "what": str(getattr(row, shown))}


def _erase_keys(account: Account, *, by: Account | None, at: datetime) -> int:
    return sum(rows.delete()[0] for _label, _shown, rows in _key_rows(account))


register(
    Holding(
        code="people.keys",
        purpose="account",
        name=_("How you sign in: proved addresses, second steps, other providers"),
        columns=(Column("kind", _("Kind")), Column("what", _("What"))),
        covers=(
            *(f"{label}.{owner}" for label, (owner, _shown) in _KEYS.items()),
            "account.EmailAddress.email",
            "account.EmailConfirmation.email_address",
            "usersessions.UserSession.ip",
            "usersessions.UserSession.user_agent",
        ),
        collect=_keys,
        erase=_erase_keys,
    )
)


def _own_sessions(account: Account) -> list[Session]:
    wanted = str(account.pk)
    return [
        one
        for one in Session.objects.iterator()
        if one.get_decoded().get("_auth_user_id") == wanted
    ]


def _sessions(account: Account) -> Iterable[Mapping[str, Any]]:
    for one in _own_sessions(account):
        yield {"until": one.expire_date}


def _end_sessions(account: Account, *, by: Account | None, at: datetime) -> int:
    keys = [one.session_key for one in _own_sessions(account)]
    return Session.objects.filter(session_key__in=keys).delete()[0]


register(
    Holding(
        code="people.sessions",
        purpose="security",
        name=_("Devices on which you are signed in"),
        columns=(Column("until", _("Until")),),
        collect=_sessions,
        erase=_end_sessions,
    )
)


def _attempts(account: Account) -> QuerySet[Any] | None:
    if not apps.is_installed("axes") or not account.email:
        return None
    rows: QuerySet[Any] = apps.get_model("axes", "AccessAttempt")._default_manager.all()
    return rows.filter(username=lockout.hashed(account.email))


def _failed(account: Account) -> Iterable[Mapping[str, Any]]:
    rows = _attempts(account)
    for row in rows if rows is not None else ():
        yield {"at": row.attempt_time, "address": str(row.ip_address)}


def _forget_failed(account: Account, *, by: Account | None, at: datetime) -> int:
    rows = _attempts(account)
    return rows.delete()[0] if rows is not None else 0


register(
    Holding(
        code="people.failed",
        purpose="security",
        name=_("Failed attempts to sign in with your address"),
        columns=(Column("at", _("When")), Column("address", _("Network address"))),
        covers=tuple(
            f"axes.{model}.{column}"
            for model in ("AccessAttempt", "AccessLog", "AccessFailureLog")
            for column in ("ip_address", "user_agent")
        ),
        collect=_failed,
        erase=_forget_failed,
    )
)


# --- Taking part ------------------------------------------------------------------------
def _follows(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Follow.objects.filter(account=account).select_related("region"):
        yield {"region": row.region.full_name, "since": row.since}


def _stop_following(account: Account, *, by: Account | None, at: datetime) -> int:
    return Follow.objects.filter(account=account).delete()[0]


register(
    Holding(
        code="people.follows",
        purpose="taking-part",
        name=_("Regions you follow"),
        columns=(Column("region", _("Region")), Column("since", _("Since"))),
        covers=("people.Follow.account",),
        collect=_follows,
        erase=_stop_following,
    )
)


def _entries(account: Account) -> Iterable[Mapping[str, Any]]:
    rows = RegisterEntry.objects.filter(account=account)
    for row in rows.select_related("register", "region"):
        yield {
            "register": row.register.name,
            "region": row.region.full_name,
            "name": row.name_masked,
            "verified_at": row.verified_at,
        }


def _unlink_entries(account: Account, *, by: Account | None, at: datetime) -> int:
    rows = RegisterEntry.objects.filter(account=account)
    return rows.update(account=None, verified_at=None)


register(
    Holding(
        code="people.registers",
        purpose="taking-part",
        name=_("Entries of registers that you claimed"),
        columns=(
            Column("register", _("Register")),
            Column("region", _("Region")),
            Column("name", _("Name")),
            Column("verified_at", _("Verified")),
        ),
        covers=(
            "people.RegisterEntry.account",
            "people.RegisterEntry.name_masked",
            "people.RegisterEntry.name_hash",
        ),
        collect=_entries,
        erase=_unlink_entries,
    )
)


def _challenges(account: Account) -> QuerySet[Challenge]:
    reaches = [reach for reach in (account.email, account.phone) if reach]
    return Challenge.objects.filter(Q(account=account) | Q(reach__in=reaches))


def _codes(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in _challenges(account):
        yield {"reach": row.reach, "issued_at": row.issued_at}


def _drop_codes(account: Account, *, by: Account | None, at: datetime) -> int:
    return _challenges(account).delete()[0]


register(
    Holding(
        code="people.codes",
        purpose="security",
        name=_("One-time codes sent to you"),
        columns=(
            Column("reach", _("Address or number")),
            Column("issued_at", _("Sent")),
        ),
        covers=("people.Challenge.account", "people.Challenge.reach"),
        collect=_codes,
        erase=_drop_codes,
    )
)


# --- What lies sealed ---------------------------------------------------------------------
resealing.column(
    "people.Directory",
    "sealed_secret",
    about=lambda row: f"directory {row.code}",
)
resealing.lasting("people.RegisterEntry", RegisterEntry.objects.count)


# --- What grows old ------------------------------------------------------------------
def _old_sessions(before: datetime, at: datetime, limit: int) -> list[Due]:
    rows = Session.objects.filter(expire_date__lt=before)
    return [Due(key) for key in rows.values_list("session_key", flat=True)[:limit]]


def _delete_sessions(refs: Sequence[str], at: datetime) -> None:
    """With the address and device that were kept of each."""
    Session.objects.filter(session_key__in=refs).delete()
    traces = apps.get_model("usersessions", "UserSession")._default_manager
    traces.filter(session_key__in=refs).delete()


def _old_failures(before: datetime, at: datetime, limit: int) -> list[Due]:
    rows = apps.get_model("axes", "AccessFailureLog")._default_manager
    old = rows.filter(attempt_time__lt=before).order_by("pk")
    return [Due(str(key)) for key in old.values_list("pk", flat=True)[:limit]]


def _delete_failures(refs: Sequence[str], at: datetime) -> None:
    rows = apps.get_model("axes", "AccessFailureLog")._default_manager
    rows.filter(pk__in=[int(ref) for ref in refs]).delete()


def _old_codes(before: datetime, at: datetime, limit: int) -> list[Due]:
    rows = Challenge.objects.filter(expires_at__lt=before)
    return [Due(str(key)) for key in rows.values_list("pk", flat=True)[:limit]]


def _delete_codes(refs: Sequence[str], at: datetime) -> None:
    Challenge.objects.filter(pk__in=refs).delete()


def _unanswered(before: datetime, at: datetime, limit: int) -> list[Due]:
    rows = Invitation.objects.filter(
        ~Q(email__in=["", SCRUBBED]), accepted_at__isnull=True, issued_at__lt=before
    ).order_by("pk")
    return [
        Due(str(key), region or retention.PLATFORM)
        for key, region in rows.values_list("pk", "region_id")[:limit]
    ]


def _scrub_unanswered(refs: Sequence[str], at: datetime) -> None:
    _scrub(Invitation.objects.filter(pk__in=[int(ref) for ref in refs]))


retention.register(Ageing("sessions", _old_sessions, _delete_sessions))
retention.register(Ageing("sign-in-failures", _old_failures, _delete_failures))
retention.register(Ageing("codes", _old_codes, _delete_codes))
retention.register(Ageing("invitations", _unanswered, _scrub_unanswered))


def unused_since(before: datetime, *, at: datetime) -> QuerySet[Account]:
    """Accounts without a role that nobody used since a moment, oldest first."""
    working = Membership.objects.in_force(at).values("account")
    return (
        Account.objects.filter(
            Q(last_login__lt=before) | Q(last_login__isnull=True, joined_at__lt=before),
            erased_at__isnull=True,
        )
        .exclude(pk__in=working)
        .order_by("pk")
    )
