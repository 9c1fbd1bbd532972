"""Statements of banks against payments against the cash account; what does not match."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.regions.models import Region
from habaring.revenue.models.partners import Partner


class StatementKind(models.TextChoices):
    """What a file tells."""

    SETTLEMENT = "settlement", _("settlement of a channel")
    CASH = "cash", _("statement of the regional treasury's account (RKUD)")
    OPSEN = "opsen", _("credit advice of opsen from the province")


class Statement(models.Model):
    """A file of one day, brought in once (by its checksum)."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=StatementKind.choices)
    partner = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField()
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    lines_counted = models.PositiveIntegerField()
    total = models.BigIntegerField()
    repeated = models.PositiveIntegerField(default=0)  # lines whose key came before
    counts = models.JSONField(default=dict)  # of the last comparison, by outcome
    settles = models.JSONField(default=list)  # of a treasury's statement: what arrived
    matched_at = models.DateTimeField(null=True, blank=True)
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["region", "sha256"], name="statement_once")
        ]

    def __str__(self) -> str:
        return self.name


class StatementLine(models.Model):
    """One line of it. `amount` below 0: money that went back. Only appended."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    statement = models.ForeignKey(
        Statement, on_delete=models.CASCADE, related_name="lines"
    )
    line = models.PositiveIntegerField()  # in the file
    channel = models.CharField(max_length=20)
    reference = models.CharField(max_length=64)
    number = models.CharField(max_length=30, blank=True)  # NOP or virtual account
    tax = models.CharField(max_length=12, blank=True)
    amount = models.BigIntegerField()
    paid_at = models.DateTimeField()

    class Meta:
        ordering = ["statement", "line"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "line"], name="statementline_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["region", "channel", "reference"], name="line_of_payment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}:{self.line}"


class Outcome(models.TextChoices):
    """How a line and a payment compare (domain.md 4.5), and money that needs people."""

    MATCH = "match", _("matches")
    AMOUNT = "amount_diff", _("another amount")
    ONLY_BANK = "only_bank", _("only in the bank's file")
    ONLY_SYSTEM = "only_system", _("only here")
    DUPLICATE = "duplicate", _("twice in the bank's file")
    REVERSED = "reversed", _("reversed")
    LATE = "late_date", _("on another day")
    NO_BILL = "no_bill", _("for no bill that is known")
    OVERPAID = "overpaid", _("paid too much")
    MISTAKE = "mistake", _("mistake at the counter")


class FindingState(models.TextChoices):
    """A finding is settled by two people, or found to need nothing."""

    OPEN = "open", pgettext_lazy("finding", "open")
    PROPOSED = "proposed", _("repair proposed, waits for a second person")
    REPAIRED = "repaired", _("repaired")
    EXPLAINED = "explained", _("explained, nothing to repair")


class Finding(models.Model):
    """What did not match: an owner, a clock, and in the end a repair or an explanation."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    outcome = models.CharField(max_length=11, choices=Outcome.choices)
    channel = models.CharField(max_length=20)
    reference = models.CharField(max_length=64)
    line = models.ForeignKey(
        StatementLine, null=True, on_delete=models.PROTECT, related_name="+"
    )
    here = models.BigIntegerField(null=True)  # amount of the payment
    there = models.BigIntegerField(null=True)  # amount in the file
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField()
    state = models.CharField(
        max_length=9, choices=FindingState.choices, default=FindingState.OPEN
    )
    repair = models.JSONField(
        null=True
    )  # {"do": "pay" | "reverse" | "post" | "move", …}
    reason = models.TextField(blank=True)
    carried = models.TextField(
        blank=True
    )  # why its day was closed before it was settled
    proposed_at = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    found_at = models.DateTimeField()

    class Meta:
        ordering = ["region", "due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "channel", "reference", "outcome", "day"],
                name="finding_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(proposed_by__isnull=True)
                | ~Q(decided_by=F("proposed_by")),
                name="finding_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.reference}"


class FindingNote(models.Model):
    """What somebody found out about a finding. Only appended."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["finding", "at", "id"]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.at:%Y-%m-%d}"


class CashUp(models.Model):
    """A cashier's till at the end of a day: what the receipts say against what was
    counted. Only appended; afterwards this cashier takes no more money that day.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField()
    expected = models.BigIntegerField()
    counted = models.BigIntegerField()
    payments = models.PositiveIntegerField()
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "-day", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "cashier", "day"], name="cashup_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(expected=F("counted")) | ~Q(reason=""),
                name="cashup_difference_is_explained",
            ),
            models.CheckConstraint(
                condition=Q(counted__gte=0), name="cashup_counted_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cashier_id} {self.day}"
