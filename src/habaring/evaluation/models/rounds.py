"""Instruments, rounds, and what a region answers about itself."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from habaring.evaluation import words
from habaring.regions.models import Region
from habaring.shared.models import BilingualName
from habaring.shared.refusal import Words

ACCOUNT = settings.AUTH_USER_MODEL


class Instrument(BilingualName):
    """The questions and weights of a year, as TOML (`scheme.read`).

    Never changed once a round uses it: another version has another code.
    """

    code = models.CharField(max_length=40, unique=True)
    year = models.PositiveSmallIntegerField()
    toml = models.TextField()
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(BilingualName.Meta):
        abstract = False
        ordering = ["-year", "code"]


class Round(BilingualName):
    """One stage of one year's evaluation: when regions answer, when results are told."""

    year = models.PositiveSmallIntegerField()
    stage = models.PositiveSmallIntegerField(default=1)
    instrument = models.ForeignKey(
        Instrument, on_delete=models.PROTECT, related_name="rounds"
    )
    opens_on = models.DateField()
    answers_until = models.DateField()
    readings_until = models.DateField()
    readers = models.PositiveSmallIntegerField(default=2)
    # how far two readings may lie apart before a third is asked for, in levels
    third_step = models.DecimalField(max_digits=4, decimal_places=2, default="0.50")
    appeal_days = models.PositiveSmallIntegerField(default=14)
    state = models.CharField(
        max_length=10, choices=list(words.ROUND_STATES.items()), default="draft"
    )
    announced_at = models.DateTimeField(null=True, blank=True)
    appeals_until = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    method = models.JSONField(default=dict)  # of the ranks: seed, draws, shares
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    illustrative = models.BooleanField(default=False)

    class Meta(BilingualName.Meta):
        abstract = False
        ordering = ["-year", "-stage"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "stage"], name="evaluation_stage_once_a_year"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=[1, 2]), name="evaluation_has_two_stages"
            ),
            models.CheckConstraint(
                condition=Q(answers_until__gte=F("opens_on"))
                & Q(readings_until__gte=F("answers_until")),
                name="evaluation_days_run_forward",
            ),
        ]

    @property
    def state_words(self) -> Words:
        """The state in the reader's language."""
        return words.ROUND_STATES[self.state]

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return words.ROUND_TONES[self.state]

    @property
    def stage_words(self) -> Words:
        """Stage I or II."""
        return words.STAGES[self.stage]


class EntryQuerySet(models.QuerySet["Entry"]):
    """Questions asked of entries."""

    def submitted(self) -> "EntryQuerySet":
        """What can be read by assessors."""
        return self.filter(state="submitted")


class Entry(models.Model):
    """A region in a round: its answers, and whether it has handed them in."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="entries")
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="evaluations"
    )
    state = models.CharField(
        max_length=10, choices=list(words.ENTRY_STATES.items()), default="answering"
    )
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # questions whose answers had no evidence that counts when it was handed in
    uncounted = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    illustrative = models.BooleanField(default=False)

    objects: ClassVar[EntryQuerySet] = EntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-round__year", "-round__stage", "region"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "region"], name="evaluation_region_once_a_round"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.round_id}"

    @property
    def state_words(self) -> Words:
        """The state in the reader's language."""
        return words.ENTRY_STATES[self.state]


class Answer(models.Model):
    """What a region says of itself on one question: a level and why.

    Its evidence is linked in the vault under ("evaluation", the answer's id).
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="answers")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=40)
    level = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    note = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["entry", "question"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "question"], name="evaluation_answer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.question}"
