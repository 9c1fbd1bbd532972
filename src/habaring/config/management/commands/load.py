"""`habaring load KIND FILE`: data in, by the same reader as the page's upload."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from habaring.shared import walls
from habaring.shared.loading import Request, loaders


class Command(BaseCommand):
    """Each domain registers its kinds in its module `loaders.py` (shared/loading.py)."""

    help = "Load a file: regions, boundaries, observations, candidates, …"

    def add_arguments(self, parser: CommandParser) -> None:
        autodiscover_modules("loaders")
        kinds = "; ".join(f"{one.kind}: {one.help}" for one in loaders().values())
        parser.add_argument("kind", choices=list(loaders()), help=kinds)
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--region", default="", help="code of the region, e.g. 62.02"
        )
        parser.add_argument(
            "--layer", default="", help="provinsi, kabkota, kecamatan, desa"
        )
        parser.add_argument(
            "--source", default="", help="who published it, with the year"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.", returncode=1)
        request = Request(
            path=path,
            at=timezone.now(),
            region=options["region"],
            layer=options["layer"],
            source=options["source"],
            progress=self._progress,
        )
        with walls.within(walls.EVERYWHERE):
            told = loaders()[options["kind"]].load(request)
        self.stdout.write(f"{options['kind']}: {told}")

    def _progress(self, done: int, of: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == of else ""
            self.stderr.write(f"\r  {done} / {of}", ending=end)
