"""Collecting what is past due: numbered letters with clocks, and debts that are let go.

The life of domain.md 4.3: STPD, then a warning letter, then a distress warrant; a debt
expires five years after it arose or after the last thing that interrupted that.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region
from habaring.revenue.models.cases import Case
from habaring.revenue.models.register import Taxpayer


class LetterKind(models.TextChoices):
    """The ladder, and what the debtor wrote."""

    STPD = "stpd", _("demand (STPD)")
    WARNING = "warning", _("warning letter (surat teguran)")
    WARRANT = "warrant", _("distress warrant (surat paksa)")
    ACKNOWLEDGED = "acknowledged", _("acknowledgement by the debtor")


class LetterCause(models.TextChoices):
    """What a demand is for. All but the first are bills of their own."""

    LATE = "late", _("a bill past its due day")
    OBJECTION = "objection", _("fine after an objection")
    APPEAL = "appeal", _("fine after an appeal")
    FILING = "filing", _("fine for a late tax return")


class CollectionLetter(models.Model):
    """One letter about one bill. Rupiah, as of the day it was written; what is owed
    grows on the bill alone. `base` and `percent` tell how a fine came to be.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=LetterKind.choices)
    cause = models.CharField(
        max_length=9, choices=LetterCause.choices, default=LetterCause.LATE
    )
    number = models.CharField(max_length=40)
    bill = models.BigIntegerField()
    taxpayer = models.ForeignKey(
        Taxpayer, on_delete=models.PROTECT, related_name="letters"
    )
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="letters"
    )
    principal = models.BigIntegerField()
    interest = models.BigIntegerField(default=0)
    base = models.BigIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)
    issued_on = models.DateField()
    due_on = models.DateField()
    delivered_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)  # of taking it back

    class Meta:
        ordering = ["region", "-issued_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="collectionletter_number_once"
            ),
            models.UniqueConstraint(
                fields=["region", "bill", "kind"],
                condition=Q(withdrawn_at__isnull=True) & ~Q(kind="acknowledged"),
                name="collectionletter_one_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("issued_on"))
                & Q(principal__gte=0, interest__gte=0),
                name="collectionletter_makes_sense",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "bill"], name="collectionletter_of_bill")
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> int:
        """What it asked for on its day."""
        return self.principal + self.interest


class WriteOffKind(models.TextChoices):
    """Why debts are let go, or brought back."""

    EXPIRED = "expired", _("expired debts")
    LOST = "lost", _("debts that cannot be collected")
    RESTORED = "restored", _("debts brought back")


class WriteOffState(models.TextChoices):
    """One person proposes, another one decides."""

    PROPOSED = "proposed", _("waits for a second person")
    DECIDED = "decided", _("decided and booked")
    REFUSED = "refused", _("refused")


class WriteOff(models.Model):
    """A decision on many debts at once. `undoes`: the decision whose debts come back."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=WriteOffKind.choices)
    basis = models.CharField(max_length=200)  # the decree it stands on
    reason = models.TextField()
    undoes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone"
    )
    state = models.CharField(
        max_length=8, choices=WriteOffState.choices, default=WriteOffState.PROPOSED
    )
    bills_counted = models.PositiveIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    illustrative = models.BooleanField(default=False)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(proposed_by__isnull=True)
                | ~Q(decided_by=F("proposed_by")),
                name="writeoff_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | ~Q(decision=""),
                name="writeoff_decided_with_reasons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.basis}"


class WriteOffBill(models.Model):
    """A debt of a decision: what the bill asked for before, and what of it is let go."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    writeoff = models.ForeignKey(
        WriteOff, on_delete=models.CASCADE, related_name="rows"
    )
    bill = models.BigIntegerField()
    amount = models.BigIntegerField()
    owed = models.BigIntegerField()
    state_before = models.CharField(max_length=11)
    expired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["writeoff", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["writeoff", "bill"], name="writeoffbill_once"
            )
        ]
        indexes = [models.Index(fields=["region", "bill"], name="writeoffbill_of_bill")]

    def __str__(self) -> str:
        return f"{self.writeoff_id} {self.bill}"
