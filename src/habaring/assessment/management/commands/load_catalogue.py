"""`habaring load_catalogue`: indicators and frameworks of the package."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from habaring.assessment.catalogue import shipped
from habaring.assessment.catalogue_actions import record_catalogue


class Command(BaseCommand):
    """Safe to run at every start: the same catalogue again writes nothing."""

    help = "Load the indicators and frameworks that come with the package."

    def handle(self, *args: Any, **options: Any) -> None:
        change = record_catalogue(catalogue=shipped(), by=None, at=timezone.now())
        if options["verbosity"]:
            counts = ", ".join(f"{n} {kind}" for kind, n in change.written.items())
            self.stdout.write(f"Catalogue: wrote {counts}.")
