"""`habaring book REGION`: set the books of an issued edition again, byte for byte."""

import hashlib
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from habaring.masterplan import actions
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
        out.mkdir(parents=True, exist_ok=True)
        if not self._set(edition, out):
            self.stderr.write(str(actions.other_bytes(edition, "…", "*")))
            sys.exit(1)

    def _set(self, edition: Edition, out: Path) -> bool:
        issued = {
            (file.book, file.format): file.sha256
            for file in EditionFile.objects.filter(edition=edition)
        }
        same = True
        for book in edition.record["books"]:
            for form in actions.SETTERS:
                content = actions.set_book(edition, book["code"], form)
                name = f"{book['code']}.{form}"
                (out / name).write_bytes(content)
                digest = hashlib.sha256(content).hexdigest()
                known = issued.get((book["code"], form))
                verdict = _("as issued") if known == digest else _("DIFFERENT")
                same = same and known in {None, digest}
                self.stdout.write(f"{digest}  {name}  {verdict if known else _('new')}")
        return same
