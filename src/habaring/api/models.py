"""Tokens of programs, what was answered to them, and the outbox of events."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from habaring.regions.models import Region


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Questions asked of tokens."""

    def live(self, at: datetime) -> "ApiTokenQuerySet":
        return self.filter(revoked_at__isnull=True, expires_at__gt=at)


class ApiToken(models.Model):
    """What a program shows instead of a person. Only the hash of its secret is kept.

    It may never do more than its person may at the moment of the call, and of that only
    what `scopes` name (words of `access.Power`), in one region and what lies below it.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    scopes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    networks = ArrayField(models.CharField(max_length=43), default=list, blank=True)
    prefix = models.CharField(max_length=12, unique=True)  # shown, to tell them apart
    secret_hash = models.CharField(max_length=64)  # SHA-256 of the whole token
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    uses = models.PositiveBigIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["region", "-issued_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("issued_at")),
                name="api_token_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"


class KeptAnswer(models.Model):
    """What was answered to a write that carried an Idempotency-Key."""

    token = models.ForeignKey(
        ApiToken, on_delete=models.CASCADE, related_name="answers"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    request_hash = models.CharField(max_length=64)  # of method, address and body
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["token", "key"], name="answer_kept_once_a_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.token_id} {self.key}"


class EventCounter(models.Model):
    """The number of the last event of a region: locked while the next one is written."""

    region_code = models.CharField(max_length=13, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.region_code} {self.last}"


class Event(models.Model):
    """Something happened that programs may want to know: ids and links, no person.

    Numbered without gaps a region. Rows are only ever appended.
    """

    pk = models.CompositePrimaryKey("region_code", "sequence")
    region_code = models.CharField(max_length=13)
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=60)  # e.g. "plan.adopted"
    at = models.DateTimeField()
    subject_kind = models.CharField(max_length=60)
    subject_ref = models.CharField(max_length=100)
    links = models.JSONField(default=dict)

    class Meta:
        ordering = ["region_code", "sequence"]

    def __str__(self) -> str:
        return f"{self.region_code}#{self.sequence} {self.kind}"

    def as_json(self) -> dict[str, object]:
        """As it is sent and as it is read back."""
        return {
            "id": f"{self.region_code}-{self.sequence}",
            "region": self.region_code,
            "sequence": self.sequence,
            "type": self.kind,
            "at": self.at.isoformat(),
            "subject": {"kind": self.subject_kind, "ref": self.subject_ref},
            "links": self.links,
        }


class WebhookState(models.TextChoices):
    """Whether events are sent."""

    ACTIVE = "active", "active"
    PAUSED = "paused", "paused"  # by a person, or after three days of failing
    REMOVED = "removed", "removed"


class WebhookSubscription(models.Model):
    """Where the events of a region are sent, in their order, one at a time."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    address = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    secret = models.BinaryField()  # sealed (shared.sealing)
    old_secret = models.BinaryField(
        null=True
    )  # sealed; signs too until the moment below
    old_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(
        max_length=8, choices=WebhookState.choices, default=WebhookState.ACTIVE
    )
    cursor = models.PositiveBigIntegerField(default=0)  # delivered or passed over
    attempts = models.PositiveSmallIntegerField(default=0)  # of the event after cursor
    failing_since = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["region", "-created_at", "-id"]

    def __str__(self) -> str:
        return self.address


class Delivery(models.Model):
    """One attempt to deliver one event: what the other side answered."""

    subscription = models.ForeignKey(
        WebhookSubscription, on_delete=models.CASCADE, related_name="deliveries"
    )
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=60)
    attempt = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)  # HTTP; null: no answer
    milliseconds = models.PositiveIntegerField()
    told = models.CharField(max_length=500, blank=True)  # first bytes, or what failed

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.subscription_id} #{self.sequence} {self.status}"

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
