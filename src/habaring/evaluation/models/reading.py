"""Blind readings: what one assessor thinks of one region's entry.

`shown_to` is empty until the round is announced: row-level security then lets nobody see
these rows but the assessor themself and the ministry (`migrations/0002_walls.py`). At the
announcement it becomes the region's code.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from habaring.evaluation import words
from habaring.evaluation.models.rounds import Entry
from habaring.regions.models import Region
from habaring.shared.refusal import Words

ACCOUNT = settings.AUTH_USER_MODEL


class Reading(models.Model):
    """One assessor's reading of one entry, from being asked to handing it in.

    `place` is 1, 2 or 3 (the third read); no page shows it to an assessor.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="readings")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    shown_to = models.CharField(max_length=13, blank=True, default="")
    assessor = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10, choices=list(words.READING_STATES.items()), default="asked"
    )
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    declared_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["entry", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "place"],
                condition=~Q(state__in=["withdrawn", "conflicted"]),
                name="evaluation_place_once",
            ),
            models.UniqueConstraint(
                fields=["entry", "assessor"],
                condition=~Q(state__in=["withdrawn", "conflicted"]),
                name="evaluation_assessor_once",
            ),
        ]
        indexes = [
            models.Index(fields=["assessor", "state"], name="evaluation_reading_own")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.place}"

    @property
    def state_words(self) -> Words:
        """The state in the reader's language."""
        return words.READING_STATES[self.state]

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return words.READING_TONES[self.state]


class Mark(models.Model):
    """The level that one assessor gives one question."""

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="marks")
    shown_to = models.CharField(max_length=13, blank=True, default="")
    assessor = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=40)
    level = models.DecimalField(max_digits=4, decimal_places=2)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["reading", "question"]
        constraints = [
            models.UniqueConstraint(
                fields=["reading", "question"], name="evaluation_mark_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reading_id} {self.question}"


class Remark(models.Model):
    """What an assessor writes down: a note of the interview, a strength, a weakness, a
    recommendation. `question` is the code of a question or a measure, or empty.
    """

    reading = models.ForeignKey(
        Reading, on_delete=models.PROTECT, related_name="remarks"
    )
    shown_to = models.CharField(max_length=13, blank=True, default="")
    assessor = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=15, choices=list(words.REMARK_KINDS.items()))
    question = models.CharField(max_length=40, blank=True)
    text = models.TextField()
    at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["reading", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.reading_id}"

    @property
    def kind_words(self) -> Words:
        """The kind in the reader's language."""
        return words.REMARK_KINDS[self.kind]
