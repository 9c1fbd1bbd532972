from collections.abc import Iterator

import pytest

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue.gateways import taking
from habaring.shared import walls
from tests import makers as people

# A web server of its own: imported here, all other processes would take its role.
collect_ignore = ["storm/faults.py"]


@pytest.fixture(autouse=True)
def _own_lines() -> Iterator[None]:
    """Outside a transaction payments of banks come by connections of their own."""
    yield
    taking.close()


@pytest.fixture
def head(kotim: Region) -> Account:
    """Of the tax office."""
    walls.open_everywhere()
    return people.officer("Hendra", region=kotim, role="tax_head")


@pytest.fixture
def clerk(kotim: Region) -> Account:
    """Of the tax office."""
    walls.open_everywhere()
    return people.officer("Candra", region=kotim, role="tax_officer")
