"""The analysis: readiness, SWOT, strategies, gaps and the issues that they feed.

Rows are drafts of the region until a part is released (`ReleasedPart`); then the public
reads them as they stand. Nothing is deleted: what is taken back keeps its number.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.regions.models import Region


class Recorded(models.Model):
    """Who recorded a row last, and whether it is an example."""

    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


class Numbered(Recorded):
    """A row with a number of its own in its region, which can be taken back."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    origin = models.CharField(max_length=200, blank=True)  # "workshop 3, table 2"
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(Recorded.Meta):
        abstract = True


class Quadrant(models.TextChoices):
    """What kind of fact an item of SWOT is."""

    STRENGTH = "S", _("Strength")
    WEAKNESS = "W", _("Weakness")
    OPPORTUNITY = "O", _("Opportunity")
    THREAT = "T", _("Threat")


class Layer(models.TextChoices):
    """The layer of the region that an item is about (bimtek I)."""

    STRUCTURE = "structure", _("Structure")
    INFRASTRUCTURE = "infrastructure", _("Infrastructure")
    SUPERSTRUCTURE = "superstructure", _("Superstructure")


class Pairing(models.TextChoices):
    """What a strategy joins."""

    SO = "SO", _("SO: use strengths to take opportunities")
    WO = "WO", _("WO: mend weaknesses by opportunities")
    ST = "ST", _("ST: use strengths against threats")
    WT = "WT", _("WT: mend weaknesses and avoid threats")


class Aspect(models.TextChoices):
    """What a strategy works on (Buku 2, chapter 3)."""

    POLICY = "policy", _("Policy and institutions")
    INFRASTRUCTURE = "infrastructure", pgettext_lazy("aspect", "Infrastructure")
    APPLICATIONS = "applications", _("Applications and data")
    LITERACY = "literacy", _("Digital literacy and community")


class ReadinessScore(Recorded):
    """The answer to one question of readiness in a year.

    Evidence hangs on it by ("readiness", "<year>/<question>"); without any it stays a
    draft. `carried`: taken over from the year before and not looked at since.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=40)  # infrastructure.1
    score = models.PositiveSmallIntegerField(null=True, blank=True)  # null: not yet
    note = models.TextField(blank=True)
    carried = models.BooleanField(default=False)

    class Meta:
        ordering = ["region", "year", "question"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "question"], name="readiness_once_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.year}/{self.question}"

    @property
    def key(self) -> str:
        """As evidence names it."""
        return f"{self.year}/{self.question}"


class SwotItem(Numbered):
    """One strength, weakness, opportunity or threat of a dimension and layer."""

    kind = models.CharField(max_length=1, choices=Quadrant.choices)
    dimension = models.CharField(max_length=20)  # GOV
    layer = models.CharField(max_length=16, choices=Layer.choices)
    text = models.TextField()
    votes_carried = models.PositiveIntegerField(default=0)  # cast in a workshop

    class Meta:
        ordering = ["region", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="swot_number_once_a_region"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}{self.number}"


class SwotVote(models.Model):
    """A person finds an item important; once an item."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(SwotItem, on_delete=models.CASCADE, related_name="votes")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "account"], name="swot_vote_once_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id}"


class StrategicIssue(Numbered):
    """A priority issue (isu strategis) that Buku 1 carries to Buku 2."""

    dimension = models.CharField(max_length=20)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["region", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="issue_number_once_a_region"
            )
        ]

    def __str__(self) -> str:
        return f"I{self.number}"


class Gap(Numbered):
    """The condition now beside the expected one, its cause, what closes it."""

    dimension = models.CharField(max_length=20)  # GOV or GOV.1
    about = models.CharField(max_length=60, blank=True)  # indicator:K01, readiness:…
    now = models.TextField()
    expected = models.TextField()
    cause = models.TextField()
    need = models.TextField()
    issue = models.ForeignKey(
        StrategicIssue, on_delete=models.PROTECT, related_name="gaps"
    )

    class Meta:
        ordering = ["region", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="gap_number_once_a_region"
            )
        ]

    def __str__(self) -> str:
        return f"G{self.number}"


class Strategy(Numbered):
    """A strategy of a (sub-)dimension: it cites strengths or weaknesses and
    opportunities or threats.
    """

    kind = models.CharField(max_length=2, choices=Pairing.choices)
    dimension = models.CharField(max_length=20)  # GOV or GOV.1
    aspect = models.CharField(max_length=16, choices=Aspect.choices, blank=True)
    text = models.TextField()
    issue = models.ForeignKey(
        StrategicIssue,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="strategies",
    )
    items: "models.ManyToManyField[SwotItem, Citation]" = models.ManyToManyField(
        SwotItem, through="Citation", related_name="strategies"
    )

    class Meta:
        ordering = ["region", "number"]
        verbose_name_plural = "strategies"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="strategy_number_once_a_region"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}{self.number}"


class Citation(models.Model):
    """A strategy rests on an item."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    strategy = models.ForeignKey(
        Strategy, on_delete=models.CASCADE, related_name="citations"
    )
    item = models.ForeignKey(
        SwotItem, on_delete=models.PROTECT, related_name="citations"
    )

    class Meta:
        ordering = ["item__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["strategy", "item"], name="citation_once_a_strategy"
            )
        ]

    def __str__(self) -> str:
        return f"{self.strategy_id} {self.item_id}"


class ReleasedPart(models.Model):
    """A part of the analysis that the public may read, from when to when."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=20)  # word of parts.PARTS
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "part", "-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "part"],
                condition=Q(until__isnull=True),
                name="part_released_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.part}"
