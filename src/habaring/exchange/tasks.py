"""Work in the background: the yearly questions that are due."""

from django.utils.timezone import localdate, now
from procrastinate.contrib.django import app


@app.periodic(cron="30 1 * * 1-5")  # 08:30 in Jakarta, on working days
@app.task(name="exchange.ask", queue="letters", queueing_lock="exchange.ask")
def ask(timestamp: int) -> None:
    """Ask who adopted whether it lives; a second round of the same day asks nobody."""
    # late: every process imports the tasks at its start, few run them
    from habaring.exchange.actions.surviving import ask_due
    from habaring.shared import walls

    at = now()
    with walls.within(walls.EVERYWHERE):
        ask_due(at=at, on=localdate(at))
