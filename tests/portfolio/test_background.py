"""The worker: what a draft leaves is run, what a dead worker held is run again."""

from datetime import datetime

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from habaring.portfolio.models import ScenarioStatus
from tests.portfolio import makers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _roles() -> None:
    """Rows that migrations made are gone after a test that commits; none are needed."""


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
