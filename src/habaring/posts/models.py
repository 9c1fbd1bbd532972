"""Posts (jabatan): what is owned is owned by a post; people hold posts for a time."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from habaring.regions.models import Department, Region
from habaring.shared.models import BilingualName


class Post(BilingualName):
    """A place in an organisation that stays when the person leaves."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="posts")
    code = models.CharField(max_length=40)  # said once a region, e.g. "kabid-egov"
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    superior = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="below"
    )
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["region", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "code"], name="post_code_once_a_region"
            ),
            models.CheckConstraint(
                condition=~Q(superior=models.F("id")), name="post_not_its_own_superior"
            ),
        ]


class HoldingQuerySet(models.QuerySet["Holding"]):
    """Questions asked of holdings."""

    def in_force(self, at: datetime) -> "HoldingQuerySet":
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)


class Holding(models.Model):
    """Who holds a post, from when to when; one holder at a time."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="holdings"
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    acting = models.BooleanField(default=False)  # Plt.: holds it for the time being

    objects: ClassVar[HoldingQuerySet] = HoldingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(until__isnull=True),
                name="post_held_by_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="holding_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.account_id}"
