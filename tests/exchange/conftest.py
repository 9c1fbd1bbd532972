"""Two regions that choose by the same framework, and who speaks for them."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from habaring.people.models import Account
from habaring.regions.models import Region
from tests import makers as people
from tests.portfolio import makers as portfolio


@pytest.fixture
def origin(db: None) -> Region:
    """Where practices come from: 62.01, spoken for by Citra."""
    return people.region("62.01")


@pytest.fixture
def here(db: None) -> Region:
    """Who adopts: 62.02, spoken for by Budi."""
    return portfolio.place()


@pytest.fixture
def both(origin: Region, here: Region, budi: Account, citra: Account) -> None:
    """The regions with their officers, for letters."""


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Refusals are asked for in English; a page chooses the reader's language itself."""
    with translation.override("en"):
        yield
