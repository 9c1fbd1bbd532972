"""Work in the background: books are set, drafts opened. Load, call one action."""

from django.utils.timezone import now
from procrastinate.contrib.django import app


@app.task(name="masterplan.set_files", retry=3, pass_context=False)
def set_files(edition_id: int) -> None:
    """Set the books of one edition; run twice it changes nothing."""
    # late: every process imports the tasks at its start, few run them
    from habaring.masterplan import actions
    from habaring.masterplan.models import Edition

    actions.set_files(edition=Edition.objects.get(pk=edition_id), at=now())


@app.task(name="masterplan.open_draft", retry=3, pass_context=False)
def open_draft(consultation: int) -> None:
    """A prepared draft is open: tell followers. One that was moved has its own task."""
    from habaring.masterplan.actions import consulting
    from habaring.masterplan.models import Consultation
    from habaring.shared import walls

    with walls.within(walls.EVERYWHERE):
        row = Consultation.objects.select_related("region").get(pk=consultation)
    with walls.within(row.region_id):
        consulting.announce_opening(consultation=row, at=now())
