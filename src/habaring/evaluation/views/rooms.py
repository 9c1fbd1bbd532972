"""What every page here does: let in, show a form, come back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _

from habaring.evaluation.models import Entry, Round
from habaring.people import access, second_step
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import form_pages, walls
from habaring.shared.form_pages import Sheet


@dataclass(frozen=True)
class Room:
    """Who stands in which region, and what they may do there."""

    region: Region
    officer: Account
    may: frozenset[Power]


def enter(request: HttpRequest, code: str, power: Power) -> Room:
    """Let in who holds the power in the region; its rows are open then."""
    region = get_object_or_404(Region.objects.select_related("parent"), code=code)
    at = now()
    officer = access.require(request.user, power, at=at, region=region)
    return Room(region, officer, access.powers(officer, at=at, region=region))


def office(request: HttpRequest) -> Account:
    """Let in the ministry's programme office; the rows of all regions are open then."""
    officer = access.require(request.user, Power.RUN_COHORTS, at=now())
    walls.open_everywhere()
    return officer


def oneself(request: HttpRequest) -> Account:
    """Let in who works here; nothing but their own rows is open then."""
    account, at = request.user, now()
    if not isinstance(account, Account):
        raise access.SignInNeeded(
            _("You need to sign in for this."),
            _("Readings are their assessor's alone."),
            _("Sign in with the account that the ministry knows."),
        )
    if not account.passed_second_step and second_step.asked_of(account, at=at):
        raise second_step.SecondStepNeeded
    walls.open_person(account.pk)
    return account


def entry_of(code: str, entry: int) -> Entry:
    """An entry of a region, or 404."""
    rows = Entry.objects.select_related("round__instrument", "region")
    return get_object_or_404(rows, pk=entry, region=code)


def round_of(key: int) -> Round:
    """A round, or 404."""
    return get_object_or_404(Round.objects.select_related("instrument"), pk=key)


def form_page(
    request: HttpRequest,
    form: Any,
    sheet: Sheet,
    save: Callable[[], HttpResponse],
    *,
    region: Region | None = None,
) -> HttpResponse:
    """A page with one form of this domain."""
    return form_pages.form_page(request, form, sheet, save, region=region)
