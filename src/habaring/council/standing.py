"""What stands for years: instruments, the bodies they form, and who sits in them.

Names of those who hold a seat are public record; how to reach them is held behind the
second wall (`shared.walls`).
"""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from habaring.council import words
from habaring.regions.models import Region
from habaring.shared.refusal import Words

ACCOUNT = settings.AUTH_USER_MODEL


def codes(names: Iterable[str]) -> list[tuple[str, str]]:
    """Stored codes as choices; their words are in `words`."""
    return [(name, name) for name in names]


def one_of(field: str, names: Iterable[str], name: str) -> models.CheckConstraint:
    """The database holds to the codes too."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": list(names)}), name=name
    )


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    """Questions asked of instruments."""

    def in_force(self, on: date) -> "InstrumentQuerySet":
        """Begun (or without a first day), not run out, and not superseded."""
        begun = Q(in_force_from__isnull=True) | Q(in_force_from__lte=on)
        lasting = Q(in_force_until__isnull=True) | Q(in_force_until__gte=on)
        return self.filter(begun, lasting, superseded_by__isnull=True)


class Instrument(models.Model):
    """A paper that binds: MoU, SK, Perbup, Perda. What it fixes is named, not keyed,
    since programmes and editions lie in domains above.
    """

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="instruments"
    )
    kind = models.CharField(max_length=10, choices=codes(words.INSTRUMENT_KINDS))
    number = models.CharField(max_length=100, blank=True)  # as printed; may be unknown
    title = models.CharField(max_length=300)
    signed_on = models.DateField(null=True, blank=True)
    signed_by = models.CharField(max_length=200, blank=True)
    in_force_from = models.DateField(null=True, blank=True)
    in_force_until = models.DateField(null=True, blank=True)
    document_sha256 = models.CharField(max_length=64, blank=True)
    document_name = models.CharField(max_length=120, blank=True)
    fixes_kind = models.CharField(max_length=20, blank=True)  # a kind of subjects.py
    fixes_ref = models.CharField(max_length=60, blank=True)
    fixes_label = models.CharField(max_length=300, blank=True)
    supersedes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
    )
    public = models.BooleanField(default=True)
    source = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        ACCOUNT, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    illustrative = models.BooleanField(default=False)

    objects: ClassVar[InstrumentQuerySet] = InstrumentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = [F("signed_on").desc(nulls_last=True), "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "number"],
                condition=~Q(number=""),
                name="instrument_number_once_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(in_force_from__isnull=True)
                | Q(in_force_until__isnull=True)
                | Q(in_force_until__gte=F("in_force_from")),
                name="instrument_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(supersedes=F("id")),
                name="instrument_not_its_own_successor",
            ),
            one_of("kind", words.INSTRUMENT_KINDS, "instrument_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.title}" if self.number else self.title

    @property
    def kind_words(self) -> Words:
        """The kind in the reader's language."""
        return words.INSTRUMENT_KINDS[self.kind]


class Council(models.Model):
    """A body formed by decree: the council (Dewan), the executing team and its working
    groups, a forum.
    """

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="councils"
    )
    kind = models.CharField(
        max_length=10, choices=codes(words.BODY_KINDS), default="council"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="groups"
    )
    dimension_code = models.CharField(max_length=10, blank=True)  # of a working group
    name = models.CharField(max_length=150)
    decree = models.ForeignKey(
        Instrument,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="bodies",
    )
    quorum_rule = models.CharField(
        max_length=20, choices=codes(words.QUORUM_RULES), default="more_than_half"
    )
    quorum_count = models.PositiveSmallIntegerField(null=True, blank=True)
    decides_without_quorum = models.BooleanField(default=False)
    rhythm_days = models.PositiveSmallIntegerField(default=90)
    public = models.BooleanField(default=True)
    formed_on = models.DateField(null=True, blank=True)
    dissolved_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["region", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "name"], name="council_name_once_a_region"
            ),
            models.UniqueConstraint(
                fields=["parent", "dimension_code"],
                condition=~Q(dimension_code="") & Q(dissolved_on__isnull=True),
                name="group_once_a_dimension",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")), name="council_not_its_own_parent"
            ),
            models.CheckConstraint(
                condition=~Q(quorum_rule="count") | Q(quorum_count__gte=1),
                name="council_quorum_count_given",
            ),
            one_of("kind", words.BODY_KINDS, "council_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_words(self) -> Words:
        """The kind in the reader's language."""
        return words.BODY_KINDS[self.kind]

    @property
    def quorum_words(self) -> Words:
        """The quorum rule in the reader's language."""
        return words.QUORUM_RULES[self.quorum_rule]

    @property
    def decree_number(self) -> str:
        """The number of the decree that formed it; empty where it is not known."""
        return self.decree.number if self.decree else ""

    @property
    def decree_on(self) -> date | None:
        """The day of that decree."""
        return self.decree.signed_on if self.decree else None


class SeatQuerySet(models.QuerySet["Seat"]):
    """Questions asked of seats."""

    def taken(self, on: date) -> "SeatQuerySet":
        """Held on a day; the last day of a seat still counts."""
        lasting = Q(to_on__isnull=True) | Q(to_on__gte=on)
        return self.filter(lasting, from_on__lte=on)


class Seat(models.Model):
    """Who sits in a body for which pillar, from when to when. History is kept.

    `membership` is the role that the seat gives to an account, ended with the seat.
    """

    body = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="seats")
    post = models.CharField(max_length=10, choices=codes(words.POSTS), default="member")
    pillar = models.CharField(max_length=10, choices=codes(words.PILLARS))
    person_name = models.CharField(max_length=150)
    institution = models.CharField(max_length=200)
    account = models.ForeignKey(
        ACCOUNT, null=True, blank=True, on_delete=models.PROTECT, related_name="seats"
    )
    membership = models.OneToOneField(
        "people.Membership",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    basis = models.ForeignKey(
        Instrument,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="seats",
    )
    illustrative = models.BooleanField(default=False)

    objects: ClassVar[SeatQuerySet] = SeatQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["body", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["body"],
                condition=Q(post="chair", to_on__isnull=True),
                name="body_has_one_chair",
            ),
            models.UniqueConstraint(
                fields=["body", "account"],
                condition=Q(to_on__isnull=True),
                name="account_sits_once_in_a_body",
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="seat_ends_after_it_begins",
            ),
            one_of("pillar", words.PILLARS, "seat_pillar_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_name} ({self.institution})"

    @property
    def post_words(self) -> Words:
        """The post in the reader's language."""
        return words.POSTS[self.post]

    @property
    def pillar_words(self) -> Words:
        """The pillar in the reader's language."""
        return words.PILLARS[self.pillar]


class SeatContact(models.Model):
    """How to reach the holder of a seat who has no account: personal data."""

    seat = models.OneToOneField(
        Seat, on_delete=models.CASCADE, primary_key=True, related_name="contact"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField()

    def __str__(self) -> str:
        return f"contact of seat {self.seat_id}"
