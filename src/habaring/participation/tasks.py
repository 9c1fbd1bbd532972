"""Background work of listening: tell people of a proposal's steps."""

from django.utils.timezone import now
from procrastinate.contrib.django import app


@app.task(name="participation.tell", queue="messages", retry=3)
def tell(*, step: int, region: str) -> None:
    """Tell everybody whom a step of a proposal concerns."""
    # late: every process imports the tasks at its start, few run them
    from habaring.participation import telling

    telling.tell(step=step, region=region, at=now())


@app.periodic(cron="* * * * *")
@app.task(name="participation.close_due", queueing_lock="participation.close_due")
def close_due(timestamp: int) -> None:
    """Close votes whose time is up, and ask again for counts that did not end."""
    # late: as above
    from habaring.participation import closing

    closing.close_due(at=now())


@app.task(name="participation.count_vote", queue="scenarios", retry=2)
def count_vote(*, vote: int, region: str) -> None:
    """Count a closed vote and publish its result; twice does nothing the second time."""
    # late: as above
    from habaring.participation import closing

    closing.count_vote(vote=vote, region=region, clock=now)


@app.periodic(cron="* * * * *")
@app.task(name="participation.look_after", queueing_lock="participation.look_after")
def look_after(timestamp: int) -> None:
    """Open votes whose moment has come, and leave no order in the boxes."""
    # late: as above
    from habaring.participation.actions import voting

    for region, vote in voting.running(now()):
        voting.look_after(region=region, vote=vote, at=now())


@app.periodic(cron="7 * * * *")
@app.task(name="participation.warm", queue="scenarios", queueing_lock="counting.warm")
def warm(timestamp: int) -> None:
    """While people vote, compile what the count will need, unless that is done."""
    # late: as above
    from habaring.engines import counting
    from habaring.participation.actions import voting

    if voting.running(now()) and not counting.ready():
        counting.warm()
