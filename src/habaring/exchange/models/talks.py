"""What regions ask each other: questions, offers to guide, guidance and visits."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from habaring.exchange.models.practices import Practice
from habaring.regions.models import Region


class Question(models.Model):
    """A region asks the owner of a practice, for everybody to read. Only appended."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="questions"
    )
    text = models.CharField(max_length=1000)
    illustrative = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.region_id} {self.practice_id}"


class Answer(models.Model):
    """What the owner says to it. Only appended; a second answer adds to the first."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="answers"
    )
    text = models.CharField(max_length=2000)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.region_id} {self.question_id}"


class MentorOffer(models.Model):
    """An experienced region offers to guide new ones. Everybody reads it."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="mentor_offers"
    )
    title = models.CharField(max_length=150)
    text = models.TextField()
    dimensions = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    places = models.PositiveSmallIntegerField(default=1)  # regions a year
    illustrative = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class MeetingKind(models.TextChoices):
    """What is asked for."""

    VISIT = "visit", _("visit")
    MENTORING = "mentoring", _("mentoring")


class MeetingState(models.TextChoices):
    """Where it stands."""

    ASKED = "asked", _("asked")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    CANCELLED = "cancelled", _("cancelled")
    HELD = "held", _("held")


class Meeting(models.Model):
    """A visit or a mentoring that `region` asks of `host`."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    host = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=MeetingKind.choices)
    practice = models.ForeignKey(
        Practice,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="meetings",
    )
    offer = models.ForeignKey(
        MentorOffer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="meetings",
    )
    purpose = models.TextField()
    people = models.PositiveSmallIntegerField(null=True, blank=True)
    proposed_on = models.DateField()
    state = models.CharField(
        max_length=10, choices=MeetingState.choices, default=MeetingState.ASKED
    )
    agreed_on = models.DateField(null=True, blank=True)
    held_on = models.DateField(null=True, blank=True)
    report = models.TextField(blank=True)  # public once it is held
    illustrative = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(region=models.F("host")),
                name="meeting_of_two_regions",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} → {self.host_id}"


class MeetingStep(models.Model):
    """What one side did about it, with its words to the other. Only appended."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10, choices=MeetingState.choices)
    text = models.TextField(blank=True)
    on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.state}"
