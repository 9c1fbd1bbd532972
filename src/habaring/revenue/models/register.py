"""Taxpayers, what is taxed, and who held it when."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region


class TaxpayerKind(models.TextChoices):
    """A person has a NIK, an entity a NIB."""

    PERSON = "person", _("person")
    ENTITY = "entity", _("business or institution")


class Taxpayer(models.Model):
    """Somebody who owes a tax. NIK and contacts are sealed (`shared.sealing`); the keyed
    hash finds a NIK again, the masked form is what pages show: "6202**********01".
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30)  # NPWPD
    kind = models.CharField(max_length=8, choices=TaxpayerKind.choices)
    name = models.CharField(max_length=150)
    name_masked = models.CharField(max_length=150)  # "B••• S••••••"
    nik_sealed = models.BinaryField(null=True, blank=True)
    nik_hash = models.CharField(max_length=64, blank=True)
    nik_masked = models.CharField(max_length=16, blank=True)
    nib = models.CharField(max_length=13, blank=True)
    contact_sealed = models.BinaryField(null=True, blank=True)  # {"phone", "email"}
    address = models.CharField(max_length=300, blank=True)
    account = models.ForeignKey(  # who has shown that they are this taxpayer
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    merged_into = models.ForeignKey(  # the same taxpayer, entered twice
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
    )
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["region", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="taxpayer_number_once"
            ),
            models.UniqueConstraint(
                fields=["region", "nik_hash"],
                condition=~Q(nik_hash=""),
                name="taxpayer_nik_once",
            ),
        ]
        indexes = [models.Index(fields=["account"], name="taxpayer_of_account")]

    def __str__(self) -> str:
        return self.number

    def about(self, what: str) -> str:
        """What a seal of this row is bound to: "nik" or "contact". The number never
        changes.
        """
        return f"revenue.taxpayer:{self.region_id}:{self.number}:{what}"


class ObjectState(models.TextChoices):
    """Only an active object is billed."""

    ACTIVE = "active", _("active")
    EXEMPT = "exempt", _("not taxed")
    CLOSED = "closed", _("closed")


class TaxObject(models.Model):
    """Land and buildings (PBB), a restaurant, a billboard, a well.

    `number`: the NOP of 18 digits for PBB, a local number else; permanent, never made
    from village codes. `place`: the village it lies in, by the mapping of NOPs. Areas
    are square metres; `facts`: what other taxes ask for (see engines.taxing).
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    tax = models.CharField(max_length=12)
    number = models.CharField(max_length=30)
    name = models.CharField(max_length=150, blank=True)
    address = models.CharField(max_length=300, blank=True)
    place = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taxpayer = models.ForeignKey(  # who holds it now; the past is in Holding
        Taxpayer, on_delete=models.PROTECT, related_name="taxed"
    )
    land_m2 = models.BigIntegerField(default=0)
    building_m2 = models.BigIntegerField(default=0)
    land_class = models.CharField(max_length=4, blank=True)
    building_class = models.CharField(max_length=4, blank=True)
    use = models.CharField(max_length=20, blank=True)  # "food-land", "heritage": rules
    facts = models.JSONField(default=dict, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    state = models.CharField(
        max_length=8, choices=ObjectState.choices, default=ObjectState.ACTIVE
    )
    exempt_reason = models.CharField(max_length=200, blank=True)
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["region", "tax", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "tax", "number"], name="taxobject_number_once"
            ),
            models.CheckConstraint(
                condition=~Q(tax="pbb") | Q(number__regex=r"^\d{18}$"),
                name="taxobject_nop_has_18_digits",
            ),
            models.CheckConstraint(
                condition=Q(land_m2__gte=0, building_m2__gte=0),
                name="taxobject_areas_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(state="exempt") | ~Q(exempt_reason=""),
                name="taxobject_exempt_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class NopPlace(models.Model):
    """Which village the first ten digits of a NOP mean: written down, never derived."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    prefix = models.CharField(max_length=10)
    place = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["region", "prefix"]
        constraints = [
            models.UniqueConstraint(fields=["region", "prefix"], name="nopplace_once")
        ]

    def __str__(self) -> str:
        return self.prefix


class Holding(models.Model):
    """Who held an object from which day, and by what deed. Only appended."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    object = models.ForeignKey(
        TaxObject, on_delete=models.PROTECT, related_name="holdings"
    )
    taxpayer = models.ForeignKey(
        Taxpayer, on_delete=models.PROTECT, related_name="holdings"
    )
    begins_on = models.DateField()
    basis = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["object", "-begins_on", "-id"]

    def __str__(self) -> str:
        return f"{self.object_id} {self.begins_on}"


class FamilyLink(models.Model):
    """An object that a signed-in person also pays for: the family's, a neighbour's."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    object = models.ForeignKey(TaxObject, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=60, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["account", "label", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "object"], name="familylink_once"
            )
        ]

    def __str__(self) -> str:
        return self.label


class ObjectLineage(models.Model):
    """Land that was taken off an object and became another one. Only appended."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    older = models.ForeignKey(TaxObject, on_delete=models.PROTECT, related_name="parts")
    newer = models.ForeignKey(
        TaxObject, on_delete=models.PROTECT, related_name="origins"
    )
    land_m2 = models.BigIntegerField()
    building_m2 = models.BigIntegerField(default=0)
    on = models.DateField()
    basis = models.CharField(max_length=200)  # the deed
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "on", "id"]

    def __str__(self) -> str:
        return f"{self.older_id} {self.newer_id}"


class ImportState(models.TextChoices):
    """A file is looked at whole before anything of it is saved."""

    READING = "reading", _("being looked at")
    CLEAN = "clean", _("ready to save")
    PROBLEMS = "problems", _("has rows that cannot be saved")
    SAVING = "saving", _("being saved")
    SAVED = "saved", _("saved")
    REFUSED = "refused", _("cannot be read")
    CANCELLED = "cancelled", _("cancelled")


class RegisterImport(models.Model):
    """A file for the register, from the first look to what became of it.

    The file holds personal data: it lies sealed until it is saved or cancelled, and is
    deleted then. `problems`: {"sheet", "row", "column", "message"}, the first of them.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24)  # a code of register_files.KINDS
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    language = models.CharField(max_length=5)  # of the headings and problems
    illustrative = models.BooleanField(default=False)
    leave_out = models.BooleanField(default=False)  # save without the bad rows
    state = models.CharField(
        max_length=9, choices=ImportState.choices, default=ImportState.READING
    )
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)  # of this step, for its progress
    bad = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    problems_counted = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)  # {"new", "changed", "same", …}
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["region", "-sent_at", "-id"]

    def __str__(self) -> str:
        return self.name
