"""The verbs of the council: form one, record what it decided."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.council.models import Council, Decision
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.refusal import Refusal
from habaring.shared.uploads import AcceptedFile, keep


class DecisionRefused(Refusal):
    """The decision cannot be recorded as it stands."""


class CouncilRefused(Refusal):
    """The council cannot be recorded as it stands."""


@dataclass(frozen=True)
class Body:
    """A council as it is recorded: its name and the decree that formed it."""

    name: str
    decree_number: str = ""
    decree_on: date | None = None
    illustrative: bool = False


@dataclass(frozen=True)
class Ruling:
    """What was decided: number, day, title, reason, and the signed paper.

    `paper` is kept with the decision, or not at all; its hash and name are recorded.
    """

    number: str
    decided_on: date
    title: str
    reason: str
    paper: AcceptedFile | None = None
    illustrative: bool = False


@transaction.atomic
def record_council(
    *, region: Region, body: Body, by: Account | None, at: datetime
) -> Council:
    """Record a council of a region.

    Raises CouncilRefused when the region has one of that name, when the name is empty
    or when the decree lies in the future.
    """
    name = " ".join(body.name.split())
    if not name:
        raise CouncilRefused(_("The council needs a name."), next=_("Write its name."))
    _refuse_future(body.decree_on, at=at, kind=CouncilRefused)
    if Council.objects.filter(region=region, name=name).exists():
        raise CouncilRefused(
            format_lazy(
                _("This region has a council called “{name}” already."), name=name
            ),
            next=_("Choose it from the list, or give this one another name."),
        )
    council = Council.objects.create(
        region=region,
        name=name,
        decree_number=body.decree_number.strip(),
        decree_on=body.decree_on,
        illustrative=body.illustrative,
    )
    audit.record(
        by=by,
        at=at,
        verb="council.council.recorded",
        subject=council,
        region=region.code,
    )
    return council


@transaction.atomic
def record_decision(
    *,
    region: Region,
    council: Council,
    ruling: Ruling,
    by: Account | None,
    at: datetime,
) -> Decision:
    """Append a decision; it is never edited afterwards: a later one can overrule it.

    Raises DecisionRefused when the council is of another region, a field is empty, the
    number is used already or the day lies in the future.
    """
    _refuse_incomplete(region, council, ruling)
    _refuse_future(ruling.decided_on, at=at, kind=DecisionRefused)
    number = ruling.number.strip()
    if Decision.objects.filter(region=region, number=number).exists():
        raise DecisionRefused(
            format_lazy(
                _("There is a decision with the number {number} already."),
                number=number,
            ),
            why=_(
                "Decisions are never changed, and each number stands for one of them."
            ),
            next=_("Look it up in the list of decisions, or mend the number."),
        )
    decision = Decision.objects.create(
        region=region,
        council=council,
        number=number,
        decided_on=ruling.decided_on,
        title=ruling.title.strip(),
        reason=ruling.reason.strip(),
        document_sha256=ruling.paper.sha256 if ruling.paper else "",
        document_name=ruling.paper.name if ruling.paper else "",
        recorded_by=by,
        recorded_at=at,
        illustrative=ruling.illustrative,
    )
    audit.record(
        by=by,
        at=at,
        verb="council.decision.recorded",
        subject=decision,
        region=region.code,
        reason=decision.reason,
        details={"number": number, "document": decision.document_sha256},
    )
    if ruling.paper is not None:
        keep(ruling.paper)
    return decision


def _refuse_incomplete(region: Region, council: Council, ruling: Ruling) -> None:
    if council.region_id != region.pk:
        raise DecisionRefused(
            _("This council belongs to another region."),
            next=_("Choose a council of this region, or record one first."),
        )
    if not (ruling.number.strip() and ruling.title.strip() and ruling.reason.strip()):
        raise DecisionRefused(
            _("The decision is not complete."),
            why=_("The number, the title and the reason are read by the public."),
            next=_("Fill all three in."),
        )


def _refuse_future(day: date | None, *, at: datetime, kind: type[Refusal]) -> None:
    if day is not None and day > localdate(at):
        raise kind(
            _("The day lies in the future."),
            why=_("Only what has happened is recorded."),
            next=_("Mend the day, or come back when it has been decided."),
        )
