"""The verbs of the ministry about assessors, and of ties that keep them away."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.evaluation import words
from habaring.evaluation.models import Assessor, ConflictGround
from habaring.evaluation.rules import ReadingRefused
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit


@dataclass(frozen=True)
class Profile:
    """Who an assessor is: where they live or work, and for whom."""

    home: Region
    institution: str
    expertise: str = ""
    active: bool = True
    illustrative: bool = False


@transaction.atomic
def record_assessor(
    *, by: Account | None, at: datetime, account: Account, profile: Profile
) -> Assessor:
    """Put somebody on the list of assessors, or change what is known of them."""
    institution = " ".join(profile.institution.split())
    if not institution:
        raise ReadingRefused(
            _("An assessor needs an institution."),
            next=_("Write the university or office that they come from."),
        )
    row, _new = Assessor.objects.update_or_create(
        account=account,
        defaults={
            "home": profile.home,
            "institution": institution[:200],
            "expertise": profile.expertise.strip()[:200],
            "active": profile.active,
            "illustrative": profile.illustrative,
        },
        create_defaults={
            "home": profile.home,
            "institution": institution[:200],
            "expertise": profile.expertise.strip()[:200],
            "active": profile.active,
            "illustrative": profile.illustrative,
            "added_at": at,
            "added_by": by,
        },
    )
    audit.record(
        by=by,
        at=at,
        verb="evaluation.assessor.recorded",
        subject=row,
        details={"home": profile.home.code, "active": profile.active},
    )
    return row


@transaction.atomic
def record_ground(  # noqa: PLR0913 - whose tie, to what, of what kind
    *,
    by: Account | None,
    at: datetime,
    account: Account,
    region: Region,
    kind: str,
    note: str = "",
    source: str = "ministry",
    since: date | None = None,
    until: date | None = None,
) -> ConflictGround:
    """Record a tie between a person and a region; the same one again changes nothing.

    Domains above call it too ("guidance", when somebody becomes a mentor).
    """
    if kind not in words.GROUND_KINDS:
        raise ReadingRefused(_("This kind of tie is not known."))
    if since and until and until < since:
        raise ReadingRefused(_("The last day lies before the first."))
    row, new = ConflictGround.objects.get_or_create(
        account=account,
        region=region,
        kind=kind,
        until=until,
        defaults={
            "note": note.strip()[:300],
            "since": since,
            "source": source,
            "recorded_at": at,
            "recorded_by": by,
        },
    )
    if new:
        audit.record(
            by=by,
            at=at,
            verb="evaluation.conflict.recorded",
            subject=row,
            details={"kind": kind, "source": source},
        )
    return row
