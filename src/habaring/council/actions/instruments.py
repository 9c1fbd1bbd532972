"""The verbs of instruments: record, correct, take in many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.council import words
from habaring.council.actions.rules import (
    InstrumentRefused,
    kept,
    one_line,
    refuse_backwards,
    refuse_future,
)
from habaring.council.models import Instrument
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.uploads import AcceptedFile


@dataclass(frozen=True)
class Fixes:
    """What an instrument fixes: a kind of `subjects`, its ref and its words."""

    kind: str = ""
    ref: str = ""
    label: str = ""


@dataclass(frozen=True)
class Paper:
    """An instrument as it is recorded. An unknown number or day stays empty."""

    kind: str
    title: str
    number: str = ""
    signed_on: date | None = None
    signed_by: str = ""
    in_force_from: date | None = None
    in_force_until: date | None = None
    fixes: Fixes = Fixes()
    supersedes: Instrument | None = None
    public: bool = True
    source: str = ""
    document: AcceptedFile | None = None
    illustrative: bool = False


@transaction.atomic
def record_instrument(
    *, region: Region, paper: Paper, by: Account | None, at: datetime
) -> Instrument:
    """Record a MoU, decree or regulation of a region.

    Raises InstrumentRefused when it has no title, its number is used for its kind
    already, it was signed in the future, its days run backwards, or it supersedes one
    that is superseded already or of another region.
    """
    _refuse(region, paper, at=at)
    row = Instrument(region=region, recorded_by=by, recorded_at=at)
    return _saved(row, paper, verb="council.instrument.recorded", by=by, at=at)


@transaction.atomic
def change_instrument(
    *, instrument: Instrument, paper: Paper, by: Account, at: datetime
) -> Instrument:
    """Correct what was recorded; what it was stays in the audit trail. Refuses as above."""
    row = Instrument.objects.select_for_update().get(pk=instrument.pk)
    _refuse(row.region, paper, at=at, but=row)
    return _saved(row, paper, verb="council.instrument.changed", by=by, at=at)


@transaction.atomic
def record_instruments(
    *, region: Region, papers: Sequence[Paper], by: Account, at: datetime
) -> int:
    """Record many (a spreadsheet): all or none; how many there were."""
    for paper in papers:
        record_instrument(region=region, paper=paper, by=by, at=at)
    return len(papers)


def _saved(
    row: Instrument, paper: Paper, *, verb: str, by: Account | None, at: datetime
) -> Instrument:
    row.kind, row.title, row.number = paper.kind, one_line(paper.title), _number(paper)
    row.signed_on, row.signed_by = paper.signed_on, one_line(paper.signed_by)
    row.in_force_from, row.in_force_until = paper.in_force_from, paper.in_force_until
    row.fixes_kind, row.fixes_ref = paper.fixes.kind, paper.fixes.ref
    row.fixes_label = paper.fixes.label
    row.supersedes = paper.supersedes
    row.public, row.source = paper.public, paper.source.strip()
    row.illustrative = paper.illustrative
    for field, value in kept(paper.document).items():
        setattr(row, field, value)
    row.save()
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        details={
            "kind": row.kind,
            "number": row.number,
            "until": str(paper.in_force_until),
        },
    )
    return row


def _number(paper: Paper) -> str:
    return one_line(paper.number)


def _refuse(
    region: Region, paper: Paper, *, at: datetime, but: Instrument | None = None
) -> None:
    if not one_line(paper.title) or paper.kind not in words.INSTRUMENT_KINDS:
        raise InstrumentRefused(
            _("The instrument needs a kind and a title."),
            next=_("Write what it is about, as it stands on its first page."),
        )
    refuse_future(paper.signed_on, at=at, kind=InstrumentRefused)
    refuse_backwards(paper.in_force_from, paper.in_force_until, InstrumentRefused)
    others = Instrument.objects.filter(region=region)
    others = others.exclude(pk=but.pk) if but else others
    number = _number(paper)
    if number and others.filter(kind=paper.kind, number=number).exists():
        raise InstrumentRefused(
            format_lazy(
                _("There is an instrument of this kind with the number {number}."),
                number=number,
            ),
            next=_("Look it up in the list, or mend the number."),
        )
    _refuse_succession(region, paper, but)


def _refuse_succession(region: Region, paper: Paper, but: Instrument | None) -> None:
    earlier = paper.supersedes
    if earlier is None:
        return
    taken = Instrument.objects.filter(supersedes=earlier)
    taken = taken.exclude(pk=but.pk) if but else taken
    if earlier.region_id != region.pk or taken.exists() or earlier == but:
        raise InstrumentRefused(
            _("This instrument cannot supersede that one."),
            why=_("It is of another region, the same one, or superseded already."),
            next=_("Choose the instrument that this one replaces."),
        )
