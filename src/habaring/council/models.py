"""The smart-city council (Dewan Smart City) and its decisions."""

from django.conf import settings
from django.db import models

from habaring.regions.models import Region


class Council(models.Model):
    """A body formed by decree that others lean on for decisions."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="councils"
    )
    name = models.CharField(max_length=150)
    decree_number = models.CharField(max_length=100, blank=True)
    decree_on = models.DateField(null=True, blank=True)
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["region", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "name"], name="council_name_once_a_region"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Decision(models.Model):
    """What a council decided, with its reason. Never edited, never deleted."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="decisions"
    )
    council = models.ForeignKey(
        Council, on_delete=models.PROTECT, related_name="decisions"
    )
    number = models.CharField(max_length=100)
    decided_on = models.DateField()
    title = models.CharField(max_length=300)
    reason = models.TextField()
    document_sha256 = models.CharField(max_length=64, blank=True)
    document_name = models.CharField(max_length=120, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["-decided_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="decision_number_once_a_region"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.title}"
