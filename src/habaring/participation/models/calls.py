"""A call: the question that people are asked, where, until when, under which rules."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.people.entitled.models import Register
from habaring.regions.models import Region


class CallKind(models.TextChoices):
    """Source: Permendagri 86/2017 (musrenbang, pokir); the rest is the programme's."""

    MUSRENBANG_VILLAGE = "musrenbang_village", _("Village musrenbang")
    MUSRENBANG_DISTRICT = "musrenbang_district", _("District musrenbang")
    MUSRENBANG_REGION = "musrenbang_region", _("Musrenbang of the region")
    POKIR = "pokir", _("Thoughts of the DPRD (pokir)")
    BUSINESS = "business", _("Call to business")
    COMMUNITY = "community", _("Call to communities")
    QUICK_WIN = "quick_win", _("Quick Win challenge")
    SUGGESTION_BOX = "suggestion_box", _("Suggestion box")


class TakesPart(models.TextChoices):
    """Who may propose, discuss or vote."""

    OFFICERS = "officers", _("officers only")
    CODE = "code", _("anyone who confirms a telephone number or mail address")
    REGISTER = "register", _("people in a register of the region")


class CallState(models.TextChoices):
    """Its life; whether proposals are taken also depends on the dates."""

    DRAFT = "draft", _("draft")
    OPEN = "open", pgettext_lazy("call", "open")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


class CallQuerySet(models.QuerySet["Call"]):
    """Questions asked of calls."""

    def public(self) -> "CallQuerySet":
        return self.exclude(state=CallState.DRAFT)

    def taking_proposals(self, at: datetime) -> "CallQuerySet":
        return self.filter(
            Q(proposals_until__isnull=True) | Q(proposals_until__gt=at),
            state=CallState.OPEN,
            proposals_from__lte=at,
        )


class Call(models.Model):
    """A round of listening. `region` runs it; `place` is the region itself or a
    district or village of it. Rupiah are whole.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="calls")
    place = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24, choices=CallKind.choices)
    name = models.CharField(max_length=150)
    question = models.CharField(max_length=300)
    details = models.TextField(blank=True)
    rules = models.TextField(blank=True)  # in words, for people
    budget = models.BigIntegerField(null=True, blank=True)
    dimension_code = models.CharField(max_length=20, blank=True)  # empty: any
    proposes = models.CharField(
        max_length=10, choices=TakesPart.choices, default=TakesPart.CODE
    )
    register = models.ForeignKey(
        Register, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proposals_from = models.DateTimeField()
    proposals_until = models.DateTimeField(null=True, blank=True)  # null: no end
    state = models.CharField(
        max_length=10, choices=CallState.choices, default=CallState.DRAFT
    )
    passes_to = models.ForeignKey(  # a village's musrenbang to its district's
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="below"
    )
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.TextField(blank=True)  # public, where it was cancelled

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["region", "-proposals_from", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0),
                name="call_budget_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(proposals_until__isnull=True)
                | Q(proposals_until__gt=models.F("proposals_from")),
                name="call_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(closed_reason=""),
                name="call_cancelled_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def takes_proposals(self, at: datetime) -> bool:
        """Whether somebody can propose now."""
        return (
            self.state == CallState.OPEN
            and self.proposals_from <= at
            and (self.proposals_until is None or at < self.proposals_until)
        )
