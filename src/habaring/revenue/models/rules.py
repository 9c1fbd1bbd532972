"""Tax rules in force, value classes and price lists: what an assessment is made from."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region


class RuleState(models.TextChoices):
    """A rule is applied only when a second person has approved it."""

    PROPOSED = "proposed", _("proposed, waits for a second person")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class TaxRule(models.Model):
    """One tax of a region as its by-law says: a TOML text, dated, approved by two people.

    The text never changes once approved (a new rule ends the old one), so what a bill
    was assessed by can be shown for ever. `ends_on` is the last day in force.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    tax = models.CharField(max_length=12)  # code of engines.taxing: "pbb", "bphtb", …
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    bylaw = models.CharField(max_length=200)  # "Perda 1/2024"
    illustrative = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=RuleState.choices, default=RuleState.PROPOSED
    )
    reason = models.TextField(blank=True)  # of a refusal or withdrawal
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "tax", "-begins_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="taxrule_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(proposed_by__isnull=True)
                | ~Q(decided_by=F("proposed_by")),
                name="taxrule_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(proposed_by__isnull=True)
                | Q(decided_by__isnull=False),
                name="taxrule_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tax} {self.begins_on}"


class ClassKind(models.TextChoices):
    """What a value class prices."""

    LAND = "land", _("land")
    BUILDING = "building", _("building")


class ValueClass(models.Model):
    """The value of a square metre of a class (NJOP class), from a year on. Rupiah."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=ClassKind.choices)
    code = models.CharField(max_length=4)  # "A32", "085"
    year = models.PositiveSmallIntegerField()  # the first one it holds for
    value = models.BigIntegerField()
    basis = models.CharField(max_length=200)  # the decree it stands in
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["region", "kind", "code", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "code", "year"], name="valueclass_once_a_year"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0), name="valueclass_value_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} {self.year}"
