"""`habaring retain`: let go what is kept long enough."""

from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime, make_aware, now

from habaring.privacy import ageing
from habaring.shared.formats import moment


class Command(BaseCommand):
    help = "Applies the retention schedule as of a day; done again, it finds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", help="the day, e.g. 2026-11-02 (default: now)")
        parser.add_argument(
            "--show", action="store_true", help="only count, change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for done in ageing.retain(at=_at(options["on"]), show=options["show"]):
            self.stdout.write(
                f"{done.rule.code}: {done.rows} ({done.rule.get_action_display()}, "
                f"{moment(localtime(done.before))})"
            )


def _at(text: str | None) -> datetime:
    if not text:
        return now()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"--on must be a day such as 2026-11-02, not {text!r}."
        ) from None
    at = make_aware(datetime.combine(day, time.max))
    if day > now().date():
        raise CommandError("--on may not lie in the future: nothing is that old yet.")
    return min(at, now())
