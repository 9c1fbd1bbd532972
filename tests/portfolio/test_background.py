"""The worker: what a draft leaves is run, what a dead worker held is run again."""

import asyncio
from datetime import datetime
from types import SimpleNamespace
from typing import cast

import pytest
from django.db import connection
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from habaring.portfolio.models import Scenario, ScenarioStatus
from habaring.portfolio.tasks import retry_stalled
from tests.portfolio import makers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_other_jobs(transactional_db: None) -> None:
    """Jobs of other tests stay behind, since Django does not empty their tables."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def work() -> None:
    """Run the jobs that wait, as the worker does, then stop."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as worker:
        worker.run_worker(
            wait=False, install_signal_handlers=False, listen_notify=False
        )
    connection.close()


def job() -> ProcrastinateJob:
    found: ProcrastinateJob = ProcrastinateJob.objects.get(
        task_name="portfolio.run_scenario"
    )
    return found


def test_a_worker_runs_the_job_that_a_draft_left(at: datetime) -> None:
    scenario = makers.scenario(makers.place(), at)
    work()
    scenario.refresh_from_db()
    assert scenario.status == ScenarioStatus.DONE
    assert job().status == "succeeded"


async def _retry() -> None:
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as worker:
        async with worker.open_async():
            context = cast("JobContext", SimpleNamespace(app=worker))
            await retry_stalled.func(context, timestamp=0)


def test_the_scenario_of_a_killed_worker_is_queued_and_run_again(at: datetime) -> None:
    scenario = makers.scenario(makers.place(), at)
    with connection.cursor() as cursor:  # a worker that gave no sign for an hour
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) "
            "VALUES (NOW() - INTERVAL '1 hour') RETURNING id"
        )
        (worker,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker]
        )
    Scenario.objects.filter(pk=scenario.pk).update(status="running")
    asyncio.run(_retry())
    assert job().status == "todo"
    work()
    scenario.refresh_from_db()
    assert scenario.status == ScenarioStatus.DONE
