"""One request out to an address that somebody wrote: only to the public internet.

A name is resolved once, every address it has must be public, and the connection goes to
the address that was checked: a name that answers otherwise a moment later (DNS
rebinding) reaches nothing. Redirects are not followed. Source: OWASP, "Server-Side
Request Forgery Prevention Cheat Sheet"; IANA special-purpose address registries.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Refusal, Words

SECONDS = 10
"""From the first byte out to the last byte in."""
MOST_BYTES = 64 * 1024
LONGEST_ADDRESS = 500
_NAT64 = ip_network("64:ff9b::/96")
_NUMBER_HOSTS = frozenset("0123456789abcdefABCDEFxX.")


class AddressRefused(Refusal):
    """An address to which nothing is sent."""


@dataclass(frozen=True)
class Answer:
    """What came back: `status` is None where nothing did; `told` says what."""

    status: int | None
    milliseconds: int
    told: str


def check_address(address: str, *, private: bool = False) -> SplitResult:
    """The parts of an address that may be sent to; AddressRefused.

    `private`: the operator allows http and addresses of the own network.
    """
    if len(address) > LONGEST_ADDRESS or not address.isascii() or " " in address:
        raise _refused(_("It is too long, or has characters that no address has."))
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise _refused(_("It cannot be read.")) from error
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise _refused(_("It must begin with https://."))
    if not parts.hostname or parts.username is not None or parts.fragment:
        raise _refused(_("It needs a host name, and neither a name, a password nor #."))
    if port == 0:
        raise _refused(_("It cannot be read."))
    if not private:
        _check_host(parts.hostname)
    return parts


def _check_host(host: str) -> None:
    literal = _literal(host)
    if literal is not None:
        if not is_public(literal):
            raise _refused(_("It leads into a private network."))
    elif set(host) <= _NUMBER_HOSTS and host[-1:].isdigit():
        raise _refused(_("It leads into a private network."))  # 0x7f.1, 2130706433
    elif "." not in host.strip(".") or host.rstrip(".").endswith(
        (".localhost", ".local", ".internal")
    ):
        raise _refused(_("It leads into a private network."))


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is of the public internet, whatever it is wrapped in."""
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if address.teredo:
            return False
        if inside is None and address in _NAT64:
            inside = IPv4Address(int(address) & 0xFFFF_FFFF)
        if inside is not None:
            return is_public(inside)
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def _refused(why: Words) -> AddressRefused:
    return AddressRefused(
        _("Nothing can be sent to this address."),
        why,
        _("Write the public https address of the program that is to be told."),
    )


def resolve(host: str, port: int, *, private: bool) -> str:
    """One address of a name, all of which must be public; AddressRefused, OSError."""
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found = [str(row[4][0]).partition("%")[0] for row in rows]
    if not private and not all(is_public(ip_address(text)) for text in found):
        raise _refused(_("It leads into a private network."))
    return found[0]


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was checked, whatever the name says by now."""

    def __init__(self, host: str, port: int, *, to: str, secure: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self.to, self.secure = to, secure

    def connect(self) -> None:
        self.sock = socket.create_connection((self.to, self.port), self.timeout)
        if self.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End it from another thread: a slow drip would outlast each single wait."""
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def post(
    address: str, body: bytes, headers: Mapping[str, str], *, private: bool = False
) -> Answer:
    """Send one body and read the answer: at most 10 seconds and 64 KB."""
    begun = time.monotonic()

    def answer(status: int | None, told: str) -> Answer:
        spent = int(1000 * (time.monotonic() - begun))
        return Answer(status, spent, "".join(c for c in told if c.isprintable())[:500])

    try:
        parts = check_address(address, private=private)
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        host = parts.hostname or ""
        to = resolve(host, port, private=private)
        status, text = _exchange(
            _Pinned(host, port, to=to, secure=secure), _path(parts), body, headers
        )
    except AddressRefused as refused:
        return answer(None, f"refused: {refused.why}")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return answer(None, f"{type(error).__name__}: {error}")
    return answer(status, text)


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _exchange(
    connection: _Pinned, path: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, str]:
    watch = threading.Timer(SECONDS, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", path, body=body, headers=dict(headers))
        response = connection.getresponse()
        content = response.read(MOST_BYTES)
        return response.status, content[:500].decode("utf-8", "replace")
    finally:
        watch.cancel()
        connection.close()
