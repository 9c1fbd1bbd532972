"""Puts the triggers of all watched tables in place after every migration."""

from typing import Any

from django.apps import AppConfig

# A trigger belongs to a table of any app; only this signal comes when all are there.
from django.db.models.signals import post_migrate  # noqa: TID251


class HistoryConfig(AppConfig):
    """The history of rows."""

    name = "habaring.history"

    def ready(self) -> None:
        post_migrate.connect(_install, sender=self)


def _install(using: str, **_kwargs: Any) -> None:
    from habaring.history import triggers  # late: it needs the models

    triggers.install(using)
