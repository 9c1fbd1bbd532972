"""Badges of participants: a code that says who may be let in, and nothing about them.

A badge is `HBA1/<region>/<sitting>/<number>/<key>/<signature>`: Ed25519 (RFC 8032) over
the text before the last slash, in the letters of QR's alphanumeric mode. No name, no
office: the number means something only in the list of that sitting. The public key goes
to the desk's telephone with the list, so that it tells a badge of ours from any other
without a network. The key is drawn from the key ring (`shared.sealing`); a badge lives as
long as its sitting, so a key taken off the ring ends old badges, and no more.
docs/attendance.md describes the format and what happens without a line.
"""

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from habaring.guidance.models import Participant
from habaring.shared import sealing
from habaring.shared.refusal import Refusal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_USE = "badges"
_WORD = "HBA1"
_BADGE = re.compile(
    r"HBA1/(?P<region>\d\d\.\d\d)/(?P<sitting>\d{1,9})/(?P<number>\d{1,5})"
    r"/(?P<key>[A-Z0-9_.-]{1,40})/(?P<signature>[A-Z2-7]{103})"
)
_TYPED = re.compile(r"\s*(\d{1,5})-(\d\d)\s*")


class NoBadge(Refusal):
    """What was shown is no badge of ours, or was changed."""


@dataclass(frozen=True)
class Badge:
    """What a badge says."""

    region: str
    sitting: int
    number: int


def badge(participant: Participant) -> str:
    """The content of a participant's QR code."""
    key, private = _private()
    text = "/".join(
        (
            _WORD,
            participant.region_id,
            str(participant.sitting_id),
            str(participant.number),
            key.upper(),
        )
    )
    signature = base64.b32encode(private.sign(text.encode("ascii"))).decode()
    return f"{text}/{signature.rstrip('=')}"


def read(content: str) -> Badge:
    """What a badge says, if it is ours and unchanged.

    Raises:
        NoBadge: no badge, a key that is off the ring, or changed.
    """
    from cryptography.exceptions import InvalidSignature

    found = _BADGE.search(content.upper())
    if found is None:
        raise _not_ours(_("This is not the code of a badge."))
    known = {id.upper(): id for id in sealing.key_ids()}
    if found["key"] not in known:
        raise _not_ours(_("It was signed with a key that is not in use any more."))
    _key, private = _private(known[found["key"]])
    text = found[0].rpartition("/")[0]
    code = found["signature"]
    try:
        signature = base64.b32decode(code + "=" * (-len(code) % 8))
        private.public_key().verify(signature, text.encode())
    except (InvalidSignature, ValueError) as error:
        raise _not_ours(_("It was changed, or not signed by us.")) from error
    return Badge(found["region"], int(found["sitting"]), int(found["number"]))


def public_key() -> tuple[str, str]:
    """The key's id as badges write it, and its 32 public bytes in base64."""
    key, private = _private()
    raw = private.public_key().public_bytes_raw()
    return key.upper(), base64.b64encode(raw).decode()


def typed(participant: Participant) -> str:
    """What somebody reads to the desk where nothing can be scanned: "17-42"."""
    return (
        f"{participant.number}-{_check(participant.sitting_id, participant.number):02d}"
    )


def read_typed(words: str, *, sitting: int) -> int:
    """The participant's number; NoBadge for a wrong or swapped digit."""
    found = _TYPED.fullmatch(words)
    if found is None or _check(sitting, int(found[1])) != int(found[2]):
        raise _not_ours(_("A digit is wrong, or it is the number of another event."))
    return int(found[1])


def _check(sitting: int, number: int) -> int:
    """ISO 7064, MOD 97-10, over the sitting and the number."""
    return 98 - int(f"{sitting}{number:05d}00") % 97


def _private(key_id: str = "") -> "tuple[str, Ed25519PrivateKey]":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key, secret = sealing.drawn_key(_USE, key_id)
    return key, Ed25519PrivateKey.from_private_bytes(secret)


def _not_ours(why: object) -> NoBadge:
    return NoBadge(
        _("This badge does not let anybody in."),
        why,  # type: ignore[arg-type]
        _("Ask for the number on the badge, or tick the name on the list."),
    )
