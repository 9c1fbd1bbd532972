"""Background work of local taxes."""

from django.utils.timezone import now
from procrastinate.contrib.django import app


@app.task(name="revenue.forecast_issue", queue="scenarios", retry=2)
def forecast_issue(*, issue: int, region: str) -> None:
    """Reckon what a prepared run of a year would come to."""
    # late: every process imports the tasks at its start, few run them
    from habaring.revenue import issuing

    issuing.forecast(issue=issue, region=region, clock=now)


@app.task(name="revenue.run_issue", queue="scenarios", retry=5)
def run_issue(*, issue: int, region: str) -> None:
    """Issue a year's bills, village by village; goes on where another one was killed."""
    # late: as above
    from habaring.revenue import issuing

    issuing.run(issue=issue, region=region, clock=now)
