"""Everything back from one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from habaring.config import embedded, safekeeping


class Command(BaseCommand):
    """Refuses to replace an installation that holds accounts, unless told to."""

    help = "Brings back what `habaring backup` wrote; stop the platform first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        data: Path = settings.DATA_DIR
        with embedded.at_hand(data, alone=True) as url:
            safekeeping.bring_back(
                url, data, options["file"], replace=options["replace"]
            )
            call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write("Restored. `habaring up` serves it.")
