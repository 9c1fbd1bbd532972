"""Meetings, minutes, decisions and what follows from them; bodies are in `standing`.

How somebody answered an invitation, who came, and minutes not yet approved are held
behind the second wall (`shared.walls`).
"""

import uuid

from django.db import models
from django.db.models import F, Q

from habaring.council import words
from habaring.council.standing import (
    ACCOUNT,
    Council,
    Instrument,
    Seat,
    SeatContact,
    codes,
    one_of,
)
from habaring.posts.models import Post
from habaring.regions.models import Region
from habaring.shared.refusal import Words

__all__ = [
    "AgendaItem",
    "Attendance",
    "CalendarKey",
    "Council",
    "Decision",
    "DecisionSubject",
    "Instrument",
    "Meeting",
    "Minutes",
    "MinutesApproval",
    "Seat",
    "SeatContact",
    "Summons",
    "Task",
]


class Meeting(models.Model):
    """A meeting of a body, from the first draft of its agenda to approved minutes.

    `record` is frozen when the meeting is closed: who came, by pillar, and how the
    quorum came out (`quorum.Quorum` as a dict). It holds no names.
    """

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="meetings"
    )
    body = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="meetings")
    title = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField(blank=True)
    state = models.CharField(
        max_length=10, choices=codes(words.MEETING_STATES), default="draft"
    )
    reason = models.TextField(blank=True)  # of a cancellation
    public = models.BooleanField(default=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    sequence = models.PositiveSmallIntegerField(default=0)  # RFC 5545, 3.8.7.4
    qr_minutes = models.PositiveSmallIntegerField(default=0)  # 0: one QR for it all
    record = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(reason=""),
                name="meeting_cancelled_with_a_reason",
            ),
            one_of("state", words.MEETING_STATES, "meeting_state_known"),
        ]
        indexes = [
            models.Index(fields=["region", "-starts_at"], name="meeting_region_start")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state_words(self) -> Words:
        """The state in the reader's language."""
        return words.MEETING_STATES[self.state]

    @property
    def happened(self) -> bool:
        """Whether it was held, with its minutes approved or not."""
        return self.state in ("held", "approved")


class AgendaItem(models.Model):
    """One point of a meeting's agenda, with the paper that goes with it."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="agenda"
    )
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    presenter = models.CharField(max_length=150, blank=True)
    document_sha256 = models.CharField(max_length=64, blank=True)
    document_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["meeting", "order", "id"]

    def __str__(self) -> str:
        return self.title


class Summons(models.Model):
    """The invitation of one seat to one meeting, and its answer: personal data.

    The personal code and the signed link are computed from this row, never stored.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="summons"
    )
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="summons")
    account = models.ForeignKey(
        ACCOUNT, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField()
    mailed = models.BooleanField(default=False)
    answer = models.CharField(
        max_length=10, choices=codes(words.ANSWERS), default="none"
    )
    substitute_name = models.CharField(max_length=150, blank=True)
    substitute_institution = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["meeting", "seat"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "seat"], name="seat_summoned_once_a_meeting"
            ),
            models.CheckConstraint(
                condition=~Q(answer="substitute") | ~Q(substitute_name=""),
                name="substitute_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.seat_id} {self.answer}"

    @property
    def answer_words(self) -> Words:
        """The answer in the reader's language."""
        return words.ANSWERS[self.answer]


class Attendance(models.Model):
    """Somebody who came to a meeting: personal data; the public sees numbers only."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="attendance"
    )
    seat = models.ForeignKey(
        Seat, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    account = models.ForeignKey(
        ACCOUNT, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=150)
    institution = models.CharField(max_length=200, blank=True)
    pillar = models.CharField(max_length=10, choices=codes(words.PILLARS))
    substitute = models.BooleanField(default=False)  # came for the holder of the seat
    way = models.CharField(max_length=10, choices=codes(words.WAYS))
    note = models.CharField(max_length=300, blank=True)
    arrived_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["meeting", "arrived_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "seat"],
                condition=Q(seat__isnull=False),
                name="seat_attends_once",
            ),
            one_of("pillar", words.PILLARS, "attendance_pillar_known"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.way} {self.arrived_at:%H:%M}"

    @property
    def way_words(self) -> Words:
        """How it was recorded, in the reader's language."""
        return words.WAYS[self.way]

    @property
    def pillar_words(self) -> Words:
        """The pillar in the reader's language."""
        return words.PILLARS[self.pillar]


class Minutes(models.Model):
    """One version of a meeting's minutes. Only ever appended; a draft is not public."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="minutes"
    )
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    reason = models.CharField(max_length=300, blank=True)  # why a later version
    written_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["meeting", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "version"], name="minutes_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} v{self.version}"


class MinutesApproval(models.Model):
    """That a version of the minutes was approved: by the chair, or in a later meeting."""

    minutes = models.OneToOneField(
        Minutes, on_delete=models.PROTECT, primary_key=True, related_name="approval"
    )
    meeting = models.ForeignKey(  # the later meeting; empty: by the chair
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"minutes {self.minutes_id} approved"


class Decision(models.Model):
    """What a council decided, with its reason. Never edited, never deleted."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="decisions"
    )
    council = models.ForeignKey(
        Council, on_delete=models.PROTECT, related_name="decisions"
    )
    meeting = models.ForeignKey(
        Meeting,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
    )
    number = models.CharField(max_length=100)
    decided_on = models.DateField()
    title = models.CharField(max_length=300)
    reason = models.TextField()
    votes_for = models.PositiveSmallIntegerField(null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(null=True, blank=True)
    votes_abstained = models.PositiveSmallIntegerField(null=True, blank=True)
    without_quorum = models.BooleanField(default=False)
    overrules = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="overruled_by",
    )
    document_sha256 = models.CharField(max_length=64, blank=True)
    document_name = models.CharField(max_length=120, blank=True)
    recorded_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["-decided_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="decision_number_once_a_region"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.title}"


class DecisionSubject(models.Model):
    """One thing that a decision is about; its address comes from `subjects`."""

    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="subjects"
    )
    kind = models.CharField(max_length=20)
    ref = models.CharField(max_length=60, blank=True)
    label = models.CharField(max_length=300)

    class Meta:
        ordering = ["decision", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class Task(models.Model):
    """What follows from a decision or a meeting: a post, a day, and in the end a proof."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="council_tasks"
    )
    decision = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    title = models.CharField(max_length=300)
    owner = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="council_tasks"
    )
    due_on = models.DateField()
    state = models.CharField(
        max_length=10, choices=codes(words.TASK_STATES), default="open"
    )
    proof = models.TextField(blank=True)  # what was done, or why it is cancelled
    document_sha256 = models.CharField(max_length=64, blank=True)
    document_name = models.CharField(max_length=120, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__isnull=False) | Q(meeting__isnull=False),
                name="task_comes_from_something",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(proof=""), name="task_closed_with_words"
            ),
        ]
        indexes = [
            models.Index(fields=["region", "state", "due_on"], name="task_region_due")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state_words(self) -> Words:
        """The state in the reader's language."""
        return words.TASK_STATES[self.state]


class CalendarKey(models.Model):
    """The secret address of one person's calendar. Only the hash is kept."""

    account = models.ForeignKey(
        ACCOUNT, on_delete=models.PROTECT, related_name="calendar_keys"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(revoked_at__isnull=True),
                name="one_calendar_key_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"calendar of {self.account_id}"
