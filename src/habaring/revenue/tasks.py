"""Background work of local taxes."""

from datetime import timedelta

from django.utils.timezone import localdate, now
from procrastinate.contrib.django import app


@app.task(name="revenue.forecast_issue", queue="scenarios", retry=2)
def forecast_issue(*, issue: int, region: str) -> None:
    """Reckon what a prepared run of a year would come to."""
    # late: every process imports the tasks at its start, few run them
    from habaring.revenue import issuing

    issuing.forecast(issue=issue, region=region, clock=now, hands=issuing.HANDS)


@app.task(name="revenue.run_issue", queue="scenarios", retry=5)
def run_issue(*, issue: int, region: str) -> None:
    """Issue a year's bills, village by village; goes on where another one was killed."""
    # late: as above
    from habaring.revenue import issuing

    issuing.run(issue=issue, region=region, clock=now, hands=issuing.HANDS)


@app.periodic(cron="30 1 * * *")  # 08:30 in Sampit
@app.task(name="revenue.remind", queueing_lock="revenue.remind")
def remind(timestamp: int) -> None:
    """Start a run of reminders in every region where somebody keeps a list."""
    # late: as above
    from habaring.revenue import reminders

    for region in reminders.regions():
        remind_region.configure(lock=f"revenue.remind.{region}").defer(region=region)


@app.task(name="revenue.remind_region", queue="messages", retry=3)
def remind_region(*, region: str) -> None:
    """Tell everybody in a region of bills that are new to them, once an occasion."""
    # late: as above
    from habaring.revenue import reminders

    reminders.remind(region, at=now())


@app.task(name="revenue.read_register_file", queue="scenarios", retry=2)
def read_register_file(*, region: str, run: int) -> None:
    """Look at a large file for the register; nothing of it is saved."""
    # late: as above
    from habaring.revenue.actions import imports

    imports.look_at(region=region, run=run, today=localdate())


@app.task(name="revenue.save_register_file", queue="scenarios", retry=2)
def save_register_file(*, region: str, run: int) -> None:
    """Save a large file of the register; a second time does nothing."""
    # late: as above
    from habaring.revenue.actions import imports

    imports.save(region=region, run=run, at=now(), today=localdate())


@app.periodic(cron="41 2 * * *")
@app.task(name="revenue.forget_files", queueing_lock="revenue.forget_files")
def forget_files(timestamp: int) -> None:
    """Delete sealed files that nobody saved or cancelled for a week."""
    # late: as above
    from habaring.revenue.actions import imports

    imports.forget_old(before=now() - timedelta(days=7))


@app.periodic(cron="10 18 * * *")  # 01:10 in Sampit
@app.task(name="revenue.keep_clocks", queueing_lock="revenue.keep_clocks")
def keep_clocks(timestamp: int) -> None:
    """Tell who missed a part of a plan, and end plans whose clock ran out."""
    # late: as above
    from habaring.revenue import plans
    from habaring.revenue.actions import plans as verbs

    for region in plans.regions():
        verbs.keep_clocks(region, at=now())
