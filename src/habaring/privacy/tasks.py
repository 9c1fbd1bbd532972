"""Background work: load, call one action."""

from django.db import transaction
from django.utils.timezone import now
from procrastinate.contrib.django import app


@app.task(name="privacy.make_export", queue="privacy", retry=3)
def make_export(*, export: str, address: str) -> None:
    """Write the copy of a person's data that they asked for."""
    # late: every process imports the tasks at its start, few run them
    from uuid import UUID

    from habaring.privacy import exporting
    from habaring.shared import walls

    with transaction.atomic():
        walls.open_everywhere()
        exporting.make_export(export=UUID(export), at=now(), address=address)


@app.periodic(cron="23 2 * * *")
@app.task(name="privacy.retain", queue="privacy", queueing_lock="privacy.retain")
def retain(timestamp: int) -> None:
    """Let go what is kept long enough, every night."""
    from habaring.privacy import ageing

    ageing.retain(at=now())


@app.periodic(cron="41 * * * *")
@app.task(name="privacy.tidy", queue="privacy", queueing_lock="privacy.tidy")
def tidy(timestamp: int) -> None:
    """Copies of data go within the hour after their day, not at the next night."""
    from habaring.privacy import ageing

    ageing.retain(at=now(), only=("exports",))
