"""Background work: send the events, and take up what a killed worker left."""

from django.utils.timezone import now
from procrastinate.contrib.django import app


@app.task(name="api.deliver", queue="webhooks")
def deliver(*, subscription: int) -> None:
    """Send the events that wait for one subscription, in their order."""
    # late: every process imports the tasks at its start, few run them
    from habaring.api import sending

    sending.send_waiting(subscription=subscription, clock=now)


@app.periodic(cron="* * * * *")
@app.task(name="api.wake", queueing_lock="api.wake")
def wake(timestamp: int) -> None:
    """Wake the subscriptions whose events wait, whatever became of their jobs."""
    from habaring.api import sending

    sending.wake_all(at=now())
