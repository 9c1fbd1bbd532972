"""Who may do something with taxes in a region, to be chosen from."""

from datetime import datetime

from django.db.models import QuerySet

from habaring.people.access import Power
from habaring.people.models import Account, Membership
from habaring.regions.models import Region


def who_reconcile(region: Region, *, at: datetime) -> QuerySet[Account]:
    """People whose role in the region lets them reconcile now, by name."""
    held = Membership.objects.in_force(at).filter(
        region=region, role__powers__contains=[Power.RECONCILE.value]
    )
    return Account.objects.filter(pk__in=held.values("account")).order_by("full_name")


def who_collect(region: Region, *, at: datetime) -> QuerySet[Account]:
    """People whose role in the region lets them collect in villages now, by name."""
    held = Membership.objects.in_force(at).filter(
        region=region, role__powers__contains=[Power.COLLECT_IN_VILLAGE.value]
    )
    return Account.objects.filter(pk__in=held.values("account")).order_by("full_name")
