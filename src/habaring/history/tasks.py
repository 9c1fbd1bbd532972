"""In the night: seal the day that has ended."""

import time

from django.utils.timezone import now
from procrastinate.contrib.django import app

PATIENCE = 60.0  # seconds; the next hour tries again


@app.periodic(cron="20 * * * *")
@app.task(queue="history", queueing_lock="history-seal")
def seal_days(timestamp: int) -> None:
    """Every hour: days that ended without a seal get theirs, once nobody writes them."""
    # late: every process imports the tasks at its start, few run them
    from habaring.history import actions

    if settled(PATIENCE):
        actions.seal(at=now())


def settled(patience: float) -> bool:
    """Whether all that wrote when this began have ended, in so many seconds."""
    from habaring.history import queries

    waiting = queries.writers()
    until = time.monotonic() + patience
    while waiting and time.monotonic() < until:
        time.sleep(0.2)
        waiting &= queries.writers()
    return not waiting
