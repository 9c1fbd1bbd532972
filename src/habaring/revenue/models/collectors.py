"""Collectors in villages without a signal: devices, chained receipts, deposits."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region


class Device(models.Model):
    """A telephone that may take money for some villages. Its key pair is made on it and
    the private key never leaves it; receipts are numbered from 1 and chained by hash.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    collector = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    place = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    public_key = models.TextField()  # JWK, ECDSA P-256
    cash_limit = models.BigIntegerField()  # held at most, rupiah
    deposit_days = models.PositiveSmallIntegerField(default=7)
    last_number = models.PositiveIntegerField(default=0)  # of the chain, as synced
    last_hash = models.CharField(max_length=64, blank=True)
    held = models.BigIntegerField(default=0)  # taken and not deposited yet
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["region", "place", "id"]

    def __str__(self) -> str:
        return self.name


class SlipState(models.TextChoices):
    """What became of a receipt when it arrived: shown, never guessed."""

    POSTED = "posted", _("posted")
    CONFLICT = "conflict", _("does not fit, waits for somebody")
    SETTLED = "settled", _("settled by the office")


class Slip(models.Model):
    """A receipt that a collector wrote, as it was signed. Only its state changes."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="slips")
    number = models.PositiveIntegerField()
    signed = models.TextField()  # the exact text that was signed
    signature = models.TextField()
    sha256 = models.CharField(max_length=64)
    before_sha256 = models.CharField(max_length=64, blank=True)
    nop = models.CharField(max_length=18)
    year = models.PositiveSmallIntegerField()
    amount = models.BigIntegerField()
    taken_at = models.DateTimeField()  # by the device's clock
    synced_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=SlipState.choices)
    conflict = models.CharField(max_length=300, blank=True)
    resolution = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["device", "number"]
        constraints = [
            models.UniqueConstraint(fields=["device", "sha256"], name="slip_once"),
            models.CheckConstraint(
                condition=~Q(state="conflict") | ~Q(conflict=""),
                name="slip_conflict_is_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_id}/{self.number}"


class Deposit(models.Model):
    """Cash that a collector brought: counted by somebody else."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(
        Device, on_delete=models.PROTECT, related_name="deposits"
    )
    amount = models.BigIntegerField()
    expected = models.BigIntegerField()  # what the device held by its receipts
    day = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="deposit_amount_positive"
            )
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.day}"
