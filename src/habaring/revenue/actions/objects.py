"""The verbs of what is taxed: enter, change, hand over, split, close; villages of NOPs.

A NOP is permanent and never made from village codes: which village its first ten digits
mean is written down in `NopPlace` (SE-07/PJ.6/1998).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from habaring.engines.taxing import TAXES
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue.models import (
    Holding,
    NopPlace,
    ObjectLineage,
    ObjectState,
    TaxObject,
    Taxpayer,
)
from habaring.revenue.nop import read_nop
from habaring.shared import audit
from habaring.shared.refusal import Refusal, Words

PBB = "pbb"
MOST_M2 = 10**10
"""10,000 km²: no parcel is larger."""


class ObjectRefused(Refusal):
    """The object cannot be entered or changed so."""


@dataclass(frozen=True)
class Described:
    """What is said of an object. `number` "" asks for the next local one (not for PBB).

    `facts`: what else the tax asks for (keys of engines.taxing.TAXES).
    """

    tax: str
    number: str = ""
    name: str = ""
    address: str = ""
    place: Region | None = None
    land_m2: int = 0
    building_m2: int = 0
    land_class: str = ""
    building_class: str = ""
    use: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    latitude: float | None = None
    longitude: float | None = None
    illustrative: bool = False


@dataclass(frozen=True)
class Deed:
    """From when somebody holds an object, and by what paper."""

    on: date
    basis: str


@transaction.atomic
def enter_object(
    *, taxpayer: Taxpayer, said: Described, deed: Deed, by: Account | None, at: datetime
) -> TaxObject:
    """Enter what is taxed, and who holds it from when on. Raises ObjectRefused,
    NopRefused.
    """
    region = taxpayer.region
    _refuse_merged(taxpayer)
    row = TaxObject(
        region=region,
        tax=said.tax,
        number=_number(region, said),
        taxpayer=taxpayer,
        recorded_at=at,
    )
    _fill(row, said)
    _save(row)
    _hold(row, taxpayer, deed, by=by, at=at)
    _record(row, "revenue.object.entered", by=by, at=at)
    return row


@transaction.atomic
def change_object(
    *, obj: TaxObject, said: Described, reason: str, by: Account, at: datetime
) -> TaxObject:
    """Change areas, classes, use, facts, place; tax and number stay."""
    row = _locked(obj)
    _refuse_without(reason)
    _fill(row, said)
    _save(row)
    _record(row, "revenue.object.changed", by=by, at=at, reason=reason)
    return row


@transaction.atomic
def transfer(
    *, obj: TaxObject, to: Taxpayer, deed: Deed, by: Account, at: datetime
) -> TaxObject:
    """Another taxpayer holds it from a day on. Bills that were issued stay with whom
    they were issued to.
    """
    row = _locked(obj)
    if row.taxpayer_id == to.pk or to.region_id != row.region_id:
        raise ObjectRefused(
            _("Nothing was handed over."),
            why=_("This taxpayer holds the object already, or is of another region."),
            next=_("Choose the new holder by number."),
        )
    _refuse_merged(to)
    last = row.holdings.order_by("-begins_on", "-pk").first()
    if last is not None and deed.on < last.begins_on:
        raise ObjectRefused(
            _("Nothing was handed over."),
            why=_("The day lies before the one from which the present holder has it."),
            next=_("Check the day of the deed."),
        )
    row.taxpayer = to
    row.save(update_fields=["taxpayer"])
    _hold(row, to, deed, by=by, at=at)
    _record(row, "revenue.object.transferred", by=by, at=at, reason=deed.basis)
    return row


@dataclass(frozen=True)
class Part:
    """What is taken off an object: its own number, its area, its holder."""

    number: str
    taxpayer: Taxpayer
    land_m2: int
    building_m2: int = 0
    address: str = ""


@transaction.atomic
def split(
    *, obj: TaxObject, part: Part, deed: Deed, by: Account, at: datetime
) -> TaxObject:
    """Take land off an object (mutation): a new object with its own NOP, and the trace
    from one to the other. The areas together stay what they were.
    """
    row = _locked(obj)
    _refuse_part(row, part)
    said = Described(
        tax=row.tax,
        number=part.number,
        address=part.address or row.address,
        place=row.place,
        land_m2=part.land_m2,
        building_m2=part.building_m2,
        land_class=row.land_class,
        building_class=row.building_class if part.building_m2 else "",
        use=row.use,
        latitude=row.latitude,
        longitude=row.longitude,
        illustrative=row.illustrative,
    )
    new = enter_object(taxpayer=part.taxpayer, said=said, deed=deed, by=by, at=at)
    row.land_m2 -= part.land_m2
    row.building_m2 -= part.building_m2
    row.save(update_fields=["land_m2", "building_m2"])
    ObjectLineage.objects.create(
        region=row.region,
        older=row,
        newer=new,
        land_m2=part.land_m2,
        building_m2=part.building_m2,
        on=deed.on,
        basis=deed.basis,
        recorded_at=at,
        recorded_by=by,
    )
    _record(
        row,
        "revenue.object.split",
        by=by,
        at=at,
        reason=deed.basis,
        details={"into": new.number, "land_m2": part.land_m2},
    )
    return new


def _refuse_part(row: TaxObject, part: Part) -> None:
    why: Words = ""
    if row.tax != PBB:
        why = _("Only land can be split.")
    elif not 0 < part.land_m2 < row.land_m2:
        why = _("The part must be smaller than the land there is.")
    elif not 0 <= part.building_m2 <= row.building_m2:
        why = _("There is not so much building on it.")
    if why:
        raise ObjectRefused(
            _("The land was not split."), why=why, next=_("Check the areas.")
        )


@transaction.atomic
def set_state(
    *, obj: TaxObject, state: ObjectState, reason: str, by: Account, at: datetime
) -> TaxObject:
    """Billed, not taxed (with the article), or closed for good reason."""
    row = _locked(obj)
    _refuse_without(reason)
    row.state = state
    row.exempt_reason = reason.strip()[:200] if state == ObjectState.EXEMPT else ""
    row.save(update_fields=["state", "exempt_reason"])
    _record(row, f"revenue.object.{_STATE_VERBS[state]}", by=by, at=at, reason=reason)
    return row


_STATE_VERBS = {
    ObjectState.ACTIVE: "reopened",
    ObjectState.EXEMPT: "exempted",
    ObjectState.CLOSED: "closed",
}


@transaction.atomic
def map_place(
    *, region: Region, prefix: str, place: Region, by: Account | None, at: datetime
) -> NopPlace:
    """Write down which village the first ten digits of NOPs mean; its objects follow."""
    digits = re.sub(r"[\s.\-]", "", prefix)
    if not re.fullmatch(r"\d{10}", digits):
        raise ObjectRefused(
            _("The mapping was not saved."),
            why=_("It takes the first ten digits of a NOP."),
            next=_("Write them like 62.02.060.001."),
        )
    if not place.code.startswith(f"{region.code}."):
        raise ObjectRefused(
            _("The mapping was not saved."),
            why=_("This village is not in this region."),
            next=_("Choose a village of the region."),
        )
    row, _new = NopPlace.objects.update_or_create(
        region=region, prefix=digits, defaults={"place": place}
    )
    TaxObject.objects.filter(region=region, tax=PBB, number__startswith=digits).exclude(
        place=place
    ).update(place=place)
    audit.record(
        by=by,
        at=at,
        verb="revenue.place.mapped",
        subject=row,
        region=region.code,
        details={"prefix": digits, "place": place.code},
    )
    return row


def place_of(region: Region, nop: str) -> Region | None:
    """The village of a NOP by the mapping; None where nobody wrote it down."""
    row = (
        NopPlace.objects.filter(region=region, prefix=nop[:10])
        .select_related("place")
        .first()
    )
    return row.place if row else None


# Writing


def _number(region: Region, said: Described) -> str:
    if said.tax not in TAXES:
        raise ObjectRefused(_("There is no such tax."), next=_("Choose a tax."))
    if said.tax == PBB:
        return read_nop(said.number)
    return " ".join(said.number.split()) or next_number(region, said.tax)


def next_number(region: Region, tax: str) -> str:
    """The tax's code and five digits, one higher than the highest of that form."""
    head = tax.upper()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('revenue.object'), hashtext(%s))",
            [f"{region.code} {tax}"],
        )
        cursor.execute(
            "SELECT coalesce(max(substr(number, %s)::bigint), 0) FROM revenue_taxobject"
            " WHERE region_id = %s AND tax = %s AND number ~ %s",
            [len(head) + 2, region.code, tax, rf"^{head}-\d{{5,9}}$"],
        )
        return f"{head}-{cursor.fetchone()[0] + 1:05d}"


