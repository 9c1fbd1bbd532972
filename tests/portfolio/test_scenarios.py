"""Scenarios are frozen, run once, end in a plan or in a conflict told in words."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from habaring.council.models import Decision
from habaring.engines import choosing
from habaring.engines.choosing import Choice
from habaring.people.models import Account
from habaring.portfolio import queries, running
from habaring.portfolio.actions import (
    AdoptionRefused,
    Draft,
    Outcome,
    Scaling,
    ScenarioRefused,
    adopt_plan,
    cancel_scenario,
    derive_scenario,
    draft_scenario,
    finish_scenario,
    record_candidates,
)
from habaring.portfolio.models import Plan, PlanItem, Scenario, ScenarioStatus
from habaring.portfolio.running import run_scenario
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from tests.makers import region
from tests.portfolio import makers
from tests.portfolio.makers import MILLIARD, entry


@pytest.fixture
def kotim(kotim: Region) -> Region:
    return makers.place()


def run(scenario: Scenario, at: datetime) -> Scenario:
    run_scenario(scenario=scenario.pk, region=scenario.region_id, clock=lambda: at)
    scenario.refresh_from_db()
    return scenario


def test_a_draft_freezes_its_inputs_and_queues_a_job(
    kotim: Region, at: datetime
) -> None:
    scenario = makers.scenario(kotim, at)
    record_candidates(
        region=kotim,
        rows=[entry("A", name="Lain")],
        upload=None,
        by=None,
        at=at + timedelta(1),
    )
    assert scenario.status == ScenarioStatus.QUEUED
    assert queries.programmes_of(scenario)["A"].name == "Program A"
    job = ProcrastinateJob.objects.get(task_name="portfolio.run_scenario")
    assert job.args == {"scenario": scenario.pk, "region": scenario.region_id}


def test_a_draft_that_is_rolled_back_leaves_no_job(kotim: Region, at: datetime) -> None:
    def drafted_and_lost() -> None:
        with transaction.atomic():
            makers.scenario(kotim, at)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        drafted_and_lost()
    assert not ProcrastinateJob.objects.exists()


def test_drafts_are_refused_without_candidates_name_or_own_limits(
    kotim: Region, at: datetime
) -> None:
    limits = makers.limit_set(kotim, at)
    with pytest.raises(ScenarioRefused):
        draft_scenario(region=kotim, draft=Draft("A", limits), by=None, at=at)
    record_candidates(region=kotim, rows=[entry("A")], upload=None, by=None, at=at)
    with pytest.raises(ScenarioRefused):
        draft_scenario(region=kotim, draft=Draft(" ", limits), by=None, at=at)
    there = makers.limit_set(region("62.01"), at)
    with pytest.raises(ScenarioRefused):
        draft_scenario(region=kotim, draft=Draft("A", there), by=None, at=at)
    assert not Scenario.objects.exists()


def test_a_run_keeps_the_plan_the_reasons_and_the_frontier(
    kotim: Region, at: datetime
) -> None:
    scenario = makers.done(kotim, at)
    assert scenario.status == ScenarioStatus.DONE
    choice = Choice.from_record(scenario.record or {})
    assert set(choice.chosen) == {"A", "B", "C"}
    assert len(scenario.frontier or ()) == running.FRONTIER_POINTS
    assert scenario.finished_at == at
    money = queries.money(scenario)
    assert money.total == money.build == 6 * MILLIARD
    assert money.ceiling(source="PAD") == 15 * MILLIARD


def test_the_money_of_running_counts_after_completion(
    kotim: Region, at: datetime
) -> None:
    scenario = makers.done(
        kotim, at, [entry("A", latest=2027, running={"PAD": 100_000_000})]
    )
    money = queries.money(scenario)
    assert money.running == 400_000_000
    assert money.amount(year=2027) == 2 * MILLIARD
    assert money.amount(year=2028, kind="running") == 100_000_000


def test_a_second_run_changes_nothing(kotim: Region, at: datetime) -> None:
    scenario = makers.done(kotim, at)
    before = Scenario.objects.filter(pk=scenario.pk).values().get()
    run(scenario, at + timedelta(hours=1))
    assert Scenario.objects.filter(pk=scenario.pk).values().get() == before
    assert AuditEntry.objects.filter(verb="portfolio.scenario.finished").count() == 1


def test_a_scenario_whose_worker_died_is_run_again(kotim: Region, at: datetime) -> None:
    scenario = makers.scenario(kotim, at)
    Scenario.objects.update(status="running", progress={"phase": "full"})
    assert run(scenario, at).status == ScenarioStatus.DONE


def test_a_cancelled_scenario_is_not_run_and_not_finished(
    kotim: Region, budi: Account, at: datetime
) -> None:
    scenario = makers.scenario(kotim, at)
    cancel_scenario(scenario=scenario, by=budi, at=at)
    assert run(scenario, at).status == ScenarioStatus.CANCELLED
    assert not finish_scenario(
        scenario=scenario, outcome=Outcome(ScenarioStatus.DONE), at=at
    )
    with pytest.raises(ScenarioRefused):
        cancel_scenario(scenario=scenario, by=budi, at=at)


def test_a_scenario_cancelled_while_it_runs_stops(
    kotim: Region, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = makers.scenario(kotim, at)

    def cancelled(*args: Any, progress: Any, **more: Any) -> None:
        Scenario.objects.update(status="cancelled")
        progress(choosing.Progress("full", 1.0, 2.0, 0.5, 1.0))

    monkeypatch.setattr(choosing, "choose", cancelled)
    assert run(scenario, at).status == ScenarioStatus.CANCELLED


def test_contradicting_limits_end_in_a_conflict(kotim: Region, at: datetime) -> None:
    scenario = makers.done(
        kotim,
        at,
        [entry("A", latest=2027), entry("B", latest=2027)],
        promised=("A", "B"),
    )
    assert scenario.status == ScenarioStatus.CONFLICT
    names = {clash["name"] for clash in (scenario.conflict or {})["conflict"]}
    assert names == {"promised:A", "promised:B", "ceiling:PAD:2027"}


def test_a_ceiling_of_zero_for_a_promise_is_told_before_any_search(
    kotim: Region, at: datetime
) -> None:
    scenario = makers.done(
        kotim, at, [entry("A")], promised=("A",), ceilings={("PAD", 2027): 0}
    )
    assert scenario.status == ScenarioStatus.CONFLICT
    assert (scenario.conflict or {})["problems"][0]["code"] == "promised_zero_ceiling"


def test_a_run_that_breaks_says_so(
    kotim: Region, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = makers.scenario(kotim, at)

    def broken(*args: Any, **more: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(choosing, "choose", broken)
    monkeypatch.setattr(running.logger, "exception", lambda *args: None)
    assert run(scenario, at).status == ScenarioStatus.FAILED
    assert scenario.problem == "MemoryError"


def test_a_tenth_less_is_a_new_scenario_on_the_same_candidates(
    kotim: Region, budi: Account, at: datetime
) -> None:
    base = makers.done(kotim, at)
    derived = derive_scenario(
        scenario=base, name="Hemat 10 %", scaling=Scaling(percent=-10), by=budi, at=at
    )
    assert derived.derived_from == base
    assert derived.candidates_csv == base.candidates_csv
    assert queries.limits_of(derived).ceilings["PAD", 2027] == 2_700_000_000
    assert derived.limit_set.changed_from == base.limit_set


def test_a_change_of_nothing_is_refused(
    kotim: Region, budi: Account, at: datetime
) -> None:
    base = makers.scenario(kotim, at)
    for percent in (0, -101):
        with pytest.raises(ScenarioRefused):
            derive_scenario(
                scenario=base, name="A", scaling=Scaling(percent), by=budi, at=at
            )
    assert Scenario.objects.count() == 1


def test_only_named_sources_and_years_change(
    kotim: Region, budi: Account, at: datetime
) -> None:
    base = makers.scenario(
        kotim,
        at,
        ceilings={("PAD", 2027): 3 * MILLIARD, ("DAK", 2027): 100, ("DAK", 2028): 100},
    )
    derived = derive_scenario(
        scenario=base, name="A", scaling=Scaling(-10, ("DAK",), (2028,)), by=budi, at=at
    )
    ceilings = queries.limits_of(derived).ceilings
    assert (ceilings["PAD", 2027], ceilings["DAK", 2027], ceilings["DAK", 2028]) == (
        3 * MILLIARD,
        100,
        90,
    )


def test_adoption_makes_one_plan_in_force_with_its_money(
    kotim: Region, budi: Account, at: datetime
) -> None:
    scenario = makers.done(kotim, at, [entry("A", running={"PAD": 1000}), entry("B")])
    decision = makers.decision(kotim, at, budi)
    plan = adopt_plan(scenario=scenario, decision=decision, by=budi, at=at)
    assert queries.plan_in_force(kotim) == plan
    assert (plan.start_year, plan.years) == (2027, 5)
    assert {item.candidate.code for item in queries.plan_items(plan)} == {"A", "B"}
    assert queries.money(plan) == queries.money(scenario)


def test_a_later_plan_replaces_and_keeps_the_earlier_one(
    kotim: Region, budi: Account, at: datetime
) -> None:
    scenario = makers.done(kotim, at)
    first = adopt_plan(
        scenario=scenario, decision=makers.decision(kotim, at), by=budi, at=at
    )
    later = at + timedelta(days=1)
    second = adopt_plan(
        scenario=scenario,
        decision=makers.decision(kotim, at, number="2/2026"),
        by=budi,
        at=later,
    )
    first.refresh_from_db()
    assert first.replaced_at == later
    assert queries.plan_in_force(kotim) == second
    assert PlanItem.objects.filter(plan=first).count() == 3


def test_adoption_is_refused_for_an_unfinished_scenario(
    kotim: Region, budi: Account, at: datetime
) -> None:
    with pytest.raises(AdoptionRefused):
        adopt_plan(
            scenario=makers.scenario(kotim, at),
            decision=makers.decision(kotim, at),
            by=budi,
            at=at,
        )
    assert not Plan.objects.exists()


def test_adoption_is_refused_for_a_decision_of_elsewhere_or_a_used_one(
    kotim: Region, budi: Account, at: datetime
) -> None:
    scenario = makers.done(kotim, at)
    there: Decision = makers.decision(region("62.01"), at)
    with pytest.raises(AdoptionRefused):
        adopt_plan(scenario=scenario, decision=there, by=budi, at=at)
    here = makers.decision(kotim, at)
    adopt_plan(scenario=scenario, decision=here, by=budi, at=at)
    with pytest.raises(AdoptionRefused):
        adopt_plan(scenario=scenario, decision=here, by=budi, at=at)
    assert Plan.objects.count() == 1


def test_adoption_is_refused_when_nothing_was_chosen(
    kotim: Region, budi: Account, at: datetime
) -> None:
    scenario = makers.done(kotim, at, ceilings={("PAD", 2027): 1})
    with pytest.raises(AdoptionRefused):
        adopt_plan(
            scenario=scenario, decision=makers.decision(kotim, at), by=budi, at=at
        )


def test_the_thread_goes_from_the_origin_to_the_plan(
    kotim: Region, budi: Account, at: datetime
) -> None:
    asked = entry("A", origin_kind="meeting", origin_text="Musrenbang Baamang")
    scenario = makers.done(kotim, at, [asked])
    candidate = queries.current_candidates(kotim).get()
    assert [s.kind for s in queries.thread(candidate)] == [
        "origin",
        "candidate",
        "plan_item",
    ]
    adopt_plan(scenario=scenario, decision=makers.decision(kotim, at), by=budi, at=at)
    steps = queries.thread(candidate)
    assert [s.kind for s in steps] == [
        "origin",
        "candidate",
        "scenario",
        "decision",
        "plan_item",
    ]
    assert steps[0].text == "Musrenbang Baamang"
    assert steps[-1].state == "now"
