"""A database for benchmarks with the facts and the demo in it, made once."""

import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habaring.config.settings")
os.environ.setdefault("PLAIN_STATIC", "True")
django.setup()  # at import, so that a benchmark may import models below


def prepare() -> None:
    """Migrate and load the demo into the benchmark's own database when it is empty."""
    from django.core.management import call_command

    from habaring.masterplan.models import Edition

    call_command("migrate", verbosity=0, interactive=False)
    if not Edition.objects.exists():
        print("loading the demo …", file=sys.stderr)
        for kind in ("regions", "catalogue", "book_sets"):
            call_command(f"load_{kind}", verbosity=0)
        call_command("load_demo", "kalteng", verbosity=0)


class Spent:
    """Processor seconds, wall seconds and the process's memory at its highest."""

    cpu = 0.0
    wall = 0.0
    megabytes = 0.0


@contextmanager
def measured() -> Iterator[Spent]:
    """Measure a piece of work in this process."""
    spent = Spent()
    cpu, wall = time.process_time(), time.perf_counter()
    yield spent
    spent.cpu = time.process_time() - cpu
    spent.wall = time.perf_counter() - wall
    spent.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
