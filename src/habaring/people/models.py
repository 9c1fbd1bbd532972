"""Accounts, and what each may do where: roles are rows."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from habaring.people.codes.models import Challenge as Challenge
from habaring.people.entitled.models import Register as Register
from habaring.people.entitled.models import RegisterEntry as RegisterEntry
from habaring.people.follows.models import Follow as Follow
from habaring.people.follows.models import News as News
from habaring.regions.models import Department, Region
from habaring.shared.models import BilingualName


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; a password is never required to make one."""

    def create_account(
        self,
        *,
        email: str | None,
        full_name: str,
        password: str | None = None,
        **more: Any,
    ) -> "Account":
        address = (email or "").strip().lower() or None
        account = self.model(email=address, full_name=full_name, **more)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(email=(username or "").strip().lower())


class Account(AbstractBaseUser):
    """A person who can sign in, known by mail address or telephone number.

    An erased account stays as a row without a name, so that what the person did for
    the public keeps its place in the record.
    """

    email = models.EmailField(unique=True, null=True, blank=True)
    phone = models.CharField(max_length=16, unique=True, null=True, blank=True)  # E.164
    full_name = models.CharField(max_length=150, blank=True)
    language = models.CharField(max_length=5, default="id")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    roles_read: Any = None  # what `access` read about this account in this request

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    # False for the account of a request whose session has not passed a second step:
    # roles that ask for one then open nothing (people.middleware, people.access).
    passed_second_step: bool = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="account_email_in_lower_case",
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=False)
                | Q(phone__isnull=False)
                | Q(erased_at__isnull=False),
                name="account_can_be_reached",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or gettext("a person whose account was erased")

    def save(self, *args: Any, **more: Any) -> None:
        """Save, and keep what sign-in knows of the mail address in step."""
        super().save(*args, **more)
        fields = more.get("update_fields")
        if fields is None or "email" in fields:
            self._keep_address()

    def _keep_address(self) -> None:
        # late: allauth's models are ready only after ours
        from allauth.account.models import EmailAddress

        rows = EmailAddress.objects.filter(user_id=self.pk)
        if not self.email:
            rows.delete()
            return
        kept = {"email": self.email, "verified": True, "primary": True}
        if not rows.filter(**kept).exists():
            rows.delete()  # one address an account; who wrote it vouches for it
            EmailAddress.objects.create(user_id=self.pk, **kept)


class RolesWritten:
    """Counts what was written about roles: `access` reads them anew after each."""

    times: ClassVar[int] = 0

    @classmethod
    def once_more(cls) -> None:
        cls.times += 1


class HeldIn(models.TextChoices):
    """Where a role may be held. A department or body may be left open: then the whole
    region; what is held by a person or by nobody is never given by hand.
    """

    PLATFORM = "platform", _("the whole platform")
    REGION = "region", _("a region")
    DEPARTMENT = "department", _("a department, or all of a region")
    BODY = "body", _("a body, or all of a region")
    DISTRICT = "district", _("a district")
    VILLAGE = "village", _("a village")
    PERSON = "person", _("every account, by itself")
    NOBODY = "nobody", _("nobody: it needs no account")


BY_ITSELF = (HeldIn.PERSON, HeldIn.NOBODY)


class Role(BilingualName):
    """A role and the powers it carries; rows, so that a region can see them all."""

    code = models.CharField(max_length=40, primary_key=True)
    powers = models.JSONField(default=list)  # words of access.Power
    held_in = models.CharField(
        max_length=12, choices=HeldIn.choices, default=HeldIn.REGION
    )
    platform_wide = models.BooleanField(default=False)
    from_platform = models.BooleanField(default=False)  # only the operator gives it
    second_step = models.BooleanField(default=True)  # signs in with a second step
    description_id = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        RolesWritten.once_more()

    @property
    def is_given(self) -> bool:
        """Whether somebody can be given it by hand: it opens something."""
        return bool(self.powers) and self.held_in not in BY_ITSELF

    @property
    def description(self) -> str:
        """What this role comes to do, in the reader's language."""
        if get_language() == "en" and self.description_en:
            return self.description_en
        return self.description_id


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Questions asked of memberships."""

    def in_force(self, at: datetime) -> "MembershipQuerySet":
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)

    def not_over(self, at: datetime) -> "MembershipQuerySet":
        """In force, or to begin later."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=at))

    def ending_by(self, at: datetime, soon: datetime) -> "MembershipQuerySet":
        return self.in_force(at).filter(until__lte=soon)

    def kept_by(self, region: Region | None) -> "MembershipQuerySet":
        """What a page of people shows: a region with its districts and villages (a
        province without its kabupaten), or the platform.
        """
        if region is None:
            return self.filter(
                Q(region=None) | Q(role__from_platform=True) | Q(role="secretariat")
            )
        own = Q(region=region)
        if region.is_local:
            own |= Q(region__code__startswith=f"{region.code}.")
        return self.filter(own)

    def update(self, **kwargs: Any) -> int:
        changed = super().update(**kwargs)
        RolesWritten.once_more()
        return changed

    def delete(self) -> tuple[int, dict[str, int]]:
        deleted = super().delete()
        RolesWritten.once_more()
        return deleted

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list["Membership"]:
        made = super().bulk_create(objs, *args, **kwargs)
        RolesWritten.once_more()
        return made


