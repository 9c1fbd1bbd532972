"""Letters and short messages of a town, read as those read them to whom they came."""

import json
import re
import time
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.journeys.town import Town

PATIENCE = 30.0  # seconds; a job sends them, and the machine may be busy


def letters_to(town: Town, mail: str) -> list[EmailMessage]:
    """The letters that came to an address, oldest first."""
    found = [
        message_from_bytes(text.encode(), policy=policy.default)
        for text in town.letters()
    ]
    return [one for one in found if mail in str(one["To"])]


def words_of(letter: EmailMessage) -> str:
    """What is to be read in it."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(letter: EmailMessage, part: str) -> str:
    """The address in a letter that leads to this part of the site."""
    found = re.search(rf"http://\S+/{part}/\S*", words_of(letter))
    assert found, words_of(letter)
    return found[0]


def messages_to(town: Town, number: str) -> list[str]:
    """The short messages that came to a telephone, oldest first."""
    folder = town.data / "outbox" / "messages"
    files = folder.glob("*.json") if folder.is_dir() else []
    found = [
        json.loads(path.read_text())
        for path in sorted(files, key=lambda path: path.stat().st_mtime_ns)
    ]
    return [str(one["text"]) for one in found if one["to"] == number]


def arrived(town: Town, to: str) -> list[str]:
    """All that came to an address or a number."""
    if "@" in to:
        return [words_of(one) for one in letters_to(town, to)]
    return messages_to(town, to)


def next_to(town: Town, to: str, *, after: int) -> str:
    """The newest letter or message, once there are more than so many."""
    until = time.monotonic() + PATIENCE
    while len(arrived(town, to)) <= after:
        assert time.monotonic() < until, f"nothing new came to {to}"
        time.sleep(0.1)
    return arrived(town, to)[-1]


def code_in(text: str) -> str:
    """The six digits."""
    found = re.search(r"\b\d{6}\b", text)
    assert found, text
    return found[0]
