"""`habaring load_regions [FILE]`: the official register into the database."""

import csv
from decimal import DecimalException
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from habaring.regions import register
from habaring.regions.actions import RegisterRefused, record_register
from habaring.regions.register import Unit
from habaring.shared.refusal import Problem


class Command(BaseCommand):
    """Loads the register that comes with the package, or a CSV of the same columns."""

    help = "Load the official register of regions (38 provinces, 514 kabupaten/kota)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, help="CSV; none: the shipped one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["file"]
        units = read_units(path) if path else register.shipped()
        change = record_register(
            units=units,
            source=path.name if path else "habaring.regions.facts",
            by=None,
            at=timezone.now(),
        )
        if options["verbosity"]:
            self.stdout.write(
                f"Regions: {len(change.opened)} new, {len(change.changed)} changed, "
                f"{len(change.closed)} closed, {change.unchanged} as before."
            )


def read_units(path: Path) -> list[Unit]:
    """The rows of a CSV in UTF-8 with the columns of facts/regions.csv."""
    units, problems = [], []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                units.append(register.unit_of(row))
            except (ValueError, DecimalException) as error:
                problems.append(Problem("", number, "", str(error)))
    if problems:
        raise RegisterRefused(
            _("The list of regions could not be read."), problems=problems
        )
    return units
