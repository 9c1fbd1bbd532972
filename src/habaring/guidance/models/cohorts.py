"""Cohorts: a year's call, who applied, who takes part, by which agreement, with whom."""

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.regions.models import Region


class CohortState(models.TextChoices):
    """The life of a cohort."""

    PLANNED = "planned", _("planned")
    OPEN = "open", pgettext_lazy("cohort", "takes applications")
    CLOSED = "closed", pgettext_lazy("cohort", "applications are compared")
    GUIDED = "guided", _("in guidance")
    FINISHED = "finished", pgettext_lazy("cohort", "finished")


class Cohort(models.Model):
    """The regions of one year. `listed_whole`: every region of the year is recorded here,
    so that who is not listed did not take part. `official_count` is what the ministry
    published, which may be more than is known here by name.

    `method` says how applications are compared (engines.selecting), fixed once the call
    is open: {"criteria": […], "requirements": […], "tie_break": […], "per_province": n}.
    """

    year = models.PositiveSmallIntegerField(unique=True)
    seats = models.PositiveSmallIntegerField(default=50)
    state = models.CharField(
        max_length=10, choices=CohortState.choices, default=CohortState.PLANNED
    )
    apply_from = models.DateTimeField(null=True, blank=True)
    apply_until = models.DateTimeField(null=True, blank=True)
    method = models.JSONField(default=dict, blank=True)
    selected_at = models.DateTimeField(null=True, blank=True)
    official_count = models.PositiveSmallIntegerField(null=True, blank=True)
    listed_whole = models.BooleanField(default=False)
    source = models.CharField(max_length=300, blank=True)
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100), name="cohort_year_in_range"
            ),
            models.CheckConstraint(
                condition=Q(apply_until__isnull=True)
                | Q(apply_from__isnull=True)
                | Q(apply_until__gt=models.F("apply_from")),
                name="cohort_call_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def code(self) -> str:
        return str(self.year)

    def takes_applications(self, at: datetime) -> bool:
        """Whether a region can apply now."""
        return (
            self.state == CohortState.OPEN
            and (self.apply_from is None or self.apply_from <= at)
            and (self.apply_until is None or at < self.apply_until)
        )


class Standing(models.TextChoices):
    """How a region stands in one cohort."""

    APPLIED = "applied", _("applying")
    RESERVE = "reserve", _("on the reserve list")
    REFUSED = "refused", _("not chosen")
    GUIDED = "guided", _("in guidance")
    FINISHED = "finished", _("finished guidance")
    LEFT = "left", _("left the cohort")


TAKES_PART = (Standing.GUIDED, Standing.FINISHED)


class Enrolment(models.Model):
    """A region in a cohort. `score`, `place` and `why` come from the selection and are
    public with it; `source` says from where a listing of earlier years is known.
    """

    cohort = models.ForeignKey(
        Cohort, on_delete=models.PROTECT, related_name="enrolments"
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="enrolments"
    )
    state = models.CharField(max_length=10, choices=Standing.choices)
    points = models.JSONField(default=dict, blank=True)  # criterion -> number as text
    meets = models.JSONField(default=dict, blank=True)  # requirement -> true or false
    score = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    why = models.JSONField(default=dict, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_reason = models.TextField(blank=True)  # where a person decided otherwise
    finished_on = models.DateField(null=True, blank=True)
    award = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=300, blank=True)
    sure = models.BooleanField(default=True)  # false: inferred, to be confirmed
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["cohort", "region"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "region"], name="enrolled_once_a_cohort"
            )
        ]
        indexes = [models.Index(fields=["region", "state"], name="enrolment_region")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.cohort_id}"


class Application(models.Model):
    """What a region wrote when it applied; the region and the ministry read it."""

    enrolment = models.OneToOneField(
        Enrolment, on_delete=models.CASCADE, related_name="application"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    statement = models.TextField()
    meets = models.JSONField(default=dict, blank=True)  # as the region says
    contact = models.CharField(max_length=200, blank=True)  # an office, no person
    file_path = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_type = models.CharField(max_length=100, blank=True)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"{self.region_id} {self.enrolment_id}"


class Mentorship(models.Model):
    """Who guides a region from when to when. `account` is null for a mentor of earlier
    years who has none here. Former mentors do not assess the region (evaluation).
    """

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="mentorships"
    )
    cohort = models.ForeignKey(
        Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mentorships",
    )
    name = models.CharField(max_length=150)
    institution = models.CharField(max_length=200, blank=True)
    expertise = models.CharField(max_length=200, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # the first day without it
    source = models.CharField(max_length=300, blank=True)
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "-since", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="mentorship_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.region_id}"

    def in_force(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.since <= on and (self.until is None or on < self.until)
