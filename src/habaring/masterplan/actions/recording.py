"""What every row of the analysis shares: its number, its words, its trace."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.masterplan import dimensions
from habaring.masterplan.models import (
    Aim,
    Alignment,
    Citation,
    Gap,
    ReleasedPart,
    StrategicIssue,
    Strategy,
    SwotItem,
)
from habaring.masterplan.models.analysis import Numbered
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.refusal import Refusal

Some = TypeVar("Some", bound=Numbered)
LONGEST = 4_000
"""Characters of one text of the analysis."""


class AnalysisRefused(Refusal):
    """A row of the analysis that cannot be recorded as it stands."""


class StillNeeded(Refusal):
    """Something else rests on what is to be taken back."""


def row_for(model: type[Some], region: Region, number: int | None) -> Some:
    """The row with that number, locked, or a new one with the next number.

    Raises AnalysisRefused where there is no such row.
    """
    Region.objects.select_for_update().get(pk=region.pk)  # one number at a time
    rows: models.QuerySet[Some] = model._default_manager.filter(region=region)
    if number is not None:
        found = rows.select_for_update().filter(number=number).first()
        if found is None:
            raise AnalysisRefused(
                what=_("Nothing was saved."),
                why=_("There is no such row in this region any more."),
                next=_("Look at the list again."),
            )
        return found
    top = rows.aggregate(top=Max("number"))["top"] or 0
    return model(region=region, number=top + 1)


def words(text: str) -> str:
    """A text as it is kept; AnalysisRefused where it is too long."""
    clean = text.strip().replace("\r\n", "\n")
    if len(clean) > LONGEST:
        raise AnalysisRefused(
            what=_("Nothing was saved."),
            why=_("A text is longer than 4,000 characters."),
            next=_("Shorten it; a long text belongs into a section of the books."),
        )
    return clean


def needed(**texts: str) -> dict[str, str]:
    """Texts that must not be empty, as they are kept."""
    found = {name: words(text) for name, text in texts.items()}
    if not all(found.values()):
        raise AnalysisRefused(
            what=_("Nothing was saved."),
            why=_("A text that must be there is empty."),
            next=_("Fill in every field that is not marked as optional."),
        )
    return found


def dimension(code: str, *, parts: bool = True) -> str:
    """The code, if it is a dimension (or, with `parts`, a sub-dimension) in force."""
    row = dimensions.known().get(code)
    if row is None or (row.parent_id and not parts):
        raise AnalysisRefused(
            what=_("Nothing was saved."),
            why=_("“%(code)s” is no dimension of the framework in force.")
            % {"code": code},
            next=_("Choose a dimension from the list."),
        )
    return code


def keep(
    row: Numbered,
    values: Mapping[str, Any],
    *,
    verb: str,
    by: Account | None,
    at: datetime,
) -> None:
    """Write the values and the trace of a row."""
    for name, value in values.items():
        setattr(row, name, value)
    row.recorded_at, row.recorded_by = at, by
    row.save()
    audit.record(
        by=by,
        at=at,
        verb=f"masterplan.{verb}.recorded",
        subject=row,
        region=row.region_id,
        details={"number": row.number},
    )


@transaction.atomic
def withdraw(*, row: Numbered, by: Account | None, at: datetime) -> None:
    """Take a row back; it keeps its number and can be brought back.

    Raises StillNeeded where something in force rests on it.
    """
    found = _locked(row)
    if found.withdrawn_at is not None:
        return
    _refuse_needed(found)
    found.withdrawn_at = at
    found.save(update_fields=["withdrawn_at"])
    if isinstance(found, Aim):
        Alignment.objects.filter(aim=found, until=None).update(until=localdate(at))
    _told(found, "withdrawn", by, at)


@transaction.atomic
def restore(*, row: Numbered, by: Account | None, at: datetime) -> None:
    """Undo a withdrawal. Raises StillNeeded where what it rests on is withdrawn."""
    found = _locked(row)
    if found.withdrawn_at is None:
        return
    below: list[Numbered | None] = []
    if isinstance(found, Gap):
        below = [found.issue]
    if isinstance(found, Aim):
        below = [found.above]
    if isinstance(found, Strategy):
        below = list(found.items.all())
    if any(one is not None and one.withdrawn_at for one in below):
        raise StillNeeded(
            what=_("It was not brought back."),
            why=_("What it rests on is taken back itself."),
            next=_("Bring that back first."),
        )
    found.withdrawn_at = None
    found.save(update_fields=["withdrawn_at"])
    _told(found, "restored", by, at)


def _locked(row: Some) -> Some:
    rows: models.QuerySet[Some] = type(row)._default_manager.all()
    return rows.select_for_update().get(pk=row.pk)


def _told(row: Numbered, deed: str, by: Account | None, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"masterplan.analysis.{deed}",
        subject=row,
        region=row.region_id,
        details={"kind": row._meta.model_name, "number": row.number},
    )


def _refuse_needed(row: Numbered) -> None:
    users: models.QuerySet[Any] | None = None
    if isinstance(row, SwotItem):
        users = Citation.objects.filter(item=row, strategy__withdrawn_at=None)
    elif isinstance(row, StrategicIssue):
        users = Gap.objects.filter(issue=row, withdrawn_at=None)
    elif isinstance(row, Aim):
        users = Aim.objects.filter(above=row, withdrawn_at=None)
    if users is not None and users.exists():
        raise StillNeeded(
            what=_("It was not taken back."),
            why=_("Something else rests on it: a strategy, a gap or an aim below it."),
            next=_("Change or take back what rests on it first."),
        )


@transaction.atomic
def release(*, region: Region, part: str, by: Account | None, at: datetime) -> None:
    """Let the public read a part of the analysis as it stands; twice changes nothing."""
    row, made = ReleasedPart.objects.get_or_create(
        region=region, part=part, until=None, defaults={"since": at, "by": by}
    )
    if made:
        audit.record(
            by=by,
            at=at,
            verb="masterplan.part.released",
            subject=row,
            region=region.code,
            details={"part": part},
        )


@transaction.atomic
def close(*, region: Region, part: str, by: Account | None, at: datetime) -> None:
    """Take a part of the analysis back from the public; editions stay as they are."""
    row = ReleasedPart.objects.filter(region=region, part=part, until=None).first()
    if row is None:
        return
    row.until = at
    row.save(update_fields=["until"])
    audit.record(
        by=by,
        at=at,
        verb="masterplan.part.closed",
        subject=row,
        region=region.code,
        details={"part": part},
    )
