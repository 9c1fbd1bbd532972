"""What every test of the interface starts from."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from habaring.api.actions import Issued
from habaring.people.models import Account
from habaring.regions.models import Region
from tests.api import makers


@pytest.fixture
def today() -> datetime:
    """Tokens are judged by the real clock, which the door reads."""
    return datetime.now(UTC)


@pytest.fixture
def mighty(kotim: Region) -> Account:
    return makers.mighty("Budi", kotim)


@pytest.fixture
def issued(mighty: Account, kotim: Region, today: datetime) -> Issued:
    return makers.token(mighty, kotim, today)


@pytest.fixture
def caller(issued: Issued) -> Client:
    """A program with a token that may do everything in Kotim."""
    return Client(**makers.bearer(issued))
