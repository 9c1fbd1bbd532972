"""The verbs of the vault: put, mend, link, judge, withdraw, carry on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.evidence import words
from habaring.evidence.models import Evidence, Link, Verdict
from habaring.people.access import EVERYWHERE, Extent
from habaring.people.models import Account
from habaring.posts.models import Post
from habaring.regions.models import Department, Region
from habaring.shared import audit
from habaring.shared.refusal import Refusal
from habaring.shared.uploads import AcceptedFile, keep

FIRST_YEAR = 2000


class EvidenceRefused(Refusal):
    """Evidence that cannot be put, mended, linked or withdrawn."""


class VerdictRefused(Refusal):
    """A verdict that cannot stand."""


@dataclass(frozen=True)
class Details:
    """What is known of a file beside its kind and title.

    `year` None: that of the day on which it is put. `owner` is the post that keeps it.
    """

    year: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    department: Department | None = None
    owner: Post | None = None
    confidential: bool = False
    note: str = ""
    illustrative: bool = False


@dataclass(frozen=True)
class Carried:
    """What came of taking evidence over into a new year: how many links, and what stays."""

    links: int
    left: tuple[Evidence, ...]


@transaction.atomic
def put(  # noqa: PLR0913 - what a file is belongs together
    *,
    by: Account | None,
    at: datetime,
    region: Region,
    upload: AcceptedFile,
    kind: str,
    title: str,
    details: Details = Details(),
    within: Extent = EVERYWHERE,
) -> Evidence:
    """Put a file into the vault of a region.

    The same bytes may be put again for something else: `queries.twins` shows it, nothing
    is refused. Raises EvidenceRefused without a title or kind, with days that run
    backwards, a year out of reach, or a department that is not the person's (`within`).
    """
    check(region, kind, title, details, at=at, within=within)
    row = Evidence(
        region=region,
        sha256=upload.sha256,
        path=keep(upload),
        name=upload.name,
        media_type=upload.media_type,
        size=upload.size,
        put_at=at,
        put_by=by,
    )
    _write(row, kind, title, details, at=at)
    row.save()
    _told(row, "put", by=by, at=at, details={"sha256": row.sha256, "kind": kind})
    return row


@transaction.atomic
def mend(  # noqa: PLR0913 - as `put`
    *,
    by: Account,
    at: datetime,
    evidence: Evidence,
    kind: str,
    title: str,
    details: Details,
    within: Extent = EVERYWHERE,
) -> Evidence:
    """Correct what is known of a file; the file itself never changes.

    A verdict that was given before stands no longer: somebody has to look again. Raises
    EvidenceRefused as `put` does, and where it was withdrawn.
    """
    row = _kept(evidence)
    _refuse_outside(within, row.department_id)
    check(row.region, kind, title, details, at=at, within=within)
    _write(row, kind, title, details, at=at)
    row.verdict = words.WAITING
    row.save()
    _told(row, "mended", by=by, at=at)
    return row


@transaction.atomic
def withdraw(
    *,
    by: Account,
    at: datetime,
    evidence: Evidence,
    reason: str,
    within: Extent = EVERYWHERE,
) -> Evidence:
    """Take a file out of use, with a reason; it proves nothing any more, and stays."""
    row = _kept(evidence)
    _refuse_outside(within, row.department_id)
    said = reason.strip()
    if not said:
        raise EvidenceRefused(
            _("Evidence is withdrawn with a reason."),
            next=_("Write why it should not be used any more."),
        )
    row.withdrawn_at, row.withdrawn_reason = at, said[:300]
    row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    _told(row, "withdrawn", by=by, at=at, reason=said)
    return row


@transaction.atomic
def bring_back(
    *, by: Account, at: datetime, evidence: Evidence, within: Extent = EVERYWHERE
) -> Evidence:
    """Undo a withdrawal."""
    row = Evidence.objects.select_for_update().get(pk=evidence.pk)
    _refuse_outside(within, row.department_id)
    if row.withdrawn_at is None:
        raise EvidenceRefused(_("This evidence is in use."))
    row.withdrawn_at, row.withdrawn_reason = None, ""
    row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    _told(row, "brought_back", by=by, at=at)
    return row


@transaction.atomic
def link(
    *,
    by: Account | None,
    at: datetime,
    evidence: Evidence,
    thing: str,
    key: str,
    label: str = "",
) -> Link:
    """Say what a piece of evidence proves: once; a second time gives the same row.

    Raises EvidenceRefused when it was withdrawn or has run out on that day.
    """
    row = _kept(evidence)
    if row.runs_out(localdate(at)):
        raise EvidenceRefused(
            _("This evidence has run out."),
            format_lazy(_("It was valid until {day}."), day=row.valid_until),
            _("Put the document that took its place into the vault."),
        )
    made, new = Link.objects.get_or_create(
        region=row.region,
        evidence=row,
        thing=thing,
        key=key,
        ended_at=None,
        defaults={"label": label[:300], "linked_at": at, "linked_by": by},
    )
    if new:
        _told(row, "linked", by=by, at=at, details={"thing": thing, "key": key})
    return made


@transaction.atomic
def unlink(*, by: Account, at: datetime, link: Link) -> None:
    """Say that a piece of evidence does not prove this after all; the row stays."""
    row = Link.objects.select_for_update().get(pk=link.pk)
    if row.ended_at is not None:
        return
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    told = {"thing": row.thing, "key": row.key}
    _told(row.evidence, "unlinked", by=by, at=at, details=told)


@transaction.atomic
def judge(
    *, by: Account | None, at: datetime, evidence: Evidence, valid: bool, reason: str
) -> Verdict:
    """Say whether a piece of evidence is valid, and why; a later verdict replaces it.

    Raises VerdictRefused without a reason, for one's own evidence, and for evidence that
    was withdrawn or has run out.
    """
    row = _kept(evidence)
    said = reason.strip()
    if not said:
        raise VerdictRefused(
            _("A verdict needs a reason."),
            next=_("Write what you saw in the document that makes it valid or not."),
        )
    if by is not None and row.put_by_id == by.pk:
        raise VerdictRefused(
            _("You put this evidence into the vault yourself."),
            _("Another person judges it, so that two have looked."),
            _("Ask a colleague who may judge evidence."),
        )
    if valid and row.runs_out(localdate(at)):
        raise VerdictRefused(
            _("What has run out cannot be judged valid."),
            next=_("Ask for the document that is in force."),
        )
    made = Verdict.objects.create(
        region=row.region, evidence=row, valid=valid, reason=said, at=at, by=by
    )
    row.verdict = words.VALID if valid else words.REFUSED
    row.save(update_fields=["verdict"])
    _told(row, "judged", by=by, at=at, details={"valid": valid})
    return made


@transaction.atomic
def carry(
    *,
    by: Account | None,
    at: datetime,
    region: Region,
    thing: str,
    keys: Mapping[str, str],
    label: str = "",
) -> Carried:
    """Begin a year from the verdicts of the last: link what still holds to the new keys.

    `keys` gives for each old key the new one. Evidence that was refused, withdrawn or has
    run out is left behind and returned, so that somebody looks for a better one.
    """
    today = localdate(at)
    rows = Link.objects.filter(
        region=region, thing=thing, key__in=keys, ended_at=None
    ).select_related("evidence")
    left: dict[int, Evidence] = {}
    made = 0
    for old in rows:
        row = old.evidence
        if row.withdrawn_at or row.runs_out(today) or row.verdict == words.REFUSED:
            left[row.pk] = row
            continue
        _link, new = Link.objects.get_or_create(
            region=region,
            evidence=row,
            thing=thing,
            key=keys[old.key],
            ended_at=None,
            defaults={
                "label": old.label or label,
                "carried": True,
                "linked_at": at,
                "linked_by": by,
            },
        )
        made += new
    if made:
        audit.record(
            by=by,
            at=at,
            verb="evidence.links.carried",
            subject=region,
            region=region.code,
            details={"thing": thing, "links": made, "left": len(left)},
        )
    return Carried(made, tuple(left.values()))


def _told(
    row: Evidence,
    deed: str,
    *,
    by: Account | None,
    at: datetime,
    reason: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"evidence.evidence.{deed}",
        subject=row,
        region=row.region_id,
        reason=reason,
        details=details,
    )


def _kept(evidence: Evidence) -> Evidence:
    row = Evidence.objects.select_for_update().get(pk=evidence.pk)
    if row.withdrawn_at is not None:
        raise EvidenceRefused(
            _("This evidence was withdrawn."),
            row.withdrawn_reason,
            _("Bring it back first, or put another document into the vault."),
        )
    return row


def _write(
    row: Evidence, kind: str, title: str, details: Details, *, at: datetime
) -> None:
    row.kind, row.title = kind, " ".join(title.split())
    row.year = details.year or localdate(at).year
    row.valid_from, row.valid_until = details.valid_from, details.valid_until
    row.department, row.owner = details.department, details.owner
    row.confidential, row.note = details.confidential, details.note.strip()
    row.illustrative = details.illustrative


def _refuse_outside(within: Extent, department: int | None) -> None:
    if not within.has_department(department):
        raise EvidenceRefused(
            _("This evidence is not your department's."),
            _("Your role puts evidence into the vault for your own department alone."),
            _("Choose your department, or ask the secretariat."),
        )


def check(
    region: Region,
    kind: str,
    title: str,
    details: Details,
    *,
    at: datetime,
    within: Extent,
) -> None:
    """Raise EvidenceRefused for what `put` would refuse; nothing is kept."""
    department = details.department
    _refuse_outside(within, department.pk if department else None)
    if kind not in words.KINDS or not title.strip():
        raise EvidenceRefused(
            _("Evidence needs a kind and a title."),
            next=_("Write what the document is called on its first page."),
        )
    first, last = details.valid_from, details.valid_until
    if first and last and last < first:
        raise EvidenceRefused(
            _("The last day lies before the first."),
            next=_("Look up from when to when the document holds."),
        )
    year = details.year
    if year is not None and not FIRST_YEAR <= year <= localdate(at).year + 1:
        raise EvidenceRefused(
            _("The year of the evidence is out of reach."),
            next=_("Write the year that the document tells of."),
        )
    owners = (details.department, details.owner)
    if any(one is not None and one.region_id != region.pk for one in owners):
        raise EvidenceRefused(
            _("The owner of evidence belongs to the same region."),
            next=_("Choose a department or post of this region."),
        )
