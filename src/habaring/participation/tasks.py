"""Background work of listening: tell people of a proposal's steps."""

from django.utils.timezone import now
from procrastinate.contrib.django import app


@app.task(name="participation.tell", queue="messages", retry=3)
def tell(*, step: int, region: str) -> None:
    """Tell everybody whom a step of a proposal concerns."""
    # late: every process imports the tasks at its start, few run them
    from habaring.participation import telling

    telling.tell(step=step, region=region, at=now())
