"""What serves the RPJMD, and what becomes of it when the period changes."""

from datetime import date, datetime

import pytest

from habaring.masterplan import actions
from habaring.masterplan.actions import Remap
from habaring.masterplan.actions.aiming import MapRefused, ServesNothing
from habaring.masterplan.models import Alignment, DevelopmentPlan, PlanTarget
from habaring.regions.models import Region
from tests.masterplan import analysis_makers as makers
from tests.masterplan.makers import development_plan

CHANGE = date(2027, 1, 1)


@pytest.fixture
def plans(kotim: Region, at: datetime) -> tuple[DevelopmentPlan, DevelopmentPlan]:
    old = development_plan(kotim, at, first_year=2021, last_year=2026)
    return old, development_plan(kotim, at)


@pytest.fixture
def targets(
    plans: tuple[DevelopmentPlan, DevelopmentPlan], at: datetime
) -> tuple[PlanTarget, PlanTarget]:
    old, new = plans
    return (
        makers.plan_target(old, at, "1.1", "Layanan publik yang baik"),
        makers.plan_target(new, at, "2.1", "Layanan publik digital", mission=2),
    )


def test_a_target_that_serves_no_target_of_the_rpjmd_is_refused(
    kotim: Region, at: datetime, targets: tuple[PlanTarget, PlanTarget]
) -> None:
    goal = makers.aims(kotim, at)
    with pytest.raises(ServesNothing):
        makers.target(kotim, at, goal, "Tanpa RPJMD")
    made = makers.target(kotim, at, goal, "Dengan RPJMD", targets[0])
    assert made.alignments.count() == 1


def test_a_new_period_keeps_the_old_map_with_its_last_day(
    kotim: Region,
    at: datetime,
    plans: tuple[DevelopmentPlan, DevelopmentPlan],
    targets: tuple[PlanTarget, PlanTarget],
) -> None:
    goal = makers.aims(kotim, at)
    moved = makers.target(kotim, at, goal, "Layanan daring", targets[0])
    left = makers.target(kotim, at, goal, "Jalan desa", targets[0])
    before = list(Alignment.objects.values_list("pk", flat=True))
    made = actions.remap(
        region=kotim,
        new=Remap(*plans, CHANGE, {moved.number: (targets[1].pk,), left.number: ()}),
        by=None,
        at=at,
    )
    assert (made.moved, made.ended, made.begun, made.left) == (1, 1, 1, 1)
    assert set(before) < set(Alignment.objects.values_list("pk", flat=True))
    [old, new] = moved.alignments.order_by("since")
    assert (old.plan_target, old.until) == (targets[0], CHANGE)
    assert (new.plan_target, new.since, new.replaces) == (targets[1], CHANGE, old)
    the_day_before = Alignment.objects.on(date(2026, 12, 31)).filter(aim=moved)
    assert [row.plan_target for row in the_day_before] == [targets[0]]
    that_day = Alignment.objects.on(CHANGE).filter(aim=moved)
    assert [row.plan_target for row in that_day] == [targets[1]]


def test_a_map_to_the_same_plan_or_to_others_targets_is_refused(
    kotim: Region,
    at: datetime,
    plans: tuple[DevelopmentPlan, DevelopmentPlan],
    targets: tuple[PlanTarget, PlanTarget],
) -> None:
    goal = makers.aims(kotim, at)
    aim = makers.target(kotim, at, goal, "Layanan daring", targets[0])
    old, new = plans
    for wrong in (
        Remap(old, old, CHANGE, {aim.number: (targets[0].pk,)}),
        Remap(old, new, CHANGE, {aim.number: (targets[0].pk,)}),
        Remap(old, new, date(2020, 1, 1), {aim.number: (targets[1].pk,)}),
    ):
        with pytest.raises(MapRefused):
            actions.remap(region=kotim, new=wrong, by=None, at=at)
    assert Alignment.objects.filter(until=None).count() == 1


def test_an_rpjmd_recorded_again_keeps_its_targets(
    kotim: Region, at: datetime, targets: tuple[PlanTarget, PlanTarget]
) -> None:
    development_plan(kotim, at, vision_id="Diperbaiki")
    targets[1].refresh_from_db()
    assert targets[1].withdrawn_at is None
