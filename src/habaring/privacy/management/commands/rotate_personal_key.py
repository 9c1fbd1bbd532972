"""`habaring rotate-personal-key`: a fresh key for identity numbers."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from habaring.privacy import rotating
from habaring.shared import sealing


class Command(BaseCommand):
    help = (
        "Seals identity numbers under a fresh key; stopped half-way, --resume goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--resume", action="store_true", help="go on with the newest key there is"
        )
        parser.add_argument(
            "--drop-old", action="store_true", help="take the old keys off the ring"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not options["resume"]:
                self.stdout.write(f"fresh key: {sealing.add_key()}")
        except sealing.KeyRingError as error:
            raise CommandError(f"{error} Then run this again with --resume.") from None
        rows = rotating.reseal(
            at=now(), progress=lambda done: self.stderr.write(f"{done} rows")
        )
        self.stdout.write(f"{rows} rows sealed again")
        if options["drop_old"]:
            self._drop()

    def _drop(self) -> None:
        left = rotating.left()
        if left:
            rows = ", ".join(f"{kind}: {count}" for kind, count in left.items())
            raise CommandError(
                f"Rows still lean on an old key ({rows}). Run this again with --resume; "
                "registers, which hold hashes only, must be taken in anew first."
            )
        try:
            gone = sealing.drop_old_keys()
        except sealing.KeyRingError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"keys taken off the ring: {', '.join(gone) or 'none'}")
