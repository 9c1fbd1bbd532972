"""What `portfolio` holds about people: who recorded candidates and drafted plans."""

from django.utils.translation import gettext_lazy as _

from habaring.shared.holdings import deeds

deeds(
    "portfolio",
    _("Candidates, limits, scenarios and plans you recorded"),
    "portfolio.Candidate.recorded_by",
    "portfolio.LimitSet.recorded_by",
    "portfolio.Scenario.requested_by",
    "portfolio.Plan.adopted_by",
)
