"""`habaring book REGION`: set the books of an issued edition again, byte for byte."""

import hashlib
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from habaring.masterplan import setting
from habaring.masterplan.models import Edition, EditionFile


class Command(BaseCommand):
    help = "Set the books of an edition as PDF, DOCX and HTML and compare checksums."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("region", help="code of the region, e.g. 62.02")
        parser.add_argument("--edition", type=int, help="number; the newest otherwise")
        parser.add_argument(
            "--out", type=Path, required=True, help="folder to write to"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        editions = Edition.objects.filter(region=options["region"]).order_by("-number")
        if options["edition"]:
            editions = editions.filter(number=options["edition"])
        edition = editions.first()
        if edition is None:
            self.stderr.write(
                _(
                    "There is no such edition of %(code)s. Issue one in the work room first."
                )
                % {"code": options["region"]}
            )
            sys.exit(1)
        out: Path = options["out"]
        try:
            out.mkdir(parents=True, exist_ok=True)
            different = self._set(edition, out)
        except OSError as error:
            self.stderr.write(_("Cannot write: %(why)s") % {"why": error})
            sys.exit(1)
        if different:
            self.stderr.write(str(setting.other_bytes(edition, ", ".join(different))))
            sys.exit(1)

    def _set(self, edition: Edition, out: Path) -> list[str]:
        """Write every book and tell its checksum; the names of those that differ."""
        issued = {
            (file.book, file.format): file.sha256
            for file in EditionFile.objects.filter(edition=edition)
        }
        different = []
        for book in edition.record["books"]:
            for form in setting.SETTERS:
                content = setting.set_book(edition, book["code"], form)
                name = f"{book['code']}.{form}"
                (out / name).write_bytes(content)
                digest = hashlib.sha256(content).hexdigest()
                known = issued.get((book["code"], form))
                if known not in {None, digest}:
                    different.append(name)
                self.stdout.write(f"{digest}  {name}  {_verdict(known, digest)}")
        return different


def _verdict(known: str | None, digest: str) -> str:
    if known is None:
        return _("new")
    return _("as issued") if known == digest else _("DIFFERENT")
