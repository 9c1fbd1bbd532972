"""What the pages of choosing show, made from rows and results; nothing is decided here."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from habaring.engines.choosing import Limits
from habaring.portfolio import choose_files, pictures, queries
from habaring.portfolio.candidates import FAULTS, Entry, Known, quick_win_faults
from habaring.portfolio.funding import QUESTIONS, source_name
from habaring.portfolio.inputs import entry_of, questions_answered
from habaring.portfolio.limits_form import YearsForm
from habaring.portfolio.models import Candidate, LimitSet, Scenario, ScenarioStatus
from habaring.portfolio.reasons import conflict_ways, problem_words
from habaring.portfolio.results import compare, names_of, result
from habaring.shared.formats import percent
from habaring.shared.pages import download
from habaring.shared.refusal import FileRefused, Refusal, Words

LARGEST_TOML = 256 * 1024
PLAN_YEARS = 5


# Candidates


@dataclass(frozen=True)
class CandidateLine:
    """A candidate in a list."""

    row: Candidate
    dimension: Words | Any
    order: int
    chosen: bool
    answers: int


def candidate_line(row: Candidate, known: Known, *, chosen: bool) -> CandidateLine:
    """One row of the list."""
    order = list(known.dimensions)
    place = order.index(row.dimension_code) if row.dimension_code in order else 0
    name = known.dimensions.get(row.dimension_code, row.dimension_code)
    answers = sum(questions_answered(entry_of(row)).values())
    return CandidateLine(row, name, place, chosen, answers)


@dataclass(frozen=True)
class Cost:
    """One line of a candidate's money: a year of work, or every year after."""

    year: int | None
    source: Words
    amount: int


@dataclass(frozen=True)
class Answer:
    """One of the four questions of sustainability, with its answer or none."""

    question: Words
    text: str


@dataclass(frozen=True)
class Card:
    """All of one candidate, for its page."""

    row: Candidate
    entry: Entry
    dimension: Words | Any
    order: int
    costs: tuple[Cost, ...]
    running: tuple[Cost, ...]
    outcomes: tuple[tuple[Any, float], ...]
    answers: tuple[Answer, ...]
    faults: tuple[Words, ...]


def card(row: Candidate, known: Known) -> Card:
    """What a candidate's page shows."""
    entry = entry_of(row)
    texts = (
        entry.running_cost_paid_by,
        entry.owner_after,
        ", ".join(str(goal) for goal in entry.sdg),
        entry.environment_effect,
    )
    line = candidate_line(row, known, chosen=False)
    return Card(
        row=row,
        entry=entry,
        dimension=line.dimension,
        order=line.order,
        costs=tuple(Cost(y, source_name(s), a) for (y, s), a in entry.costs.items()),
        running=tuple(Cost(None, source_name(s), a) for s, a in entry.running.items()),
        outcomes=tuple(
            (known.dimensions.get(d, d), p) for d, p in entry.outcomes.items()
        ),
        answers=tuple(map(Answer, QUESTIONS.values(), texts)),
        faults=tuple(FAULTS[f] for f in quick_win_faults(entry))
        if entry.quick_win
        else (),
    )


# Limits


@dataclass(frozen=True)
class LimitsLine:
    """A set of limits in a list; `limits` is None where it cannot be read any more."""

    row: LimitSet
    limits: Limits | None
    total: int

    @property
    def rules(self) -> int:
        """How many rules it has beside the ceilings."""
        kept = self.limits
        if kept is None:
            return 0
        lists = (
            kept.shares,
            kept.floors,
            kept.staff,
            kept.promised,
            kept.forbidden,
            kept.require_sustainable,
        )
        return sum(map(len, lists)) + bool(kept.quick_wins_per_dimension)


def limits_line(row: LimitSet) -> LimitsLine:
    """One row of the list."""
    try:
        limits = choose_files.limits_from_toml(row.toml)
    except Refusal:
        return LimitsLine(row, None, 0)
    return LimitsLine(row, limits, sum(limits.ceilings.values()))


def limits_base(before: LimitSet | None, years: YearsForm, *, this_year: int) -> Limits:
    """The limits that a form starts from: those before, over the years asked for."""
    base = (
        choose_files.limits_from_toml(before.toml)
        if before
        else Limits(start_year=this_year + 1, years=PLAN_YEARS, ceilings={})
    )
    if years.is_bound and years.is_valid():
        data = years.cleaned_data
        base = replace(base, start_year=data["mulai"], years=data["tahun"])
    return base


