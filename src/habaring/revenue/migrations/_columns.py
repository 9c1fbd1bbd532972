"""The columns that nearly every table here has, said once."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import models

Column = tuple[str, "models.Field[Any, Any]"]


def key() -> Column:
    return "id", models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def to(
    name: str,
    table: str,
    *,
    on_delete: Callable[..., None] = models.PROTECT,
    related_name: str = "+",
    **options: Any,
) -> Column:
    """A foreign key."""
    return name, models.ForeignKey(
        to=table, on_delete=on_delete, related_name=related_name, **options
    )


def region(**options: Any) -> Column:
    """Whose row it is."""
    return to("region", "regions.region", **options)


def person(name: str, **options: Any) -> Column:
    """The account of somebody."""
    return to(name, settings.AUTH_USER_MODEL, **options)