def _fill(row: TaxObject, said: Described) -> None:
    for size in (said.land_m2, said.building_m2):
        if not 0 <= size <= MOST_M2:
            raise ObjectRefused(
                _("The object was not saved."),
                why=_("An area lies outside of what can be."),
                next=_("Check the areas; they are square metres."),
            )
    row.name = " ".join(said.name.split())
    row.address = " ".join(said.address.split())
    row.place = (
        place_of(row.region, row.number) if row.tax == PBB else None
    ) or said.place
    row.land_m2, row.building_m2 = said.land_m2, said.building_m2
    row.land_class = said.land_class.strip().upper()
    row.building_class = said.building_class.strip().upper()
    row.use = said.use
    row.facts = dict(said.facts)
    both = said.latitude is not None and said.longitude is not None
    row.latitude = said.latitude if both else None
    row.longitude = said.longitude if both else None
    row.illustrative = said.illustrative


def _save(row: TaxObject) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ObjectRefused(
            _("The object was not saved."),
            why=_("An object of this tax has this number already."),
            next=_("Look for the number in the register."),
        ) from error


def _hold(
    row: TaxObject,
    taxpayer: Taxpayer,
    deed: Deed,
    *,
    by: Account | None,
    at: datetime,
) -> None:
    if not deed.basis.strip():
        raise ObjectRefused(
            _("The object was not saved."),
            why=_("By what paper the taxpayer holds it is missing."),
            next=_("Name the deed, the letter or the form, with its number."),
        )
    Holding.objects.create(
        region=row.region,
        object=row,
        taxpayer=taxpayer,
        begins_on=deed.on,
        basis=" ".join(deed.basis.split())[:200],
        recorded_at=at,
        recorded_by=by,
    )


def _refuse_merged(taxpayer: Taxpayer) -> None:
    if taxpayer.merged_into_id is not None:
        raise ObjectRefused(
            _("This taxpayer was merged into another one."),
            next=_("Choose the entry that stays."),
        )


def _refuse_without(reason: str) -> None:
    if not reason.strip():
        raise ObjectRefused(
            _("Nothing was changed."),
            why=_("The history says why something was changed."),
            next=_("Give a reason, such as the letter that asked for it."),
        )


def _locked(obj: TaxObject) -> TaxObject:
    return (
        TaxObject.objects.select_for_update(of=("self",))
        .select_related("region", "place")
        .get(pk=obj.pk)
    )


def _record(
    row: TaxObject,
    verb: str,
    *,
    by: Account | None,
    at: datetime,
    reason: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        reason=reason,
        details={"tax": row.tax, "number": row.number, **(details or {})},
    )
