"""One-time codes on their way: a question asked of a telephone or a mailbox."""

from uuid import uuid4

from django.conf import settings
from django.db import models


class Challenge(models.Model):
    """A code that was sent, kept as a keyed hash, for one browser, for ten minutes.

    Sign-in asks these before anybody is known, so no wall stands here; rows are
    removed a day after they run out (`people.personal`). Without a `code_hash` no code fits: then the
    letter said why.
    """

    SIGN_IN, NEW_REACH, OLD_REACH = "sign_in", "new_reach", "old_reach"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    purpose = models.CharField(max_length=12)
    reach = models.CharField(max_length=254)  # E.164 or a mail address
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    beside = models.ForeignKey(  # the question that must be answered with this one
        "self", null=True, on_delete=models.CASCADE, related_name="+"
    )
    browser = models.CharField(max_length=64)  # hash of what its session holds
    code_hash = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "people"
        indexes = [
            models.Index(fields=["reach", "purpose"], name="challenge_reach_purpose")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.issued_at:%Y-%m-%d %H:%M}"
