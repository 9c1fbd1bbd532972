"""Who guided a region does not assess it: told to `evaluation`, which refuses."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from habaring.evaluation.conflicts import Ground, register
from habaring.guidance.models import Mentorship
from habaring.people.models import Account
from habaring.regions.models import Region


def _mentored(account: Account, region: Region, on: date) -> Iterator[Ground]:
    """At any time up to `on`: what was once guided is one's own work."""
    rows = Mentorship.objects.filter(account=account, region=region, since__lte=on)
    if rows.exists():
        yield Ground("mentor", _("They guide or guided this region."))


register(_mentored)
