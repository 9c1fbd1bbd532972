"""What keeps an assessor from a region: found at each step, told as a reason.

Grounds come from four places: the same province; roles that the person holds or held in
the region (a mentor's too); rows of `ConflictGround`, declared or recorded; and finders
that a domain above registers in a module `conflicts.py` of its own:

    def _mentored(account: Account, region: Region, on: date) -> Iterator[Ground]: …

    register(_mentored)
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeAlias

from django.db.models import Q
from django.utils.module_loading import autodiscover_modules
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.evaluation import words
from habaring.evaluation.models import Assessor, ConflictGround
from habaring.people.models import Account, Membership
from habaring.regions.models import Region
from habaring.shared.refusal import Refusal, Words

ASSESSOR = "assessor"


@dataclass(frozen=True)
class Ground:
    """One tie: its kind ("province" or one of `words.GROUND_KINDS`) and it in words."""

    kind: str
    said: Words


Finder: TypeAlias = Callable[[Account, Region, date], Iterable[Ground]]
_finders: list[Finder] = []


class Conflicted(Refusal):
    """Somebody who is tied to a region does not assess it; `grounds` are the ties."""

    def __init__(self, grounds: Iterable[Ground]) -> None:
        self.grounds = tuple(grounds)
        super().__init__(
            _("This person cannot assess this region."),
            format_lazy(
                " ".join("{}" for _one in self.grounds),
                *(one.said for one in self.grounds),
            ),
            _("Choose an assessor without a tie to the region."),
        )


def register(finder: Finder) -> None:
    """Have grounds found by a domain above."""
    if finder not in _finders:
        _finders.append(finder)


@cache
def _discover() -> None:
    autodiscover_modules("conflicts")


def grounds(account: Account, region: Region, *, on: date) -> list[Ground]:
    """Every tie between a person and a region on a day."""
    _discover()
    found = [
        *_province(account, region),
        *_roles(account, region),
        *_rows(account, region, on),
    ]
    for finder in _finders:
        found += finder(account, region, on)
    return list({one.kind: one for one in found}.values())


def refuse(account: Account, region: Region, *, on: date) -> None:
    """Raise Conflicted where there is any tie."""
    if found := grounds(account, region, on=on):
        raise Conflicted(found)


def _province(account: Account, region: Region) -> Iterator[Ground]:
    home = (
        Assessor.objects.filter(account=account)
        .values_list("home_id", flat=True)
        .first()
    )
    if home and home.split(".")[0] == region.code.split(".")[0]:
        yield Ground("province", _("They live or work in the same province."))


def _roles(account: Account, region: Region) -> Iterator[Ground]:
    """A role in the region, in one below it or in its province, now or before."""
    above = region.code.split(".")[0]
    rows = Membership.objects.filter(
        Q(region=region.code)
        | Q(region=above)
        | Q(region__code__startswith=f"{region.code}."),
        account=account,
    ).exclude(role=ASSESSOR)
    held = set(rows.values_list("role_id", flat=True))
    if "mentor" in held:
        yield Ground("mentor", _("They were a mentor of this region."))
    if held - {"mentor"}:
        yield Ground("work", _("They hold or held a role in this region."))


_SAID = {
    "mentor": _("They were a mentor of this region."),
    "work": _("They work or worked for this region."),
    "family": _("They have family in the leadership of this region."),
    "business": _("They do business with this region."),
    "other": _("They have another tie to this region."),
}


def _rows(account: Account, region: Region, on: date) -> Iterator[Ground]:
    rows = ConflictGround.objects.filter(account=account, region=region).filter(
        Q(until__isnull=True) | Q(until__gte=on)
    )
    for kind in rows.order_by("kind").values_list("kind", flat=True).distinct():
        yield Ground(kind, _SAID[kind])


assert set(_SAID) == set(words.GROUND_KINDS)  # noqa: S101 - each kind has its sentence
