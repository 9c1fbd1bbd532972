"""Candidate programmes, the limits they must fit, scenarios, the adopted plan."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from habaring.council.models import Decision
from habaring.participation.models import Proposal
from habaring.regions.models import Department, Region
from habaring.shared.models import Upload


class Origin(models.TextChoices):
    """Where a candidate came from: the first step of its thread."""

    PERSON = "person", "person"
    MEETING = "meeting", "meeting"
    DEPARTMENT = "department", "department"
    DOCUMENT = "document", "document"
    PROPOSAL = "proposal", "proposal"
    PRACTICE = "practice", "practice"  # adopted from another region


class CandidateQuerySet(models.QuerySet["Candidate"]):
    """Questions asked of candidates."""

    def current(self) -> "CandidateQuerySet":
        """The newest revision of each candidate that has not been withdrawn."""
        return self.filter(superseded_at__isnull=True, withdrawn_at__isnull=True)


class Candidate(models.Model):
    """A programme that could be funded, in one revision. Rupiah are whole."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="candidates"
    )
    code = models.CharField(max_length=40)
    revision = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    dimension_code = models.CharField(max_length=20)
    district = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.CharField(max_length=150, blank=True)  # a post, not a person
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_years = models.PositiveSmallIntegerField(default=1)
    earliest_year = models.PositiveSmallIntegerField()
    latest_year = models.PositiveSmallIntegerField()
    quick_win = models.BooleanField(default=False)  # claimed; the rules are checked
    requires = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    group = models.CharField(max_length=40, blank=True)  # either-or
    staff_fte = models.FloatField(default=0.0)
    outcomes = models.JSONField(default=dict)  # dimension → points a year in service
    costs = models.JSONField(
        default=list
    )  # [{"year": 1, "source": "APBD", "amount": …}]
    running = models.JSONField(default=dict)  # source → rupiah a year after completion
    running_cost_paid_by = models.CharField(max_length=200, blank=True)
    owner_after = models.CharField(max_length=200, blank=True)
    sdg = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    environment_effect = models.CharField(max_length=300, blank=True)
    origin_kind = models.CharField(max_length=12, choices=Origin.choices, blank=True)
    origin_text = models.CharField(max_length=300, blank=True)
    proposal = models.ForeignKey(  # the one that people made, and perhaps voted for
        Proposal,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="candidates",
    )
    rpjmd_mission = models.CharField(max_length=40, blank=True)
    subactivity_code = models.CharField(max_length=20, blank=True)
    illustrative = models.BooleanField(default=False)
    upload = models.ForeignKey(
        Upload, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    superseded_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["region", "code", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "code", "revision"], name="candidate_revision_once"
            ),
            models.UniqueConstraint(
                fields=["region", "code"],
                condition=Q(superseded_at__isnull=True),
                name="candidate_one_current_revision",
            ),
            models.CheckConstraint(
                condition=Q(latest_year__gte=models.F("earliest_year")),
                name="candidate_latest_not_before_earliest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def total_cost(self) -> int:
        """Rupiah to build, all years and sources; running costs come on top."""
        return sum(int(line["amount"]) for line in self.costs)


class LimitSet(models.Model):
    """The limits of a scenario, as the same TOML that `habaring choose` reads.

    Rows are only appended: a change is a new set that names the one before it.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="limits")
    name = models.CharField(max_length=120)
    toml = models.TextField()
    changed_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="changes"
    )
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "-recorded_at", "-id"]

    def __str__(self) -> str:
        return self.name


class ScenarioStatus(models.TextChoices):
    """The life of a scenario."""

    QUEUED = "queued", "queued"
    RUNNING = "running", "running"
    DONE = "done", "done"
    CONFLICT = "conflict", "conflict"  # the limits contradict each other
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


class Scenario(models.Model):
    """A drafted choice: frozen inputs, progress while it runs, then the result."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="scenarios"
    )
    name = models.CharField(max_length=120)
    limit_set = models.ForeignKey(
        LimitSet, on_delete=models.PROTECT, related_name="scenarios"
    )
    derived_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="derived"
    )
    candidate_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    candidates_csv = models.TextField()  # the inputs as they were when it was drafted
    limits_toml = models.TextField()
    gap = models.FloatField(default=0.002)
    seconds = models.PositiveSmallIntegerField(default=20)
    seed = models.PositiveIntegerField(default=0)
    status = models.CharField(
        max_length=10, choices=ScenarioStatus.choices, default=ScenarioStatus.QUEUED
    )
    progress = models.JSONField(default=dict)
    record = models.JSONField(null=True, blank=True)  # the engine's whole result
    frontier = models.JSONField(null=True, blank=True)  # points at other budgets
    conflict = models.JSONField(null=True, blank=True)
    problem = models.TextField(blank=True)
    illustrative = models.BooleanField(default=False)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["region", "-requested_at", "-id"]

    def __str__(self) -> str:
        return self.name


class Plan(models.Model):
    """The scenario that a council's decision made binding."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="plans")
    scenario = models.ForeignKey(
        Scenario, on_delete=models.PROTECT, related_name="plans"
    )
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, related_name="plan"
    )
    start_year = models.PositiveSmallIntegerField()
    years = models.PositiveSmallIntegerField()
    illustrative = models.BooleanField(default=False)
    adopted_at = models.DateTimeField()
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["region", "-adopted_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region"],
                condition=Q(replaced_at__isnull=True),
                name="plan_one_in_force_a_region",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.start_year}–{self.start_year + self.years - 1}"


class PlanItem(models.Model):
    """One funded programme of a plan, with its schedule and its money."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="items")
    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="plan_items"
    )
    start_year = models.PositiveSmallIntegerField()
    end_year = models.PositiveSmallIntegerField()
    # A list of year, source, kind ("build" or "running") and amount in rupiah.
    money = models.JSONField(default=list)
    reason = models.JSONField(default=dict)

    class Meta:
        ordering = ["plan", "start_year", "candidate__code"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "candidate"], name="plan_item_once")
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.candidate_id}"

    @property
    def total(self) -> int:
        """Rupiah over the whole plan, to build and to run."""
        return sum(int(line["amount"]) for line in self.money)
