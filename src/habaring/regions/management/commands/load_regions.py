"""`habaring load_regions`: the shipped register into the database."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from habaring.regions import register
from habaring.regions.actions import record_register


class Command(BaseCommand):
    """Safe to run at every start; `habaring load regions FILE` loads a list of your own."""

    help = "Load the register of the package (38 provinces, 514 kabupaten/kota)."

    def handle(self, *args: Any, **options: Any) -> None:
        change = record_register(
            units=register.shipped(),
            source="habaring.regions.facts",
            by=None,
            at=timezone.now(),
        )
        if options["verbosity"]:
            self.stdout.write(
                f"Regions: {len(change.opened)} new, {len(change.changed)} changed, "
                f"{len(change.closed)} closed, {change.unchanged} as before."
            )
