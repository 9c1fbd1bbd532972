"""Who assesses, and what keeps somebody from assessing a region."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from habaring.evaluation import words
from habaring.regions.models import Region
from habaring.shared.refusal import Words

ACCOUNT = settings.AUTH_USER_MODEL


class Assessor(models.Model):
    """Somebody outside the regions who reads for the ministry.

    `home` is where they live or work: a province, or a regency in it.
    """

    account = models.OneToOneField(
        ACCOUNT, on_delete=models.PROTECT, related_name="assessor"
    )
    home = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    institution = models.CharField(max_length=200)
    expertise = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["institution", "id"]

    def __str__(self) -> str:
        return self.institution


class ConflictGround(models.Model):
    """A tie between an assessor and a region: declared, found, or known from above.

    `source` says who recorded it: "declared" by the person, "ministry", or the code of
    a domain above, such as "guidance" when somebody was a mentor there.
    """

    account = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=list(words.GROUND_KINDS.items()))
    note = models.CharField(max_length=300, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)  # after it, no ground any more
    source = models.CharField(max_length=20)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(since__isnull=True)
                | Q(until__isnull=True)
                | Q(until__gte=F("since")),
                name="evaluation_ground_days_run_forward",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.region_id}"

    @property
    def kind_words(self) -> Words:
        """The tie in the reader's language."""
        return words.GROUND_KINDS[self.kind]
