"""Discussion with for and against; moderation with reason, notice and appeal."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.participation.models.proposals import Proposal
from habaring.regions.models import Region


class Side(models.TextChoices):
    """Where a comment stands."""

    FOR = "for", pgettext_lazy("side", "For")
    AGAINST = "against", pgettext_lazy("side", "Against")
    QUESTION = "question", pgettext_lazy("side", "Question or remark")


class Visibility(models.TextChoices):
    """Whether the public sees a comment."""

    HELD = "held", _("waits for a moderator")
    SHOWN = "shown", _("shown")
    HIDDEN = "hidden", _("hidden by a moderator")
    WITHDRAWN = "withdrawn", _("withdrawn by its author")


class Comment(models.Model):
    """One contribution to a thread. An answer takes the side that its author chooses;
    threads are two deep: an answer to an answer stands under the same first one.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="comments"
    )
    under = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="answers"
    )
    side = models.CharField(max_length=8, choices=Side.choices)
    text = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    author_name = models.CharField(max_length=100, blank=True)  # as shown
    official = models.BooleanField(default=False)  # an officer speaks for the region
    visibility = models.CharField(
        max_length=9, choices=Visibility.choices, default=Visibility.SHOWN
    )
    illustrative = models.BooleanField(default=False)
    at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(
                fields=["proposal", "visibility", "at"], name="comment_thread"
            ),
            models.Index(fields=["author", "-at"], name="comment_author"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.side}"


class Flag(models.Model):
    """Somebody says that a proposal or comment breaks the rules."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="flags"
    )
    comment = models.ForeignKey(  # null: the proposal itself
        Comment, null=True, blank=True, on_delete=models.PROTECT, related_name="flags"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(max_length=20)  # word of moderation.RULES
    text = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "proposal", "comment"],
                nulls_distinct=False,
                name="flag_once_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.comment_id or ''} {self.reason}"


class Moderation(models.Model):
    """What a moderator did with a proposal or comment, and why. Only appended."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="moderations"
    )
    comment = models.ForeignKey(
        Comment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="moderations",
    )
    deed = models.CharField(
        max_length=8,
        choices=[
            ("publish", pgettext_lazy("moderation", "published")),
            ("hide", pgettext_lazy("moderation", "hidden")),
            ("show", pgettext_lazy("moderation", "shown again")),
        ],
    )
    rule = models.CharField(max_length=20, blank=True)  # word of moderation.RULES
    reason = models.TextField(blank=True)  # public, and told to the author
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(deed="hide") | ~Q(reason="") & ~Q(rule=""),
                name="moderation_hides_with_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.deed} {self.proposal_id} {self.comment_id or ''}"


class Appeal(models.Model):
    """An author asks that a moderation be looked at again, by somebody else."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    moderation = models.OneToOneField(
        Moderation, on_delete=models.PROTECT, related_name="appeal"
    )
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(
        max_length=8,
        blank=True,  # not yet
        choices=[("granted", _("granted")), ("refused", _("refused"))],
    )
    answer = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True)
                | ~Q(outcome="") & Q(decided_at__isnull=False) & ~Q(answer=""),
                name="appeal_decided_with_an_answer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.moderation_id} {self.outcome}"
