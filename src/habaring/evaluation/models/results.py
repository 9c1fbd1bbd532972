"""What comes of a round: results, findings, appeals and awards."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from habaring.evaluation import words
from habaring.evaluation.models.rounds import Entry, Round
from habaring.evidence.models import Evidence
from habaring.posts.models import Post
from habaring.regions.models import Region
from habaring.shared.models import BilingualName
from habaring.shared.refusal import Words

ACCOUNT = settings.AUTH_USER_MODEL


class ResultQuerySet(models.QuerySet["Result"]):
    """Questions asked of results."""

    def standing(self) -> "ResultQuerySet":
        """Those that no later one replaced."""
        return self.filter(replaced_at__isnull=True)

    def public(self) -> "ResultQuerySet":
        """Those that everybody may read."""
        return self.standing().filter(published_at__isnull=False)


class Result(models.Model):
    """A region's index in one stage of a year.

    Announced to the region first, then published; an appeal that changes it makes a new
    row. Those of years before the platform have a source and no round.
    """

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="evaluation_results"
    )
    year = models.PositiveSmallIntegerField()
    stage = models.PositiveSmallIntegerField(default=1)
    round = models.ForeignKey(
        Round, null=True, blank=True, on_delete=models.PROTECT, related_name="results"
    )
    index = models.DecimalField(max_digits=6, decimal_places=4)
    measures = models.JSONField(default=dict)  # code → level, of a measure
    dimensions = models.JSONField(default=dict)  # code → level, of Impact's dimensions
    own = models.JSONField(default=dict)  # the same by the region itself, with "index"
    # of each standing reading: its index and measures, in no order, without names
    readings = models.JSONField(default=list)
    uncounted = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    improvement = models.DecimalField(
        max_digits=6, decimal_places=4, null=True, blank=True
    )
    band = models.CharField(max_length=30, blank=True)
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    rank_low = models.PositiveSmallIntegerField(null=True, blank=True)
    rank_high = models.PositiveSmallIntegerField(null=True, blank=True)
    ranked = models.PositiveSmallIntegerField(null=True, blank=True)  # among how many
    province_rank = models.PositiveSmallIntegerField(null=True, blank=True)
    province_ranked = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)
    announced_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    illustrative = models.BooleanField(default=False)

    objects: ClassVar[ResultQuerySet] = ResultQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["region", "-year", "-stage"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "stage"],
                condition=Q(replaced_at__isnull=True),
                name="evaluation_one_standing_result",
            ),
            models.CheckConstraint(
                condition=Q(round__isnull=False) | ~Q(source=""),
                name="evaluation_result_has_a_source",
            ),
        ]
        indexes = [
            models.Index(fields=["year", "stage"], name="evaluation_result_year")
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.year} {self.index}"


class Finding(models.Model):
    """What assessors found; a weakness needs an owner and a day, and comes back each year
    until somebody else than its owner says that it is closed.
    """

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="evaluation_findings"
    )
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=15, choices=list(words.FINDING_KINDS.items()))
    question = models.CharField(max_length=40, blank=True)
    text = models.TextField()
    state = models.CharField(
        max_length=10, choices=list(words.FINDING_STATES.items()), default="open"
    )
    owner = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField(null=True, blank=True)
    action = models.TextField(blank=True)  # what will be done
    proof = models.TextField(blank=True)  # what was done
    verdict = models.TextField(blank=True)  # why it was closed, or sent back
    years = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    raised_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["region", "state", "due_on", "id"]
        indexes = [
            models.Index(fields=["region", "state"], name="evaluation_finding_state")
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def kind_words(self) -> Words:
        """The kind in the reader's language."""
        return words.FINDING_KINDS[self.kind]

    @property
    def state_words(self) -> Words:
        """The state in the reader's language."""
        return words.FINDING_STATES[self.state]

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return words.FINDING_TONES[self.state]

    @property
    def to_do(self) -> bool:
        """Whether somebody has to do something about it still."""
        return self.kind in words.TO_DO and self.state != "closed"


class Appeal(models.Model):
    """What a region asks to have looked at again, within the days after the announcement."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="appeals")
    question = models.CharField(max_length=40)
    reason = models.TextField()
    filed_at = models.DateTimeField()
    filed_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=list(words.APPEAL_STATES.items()), default="filed"
    )
    level = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    decision = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["filed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "question"], name="evaluation_appeal_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.question}"

    @property
    def state_words(self) -> Words:
        """The state in the reader's language."""
        return words.APPEAL_STATES[self.state]

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return words.APPEAL_TONES[self.state]


class AwardRule(BilingualName):
    """An award and its method, public before anybody knows a mark.

    `measured` is "index", "improvement", "measure:<code>" or "dimension:<code>".
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="awards")
    code = models.CharField(max_length=40)
    measured = models.CharField(max_length=50)
    places = models.PositiveSmallIntegerField(default=1)
    minimum = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    method_id = models.TextField()
    method_en = models.TextField(blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(BilingualName.Meta):
        abstract = False
        ordering = ["round", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "code"], name="evaluation_award_once_a_round"
            )
        ]


class Award(BilingualName):
    """An award of a region: of a round, or of another body with a source document."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="evaluation_awards"
    )
    year = models.PositiveSmallIntegerField()
    rule = models.ForeignKey(
        AwardRule, null=True, blank=True, on_delete=models.PROTECT, related_name="given"
    )
    body = models.CharField(max_length=200)  # who gives it
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    value = models.DecimalField(max_digits=6, decimal_places=4, null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)
    document = models.ForeignKey(
        Evidence, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    illustrative = models.BooleanField(default=False)

    class Meta(BilingualName.Meta):
        abstract = False
        ordering = ["-year", "region", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rule__isnull=False)
                | (~Q(source="") & Q(document__isnull=False)),
                name="evaluation_award_has_a_ground",
            )
        ]
