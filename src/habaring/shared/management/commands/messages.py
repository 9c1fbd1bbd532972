"""Whether short messages leave: for operators, and for what watches the platform."""

import sys
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.timezone import now

from habaring.shared import gateways


class Command(BaseCommand):
    help = (
        "Tells how many SMS or WhatsApp messages wait and failed; exit 1 if some did."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = gateways.queue(since=now() - timedelta(days=1))
        to = "a provider" if settings.MESSAGE_URL else "files (no MESSAGE_URL is set)"
        self.stdout.write(f"Messages go to {to}.")
        self.stdout.write(f"{found.waiting} wait; {found.failed} failed in a day.")
        if found.failed:
            sys.exit(1)
