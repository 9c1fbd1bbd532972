"""What people ask about a bill and the office decides: with clocks and documents."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region
from habaring.revenue.models.register import Taxpayer
from habaring.shared.models import Upload


class CaseKind(models.TextChoices):
    """The remedies of domain.md 4.3."""

    CORRECTION = "correction", _("correction of the bill")
    OBJECTION = "objection", _("objection")
    INSTALMENT = "instalment", _("instalments or deferral")
    REDUCTION = "reduction", _("reduction")
    WAIVER = "waiver", _("waiver of interest")
    REFUND = "refund", _("refund of what was paid too much")


class CaseState(models.TextChoices):
    """Its life; decided by somebody else than who entered it."""

    FILED = "filed", _("filed")
    INCOMPLETE = "incomplete", _("documents are missing")
    GRANTED = "granted", _("granted")
    PARTLY = "partly", _("granted in part")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    PROPOSED = "proposed", _("decided, waits for a second person")
    ENDED = "ended", _("ended: a part was not paid")


class Case(models.Model):
    """One request about one bill. `due_on`: by when the office must decide."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=CaseKind.choices)
    bill = models.BigIntegerField()
    taxpayer = models.ForeignKey(
        Taxpayer, on_delete=models.PROTECT, related_name="cases"
    )
    reason = models.TextField()
    asked = models.JSONField(default=dict)  # by kind: right facts, parts, amount
    documents = models.ManyToManyField(Upload, related_name="+")
    state = models.CharField(
        max_length=10, choices=CaseState.choices, default=CaseState.FILED
    )
    due_on = models.DateField()
    account = models.ForeignKey(  # who filed it on screen
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    filed_at = models.DateTimeField()
    entered_by = models.ForeignKey(  # an officer, for a person at the counter
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.TextField(blank=True)
    change = models.BigIntegerField(default=0)  # of the bill's amount, below 0: less
    proposal = models.JSONField(
        null=True, blank=True
    )  # a decision that gives money away
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["filed", "incomplete", "withdrawn"])
                | ~Q(decision=""),
                name="case_decided_with_reasons",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(entered_by__isnull=True)
                | ~Q(decided_by=models.F("entered_by")),
                name="case_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(proposed_by__isnull=True)
                | ~Q(decided_by=models.F("proposed_by")),
                name="case_confirmed_by_another",
            ),
        ]
        indexes = [models.Index(fields=["region", "bill"], name="case_of_bill")]

    def __str__(self) -> str:
        return f"{self.kind} {self.bill}"


class Instalment(models.Model):
    """A part of a bill paid later, with its interest. Rupiah."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount = models.BigIntegerField()
    interest = models.BigIntegerField()
    told_at = models.DateTimeField(null=True, blank=True)  # that it was missed

    class Meta:
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="instalment_once")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.number}"


class WaiverState(models.TextChoices):
    """A programme holds when a second person has agreed."""

    PROPOSED = "proposed", _("waits for a second person")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")


class WaiverProgramme(models.Model):
    """Interest is waived for years of a tax, for payments in a span, by a regulation; or
    for one bill (its id in `bill`), by a decision on a request.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    tax = models.CharField(max_length=12)
    bill = models.BigIntegerField(null=True, blank=True)
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    percent = models.PositiveSmallIntegerField(default=100)  # of the interest
    begins_on = models.DateField()
    ends_on = models.DateField()
    basis = models.CharField(max_length=200)
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        max_length=8, choices=WaiverState.choices, default=WaiverState.APPROVED
    )
    decision = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "-begins_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(recorded_by__isnull=True)
                | ~Q(decided_by=models.F("recorded_by")),
                name="waiver_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100)
                & Q(ends_on__gte=models.F("begins_on"))
                & Q(last_year__gte=models.F("first_year")),
                name="waiver_makes_sense",
            ),
        ]
        indexes = [models.Index(fields=["region", "bill"], name="waiver_of_bill")]

    def __str__(self) -> str:
        return self.name


class Reminder(models.Model):
    """That somebody was reminded of a bill, once for each occasion."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    bill = models.BigIntegerField()
    occasion = models.CharField(max_length=20)  # "issued", "30-days", "7-days", "late"
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "bill", "occasion", "account"], name="reminder_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.bill} {self.occasion}"
