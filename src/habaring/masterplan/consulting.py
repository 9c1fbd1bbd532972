"""Answers about consultations: what is open, what was said, what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from habaring.masterplan.models import Consultation, Disposition, Remark, Seen
from habaring.participation.moderation import rule_name
from habaring.regions.models import Region
from habaring.shared import walls
from habaring.shared.refusal import Words


def state_of(row: Consultation, at: datetime) -> str:
    """planned, open, answering (the period is over), ended or withdrawn."""
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row.ended_at is not None:
        return "ended"
    if at < row.opens_at:
        return "planned"
    return "open" if at < row.closes_at else "answering"


@dataclass(frozen=True)
class Counts:
    """The remarks of a consultation by what became of them."""

    held: int
    shown: int
    hidden: int
    withdrawn: int
    accepted: int
    partly: int
    declined: int

    @property
    def answered(self) -> int:
        return self.accepted + self.partly + self.declined

    @property
    def waiting(self) -> int:
        """What must be answered or moderated before the consultation can end."""
        return self.held + self.shown - self.answered


def counts(row: Consultation) -> Counts:
    """One query; the region must be open to count what the public does not see."""
    shown = Q(seen=Seen.SHOWN)
    found = Remark.objects.filter(consultation=row).aggregate(
        held=Count("pk", filter=Q(seen=Seen.HELD)),
        shown=Count("pk", filter=shown),
        hidden=Count("pk", filter=Q(seen=Seen.HIDDEN)),
        withdrawn=Count("pk", filter=Q(seen=Seen.WITHDRAWN)),
        **{
            word: Count("pk", filter=shown & Q(disposition=word))
            for word in Disposition.values
        },
    )
    return Counts(**found)


def shown(row: Consultation) -> Mapping[int, list[Remark]]:
    """Section → the remarks that everybody sees, oldest first."""
    found: dict[int, list[Remark]] = {}
    rows = Remark.objects.filter(consultation=row, seen=Seen.SHOWN)
    for one in rows.order_by("number"):
        found.setdefault(one.section_id, []).append(one)
    return found


@dataclass(frozen=True)
class Told:
    """One remark in the public table: what was hidden keeps its place and its reason."""

    number: int
    section: str
    name: str
    text: str
    outcome: Words
    tone: str
    reason: str
    illustrative: bool


_TONES = {"accepted": "good", "partly": "info", "declined": "warn"}


def told(row: Consultation) -> list[Told]:
    """Every remark with its disposition. Texts that were hidden or taken back stay out."""
    with walls.also(row.region_id):
        rows = list(
            Remark.objects.filter(consultation=row)
            .exclude(seen=Seen.HELD)
            .select_related("section")
            .defer("author")
            .order_by("number")
        )
    return [_told(one) for one in rows]


def _told(one: Remark) -> Told:
    if one.seen == Seen.WITHDRAWN:
        outcome, reason, text, tone = _("Taken back by its author"), "", "", ""
    elif one.seen == Seen.HIDDEN:
        outcome, text, tone = _("Hidden by a moderator"), "", "warn"
        reason = f"{rule_name(one.rule)}: {one.rule_reason}"
    else:
        text, reason = one.text, one.reason
        tone = _TONES.get(one.disposition, "")
        outcome = (
            str(Disposition(one.disposition).label)
            if one.disposition
            else _("Not answered yet")
        )
    return Told(
        number=one.number,
        section=one.section.heading,
        name=one.author_name if text else "",
        text=text,
        outcome=outcome,
        tone=tone,
        reason=reason,
        illustrative=one.illustrative,
    )


def page_of(row: Consultation, at: datetime) -> dict[str, object]:
    """What the page of a draft shows, to the public or to the office before it opens."""
    said = shown(row)
    return {
        "region": row.region,
        "row": row,
        "state": state_of(row, at),
        "sections": [
            (section, {"blocks": section.blocks}, said.get(section.pk, []))
            for section in row.sections.all()
        ],
        "count": sum(map(len, said.values())),
    }


def ended(region: Region) -> Consultation | None:
    """The consultation that ended last."""
    rows = Consultation.objects.filter(region=region, ended_at__isnull=False)
    return rows.order_by("-ended_at").first()


def public_list(region: Region, at: datetime) -> QuerySet[Consultation]:
    """Those that have opened, newest first."""
    return Consultation.objects.filter(
        region=region, opens_at__lte=at, withdrawn_at=None
    )


def queue(row: Consultation, heap: str, words: str = "") -> QuerySet[Remark]:
    """Remarks for the officer: held, waiting, answered, or all."""
    rows = Remark.objects.filter(consultation=row).select_related(
        "section", "disposed_by"
    )
    if heap == "held":
        rows = rows.filter(seen=Seen.HELD)
    elif heap == "waiting":
        rows = rows.filter(seen=Seen.SHOWN, disposition="")
    elif heap == "answered":
        rows = rows.exclude(disposition="")
    if words:
        rows = rows.filter(text__icontains=words)
    return rows.order_by("number")
