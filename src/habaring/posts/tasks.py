"""Work in the background: the day's reminders."""

from django.conf import settings
from django.utils.timezone import localdate, now
from procrastinate.contrib.django import app


@app.periodic(cron="0 0,3,6 * * 1-5")  # 07:00 in Jakarta; later for a worker that slept
@app.task(name="posts.remind", queue="letters", queueing_lock="posts.remind")
def remind(timestamp: int) -> None:
    """Send what is due today; a second round of the same day finds nothing new."""
    # late: every process imports the tasks at its start, few run them
    from habaring.posts.reminders import send_reminders
    from habaring.shared import walls

    at = now()
    with walls.within(walls.EVERYWHERE):
        send_reminders(at=at, on=localdate(at), address=settings.SITE_ADDRESS)
