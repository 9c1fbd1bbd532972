"""The official register of regions, their departments, boundaries, fiscal years."""

from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from habaring.regions import codes as codes  # addresses know a region by its code
from habaring.shared.models import BilingualName

CODE_PATTERN = r"^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$"
"""Kemendagri's dotted code: province, kabupaten/kota, kecamatan, desa/kelurahan."""


class RegionKind(models.TextChoices):
    """Stored codes are the words that people use for them."""

    PROVINCE = "provinsi", "provinsi"
    REGENCY = "kabupaten", "kabupaten"
    CITY = "kota", "kota"
    DISTRICT = "kecamatan", "kecamatan"
    URBAN_VILLAGE = "kelurahan", "kelurahan"
    VILLAGE = "desa", "desa"


LOCAL_KINDS = (RegionKind.REGENCY, RegionKind.CITY)


class RegionQuerySet(models.QuerySet["Region"]):
    """Questions asked of the register."""

    def open_on(self, day: date) -> "RegionQuerySet":
        return self.filter(
            Q(opened_on__isnull=True) | Q(opened_on__lte=day),
            Q(closed_on__isnull=True) | Q(closed_on__gt=day),
        )

    def provinces(self) -> "RegionQuerySet":
        return self.filter(kind=RegionKind.PROVINCE)

    def local(self) -> "RegionQuerySet":
        """The kabupaten and kota: the 514 that run a smart-city programme."""
        return self.filter(kind__in=LOCAL_KINDS)

    def within(self, region: "Region") -> "RegionQuerySet":
        """Everything below one region, at any depth."""
        return self.filter(code__startswith=f"{region.code}.")

    def districts_of(self, region: "Region") -> "RegionQuerySet":
        return self.filter(parent=region, kind=RegionKind.DISTRICT)


class Region(models.Model):
    """One unit of the register, by its official code. Never renumbered."""

    code = models.CharField(
        max_length=13, primary_key=True, validators=[RegexValidator(CODE_PATTERN)]
    )
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=RegionKind.choices)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    decree = models.CharField(max_length=200, blank=True)
    # Figures that the register itself states; null where it states none.
    population = models.PositiveIntegerField(null=True, blank=True)
    area_km2 = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, blank=True
    )
    districts = models.PositiveSmallIntegerField(null=True, blank=True)
    urban_villages = models.PositiveSmallIntegerField(null=True, blank=True)
    villages = models.PositiveIntegerField(null=True, blank=True)
    capital = models.CharField(max_length=120, blank=True)
    # Place in the tile map of the country: one tile a kabupaten/kota.
    tile_column = models.SmallIntegerField(null=True, blank=True)
    tile_row = models.SmallIntegerField(null=True, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["kind", "code"], name="region_kind_code")]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=CODE_PATTERN), name="region_code_form"
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True)
                | Q(opened_on__isnull=True)
                | Q(closed_on__gt=models.F("opened_on")),
                name="region_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """With its kind, as in letters: Kabupaten Kotawaringin Timur."""
        return f"{self.kind.capitalize()} {self.name}"

    @property
    def is_local(self) -> bool:
        return self.kind in LOCAL_KINDS


class Department(BilingualName):
    """A department (OPD) of a region, with its span of life."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="departments"
    )
    code = models.CharField(max_length=40)
    short_name = models.CharField(max_length=60, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "code"], name="department_code_once_a_region"
            )
        ]


class FiscalYear(models.Model):
    """A region's budget year (tahun anggaran)."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="fiscal_years"
    )
    year = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["region", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year"], name="fiscal_year_once_a_region"
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100), name="fiscal_year_in_range"
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)


class BudgetStage(models.TextChoices):
    """The budget as first adopted, and as revised within the year."""

    ORIGINAL = "murni", _("original budget")
    REVISED = "perubahan", _("revised budget")


class BudgetAccount(models.TextChoices):
    """The lines of a budget's summary, in the order in which they are read."""

    PAD = "pad", _("Own revenue (PAD)")
    TRANSFER_IN = "transfer_in", _("Transfers received")
    OTHER_INCOME = "other_income", _("Other lawful revenue")
    REVENUE = "revenue", _("Revenue")
    OPERATING = "operating", _("Operating expenditure")
    CAPITAL = "capital", _("Capital expenditure")
    CONTINGENCY = "contingency", _("Contingency (BTT)")
    TRANSFER_OUT = "transfer_out", _("Transfers to villages and others")
    EXPENDITURE = "expenditure", _("Expenditure")
    DEFICIT = "deficit", _("Deficit")
    FINANCING = "financing", _("Net financing")


class BudgetFigure(models.Model):
    """One line of a region's budget as published. Whole rupiah."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="budget_figures"
    )
    year = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=10, choices=BudgetStage.choices)
    account = models.CharField(max_length=14, choices=BudgetAccount.choices)
    amount = models.BigIntegerField()
    derived = models.BooleanField(default=False)  # worked out from the other lines
    source = models.CharField(max_length=300)
    note = models.CharField(max_length=300, blank=True)
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["region", "year", "stage", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "stage", "account"],
                name="budget_figure_once_a_stage",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100), name="budget_year_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.year} {self.stage} {self.account}"


class Boundary(models.Model):
    """A region's outline, simplified for the web: rings of longitude, latitude."""

    region = models.OneToOneField(
        Region, on_delete=models.CASCADE, primary_key=True, related_name="boundary"
    )
    polygons = models.JSONField()  # [[outer ring, hole, …], …], WGS 84 degrees
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    source = models.CharField(max_length=300)
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.region_id
