"""Ask a partner for the money of a basket."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region
from habaring.revenue.gateways import charging
from habaring.revenue.models import Bill, Partner
from habaring.revenue.paying import Basket
from habaring.shared import walls
from habaring.shared.refusal import Refusal


class WayClosed(Refusal):
    """The channel takes no money now."""


@transaction.atomic
def ask(*, region: Region, basket: Basket, way: str, at: datetime) -> str:
    """Open one charge for the bills of a basket; its reference.

    `way` is the code of a partner. Raises WayClosed where the region has none such,
    ChargeRefused where the sum or the number of bills is too much for it.
    """
    with walls.also(region.code):
        partner = Partner.objects.filter(region=region, code=way, active=True).first()
        if partner is None:
            raise WayClosed(
                _("This way to pay is closed at the moment."),
                next=_("Choose another one."),
            )
        ids = [line.bill for line in basket.lines]
        rows = Bill.objects.filter(region=region, id__in=ids).select_related("rule")
        bills = sorted(rows, key=lambda row: ids.index(row.id))
        made = charging.charge(region=region, partner=partner, bills=bills, at=at)
        return made.reference
