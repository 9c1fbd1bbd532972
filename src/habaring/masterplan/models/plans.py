"""The region's RPJMD: its period, vision, missions and targets."""

from django.db import models

from habaring.regions.models import Region


class DevelopmentPlan(models.Model):
    """A region's RPJMD: its period, vision and source."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="development_plans"
    )
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    vision_id = models.TextField()
    vision_en = models.TextField(blank=True)
    source = models.CharField(max_length=300)
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["region", "first_year"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "first_year"], name="development_plan_once_a_period"
            )
        ]

    def __str__(self) -> str:
        return f"RPJMD {self.region_id} {self.first_year}–{self.last_year}"

    @property
    def code(self) -> str:
        """As candidates name it: 2021-2026."""
        return f"{self.first_year}-{self.last_year}"


class Mission(models.Model):
    """One mission of an RPJMD. Candidates name it as "2021-2026/3"."""

    development_plan = models.ForeignKey(
        DevelopmentPlan, on_delete=models.CASCADE, related_name="missions"
    )
    number = models.PositiveSmallIntegerField()
    text_id = models.TextField()
    text_en = models.TextField(blank=True)

    class Meta:
        ordering = ["development_plan", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["development_plan", "number"], name="mission_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.development_plan_id}/{self.number}"
