"""What `masterplan` holds about people: who wrote sections and issued editions."""

from django.utils.translation import gettext_lazy as _

from habaring.shared.holdings import deeds

deeds(
    "masterplan",
    _("Sections you wrote, editions you issued"),
    "masterplan.Section.recorded_by",
    "masterplan.Edition.issued_by",
)
