"""The verbs of entering: an officer brings in what somebody without a telephone, a
meeting, a business, a community or a department proposes.

A person is shown by name only where they agreed to it; without that no name is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.council.models import Meeting
from habaring.council.words import DIMENSIONS
from habaring.participation import moderation, numbering, telling
from habaring.participation.actions.proposing import Effect, Idea, Place
from habaring.participation.models import (
    Call,
    CallState,
    Origin,
    Proposal,
    ProposalState,
    StepKind,
    VoteState,
)
from habaring.people.models import Account
from habaring.regions.models import Department, Region
from habaring.shared import audit, walls
from habaring.shared.models import Upload
from habaring.shared.refusal import FileRefused, Problem, Words
from habaring.shared.uploads import AcceptedFile, keep

MOST_AT_ONCE = 2_000
LONGEST_TEXT = 5_000


class EnteringRefused(FileRefused):
    """Proposals that cannot be entered; every problem is listed, nothing is saved."""


@dataclass(frozen=True)
class Source:
    """Whom it comes from. `name` is shown, and kept, only with `consent`; `text` says
    which business, community or meeting.
    """

    origin: str = Origin.CITIZEN
    text: str = ""
    meeting: Meeting | None = None
    name: str = ""
    consent: bool = False
    on_paper: bool = False
    department: Department | None = None
    illustrative: bool = False


@dataclass(frozen=True)
class Entered:
    """One proposal as it comes in. `number` 0: a new one; else the one to change.

    `sheet` and `row` say where it stood in a file.
    """

    call: Call
    idea: Idea
    place: Place = field(default_factory=Place)
    effect: Effect = field(default_factory=Effect)
    source: Source = field(default_factory=Source)
    number: int = 0
    sheet: str = field(default="", compare=False)
    row: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Recorded:
    """What came of it: the new proposals, those changed and those left as they were."""

    new: tuple[Proposal, ...] = ()
    changed: tuple[Proposal, ...] = ()
    unchanged: int = 0


@transaction.atomic
def enter(
    *,
    region: Region,
    rows: Sequence[Entered],
    by: Account | None,
    at: datetime,
    within: Region | None = None,
) -> Recorded:
    """Enter proposals, or change what officers entered before: all or nothing.

    `within` is the district or village that the officer works for. Raises
    EnteringRefused with every problem.
    """
    with walls.also(region.code):  # a village's officer has its own rows open alone
        there = _there(region, rows)
        found = [p for row in rows for p in _problems(row, region, within, there)]
        found += _repeated(rows)
        if len(rows) > MOST_AT_ONCE:
            found.append(Problem("", None, "", _("Send at most 2,000 rows at once.")))
        if found:
            raise _refused(found)
        new, changed, same = [], [], 0
        for row in rows:
            before = there.get(row.number)
            if before is None:
                new.append(_entered(row, region, by=by, at=at))
            elif _changed(row, before, by=by, at=at):
                changed.append(before)
            else:
                same += 1
        return Recorded(tuple(new), tuple(changed), same)


@transaction.atomic
def take_in_file(
    *,
    region: Region,
    accepted: AcceptedFile,
    rows: Sequence[Entered],
    by: Account,
    at: datetime,
    within: Region | None = None,
) -> Recorded:
    """Keep a spreadsheet and enter its proposals, all or nothing."""
    told = enter(region=region, rows=rows, by=by, at=at, within=within)
    Upload.objects.create(
        region_code=region.code,
        kind="proposals",
        name=accepted.name,
        sha256=accepted.sha256,
        size=accepted.size,
        rows=len(rows),
        uploaded_at=at,
        uploaded_by=by,
    )
    keep(accepted)
    return told


def _there(region: Region, rows: Sequence[Entered]) -> dict[int, Proposal]:
    numbers = {row.number for row in rows if row.number}
    found = (
        Proposal.objects.select_for_update(of=("self",))
        .filter(region=region, number__in=numbers)
        .exclude(state=ProposalState.DRAFT)
        .select_related("call", "place", "department", "meeting")
        .order_by("number")
    )
    return {row.number: row for row in found}


def _refused(found: Sequence[Problem]) -> EnteringRefused:
    return EnteringRefused(
        _("The proposals were not entered."),
        format_lazy(_("Problems found: {count}."), count=len(found)),
        _("Mend them and send it again; nothing was saved."),
        problems=found[:200],
        count=len(found),
    )


# What is wrong

HEADINGS: Mapping[str, Words] = {
    "number": _("Number"),
    "call": _("Call"),
    "title": _("Title"),
    "problem": _("Problem"),
    "idea": _("Idea"),
    "place": _("Place"),
    "dimension": _("Dimension"),
    "rough_cost": _("Rough cost"),
    "origin": _("Comes from"),
    "origin_text": _("Comes from, in words"),
    "meeting": _("Meeting"),
    "name": _("Name shown"),
    "department": _("Department"),
}


def _problems(
    row: Entered,
    region: Region,
    within: Region | None,
    there: Mapping[int, Proposal],
) -> Iterator[Problem]:
    before = there.get(row.number)
    if row.number and before is None:
        yield _at(row, "number", _("There is no proposal with this number here."))
        return
    if before is None:
        yield from _of_new(row)
    elif differences(row, before):
        yield from _of_changed(row, before)
    else:
        return  # what came out of here goes back in
    yield from _of_words(row)
    yield from _of_place(row, within)
    yield from _of_codes(row, region)


def _of_new(row: Entered) -> Iterator[Problem]:
    if row.call.state != CallState.OPEN:
        yield _at(row, "call", _("This call is not open. Choose one that is."))


_ANYBODYS = {"department", "dimension_code"}
"""What an officer sorts in, whoever wrote the proposal."""


def _of_changed(row: Entered, before: Proposal) -> Iterator[Problem]:
    changed = set(differences(row, before))
    if before.state != ProposalState.PUBLIC:
        words = _("This proposal is not public any more; leave its row as it was.")
        yield _at(row, "number", words)
    elif changed - _ANYBODYS and before.author_id is not None:
        words = _(
            "Its author wrote this and alone changes it; leave the row as it was."
        )
        yield _at(row, "number", words)
    elif "call" in changed:
        yield _at(row, "call", _("A proposal stays in its call. Pass it on instead."))
    elif (
        changed - _ANYBODYS
        and before.options.exclude(vote__state=VoteState.CANCELLED).exists()
    ):
        words = _("It stands on a ballot; leave its row as it was.")
        yield _at(row, "number", words)


def _of_words(row: Entered) -> Iterator[Problem]:
    for name, text in (
        ("title", row.idea.title),
        ("problem", row.idea.problem),
        ("idea", row.idea.idea),
    ):
        if not text.strip():
            yield _at(row, name, _("Something must stand here."))
        elif len(text) > LONGEST_TEXT:
            yield _at(row, name, _("This is longer than 5,000 characters. Shorten it."))
    if len(" ".join(row.idea.title.split())) > 150:
        yield _at(row, "title", _("A title has at most 150 characters. Shorten it."))
    if row.source.name.strip() and not row.source.consent:
        words = _(
            "A name is shown only where the person agrees. Tick that, or leave the name out."
        )
        yield _at(row, "name", words)
    named = (Origin.BUSINESS, Origin.COMMUNITY)
    if row.source.origin in named and not row.source.text.strip():
        yield _at(row, "origin_text", _("Say which business or community."))


def _of_place(row: Entered, within: Region | None) -> Iterator[Problem]:
    place = row.place.region
    if place is not None and not _inside(place.pk, row.call.place_id):
        yield _at(row, "place", _("This place does not belong to the call."))
    if within is None:
        return
    if place is None or not _inside(place.pk, within.pk):
        words = format_lazy(
            _("You enter for {place}. Choose it, or a place in it."), place=within.name
        )
        yield _at(row, "place", words)


def _of_codes(row: Entered, region: Region) -> Iterator[Problem]:
    if row.call.region_id != region.pk:
        yield _at(row, "call", _("This call belongs to another region."))
    dimension = row.effect.dimension_code
    if dimension and dimension not in {*DIMENSIONS, row.call.dimension_code}:
        yield _at(row, "dimension", _("There is no dimension with this code."))
    cost = row.effect.rough_cost
    if cost is not None and not 0 <= cost <= 10**15:
        yield _at(row, "rough_cost", _("This cost cannot be right."))
    if row.source.origin not in Origin.values:
        yield _at(row, "origin", _("Choose whom it comes from."))
    if row.source.department and row.source.department.region_id != region.pk:
        yield _at(row, "department", _("This department belongs to another region."))
    if row.source.meeting and row.source.meeting.region_id != region.pk:
        yield _at(row, "meeting", _("This meeting belongs to another region."))


def _repeated(rows: Sequence[Entered]) -> list[Problem]:
    seen: set[int] = set()
    found = []
    for row in rows:
        if row.number and row.number in seen:
            words = _("This number stands in more than one row. Keep one of them.")
            found.append(_at(row, "number", words))
        seen.add(row.number)
    return found


def _inside(code: str, of: str) -> bool:
    return code == of or code.startswith(f"{of}.")


def _at(row: Entered, column: str, message: Words) -> Problem:
    return Problem(row.sheet, row.row, str(HEADINGS[column]), message)


# Writing


def fields_of(row: Entered) -> dict[str, Any]:
    """The columns of the row that keeps an entry."""
    source = row.source
    return {
        "call": row.call,
        "title": " ".join(row.idea.title.split()),
        "problem": moderation.tidy(row.idea.problem),
        "idea": moderation.tidy(row.idea.idea),
        "beneficiaries": " ".join(row.effect.beneficiaries.split())[:300],
        "dimension_code": row.effect.dimension_code,
        "rough_cost": row.effect.rough_cost,
        "place": row.place.region,
        "place_text": " ".join(row.place.text.split())[:200],
        "latitude": row.place.latitude if row.place.longitude is not None else None,
        "longitude": row.place.longitude if row.place.latitude is not None else None,
        "origin": source.origin,
        "origin_text": " ".join(source.text.split())[:200],
        "meeting": source.meeting,
        "author_name": " ".join(source.name.split())[:100] if source.consent else "",
        "on_paper": source.on_paper,
        "department": source.department,
        "illustrative": source.illustrative,
    }


def differences(row: Entered, before: Proposal) -> list[str]:
    """The columns in which an entry differs from what is there."""
    return [name for name, v in fields_of(row).items() if getattr(before, name) != v]


def _entered(
    row: Entered, region: Region, *, by: Account | None, at: datetime
) -> Proposal:
    made = Proposal.objects.create(
        region=region,
        number=numbering.next_number(region),
        entered_by=by,
        state=ProposalState.PUBLIC,
        begun_at=at,
        changed_at=at,
        sent_at=at,
        **fields_of(row),
    )
    telling.record_step(
        proposal=made,
        kind=StepKind.SENT,
        by=by,
        at=at,
        details={"origin": made.origin, "held": "", "entered": True},
    )
    _recorded(made, "participation.proposal.entered", by=by, at=at)
    return made


def _changed(
    row: Entered, before: Proposal, *, by: Account | None, at: datetime
) -> bool:
    changed = differences(row, before)
    if not changed:
        return False
    given = fields_of(row)
    for name in changed:
        setattr(before, name, given[name])
    sorted_in = set(changed) <= _ANYBODYS
    if not sorted_in:
        before.changed_at = at
    before.save(update_fields=[*changed, "changed_at"])
    if not sorted_in:
        telling.record_step(
            proposal=before,
            kind=StepKind.CHANGED,
            by=by,
            at=at,
            details={"fields": changed},
        )
    verb = "participation.proposal.sorted" if sorted_in else _CORRECTED
    _recorded(before, verb, by=by, at=at, fields=changed)
    return True


_CORRECTED = "participation.proposal.corrected"


def _recorded(
    row: Proposal, verb: str, *, by: Account | None, at: datetime, **details: object
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        details={"origin": row.origin, **details},
    )
