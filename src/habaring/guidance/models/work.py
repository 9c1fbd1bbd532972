"""Work handed in: versions of parts of the master plan, the mentor's words on them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from habaring.guidance.models.cohorts import Enrolment
from habaring.guidance.models.stages import AssignmentTemplate
from habaring.regions.models import Region


class WorkState(models.TextChoices):
    """Source: domain.md 2.1: belum, dikerjakan, diajukan, direviu, revisi | disetujui,
    masuk buku.
    """

    TODO = "todo", _("not begun")
    DOING = "doing", _("being worked on")
    SUBMITTED = "submitted", _("handed in")
    REVIEW = "review", _("under review")
    REVISE = "revise", _("to be revised")
    APPROVED = "approved", _("approved by the mentor")
    BOOKED = "booked", _("in the book")


DONE = (WorkState.APPROVED, WorkState.BOOKED)


class Assignment(models.Model):
    """One assignment of one region: its day, how far it is. Nothing personal."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="assignments"
    )
    template = models.ForeignKey(
        AssignmentTemplate, on_delete=models.PROTECT, related_name="assignments"
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="assignments"
    )
    state = models.CharField(
        max_length=10, choices=WorkState.choices, default=WorkState.TODO
    )
    due_on = models.DateField()
    changed_at = models.DateTimeField()
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["enrolment", "template__stage__number", "template__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "template"], name="assignment_once_a_region"
            )
        ]
        indexes = [models.Index(fields=["region", "state"], name="assignment_region")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.template_id}"


class Submission(models.Model):
    """One version of what was handed in. `sha256` is over the frozen pieces."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="submissions"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    note = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    handed_in_at = models.DateTimeField()
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict = models.CharField(
        max_length=10,
        blank=True,
        choices=[
            (WorkState.REVISE.value, WorkState.REVISE.label),
            (WorkState.APPROVED.value, WorkState.APPROVED.label),
        ],
    )
    reason = models.TextField(blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        ordering = ["assignment", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "version"], name="submission_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} v{self.version}"


class SubmissionPiece(models.Model):
    """A part of the master plan as it was handed in: where it lives, its text, frozen."""

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="pieces"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    piece = models.CharField(max_length=100)  # as guidance.pieces names it
    title = models.CharField(max_length=300)
    revision = models.PositiveIntegerField(default=0)  # of the section; 0: none
    text = models.TextField()  # paragraphs, an empty line between them
    sha256 = models.CharField(max_length=64)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["submission", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "piece"], name="piece_once_a_submission"
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.piece}"


class Remark(models.Model):
    """A mentor's words on one paragraph of a frozen piece, and what became of them."""

    piece = models.ForeignKey(
        SubmissionPiece, on_delete=models.CASCADE, related_name="remarks"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    paragraph = models.PositiveSmallIntegerField()  # from 1; 0: the whole piece
    quote = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        ordering = ["piece", "paragraph", "at"]

    def __str__(self) -> str:
        return f"{self.piece_id} §{self.paragraph}"
