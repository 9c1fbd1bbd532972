"""Run a drafted scenario: the engine's search, its progress kept, its end recorded."""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from habaring.engines import choosing
from habaring.portfolio import choose_files, queries
from habaring.portfolio.actions import Outcome, begin_scenario, finish_scenario
from habaring.portfolio.models import Scenario, ScenarioStatus
from habaring.shared import walls
from habaring.shared.refusal import Refusal

logger = logging.getLogger(__name__)
BETWEEN_NOTES = 0.5  # seconds: a page that asks every second sees each step
FRONTIER_POINTS = 15


class _Cancelled(Exception):  # noqa: N818 - a way out, not an error
    """Somebody stopped the scenario while it ran."""


def run_scenario(*, scenario: int, region: str, clock: Callable[[], datetime]) -> None:
    """Search for the best plan of a scenario and keep what came of it.

    Safe to call twice: a scenario that has ended is left alone, one whose worker died
    begins anew. `region` is the code of its region; `clock` tells the moment of beginning and end.
    """
    with walls.within(region):
        row = begin_scenario(scenario=scenario, at=clock())
    if row is None:
        return
    try:
        outcome = _search(row)
    except _Cancelled:
        return
    with walls.within(row.region_id):
        finish_scenario(scenario=row, outcome=outcome, at=clock())


def _search(row: Scenario) -> Outcome:
    try:
        programmes = tuple(queries.programmes_of(row).values())
        limits = choose_files.limits_from_toml(row.limits_toml)
        choice = choosing.choose(
            programmes,
            limits,
            gap=row.gap,
            seconds=row.seconds,
            seed=row.seed,
            progress=_Notes(row),
        )
    except choosing.Conflict as conflict:
        return Outcome(ScenarioStatus.CONFLICT, conflict=conflict.as_record())
    except choosing.Refused as refused:
        told = {"problems": [asdict(problem) for problem in refused.problems]}
        return Outcome(ScenarioStatus.CONFLICT, conflict=told)
    except Refusal as refused:
        return Outcome(ScenarioStatus.FAILED, problem=str(refused))
    except _Cancelled:
        raise
    except Exception as error:  # the page must say that it failed, whatever it was
        logger.exception("scenario %s failed", row.pk)
        return Outcome(ScenarioStatus.FAILED, problem=type(error).__name__)
    if not choice.feasible:
        return Outcome(ScenarioStatus.FAILED, problem="no_plan_in_time")
    points = choosing.frontier(programmes, limits, FRONTIER_POINTS)
    return Outcome(
        ScenarioStatus.DONE,
        record=choice.as_record(),
        frontier=[asdict(point) for point in points],
    )


class _Notes:
    """Keeps the progress in the scenario's row, twice a second at most."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.last: tuple[str, float] = ("", 0.0)

    def __call__(self, progress: choosing.Progress) -> None:
        phase, at = self.last
        moment = time.monotonic()
        if progress.phase == phase and moment - at < BETWEEN_NOTES:
            return
        self.last = (progress.phase, moment)
        running = Scenario.objects.filter(
            pk=self.scenario.pk, status=ScenarioStatus.RUNNING
        )
        with walls.within(self.scenario.region_id):
            noted = running.update(progress=asdict(progress))
        if not noted:
            raise _Cancelled
