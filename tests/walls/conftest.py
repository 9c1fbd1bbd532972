"""Ways to be the role that requests and jobs run as."""

import contextlib
from collections.abc import Iterator

from django.db import connection, transaction

from habaring.shared.walls import APP_ROLE


@contextlib.contextmanager
def as_app_role() -> Iterator[None]:
    """Inside the block the database takes us for a page, then all is undone."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")
        yield
        transaction.set_rollback(True)
