"""What each act of a citizen needs: nothing, a code, or an entry of a register.

The domain that owns an act declares it once, with the reason; the view that does it
passes through `require`:

    VOTE = acts.register(Act("participation.vote", _("Vote"), Need.REGISTER,
        reason=_("Each voter votes once."), purpose=RegisterPurpose.ELECTORATE))

    person = acts.require(request.user, VOTE, at=now(), region=region)

A refusal says what to do next and where: `Refusal.address` is that page.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from habaring.people.access import NotAllowed, SignInNeeded
from habaring.people.entitled.models import RegisterEntry
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import walls
from habaring.shared.refusal import Words


class Need(StrEnum):
    """What somebody must have shown before an act."""

    NOTHING = "nothing"  # anybody, signed in or not
    CODE = "code"  # an account that is reached: by a code, or by an invitation
    REGISTER = "register"  # and an entry of a register of the region


@dataclass(frozen=True)
class Act:
    """Something a citizen does. `purpose` names the register that REGISTER asks for
    (a RegisterPurpose; empty: any). `reason` is shown to whoever is stopped.
    """

    code: str
    name: Words
    need: Need
    reason: Words
    purpose: str = ""


class CodeNeeded(SignInNeeded):
    """Nobody is signed in; a code is enough."""

    label = _("Get a code")

    @property
    def address(self) -> str:
        """The page that sends a code."""
        return reverse("people:code-ask")


class EntryNeeded(NotAllowed):
    """The person has not shown that they stand in the region's register."""

    label = _("Find yourself in the register")

    def __init__(self, *, act: Act, region: Region) -> None:
        super().__init__(
            what=_("For this you must stand in the register of this region."),
            why=act.reason,
            next=_("Show once that you do, with your identity number and your name."),
        )
        query = urlencode({"untuk": act.purpose} if act.purpose else {})
        self.address = reverse("people:entry", args=[region.code]) + (
            f"?{query}" if query else ""
        )


_acts: dict[str, Act] = {}


def register(act: Act) -> Act:
    """Make an act known; ValueError where two share a code, or one gives no reason."""
    if not act.reason:
        raise ValueError(f"{act.code!r} gives no reason.")
    if _acts.setdefault(act.code, act) != act:
        raise ValueError(f"Two acts are called {act.code!r}.")
    return act


def acts() -> list[Act]:
    """Every registered act, in the order of their codes."""
    return [_acts[code] for code in sorted(_acts)]


def entry_of(
    account: Account, *, region: Region, purpose: str = ""
) -> RegisterEntry | None:
    """The person's verified entry in a register of the region that is in use.

    Opens the person's own rows for the rest of the transaction.
    """
    walls.open_person(account.pk)
    found = RegisterEntry.objects.filter(
        account=account,
        region=region,
        verified_at__isnull=False,
        register__used_from__isnull=False,
        register__withdrawn_at__isnull=True,
    ).select_related("register")
    if purpose:
        found = found.filter(register__purpose=purpose)
    return found.order_by("-register__used_from").first()


def require(account: Any, act: Act, *, at: datetime, region: Region) -> Account | None:
    """Let the person through, or refuse with what to do next.

    Gives the account, or None where an act needs nothing and nobody is signed in.
    Raises CodeNeeded, EntryNeeded. Opens the person's own rows (`shared.walls`), never
    the region's: a citizen is no officer.
    """
    known = account if isinstance(account, Account) and account.is_active else None
    if known is None:
        if act.need is Need.NOTHING:
            return None
        raise CodeNeeded(
            what=_("For this you need to say who you are."),
            why=act.reason,
            next=_("We send a code to your telephone or mailbox; no password needed."),
        )
    if connection.in_atomic_block:
        walls.open_person(known.pk)
    if act.need is Need.REGISTER:
        entry = entry_of(known, region=region, purpose=act.purpose)
        if entry is None:
            raise EntryNeeded(act=act, region=region)
    return known
