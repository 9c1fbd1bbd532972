"""What proposing, following and supporting ask of a person (`people.acts`)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.participation.models import Call, TakesPart
from habaring.people import access, acts
from habaring.people.access import Power
from habaring.people.acts import Act, EntryNeeded, Need
from habaring.people.entitled.models import RegisterEntry
from habaring.people.models import Account
from habaring.regions.models import Region

PROPOSE = acts.register(
    Act(
        "participation.propose",
        _("Propose something"),
        Need.CODE,
        reason=_("So that you hear what becomes of your proposal."),
    )
)
PROPOSE_REGISTERED = acts.register(
    Act(
        "participation.propose_registered",
        _("Propose something where only people of a register do"),
        Need.REGISTER,
        reason=_("This call asks the people who live or belong there."),
    )
)
SUPPORT = acts.register(
    Act(
        "participation.support",
        _("Support a proposal"),
        Need.CODE,
        reason=_("So that everybody counts once."),
    )
)
FOLLOW = acts.register(
    Act(
        "participation.follow",
        _("Follow a proposal"),
        Need.CODE,
        reason=_("So that we know where to write to you, and to nobody else."),
    )
)


def require_proposer(account: Any, call: Call, *, at: datetime) -> Account:
    """Let through who may propose in a call; raises as `acts.require` and
    `access.require` do.
    """
    region = call.region
    if call.proposes == TakesPart.OFFICERS:
        return access.require(account, Power.ENTER_PROPOSALS, at=at, region=region)
    if call.proposes == TakesPart.CODE:
        return known(account, PROPOSE, at=at, region=region)
    person = known(account, PROPOSE_REGISTERED, at=at, region=region)
    entered = RegisterEntry.objects.filter(
        account=person, register=call.register_id, verified_at__isnull=False
    )
    if not entered.exists():
        raise EntryNeeded(act=PROPOSE_REGISTERED, region=region)
    return person


def known(account: Any, act: Act, *, at: datetime, region: Region) -> Account:
    """Let through whoever is known by a code; for acts that need one."""
    person = acts.require(account, act, at=at, region=region)
    if person is None:
        raise TypeError(f"{act.code} lets anybody through.")
    return person
