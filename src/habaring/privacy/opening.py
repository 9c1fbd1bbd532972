"""Seeing all regions for a moment: to gather or erase what concerns one person."""

from collections.abc import Iterator
from contextlib import contextmanager

from habaring.shared import walls


@contextmanager
def every_region() -> Iterator[None]:
    """All protected rows, until the block ends; then what was open before.

    A person's data lie in several regions; whoever answers for them sees one. Where the
    block fails, the transaction's rollback closes what it opened.
    """
    before = walls.opened()
    walls.open_everywhere()
    yield
    walls.open_region(before.region)
