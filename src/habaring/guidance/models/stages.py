"""The four stages as data, a region's days in each, who came."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from habaring.guidance.models.cohorts import Cohort, Enrolment
from habaring.regions.models import Region
from habaring.shared.models import BilingualName


class Stage(BilingualName):
    """One stage of a cohort. `gates` lists what must be there before a region closes it:
    [{"kind": "approved"}, {"kind": "pillars", "least": 3}, …] (guidance.gates).
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="stages")
    number = models.PositiveSmallIntegerField()
    about_id = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    planned_from = models.DateField(null=True, blank=True)
    planned_until = models.DateField(null=True, blank=True)
    gates = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["cohort", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "number"], name="stage_number_once_a_cohort"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name_id}"


class AssignmentTemplate(BilingualName):
    """A piece of work that each region of a cohort hands in after a stage. `pieces` names
    parts of the region's master plan (guidance.pieces): ["section:buku-1.swot", "swot"].
    """

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="templates")
    code = models.CharField(max_length=40)
    brief_id = models.TextField(blank=True)
    brief_en = models.TextField(blank=True)
    outline = models.TextField(blank=True)  # to begin from
    pieces = models.JSONField(default=list)
    due_days = models.PositiveSmallIntegerField(default=14)  # after the last day
    owners = models.CharField(max_length=120, blank=True)  # the group that writes
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["stage", "order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "code"], name="assignment_template_once_a_stage"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Sitting(models.Model):
    """A region's days in one stage: when, where, and whether the stage is closed."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="sittings"
    )
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="sittings")
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="sittings"
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    place = models.CharField(max_length=200)
    method = models.CharField(max_length=120, blank=True)  # FGD, lecture
    held = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    closed_despite = models.JSONField(default=list, blank=True)  # gates not met
    closed_reason = models.TextField(blank=True)  # why closed despite them
    source = models.CharField(max_length=300, blank=True)
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["enrolment", "stage__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "stage"], name="sitting_once_a_stage"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="sitting_days_in_order"
            ),
        ]
        indexes = [models.Index(fields=["region", "starts_on"], name="sitting_region")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.stage_id}"

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


class AgendaItem(models.Model):
    """One point of a sitting's agenda."""

    sitting = models.ForeignKey(
        Sitting, on_delete=models.CASCADE, related_name="agenda"
    )
    day = models.PositiveSmallIntegerField(default=1)
    starts = models.TimeField(null=True, blank=True)
    ends = models.TimeField(null=True, blank=True)
    title = models.CharField(max_length=200)
    speaker = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["sitting", "day", "starts", "id"]

    def __str__(self) -> str:
        return self.title


class Speaker(models.Model):
    """Who speaks or guides at a sitting: named in public, as at any public event."""

    sitting = models.ForeignKey(
        Sitting, on_delete=models.CASCADE, related_name="speakers"
    )
    name = models.CharField(max_length=150)
    institution = models.CharField(max_length=200, blank=True)
    topic = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["sitting", "id"]

    def __str__(self) -> str:
        return self.name


class Pillar(models.TextChoices):
    """The five pillars whose balance a sitting shows (pentahelix)."""

    GOVERNMENT = "government", _("government")
    ACADEMIA = "academia", _("academia")
    BUSINESS = "business", _("business")
    COMMUNITY = "community", _("community")
    MEDIA = "media", _("media")


class Participant(models.Model):
    """Somebody invited to a sitting. `number` is what the badge carries, no name."""

    sitting = models.ForeignKey(
        Sitting, on_delete=models.CASCADE, related_name="participants"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=150)
    institution = models.CharField(max_length=200, blank=True)
    pillar = models.CharField(max_length=12, choices=Pillar.choices)
    role = models.CharField(max_length=120, blank=True)
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["sitting", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["sitting", "number"], name="participant_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sitting_id}-{self.number}"


class CameBy(models.TextChoices):
    """How somebody's coming was noted."""

    BADGE = "badge", _("badge scanned")
    NUMBER = "number", _("number typed")
    LIST = "list", _("ticked on the list")


class Attendance(models.Model):
    """Somebody came on one day of a sitting. `came_at` is told by the desk's telephone,
    `received_at` by the server.
    """

    participant = models.ForeignKey(
        Participant, on_delete=models.CASCADE, related_name="attendances"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    day = models.PositiveSmallIntegerField()
    came_at = models.DateTimeField()
    how = models.CharField(max_length=8, choices=CameBy.choices)
    received_at = models.DateTimeField()
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["participant", "day"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "day"], name="came_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.participant_id}/{self.day}"
