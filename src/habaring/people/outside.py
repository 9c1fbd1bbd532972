"""Asking servers whose address somebody typed in: never one inside our own walls.

Each name is resolved once and the connection goes to the very address that was looked
at (so a name cannot point elsewhere the second time); redirects and proxies of the
environment are not followed; what answers too long or too much is dropped.
"""

import socket
from typing import Any

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError
from urllib3.util.connection import create_connection

from habaring.shared.outgoing import is_public

SECONDS = 5
LARGEST = 1024 * 1024  # bytes of an answer


class NotOutsideError(requests.exceptions.ConnectionError):
    """The address is a private one, or speaks plain http."""


def _addresses(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not settings.OIDC_ALLOW_PRIVATE and not all(map(is_public, addresses)):
        raise NotOutsideError(f"{host} is not on the open internet")
    return addresses


class _Pinned:
    """A connection to an address that was looked at."""

    def _new_conn(self) -> socket.socket:
        connection: Any = self
        failure: OSError | None = None
        host = connection.host
        for address in _addresses(host, connection.port):
            try:
                return create_connection(
                    (address, connection.port),
                    connection.timeout,
                    source_address=connection.source_address,
                    socket_options=connection.socket_options,
                )
            except OSError as error:
                failure = error
        raise NewConnectionError(connection, f"no way to {host}: {failure}")


class _Http(_Pinned, HTTPConnection):
    pass


class _Https(_Pinned, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class _Outward(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _HttpPool,
            "https": _HttpsPool,
        }

    def send(
        self, request: requests.PreparedRequest, *args: Any, **more: Any
    ) -> requests.Response:
        plain = not str(request.url).lower().startswith("https://")
        if plain and not settings.OIDC_ALLOW_PRIVATE:
            raise NotOutsideError("only https is spoken outside")
        more["timeout"] = SECONDS
        more["stream"] = True
        response = super().send(request, *args, **more)
        response._content = response.raw.read(LARGEST + 1, decode_content=True)
        response._content_consumed = True
        if len(response.content) > LARGEST:
            raise requests.exceptions.ContentDecodingError("the answer is too large")
        if response.is_redirect:
            raise NotOutsideError("the server sent us elsewhere")
        return response


def session() -> requests.Session:
    """A session of `requests` that asks only servers on the open internet."""
    made = requests.Session()
    made.trust_env = False
    made.mount("https://", _Outward())
    made.mount("http://", _Outward())
    return made
