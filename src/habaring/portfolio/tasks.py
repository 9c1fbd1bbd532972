"""Background work: run scenarios, and take up those whose worker died."""

from django.utils.timezone import now
from procrastinate import JobContext
from procrastinate.contrib.django import app

from habaring.shared import walls

DEAD_AFTER = 30  # seconds without a sign of life from the worker


@app.task(name="portfolio.run_scenario", queue="scenarios", retry=2)
def run(*, scenario: int, region: str = walls.EVERYWHERE) -> None:
    """Search for the best plan of one scenario."""
    # late: every process imports the tasks at its start, few run them
    from habaring.portfolio.running import run_scenario

    run_scenario(scenario=scenario, region=region, clock=now)


@app.periodic(cron="* * * * *")
@app.task(
    name="portfolio.retry_stalled",
    queueing_lock="portfolio.retry_stalled",
    pass_context=True,
)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Queue again the scenarios whose worker was killed."""
    manager = context.app.job_manager
    stalled = await manager.get_stalled_jobs(
        queue="scenarios", seconds_since_heartbeat=DEAD_AFTER
    )
    for job in stalled:
        await manager.retry_job(job)
