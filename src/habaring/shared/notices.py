"""Letters to people, sent after the commit and never before.

With no mail server set, each letter is kept as a file under `var/outbox`
(settings.EMAIL_BACKEND), so that none is lost.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import override

logger = logging.getLogger(__name__)


def send_letter(
    *,
    to: Iterable[str],
    template: str,
    context: Mapping[str, Any],
    language: str = "id",
    attached: Iterable[tuple[str, bytes, str]] = (),
) -> None:
    """Queue one letter an address; it leaves when the transaction commits.

    `template` is a text template whose first line is the subject. Repeated
    addresses get one letter. `attached` lists files: name, content, media type.
    """
    with override(language):
        text = render_to_string(template, dict(context))
    subject, _, body = text.strip().partition("\n")
    addresses = tuple(dict.fromkeys(to))
    files = tuple(attached)

    def deliver() -> None:
        for address in addresses:
            try:
                letter = EmailMessage(
                    subject.strip(), body.strip() + "\n", to=[address]
                )
                for name, content, media_type in files:
                    letter.attach(name, content, media_type)
                letter.send()
            except OSError:  # the deed stands; the letter can be sent again
                logger.exception("letter not sent")

    transaction.on_commit(deliver)
