"""What `evidence` holds about people: who put, linked and judged evidence."""

from django.utils.translation import gettext_lazy as _

from habaring.shared.holdings import deeds

deeds(
    "evidence",
    _("Evidence you put into the vault, linked and judged"),
    "evidence.Evidence.put_by",
    "evidence.Link.linked_by",
    "evidence.Verdict.by",
)
