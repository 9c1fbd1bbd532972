"""`habaring load_demo kalteng`: the demo, by the same actions that people use."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone, translation

from habaring.config.demo import listening, story
from habaring.shared import walls

DEMOS = {"kalteng": story.tell}


class Command(BaseCommand):
    """Done again, it changes nothing and says so."""

    help = "Load the demo of Kalimantan Tengah, with Kotawaringin Timur in full."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("demo", choices=sorted(DEMOS))

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.monotonic()

        def say(words: str) -> None:
            if options["verbosity"]:
                seconds = time.monotonic() - start
                self.stderr.write(f"  {seconds:5.1f} s  {words} …")

        with translation.override("id"), walls.within(walls.EVERYWHERE):
            done = DEMOS[options["demo"]](at=timezone.now(), say=say)
        if done:
            listening.count(at=timezone.now())
        if options["verbosity"]:
            seconds = time.monotonic() - start
            told = f"loaded in {seconds:.0f} s" if done else "is loaded already"
            self.stdout.write(f"The demo {options['demo']} {told}.")
