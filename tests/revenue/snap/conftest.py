from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from habaring.regions.models import Region
from habaring.revenue.bank.signing import Signer
from habaring.revenue.models import Bill
from tests.revenue import banks, makers


@pytest.fixture
def at() -> datetime:
    """The gateway lives by the clock."""
    return now().replace(microsecond=0)


@pytest.fixture
def bill(kotim: Region, at: datetime) -> Bill:
    """Rp77,600, not due yet."""
    return makers.bill(kotim, due_on=localdate(at) + timedelta(days=30))


@pytest.fixture
def bank(kotim: Region, at: datetime, client: Client) -> Signer:
    return banks.with_token(banks.bank(kotim, at), client, at)
