"""How ready a region is: scores with their evidence, means per element, years compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from habaring.evidence.queries import Meter, Proof, meter_of, of_many
from habaring.masterplan import readiness_sets
from habaring.masterplan.models import ReadinessScore
from habaring.masterplan.readiness_sets import (
    THING,
    Element,
    Question,
    ReadinessSet,
)
from habaring.regions.models import Region


@dataclass(frozen=True)
class Answered:
    """One question of a year with its answer and what proves it."""

    question: Question
    row: ReadinessScore | None
    proofs: tuple[Proof, ...]
    level: str  # the score in words

    @property
    def score(self) -> int | None:
        return self.row.score if self.row else None

    @property
    def proven(self) -> bool:
        """Whether something hangs on it that was not refused and has not run out."""
        return any(proof.holds for proof in self.proofs)

    @property
    def counts(self) -> bool:
        """A score without evidence is a draft, and so is one of last year that nobody
        looked at again; neither enters a mean.
        """
        carried = self.row is not None and self.row.carried
        return self.score is not None and self.proven and not carried

    @property
    def draft(self) -> bool:
        return self.score is not None and not self.counts


@dataclass(frozen=True)
class ElementScore:
    """One element: the mean of what counts, and of all that was answered."""

    element: Element
    answers: tuple[Answered, ...]

    @property
    def mean(self) -> float | None:
        return _mean([one.score for one in self.answers if one.counts])

    @property
    def draft_mean(self) -> float | None:
        return _mean([one.score for one in self.answers])

    @property
    def counted(self) -> int:
        return sum(one.counts for one in self.answers)

    @property
    def drafts(self) -> int:
        return sum(one.draft for one in self.answers)


def _mean(scores: Sequence[int | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known else None


@dataclass(frozen=True)
class Readiness:
    """A region's readiness in a year."""

    year: int
    chosen: ReadinessSet
    elements: tuple[ElementScore, ...]
    meter: Meter

    @property
    def mean(self) -> float | None:
        """The mean of the elements that have one: each element weighs the same."""
        known = [one.mean for one in self.elements if one.mean is not None]
        return sum(known) / len(known) if known else None

    @property
    def answers(self) -> tuple[Answered, ...]:
        return tuple(one for element in self.elements for one in element.answers)

    @property
    def counted(self) -> int:
        return sum(one.counted for one in self.elements)

    @property
    def asked(self) -> int:
        return len(self.answers)

    @property
    def illustrative(self) -> bool:
        return any(one.row is not None and one.row.illustrative for one in self.answers)

    def element(self, code: str) -> ElementScore | None:
        return next((one for one in self.elements if one.element.code == code), None)


def readiness(region: Region, year: int, *, on: date | None = None) -> Readiness:
    """All questions of a year with answers and proofs: two queries. `on`: the day on
    which evidence must not have run out.
    """
    chosen = readiness_sets.for_year(year)
    rows = {
        row.question: row
        for row in ReadinessScore.objects.filter(
            region=region, year=year
        ).select_related("recorded_by")
    }
    keys = [f"{year}/{question.code}" for _element, question in chosen.questions()]
    proofs = of_many(region, THING, keys, on=on)
    answered = [key for key in keys if _scored(rows, key)]
    return Readiness(
        year=year,
        chosen=chosen,
        elements=tuple(
            ElementScore(
                element,
                tuple(
                    _answered(chosen, question, rows, proofs, year)
                    for question in element.questions
                ),
            )
            for element in chosen.elements
        ),
        meter=meter_of(proofs, answered),
    )


def _scored(rows: Mapping[str, ReadinessScore], key: str) -> bool:
    row = rows.get(key.partition("/")[2])
    return row is not None and row.score is not None


def _answered(
    chosen: ReadinessSet,
    question: Question,
    rows: Mapping[str, ReadinessScore],
    proofs: Mapping[str, Sequence[Proof]],
    year: int,
) -> Answered:
    row = rows.get(question.code)
    score = row.score if row else None
    return Answered(
        question=question,
        row=row,
        proofs=tuple(proofs.get(f"{year}/{question.code}", ())),
        level=chosen.levels.get(score, "") if score is not None else "",
    )


def years(region: Region) -> list[int]:
    """The years that have an answer, newest first."""
    rows = ReadinessScore.objects.filter(region=region).order_by("-year")
    return list(rows.values_list("year", flat=True).distinct())
