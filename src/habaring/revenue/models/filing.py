"""What belongs to filings: papers, what devices counted, the check for the notary."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region
from habaring.revenue.models.bills import Filing
from habaring.revenue.models.register import TaxObject


class FilingDocument(models.Model):
    """A paper sent with a filing: a recapitulation, a deed. Kept by `shared.uploads`."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    filing = models.ForeignKey(
        Filing, on_delete=models.PROTECT, related_name="documents"
    )
    path = models.CharField(max_length=200)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["filing", "id"]

    def __str__(self) -> str:
        return self.name


class TapReading(models.Model):
    """The turnover that a device counted at a business in a month. Rupiah."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    object = models.ForeignKey(
        TaxObject, on_delete=models.PROTECT, related_name="readings"
    )
    year = models.PositiveSmallIntegerField()
    period = models.PositiveSmallIntegerField()
    turnover = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["object", "-year", "-period"]
        constraints = [
            models.UniqueConstraint(
                fields=["object", "year", "period"], name="tapreading_once_a_month"
            ),
            models.CheckConstraint(
                condition=Q(turnover__gte=0, period__gte=1, period__lte=12),
                name="tapreading_of_a_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_id} {self.year}-{self.period:02}"


class ValidationState(models.TextChoices):
    """Before the notary (PPAT) signs the deed, the office checks what was filed."""

    WAITS = "waits", _("waits for the check")
    VALID = "valid", _("validated")
    REFUSED = "refused", _("not validated")
    REPLACED = "replaced", _("replaced by a correction")


class Validation(models.Model):
    """The check of one BPHTB filing. `code` stands on paper; anybody can ask about it."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    filing = models.OneToOneField(
        Filing, on_delete=models.PROTECT, related_name="validation"
    )
    code = models.CharField(max_length=12)
    state = models.CharField(
        max_length=8, choices=ValidationState.choices, default=ValidationState.WAITS
    )
    notary = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "code"], name="validation_code_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("asked_at")),
                name="validation_decided_after_asked",
            ),
        ]

    def __str__(self) -> str:
        return self.code
