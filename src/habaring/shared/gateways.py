"""Short messages to telephones: SMS or WhatsApp, by an adapter.

    gateways.send(Message(to="+62812…", text="…", kind=Kind.CODE, parameter="123456"))

Queued in the caller's transaction, sent by a job after the commit, tried again where
the provider fails. In the queue a message lies sealed: neither the number nor the code
can be read from the table of jobs or from a log. With no provider set, each message
becomes a file under the outbox (settings.MESSAGE_OUTBOX), readable by its owner only.
Reminders wait until the quiet hours are over; codes never wait.
"""

import base64
import json
import logging
import os
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import connection
from django.utils.timezone import localtime

from habaring.shared import outgoing, sealing

logger = logging.getLogger(__name__)

KEPT = timedelta(minutes=10)
"""A code is worth nothing later; so its message is dropped."""
_ABOUT = "message"
_MARK = re.compile(r"\{(to|text|parameter|template)\}")


class Kind(StrEnum):
    """Why somebody is written to."""

    CODE = "code"
    NOTICE = "notice"
    REMINDER = "reminder"


@dataclass(frozen=True)
class Message:
    """One short message. `to` is E.164; `text` is whole and in the reader's language.

    `parameter` is what an approved WhatsApp template leaves open (the code); providers
    of SMS take `text`. Neither carries personal data beyond the code.
    """

    to: str
    text: str
    kind: Kind = Kind.NOTICE
    parameter: str = ""


class MessageNotSent(Exception):  # noqa: N818 - said by the provider, not by a fault
    """The provider did not take the message; it may be tried again."""


class Gateway(Protocol):
    """What can carry a message."""

    def send(self, message: Message, *, at: datetime) -> None:
        """Hand it over; MessageNotSent where that failed."""


@dataclass(frozen=True)
class FileOutbox:
    """Each message as a JSON file, 0600: for trying out, and where no provider is."""

    folder: Path

    def send(self, message: Message, *, at: datetime) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{at:%Y%m%dT%H%M%S}-{message.kind}-{secrets.token_hex(4)}.json"
        handle = os.open(
            self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600
        )
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(
                asdict(message) | {"at": at.isoformat()},
                file,
                ensure_ascii=False,
                indent=1,
            )


@dataclass(frozen=True)
class Http:
    """A provider that takes a JSON POST. `body` is JSON whose texts may hold {to},
    {text}, {parameter} and {template}; `headers` carry its key.
    """

    url: str
    headers: dict[str, str]
    body: Any
    template: str = ""
    timeout: float = 10
    allow_private: bool = False

    def send(self, message: Message, *, at: datetime) -> None:
        body = json.dumps(self._filled(self.body, message), ensure_ascii=False)
        try:
            answer = outgoing.post(
                self.url,
                body.encode(),
                headers={"Content-Type": "application/json", **self.headers},
                timeout=self.timeout,
                allow_private=self.allow_private,
            )
        except outgoing.NotReachableError as error:
            raise MessageNotSent(str(error)) from error
        if not answer.good:  # its text may repeat the message: not told further
            raise MessageNotSent(f"The provider answered {answer.status}.")

    def _filled(self, part: Any, message: Message) -> Any:
        if isinstance(part, dict):
            return {key: self._filled(value, message) for key, value in part.items()}
        if isinstance(part, list):
            return [self._filled(value, message) for value in part]
        if not isinstance(part, str):
            return part
        values = {
            "to": message.to,
            "text": message.text,
            "parameter": message.parameter,
            "template": self.template,
        }
        # in one pass: what a text itself says in brackets stays as it is
        return _MARK.sub(lambda found: values[found[1]], part)


def gateway() -> Gateway:
    """The adapter that the settings name."""
    if not settings.MESSAGE_URL:
        return FileOutbox(Path(settings.MESSAGE_OUTBOX))
    return Http(
        url=settings.MESSAGE_URL,
        headers=settings.MESSAGE_HEADERS,
        body=settings.MESSAGE_BODY,
        template=settings.MESSAGE_TEMPLATE,
        timeout=settings.MESSAGE_TIMEOUT,
        allow_private=settings.MESSAGE_ALLOW_PRIVATE,
    )


def send(message: Message, *, at: datetime) -> None:
    """Queue a message; it leaves once the caller's transaction is committed."""
    # late: the queue's own modules import the tasks, which import this
    from habaring.shared import tasks

    sealed = sealing.seal(json.dumps(asdict(message)), about=_ABOUT)
    until = at + KEPT if message.kind is Kind.CODE else None
    tasks.send_message.configure(schedule_at=_not_before(message.kind, at)).defer(
        sealed=base64.b64encode(sealed).decode(),
        until=until.isoformat() if until else "",
    )


def deliver(*, sealed: str, until: str, at: datetime) -> bool:
    """Hand a queued message to the gateway; False where it came too late to be of use.

    Raises MessageNotSent for the queue to try again.
    """
    if until and at > datetime.fromisoformat(until):
        logger.error("message dropped: the provider was not reached in time")
        return False
    opened = json.loads(sealing.open_sealed(base64.b64decode(sealed), about=_ABOUT))
    gateway().send(Message(**{**opened, "kind": Kind(opened["kind"])}), at=at)
    return True


@dataclass(frozen=True)
class Queue:
    """How many short messages wait, and how many were given up since a moment."""

    waiting: int
    failed: int


def queue(*, since: datetime) -> Queue:
    """What an operator asks: does the provider take our messages?"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE job.status IN ('todo', 'doing')),"
            " count(*) FILTER (WHERE job.status = 'failed' AND EXISTS ("
            "  SELECT 1 FROM procrastinate_events WHERE job_id = job.id AND at >= %s))"
            " FROM procrastinate_jobs AS job WHERE job.task_name = 'shared.send_message'",
            [since],
        )
        waiting, failed = cursor.fetchone()
    return Queue(waiting, failed)


def _not_before(kind: Kind, at: datetime) -> datetime | None:
    """The end of the quiet hours, for a reminder that falls into them."""
    begin, end = settings.QUIET_HOURS
    here = localtime(at)
    quiet = (
        begin <= here.hour or here.hour < end
        if begin > end
        else begin <= here.hour < end
    )
    if kind is not Kind.REMINDER or not quiet:
        return None
    morning = here.replace(hour=end, minute=0, second=0, microsecond=0)
    return morning if morning > here else morning + timedelta(days=1)
