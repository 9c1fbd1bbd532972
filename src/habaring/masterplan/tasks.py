"""Books are set in the background: load, call one action."""

from django.utils.timezone import now
from procrastinate.contrib.django import app


@app.task(name="masterplan.set_files", retry=3, pass_context=False)
def set_files(edition_id: int) -> None:
    """Set the books of one edition; run twice it changes nothing."""
    # late: every process imports the tasks at its start, few run them
    from habaring.masterplan import actions
    from habaring.masterplan.models import Edition

    actions.set_files(edition=Edition.objects.get(pk=edition_id), at=now())
