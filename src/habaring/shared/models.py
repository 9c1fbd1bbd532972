"""Rows that every domain leans on: the audit trail and bilingual names."""

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import get_language

from habaring.shared.ids import uuid7


class BilingualName(models.Model):
    """A thing that people read in Indonesian first and in English too."""

    name_id = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language; Indonesian where English is missing."""
        if get_language() == "en" and self.name_en:
            return self.name_en
        return self.name_id


class AuditEntry(models.Model):
    """Who did what to what, when and why. Rows are only ever appended.

    `region_code` comes first in the key so that the table can be partitioned by
    region; "00" stands for the platform as a whole.
    """

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=13, default="00")
    id = models.UUIDField(default=uuid7, editable=False)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    verb = models.CharField(max_length=80)  # e.g. "assessment.observations.recorded"
    subject_kind = models.CharField(max_length=60)
    subject_ref = models.CharField(max_length=100)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    request = models.CharField(max_length=36, blank=True)  # as in the log
    # a trigger of `history` fills these: the database's clock, and what ties the entry
    # to the changed rows; without its salt a reason cannot be guessed from a seal
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    transaction = models.UUIDField(null=True, editable=False)
    salt = models.UUIDField(null=True, db_default=RandomUUID(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["region_code", "-at"], name="audit_region_at"),
            models.Index(
                fields=["region_code", "subject_kind", "subject_ref"],
                name="audit_subject",
            ),
            models.Index(fields=["transaction"], name="audit_transaction"),
            models.Index(fields=["verb", "id"], name="audit_verb"),
            BrinIndex(fields=["recorded_at"], name="audit_recorded_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.subject_ref}"


class Upload(models.Model):
    """A file that came in: kept by its hash, so that any row can be traced to it."""

    region_code = models.CharField(max_length=13)
    kind = models.CharField(max_length=40)  # the table kind, e.g. "observations"
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    rows = models.PositiveIntegerField(default=0)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["-uploaded_at", "-id"]
        indexes = [
            models.Index(
                fields=["region_code", "kind", "-uploaded_at"],
                name="upload_region_kind",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Limit(models.Model):
    """How often something was done in a window (`shared.limits`). The table is
    unlogged, and only `shared.limits` reads and writes it, on its own connection.
    """

    key = models.CharField(max_length=64, primary_key=True)  # keyed hash
    spent = models.PositiveIntegerField()
    ends = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.spent}"
