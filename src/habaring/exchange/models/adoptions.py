"""A practice taken over by another region, its yearly check, the thanks."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from habaring.exchange.models.practices import Practice, PracticeVersion
from habaring.regions.models import Region


class Adoption(models.Model):
    """One region takes a practice into its candidates. `region` is who adopts."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="adoptions"
    )
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="adoptions"
    )
    version = models.ForeignKey(
        PracticeVersion, on_delete=models.PROTECT, related_name="+"
    )
    candidate = models.CharField(max_length=40)  # its code in portfolio
    why = models.CharField(max_length=500, blank=True)
    illustrative = models.BooleanField(default=False)
    adopted_at = models.DateTimeField()
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-adopted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "practice"],
                condition=Q(undone_at__isnull=True),
                name="adoption_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.practice_id}"


class Running(models.TextChoices):
    """The first question: is it still there?"""

    RUNNING = "running", _("still running as adopted")
    CHANGED = "changed", _("running, but changed")
    STOPPED = "stopped", _("stopped")


class Effect(models.TextChoices):
    """The second: what does it bring?"""

    BETTER = "better", _("things are better, and it is measured")
    SAME = "same", _("measured, and no difference is seen")
    WORSE = "worse", _("measured, and things are worse")
    UNMEASURED = "unmeasured", _("not measured")


class Advice(models.TextChoices):
    """The third: would you advise it?"""

    YES = "yes", _("yes, as it is")
    CHANGED = "changed", _("yes, with changes")
    NO = "no", _("no")


class SurvivalCheck(models.Model):
    """The yearly three questions to who adopted; answered once."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    adoption = models.ForeignKey(
        Adoption, on_delete=models.PROTECT, related_name="checks"
    )
    asked_on = models.DateField()
    asked_at = models.DateTimeField()
    answered_on = models.DateField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(  # empty: by the link of the letter
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    running = models.CharField(max_length=10, choices=Running.choices, blank=True)
    effect = models.CharField(max_length=10, choices=Effect.choices, blank=True)
    advice = models.CharField(max_length=10, choices=Advice.choices, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["adoption", "asked_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["adoption", "asked_on"], name="survival_asked_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, running="")
                | (Q(answered_on__isnull=False) & ~Q(running="")),
                name="survival_answered_in_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adoption_id} {self.asked_on}"


class Thanks(models.Model):
    """What an adopting region writes to where the practice came from. Only appended."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    adoption = models.ForeignKey(
        Adoption, on_delete=models.PROTECT, related_name="thanks"
    )
    text = models.CharField(max_length=1000)
    illustrative = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.region_id} {self.at:%Y-%m-%d}"
