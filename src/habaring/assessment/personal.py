"""What `assessment` holds about people: who recorded and published numbers."""

from django.utils.translation import gettext_lazy as _

from habaring.shared.holdings import deeds

deeds(
    "assessment",
    _("Numbers you recorded, editions you published"),
    "assessment.Observation.recorded_by",
    "assessment.IndexEdition.published_by",
    "assessment.Publication.asked_by",
)
