"""Collectors in villages without a signal: devices, chained receipts, deposits."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.regions.models import Region


class Device(models.Model):
    """A telephone that may take money for some villages. Its key pair is made on it and
    the private key never leaves it; receipts are numbered from 1 and chained by hash.

    First an invitation: a code that the collector types once, on the telephone. What is
    held is never kept here: it is what the slips say less the deposits.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    collector = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=60)
    public_key = models.TextField(blank=True)  # JWK, ECDSA P-256
    cash_limit = models.BigIntegerField()  # held at most, rupiah
    deposit_days = models.PositiveSmallIntegerField(default=7)
    last_number = models.PositiveIntegerField(default=0)  # of the chain, as synced
    last_hash = models.CharField(max_length=64, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)  # keyed; of the invitation
    code_until = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    enrolled_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)  # heard of last
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["region", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(enrolled_at__isnull=True) | ~Q(public_key=""),
                name="device_enrolled_with_a_key",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DeviceVillage(models.Model):
    """A village whose bills a device carries."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(
        Device, on_delete=models.PROTECT, related_name="villages"
    )
    place = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["device", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["device", "place"], name="devicevillage_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.place_id}"


class SlipState(models.TextChoices):
    """What became of a receipt when it arrived: shown, never guessed."""

    POSTED = "posted", pgettext_lazy("slip", "booked")
    CONFLICT = "conflict", _("does not fit, waits for somebody")
    SETTLED = "settled", _("settled by the office")


class Slip(models.Model):
    """A receipt that a collector wrote, as it was signed. Only its state changes.

    `conflicts`: what does not fit, as `collectors.told` says it ({"code", …}). Its
    payment is `reference` under the channel "collector"; `paid_at` is `taken_at` within
    what can be believed of a telephone's clock.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="slips")
    number = models.PositiveIntegerField()
    signed = models.TextField()  # the exact text that was signed
    signature = models.TextField()
    sha256 = models.CharField(max_length=64)
    before_sha256 = models.CharField(max_length=64, blank=True)
    nop = models.CharField(max_length=18)
    year = models.PositiveSmallIntegerField()
    seq = models.PositiveSmallIntegerField(default=0)
    amount = models.BigIntegerField()
    reference = models.CharField(max_length=64)
    taken_at = models.DateTimeField()  # by the device's clock
    paid_at = models.DateTimeField()
    synced_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=SlipState.choices)
    conflicts = models.JSONField(default=list)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    resolution = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["device", "number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["device", "sha256"], name="slip_once"),
            models.CheckConstraint(
                condition=~Q(state="conflict") | ~Q(conflicts=[]),
                name="slip_conflict_is_told",
            ),
            models.CheckConstraint(
                condition=~Q(state="settled") | ~Q(resolution=""),
                name="slip_settled_with_words",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="slip_amount_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["region", "nop", "year"], name="slip_of_bill"),
            models.Index(fields=["region", "reference"], name="slip_of_payment"),
        ]

    def __str__(self) -> str:
        return f"{self.device_id}/{self.number}"


class Deposit(models.Model):
    """Cash that a collector brought: counted by somebody else. Only appended."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(
        Device, on_delete=models.PROTECT, related_name="deposits"
    )
    amount = models.BigIntegerField()
    expected = models.BigIntegerField()  # what the device held by its receipts
    day = models.DateField()
    bank_reference = models.CharField(max_length=64, blank=True)  # if paid in at a bank
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
            ),
            models.CheckConstraint(
                condition=Q(amount=models.F("expected")) | ~Q(note=""),
                name="deposit_difference_is_explained",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.day}"