def toml_text(file: IO[bytes]) -> str:
    """The text of an uploaded TOML file; FileRefused where it is none."""
    content = file.read(LARGEST_TOML + 1)
    if len(content) > LARGEST_TOML:
        raise FileRefused(
            _("The limits were not taken in."),
            _("The file is larger than 256 KB; limits are never that long."),
            _("Send the TOML file that this page gives, changed as you need it."),
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(
            _("The limits were not taken in."),
            _("The file is not text in UTF-8."),
            _("Send the TOML file that this page gives, changed as you need it."),
        ) from None


# Scenarios


@dataclass(frozen=True)
class ScenarioLine:
    """A scenario in a list: how it stands, and what it chose."""

    row: Scenario
    chosen: int
    candidates: int
    gap: float | None


def scenario_line(row: Scenario) -> ScenarioLine:
    """One row of the list."""
    chosen = queries.chosen_codes(row)
    gap = row.record["gap"] if row.record else None
    return ScenarioLine(row, len(chosen), len(row.candidate_ids), gap)


def done(scenario: Scenario) -> dict[str, Any]:
    """The answer of a finished scenario, its pictures and its reasons."""
    found = result(scenario)
    if found is None:
        raise Http404
    example = found.illustrative
    return {
        "result": found,
        "money_chart": pictures.money_chart(found.money, example=example),
        "roadmap": pictures.roadmap_chart(found) if found.chosen else None,
        "dimensions": pictures.balance_chart(
            found.dimensions,
            key="dimensi",
            title=_("Money by dimension"),
            example=example,
        ),
        "districts": pictures.balance_chart(
            found.places,
            key="kecamatan",
            title=_("Money by district"),
            example=example,
        ),
        "ladder": pictures.ladder_chart(found),
        "frontier": pictures.frontier_chart(found),
        "marginal": pictures.marginal_chart(found),
        "quick_wins": [
            (row, [(line, [FAULTS[f] for f in faults]) for line, faults in row.faulty])
            for row in found.quick_wins
        ],
        "command": command(scenario),
    }


def command(scenario: Scenario) -> str:
    """The command that computes the same plan from the downloaded files."""
    name = scenario.region_id
    seed = f" --seed {scenario.seed}" if scenario.seed else ""
    files = f"kandidat-{name}.csv batas-{name}.toml"
    search = f"--gap {scenario.gap:g} --seconds {scenario.seconds}{seed}"
    return f"habaring choose {files} {search} --json"


def conflict(scenario: Scenario) -> dict[str, Any]:
    """The contradiction in words, and what would undo it."""
    try:
        programmes = queries.programmes_of(scenario)
    except Refusal:
        programmes = {}
    names = names_of(scenario.region, programmes)
    told: Mapping[str, Any] = scenario.conflict or {}
    return {
        "ways": conflict_ways(told, names),
        "problems": [problem_words(p, names) for p in told.get("problems", ())],
        "irreducible": told.get("irreducible", True),
    }


def phase_words(phase: str) -> str:
    """What the search does just now."""
    return {
        "reading": _("Reading the candidates and the limits"),
        "relaxation": _("Looking for the most that any plan could reach"),
        "core": _("Searching among the most promising programmes"),
        "full": _("Searching among all programmes"),
        "improve": _("Improving the plan in small steps"),
        "reasons": _("Finding the reason for each programme"),
    }.get(phase, _("Waiting for its turn"))


def running(scenario: Scenario, *, at: datetime) -> dict[str, Any]:
    """How far a scenario is, or how it ended without a result."""
    begun = scenario.started_at or scenario.requested_at
    elapsed = max(int((at - begun).total_seconds()), 0)
    gap = scenario.progress.get("gap")
    return {
        "active": scenario.status in (ScenarioStatus.QUEUED, ScenarioStatus.RUNNING),
        "phase": phase_words(scenario.progress.get("phase", "")),
        "elapsed": elapsed,
        "share": min(elapsed, scenario.seconds),
        "gap": percent(gap, 2) if gap is not None else "",
        "late": scenario.status == ScenarioStatus.QUEUED and elapsed > 20,
        "problem": problem_of(scenario),
    }


def problem_of(scenario: Scenario) -> str:
    """Why a scenario failed, in words."""
    if scenario.problem == "no_plan_in_time":
        return _("No plan was found in the time given. Give the search more time.")
    return scenario.problem


def compared(a: Scenario, b: Scenario) -> Any:
    """Two finished scenarios side by side."""
    first, second = result(a), result(b)
    if first is None or second is None:
        raise Http404
    return compare(first, second)


RAW: Mapping[str, Callable[[Scenario], tuple[str, str, str]]] = {
    "kandidat.csv": lambda s: ("kandidat", "text/csv; charset=utf-8", s.candidates_csv),
    "batas.toml": lambda s: ("batas", "application/toml", s.limits_toml),
    "catatan.json": lambda s: (
        "catatan",
        "application/json",
        json.dumps(s.record or s.conflict or {}, ensure_ascii=False, indent=1),
    ),
}
"""The files that `habaring choose` reads and writes, by the end of their address."""


def raw_file(scenario: Scenario, form: str) -> HttpResponseBase:
    """One of the files of a scenario, exactly as it was frozen."""
    name, media_type, text = RAW[form](scenario)
    suffix = form.rpartition(".")[2]
    file = f"{name}-{scenario.region_id}.{suffix}"
    return download(text.encode(), name=file, media_type=media_type)
