"""Work in the background that no domain owns."""

from django.utils.timezone import now
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app


@app.periodic(cron="17 * * * *")
@app.task(name="shared.clear_limits", queueing_lock="shared.clear_limits")
def clear_limits(timestamp: int) -> None:
    """Drop the counters whose window has ended."""
    # late: every process imports the tasks at its start, few run them
    from habaring.shared import limits

    limits.clear(at=now())


@app.task(
    name="shared.send_message",
    queue="messages",
    retry=RetryStrategy(max_attempts=6, exponential_wait=3),
)
def send_message(*, sealed: str, until: str) -> None:
    """Hand one short message to the provider; after 3, 9, 27, … seconds again."""
    # late: every process imports the tasks at its start, few run them
    from habaring.shared import gateways

    gateways.deliver(sealed=sealed, until=until, at=now())
