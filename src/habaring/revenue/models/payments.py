"""Money that arrived, and the ledger. Both are only appended; no running balance.

A payment's key (region, channel, reference of the channel) is the record that makes it
happen once: kept for ever, never expired. A posting moves an amount from one account to
another, so an unbalanced entry cannot be written down (docs/algorithms/bookkeeping.md).
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region


class Account(models.TextChoices):
    """The ledger's accounts, the same in every region. Codes as the chart of accounts
    of regional government (PSAP; assets 1, liabilities 2, revenue-LO 7, expense-LO 8).
    """

    CASH = "1.1.1", _("cash at the regional treasury (RKUD)")
    CLEARING = "1.1.2", _("money on its way from a channel")
    COLLECTORS = "1.1.3", _("money in the hands of village collectors")
    RECEIVABLE = "1.1.4", _("taxes receivable")
    OVERPAID = "2.1.1", _("paid too much, owed to taxpayers")
    UNIDENTIFIED = "2.1.2", _("received for no bill that is known")
    TAX = "7.1.1", _("tax revenue")
    INTEREST = "7.1.2", _("late interest")
    OPSEN = "7.1.3", _("opsen shared by the province")
    FINE = "7.1.4", _("fines")
    REDUCTION = "8.1.1", _("reductions and corrections")
    WRITTEN_OFF = "8.1.2", _("taxes written off")
    COMPENSATION = "8.1.3", _("interest paid to taxpayers")


class PaymentState(models.TextChoices):
    """A reversal may arrive before what it reverses; then that is never posted."""

    POSTED = "posted", _("posted")
    REVERSED = "reversed", _("reversed")
    NEVER = "never", _("reversed before it arrived")


class Channel(models.TextChoices):
    """How money came. A partner bank's channel is "va:" or "qris:" and its code."""

    COUNTER = "counter", _("counter of the revenue office")
    COLLECTOR = "collector", _("village collector")


class Payment(models.Model):
    """Money for one bill, or for none that is known (`bill` null). Rupiah.

    `serial` numbers receipts; `body_sha256` is of the canonical notice, so that a repeat
    is told from another payment under the same reference. `paid_at` is the channel's
    time: interest goes by it, never by arrival. `interest` and `surplus` are what it did
    to its bill when it was booked: the rest was principal (null: nothing). `late_ppm`
    and `late_rounding`: interest on the principal it covers (null: it was in time).
    Written by `ledger` alone; wide columns first, so that a row wastes nothing.
    """

    pk = models.CompositePrimaryKey("region", "channel", "reference")
    serial = models.BigIntegerField(
        db_default=models.Func(
            models.Value("revenue_payment_serial"),
            function="nextval",
            output_field=models.BigIntegerField(),
        ),
        editable=False,
    )
    bill = models.BigIntegerField(null=True)
    amount = models.BigIntegerField()
    paid_at = models.DateTimeField()
    received_at = models.DateTimeField()
    day = models.DateField()  # of the books
    by = models.BigIntegerField(null=True)  # account id of a cashier or collector
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    channel = models.CharField(max_length=20)
    reference = models.CharField(max_length=64)
    state = models.CharField(
        max_length=8, choices=PaymentState.choices, default=PaymentState.POSTED
    )
    body_sha256 = models.BinaryField(max_length=32)
    reversed_at = models.DateTimeField(null=True)
    late_ppm = models.IntegerField(null=True)
    late_rounding = models.SmallIntegerField(null=True)  # bookkeeping.Late.rounding
    interest = models.BigIntegerField(null=True)
    surplus = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["region", "serial"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(state="never"),
                name="payment_amount_positive",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "bill"], name="payment_of_bill"),
            models.Index(fields=["region", "day", "channel"], name="payment_of_day"),
            models.Index(fields=["region", "serial"], name="payment_by_serial"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.reference}"

    @property
    def principal(self) -> int:
        """What it took off the principal of its bill when it was booked."""
        return self.amount - (self.interest or 0) - (self.surplus or 0)


class ReceiptKey(models.Model):
    """The public half of a key that signed receipts (Ed25519, hexadecimal): published, and
    kept after the key itself left the ring. Only appended.
    """

    key = models.CharField(max_length=63, unique=True)  # its id on the ring
    public = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["recorded_at", "key"]

    def __str__(self) -> str:
        return self.key


class Source(models.TextChoices):
    """What a posting comes from; with `source_key` it names the row."""

    ISSUE = "issue", _("bills issued")
    BILL = "bill", _("a bill issued or changed")
    PAYMENT = "payment", _("a payment")
    REVERSAL = "reversal", _("a reversed payment")
    SETTLEMENT = "settlement", _("a channel's settlement")
    DEPOSIT = "deposit", _("a collector's deposit")
    CASE = "case", _("a decision on a case")
    REPAIR = "repair", _("a repair by two people")
    OPSEN = "opsen", _("an opsen credit advice")


class Posting(models.Model):
    """An amount from one account (credit) to another (debit), on a day. Rupiah.

    A compound entry is several postings with one `source` and `source_key` (of a payment
    and its reversal: the serial). Never changed: a mistake is reversed by a posting the
    other way round. Those of a payment are found by its day (`ledger.postings_of`).
    """

    pk = models.CompositePrimaryKey("region", "id")
    id = models.BigIntegerField(
        db_default=models.Func(
            models.Value("revenue_posting_number"),
            function="nextval",
            output_field=models.BigIntegerField(),
        ),
        editable=False,
    )
    amount = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    day = models.DateField()
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    debit = models.CharField(max_length=5, choices=Account.choices)
    credit = models.CharField(max_length=5, choices=Account.choices)
    tax = models.CharField(max_length=12, blank=True)  # which tax, where it is of one
    source = models.CharField(max_length=10, choices=Source.choices)
    source_key = models.CharField(max_length=90)

    class Meta:
        ordering = ["region", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="posting_amount_positive"
            ),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="posting_between_two_accounts"
            ),
        ]
        indexes = [
            models.Index(fields=["region", "day"], name="posting_of_day"),
            models.Index(
                fields=["region", "source", "source_key"],
                condition=~Q(source="payment"),
                name="posting_of",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.debit} {self.credit} {self.amount}"


class DayClose(models.Model):
    """A day of the books that is closed: PostgreSQL refuses postings on it from then on.
    `totals`: by account [debit, credit] of the day, as closed; `checklist`: what was
    looked at and how it stood ({"code", "open", "counted"}). Only appended.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    totals = models.JSONField()
    received = models.BigIntegerField()
    payments = models.PositiveIntegerField()
    checklist = models.JSONField(default=list)
    note = models.TextField(blank=True)
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "-day"]
        constraints = [
            models.UniqueConstraint(fields=["region", "day"], name="dayclose_once")
        ]

    def __str__(self) -> str:
        return str(self.day)
