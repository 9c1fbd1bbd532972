"""Work in the background: load, call one action."""

from django.utils.timezone import now
from procrastinate.contrib.django import app


@app.task(queue="assessment")
def publish(*, publication: int) -> None:
    """Make the index edition that was asked for."""
    # late: every process imports the tasks at its start, few run them
    from habaring.assessment import actions
    from habaring.assessment.models import Publication

    found = Publication.objects.select_related("region", "asked_by").get(pk=publication)
    actions.run_publication(publication=found, at=now())
