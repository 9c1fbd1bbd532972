"""Registers of entitled people. No identity number and no whole name lies here."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region


class RegisterPurpose(models.TextChoices):
    """What a register entitles to."""

    ELECTORATE = "electorate", _("may vote")
    RESIDENTS = "residents", _("lives here")
    MEMBERS = "members", _("belongs to an institution or community")


class Register(models.Model):
    """A region's list of people entitled to something; a draft until it is put to use.

    The file itself is not kept, since it holds identity numbers: its checksum is.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    purpose = models.CharField(max_length=12, choices=RegisterPurpose.choices)
    source = models.CharField(max_length=300)  # who keeps it, and of what day
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    illustrative = models.BooleanField(default=False)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    used_from = models.DateTimeField(null=True, blank=True)  # null: a draft
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "people"
        ordering = ["-uploaded_at", "-id"]
        indexes = [
            models.Index(fields=["region", "purpose"], name="register_region_purpose")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def in_use(self) -> bool:
        """Whether entries of it count."""
        return self.used_from is not None and self.withdrawn_at is None


class RegisterEntry(models.Model):
    """One person of a register: keyed hashes of the identity number and the name.

    Seen only where the region is open, and by the person who claimed it.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    register = models.ForeignKey(
        Register, on_delete=models.CASCADE, related_name="entries"
    )
    number_hash = models.CharField(max_length=64)
    name_hash = models.CharField(max_length=64)
    name_masked = models.CharField(max_length=60)  # S•••• R••••
    village = models.CharField(max_length=13, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "people"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "register", "number_hash"],
                name="register_entry_number_once",
            ),
            models.UniqueConstraint(
                fields=["account", "register"],
                condition=Q(account__isnull=False),
                name="register_entry_one_a_person",
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=True, verified_at__isnull=True)
                | Q(account__isnull=False, verified_at__isnull=False),
                name="register_entry_claimed_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name_masked
