"""Signing a section off, and putting a draft before the public."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.posts.models import Post
from habaring.regions.models import Region


class SignOff(models.Model):
    """The holder of a post stands by one revision of a section. Only appended; a later
    revision opens the section again.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    revision = models.PositiveSmallIntegerField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(  # null: only in the demo, whose posts nobody holds
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["region", "key", "-revision", "-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "key", "revision", "post"], name="signed_once_a_post"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.key} r{self.revision}"


class Consultation(models.Model):
    """A draft before the public for a period, [opens_at, closes_at).

    Until it opens only the office sees it, and may still withdraw it. It ends
    (`ended_at`) once every remark has its disposition.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    intro = models.TextField(blank=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # before it opened
    announced_at = models.DateTimeField(null=True, blank=True)  # to followers
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="consultation_number_once_a_region"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("opens_at")),
                name="consultation_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DraftSection(models.Model):
    """One section as it was put before the public: frozen blocks. Only appended."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="sections"
    )
    order = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=80)
    heading = models.CharField(max_length=300)
    book = models.CharField(max_length=300)
    revision = models.PositiveSmallIntegerField()
    blocks = models.JSONField()
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["consultation", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "key"], name="section_once_a_consultation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.key}"


class Disposition(models.TextChoices):
    """What became of a remark."""

    ACCEPTED = "accepted", pgettext_lazy("disposition", "Accepted")
    PARTLY = "partly", pgettext_lazy("disposition", "Partly accepted")
    DECLINED = "declined", pgettext_lazy("disposition", "Not accepted")


class Seen(models.TextChoices):
    """Whether the public sees a remark."""

    HELD = "held", _("waits for a moderator")
    SHOWN = "shown", _("shown")
    HIDDEN = "hidden", _("hidden by a moderator")
    WITHDRAWN = "withdrawn", _("withdrawn by its author")


class Remark(models.Model):
    """What somebody says about a section of a draft, and the answer to it."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="remarks"
    )
    number = models.PositiveIntegerField()
    section = models.ForeignKey(
        DraftSection, on_delete=models.PROTECT, related_name="remarks"
    )
    text = models.TextField()
    author = models.ForeignKey(  # null: said at a meeting or by letter
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    author_name = models.CharField(max_length=100, blank=True)  # as shown
    seen = models.CharField(max_length=9, choices=Seen.choices, default=Seen.SHOWN)
    rule = models.CharField(max_length=20, blank=True)  # moderation.RULES, when hidden
    rule_reason = models.TextField(blank=True)
    at = models.DateTimeField()
    disposition = models.CharField(
        max_length=8, choices=Disposition.choices, blank=True
    )
    reason = models.TextField(blank=True)  # public
    disposed_at = models.DateTimeField(null=True, blank=True)
    disposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["consultation", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "number"], name="remark_once_a_consultation"
            ),
            models.CheckConstraint(
                condition=Q(disposition="")
                | ~Q(reason="") & Q(disposed_at__isnull=False),
                name="remark_disposed_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.number}"
