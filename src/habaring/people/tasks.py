"""Background work about people: load, call one action."""

from django.utils.timezone import now
from procrastinate.contrib.django import app


@app.task(name="people.tell_followers", queue="messages", retry=3)
def tell_followers(*, region: str) -> None:
    """Tell the followers of a region what is new."""
    # late: every process imports the tasks at its start, few run them
    from habaring.people.follows import actions
    from habaring.regions.models import Region

    actions.tell(region=Region.objects.get(code=region), at=now())


@app.periodic(cron="7 * * * *")
@app.task(name="people.clear_codes", queueing_lock="people.clear_codes")
def clear_codes(timestamp: int) -> None:
    """Remove one-time codes that ran out, with the numbers they were sent to."""
    # late: every process imports the tasks at its start, few run them
    from habaring.people.codes import actions

    actions.clear(at=now())
