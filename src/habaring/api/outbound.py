"""The addresses of webhooks: what may be kept, and one attempt to reach one.

`shared.outgoing` judges what a name leads to at each sending; here an address that can
never be right is refused when somebody writes it.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext_lazy as _

from habaring.shared import outgoing
from habaring.shared.refusal import Refusal, Words

SECONDS = 10
LONGEST_ADDRESS = 500
_INSIDE = (".localhost", ".local", ".internal", ".home.arpa")
_NUMBERS = frozenset("0123456789abcdefABCDEFxX.")


class AddressRefused(Refusal):
    """An address to which nothing is sent."""


@dataclass(frozen=True)
class Answer:
    """What came back: `status` is None where nothing did; `told` says what."""

    status: int | None
    milliseconds: int
    told: str


def check_address(address: str, *, private: bool = False) -> None:
    """Refuse an address that can never be sent to (AddressRefused).

    `private`: the operator allows http and addresses of the own network.
    """
    if len(address) > LONGEST_ADDRESS:
        raise _refused(_("It is longer than 500 letters."))
    if not address.isascii() or not address.isprintable() or " " in address:
        raise _refused(_("It has characters that no address has."))
    parts = _parts(address)
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise _refused(_("It must begin with https://."))
    if not parts.hostname or parts.username is not None or parts.fragment:
        raise _refused(_("It needs a host name, and neither a user name nor a #."))
    if not private and _inside(parts.hostname):
        raise _refused(_("It leads into a private network."))


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        port = parts.port  # reads it: a bad one is a ValueError
    except ValueError as error:
        raise _refused(_("It cannot be read.")) from error
    if port == 0:
        raise _refused(_("It cannot be read."))
    return parts


def _inside(host: str) -> bool:
    """Whether a host is ours by the look of it; what it leads to is judged later."""
    name = host.rstrip(".").lower()
    try:
        return not outgoing.is_public(str(ip_address(name.partition("%")[0])))
    except ValueError:
        pass
    if set(name) <= _NUMBERS and name[-1:].isdigit():  # 0x7f.1, 2130706433
        return True
    return "." not in name or name.endswith(_INSIDE)


def _refused(why: Words) -> AddressRefused:
    return AddressRefused(
        _("Nothing can be sent to this address."),
        why,
        _("Write the public https address of the program that is to be told."),
    )


def attempt(
    address: str, body: bytes, headers: Mapping[str, str], *, private: bool
) -> Answer:
    """Send one body: at most 10 seconds, at most 64 KB read, no redirect followed."""
    begun = time.monotonic()
    status: int | None = None
    try:
        check_address(address, private=private)
        answer = outgoing.post(
            address, body, headers=headers, timeout=SECONDS, allow_private=private
        )
        status, told = answer.status, answer.text
    except AddressRefused as refused:
        told = str(refused.why)
    except (OSError, ValueError) as error:
        told = str(error)
    spent = int(1000 * (time.monotonic() - begun))
    return Answer(status, spent, _readable(told))


def _readable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text[:500])
