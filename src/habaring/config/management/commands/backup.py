"""Everything in one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from habaring.config import embedded, safekeeping


class Command(BaseCommand):
    """Works while the platform runs, and while it does not."""

    help = "Writes the database, the uploads and the secret key into one file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"].resolve()
        with embedded.at_hand(settings.DATA_DIR) as url:
            safekeeping.save(url, settings.DATA_DIR, target)
        size = target.stat().st_size / 1e6
        self.stdout.write(
            f"{target} ({size:.1f} MB). Keep it where this machine is not."
        )
