"""Where a request stands, in words for the person who made it."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from habaring.revenue.models import Case, CaseState
from habaring.shared.refusal import Words

_TOLD: Mapping[str, Words] = {
    CaseState.FILED: _("The office has your request and looks at it."),
    CaseState.INCOMPLETE: _(
        "The office needs something more from you before it can decide. See below what."
    ),
    CaseState.PROPOSED: _(
        "One officer has decided; a second one checks it, since it is the town's money."
        " Nothing is in force yet."
    ),
    CaseState.GRANTED: _("The office agreed. What changed stands below."),
    CaseState.PARTLY: _(
        "The office agreed to a part of it. What changed stands below."
    ),
    CaseState.REFUSED: _("The office did not agree. Its reasons stand below."),
    CaseState.WITHDRAWN: _("You took this request back. The bill is as it was before."),
    CaseState.ENDED: _(
        "A part was not paid in time, so the plan has ended. What is still owed is due"
        " as before the plan."
    ),
}


def told(case: Case) -> Words:
    """The state in a sentence."""
    return _TOLD[CaseState(case.state)]
