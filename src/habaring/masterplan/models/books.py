"""Written sections, sets of books, and frozen editions."""

from django.conf import settings
from django.db import models

from habaring.assessment.models import IndexEdition
from habaring.portfolio.models import Plan
from habaring.regions.models import Region


class BookTemplate(models.Model):
    """Which books, chapters and blocks an edition has: data, by region and year."""

    code = models.CharField(max_length=60, unique=True)
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # null: for every region
    title = models.CharField(max_length=200)
    toml = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


class Section(models.Model):
    """A written section of the books, in one revision. Rows are only appended."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="sections"
    )
    key = models.CharField(max_length=80)  # as the template names it
    revision = models.PositiveSmallIntegerField(default=1)
    text = models.TextField(blank=True)
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "key", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "key", "revision"], name="section_revision_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.key} r{self.revision}"


class Edition(models.Model):
    """An issued edition of the master plan: all it says, frozen in `record`."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="editions"
    )
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    template = models.ForeignKey(
        BookTemplate, on_delete=models.PROTECT, related_name="+"
    )
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="editions")
    index_edition = models.ForeignKey(
        IndexEdition, null=True, on_delete=models.PROTECT, related_name="+"
    )
    language = models.CharField(max_length=5, default="id")
    record = models.JSONField()  # {"books": [...blocks...], "software": {...}, …}
    sha256 = models.CharField(max_length=64)  # of the record's canonical JSON
    illustrative = models.BooleanField(default=False)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["region", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="edition_number_once_a_region"
            )
        ]

    def __str__(self) -> str:
        return self.title


class EditionFile(models.Model):
    """One set book in one format, with its checksum."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="files")
    book = models.CharField(max_length=40)
    format = models.CharField(max_length=5)  # pdf, docx, html
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["edition", "book", "format"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "book", "format"], name="file_once_a_format"
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.book}.{self.format}"
