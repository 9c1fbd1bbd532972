"""Answer the questions of readiness; begin a year from the verdicts of the last."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.evidence import actions as vault
from habaring.masterplan import readiness_sets
from habaring.masterplan.actions.recording import AnalysisRefused, words
from habaring.masterplan.models import ReadinessScore
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit


@dataclass(frozen=True)
class Answer:
    """One answer: `score` on the scale of the year's questions, None: not yet."""

    question: str  # infrastructure.1
    score: int | None
    note: str = ""
    illustrative: bool = False


@dataclass(frozen=True)
class Begun:
    """What a new year took over."""

    scores: int
    links: int
    left: int  # pieces of evidence that prove nothing any more


@transaction.atomic
def record_readiness(
    *, region: Region, year: int, answer: Answer, by: Account | None, at: datetime
) -> ReadinessScore:
    """Record the answer to one question. Without evidence it stays a draft: that is
    told by `readiness.readiness`, never kept.

    Raises AnalysisRefused for a question or score that the year does not have.
    """
    chosen = readiness_sets.for_year(year)
    known = chosen.question(answer.question)
    fits = answer.score is None or chosen.lowest <= answer.score <= chosen.highest
    if known is None or not fits:
        raise AnalysisRefused(
            what=_("The answer was not saved."),
            why=_("The questions of %(year)d have no such question or score.")
            % {"year": year},
            next=_("Choose a score from %(low)d to %(high)d.")
            % {"low": chosen.lowest, "high": chosen.highest},
        )
    row, _made = ReadinessScore.objects.update_or_create(
        region=region,
        year=year,
        question=answer.question,
        defaults={
            "score": answer.score,
            "note": words(answer.note),
            "carried": False,
            "illustrative": answer.illustrative,
            "recorded_at": at,
            "recorded_by": by,
        },
    )
    audit.record(
        by=by,
        at=at,
        verb="masterplan.readiness.recorded",
        subject=row,
        region=region.code,
        details={"year": year, "question": answer.question, "score": answer.score},
    )
    return row


@transaction.atomic
def begin_year(*, region: Region, year: int, by: Account | None, at: datetime) -> Begun:
    """Begin a year where the last one ended: its scores, to be looked at again, and the
    evidence that still holds. What was refused or has run out stays behind.

    Raises AnalysisRefused where the year has begun, or no year came before.
    """
    rows = ReadinessScore.objects.filter(region=region)
    before = rows.filter(year__lt=year).order_by("-year").first()
    if before is None or rows.filter(year=year).exists():
        raise AnalysisRefused(
            what=_("The year was not begun."),
            why=_("It has begun already, or there is no earlier year to start from."),
            next=_("Answer the questions of the year one by one."),
        )
    asked = {
        question.code for _e, question in readiness_sets.for_year(year).questions()
    }
    old = [row for row in rows.filter(year=before.year) if row.question in asked]
    ReadinessScore.objects.bulk_create(
        ReadinessScore(
            region=region,
            year=year,
            question=row.question,
            score=row.score,
            note=row.note,
            carried=True,
            illustrative=row.illustrative,
            recorded_at=at,
            recorded_by=by,
        )
        for row in old
    )
    keys = {row.key: f"{year}/{row.question}" for row in old}
    carried = vault.carry(
        by=by, at=at, region=region, thing=readiness_sets.THING, keys=keys
    )
    audit.record(
        by=by,
        at=at,
        verb="masterplan.readiness.begun",
        subject=region,
        region=region.code,
        details={"year": year, "from": before.year, "scores": len(old)},
    )
    return Begun(len(old), carried.links, len(carried.left))
