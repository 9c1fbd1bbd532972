"""What was in each row before and after; the seals of the days; what was blacked out.

`Change` rows are written by triggers only (`triggers.py`), never by Python. Which
tables are watched, and what is never copied from them, stands in `watched.py`.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now

WHOLE = "*"
"""The chain over the chains of all regions."""


class Change(models.Model):
    """One row of one watched table: added, changed or deleted.

    `region_code` comes first in the key so that the table can be partitioned by
    region. `old` and `new` hold only the columns that differ; columns with personal
    data never enter them, `hidden` tells which of those were touched.
    """

    class Op(models.TextChoices):
        """What happened to the row."""

        INSERT = "insert"
        UPDATE = "update"
        DELETE = "delete"
        TRUNCATE = "truncate"  # the whole table emptied at once

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=13)
    id = models.BigIntegerField()  # an identity of PostgreSQL
    at = models.DateTimeField()  # the clock of the database
    transaction = models.UUIDField()  # as in AuditEntry: who, why, with which verb
    account_id = models.BigIntegerField(null=True)  # app.account, where it was set
    db_role = models.CharField(max_length=63)
    table_name = models.CharField(max_length=63)
    key = models.CharField(max_length=200)
    op = models.CharField(max_length=8, choices=Op.choices)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    hidden = ArrayField(models.CharField(max_length=63), default=list)
    salt = models.UUIDField(null=True)  # gone when old and new were blacked out

    class Meta:
        indexes = [
            models.Index(
                fields=["region_code", "table_name", "key"], name="change_row"
            ),
            # both follow the order in which rows come, so a BRIN finds them for nothing
            BrinIndex(fields=["transaction"], name="change_transaction"),
            BrinIndex(fields=["at"], name="change_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.op} {self.table_name} {self.key}"


class Seal(models.Model):
    """One ended day of one region, in one hash that leans on the day before.

    `region_code` is "*" for the seal over the seals of all regions. `leaves` holds,
    row by row, kind, id and hash, so that a row that differs can be named.
    """

    region_code = models.CharField(max_length=13)
    day = models.DateField()
    previous = models.CharField(max_length=64)
    count = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    leaves = models.BinaryField(default=bytes)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["region_code", "-day"]
        constraints = [
            models.UniqueConstraint(fields=["region_code", "day"], name="seal_once")
        ]

    def __str__(self) -> str:
        return f"{self.region_code} {self.day} {self.hash[:12]}"


class Redaction(models.Model):
    """The words of one row were blacked out because a law asks for it.

    `sha256` is what the words went into the seal as; the seal stays checkable.
    """

    class Kind(models.TextChoices):
        """Which table the row is of."""

        ENTRY = "entry"
        CHANGE = "change"

    region_code = models.CharField(max_length=13)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    row = models.CharField(max_length=36)
    sha256 = models.CharField(max_length=64)
    law = models.CharField(max_length=300)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region_code", "kind", "row"], name="redaction_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row}"
