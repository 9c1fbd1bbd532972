"""The parts of the analysis as tables: what their files hold, out and in."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.masterplan import actions, dimensions, readiness, situation
from habaring.masterplan.models import (
    Aspect,
    DevelopmentPlan,
    Layer,
    Level,
    Pairing,
    PlanTarget,
    Quadrant,
)
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.refusal import Problem, Refusal, Words
from habaring.shared.tables import Column, TableKind, Value, register
from habaring.shared.tables.reading import Row, Rows

MOST_ROWS = 2_000
MOST_LETTERS = 4_000


def _choices(kind: Any) -> Mapping[str, Words]:
    return {str(one.value): one.label for one in kind}


_NUMBER = Column(
    "number",
    _("Number"),
    "whole",
    minimum=1,
    help=_("Of a row that is changed; empty for a new one."),
)
_DIMENSION = Column(
    "dimension",
    _("Dimension"),
    "code",
    required=True,
    max_length=20,
    help=_("The code of a dimension or sub-dimension, such as GOV or GOV.1."),
)
_ORIGIN = Column("origin", _("Where it comes from"), max_length=200)
_EXAMPLE = Column("illustrative", _("Example"), "yes_no", sparse=True)


def _text(code: str, label: Words, *, required: bool = True) -> Column:
    return Column(code, label, required=required, max_length=MOST_LETTERS)


READINESS = register(
    TableKind(
        "readiness",
        _("Readiness"),
        _("Readiness"),
        columns=(
            Column("year", _("Year"), "year", required=True, minimum=2017),
            Column("question", _("Code of the question"), "code", required=True),
            Column("element", _("Element"), shown_only=True),
            Column("question_text", _("Text of the question"), shown_only=True),
            Column("score", _("Score"), "whole", minimum=0, maximum=10),
            _text("note", _("Note"), required=False),
            Column("state", _("State"), shown_only=True),
            Column("evidence", _("Evidence"), shown_only=True),
            _EXAMPLE,
        ),
        key=("year", "question"),
        help=_(
            "One row a question and year. Evidence is linked on the page, not here."
        ),
    )
)
SWOT = register(
    TableKind(
        "swot",
        _("Items of SWOT"),
        "SWOT",
        columns=(
            _NUMBER,
            Column(
                "kind", _("Kind"), "choice", required=True, choices=_choices(Quadrant)
            ),
            _DIMENSION,
            Column(
                "layer", _("Layer"), "choice", required=True, choices=_choices(Layer)
            ),
            _text("text", _("Text")),
            Column("votes", pgettext_lazy("number", "Votes"), "whole", shown_only=True),
            _ORIGIN,
            _EXAMPLE,
        ),
        help=_("One row an item."),
    )
)
ISSUES = register(
    TableKind(
        "issues",
        _("Priority issues"),
        _("Issues"),
        columns=(
            _NUMBER,
            _DIMENSION,
            Column("title", _("Title"), required=True, max_length=300),
            _text("text", _("Text"), required=False),
            _ORIGIN,
            _EXAMPLE,
        ),
        help=_("One row an issue."),
    )
)
GAPS = register(
    TableKind(
        "gaps",
        _("Gaps"),
        _("Gaps"),
        columns=(
            _NUMBER,
            _DIMENSION,
            _text("now", _("Condition now")),
            _text("expected", _("Condition expected")),
            _text("cause", _("Cause")),
            _text("need", _("What closes it")),
            Column(
                "issue",
                _("Title of the issue"),
                required=True,
                max_length=300,
                help=_("The issue that the gap feeds; a new title makes a new issue."),
            ),
            _ORIGIN,
            _EXAMPLE,
        ),
        help=_("One row a gap."),
    )
)
STRATEGIES = register(
    TableKind(
        "strategies",
        _("Strategies"),
        _("Strategies"),
        columns=(
            _NUMBER,
            Column(
                "kind", _("Kind"), "choice", required=True, choices=_choices(Pairing)
            ),
            _DIMENSION,
            _text("text", _("Text")),
            Column(
                "items",
                _("Numbers of the items it cites"),
                required=True,
                max_length=300,
                help=_("Parted by commas, such as 3, 8; letters before them may stay."),
            ),
            Column("aspect", _("Aspect"), "choice", choices=_choices(Aspect)),
            Column("issue", _("Number of the issue"), "whole", minimum=1),
            _ORIGIN,
            _EXAMPLE,
        ),
        help=_("One row a strategy."),
    )
)
AIMS = register(
    TableKind(
        "aims",
        _("Vision, missions, goals, targets"),
        _("Aims"),
        columns=(
            _NUMBER,
            Column(
                "level", _("Level"), "choice", required=True, choices=_choices(Level)
            ),
            Column("above", _("Number of what it stands under"), "whole", minimum=1),
            replace(_DIMENSION, required=False),
            _text("text", _("Text")),
            Column("indicator", _("Indicator"), max_length=300),
            Column("unit", _("Unit"), max_length=60),
            Column("baseline", _("Baseline"), "decimal"),
            Column("baseline_year", _("Year of the baseline"), "year"),
            Column("target", _("Target"), "decimal"),
            Column("target_year", _("Year of the target"), "year"),
            Column(
                "serves",
                _("Targets of the RPJMD that it serves"),
                max_length=300,
                help=_("Period and code, parted by commas: 2025-2029/1.1"),
            ),
            Column("sdg", _("SDG"), max_length=40),
            _ORIGIN,
            _EXAMPLE,
        ),
        help=_("One row an aim; each under the one whose number it names."),
    )
)
PLAN_TARGETS = register(
    TableKind(
        "rpjmd-targets",
        _("Targets of the RPJMD"),
        _("RPJMD targets"),
        columns=(
            Column(
                "period",
                _("Period"),
                "code",
                required=True,
                pattern=r"\d{4}-\d{4}",
                help=_("First and last year, such as 2025-2029."),
            ),
            Column("mission", _("Number of the mission"), "whole", required=True),
            Column("code", _("Code"), required=True, max_length=20),
            _text("objective", _("Objective (tujuan)"), required=False),
            _text("text", _("Target (sasaran)")),
            Column("indicator", _("Indicator"), max_length=300),
            Column("source", _("Source"), max_length=300),
            _EXAMPLE,
        ),
        key=("period", "code"),
        help=_("One row a target of an RPJMD that is recorded."),
    )
)


# Out


def readiness_values(region: Region) -> Iterator[dict[str, Value]]:
    """Every question of every year that has an answer."""
    for year in readiness.years(region):
        whole = readiness.readiness(region, year)
        for element in whole.elements:
            for one in element.answers:
                yield {
                    "year": year,
                    "question": one.question.code,
                    "element": element.element.name,
                    "question_text": one.question.text,
                    "score": one.score,
                    "note": one.row.note if one.row else "",
                    "state": state_words(one),
                    "evidence": "; ".join(
                        "…" if proof.evidence.confidential else proof.evidence.title
                        for proof in one.proofs
                    ),
                    "illustrative": bool(one.row and one.row.illustrative),
                }


def state_words(one: readiness.Answered) -> str:
    """How an answer stands."""
    if one.score is None:
        return str(_("not answered"))
    if one.counts:
        return str(_("counts"))
    if one.row is not None and one.row.carried:
        return str(_("taken over, look again"))
    return str(_("draft: no evidence"))


def _shared(row: Any) -> dict[str, Value]:
    text = {"text": row.text} if hasattr(row, "text") else {}
    return {
        "number": row.number,
        "dimension": row.dimension,
        **text,
        "origin": row.origin,
        "illustrative": row.illustrative,
    }


def swot_values(region: Region) -> Iterator[dict[str, Value]]:
    """Every item with its votes."""
    for row in situation.items(region):
        votes = situation.votes_of(row)
        yield {**_shared(row), "kind": row.kind, "layer": row.layer, "votes": votes}


def issue_values(region: Region) -> Iterator[dict[str, Value]]:
    """Every issue."""
    for row in situation.issues(region):
        yield {**_shared(row), "title": row.title}


def gap_values(region: Region) -> Iterator[dict[str, Value]]:
    """Every gap with the title of its issue."""
    for row in situation.gaps(region):
        yield {
            **_shared(row),
            "now": row.now,
            "expected": row.expected,
            "cause": row.cause,
            "need": row.need,
            "issue": row.issue.title,
        }


def strategy_values(region: Region) -> Iterator[dict[str, Value]]:
    """Every strategy with what it cites."""
    for row in situation.strategies(region):
        yield {
            **_shared(row),
            "kind": row.kind,
            "items": ", ".join(str(one) for one in situation.cites(row)),
            "aspect": row.aspect or None,
            "issue": row.issue.number if row.issue else None,
        }


def aim_values(region: Region) -> Iterator[dict[str, Value]]:
    """Every aim with what it serves now."""
    for row in situation.aims(region):
        open_lines = [one for one in row.alignments.all() if one.until is None]
        yield {
            **_shared(row),
            "level": row.level,
            "above": row.above.number if row.above else None,
            "indicator": row.indicator,
            "unit": row.unit,
            "baseline": row.baseline,
            "baseline_year": row.baseline_year,
            "target": row.target,
            "target_year": row.target_year,
            "serves": ", ".join(
                f"{one.plan_target.development_plan.code}/{one.plan_target.code}"
                for one in open_lines
            ),
            "sdg": row.sdg,
        }


def plan_target_values(region: Region) -> Iterator[dict[str, Value]]:
    """Every target of the RPJMDs."""
    for row in situation.plan_targets(region):
        yield {
            "period": row.development_plan.code,
            "mission": row.mission,
            "code": row.code,
            "objective": row.objective,
            "text": row.text,
            "indicator": row.indicator,
            "source": row.source,
            "illustrative": row.illustrative,
        }


# In


@dataclass(frozen=True)
class Hand:
    """Whose file it is: the region, the person, the moment."""

    region: Region
    by: Account | None
    at: datetime


Taker = Callable[[Hand, Mapping[str, Any]], object]


@transaction.atomic
def take(rows: Rows, taker: Taker, hand: Hand) -> int:
    """Record every row of a file, or none; how many. FileRefused names each row that is
    refused, with why.
    """
    problems: list[Problem] = []
    count = 0
    for row in rows:
        try:
            with transaction.atomic():
                taker(hand, _filled(row))
        except Refusal as no:
            problems.append(Problem(row.sheet, row.number, "", f"{no.why} {no.next}"))
        count += 1
    if problems:
        raise rows.refused(problems)
    return count


def _filled(row: Row) -> dict[str, Any]:
    """Empty texts as "", so that records take them."""
    return {code: "" if value is None else value for code, value in row.values.items()}


def _number(row: Mapping[str, Any]) -> int | None:
    return row.get("number") or None


def _more(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "origin": row.get("origin", ""),
        "illustrative": bool(row.get("illustrative")),
    }


def take_readiness(hand: Hand, row: Mapping[str, Any]) -> object:
    """One answer; a row with neither score nor note is passed over."""
    score = row.get("score", "")
    if score == "" and not row.get("note"):
        return None
    answer = actions.Answer(
        question=row["question"],
        score=None if score == "" else int(score),
        note=row.get("note", ""),
        illustrative=bool(row.get("illustrative")),
    )
    return actions.record_readiness(
        region=hand.region, year=row["year"], answer=answer, by=hand.by, at=hand.at
    )


def take_swot(hand: Hand, row: Mapping[str, Any]) -> object:
    """One item."""
    new = actions.NewSwot(
        row["kind"], row["dimension"], row["layer"], row["text"], **_more(row)
    )
    return actions.record_swot(
        region=hand.region, new=new, by=hand.by, at=hand.at, number=_number(row)
    )


def take_issue(hand: Hand, row: Mapping[str, Any]) -> object:
    """One issue."""
    new = actions.NewIssue(
        row["dimension"], row["title"], row.get("text", ""), **_more(row)
    )
    return actions.record_issue(
        region=hand.region, new=new, by=hand.by, at=hand.at, number=_number(row)
    )


def take_gap(hand: Hand, row: Mapping[str, Any]) -> object:
    """One gap."""
    new = actions.NewGap(
        row["dimension"],
        row["now"],
        row["expected"],
        row["cause"],
        row["need"],
        issue_title=row["issue"],
        **_more(row),
    )
    return actions.record_gap(
        region=hand.region, new=new, by=hand.by, at=hand.at, number=_number(row)
    )


def take_strategy(hand: Hand, row: Mapping[str, Any]) -> object:
    """One strategy."""
    new = actions.NewStrategy(
        row["kind"],
        row["dimension"],
        row["text"],
        tuple(_numbers(str(row["items"]))),
        aspect=row.get("aspect", ""),
        issue=row.get("issue") or None,
        **_more(row),
    )
    return actions.record_strategy(
        region=hand.region, new=new, by=hand.by, at=hand.at, number=_number(row)
    )


def _numbers(text: str) -> Iterable[int]:
    for part in text.replace(";", ",").split(","):
        digits = "".join(sign for sign in part if sign.isdigit())
        if digits:
            yield int(digits)


def take_aim(hand: Hand, row: Mapping[str, Any]) -> object:
    """One aim."""
    measure = actions.Measure(
        indicator=row.get("indicator", ""),
        unit=row.get("unit", ""),
        baseline=_decimal(row.get("baseline")),
        baseline_year=row.get("baseline_year") or None,
        target=_decimal(row.get("target")),
        target_year=row.get("target_year") or None,
    )
    new = actions.NewAim(
        level=row["level"],
        text=row["text"],
        above=row.get("above") or None,
        dimension=row.get("dimension", ""),
        measure=measure,
        serves=tuple(served(hand.region, str(row.get("serves", "")))),
        sdg=str(row.get("sdg", "")),
        **_more(row),
    )
    return actions.record_aim(
        region=hand.region, new=new, by=hand.by, at=hand.at, number=_number(row)
    )


def _decimal(value: Any) -> Decimal | None:
    return None if value in ("", None) else Decimal(value)


def served(region: Region, text: str) -> Iterator[int]:
    """Keys of targets written as "2025-2029/1.1, …"; unknown ones are left out, and the
    action refuses an aim that is left with none.
    """
    for part in filter(None, (one.strip() for one in text.split(","))):
        period, _sign, code = part.replace("–", "-").partition("/")
        rows = PlanTarget.objects.filter(
            development_plan__region=region,
            development_plan__first_year=int(period[:4]) if period[:4].isdigit() else 0,
            code=code,
        )
        yield from rows.values_list("pk", flat=True)


def take_plan_target(hand: Hand, row: Mapping[str, Any]) -> object:
    """One target of an RPJMD."""
    first, _sign, last = str(row["period"]).partition("-")
    plan = DevelopmentPlan.objects.filter(
        region=hand.region, first_year=int(first), last_year=int(last)
    ).first()
    if plan is None:
        raise actions.NoPlan(
            what=_("The row was not taken."),
            why=_("No RPJMD of this period is recorded."),
            next=_("Record its vision and missions first."),
        )
    new = actions.NewPlanTarget(
        mission=int(row["mission"]),
        code=row["code"],
        text=row["text"],
        objective=row.get("objective", ""),
        indicator=row.get("indicator", ""),
        source=row.get("source", ""),
        illustrative=bool(row.get("illustrative")),
    )
    return actions.record_plan_target(plan=plan, new=new, by=hand.by, at=hand.at)


def with_dimensions(kind: TableKind) -> TableKind:
    """The same kind with the dimensions in force as choices, for templates and files."""
    if not any(column.code == "dimension" for column in kind.columns):
        return kind
    return kind.with_choices(
        "dimension", {code: row.name for code, row in dimensions.known().items()}
    )
