"""A room, its tables, its boards, and who is there.

Nobody needs an account: a participant is known by a signed cookie of one room. A name
is optional, seen by the facilitators alone, and forgotten a week after the
last day (`personal`).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.regions.models import Region


class Room(models.Model):
    """One workshop of a region. `stage` is the key of a stage of guidance, if of one.

    `code` is what people type or scan; `current` the number of the board that the
    facilitator shows to all.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=150)
    place = models.CharField(max_length=150, blank=True)
    day = models.DateField()
    last_day = models.DateField()
    stage = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=12, unique=True)
    joining = models.BooleanField(default=True)
    current = models.PositiveSmallIntegerField(null=True, blank=True)
    illustrative = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)  # the names

    class Meta:
        ordering = ["-day", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="workshop_number_once_a_region"
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("day")),
                name="workshop_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Table(models.Model):
    """A table of the room, perhaps of one dimension."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="tables")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80, blank=True)
    dimension = models.CharField(max_length=20, blank=True)  # GOV

    class Meta:
        ordering = ["room", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "number"], name="workshop_table_once_a_room"
            )
        ]

    def __str__(self) -> str:
        words = str(_("Table %(n)s") % {"n": self.number})
        return f"{words} · {self.name}" if self.name else words


class BoardKind(models.TextChoices):
    """What is written on a board."""

    IDEAS = "ideas", _("Ideas")
    SWOT = "swot", _("SWOT")
    PRIORITIES = "priorities", _("Priorities")


class Phase(models.TextChoices):
    """What happens on a board now."""

    WRITE = "write", pgettext_lazy("phase", "Write")
    GROUP = "group", pgettext_lazy("phase", "Group")
    VOTE = "vote", pgettext_lazy("phase", "Vote")
    SHOWN = "shown", pgettext_lazy("phase", "Results")


class Board(models.Model):
    """A shared board: a question, a phase, a clock, so many dots a person."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="boards")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=BoardKind.choices)
    title = models.CharField(max_length=120)
    prompt = models.TextField(max_length=500, blank=True)
    phase = models.CharField(max_length=8, choices=Phase.choices, default=Phase.WRITE)
    ends_at = models.DateTimeField(null=True, blank=True)
    dots = models.PositiveSmallIntegerField(default=3)
    all_group = models.BooleanField(default=False)  # the tables group, too

    class Meta:
        ordering = ["room", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "number"], name="workshop_board_once_a_room"
            ),
            models.CheckConstraint(
                condition=Q(dots__gte=1, dots__lte=20), name="workshop_dots_sensible"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def takes_notes(self) -> bool:
        """While notes are grouped, late ones are still taken: a line may have been lost."""
        return self.phase in {Phase.WRITE, Phase.GROUP}


class Participant(models.Model):
    """Somebody in the room. No account, no address; the name is theirs to give."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(
        Room, on_delete=models.CASCADE, related_name="participants"
    )
    table = models.ForeignKey(
        Table, null=True, on_delete=models.PROTECT, related_name="participants"
    )
    name = models.CharField(max_length=40, blank=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["room", "pk"]

    def __str__(self) -> str:
        return f"{self.pk}"
