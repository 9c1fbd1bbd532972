"""`habaring load_book_sets`: bring the shipped sets of books into the database."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from habaring.masterplan import actions, sets


class Command(BaseCommand):
    help = "Load the sets of books that are shipped; done again, it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        for path in sorted(sets.FOLDER.glob("*.toml")):
            template = actions.load_set(
                toml=path.read_text(encoding="utf-8"), region=None, by=None, at=now()
            )
            self.stdout.write(f"{template.code}: {template.title}")
