"""One kind of thing that the tests fill themselves."""

import pytest

from habaring.posts import things
from tests.posts.makers import Matters


@pytest.fixture
def matters(monkeypatch: pytest.MonkeyPatch) -> Matters:
    """The only kind there is, while a test asks for it."""
    things.kinds()  # all are known before, so that none registers later
    found = Matters()
    monkeypatch.setattr(things, "_kinds", {"matter": found.kind()})
    return found
