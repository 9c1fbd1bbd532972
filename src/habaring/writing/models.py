"""Text that several people write at once: its paragraphs, and all that was said of them.

A document is a Yjs document (weaving.py). Every change is a row of `Update`, appended
before anyone else sees it; a `Snapshot` is the sum of all up to its number, so that
nobody has to read them from the first. Nothing of what was written is ever removed.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from habaring.regions.models import Region


class Document(models.Model):
    """One text of a region. `key` says what it is for: "masterplan/section/1-2"."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=150)
    began_at = models.DateTimeField()
    began_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["region", "key"]
        constraints = [
            models.UniqueConstraint(fields=["region", "key"], name="document_key_once")
        ]

    def __str__(self) -> str:
        return self.key


class Update(models.Model):
    """One change, as Yjs writes it. `author` None: what was there before."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="updates"
    )
    number = models.PositiveIntegerField()
    content = models.BinaryField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["document", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"], name="update_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}#{self.number}"


class Snapshot(models.Model):
    """All updates up to `number` as one, and who wrote which characters."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="snapshots"
    )
    number = models.PositiveIntegerField()
    state = models.BinaryField()
    authors = models.JSONField(default=dict)  # paragraph -> [[account or 0, bytes], …]

    class Meta:
        ordering = ["document", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"], name="snapshot_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}≤{self.number}"


class Pen(models.Model):
    """Whose a Yjs client id is: nobody writes with that of somebody else."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="pens"
    )
    client = models.BigIntegerField()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["document", "client"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "client"], name="pen_once_a_document"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.client}"


class Comment(models.Model):
    """Said of a paragraph, or in answer to such a comment."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="comments"
    )
    paragraph = models.CharField(max_length=16)
    number = models.PositiveIntegerField()  # of the update that was newest then
    answers = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="answered"
    )
    text = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["document", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.paragraph} #{self.pk}"


class SuggestionState(models.TextChoices):
    """What became of a suggestion."""

    OPEN = "open", pgettext_lazy("suggestion", "open")
    ACCEPTED = "accepted", pgettext_lazy("suggestion", "accepted")
    REJECTED = "rejected", pgettext_lazy("suggestion", "rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("suggestion", "withdrawn")


class Suggestion(models.Model):
    """A paragraph as somebody would word it. `number`: the update that they had read.

    `adds`: `text` is to stand behind the paragraph as a new one.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="suggestions"
    )
    paragraph = models.CharField(max_length=16)
    number = models.PositiveIntegerField()
    before = models.TextField(blank=True)
    text = models.TextField(blank=True)
    why = models.TextField(blank=True)
    adds = models.BooleanField(default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=SuggestionState, default=SuggestionState.OPEN
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(blank=True)
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["document", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.paragraph} ~{self.pk}"


class Version(models.Model):
    """The text as it was frozen. `sha256` is that of `text` in UTF-8."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="versions"
    )
    version = models.PositiveIntegerField()
    number = models.PositiveIntegerField()  # of the newest update in it
    paragraphs = models.JSONField()  # [{"id": …, "text": …}, …] in order
    text = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    frozen_at = models.DateTimeField()

    class Meta:
        ordering = ["document", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "version"], name="version_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id} v{self.version}"
