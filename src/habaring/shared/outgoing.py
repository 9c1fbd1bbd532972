"""Calls from the platform to other machines: never to an address inside our own walls.

The name is looked up once, every address it has is judged, and the connection goes to
that very address (so that a name cannot answer twice, differently); the certificate is
checked against the name. Redirections are not followed and no proxy is asked.

Source: OWASP, "Server-Side Request Forgery Prevention Cheat Sheet"; address ranges by
IANA's special-purpose registries, as `ipaddress.is_global` has them.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

MOST_READ = 64 * 1024
_NAT64 = ip_network("64:ff9b::/96")


class NotReachableError(OSError):
    """The other side could not be asked, or did not answer as HTTP."""


class PrivateAddressError(NotReachableError):
    """The address leads inside: to this machine, this network or nowhere public."""


@dataclass(frozen=True)
class Answer:
    """What came back. `text` is cut at MOST_READ bytes."""

    status: int
    text: str

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = _inner(found)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one carries."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    timeout: float = 10,
    allow_private: bool = False,
) -> Answer:
    """Send a body to an https address; http only where private ones are allowed.

    Raises PrivateAddressError before anything is sent, NotReachableError where no answer
    comes. `timeout` is in seconds, for the whole exchange once the name is looked up.
    """
    parts = _judged(url, allow_private=allow_private)
    address, port = _looked_up(parts, allow_private=allow_private)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    line = _Line(parts, address, port, timeout)
    watch = threading.Timer(timeout, line.cut)  # a slow drip outlasts each single wait
    watch.daemon = True
    watch.start()
    try:
        line.request("POST", target, body, dict(headers))
        answer = line.getresponse()
        return Answer(answer.status, answer.read(MOST_READ).decode(errors="replace"))
    except (OSError, http.client.HTTPException) as error:
        raise NotReachableError(f"{parts.hostname}: {type(error).__name__}") from error
    finally:
        watch.cancel()
        line.close()


def _judged(url: str, *, allow_private: bool) -> SplitResult:
    try:
        parts = urlsplit(url)
        _port = parts.port  # reads it: a bad one is a ValueError
    except ValueError as error:
        raise NotReachableError("The address cannot be read.") from error
    allowed = {"https", "http"} if allow_private else {"https"}
    if parts.scheme not in allowed or not parts.hostname or parts.username is not None:
        raise NotReachableError(
            "The address must be https://name/… without a user name."
        )
    return parts


def _looked_up(parts: SplitResult, *, allow_private: bool) -> tuple[str, int]:
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReachableError(f"{parts.hostname} has no address.") from error
    addresses = [str(row[4][0]) for row in found]
    if not allow_private and not all(map(is_public, addresses)):
        raise PrivateAddressError(f"{parts.hostname} is not a public address.")
    return addresses[0], port


class _Line(http.client.HTTPConnection):
    """A connection to the address that was judged, under the name that was asked."""

    def __init__(
        self, parts: SplitResult, address: str, port: int, timeout: float
    ) -> None:
        super().__init__(str(parts.hostname), port, timeout=timeout)
        self.default_port = 443 if parts.scheme == "https" else 80
        self.address = address
        self.context = ssl.create_default_context() if parts.scheme == "https" else None

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.port), self.timeout)
        self.sock = (
            self.context.wrap_socket(plain, server_hostname=self.host)
            if self.context
            else plain
        )

    def cut(self) -> None:
        """End the exchange, from another thread."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
