"""The framework as data, the indicator catalogue, observations, index editions."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from habaring.regions.models import Region
from habaring.shared.ids import uuid7
from habaring.shared.models import BilingualName, Upload


def _worded(indonesian: str, english: str) -> str:
    """The words in the reader's language; Indonesian where English is missing."""
    return english if get_language() == "en" and english else indonesian


class Framework(BilingualName):
    """A set of dimensions in force for some years, e.g. Kominfo's six of 2022."""

    code = models.CharField(max_length=40, unique=True)
    year = models.PositiveSmallIntegerField()
    authority = models.CharField(max_length=200)
    legal_ref = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300, blank=True)
    status = models.CharField(
        max_length=10, choices=[("draft", "draft"), ("in_force", "in force")]
    )

    class Meta:
        ordering = ["year", "code"]


class Dimension(BilingualName):
    """A dimension, or a sub-dimension below one."""

    framework = models.ForeignKey(
        Framework, on_delete=models.CASCADE, related_name="dimensions"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="parts"
    )
    code = models.CharField(max_length=20)  # GOV, GOV.1
    description_id = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    weight = models.FloatField(default=1.0)

    @property
    def description(self) -> str:
        return _worded(self.description_id, self.description_en)

    class Meta:
        ordering = ["framework", "order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"], name="dimension_code_once_a_framework"
            )
        ]


class DimensionAlias(models.Model):
    """Another name that the press or an older text uses for a dimension."""

    dimension = models.ForeignKey(
        Dimension, on_delete=models.CASCADE, related_name="aliases"
    )
    alias = models.CharField(max_length=100)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dimension", "alias"], name="alias_once_a_dimension"
            )
        ]

    def __str__(self) -> str:
        return self.alias


class Crosswalk(models.Model):
    """How a dimension of one framework corresponds to one of another."""

    source = models.ForeignKey(
        Dimension, on_delete=models.CASCADE, related_name="leads_to"
    )
    target = models.ForeignKey(
        Dimension, on_delete=models.CASCADE, related_name="comes_from"
    )
    kind = models.CharField(
        max_length=10,
        choices=[("same", "same"), ("part", "part"), ("related", "related")],
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target"], name="crosswalk_once_a_pair"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"


class Direction(models.TextChoices):
    """Which way is better."""

    HIGHER = "higher", "higher"
    LOWER = "lower", "lower"


class Indicator(BilingualName):
    """One entry of the catalogue: what is measured, how, by whom."""

    code = models.CharField(max_length=30, unique=True)  # K01, EC:ICT:ICT:1C, SPBE:01
    family = models.CharField(max_length=20)  # kabupaten, u4ssc, spbe, …
    unit_id = models.CharField(max_length=60)
    unit_en = models.CharField(max_length=60, blank=True)
    direction = models.CharField(max_length=6, choices=Direction.choices)
    decimals = models.PositiveSmallIntegerField(default=2)
    definition_id = models.TextField(blank=True)
    definition_en = models.TextField(blank=True)
    numerator_id = models.CharField(max_length=300, blank=True)
    numerator_en = models.CharField(max_length=300, blank=True)
    denominator_id = models.CharField(max_length=300, blank=True)
    denominator_en = models.CharField(max_length=300, blank=True)
    producer = models.CharField(max_length=100, blank=True)
    frequency = models.CharField(max_length=40, blank=True)
    minimum = models.FloatField(null=True, blank=True)  # what a value can be at all
    maximum = models.FloatField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["family", "code"]

    @property
    def unit(self) -> str:
        return _worded(self.unit_id, self.unit_en)

    @property
    def definition(self) -> str:
        return _worded(self.definition_id, self.definition_en)

    @property
    def numerator(self) -> str:
        return _worded(self.numerator_id, self.numerator_en)

    @property
    def denominator(self) -> str:
        return _worded(self.denominator_id, self.denominator_en)


class FrameworkIndicator(models.Model):
    """An indicator's place in a framework: its dimension, weight and goalposts."""

    framework = models.ForeignKey(
        Framework, on_delete=models.CASCADE, related_name="places"
    )
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="places"
    )
    dimension = models.ForeignKey(
        Dimension, on_delete=models.CASCADE, related_name="places"
    )
    weight = models.FloatField(default=1.0)
    # Fixed over the years, so that scores of different years compare.
    goal_low = models.FloatField(null=True, blank=True)
    goal_high = models.FloatField(null=True, blank=True)
    goal_source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["framework", "dimension__order", "indicator__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "indicator"], name="indicator_once_a_framework"
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0), name="indicator_weight_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.framework_id} {self.indicator_id}"


