"""A practice, and its versions: a draft is changed, what was published never again."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region


class PracticeState(models.TextChoices):
    """Whether everybody sees it."""

    DRAFT = "draft", _("draft")
    PUBLIC = "public", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Result(models.TextChoices):
    """What came of it. A failure is worth as much to others as a success."""

    WORKED = "worked", _("worked")
    PARTLY = "partly", _("worked in part")
    FAILED = "failed", _("did not work")
    UNMEASURED = "unmeasured", _("not measured")


class Licence(models.TextChoices):
    """What others may do with the text and its material."""

    CC_BY = "cc-by-4.0", _("free to use, naming the region (CC BY 4.0)")
    CC0 = "cc0-1.0", _("free to use without conditions (CC0)")
    ASK = "ask", _("ask the region first")


class PracticeQuerySet(models.QuerySet["Practice"]):
    """Questions asked of practices."""

    def public(self) -> "PracticeQuerySet":
        return self.filter(state=PracticeState.PUBLIC)


class Practice(models.Model):
    """One practice of a region. Title, dimension and result are the newest published."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="practices"
    )
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=PracticeState.choices, default=PracticeState.DRAFT
    )
    title = models.CharField(max_length=150)
    dimension_code = models.CharField(max_length=20)
    result = models.CharField(
        max_length=10, choices=Result.choices, default=Result.UNMEASURED
    )
    programme = models.CharField(max_length=40, blank=True)  # code of its candidate
    # Written from public sources until the region itself publishes a version.
    confirmed = models.BooleanField(default=True)
    illustrative = models.BooleanField(default=False)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)  # the newest version
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="practice_number_once_a_region"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def code(self) -> str:
        """What people call it within its region."""
        return f"P-{self.number}"


class PracticeVersion(models.Model):
    """The text of a practice. Published ones are frozen by a trigger. Rupiah are whole."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=150)
    dimension_code = models.CharField(max_length=20)
    summary = models.CharField(max_length=400)
    problem = models.TextField(blank=True)
    solution = models.TextField(blank=True)
    steps = models.TextField(blank=True)  # how to do it, one step a line
    lessons = models.TextField(blank=True)
    begun_year = models.PositiveSmallIntegerField(null=True, blank=True)
    cost = models.BigIntegerField(null=True, blank=True)  # to build
    running_cost = models.BigIntegerField(null=True, blank=True)  # a year
    cost_note = models.CharField(max_length=300, blank=True)
    output = models.TextField(blank=True)
    result = models.CharField(
        max_length=10, choices=Result.choices, default=Result.UNMEASURED
    )
    outcome = models.TextField(blank=True)
    indicators = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    value_before = models.DecimalField(
        max_digits=20, decimal_places=4, null=True, blank=True
    )
    year_before = models.PositiveSmallIntegerField(null=True, blank=True)
    value_after = models.DecimalField(
        max_digits=20, decimal_places=4, null=True, blank=True
    )
    year_after = models.PositiveSmallIntegerField(null=True, blank=True)
    regulation = models.TextField(blank=True)
    contact = models.CharField(max_length=200, blank=True)  # a post, not a person
    contact_address = models.CharField(max_length=200, blank=True)  # of the office
    licence = models.CharField(
        max_length=10, choices=Licence.choices, default=Licence.CC_BY
    )
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    source_title = models.CharField(max_length=300, blank=True)
    source_url = models.CharField(max_length=500, blank=True)
    # The programme as the region ran it: duration, staff, costs by year (see shapes.py).
    shape = models.JSONField(default=dict, blank=True)
    change = models.CharField(max_length=300, blank=True)  # against the version before
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    words = SearchVectorField(null=True, editable=False)  # kept by a trigger

    class Meta:
        ordering = ["practice", "-number"]
        indexes = [
            GinIndex("words", name="practice_words"),
            GinIndex(OpClass("title", name="gin_trgm_ops"), name="practice_title"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "number"], name="practice_version_once"
            ),
            models.UniqueConstraint(
                fields=["practice"],
                condition=Q(published_at__isnull=True),
                name="practice_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | Q(cost__gte=0),
                name="practice_cost_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practice_id} v{self.number}"

    @property
    def step_list(self) -> list[str]:
        """The steps, one a line of the text."""
        return [line.strip() for line in self.steps.splitlines() if line.strip()]

    @property
    def measured(self) -> bool:
        """Whether a number says what came of it."""
        return self.value_before is not None and self.value_after is not None
