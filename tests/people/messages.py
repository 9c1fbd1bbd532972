"""What came to telephones and mailboxes, read as their owners read it."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import mail
from django.db import connection

from habaring.shared import gateways

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def delivered() -> list[dict[str, Any]]:
    """Run the queue of short messages; every message so far, in the order of sending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE task_name = 'shared.send_message'"
            " RETURNING id, args"
        )
        rows = sorted(cursor.fetchall())
    folder = Path(settings.MESSAGE_OUTBOX)
    for id_, args in rows:
        read = json.loads(args) if isinstance(args, str) else args
        moment = BEGIN + timedelta(seconds=id_)  # the outbox is sorted by time
        gateways.deliver(sealed=read["sealed"], until="", at=moment)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [json.loads(file.read_text()) for file in files]


def last_message(to: str) -> str:
    """The text of the newest message to a number."""
    return str([one for one in delivered() if one["to"] == to][-1]["text"])


def last_letter(to: str) -> mail.EmailMessage:
    """The newest letter to an address."""
    return [letter for letter in mail.outbox if letter.to == [to]][-1]


def code_in(text: str) -> str:
    """The six digits of a message."""
    found = re.search(r"\b\d{6}\b", text)
    assert found, text
    return found[0]