class Target(models.Model):
    """A dated target of a region for an indicator, with the document that sets it."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="targets"
    )
    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=24, decimal_places=6)
    source = models.CharField(max_length=300)
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["region", "indicator", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "indicator", "year"], name="target_once_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.indicator_id} {self.year}"


class ValueStatus(models.TextChoices):
    """Why a cell has a value or has none: three different kinds of none."""

    VALUE = "value", "value"
    MISSING = "missing", "missing"
    NOT_APPLICABLE = "not_applicable", "not applicable"
    SUPPRESSED = "suppressed", "suppressed"


class ObservationQuerySet(models.QuerySet["Observation"]):
    """Questions asked of observations; every one names its regions."""

    def current(self) -> "ObservationQuerySet":
        """The newest revision of each (region, indicator, year)."""
        key = ("region_id", "indicator_id", "year")
        return self.order_by(*key, "-revision").distinct(*key)

    def known_at(self, at: datetime) -> "ObservationQuerySet":
        """What had been recorded by a moment: the vintage of that day."""
        return self.filter(recorded_at__lte=at)


class Observation(models.Model):
    """One value of one indicator in one region and year, in one revision.

    Rows are only appended: a correction is a new revision. The region leads the key
    so that the table can be partitioned by it.
    """

    pk = models.CompositePrimaryKey("region", "id")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    id = models.UUIDField(default=uuid7, editable=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    revision = models.PositiveSmallIntegerField(default=1)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    status = models.CharField(
        max_length=14, choices=ValueStatus.choices, default=ValueStatus.VALUE
    )
    provisional = models.BooleanField(default=False)
    source = models.CharField(max_length=300)
    source_url = models.CharField(max_length=500, blank=True)
    released_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    illustrative = models.BooleanField(default=False)
    upload = models.ForeignKey(
        Upload, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ObservationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "indicator", "year", "revision"],
                name="observation_revision_once",
            ),
            models.CheckConstraint(
                condition=Q(status="value", value__isnull=False)
                | (~Q(status="value") & Q(value__isnull=True)),
                name="observation_value_agrees_with_status",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1900, year__lte=2100),
                name="observation_year_in_range",
            ),
        ]
        indexes = [  # how many numbers each region has of a year: all regions at once
            models.Index(
                fields=["year", "region"],
                condition=Q(revision=1, status="value"),
                name="observation_first_of_year",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.indicator_id} {self.year} r{self.revision}"


class EditionScope(models.TextChoices):
    """Whom an edition compares; a region's page shows its own kind of edition first."""

    CHOSEN = "chosen", "chosen"
    PROVINCE = "province", "province"
    NATIONAL = "national", "national"  # published for the whole country


class IndexEdition(models.Model):
    """A published index: frozen inputs, parameters and result. Never changed."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="index_editions"
    )  # who publishes it; its peers are in `scores`
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    scope = models.CharField(
        max_length=10, choices=EditionScope.choices, default=EditionScope.CHOSEN
    )
    peers = models.PositiveSmallIntegerField(default=0)  # how many regions it compares
    note = models.TextField(blank=True)
    draws = models.PositiveIntegerField()
    seed = models.PositiveIntegerField()
    engine_version = models.CharField(max_length=20)
    table_csv = models.TextField()  # exactly what the page offers for download …
    framework_toml = models.TextField()  # … and `habaring score` reads
    sha256 = models.CharField(max_length=64)  # of the two files above, joined by \0
    record = models.JSONField()  # the engine's whole result
    illustrative = models.BooleanField(default=False)  # rests on an illustrative value
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "number"], name="edition_number_once_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.year}/{self.number}"

    @property
    def checksums(self) -> str:
        """SHA-256 of the two files, as `sha256sum --check` reads them."""
        files = (("table.csv", self.table_csv), ("framework.toml", self.framework_toml))
        return "".join(
            f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n"
            for name, text in files
        )


class EditionScore(models.Model):
    """One region's score in one group of an edition ("INDEX" or a dimension)."""

    edition = models.ForeignKey(
        IndexEdition, on_delete=models.CASCADE, related_name="scores"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=20)
    score = models.FloatField(null=True)  # 0–100; null: not enough is known
    coverage = models.FloatField()  # share of the group's weight that has a value
    rank = models.PositiveSmallIntegerField(null=True)
    rank_low = models.PositiveSmallIntegerField(null=True)  # best rank it could hold
    rank_high = models.PositiveSmallIntegerField(null=True)  # worst

    class Meta:
        ordering = ["edition", "group", "rank", "region"]
        indexes = [models.Index(fields=["region", "group"], name="score_region_group")]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "region", "group"], name="score_once_a_group"
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.region_id} {self.group}"


class EditionValue(models.Model):
    """One value as it entered an edition, with its year and source."""

    edition = models.ForeignKey(
        IndexEdition, on_delete=models.CASCADE, related_name="values_used"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(null=True)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    status = models.CharField(max_length=14, choices=ValueStatus.choices)
    normalised = models.FloatField(null=True)  # 0–100
    source = models.CharField(max_length=300, blank=True)
    revision = models.PositiveSmallIntegerField(null=True)
    illustrative = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "region", "indicator"], name="value_once_an_edition"
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.region_id} {self.indicator_id}"


class Publication(models.Model):
    """An edition being made in the background: how far it is, and what came of it."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    plan = models.JSONField()  # actions.EditionPlan, peers as codes
    state = models.CharField(
        max_length=10,
        choices=[
            ("waiting", "waiting"),
            ("running", "running"),
            ("done", "done"),
            ("refused", "refused"),
        ],
        default="waiting",
    )
    done = models.PositiveIntegerField(default=0)  # draws made
    refusal = models.JSONField(default=list)  # what, why, next in the asker's language
    edition = models.OneToOneField(
        IndexEdition, null=True, on_delete=models.PROTECT, related_name="publication"
    )
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.region_id} {self.state}"
