"""The vault: files that prove something, what they prove, and what was said of them."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from habaring.evidence import words
from habaring.posts.models import Post
from habaring.regions.models import Department, Region
from habaring.shared.refusal import Words

ACCOUNT = settings.AUTH_USER_MODEL


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Questions asked of evidence."""

    def kept(self) -> "EvidenceQuerySet":
        """What was not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def current(self, on: date) -> "EvidenceQuerySet":
        """What may prove something on a day: kept, and not run out."""
        return self.kept().filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=on),
            Q(valid_from__isnull=True) | Q(valid_from__lte=on),
        )


class Evidence(models.Model):
    """One file of a region, kept by its SHA-256 and never changed.

    `valid_until` is the last day on which it proves anything; None: without end.
    `verdict` is that of the newest row of `Verdict`.
    """

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="evidence"
    )
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20, choices=list(words.KINDS.items()))
    title = models.CharField(max_length=300)
    year = models.PositiveSmallIntegerField()  # the year that it tells of
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confidential = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    verdict = models.CharField(
        max_length=10, choices=list(words.VERDICTS.items()), default=words.WAITING
    )
    put_at = models.DateTimeField()
    put_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    illustrative = models.BooleanField(default=False)

    objects: ClassVar[EvidenceQuerySet] = EvidenceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-put_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="evidence_days_run_forward",
            )
        ]
        indexes = [
            models.Index(fields=["region", "-put_at"], name="evidence_region"),
            models.Index(fields=["region", "sha256"], name="evidence_region_sha"),
            models.Index(fields=["region", "valid_until"], name="evidence_until"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_words(self) -> Words:
        """The kind in the reader's language."""
        return words.KINDS.get(self.kind, self.kind)

    @property
    def verdict_words(self) -> Words:
        """The verdict in the reader's language."""
        return words.VERDICTS[self.verdict]

    @property
    def tone(self) -> str:
        """The colour of the verdict."""
        return words.TONES[self.verdict]

    @property
    def icon(self) -> str:
        """The icon of the verdict."""
        return words.ICONS[self.verdict]

    def runs_out(self, on: date) -> bool:
        """Whether it proves nothing any more on a day."""
        return self.valid_until is not None and self.valid_until < on


class Link(models.Model):
    """What a piece of evidence proves: a kind of thing and its key.

    A link that is taken away keeps its row: what was once claimed can be seen.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    evidence = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, related_name="links"
    )
    thing = models.CharField(max_length=30)  # "readiness", "evaluation", …
    key = models.CharField(max_length=100)
    label = models.CharField(max_length=300, blank=True)  # as people read it
    carried = models.BooleanField(default=False)  # taken over from the year before
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["evidence", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "thing", "key"],
                condition=Q(ended_at__isnull=True),
                name="evidence_proves_once",
            )
        ]
        indexes = [
            models.Index(fields=["region", "thing", "key"], name="evidence_link_key")
        ]

    def __str__(self) -> str:
        return f"{self.thing} {self.key}"


class Verdict(models.Model):
    """What somebody else than its bringer said of a piece of evidence; only appended."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    evidence = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, related_name="verdicts"
    )
    valid = models.BooleanField()
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="evidence_verdict_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} {self.valid}"
