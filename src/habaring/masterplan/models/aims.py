"""Vision, missions, goals and targets of the smart city, and the RPJMD they serve."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.masterplan.models.analysis import Numbered
from habaring.masterplan.models.plans import DevelopmentPlan
from habaring.regions.models import Region


class Level(models.TextChoices):
    """What an aim is; each stands under the one before it."""

    VISION = "vision", _("Vision")
    MISSION = "mission", _("Mission")
    GOAL = "goal", pgettext_lazy("level", "Goal")
    TARGET = "target", pgettext_lazy("level", "Target")


class Aim(Numbered):
    """The smart city's vision, a mission, a goal, or a measured target."""

    level = models.CharField(max_length=7, choices=Level.choices)
    above = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="below"
    )
    dimension = models.CharField(max_length=20, blank=True)
    text = models.TextField()
    indicator = models.CharField(max_length=300, blank=True)  # a code, or own words
    unit = models.CharField(max_length=60, blank=True)
    baseline = models.DecimalField(
        max_digits=24, decimal_places=6, null=True, blank=True
    )
    baseline_year = models.PositiveSmallIntegerField(null=True, blank=True)
    target = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    target_year = models.PositiveSmallIntegerField(null=True, blank=True)
    sdg = models.CharField(max_length=40, blank=True)  # "9, 11"

    class Meta:
        ordering = ["region", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="aim_number_once_a_region"
            )
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.number}"


class PlanTarget(models.Model):
    """A target (sasaran) of an RPJMD under one of its missions and objectives."""

    development_plan = models.ForeignKey(
        DevelopmentPlan, on_delete=models.PROTECT, related_name="targets"
    )
    mission = models.PositiveSmallIntegerField()  # its number; its words may be mended
    code = models.CharField(max_length=20)  # 3.1.2
    objective = models.TextField(blank=True)  # tujuan
    text = models.TextField()  # sasaran
    indicator = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300, blank=True)
    illustrative = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["development_plan", "mission", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["development_plan", "code"], name="plan_target_once_a_plan"
            )
        ]

    def __str__(self) -> str:
        return f"{self.development_plan_id} {self.code}"


class AlignmentQuerySet(models.QuerySet["Alignment"]):
    """Questions asked of alignments."""

    def on(self, day: date) -> "AlignmentQuerySet":
        """Those in force on a day; the last day is not part of a period."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)


class Alignment(models.Model):
    """A target of the smart city serves a target of an RPJMD, in [since, until).

    Rows stay: a new period ends the old ones and begins new ones (`replaces`).
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    aim = models.ForeignKey(Aim, on_delete=models.PROTECT, related_name="alignments")
    plan_target = models.ForeignKey(
        PlanTarget, on_delete=models.PROTECT, related_name="alignments"
    )
    note = models.CharField(max_length=300, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    replaces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed"
    )
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[AlignmentQuerySet] = AlignmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["aim__number", "-since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["aim", "plan_target"],
                condition=Q(until__isnull=True),
                name="alignment_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="alignment_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.aim_id} → {self.plan_target_id}"