class Membership(models.Model):
    """One role of one person, in a region, department or body, from when to when.

    `body` is the id of a row of `council`, which lies above: no key can point there.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    body = models.PositiveBigIntegerField(null=True, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)  # why it was given
    ended_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_reason = models.CharField(max_length=500, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["region", "role", "account"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "region", "department", "body"],
                condition=Q(until__isnull=True),
                nulls_distinct=False,
                name="membership_held_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="membership_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role_id} {self.region_id or ''}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        RolesWritten.once_more()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        deleted = super().delete(*args, **kwargs)
        RolesWritten.once_more()
        return deleted

    def in_force_at(self, at: datetime) -> bool:
        """From its first moment on, up to and without its last."""
        return self.since <= at and (self.until is None or at < self.until)

    def state(self, at: datetime, *, soon: datetime) -> str:
        """later, now, soon (in force and over by then) or over."""
        if at < self.since:
            return "later"
        if self.until is None or soon < self.until:
            return "now"
        return "soon" if at < self.until else "over"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Questions asked of invitations."""

    def open_at(self, at: datetime) -> "InvitationQuerySet":
        """Neither used nor withdrawn nor run out."""
        return self.filter(
            accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at
        )

    def waiting(self) -> "InvitationQuerySet":
        """Neither used nor withdrawn; the link may have run out."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)

    def kept_by(self, region: Region | None) -> "InvitationQuerySet":
        """What a page of people shows, as `MembershipQuerySet.kept_by`."""
        if region is None:
            return self.exclude(email="").filter(
                Q(region=None) | Q(role__from_platform=True) | Q(role="secretariat")
            )
        own = Q(region=region)
        if region.is_local:
            own |= Q(region__code__startswith=f"{region.code}.")
        return self.filter(own)


class Invitation(models.Model):
    """A link that lets one person in, once. Only the hash of its secret is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)  # empty for the first link of a platform
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    body = models.PositiveBigIntegerField(null=True, blank=True)
    also_in = models.JSONField(default=list, blank=True)  # codes of further regions
    full_name = models.CharField(max_length=150, blank=True)  # as the inviter knows it
    since = models.DateTimeField(null=True, blank=True)  # null: from acceptance
    until = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)  # stands in the letter
    invited_by = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+"
    )
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return f"{self.email or 'first'} {self.role_id}"

    @property
    def is_first(self) -> bool:
        """Whether this is the link that makes a platform's first account."""
        return not self.email


class DirectoryQuerySet(models.QuerySet["Directory"]):
    """Questions asked of directories."""

    def in_use(self) -> "DirectoryQuerySet":
        return self.filter(is_active=True).select_related("region", "default_role")


class Directory(models.Model):
    """A region's own directory of people, which signs them in by OpenID Connect.

    `mail_domains` are those that it may speak for; with `vouches_for_mail` it need not
    say of each address that it checked it. `trusted_second_step` takes its word that a
    person used two steps there.
    """

    code = models.SlugField(max_length=60, unique=True)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="directories"
    )
    name = models.CharField(max_length=100)
    issuer = models.URLField(max_length=300)
    client_id = models.CharField(max_length=200)
    sealed_secret = models.BinaryField(default=bytes)  # shared.sealing
    mail_domains = models.JSONField(default=list)
    vouches_for_mail = models.BooleanField(default=False)
    trusted_second_step = models.BooleanField(default=False)
    default_role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    objects = DirectoryQuerySet.as_manager()

    class Meta:
        ordering = ["region", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(vouches_for_mail=False) | ~Q(mail_domains=[]),
                name="directory_vouches_only_for_its_domains",
            ),
        ]

    def __str__(self) -> str:
        return self.name
