"""Refusals are read in the language of the code; pages speak Indonesian by themselves."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.module.__name__.endswith("test_pages"):
        yield
        return
    with translation.override("en"):
        yield
