from collections.abc import Iterator

import pytest

from habaring.revenue.gateways import taking

# A web server of its own: imported here, all other processes would take its role.
collect_ignore = ["storm/faults.py"]


@pytest.fixture(autouse=True)
def _own_lines() -> Iterator[None]:
    """Outside a transaction payments of banks come by connections of their own."""
    yield
    taking.close()
