"""`habaring remind`: the day's reminders, as the daily task sends them."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from habaring.posts.reminders import Round, plan_round, send_reminders
from habaring.shared import walls


class Command(BaseCommand):
    """Done again, it sends nothing new."""

    help = "Remind the holders of posts of what is due, late or escalated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", default="", help="the day, such as 2026-11-02")
        parser.add_argument(
            "--show", action="store_true", help="say what would be sent; send nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        try:
            on = date.fromisoformat(options["on"] or timezone.localdate(at).isoformat())
        except ValueError as wrong:
            raise CommandError(f"--on: {wrong}", returncode=1) from wrong
        with translation.override("id"), walls.within(walls.EVERYWHERE):
            if options["show"]:
                self._show(plan_round(at=at, on=on))
                return
            found = send_reminders(at=at, on=on, address=settings.SITE_ADDRESS)
        self.stdout.write(f"{len(found.letters)} letters, {len(found.steps)} things.")

    def _show(self, found: Round) -> None:
        for letter in found.letters:
            self.stdout.write(f"{letter.to.email}: {letter.count}")
            for group in letter.groups:
                self.stdout.write(f"  {group.region.code} {group.words}")
                for title, row in group.lines:
                    self.stdout.write(f"    {row.thing.due_on} {title} ({row.post})")
        self.stdout.write(
            f"{len(found.letters)} letters, {len(found.steps)} things; nothing sent."
        )
