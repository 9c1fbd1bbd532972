"""Posts (jabatan): what is owned is owned by a post; people hold posts for a time."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from habaring.regions.models import Department, Region
from habaring.shared.models import BilingualName


class Post(BilingualName):
    """A place in an organisation that stays when the person leaves."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="posts")
    code = models.CharField(max_length=40)  # said once a region, e.g. "kabid-egov"
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    superior = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="below"
    )
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["region", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "code"], name="post_code_once_a_region"
            ),
            models.CheckConstraint(
                condition=~Q(superior=models.F("id")), name="post_not_its_own_superior"
            ),
        ]


class HoldingQuerySet(models.QuerySet["Holding"]):
    """Questions asked of holdings."""

    def in_force(self, at: datetime) -> "HoldingQuerySet":
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)


class Holding(models.Model):
    """Who holds a post, from when to when; one holder at a time."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="holdings"
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    acting = models.BooleanField(default=False)  # Plt.: holds it for the time being

    objects: ClassVar[HoldingQuerySet] = HoldingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(until__isnull=True),
                name="post_held_by_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="holding_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.account_id}"


class Charge(models.Model):
    """A thing put in the charge of a post, from when to when: the history of owners.

    Things live in other domains: `kind` and `ref` name them (`posts.things`). What has
    no charge of its own falls to its department's post, else to the secretariat.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    ref = models.CharField(max_length=100)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="charges")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["region", "kind", "ref", "-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "ref"],
                condition=Q(until__isnull=True),
                name="charge_of_one_post_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="charge_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.kind} {self.ref}"


class HandOver(models.Model):
    """A post changes hands: the list that must be emptied before the holder leaves."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    holding = models.ForeignKey(
        Holding, on_delete=models.PROTECT, related_name="handovers"
    )
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )  # null: whoever holds the superior post acts
    successor_acts = models.BooleanField(default=False)
    leaves_on = models.DateField()
    note = models.TextField(blank=True)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-begun_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["holding"],
                condition=Q(finished_at__isnull=True, undone_at__isnull=True),
                name="handover_one_open_a_holding",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.holding_id}"

    @property
    def is_open(self) -> bool:
        return self.finished_at is None and self.undone_at is None


class Outcome(models.TextChoices):
    """What becomes of one line of a hand-over list."""

    OPEN = "open", "open"
    STAYS = "stays", "stays"  # with the post, for whoever comes
    MOVES = "moves", "moves"  # to another post
    DONE = "done", "done"  # closed for good


class HandOverItem(models.Model):
    """One owned thing on a hand-over list. What it says takes effect at the end."""

    handover = models.ForeignKey(
        HandOver, on_delete=models.CASCADE, related_name="items"
    )
    kind = models.CharField(max_length=30)
    ref = models.CharField(max_length=100)
    title = models.CharField(max_length=300)  # as it was called that day
    due_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(
        max_length=5, choices=Outcome.choices, default=Outcome.OPEN
    )
    to_post = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    dealt_at = models.DateTimeField(null=True, blank=True)
    dealt_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["handover", "kind", "due_on", "ref"]
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "kind", "ref"], name="handover_names_a_thing_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome="moves", to_post__isnull=False)
                | (~Q(outcome="moves") & Q(to_post__isnull=True)),
                name="handover_moves_to_a_post",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref} {self.outcome}"


class Reminder(models.Model):
    """A reminder sent: each (thing, due day, step) once ever."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    ref = models.CharField(max_length=100)
    due_on = models.DateField()
    step = models.CharField(max_length=10)  # a word of states.State
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["region", "-sent_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "ref", "due_on", "step"],
                name="reminded_once_a_step",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.kind} {self.ref} {self.due_on} {self.step}"
