"""Which answers have evidence that counts: the "valid and complete" meter of an entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from habaring.evaluation.models import Answer, Entry
from habaring.evaluation.rules import scheme_of_round
from habaring.evaluation.scheme import Question, Scheme
from habaring.evidence import words as vault
from habaring.evidence.queries import Proof, of_many

THING = "evaluation"

# how the evidence of one answer stands, best first
VALID, WAITING = "valid", "waiting"
NOT_ASKED = "not_asked"  # the lowest level needs no evidence, nor does a lenient scheme
WRONG_KIND, WRONG_YEAR, REFUSED, MISSING = "kind", "year", "refused", "missing"
UNANSWERED = "unanswered"


@dataclass(frozen=True)
class Line:
    """One question of an entry: its answer, its proofs, how it stands."""

    question: Question
    answer: Answer | None
    proofs: Sequence[Proof]
    state: str
    counts: bool

    @property
    def level(self) -> Fraction | None:
        """The level that the region gives itself."""
        if self.answer is None or self.answer.level is None:
            return None
        return Fraction(self.answer.level)


@dataclass(frozen=True)
class Sheet:
    """All questions of an entry, and the meter."""

    entry: Entry
    scheme: Scheme
    lines: tuple[Line, ...]

    @property
    def levels(self) -> dict[str, Fraction]:
        """What was answered, by question."""
        return {
            line.question.code: line.level
            for line in self.lines
            if line.level is not None
        }

    @property
    def unanswered(self) -> tuple[Line, ...]:
        """Questions without a level."""
        return tuple(line for line in self.lines if line.state == UNANSWERED)

    @property
    def unproven(self) -> tuple[Line, ...]:
        """Answers whose evidence does not count."""
        return tuple(
            line for line in self.lines if line.state != UNANSWERED and not line.counts
        )

    @property
    def uncounted(self) -> tuple[str, ...]:
        """The codes of those."""
        return tuple(line.question.code for line in self.unproven)

    @property
    def complete(self) -> bool:
        """Whether it may be handed in as far as answers and evidence go."""
        return not self.unanswered and not self.unproven

    @property
    def answered(self) -> int:
        """How many questions have a level."""
        return len(self.lines) - len(self.unanswered)

    @property
    def proven(self) -> int:
        """How many are answered and count."""
        return sum(line.counts for line in self.lines)

    @property
    def valid(self) -> int:
        """How many rest on evidence that was judged valid, or need none."""
        return sum(line.state in (VALID, NOT_ASKED) for line in self.lines)


def sheet(entry: Entry, *, on: date) -> Sheet:
    """How an entry stands on a day; give it with `round__instrument` loaded."""
    scheme = scheme_of_round(entry.round)
    answers = {row.question: row for row in Answer.objects.filter(entry=entry)}
    keys = [str(row.pk) for row in answers.values()]
    proofs = of_many(entry.region, THING, keys, on=on)
    lines = tuple(
        _line(scheme, question, answers.get(code), proofs, entry.round.year)
        for code, question in scheme.questions.items()
    )
    return Sheet(entry, scheme, lines)


def _line(
    scheme: Scheme,
    question: Question,
    answer: Answer | None,
    proofs: Mapping[str, Sequence[Proof]],
    year: int,
) -> Line:
    mine = tuple(proofs.get(str(answer.pk), ())) if answer else ()
    if answer is None or answer.level is None:
        return Line(question, answer, mine, UNANSWERED, counts=False)
    state = state_of(question, mine, year)
    needed = scheme.proof != "none" and Fraction(answer.level) > scheme.low
    if not needed and state != VALID:
        return Line(question, answer, mine, NOT_ASKED, counts=True)
    good = (VALID,) if scheme.proof == "valid" else (VALID, WAITING)
    return Line(question, answer, mine, state, counts=state in good)


def state_of(question: Question, proofs: Sequence[Proof], year: int) -> str:
    """How the evidence of one question stands: by the best of it that fits."""
    if not proofs:
        return MISSING
    standing = [one for one in proofs if one.holds]
    if not standing:
        return REFUSED
    of_kind = [
        one
        for one in standing
        if not question.kinds or one.evidence.kind in question.kinds
    ]
    if not of_kind:
        return WRONG_KIND
    fitting = [
        one for one in of_kind if not question.this_year or one.evidence.year == year
    ]
    if not fitting:
        return WRONG_YEAR
    return VALID if any(one.state == vault.VALID for one in fitting) else WAITING
