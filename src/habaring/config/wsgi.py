"""The WSGI door that granian opens: no page streams events yet (decision 8)."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse

os.environ.setdefault("DATABASE_ROLE", "habaring_app")  # shared.walls.APP_ROLE
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habaring.config.settings")

django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django's, with a whole answer closed before it is sent.

    The server does not close the answer of a telephone that has hung up, and what is
    not closed keeps its connection to the database out of the pool for ever.
    """
    answer = django(environ, start_response)
    if not isinstance(answer, HttpResponse):  # streamed, or a file
        return answer
    try:
        return [answer.content]
    finally:
        answer.close()
