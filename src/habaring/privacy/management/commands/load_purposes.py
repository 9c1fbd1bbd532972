"""`habaring load_purposes`: the shipped record of processing and retention rules."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from habaring.privacy import actions
from habaring.privacy.facts_file import shipped_purposes, shipped_rules


class Command(BaseCommand):
    help = "Loads the shipped purposes and retention rules; done again, it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        fresh = actions.publish_facts(
            purposes=shipped_purposes(), rules=shipped_rules(), by=None, at=now()
        )
        self.stdout.write(f"{fresh} purposes in a new version")
