"""Runs the background jobs; `habaring up` starts one of these."""

from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector


class Command(BaseCommand):
    """One worker, until SIGTERM or Ctrl-C; a running job gets five seconds to end."""

    help = "Runs the background jobs (drafting, books, mail) as they come."

    def handle(self, *args: Any, **options: Any) -> None:
        assert isinstance(app.connector, DjangoConnector)  # noqa: S101 - narrows the type
        with app.replace_connector(app.connector.get_worker_connector()) as working:
            working.run_worker(shutdown_graceful_timeout=5)
