"""What is written, grouped, voted and carried on.

`Note` holds the words as they stand, `NoteRevision` every wording there was. Each change
that others see is a row of `Event`, whose number is the number of the news: who lost the
line reads the rows since. It names the thing, never its words, so that what was hidden
is not told again.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from habaring.masterplan.models import Layer, Quadrant
from habaring.regions.models import Region
from habaring.workshop.models.rooms import Board, Participant, Room, Table

LONGEST = 280


class Group(models.Model):
    """Notes that say the same."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="groups")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120, blank=True)
    dissolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["board", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "number"], name="workshop_group_once_a_board"
            )
        ]

    def __str__(self) -> str:
        return self.title or str(_("Group %(n)s") % {"n": self.number})


class Note(models.Model):
    """One note as it stands. `key` is drawn by the phone: sent again, it is the same."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="notes")
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="notes"
    )
    table = models.ForeignKey(
        Table, null=True, on_delete=models.PROTECT, related_name="notes"
    )
    key = models.UUIDField()
    text = models.CharField(max_length=LONGEST)
    kind = models.CharField(max_length=1, choices=Quadrant.choices, blank=True)
    layer = models.CharField(max_length=16, choices=Layer.choices, blank=True)
    dimension = models.CharField(max_length=20, blank=True)
    group = models.ForeignKey(
        Group, null=True, blank=True, on_delete=models.PROTECT, related_name="notes"
    )
    revision = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["board", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "key"], name="workshop_note_once"
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def gone(self) -> bool:
        """Not on the board any more."""
        return self.withdrawn_at is not None or self.hidden_at is not None


class NoteRevision(models.Model):
    """A wording of a note. Only appended."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    key = models.UUIDField()
    text = models.CharField(max_length=LONGEST)
    kind = models.CharField(max_length=1, blank=True)
    layer = models.CharField(max_length=16, blank=True)
    dimension = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["note", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["note", "number"], name="workshop_revision_number"
            ),
            models.UniqueConstraint(
                fields=["note", "key"], name="workshop_revision_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.note_id}/{self.number}"


class Dot(models.Model):
    """The nth dot of a person on a board, on a group or on a note of no group.

    A trigger refuses one beyond the board's number, and any change while no vote runs.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="+")
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="+"
    )
    nth = models.PositiveSmallIntegerField()
    note = models.ForeignKey(
        Note, null=True, blank=True, on_delete=models.PROTECT, related_name="dots"
    )
    group = models.ForeignKey(
        Group, null=True, blank=True, on_delete=models.PROTECT, related_name="dots"
    )

    class Meta:
        ordering = ["board", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "participant", "nth"], name="workshop_dot_once"
            ),
            models.CheckConstraint(
                condition=Q(note__isnull=True) ^ Q(group__isnull=True),
                name="workshop_dot_on_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Event(models.Model):
    """Something that all see changed: `thing` (note, group, board, room) with key `ref`.

    `before` holds what an undo brings back. Only appended.
    """

    id = models.BigAutoField(primary_key=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="events")
    board = models.ForeignKey(
        Board, null=True, on_delete=models.CASCADE, related_name="events"
    )
    thing = models.CharField(max_length=8)
    ref = models.BigIntegerField()
    deed = models.CharField(max_length=12)
    before = models.JSONField(null=True)
    undoes = models.OneToOneField(
        "self", null=True, on_delete=models.CASCADE, related_name="undone_by"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["room", "id"], name="workshop_news")]

    def __str__(self) -> str:
        return f"{self.thing} {self.deed}"


class Destination(models.TextChoices):
    """Where a result goes."""

    SWOT = "swot", _("SWOT")
    ISSUE = "issue", _("Priority issues")
    GAP = "gap", _("Gaps")
    STRATEGY = "strategy", _("Strategies")
    READINESS = "readiness", _("Readiness")
    CANDIDATE = "candidate", _("Candidates")


class Carried(models.Model):
    """A group or note that was carried into the analysis or the candidates; once each.

    `ref` is the number or code of what it became.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="carried")
    note = models.ForeignKey(
        Note, null=True, blank=True, on_delete=models.PROTECT, related_name="carried"
    )
    group = models.ForeignKey(
        Group, null=True, blank=True, on_delete=models.PROTECT, related_name="carried"
    )
    to = models.CharField(max_length=12, choices=Destination.choices)
    ref = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(note__isnull=True) ^ Q(group__isnull=True),
                name="workshop_carries_one_thing",
            ),
            models.UniqueConstraint(
                fields=["to", "note"],
                condition=Q(note__isnull=False),
                name="workshop_note_carried_once",
            ),
            models.UniqueConstraint(
                fields=["to", "group"],
                condition=Q(group__isnull=False),
                name="workshop_group_carried_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to} {self.ref}"
