"""Who follows a region, and the news that waits to be told."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region


class Follow(models.Model):
    """A person's wish to hear of a region. The row goes when the wish does."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    since = models.DateTimeField()

    class Meta:
        app_label = "people"
        ordering = ["region"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "account"], name="follow_once_a_region"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.region_id}"


class NewsKind(models.TextChoices):
    """What is worth a letter."""

    INDEX = "index", _("A new index edition")
    DECISION = "decision", _("A decision of the council")
    PLAN = "plan", _("A plan was adopted")
    BOOK = "book", _("A new edition of the master plan")
    RESULT = "result", _("The result of a vote")
    PRACTICE = "practice", _("A practice for other regions")
    DRAFT = "draft", _("A draft to say something about")
    EVALUATION = "evaluation", _("A result of the evaluation")


class News(models.Model):
    """Something public of a region that its followers are told once, grouped."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=NewsKind.choices)
    ref = models.CharField(max_length=60)  # so that the same is not told twice
    title = models.CharField(max_length=300)
    path = models.CharField(max_length=300)  # of its public page
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "people"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "ref"], name="news_told_once"
            )
        ]

    def __str__(self) -> str:
        return self.title
