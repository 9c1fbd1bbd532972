from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue.models import Bill
from habaring.shared import walls
from tests import makers as people
from tests.revenue import makers, phones
from tests.revenue.phones import AT, Phone


@pytest.fixture(autouse=True)
def _opened(db: None) -> None:
    walls.open_region("62.02")


@pytest.fixture
def galih(kotim: Region) -> Account:
    """A collector."""
    return people.officer("Galih", region=kotim, role="village_collector")


@pytest.fixture
def indah(kotim: Region) -> Account:
    """The treasurer."""
    return people.officer("Indah", region=kotim, role="treasurer")


@pytest.fixture
def bill(kotim: Region) -> Bill:
    makers.village(kotim)
    return makers.bill(kotim, due_on=localdate() + timedelta(days=30))


@pytest.fixture
def other(kotim: Region, bill: Bill) -> Bill:
    return makers.bill(kotim, due_on=localdate() + timedelta(days=30))


@pytest.fixture
def phone(kotim: Region, galih: Account, bill: Bill) -> Phone:
    return phones.enrolled(kotim, galih, AT)
