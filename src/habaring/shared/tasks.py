"""Work in the background that no domain owns."""

from django.utils.timezone import now
from procrastinate.contrib.django import app


@app.periodic(cron="17 * * * *")
@app.task(name="shared.clear_limits", queueing_lock="shared.clear_limits")
def clear_limits(timestamp: int) -> None:
    """Drop the counters whose window has ended."""
    # late: every process imports the tasks at its start, few run them
    from habaring.shared import limits

    limits.clear(at=now())
