"""Bills: issued by a run for a whole year, or one at a time; and filings of taxpayers.

Bills, payments and postings grow with citizens: their primary keys begin with the
region, they point at each other by numbers without foreign keys, and so can be
partitioned or distributed by region without a rewrite (decision 17).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region
from habaring.revenue.models.register import TaxObject, Taxpayer
from habaring.revenue.models.rules import TaxRule


class Document(models.TextChoices):
    """What kind of assessment a bill is, by its usual name."""

    SPPT = "SPPT", _("SPPT: yearly bill of land and buildings")
    SKPD = "SKPD", _("SKPD: assessment by the office")
    SPTPD = "SPTPD", _("SPTPD: filed by the taxpayer")
    SKPDKB = "SKPDKB", _("SKPDKB: underpaid, found by an audit")
    STPD = "STPD", _("STPD: collection of interest or a short payment")


class IssueState(models.TextChoices):
    """A year's run: prepared, looked through, issued part by part, done."""

    PREPARED = "prepared", _("prepared")
    RUNNING = "running", _("running")
    STOPPED = "stopped", _("stopped, can go on")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


class Issue(models.Model):
    """A run that bills all active objects of a tax for a year. Rupiah."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    tax = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    rule = models.ForeignKey(TaxRule, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    review_percent = models.PositiveSmallIntegerField(
        default=50
    )  # a change above it waits
    state = models.CharField(
        max_length=10, choices=IssueState.choices, default=IssueState.PREPARED
    )
    objects_counted = models.PositiveIntegerField(default=0)
    illustrative = models.BooleanField(default=False)
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["region", "-year", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "tax", "year"],
                condition=~Q(state="cancelled"),
                name="issue_once_a_year",
            )
        ]

    def __str__(self) -> str:
        return f"{self.tax} {self.year}"


class IssuePart(models.Model):
    """One village of a run (the first ten digits of the NOP): its bills and their
    posting are one transaction, so a run that was stopped goes on where it was.

    Until `done_at`, `bills`, `held` and `total` are a forecast, made at `reckoned_at`;
    `unready` objects lack a value class or name a use that the rules do not know.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="parts")
    prefix = models.CharField(max_length=10)
    objects_counted = models.PositiveIntegerField(default=0)
    bills = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)  # for review
    unready = models.PositiveIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    before = models.BigIntegerField(
        default=0
    )  # last year's amounts of the same objects
    reckoned_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["issue", "prefix"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "prefix"], name="issuepart_once_a_village"
            )
        ]

    def __str__(self) -> str:
        return self.prefix


class DeductionElsewhere(models.Model):
    """An object of a run without the deduction that a taxpayer gets once in the region:
    it is taken on another one. Decided for the whole region before the first part runs,
    so that a run that goes on later decides the same.
    """

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    issue = models.ForeignKey(
        Issue, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    object = models.ForeignKey(
        TaxObject,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    prefix = models.CharField(max_length=10)  # of its village, as in IssuePart

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "prefix", "object"], name="deductionelsewhere_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.object_id}"


class BillState(models.TextChoices):
    """Where a bill stands; whether it is paid follows from what was received."""

    REVIEW = "review", _("held for review")
    ISSUED = "issued", _("issued")
    SENT = "sent", _("delivered")
    OBJECTION = "objection", _("under objection")
    INSTALMENT = "instalment", _("paid in instalments")
    COLLECTED = "collected", _("in collection")
    CORRECTED = "corrected", _("replaced by a correction")
    CANCELLED = "cancelled", _("cancelled")
    WRITTEN_OFF = "written_off", _("written off")
    EXPIRED = "expired", _("expired")


class Bill(models.Model):
    """What is owed by one object for a year (or month). Rupiah, whole.

    `amount` is the principal in force; `received` all that came for it, interest and
    too much included, and the only column a payment changes (no index holds it, so the
    update stays on its page). `facts`: what the assessment was made from, with which
    `rule` (whose text never changes) gives every step again: `assessing.steps_of`.
    """

    pk = models.CompositePrimaryKey("region", "id")
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    id = models.BigIntegerField(
        db_default=models.Func(
            models.Value("revenue_bill_number"),
            function="nextval",
            output_field=models.BigIntegerField(),
        ),
        editable=False,
    )
    document = models.CharField(max_length=6, choices=Document.choices)
    tax = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    period = models.PositiveSmallIntegerField(default=0)  # month; 0: the year
    seq = models.PositiveSmallIntegerField(default=0)  # corrections and STPD count up
    object = models.ForeignKey(
        TaxObject,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="bills",
    )
    taxpayer = models.ForeignKey(
        Taxpayer,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="bills",
    )
    number = models.CharField(max_length=30)  # NOP or local number, as on the bill
    rule = models.ForeignKey(
        TaxRule,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    facts = models.JSONField()
    amount = models.BigIntegerField()
    before = models.BigIntegerField(null=True, blank=True)  # last year's amount
    received = models.BigIntegerField(default=0, db_default=0)
    beside = models.BigIntegerField(null=True)  # of it: interest and too much
    due_on = models.DateField()
    state = models.CharField(
        max_length=11, choices=BillState.choices, default=BillState.ISSUED
    )
    issue = models.ForeignKey(
        Issue,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="bills",
    )
    replaces = models.BigIntegerField(null=True, blank=True)  # id of another bill
    illustrative = models.BooleanField(default=False)
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["region", "-year", "number", "seq"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "tax", "number", "year", "period", "seq"],
                name="bill_once",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="bill_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(received__gte=0), name="bill_received_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["region", "taxpayer"], name="bill_of_taxpayer"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.year}"

    @property
    def owed(self) -> int:
        """Principal not yet paid, in rupiah; without interest."""
        return max(self.amount - self.received + (self.beside or 0), 0)


class Filing(models.Model):
    """A taxpayer's own assessment for a month or an acquisition (SPTPD). Only appended;
    a correction is a new one with the next `seq`.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    object = models.ForeignKey(TaxObject, on_delete=models.PROTECT, related_name="+")
    taxpayer = models.ForeignKey(Taxpayer, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    period = models.PositiveSmallIntegerField()
    seq = models.PositiveSmallIntegerField(default=0)
    rule = models.ForeignKey(TaxRule, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField()
    tapped = models.BigIntegerField(null=True, blank=True)  # turnover a device counted
    event_on = models.DateField(null=True, blank=True)  # of an acquisition
    amount = models.BigIntegerField()
    late = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)  # of a correction or gap
    bill = models.BigIntegerField()  # id of the bill it made
    filed_at = models.DateTimeField()
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["object", "-year", "-period", "-seq"]
        constraints = [
            models.UniqueConstraint(
                fields=["object", "year", "period", "seq"], name="filing_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0) & Q(period__gte=0, period__lte=12),
                name="filing_of_a_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_id} {self.year}-{self.period:02}"
