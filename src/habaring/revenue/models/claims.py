"""What people tell the office: "I paid, but it says unpaid"; how they are reminded."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region
from habaring.revenue.models.reconciling import Finding


class Claim(models.Model):
    """Somebody says that they paid and the ledger does not know it. Only appended.

    `code` is what the person follows it by. `finding`: the entry of the office's queue,
    whose state and words tell what became of it. The contact is sealed.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=12)
    number = models.CharField(max_length=30)  # NOP
    year = models.PositiveSmallIntegerField()
    bill = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=20)
    reference = models.CharField(max_length=64)
    paid_on = models.DateField()
    amount = models.BigIntegerField()
    told = models.TextField(blank=True)
    contact_sealed = models.BinaryField(null=True, blank=True)  # {"phone", "email"}
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="claims"
    )
    filed_at = models.DateTimeField()

    class Meta:
        ordering = ["region", "-filed_at"]
        constraints = [
            models.UniqueConstraint(fields=["region", "code"], name="claim_code_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="claim_amount_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ReminderWay(models.TextChoices):
    """How somebody wants to be reminded of bills."""

    MAIL = "mail", _("by mail")
    PHONE = "phone", _("by message to my telephone")
    NOT = "not", _("not at all")


class ReminderWish(models.Model):
    """How one person wants to be reminded in one region; without a row: as they are
    reached, by mail before a telephone.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    way = models.CharField(max_length=5, choices=ReminderWay.choices)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["region", "account"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "account"], name="reminderwish_once"
            )
        ]

    def __str__(self) -> str:
        return self.way
